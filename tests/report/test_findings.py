from datetime import date

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions, findings

SEPTEMBER = Period.parse("2026-09")
NOTHING = findings.Tables(
    *(
        schema.empty(table)
        for table in (
            schema.RATES,
            schema.CHANGES,
            schema.EMERGING,
            schema.EFFECTS,
            schema.COMMITMENTS,
            schema.TRACKING,
            schema.PLAN,
            schema.TEAM,
        )
    )
)


def shaped(table, *rows):
    return schema.shape(pd.DataFrame(list(rows)).reindex(columns=table.names), table)


def rate(category, ratio, claim="偏高"):
    some = {"n": 300, "orders": 40_000, "rate": 7.5 * ratio, "level": 7.5, "ratio": ratio, "claim": claim}
    return {
        "category": category,
        **some,
        "ratio_low": 1.1,
        "ratio_high": 1.6,
        "p_adjusted": 0.01,
        "periods": 23,
    }


def task(measure_id, state, due, owner="安然然"):
    named = {
        "measure_id": measure_id,
        "goal": "g",
        "action": "自动退款（1. 接口；2. 上线）",
        "department": "售后部",
    }
    return {
        **named,
        "owner": owner,
        "start": "2026-07-01",
        "due": due,
        "state": state,
        "obstacles": "接口推迟",
    }


def effect(measure_id, verdict):
    named = {"measure_id": measure_id, "action": "话术培训", "metric": "服务态度占比", "unit": "比例"}
    return {
        **named,
        "before": 0.195,
        "after": 0.196,
        "target": 0.12,
        "verdict": verdict,
        "next_step": "回到根因分析",
    }


def subjects(table):
    return list(zip(table["kind"], table["subject"], table["direction"], strict=True))


def test_a_month_within_chance_says_so_and_decides_nothing():
    table = findings.table(NOTHING, SEPTEMBER)
    assert table.empty and list(table.columns) == schema.FINDINGS.names
    view = conclusions.findings(table, SEPTEMBER)
    assert view.tone == "good" and "没有超出偶然波动的变化" in str(view) and not view.items
    seen = conclusions.findings(table, SEPTEMBER, use=view)
    assert seen.tone == "warn" and "见“系统使用”" in str(seen)


def test_goals_that_are_missed_are_named_beside_the_findings():
    goals = pd.DataFrame(
        {"goal": ["延迟降到 12%", "响应 1 小时", "首次解决"], "verdict": ["未达标", "达标", pd.NA]}
    )
    table = findings.table(NOTHING, SEPTEMBER)
    view = conclusions.findings(table, SEPTEMBER, goals)
    assert view.paragraphs[1] == "目标 3 个，未达标 1 个：“延迟降到 12%”。" and view.tone == "warn"
    assert view.paragraphs[1].basis[0].table == "goals"
    met = conclusions.findings(table, SEPTEMBER, goals.iloc[1:])
    assert len(met.paragraphs) == 1 and met.tone == "good"


def test_all_problems_stand_before_their_parts_which_are_told_in_the_same_sentence():
    rates = shaped(schema.RATES, rate("全部", 1.3), rate("物流延迟", 1.3), rate("服务态度", 1.2, "相当"))
    table = findings.table(NOTHING._replace(rates=rates), SEPTEMBER)
    assert subjects(table) == [("问题总量", "问题总量", "变坏")]
    assert "主要在物流延迟（1.30 倍）" in table["finding"][0] and "服务态度" not in table["finding"][0]
    many = shaped(schema.RATES, rate("全部", 1.3), rate("物流延迟", 1.3), rate("服务态度", 1.4))
    told = findings.table(NOTHING._replace(rates=many), SEPTEMBER)
    assert "一起变，不像只有一个原因" in told["finding"][0] and "共同的原因" in told["decision"][0]


