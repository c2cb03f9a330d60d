"""Notices through real servers: who is told what, in words nothing can be made of but words."""

import json
import logging

import pandas as pd
import pytest
import yaml

from tests.notice.conftest import free
from tests.run.conftest import FAST, OPEN, SAVE, clock, write_notebook, write_project
from voc_lib import cli, params, schema
from voc_lib.errors import ArrivalError, DataError, NotebookError, ParamsError
from voc_lib.notice import book, message, told
from voc_lib.run.steps import STEPS, report_path
from voc_lib.run.tables import write_table

SECRET = "s3cretpass"
BAIT = "新出现“<at id=all>[点](http://evil.cn/x)<script>x</script>@所有人”：9 次，此前没有"


def finding(rank, words, direction="变坏"):
    return {
        "rank": rank,
        "kind": "新问题",
        "subject": f"对象{rank}",
        "direction": schema.words.DIRECTIONS[0] if direction == "变坏" else direction,
        "finding": words,
        "certainty": 0.9,
        "weight": 0.5,
    }


def shop(folder, audiences=(), **notices):
    """A project with a published report of seven findings."""
    write_project(folder, FAST)
    file = folder / "params.yaml"
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(
        yaml.safe_dump({**raw, "notices": notices, "audiences": list(audiences)}), encoding="utf-8"
    )
    settings = params.load(file)
    published = settings.outputs / "小店" / "2026-09"
    rows = [finding(1, BAIT), *(finding(n, f"第 {n} 件：物流延迟上升" * n * 4) for n in range(2, 8))]
    (published / "tables").mkdir(parents=True)
    write_table(schema.shape(pd.DataFrame(rows), schema.FINDINGS), published / "tables" / "findings.parquet")
    (published / "run.json").write_text(json.dumps({"run_id": "r", "name": "小店"}), encoding="utf-8")
    for form, content in (("html", b"<p>hi</p>"), ("pdf", b"%PDF-1.7 x")):
        path = report_path(published, STEPS[-1], settings.period, form, "customers")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return settings


def mail_to(box, password=SECRET):
    return f"mailto://127.0.0.1:{box.port}?from=voc@shop.cn&to=boss@shop.cn&mode=insecure&name={password}"


def test_a_mail_holds_five_findings_and_the_report_in_both_forms(tmp_path, mailbox, monkeypatch):
    settings = shop(tmp_path, success=[{"to": "${BOSS}", "attach": ["html", "pdf"]}])
    monkeypatch.setenv("BOSS", mail_to(mailbox))
    assert [entry.fault for entry in told.of_report(settings, clock())] == [""]
    (mail,) = mailbox.came
    assert mail["subject"] == "小店 2026年9月：报告已发布"
    names = {part.get_filename(): part.get_content() for part in mail.walk() if part.get_filename()}
    assert {name.rsplit(".")[-1] for name in names} == {"html", "pdf"}
    assert all(name.startswith("08_") and "总结" in name for name in names)
    assert any(content == b"%PDF-1.7 x" for content in names.values())
    assert [part.get_content_type() for part in mail.walk() if not part.get_filename()][1:] == ["text/plain"]
    words = mail.get_body(("plain",)).get_content()
    assert "<script>" not in words and "http://evil" not in words and "＜script＞" in words
    assert "7 件变坏" in words and "5. " in words and "6. " not in words


