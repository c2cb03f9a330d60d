from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import influences
from voc_lib.stats import drivers
from voc_lib.tag import library, rules

SEPTEMBER = Period.parse("2026-09")


def r_squared(x, y):
    if not x.shape[1]:
        return 0.0
    design = np.column_stack([np.ones(len(y)), x])
    rest = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - rest.var() / y.var()


def test_importance_is_the_average_gain_over_all_orders():
    rng = np.random.default_rng(1)
    x = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.2], [0.6, 1, 0], [0.2, 0, 1]], 80)
    y = x @ [1.0, 0.3, -0.5] + rng.normal(size=80)
    gains = np.zeros(3)
    for order in permutations(range(3)):
        for place, column in enumerate(order):
            gains[column] += r_squared(x[:, order[: place + 1]], y) - r_squared(x[:, order[:place]], y)
    found, total = drivers.importance(x, y)
    assert total == pytest.approx(r_squared(x, y))
    assert found == pytest.approx(gains / 6 / total)


def test_uncorrelated_drivers_share_by_squared_slope():  # orthogonal design: LMG is β² / Σβ²
    x = np.array([[a, b] for a in (-1, 1) for b in (-1, 1)] * 5, dtype=float)
    found, total = drivers.importance(x, x @ [2.0, 1.0])
    assert found == pytest.approx([0.8, 0.2]) and total == pytest.approx(1)


def test_slopes_and_errors_are_statsmodels_hc3():
    rng = np.random.default_rng(2)
    x = rng.integers(0, 2, (120, 3)).astype(float)
    y = x @ [1.0, -1.0, 0.0] + rng.normal(size=120) * (1 + x[:, 0])
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HC3")
    slopes, errors = drivers.least_squares(x, y)
    assert slopes == pytest.approx(fit.params[1:]) and errors == pytest.approx(fit.bse[1:])


def scored(make, n=600, seed=5):
    rng = np.random.default_rng(seed)
    late, rude = rng.random(n) < 0.4, rng.random(n) < 0.3
    score = np.clip(np.round(4 - 1.5 * late - 0.5 * rude + rng.normal(0, 0.7, n)), 1, 5)
    tags = [
        schema.TAG_SEPARATOR.join(t for t, on in (("物流延迟", a), ("服务态度", b)) if on) or "其他"
        for a, b in zip(late, rude, strict=True)
    ]
    return schema.shape(make({"2026-09": n}, tags=tags, csat=score), schema.TAGGED)


def test_the_planted_driver_leads_with_its_effect(make):
    table = drivers.table(scored(make), SEPTEMBER).set_index("driver")
    assert list(table.index[:2]) == ["物流延迟", "服务态度"] and table["importance"].sum() == pytest.approx(1)
    line = table.loc["物流延迟"]
    assert line["effect_low"] < -1.5 < line["effect_high"] and line["p_adjusted"] < 1e-6
    assert line["importance_low"] <= line["importance"] <= line["importance_high"]


def test_same_seed_same_table_and_few_scores_no_table(make):
    rows = scored(make)
    assert drivers.table(rows, SEPTEMBER, seed=3).equals(drivers.table(rows, SEPTEMBER, seed=3))
    assert drivers.table(rows.head(99), SEPTEMBER).empty and drivers.table(rows.head(0), SEPTEMBER).empty
    assert drivers.table(rows.assign(csat=5.0), SEPTEMBER).empty


@pytest.fixture(scope="module")
def labelled():
    """schema.TAGGED as the product itself tags it: 900 texts that speak of none, one or two problems."""
    rng = np.random.default_rng(7)
    words = {"物流延迟": "快递一直没到，物流太慢", "服务态度": "客服态度恶劣"}
    said = [rng.random(900) < share for share in (0.4, 0.3)]
    texts = [
        "，".join(w for w, on in zip(words.values(), row, strict=True) if on)
        for row in zip(*said, strict=True)
    ]
    score = np.clip(np.round(4 - 1.2 * said[0] - 0.6 * said[1] + rng.normal(0, 0.6, 900)), 1, 5)
    frame = pd.DataFrame(
        {"feedback_id": [f"F{i}" for i in range(900)], "text": [t or "东西收到了" for t in texts]}
    )
    frame = frame.assign(csat=score, channel="电话", created_at=pd.Timestamp("2026-09-05"))
    taxonomy = library.load("ecommerce")
    decided, _ = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    return frame.assign(tags=decided["tags"].to_numpy(), csat_scale="1–5")


def test_tags_the_product_itself_joins_are_drivers_each_on_its_own(labelled):
    assert labelled["tags"].str.contains(schema.TAG_SEPARATOR).any()
    table = drivers.table(labelled, SEPTEMBER).set_index("driver")
    assert not table.index.str.contains(schema.TAG_SEPARATOR).any()
    assert list(table.index[:2]) == ["物流延迟", "服务态度"]
    assert table.loc["物流延迟", "effect"] == pytest.approx(-1.2, abs=0.2)
    assert table.loc["服务态度", "effect"] == pytest.approx(-0.6, abs=0.2)


def test_the_sentence_names_what_lowers_the_score_or_says_why_it_cannot(labelled):
    table, rows = drivers.table(labelled, SEPTEMBER), drivers.scored(labelled, SEPTEMBER)
    told = str(influences.sentence(table, rows))
    assert (
        "900 条" in told and told.index("物流延迟 −1.") < told.index("服务态度 −0.") and "不等于原因" in told
    )
    for part, why in (
        (rows.head(99), "不足 100 条"),
        (rows.assign(csat=5.0), "全部相同"),
        (rows.assign(tags="其他"), "没有哪个"),
    ):
        assert why in str(influences.sentence(drivers.table(part, SEPTEMBER), part))


def test_scores_without_words_say_nothing_of_problems(labelled):
    silent = labelled.assign(tags=pd.NA, csat=1.0)
    both = pd.concat([labelled, silent], ignore_index=True)
    pd.testing.assert_frame_equal(drivers.table(both, SEPTEMBER), drivers.table(labelled, SEPTEMBER))
