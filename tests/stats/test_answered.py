"""Surveys: correlations, groups and drivers against scipy and statsmodels; the telecom survey end to end."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import kruskal, spearmanr

from voc_lib import collect, params, schema
from voc_lib.clean import privacy
from voc_lib.period import Period
from voc_lib.report import conclusions, plots
from voc_lib.stats import answered, satisfaction, survey

SEPTEMBER = Period.parse("2026-09")
ROOT = Path(__file__).parents[2]
TELECOM = ROOT.parent / "shared/data/mathorcup2022_cmcc_csat/附件1语音业务用户满意度数据.xlsx"


SCALE = {"scale": "1–5"}
FIFTHS = [f"fifth_{i}" for i in range(1, 6)]


def answers(scores: dict[str, list], chosen: dict[str, list] | None = None, whole: str = "整体满意度"):
    """schema.ANSWERS of questions on 1–5 and of options."""
    rows = [
        {
            "question": name,
            "kind": "整体" if name == whole else "评分",
            "score": value,
            "scale": "1–5",
            "line": i,
        }
        for name, values in scores.items()
        for i, value in enumerate(values)
        if value is not None
    ]
    rows += [
        {"question": "遇到过", "kind": "多选", "option": name, "score": value, "line": i}
        for name, values in (chosen or {}).items()
        for i, value in enumerate(values)
    ]
    about = {"source": "问卷", "created_at": pd.Timestamp("2026-09-05"), "file": "a.csv"}
    return schema.shape(pd.DataFrame(rows).assign(**about), schema.ANSWERS)


def traits(**columns):
    pairs = [(name, i, value) for name, values in columns.items() for i, value in enumerate(values)]
    rows = [{"trait": name, "value": value, "line": i} for name, i, value in pairs]
    return schema.shape(pd.DataFrame(rows).assign(source="问卷", file="a.csv"), schema.TRAITS)


def shop(seed, n=400):
    """A survey in which speed counts double, looks not at all, and a fault lowers the whole."""
    rng = np.random.default_rng(seed)
    speed, price, looks = (rng.integers(1, 6, n) for _ in range(3))
    fault = (rng.random(n) < 0.3).astype(int)
    whole = np.clip(np.round(0.5 * speed + 0.25 * price + 1.2 - 1.0 * fault + rng.normal(0, 0.6, n)), 1, 5)
    scores = {"整体满意度": whole, "速度": speed, "价格": price, "外观": looks}
    told = {name: list(map(float, values)) for name, values in scores.items()}
    return told, {"坏过": list(map(float, fault))}


def test_to_recommend_is_no_lever_on_the_whole():
    scores, chosen = shop(0)
    told = answers(scores | {"推荐": scores["整体满意度"]}, chosen)
    told["kind"] = told["kind"].astype("str").mask(told["question"] == "推荐", "推荐")
    found = answered.hangs_on(answered.surveys(told, SEPTEMBER), seed=1)
    assert set(found["driver"]) == {"速度", "价格", "外观", "坏过"}


@pytest.mark.parametrize("seed", range(5))
def test_drivers_are_those_of_statsmodels_and_what_is_nothing_stays_nothing(seed):
    scores, chosen = shop(seed)
    found = answered.hangs_on(answered.surveys(answers(scores, chosen), SEPTEMBER), seed=1)
    found = schema.check(found, schema.SURVEY_DRIVERS).set_index("driver")
    x = pd.DataFrame({**scores, **chosen})
    fitted = sm.OLS(x["整体满意度"], sm.add_constant(x.drop(columns="整体满意度"))).fit(cov_type="HC3")
    assert found["effect"].to_dict() == pytest.approx(fitted.params.drop("const").to_dict())
    assert found["effect_low"].to_dict() == pytest.approx(fitted.conf_int()[0].drop("const").to_dict())
    assert found["r_squared"].iloc[0] == pytest.approx(fitted.rsquared)
    assert found["claim"].drop("外观").to_dict() == {"速度": "提高", "价格": "提高", "坏过": "拉低"}
    assert found.loc["外观", "claim"] == "看不出影响" and found.loc["外观", "importance"] < 0.02
    assert found["importance"].sum() == pytest.approx(1) and found.index[0] == "速度"
    assert found.loc["坏过", "level"] == pytest.approx(1 - np.mean(chosen["坏过"]))


def test_a_factor_that_speaks_both_ways_is_flagged():
    rng = np.random.default_rng(2)
    good = rng.integers(1, 6, 600).astype(float)
    fault = (rng.random(600) < np.where(good < 3, 0.9, 0.05)).astype(float)
    whole = np.clip(0.8 * good + 0.7 * fault + rng.normal(0, 0.3, 600), 1, 5)
    told = answers({"整体满意度": list(whole), "质量": list(good)}, {"报修过": list(fault)})
    found = answered.hangs_on(answered.surveys(told, SEPTEMBER)).set_index("driver")
    assert found.loc["报修过", "alone"] < 0 < found.loc["报修过", "effect"]
    assert found.loc["报修过", "claim"] == "方向矛盾"


@pytest.mark.parametrize("seed", range(5))
def test_correlations_are_those_of_scipy(seed):
    scores, _ = shop(seed, n=60)
    found = answered.links(answered.surveys(answers(scores), SEPTEMBER)).set_index("question")
    for name in ("速度", "价格", "外观"):
        theirs = spearmanr(scores["整体满意度"], scores[name]).statistic
        assert found.loc[name, "rho"] == pytest.approx(theirs)
        assert found.loc[name, "rho_low"] < found.loc[name, "rho"] < found.loc[name, "rho_high"]


def test_intervals_of_correlations_cover_as_often_as_they_say():
    rng = np.random.default_rng(11)
    inside = 0
    for _ in range(400):
        x, y = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], 80).T
        _, low, high = answered.spearman(x, y)
        inside += low <= 6 / np.pi * np.arcsin(0.25) <= high  # what Spearman's comes to at this correlation
    assert 0.92 <= inside / 400 <= 0.98


def test_groups_are_tested_as_scipy_does_and_small_ones_are_left_out():
    scores, _ = shop(3)
    gender = ["女", "男"] * 200
    whole = [max(1.0, s - 1.5) if i % 2 else s for i, s in enumerate(scores["整体满意度"])]
    scores["整体满意度"] = whole
    level = ["金卡"] * 20 + ["银卡"] * 20 + ["普通"] * 360
    found = schema.check(
        answered.groups(
            answered.surveys(answers(scores), SEPTEMBER),
            traits(性别=gender, 等级=level, 无关=["甲", "甲", "乙", "乙"] * 100),
        ),
        schema.SURVEY_GROUPS,
    ).set_index(["trait", "value"])
    parts = whole[::2], whole[1::2]
    assert found.loc[("性别", "女"), "mean"] == pytest.approx(np.mean(parts[0]))
    assert found.loc[("性别", "女"), "p_adjusted"] == pytest.approx(2 * kruskal(*parts).pvalue)
    assert found.loc[("性别", "男"), "claim"] == "有差别" and found.index[0][0] == "性别"
    assert found.loc[("等级", "金卡"), "claim"] == "样本太少"
    assert found.loc[("无关", "甲"), "claim"] == "在误差范围内"


@pytest.mark.parametrize(
    "scores",
    [
        {"整体满意度": []},
        {"整体满意度": [5.0]},
        {"整体满意度": [5.0] * 200, "速度": [3.0] * 200},
        {"整体满意度": [5.0, 4.0] * 100, "速度": [None] * 200},
        {"速度": [3.0, 4.0] * 100},
    ],
    ids=["none", "one", "all equal", "a question nobody answered", "nothing asks about the whole"],
)
def test_poor_surveys_give_sentences(scores):
    rows = answers(scores) if any(scores.values()) else schema.empty(schema.ANSWERS)
    found = answered.surveys(rows, SEPTEMBER)
    groups, moved = answered.groups(found, traits(性别=["女"] * 3)), answered.hangs_on(found)
    answered.links(found)
    results = survey.table(rows, SEPTEMBER)
    words = str(conclusions.satisfaction_report(schema.empty(schema.SATISFACTION), results, moved, groups))
    assert words and "nan" not in words
    assert plots.spread(answered.spread(found))
    assert plots.importance(moved)


def test_the_spread_of_a_question_is_its_shares_by_fifth_the_lowest_mean_first():
    rows = answers({"整体满意度": [5.0] * 8 + [1.0] * 2, "速度": [1.0] * 6 + [3.0] * 2 + [5.0] * 2})
    table = schema.check(answered.spread(answered.surveys(rows, SEPTEMBER)), schema.SURVEY_SPREAD)
    assert table["question"].tolist() == ["速度", "整体满意度"]
    assert table.loc[0, ["fifth_1", "fifth_3", "fifth_5"]].tolist() == [0.6, 0.2, 0.2]
    chart = plots.spread(table)
    assert "整体满意度 最高一档 80%" in chart.alt and len(chart.numbers.rows) == 2


def test_answers_are_placed_on_their_scale_not_on_what_was_used():
    rows = answers({"整体满意度": [4.0] * 5 + [5.0] * 5, "推荐": [6.0] * 10})
    rows["scale"] = rows["scale"].where(rows["question"] != "推荐", "0–10")
    table = answered.spread(answered.surveys(rows, SEPTEMBER)).set_index("question")
    assert table.index.tolist() == ["推荐", "整体满意度"]  # 6 of 10 is less than 4.5 of 5
    assert table.loc["整体满意度", FIFTHS].tolist() == [0, 0, 0, 0.5, 0.5]
    assert table.loc["推荐", FIFTHS].tolist() == [0, 0, 0, 1, 0]


@pytest.fixture(scope="module")
def telecom():
    if not TELECOM.is_file():
        pytest.skip("the telecom survey is not on this machine")
    settings = params.load(ROOT / "params/examples/telecom_survey.yaml")
    collected = privacy.protect(collect.gather(settings, mask=privacy.mask), b"0123456789abcdef")
    return settings, collected, sheet()


def sheet():
    """The file as pandas alone reads it; words for ten and one of the scale are in it."""
    raw = pd.read_excel(TELECOM, engine="openpyxl", dtype="str")
    return raw.iloc[:, :55]


def test_the_telecom_survey_comes_out_as_pandas_counts_it(telecom):
    settings, collected, raw = telecom
    found = answered.surveys(collected.answers, settings.period)
    (one,) = found
    whole = pd.to_numeric(raw["语音通话整体满意度"].str.strip())
    assert len(one.scores) == len(raw) == 5433 and one.steps == "1–10"
    assert one.scores[one.whole].mean() == pytest.approx(whole.mean())
    linked = answered.links(found).set_index("question")
    for name in ("网络覆盖与信号强度", "语音通话清晰度", "语音通话稳定性"):
        assert linked.loc[name, "rho"] == pytest.approx(spearmanr(whole, pd.to_numeric(raw[name])).statistic)
    groups = answered.groups(found, collected.traits).set_index(["trait", "value"])
    for name, part in whole.groupby(raw["客户星级标识"]):
        assert groups.loc[("客户星级标识", name), "n"] == len(part)
        assert groups.loc[("客户星级标识", name), "mean"] == pytest.approx(part.mean())
    moved = answered.hangs_on(found, seed=1).set_index("driver")
    options = [name for name in moved.index if moved.loc[name, "kind"] == "多选"]
    x = pd.DataFrame({name: pd.to_numeric(raw[name]) for name in linked.index})
    x = x.join(pd.DataFrame({name: (raw[name] != "-1").astype(float) for name in options}))
    fitted = sm.OLS(whole.to_numpy(), sm.add_constant(x)).fit()
    assert moved["effect"].to_dict() == pytest.approx(fitted.params.drop("const").to_dict())
    assert list(moved.index[:3]) == ["语音通话清晰度", "网络覆盖与信号强度", "语音通话稳定性"]
    assert moved.loc["通话中有杂音、听不清、断断续续", "claim"] == "方向矛盾"


def test_the_telecom_survey_makes_a_report_of_sentences(telecom):
    settings, collected, _ = telecom
    found = answered.surveys(collected.answers, settings.period)
    groups, moved = answered.groups(found, collected.traits), answered.hangs_on(found)
    scores = satisfaction.table(collected.ratings, settings.period)
    results = survey.table(collected.answers, settings.period)
    words = str(conclusions.satisfaction_report(scores, results, moved, groups))
    assert "最重要的是语音通话清晰度" in words and "客户星级标识" in words and "方向相反" in words
    assert "最低的是“网络覆盖与信号强度”" in words
