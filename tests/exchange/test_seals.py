"""Cells that stand in another row than they went out in."""

import numpy as np
import pytest

from voc_lib.exchange import seals
from voc_lib.exchange.fields import CALLS, KEY, MEASURES, ORDER, SEAL, VERSION
from voc_lib.exchange.sheets import Row

SHOWN = ("客户编号", "问题描述", "电话")
GUARDED = (KEY, *SHOWN, VERSION)


def sheet(n=6, form=CALLS):
    """Rows as they go out: customers to call, nobody called yet."""
    rows = []
    for row in range(n):
        cells = {
            KEY: f"M01/F{row}",
            "客户编号": f"C{row}",
            "问题描述": f"慢，第 {row} 次",
            "电话": f"1390{row}",
        }
        cells |= {"回访评分": "", VERSION: "", ORDER: str(row + 1)}
        rows.append({**cells, SEAL: seals.of(GUARDED, cells)})
    return rows


def told(rows, form=CALLS):
    return seals.told([(form, Row(f"{form.title} 第 {n} 行", row)) for n, row in enumerate(rows, start=2)])


def turned(rows, *labels):
    """Some columns stand upside down, the others as they were."""
    return [
        {**row, **{label: other[label] for label in labels}}
        for row, other in zip(rows, rows[::-1], strict=True)
    ]


def test_rows_as_they_went_out_sorted_filled_in_and_deleted_are_right():
    filled = [{**row, "回访评分": "4"} for row in sheet()]
    assert told(filled) == told(filled[::-1]) == told(filled[2:]) == {}


@pytest.mark.parametrize("label", [KEY, "客户编号", "问题描述", "电话"])
def test_a_grey_column_sorted_alone_is_told_with_the_row_it_came_from(label):
    said = told(turned(sheet(), label))
    assert len(said) == 6
    assert said["回访 第 2 行"].startswith(
        f"“{label}” 不是这一行的，是 回访 第 7 行 导出时的；可能只排了一列"
    )


def test_the_left_half_sorted_without_the_right_is_told():
    said = told(turned(sheet(), KEY, *SHOWN))
    assert said["回访 第 3 行"].startswith("“记录”等灰色的格子 不是这一行的，是 回访 第 6 行 导出时的；")


def test_what_was_filled_in_cut_with_all_to_its_right_is_told():
    rows = sheet()
    right = ("回访评分", VERSION, ORDER, SEAL)
    swapped = [
        {**rows[0], **{at: rows[1][at] for at in right}},
        {**rows[1], **{at: rows[0][at] for at in right}},
    ]
    assert set(told([*swapped, *rows[2:]])) == {"回访 第 2 行", "回访 第 3 行"}


def test_cells_typed_anew_or_by_another_program_are_left_to_those_who_read_them():
    spaced = [{**row, "问题描述": row["问题描述"].replace(" ", "\r\n"), VERSION: ""} for row in sheet(400)]
    others = [{**row, "问题描述": f"改写的 {n}"} for n, row in enumerate(sheet(400))]
    without = [{at: words for at, words in row.items() if at != "电话"} for row in sheet(400)]
    assert told(spaced) == told(others) == told(without) == {}


def test_a_row_copied_to_begin_a_new_one_and_rows_without_a_seal_are_none():
    rows = sheet()
    begun = {**rows[1], KEY: "M01/F77"}
    assert told([*rows, begun]) == {}
    assert told([{**row, SEAL: ""} for row in turned(rows, KEY)]) == {}


def test_versions_sorted_alone_are_told():
    rows = [{KEY: f"M{n:02d}", VERSION: str(1 + n % 4)} for n in range(12)]
    rows = [{**row, SEAL: seals.of((KEY, VERSION), row)} for row in rows]
    assert told([{**row, VERSION: f"{row[VERSION]}.0"} for row in rows], MEASURES) == {}
    ordered = sorted(row[VERSION] for row in rows)
    assert told([{**row, VERSION: version} for row, version in zip(rows, ordered, strict=True)], MEASURES)


def test_any_shuffle_of_the_keys_is_told():
    for seed in range(50):
        order = np.random.default_rng(seed).permutation(30)
        rows = sheet(30)
        moved = [{**row, KEY: rows[at][KEY]} for row, at in zip(rows, order, strict=True)]
        assert len(told(moved)) == sum(at != n for n, at in enumerate(order))
