"""The reports of the sample shop against the truths planted in its data."""

import hashlib
import zipfile
from pathlib import Path

import ahocorasick_rs
import openpyxl
import pandas as pd
import pytest
import yaml
from pypdf import PdfReader

from voc_lib import schema
from voc_lib.run.steps import STEPS
from voc_lib.text.normalize import normalize

CASES = Path(__file__).parents[1] / "cases"
MAIN = ["物流延迟", "功能异常", "服务态度", "退换货流程", "其他"]
DELIVERABLES = yaml.safe_load((CASES / "deliverables.yaml").read_text(encoding="utf-8"))


def test_every_step_publishes_its_deliverables(project):
    made = {path.relative_to(project.run).as_posix() for path in project.run.rglob("*") if path.is_file()}
    for spec in (spec for spec in STEPS if spec.deliverable not in project.manifest["absent"]):
        number = spec.number
        for form in ("html", "pdf"):
            assert [path for path in made if path.startswith(f"reports/{number}_") and path.endswith(form)]
        assert f"notebooks/{spec.name}.ipynb" in made
        assert not spec.workbook or f"excel/{spec.workbook}.xlsx" in made
        assert {f"tables/{table}.parquet" for table in spec.tables} <= made
    assert (project.outputs / "index.html").is_file()


@pytest.mark.parametrize("case", DELIVERABLES, ids=lambda case: case["sheet"])
def test_workbooks_have_the_columns_of_the_specification(project, case):
    workbook = openpyxl.load_workbook(project.run / "excel" / f"{case['book']}.xlsx", read_only=True)
    heads = [str(cell.value) for cell in next(workbook[case["sheet"]].iter_rows(max_row=1))]
    missing = set(case["columns"]) - set(heads)
    assert not missing, heads


def test_ledger_closes_to_the_row_and_equals_the_files(project):
    ledger, truth = project.table("ledger").set_index("file"), project.truth
    assert ledger["read"].to_dict() == truth["rows"]
    assert ledger["quarantined"].to_dict() == truth["quarantined"]
    assert ledger["rated"].to_dict() == truth["rated"]
    assert ledger["in_period"].to_dict() == truth["in_period"]
    assert (ledger["read"] == ledger["kept"] + ledger["quarantined"]).all()
    assert (ledger["kept"] == ledger["merged"] + ledger["issues"] + ledger["rated"]).all()
    assert len(project.table("ratings")) == sum(truth["rated"].values())
    assert len(project.table("quarantine")) == sum(truth["quarantined"].values())


def test_only_the_plan_reads_measures_whole_and_the_words_it_alone_shows(project):
    used = {name: " ".join(record["used"]).split() for name, record in project.manifest["steps"].items()}
    whole = {"measures", "measures.resources"}
    assert [name for name, parts in used.items() if whole & {*parts}] == ["06_improve"]


def test_manifest_holds_the_ledger_the_inputs_and_the_hash_of_every_file(project):
    manifest = project.manifest
    assert manifest["status"] == "published" and manifest["period"] == "2026-09"
    assert sum(row["read"] for row in manifest["ledger"]) == sum(project.truth["rows"].values())
    assert all(len(item["sha256"]) == 64 for item in manifest["inputs"])
    listed = {item["path"]: item["sha256"] for item in manifest["files"]}
    there = {p.relative_to(project.run).as_posix() for p in project.run.rglob("*") if p.is_file()}
    assert there - {"run.json"} == set(listed)
    for path, digest in listed.items():
        assert hashlib.sha256((project.run / path).read_bytes()).hexdigest() == digest


def test_category_shares_are_those_planted(project):
    stats = project.table("category_stats").set_index("category")
    planted = project.truth["problems"]["2026-09"]
    total = sum(part["n"] for part in planted.values())
    assert abs(stats["n"].sum() - total) <= 0.02 * total
    for name in MAIN:
        assert stats["share"][name] == pytest.approx(planted[name]["n"] / total, abs=0.03), name


def test_primary_tags_agree_with_the_truth(project):
    truth = pd.DataFrame.from_dict(project.truth["feedback"], orient="index")
    tagged = project.table("tagged").set_index("feedback_id")
    both = truth.join(tagged["primary_tag"], how="inner").query("category in @MAIN and intent != '表扬'")
    plain = both[~both["hard"].astype(bool)]
    assert len(both) > 5000
    assert (plain["category"] == plain["primary_tag"]).mean() >= 0.9
    assert (both["category"] == both["primary_tag"]).mean() >= 0.85


