"""What a log of states says of tickets: how long they stay in each, from hand to hand, opened again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.schema.desk import AGAIN, BACK, HANDS, LOGGED, PASSED
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

    Between handlers, and between departments where the log names several; events that name none are passed
    over. Of a pair passed back `giver` is who gave it away and got it again. Shares are of tickets somebody
    had in hand, of those once done for 重开; Wilson intervals.
    """
    rows = opened(events, period)
    if rows.empty:
        return schema.empty(schema.HANDOFFS)
    known = [hand for hand in HANDS if rows[hand].notna().any()] or ["department"]
    known = [hand for hand in known if hand == known[0] or len(rows[hand].dropna().unique()) > 1]
    found = [_between(rows, hand) for hand in known]
    done = _done(rows["state"])
    again = rows[~done & done.groupby(rows["ticket_id"]).shift(fill_value=False)]
    opened_again = _line(AGAIN, again, rows.loc[done, "ticket_id"].nunique())
    lines = [*(line for whole, _ in found for line in whole)]
    lines.insert(2, {"hands": HANDS[known[0]], **opened_again})
    lines += [line for _, pairs in reversed(found) for line in pairs]
    return schema.shape(pd.DataFrame(lines), schema.HANDOFFS)


def _between(rows: pd.DataFrame, hand: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was passed on and back between hands of one kind: of all, and of each pair."""
    held, passed = _passed(rows, hand)
    back = passed[passed["taker"] == passed["before"]]
    turned = back.rename(columns={"giver": "taker", "taker": "giver"})
    whole = [_line(PASSED, passed, held), _line(BACK, back, held)]
    pairs = [*_pairs(BACK, turned, held), *_pairs(PASSED, passed, held)]
    named = {"hands": HANDS[hand]}
    return [named | line for line in whole], [named | line for line in pairs]


def _done(states: pd.Series) -> pd.Series:
    """Which states are one of done and closed, by the words systems use; a word nobody knows is neither."""
    nothing = pd.Series(pd.NaT, index=states.index)
    return our_state(states.astype("str"), nothing).isin(DONE)


def _passed(rows: pd.DataFrame, hand: str) -> tuple[int, pd.DataFrame]:
    """How many tickets somebody had in hand; a row per hand-over: ticket, giver, taker, who was before."""
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


def _pairs(kind: str, passed: pd.DataFrame, base: int) -> list[dict[str, Any]]:
    """A line per pair of hands, the most frequent first."""
    pairs = passed[["giver", "taker"]].astype("str")
    lines = [
        _line(
            kind,
            passed.loc[part.index],
            base,
            giver=str(part["giver"].iloc[0]),
            taker=str(part["taker"].iloc[0]),
        )
        for _, part in pairs.groupby(["giver", "taker"])
    ]
    return sorted(lines, key=lambda line: -line["n"])
