"""Charts of service quality: how long problems stay open, what is waiting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.theme import Chart
from voc_lib.report.tables import number

TONES = {"更慢": theme.UP, "更快": theme.DOWN}
PLAIN = (theme.ACCENT, "#8a6fb0", "#b08a2e", theme.MUTED, theme.INK, theme.SOFT)  # of all others
DAY = 24
BAND_COLOURS = (theme.PALE, theme.SOFT, theme.ACCENT, theme.UP)
OPEN = (
    "反馈后仍未办结的比例（Kaplan–Meier，期末未办结的也计入；不足 10 件的组不画；至多 6 组，有差别的在前）。"
)


def still_open(curves: pd.DataFrame, desks: pd.DataFrame) -> Chart | TextView:
    """The share still open by days since it was raised, a line per group; `desks.curves`, schema.DESKS in."""
    if curves.empty:
        return theme.nothing("办结进度")
    apart = set(desks.loc[desks["claim"].isin(TONES), "group"])
    names = sorted(dict.fromkeys(curves["group"]), key=lambda name: name not in apart)[: len(PLAIN)]
    with theme.canvas(3.0) as (figure, axes):
        _lines(axes, curves, _colours(names, desks))
        _open_and_days(axes, curves)
        axes.set_title(_finding(desks), fontsize=9, pad=20)
        middles = desks[desks["group"].isin(names)]
        told = "；".join(
            f"{r['group']} {number(r['hours'], 'float', '小时')}" for r in middles.to_dict("records")
        )
        return theme.chart(
            figure,
            alt=f"办结进度（Kaplan–Meier），办结时长中位数：{told}",
            caption=OPEN,
            of="desks",
            drawn=middles[["group", "n", "open", "hours", "hours_low", "hours_high", "claim"]],
        )


def _colours(names: list[str], desks: pd.DataFrame) -> dict[str, str]:
    """The colour of each group: alarm and relief for the first that is slower or faster, no other."""
    claims, tones, plain = dict(zip(desks["group"], desks["claim"], strict=True)), dict(TONES), iter(PLAIN)
    return {name: tones.pop(str(claims.get(name)), "") or next(plain) for name in names}


def _lines(axes: Any, curves: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """The line of each group, named with its problems in the legend."""
    ends = []
    for name, colour in colours.items():
        rows = curves[curves["group"] == name]
        axes.step(rows["hours"] / DAY, rows["open"], where="post", color=colour, linewidth=1.4)
        ends.append((f"{name}（{int(rows['n'].iloc[0])} 件）", colour))
    theme.legend(axes, ends, mark="━")


def _open_and_days(axes: Any, curves: pd.DataFrame) -> None:
    """The axes, to beyond where one in ten is still open of the group that gets there first, else whole."""
    done = curves.loc[curves["open"] <= 0.1, "hours"]
    reach = max(float(done.min()) * 1.6, 2 * DAY) if len(done) else float("inf")
    axes.axhline(0.5, color=theme.MUTED, linewidth=0.7, linestyle=(0, (4, 3)))
    axes.set_xlim(0, min(reach, float(curves["hours"].max())) / DAY)
    axes.set_ylim(0, 1.01)
    axes.set_xlabel("反馈后的天数")
    axes.set_ylabel("仍未办结的比例")
    axes.grid(axis="y")
    theme.percent_axis(axes.yaxis)
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=8)


def _finding(desks: pd.DataFrame) -> str:
    """What the lines show, in a few words."""
    sure = desks[desks["claim"].isin(TONES)]
    if sure.empty:
        return "各组办结的快慢没有超出误差范围的差别"
    return "、".join(f"{row['group']}办结{row['claim']}" for row in sure.to_dict("records"))


def backlog(table: pd.DataFrame) -> Chart | TextView:
    """Waiting problems per department, coloured by how long they have waited; schema.BACKLOG in."""
    if not table["n"].sum():
        return theme.nothing("待处理问题")
    bands = list(dict.fromkeys(table["band"]))
    wide = table.pivot_table(index="department", columns="band", values="n", aggfunc="sum", observed=False)
    wide = wide.loc[sorted(wide.index, key=lambda name: (-wide.loc[name].sum(), name)), bands]
    waiting, colours = wide.sum(axis=1).astype("float64"), dict(zip(bands, BAND_COLOURS, strict=True))
    with theme.canvas(0.95 + 0.3 * len(wide)) as (figure, axes):
        _stacked(axes, wide, colours)
        for i, total in enumerate(waiting):
            theme.beside(axes, f"{int(total)} 件", total, i)
        theme.rows(axes, wide.index)
        axes.set_xlim(0, float(waiting.max()) * 1.15)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        theme.legend(axes, list(colours.items()), mark="■")
        old = int(wide[bands[-1]].sum())
        axes.set_title(f"{int(waiting.sum())} 件待处理，{old} 件等了超过 30 天", fontsize=9, pad=20)
        told = "；".join(f"{name} {int(n)} 件" for name, n in waiting.items())
        return theme.chart(
            figure,
            alt=f"待处理问题：{told}",
            caption="期末待处理的问题（含往期），按已等待的时间。",
            of="backlog",
            drawn=table,
        )


def _stacked(axes: Any, wide: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """A bar for each department, a piece for each band, its number where there is room."""
    left = pd.Series(0.0, wide.index)
    room = 0.035 * wide.sum(axis=1).max()
    for band, colour in colours.items():
        axes.barh(range(len(wide)), wide[band], left=left, color=colour, height=0.66)
        ink = "white" if colour in (theme.ACCENT, theme.UP) else theme.INK
        for i, (start, n) in enumerate(zip(left, wide[band], strict=True)):
            if n and n >= room:
                axes.text(start + n / 2, i, f"{int(n)}", ha="center", va="center", fontsize=7.5, color=ink)
        left = left + wide[band].astype("float64")
