"""Random tables keep the ledger closed and give every cell back; damaged files never end the process.

VOC_EXAMPLES and VOC_MUTATIONS set how many are tried (the suite tries few to stay quick).
"""

import io
import os
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voc_lib.collect import delimited, encoding, readers
from voc_lib.errors import DataError

EXAMPLES = int(os.environ.get("VOC_EXAMPLES", "300"))
MUTATIONS = int(os.environ.get("VOC_MUTATIONS", "60"))
HAN = "物流太慢了等三天还没有到客服态度很差退款一直不给质量好坏快递包装破损闪退不能用，。！？"
CELL = st.text(st.sampled_from(HAN + 'abXY019 ,;|\t"\n、'), max_size=12)
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]
HEADER = ["工单号", "反馈内容", "创建时间"]
QUICK = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


def quoted(cell: str, mark: str, always: bool) -> str:
    if always or any(sign in cell for sign in f'{mark}"\n\r'):
        return '"' + cell.replace('"', '""') + '"'
    return cell


@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12),
    name=st.sampled_from(ENCODINGS),
    mark=st.sampled_from([",", "\t", ";", "|"]),
    always=st.booleans(),
)
@QUICK
def test_well_formed_tables_come_back_whole(rows, name, mark, always):
    table = [HEADER, *([f"T{i}", a, b] for i, (a, b) in enumerate(rows))]
    content = "\n".join(mark.join(quoted(c, mark, always) for c in row) for row in table) + "\n"
    decoded = encoding.decode(content.encode(name))
    assert decoded.data.decode() == content
    parsed = delimited.parse(decoded.data, label="a")
    assert parsed.read == len(rows) and parsed.total == content.count("\n")
    if always and not any("\n" in a + b for a, b in rows):
        kept = [list(row.values()) for row in parsed.cells.to_pylist()]
        assert kept == [row for row in table[1:]]


@given(st.lists(st.text(st.sampled_from(HAN + 'ab1,"\n\t'), max_size=30), min_size=1, max_size=15))
@QUICK
def test_any_text_keeps_the_ledger_closed(lines):
    content = "\n".join([",".join(HEADER), *lines]) + "\n"
    parsed = delimited.parse(content.encode(), label="a")
    physical = content.count("\n")
    assert parsed.read == len(parsed.lines) + len(parsed.rejects) <= physical == parsed.total
    assert min(parsed.aside.values()) >= 0
    places = np.concatenate([parsed.lines, parsed.rejects["line"].to_numpy()])
    assert len(set(places.tolist())) == len(places) and (places > 1).all() and (places <= physical).all()
    told = "".join(parsed.rejects["raw"]) + "".join(str(row) for row in parsed.cells.to_pylist())
    assert all(sign in told for sign in set("".join(lines)) - set('\n\t", '))


@cache
def originals() -> dict[str, bytes]:
    """One good file of each kind."""
    frame = pd.DataFrame(
        {"工单号": ["1", "2"], "反馈内容": ["慢", "坏"], "创建时间": ["2026-09-01", "2026-09-02"]}
    )
    book, parquet = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(book) as file:
        for number, row in enumerate([list(frame), *frame.values.tolist()]):
            file.get_worksheet_by_name("a") or file.add_worksheet("a")
            file.get_worksheet_by_name("a").write_row(number, 0, row)
    frame.to_parquet(parquet)
    return {
        ".xlsx": book.getvalue(),
        ".parquet": parquet.getvalue(),
        ".json": frame.to_json(orient="records", force_ascii=False).encode(),
        ".csv": frame.to_csv(index=False).encode("gb18030"),
    }


@pytest.mark.parametrize(("kind", "share"), [(".xlsx", 0.5), (".parquet", 0.25), (".json", 1), (".csv", 1)])
def test_damaged_files_are_read_or_refused(kind, share):
    rng, data = np.random.default_rng(11), originals()[kind]
    with tempfile.TemporaryDirectory() as folder:
        for number in range(max(5, int(MUTATIONS * share / 2.75))):
            broken = bytearray(data)
            for place in rng.integers(0, len(data), rng.integers(1, 8)):
                broken[place] = rng.integers(0, 256)
            cut = len(data) if number % 3 else int(rng.integers(1, len(data)))
            file = Path(folder, f"{number}{kind}")
            file.write_bytes(broken[:cut])
            try:
                tables = readers.read(file)
            except DataError as error:
                assert file.name in str(error)
            else:
                assert all(table.read == len(table.lines) + len(table.rejects) for table in tables)
