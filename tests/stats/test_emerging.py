from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import emerging, windows

SEPTEMBER = Period.parse("2026-09")
MONTHS = {f"2026-{month:02d}": 400 for month in range(3, 10)}
POINTS = [
    "会员积分被清零，很生气",
    "我的会员积分被清零了没人管",
    "会员积分被清零，要求恢复",
    "昨天发现会员积分被清零",
]


def planted(issues, texts, month="2026-09"):
    """The issues with the texts put into 其他 of a month."""
    rows = issues[(issues["created_at"].dt.strftime("%Y-%m") == month) & (issues["primary_tag"] == "其他")]
    copy = issues.copy()
    copy.loc[rows.index[: len(texts)], "text"] = texts
    return copy


def test_a_new_phrase_is_found_whole_once_and_with_its_evidence(make):
    issues = planted(make(MONTHS), POINTS * 5)
    table = schema.check(emerging.table(issues, SEPTEMBER), schema.EMERGING)
    line = table.iloc[0]
    assert table["term"].tolist() == ["会员积分被清零"]
    assert (line["n"], line["before"], line["category"]) == (20, 0, "其他") and pd.isna(line["ratio"])
    cited = issues[issues["feedback_id"].isin(line["feedback_ids"].split("、"))]
    assert len(cited) == 20 and cited["text"].str.contains("清零").all() and line["example"] in POINTS


def test_two_words_that_go_together_without_a_phrase_are_one_line(make):
    texts = [
        f"积分{how}清零"
        for how in ("莫名其妙", "一夜之间突然", "在九月一号早上", "又到年底才说", "规则改动后")
    ] * 4
    table = emerging.table(planted(make(MONTHS), texts), SEPTEMBER)
    assert table["term"].tolist() == ["积分…清零"] and table["n"].tolist() == [20]


@pytest.mark.parametrize("seed", range(8))
def test_stable_months_raise_no_alarm(make, seed):
    assert emerging.table(make(MONTHS, seed=seed), SEPTEMBER).empty


REVIEWS = Path(__file__).parents[2] / "../shared/data/chinese_nlp_corpus/online_shopping_10_cats.csv"


@pytest.mark.skipif(not REVIEWS.exists(), reason="公开评论数据不在这台机器上")
def test_real_reviews_dealt_to_months_by_chance_raise_hardly_an_alarm(make):
    reviews = pd.read_csv(REVIEWS).query("label == 0").dropna()
    alarms = 0
    for seed in range(6):
        some = reviews.iloc[np.random.default_rng(seed).choice(len(reviews), 2_800, replace=False)]
        tags = some["cat"].tolist()
        issues = make(MONTHS, seed=seed, text=some["review"].tolist(), primary_tag=tags, tags=tags)
        alarms += len(emerging.table(issues, SEPTEMBER))
    assert alarms <= 1


def test_more_volume_alone_is_no_news(make):
    assert emerging.table(make({**MONTHS, "2026-09": 900}), SEPTEMBER).empty


def test_a_category_that_doubles_is_found_without_a_line_per_word(make):
    now = make({"2026-09": 400}, seed=2, shares=(0.3, 0.1, 0.1, 0.4, 0.1))
    before = make({m: n for m, n in MONTHS.items() if m != "2026-09"}, seed=3)
    table = emerging.table(pd.concat([before, now], ignore_index=True), SEPTEMBER)
    assert table["term"].tolist() == ["退换货流程"] and table["ratio"].iloc[0] > 2


def test_what_returns_every_september_is_no_news(make):
    issues = planted(make({"2025-09": 400, **MONTHS}), POINTS * 5)
    assert len(emerging.table(issues, SEPTEMBER)) == 1
    assert emerging.table(planted(issues, POINTS * 5, "2025-09"), SEPTEMBER).empty


def test_a_denied_phrase_is_not_its_opposite(make):
    texts = [f"商家承诺的赠品没有发货{tail}" for tail in ("，催了", "了", "。", "，投诉")] * 5
    terms = emerging.table(planted(make(MONTHS), texts), SEPTEMBER)["term"]
    assert any("没有发货" in term for term in terms) and not (terms == "发货").any()


def test_nothing_to_compare_with_is_an_empty_table(make):
    assert emerging.table(make({}), SEPTEMBER).empty
    assert emerging.table(make({"2026-09": 50}), SEPTEMBER).empty
    assert emerging.table(make({"2026-08": 50}), SEPTEMBER).empty


def test_same_rows_in_another_order_give_the_same_table(make):
    issues = planted(make(MONTHS), POINTS * 5)
    shuffled = issues.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(emerging.table(issues, SEPTEMBER), emerging.table(shuffled, SEPTEMBER))


def test_the_chance_of_a_count_is_the_binomial_tail():
    for now, before, part in ((5, 3, 0.14), (20, 0, 1 / 7), (1, 40, 0.3)):
        expected = binom.sf(now - 1, now + before, part)
        assert windows.upper(np.array(now), np.array(before), part) == pytest.approx(expected)


