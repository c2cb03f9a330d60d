"""How long employees stay in a function where the log says it itself, and where only its times do."""

import pandas as pd
import pytest

from voc_lib import params, schema
from voc_lib.usage import report

# 客户 for a minute by the times, 40 seconds by the log; 报表 last, so that the times say nothing
TIMES = (("E1", "10:00:00", "客户"), ("E1", "10:01:00", "报表"), ("E2", "10:00:00", "客户"))


@pytest.fixture
def figures(opened, tmp_path):
    """A function from a header and values of a dwell column to the tables of the report and its notes."""

    def made(header, *stays, **more):
        rows = [
            f"{who},2026-09-01 {at},{name},{stay}" for (who, at, name), stay in zip(TIMES, stays, strict=True)
        ]
        log = opened({"log.csv": "\n".join([f"工号,操作时间,功能,{header}", *rows]) + "\n"}, **more)
        settings = params.load(tmp_path / "params.yaml")
        found = report.tables(log, schema.empty(schema.TAGGED), settings.params, settings.period)
        dwell = found["usage_functions"].set_index("function")["dwell_median"]
        return dwell.to_dict(), "\n".join(found["usage_notes"]["note"])

    return made


@pytest.mark.parametrize(
    ("header", "stays", "unit"),
    [
        ("停留时长", ("40", "25", "20"), "停留按秒读（没有写单位"),
        ("停留时长(ms)", ("40000", "25000", "20000"), "停留按毫秒读（表头"),
        ("页面停留", ("40000", "25000", "20000"), "停留按毫秒读（没有写单位"),
        ("time_on_page", ("00:00:40", "0:25", "20秒"), "停留按单元格里写的时分秒读"),
        ("dwell_seconds", ("40", "25", "20"), "停留按秒读（表头"),
        ("停留（分钟）", ("0.6666666667", "0.4166666667", "0.3333333333"), "停留按分钟读（表头"),
    ],
)
def test_the_dwell_of_the_log_is_used_and_its_unit_told(figures, header, stays, unit):
    dwell, notes = figures(header, *stays)
    assert dwell == pytest.approx({"客户": 30, "报表": 25}) and unit in notes
    assert "停留用日志自带的停留时长（本期 3 次访问）" in notes
    assert "1 次也能由相邻操作的间隔算，自带的中位数 40.0 秒，间隔的中位数 60.0 秒，用的是自带的" in notes


def test_a_declared_column_is_used_and_a_visit_without_a_value_lasts_by_the_times(figures):
    ref = {"path": "log.csv", "columns": {"甲": "dwell"}}
    dwell, notes = figures("甲", "", "25", "20", logs=ref)
    assert dwell == {"客户": 40, "报表": 25}
    assert "本期 2 次访问" in notes and "1 次没有自带的值，用间隔" in notes and "也能" not in notes


@pytest.mark.parametrize("stays", [("是", "否", "是"), ("0", "0", "0"), ("-1", "-1", "-1")])
def test_a_column_of_that_name_that_holds_no_durations_is_not_used(figures, stays):
    dwell, notes = figures("停留时长", *stays)
    assert dwell["客户"] == 60 and pd.isna(dwell["报表"])
    assert "“停留时长” 的值不是停留时长" in notes and "停留用" not in notes


def test_rows_that_differ_in_the_dwell_alone_are_two_and_of_one_visit(opened):
    rows = "".join(f"E1,2026-09-01 10:00:00,客户,{stay}\n" for stay in (30, 12, 12))
    log = opened({"log.csv": "工号,操作时间,功能,停留时长\n" + rows})
    assert log.events["dwell"].tolist() == [30, 12]


def test_how_long_calls_took_is_read_from_clocks_too(opened):
    log = opened({"log.csv": "工号,操作时间,功能,耗时\nE1,2026-09-01 10:00:00,客户,00:00:02\n"})
    assert log.events["duration_ms"].tolist() == [2000]
