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
ALONE = "可能只排了一列，或剪切、拖动过格子，请用没有动过的工作簿填写，排序时整张表一起排"


def faults(ids: Collection[str], rows: pd.DataFrame) -> dict[str, str]:
    """Feedback id, as reports or its source write it -> why nobody can have been called about it."""
    names = _names(rows)
    there = set(names.to_numpy().ravel())
    gone = set(names[rows["status"].isin(_withdrawn())].to_numpy().ravel())
    found = {ident: "没有这条反馈；请核对反馈ID" for ident in ids if ident not in there}
    return found | {ident: "这条反馈已由客户撤回，不能计入回访" for ident in ids if ident in gone}


def others(said: Collection[tuple[str, str]], rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Feedback id and customer -> why it is the feedback of somebody else; “” is any customer.

    >>> rows = pd.DataFrame({"feedback_id": ["F1", "F2"], "source": "工单", "customer_id": ["C1", None]})
    >>> list(others([("F1", "C1"), ("F1", "C2"), ("F1", ""), ("F2", "C2")], rows))
    [('F1', 'C2')]
    """
    known = rows.dropna(subset="customer_id")
    names = _names(known)
    mine = names.isin({ident for ident, customer in said if customer}).any(axis=1)
    named = names[mine].assign(customer=known["customer_id"]).melt("customer")
    there = set(zip(named["value"], named["customer"], strict=True))
    owned = {ident for ident, _ in there}
    told = "“反馈ID” 不是这一行 “客户编号” 的反馈；"
    return {
        (ident, customer): f"{told}{ALONE}"
        for ident, customer in said
        if customer and ident in owned and (ident, customer) not in there
    }


def _names(rows: pd.DataFrame) -> pd.DataFrame:
    """The ids reports or the sources may write for each row."""
    plain = ledger.plain_ids(rows)["feedback_id"]
    return pd.DataFrame({"own": rows["feedback_id"], "key": ledger.keys(rows), "plain": plain})


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
