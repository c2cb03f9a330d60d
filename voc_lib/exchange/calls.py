"""Calls and messages against the feedback there is: who is next, on which day, and ids nobody can have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from voc_lib import workcal
from voc_lib.collect import archive
from voc_lib.improve import rounds, visits, watch
from voc_lib.knowledge import RESTED_DAYS, Knowledge, Message, Revisit, called_since
from voc_lib.params import Settings
from voc_lib.run.record import runs
from voc_lib.run.tables import read_table
from voc_lib.schema.words import TO_TELL

EACH = 20  # customers told of a measure listed at once
A_WEEK = 20  # calls of an owner a week
WEEK_DAYS = 5
TELLING = ["measure_id", "phase", "customer_id", "feedback_ids", "created_at", "text", "message"]
LISTED = ["measure_id", "customer_id", "feedback_ids", "created_at", "text", "reason"]


def strangers(settings: Settings, said: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Feedback id and customer (“” if not told) -> why nobody can have been called so; nothing while no
    feedback is archived."""
    rows = archive.read(settings.archive) if said else pd.DataFrame()
    if rows.empty:
        return {}
    unknown = visits.faults({ident for ident, _ in said}, rows)
    return visits.others(said, rows) | {pair: unknown[pair[0]] for pair in said if pair[0] in unknown}


def waiting(settings: Settings, found: Knowledge, *, today: date) -> pd.DataFrame:
    """Customers of the last run's call list to call next, each once, in the order of the list: `LISTED`.

    Nobody without an id, nobody reached about the measure in its round and since it slipped, nor about
    another within RESTED_DAYS, nor who withdrew. `feedback_ids` is the latest of theirs. Empty where step 7
    has not been run.
    """
    table = _newest(settings, "followups")
    if table is None:
        return pd.DataFrame(columns=LISTED)
    now = {m.id: m for m in rounds.current(found, today).measures if not m.cancelled}
    rows = read_table(table)[LISTED]
    rows = rows[rows["customer_id"].notna() & rows["measure_id"].isin(list(now))]
    back = watch.slipped(read_table(effects)) if (effects := _newest(settings, "effects")) else {}
    mine = [visit for visit in found.revisits if visit.measure in now]
    held = [visit for visit in mine if rounds.holds(visit, now[visit.measure], back.get(visit.measure))]
    done = {(visit.measure, visit.feedback_id) for visit in held}
    others = [visit for visit in found.revisits if visit.measure not in now]
    lately = called_since([*held, *others], today - timedelta(days=RESTED_DAYS))
    ids = rows["feedback_ids"].str.split("、")
    rested = set(rows.loc[~ids.map(lately.isdisjoint).astype(bool), "customer_id"])
    pairs = zip(rows["measure_id"], ids, strict=True)
    open_ = [not any((measure, ident) in done for ident in theirs) for measure, theirs in pairs]
    left = standing(settings, rows.loc[np.array(open_, dtype=bool)])
    return left[~left["customer_id"].isin(rested)].drop_duplicates("customer_id").reset_index(drop=True)


def standing(settings: Settings, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of customers who have not withdrawn; `feedback_ids` is the latest of theirs that stands."""
    ids = rows["feedback_ids"].str.split("、")
    gone = {ident for ident, _ in strangers(settings, {(one, "") for theirs in ids for one in theirs})}
    left = ids.map(lambda theirs: [one for one in theirs if one not in gone])
    return rows.assign(feedback_ids=left.str[-1])[left.str.len() > 0]


def _newest(settings: Settings, name: str) -> Path | None:
    return runs.newest([runs.published_folder(settings), runs.work_folder(settings)], name)


def made(called: Iterable[Revisit], owners: Mapping[str, str], *, today: date) -> Counter[str]:
    """How many calls each owner has made in the week of a day."""
    monday = today - timedelta(days=today.weekday())
    week = [visit.measure for visit in called if visit.at and monday <= visit.at <= today]
    return Counter(owners[measure] for measure in week if measure in owners)


def spread(
    rows: pd.DataFrame,
    owners: Mapping[str, str],
    *,
    today: date,
    a_week: int = A_WEEK,
    made: Mapping[str, int] = MappingProxyType({}),
) -> pd.DataFrame:
    """The calls left to each owner in a week, `a_week` at most with those `made`, and the `day` of each.

    `owners` are of measures. An owner's measures take turns; the next working days are filled evenly.

    >>> calls = pd.DataFrame({"measure_id": ["M01"] * 3 + ["M02"], "customer_id": list("abcd")})
    >>> week = spread(calls, {"M01": "王敏", "M02": "王敏"}, today=date(2026, 9, 30), a_week=3)
    >>> list(zip(week["customer_id"], week["day"]))
    [('a', '2026-09-30'), ('d', '2026-10-08'), ('b', '2026-10-09')]
    """
    if rows.empty:
        return rows.assign(day="")
    days = _week(today)
    owner = rows["measure_id"].map(owners)
    turn = rows.groupby("measure_id").cumcount()
    ordered = rows.assign(owner=owner, turn=turn)[owner.notna()].sort_values("turn", kind="stable")
    place = ordered.groupby("owner").cumcount()
    within = place < a_week - ordered["owner"].map(made).fillna(0)
    chosen = ordered[within]
    size = chosen.groupby("owner")["turn"].transform("size")
    slots = (place[within] * WEEK_DAYS // size.clip(lower=WEEK_DAYS)).astype(int)
    return chosen.assign(day=[days[slot] for slot in slots]).drop(columns=["owner", "turn"])


def _week(today: date) -> list[str]:
    """The working days from a day on, as many as a week has."""
    found: list[str] = []
    while len(found) < WEEK_DAYS:
        found += [str(today)] if workcal.working(today) else []
        today += timedelta(days=1)
    return found


def untold(settings: Settings, told: Iterable[Message]) -> pd.DataFrame:
    """Customers of the last run's list whom nobody has told yet, the first of each measure: `TELLING`.

    `feedback_ids` is the latest of theirs. Empty where step 7 has not been run.
    """
    table = _newest(settings, "telling")
    if table is None:
        return pd.DataFrame(columns=TELLING)
    rows = read_table(table)
    rows = rows.loc[rows["state"] == TO_TELL, TELLING]
    done = {(one.measure, one.phase, one.feedback_id) for one in told}
    ids = rows["feedback_ids"].str.split("、")
    keys = zip(rows["measure_id"], rows["phase"], ids, strict=True)
    open_ = [not any((measure, phase, ident) in done for ident in theirs) for measure, phase, theirs in keys]
    left = standing(settings, rows.loc[np.array(open_, dtype=bool)])
    return left.groupby("measure_id", sort=False).head(EACH).reset_index(drop=True)
