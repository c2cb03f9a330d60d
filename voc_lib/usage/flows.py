"""Paths through the system: how many sessions reach each step, and where they leave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.errors import did_you_mean
from voc_lib.intervals import ratio, wilson
from voc_lib.logged import Flow
from voc_lib.usage.quantiles import by_group

NOWHERE = -1


def table(events: pd.DataFrame, session: pd.Series, flows: Sequence[Flow], *, least: int) -> pd.DataFrame:
    """schema.USAGE_FLOWS: per flow and step the sessions that came so far, steps in their order.

    Other functions may lie between two steps. `dropped` came to a step and to none after it; `worst` is the
    step with the highest share of those who leave, of the steps `least` sessions came to.
    """
    parts = [_funnel(events, session.to_numpy(), flow, least) for flow in flows]
    return (
        schema.shape(pd.concat(parts, ignore_index=True), schema.USAGE_FLOWS)
        if parts
        else schema.empty(schema.USAGE_FLOWS)
    )


def unknown(events: pd.DataFrame, flows: Sequence[Flow], listed: pd.DataFrame) -> list[str]:
    """A sentence for every step no event bears the name of."""
    known = {*map(str, events["function"].cat.categories), *listed["function"].dropna()}
    return [
        f"流程 {flow.name} 的步骤 “{step}” 在日志里没有出现。{did_you_mean(step, known)}"
        for flow in flows
        for step in flow.steps
        if not _is(events, step).any()
    ]


def _is(events: pd.DataFrame, step: str) -> np.ndarray:
    """Which events are of a step: a function, or an action of one (功能/动作)."""
    function = events["function"]
    head, _, tail = step.rpartition("/")
    if step in function.cat.categories or head not in function.cat.categories:
        return (function == step).to_numpy()
    return ((function == head) & (events["action"] == tail)).to_numpy()


def _funnel(events: pd.DataFrame, session: np.ndarray, flow: Flow, least: int) -> pd.DataFrame:
    size = int(session[-1]) + 1 if len(session) else 0
    at = events["at"].to_numpy().astype("datetime64[us]").astype("int64")
    user = events["user_id"].cat.codes.to_numpy()
    before = np.full(size, NOWHERE, "int64")
    rows = []
    for number, step in enumerate(flow.steps, start=1):
        now = _reached(np.flatnonzero(_is(events, step)), session, before, first=number == 1)
        there = now != NOWHERE
        places, since = now[there], before[there]
        pause = (at[places] - at[since]) / 60e6 if number > 1 else []
        minutes, *_ = by_group(pause, np.zeros(len(pause)), 1, 0.5)
        rows.append((flow.name, number, step, int(there.sum()), len(np.unique(user[places])), minutes[0]))
        before = now
    funnel = pd.DataFrame(rows, columns=["flow", "number", "step", "sessions", "users", "minutes"])
    dropped = funnel["sessions"] - funnel["sessions"].shift(-1)
    rate = wilson(dropped, funnel["sessions"])
    entered = funnel["sessions"].iloc[0]
    judged = funnel["sessions"] >= least
    highest = pd.Series(rate.value).where(judged)
    worst = (highest == highest.max()) & (dropped > 0)
    return funnel.assign(
        share=ratio(funnel["sessions"], entered),
        dropped=dropped,
        drop_share=rate.value,
        low=rate.low,
        high=rate.high,
        worst=worst & (worst.cumsum() == 1),
    )


def _reached(places: np.ndarray, session: np.ndarray, before: np.ndarray, *, first: bool) -> np.ndarray:
    """Per session the first of these places after the one before; NOWHERE where there is none."""
    mine = session[places]
    later = np.ones(len(places), bool) if first else (before[mine] != NOWHERE) & (places > before[mine])
    reached = np.full(len(before), NOWHERE, "int64")
    sessions, start = np.unique(mine[later], return_index=True)
    reached[sessions] = places[later][start]
    return reached
