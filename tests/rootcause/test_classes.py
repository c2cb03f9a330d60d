"""What class of cause employees name: golden sentences, written before the rules."""

import runpy
from pathlib import Path

import pandas as pd
import pytest
import yaml
from scipy.stats import fisher_exact

from voc_lib import schema, tag
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.rootcause import classes
from voc_lib.tag import cause_classes

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "cause_classes.yaml").read_text(encoding="utf-8")
)
COLLOQUIAL = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "crm_colloquial.yaml").read_text(encoding="utf-8")
)
LABELLED = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "packs.py"))["labelled"]
PERIOD = Period.parse("2026-09")


@pytest.mark.parametrize("name", CASES)
def test_most_sentences_get_their_class_with_words_that_stand_in_them(name):
    texts = pd.Series(CASES[name])
    found = cause_classes.told(texts)
    assert (found["cause_class"] == name).mean() >= 0.85
    said = found.dropna(subset=["evidence"])
    assert all(
        word in text.lower()
        for text, words in zip(texts[said.index], said["evidence"], strict=True)
        for word in words.split("、")
    )


def test_colloquial_sentences_get_their_dimension_and_their_class_of_cause():
    cases = pd.DataFrame([*COLLOQUIAL["a"], *COLLOQUIAL["b"]])
    problems = LABELLED(cases["text"], tag.load("crm_usage"))["primary_tag"]
    found = cause_classes.inferred(cause_classes.told(cases["text"])["cause_class"], problems, cases["text"])
    pairs = {"dimensions": problems, "causes": found}
    right = {
        name: [one in ok for one, ok in zip(given, cases[name], strict=True)] for name, given in pairs.items()
    }
    assert sum(right["dimensions"]) >= 92 and sum(right["causes"]) >= 97


def test_what_no_word_says_is_inferred_from_the_dimension_and_counted_apart(issues):
    rows = issues(
        {"primary_tag": "系统性能与稳定性", "text": "老是把我踢出来重新登录"},
        {"primary_tag": "系统性能与稳定性", "text": "点进去就打不开，重登也不行"},
        {"primary_tag": "数据质量与管理", "text": "电话一半是空号"},
    )
    tags = classes.tagged(rows, PERIOD, subject="crm")
    table = classes.table(tags).set_index(["problem", "cause_class"])
    assert table.loc[("系统性能与稳定性", "系统设计缺陷"), ["n", "inferred"]].tolist() == [2, 1]
    assert table.loc[("数据质量与管理", "未判明"), "inferred"] == 0
    said = conclusions.cause_classes(table.reset_index()).paragraphs[0]
    assert "33.3% 的话说出了原因类别，另 1 件按所属维度推定" in said
    whole = classes.shares(tags).set_index(["dimension", "cause_class"])
    assert whole.loc[("全部", "系统设计缺陷"), "n"] == 1


@pytest.mark.parametrize("text", ["今天的天气不错", "合同已经签了", "", "不会的", "新人入职了", "按钮"])
def test_what_names_no_cause_is_left_open(text):
    assert cause_classes.told(pd.Series([text]))["cause_class"].tolist() == ["未判明"]


def test_counts_by_problem_with_departments_and_words(issues):
    rows = issues(
        {"primary_tag": "培训", "text": "上线前没有培训", "region": "客服部"},
        {"primary_tag": "培训", "text": "操作手册太旧", "region": "市场部"},
        {"primary_tag": "培训", "text": "说不好", "region": "市场部"},
    )
    tags = schema.check(classes.tagged(rows, PERIOD, subject="crm"), schema.CAUSE_TAGS)
    table = schema.check(classes.table(tags), schema.CAUSE_CLASS_STATS)
    assert table[["cause_class", "n", "base"]].values.tolist() == [["培训不到位", 2, 3], ["未判明", 1, 3]]
    assert table["departments"].iloc[0] == 2 and "手册" in table["words"].iloc[0]
    assert "培训不到位最多，2 件" in conclusions.cause_classes(table).items[0]


def test_shares_of_all_and_of_each_department_and_who_names_one_more(issues):
    many = [{"text": "上线前没有培训", "region": "客服部", "primary_tag": "培训"}] * 12
    rest = [{"text": "月底一跑报表就崩溃", "region": "市场部", "primary_tag": "性能"}] * 13
    tags = classes.tagged(issues(*many, *rest, {"text": "说不好", "region": None}), PERIOD, subject="crm")
    table = schema.check(classes.shares(tags), schema.CAUSE_SHARES)
    whole = table[table["dimension"] == classes.ALL].set_index("cause_class")
    assert whole.loc["培训不到位", ["n", "base"]].tolist() == [12, 26] and whole["n"].sum() == 26
    assert whole["claim"].isna().all() and "培训" in whole.loc["培训不到位", "words"]
    here = table[table["group"] == "客服部"].set_index("cause_class")
    assert here.loc["培训不到位", ["n", "base", "claim"]].tolist() == [12, 12, "偏高"]
    assert here.loc["系统设计缺陷", ["n", "claim"]].tolist() == [0, "偏低"]
    assert here.loc["培训不到位", "p_adjusted"] >= fisher_exact([[12, 0], [0, 13]]).pvalue
    said = conclusions.cause_shares(table)
    assert said.paragraphs[0].startswith("系统设计缺陷说得最多：26 件问题里 13 件，占 50.0%")
    assert "地区“客服部”：培训不到位明显多于其余，12 件，占 100.0%（“培训”）" in said.items
    assert set(classes.leading(table)["group"]) == {"客服部", "市场部", "培训", "性能"}


def test_departments_alike_are_said_to_be(issues):
    rows = [{"text": text, "region": place} for text in ("没有培训", "就崩溃") for place in ("甲部", "乙部")]
    table = classes.shares(classes.tagged(issues(*rows), PERIOD, subject="crm"))
    assert conclusions.cause_shares(table).items == ("各类问题、各部门、各岗位之间没有看得出的差别",)


def test_customers_have_no_such_classes(issues):
    tags = classes.tagged(issues({"text": "上线前没有培训"}), PERIOD, subject="customers")
    assert classes.shares(tags).empty and conclusions.cause_shares(classes.shares(tags)) is None
    assert tags.empty and classes.table(tags).empty and conclusions.cause_classes(classes.table(tags)) is None
