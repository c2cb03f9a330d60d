import logging
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voc_lib import workcal
from voc_lib.errors import ParamsError

CASES = yaml.safe_load((Path(__file__).parent / "cases/workcal.yaml").read_text(encoding="utf-8"))


def times(*texts):
    return pd.Series(pd.to_datetime(list(texts)), dtype="datetime64[us]")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_due(case):
    assert workcal.due(times(case["created"]), case["span"]).tolist() == [pd.Timestamp(case["due"])]


def test_missing_stays_missing_and_the_index_is_kept():
    created = times("2026-09-07 09:00", None).set_axis(["a", "b"])
    found = workcal.due(created, "3d")
    assert found.index.tolist() == ["a", "b"] and found.isna().tolist() == [False, True]
    assert workcal.working_hours(created, found).isna().tolist() == [False, True]


def test_nothing_in_nothing_out():
    assert workcal.due(times(), "3d").empty and workcal.working_hours(times(), times()).empty


@given(
    st.lists(st.datetimes(pd.Timestamp("2004-01-01"), pd.Timestamp("2030-12-31")), min_size=1, max_size=20),
    st.integers(1, 300),
)
def test_a_due_time_lies_that_many_working_days_ahead(created, count):
    start = times(*created)
    hours = workcal.working_hours(start, workcal.due(start, f"{count}d"))
    assert (hours - 24.0 * count).abs().max() < 1e-6


@pytest.mark.parametrize("span", ["", "3", "0d", "3 d", "三天", "24H"])
def test_a_span_that_is_none_is_refused(span):
    with pytest.raises(ParamsError, match="24h"):
        workcal.due(times("2026-09-07"), span)


def test_a_year_without_a_calendar_is_said_in_log_and_report(caplog):
    workcal._year.cache_clear()
    with caplog.at_level(logging.WARNING):
        workcal.due(times("2033-03-01"), "3d")
    assert "2033年" in caplog.text and "2033年" in workcal.note(times("2033-03-01"))
    assert workcal.note(times("2026-03-01")) == ""


def test_working_day():
    assert workcal.working(date(2026, 9, 20)) and not workcal.working(date(2026, 9, 25))
