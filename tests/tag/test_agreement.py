import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from benchmarks import simulate
from voc_lib.errors import DataError
from voc_lib.tag import agreement


def coders(n=400, seed=1):
    rng = np.random.default_rng(seed)
    truth = pd.Series(rng.choice(["甲", "乙", "丙"], n, p=[0.6, 0.3, 0.1]), dtype="str")
    wrong = pd.Series(rng.choice(["甲", "乙", "丙"], n), dtype="str")
    return truth, truth.where(pd.Series(rng.random(n) < 0.8), wrong)


def test_scores_and_summary_match_sklearn():
    truth, given = coders()
    table = agreement.scores(truth, given).set_index("tag")
    assert table.loc["甲", "f1"] == pytest.approx(f1_score(truth == "甲", given == "甲"))
    assert (table["p_low"] < table["precision"]).all() and (table["precision"] < table["p_high"]).all()
    measures = agreement.summary(truth, given, seed=1, draws=200).set_index("measure")
    assert measures.loc["macro_f1", "value"] == pytest.approx(f1_score(truth, given, average="macro"))
    assert (
        measures.loc["micro_f1", "low"] < measures.loc["micro_f1", "value"] < measures.loc["micro_f1", "high"]
    )


def test_many_tags_of_a_row_are_counted_each():
    table = agreement.scores(pd.Series(["甲；乙", "甲"]), pd.Series(["甲", "甲；丙"])).set_index("tag")
    assert table["recall"].fillna(-1).to_dict() == {"甲": 1.0, "乙": 0.0, "丙": -1.0}


def test_kappa_matches_sklearn_and_has_an_interval():
    truth, given = coders()
    value, low, high = agreement.kappa(truth, given)
    assert value == pytest.approx(cohen_kappa_score(truth, given))
    assert low < value < high < 1 and high - low < 0.2


def test_alpha_of_krippendorffs_own_example():
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C: nominal, missing data, 0.743
    rows = [
        ["1", "2", "3", "3", "2", "1", "4", "1", "2", ".", ".", "."],
        ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", ".", "3"],
        [".", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", "."],
        ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", "."],
    ]
    ratings = pd.DataFrame(rows).T.replace(".", None)
    assert agreement.alpha(ratings) == pytest.approx(0.743, abs=5e-4)


def test_nobody_in_common_is_an_error():
    with pytest.raises(DataError, match="一致性"):
        agreement.alpha(pd.DataFrame({"a": ["x", None], "b": [None, "y"]}))
    with pytest.raises(DataError, match="一致性"):
        agreement.kappa(pd.Series(["x", None]), pd.Series([None, "y"]))


def test_sample_draws_from_every_tag_and_is_reproducible():
    tags = ["甲"] * 900 + ["乙"] * 98 + ["丙"] * 2
    tagged = pd.DataFrame({"feedback_id": [str(i) for i in range(1000)], "text": "好", "primary_tag": tags})
    drawn = agreement.sample(tagged, 100, seed=3)
    assert drawn["primary_tag"].value_counts().to_dict() == {"甲": 85, "乙": 13, "丙": 2}
    assert drawn["weight"].sum() == pytest.approx(1000)
    pd.testing.assert_frame_equal(drawn, agreement.sample(tagged, 100, seed=3))


def test_corrected_shares_undo_a_biased_tagger():
    covered = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        truth = pd.Series(rng.choice(["甲", "乙"], 5000, p=[0.3, 0.7]), dtype="str")
        given = truth.where(rng.random(5000) > 0.4, "甲")
        tagged = pd.DataFrame({"feedback_id": truth.index.astype("str"), "text": "", "primary_tag": given})
        gold = agreement.sample(tagged, 300, seed=seed)
        gold["gold"] = gold["feedback_id"].astype("int64").map(truth)
        row = agreement.corrected_shares(given, gold).set_index("tag").loc["甲"]
        assert abs(row["share"] - 0.3) > 0.2
        covered += row["low"] <= (truth == "甲").mean() <= row["high"]
    assert covered >= 17


def test_corrected_shares_cover_and_are_no_wider_than_they_must_be():
    """One hit and one miss added to each of 20 strata made ±3.7 points of 1.4, and covered 100 %."""
    held, half = simulate.freed(20, 0.85, 200, 20)
    assert 0.93 <= held <= 0.995
    assert half < 0.017
