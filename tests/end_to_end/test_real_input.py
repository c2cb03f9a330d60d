"""The example params on real public data, when it stands beside the project: the ledger to the row."""

import json

import openpyxl
import pandas as pd
import pytest
import yaml

from tests.end_to_end.project import ROOT, SHARED, called

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


def ran(name, folder):
    """The folder of a whole run of an example."""
    file = ROOT / "params" / "examples" / f"{name}.yaml"
    params = yaml.safe_load(file.read_text(encoding="utf-8"))
    for part in (*params["sources"], *([params["status_events"]] if "status_events" in params else [])):
        part["path"] = str((file.parent / part["path"]).resolve())
    params["outputs"] = str(folder / "outputs")
    local = folder / "params.yaml"
    local.write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
    called("run", local)
    (manifest,) = (folder / "outputs").glob("[!.]*/*/run.json")
    return manifest.parent


@pytest.fixture(params=EXAMPLES, scope="module")
def example(request, tmp_path_factory, lending):
    """Name, run folder and manifest of one example after a whole run."""
    with lending():
        run = ran(request.param, tmp_path_factory.mktemp(request.param))
    return request.param, run, json.loads((run / "run.json").read_text(encoding="utf-8"))


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


def test_incidents_are_followed_through_their_states(tmp_path, forked):
    run = ran("uci_incidents", tmp_path)
    raw = pd.read_csv(SHARED / "uci_incident_log" / "incident_event_log.csv", na_values="?")
    raw["at"] = pd.to_datetime(raw["sys_updated_at"], format="%d-%m-%Y %H:%M")
    raw = raw[raw["at"] < "2016-04-01"].sort_values("at", kind="stable")
    raw = raw[raw.groupby("number")["at"].transform("min") >= "2016-03-01"]
    assert len(raw) > 1_000
    again = raw.groupby("number")["reopen_count"].max()
    whole = pd.read_parquet(run / "tables" / "handoffs.parquet").query("giver.isna()")
    whole = whole.set_index(["kind", "hands"]).sort_index()
    for hands, column in (("处理人", "assigned_to"), ("部门", "assignment_group")):
        several = raw.dropna(subset=[column]).groupby("number")[column].nunique()
        told = whole.loc[("转手", hands), ["tickets", "base"]].tolist()
        assert told == [(several > 1).sum(), len(several)], hands
    assert (whole.loc["办结后重开", "tickets"] == (again > 0).sum()).all() and (again > 0).any()
    waits = raw[raw["incident_state"] == "Awaiting User Info"]
    lasting = pd.read_parquet(run / "tables" / "stages.parquet").query("group == '全部'")
    assert lasting.set_index("stage").loc["Awaiting User Info", "n"] >= waits["number"].nunique()
    (page,) = (run / "reports").glob("*服务质量报告*.html")
    words = page.read_text(encoding="utf-8")
    assert "转手与重开" in words and "Awaiting User Info" in words
