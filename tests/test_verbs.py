"""Verbs about taxonomies and archives."""

import json

import pandas as pd
import pytest

from voc_lib import cli, schema, tag
from voc_lib.collect import archive
from voc_lib.run.publish import folders
from voc_lib.tag import memory

BASE = """name: 店
version: "1"
attributes: [服务流程]
tags:
  - {name: 物流延迟, code: LOG, parent: 服务流程, phrases: [发货慢]}
  - {name: 价格与优惠, code: PRI, parent: 服务流程, phrases: [太贵]}
"""
MINE = """extends: base.yaml
version: "2"
tags:
  - {name: 物流延迟, phrases: [迟迟不到货]}
  - {name: 客服排队, code: QUE, parent: 服务流程, phrases: [排队太久]}
  - {name: 价格与优惠, drop: true}
"""


@pytest.fixture
def called(capsys):
    """What a call of the command line says: exit code and words."""

    def call(*arguments):
        code = cli.call(arguments)
        seen = capsys.readouterr()
        return code, seen.out + seen.err

    return call


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "base.yaml").write_text(BASE, encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(MINE, encoding="utf-8")
    return str(file)


def test_a_sound_taxonomy_is_said_to_be_sound(called, mine):
    code, words = called("taxonomy", "check", "ecommerce")
    assert code == 0 and "8 个标签" in words and "没有问题" in words
    assert called("taxonomy", "check", mine)[0] == 0


def test_doubts_about_a_sound_taxonomy_are_told(called, mine, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        MINE.replace("phrases: [迟迟不到货]", "without: [发货漫]"), encoding="utf-8"
    )
    code, words = called("taxonomy", "check", mine)
    assert code == 0 and "1 处提醒" in words and "“发货漫” 本来就没有。是否想写 “发货慢”" in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "ecomerce"), "是否想写 “ecommerce”"),
        (("check", "nowhere.yaml"), "找不到文件"),
        (("diff", "ecommerce"), "缺少参数 NEW"),
        (("difff", "a", "b"), "是否想写 “diff”"),
        (("coverage", "nowhere.yaml"), "找不到文件"),
    ],
)
def test_a_call_typed_wrong_is_one_sentence(called, arguments, words):
    code, said = called("taxonomy", *arguments)
    assert code == 2 and words in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("arguments", "last"),
    [(("knowledge", "import"), "后来的改动不算"), (("plan", "export"), "分到各工作日"), ((), "的在前")],
)
def test_help_is_broken_where_its_line_ends_and_not_cut_off(capsys, monkeypatch, arguments, last):
    monkeypatch.setenv("COLUMNS", "80")
    assert cli.call([*arguments, "--help"]) == 0
    said = capsys.readouterr().out
    assert last in said.replace(" ", "").replace("│", "").replace("\n", "") and "…" not in said


def test_a_fault_of_a_taxonomy_is_told(called, mine, tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE.replace("parent: 服务流程", "parent: 服务"), encoding="utf-8")
    code, words = called("taxonomy", "check", mine)
    assert code == 2 and "上级 “服务” 不存在" in words


def test_diff_lists_tags_and_phrases(called, mine, tmp_path):
    code, words = called("taxonomy", "diff", str(tmp_path / "base.yaml"), mine)
    assert code == 0
    for line in (
        "物流延迟\tphrases\t新增\t迟迟不到货",
        "客服排队\ttag\t新增\t客服排队",
        "价格与优惠\ttag\t删除",
    ):
        assert line in words
    assert called("taxonomy", "diff", mine, mine) == (0, "没有不同。\n")


ROW = {"text": "慢", "channel": "电话", "source": "工单", "file": "a.csv", "line": 2}


@pytest.fixture
def archived(tmp_path):
    """The params file of a report with feedback of August and October, and what was read off its texts."""
    days = pd.to_datetime(["2026-08-01", "2026-10-01", "2026-10-02"])
    frame = pd.DataFrame({"feedback_id": ["1", "2", "3"], "created_at": days, **ROW})
    archive.write(schema.shape(frame, schema.FEEDBACK), tmp_path / "outputs" / "archive" / "小店")
    digest = tag.load("ecommerce").digest[: memory.SHORT]
    for mark, month in ((digest, "2026-10"), ("old", "2026-08"), (digest, "2026-01")):
        known = memory.Memory(tmp_path / "outputs" / ".memory" / "小店", f"{mark}-code")
        rows = pd.DataFrame({"text": ["慢"], "created_at": pd.to_datetime([f"{month}-01"])})
        known.recall("said", rows, ["text"], lambda new: pd.DataFrame({"row": range(len(new)), "tag": "A"}))
    file = tmp_path / "params.yaml"
    raw = {"name": "小店", "period": "2026-10", "sources": [{"name": "工单", "path": "a.csv"}]}
    file.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return file


