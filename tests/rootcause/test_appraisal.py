"""Six criteria: values by source, both matrices, stability; judges' sheets and how far they agree."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from voc_lib import schema
from voc_lib.appraised import LABELS, Appraisal, CriterionWeights
from voc_lib.errors import DataError
from voc_lib.report import conclusions
from voc_lib.rootcause import appraisal, judges

# the anxiety ratings of R's package irr: kendall(anxiety, TRUE) gives Wt 0.54, Chisq(19) 30.8, p 0.0429
ANXIETY = np.array([
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
], dtype="float64")  # fmt: skip
QUADRANTS = pd.DataFrame(
    {
        "problem": ["慢", "乱", "少", "其他"],
        "urgency_score": [0.8, 0.2, 0.1, 0.9],
        "importance": [0.9, 0.3, 0.2, 0.9],
        "reach": [0.4, 0.2, 0.1, 0.9],
        "cost": [0.5, 0.2, 0.5, 0.5],
    }
)
NOBODY = judges.means(pd.DataFrame())


def rated(estimates=None, judged=NOBODY):
    asked = Appraisal.model_validate({"estimates": estimates or {}})
    table = schema.check(appraisal.table(QUADRANTS, asked, judged, seed=1), schema.APPRAISAL)
    return table.set_index("problem")


def test_values_come_from_estimates_then_data_then_the_middle():
    table = rated({"慢": {"difficulty": 0.9, "payoff": 1}})
    values = table.loc["慢", ["urgency", "reach", "difficulty", "resources", "payoff"]]
    assert values.tolist() == [0.8, 1, 0.9, 0.5, 1]
    assert table.loc["乱", "difficulty"] == 0.2 and "其他" not in table.index
    assert table.loc["慢", "basis"] == "实施难度估计、预期回报估计；所需资源未估，按 0.5"
    score = 0.2 * 0.8 + 0.25 * 0.9 + 0.2 * 1 + 0.1 * 0.1 + 0.1 * 0.5 + 0.15 * 1
    assert table.loc["慢", "score"] == pytest.approx(score)


def test_both_matrices_and_the_sentence():
    dear, cheap = {"difficulty": 0.9, "resources": 0.9}, {"difficulty": 0.1, "resources": 0.1}
    table = rated({"慢": {**dear, "payoff": 0.9}, "乱": {**cheap, "payoff": 0.8}, "少": {"payoff": 0.1}})
    assert table.loc["慢", "pressing"] == "重要且紧急：立即做"
    assert table.loc["少", "pressing"] == "不重要不紧急：缓办"
    assert table.loc["乱", "worth"] == "回报高投入小：速赢" and table.loc["慢", "worth"].endswith("立项")
    told = conclusions.appraised(table.reset_index())
    assert "先做慢" in told.paragraphs[0] and any("速赢——乱" in item for item in told.items)


def test_what_nobody_estimated_is_worth_nothing_said():
    table = rated({"慢": {"payoff": 0.9, "resources": 0.1}, "少": {"difficulty": 0.9}})
    assert table["worth"].notna().to_dict() == {"慢": True, "乱": False, "少": False}


def test_the_order_is_as_firm_as_the_weights_let_it_be():
    table = appraisal.table(QUADRANTS, Appraisal(), NOBODY, seed=1)
    assert table["first_share"].tolist() == [1, 0, 0] and table["rank_low"].tolist() == [1, 2, 3]


def test_no_appraisal_is_no_table_and_no_weight_at_all_is_refused():
    assert appraisal.table(QUADRANTS, None, NOBODY, seed=1).empty
    with pytest.raises(ValidationError, match="六个权重都是 0"):
        CriterionWeights.model_validate(dict.fromkeys(LABELS, 0))


def test_kendalls_w_with_ties_as_published_and_as_friedman_has_it():
    w, statistic, p = judges.concordance(ANXIETY)
    friedman = stats.friedmanchisquare(*ANXIETY.T)
    assert (statistic, p) == pytest.approx((friedman.statistic, friedman.pvalue))
    assert w == pytest.approx(friedman.statistic / (3 * 19))
    assert (round(w, 2), round(statistic, 1), round(p, 4)) == (0.54, 30.8, 0.0429)


def test_alike_judges_agree_wholly_and_alike_scores_tell_nothing():
    assert judges.concordance(np.array([[1.0, 2, 3], [2, 4, 5]]))[0] == pytest.approx(1)
    assert np.isnan(judges.concordance(np.ones((3, 4)))[0])


def sheet(file, rows):
    book = openpyxl.Workbook()
    book.active.append(["记录", "问题", "评委", *LABELS.values()])
    for row in rows:
        book.active.append(row)
    book.save(file)


def test_sheets_of_several_judges_make_means_and_agreement(tmp_path):
    for n, marks in enumerate(([5, 3, 1], [5, 2, 1], [4, 3, 1]), start=1):
        rows = [[k, *pair] for k, pair in enumerate(zip("慢乱少", [f"评委{n}"] * 3, marks, strict=True))]
        sheet(tmp_path / f"{n}.xlsx", rows)
    found = judges.sheets(tmp_path / "*.xlsx", ["慢", "乱", "少"])
    assert judges.means(found).loc["慢", "urgency"] == pytest.approx((14 / 3 - 1) / 4)
    agreed = schema.check(judges.agreement(found), schema.AGREEMENT)
    assert agreed[["criterion", "judges", "problems"]].values.tolist() == [["紧急性", 3, 3]]
    table = rated(judged=judges.means(found))
    assert table.loc["慢", "urgency"] == pytest.approx((14 / 3 - 1) / 4)
    assert "紧急性评委" in table.loc["慢", "basis"]


@pytest.mark.parametrize(("written", "score"), [("４", 4), (" ３．５ ", 3.5), ("⑤", 5)])
def test_scores_typed_in_full_width_are_read(tmp_path, written, score):
    sheet(tmp_path / "a.xlsx", [[1, "慢", "甲", written]])
    assert judges.sheets(tmp_path / "a.xlsx", ["慢"])["score"].tolist() == [score]


def test_every_fault_of_a_sheet_is_told_with_its_place(tmp_path):
    rows = [("慢慢", "甲", 3), ("慢", "甲", 6), ("乱", None, 2), ("少", "甲", 3), ("少", "甲", 3)]
    sheet(tmp_path / "a.xlsx", [[n, *row] for n, row in enumerate(rows)])
    with pytest.raises(DataError) as error:
        judges.sheets(tmp_path / "a.xlsx", ["慢", "乱", "少"])
    told = str(error.value)
    assert "a.xlsx 第 2 行：没有问题“慢慢”" in told and "紧急性“6”应是 1–5 的数" in told
    assert "第 4 行：没有写评委" in told and "第 6 行：评委对“少”已评过一次" in told
