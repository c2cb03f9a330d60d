"""The figures of a log against numbers counted by hand."""

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.logged import Flow
from voc_lib.period import Period
from voc_lib.usage import adoption, errors, flows, functions, saying, sessions, speed
from voc_lib.usage.quantiles import by_group

SEPTEMBER = Period.parse("2026-09")


def people(*rows):
    frame = pd.DataFrame(rows, columns=["user_id", "department", "role", "joined_at", "left_at"])
    return schema.shape(frame, schema.EMPLOYEES)


def test_a_session_goes_on_past_midnight_and_ends_with_a_pause(events):
    log = events(
        ("a", "2026-09-01 23:50", "客户"),
        ("a", "2026-09-02 00:15", "商机"),
        ("a", "2026-09-02 00:45", "商机"),
        ("a", "2026-09-02 01:16", "客户"),
        ("b", "2026-09-02 01:17", "客户"),
    )
    number = sessions.numbered(log, gap_minutes=30)
    assert number.tolist() == [0, 0, 0, 1, 2]
    table = sessions.months(log, number, sessions.visits(log, number))
    assert table[["events", "users", "sessions", "over_midnight", "minutes"]].iloc[0].tolist() == [
        5,
        2,
        3,
        1,
        0.0,
    ]
    assert table["visits"].iloc[0] == pytest.approx(4 / 3)


def test_a_visit_lasts_until_the_next_function_and_the_last_until_its_last_event(events):
    log = events(
        ("a", "2026-09-01 10:00:00", "客户"),
        ("a", "2026-09-01 10:00:40", "客户"),
        ("a", "2026-09-01 10:01:00", "商机"),
        ("a", "2026-09-01 10:01:30", "商机"),
        ("b", "2026-09-01 10:00:00", "客户"),
    )
    seen = sessions.visits(log, sessions.numbered(log, gap_minutes=30))
    assert seen["function"].astype(str).tolist() == ["客户", "商机", "客户"]
    assert seen["dwell"].tolist()[:2] == [60.0, 30.0] and np.isnan(seen["dwell"].iloc[2])


def test_functions_are_told_unused_by_the_list_and_by_the_period(events):
    log = events(
        *((user, f"2026-09-0{n} 10:00", "客户", 0) for n, user in enumerate("abcdefghij", 1) if n < 10),
        ("a", "2026-09-01 10:05", "报表", 1),
        ("a", "2026-07-01 10:05", "公海"),
    )
    seen = sessions.visits(log, sessions.numbered(log, gap_minutes=30))
    listed = schema.shape(
        pd.DataFrame({"function": ["客户", "公海", "地图"], "module": ["销售"] * 3}), schema.FUNCTIONS
    )
    staff = people(*((u, "甲" if u < "e" else "乙", "销售", None, None) for u in "abcdefghi"))
    table = functions.table(log, seen, listed, staff, period=SEPTEMBER, rare_share=0.2).set_index("function")
    assert table["state"].to_dict() == {
        "客户": "在用",
        "报表": "少用",
        "公海": "本期未用",
        "地图": "从未使用",
    }
    assert table.loc["客户", ["visits", "users", "departments"]].tolist() == [9, 9, 2]
    assert table.loc["报表", "error_rate"] == 1.0 and not table.loc["报表", "listed"]
    assert table.loc["公海", "last_used"] == pd.Timestamp("2026-07-01 10:05")


def test_an_error_is_hot_where_it_stands_out_for_more_than_one(events):
    fine = [(f"u{n % 7}", f"2026-09-01 10:{n % 60:02}:{n // 60:02}", "客户", 0) for n in range(900)]
    hot = [(f"u{n % 5}", f"2026-09-02 10:{n % 60:02}:{n // 60:02}", "导出", float(n < 30)) for n in range(60)]
    alone = [("u0", f"2026-09-03 10:{n % 60:02}", "报表", float(n < 20)) for n in range(60)]
    table = errors.table(events(*fine, *hot, *alone), least=30).set_index("function")
    assert table.loc["导出", ["n", "users", "judged"]].tolist() == [30, 5, 60]
    assert table["hot"].to_dict() == {"导出": True, "报表": False}
    assert table.loc["报表", "top_user_share"] == 1.0
    assert table["overall"].iloc[0] == pytest.approx(50 / 1020)


def test_a_funnel_counts_the_first_way_through_each_session_and_skips_what_lies_between(events):
    def way(user, *names):
        return [(user, f"2026-09-01 10:{n:02}", name) for n, name in enumerate(names)]

    log = events(
        *way("a", "甲", "别的", "乙", "丙"),
        *way("b", "乙", "甲", "丙"),
        *way("c", "甲", "甲", "乙"),
        *way("d", "丙"),
    )
    table = flows.table(
        log, sessions.numbered(log, gap_minutes=30), [Flow(name="流程", steps=["甲", "乙", "丙"])], least=1
    )
    assert table["sessions"].tolist() == [3, 2, 1] and table["users"].tolist() == [3, 2, 1]
    assert table["dropped"].tolist()[:2] == [1, 1] and table["worst"].tolist() == [False, True, False]
    assert table["minutes"].tolist()[1:] == [2.0, 1.0]
    assert flows.unknown(log, [Flow(name="流程", steps=["甲", "丁"])], schema.empty(schema.FUNCTIONS))[
        0
    ].startswith("流程 流程 的步骤 “丁”")


