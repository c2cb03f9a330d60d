"""The tables of a run with nothing in them but what is an audience's own."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from voc_lib import schema
from voc_lib.clean import duplicates
from voc_lib.clean.copies import COLUMNS as COPIED
from voc_lib.clean.duplicates import PREFIX, UNIQUE
from voc_lib.period import Period
from voc_lib.run.audience.belonging import Own
from voc_lib.run.steps import STEPS
from voc_lib.stats import tickets, voices
from voc_lib.tag import records

REST = "见总报告"  # in place of words that may speak of others
RELATIVE = ["baseline", "difference", "low", "high", "p_value", "attainment", "needed"]
READ = (
    "tagged",
    "tags",
    "ratings",
    "exposure",
    "effects",
    "effect_months",
    "commitments",
    "goals",
    "team",
)
Read = Callable[[str], pd.DataFrame]


def tables(own: Own, read: Read, period: Period) -> dict[str, pd.DataFrame]:
    """Every table of the steps by name: what is the audience's, made of its rows alone; the rest is empty.

    `read` gives a table of the run. How measures, goals and promises went is taken as the run judged it, by
    what each is measured by; of figures beside a comparison group and of sentences only `REST` stays.
    """
    found = {name: schema.empty(schema.table(name)) for step in STEPS for name in step.tables}
    tagged = _tagged(read("tagged"), own)
    tags, ratings, months = read("tags"), read("ratings"), read("effect_months")
    measures = {measure.id for measure in own.known.measures if own.measure(measure)}
    found |= {
        "tagged": tagged,
        "issues": duplicates.issues(tagged),
        "tags": tags[tags["feedback_id"].isin(tagged["feedback_id"])],
        "ratings": ratings[own.rows(ratings)],
        "exposure": _exposure(read("exposure"), own),
        "effects": _effects(read("effects"), own, measures),
        "effect_months": months[months["measure_id"].isin(measures)],
        "goals": _goals(read("goals"), own),
        "commitments": _promised(read("commitments"), own),
        "team": _team(read("team"), own),
    }
    return found | _lists(found["issues"], own, period)


def _tagged(tagged: pd.DataFrame, own: Own) -> pd.DataFrame:
    """The rows of the audience, merged among themselves alone: no id, count or day of anybody else's."""
    rows = tagged[own.rows(tagged)].sort_values(["created_at", "feedback_id"], kind="stable")
    by = rows.groupby("issue_id", sort=False)
    first = ~rows["issue_id"].duplicated()
    rows = rows.assign(
        issue_id=(PREFIX + by["feedback_id"].transform("first")).astype("str"),
        repeat_count=by["feedback_id"].transform("size").astype("Int64"),
        duplicate_kind=rows["duplicate_kind"].astype("str").mask(first, UNIQUE),
    )
    return schema.shape(_copies(rows).sort_index(), schema.TAGGED)


def _copies(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the groups of equal words among them; alone, a text is no copy."""
    by = rows.groupby("copy_group", sort=False)
    size = by["issue_id"].transform("nunique")
    rows = rows.assign(
        copy_group="C-" + by["feedback_id"].transform("first").astype("str"),
        copy_size=size.astype("Int64"),
        copy_first_seen=by["created_at"].transform("min"),
        copy_kind=rows["copy_kind"].astype("str"),
    )
    rows.loc[~(size > 1), COPIED] = pd.NA
    return rows


def _lists(issues: pd.DataFrame, own: Own, period: Period) -> dict[str, pd.DataFrame]:
    """The working lists of step 3, of these issues."""
    detailed = tickets.detailed(issues, own.taxonomy, period)
    working = detailed[voices.spoke(issues, period)]
    late, first = tickets.overdue(detailed), tickets.urgent(detailed, period)
    return {
        "summary": records.summary(working),
        "requests": records.requests(working, own.taxonomy),
        "overdue": late,
        "urgent": first,
        "load": tickets.load(late, first),
        "tickets": tickets.table(working),
        "ticket_cross": tickets.crossed(detailed, period),
    }


def _exposure(exposure: pd.DataFrame, own: Own) -> pd.DataFrame:
    """The denominators of the audience; none where they are not told apart as it is."""
    where = own.audience.where
    told = bool(where) and all(column in exposure and exposure[column].notna().any() for column in where)
    return exposure[own.rows(exposure)] if told else exposure.iloc[:0]


def _effects(effects: pd.DataFrame, own: Own, measures: set[str]) -> pd.DataFrame:
    """How the measures of the audience went, without sentences that may name others."""
    mine = effects[effects["measure_id"].isin(measures)].copy()
    for column in ("note", "caution", "watch_note"):
        mine[column] = mine[column].where(mine[column].isna(), REST)
    beside = mine["measure_id"].isin(own.compared)
    mine.loc[beside, RELATIVE] = pd.NA
    mine["reason"] = mine["reason"].mask(beside, f"与对照组相比得出，{REST}")
    return mine


def _goals(goals: pd.DataFrame, own: Own) -> pd.DataFrame:
    mine = goals[goals["goal"].isin({goal.name for goal in own.goals if own.goal(goal)})]
    return mine.assign(caution=mine["caution"].where(mine["caution"].isna(), REST))


def _promised(kept: pd.DataFrame, own: Own) -> pd.DataFrame:
    names = {promise.name for promise in own.known.promises if own.metric(promise.metric)}
    return kept[kept["promise"].isin(names)]


def _team(team: pd.DataFrame, own: Own) -> pd.DataFrame:
    """The members who answer for anything of the audience; of a leader the team names, he leads."""
    mine = team[team["name"].isin(own.people)]
    return mine.assign(lead=mine["name"].isin(own.audience.leader))
