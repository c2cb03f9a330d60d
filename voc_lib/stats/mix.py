"""Simpson's paradox: a total that changes because the mix of its parts does, not because any part does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from voc_lib import intervals
from voc_lib.intervals import signed

PARTS = {
    "channel": "渠道",
    "source": "来源",
    "region": "地区",
    "product": "产品",
    "customer_type": "客户类型",
}
WORK = {"primary_tag": "问题类型", "urgency": "紧急程度"}  # what also sets how long an issue takes
STAFF = {"department": "部门", "handler": "处理人"}  # said, but other staff may be the measure itself
BOTH = "both"  # the column of two dimensions at once
OWN = 0.5  # share of the change the parts must bring themselves
CROSSED = 0.25  # the same of two dimensions at once, whose many small parts vary
ANOTHER = 0.001  # p value below which the mix of such parts is another
FOLLOWS = 0.5  # part of the variance of a share from which the part decides the category, not the other way
POINTS, HOURS = "个百分点", "小时"
FEWEST = 10  # issues of a part whose median says anything
COVERED = 0.8  # share of the issues those parts must hold


def parts(before: pd.DataFrame, after: pd.DataFrame, column: str) -> pd.DataFrame:
    """kept, n of the rows before and kept_after, n_after per value of the column; `kept` per row in."""
    sides = [_sums(rows, column) for rows in (before, after)]
    sides[1] = sides[1].add_suffix("_after")
    return pd.concat(sides, axis=1).fillna(0.0).sort_index()


def _sums(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    return rows.groupby(column, observed=True)[["kept", "n"]].sum()


def medians(waits: pd.DataFrame, column: str) -> pd.DataFrame:
    """kept and n of each part, for `parts`: the logarithm of its median of `hours` (`ended`), times n.

    Left out are parts of few issues and those whose median is not known yet; all, where that is many issues:
    what is left would tell of them alone.

    >>> waits = pd.DataFrame({"channel": ["电话"] * 12, "hours": [1.0, 1, 2, 2, 9, 9] * 2, "ended": True})
    >>> medians(waits, "channel").round(2).values.tolist()
    [['电话', 8.32, 12.0]]
    """
    found = [
        (part, float(intervals.survival_median(rows["hours"], rows["ended"]).value), float(len(rows)))
        for part, rows in waits.groupby(column, observed=True)
        if len(rows) >= FEWEST
    ]
    known = [(part, n * np.log(value), n) for part, value, n in found if value > 0]
    if sum(n for _, _, n in known) < COVERED * len(waits):
        known = []
    return pd.DataFrame(known, columns=[column, "kept", "n"])


def within(counts: pd.DataFrame) -> float:
    """The change inside the parts, each weighted by its mean share of both sides (Kitagawa 1955); NaN without
    two parts.

    `counts` has kept, n, kept_after, n_after; parts that were there on one side only are left out. The rest
    of the change comes from the mix.

    >>> before, after = {"kept": [400, 20], "n": [800, 200]}, {"kept_after": [104, 96], "n_after": [200, 800]}
    >>> counts = pd.DataFrame({**before, **after})
    >>> round(within(counts), 3)
    0.02
    """
    both = counts[(counts["n"] > 0) & (counts["n_after"] > 0)]
    if len(counts) < 2 or both.empty:
        return float("nan")
    weight = both["n"] / both["n"].sum() + both["n_after"] / both["n_after"].sum()
    change = both["kept_after"] / both["n_after"] - both["kept"] / both["n"]
    return float((weight * change).sum() / weight.sum())


def contradicted(total: float, own: float, least: float = OWN) -> bool:
    """Whether half or more of a change comes from another mix of parts."""
    return bool(np.isfinite(own) and total and own / total < least)


def follows(counts: pd.DataFrame) -> bool:
    """Whether the part tells what is counted: most of its variance lies between the parts.

    Departments that each get their own category change with the categories, and explain none.

    >>> follows(pd.DataFrame({"kept": [90, 0], "n": [90, 60], "kept_after": [50, 1], "n_after": [50, 70]}))
    True
    >>> follows(pd.DataFrame({"kept": [60, 20], "n": [90, 60], "kept_after": [30, 20], "n_after": [50, 70]}))
    False
    """
    kept, n = counts["kept"] + counts["kept_after"], counts["n"] + counts["n_after"]
    if not n.sum() > 0:
        return False
    level = kept.sum() / n.sum()
    between = float((n * (kept / n - level) ** 2).sum() / n.sum())
    return between > FOLLOWS * float(level * (1 - level))


def another(counts: pd.DataFrame) -> bool:
    """Whether the mix of parts changed beyond chance (chi-square), most rows lying in parts of both sides.

    >>> sizes = pd.DataFrame({"n": [80, 20], "n_after": [20, 80]})
    >>> another(sizes), another(sizes[["n", "n"]].set_axis(["n", "n_after"], axis=1))
    (True, False)
    """
    from scipy.stats import chi2_contingency

    sizes = counts[["n", "n_after"]]
    both = sizes[(sizes > 0).all(axis=1)]
    if len(both) < 2 or (both.sum() < COVERED * sizes.sum()).any():
        return False
    return bool(chi2_contingency(both.to_numpy(), correction=False).pvalue < ANOTHER)


def crossed(columns: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Each two of the columns, with what both are called.

    >>> crossed({"channel": "渠道", "region": "地区", "product": "产品"})[0]
    ('channel', 'region', '渠道与地区')
    """
    return [(one, two, f"{columns[one]}与{columns[two]}") for one, two in combinations(columns, 2)]


