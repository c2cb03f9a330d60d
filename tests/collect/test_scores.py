import pandas as pd
import pytest

from voc_lib.collect import scores


@pytest.mark.parametrize(
    ("cells", "header", "scale", "values"),
    [
        (["5", "1"], "评分", "1–5", [5, 1]),
        (["10", "1"], "满意度", "1–10", [5, 1]),
        (["0", "10", "5"], "满意度", "0–10", [1, 5, 3]),
        (["3", "5"], "满意度（1-10分）", "1–10", [1 + 2 * 4 / 9, 1 + 4 * 4 / 9]),
        (["10", "非常满意", "1"], "满意度", "1–10", [5, 5, 1]),
        (["100", "50"], "得分", "0–100", [5, 3]),
        (["非常满意", "不满意", "一般"], "满意度", "1–5", [5, 2, 3]),
        (["★★★★★", "★★☆☆☆", "4星"], "星级", "1–5", [5, 2, 4]),
        (["10", "98", "-1", "1"], "满意度", "1–10", [5, None, None, 1]),
        (["3", "5"], "满意度（10分满分）", "1–10", [1 + 2 * 4 / 9, 1 + 4 * 4 / 9]),
        (["3", "5"], "得分（满分100）", "0–100", [1.12, 1.2]),
        (["1", "3", "5"], "您的整体满意度（5分制）", "1–5", [1, 3, 5]),
        (["0", "2.5", "5"], "您的整体满意度（5分制）", "0–5", [1, 3, 5]),
        (["0", "5"], "满意度（0-5分）", "0–5", [1, 5]),
        (["1", "5", "2"], "评分（1=非常满意 5=非常不满意）", "1–5", [5, 1, 4]),
        (["1", "5"], "评分（1非常不满意～5非常满意）", "1–5", [1, 5]),
        (["7", "1", "4"], "满意度（1-7）", "1–7", [5, 1, 3]),
        (["7", "6", "5"] * 20, "满意度", "1–7", [5, 5 - 4 / 6, 5 - 8 / 6] * 20),
        (
            ["5分（非常满意）", "非常满意(5分)", "5-非常满意", "五分", "D. 满意"],
            "满意度",
            "1–5",
            [5, 5, 5, 5, 4],
        ),
        (["10分（非常满意）", "10", "1"], "满意度", "1–10", [5, 5, 1]),
    ],
)
def test_satisfaction_comes_to_one_to_five(cells, header, scale, values):
    scored = scores.csat(pd.Series(cells), header=header)
    assert scored.scale == scale
    assert scored.values.tolist() == pytest.approx(
        [float("nan") if v is None else v for v in values], nan_ok=True
    )


@pytest.mark.parametrize("slip", ["50", "10", "0", "-7"])
def test_a_slip_of_a_key_does_not_move_the_scale(slip):
    scored = scores.csat(pd.Series(["3", "4", "5", "5"] * 50 + [slip]))
    assert scored.values.mean() == 4.25 and pd.isna(scored.values.iloc[-1])
    assert "有 1 个" in "".join(scored.notes)
    assert scores.nps(pd.Series(["9"] * 200 + ["90"])).values.notna().sum() == 200


def test_a_change_of_scale_is_said():
    assert any("换算" in note for note in scores.csat(pd.Series(["10", "1"])).notes)
    assert "未采用" in scores.csat(pd.Series(["500", "1000"])).notes[-1]


def test_recommendation_is_never_rescaled():
    assert scores.nps(pd.Series(["10", "0", "7"])).values.tolist() == [10, 0, 7]
    assert scores.nps(pd.Series(["5", "4"] * 20)).values.isna().all()
    assert "csat" in scores.nps(pd.Series(["55", "10"])).notes[0]
