"""What matters most, in at most five sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Basis, Said
from voc_lib.report.narrative import TextView, text
from voc_lib.schema import Table
from voc_lib.schema.words import DIRECTIONS
from voc_lib.stats.rates import ALL

MOST = 5
WORSE, BETTER, _ = DIRECTIONS


# The table a finding of a kind was read from, and the column its subject stands in.
SOURCES: dict[str, tuple[Table, str]] = {
    "问题总量": (schema.RATES, "category"),
    "每千单件数": (schema.RATES, "category"),
    "新问题": (schema.EMERGING, "term"),
    "措施": (schema.EFFECTS, "measure_id"),
    "措施复发": (schema.EFFECTS, "measure_id"),
    "承诺": (schema.COMMITMENTS, "promise"),
    "问题占比": (schema.CHANGES, "indicator"),
    "指标": (schema.CHANGES, "indicator"),
    "逾期": (schema.TRACKING, "measure_id"),
    "办理快慢": (schema.DESKS, "group"),
    "客户去留": (schema.AFTERWARDS, "group"),
    "满意度影响": (schema.SURVEY_DRIVERS, "driver"),
}


def findings(
    table: pd.DataFrame, period: Period, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> TextView:
    """At most five findings, the worst first; schema.FINDINGS and the tables it was read from in."""
    if table.empty:
        return text([f"{period.title}没有超出偶然波动的变化，也没有逾期的措施。"], tone="good")
    bad, good = (int((table["direction"] == side).sum()) for side in (WORSE, BETTER))
    more = len(table) - MOST
    lead = f"{period.title}：{bad} 件变坏或没有做到，{good} 件变好。"
    lead += f"最要紧的 {MOST} 件（另 {more} 件见“全部发现”）：" if more > 0 else "按轻重排列："
    items = [_sentence(row, tables or {}) for _, row in table.head(MOST).iterrows()]
    lead = cited.said(lead, cited.counted(schema.FINDINGS, table, "direction"))
    return text([lead], items=items, tone="warn" if bad else "good")


def _sentence(row: pd.Series, tables: Mapping[str, pd.DataFrame]) -> Said:
    """What was found, likely why, and who decides what by when."""
    parts = [row["finding"], row["cause"]]
    if pd.notna(row["decision"]):
        parts.append(f"要定的事：{row['decision']}（{row['owner']}，{row['due']:%Y-%m-%d} 前）")
    return cited.said("".join(f"{part}。" for part in parts if pd.notna(part)), *_basis(row, tables))


def _basis(row: pd.Series, tables: Mapping[str, pd.DataFrame]) -> list[Basis]:
    """The rows a finding was read from; where its table is not at hand, the finding's own row."""
    spec, column = SOURCES.get(row["kind"], (schema.FINDINGS, "subject"))
    found = tables.get(spec.name)
    if found is None or column not in found:
        return [cited.row(schema.FINDINGS, row)]
    named = [ALL] if row["kind"] == "问题总量" else str(row["subject"]).split("、")
    mine = found[found[column].isin(named)]
    return cited.rows(spec, mine.tail(1) if spec is schema.COMMITMENTS else mine)
