"""Corrections reach a run: read without making anything, told apart by their content."""

from datetime import datetime

import pandas as pd
import pytest

from voc_lib import params
from voc_lib.errors import ParamsError
from voc_lib.register import codings, store
from voc_lib.run import inputs, registered
from voc_lib.run.step import open_step

AT = datetime(2026, 10, 1, 8, 0)


def test_reading_without_a_register_makes_none(settings):
    assert registered.corrections(settings).empty
    assert not (settings.outputs / "register.db").exists()


def test_a_step_gets_the_corrections_of_its_own_rows(project):
    step = open_step("03_clean_and_tag", str(project / "params.yaml"))
    for feedback_id in ("1", "of-another-report"):
        store.add_correction(step.register, feedback_id, "EC-LOG", who="王敏", at=AT)
    rows = pd.DataFrame({"feedback_id": ["1", "2"]}, dtype="str")
    held = step.corrections(rows)
    assert held[["feedback_id", "tags"]].values.tolist() == [["1", "EC-LOG"]]
    assert held[["urgency", "intent"]].isna().all(axis=None)
    assert (project / "outputs" / "register.db").is_file()
    step.register.dispose()


def test_a_correction_makes_the_inputs_differ_and_taking_it_back_the_same_again(settings):
    before = inputs.decided(settings)
    engine = registered.opened(settings)
    store.add_correction(engine, "1", "EC-LOG", who="王敏", at=AT)
    assert inputs.decided(settings) != before
    store.withdraw(engine, "1", who="王敏", at=AT, seen=1)
    assert inputs.decided(settings) == before
    engine.dispose()


def test_a_blind_answer_makes_the_inputs_differ_too(settings):
    before = inputs.decided(settings)
    engine = registered.opened(settings)
    codings.add(engine, "1", "EC-LOG", coder="王敏", at=AT)
    assert inputs.decided(settings) != before
    assert registered.corrections(settings).empty and len(registered.answers(settings)) == 1
    engine.dispose()


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
