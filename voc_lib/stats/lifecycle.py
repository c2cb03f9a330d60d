"""What a log of states says of tickets: how long they stay in each, from hand to hand, opened again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.schema.desk import AGAIN, BACK, LOGGED, PASSED
from voc_lib.stats import stages
from voc_lib.stats.handling import DONE, end_of
from voc_lib.tag.records import state as our_state


def opened(events: pd.DataFrame, period: Period) -> pd.DataFrame:
    """The events (schema.STATUS_EVENTS) of tickets first seen in the period, up to its end, ticket by ticket.

    Of one moment they stand as they were written.
    """
    known = events[events["at"] < end_of(period)]
    first = known.groupby("ticket_id")["at"].transform("min")
    mine = known[first >= pd.Timestamp(period.start)]
    return mine.sort_values(["ticket_id", "at"], kind="stable", ignore_index=True)


def stays(events: pd.DataFrame, period: Period) -> pd.DataFrame:
    """A row per stay of a ticket in a state: `stage, department, hours, ended`, its department when it came.

    Events that leave the state as it is belong to the stay. What is still there at the end of the period has
    not `ended`. Nobody waits for a ticket that is done or closed: such time is no stay.
    """
    rows = opened(events, period)
    same = (rows["ticket_id"] == rows["ticket_id"].shift()) & (rows["state"] == rows["state"].shift())
    came = rows[~same]
    left = came.groupby("ticket_id")["at"].shift(-1)
    hours = (left.fillna(end_of(period)) - came["at"]).dt.total_seconds() / 3600
    found = came.assign(stage=came["state"], hours=hours, ended=left.notna())
    return found.loc[~_done(found["state"]), stages.COLUMNS].reset_index(drop=True)


def table(events: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.STAGES by the log: a line per state, for the whole and each department."""
    return stages.table(stays(events, period), LOGGED)


def handoffs(events: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.HANDOFFS: tickets passed on, passed back (A → B → A) and opened again, then each pair of hands.

    Hands are handlers, or departments where the log names no handler; events that name none are passed over.
    Shares are of tickets somebody had in hand, of those once done for 重开; Wilson intervals.
    """
    rows = opened(events, period)
    if rows.empty:
        return schema.empty(schema.HANDOFFS)
    held, passed = _passed(rows)
    back = passed[passed["taker"] == passed["before"]]
    done = _done(rows["state"])
    again = rows[~done & done.groupby(rows["ticket_id"]).shift(fill_value=False)]
    lines = [
        _line(PASSED, passed, held),
        _line(BACK, back, held),
        _line(AGAIN, again, rows.loc[done, "ticket_id"].nunique()),
        *_pairs(passed, held),
    ]
    return schema.shape(pd.DataFrame(lines), schema.HANDOFFS)


def _done(states: pd.Series) -> pd.Series:
    """Which states are one of done and closed, by the words systems use; a word nobody knows is neither."""
    nothing = pd.Series(pd.NaT, index=states.index)
    return our_state(states.astype("str"), nothing).isin(DONE)


def _passed(rows: pd.DataFrame) -> tuple[int, pd.DataFrame]:
    """How many tickets somebody had in hand; a row per hand-over: ticket, giver, taker, who was before."""
    hand = "handler" if rows["handler"].notna().any() else "department"
    named = rows.dropna(subset=[hand])
    ticket = named["ticket_id"]
    new = (ticket != ticket.shift()) | (named[hand] != named[hand].shift())
    taken = named.loc[new, ["ticket_id", hand]].rename(columns={hand: "taker"})
    by = taken.groupby("ticket_id")["taker"]
    taken = taken.assign(giver=by.shift(1), before=by.shift(2))
    return ticket.nunique(), taken.dropna(subset=["giver"])


def _line(kind: str, rows: pd.DataFrame, base: int, **pair: str) -> dict[str, Any]:
    tickets = rows["ticket_id"].nunique()
    found = intervals.wilson(tickets, base)
    share, low, high = (float(v) if base else np.nan for v in (found.value, found.low, found.high))
    counts = {"n": len(rows), "tickets": tickets, "base": base, "share": share, "low": low, "high": high}
    return {"kind": kind, "giver": None, "taker": None, **pair, **counts}


def _pairs(passed: pd.DataFrame, base: int) -> list[dict[str, Any]]:
    """A line per pair of hands, the most frequent first."""
    pairs = passed[["giver", "taker"]].astype("str")
    lines = [
        _line(
            PASSED,
            passed.loc[part.index],
            base,
            giver=str(part["giver"].iloc[0]),
            taker=str(part["taker"].iloc[0]),
        )
        for _, part in pairs.groupby(["giver", "taker"])
    ]
    return sorted(lines, key=lambda line: -line["n"])
