"""The ledger of one source, row by row: which of equal ids stays, why the others go, and how lines add up."""

import dataclasses

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from voc_lib import schema
from voc_lib.collect import ledger
from voc_lib.collect.standardize import Standard
from voc_lib.collect.table import Table, rejects
from voc_lib.period import Period


def feedback(rows, file="a.csv", sheet=None, source="工单"):
    """(id, text, line[, created_at]) of one place."""
    named = [
        {"feedback_id": r[0], "text": r[1], "line": r[2], "created_at": (*r, "2026-09-05")[3]} for r in rows
    ]
    frame = pd.DataFrame(named).assign(file=file, sheet=sheet, source=source)
    return schema.shape(frame, schema.FEEDBACK)


def place(rows, file="a.csv", sheet=None, gone=(), aside=None):
    """The table behind the rows, and those as a Standard."""
    cells = pa.table({"编号": [r[0] for r in rows], "内容": [r[1] or "" for r in rows]})
    lines = np.array([r[2] for r in rows], dtype="int64")
    table = Table(file, sheet, ("编号", "内容"), cells, lines, rejects(list(gone)), aside=aside or {})
    return Standard(feedback(rows, file, sheet), table, (), ())


def test_of_equal_ids_the_first_row_of_the_last_file_stays_and_the_others_say_why():
    old = place([("1", "慢", 2), ("2", "坏", 3), ("3", "好", 4)])
    new = place([("1", "很慢", 2), ("4", "贵", 3), ("4", "贵", 4), ("4", "便宜", 5)], file="b.csv")
    closed = ledger.close([old, new], "工单")
    kept = closed.feedback[["feedback_id", "text", "file"]].to_numpy().tolist()
    assert kept == [["2", "坏", "a.csv"], ["3", "好", "a.csv"], ["1", "很慢", "b.csv"], ["4", "贵", "b.csv"]]
    assert closed.feedback.index.tolist() == [0, 1, 2, 3]
    assert closed.feedback.columns.tolist() == schema.FEEDBACK.names
    gone = closed.quarantine[["file", "line", "reason"]].to_numpy().tolist()
    assert gone == [
        ["a.csv", 2, "反馈ID重复：已由较新的文件 b.csv 取代"],
        ["b.csv", 4, "反馈ID重复：与第 3 行完全相同"],
        ["b.csv", 5, "反馈ID重复：与第 3 行内容不同，保留先出现的"],
    ]
    assert "慢" in closed.quarantine["raw"][0] and "便宜" in closed.quarantine["raw"][2]


def test_a_source_without_files_has_no_rows_of_either_kind():
    closed = ledger.close([], "工单")
    assert closed.feedback.columns.tolist() == schema.FEEDBACK.names and closed.feedback.empty
    assert closed.quarantine.columns.tolist() == schema.QUARANTINE.names and closed.quarantine.empty


def test_missing_equals_missing_and_nothing_else():
    first, second = feedback([("1", None, 2)]), feedback([("1", "慢", 3)])
    same = ledger._equal(first[["feedback_id", "text"]], first[["feedback_id", "text"]])
    assert same.tolist() == [True]
    assert ledger._equal(first[["feedback_id", "text"]], second[["feedback_id", "text"]]).tolist() == [False]


def test_original_cells_come_from_the_sheet_they_stood_in():
    sheets = [
        place([("1", f"{name}一", 2), ("1", f"{name}二", 3)], file="a.xlsx", sheet=name)
        for name in ("甲", "乙")
    ]
    plain = place([("1", "丙一", 2), ("1", "丙二", 3)])
    lost = ledger.close([*sheets, plain], "工单").quarantine
    assert lost[["file", "sheet", "line"]].astype("object").fillna("").to_numpy().tolist() == [
        ["a.xlsx", "乙", 2], ["a.xlsx", "乙", 3], ["a.xlsx", "甲", 2], ["a.xlsx", "甲", 3], ["a.csv", "", 3],
    ]  # fmt: skip
    words = ["乙一", "乙二", "甲一", "甲二", "丙二"]
    assert all(word in raw for word, raw in zip(words, lost["raw"], strict=True))


