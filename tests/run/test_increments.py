"""Runs over a database with a watermark: the second reads what changed alone, and the ledger closes."""

import pandas as pd
import pytest
import yaml

from tests.collect.test_watermark import LATER, SOURCE, lite
from tests.run.conftest import clock
from voc_lib import params
from voc_lib.collect import watermark
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
