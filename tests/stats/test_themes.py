"""Themes of 其他 and of big tags: named, the same twice, named as last month, grown only beyond chance."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, binom

from benchmarks import alerts as simulated
from voc_lib import schema, tag
from voc_lib.period import Period
from voc_lib.report import conclusions, findings
from voc_lib.stats import themes, windows

SEPTEMBER = Period.parse("2026-09")
MONTHS = {f"2026-{month:02d}": 100 for month in range(3, 10)}
TAXONOMY = tag.load("ecommerce")


def project(make, was=2, now=12, seed=0):
    """A small project in whose 其他 people speak of points, in many wordings."""
    rows = simulated.jumped(was, now, np.random.default_rng(seed))
    return pd.concat([make(MONTHS, seed=seed), rows], ignore_index=True)


@pytest.fixture(scope="module")
def jumped(make):
    return project(make)


@pytest.fixture(scope="module")
def found(jumped):
    return themes.table(jumped, SEPTEMBER, TAXONOMY)


def test_a_theme_that_jumps_in_other_is_first_with_its_size_words_and_quotes(jumped, found):
    line = schema.check(found, schema.THEMES).iloc[0]
    mine = jumped[jumped["feedback_id"].isin(line["feedback_ids"].split("、"))]
    assert (line["category"], line["claim"], bool(line["known"])) == ("其他", "增多", False)
    assert (
        "积分" in line["phrases"] and mine["text"].str.contains("积分").all() and len(mine) == line["n"] >= 8
    )
    assert line["ratio_low"] > 1.8 and line["p_adjusted"] < 0.05 and line["before"] <= 2
    quotes = line["quotes"].split("／")
    assert len(quotes) == 3 and set(quotes) <= set(mine["text"])
    assert (found["claim"] == "增多").sum() == 1


def test_what_grew_is_said_in_the_report_and_found_by_the_summary(found):
    said = conclusions.themes(found)
    assert said.tone == "warn" and f"{found['n'].iloc[0]} 件" in said.items[0]
    nothing = [schema.empty(schema.table(name)) for name in findings.Tables._fields[:8]]
    told = findings.table(findings.Tables(*nothing, themes=found), SEPTEMBER)
    assert told["kind"].tolist() == ["主题"] and told["feedback_ids"].iloc[0] == found["feedback_ids"].iloc[0]


def test_a_theme_that_is_news_already_is_no_second_finding(found):
    line = {"term": "积分", "category": "其他", "n": 12, "before": 2, "p_adjusted": 0.01, "example": "x"}
    line["feedback_ids"] = found["feedback_ids"].iloc[0]
    news = schema.shape(pd.DataFrame([line]).reindex(columns=schema.EMERGING.names), schema.EMERGING)
    tables = {name: schema.empty(schema.table(name)) for name in findings.Tables._fields[:8]}
    told = findings.table(findings.Tables(**tables | {"emerging": news}, themes=found), SEPTEMBER)
    assert told["kind"].tolist() == ["新问题"]


def test_the_same_rows_in_another_order_have_the_same_themes(jumped, found):
    again = themes.table(jumped.sample(frac=1, random_state=3), SEPTEMBER, TAXONOMY)
    pd.testing.assert_frame_equal(found, again)


def test_a_theme_keeps_the_name_it_had_in_the_last_report(jumped, found):
    first = found.iloc[:1].assign(theme="积分去哪了")
    again = themes.table(jumped, SEPTEMBER, TAXONOMY, earlier=first)
    line = again[again["theme"] == "积分去哪了"].iloc[0]
    assert (
        line["known"]
        and line["n"] == found["n"].iloc[0]
        and found["theme"].iloc[0] not in set(again["theme"])
    )


def test_a_theme_no_longer_found_stays_while_it_is_spoken_of(make):
    quiet = project(make, was=2, now=1)
    last = schema.shape(
        pd.DataFrame(
            {
                "category": ["其他"] * 2,
                "theme": ["发票", "宠物"],
                "words": ["开发票、没有开", "猫粮"],
                "n": 0,
            }
        )
        .reindex(columns=schema.THEMES.names)
        .assign(claim="没有超出以往"),
        schema.THEMES,
    )
    names = themes.table(quiet, SEPTEMBER, TAXONOMY, earlier=last)["theme"].tolist()
    assert "发票" in names and "宠物" not in names


def test_a_big_tag_is_told_apart_and_what_no_month_precedes_is_not_compared(make):
    issues = make({"2026-09": 400})
    found = themes.table(issues, SEPTEMBER, TAXONOMY)
    assert {"物流延迟", "功能异常", "服务态度", "退换货流程", "其他"} == set(found["category"].astype("str"))
    assert set(found["claim"]) == {"无法比较"} and found["ratio"].isna().all()
    big = found[found["category"] == "功能异常"]
    assert len(big) >= 3 and big["n"].sum() == (issues["primary_tag"] == "功能异常").sum()
    assert "还没有以往可比" in str(conclusions.themes(found))


def test_nothing_said_is_an_empty_table_and_a_sentence(make):
    empty = themes.table(make({}), SEPTEMBER, TAXONOMY)
    assert empty.empty and "归不出主题" in str(conclusions.themes(empty))
    assert themes.foremost(empty).empty


def test_a_page_shows_what_grew_and_the_biggest_of_each_tag(found):
    shown = themes.foremost(found)
    assert shown["theme"].iloc[0] == found["theme"].iloc[0]
    assert shown.groupby("category", observed=True).size().max() <= 4
    assert shown["phrases"].str.count("、").max() <= 5


def test_bounds_of_growth_are_clopper_pearson_and_leave_one_out_where_p_does():
    for n, base, part in ((12, 12, 0.14), (9, 30, 0.2), (5, 0, 0.14)):
        level = binom.sf(n - 1, n + base, part)
        one = {"n": np.array([n]), "base": np.array([base]), "spread": np.ones(1)}
        rest = dict.fromkeys(("before", "growth", "p"), np.zeros(1)) | {"seen": np.zeros(1, dtype=bool)}
        grown = windows.Growth(**one, **rest)
        low, high = windows.bounds(grown, np.array([part]), np.array([level]))
        assert low[0] == pytest.approx(1.0)
        if base:
            bound = beta.ppf(1 - level, n + 1, base)
            assert high[0] == pytest.approx(bound / (1 - bound) / (part / (1 - part)))


def test_stable_months_claim_no_theme_and_a_jump_stands_first():
    assert simulated.grown(100, 1, 8) == 0
    assert simulated.grown(100, 1, 6, was=0, now=12) == 1
