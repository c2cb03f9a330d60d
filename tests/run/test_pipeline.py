"""The whole workflow with real kernels: order, failure, reuse, kill."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.run.conftest import FAST, OPEN, SAVE, clock, write_notebook
from tests.run.test_engine import gone
from voc_lib import cli, params
from voc_lib.collect import watermark
from voc_lib.errors import DataError, EmptyPeriodError, NotebookError, ParamsError
from voc_lib.run import check
from voc_lib.run.record import manifest, runs
from voc_lib.run.steps import STEPS
from voc_lib.run.workflow import afresh, pipeline

SLOW = """import os, pathlib, subprocess, time
child = subprocess.Popen(["sleep", "999"])
pathlib.Path(folder).parents[1].joinpath("pids").write_text(f"{os.getpid()} {child.pid}")
time.sleep(900)"""


def hashes(content, start):
    return {f["path"]: f["sha256"] for f in content["files"] if f["path"].startswith(start)}


def test_a_run_publishes_tables_reports_workbooks_and_a_manifest(published):
    folder = published / "outputs" / "小店" / "2026-09"
    content = runs.read(folder)
    assert manifest.verify(folder) == []
    assert content["status"] == "published" and content["period_title"] == "2026年9月"
    assert set(content["seconds"]) == {spec.name for spec in STEPS}
    assert content["rows"] == len(pd.read_parquet(folder / "tables" / "history.parquet"))
    names = {item["path"] for item in content["files"]}
    assert {"reports/08_客户反馈分析月度总结.html", "reports/04_客户服务问题诊断报告.pdf"} <= names
    assert "excel/客户反馈信息汇总表.xlsx" in names and len(hashes(content, "reports/")) == 16
    assert content["inputs"][0]["path"] == "data/工单.csv" and not (folder / "results").exists()
    assert (published / "outputs" / "index.html").is_file()
    assert str(published) not in (folder / "run.json").read_text()


def test_a_changed_byte_is_found(published, tmp_path):
    copy = shutil.copytree(published / "outputs" / "小店" / "2026-09", tmp_path / "copy")
    with (copy / "tables" / "issues.parquet").open("ab") as file:
        file.write(b"x")
    assert manifest.verify(copy) == ["tables/issues.parquet 的内容与发布时不同"]


def test_nothing_changed_nothing_is_run_until_something_does(settings, two_steps):
    events = []
    first = pipeline.run(settings, clock=clock)
    again = pipeline.run(settings, clock=clock, progress=events.append)
    assert again.unchanged and not events and again.manifest == first.manifest
    (settings.folder / "data" / "新.csv").write_text("工单号\n", encoding="utf-8")
    changed = pipeline.run(settings, clock=clock, progress=events.append)
    assert not changed.unchanged
    assert [e.step.name for e in events if e.state == "done"] == ["02_collect"]  # what reads the files
    assert hashes(changed.manifest, "notebooks/") == hashes(first.manifest, "notebooks/")


def test_steps_run_after_what_they_need(whole_run):
    _, events = whole_run
    done = [e.step.name for e in events if e.state == "done"]
    ran = [(spec.name, need) for spec in STEPS for need in spec.needs if {spec.name, need} <= {*done}]
    assert len(ran) > 8 and all(done.index(need) < done.index(name) for name, need in ran)
    assert [e.number for e in events if e.state == "done"] == list(range(1, 9))


def test_an_audience_of_nothing_is_refused_as_soon_as_rows_are_tagged(settings, two_steps):
    write_notebook(settings.folder, "03_clean_and_tag", OPEN, SAVE)  # tables without a row
    file = settings.folder / "params.yaml"
    words = file.read_text(encoding="utf-8") + "audiences:\n  - {name: 华东, where: {region: 华东}}\n"
    file.write_text(words, encoding="utf-8")
    events = []
    with pytest.raises(ParamsError, match=r"audiences\.华东\.where：没有一条反馈的地区是“华东”"):
        pipeline.run(params.load(file), clock=clock, progress=events.append)
    assert [e.step.name for e in events if e.state == "done"] == ["02_collect"]


def test_a_watermark_moves_when_a_run_is_published_and_not_before(settings, two_steps):
    mark = "import json\npathlib.Path(folder, 'results', 'watermarks.json').write_text(json.dumps(%s))"
    marks = {"工单": {"asked": "a", "until": "2026-09-05", "since": "2026-09-02", "behind": 1, "rows": 2}}
    write_notebook(settings.folder, "02_collect", FAST, mark % marks)
    write_notebook(settings.folder, "03_clean_and_tag", "raise ValueError", FAST)
    with pytest.raises(NotebookError):
        pipeline.run(settings, clock=clock)
    assert watermark.read(settings.archive) == {}
    write_notebook(settings.folder, "03_clean_and_tag", FAST)
    pipeline.run(settings, clock=clock)
    assert watermark.read(settings.archive)["工单"].until == "2026-09-05"


def test_a_failed_run_leaves_the_last_one_and_keeps_the_remains(settings, two_steps):
    first = pipeline.run(settings, clock=clock)
    write_notebook(settings.folder, "03_clean_and_tag", "raise ValueError('电话 1' + '3812345678')", FAST)
    with pytest.raises(NotebookError, match=r"03_clean_and_tag(.|\n)*现场保存在") as error:
        pipeline.run(settings, clock=clock)
    assert runs.read(first.folder) == first.manifest and manifest.verify(first.folder) == []
    (kept,) = (settings.outputs / "failed" / "小店" / "2026-09").iterdir()
    about = json.loads((kept / "error.json").read_text())
    assert about["exit_code"] == 4 and about["kind"] == "NotebookError"
    assert (kept / "03_clean_and_tag.ipynb").is_file()
    assert str(kept) in str(error.value)
    words = str(error.value) + "".join(path.read_text() for path in kept.iterdir())
    assert "13812345678" not in words
    assert not list((settings.outputs / ".staging").iterdir())


def test_a_period_that_lies_ahead_starts_no_kernel_and_leaves_a_trace(project):
    ahead = params.load(project / "params.yaml", period="2026-11")
    with pytest.raises(EmptyPeriodError, match=r"2026-11 要到 2026-11-01 才开始，今天是 2026-10-03"):
        pipeline.run(ahead, clock=clock)
    (kept,) = (ahead.outputs / "failed" / "小店" / "2026-11").iterdir()
    assert json.loads((kept / "error.json").read_text(encoding="utf-8"))["exit_code"] == 10
    assert "要到 2026-11-01 才开始" in (ahead.outputs / "index.html").read_text(encoding="utf-8")
    assert not (ahead.outputs / "小店").exists()
    (fault,) = [f.error for f in check.findings(ahead, today=clock().date()) if f.subject == "报告期"]
    assert isinstance(fault, EmptyPeriodError)
    allowed = ahead.params.model_copy(update={"allow_empty": True})
    check.begun(ahead.model_copy(update={"params": allowed}), clock().date())


def test_part_of_the_workflow_needs_a_published_run(settings, two_steps):
    only = pipeline.Choice(only="03_clean_and_tag")
    with pytest.raises(ParamsError, match="还没有已发布的结果"):
        pipeline.run(settings, clock=clock, choice=only)
    pipeline.run(settings, clock=clock)
    with pytest.raises(DataError, match="已发布的结果里缺少表"):
        pipeline.run(settings, clock=clock, choice=only)
    with pytest.raises(ParamsError, match="只能写一个"):
        pipeline.Choice(only="04_analyse", start="05_root_cause").steps()


def test_from_a_step_runs_all_that_depends_on_it():
    names = [spec.name for spec in pipeline.Choice(start="05_root_cause").steps()]
    assert names == ["05_root_cause", "06_improve", "08_report"]


def test_one_step_alone_is_published_with_the_rest_of_the_last_run(published, tmp_path):
    project = shutil.copytree(published, tmp_path / "shop")
    settings = params.load(project / "params.yaml")
    before = runs.read(project / "outputs" / "小店" / "2026-09")
    write_notebook(project, "07_track", FAST)
    with pytest.raises(DataError):  # it saved no table, so its workbook cannot be made
        pipeline.run(settings, clock=clock, choice=pipeline.Choice(only="07_track"))
    shutil.copy2(published / "notebooks" / "07_track.ipynb", project / "notebooks" / "07_track.ipynb")
    result = pipeline.run(settings, clock=clock, choice=pipeline.Choice(only="07_track"))
    assert hashes(result.manifest, "") == hashes(before, "")
    assert "07_track" not in result.manifest["reused"] and len(result.manifest["reused"]) == 7
    assert result.manifest["fingerprint"] == ""  # so that the next whole run is a real one


def test_rendering_again_gives_the_same_files(published, tmp_path):
    project = shutil.copytree(published, tmp_path / "shop")
    folder = project / "outputs" / "小店" / "2026-09"
    before = runs.read(folder)
    shutil.rmtree(folder / "reports")
    assert afresh.render_again(folder).manifest["files"] == before["files"]
    assert (folder / "reports" / "01_客户反馈分析项目计划书.pdf").is_file()


def test_stopping_kills_the_kernels_and_leaves_nothing(project):
    write_notebook(project, "02_collect", SLOW, FAST)
    run = start(project)
    pids = wait_for(project / "outputs" / "pids")
    run.send_signal(signal.SIGINT)
    assert run.wait(120) == 130
    assert all(gone(int(pid)) for pid in pids.split())
    assert not list((project / "outputs" / ".staging").iterdir())


def test_while_one_runs_a_second_is_refused_and_a_killed_one_can_be_run_again(project, capsys, two_steps):
    write_notebook(project, "02_collect", SLOW, FAST)
    first = start(project)
    pids = wait_for(project / "outputs" / "pids")
    assert cli.call(["run", str(project / "params.yaml")]) == 75
    assert "正在另一处运行" in capsys.readouterr().err
    first.kill()
    first.wait()
    assert all(gone(int(pid)) for pid in pids.split())
    write_notebook(project, "02_collect", FAST)
    assert cli.call(["run", str(project / "params.yaml")]) == 0
    assert not list((project / "outputs" / ".staging").iterdir())


def start(project):
    call = [sys.executable, "-m", "voc_lib.cli", "run", str(project / "params.yaml")]
    return subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(path):
    for _ in range(2400):
        if path.is_file() and path.read_text():
            return path.read_text()
        time.sleep(0.05)
    raise TimeoutError(path)


def test_a_failure_is_one_sentence_with_an_unbroken_path(project, capsys, two_steps):
    write_notebook(project, "02_collect", "raise ValueError('坏了')")
    assert cli.call(["run", str(project / "params.yaml")]) == 4
    said = capsys.readouterr().err
    place = Path(said.strip().rsplit("现场保存在 ", 1)[1])
    assert (place / "error.json").is_file() and "02_collect（收集与标准化）第 2 个代码单元" in said