def test_archive_lists_the_reports_of_an_outputs_folder(called, archived, tmp_path):
    code, words = called("archive", str(tmp_path / "outputs"))
    assert code == 0 and "小店：2 个月，共 3 条" in words and "2026-10  2 条" in words
    assert called("archive", str(tmp_path))[0] == 2
    (tmp_path / "outputs/archive/小店/2026-08.parquet").write_bytes(b"PAR1")
    code, words = called("archive", str(tmp_path / "outputs"))
    assert code == 3 and "小店/2026-08.parquet 已损坏" in words


def test_archive_of_a_report_lists_what_it_keeps_and_what_is_strange(called, archived, tmp_path):
    code, words = called("archive", str(archived))
    assert code == 0 and "反馈：2 个月、2 个文件、" in words and "2026-10  2 条  0.0" in words
    assert "只有评分的反馈：0 个月、0 个文件" in words and "打标记忆（可重新生成）：3 个月、3 个文件" in words
    assert "其中 2 个月、2 个文件、" in words and "2026-09 没有一条反馈" in words
    (tmp_path / "outputs/archive/小店/2026-08.parquet").write_bytes(b"PAR1")
    code, words = called("archive", str(archived))
    assert code == 3 and "2026-08  已损坏" in words and "归档已损坏：反馈 2026-08。请从备份恢复" in words


def test_archive_compact_prunes_what_no_run_reads_and_waits_for_no_run(called, archived, tmp_path):
    with folders.locked(tmp_path / "outputs", "小店"):
        code, words = called("archive", str(archived), "--compact")
    assert code == 75 and "正在另一处运行" in words
    assert len([*(tmp_path / "outputs/.memory/小店").iterdir()]) == 3
    code, words = called("archive", str(archived), "--compact")
    assert code == 0 and "删除打标记忆 2 个文件；反馈一条不少" in words
    assert [file.name for file in (tmp_path / "outputs/.memory/小店").iterdir()] == ["2026-10.said.parquet"]
    assert "没有改动" in called("archive", str(archived), "--compact")[1]
    assert called("archive", str(tmp_path / "outputs"), "--compact")[0] == 2


def test_withdraw_says_first_what_it_would_take_keeps_it_and_puts_it_back(called, archived, tmp_path):
    code, words = called("withdraw", str(archived), "2026-10", "--file", "a.csv")
    assert code == 2 and "会撤下 2 条（2026年10月、文件 a.csv），还没有动" in words
    assert called("withdraw", str(archived)) == (0, "撤下过 0 次。\n")
    with folders.locked(tmp_path / "outputs", "小店"):
        assert called("withdraw", str(archived), "2026-10", "--why", "交错了")[0] == 75
    code, words = called("withdraw", str(archived), "2026-10", "--why", "交错了", "--by", "王敏")
    assert code == 0 and "撤下了 2 条反馈（2026年10月），编号 1" in words
    assert "反馈：1 个月" in called("archive", str(archived))[1]
    code, words = called("withdraw", str(archived))
    assert code == 0 and "\t王敏\t2026年10月\t2 条反馈\t交错了\n撤下过 1 次。" in words
    assert "放回了 2 条反馈" in called("withdraw", str(archived), "--back", "1")[1]
    assert "2026-10  2 条" in called("archive", str(archived))[1]
    assert called("withdraw", str(archived), "--back", "1")[0] == 2


def test_log_tells_runs_failures_and_notices_newest_first(called, tmp_path):
    done, failed = tmp_path / "店" / "2026-08", tmp_path / "failed" / "店" / "2026-09"
    kept = {"run_id": "r", "name": "店", "finished_at": "2026-09-02T06:10:00", "ledger": []}
    error = {"exit_code": 11, "message": "2026年9月的数据未到：\n  · 来源 工单：还没有文件。"}
    sent = {"at": "2026-10-02T06:01:00", "name": "店", "period": "2026-09", "title": "没有出报告"}
    sent |= {"receiver": "OPS", "fault": "没有送达（连不上或没有答复）"}
    for place, content in (
        (done / "run.json", kept),
        (failed / "20261002T060000-abcdef" / "error.json", error),
        (tmp_path / ".notices" / "店.jsonl", sent),
    ):
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    code, words = called("log", str(tmp_path))
    assert code == 0 and "共 3 行" in words
    marks = ("通知 OPS 没有送达", "数据未到：2026年9月的数据未到", "已发布")
    assert [words.index(mark) for mark in marks] == sorted(words.index(mark) for mark in marks)
    assert "来源 工单：还没有文件" in words
    code, words = called("log", str(tmp_path), "--most", "1")
    assert "通知 OPS" in words and "已发布" not in words and "另有 2 行更早的" in words
    assert called("log", str(tmp_path / "没有"))[0] == 2
