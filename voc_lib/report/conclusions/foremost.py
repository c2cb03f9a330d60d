"""What matters most: how many findings there are, and what is to be decided of the first."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.basis import Basis, Said
from voc_lib.report.narrative import TextView, text
from voc_lib.schema import Table
from voc_lib.schema.words import DIRECTIONS, NOT_YET, SIDES
from voc_lib.stats.rates import ALL

MOST = 5
WORSE, BETTER, _ = DIRECTIONS
KEEP, UNKNOWN = "保持", "原因尚未查明"
Read = Mapping[str, pd.DataFrame]


# The table a finding of a kind was read from, and the column its subject stands in.
SOURCES: dict[str, tuple[Table, str]] = {
    "问题总量": (schema.RATES, "category"),
    "每千单件数": (schema.RATES, "category"),
    "地区": (schema.REGION_RATES, "region"),
    "新问题": (schema.EMERGING, "term"),
    "主题": (schema.THEMES, "theme"),
    "预警": (schema.INCIDENTS, "name"),
    "措施": (schema.EFFECTS, "measure_id"),
    "措施复发": (schema.EFFECTS, "measure_id"),
    "承诺": (schema.COMMITMENTS, "promise"),
    "问题占比": (schema.CHANGES, "indicator"),
    "指标": (schema.CHANGES, "indicator"),
    "逾期": (schema.TRACKING, "measure_id"),
    "办理快慢": (schema.DESKS, "group"),
    "一次解决": (schema.DESKS, "group"),
    "客户去留": (schema.AFTERWARDS, "group"),
    "满意度影响": (schema.SURVEY_DRIVERS, "driver"),
}


def findings(
    table: pd.DataFrame,
    period: Period,
    goals: pd.DataFrame | None = None,
    *,
    use: TextView | None = None,
) -> TextView:
    """How many findings are good and bad, where those left out stand and which goals are missed.

    schema.FINDINGS and GOALS in, and what the log says of the `use` of a system: no quiet month then.
    """
    missed = [] if goals is None else _missed(goals)
    unsure, table = _unsure(table), standing(table)
    if table.empty:
        quiet = f"{period.title}没有超出偶然波动的变化，也没有逾期的措施。"
        seen = ["操作日志里有要看的事，见“系统使用”。"] if use else []
        return text([quiet, *unsure, *seen, *missed], tone="warn" if missed or use else "good")
    sides = table["direction"].astype("str").map(SIDES)
    bad, good = (int((sides == side).sum()) for side in (WORSE, BETTER))
    more = len(table) - MOST
    lead = f"{period.title}：{bad} 件变坏或没有做到，{good} 件变好或达标。"
    lead += f"最要紧的 {MOST} 件在前，另 {more} 件见“全部发现”。" if more > 0 else "按轻重排列。"
    told = {"行数": f"{len(table):,}", "变坏或没有做到的行数": f"{bad:,}", "变好或达标的行数": f"{good:,}"}
    lead = cited.said(lead, cited.made(schema.FINDINGS, told, "direction"))
    return text([lead, *unsure, *missed], tone="warn" if bad or missed else "good")


def standing(table: pd.DataFrame) -> pd.DataFrame:
    """The findings without those that stand alone only; schema.FINDINGS in and out."""
    return table[table["direction"] != NOT_YET]


def _unsure(table: pd.DataFrame) -> list[Said]:
    """How many changes are beyond chance alone, and not beside all comparisons of the report."""
    n = int((table["direction"] == NOT_YET).sum())
    if not n:
        return []
    words = f"另有 {n} 项变化单独看超出偶然波动，与本期全部比较放在一起看还不能断定，见“全部发现”。"
    return [cited.said(words, cited.counted(schema.FINDINGS, table, "direction"))]


def _missed(goals: pd.DataFrame) -> list[Said]:
    """The goals that are not met, by name; nothing where all are or none can be judged."""
    rows = goals[goals["verdict"] == "未达标"]
    if rows.empty:
        return []
    words = (
        f"目标 {len(goals)} 个，未达标 {len(rows)} 个：{'；'.join(f'“{name}”' for name in rows['goal'])}。"
    )
    return [cited.said(words, cited.counted(schema.GOALS, goals, "verdict"))]


def to_decide(table: pd.DataFrame, *, tables: Read | None = None) -> TextView | None:
    """Who decides what of the foremost findings by when; schema.FINDINGS and the tables behind it in."""
    table = standing(table)
    open_ = table[table["decision"].notna() & (table["decision"] != KEEP)].head(MOST)
    items = [_decision(row, tables or {}) for _, row in open_.iterrows()]
    return text([], items=items, tone="warn") if items else None


def gist(finding: str) -> str:
    """What was found, without the figures behind the colon.

    >>> gist("措施“客服：话术培训”（M02）没有达到目标：20.2% → 19.8%")
    '措施“客服：话术培训”（M02）没有达到目标'
    """
    return re.match(r"(?:“[^”]*”|[^：“])*", finding)[0]  # type: ignore[index]


def _decision(row: pd.Series, tables: Read) -> Said:
    """What it is about, what is to be decided, who by when, and the cause as far as known."""
    cause = f"{row['cause']}。" if pd.notna(row["cause"]) and row["cause"] != UNKNOWN else ""
    words = f"{gist(row['finding'])}：{row['decision']}（{row['owner']}，{row['due']:%Y-%m-%d} 前）。{cause}"
    return cited.said(words, *_basis(row, tables), *_located(row, tables))


def _located(row: pd.Series, tables: Read) -> list[Basis]:
    """The rows that say where a change sits, where the cause says so and the finding is read from others."""
    found = tables.get(schema.CHANGES.name)
    if found is None or SOURCES.get(row["kind"], ("", ""))[0] is schema.CHANGES or pd.isna(row["cause"]):
        return []
    sits = found["where"].dropna()
    return cited.rows(schema.CHANGES, found.loc[[at for at, said in sits.items() if said in row["cause"]]])


def _basis(row: pd.Series, tables: Read) -> list[Basis]:
    """The rows a finding was read from; where its table is not at hand, the finding's own row."""
    spec, column = SOURCES.get(row["kind"], (schema.FINDINGS, "subject"))
    found = tables.get(spec.name)
    if found is None or column not in found:
        return [cited.row(schema.FINDINGS, row)]
    named = [ALL] if row["kind"] == "问题总量" else str(row["subject"]).split("、")
    mine = found[found[column].isin(named)]
    return cited.rows(spec, mine.tail(1) if spec is schema.COMMITMENTS else mine)
