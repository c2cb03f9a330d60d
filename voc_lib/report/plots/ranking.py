"""Charts that rank categories: Pareto, shares with intervals, changes against the period before."""

from __future__ import annotations

from typing import Any

import pandas as pd

from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.kept import kept
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import number
from voc_lib.stats.contrast import RATE
from voc_lib.stats.drivers import LEVEL
from voc_lib.tag.taxonomy import OTHER

VITAL = 0.8
REST = "其余"
BAND = 3.4  # ems of room per category name under a column


@kept
def pareto(category_stats: pd.DataFrame, *, top: int = 12) -> Chart | TextView:
    """Columns by falling frequency with the cumulative share; schema.CATEGORY_STATS in."""
    rows = category_stats[category_stats["n"] > 0]
    if rows.empty:
        return theme.nothing("问题帕累托图")
    drawn = rows[["category", "n", "share", "cumulative"]]
    rows = _collapsed(rows[["category", "n"]].reset_index(drop=True), top)
    total = float(rows["n"].sum())
    cumulative = rows["n"].cumsum() / total
    vital = _vital(rows)
    with theme.canvas(3.3) as (figure, axes):
        x = range(len(rows))
        axes.bar(x, rows["n"], width=0.68, color=[theme.ACCENT if v else theme.SOFT for v in vital])
        axes.plot(x, cumulative * total, color=theme.UP, marker="o", markersize=3, linewidth=1.2)
        axes.axhline(VITAL * total, color=theme.MUTED, linewidth=0.7, linestyle=(0, (4, 3)))
        _column_figures(axes, rows["n"], cumulative, total)
        axes.set_xticks(list(x), [label(c, max(BAND, 46 / len(rows)), lines=3) for c in rows["category"]])
        axes.set_xlim(-0.6, len(rows) - 0.4)
        _two_scales(axes, total)
        few = "、".join(rows["category"][vital])
        part = number(float(rows["n"][vital].sum()) / total, "share")
        return theme.chart(
            figure,
            alt="帕累托图：" + "；".join(f"{c} {int(n)} 件" for c, n in rows.to_numpy()),
            caption=f"{few}合占 {part}（共 {int(total):,} 个问题；橙线为累计占比）。",
            of="category_stats",
            drawn=drawn,
        )


def _column_figures(axes: Any, counts: pd.Series, cumulative: pd.Series, total: float) -> None:
    """The figures of each column, and the share so far at the line but for the first."""
    for i, (n, share) in enumerate(zip(counts, cumulative, strict=True)):
        # where the line runs close above a column the figure goes inside the column
        inside = share * total - n < 0.16 * total and n > 0.12 * total
        axes.annotate(
            f"{int(n):,}\n{number(n / total, 'share')}", (i, n), xytext=(0, -3 if inside else 2),
            textcoords="offset points", ha="center", va="top" if inside else "bottom", fontsize=7.5,
            color="white" if inside else theme.INK, linespacing=1.15,
        )  # fmt: skip
        if i:
            axes.annotate(
                f"{share * 100:.0f}%", (i, share * total), xytext=(-1, 5), textcoords="offset points",
                ha="right" if share < 0.9 else "center", va="bottom", fontsize=7.5, color=theme.UP,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )  # fmt: skip


def _two_scales(axes: Any, total: float) -> None:
    """Counts on the left, the share of all on the right."""
    axes.tick_params(axis="x", labelcolor=theme.INK)
    axes.set_ylim(0, total * 1.08)
    axes.set_ylabel("问题数")
    shares = axes.secondary_yaxis("right", functions=(lambda v: v / total, lambda v: v * total))
    shares.set_ylabel("累计占比")
    theme.percent_axis(shares.yaxis)
    for axis in (axes, shares):
        axis.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=8)