def test_the_burst_is_among_the_emerging_issues(project):
    terms = project.table("emerging")["term"].tolist()
    assert any(planted in term for term in terms[:5] for planted in project.truth["burst"]["terms"]), terms


def test_the_summary_opens_with_the_rise_the_burst_and_the_failed_measure(project):
    found = project.table("findings").head(5)
    assert found["subject"][0] == "问题总量" and found["direction"][0] == "变坏"
    assert any(
        word in subject for subject in found["subject"][1:3] for word in project.truth["burst"]["terms"]
    )
    failed = [name for name, verdict in project.truth["measures"].items() if verdict == "未达标"]
    assert set(failed) <= set(found["subject"])
    (page,) = project.outputs.glob("*/*/reports/08_*.html")
    text = page.read_text(encoding="utf-8")
    assert text.index("问题总量上升") < text.index("没有达到目标") < text.rindex("全部发现")


def test_measures_get_the_planted_verdicts(project):
    effects = project.table("effects").set_index("measure_id")["verdict"]
    assert effects.reindex(list(project.truth["measures"])).to_dict() == project.truth["measures"]


def test_every_planted_duplicate_is_merged_and_little_else(project):
    issue = project.table("tagged").set_index("feedback_id")["issue_id"]
    groups = [group["feedback_ids"] for group in project.truth["duplicates"]]
    missed = [ids for ids in groups if issue.reindex(ids).nunique() != 1]
    assert not missed
    planted = sum(len(ids) - 1 for ids in groups)
    assert project.table("ledger")["merged"].sum() <= planted * 1.1


def test_every_planted_campaign_is_marked_and_stays_as_many_issues(project):
    tagged = project.table("tagged").set_index("feedback_id")
    for ids in (group["feedback_ids"] for group in project.truth["campaigns"]):
        rows = tagged.loc[ids]
        assert rows["copy_group"].nunique(dropna=False) == 1 and rows["issue_id"].nunique() == len(ids)
        bought = rows["customer_id"].notna().all()  # who is known in the sample has orders
        assert (rows["copy_kind"] == ("相同文字" if bought else "群发文案")).all()
        assert (rows["copy_size"] >= len(ids)).all()


def published_text(project):
    """Every published file as text, by its path."""
    for path in sorted(project.run.rglob("*")):
        if path.suffix in (".html", ".json", ".ipynb"):
            yield path, path.read_text(encoding="utf-8")
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield path, "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
        elif path.suffix == ".pdf":
            yield path, "\n".join(page.extract_text() for page in PdfReader(path).pages)
        elif path.suffix == ".parquet":
            yield path, pd.read_parquet(path).astype("str").to_csv(index=False)


def personal(project) -> ahocorasick_rs.AhoCorasick:
    """Finds every planted personal string and customer number."""
    words = [item["value"] for item in project.truth["personal"]] + project.truth["customer_ids"]
    assert len(words) > 5000
    return ahocorasick_rs.AhoCorasick(words)


def test_no_personal_string_is_in_any_published_byte(project):
    finder = personal(project)
    found = {path.name: finder.find_matches_as_strings(text)[:3] for path, text in published_text(project)}
    assert len(found) > 50
    assert not {name: hits for name, hits in found.items() if hits}


def test_no_personal_string_is_in_archive_index_or_work_folders(project):
    archived = [pd.read_parquet(path) for path in sorted((project.outputs / "archive").rglob("*.parquet"))]
    words = pd.concat(archived).astype("str").to_csv(index=False)
    words += (project.outputs / "index.html").read_text(encoding="utf-8")
    assert not personal(project).find_matches_as_strings(words)
    assert not (project.outputs / ".staging").exists() or not list((project.outputs / ".staging").iterdir())


def test_order_numbers_are_not_masked(project):
    words = "\n".join(project.table("tagged")["text"])
    kept = [value for value in project.truth["not_personal"] if value in words]
    assert len(kept) >= 0.97 * len(project.truth["not_personal"])


def test_text_columns_hold_the_customers_words(project):
    tagged = project.table("tagged")
    assert tagged["text"].str.contains(r"\[手机号\]").any()
    assert normalize(tagged["text"]).notna().all()


@pytest.mark.parametrize("spec", [s for s in STEPS if s.tables], ids=lambda spec: spec.name)
def test_every_table_keeps_its_contract(project, spec):
    for name in spec.tables:
        table = schema.table(name)
        schema.check(schema.shape(project.table(name), table), table)
