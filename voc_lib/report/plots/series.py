"""Charts over months: trends of categories, the run chart of a measure, promises kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from voc_lib.period import Period
from voc_lib.report.narrative import TextView
from voc_lib.report.page import em
from voc_lib.report.plots import theme
from voc_lib.report.plots.kept import kept
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import PERCENT_UNITS, number
from voc_lib.schema import VERDICTS
from voc_lib.schema.stats import BEATS

ACROSS = 3
HEADROOM = 0.28  # of a run chart, for the words of its phases
LINE = 10.5  # points between the words of neighbouring phases, which would overlap on one line
BEHIND = {"facecolor": "white", "edgecolor": "none", "pad": 0.3, "alpha": 0.85}  # words on lines
PHASES = ("更早", "改进前", "实施中", "改进后")
VERDICT_COLOURS = {"达标": theme.DOWN, "未达标": theme.UP}


@kept
def trend(trend: pd.DataFrame, *, top: int = 5) -> Chart | TextView:
    """One small panel per category with its monthly share and interval, and one with all; schema.TREND in."""
    if trend.empty or not trend["n"].sum():
        return theme.nothing("月度趋势")
    trend = trend[trend["month"] >= trend["month"][trend["total"] > 0].min()]
    months = sorted(trend["month"].unique())
    sums = trend.groupby("category")["n"].sum()
    names = sorted(sums[sums > 0].index, key=lambda name: (-sums[name], name))[:top]
    totals = trend.groupby("month")["total"].max().reindex(months)
    down = -(-(len(names) + 1) // ACROSS)
    with theme.canvas(0.5 + 1.55 * down, rows=down, columns=ACROSS, sharex=True, squeeze=False) as (
        figure,
        grid,
    ):
        panels = list(grid.flat)
        highest = _ceiling(trend[trend["category"].isin(names)])
        for axes, name in zip(panels, names, strict=False):
            rows = trend[trend["category"] == name].set_index("month").reindex(months)
            _share_panel(axes, rows, totals)
            axes.set_ylim(0, highest)
            theme.heading(axes, label(name, 13, lines=1))
        _total_panel(panels[len(names)], totals)
        for axes in panels[len(names) + 1 :]:
            axes.set_visible(False)
        for axes in panels:
            _month_axis(axes, months)
            axes.tick_params(axis="x", labelbottom=True)
        told = "；".join(f"{name} {_last(trend, name)}" for name in names)
        return theme.chart(
            figure,
            alt=f"{months[0]} 至 {months[-1]} 月度占比趋势，末月：{told}",
            caption=f"{_foremost(trend)}：主要问题类型的月度占比"
            f"（浅色带为 95% 区间，空心点为当月样本少于 30{_drawn(trend)}）。",
            of="trend",
            drawn=trend[trend["category"].isin(names)][
                ["month", "category", "n", "total", "share", "low", "high"]
            ],
        )


def _foremost(trend: pd.DataFrame) -> str:
    """Which category has most problems, in every month with any or in the last."""
    shares = trend.pivot_table("share", "month", "category", observed=True).dropna(how="all")
    first = shares.idxmax(axis=1)
    when = "各月都是" if len(set(first)) == 1 and len(first) > 1 else "末月"
    return f"{when}{first.iloc[-1]}最多"


@kept
def effect(
    series: pd.DataFrame, title: str, *, target: float | None = None, unit: str = ""
) -> Chart | TextView:
    """The run chart of a measure: monthly values with intervals, phases, their means and the target line.

    `series` has month, value, low, high, n, phase. Without `unit`, values that all lie in 0..1 are shares.
    """
    rows = series.sort_values("month").reset_index(drop=True)
    known = rows.dropna(subset=["value"])
    if known.empty:
        return theme.nothing(title)
    kind = _kind(known, unit)
    unit = "" if kind == "share" else unit
    with theme.canvas(2.7) as (figure, axes):
        _phases(axes, rows, kind, unit)
        small = known["n"].astype("float64") < theme.SMALL_BASE
        axes.plot(rows.index, rows["value"], color=theme.ACCENT, linewidth=1.1, zorder=3)
        axes.vlines(known.index, known["low"], known["high"], color=theme.SOFT, linewidth=0.9, zorder=2)
        _dots(axes, known.index, known["value"], small)
        _limits(axes, rows.index, rows, rows["value"])
        if target is not None:
            axes.axhline(target, color=theme.DOWN, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
        last = known.iloc[-1]
        words = number(last["value"], kind, unit)
        theme.beside(axes, words, known.index[-1], last["value"], colour=theme.ACCENT)
        _value_axis(axes, kind, unit)
        _month_axis(axes, rows["month"].tolist(), most=13)
        if target is not None:
            _aimed(axes, rows, target, f"目标 {number(target, kind, unit)}")
        told = "、".join(
            f"{phase}均值 {number(_level(part, kind), kind, unit)}" for phase, part in _by_phase(known)
        )
        numbered = ["month", "phase", "value", "low", "high", "n"]
        aim = "" if target is None else f"，目标 {number(target, kind, unit)}"
        return theme.chart(
            figure,
            alt=f"{title} 运行图：{told}{aim}{_broken(rows)}",
            caption=f"{title}：{told}{aim}{_rung(rows)}。",
            of="effect_months",
            drawn=rows[numbered].assign(unit="比例" if kind == "share" else unit),
        )


@kept
def commitments(commitments: pd.DataFrame) -> Chart | TextView:
    """One panel per promise: monthly share kept with interval and target; schema.COMMITMENTS in."""
    known = commitments.dropna(subset=["share"])
    if known.empty:
        return theme.nothing("服务承诺兑现")
    names = list(dict.fromkeys(known["promise"]))
    months = sorted(commitments["month"].unique())
    across = min(2, len(names))
    down = -(-len(names) // across)
    with theme.canvas(0.4 + 1.75 * down, rows=down, columns=across, squeeze=False) as (figure, grid):
        panels = list(grid.flat)
        for axes, name in zip(panels, names, strict=False):
            rows = commitments[commitments["promise"] == name].set_index("month").reindex(months)
            _promise_panel(axes, rows.reset_index(), name)
            _month_axis(axes, months)
        for axes in panels[len(names) :]:
            axes.set_visible(False)
        last = known.sort_values("month", kind="stable").groupby("promise", sort=False).tail(1)
        told = "；".join(
            f"{r['promise']} {number(r['share'], 'share')} {_verdict(r)}" for _, r in last.iterrows()
        )
        return theme.chart(
            figure,
            alt=f"服务承诺兑现率，最近一个月：{told}",
            caption=f"最近一个月：{_counted(last)}（竖线为 95% 区间，虚线为承诺目标）。",
            of="commitments",
            drawn=known,
        )


def _counted(last: pd.DataFrame) -> str:
    """How many promises have which verdict."""
    counts = last["verdict"].dropna().value_counts()
    told = "，".join(f"{name} {counts[name]} 项" for name in VERDICTS if name in counts)
    return told or "各项承诺的兑现率"


def forecast(series: Mapping[str, pd.Series], told: pd.DataFrame) -> Chart | None:
    """A panel per forecast that is told: the last 24 months, the next with its interval; None without one."""
    rows = told[told["claim"] == BEATS].to_dict("records")
    if not rows:
        return None
    with theme.canvas(2.0, columns=len(rows), squeeze=False) as (figure, grid):
        for axes, row in zip(grid.flat, rows, strict=True):
            past = series[row["indicator"]].iloc[-24:]
            place = len(past)
            axes.plot(range(place), past.to_numpy(), color=theme.ACCENT, linewidth=1.1)
            axes.vlines([place], [row["low"]], [row["high"]], color=theme.SOFT, linewidth=2.5)
            _dots(axes, [place], pd.Series([row["value"]]), pd.Series([True]))
            theme.beside(axes, number(row["value"], "float"), place, row["value"], colour=theme.ACCENT)
            _month_axis(axes, [*past.index.astype(str), row["month"]])
            axes.grid(axis="y")
            theme.heading(axes, row["indicator"])
        words = "；".join(
            f"{r['indicator']} {Period.parse(r['month']).title}预计 {number(r['value'], 'float')}"
            for r in rows
        )
        caption = "最近 24 个月与下月预计（空心点，粗线为 95% 区间）。"
        drawn = told[told["claim"] == BEATS]
        return theme.chart(figure, alt=words, caption=caption, of="forecast", drawn=drawn)


def _share_panel(axes: Any, rows: pd.DataFrame, totals: pd.Series) -> None:
    x = range(len(rows))
    axes.fill_between(x, rows["low"].astype(float), rows["high"].astype(float), color=theme.PALE, linewidth=0)
    axes.plot(x, rows["share"], color=theme.ACCENT, linewidth=1.3)
    small = (totals.astype("float64") < theme.SMALL_BASE).to_numpy() & rows["share"].notna().to_numpy()
    axes.scatter([i for i in x if small[i]], rows["share"][small], s=9, zorder=3, facecolor="white",
                 edgecolor=theme.ACCENT, linewidth=0.8)  # fmt: skip
    last = rows["share"].last_valid_index()
    if last is not None:
        place = list(rows.index).index(last)
        axes.scatter([place], [rows["share"][last]], s=14, color=theme.ACCENT, zorder=4)
        axes.set_title(
            number(rows["share"][last], "share"), loc="right", fontsize=8.5, color=theme.ACCENT, pad=6
        )
    _limits(axes, range(len(rows)), rows, rows["share"])
    axes.grid(axis="y")
    theme.percent_axis(axes.yaxis)
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=7.5)


def _limits(axes: Any, x: Any, rows: pd.DataFrame, values: pd.Series) -> None:
    """Centre line, control limits, and a ring with the rule round each point that breaks one."""
    if "center" not in rows or rows["center"].isna().all():
        return
    axes.plot(x, rows["center"], color=theme.MUTED, linewidth=0.9, zorder=2)
    for name in ("lower", "upper"):
        axes.plot(x, rows[name], color=theme.MUTED, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
    places, rules = list(x), rows["signal"].tolist()
    for i, rule in enumerate(rules):
        if pd.isna(rule):
            continue
        y = float(values.iloc[i])
        axes.scatter([places[i]], [y], s=48, facecolor="none", edgecolor=theme.UP, linewidth=1.2, zorder=5)
        if i == len(rules) - 1 or rules[i + 1] != rule:
            axes.annotate(rule, (places[i], y), xytext=(0, 6), textcoords="offset points", ha="center",
                          va="bottom", fontsize=7, color=theme.UP, zorder=5, bbox=BEHIND)  # fmt: skip


def _aimed(axes: Any, rows: pd.DataFrame, target: float, words: str) -> None:
    """The words of the target line above or below it where the fewest lines run through them."""
    low, high = axes.get_ylim()
    wide, tall = (
        em(words) * 8 * len(rows) / (axes.get_position().width * theme.WIDTH * 72),
        0.085 * (high - low),
    )
    drawn = rows[[name for name in ("value", "center", "lower", "upper", "low", "high") if name in rows]]

    def crossed(place: tuple[int, int]) -> float:
        left, side = place
        part = drawn.iloc[left : left + math.ceil(wide) + 1].to_numpy("float64")
        bottom, top = sorted((target, target + side * tall))
        return float(((part > bottom) & (part < top)).sum())

    places = [(left, side) for side in (1, -1) for left in range(max(1, len(rows) - math.ceil(wide)))]
    left, side = min(places, key=crossed)
    axes.annotate(
        words, (left - 0.4, target), xytext=(2, 2 * side), textcoords="offset points", fontsize=8,
        va="bottom" if side > 0 else "top", color=theme.DOWN, zorder=6,
        bbox=BEHIND,
    )  # fmt: skip


def _level(part: pd.DataFrame, kind: str) -> float:
    """The level of a phase: of shares that of all its cases together, as the table of effects has it."""
    known = part.dropna(subset=["value"])
    weights = known["n"].astype("float64").fillna(0.0)
    if kind != "share" or not weights.sum():
        return float(known["value"].mean())
    return float((known["value"] * weights).sum() / weights.sum())


def _rung(rows: pd.DataFrame) -> str:
    """What the limits say; nothing where none are drawn."""
    if "center" not in rows or rows["center"].isna().all():
        return ""
    return "；圈出的月份违反所写的规则" if rows["signal"].notna().any() else "；没有月份违反控制图的规则"


def _drawn(rows: pd.DataFrame) -> str:
    if "center" not in rows or rows["center"].isna().all():
        return ""
    return "；灰折线为控制图中心线，虚折线为控制限，圈出的点违反所写的规则"


def _broken(rows: pd.DataFrame) -> str:
    broken = rows.dropna(subset=["signal"]) if "signal" in rows else rows.head(0)
    return "".join(f"；{row['month']} {row['signal']}" for row in broken.to_dict("records"))


def _total_panel(axes: Any, totals: pd.Series) -> None:
    values = totals.fillna(0).astype("float64")
    axes.bar(range(len(values)), values, color=theme.SOFT, width=0.8)
    axes.set_title(f"{int(values.iloc[-1]):,}", loc="right", fontsize=8.5, color=theme.MUTED, pad=6)
    axes.set_ylim(0, values.max() * 1.1 or 1)
    axes.grid(axis="y")
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=7.5)
    theme.heading(axes, "当月问题总数")


def _ceiling(rows: pd.DataFrame) -> float:
    """The top of the common share axis: a wild interval of a tiny month may run out of the panel."""
    limit = float(rows["upper"].max()) * 1.03 if "upper" in rows and rows["upper"].notna().any() else 0.0
    wild = float(rows["high"].quantile(0.9)) * 1.1
    return min(1.05, max(float(rows["share"].max()) * 1.25, wild, limit) or 1.0)


def _last(trend: pd.DataFrame, name: str) -> str:
    rows = trend[trend["category"] == name].sort_values("month").dropna(subset=["share"])
    return number(rows["share"].iloc[-1] if len(rows) else None, "share")


def _month_axis(axes: Any, months: list[str], *, most: int = 5) -> None:
    step = max(1, -(-len(months) // most))
    places = list(range(len(months) - 1, -1, -step))[::-1]
    years = [str(months[i])[:4] for i in places]
    words = [_month(months[i], new=k == 0 or years[k] != years[k - 1]) for k, i in enumerate(places)]
    axes.set_xticks(places, words)
    axes.set_xlim(-0.6, len(months) - 0.4)


def _month(month: str, *, new: bool) -> str:
    """“2026-01” as “1月”, with the year below where it is new."""
    year, _, number_ = str(month).partition("-")
    if not number_.isdigit():
        return label(month, 6)
    return f"{int(number_)}月\n{year}" if new else f"{int(number_)}月\n"


def _kind(rows: pd.DataFrame, unit: str) -> str:
    values = rows["value"]
    if unit in PERCENT_UNITS or (not unit and values.min() >= 0 and values.max() <= 1):
        return "share"
    return "float"


def _value_axis(axes: Any, kind: str, unit: str) -> None:
    axes.grid(axis="y")
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=8)
    if kind == "share":
        theme.percent_axis(axes.yaxis)
    elif unit:
        axes.set_ylabel(label(unit, 10))
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, 0) if kind == "share" else low, high + HEADROOM * (high - low))


def _by_phase(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    parts = {str(phase): part for phase, part in rows.dropna(subset=["phase"]).groupby("phase", sort=False)}
    order = [phase for phase in PHASES if phase in parts] + [phase for phase in parts if phase not in PHASES]
    return [(phase, parts[phase]) for phase in order]


def _phases(axes: Any, rows: pd.DataFrame, kind: str, unit: str) -> None:
    phases = _by_phase(rows)
    for count, (phase, part) in enumerate(phases):
        last = count == len(phases) - 1
        left, right = part.index.min() - 0.5, part.index.max() + 0.5
        if count % 2:
            axes.axvspan(left, right, color=theme.WASH, linewidth=0, zorder=0)
        mean = _level(part, kind)
        words = label(phase, 8, lines=1)
        if pd.notna(mean) and phase != "实施中":
            axes.hlines(mean, left, right, color=theme.MUTED, linewidth=1, zorder=1)
            words += f"（均值 {number(mean, kind, unit)}）"
        axes.annotate(
            words, (right if last else (left + right) / 2, 1.0), xycoords=("data", "axes fraction"),
            xytext=(0, -2 - LINE * (count % 3)), textcoords="offset points",
            ha="right" if last else "center", va="top", fontsize=8, color=theme.MUTED,
        )  # fmt: skip


def _dots(axes: Any, x: Any, y: pd.Series, small: pd.Series) -> None:
    faces = ["white" if s else theme.ACCENT for s in small]
    axes.scatter(x, y, s=16, facecolor=faces, edgecolor=theme.ACCENT, linewidth=0.9, zorder=4)


def _promise_panel(axes: Any, rows: pd.DataFrame, name: str) -> None:
    known = rows.dropna(subset=["share"])
    axes.vlines(known.index, known["low"], known["high"], color=theme.SOFT, linewidth=0.9)
    axes.plot(rows.index, rows["share"], color=theme.ACCENT, linewidth=1.1)
    colours = [VERDICT_COLOURS.get(str(v), theme.FAINT) for v in known["verdict"]]
    axes.scatter(known.index, known["share"], s=16, color=colours, zorder=4)
    last = known.iloc[-1]
    if pd.notna(last["target"]):
        axes.axhline(last["target"], color=theme.MUTED, linewidth=0.9, linestyle=(0, (4, 3)))
    bottom = min(float(known["low"].min()), float(known["target"].min(skipna=True)))
    axes.set_ylim(max(0.0, bottom - 0.05), 1.02)
    axes.grid(axis="y")
    theme.percent_axis(axes.yaxis)
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=7.5)
    target = f"（目标 {number(last['target'], 'share')}）" if pd.notna(last["target"]) else ""
    theme.heading(
        axes, f"{label(name, 14, lines=1)}{target} {number(last['share'], 'share')} {_verdict(last)}"
    )


def _verdict(row: pd.Series) -> str:
    return "" if pd.isna(row["verdict"]) else str(row["verdict"])
