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


def test_a_few_of_many_problems_that_rose_are_named_and_are_not_all_together():
    still = (rate(name, 1.0, "相当") for name in ("功能异常", "商品质量", "价格与优惠"))
    risen = rate("服务态度", 1.2) | {"n": 20}, rate("物流延迟", 1.4)
    rates = shaped(schema.RATES, rate("全部", 1.2), *risen, *still)
    (told,) = findings.table(NOTHING._replace(rates=rates), SEPTEMBER)["finding"]
    assert told.endswith("；主要在物流延迟（1.40 倍）、服务态度（1.20 倍）")


def test_what_its_regions_contradict_or_a_source_hides_is_open():
    told = "各地区都按自己以往的水平算，应有 310 件，实际 300 件：合计的变化来自地区构成的变化"
    whole = rate("全部", 1.3) | {"caution": told}
    (row,) = findings.table(
        NOTHING._replace(rates=shaped(schema.RATES, whole, rate("物流延迟", 1.3))), SEPTEMBER
    ).to_dict("records")
    assert (row["direction"], row["decision"]) == ("待定", "先查明构成为什么变了")
    assert row["finding"].startswith("问题总量合计上升：") and row["finding"].endswith(f"，但{told}")
    still = rate("全部", 1.0, "相当") | {"caution": "有来源接入或退出；只看一直在的来源，每千单 9 件"}
    (row,) = findings.table(NOTHING._replace(rates=shaped(schema.RATES, still)), SEPTEMBER).to_dict("records")
    assert row["finding"].startswith("问题总量合计与以往相当（每千单 7.5 件），但有来源接入或退出")


@pytest.mark.parametrize(("last_year", "side"), [(9.6, "待定"), (7.6, "变坏"), (None, "变坏")])
def test_what_is_so_every_year_is_no_news(last_year, side):
    rates = shaped(schema.RATES, rate("全部", 1.3) | {"last_year": last_year})
    (row,) = findings.table(NOTHING._replace(rates=rates), SEPTEMBER).to_dict("records")
    assert row["direction"] == side and ("像是年年如此" in row["finding"]) == (side == "待定")


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


def share(category, change, claim):
    some = {"value": 0.3, "previous": 0.2, "n": 300, "previous_n": 300, "low": 1, "high": 20}
    named = {"kind": "问题占比", "indicator": category, "unit": "个百分点", "change": change, "claim": claim}
    return {**some, **named, "p_adjusted": 0.01}


def test_one_rise_is_one_sentence():
    """The share of a problem that rises per order says the same once more; that of the others does not."""
    rates = shaped(schema.RATES, rate("全部", 1.0, "相当"), rate("物流延迟", 1.3))
    changes = shaped(schema.CHANGES, share("物流延迟", 9, "上升"), share("服务态度", -6, "下降"))
    table = findings.table(NOTHING._replace(rates=rates, changes=changes), SEPTEMBER)
    assert [row[:2] for row in subjects(table)] == [("每千单件数", "物流延迟"), ("问题占比", "服务态度")]


@pytest.mark.parametrize("new", [True, False])
def test_what_is_new_in_the_untyped_rest_stands_for_it(new):
    news = {"term": "积分清零", "category": "其他", "n": 20, "before": 0.0, "p_adjusted": 0.001}
    emerging = shaped(schema.EMERGING, news) if new else schema.empty(schema.EMERGING)
    rates = shaped(schema.RATES, rate("全部", 1.0, "相当"), rate("其他", 3.0))
    changes = shaped(schema.CHANGES, share("其他", 6, "上升"))
    table = findings.table(NOTHING._replace(rates=rates, changes=changes, emerging=emerging), SEPTEMBER)
    assert subjects(table) == [("新问题", "积分清零", "变坏") if new else ("每千单件数", "其他", "变坏")]
    assert "措施" not in table["decision"][0] and "立" in table["decision"][0]


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
        tracking=shaped(
            schema.TRACKING, task("M6", "已逾期", "2026-09-15"), task("M1", "已完成", "2026-08-15", "王敏")
        ),
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
    assert table["owner"][3] == "王敏"  # who watches what was reached, where one person does


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


def test_where_a_change_sits_stands_as_its_cause_beside_what_is_registered():
    where = "合计变化的 97% 来自渠道“电话”（99.0% → 76.3%），其余 98.9% → 98.7%"
    changes = shaped(schema.CHANGES, share("物流延迟", 9, "上升") | {"where": where})
    rates = shaped(schema.RATES, rate("全部", 1.0, "相当"), rate("物流延迟", 1.3))
    for found in (NOTHING._replace(changes=changes), NOTHING._replace(changes=changes, rates=rates)):
        (cause,) = findings.table(found, SEPTEMBER)["cause"]
        assert cause.startswith(f"{where}；") and cause.count(where) == 1
        said = conclusions.to_decide(findings.table(found, SEPTEMBER), tables=found._asdict()).items[0]
        assert "changes" in [basis.table for basis in said.basis]


