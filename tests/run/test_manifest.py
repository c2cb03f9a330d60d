"""run.json: what it says of a run folder is what is there, and what is no longer so is found."""

from datetime import datetime

import pandas as pd
import pytest

from voc_lib import params, schema
from voc_lib.errors import ParamsError
from voc_lib.period import Period
from voc_lib.run.record import inputs, manifest, runs
from voc_lib.run.tables import write_table

SEPTEMBER = Period.parse("2026-09")
FILES = ["reports/08_总结.html", "excel/另一本.xlsx", "tables/issues.parquet", "notebooks/notes.txt"]


@pytest.fixture
def folder(tmp_path):
    """A run folder with files of each kind."""
    for path in FILES:
        place = tmp_path / "run" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"内容 {path}", encoding="utf-8")
    return tmp_path / "run"


@pytest.fixture
def published(folder):
    manifest.write(folder, {"run_id": "x", "files": manifest.files(folder, SEPTEMBER, "customers")})
    return folder


def ledger(*rows):
    """schema.LEDGER of (source, file, read, kept) a row."""
    lines = [{"source": s, "file": f, "read": read, "kept": kept} for s, f, read, kept in rows]
    return schema.shape(pd.DataFrame(lines), schema.LEDGER)


def test_every_file_is_listed_once_with_its_size_and_hash_but_not_the_manifest(published):
    listed = {file["path"]: file for file in runs.require(published)["files"]}
    assert set(listed) == set(FILES)
    for path, file in listed.items():
        assert (file["bytes"], file["sha256"]) == (
            (published / path).stat().st_size,
            inputs.sha256(published / path),
        )


def test_a_file_says_which_step_made_it_and_what_it_is(folder):
    told = {
        file["path"]: (file["step"], file["title"]) for file in manifest.files(folder, SEPTEMBER, "customers")
    }
    assert told["tables/issues.parquet"] == ("03_clean_and_tag", schema.table("issues").title)
    assert told["notebooks/notes.txt"] == ("", "notes")
    step, title = told["reports/08_总结.html"]
    assert step == "08_report" and "总结" in title
    assert told["excel/另一本.xlsx"] == ("", "另一本")


def test_a_workbook_belongs_to_the_step_that_names_it(folder):
    from voc_lib.run.steps import find

    spec = find("04_analyse")
    (folder / "excel" / f"{spec.workbook}.xlsx").write_text("x")
    book = f"excel/{spec.workbook}.xlsx"
    (told,) = (file for file in manifest.files(folder, SEPTEMBER, "customers") if file["path"] == book)
    assert (told["step"], told["title"]) == (spec.name, spec.workbook)


def test_nothing_is_found_in_a_run_as_it_was_published(published):
    assert manifest.verify(published) == []


def test_what_is_gone_changed_or_new_is_named(published):
    (published / "tables/issues.parquet").unlink()
    (published / "excel/另一本.xlsx").write_text("anders")
    (published / "b.txt").write_text("new")
    (published / "a.txt").write_text("new")
    assert manifest.verify(published) == [
        "tables/issues.parquet 不见了",
        "excel/另一本.xlsx 的内容与发布时不同",
        "a.txt 发布时没有",
        "b.txt 发布时没有",
    ]


def test_a_second_manifest_deeper_down_is_a_file_like_any_other(published):
    (published / "tables" / runs.FILE).write_text("{}")
    assert manifest.verify(published) == [f"tables/{runs.FILE} 发布时没有"]


def test_a_folder_without_a_manifest_cannot_be_verified(folder):
    with pytest.raises(ParamsError, match="不是已发布的运行"):
        manifest.verify(folder)


def test_a_manifest_is_words_one_can_read(published):
    words = (published / runs.FILE).read_text(encoding="utf-8")
    assert "另一本" in words and words.endswith("}\n")


def built(folder, project, **more):
    settings = params.load(project / "params.yaml")
    told = {
        "run_id": "r1",
        "times": (datetime(2026, 10, 1, 8), datetime(2026, 10, 1, 9)),
        "seconds": {"02_collect": 1.26, "03_clean_and_tag": 2.0},
        "before": inputs.decided(settings),
        "whole": True,
    }
    return settings, manifest.build(settings, folder, **{**told, **more})


def test_a_manifest_says_what_was_read_from_which_file_and_what_was_noticed(project, folder):
    write_table(
        ledger(("工单", "工单.csv", 5, 4), ("工单", "工单.csv", 2, 2)), folder / "tables" / "ledger.parquet"
    )
    write_table(pd.DataFrame({"note": ["第 3 行改了"]}), folder / "tables" / "notes.parquet")
    _, content = built(folder, project)
    assert [(line["read"], line["kept"]) for line in content["ledger"]] == [(5, 4), (2, 2)]
    assert content["notes"] == ["第 3 行改了"]
    (file,) = (each for each in content["inputs"] if each["role"] == "工单")
    assert file["rows"] == 7
    assert content["seconds"] == {"02_collect": 1.3, "03_clean_and_tag": 2.0}
    assert (content["started_at"], content["finished_at"]) == ("2026-10-01T08:00:00", "2026-10-01T09:00:00")


def test_without_tables_there_is_no_ledger_and_only_a_whole_run_has_a_fingerprint(project, folder):
    settings, whole = built(folder, project)
    _, part = built(folder, project, whole=False)
    assert (whole["ledger"], whole["notes"]) == ([], [])
    assert whole["fingerprint"] == inputs.fingerprint(inputs.decided(settings), settings) != ""
    assert part["fingerprint"] == "" and {**part, "fingerprint": ""} == {**whole, "fingerprint": ""}
    assert whole["params"]["name"] == "小店" and whole["period_title"] == "2026年9月"
