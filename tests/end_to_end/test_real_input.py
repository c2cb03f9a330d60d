"""The example params on real public data, when it stands beside the project: the ledger to the row."""

import json

import openpyxl
import pandas as pd
import pytest
import yaml

from tests.end_to_end.project import ROOT, SHARED, voc

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="公开数据不在项目旁边（shared/data）")
EXAMPLES = {
    "citizen_messages": {
        "附件3_留言_点赞反对.xlsx": "tipdm2020c_gov_messages",
        "附件4_留言_答复.xlsx": "tipdm2020c_gov_messages",
    },
    "car_complaints": {"car_complain_20200608_utf8bom.csv": "car_complaints_12365"},
}


def rows_in(path) -> int:
    """Rows below the header, counted by another reader than the product's."""
    if path.suffix == ".csv":
        return len(pd.read_csv(path, dtype=str, keep_default_na=False))
    sheet = openpyxl.load_workbook(path, read_only=True).active
    return sum(any(cell is not None for cell in row) for row in sheet.iter_rows(min_row=2, values_only=True))


@pytest.fixture(params=EXAMPLES, scope="module")
def example(request, tmp_path_factory):
    """Name, run folder and manifest of one example after a whole run."""
    folder = tmp_path_factory.mktemp(request.param)
    file = ROOT / "params" / "examples" / f"{request.param}.yaml"
    params = yaml.safe_load(file.read_text(encoding="utf-8"))
    for source in params["sources"]:
        source["path"] = str((file.parent / source["path"]).resolve())
    params["outputs"] = str(folder / "outputs")
    local = folder / "params.yaml"
    local.write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    voc("run", local)
    (manifest,) = (folder / "outputs").glob("[!.]*/*/run.json")
    return request.param, manifest.parent, json.loads(manifest.read_text(encoding="utf-8"))


def test_ledger_holds_every_row_of_the_files(example):
    name, _, manifest = example
    ledger = {row["file"]: row for row in manifest["ledger"]}
    assert set(ledger) == set(EXAMPLES[name])
    for file, folder in EXAMPLES[name].items():
        row = ledger[file]
        assert row["read"] == rows_in(SHARED / folder / file)
        assert row["read"] == row["kept"] + row["quarantined"]
        assert row["kept"] == row["merged"] + row["issues"]
        assert row["kept"] >= 0.99 * row["read"]


def test_reports_speak_of_the_classes_of_the_taxonomy(example):
    _, run, _ = example
    stats = pd.read_parquet(run / "tables" / "category_stats.parquet")
    assert stats["n"].sum() > 100 and stats["share"].sum() == pytest.approx(1)
    other = stats.loc[stats["category"] == "其他", "share"]
    assert not len(other) or other.iloc[0] < 0.5
    assert len(list((run / "reports").glob("*.pdf"))) == 9  # the eight, and how the tickets were handled