def test_a_rise_in_one_region_is_told_alone_or_as_where_the_rise_sits():
    here = {"category": "物流延迟", "region": "华东", "n": 78, "orders": 26_000, "rate": 3.0, "claim": "偏高"}
    here |= {"ratio": 2.3, "ratio_low": 1.3, "ratio_high": 3.5, "before": 0.8, "p_adjusted": 0.001}
    ever = here | {"region": "西南", "before": 2.2}
    regions = shaped(schema.REGION_RATES, here, ever)
    table = findings.table(NOTHING._replace(region_rates=regions), SEPTEMBER)
    assert subjects(table) == [("地区", "华东", "变坏")] and "此前 12 个月为 0.80 倍" in table["finding"][0]
    risen = shaped(
        schema.RATES, rate("全部", 1.2), rate("物流延迟", 1.5), *(rate(x, 1, "相当") for x in "甲乙丙")
    )
    table = findings.table(NOTHING._replace(region_rates=regions, rates=risen), SEPTEMBER)
    assert subjects(table) == [("问题总量", "问题总量", "变坏")] and table["cause"][0].startswith(
        "华东的“物流延迟”"
    )


def test_the_main_finding_on_service_customers_and_surveys_stands_among_the_others():
    desk = {"dimension": "部门", "n": 60, "open": 0, "waiting": 0, "hours": 40, "claim": "更慢"}
    desk |= {"solved": "相当"}
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
    only = after.assign(claim=["更高", "更低"])
    table = findings.table(NOTHING._replace(afterwards=only), SEPTEMBER)
    assert (
        subjects(table) == [("客户去留", "退换货流程", "变坏")] and "反映其他问题的为" in table["finding"][0]
    )
    solved = desk | {
        "group": "理财部",
        "first_contact": 0.5,
        "others": 0.9,
        "solved_p": 0.001,
        "solved": "更低",
    }
    table = findings.table(
        NOTHING._replace(desks=shaped(schema.DESKS, solved | {"claim": "相当"})), SEPTEMBER
    )
    assert subjects(table) == [("一次解决", "理财部", "变坏")] and "其他部门 90.0%" in table["finding"][0]
    even = tables._replace(desks=desks.assign(claim="相当"), afterwards=after.assign(claim="相当"))
    assert [kind for kind, _, _ in subjects(findings.table(even, SEPTEMBER))] == ["满意度影响"]


def moved(indicator, p, kind="问题类型"):
    claim = "上升" if p < 0.05 else "在误差范围内"
    some = {"previous": 0.1, "current": 0.15, "change": 0.05, "claim": claim, "p_adjusted": p, "unit": "占比"}
    return {"kind": kind, "indicator": indicator, "change_low": 0.01, "change_high": 0.09, **some}


def beside(p_of_rates, p_of_changes):
    """A month in which 物流 per 1,000 orders and the share of 售后 moved, each alone beyond chance."""
    rates = shaped(schema.RATES, rate("物流", 1.33) | {"p_adjusted": p_of_rates})
    return NOTHING._replace(rates=rates, changes=shaped(schema.CHANGES, moved("售后", p_of_changes)))


@pytest.mark.parametrize(
    ("of_rates", "of_changes", "standing"),
    [
        (0.04, 0.9, set()),  # one table of three alone: 0.04 > 0.05 / 3
        (0.04, 0.03, set()),  # two alone, neither at 0.05 * 2 / 3
        (0.001, 0.03, {"物流", "售后"}),  # beside a sure one the other stands too: 0.03 <= 0.05 * 2 / 3
        (0.001, 0.04, {"物流"}),
    ],
)
def test_a_change_stands_only_beside_all_comparisons_of_a_report(of_rates, of_changes, standing):
    found = findings.table(beside(of_rates, of_changes), SEPTEMBER)
    firm = conclusions.standing(found)
    assert set(firm["subject"]) == standing
    assert set(found["subject"].head(len(standing))) == standing  # the others come last, and none is lost
    assert len(found) == 1 + (of_changes < 0.05)
    assert found.loc[~found["subject"].isin(standing), "finding"].str.contains("单独看超出偶然波动").all()
    assert found.loc[~found["subject"].isin(standing), "decision"].isna().all()


def test_a_quiet_month_says_what_moved_alone():
    told = conclusions.findings(findings.table(beside(0.04, 0.9), SEPTEMBER), SEPTEMBER).paragraphs
    assert [str(words) for words in told] == [
        "2026年9月没有超出偶然波动的变化，也没有逾期的措施。",
        "另有 1 项变化单独看超出偶然波动，与本期全部比较放在一起看还不能断定，见“全部发现”。",
    ]
    assert conclusions.to_decide(findings.table(beside(0.04, 0.9), SEPTEMBER)) is None


def test_all_problems_yield_to_a_category_where_only_that_stands():
    rows = [rate("全部", 1.2) | {"p_adjusted": 0.04}, rate("物流", 2.1) | {"p_adjusted": 0.001}]
    found = findings.table(NOTHING._replace(rates=shaped(schema.RATES, *rows)), SEPTEMBER)
    assert found[["kind", "subject", "direction"]].values.tolist() == [["每千单件数", "物流", "变坏"]]
