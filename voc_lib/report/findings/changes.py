"""What changed against the period before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from voc_lib.report.conclusions import moved
from voc_lib.report.findings import answers, news
from voc_lib.report.findings.finding import BETTER, OPEN, WORSE, finding
from voc_lib.report.findings.tables import Tables
from voc_lib.stats.changes import CATEGORY, DOWN, UP
from voc_lib.stats.rates import HIGHER, LOWER
from voc_lib.stats.service import LOWER_IS_BETTER


def beyond_chance(found: Tables) -> Iterator[dict]:
    """What changed against the period before; a share only where its count per order does not say more."""
    sure = found.changes[found.changes["claim"].isin((UP, DOWN))]
    sure = sure[~sure.apply(partial(_told, found), axis=1).astype(bool)] if len(sure) else sure
    for (_, row), words in zip(sure.iterrows(), moved.sentences(sure), strict=True):
        share = row["kind"] == CATEGORY
        lower = share or row["indicator"] in LOWER_IS_BETTER
        worse = (row["claim"] == UP) == lower
        side = OPEN if pd.notna(row["caution"]) else WORSE if worse else BETTER
        more = {"decision": "保持" if side == BETTER else "查明变化的原因"}
        more = answers.known(str(row["indicator"]), found) if share and worse else more
        if isinstance(row["where"], str) and not (share and worse):
            more = {**more, "cause": row["where"]}
        kind = "问题占比" if share else "指标"
        yield finding(kind, str(row["indicator"]), words, sure=1 - row["p_adjusted"], called=side, **more)


def _told(found: Tables, row: pd.Series) -> bool:
    """Whether a share moved the way its count per order did, or is of 其他 and told by what is new in it."""
    if row["kind"] != CATEGORY:
        return False
    side = HIGHER if row["claim"] == UP else LOWER
    mine = found.rates.loc[found.rates["category"] == row["indicator"], "claim"]
    return bool(mine.eq(side).any()) or news.explained(found, str(row["indicator"]))
