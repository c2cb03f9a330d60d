import numpy as np
import pandas as pd
import pytest

from voc_lib import schema, tag
from voc_lib.clean import duplicates
from voc_lib.tag import quality

PACK = tag.load("ecommerce")
TEXTS = {"物流延迟": "快递一直没到", "功能异常": "APP闪退", "服务态度": "客服态度差", "其他": "嗯嗯"}
AT = pd.Timestamp("2026-10-01")


def answers(rows, *, coder="甲", drawn=True, period="2026-09", strata=None):
    """Blind answers as the register gives them, of (feedback id, tag name); `strata`: id -> (name, size)."""
    codes = {t.name: t.code for t in PACK.tags}
    frame = pd.DataFrame(rows, columns=["feedback_id", "tags"], dtype="str")
    frame["tags"] = frame["tags"].map(codes)
    where = [
        (strata or {}).get(ident, ("all", 100)) if drawn else (None, None) for ident in frame["feedback_id"]
    ]
    size = pd.array([size for _, size in where], dtype="Int64")
    stratum = pd.Series([name for name, _ in where], index=frame.index, dtype="str")
    period = pd.Series(period if drawn else None, index=frame.index, dtype="str")
    return frame.assign(coder=coder, note="", at=AT, period=period, stratum=stratum, size=size)


@pytest.fixture
def shop(make, label):
    """Feedback whose tags are plain: 40 late, 20 crashes, 20 rude, 20 of nothing."""
    names = [name for name, n in zip(TEXTS, (40, 20, 20, 20), strict=True) for _ in range(n)]
    frame = make(*[f"{TEXTS[name]}，第{i}次" for i, name in enumerate(names)])
    tagged = label(frame).tagged.assign(
        issue_id=frame["feedback_id"], repeat_count=1, intent="抱怨", problem=True
    )
    assert tagged["primary_tag"].tolist() == names
    return tagged


def table(tagged, given, **options):
    found = quality.table(duplicates.issues(tagged), tagged, PACK, answers=given, **options)
    return schema.check(found, schema.TAG_QUALITY).set_index("tag")


def test_without_a_gold_sample_no_figure_is_invented(shop):
    found = table(shop, answers([]))
    assert found.loc["物流延迟", ["n", "share"]].tolist() == [40, 0.4] and found.loc["全部", "n"] == 100
    assert found.drop(columns=["n", "share", "gold_n", "given_n"]).isna().all(axis=None)


def test_precision_recall_f1_and_the_corrected_share(shop):
    late = shop["feedback_id"][:20].tolist()
    truth = [(i, "物流延迟") for i in late[:15]] + [(i, "服务态度") for i in late[15:]]
    truth += [(i, "其他") for i in shop["feedback_id"][80:90]]
    found = table(shop, answers(truth))
    row = found.loc["物流延迟"]
    assert [row["precision"], row["recall"], row["gold_n"]] == pytest.approx([0.75, 1.0, 15])
    assert row["f1"] == pytest.approx(6 / 7) and row["f1_low"] < row["f1"] < row["f1_high"] < 1
    assert found.loc["全部", "precision"] == pytest.approx(25 / 30)
    # a quarter of the 40 % called late is not: post-stratified over the strata drawn (late and 其他)
    assert row["corrected"] == pytest.approx(0.4 - 0.25 * 40 / 60)
    assert row["corrected_low"] < row["corrected"] < row["corrected_high"]


@pytest.mark.parametrize("n", [21, 37, 39])  # rounding took Wilson's lower bound below 0 there
def test_a_tag_that_is_never_right_has_bounds_inside_the_range(shop, n):
    found = table(shop, answers([(ident, "其他") for ident in shop["feedback_id"][:n]]))
    assert found.loc["物流延迟", ["precision", "precision_low", "f1_low"]].tolist() == [0, 0, 0]


@pytest.mark.parametrize("n", [16, 40])  # and the upper one above 1
def test_a_tag_that_is_always_right_has_bounds_inside_the_range(shop, n):
    found = table(shop, answers([(ident, "物流延迟") for ident in shop["feedback_id"][:n]]))
    assert found.loc["物流延迟", ["precision", "precision_high", "f1_high"]].tolist() == [1, 1, 1]


def test_rows_people_corrected_hold_no_error_and_measure_nothing(shop):
    ids = shop["feedback_id"]
    truth = answers([(i, "物流延迟") for i in ids[:10]] + [(i, "其他") for i in ids[10:20]])
    apart = answers([(i, "其他") for i in ids[20:40]], drawn=False)
    every = pd.DataFrame({"feedback_id": ids, "tags": "EC-LOG"})
    found = table(shop, pd.concat([truth, apart]), corrected=every)
    assert found.loc["全部", "gold_n"] == 20 and found.loc["物流延迟", "precision"] == 0.5
    assert found.loc["物流延迟", "corrected"] == found.loc["物流延迟", "share"]


