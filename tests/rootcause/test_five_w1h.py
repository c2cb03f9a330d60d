import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.rootcause import five_w1h

PERIOD = Period.parse("2026-Q3")


def test_written_answers_win_and_the_rest_comes_from_data(known, issues):
    data = issues(
        {"primary_tag": "物流延迟", "region": "华东", "created_at": "2026-07-02", "times": 40},
        {"primary_tag": "物流延迟", "region": "华南", "created_at": "2026-08-02", "times": 10},
        {"primary_tag": "服务态度", "region": "华南", "created_at": "2026-08-02", "times": 50},
    )
    written = {
        "problem": "物流延迟",
        "five_w1h": {"why": "人手跟不上"},
        "why": [{"cause": "招聘慢", "root": True}],
    }
    table = schema.check(five_w1h.table(known(written), data, PERIOD), schema.FIVE_W1H).set_index("problem")
    row = table.loc["物流延迟"]
    assert row["why"] == "人手跟不上"
    assert row["what"].startswith("数据：本期 50 条，占 50.0%")
    assert row["where"].startswith("数据：华东 80.0%（其他问题 0.0%）")
    assert row["when"] == "数据：2026-07 80.0%（其他问题 0.0%）"
    assert row["who"].startswith("数据：无明显集中")
    assert row["how"] == "还没有对应措施"
    assert table.loc["服务态度", "why"] == "尚未分析；原话中也没有成型的原因"
    spoken = five_w1h.table(known(written), data, PERIOD, named=lambda name: f"{name}员工")
    assert "员工" in spoken["who"].iloc[0] and "员工" not in row["who"]


def test_roots_and_measures_answer_where_nothing_is_written(known, issues):
    tree = {"problem": "物流延迟", "why": [{"cause": "招聘慢", "root": True}]}
    plan = {
        "id": "M1",
        "problem": "物流延迟",
        "goal": "g",
        "action": "增设晚班",
        "owner": "王敏",
        "department": "d",
    }
    dates = {"start": "2026-03-01", "due": "2026-04-30"}
    row = five_w1h.table(known(tree, measures=[{**plan, **dates}]), issues(), PERIOD).iloc[0]
    assert (row["why"], row["how"]) == ("5Why 根因：招聘慢", "措施：M1 增设晚班")
    assert (row["what"], row["where"]) == ("数据：本期没有这类问题", "数据不足")


def test_heard_reasons_are_told_as_candidates(known, issues):
    data = issues({"primary_tag": "物流延迟", "text": "因为仓库爆仓，晚了", "times": 3})
    assert five_w1h.table(known(), data, PERIOD)["why"].iloc[0] == "文本候选（待核实）：仓库爆仓（3 条）"


def test_a_difference_chance_can_make_is_said_to_be_none():
    groups = pd.Series(["华东"] * 11 + ["华南"] * 9 + ["华东"] * 10 + ["华南"] * 10, dtype="str")
    mine = pd.Series([True] * 20 + [False] * 20)
    assert five_w1h.concentration(groups, mine).startswith("无明显集中")
    assert five_w1h.concentration(groups, pd.Series([True] * 9 + [False] * 31)) == ""
