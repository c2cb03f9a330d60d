"""The judges' grid, through the widgets themselves: what is chosen there is a sheet step 5 reads, or said."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import params, schema
from voc_lib.exchange import scores as sheets
from voc_lib.rootcause import judges
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table
from voc_lib.widgets import scores

PROBLEMS = ["慢", "<b>乱", "=1+1"]


@pytest.fixture
def file(tmp_path):
    """A params file whose report has ranked three problems and 其他."""
    made = tmp_path / "params.yaml"
    raw = {"name": "小店", "period": "2026-09", "sources": [{"name": "a", "path": "a.csv"}]}
    raw["appraisal"] = {"scores": "评分/*.xlsx"}
    made.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    rows = {"rank": [1, 2, 3, 4], "problem": [*PROBLEMS, "其他"], "quadrant": ["观察"] * 4}
    place = runs.published_folder(params.load(made)) / "tables"
    place.mkdir(parents=True)
    write_table(schema.shape(pd.DataFrame(rows), schema.QUADRANTS), place / "quadrants.parquet")
    return str(made)


def score(panel, *marks):
    for problem, mark in zip(PROBLEMS, marks, strict=True):
        for cell in panel.cells[problem].values():
            cell.value = mark


def test_what_is_chosen_is_a_sheet_the_fifth_step_reads_and_comes_back(file):
    panel = scores.panel(file, who="王敏")
    assert [*panel.cells] == PROBLEMS and scores.BLIND in panel.agreed.value
    score(panel, "5", "3", "")
    panel.save()
    assert "已保存 12 格：评分表_王敏.xlsx" in panel.said.value and "appraisal" not in panel.said.value
    found = judges.read(params.load(file), PROBLEMS)
    assert set(found["judge"]) == {"王敏"} and found["score"].tolist() == [5.0] * 6 + [3.0] * 6
    again = scores.panel(file, who="王敏")
    assert again.cells["慢"]["紧急性"].value == "5" and again.cells["=1+1"]["紧急性"].value == ""


def test_agreement_is_shown_to_who_has_scored_and_is_that_of_the_report(file):
    for who, marks in (("王敏", "531"), ("李强", "421"), ("赵六", "541")):
        panel = scores.panel(file, who=who)
        score(panel, *marks)
        panel.save()
    agreed = judges.agreement(judges.read(params.load(file), PROBLEMS))
    assert agreed["judges"].tolist() == [3] * 6 and agreed["w"].tolist() == pytest.approx([1.0] * 6)
    assert "李强 18/18 格、王敏 18/18 格、赵六 18/18 格" in panel.agreed.value
    assert panel.agreed.value.count("一致") >= 6 and "<table" in panel.agreed.value
    assert scores.BLIND in scores.panel(file, who="新来的").agreed.value


def test_a_sheet_filled_in_excel_counts_and_may_be_changed_here(file):
    settings = params.load(file)
    sheets.keep(settings, "李强", {"慢": {"紧急性": "4"}, "<b>乱": {}, "=1+1": {}})
    panel = scores.panel(file)
    panel.judge.value = "李强"
    assert panel.cells["慢"]["紧急性"].value == "4" and scores.FEW in panel.agreed.value
    panel.cells["慢"]["紧急性"].value = "2"
    panel.save()
    assert sheets.read(settings)["score"].tolist() == [2.0]


def test_what_cannot_be_kept_is_said_and_what_was_chosen_stays(file):
    panel = scores.panel(file, who="王/敏")
    score(panel, "5", "3", "1")
    panel.save()
    for who, words in (("王_敏", "另一位评委的评分表"), ("", "没有写评委")):
        panel.judge.value = who
        score(panel, "1", "1", "1")
        panel.save()
        assert words in panel.said.value and panel.cells["慢"]["紧急性"].value == "1"
    assert set(sheets.read(params.load(file))["judge"]) == {"王/敏"}


def test_before_the_fifth_step_there_is_nothing_to_score(shop):
    panel = scores.panel(str(shop / "params.yaml"), who="王敏")
    assert "还没有排出问题" in panel.said.value and panel.cells == {}


def test_params_that_read_one_file_alone_are_told_what_to_write(file):
    words = Path(file).read_text(encoding="utf-8")
    Path(file).write_text(words.replace("评分/*.xlsx", "评分/全部.xlsx"), encoding="utf-8")
    panel = scores.panel(file, who="王敏")
    panel.save()
    assert "只读 全部.xlsx" in panel.said.value and "评分/*.xlsx" in panel.said.value
