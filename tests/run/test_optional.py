"""A step whose input is not there is left out, said in one sentence, and comes back when its input does."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from tests.run.conftest import OPEN, SAVE, clock, write_notebook, write_project
from voc_lib import cli, params, schema
from voc_lib.run import steps
from voc_lib.run.publish import render
from voc_lib.run.record import runs
from voc_lib.run.workflow import afresh, choice, optional, pipeline

SERVICE = steps.find("04c")
WITH = """from voc_lib import schema
made = {t: schema.empty(schema.table(t)) for t in step.spec.tables}
first = {"feedback_id": "1", "created_at": "2026-09-01", "channel": "在线", "source": "工单", "text": "慢"}
import pandas as pd
first |= {"file": "a", "line": 2, "status": "已完成"}
made["history"] = schema.shape(pd.DataFrame([first]), schema.HISTORY)
step.save(**made)"""


def test_a_step_without_input_is_not_run_and_the_rest_is(whole_run):
    folder, events = whole_run
    content = runs.read(folder / "outputs" / "小店" / "2026-09")
    absent = [event for event in events if event.state == "absent"]
    assert {event.step.name for event in absent} == {spec.name for spec in steps.STEPS if spec.input}
    assert all(event.why.startswith("没有") and "不出这份报告" in event.why for event in absent)
    assert content["absent"][SERVICE.deliverable] == next(e.why for e in absent if e.step == SERVICE)
    assert not [
        item for item in content["files"] if item["step"] == SERVICE.name and "tables/" not in item["path"]
    ]
    assert f"{SERVICE.deliverable}：没有处理记录" in (folder / "outputs" / "index.html").read_text(
        encoding="utf-8"
    )


def test_its_tables_are_there_and_empty_for_whoever_reads_them(published):
    folder = published / "outputs" / "小店" / "2026-09"
    for name in SERVICE.tables:
        table = pd.read_parquet(folder / "tables" / f"{name}.parquet")
        assert table.empty and list(table.columns) == schema.table(name).names


def test_an_input_counts_only_where_a_value_stands(tmp_path):
    (tmp_path / "tables").mkdir()
    blank = {
        "feedback_id": "1",
        "created_at": "2026-09-01",
        "channel": "电话",
        "source": "热线",
        "text": "慢",
    }
    for columns, said in [({}, "没有处理记录"), ({"closed_at": "2026-09-02"}, "")]:
        history = schema.shape(pd.DataFrame([blank | columns]), schema.HISTORY)
        history.to_parquet(tmp_path / "tables" / "history.parquet")
        assert optional.lacking(SERVICE, tmp_path).startswith(said)
    assert optional.lacking(steps.find("04_analyse"), tmp_path) == ""


@pytest.fixture
def collect_and_service(monkeypatch):
    """A workflow of two steps, the second of which is optional."""
    pair = (steps.find("2"), replace(SERVICE, needs=("02_collect",)))
    for module in (pipeline, choice):
        monkeypatch.setattr(module, "STEPS", pair)
    monkeypatch.setattr(pipeline, "BY_NAME", {spec.name: spec for spec in pair})


def test_it_comes_with_its_input_and_goes_with_it(tmp_path, collect_and_service):
    folder = write_project(tmp_path, OPEN, SAVE, render="{html: true, pdf: false, excel: true}")
    settings = params.load(folder / "params.yaml")
    place = settings.outputs / "小店" / "2026-09"
    reports = [place / "excel" / f"{SERVICE.workbook}.xlsx", place / "notebooks" / f"{SERVICE.name}.ipynb"]
    assert pipeline.run(settings, clock=clock).manifest["absent"]
    write_notebook(folder, "02_collect", OPEN, WITH)
    events: list[pipeline.Event] = []
    first = pipeline.Choice(only="02_collect")
    came = pipeline.run(settings, clock=clock, choice=first, progress=events.append).manifest
    assert [event.number for event in events if event.state == "done"] == [1, 2]
    assert came["absent"] == {} and came["reused"] == [] and all(path.is_file() for path in reports)
    write_notebook(folder, "02_collect", OPEN, SAVE)
    gone = pipeline.run(settings, clock=clock, choice=first).manifest
    assert list(gone["absent"]) == [SERVICE.deliverable] and not any(path.exists() for path in reports)


def test_asked_for_alone_it_says_why_there_is_none(published, tmp_path, capsys):
    project = shutil.copytree(published, tmp_path / "shop")
    assert cli.call(["run", str(project / "params.yaml"), "--only", "04c"]) == 0
    assert "服务质量 … 没有处理记录" in capsys.readouterr().out
    assert afresh.render_again(project / "outputs" / "小店" / "2026-09").manifest["absent"]


def test_nothing_is_rendered_of_a_step_left_out(published):
    settings = params.load(published / "params.yaml")
    made = render.step(
        published / "outputs" / "小店" / "2026-09",
        SERVICE,
        name="小店",
        period=settings.period,
        outputs=settings.params.render,
    )
    assert made == []


def test_the_check_says_which_reports_there_will_not_be(tmp_path, capsys):
    (tmp_path / "评价.csv").write_text(
        "评价编号,评价时间,评价内容\n1,2026-09-02,快递等了五天还没到\n2,2026-09-03,客服态度很差没人管\n",
        "utf-8",
    )
    (tmp_path / "p.yaml").write_text(
        "name: 小店\nperiod: '2026-09'\nsources:\n  - {name: 评价, path: 评价.csv, channel: 应用商店}\n",
        "utf-8",
    )
    cli.call(["check", str(tmp_path / "p.yaml"), "--data"])
    assert "服务质量报告：没有处理记录（首次响应、完成时间或状态），不出这份报告" in capsys.readouterr().out
