from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.collect import dates

ZONE = ZoneInfo("Asia/Shanghai")
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "dates.yaml").read_text(encoding="utf-8"))
FORMS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y.%m.%d %H:%M:%S",
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_column_reads_as_written(case):
    parsed = dates.parse(
        pd.Series(case["cells"]), zone=ZONE, year=case.get("year"), day_first=case.get("day_first")
    )
    expected = pd.to_datetime(pd.Series(case["times"]), format="mixed").astype("datetime64[us]")
    pd.testing.assert_series_equal(parsed.times, expected, check_names=False)
    missing = parsed.times.isna()
    assert (parsed.reasons[missing] == case.get("reason", "")).all() and (
        parsed.reasons[~missing] == ""
    ).all()
    assert all(case["note"] in note for note in parsed.notes) if "note" in case else not parsed.notes


@given(
    st.lists(st.datetimes(pd.Timestamp("1995-01-01"), pd.Timestamp("2099-01-01")), min_size=1, max_size=20),
    st.sampled_from(FORMS),
)
@settings(max_examples=60, deadline=None)
def test_every_spelling_gives_the_time_back(times, form):
    times = [time.replace(microsecond=0) for time in times]
    parsed = dates.parse(pd.Series([time.strftime(form) for time in times]), zone=ZONE)
    assert parsed.times.tolist() == [pd.Timestamp(time) for time in times]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_text_is_a_time_or_has_a_reason(texts):
    parsed = dates.parse(pd.Series(texts, dtype="str"), zone=ZONE)
    assert (parsed.times.isna() == (parsed.reasons != "")).all()


def test_repeated_values_and_gaps_keep_their_places():
    texts = pd.Series(["2026-09-01", None, "2026-09-01", "x"] * 3, index=range(5, 17), dtype="str")
    parsed = dates.parse(texts, zone=ZONE)
    assert parsed.times.index.equals(texts.index)
    assert parsed.reasons.tolist() == ["", "时间为空", "", "时间无法识别"] * 3
