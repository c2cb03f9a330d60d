"""All figures of one report on a log, by the names of their tables."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.params import Params
from voc_lib.period import Period
from voc_lib.usage import (
    adoption,
    completeness,
    dwells,
    errors,
    flows,
    functions,
    paths,
    renames,
    saying,
    sessions,
    speed,
)
from voc_lib.usage.log import Log


def tables(log: Log, tagged: pd.DataFrame, asked: Params, period: Period) -> dict[str, pd.DataFrame]:
    """Table name of schema -> its frame; figures are of the period, months and speed of all until its end.

    `tagged`: what employees said; of the period for functions, of all months for who ever spoke.
    """
    end = pd.Timestamp(period.end) + pd.Timedelta(days=1)
    known = log.events[(log.events["at"] < end).to_numpy()].reset_index(drop=True)
    now = known[period.mask(known["at"]).to_numpy()]
    rules = asked.usage
    session = sessions.numbered(known, gap_minutes=rules.session_gap_minutes)
    seen = sessions.visits(known, session)
    used = functions.table(known, seen, log.functions, log.people, period=period, rare_share=rules.rare_share)
    used = renames.told(used, known)
    failing = errors.table(now, least=rules.least)
    slow = speed.table(known, month_end_days=rules.month_end_days, least=rules.least)
    numbers = sessions.numbered(now, gap_minutes=rules.session_gap_minutes)
    left = flows.table(now, numbers, asked.flows, least=rules.least)
    said = tagged[period.mask(tagged["created_at"])]
    there = adoption.employed(log.people, pd.Timestamp(period.start), end)
    stayed = dwells.notes(seen[period.mask(seen["at"]).to_numpy()])
    notes = [*log.notes, *stayed, *flows.unknown(known, asked.flows, log.functions)]
    return {
        "usage_months": sessions.months(known, session, seen),
        "usage_functions": used,
        "usage_errors": failing,
        "usage_flows": left,
        "usage_paths": paths.table(now, numbers, least=rules.least),
        "usage_speed": slow,
        "usage_adoption": adoption.table(known, log.people, _months(known, period)),
        "usage_said": saying.table(said, used, log.people, speed=slow, flows=left, errors=failing),
        "usage_silence": saying.silence(tagged["customer_id"], known["user_id"], there),
        "usage_fields": completeness.table(log.entered, period, least=rules.least),
        "usage_reads": log.reads,
        "usage_quarantine": log.quarantine,
        "usage_notes": schema.shape(pd.DataFrame({"note": notes}), schema.USAGE_NOTES),
    }


def _months(events: pd.DataFrame, period: Period) -> list[str]:
    """The months from the first event to the end of the period."""
    if events.empty:
        return period.months
    first = min(events["at"].min(), pd.Timestamp(period.start))
    return [str(month) for month in pd.period_range(first, period.end, freq="M")]
