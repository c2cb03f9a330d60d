"""What people get to mend comes back as it was, whatever it holds."""

import csv
import io
import json

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.collect import delimited, mended
from voc_lib.collect.table import unique_names

CELL = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12).map(str.strip)


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=5))
def test_cells_survive_the_way_out_and_back(rows):
    names = ["工单号", "=反馈内容", "创建时间"]
    raw = [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in rows]
    frame = mended.sheet(pd.DataFrame({"line": range(2, len(raw) + 2), "reason": "无日期", "raw": raw}))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in frame.to_numpy().ravel())
    text = io.StringIO()
    csv.writer(text).writerows([frame.columns, *frame.itertuples(index=False)])
    table = mended.restored(delimited.parse(text.getvalue().encode(), label="改.csv"))
    assert table.columns == unique_names(names)
    assert [tuple(r.values()) for r in table.cells.to_pylist()] == rows


def test_other_tables_are_left_alone():
    table = delimited.parse("工单号,内容\n'001,慢\n".encode(), label="a.csv")
    assert mended.restored(table) is table
