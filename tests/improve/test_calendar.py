from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from voc_lib.improve import calendar
from voc_lib.params import Goal, Milestone

DECIDED = {"decision": "换承运商", "at": "2026-04-06", "owner": "王敏", "due": "2026-04-20"}


def text(knowledge):
    return calendar.text(calendar.measures(knowledge.measures))


def test_calendar_holds_the_due_day_and_every_line_fits(known, measure):
    told = text(known(measure(action="增设晚班; 分拣, 打包" * 9)))
    lines = told.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20260430" in lines and "DTEND;VALUE=DATE:20260501" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "增设晚班\\; 分拣\\, 打包" in told.replace("\r\n ", "")


def test_calendar_reminds_of_nothing_that_is_done(known, measure):
    plan = known(measure(done="2026-04-28"), measure(id="M02"), measure(id="M03", cancelled=True))
    told = text(plan)
    assert told.count("BEGIN:VEVENT") == 1 and "SUMMARY:M02" in told


def test_calendar_of_nothing_is_valid_and_the_same_each_time(known, measure):
    assert text(known()) == ""
    assert text(known(measure())) == text(known(measure()))


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n"), max_size=300))
def test_folding_is_undone_by_unfolding(line):
    folded = calendar.fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))


def test_all_that_a_person_has_to_do_by_a_day_is_due(known):
    plan = known(
        causes=[
            {
                "problem": "物流延迟",
                "questions": [
                    {"question": "晚班几人", "owner": "王敏", "due": "2026-05-02"},
                    {"question": "几条线", "owner": "王敏", "due": "2026-05-02", "answer": "两条"},
                    {"question": "哪天停", "owner": "王敏"},
                ],
            }
        ],
        decisions=[
            DECIDED,
            {**DECIDED, "decision": "加人", "done": "2026-04-18"},
            {**DECIDED, "decision": "招标", "owner": "李强"},
        ],
    )
    goal = {"name": "降到 12%", "metric": {"kind": "share", "category": "物流延迟"}, "target": 0.12}
    goals = [Goal(**goal, owner="王敏", due="2026-12-31"), Goal(**goal, owner="李强", due="2026-12-31")]
    stones = [Milestone(name="发布月报", due="2026-04-10", owner="王敏")]
    found = calendar.others(plan, {"王敏"}, goals=goals, milestones=stones)
    assert [(str(due.day), due.words) for due in found] == [
        ("2026-04-10", "里程碑：发布月报（王敏）"),
        ("2026-04-20", "会议决定：换承运商（王敏）"),
        ("2026-05-02", "待查清：晚班几人（王敏）"),
        ("2026-12-31", "目标到期：降到 12%（王敏）"),
    ]
    assert len({due.key for due in found}) == 4


def test_a_day_of_calls_is_one_event_that_keeps_its_name():
    first = calendar.calls(date(2026, 9, 30), ["M01", "M02", "M01"], "王敏")
    assert (first.words, first.about) == ("回访 3 位客户（王敏）", "M01、M02")
    assert calendar.calls(date(2026, 9, 30), ["M03"], "王敏").key == first.key
