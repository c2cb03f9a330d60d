"""What came in: where every row went, what was noticed, what was set aside."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Basis
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number

MOST = 8  # told on a page
SUMMED = ("read", "kept", "quarantined", "merged", "issues", "rated", "in_period")


def ledger(table: pd.DataFrame, period: Period) -> TextView:
    """Where every row went: read, quarantined, kept, merged; schema.LEDGER or schema.READS in."""
    beside = table["in_period"].isna()
    total = table[~beside].sum(numeric_only=True)
    read, kept, out = (int(total[name]) for name in ("read", "kept", "quarantined"))
    if not read:
        return text(["数据文件中没有任何行。"], tone="warn")
    words = [f"共读入 {read:,} 行，保留 {kept:,} 行，隔离 {out:,} 行（{number(out / read, 'share')}）。"]
    rated = int(total["rated"])
    if rated:
        words.append(f"保留的行中 {rated:,} 行只有评分没有文字，只计入满意度和发声率。")
    if "merged" in table:
        merged, issues = int(total["merged"]), int(total["issues"])
        words.append(f"保留的行中 {merged:,} 行是重复反馈，已并入，得到 {issues:,} 个独立问题。")
    words.append(f"{period.title}的反馈为 {int(total['in_period']):,} 行。")
    if beside.any():
        counts = table.loc[beside, ["read", "kept", "quarantined"]].sum()
        words.append("附表读入 {:,} 行，保留 {:,} 行，隔离 {:,} 行。".format(*map(int, counts)))
    closed = read == kept + out and (
        "merged" not in table or kept == total["merged"] + total["issues"] + rated
    )
    words.append("台账已核对，行数全部对得上。" if closed else "台账行数对不上，请联系维护人员。")
    return text([cited.said("".join(words), *_sums(table))], tone="info" if closed else "bad")


def _sums(table: pd.DataFrame) -> list[Basis]:
    """The basis of the sums of a ledger, of feedback and of side tables."""
    spec, beside = schema.LEDGER if "merged" in table else schema.READS, table["in_period"].isna()
    parts = {"来源": table[~beside], "附表": table[beside]}
    names = [name for name in SUMMED if name in table and name in spec.names]
    told = {
        f"{part}的“{spec.labels[name]}”之和": f"{int(rows[name].sum()):,}"
        for part, rows in parts.items()
        for name in names
        if len(rows) and rows[name].notna().any()
    }
    read, out = (int(parts["来源"][name].sum()) for name in ("read", "quarantined"))
    told |= {"隔离 ÷ 读入": number(out / read, "share")}
    return [cited.made(spec, told, *names)]


def notes(found: Sequence[str], *, most: int = 12) -> TextView:
    """What was noticed while reading the files: title rows skipped, hidden sheets, damaged ids."""
    if not found:
        return text(["读取文件时没有发现异常。"], tone="good")
    more = [f"另有 {len(found) - most} 处，见工作簿“读取提示”"] if len(found) > most else []
    rest = [cited.whole(schema.NOTES)]
    return text(["读取文件时注意到："], items=[*found[:most], *more], tone="info", of=rest)


def oddities(table: pd.DataFrame) -> TextView | None:
    """What to look at before the period's figures are believed; schema.ODDITIES in, None where nothing."""
    grave = table[table["severity"].astype("str") == "警告"]
    if grave.empty:
        return None
    items = [f"{row.source}：{row.detail}" for row in grave.head(MOST).itertuples()]
    more = len(grave) - len(items)
    items += [f"另有 {more} 处，见工作簿“{schema.ODDITIES.title}”"] if more else []
    words = "这一期的数据有与以往不同之处，请先核对，再按下面的数字作决定："
    return text([words], items=items, tone="warn", of=[cited.whole(schema.ODDITIES)])


def quarantine(table: pd.DataFrame) -> TextView:
    """How many rows were set aside, by reason and source; schema.QUARANTINE in."""
    if table.empty:
        return text(["没有被隔离的行。"], tone="good")
    counts = (
        table.groupby(["source", "reason"], observed=True).size().sort_values(ascending=False, kind="stable")
    )
    rows = counts.head(10).reset_index(name="n").to_dict("records")
    items = [f"{row['source']}：{row['reason']}，{row['n']} 行" for row in rows]
    more = len(counts) - len(items)
    items += [f"另有 {more} 种原因，见工作簿“隔离区”"] if more > 0 else []
    told = {f"{row['source']}、{row['reason']}的行数": f"{row['n']:,}" for row in rows}
    told |= {"全部行数": f"{len(table):,}", "隔离原因的种数": f"{len(counts)}，另有 {more}"}
    rest = [cited.made(schema.QUARANTINE, told, "reason")]
    return text([f"共隔离 {len(table):,} 行，改好后可重新导入："], items=items, tone="warn", of=rest)
