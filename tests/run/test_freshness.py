"""A report is never made of mixed versions: whoever read what has changed is run again, or says so."""

import json
import logging
from datetime import date, datetime

import pytest

from tests.run.conftest import FAST, OPEN, write_notebook
from voc_lib import params
from voc_lib.errors import ParamsError
from voc_lib.register import alerts
from voc_lib.run.record import freshness, inputs, registered, runs
from voc_lib.run.steps import find
from voc_lib.run.workflow import pipeline
from voc_lib.run.workflow.step import open_step
from voc_lib.stats.alerts import Alert

SAVE = "from voc_lib import schema\nframes = {t: schema.empty(schema.table(t)) for t in step.spec.tables}"
GOALS = """import pandas as pd
frames["goals"] = schema.shape(
    pd.DataFrame([{"goal": g.problem, "metric": "x", "target": 1}
    for g in step.knowledge.causes]), schema.GOALS
)"""
KNOWLEDGE = "causes:\n  - {problem: 物流延迟, why: [{cause: 人手不足, root: true}]}\n"


@pytest.fixture
def reading(project):
    """A project where 01 writes what the knowledge file says, 06 reads knowledge, and 08 the goals."""
    (project / "knowledge.yaml").write_text(KNOWLEDGE, encoding="utf-8")
    file = project / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: knowledge.yaml\n", encoding="utf-8")
    for name in ("02_collect", "03_clean_and_tag", "04_analyse", "05_root_cause", "07_track"):
        write_notebook(project, name, OPEN, SAVE, "step.save(**frames)")
    write_notebook(project, "01_plan", OPEN, SAVE, GOALS, "step.save(**frames)")
    write_notebook(project, "06_improve", OPEN, SAVE, "step.knowledge", "step.save(**frames)")
    last = ("step.read('goals')", "step.alerts", "step.save(**frames)")
    write_notebook(project, "08_report", OPEN, SAVE, *last)
    return project


def warn(project, day):
    """An alert of the report in the register."""
    engine = registered.opened(params.load(project / "params.yaml"))
    alert = Alert("Y001", "新开", day, day, day, "其他", "清零", 9, 0.0)
    alerts.add(engine, [alert], report="小店", at=datetime(2026, 10, 1))
    engine.dispose()


def run(project, **choice):
    """The steps that were run, in their order."""
    events = []
    pipeline.run(
        params.load(project / "params.yaml"), clock=lambda: datetime(2026, 10, 1), progress=events.append,
        choice=pipeline.Choice(**choice),
    )  # fmt: skip
    return sorted(event.step.name[:2] for event in events if event.state == "done")


