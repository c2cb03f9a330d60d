"""One incident is one alert: opened, kept, closed, opened again; the detector is that of new problems."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from benchmarks import alerts as simulated
from voc_lib import schema
from voc_lib.stats import alerts
from voc_lib.stats.alerts import Alert

START = date(2026, 9, 7)


def rows(counts, text="会员积分被清零", category="其他"):
    """Issues of so many a week, the weeks ending on START and every seven days later."""
    ends = [START + timedelta(weeks=week) for week, n in enumerate(counts) for _ in range(n)]
    return simulated.issues([category] * len(ends), [text] * len(ends)).assign(
        created_at=pd.to_datetime(ends), tags=category, primary_tag=category
    )


def rising(n, term="积分…清零", category="其他", before=0.0):
    line = {"term": term, "category": category, "n": n, "before": before}
    return schema.shape(pd.DataFrame([line] if n else [], columns=list(line)), schema.EMERGING)


def told(counts, found, **columns):
    """States of every week, and the book at the end."""
    issues, book, states = rows(counts, **columns), {}, []
    for week, n in enumerate(found):
        changed = alerts.advance(
            list(book.values()), issues, rising(n), alerts.window(START + timedelta(weeks=week))
        )
        states.append([alert.state for alert in changed])
        book |= {alert.key: alert for alert in changed}
    return states, list(book.values())


def test_one_incident_is_one_alert_through_its_whole_life():
    states, book = told([9, 12, 6, 1, 0, 0, 7], [9, 12, 0, 0, 0, 0, 7])
    assert states == [["新开"], ["更新"], ["更新"], [], ["关闭"], [], ["重开"]]
    assert [(a.key, a.opened, a.n) for a in book] == [("Y001", START, 7)]


def test_a_second_look_at_the_same_days_says_nothing():
    issues, period = rows([9]), alerts.window(START)
    (alert,) = alerts.advance([], issues, rising(9), period)
    assert alerts.advance([alert], issues, rising(9), period) == []


def test_another_name_of_the_same_problems_is_the_same_incident():
    issues = rows([9], text="会员积分被清零，没有通知")
    book = [Alert("Y001", "新开", *[START - timedelta(7)] * 3, "其他", "没有通知", 5, 0)]
    (alert,) = alerts.advance(book, issues, rising(9), alerts.window(START))
    assert (alert.key, alert.state, alert.n) == ("Y001", "更新", 9)


def test_a_phrase_within_a_large_category_is_an_incident_of_its_own():
    issues = pd.concat([rows([20], text="包装破损"), rows([6])], ignore_index=True)
    book = [Alert("Y001", "新开", START, START, START, "其他", "其他", 20, 4.0)]
    changed = alerts.advance(book, issues, rising(6), alerts.window(START))
    assert [(a.key, a.state) for a in changed if a.state == "新开"] == [("Y002", "新开")]


def test_what_was_closed_more_than_half_a_year_ago_is_a_new_incident():
    old = START - timedelta(days=alerts.MEMORY + 1)
    book = [Alert("Y001", "关闭", old, old, old, "其他", "积分…清零", 0, 0)]
    (alert,) = alerts.advance(book, rows([9]), rising(9), alerts.window(START))
    assert (alert.key, alert.state) == ("Y002", "新开")


def chart(month, category="物流延迟"):
    """What broke a rule in a month; "" none."""
    columns = ["category", "term", "before", "rule"]
    lines = [(category, category, 30.0, f"{month} 50.0%，越界")] if month else []
    return pd.DataFrame(lines, columns=columns)


def test_a_chart_that_breaks_a_rule_is_one_alert_until_a_month_does_not():
    issues, book, told = rows([6] * 10, category="物流延迟"), {}, []
    for week, month in enumerate(["2026-08"] * 3 + ["2026-09"] + ["2026-09"] * 4 + ["", ""]):
        period = alerts.window(START + timedelta(weeks=week))
        changed = alerts.advance(list(book.values()), issues, rising(0), period, broken=chart(month))
        book |= {alert.key: alert for alert in changed}
        told += [(alert.state, alert.rule[:7]) for alert in changed]
    assert told == [("新开", "2026-08"), ("更新", "2026-09"), ("关闭", "2026-09")] and len(book) == 1


def test_a_chart_of_a_tag_that_rises_already_is_no_second_alert():
    issues, period = rows([9], category="物流延迟"), alerts.window(START)
    found = rising(9, term="物流延迟", category="物流延迟", before=2.0)
    (alert,) = alerts.advance([], issues, found, period, broken=chart("2026-08"))
    assert (alert.state, alert.n, alert.rule) == ("新开", 9, "2026-08 50.0%，越界")
    again = alerts.advance([alert], issues, rising(0), period, broken=chart("2026-08"))
    assert again == []
    over = replace(alert, state="关闭", rule="2026-07 40.0%，越界")
    (back,) = alerts.advance([over], issues, rising(0), period, broken=chart("2026-08"))
    assert (back.state, back.key) == ("重开", "Y001")


def test_a_rehearsal_looks_at_the_charts_of_each_month_once():
    asked = []

    def charts(month):
        asked.append(month)
        return chart(month if month == "2026-08" else "")

    trials = alerts.rehearse(rows([2, 2]), date(2026, 9, 20), weeks=8, charts=charts)
    assert asked == ["2026-07", "2026-08"]
    assert [(trial.alert.rule[:7], trial.alert.day) for trial in trials] == [("2026-08", date(2026, 9, 6))]


@pytest.mark.parametrize(
    ("later", "before", "until", "after"),
    [(9, 4.0, 28, "随后确有上升"), (5, 4.0, 28, "随后没有上升"), (9, 4.0, 27, "还看不出")],
)
def test_whether_a_rise_followed_is_a_matter_of_the_weeks_after(later, before, until, after):
    alert = Alert("Y001", "新开", START, START, START, "其他", "积分…清零", 9, before)
    issues = rows([9, later])
    assert alerts.followed(alert, issues, START + timedelta(days=until)) == after


def test_bursts_are_found_in_their_week_and_stable_weeks_stay_silent():
    assert simulated.found("新说法 5 条", 100, 10) >= 0.9
    assert simulated.found("一类长到 3 倍", 1000, 3) >= 0.9
    assert simulated.false_alarms(100, 1, 2) <= 1


def test_a_small_category_that_triples_in_a_month_is_found_most_times_and_no_test_finds_it_always():
    assert simulated.found_in_month(300, 0.02, 3, 1, 15) >= 0.6
    best, known = simulated.reachable(300, 0.02, 3, 11, 1 / 12 / 20)
    assert 0.78 < best < known < 0.9
    assert simulated.reachable(100 * 7 / 30.4375, 0.15, 3, 26, 1 / 52 / 5)[1] < 0.65