def test_a_step_may_be_one_action_of_a_function(events):
    log = events(("a", "2026-09-01 10:00", "商机"), ("a", "2026-09-01 10:01", "商机"))
    log = log.assign(action=pd.Categorical(["新建", "保存"]))
    table = flows.table(
        log,
        sessions.numbered(log, gap_minutes=30),
        [Flow(name="f", steps=["商机/新建", "商机/保存"])],
        least=1,
    )
    assert table["sessions"].tolist() == [1, 1]


def _quarter(*, seed: int, each: int, slower: int) -> list[tuple]:
    """Operations of two functions a day, 报表 being so many times slower in the last days of a month."""
    rng, rows = np.random.default_rng(seed), []
    for day in pd.date_range("2026-07-01", "2026-09-30"):
        late = day.day > day.days_in_month - 3
        for name, times in (("报表", slower if late else 1), ("客户", 1)):
            took = rng.lognormal(6, 0.3, each) * times
            rows += [(f"u{n}", f"{day:%Y-%m-%d} 10:{n:02}", name, 0, t) for n, t in enumerate(took)]
    return rows


def test_a_function_slow_at_month_end_is_told_by_days_and_another_is_not(events):
    rows = _quarter(seed=3, each=20, slower=3)
    table = speed.table(events(*rows), month_end_days=3, least=30).set_index("function")
    assert table["slow_at_end"].to_dict() == {"报表": True, "客户": False}
    assert 2.5 < table.loc["报表", "ratio"] < 3.5 and table.loc[
        "报表", ["days_end", "days_other"]
    ].tolist() == [9, 83]
    took = np.array([r[4] for r in rows if r[2] == "客户"])
    assert table.loc["客户", "p95"] == pytest.approx(np.quantile(took, 0.95), rel=1e-5)


def test_adoption_counts_who_is_employed_in_the_month_and_on_the_list(events):
    log = events(
        ("a", "2026-08-03 10:00", "客户"),
        ("a", "2026-09-03 10:00", "客户"),
        ("a", "2026-09-04 10:00", "客户"),
        ("x", "2026-09-03 10:00", "客户"),
        ("b", "2026-08-05 10:00", "客户"),
    )
    staff = people(
        ("a", "销售部", "销售", None, None),
        ("b", "销售部", "经理", None, "2026-08-31"),
        ("c", "客服部", "坐席", "2026-09-10", None),
        ("d", "客服部", "坐席", "2026-10-10", None),
    )
    table = adoption.table(log, staff, ["2026-08", "2026-09"]).set_index(["month", "dimension", "group"])
    assert table.loc[("2026-08", "全体", "全体"), ["employees", "active", "ever"]].tolist() == [2, 2, 2]
    assert table.loc[("2026-09", "全体", "全体"), ["employees", "active", "ever"]].tolist() == [2, 1, 1]
    assert table.loc[("2026-09", "部门", "客服部"), ["employees", "active", "ever"]].tolist() == [1, 0, 0]
    assert table.loc[("2026-09", "部门", "销售部"), "days"] == 2.0
    assert table.loc[("2026-09", "部门", "客服部"), "high"] < 1


def test_quantiles_are_those_of_numpy():
    rng = np.random.default_rng(0)
    values, groups = rng.lognormal(5, 2, 5_000), rng.integers(0, 6, 5_000)
    for level, got in zip((0.1, 0.5, 0.95), by_group(values, groups, 7, 0.1, 0.5, 0.95), strict=True):
        expected = [np.quantile(values[groups == n], level) for n in range(6)]
        assert got[:6] == pytest.approx(expected, rel=1e-6) and np.isnan(got[6])


def test_few_operations_on_many_days_tell_a_slow_month_end_and_too_few_days_tell_nothing(events):
    rows = _quarter(seed=5, each=2, slower=6)
    rows += [("u1", f"2026-09-{day} 11:00", "合同", 0, 100.0) for day in (3, 30)]
    table = speed.table(events(*rows), month_end_days=3, least=30).set_index("function")
    assert table["slow_at_end"].map(str).to_dict() == {"报表": "True", "客户": "False", "合同": "<NA>"}


def test_who_left_before_the_period_is_no_silent_employee():
    staff = people(("a", "销售部", "销售", None, "2026-08-15"), ("b", "销售部", "销售", None, None))
    there = adoption.employed(staff, pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01"))
    whole = saying.silence(pd.Series(["x"]), pd.Series(["x"]), there).iloc[0]
    assert whole[["employees", "neither"]].tolist() == [1, 1]
