"""Corrections reach a run: read without making anything, told apart by their content."""

from datetime import datetime

import pandas as pd
import pytest

from tests.run.conftest import OPEN, SAVE, write_notebook
from voc_lib import cli, params, schema
from voc_lib.collect import archive
from voc_lib.errors import ParamsError
from voc_lib.register import codings, store
from voc_lib.run.record import inputs, registered
from voc_lib.run.steps import STEPS
from voc_lib.run.workflow import pipeline
from voc_lib.run.workflow.step import open_step

AT = datetime(2026, 10, 1, 8, 0)
ROW = {"channel": "在线客服", "source": "工单", "text": "太慢了", "file": "工单.csv", "line": 2}


def test_reading_without_a_register_makes_none(settings):
    assert registered.corrections(settings).empty
    assert not (settings.outputs / "register.db").exists()


def test_a_step_gets_the_corrections_of_its_own_rows(project):
    step = open_step("03_clean_and_tag", str(project / "params.yaml"))
    for feedback_id in ("工单:1", "of-another-report"):
        store.add_correction(step.register, feedback_id, "EC-LOG", who="王敏", at=AT)
    rows = pd.DataFrame({"source": "工单", "feedback_id": ["1", "2"]}, dtype="str")
    held = step.corrections(rows)
    assert held[["feedback_id", "tags"]].values.tolist() == [["1", "EC-LOG"]]
    assert held[["urgency", "intent"]].isna().all(axis=None)
    assert (project / "outputs" / "register.db").is_file()
    step.register.dispose()


@pytest.fixture
def archived(settings):
    """The fingerprint as of now, of a report whose archive holds 1 (September) and 2 (October)."""
    frame = pd.DataFrame(
        {"feedback_id": ["1", "2"], "created_at": pd.to_datetime(["2026-09-02", "2026-10-02"])}
    )
    archive.write(schema.shape(frame.assign(**ROW), schema.HISTORY), settings.outputs / "archive" / "小店")
    return lambda: inputs.fingerprint(inputs.decided(settings), settings)


def test_a_correction_makes_the_inputs_differ_and_taking_it_back_the_same_again(settings, archived):
    before, engine = archived(), registered.opened(settings)
    store.add_correction(engine, "工单:1", "EC-LOG", who="王敏", at=AT)
    assert archived() != before
    store.withdraw(engine, "工单:1", who="王敏", at=AT, seen=1)
    assert archived() == before
    engine.dispose()


def test_a_blind_answer_makes_the_inputs_differ_too(settings, archived):
    before, engine = archived(), registered.opened(settings)
    codings.add(engine, "工单:1", "EC-LOG", coder="王敏", at=AT)
    assert archived() != before
    assert registered.corrections(settings).empty and len(registered.answers(settings)) == 1
    engine.dispose()


def test_corrections_of_other_reports_and_of_later_periods_do_not(settings, archived):
    before, engine = archived(), registered.opened(settings)
    for feedback_id in ("of-another-report", "工单:2"):
        store.add_correction(engine, feedback_id, "EC-LOG", who="王敏", at=AT)
        codings.add(engine, feedback_id, "EC-LOG", coder="王敏", at=AT)
    assert archived() == before
    engine.dispose()


def test_a_correction_made_while_a_run_goes_on_is_news_to_the_next(settings, archived):
    started, engine = inputs.decided(settings), registered.opened(settings)
    store.add_correction(engine, "工单:1", "EC-LOG", who="王敏", at=AT)
    assert inputs.fingerprint(started, settings) != archived()
    engine.dispose()


def test_a_run_lists_what_people_have_set_among_its_inputs(settings, archived, two_steps):
    engine = registered.opened(settings)
    for feedback_id in ("工单:1", "of-another-report"):
        store.add_correction(engine, feedback_id, "EC-LOG", who="王敏", at=AT)
    codings.add(engine, "工单:1", "EC-LOG", coder="李强", at=AT)
    engine.dispose()
    content = pipeline.run(settings, clock=lambda: AT).manifest
    lines = [item for item in content["inputs"] if item["path"] == "outputs/register.db"]
    assert [(line["role"], line["rows"], len(line["sha256"])) for line in lines] == [
        ("人工更正", 1, 64),
        ("独立标注", 1, 64),
    ]
    assert pipeline.run(settings, clock=lambda: AT).unchanged


def test_a_correction_stays_with_its_feedback_when_another_source_brings_the_same_id(settings, archived):
    engine, folder = registered.opened(settings), settings.outputs / "archive" / "小店"
    store.add_correction(engine, "工单:1", "EC-LOG", who="王敏", at=AT)
    earlier = {**ROW, "source": "评价", "feedback_id": ["1"], "created_at": pd.Timestamp("2026-08-01")}
    archive.write(schema.shape(pd.DataFrame(earlier), schema.HISTORY), folder)
    rows = archive.read(folder)
    held = registered.of(rows, registered.corrections(settings)).merge(rows, on="feedback_id")
    assert held[["source", "feedback_id"]].values.tolist() == [["工单", "工单:1"]]
    engine.dispose()


@pytest.mark.parametrize(("twin", "key"), [(False, "工单:1"), (True, ":1")])
def test_an_old_correction_finds_its_feedback_unless_two_sources_have_it(settings, archived, twin, key):
    if twin:
        row = {**ROW, "source": "评价", "feedback_id": ["1"], "created_at": pd.Timestamp("2026-08-01")}
        archive.write(schema.shape(pd.DataFrame(row), schema.HISTORY), settings.outputs / "archive" / "小店")
    engine = registered.opened(settings)
    store.add_correction(engine, ":1", "EC-LOG", who="王敏", at=AT)
    engine.dispose()
    assert registered.corrections(settings)["feedback_id"].tolist() == [key]
    assert ("1 条更正找不到对应的反馈" in registered.lost(settings)) == twin


