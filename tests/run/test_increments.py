"""Runs over a database with a watermark: the second reads what changed alone, and the ledger closes."""

from datetime import datetime

import pandas as pd
import pytest
import yaml

from tests.collect.test_watermark import LATER, SOURCE, lite
from tests.run.conftest import clock
from voc_lib import params
from voc_lib.collect import watermark
from voc_lib.collect.withdrawn import Chosen
from voc_lib.period import Period
from voc_lib.run import upkeep
from voc_lib.run.record import inputs
from voc_lib.run.tables import read_table
from voc_lib.run.workflow import pipeline

__all__ = ["lite"]


@pytest.fixture
def settings(tmp_path):
    """Nothing to read but the database; the notebooks of the house."""
    source = {"name": "工单", "channel": "客服"} | {name: value for name, value in SOURCE.items() if value}
    content = {"name": "店", "industry": "ecommerce", "period": "2026-09", "sources": [source]}
    content["render"] = {"html": False, "pdf": False, "excel": False}
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return params.load(file)


def published(settings):
    """Some tables of a run."""
    folder = pipeline.run(settings, clock=clock).folder / "tables"
    return {name: read_table(folder / f"{name}.parquet") for name in ("notes", "tagged", "ledger", "ratings")}


def test_a_second_run_reads_only_what_is_new_and_corrected_and_the_ledger_closes(lite, settings, two_steps):
    before = published(settings)
    lite.put(*LATER)
    after = published(settings)
    assert not [note for note in before["notes"]["note"] if "增量读取" in note]
    (note,) = [note for note in after["notes"]["note"] if "增量读取" in note]
    assert "现有 5 行，这次读取新增和改动的 3 行" in note
    texts = [made["tagged"].set_index("feedback_id")["text"].to_dict() for made in (before, after)]
    corrected, new = ((str(row[0]), row[1]) for row in LATER)
    assert texts[1] == texts[0] | dict([corrected, new]) and texts[0][corrected[0]] != corrected[1]
    for made, kept in ((before, 4), (after, 5)):
        line = made["ledger"].iloc[0]
        assert (line["read"], line["quarantined"]) == (kept, 0) and line["read"] == line["kept"]
        assert line["kept"] == line["merged"] + line["issues"] + line["rated"]
        assert pd.concat([made["tagged"], made["ratings"]])["feedback_id"].nunique() == kept
    assert watermark.read(settings.archive)["工单"].until == LATER[1][-1]


def test_a_database_rows_of_which_were_taken_out_is_read_whole_again(lite, settings, two_steps):
    """Also where a run failed before, so that the archive holds more than the last published run counted."""
    before = published(settings)
    held = watermark.read(settings.archive)["工单"]
    watermark.advance({"工单": held}, settings.archive, {"工单": 0})  # as few as were kept then
    signed = {"who": "王敏", "why": "交错了", "at": datetime(2026, 10, 1, 9)}
    upkeep.withdraw(settings, Chosen(Period.parse("2026-09")), **signed)
    assert watermark.read(settings.archive) == {}
    after = published(settings)
    assert len(after["tagged"]) == len(before["tagged"])


def test_what_was_taken_out_of_one_month_makes_no_other_stale(lite, settings, two_steps):
    published(settings)
    other = params.load(settings.file, period="2026-08")
    before = inputs.history(other), inputs.history(settings)
    signed = {"who": "王敏", "why": "交错了", "at": datetime(2026, 10, 1, 9)}
    upkeep.withdraw(settings, Chosen(Period.parse("2026-09")), **signed)
    assert inputs.history(other) == before[0] and inputs.history(settings) != before[1]
    upkeep.put_back(settings, 1, who="王敏", at=signed["at"])
    assert [name for name, _ in inputs.history(settings)] == [name for name, _ in before[1]]
