"""Charts of surveys: how answers spread, what matters and how it stands, which groups differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import number
from voc_lib.schema.survey import FIFTHS as NAMES

FIFTHS = [f"fifth_{i}" for i in range(1, 6)]
LEVELS = (theme.UP, "#e8b698", theme.PALE, theme.SOFT, theme.ACCENT)


def spread(table: pd.DataFrame) -> Chart | TextView:
    """How the answers to each question of the first survey spread over fifths; schema.SURVEY_SPREAD in."""
    rows = table[table["source"] == table["source"].iloc[0]] if len(table) else table
    if rows.empty:
        return theme.nothing("评分分布")
    names = rows["question"].tolist()
    shares = rows[FIFTHS].to_numpy("float64")
    with theme.canvas(1.0 + 0.3 * len(names)) as (figure, axes):
        for i, n in enumerate(rows["n"]):
            _bar(axes, i, shares[i])
            theme.beside(axes, f"n={n:,}", 1.0, i)
        theme.rows(axes, names)
        axes.set_xlim(0, 1.12)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        theme.legend(axes, list(zip(NAMES, LEVELS, strict=True)), mark="■")
        bad = f"{shares[0, :2].sum() * 100:.0f}%"
        axes.set_title(f"{label(names[0], 16, lines=1)}均分最低：{bad} 在最低的两档", fontsize=9, pad=20)
        best = zip(names, shares[:, -1], strict=True)
        return theme.chart(
            figure,
            alt="评分分布：" + "；".join(f"{name} 最高一档 {share * 100:.0f}%" for name, share in best),
            caption=f"{rows['source'].iloc[0]}：各评分题的分布，按各自评分制的五等分（均分最低的在上）。",
            of="survey_spread",
            drawn=rows,
        )


def _bar(axes: Any, place: int, shares: np.ndarray) -> None:
    """One question as a bar of fifths, the share written where there is room."""
    left = 0.0
    for share, colour in zip(shares, LEVELS, strict=True):
        axes.barh(place, share, left=left, color=colour, height=0.66)
        if share >= 0.06:
            ink = "white" if colour in (theme.UP, theme.ACCENT) else theme.INK
            words = f"{share * 100:.0f}%"
            axes.text(left + share / 2, place, words, ha="center", va="center", fontsize=7.5, color=ink)
        left += share


def importance(drivers: pd.DataFrame) -> Chart | TextView:
    """Importance against how it stands now; schema.SURVEY_DRIVERS in."""
    rows = drivers[drivers["claim"].isin(["提高", "拉低"])].reset_index(drop=True)
    if len(rows) < 2:
        return theme.nothing("重要性与现状（影响超出误差范围的因素不到两个）")
    x, y = rows["level"].astype("float64"), rows["importance"].astype("float64")
    first = (x <= x.mean()) & (y >= y.mean())
    with theme.canvas(3.6) as (figure, axes):
        axes.axvline(x.mean(), color=theme.LINE, linewidth=0.9)
        axes.axhline(y.mean(), color=theme.LINE, linewidth=0.9)
        axes.vlines(x, rows["importance_low"], rows["importance_high"], color=theme.SOFT, linewidth=1.0)
        axes.scatter(x, y, s=34, color=[theme.UP if each else theme.ACCENT for each in first], zorder=3)
        axes.margins(0.16)
        axes.set_xlabel("现状（越右越好）")
        axes.set_ylabel("重要性")
        theme.percent_axis(axes.xaxis)
        theme.percent_axis(axes.yaxis)
        axes.spines["left"].set_visible(True)
        names = [label(name, 12, lines=1) for name in rows["driver"]]
        theme.labels_apart(axes, list(zip(x, y, strict=True)), names)
        named = "、".join(rows.loc[first, "driver"])
        words = f"先改进：{named}（重要而现状偏低）" if named else "没有又重要、现状又偏低的因素"
        axes.set_title(words, fontsize=9)
        told = "；".join(f"{r['driver']} {number(r['importance'], 'share')}" for r in rows.to_dict("records"))
        return theme.chart(
            figure,
            alt=f"重要性与现状：{told}",
            caption="重要性（占可解释部分，竖线为 95% 区间）与现状；左上角先改进。",
            of="survey_drivers",
            drawn=rows[["driver", "level", "importance", "importance_low", "importance_high", "claim"]],
        )
