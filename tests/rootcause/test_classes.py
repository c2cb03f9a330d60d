"""What class of cause employees name: golden sentences, written before the rules."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from scipy.stats import fisher_exact

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.rootcause import classes
from voc_lib.tag import cause_classes

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "cause_classes.yaml").read_text(encoding="utf-8")
)
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
    rest = [{"text": "月底就崩溃", "region": "市场部", "primary_tag": "性能"}] * 13
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
