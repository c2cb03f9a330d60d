"""What customers do after they complained, and what their whole score hangs on."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib.report.findings.finding import OPEN, SURE, finding
from voc_lib.report.findings.tables import Tables
from voc_lib.report.tables import number
from voc_lib.schema.loyalty import DIFFERENCES
from voc_lib.schema.survey import DRIVER_CLAIMS
from voc_lib.stats.service import WHOLE

LESS = DIFFERENCES[0]


def leaving(found: Tables) -> Iterator[dict]:
    """That customers who complained, of anything or else of one category, buy less often than others."""
    rows = found.afterwards[found.afterwards["claim"] == LESS]
    most = rows[rows["group"] != WHOLE].nsmallest(1, "change")
    whole = rows[rows["group"] == WHOLE]
    for _, row in whole.iterrows():
        named = f"差得最多的是反映{most['group'].iloc[0]}的；" if len(most) else ""
        yield _fewer(row, "反映过问题的客户", "购买情况相当而没有反映的", named)
    for _, row in most.iloc[: int(whole.empty)].iterrows():
        yield _fewer(row, f"反映“{row['group']}”的客户", "购买情况相当、反映其他问题的", "")


def _fewer(row: pd.Series, who: str, alike: str, named: str) -> dict:
    share, same = (number(row[name], "share") for name in ("share", "compared"))
    words = f"{who} 90 天内再次下单的占 {share}，{alike}为 {same}"
    more = {"cause": f"{named}这是相关，不等于原因", "decision": "先联系关怀名单上的客户"}
    return finding("客户去留", str(row["group"]), words, sure=SURE, **more)


def hang_on(found: Tables) -> Iterator[dict]:
    """What the whole score of each survey hangs on most."""
    sure = found.survey_drivers[found.survey_drivers["claim"].isin(DRIVER_CLAIMS[:2])]
    for source, rows in sure.groupby("source", sort=False, observed=True):
        row = rows.nlargest(1, "importance").iloc[0]
        part, whole = number(row["importance"], "share"), number(row["r_squared"], "share")
        words = f"{source}的整体评分与“{row['driver']}”关系最大：占列出因素可解释部分（{whole}）的 {part}"
        more = {"cause": "这是相关，不等于原因", "decision": f"是否先改进“{row['driver']}”"}
        yield finding(
            "满意度影响", str(row["driver"]), words, sure=1 - row["p_adjusted"], called=OPEN, **more
        )