def test_rejects_of_the_reader_stand_in_the_order_of_files_and_lines():
    late = place([("1", "慢", 9)], gone=[(5, "空行", "x"), (3, "重复的表头", "y")])
    closed = ledger.close([late, place([("2", "坏", 2)], file="0.csv", gone=[(7, "合计", "z")])], "工单")
    assert closed.quarantine[["file", "line"]].to_numpy().tolist() == [
        ["a.csv", 3],
        ["a.csv", 5],
        ["0.csv", 7],
    ]
    assert closed.quarantine.index.tolist() == [0, 1, 2]
    assert closed.quarantine.columns.tolist() == schema.QUARANTINE.names
    assert closed.quarantine["source"].unique().tolist() == ["工单"]
    only = ledger.quarantine([late.table], "客户")
    assert only["source"].tolist() == ["客户"] * 2 and only["line"].tolist() == [3, 5]
    assert ledger.quarantine([], "客户").empty


def test_lines_of_a_place_are_aside_and_kept_and_quarantined():
    rows = [("1", "慢", 3), ("2", None, 4), ("3", "旧", 5, "2026-08-31")]
    some = place(rows, gone=[(6, "空行", ""), (7, "空行", "")], aside={"表头": 1, "标题": 1, "空行": 0})
    empty = place([], file="b.xlsx", sheet="二", aside={"表头": 1})
    reads = ledger.reads(
        some.feedback,
        ledger.quarantine([some.table], "工单"),
        [("工单", some.table), ("工单", empty.table)],
        Period.parse("2026-09"),
    )
    first, second = reads.astype("object").to_dict("records")
    counts = ["lines", "aside", "read", "quarantined", "kept", "rated", "in_period"]
    assert [first[name] for name in counts] == [7, 2, 5, 2, 3, 1, 1]
    assert first["aside_kinds"] == "标题 1、表头 1" and pd.isna(first["sheet"])
    assert [second[name] for name in counts] == [1, 1, 0, 0, 0, 0, 0] and second["sheet"] == "二"


def test_a_side_table_counts_its_rows_and_has_no_period():
    some = place([("1", "慢", 3), ("2", "坏", 4)], gone=[(6, "空行", "")], aside={"表头": 1})
    row = ledger.side_reads([some.table], "客户").iloc[0]
    assert row[["source", "lines", "aside", "read", "quarantined", "kept"]].tolist() == [
        "客户",
        4,
        1,
        3,
        1,
        2,
    ]
    assert pd.isna(row["in_period"])


def test_an_id_of_two_sources_stays_with_the_earliest_and_names_the_other():
    late = feedback([("1", "慢", 2, "2026-09-09"), ("2", "坏", 3)], source="工单")
    early = feedback([("1", "贵", 2, "2026-09-01"), ("3", "好", 3)], source="评论")
    both = pd.concat([late, early], ignore_index=True)
    told = ledger.distinct_ids(both)
    assert told["feedback_id"].tolist() == ["工单:1", "2", "1", "3"]
    assert ledger.distinct_ids(told)["feedback_id"].tolist() == told["feedback_id"].tolist()
    assert ledger.keys(told).tolist() == ["工单:1", "工单:2", "评论:1", "评论:3"]
    assert ledger.plain_ids(told)["feedback_id"].tolist() == ["1", "2", "1", "3"]
    alone = ledger.distinct_ids(late)
    assert alone["feedback_id"].tolist() == ["1", "2"]
    other = feedback([("9", "贵", 2)], source="评论")
    apart = ledger.distinct_ids(pd.concat([late, other], ignore_index=True))
    assert apart["feedback_id"].tolist() == ["1", "2", "9"]


def test_what_is_closed_cannot_be_opened():
    closed = ledger.close([place([("1", "慢", 2)])], "工单")
    with pytest.raises(dataclasses.FrozenInstanceError):
        closed.feedback = None
