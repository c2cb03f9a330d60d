"""Calls against the feedback there is: which nobody can have made, so that none of them counts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache

import pandas as pd

from voc_lib.collect import ledger
from voc_lib.knowledge import Knowledge, Measure, Revisit
from voc_lib.yamlfile import shipped

NEEDED = ("feedback_id", "source", "status")
SHOWN = 5


def faults(ids: Collection[str], rows: pd.DataFrame) -> dict[str, str]:
    """Feedback id, as reports or its source write it -> why nobody can have been called about it."""
    plain = ledger.plain_ids(rows)["feedback_id"]
    names = pd.DataFrame({"own": rows["feedback_id"], "key": ledger.keys(rows), "plain": plain})
    there = set(names.to_numpy().ravel())
    gone = set(names[rows["status"].isin(_withdrawn())].to_numpy().ravel())
    found = {ident: "没有这条反馈；请核对反馈ID" for ident in ids if ident not in there}
    return found | {ident: "这条反馈已由客户撤回，不能计入回访" for ident in ids if ident in gone}


@cache
def _withdrawn() -> list[str]:
    return list(shipped("voc_lib.improve", "visits.yaml")["withdrawn"])


def counted(knowledge: Knowledge, rows: pd.DataFrame | None) -> tuple[Knowledge, list[Revisit]]:
    """The knowledge with the calls that count, and those left out; all count where `rows` do not tell."""
    ids = {visit.feedback_id for visit in knowledge.revisits}
    if rows is None or not len(rows) or not ids or not set(NEEDED) <= set(rows):
        return knowledge, []
    wrong = faults(ids, rows)
    kept = [visit for visit in knowledge.revisits if visit.feedback_id not in wrong]
    lost = [visit for visit in knowledge.revisits if visit.feedback_id in wrong]
    return knowledge.model_copy(update={"revisits": kept}), lost


def told(lost: Collection[Revisit], measure: Measure, as_of: date) -> list[str]:
    """A sentence about the calls of a measure that do not count, or none.

    >>> visit = Revisit(measure="M01", feedback_id="F9", score=1)
    >>> told([visit], Measure.model_construct(id="M01"), date(2026, 9, 30))
    ['1 次回访没有计入：没有这条反馈，或客户已撤回（F9）']
    """
    mine = [v.feedback_id for v in lost if v.measure == measure.id and (v.at is None or v.at <= as_of)]
    if not mine:
        return []
    more = "等" if len(mine) > SHOWN else ""
    return [f"{len(mine)} 次回访没有计入：没有这条反馈，或客户已撤回（{'、'.join(mine[:SHOWN])}{more}）"]
