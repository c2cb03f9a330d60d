"""Quarantine to CSV, mended, loaded again: nothing runs, nobody is named, the customer is the same."""

import csv

import pandas as pd
import pytest
import yaml

from voc_lib import cli, collect, params, schema
from voc_lib.clean import privacy
from voc_lib.collect import mended
from voc_lib.run import tables
from voc_lib.run.record import manifest

KEY = b"0123456789abcdef"
FILES = {
    "工单.csv": "工单号,客户编号,客户姓名,联系电话,反馈内容,创建时间\n"
    "00123,u1,王小明,13800138000,快递太慢了,2026-09-01\n"
    '00124,u1,王小明,13800138000,"=HYPERLINK(""http://x"")太慢，电话13800138000",不详\n',
    "聊天.jsonl": '{"会话号": "c1", "内容": "卡顿", "时间": "2026-09-03"}\n{"会话号": "c2" 坏行\n',
}
SOURCES = [
    {"name": "工单", "path": "工单.csv", "channel": "电话", "columns": {"工单号": "feedback_id"}},
    {"name": "聊天", "path": "聊天.jsonl", "channel": "在线"},
]


def write_params(folder, sources, **beside):
    raw = {"name": "小店", "period": "2026-09", "sources": sources, **beside}
    (folder / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return params.load(folder / "params.yaml")


@pytest.fixture
def run(tmp_path):
    """The folder of a published run, as far as its quarantine goes."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return publish(tmp_path, write_params(tmp_path, SOURCES))


def publish(tmp_path, settings):
    """The run folder that far."""
    safe = privacy.protect(collect.load(settings), KEY)
    folder = tmp_path / "outputs" / "小店" / "2026-09"
    tables.write_table(safe.quarantine, folder / "tables" / "quarantine.parquet")
    tables.write_table(safe.headers, folder / "tables" / "headers.parquet")
    manifest.write(folder, {"run_id": "x", "params": settings.params.model_dump(mode="json")})
    return folder


def test_each_file_has_its_headers_with_reason_and_line_masked_and_safe(run, tmp_path, capsys):
    assert cli.call(["quarantine", str(run), str(tmp_path / "改")]) == 0
    raw = (tmp_path / "改" / "工单_工单.csv").read_bytes()
    (row,) = csv.DictReader(raw.decode("utf-8-sig").splitlines())
    assert raw.startswith(b"\xef\xbb\xbf") and b"13800138000" not in raw and "小明" not in raw.decode()
    assert list(row)[:4] == ["隔离原因", "行号", "工单号", "客户编号"] and row["行号"] == "3"
    assert row["反馈内容"].startswith("'=") and row["工单号"] == "'00124" and "无法识别" in row["隔离原因"]
    assert "坏行" in (tmp_path / "改" / "聊天_聊天.csv").read_text(encoding="utf-8-sig").split("\n")[1]
    assert f"工单: {{mended: [{tmp_path}/改/工单_工单.csv]}}" in capsys.readouterr().out


def test_a_mended_row_is_kept_with_its_customer(run, tmp_path, capsys):
    cli.call(["quarantine", str(run), str(tmp_path / "改")])
    file = tmp_path / "改" / "工单_工单.csv"
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace("不详", "2026/9/2 8:00"), encoding="utf-8-sig"
    )
    said = capsys.readouterr().out
    entry = yaml.safe_load(next(line for line in said.splitlines() if line.startswith("  工单: ")))
    sources = [source | entry.get(source["name"], {}) for source in SOURCES]
    safe = privacy.protect(collect.load(write_params(tmp_path, sources)), KEY)
    old, new = (row for _, row in safe.feedback[safe.feedback["source"] == "工单"].iterrows())
    assert new["feedback_id"] == "00124" and new["text"].startswith("=HYPERLINK")
    assert new["created_at"] == pd.Timestamp("2026-09-02 08:00")
    same = ["customer_id", "customer_name", "contact", "channel"]
    assert new[same].tolist() == old[same].tolist() and new["contact"] == "138****8000"
    assert not set(mended.EXTRA) & set(safe.headers["header"])


CUSTOMERS = (
    "客户编号,客户姓名,手机,推荐人,注册日期\n,王小明,13800138000,李小红,2026-09-01\nu1,王敏,,,2026-09-02\n"
)
ORDERS = "订单编号,会员号,下单时间\nD1,u1,昨天\nD2,u1,2026-09-01\n"


def test_rows_of_side_tables_are_masked_mended_and_loaded_again(tmp_path, capsys):
    for name, text in (FILES | {"客户.csv": CUSTOMERS, "订单.csv": ORDERS}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    beside = {"customers": {"path": "客户.csv"}, "orders": {"path": "订单.csv"}}
    folder = publish(tmp_path, write_params(tmp_path, SOURCES, **beside))
    cli.call(["quarantine", str(folder), str(tmp_path / "改")])
    assert "orders: {mended: [" in capsys.readouterr().out
    files = {file.name: file for file in (tmp_path / "改").iterdir()}
    told = "".join(file.read_text(encoding="utf-8-sig") for file in files.values())
    assert not any(word in told for word in ("小明", "小红", "13800138000", "王敏"))
    file = files["订单表_订单.csv"]
    file.write_text(file.read_text(encoding="utf-8-sig").replace("昨天", "2026-09-03"), encoding="utf-8-sig")
    beside["orders"]["mended"] = [str(file)]
    safe = privacy.protect(collect.load(write_params(tmp_path, SOURCES, **beside)), KEY)
    assert sorted(safe.orders["order_id"]) == ["D1", "D2"] and safe.orders["customer_id"].nunique() == 1


def test_a_mended_file_is_never_written_over(run, tmp_path, capsys):
    cli.call(["quarantine", str(run), str(tmp_path / "改")])
    assert cli.call(["quarantine", str(run), str(tmp_path / "改")]) == 2
    assert "不会覆盖" in capsys.readouterr().err


def test_a_params_file_names_the_run_published_last(run, tmp_path, capsys):
    where = str(tmp_path / "params.yaml")
    assert cli.call(["quarantine", where, str(tmp_path / "改")]) == 0
    said = capsys.readouterr().out
    assert (
        said.startswith("params.yaml 最近发布的是 2026-09：") and (tmp_path / "改" / "工单_工单.csv").exists()
    )
    manifest.write(run, {"run_id": "x", "files": []})
    assert cli.call(["verify", where]) == 3
    assert "tables/quarantine.parquet 发布时没有" in capsys.readouterr().err


def test_no_run_and_no_quarantined_row_are_said(run, tmp_path, capsys):
    assert cli.call(["quarantine", str(tmp_path), str(tmp_path / "改")]) == 2
    tables.write_table(schema.empty(schema.QUARANTINE), run / "tables" / "quarantine.parquet")
    assert cli.call(["quarantine", str(run), str(tmp_path / "改")]) == 0
    assert "没有被隔离的行" in capsys.readouterr().out and not (tmp_path / "改").exists()


@pytest.mark.parametrize("name", ["../../etc/a.csv", "a/b/.csv", "数据库：CRM", "x" * 300 + ".csv"])
def test_any_file_name_stays_in_the_folder(run, tmp_path, name):
    row = {"source": "..", "file": name, "line": 1, "reason": "空行", "raw": '{"行号": "7"}'}
    frame = schema.shape(pd.DataFrame([row, row | {"sheet": "9月"}]), schema.QUARANTINE)
    tables.write_table(frame, run / "tables" / "quarantine.parquet")
    assert cli.call(["quarantine", str(run), str(tmp_path / "改")]) == 0
    files = list((tmp_path / "改").rglob("*"))
    assert len(files) == 2 and all(f.is_file() and f.parent == tmp_path / "改" for f in files)
    assert files[0].read_text(encoding="utf-8-sig").splitlines()[0] == "隔离原因,行号,行号.2"


def test_a_mended_row_keeps_source_and_channel_where_none_is_set(tmp_path):
    (tmp_path / "工单.csv").write_text(FILES["工单.csv"], encoding="utf-8")
    source = {"name": "工单系统", "path": "工单.csv", "sheet": "不适用"}
    folder = publish(tmp_path, write_params(tmp_path, [source]))
    cli.call(["quarantine", str(folder), str(tmp_path / "改")])
    file = tmp_path / "改" / "工单系统_工单.csv"
    file.write_text(file.read_text(encoding="utf-8-sig").replace("不详", "2026-09-02"), encoding="gb18030")
    found = collect.load(write_params(tmp_path, [source | {"mended": [str(file)]}])).feedback
    assert found["feedback_id"].tolist() == ["00123", "00124"]
    assert set(found["source"]) == set(found["channel"]) == {"工单系统"}


@pytest.mark.parametrize("row", ["T2,太慢,2026-09-02,多,余", 'T2,"太慢,2026-09-02\n"T3'])
def test_ragged_rows_alone_bring_the_headers_and_the_line_as_it_was(tmp_path, row):
    (tmp_path / "工单.csv").write_text(
        "工单号,内容,时间\n" + "".join(f"A{i},慢,2026-09-01\n" for i in range(9)) + row, encoding="utf-8"
    )
    source = {"name": "工单", "path": "工单.csv"}
    cli.call(["quarantine", str(publish(tmp_path, write_params(tmp_path, [source]))), str(tmp_path / "改")])
    file = tmp_path / "改" / "工单_工单.csv"
    table = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    told = [line for line in table if "列数" in line["隔离原因"]]
    assert list(told[0])[2:] == ["工单号", "内容", "时间", mended.WHOLE]
    assert told[-1][mended.WHOLE] == row.rsplit("\n", maxsplit=1)[-1]
    settings = write_params(tmp_path, [source | {"mended": [str(file)]}])
    assert collect.load(settings).feedback["feedback_id"].tolist()[0] == "A0"
