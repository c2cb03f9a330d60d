"""The short way of writing cells gives the bytes of xlsxwriter's own."""

from datetime import datetime

import pandas as pd
import pytest
from xlsxwriter.worksheet import Worksheet

from voc_lib import schema
from voc_lib.report import cells, excel

WORDS = [
    "物流太慢",
    "a<b & c>d",
    '他说"好"',
    "两\n行",
    "\t缩进",
    "前 ",
    " 后",
    "",
    "_x0041_",
    "=1+1",
    "\ufeff零",
    "<r>",
    "很长" * 60,
    "😀" * 17_000,
    "长" * 32_767,
]
NUMBERS = [0, -1, 7, 12345678, 0.1, -0.25, 1e-9, 1e300, float("inf"), float("nan"), 2 / 3, 100, 3, None, 4]


class Plain(Worksheet):
    """Writes rows cell by cell, all by itself."""

    def put(self, row, cells, *, height=None):
        if height is not None:
            self.set_row(row, height)
        for column, value, look in cells:
            kinds = {str: self.write_string, pd.Timestamp: self.write_datetime, datetime: self.write_datetime}
            kinds.get(type(value), self.write_number)(row, column, value, look)


@pytest.fixture
def spec():
    kinds = {"words": "text", "value": "float", "at": "time"}
    return schema.Table("t", "表", tuple(schema.Column(name, kind, name) for name, kind in kinds.items()))


def test_bytes_are_those_of_xlsxwriter(spec, tmp_path, monkeypatch):
    times = pd.date_range("2026-09-01 08:30", periods=len(WORDS), freq="37h").astype("datetime64[us]")
    frame = pd.DataFrame({"words": WORDS, "value": NUMBERS, "at": times})
    short, long = tmp_path / "short.xlsx", tmp_path / "long.xlsx"
    excel.write(short, {"表": (frame, spec)})
    monkeypatch.setattr(cells, "Sheet", Plain)
    excel.write(long, {"表": (frame, spec)})
    assert short.read_bytes() == long.read_bytes()
