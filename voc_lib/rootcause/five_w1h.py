"""5W1H: what is written wins; what is not is filled from data and says so."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Analysis, Knowledge
from voc_lib.period import Period
from voc_lib.rootcause import causes, evidence, mining

TOP = 3
SMALL = 10
WEEKDAYS = "一二三四五六日"


def table(
    knowledge: Knowledge,
    issues: pd.DataFrame,
    period: Period,
    *,
    top: int = TOP,
    named: Callable[[str], str] = str,
) -> pd.DataFrame:
    """5W1H: schema.FIVE_W1H, the problems written about, then the period's most frequent `top` others.

    `named`: how a type of customer is called.
    """
    current = evidence.problems(issues, period)
    current = current.assign(customer_type=current["customer_type"].astype("str").map(named, "ignore"))
    heard = mining.candidates(current, top=2)
    counts = current["primary_tag"].value_counts().reset_index()
    frequent = counts.sort_values(["count", "primary_tag"], ascending=[False, True])["primary_tag"].head(top)
    names = list(dict.fromkeys([*(analysis.problem for analysis in knowledge.causes), *frequent]))
    rows = [_row(name, knowledge, current, heard, period) for name in names]
    return schema.shape(pd.DataFrame(rows, columns=schema.FIVE_W1H.names), schema.FIVE_W1H)


def _row(
    name: str, knowledge: Knowledge, current: pd.DataFrame, heard: pd.DataFrame, period: Period
) -> dict[str, str]:
    analysis = knowledge.analysis(name) or Analysis(problem=name)
    mine = current["primary_tag"].eq(name).fillna(False).astype(bool)
    days = current.assign(day=_moments(current["created_at"], period))
    answers = {
        "what": _what(mine),
        "why": _why(analysis, heard),
        "who": _told(current, mine, ["customer_type"]),
        "when": _told(days, mine, ["day"]),
        "where": _told(current, mine, ["region", "channel"]),
        "how": _how(knowledge, name),
    }
    written = {key: text for key, text in analysis.five_w1h.model_dump().items() if text}
    return {"problem": name, **answers, **written}


def _what(mine: pd.Series) -> str:
    if not mine.any():
        return "数据：本期没有这类问题"
    share, low, high = evidence.proportion(int(mine.sum()), len(mine))
    return f"数据：本期 {mine.sum()} 条，占 {share:.1%}（95% 区间 {low:.1%}–{high:.1%}）"


def _why(analysis: Analysis, heard: pd.DataFrame) -> str:
    if roots := causes.roots(analysis):
        return f"5Why 根因：{'、'.join(roots)}"
    found = heard[heard["problem"] == analysis.problem]
    said = "、".join(f"{row.cause}（{row.n} 条）" for row in found.itertuples())
    return f"文本候选（待核实）：{said}" if said else "尚未分析；原话中也没有成型的原因"


def _how(knowledge: Knowledge, problem: str) -> str:
    actions = [f"{m.id} {m.action}" for m in knowledge.measures if m.problem == problem and not m.cancelled]
    return f"措施：{'；'.join(actions)}" if actions else "还没有对应措施"


def _moments(times: pd.Series, period: Period) -> pd.Series:
    """Months where the period has several, else weekdays."""
    if len(period.months) > 1:
        return times.dt.strftime("%Y-%m").astype("str")
    return times.dt.dayofweek.map(lambda day: f"周{WEEKDAYS[int(day)]}").astype("str")


def _told(rows: pd.DataFrame, mine: pd.Series, columns: list[str]) -> str:
    told = [text for column in columns if (text := concentration(rows[column], mine))]
    return f"数据：{'；'.join(told)}" if told else "数据不足"


def concentration(groups: pd.Series, mine: pd.Series) -> str:
    """Where a problem stands out most against the other problems, and whether chance could do it.

    >>> groups = pd.Series(["华东"] * 40 + ["华南"] * 60, dtype="str")
    >>> concentration(groups, pd.Series([True] * 30 + [False] * 60 + [True] * 10))
    '华东 75.0%（其他问题 16.7%）'
    """
    known = groups.notna()
    inside, outside = groups[known & mine], groups[known & ~mine]
    if len(inside) < SMALL:
        return ""
    share, other = inside.value_counts(normalize=True), outside.value_counts(normalize=True)
    gap = share.sub(other, fill_value=0).round(12)
    name = min(gap.index, key=lambda group: (-gap[group], group))
    told = f"{name} {share.get(name, 0.0):.1%}"
    if outside.empty:
        return told
    told += f"（其他问题 {other.get(name, 0.0):.1%}）"
    return (
        told
        if _differs(inside.eq(name), outside.eq(name), len(share))
        else f"无明显集中，最多的差异是 {told}"
    )


def _differs(inside: pd.Series, outside: pd.Series, groups: int) -> bool:
    """Fisher's exact test at 5 %, corrected (Bonferroni) for having picked the largest of several groups."""
    from scipy.stats import fisher_exact

    cells = [[part.sum(), len(part) - part.sum()] for part in (inside, outside)]
    return fisher_exact(cells).pvalue * max(groups, 1) < 0.05