def test_whoever_read_what_changed_is_run_again(reading, caplog):
    assert len(run(reading)) == 8
    assert run(reading, only="07_track") == ["07"]
    more = KNOWLEDGE + "  - {problem: 服务态度, why: [{cause: 缺少培训, root: true}]}\n"
    (reading / "knowledge.yaml").write_text(more, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert run(reading, only="07_track") == ["01", "06", "07", "08"]
    assert "根因与措施 已改动，步骤 06_improve（改进计划）重新运行" in caplog.text
    assert "表《目标与基线》 已改动，步骤 08_report" in caplog.text
    content = runs.read(reading / "outputs" / "小店" / "2026-09")
    assert content["reused"] == ["02_collect", "03_clean_and_tag", "04_analyse", "05_root_cause"]
    assert set(content["steps"]["08_report"]["read"]) == {"goals"}


MORE = KNOWLEDGE + "  - {problem: 服务态度, why: [{cause: 缺少培训, root: true}]}\n"
EDIT = "import pathlib; pathlib.Path(params_file).with_name({name!r}).write_text({words!r}, encoding='utf-8')"


def test_knowledge_edited_while_a_run_goes_on_is_read_again_by_whoever_had_read_it(reading, caplog):
    """06 has read the file before 08 begins; the report holds one state of it."""
    words = EDIT.format(name="knowledge.yaml", words=MORE)
    write_notebook(reading, "08_report", OPEN, SAVE, words, "step.knowledge.causes", "step.save(**frames)")
    with caplog.at_level(logging.WARNING):
        assert run(reading) == ["01", "01", "02", "03", "04", "05", "06", "06", "07", "08"]
    assert "根因与措施 已改动，步骤 06_improve（改进计划）重新运行" in caplog.text
    assert run(reading) == []


def test_a_file_edited_again_and_again_while_a_run_goes_on_is_no_report(reading):
    more = f"words = {KNOWLEDGE!r} + '  - {{problem: 其他, why: [{{cause: 第 %s 个}}]}}\\n' % time.time_ns()"
    write = "pathlib.Path(params_file).with_name('knowledge.yaml').write_text(words, encoding='utf-8')"
    again = f"import pathlib, time\n{more}\n{write}"
    write_notebook(reading, "06_improve", OPEN, SAVE, "step.knowledge.causes", again, "step.save(**frames)")
    with pytest.raises(ParamsError, match=r"在运行期间又改动了.*没有发布"):
        run(reading)
    assert not (reading / "outputs" / "小店").exists()


def test_what_is_made_of_a_report_may_be_edited_while_its_run_goes_on(reading):
    file = reading / "params.yaml"
    other = file.read_text(encoding="utf-8").replace("html: false", "html: true")
    edit = EDIT.format(name="params.yaml", words=other)
    write_notebook(reading, "03_clean_and_tag", OPEN, SAVE, edit, "step.save(**frames)")
    run(reading)
    (run_json,) = (reading / "outputs" / "小店").glob("*/run.json")
    assert json.loads(run_json.read_text(encoding="utf-8"))["rendered"]["html"] is False  # as when it began


def test_params_edited_while_a_run_goes_on_are_no_report(reading):
    other = (reading / "params.yaml").read_text(encoding="utf-8") + "seed: 5\n"
    write_notebook(
        reading,
        "03_clean_and_tag",
        OPEN,
        SAVE,
        EDIT.format(name="params.yaml", words=other),
        "step.save(**frames)",
    )
    with pytest.raises(ParamsError, match=r"params\.yaml 在运行期间又改动了"):
        run(reading)
    assert not (reading / "outputs" / "小店").exists()


def test_a_whole_run_repeats_only_the_steps_that_read_what_changed(reading):
    assert len(run(reading)) == 8
    assert run(reading) == []  # nothing changed
    warn(reading, date(2026, 10, 3))  # after the period's end
    assert run(reading) == []
    warn(reading, date(2026, 9, 27))
    assert run(reading) == ["08"]
    (reading / "knowledge.yaml").write_text("causes: []\n", encoding="utf-8")
    assert run(reading) == ["01", "06", "08"]
    folder = reading / "outputs" / "小店" / "2026-09"
    repeated = runs.read(folder)
    taken = ["02_collect", "03_clean_and_tag", "04_analyse", "05_root_cause", "07_track"]
    assert sorted(repeated["reused"]) == taken
    assert run(reading) == []  # a part repeated is as good as a whole
    more = 'causes: []  # 待查\ndecisions: [{decision: 换承运商, at: "2026-04-06", owner: 李强}]\n'
    (reading / "knowledge.yaml").write_text(more, encoding="utf-8")
    assert run(reading) == ["06"]  # 01 reads causes alone, and a remark is nothing
    repeated = runs.read(folder)
    assert len(run(reading, force=True)) == 8
    assert runs.read(folder)["files"] == repeated["files"] and runs.read(folder)["reused"] == []


@pytest.mark.parametrize("harm", ["a page edited", "another form asked for", "a package replaced"])
def test_nothing_is_taken_over_from_a_run_that_is_not_what_would_be_made(
    reading, harm, monkeypatch, two_steps
):
    run(reading)
    (reading / "knowledge.yaml").write_text("causes: []\n", encoding="utf-8")
    if harm == "a page edited":
        page = next((reading / "outputs" / "小店" / "2026-09" / "notebooks").glob("02_*.ipynb"))
        page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    elif harm == "another form asked for":
        file = reading / "params.yaml"
        asked = file.read_text(encoding="utf-8").replace("html: false", "html: true")
        assert "html: true" in asked
        file.write_text(asked, encoding="utf-8")
    else:
        monkeypatch.setattr(inputs, "versions", lambda: {"pandas": "99"})
    assert run(reading) == ["02", "03"]


def test_a_run_of_an_older_version_is_made_whole_first(reading, two_steps):
    run(reading)
    place = reading / "outputs" / "小店" / "2026-09" / "run.json"
    content = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(json.dumps({**content, "steps": {}}), encoding="utf-8")
    with pytest.raises(ParamsError, match="请先完整运行一次"):
        run(reading, start="03_clean_and_tag")


def test_by_hand_one_line_says_that_a_table_is_older_than_what_it_was_made_from(reading, caplog):
    run(reading)
    file = str(reading / "params.yaml")
    with caplog.at_level(logging.WARNING):
        open_step("08_report", file).read("goals")
        assert "请先重新运行" not in caplog.text
        (reading / "knowledge.yaml").write_text("causes: []\n", encoding="utf-8")
        step = open_step("08_report", file)
        step.read("goals")
        step.read("metrics")
    told = "第 01 步“前期准备”的结果（《目标与基线》等表）算出以后改动过根因与措施，请先重新运行这一步"
    assert caplog.text.count("算出以后改动过") == caplog.text.count(told) == 1


def test_each_thing_a_step_reads_has_a_hash_that_changes_with_it(reading):
    def now(step="03_clean_and_tag"):
        settings = params.load(reading / "params.yaml")
        return {name: freshness.part(name, settings, find(step)) for name in freshness.PARTS}

    before = now()
    assert now() == before
    (reading / "data" / "工单.csv").write_text("工单号,反馈内容\n2,好\n", encoding="utf-8")
    write_notebook(reading, "03_clean_and_tag", FAST)
    file = reading / "params.yaml"
    file.write_text(
        file.read_text(encoding="utf-8") + "steps: {03_clean_and_tag: {top_n: 4}}\n", encoding="utf-8"
    )
    after = now()
    assert {name for name in before if before[name] != after[name]} == {"inputs", "code", "knobs"}