def test_an_answer_stands_for_the_rows_of_its_stratum(shop):
    ids = shop["feedback_id"]
    strata = {ident: ("late", 40) for ident in ids[:40]} | {ident: ("rude", 20) for ident in ids[60:80]}
    truth = [(i, "物流延迟") for i in ids[:4]] + [(i, "物流延迟") for i in ids[60:64]]
    found = table(shop, answers(truth, strata=strata))
    assert found.loc["全部", "precision"] == pytest.approx(4 * 10 / (4 * 10 + 4 * 5))
    assert (
        found.loc["物流延迟", "recall"] == pytest.approx(40 / 60) and found.loc["物流延迟", "precision"] == 1
    )
    assert found.loc["全部", "precision_low"] < 2 / 3 < found.loc["全部", "precision_high"]


def test_the_weighted_accuracy_is_unbiased_and_its_interval_holds_the_truth():
    from voc_lib.tag import agreement

    rng = np.random.default_rng(5)
    stratum = pd.Series(["甲"] * 1800 + ["乙"] * 150 + ["丙"] * 50, dtype="str")
    wrong = rng.random(2000) < stratum.map({"甲": 0.05, "乙": 0.4, "丙": 0.9})
    rows = pd.DataFrame({"feedback_id": [str(i) for i in range(2000)], "stratum": stratum})
    values, held = [], []
    for seed in range(100):
        drawn = agreement.draw(rows, 200, seed=seed)
        weight = drawn["size"] / drawn.groupby("stratum")["stratum"].transform("size")
        right = ~wrong[drawn["feedback_id"].astype("int64")].to_numpy()[:, None]
        value, low, high = agreement.interval(right, np.ones_like(right), weight.to_numpy())
        values.append(value[0])
        held.append(low[0] <= 1 - wrong.mean() <= high[0])
    assert np.mean(values) == pytest.approx(1 - wrong.mean(), abs=0.006) and np.mean(held) >= 0.9


def test_quality_is_told_for_every_period_of_drawing(shop):
    ids = shop["feedback_id"]
    old = answers([(i, "其他") for i in ids[:10]], period="2026-08")
    new = [answers([(i, "物流延迟") for i in ids[10:20]] + [("F085", "其他")], coder=c) for c in ("甲", "乙")]
    found = schema.check(quality.over_time(pd.concat([old, *new]), shop, PACK), schema.TAG_DRIFT)
    assert found["period"].tolist() == ["全部", "2026-08", "2026-09"]
    assert found["accuracy"].tolist() == [pytest.approx(0.5, abs=0.1), 0.0, 1.0]
    last = found.iloc[2]
    assert (last["coded_n"], last["kappa"], last["machine_kappa"], last["machine_alpha"]) == (11, 1, 1, 1)
    assert len(quality.over_time(answers([]), shop, PACK)) == 1


def test_coders_who_share_rows_get_kappa_and_alpha(shop):
    ids = shop["feedback_id"]
    one = answers([(i, "物流延迟" if n < 10 else "其他") for n, i in enumerate(ids[:20])])
    two = answers([(i, "物流延迟" if n < 8 else "其他") for n, i in enumerate(ids[:20])], coder="乙")
    row = table(shop, pd.concat([one, two])).loc["全部"]
    assert row["kappa"] == pytest.approx(0.8) and row["coded_n"] == 20
    assert row["kappa_low"] < 0.8 < row["kappa_high"] and 0.7 < row["alpha"] < 0.9


def test_two_coders_against_one_decide_and_a_tie_goes_to_the_first(shop):
    first = answers([("F000", "其他"), ("F001", "其他")]).assign(at=AT - pd.Timedelta(days=1))
    others = [
        answers([("F000", "服务态度"), ("F001", "服务态度")][:k], coder=c) for k, c in ((2, "乙"), (1, "丙"))
    ]
    held = quality.gold(pd.concat([first, *others]), shop, PACK)
    assert held["gold"].tolist() == ["服务态度", "其他"]


def test_the_systems_own_category_is_held_against_rules_that_do_not_see_it(shop):
    given = pd.Series(["服务态度"] * 10 + ["物流延迟"] * 30 + [None] * 60, dtype="str")
    row = table(shop.assign(category_given=given), answers([])).loc["全部"]
    assert (row["given_n"], row["given_share"]) == (40, 0.75)
    assert row["given_low"] < 0.75 < row["given_high"]


def test_nothing_at_all_is_a_table_of_zeros(make, label):
    tagged = label(make("好").iloc[:0]).tagged
    found = table(tagged, answers([]))
    assert found["n"].sum() == 0 and found["share"].isna().all()


def test_corrected_shares_hold_the_truth_nine_times_in_ten_and_more():
    from voc_lib.tag import agreement

    hits = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth = pd.Series(rng.choice(["甲", "乙"], 3000, p=[0.3, 0.7]), dtype="str")
        given = truth.where(rng.random(3000) > 0.2, "甲")
        some = rng.choice(3000, 200, replace=False)
        held = pd.DataFrame({"gold": truth[some], "primary_tag": given[some]})
        row = agreement.corrected_shares(given, held).set_index("tag").loc["甲"]
        hits.append(row["low"] <= (truth == "甲").mean() <= row["high"])
    assert np.mean(hits) > 0.9
