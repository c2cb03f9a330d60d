from hypothesis import given
from hypothesis import strategies as st

from voc_lib import schema
from voc_lib.improve import tasks


def test_sheet_has_a_row_per_measure_and_per_step(known, measure):
    table = tasks.sheet(known(measure(steps=["招聘 12 人", "上线分拣线"]), measure(id="M02", cancelled=True)))
    assert table["task"].tolist() == ["M01 华东仓增设晚班分拣", "招聘 12 人", "上线分拣线"]
    assert table["parent"].tolist()[1:] == ["M01 华东仓增设晚班分拣"] * 2
    assert table.loc[0, ["owner", "state"]].tolist() == ["王敏", "未完成"]
    assert table["due"].dt.strftime("%Y-%m-%d").tolist() == ["2026-04-30"] * 3
    schema.check(table, schema.TASKS)


def test_calendar_holds_the_due_day_and_every_line_fits(known, measure):
    text = tasks.calendar(known(measure(action="增设晚班; 分拣, 打包" * 9)))
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART;VALUE=DATE:20260430" in lines and "DTEND;VALUE=DATE:20260501" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "增设晚班\\; 分拣\\, 打包" in text.replace("\r\n ", "")


def test_calendar_reminds_of_nothing_that_is_done(known, measure):
    plan = known(measure(done="2026-04-28"), measure(id="M02"), measure(id="M03", cancelled=True))
    text = tasks.calendar(plan)
    assert text.count("BEGIN:VEVENT") == 1 and "SUMMARY:M02" in text
    assert len(tasks.sheet(plan)) == 2


def test_calendar_of_nothing_is_valid_and_the_same_each_time(known, measure):
    assert tasks.calendar(known()) == ""
    assert tasks.calendar(known(measure())) == tasks.calendar(known(measure()))


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n"), max_size=300))
def test_folding_is_undone_by_unfolding(line):
    folded = tasks.fold(line)
    assert folded.replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