def joined(rows: pd.DataFrame, one: str, two: str) -> pd.DataFrame:
    """The rows with the column BOTH, the part of two columns each is in; missing where one of them is.

    >>> rows = pd.DataFrame({"channel": ["电话", "微博"], "region": ["华东", None]})
    >>> joined(rows, "channel", "region")["both"].tolist()
    ['电话·华东', nan]
    """
    return rows.assign(**{BOTH: rows[one].astype("str").str.cat(rows[two].astype("str"), sep="·")})


def told(label: str, counts: pd.DataFrame, total: float, own: float, unit: str = POINTS) -> str:
    """The contradiction in words: points of proportions, per cent of hours (logarithms), else the unit."""
    same = "方向相反" if own * total < 0 else "大部分变化不在各部分之内"
    one = counts.assign(size=counts["n"] + counts["n_after"]).nlargest(2, "size")
    shown = "，".join(
        f"{name} {_level(row['kept'] / row['n'], unit)} → {_level(row['kept_after'] / row['n_after'], unit)}"
        for name, row in one.iterrows()
        if row["n"] and row["n_after"]
    )
    return (
        f"分{label}看，构成不变时的变化是 {_change(own, unit)}，而合计变化 {_change(total, unit)}，"
        f"{same}（{shown}）：合计的变化来自{label}构成的变化"
    )


def told_of_sources(names: Sequence[str], total: float, own: float, unit: str) -> str:
    """The same of sources that joined or left.

    >>> told_of_sources(["微博"], -1.2, 0.0, "件/千单")[:34]
    '来源“微博”只在改进前或改进后才有；只看其余来源，变化是 +0.00'
    """
    return (
        f"来源“{'、'.join(names)}”只在改进前或改进后才有；只看其余来源，变化是 {_change(own, unit)}，"
        f"而合计变化 {_change(total, unit)}：合计的变化来自来源的增减"
    )


def _level(value: float, unit: str) -> str:
    if unit == HOURS:
        return f"{np.exp(value):.1f} 小时"
    return f"{value:.1%}" if unit == POINTS else f"{value:.2f}"


def _change(value: float, unit: str) -> str:
    if unit == HOURS:
        return f"{signed(100 * np.expm1(value), 0)}%"
    return f"{signed(value * 100) if unit == POINTS else signed(value, 2)} {unit}"
