from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.errors import ParamsError
from voc_lib.period import Period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-09-01..2026-09-15", date(2026, 9, 1), date(2026, 9, 15)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("last-year", date(2025, 1, 1), date(2025, 12, 31)),
        ("last-month", date(2025, 12, 1), date(2025, 12, 31)),
        ("last-quarter", date(2025, 10, 1), date(2025, 12, 31)),
    ],
)
def test_parse(text, start, end):
    period = Period.parse(text, today=date(2026, 1, 31))
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-Q5", "2026-W60", "2026-09-15..2026-09-01", "下月", "last-month", ""]
)
def test_unreadable_period_is_refused_with_what_is_allowed(text):
    with pytest.raises(ParamsError, match="可用写法"):
        Period.parse(text)


@given(
    st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(["{0:%Y-%m}", "{0:%Y}", "{0:%G}-W{0:%V}"])
)
def test_previous_ends_the_day_before_and_label_round_trips(day, form):
    period = Period.parse(form.format(day))
    assert (period.start - period.previous().end).days == 1
    assert Period.parse(period.label) == period


def test_mask_takes_both_ends_and_no_missing_time():
    moments = ["2026-09-01T00:00", "2026-09-30T23:59:59.9", "2026-10-01", None]
    times = pd.Series([pd.Timestamp(moment) for moment in moments])
    assert Period.parse("2026-09").mask(times).tolist() == [True, True, False, False]


@pytest.mark.parametrize("text", ["1600-01", "9999-12", "1989-Q4", "2026-01-01..2101-01-01"])
def test_a_year_outside_any_sense_is_refused(text):
    with pytest.raises(ParamsError, match="1990 到 2100"):
        Period.parse(text)
