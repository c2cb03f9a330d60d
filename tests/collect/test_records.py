import json

import pandas as pd
import pytest

from voc_lib.collect import readers, records
from voc_lib.errors import DataError

ROWS = [{"内容": "慢", "分": 5, "客户": {"编号": "a"}}, {"内容": "坏", "分": None, "客户": {"编号": "b"}}]


def read(tmp_path, content: str, name="a.json"):
    (tmp_path / name).write_text(content, encoding="utf-8")
    return readers.read(tmp_path / name)[0]


@pytest.mark.parametrize(
    "shape",
    [
        lambda r: r,
        lambda r: {"code": 0, "data": r},
        lambda r: {"items": r},
        lambda r: {"total": 2, "comments": r},
    ],
)
def test_records_are_found_wherever_they_stand(tmp_path, shape):
    table = read(tmp_path, json.dumps(shape(ROWS), ensure_ascii=False))
    assert table.cells.to_pylist() == [
        {"内容": "慢", "分": "5", "客户.编号": "a"},
        {"内容": "坏", "分": "", "客户.编号": "b"},
    ]


def test_columns_as_pandas_writes_them(tmp_path):
    frame = pd.DataFrame({"内容": ["慢", "坏"], "分": [5, 4]})
    table = read(tmp_path, frame.to_json(force_ascii=False))
    assert table.cells.column("分").to_pylist() == ["5", "4"]


def test_broken_lines_are_rejects_with_their_place(tmp_path):
    lines = ['{"内容": "慢"}', "{坏", "", "[1]", '{"内容": "好", "图": ["a", "b"]}']
    table = read(tmp_path, "\n".join(lines), "a.jsonl")
    assert table.lines.tolist() == [1, 5] and sorted(table.rejects["line"]) == [2, 4]
    assert table.cells.to_pylist()[1] == {"内容": "好", "图": "a；b"}


def test_lone_surrogates_stay_visible(tmp_path):
    table = read(tmp_path, '{"内容": "\\ud800坏"}\n{"内容": "好"}\n', "a.jsonl")
    assert table.cells.column("内容").to_pylist() == ["\\ud800坏", "好"]


@pytest.mark.parametrize("content", ["[", "{]", "[" * 100_000, "", "[]", "[1, 2]", "null"])
def test_what_is_no_json_is_one_sentence(tmp_path, content):
    with pytest.raises(DataError, match=r"a\.json"):
        read(tmp_path, content)


def test_parquet_comes_as_text(tmp_path):
    times = pd.to_datetime(["2026-09-01 10:00", None])
    frame = pd.DataFrame(
        {"内容": ["慢", None], "分": [5, 4], "时": times, "区": times.tz_localize("Asia/Shanghai")}
    )
    frame.to_parquet(tmp_path / "a.parquet")
    (table,) = readers.read(tmp_path / "a.parquet")
    assert table.cells.to_pylist()[0] == {
        "内容": "慢",
        "分": "5",
        "时": "2026-09-01 10:00:00.000000",
        "区": "2026-09-01T10:00:00+08:00",
    }


def test_flatten_stops_at_three_levels():
    assert records.flatten({"a": {"b": {"c": {"d": {"e": 1}}}}}) == {"a.b.c.d": {"e": 1}}