@pytest.mark.parametrize("parts", [(), ("物流延迟",), ("物流延迟", "服务态度")])
def test_fewer_problems_are_to_be_kept_up_whatever_fell(parts):
    rates = shaped(schema.RATES, *(rate(name, 0.7, "偏低") for name in ("全部", *parts)))
    table = findings.table(NOTHING._replace(rates=rates), SEPTEMBER)
    assert subjects(table) == [("问题总量", "问题总量", "变好")] and table["decision"][0] == "保持"


def test_parts_that_move_against_a_still_whole_stand_alone_and_good_news_weighs_half():
    rates = shaped(
        schema.RATES, rate("全部", 1.0, "相当"), rate("物流延迟", 1.3), rate("服务态度", 0.7, "偏低")
    )
    table = findings.table(NOTHING._replace(rates=rates), SEPTEMBER)
    assert subjects(table) == [("每千单件数", "物流延迟", "变坏"), ("每千单件数", "服务态度", "变好")]
    assert table["weight"][0] == 2 * table["weight"][1] and table["decision"][1] == "保持"


def test_who_decides_is_the_owner_of_the_measure_under_way_else_the_lead_by_ten_days():
    rates = shaped(schema.RATES, rate("全部", 1.3), rate("物流延迟", 1.3))
    team = shaped(schema.TEAM, {"role": "主管", "name": "林小满", "lead": True})
    one = findings.table(NOTHING._replace(rates=rates, team=team), SEPTEMBER).iloc[0]
    assert one["owner"] == "林小满" and pd.Timestamp(one["due"]).date() == date(2026, 10, 10)
    assert one["cause"] == "原因尚未查明" and "请补充措施" in one["decision"]
    chain = "物流延迟 → 分拣效率低 → 招聘流程缓慢"
    plan = shaped(schema.PLAN, {"problem": "物流延迟", "cause": chain, "measure_id": "M07"})
    tracking = shaped(schema.TRACKING, task("M07", "进行中", "2026-11-30", "石慧"))
    mine = findings.table(NOTHING._replace(rates=rates, team=team, plan=plan, tracking=tracking), SEPTEMBER)
    assert mine["owner"][0] == "石慧" and mine["cause"][0] == "已登记的根因：招聘流程缓慢"
    assert mine["decision"][0] == "推进“自动退款”（M07）" and f"{mine['due'][0]:%Y-%m-%d}" == "2026-11-30"


def test_failed_measures_broken_promises_and_late_tasks_are_named_and_good_ones_in_one_row():
    promise = {
        "promise": "24 小时内发货",
        "kept": 900,
        "n": 1000,
        "share": 0.9,
        "target": 0.95,
        "breaches": 100,
    }
    tables = NOTHING._replace(
        effects=shaped(
            schema.EFFECTS, *(effect(*pair) for pair in (("M1", "达标"), ("M2", "未达标"), ("M3", "达标")))
        ),
        tracking=shaped(schema.TRACKING, task("M6", "已逾期", "2026-09-15")),
        commitments=shaped(
            schema.COMMITMENTS,
            {**promise, "month": "2026-08", "verdict": "未达标"},
            {**promise, "month": "2026-09", "verdict": "未达标"},
        ),
    )
    table = findings.table(tables, SEPTEMBER)
    assert subjects(table) == [
        ("措施", "M2", "未达标"),
        ("承诺", "24 小时内发货", "未达标"),
        ("逾期", "M6", "已逾期"),
        ("措施", "M1、M3", "达标"),
    ]
    assert "3 件变坏或没有做到，1 件变好或达标" in conclusions.findings(table, SEPTEMBER).paragraphs[0]
    assert "已逾期 15 天" in table["finding"][2] and "自动退款”（M6）" in table["finding"][2]
    assert "2026年9月兑现率 90.0%" in table["finding"][1]
    assert "19.5% → 19.6%，目标 12.0%" in table["finding"][0]
    decide = conclusions.to_decide(table, tables=tables._asdict()).items
    assert decide[0] == "措施“话术培训”（M2）没有达到目标：回到根因分析（待指定，2026-10-10 前）。"
    assert decide[2].startswith(
        "措施“自动退款”（M6）已逾期 15 天：重定完成日期或换人（安然然，2026-10-10 前）。"
    )
    assert "“话术培训”（M1）、“话术培训”（M3）" in table["decision"][3]  # never by their ids alone


