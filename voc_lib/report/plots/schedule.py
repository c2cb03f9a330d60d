"""The plan of measures as bars over time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.kept import kept
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import number

COLOURS = {
    "复发": "#8c1d40",
    "按期": theme.DOWN,
    "进行中": theme.ACCENT,
    "未开始": theme.SOFT,
    "延期": "#b58400",
    "已逾期": theme.UP,
    "取消": theme.FAINT,
}
ROWS = 40  # drawn; the table holds them all


@kept
def gantt(tracking: pd.DataFrame, as_of: date) -> Chart | TextView:
    """Each measure as a bar from start to due date, its finish as a diamond; schema.TRACKING in."""
    rows = tracking.dropna(subset=["start", "due"]).sort_values(["start", "due", "measure_id"], kind="stable")
    if rows.empty:
        return theme.nothing("措施进度")
    rows = rows.head(ROWS).reset_index(drop=True)
    now = pd.Timestamp(as_of)
    ends = pd.concat([rows["start"], rows["due"], rows["done"].dropna(), pd.Series([now])])
    span = max((ends.max() - ends.min()).days, 14)
    left, right = ends.min(), ends.min() + pd.Timedelta(days=span)
    with theme.canvas(0.75 + 0.38 * len(rows)) as (figure, axes):
        for i, row in enumerate(_records(rows)):
            _bar(axes, i, row, now)
        axes.axvline(now, color=theme.INK, linewidth=0.8, linestyle=(0, (3, 3)))
        axes.annotate(f"截至 {number(now, 'date')}", (now, 0), xycoords=("data", "axes fraction"),
                      xytext=(-3, 3), textcoords="offset points", ha="right", fontsize=7.5,
                      color=theme.MUTED)  # fmt: skip
        names = [label(f"{r['measure_id']} {r['action']}", 15) for r in _records(rows)]
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) + 0.1, -0.6)
        axes.set_xlim(left - pd.Timedelta(days=0.02 * span), right + pd.Timedelta(days=0.3 * span))
        _date_axis(axes, left, right)
        axes.grid(axis="x")
        told = "；".join(
            f"{r['measure_id']} {number(r['start'], 'date')} 至 {number(r['due'], 'date')} {r['state']}"
            for r in _records(rows)
        )
        states = [state for state in COLOURS if state in set(rows["state"])]
        theme.legend(axes, [(label(state, 6, lines=1), COLOURS[state]) for state in states], mark="■")
        more = f"；共 {len(tracking)} 项，此处列出 {len(rows)} 项" if len(tracking) > len(rows) else ""
        return theme.chart(
            figure,
            alt=f"措施进度图：{told}",
            caption=f"改进措施的计划起止与实际完成（菱形为完成日，细线为超期{more}）。",
            of="tracking",
            drawn=rows[["measure_id", "action", "owner", "start", "due", "done", "state"]],
        )


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]


def _bar(axes: Any, place: int, row: dict[str, Any], now: pd.Timestamp) -> None:
    colour = COLOURS.get(str(row["state"]), theme.SOFT)
    day = pd.Timedelta(days=1)
    axes.barh(place, row["due"] - row["start"] + day, left=row["start"], height=0.5, color=colour, alpha=0.9)
    late = row["done"] if pd.notna(row["done"]) else now if row["state"] == "已逾期" else row["due"]
    if late > row["due"]:
        axes.hlines(place, row["due"], late, color=colour, linewidth=1.6)
    if pd.notna(row["done"]):
        axes.scatter([row["done"]], [place], marker="D", s=26, color=theme.INK, zorder=4)
    reach = max(late, row["due"] + day)
    theme.beside(axes, f"{label(row['owner'], 6, lines=1)} · {label(row['state'], 6, lines=1)}", reach, place)


def _date_axis(axes: Any, left: pd.Timestamp, right: pd.Timestamp) -> None:
    days = pd.date_range(left.to_period("M").to_timestamp(), right, freq="MS")
    days = days[days >= left - pd.Timedelta(days=3)]
    if len(days) < 2:
        days = pd.date_range(left, right, periods=4).normalize()
        axes.set_xticks(days, [f"{day.month}月{day.day}日" for day in days])
        return
    days = days[:: -(-len(days) // 9)]
    words = [
        f"{d.month}月\n{d.year}" if i == 0 or d.month == 1 else f"{d.month}月" for i, d in enumerate(days)
    ]
    axes.set_xticks(days, words)