def intervals(
    frame: pd.DataFrame,
    label: str,
    value: str,
    low: str,
    high: str,
    *,
    kind: str = "",
    caption: str = "",
    of: str = "",
) -> Chart | TextView:
    """A dot with its interval per row, in the frame's order; `n` and `small` are used where there are.

    The four names are columns of the frame, `of` its table; `kind` as in tables.number, shares when all lie
    in 0..1.
    """
    rows = frame.dropna(subset=[value]).reset_index(drop=True)
    if rows.empty:
        return theme.nothing(caption or "区间图")
    ends = rows[[value, low, high]].astype("float64")
    kind = kind or ("share" if ends.min().min() >= 0 and ends.max().max() <= 1 else "float")
    grey = _small(rows)
    with theme.canvas(0.7 + 0.27 * len(rows)) as (figure, axes):
        y = range(len(rows))
        colours = [theme.FAINT if small else theme.ACCENT for small in grey]
        axes.hlines(y, ends[low], ends[high], colors=colours, linewidth=1.2)
        axes.scatter(ends[value], y, color=colours, s=22, zorder=3)
        reach = ends.max(axis=1)
        for i, words in enumerate(_figures(rows, value, kind)):
            colour = theme.MUTED if grey[i] else theme.INK
            theme.beside(axes, words, reach[i], i, colour=colour)
        theme.rows(axes, rows[label])
        _room_right(axes, reach.max(), 0.0 if kind == "share" else ends.min().min())
        axes.grid(axis="x")
        if kind == "share":
            theme.percent_axis(axes.xaxis)
        told = "；".join(f"{n} {w}" for n, w in zip(rows[label], _figures(rows, value, kind), strict=True))
        note = "细线为 95% 区间" + ("；灰色为样本少于 30 的分组" if any(grey) else "")
        return theme.chart(
            figure,
            alt=f"区间图：{told}",
            caption=f"{caption}（{note}）" if caption else note + "。",
            of=of,
            drawn=rows if of else None,
        )


def _surely(names: pd.Series, sure: list[bool]) -> str:
    """Which changes are beyond chance, in words."""
    moved = "、".join(names[sure])
    return f"占比变化超出误差范围的：{moved}" if moved else "各类型占比与上期相比，没有一类超出误差范围"


def changes(category_stats: pd.DataFrame, *, top: int = 15) -> Chart | TextView:
    """Changes of shares in points with adjusted intervals; those beyond zero coloured."""
    rows = category_stats.dropna(subset=["change"])
    if rows.empty:
        return theme.nothing("与上期相比的变化")
    largest = rows["change"].abs().sort_values(ascending=False, kind="stable").index[:top]
    rows = (
        rows.loc[largest].sort_values(["change", "category"], ascending=[False, True]).reset_index(drop=True)
    )
    sure = (rows["p_adjusted"] < RATE).tolist()
    colours = [
        theme.FAINT if not s else theme.UP if change > 0 else theme.DOWN
        for s, change in zip(sure, rows["change"], strict=True)
    ]
    with theme.canvas(0.85 + 0.27 * len(rows)) as (figure, axes):
        y = range(len(rows))
        axes.axvline(0, color=theme.MUTED, linewidth=0.8)
        axes.hlines(y, rows["change_low"], rows["change_high"], colors=colours, linewidth=1.2)
        axes.scatter(rows["change"], y, color=colours, s=22, zorder=3)
        reach = rows[["change", "change_high"]].max(axis=1)
        for i, row in enumerate(rows.to_dict("records")):
            counts = f"{number(row['previous_n'], 'int')} → {number(row['n'], 'int')} 件"
            words = f"{number(row['change'], 'points')}（{counts}）"
            theme.beside(axes, words, reach[i], i, colour=theme.INK if sure[i] else theme.MUTED)
        theme.rows(axes, rows["category"])
        _room_right(axes, reach.max(), min(0.0, rows[["change", "change_low"]].min().min()))
        axes.grid(axis="x")
        axes.set_xlabel("占比变化（百分点）")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.4g}".replace("-", "−") if value else "0")
        theme.legend(axes, [("上升", theme.UP), ("下降", theme.DOWN), ("在误差范围内", theme.FAINT)])
        told = "；".join(f"{c} {number(v, 'points')}" for c, v in rows[["category", "change"]].to_numpy())
        return theme.chart(
            figure,
            alt=f"与上期相比占比变化（百分点）：{told}",
            caption=f"{_surely(rows['category'], sure)}（细线为校正后的区间，不跨零线的才超出误差范围）。",
            of="category_stats",
            drawn=rows[["category", "n", "previous_n", "change", "change_low", "change_high", "p_adjusted"]],
        )


