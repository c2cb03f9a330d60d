"""Columns sorted alone against columns filled in row by row, many times over."""

import numpy as np
import pytest

from voc_lib.exchange import alone, cells
from voc_lib.exchange.fields import CALLS, KEY, MEASURES, ORDER, VERSION
from voc_lib.exchange.sheets import Row

WORDS = "爸差低改好坏慢破强散糖洋早包催等付还急快"


def sheet(before, after, *, form=CALLS, label="回访评分", numbers=None):
    """What is told of a sheet one column of which said `before` and says `after`."""
    path = next(field.path for field in form.fields if field.label == label)
    stood = [
        {"measure": "M01", "feedback_id": f"F{n}", **({path[0]: v} if v else {})}
        for n, v in enumerate(before)
    ]
    rows = [
        Row(
            f"{form.title} 第 {n + 2} 行",
            {**cells.shown(form, was), label: str(now), KEY: "", VERSION: "1", ORDER: str(order)},
        )
        for n, (was, now, order) in enumerate(
            zip(stood, after, numbers or range(1, len(before) + 1), strict=True)
        )
    ]
    return list(alone.told(form, rows, stood))


def drawn(seed, n=12):
    return [int(score) for score in np.random.default_rng(seed).integers(1, 6, n)]


def test_scores_sorted_alone_are_told_and_scores_filled_in_are_not():
    told = [bool(sheet(drawn(seed), sorted(drawn(seed)))) for seed in range(200)]
    typed = [bool(sheet([""] * 12, sorted(drawn(seed), reverse=True))) for seed in range(200)]
    honest = [bool(sheet([""] * 12, drawn(seed))) for seed in range(2000)]
    again = [bool(sheet(drawn(seed), drawn(seed + 5000))) for seed in range(2000)]
    assert all(told) and np.mean(typed) > 0.99
    assert np.mean(honest) < 0.002 and np.mean(again) < 0.002


def test_words_sorted_alone_are_told_though_programs_read_some_characters_otherwise():
    noted = [f"{word}了" for word in WORDS]
    mixed = list(np.random.default_rng(1).permutation(noted))
    assert sheet([""] * 20, noted, label="备注") and not sheet([""] * 20, mixed, label="备注")


def test_a_sheet_sorted_as_a_whole_is_none():
    assert sheet([""] * 12, sorted(drawn(3))) and not sheet([""] * 12, sorted(drawn(3)), numbers=drawn(3, 12))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([4, 5, 3, 2, 1], [5, 4, 3, 2, 1]),  # two put right
        ([4, 5, 3, 2, 1], [4, 5, 3, 2, 2]),
        ([""] * 5, [1, 2, 3, 4, 5]),  # too few to tell
        ([1, 2, 3, 3, 4, 4, 5, 5, ""], [1, 2, 3, 3, 4, 4, 5, 5, 5]),  # they stood so before
        (drawn(3), drawn(3)),
    ],
)
def test_what_people_fill_in_is_taken(before, after):
    assert sheet(before, after) == []


def test_states_days_and_progress_follow_each_other_by_themselves():
    states = ["未完成"] * 10 + ["已完成"] * 10
    assert sheet([""] * 20, states, form=MEASURES, label="状态") == []
    days = [f"2026-05-{n + 1:02d}" for n in range(20)]
    assert sheet([""] * 20, days, label="回访日期") == []


def test_rows_of_a_workbook_handed_out_before_are_not_judged():
    assert sheet(drawn(3), sorted(drawn(3)), numbers=[""] * 12) == []


def test_windows_and_numbers_counted_up_follow_each_other_by_themselves():
    windows = [f"2026-{n + 1:02d}-01..2026-{n + 1:02d}-20" for n in range(9)]
    for label, values in {
        "改进前": windows,
        "制度文件(SOP)": [f"客服 SOP-{n:03d}" for n in range(1, 10)],
        "试点范围": [f"第{n}批门店" for n in range(1, 10)],
    }.items():
        assert sheet([""] * 9, values, form=MEASURES, label=label) == []
    mixed = [f"SOP-{n:03d}" for n in (4, 9, 2, 7, 1, 8, 3, 6, 5)]
    assert sheet(mixed, sorted(mixed), form=MEASURES, label="制度文件(SOP)")


def test_words_of_another_row_in_place_of_ones_own_are_told():
    notes = ["客户要求换一个新的", "答应退运费，已经退了", "没有人接，晚上再打", "不满意，要找主管谈"]
    swapped = [notes[1], notes[0], *notes[2:]]
    first, second = sheet(notes, swapped, label="备注")
    assert first.startswith("回访 第 2 行：“备注” 写的是 回访 第 3 行 导出时的话，那一行却不再这样写")
    assert second.startswith("回访 第 3 行：")
    cut = [notes[3], *notes[1:3], ""]  # cut and pasted over
    assert len(sheet(notes, cut, label="备注")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["客户要求换一个新的", ""], ["", "客户要求换一个新的"]),  # written in the wrong row before
        (["客户要求换一个新的", "没有人接，晚上再打"], ["客户要求换一个新的"] * 2),  # copied
        (["满意", "不满意"], ["不满意", "满意"]),  # put right
        (["客户要求换一个新的", "没有人接，晚上再打"], ["没有人接，晚上再打了", "客户要求换新的"]),
    ],
)
def test_words_moved_with_reason_are_taken(before, after):
    assert sheet(before, after, label="备注") == []


def test_a_column_shifted_by_a_row_is_told_and_days_put_off_are_not():
    scores = [4, 2, 5, 3, 1, 4, 2]
    (up,) = sheet(scores, [*scores[1:], ""])
    assert "这一列有 6 行的值都是下一行的" in up
    days = [f"2026-0{month}-28" for month in range(1, 8)]
    assert sheet(days, [*days[1:], "2026-08-28"], form=MEASURES, label="计划完成") == []


def test_two_people_may_exchange_what_they_do():
    before = ["王敏", "李强", "王敏", "赵六", "李强", "王敏"]
    after = ["李强", "王敏", "李强", "赵六", "王敏", "李强"]
    assert sheet(before, after, form=MEASURES, label="责任人") == []
    assert sheet(["王敏", "李强"] * 3, ["李强"] * 3 + ["王敏"] * 3, form=MEASURES, label="责任人")