def test_what_swings_from_month_to_month_must_rise_higher(make):
    names = [m for m in MONTHS if m != "2026-09"]
    steady = [make({m: 400}, seed=k, shares=(0.2, 0.2, 0.2, 0.2, 0.2)) for k, m in enumerate(names)]
    swings = [make({m: 400}, seed=k, shares=(0.3, 0.4 * (k % 2), 0.2, 0.1, 0.1)) for k, m in enumerate(names)]
    now = make({"2026-09": 400}, seed=9, shares=(0.3, 0.45, 0.1, 0.1, 0.05))
    tables = [
        emerging.table(pd.concat([*past, now], ignore_index=True), SEPTEMBER) for past in (steady, swings)
    ]
    assert ["功能异常" in set(table["term"]) for table in tables] == [True, False]


def test_a_category_that_happens_to_lie_still_is_not_taken_for_steadier_than_all():
    """Months of 20 categories vary three times as much as chance: one that kept to ten will jump as well."""
    months = np.random.default_rng(1).negative_binomial(5, 1 / 3, (11, 20))
    months[:, 0] = 10
    still, *others = windows._dispersion(months, months.sum(axis=1), emerging.PRIOR)
    assert 2 < still <= min(others)
    assert windows._dispersion(months, months.sum(axis=1))[0] == 1  # of terms nothing common is known
    calm = np.random.default_rng(1).poisson(10, (11, 20))
    assert windows._dispersion(calm, calm.sum(axis=1), emerging.PRIOR)[0] < windows.CALM


def hotel(n, month="2026-09"):
    """Rows of a source that speaks of other things than all others."""
    texts = ["酒店房间有异味，前台不给换", "早餐太差，房间隔音不好", "入住等了很久，房间没打扫"]
    return {month: n}, {"text": [texts[i % 3] for i in range(n)], "source": "酒店点评", "primary_tag": "其他"}


@pytest.mark.parametrize("n", [100, 500])
def test_a_source_that_joins_is_held_out_and_said(make, n):
    months, columns = hotel(n)
    issues = pd.concat(
        [planted(make(MONTHS), POINTS * 5), make(months, seed=9, **columns)], ignore_index=True
    )
    assert emerging.table(issues, SEPTEMBER)["term"].tolist() == ["会员积分被清零"]
    told = windows.held_out(issues, SEPTEMBER)
    assert told and all("酒店点评" in note and "新接入" in note for note in told)


@pytest.mark.parametrize("straggling", [0, 2])
def test_a_source_that_leaves_is_held_out_and_said(make, straggling):
    left = [make({m: 200}, seed=k, **hotel(200, m)[1]) for k, m in enumerate(MONTHS) if m != "2026-09"]
    gone = [*left, *(make({"2026-09": n}, seed=99, **hotel(n, "2026-09")[1]) for n in [straggling] if n)]
    issues = pd.concat([planted(make(MONTHS), POINTS * 5), *gone], ignore_index=True)
    assert emerging.table(issues, SEPTEMBER)["term"].tolist() == ["会员积分被清零"]
    told = windows.held_out(issues, SEPTEMBER)
    assert told and all("本期没有" in note for note in told)
    assert windows.held_out(make(MONTHS), SEPTEMBER) == []


def test_one_burst_of_several_wordings_is_one_line_with_its_terms(make):
    texts = ["充电宝鼓包了，很危险", "充电宝鼓包发烫", "买的充电宝突然冒烟鼓包", "充电宝发烫冒烟"] * 8
    table = emerging.table(planted(make(MONTHS), texts), SEPTEMBER)
    assert len(table) == 1 and "充电" in table["term"].iloc[0]


def test_the_name_of_a_new_product_is_no_news_but_what_is_said_of_it_is(make):
    issues = make(MONTHS, product="旧款")
    now = issues[(issues["created_at"] >= "2026-09-01") & (issues["primary_tag"] == "其他")]
    texts = [f"{said}，{name}" for said in now["text"][:16] for name in ("星河Nova9", "星河 nova9")][::2]
    texts += [f"星河Nova9，{said}" for said in now["text"][16:32]]
    named = planted(issues, texts)
    named.loc[named["text"].str.contains("星河"), "product"] = "星河Nova9"
    assert emerging.table(named, SEPTEMBER).empty
    bursts = planted(
        issues, ["星河Nova9鼓包了", "星河Nova9突然鼓包", "我的星河Nova9鼓包", "星河Nova9又鼓包"] * 8
    )
    bursts.loc[bursts["text"].str.contains("星河"), "product"] = "星河Nova9"
    (term,) = emerging.table(bursts, SEPTEMBER)["term"]
    assert "鼓包" in term


def test_a_product_that_sells_more_brings_no_line_for_each_of_its_words(make):
    rng = np.random.default_rng(4)
    lines = 0
    for seed in range(6):
        parts = [
            make({m: int(400 * np.exp(rng.normal(0, 0.1)))}, seed=100 * seed + k,
                 shares=np.array([0.3, 0.225, 0.2, 0.15, 0.125]) * np.exp(rng.normal(0, 0.2, 5)))
            for k, m in enumerate(MONTHS)
        ]  # fmt: skip
        lines += len(emerging.table(pd.concat(parts, ignore_index=True), SEPTEMBER))
    assert lines <= 1


def test_a_small_category_that_triples_is_found_most_times(make):
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        issues = make(dict.fromkeys(MONTHS, 300), seed=seed)
        rate = np.where(issues["created_at"].dt.month == 9, 0.06, 0.02)
        mine = rng.random(len(issues)) < rate
        issues = issues.assign(primary_tag=issues["primary_tag"].mask(mine, "积分清零"))
        found += "积分清零" in set(emerging.table(issues, SEPTEMBER)["term"])
    assert found >= 12