def test_what_is_to_be_kept_up_asks_for_no_decision():
    rates = shaped(schema.RATES, rate("全部", 0.7, "偏低"))
    assert conclusions.to_decide(findings.table(NOTHING._replace(rates=rates), SEPTEMBER)) is None


def test_no_more_than_five_decisions_and_the_rest_is_counted():
    late = [task(f"M{i}", "已逾期", "2026-09-15") for i in range(8)]
    table = findings.table(NOTHING._replace(tracking=shaped(schema.TRACKING, *late)), SEPTEMBER)
    assert len(conclusions.to_decide(table).items) == 5 and table["rank"].tolist() == list(range(1, 9))
    assert "另 3 件" in conclusions.findings(table, SEPTEMBER).paragraphs[0]


def test_a_contradicted_change_is_open_and_a_lower_better_indicator_is_read_the_right_way():
    some = {"value": 1, "previous": 2, "n": 300, "previous_n": 300, "low": -9, "high": -1, "p_adjusted": 0.01}
    changes = shaped(
        schema.CHANGES,
        {
            "kind": "服务质量",
            "indicator": "SLA达成率",
            "unit": "个百分点",
            "change": -6,
            "claim": "下降",
            **some,
        },
        {
            "kind": "服务质量",
            "indicator": "投诉重复率",
            "unit": "个百分点",
            "change": -6,
            "claim": "下降",
            **some,
        },
        {
            "kind": "满意度",
            "indicator": "满意率",
            "unit": "个百分点",
            "change": -6,
            "claim": "下降",
            "caution": "各渠道都在上升",
            **some,
        },
    )
    table = findings.table(NOTHING._replace(changes=changes), SEPTEMBER).set_index("subject")
    assert table["direction"].to_dict() == {"SLA达成率": "变坏", "投诉重复率": "变好", "满意率": "待定"}


def test_the_main_finding_on_service_customers_and_surveys_stands_among_the_others():
    desk = {"dimension": "部门", "n": 60, "open": 0, "waiting": 0, "hours": 40, "claim": "更慢"}
    desks = shaped(
        schema.DESKS,
        desk | {"group": "技术部", "pace": 0.4, "p_adjusted": 0.001},
        desk | {"group": "售后部", "pace": 0.7, "p_adjusted": 0.01},
        desk | {"group": "张三", "dimension": "处理人", "pace": 0.1, "p_adjusted": 0.001},
    )
    gone = {"n": 300, "share": 0.3, "compared": 0.5, "change": -20.0, "claim": "更低"}
    after = shaped(schema.AFTERWARDS, gone | {"group": "全部"}, gone | {"group": "退换货流程", "change": -30})
    driver = {
        "source": "问卷",
        "kind": "评分",
        "n": 400,
        "p_adjusted": 0.001,
        "r_squared": 0.6,
        "claim": "提高",
    }
    drivers = shaped(
        schema.SURVEY_DRIVERS,
        driver | {"driver": "价格", "importance": 0.2},
        driver | {"driver": "速度", "importance": 0.7},
        driver | {"driver": "外观", "importance": 0.9, "claim": "看不出影响"},
    )
    tables = NOTHING._replace(desks=desks, afterwards=after, survey_drivers=drivers)
    table = findings.table(tables, SEPTEMBER)
    assert subjects(table) == [
        ("客户去留", "全部", "变坏"),
        ("办理快慢", "技术部", "变坏"),
        ("满意度影响", "速度", "待定"),
    ]
    assert "30.0%" in table["finding"][0] and "退换货流程" in table["cause"][0]
    assert "0.4 倍" in table["finding"][1] and "70.0%" in table["finding"][2]
    even = tables._replace(desks=desks.assign(claim="相当"), afterwards=after.assign(claim="相当"))
    assert [kind for kind, _, _ in subjects(findings.table(even, SEPTEMBER))] == ["满意度影响"]
