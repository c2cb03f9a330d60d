"""What happened to each issue: hours to answer and solution, deadlines kept, solved at first contact."""

from __future__ import annotations

import pandas as pd

from voc_lib.metric import LONGEST
from voc_lib.period import Period
from voc_lib.tag.records import state

FOLLOW_UP_DAYS = 7  # for how long an issue is watched for being raised again
DONE = ("已完成", "关闭")
UNDER_WAY = "处理中"
STATELESS = 0.5  # share of its closed issues told open above which a source does not keep their state


def end_of(period: Period) -> pd.Timestamp:
    """The first moment after the period.

    >>> end_of(Period.parse("2026-09"))
    Timestamp('2026-10-01 00:00:00')
    """
    return pd.Timestamp(period.end) + pd.Timedelta(days=1)


def known_at(rows: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """The rows as they stood just before `moment`: later responses and closings blank, those issues open.

    So is the closing of an issue that was opened again (`reopened`): it is open from then on.

    >>> times = {"first_response_at": pd.Timestamp("2026-09-28"), "closed_at": pd.Timestamp("2026-10-02")}
    >>> rows = pd.DataFrame([{"source": "工单", "status": "已完成", **times}])
    >>> then = known_at(rows, pd.Timestamp("2026-10-01"))
    >>> then.loc[0, "status"], then.loc[0, "closed_at"]
    ('处理中', NaT)
    """
    rows = rows.assign(closed_at=rows["closed_at"].mask(reopened(rows)))
    answered, closed_at = (rows[c].where(rows[c] < moment) for c in ("first_response_at", "closed_at"))
    later = (rows["closed_at"] >= moment) | (rows["first_response_at"] >= moment)
    status = rows["status"].mask(later & closed_at.isna(), UNDER_WAY)
    return rows.assign(status=status, first_response_at=answered, closed_at=closed_at)


def response_hours(rows: pd.DataFrame) -> pd.Series:
    """Natural hours from feedback to first response; negative or impossible ones are missing."""
    return _plausible(raw_hours(rows, "first_response_at"))


def handling_hours(rows: pd.DataFrame) -> pd.Series:
    """Natural hours from feedback to closing; open issues and impossible durations are missing."""
    return _plausible(raw_hours(rows, "closed_at"))


def raw_hours(rows: pd.DataFrame, until: str) -> pd.Series:
    """Natural hours from feedback to the column `until`, as recorded."""
    return (rows[until] - rows["created_at"]).dt.total_seconds() / 3600


def _plausible(hours: pd.Series) -> pd.Series:
    return hours.where((hours >= 0) & (hours <= LONGEST))


def waiting_hours(rows: pd.DataFrame, as_of: pd.Timestamp, until: str = "closed_at") -> pd.DataFrame:
    """Hours until `until` (`ended`), or until `as_of` for what still waited then; tracked issues only.

    Who was done at an unknown or impossible time (before it was raised, after three years) is left out.
    """
    seen = rows[tracked(rows) & (rows["created_at"] < as_of)]
    seen = seen.assign(closed_at=seen["closed_at"].mask(reopened(seen)))
    ended = seen[until].notna() & (seen[until] < as_of)
    impossible = seen[until].notna() & _plausible(raw_hours(seen, until)).isna()
    unknown = impossible | (closed(seen) & seen["closed_at"].isna() & ~ended)
    hours = ((seen[until].where(ended, as_of)) - seen["created_at"]).dt.total_seconds() / 3600
    frame = pd.DataFrame({"hours": _plausible(hours), "ended": ended})
    return frame[~unknown & frame["hours"].notna()]


def repeated_at(issue_ids: pd.Series, feedback: pd.DataFrame) -> pd.Series:
    """When each issue was raised again for the first time; `feedback` has issue_id, created_at of each row.

    >>> days = pd.to_datetime(["2026-09-01", "2026-09-04", "2026-09-02"])
    >>> said = pd.DataFrame({"issue_id": ["A", "A", "B"], "created_at": days})
    >>> repeated_at(pd.Series(["B", "A"]), said).dt.day.tolist()
    [nan, 4.0]
    """
    ordered = feedback[["issue_id", "created_at"]].dropna().sort_values("created_at", kind="stable")
    again = ordered[ordered.groupby("issue_id", sort=False).cumcount() == 1].set_index("issue_id")
    return again["created_at"].reindex(issue_ids).set_axis(issue_ids.index)


def solved_within(rows: pd.DataFrame, as_of: pd.Timestamp, days: int = FOLLOW_UP_DAYS) -> pd.Series:
    """True done and not raised again within `days`, False raised again within them, missing while open.

    Every issue is followed equally long: those raised less than `days` before `as_of` are missing. `rows` has
    `repeated_at`.
    """
    last = rows["created_at"] + pd.Timedelta(days=days)
    again = rows["repeated_at"].notna() & (rows["repeated_at"] <= last) & rows["customer_id"].notna()
    known = tracked(rows) & (last <= as_of) & (closed(rows) | again)
    return (~again).astype("boolean").where(known)


def closed(rows: pd.DataFrame) -> pd.Series:
    """Which issues are done, by closing time or by the system's own word for it."""
    return rows["closed_at"].notna() | state(rows["status"], rows["closed_at"]).isin(DONE)


def told_open(rows: pd.DataFrame) -> pd.Series:
    """Which issues have a closing time though the system's word says they are open.

    >>> when = pd.Timestamp("2026-09-01")
    >>> told_open(pd.DataFrame({"status": ["处理中", "已完成", None], "closed_at": [when] * 3})).tolist()
    [True, False, False]
    """
    return rows["closed_at"].notna() & ~state(rows["status"], rows["closed_at"]).isin(DONE)


def reopened(rows: pd.DataFrame) -> pd.Series:
    """Which issues were closed and are open again, nobody knows since when.

    None of a source most of whose closed issues are told open: it does not keep their state.

    >>> rows = pd.DataFrame({"source": [*"AAAB"], "status": ["处理中", "已完成", "已完成", "处理中"]})
    >>> reopened(rows.assign(closed_at=pd.Timestamp("2026-09-01"))).tolist()
    [True, False, False, False]
    """
    open_ = told_open(rows)
    if not open_.any():
        return open_
    done = rows["closed_at"].notna()
    share = open_[done].groupby(rows.loc[done, "source"]).mean()
    return open_ & rows["source"].isin(share.index[share <= STATELESS])


def tracked(rows: pd.DataFrame) -> pd.Series:
    """Which issues come from a source that records handling at all (a status or a time somewhere)."""
    recorded = rows["status"].notna() | rows["closed_at"].notna() | rows["first_response_at"].notna()
    return rows["source"].isin(rows.loc[recorded, "source"].unique())


def sla_kept(rows: pd.DataFrame, as_of: pd.Timestamp) -> pd.Series:
    """True closed in time, False closed late or open past its deadline at `as_of`, missing if undecided.

    A deadline that lies ahead is undecided, also where the issue is closed already: the slow ones of its age
    are not known yet. Done without a closing time, closed before it was raised, never tracked: missing too.
    """
    late_open = ~closed(rows) & tracked(rows) & (rows["due_at"] < as_of)
    possible = rows["closed_at"].notna() & (rows["closed_at"] >= rows["created_at"]) & rows["due_at"].notna()
    kept = (rows["closed_at"] <= rows["due_at"]).astype("boolean").where(possible)
    return kept.mask(late_open, False).where(rows["due_at"] < as_of)


def solved_first(rows: pd.DataFrame) -> pd.Series:
    """True done and never raised again, False raised again, missing while open (or not tracked).

    Again is by a customer who is known: what nobody known sent twice in a minute was raised once.
    """
    again = (rows["repeat_count"] > 1) & rows["customer_id"].notna()
    known = tracked(rows) & (closed(rows) | again)
    return (~again).astype("boolean").where(known)


def open_at(rows: pd.DataFrame, moment: pd.Timestamp) -> pd.Series:
    """Which issues were waiting at `moment`: raised before it and closed after it or not at all."""
    later = rows["closed_at"].notna() & (rows["closed_at"] >= moment)
    return tracked(rows) & (rows["created_at"] < moment) & (~closed(rows) | later)
