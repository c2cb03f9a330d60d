from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib.collect import dates
from voc_lib.period import Period

ZONE = ZoneInfo("Asia/Shanghai")
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "dates.yaml").read_text(encoding="utf-8"))
FORMS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%Y.%m.%d %H:%M:%S",
]


def known(case):
    """What a case says beside its cells."""
    cells, taken, written = (case.get(key) for key in ("cells", "captured", "written"))
    return dates.Known(
        captured=pd.Series([pd.Timestamp(taken)] * len(cells)) if taken else None,
        written=pd.Timestamp(written) if written else None,
        period=Period.parse(case["period"]) if "period" in case else None,
        epoch=case.get("epoch", 0),
        buddhist=case.get("buddhist", False),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_column_reads_as_written(case):
    parsed = dates.parse(
        pd.Series(case["cells"]),
        zone=ZONE,
        year=case.get("year"),
        day_first=case.get("day_first"),
        known=known(case),
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


def test_repeated_days_without_a_year_fall_into_both_years():
    cells = pd.Series(["12-30"] * 40 + ["12-31"] * 40 + ["01-01"] * 40 + ["01-02"] * 40 + ["x", "3天前"])
    parsed = dates.parse(cells, zone=ZONE, year=2026)
    assert parsed.times.dt.year.value_counts().to_dict() == {2025: 80, 2026: 80}
    assert parsed.reasons.tolist()[-2:] == ["时间无法识别", "相对时间，请给出采集日期"]