def test_who_reads_a_version_is_told_of_it_alone_or_that_there_is_none(tmp_path, mailbox, monkeypatch):
    audiences = [{"name": name, "where": {"region": name}} for name in ("华东", "华南")]
    readers = [{"to": "${BOSS}", "audience": name, "attach": ["html"]} for name in ("华东", "华南")]
    settings = shop(tmp_path, audiences, success=readers)
    published = settings.outputs / "小店" / "2026-09"
    lines = [{"name": "华东", "absent": ""}, {"name": "华南", "absent": "2026年9月没有地区为“华南”的反馈"}]
    (published / "run.json").write_text(json.dumps({"run_id": "r", "audiences": lines}), encoding="utf-8")
    own = schema.shape(pd.DataFrame([finding(1, "华东的发现")]), schema.FINDINGS)
    write_table(own, published / "versions" / "华东" / "tables" / "findings.parquet")
    page = report_path(published / "audiences" / "华东", STEPS[-1], settings.period, "html", "customers")
    page.parent.mkdir(parents=True)
    page.write_bytes(b"<p>east</p>")
    monkeypatch.setenv("BOSS", mail_to(mailbox))
    assert [entry.fault for entry in told.of_report(settings, clock())] == ["", ""]
    east, south = mailbox.came
    assert east["subject"] == "小店 2026年9月 华东：报告已发布"
    words = east.get_body(("plain",)).get_content()
    assert "华东的发现" in words and "对象" not in words and "1 件变坏" in words
    assert [part.get_content() for part in east.walk() if part.get_filename()] == ["<p>east</p>"]
    assert south["subject"] == "小店 2026年9月 华南：没有出这一版"
    assert not [part for part in south.walk() if part.get_filename()]


@pytest.mark.parametrize(
    ("plugin", "kind", "address", "text"),
    [
        ("wecombot", "NotifyWeComBot", f"wecombot://{SECRET}", lambda said: said["text"]["content"]),
        ("dingtalk", "NotifyDingTalk", f"dingtalk://{SECRET}", lambda said: said["text"]["content"]),
        ("feishu", "NotifyFeishu", f"feishu://{SECRET}", lambda said: json.dumps(said, ensure_ascii=False)),
    ],
)
def test_office_chats_get_plain_text_that_calls_nobody(
    tmp_path, hook, monkeypatch, plugin, kind, address, text
):
    import importlib

    service = getattr(importlib.import_module(f"apprise.plugins.{plugin}"), kind)
    written = service.notify_url
    there = f"http://127.0.0.1:{hook.port}/{plugin}/"
    monkeypatch.setattr(service, "notify_url", there + written.rstrip("/").rsplit("/", 1)[1])
    settings = shop(tmp_path, success=[{"to": "${CHAT}", "attach": ["pdf"]}])
    monkeypatch.setenv("CHAT", address)
    assert [entry.fault for entry in told.of_report(settings, clock())] == [""]
    ((path, said),) = hook.came
    words = text(said)
    assert SECRET in path and "报告已发布" in words and "5. 第 5 件" in words
    assert "<at" not in words and "@所有人" not in words and "://evil" not in words and "](" not in words
    assert len(words.encode()) <= 2048


def test_what_was_sent_is_in_the_book_without_the_address(tmp_path, hook, monkeypatch, caplog):
    settings = shop(tmp_path, success=[{"to": "${GOOD}"}, {"to": "${BAD}"}, {"to": "${NONE}"}])
    monkeypatch.setenv("GOOD", f"json://u:{SECRET}@127.0.0.1:{hook.port}")
    monkeypatch.setenv("BAD", f"json://u:{SECRET}@127.0.0.1:{free()}")
    caplog.set_level(logging.DEBUG)
    faults = [entry.fault for entry in told.of_report(settings, clock())]
    assert faults == ["", "没有送达（连不上或没有答复）", "环境变量 NONE 没有设置"]
    kept = list(book.read(settings.outputs))
    assert [(line["receiver"], line["fault"]) for line in kept] == list(
        zip(["GOOD", "BAD", "NONE"], faults, strict=True)
    )
    written = "".join(p.read_text(errors="replace") for p in settings.outputs.rglob("*") if p.is_file())
    assert SECRET not in written + caplog.text and kept[0]["at"] == "2026-10-03T08:00:00"


def test_a_refusal_is_told_by_its_number(tmp_path, hook, monkeypatch):
    settings = shop(tmp_path, failure=[{"to": "${OPS}"}])
    monkeypatch.setenv("OPS", f"json://127.0.0.1:{hook.port}")
    hook.answer = 403
    (entry,) = told.of_failure(settings, DataError("坏了。"), clock())
    assert entry.fault == "没有送达（对方答复 HTTP 403）"
    monkeypatch.setenv("OPS", f"what://{SECRET}")
    (entry,) = told.of_failure(settings, DataError("坏了。"), clock())
    assert entry.fault == "环境变量 OPS 里不是 apprise 认得的地址"


