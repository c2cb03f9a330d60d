"""The working list of a service team: each issue of a period with its state, what is overdue, what is P0."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.schema.words import URGENCIES
from voc_lib.stats import handling, raised, voices
from voc_lib.tag.problem import problems
from voc_lib.tag.records import department, state
from voc_lib.tag.taxonomy import Taxonomy

NOBODY, NOWHERE = "未分派", "未指定部门"
AGES = {"age_3": (0.0, 3.0), "age_7": (3.0, 7.0), "age_30": (7.0, 30.0), "age_more": (30.0, float("inf"))}
# what the lists ask of the issues of all months: who had them open until when, and what a case says
LASTING = ["issue_id", "feedback_ids", "created_at", "again_at", "source", "channel", "text", "urgency"]
LASTING += ["urgency_why", "due_at", "status", "first_response_at", "closed_at", "handler", "department"]
LASTING += ["primary_tag", "intent", "problem", "counted", "customer_type", "region"]
COUNTING = ["intent", "problem", "counted"]  # what says whether a row counts
LATE, IN_TIME, NOT_DUE, UNTRACKED = "是", "否", "未到期", "无处理记录"


def detailed(issues: pd.DataFrame, taxonomy: Taxonomy, period: Period) -> pd.DataFrame:
    """The issues as known at the end of the period, with what the working lists add.

    department (the source's, else the tag's), `category` (the type statistics count it under; in brackets
    why it is not counted), `counts`, `overdue` (是, 否, 未到期, 无处理记录), overdue_days, age_days.
    """
    end = handling.end_of(period)
    rows = handling.known_at(issues, end)
    rows = rows.assign(department=department(rows, taxonomy))
    mine = raised.complaints(rows[rows.columns.intersection(COUNTING)]).index
    counts = rows.index.isin(mine)
    open_, until = handling.open_at(rows, end), rows["closed_at"].fillna(end)
    days = (until - rows["due_at"]).dt.total_seconds() / 86_400
    return rows.assign(
        counts=counts,
        category=rows["primary_tag"].where(counts, _uncounted(rows)),
        overdue=_overdue(rows, open_, end),
        overdue_days=days.where(handling.tracked(rows) & (days > 0)),
        age_days=((until - rows["created_at"]).dt.total_seconds() / 86_400).where(
            handling.tracked(rows) & (until >= rows["created_at"])
        ),
        open=open_,
    )


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """schema.TICKETS: a row per issue for a pivot table, plain types; rows of `detailed` in."""
    ordered = rows.sort_values(["created_at", "issue_id"], ignore_index=True)
    status = state(ordered["status"], ordered["closed_at"])
    day = ordered["created_at"].dt.normalize()
    filled = ordered.assign(
        day=day,
        month=ordered["created_at"].dt.strftime("%Y-%m"),
        counts=ordered["counts"].astype("int64"),
        status=status,
        handler=ordered["handler"].fillna(NOBODY),
        department=ordered["department"].fillna(NOWHERE),
        again=ordered["repeat_count"] - 1,
    )
    return schema.shape(filled, schema.TICKETS)


def overdue(rows: pd.DataFrame) -> pd.DataFrame:
    """schema.OVERDUE: problems open past their due time, by department and handler, the latest first."""
    late = rows["open"] & (rows["overdue"] == LATE) & problems(rows)
    return schema.shape(_cases(rows[late]), schema.OVERDUE)


def urgent(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.URGENT: the P0 issues of the period, open ones first, by department and handler."""
    spoke = rows[voices.spoke(rows, period) & (rows["urgency"] == URGENCIES[0])]
    return schema.shape(_cases(spoke), schema.URGENT)


def load(late: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """schema.LOAD: per department and handler how many are overdue, by age, and how many P0 are open.

    `late` is schema.OVERDUE, `first` schema.URGENT; the longest list first.
    """
    keys = ["department", "handler"]
    counts = late.groupby(keys, observed=True)["age_days"].agg(late="size", oldest="max")
    for name, (low, high) in AGES.items():
        inside = late[(late["age_days"] > low) & (late["age_days"] <= high)]
        counts[name] = inside.groupby(keys, observed=True).size()
    waiting = first[first["open"].fillna(False).astype(bool)].groupby(keys, observed=True).size()
    frame = counts.join(waiting.rename("urgent"), how="outer").reset_index()
    filled = frame.fillna({name: 0 for name in ("late", "urgent", *AGES)})
    order = ["late", "urgent", *keys]
    filled = filled.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    return schema.shape(filled, schema.LOAD)


def crossed(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.TICKET_CROSS: problems of the period by type and urgency, with overdue and open ones.

    The rows and their sum are those of schema.CATEGORY_STATS.
    """
    mine = rows.loc[raised.problems(rows, period).index]
    grouped = mine.groupby("primary_tag", observed=True)
    counts = pd.DataFrame(
        {level: mine["urgency"].eq(level).groupby(mine["primary_tag"]).sum() for level in URGENCIES}
    )
    frame = counts.rename(columns={level: level.lower() for level in URGENCIES}).assign(
        n=grouped.size(),
        open=mine["open"].groupby(mine["primary_tag"]).sum(),
        late=(mine["open"] & mine["overdue"].eq(LATE)).groupby(mine["primary_tag"]).sum(),
    )
    frame = frame.reindex(raised.order(frame["n"])).rename_axis("category").reset_index()
    return schema.shape(frame, schema.TICKET_CROSS)


def _uncounted(rows: pd.DataFrame) -> pd.Series:
    """Why a row is no part of the statistics, in brackets."""
    praise = ("（不是问题：" + rows["intent"].fillna("其他") + "）").astype("str")
    return praise.where(~problems(rows), "（相同文字，不计）")


def _overdue(rows: pd.DataFrame, open_: pd.Series, end: pd.Timestamp) -> pd.Series:
    """Whether each was late at the end: open past its due time, or closed after it."""
    late = (open_ & (rows["due_at"] < end)) | (rows["closed_at"] > rows["due_at"])
    said = pd.Series(IN_TIME, index=rows.index, dtype="str").mask(open_ & ~late, NOT_DUE).mask(late, LATE)
    return said.mask(~handling.tracked(rows) | rows["due_at"].isna(), UNTRACKED)


def _cases(rows: pd.DataFrame) -> pd.DataFrame:
    filled = rows.assign(
        handler=rows["handler"].fillna(NOBODY),
        department=rows["department"].fillna(NOWHERE),
        status=state(rows["status"], rows["closed_at"]),
    )
    order = ["open", "department", "handler", "age_days", "issue_id"]
    return filled.sort_values(order, ascending=[False, True, True, False, True], ignore_index=True)
