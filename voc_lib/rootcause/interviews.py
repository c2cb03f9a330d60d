"""Whom to interview about each of the leading problems, drawn by rules, and what to ask them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import RESTED_DAYS, Knowledge, called_since
from voc_lib.period import Period
from voc_lib.rootcause import evidence, standing
from voc_lib.rootcause.priority import HIGH_VALUE
from voc_lib.tag.taxonomy import OTHER
from voc_lib.tag.urgency import COMPLAINT

CHANNEL = "访谈"
PROBLEMS = 5  # the leading ones somebody is interviewed about
MOST, DEAR = 20, 10  # customers a problem, of them of high value
FIRST = ("请从头讲一遍：什么时候、在做什么、发生了什么？", "开场")
LAST = ("怎样处理，您会觉得这件事解决了？", "收尾")


def leading(quadrants: pd.DataFrame) -> list[str]:
    """The problems somebody is interviewed about, the most pressing first; schema.QUADRANTS in."""
    ranked = quadrants.sort_values("rank")["problem"].astype("str")
    return ranked[ranked != OTHER].head(PROBLEMS).tolist()


def table(
    knowledge: Knowledge, issues: pd.DataFrame, period: Period, problems: Sequence[str]
) -> pd.DataFrame:
    """访谈名单: schema.INTERVIEWS, up to MOST customers a problem, each customer once.

    Of who raised the problem in the period and is known by an id: up to DEAR of high value, then who
    complains; within both the most urgent first, then who told it most often, then the latest. Whoever was
    called or interviewed in the RESTED_DAYS before the period's end is left out.
    """
    rows = _askable(knowledge, issues, period)
    taken: set[str] = set()
    parts = []
    for problem in problems:
        told = rows[rows["primary_tag"].eq(problem).fillna(False) & ~rows["customer_id"].isin(taken)]
        drawn = _drawn(_one_each(told)).assign(problem=problem)
        taken.update(drawn["customer_id"])
        parts.append(drawn)
    found = pd.concat(parts) if parts else rows.assign(problem=None, times=0)[:0]
    named = found.assign(
        interview_id=f"{CHANNEL}-{period.label}-" + found["feedback_id"].astype("str"),
        reason=[_reason(*values) for values in zip(*(found[c] for c in REASONS), strict=True)],
    )
    return schema.shape(named.reset_index(drop=True), schema.INTERVIEWS)


REASONS = ("customer_type", "intent", "urgency", "times")


def _askable(knowledge: Knowledge, issues: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The problems of the period of customers who are known and have not been asked lately."""
    rows = evidence.problems(issues, period)
    since = period.end - timedelta(days=RESTED_DAYS)
    called = called_since(knowledge.revisits, since)
    lately = issues["created_at"] >= pd.Timestamp(since)
    asked = issues["channel"].eq(CHANNEL) | issues["feedback_ids"].str.contains(f"{CHANNEL}-", regex=False)
    rung = issues["feedback_ids"].str.split("、").map(called.isdisjoint).eq(False)
    rested = set(issues.loc[(lately & asked.fillna(False)) | rung, "customer_id"].dropna())
    return rows[rows["customer_id"].notna() & ~rows["customer_id"].isin(rested)]


def _one_each(told: pd.DataFrame) -> pd.DataFrame:
    """The most pressing issue of each customer, with how many `times` they told the problem."""
    times = told.groupby("customer_id")["repeat_count"].transform("sum").fillna(1).astype("int64")
    ranked = told.assign(times=times).sort_values(
        ["urgency", "times", "created_at", "feedback_id"], ascending=[True, False, False, True]
    )
    return ranked.drop_duplicates("customer_id")


def _drawn(ranked: pd.DataFrame) -> pd.DataFrame:
    dear = ranked[ranked["customer_type"].eq(HIGH_VALUE).fillna(False)].head(DEAR)
    others = ranked[ranked["intent"].eq(COMPLAINT).fillna(False) & ~ranked.index.isin(dear.index)]
    return pd.concat([dear, others.head(MOST - len(dear))])


def _reason(customer: str, intent: str, urgency: str, times: int) -> str:
    parts = [HIGH_VALUE if customer == HIGH_VALUE else "", COMPLAINT if intent == COMPLAINT else ""]
    return "，".join(filter(None, [*parts, urgency, f"反映 {times} 次" if times > 1 else ""]))


def outline(knowledge: Knowledge, problems: Sequence[str]) -> pd.DataFrame:
    """访谈提纲: schema.INTERVIEW_OUTLINE, a row per question to ask about each problem, in order.

    Of what is still to be found out, of causes nobody tested, of where the asking why stopped before a root.
    """
    rows = [
        (problem, number, question, about)
        for problem in problems
        for number, (question, about) in enumerate(_questions(knowledge, problem), start=1)
    ]
    frame = pd.DataFrame(rows, columns=["problem", "number", "question", "about"])
    return schema.shape(frame, schema.INTERVIEW_OUTLINE)


def _questions(knowledge: Knowledge, problem: str) -> Iterator[tuple[str, str]]:
    yield FIRST
    analysis = knowledge.analysis(problem)
    if analysis:
        for asked in analysis.questions:
            if not asked.answer:
                yield asked.question, f"待查清（{asked.owner}）"
        for node in standing.hypotheses(analysis):
            cause, chain = node.cause.cause, " → ".join(node.path)
            yield f"当时有没有遇到与“{cause}”有关的情况？请讲一件具体的事。", f"假设：{chain}"
        for node in standing.unfinished(analysis):
            yield (
                f"为什么会“{node.cause.cause}”？您看到或听到了什么？",
                f"还没有问到底：{' → '.join(node.path)}",
            )
    yield LAST