def test_a_failure_says_what_where_and_what_to_do(tmp_path):
    settings = shop(tmp_path)
    error = NotebookError(
        "单元出错：请改 x。（步骤 03_clean_and_tag（整理）第 2 个代码单元）\n现场保存在 /a/b"
    )
    said = message.failure(settings, error)
    assert said.title == "小店 2026年9月：没有出报告" and "步骤 03＿clean＿and＿tag" in said.lines[0]
    assert said.lines[1:] == ("上一次发布的报告没有改变。", "现场：/a/b")
    assert message.failure(settings, ArrivalError("x")).title.endswith("数据未到，没有出报告")
    assert SECRET not in message.failure(settings, RuntimeError(SECRET)).body


def test_the_params_hold_no_address(tmp_path):
    with pytest.raises(ParamsError, match=r"只能写成 \$\{环境变量名\}"):
        shop(tmp_path, success=[{"to": f"mailto://u:{SECRET}@x.cn"}])


def test_who_is_told_changes_no_figure(tmp_path):
    bare = params.load(write_project(tmp_path, FAST) / "params.yaml")
    notices = params.Params.model_validate(
        {**bare.params.model_dump(by_alias=True), "notices": {"failure": [{"to": "${A}"}]}}
    )
    assert bare.model_copy(update={"params": notices}).fingerprint == bare.fingerprint


def test_check_and_notify_say_which_variable_is_missing(tmp_path, hook, monkeypatch, capsys):
    settings = shop(tmp_path, success=[{"to": "${HERE}"}], failure=[{"to": "${GONE}"}, {"to": "${HERE}"}])
    monkeypatch.setenv("HERE", f"json://127.0.0.1:{hook.port}")
    assert cli.call(["check", str(settings.file)]) == 2
    seen = capsys.readouterr()
    assert "✗ 通知 GONE：环境变量 GONE 没有设置" in seen.err and "✓ 通知 HERE" in seen.out
    assert cli.call(["notify", str(settings.file), "--test"]) == 12
    assert len(hook.came) == 1 and "试发" in hook.came[0][1]["title"]
    assert cli.call(["notify", str(settings.file)]) == 0 and len(hook.came) == 2
    assert cli.call(["notify", str(settings.file), "--period", "2026-08"]) == 2


def test_voc_run_tells_each_what_is_theirs_and_nobody_of_nothing(
    tmp_path, hook, mailbox, monkeypatch, capsys, forked
):
    write_project(tmp_path, OPEN, SAVE, render="{html: true, pdf: false, excel: false}")
    file = tmp_path / "params.yaml"
    who = "notices:\n  success: [{to: '${BOSS}', attach: [html]}, {to: '${DEAD}'}]\n"
    who += "  failure: [{to: '${OPS}'}]\n"
    file.write_text(file.read_text(encoding="utf-8") + who, encoding="utf-8")
    monkeypatch.setenv("BOSS", mail_to(mailbox))
    monkeypatch.setenv("OPS", f"json://127.0.0.1:{hook.port}")
    monkeypatch.setenv("DEAD", f"json://u:{SECRET}@127.0.0.1:{free()}")
    assert cli.call(["run", str(file)]) == 0
    seen = capsys.readouterr()
    assert "通知 BOSS 已送出" in seen.out and "通知 DEAD 没有送达" in seen.err
    assert len(mailbox.came) == 1 and hook.came == [] and SECRET not in seen.out + seen.err
    assert cli.call(["run", str(file)]) == 0 and len(mailbox.came) == 1
    write_notebook(tmp_path, "02_collect", "raise ValueError('坏了')")
    assert cli.call(["run", str(file), "--no-notice"]) == 4 and hook.came == []
    assert cli.call(["run", str(file)]) == 4
    ((_, said),) = hook.came
    assert said["title"] == "小店 2026年9月：没有出报告" and "02＿collect" in said["message"]
    kept = [(line["receiver"], line["title"][-5:]) for line in book.read(tmp_path / "outputs")]
    assert kept == [("BOSS", "报告已发布"), ("DEAD", "报告已发布"), ("OPS", "没有出报告")]
    assert len(mailbox.came) == 1