def drivers(drivers: pd.DataFrame) -> Chart | TextView:
    """Each driver's effect on the score with its interval, and its importance beside; schema.DRIVERS in."""
    rows = drivers.dropna(subset=["effect", "importance"]).reset_index(drop=True)
    if rows.empty:
        return theme.nothing("满意度驱动因素")
    height, ratios = 0.85 + 0.27 * len(rows), {"width_ratios": [1.5, 1]}
    with theme.canvas(height, columns=2, sharey=True, gridspec_kw=ratios) as (figure, (left, right)):
        _driver_effects(left, rows)
        _driver_parts(right, rows)
        theme.rows(left, rows["driver"])
        told = "；".join(
            f"{r['driver']} {number(r['effect'], 'points')} 分，重要性 {number(r['importance'], 'share')}"
            for r in rows.to_dict("records")
        )
        return theme.chart(
            figure,
            alt=f"满意度驱动因素：{told}",
            caption="有此因素时评分的差（分，其他因素相同时）与它占可解释部分的重要性（细线为 95% 区间）。",
            of="drivers",
            drawn=rows.drop(columns=["mean_with", "mean_without"], errors="ignore"),
        )


def _driver_effects(axes: Any, rows: pd.DataFrame) -> None:
    colours = [
        theme.FAINT if p >= LEVEL else theme.UP if effect < 0 else theme.DOWN
        for p, effect in zip(rows["p_adjusted"], rows["effect"], strict=True)
    ]
    axes.axvline(0, color=theme.MUTED, linewidth=0.8)
    axes.hlines(rows.index, rows["effect_low"], rows["effect_high"], colors=colours, linewidth=1.2)
    axes.scatter(rows["effect"], rows.index, color=colours, s=22, zorder=3)
    for i, row in enumerate(rows.to_dict("records")):
        theme.beside(axes, f"{number(row['effect'], 'score')}  n={int(row['n']):,}", row["effect_high"], i)
    _room_right(axes, max(0.0, rows["effect_high"].max()), min(0.0, rows["effect_low"].min()))
    axes.grid(axis="x")
    axes.set_xlabel("对评分的影响（分）")
    theme.legend(axes, [("拉低", theme.UP), ("拉高", theme.DOWN), ("在误差范围内", theme.FAINT)])


def _driver_parts(axes: Any, rows: pd.DataFrame) -> None:
    axes.barh(rows.index, rows["importance"], color=theme.SOFT, height=0.5)
    axes.hlines(rows.index, rows["importance_low"], rows["importance_high"], color=theme.MUTED, linewidth=1)
    reach = rows[["importance", "importance_high"]].max(axis=1)
    for i, part in enumerate(rows["importance"]):
        theme.beside(axes, number(part, "share"), reach[i], i)
    _room_right(axes, reach.max(), 0.0)
    axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= 1])
    theme.percent_axis(axes.xaxis)
    axes.grid(axis="x")
    axes.set_xlabel("重要性")


def _collapsed(rows: pd.DataFrame, top: int) -> pd.DataFrame:
    """The first rows; the rest summed in one row at the end."""
    if len(rows) <= top:
        return rows
    rest = rows.iloc[top - 1 :]
    other = pd.DataFrame({"category": [f"{REST}{len(rest)}类"], "n": [rest["n"].sum()]})
    return pd.concat([rows.head(top - 1), other], ignore_index=True)


def _vital(rows: pd.DataFrame) -> list[bool]:
    """The few categories that make up eight tenths of the named ones; 其他 names nothing to act on."""
    named = (rows["category"] != OTHER) & ~rows["category"].str.startswith(REST)
    counts = rows["n"].where(named, 0).astype("float64")
    before = counts.cumsum().shift(fill_value=0.0) / (counts.sum() or 1.0)
    return (named & (before < VITAL)).tolist()


def _small(rows: pd.DataFrame) -> list[bool]:
    if "small" in rows:
        return rows["small"].fillna(False).astype(bool).tolist()
    base = (
        rows["base"]
        if "base" in rows
        else rows["n"]
        if "n" in rows
        else pd.Series(theme.SMALL_BASE, rows.index)
    )
    return (base.astype("float64") < theme.SMALL_BASE).tolist()


def _figures(rows: pd.DataFrame, value: str, kind: str) -> list[str]:
    counts = rows["n"] if "n" in rows else [None] * len(rows)
    return [
        number(v, kind) + (f"  n={int(n):,}" if n is not None and pd.notna(n) else "")
        for v, n in zip(rows[value], counts, strict=True)
    ]


def _room_right(axes: Any, highest: float, lowest: float) -> None:
    """Room for the figures right of the widest interval."""
    span = (highest - lowest) or abs(highest) or 1.0
    axes.set_xlim(lowest - 0.04 * span, highest + 0.34 * span)
