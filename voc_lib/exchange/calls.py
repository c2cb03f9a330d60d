"""Calls and messages against the feedback there is: who is next, and ids nobody can have called."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache

import pandas as pd

from voc_lib.collect import archive, ledger
from voc_lib.knowledge import Message, Revisit
from voc_lib.params import Settings
from voc_lib.run.record import runs
from voc_lib.run.tables import read_table
from voc_lib.schema.words import TO_TELL
from voc_lib.yamlfile import shipped

EACH = 20  # customers listed per measure
TELLING = ["measure_id", "phase", "customer_id", "feedback_ids", "created_at", "text", "message"]
LISTED = ["measure_id", "customer_id", "feedback_ids", "created_at", "text", "reason"]


def strangers(settings: Settings, ids: Collection[str]) -> dict[str, str]:
    """Feedback id -> why nobody can have been called about it; nothing while no feedback is archived."""
    rows = archive.read(settings.archive) if ids else pd.DataFrame()
    if rows.empty:
        return {}
    plain = ledger.plain_ids(rows)["feedback_id"]
    names = pd.DataFrame({"own": rows["feedback_id"], "key": ledger.keys(rows), "plain": plain})
    there = set(names.to_numpy().ravel())
    gone = set(names[rows["status"].isin(_words())].to_numpy().ravel())
    faults = {ident: "没有这条反馈；请核对反馈ID" for ident in ids if ident not in there}
    return faults | {ident: "这条反馈已由客户撤回，不能计入回访" for ident in ids if ident in gone}


@cache
def _words() -> list[str]:
    return list(shipped("voc_lib.exchange", "calls.yaml")["withdrawn"])


def waiting(settings: Settings, called: Iterable[Revisit]) -> pd.DataFrame:
    """Customers of the last run's call list nobody has called yet, the first of each measure: `LISTED`.

    `feedback_ids` is the latest of theirs. Empty where step 7 has not been run.
    """
    table = runs.newest([runs.published_folder(settings), runs.work_folder(settings)], "followups")
    if table is None:
        return pd.DataFrame(columns=LISTED)
    rows = read_table(table)[LISTED]
    done = {(visit.measure, visit.feedback_id) for visit in called}
    ids = rows["feedback_ids"].str.split("、")
    pairs = zip(rows["measure_id"], ids, strict=True)
    open_ = [not any((measure, ident) in done for ident in theirs) for measure, theirs in pairs]
    left = rows.assign(feedback_ids=ids.str[-1])[open_]
    return left.groupby("measure_id", sort=False).head(EACH).reset_index(drop=True)


def untold(settings: Settings, told: Iterable[Message]) -> pd.DataFrame:
    """Customers of the last run's list whom nobody has told yet, the first of each measure: `TELLING`.

    `feedback_ids` is the latest of theirs. Empty where step 7 has not been run.
    """
    table = runs.newest([runs.published_folder(settings), runs.work_folder(settings)], "telling")
    if table is None:
        return pd.DataFrame(columns=TELLING)
    rows = read_table(table)
    rows = rows.loc[rows["state"] == TO_TELL, TELLING]
    done = {(one.measure, one.phase, one.feedback_id) for one in told}
    ids = rows["feedback_ids"].str.split("、")
    keys = zip(rows["measure_id"], rows["phase"], ids, strict=True)
    open_ = [not any((measure, phase, ident) in done for ident in theirs) for measure, phase, theirs in keys]
    left = rows.assign(feedback_ids=ids.str[-1])[open_]
    return left.groupby("measure_id", sort=False).head(EACH).reset_index(drop=True)
