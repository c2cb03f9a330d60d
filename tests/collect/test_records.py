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
        lambda r: {"code": 0, "message": "ok", "data": {"page": {"no": 1}, "list": r}},
        lambda r: {"result": {"items": r}, "timestamp": 1},
        lambda r: {"success": True, "message": "ok", "time": "2026-09-01", "id": 1, "items": r},
        lambda r: [list(r[0]), *(list(row.values()) for row in r)],
        lambda r: {"columns": list(r[0]), "index": [0, 1], "data": [list(row.values()) for row in r]},
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


ONE = '{"id": 7, "内容": "慢", "时间": "2026-09-01", "用户": {"级": 2}, "标签": ["a"]}'


@pytest.mark.parametrize(("content", "kept", "gone"), [
    (ONE, 1, 0),
    (ONE.replace('["a"]', '[{"id": 1}]'), 1, 0),
    (ONE.replace("标签", "comments").replace('["a"]', '[{"content": "a", "time": "b"}]'), 1, 0),
    ("{坏\n" + ONE + "\n" + ONE, 2, 1),
    (f"{ONE},\n{ONE},\n", 2, 0),
])  # fmt: skip
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_one_record_and_odd_lines(tmp_path, content, kept, gone, name):
    table = read(tmp_path, content, name)
    assert table.cells.column("内容").to_pylist() == ["慢"] * kept and len(table.rejects) == gone


def test_several_lists_are_not_guessed_at(tmp_path):
    with pytest.raises(DataError, match="几个列表（a、b）"):
        read(tmp_path, '{"a": [{"x": 1}], "b": [{"y": 1}]}')


def test_lone_surrogates_stay_visible(tmp_path):
    table = read(tmp_path, '{"内容": "\\ud800坏"}\n{"内容": "好"}\n', "a.jsonl")
    assert table.cells.column("内容").to_pylist() == ["\\ud800坏", "好"]


@pytest.mark.parametrize(
    "content", ["[", "{]", "[" * 100_000, "", "[]", "[1, 2]", "null", '{"data": []}', "{\n[1],\n"]
)
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


def test_structs_and_bytes_in_parquet(tmp_path):
    frame = pd.DataFrame({"user": [{"id": 1, "at": {"city": "沪"}}, None], "内容": ["慢".encode(), b"\xff"]})
    frame.to_parquet(tmp_path / "a.parquet")
    (table,) = readers.read(tmp_path / "a.parquet")
    assert {k: table.cells.column(k).to_pylist() for k in table.columns} == {
        "user.at.city": ["沪", ""], "user.id": ["1", ""], "内容": ["慢", "0xff"],
    }  # fmt: skip


def test_flatten_stops_at_three_levels():
    assert records.flatten({"a": {"b": {"c": {"d": {"e": 1}}}}}) == {"a.b.c.d": {"e": 1}}


def test_the_reply_of_a_server_instead_of_an_export_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"登录已失效（code 40103）.*重新登录"):
        read(tmp_path, json.dumps({"code": 40103, "msg": "登录已失效", "request_id": "a1", "data": None}))


def test_a_record_of_words_like_those_of_a_reply_is_one(tmp_path):
    said = {"status": "已关闭", "message": "送得慢", "result": "", "time": "2026-09-01 10:00"}
    assert read(tmp_path, json.dumps(said))
