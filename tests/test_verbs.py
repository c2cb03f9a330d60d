"""Verbs about taxonomies and archives."""

import json

import pandas as pd
import pytest

from voc_lib import cli, schema
from voc_lib.collect import archive

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


def test_archive_lists_months_and_rows(called, tmp_path):
    rows = pd.DataFrame(
        {
            "feedback_id": ["1", "2", "3"],
            "created_at": pd.to_datetime(["2026-08-01", "2026-09-01", "2026-09-02"]),
            "text": "慢",
            "channel": "电话",
            "source": "工单",
            "file": "a.csv",
            "line": 2,
        }
    )
    archive.write(schema.shape(rows, schema.FEEDBACK), tmp_path / "archive" / "小店")
    code, words = called("archive", str(tmp_path))
    assert code == 0 and "小店：2 个月，共 3 条" in words and "2026-09  2 条" in words
    assert called("archive", str(tmp_path / "nowhere"))[0] == 2
    (tmp_path / "archive" / "小店" / "2026-08.parquet").write_bytes(b"PAR1")
    code, words = called("archive", str(tmp_path))
    assert code == 3 and "小店/2026-08.parquet 已损坏" in words


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