def test_a_correction_without_its_feedback_is_told_unless_it_is_of_another_report(settings, archived):
    engine = registered.opened(settings)
    for feedback_id in ("工单:1", "工单:gone", "别的报告:9"):
        store.add_correction(engine, feedback_id, "EC-LOG", who="王敏", at=AT)
    engine.dispose()
    told = registered.lost(settings)
    assert "1 条更正找不到" in told and "工单:gone" in told and "别的" not in told
    rows = pd.DataFrame({"source": ["工单"], "feedback_id": ["gone"]}, dtype="str")
    assert registered.lost(settings, rows) == ""


def test_an_earlier_revision_of_the_register_is_read_as_it_was(settings, archived):
    engine = registered.opened(settings)
    store.add_correction(engine, "工单:1", "EC-LOG", who="王敏", at=AT)
    codings.add(engine, "工单:2", "EC-LOG", coder="王敏", at=AT)
    first = registered.pinned(settings, at=AT)
    store.add_correction(engine, "工单:1", "EC-PRI", who="李强", at=AT, seen=1)
    codings.add(engine, "工单:2", "", coder="王敏", at=AT)
    engine.dispose()
    assert registered.corrections(settings)["tags"].tolist() == ["EC-PRI"]
    assert registered.corrections(first)["tags"].tolist() == ["EC-LOG"]
    assert len(registered.answers(first)) == 1 and registered.answers(settings).empty
    assert registered.pinned(settings, at=AT).revision == 2
    with pytest.raises(ParamsError, match="没有第 9 次修订，最新的是第 2 次"):
        registered.pinned(settings.model_copy(update={"revision": 9}), at=AT)


def test_without_a_register_there_is_no_revision_of_it(settings):
    assert registered.pinned(settings, at=AT).revision == 0
    with pytest.raises(ParamsError, match="还没有登记库"):
        registered.pinned(settings.model_copy(update={"revision": 3}), at=AT)
    assert not (settings.outputs / "register.db").exists()


SEES = """import pathlib
held = step.settings.revision, len(step.corrections(rows)), len(step.knowledge.measures)
pathlib.Path(folder, "tables", "seen.txt").write_text(str(held))"""
ROWS = "import pandas as pd\nrows = pd.DataFrame({'source': '工单', 'feedback_id': ['1', '2']}, dtype='str')"
MEANWHILE = """from datetime import datetime
from voc_lib.register import store
about = {"who": "李强", "at": datetime(2026, 10, 1), "seen": store.current(step.register, "工单:2")[0]}
store.add_correction(step.register, "工单:2", "EC-LOG", **about)"""
MEASURE = "measures:\n  - {id: M1, problem: 物流延迟, goal: g, action: a, owner: 王敏, department: d, "


def test_a_run_reads_the_register_as_it_stood_when_it_began_and_says_so(project, two_steps):
    file = project / "params.yaml"
    more = "knowledge: register\nindustry: ecommerce\n"
    file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
    written = project / "k.yaml"
    written.write_text(MEASURE + "start: 2026-03-01, due: 2026-04-30}\n", encoding="utf-8")
    assert cli.call(["knowledge", "import", str(file), str(written)]) == 0
    first, second = (spec.name for spec in STEPS[:2])
    write_notebook(project, first, OPEN, MEANWHILE, SAVE)
    write_notebook(project, second, OPEN, ROWS, SEES, SAVE)
    seen = project / "outputs" / "小店" / "2026-09" / "tables" / "seen.txt"

    def run(**options):
        return pipeline.run(params.load(file, **options), clock=lambda: AT).manifest

    content = run()
    assert content["register"] == {"revision": 1} and seen.read_text() == "(1, 0, 1)"
    assert ("知识", 1) in [(line["role"], line["rows"]) for line in content["inputs"]]
    written.write_text("measures: []\n", encoding="utf-8")
    assert cli.call(["knowledge", "import", str(file), str(written), "--replace"]) == 0
    assert run()["register"] == {"revision": 2} and seen.read_text() == "(2, 1, 0)"
    assert run(revision=1)["register"] == {"revision": 1} and seen.read_text() == "(1, 0, 1)"


def test_the_register_can_be_a_file_or_a_variable(project, monkeypatch):
    file = project / "params.yaml"
    words = file.read_text(encoding="utf-8")
    file.write_text(f"{words}register: 更正/r.db\n", encoding="utf-8")
    registered.opened(params.load(file)).dispose()
    assert (project / "更正" / "r.db").is_file()
    file.write_text(words + "register: ${VOC_REGISTER}\n", encoding="utf-8")
    with pytest.raises(ParamsError, match="VOC_REGISTER 没有设置"):
        registered.corrections(params.load(file))
    monkeypatch.setenv("VOC_REGISTER", f"sqlite:///{project}/elsewhere.db")
    assert registered.corrections(params.load(file)).empty
    file.write_text(f"{words}register: 'postgresql://u:pw@h/d'\n", encoding="utf-8")
    with pytest.raises(ParamsError, match=r"只能写成 \$\{环境变量名\}") as caught:
        params.load(file)
    assert "pw" not in str(caught.value)
