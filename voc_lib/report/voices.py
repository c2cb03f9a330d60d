"""How many problems, of how many customers, and which of them in words that others sent too."""

from __future__ import annotations

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, text
from voc_lib.stats import raised as base
from voc_lib.stats import voices
from voc_lib.tag.problem import problems, remarks

SHOWN = 5
QUOTED = 3
WORDS = 30  # characters of a text that are shown


def said(issues: pd.DataFrame, period: Period) -> TextView:
    """件数 beside 客户数 of the period's problems, and the texts copied among them; schema.ISSUES in."""
    said = issues[voices.spoke(issues, period)]
    raised, quiet = said[problems(said)], said[remarks(said)]
    counted = base.counted(raised)
    if raised.empty:
        return text([f"{period.title}没有问题反馈。", *_quiet(quiet)], tone="warn")
    nobody = int(counted["customer_id"].isna().sum())
    before = int((~period.mask(counted["created_at"])).sum())
    words = [
        f"{period.title}合并后 {len(counted):,} 件问题，来自 {counted['customer_id'].nunique():,} 位客户"
    ]
    words += [f"另有 {nobody:,} 件没有客户编号，不知是几位"] if nobody else []
    words += [f"其中 {before:,} 件是往期问题再次反映"] if before else []
    lines = copied(raised)
    lead = ["，".join(words) + "。", *_quiet(quiet), *([_left_out(raised, counted)] if lines else [])]
    told = {"合并后的问题，不含表扬和未提出问题的": f"{len(counted):,}"}
    told |= {"不重复的客户编号": f"{counted['customer_id'].nunique():,}", "没有客户编号的问题": f"{nobody:,}"}
    told |= {"往期提出、本期再次反映的": f"{before:,}", "未提出问题的": f"{len(quiet):,}"}
    told |= {"文字与别的客户相同的": f"{int(raised['copy_group'].notna().sum()):,}"}
    return text(lead, items=lines, of=[cited.made(schema.ISSUES, told)])


def _quiet(rows: pd.DataFrame) -> list[str]:
    """What is no problem and no praise, with the words said most often."""
    if rows.empty:
        return []
    often = rows["text"].value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    some = "、".join(f"“{_short(words)}”" for words in often[:QUOTED])
    return [f"另有 {len(rows):,} 件未提出问题（如{some}），不计入问题统计。"]


def _short(words: str) -> str:
    return words if len(words) <= WORDS else words[:WORDS] + "…"


def copied(rows: pd.DataFrame) -> list[str]:
    """A line for each of the most copied texts: its kind, issues and customers, since when, the words."""
    same = rows[rows["copy_group"].notna()].sort_values(["created_at", "feedback_id"], kind="stable")
    sizes = same["copy_group"].value_counts()
    groups = sorted(sizes.index, key=lambda name: (-sizes[name], name))[:SHOWN]
    return [_line(same[same["copy_group"] == name]) for name in groups]


def _line(group: pd.DataFrame) -> str:
    first = group.iloc[0]
    words = _short(first["text"])
    return (
        f"{first['copy_kind']}：本期 {len(group):,} 件、{group['customer_id'].nunique():,} 位客户"
        f"（历来 {int(first['copy_size']):,} 件，{first['copy_first_seen']:%Y-%m-%d} 起）“{words}”"
    )


def _left_out(raised: pd.DataFrame, counted: pd.DataFrame) -> str:
    same, out = int(raised["copy_group"].notna().sum()), len(raised) - len(counted)
    how = f"按约定有 {out:,} 件不计入统计" if out else "都照常计数"
    return f"有 {same:,} 件的文字与别的客户相同，{how}："
