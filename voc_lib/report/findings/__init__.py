"""Everything a period found, a row each: what, how sure, likely why, who decides what; the worst first."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report.findings import changes, customers, desks, news, regions, together, volume, work
from voc_lib.report.findings.finding import RELAPSE, UNKNOWN
from voc_lib.report.findings.tables import Tables

__all__ = ["Tables", "leader", "table"]
DAYS = 10  # days after the period by which somebody decides


def table(found: Tables, period: Period) -> pd.DataFrame:
    """schema.FINDINGS: only what is beyond chance, or not done in time; relapses first, then the heaviest.

    What is beyond chance in its own table alone is called so (`together`).
    """
    lead = leader(found.team)
    by = period.end + timedelta(days=DAYS)
    most = together.largest(found)
    told = [
        *volume.moved(found, most),
        *regions.risen(found),
        *news.emerging(found),
        *news.grown(found),
        *news.open_alerts(found),
    ]
    told += [*work.verdicts(found), *work.broken(found, period)]
    told += [*changes.beyond_chance(found), *work.late(found, period)]
    told += [
        *desks.slower(found),
        *desks.unsolved(found),
        *customers.leaving(found),
        *customers.hang_on(found),
    ]
    rows = [{"owner": lead, "due": by, **row} for row in together.settled(told, most)]
    frame = pd.DataFrame(rows, columns=[name for name in schema.FINDINGS.names if name != "rank"])
    ordered = frame.assign(leads=frame["kind"].eq(RELAPSE)).sort_values(
        ["leads", "weight", "subject"], ascending=[False, False, True], kind="stable", ignore_index=True
    )
    frame = ordered.drop(columns="leads")
    frame.insert(0, "rank", range(1, len(frame) + 1))
    return schema.shape(frame, schema.FINDINGS)


def leader(team: pd.DataFrame) -> str:
    """Who leads the team; schema.TEAM in."""
    leads = team.loc[team["lead"].fillna(False).astype(bool), "name"]
    return str(leads.iloc[0]) if len(leads) else UNKNOWN
