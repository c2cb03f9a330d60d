"""Citizen messages by their example params: a month's messages and hours to the answer as pandas counts."""

from pathlib import Path

import pandas as pd
import pytest

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.period import Period
from voc_lib.stats import handling

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared/data/tipdm2020c_gov_messages"
SHEETS = {"留言（点赞反对）": "附件3_留言_点赞反对.xlsx", "留言（答复）": "附件4_留言_答复.xlsx"}
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="公开数据不在这台机器上")


@pytest.fixture(scope="module")
def found():
    settings = params.load(ROOT / "params/examples/citizen_messages.yaml")
    return collect.load(settings, mask=privacy.mask).feedback


def times(source, column):
    """A column of times as pandas reads them."""
    table = pd.read_excel(FOLDER / SHEETS[source], engine="openpyxl")
    return pd.to_datetime(table[column].astype(str).str.strip(), format="mixed")


@pytest.mark.parametrize("source", SHEETS)
def test_messages_a_month_are_those_of_the_sheet(found, source):
    theirs = times(source, "留言时间").dt.strftime("%Y-%m").value_counts().to_dict()
    mine = found[found["source"] == source]["created_at"].dt.strftime("%Y-%m").value_counts().to_dict()
    assert mine == theirs and sum(mine.values()) > 2_000


def test_hours_to_the_answer_are_those_of_the_sheet(found):
    asked, answered = (times("留言（答复）", name) for name in ("留言时间", "答复时间"))
    hours = (answered - asked).dt.total_seconds() / 3600
    rows = found[found["source"] == "留言（答复）"]
    mine = (rows["closed_at"] - rows["created_at"]).dt.total_seconds() / 3600
    assert sorted(mine) == pytest.approx(sorted(hours))
    assert mine.median() / 24 == pytest.approx(11.2, abs=0.1)


def test_what_was_not_answered_by_the_end_of_the_quarter_still_waits(found):
    quarter = Period.parse("2019-Q3")
    rows = found[(found["source"] == "留言（答复）") & quarter.mask(found["created_at"])]
    waits = handling.waiting_hours(rows, handling.end_of(quarter), "closed_at")
    asked, answered = (times("留言（答复）", name) for name in ("留言时间", "答复时间"))
    mine = (asked >= "2019-07-01") & (asked < "2019-10-01")
    by_then = mine & (answered < "2019-10-01")
    assert (len(waits), int(waits["ended"].sum())) == (mine.sum(), by_then.sum())
    assert 0 < by_then.sum() < mine.sum()
