"""Charts of customers: who comes back when, what a complaint goes with, how silence turns to loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib.period import Period
from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.theme import Chart
from voc_lib.report.tables import number
from voc_lib.stats.service import WHOLE

BESIDE = (
    "反映问题后 90 天内再次下单的比例与同类客户之差：“全部”与没有反映问题的客户比，各类与反映其他问题的客户比"
    "（细线为区间，各类校正过；括号内为人次）。"
)


def cohorts(table: pd.DataFrame) -> Chart | TextView:
    """The share of each first month's customers who order in each month after; schema.COHORTS in."""
    if table.empty:
        return theme.nothing("客户留存")
    from matplotlib.colors import LinearSegmentedColormap

    wide = table.pivot_table(index="cohort", columns="month", values="share")
    sizes = table.groupby("cohort")["customers"].first()
    top = float(wide.max().max()) or 1.0
    with theme.canvas(0.8 + 0.24 * len(wide)) as (figure, axes):
        colours = LinearSegmentedColormap.from_list("voc", theme.SEQUENCE)
        axes.pcolormesh(wide.to_numpy(), cmap=colours, vmin=0, vmax=top, edgecolors="white", linewidth=1.2)
        _written(axes, wide, top)
        axes.set_yticks([i + 0.5 for i in range(len(wide))], [f"{c}（{int(sizes[c])}）" for c in wide.index])
        axes.set_xticks([j + 0.5 for j in range(wide.shape[1])], [f"{int(m)}" for m in wide.columns])
        axes.set_ylim(len(wide), 0)
        axes.set_xlabel("首单后第几个月")
        axes.spines["bottom"].set_visible(False)
        words = _back(table)
        axes.set_title(words, fontsize=9)
        caption = "各月首单客户（括号内为人数）在其后各月下过单的比例；颜色越深，回来的越多。"
        return theme.chart(figure, alt=f"客户留存：{words}", caption=caption, of="cohorts", drawn=table)


def _written(axes: Any, wide: pd.DataFrame, top: float) -> None:
    """The share in each cell that has one, white where the cell is dark."""
    for i, row in enumerate(wide.to_numpy()):
        for j, share in enumerate(row):
            if not np.isnan(share):
                ink, words = "white" if share > 0.6 * top else theme.INK, f"{share * 100:.0f}%"
                axes.text(j + 0.5, i + 0.5, words, ha="center", va="center", fontsize=7.5, color=ink)


def _back(table: pd.DataFrame) -> str:
    """How many of the last month's new customers came back the month after."""
    first = table[table["month"] == 1].iloc[-1]
    month = Period.parse(first["cohort"]).title
    return f"{month}首单的客户次月 {number(first['share'], 'share')} 再次下单"


def afterwards(table: pd.DataFrame) -> Chart | TextView:
    """Points by which complainers order again less often than customers like them; schema.AFTERWARDS in."""
    rows = table[table["claim"] != "样本太少"].reset_index(drop=True)
    if rows.empty:
        return theme.nothing("反映问题之后的购买")
    with theme.canvas(0.9 + 0.3 * len(rows)) as (figure, axes):
        _differences(axes, rows)
        theme.rows(axes, rows["group"])
        axes.set_xlabel("与同类客户之差（百分点）")
        axes.grid(axis="x")
        axes.set_title(_finding(rows), fontsize=9)
        told = "；".join(f"{r['group']} {number(r['change'], 'points')}" for r in rows.to_dict("records"))
        return theme.chart(
            figure,
            alt=f"反映问题之后 90 天内再次下单的比例与同类客户之差（百分点）：{told}",
            caption=BESIDE,
            of="afterwards",
            drawn=rows,
        )


def _differences(axes: Any, rows: pd.DataFrame) -> None:
    """A point with its interval for each group, the shares it comes of beside it."""
    tones = {"更低": theme.UP, "更高": theme.DOWN}
    colours = [tones.get(str(claim), theme.FAINT) for claim in rows["claim"]]
    y = range(len(rows))
    axes.axvline(0, color=theme.MUTED, linewidth=0.8)
    axes.hlines(y, rows["change_low"], rows["change_high"], colors=colours, linewidth=1.4)
    axes.scatter(rows["change"], y, color=colours, s=24, zorder=3)
    left, right = min(float(rows["change_low"].min()), 0.0), max(float(rows["change_high"].max()), 0.0)
    for i, row in enumerate(rows.to_dict("records")):
        own, same = number(row["share"], "share"), number(row["compared"], "share")
        theme.beside(axes, f"{own}，同类客户 {same}（{row['n']:,}）", right, i)
    axes.set_xlim(left * 1.08, right + (right - left) * 0.95)


def _finding(rows: pd.DataFrame) -> str:
    less = rows[rows["claim"] == "更低"]
    if less.empty:
        return "没有看出反映问题的客户少买"
    row = less.sort_values("change").iloc[0]
    who = "反映问题" if row["group"] == WHOLE else f"反映{row['group']}"
    return f"{who}的客户再次下单的比例更低：{number(row['change'], 'points')} 个百分点"


def churn(table: pd.DataFrame) -> Chart | TextView:
    """The share lost by how long customers have been silent; schema.CHURN in."""
    from voc_lib.report.plots.ranking import intervals

    rows = table[table["was"] > 0]
    return intervals(
        rows.assign(n=rows["was"]),
        "band",
        "share",
        "low",
        "high",
        kind="share",
        caption=_silence(rows),
        of="churn",
    )


def _silence(rows: pd.DataFrame) -> str:
    """What the first and the last band come to."""
    told = [rows.iloc[place] for place in (0, -1)] if len(rows) > 1 else []
    parts = "，".join(f"{row['band']}的有 {number(row['share'], 'share')}" for row in told)
    return (
        f"按距上次下单的时间，其后 180 天没有再下单的比例：{parts}"
        if parts
        else "其后 180 天没有再下单的比例"
    )
