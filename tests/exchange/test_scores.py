"""The score sheet for judges: written, filled in, read back by step 5."""

import openpyxl
import pandas as pd
import pytest
import yaml

from voc_lib import params, schema
from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange import scores
from voc_lib.rootcause import judges
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "params.yaml"
    raw = {"name": "小店", "period": "2026-09", "sources": [{"name": "a", "path": "a.csv"}]}
    raw["appraisal"] = {"scores": "评分/*.xlsx"}
    file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return params.load(file)


def ranked(settings):
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    rows = {"rank": [1, 2, 3, 4], "problem": ["慢", "其他", "=1+1", "少"], "quadrant": ["观察"] * 4}
    write_table(schema.shape(pd.DataFrame(rows), schema.QUADRANTS), folder / "quadrants.parquet")


def test_filled_sheets_come_back_as_judgements(settings, tmp_path):
    ranked(settings)
    files = scores.export(settings, tmp_path / "评分", judged_by=["评委1", "评委2"])
    for file in files:
        book = openpyxl.load_workbook(file)
        sheet = book[judges.SHEET]
        heads = {cell.value: cell.column for cell in sheet[1]}
        for row in (2, 3, 4):
            sheet.cell(row, heads["紧急性"], 6 - row)
        book.save(file)
    found = judges.read(settings, ["慢", "=1+1", "少"])
    assert len(found) == 6 and found["judge"].nunique() == 2
    assert judges.agreement(found)["w"].tolist() == [pytest.approx(1)]


def test_nothing_is_written_over_and_nothing_without_a_report(settings, tmp_path):
    with pytest.raises(DataError, match="还没有排出问题"):
        scores.export(settings, tmp_path / "评分", judged_by=["评委1"])
    ranked(settings)
    scores.export(settings, tmp_path / "评分", judged_by=["评委1"])
    with pytest.raises(ParamsError, match="已存在"):
        scores.export(settings, tmp_path / "评分", judged_by=["评委1"])
