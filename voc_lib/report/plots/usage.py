"""Charts of how a system is used: adoption, the funnel of a flow, speed at month end."""

from __future__ import annotations

import pandas as pd

from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme
from voc_lib.report.plots.ranking import intervals
from voc_lib.report.plots.theme import Chart
from voc_lib.report.tables import number

SECONDS = 1_000
MOST = 12


def adoption(table: pd.DataFrame) -> Chart | TextView:
    """The share of employees active in the last month per department and role; schema.USAGE_ADOPTION in."""
    last = table[table["month"] == table["month"].max()] if len(table) else table
    rows = last.sort_values(["dimension", "share"], ascending=[True, False], kind="stable")
    named = rows.assign(n=rows["employees"])
    return intervals(
        named,
        "group",
        "share",
        "low",
        "high",
        kind="share",
        caption=f"各部门、岗位的使用率：{_lowest(named, 'group')}最低"
        if len(rows)
        else "各部门、岗位的使用率",
        of="usage_adoption",
    )


def completeness(fields: pd.DataFrame) -> Chart | TextView:
    """The share of records in which a field is filled, the emptiest fields; schema.USAGE_FIELDS in."""
    rows = fields[fields["dimension"] == "全体"].sort_values(["share", "field"], kind="stable").head(MOST)
    several = len(rows["records"].unique()) > 1
    name = rows["field"].astype("str")
    return intervals(
        rows.assign(name=rows["records"].astype("str") + " · " + name if several else name),
        "name",
        "share",
        "low",
        "high",
        kind="share",
        caption=f"填得最少的字段是{_lowest(rows, 'field')}：完整率" if len(rows) else "字段完整率",
        of="usage_fields",
    )


def _lowest(rows: pd.DataFrame, name: str) -> str:
    """The first groups with the lowest share, two at most."""
    shares = rows["share"].astype("float64")
    return "、".join(f"“{word}”" for word in rows.loc[shares == shares.min(), name].astype("str").head(2))


def _dropped(rows: pd.DataFrame) -> str:
    names = rows.loc[rows["worst"].fillna(False).astype(bool), "step"].astype("str")
    return f"离开得最多的是“{'”、“'.join(names)}”。" if len(names) else ""


def _slowed(rows: pd.DataFrame) -> str:
    names = rows.loc[rows["slow_at_end"].fillna(False).astype(bool), "function"].astype("str")
    return f"月底明显变慢的是“{'”、“'.join(names)}”" if len(names) else "没有功能在月底明显变慢"


def funnel(flows: pd.DataFrame) -> Chart | TextView:
    """A bar per step of every flow, the step where most leave coloured; schema.USAGE_FLOWS in."""
    if flows.empty or not flows["sessions"].sum():
        return theme.nothing("流程漏斗")
    rows = flows.reset_index(drop=True)
    worst = rows["worst"].fillna(False).tolist()
    with theme.canvas(0.8 + 0.34 * len(rows)) as (figure, axes):
        colours = [theme.UP if w else theme.ACCENT for w in worst]
        axes.barh(range(len(rows)), rows["sessions"].astype("float64"), color=colours, height=0.66)
        for i, row in enumerate(rows.to_dict("records")):
            left = f"，此步离开 {number(row['drop_share'], 'share')}" if pd.notna(row["drop_share"]) else ""
            theme.beside(
                axes, f"{row['sessions']:,} 次（{number(row['share'], 'share')}{left}）", row["sessions"], i
            )
        theme.rows(axes, (f"{n}. {s}" for n, s in zip(rows["number"], rows["step"], strict=True)))
        axes.set_xlim(0, float(rows["sessions"].max()) * 1.45)
        axes.set_xticks([])
        told = "；".join(f"{s} {n} 次" for s, n in zip(rows["step"], rows["sessions"], strict=True))
        return theme.chart(
            figure,
            alt=f"流程漏斗：{told}",
            caption=f"{_dropped(rows)}到达每一步的会话数；橙色是离开率最高的一步。",
            of="usage_flows",
            drawn=rows,
        )


def month_end(speed: pd.DataFrame) -> Chart | TextView:
    """p95 of the last days of a month beside other days, the slowest functions; schema.USAGE_SPEED in."""
    rows = speed.dropna(subset=["p95_end", "p95_other"]).head(MOST).reset_index(drop=True)
    if rows.empty:
        return theme.nothing("月底与平日的耗时")
    end, other = (rows[c].astype("float64") / SECONDS for c in ("p95_end", "p95_other"))
    slow = rows["slow_at_end"].fillna(False).tolist()
    with theme.canvas(0.95 + 0.3 * len(rows)) as (figure, axes):
        y = range(len(rows))
        axes.hlines(y, other, end, color=theme.FAINT, linewidth=1.4)
        axes.scatter(other, y, color=theme.ACCENT, s=24, zorder=3)
        axes.scatter(end, y, color=[theme.UP if s else theme.MUTED for s in slow], s=24, zorder=4)
        for i, times in enumerate(rows["ratio"]):
            theme.beside(axes, number(times, "times"), max(end[i], other[i]), i)
        theme.rows(axes, rows["function"])
        axes.set_xlim(0, float(max(end.max(), other.max())) * 1.2)
        axes.set_xlabel("95% 的操作在多少秒内完成")
        axes.grid(axis="x")
        theme.legend(axes, [("平日", theme.ACCENT), ("月底（明显变慢）", theme.UP), ("月底", theme.MUTED)])
        told = "；".join(
            f"{n} 月底 {e:.1f} 秒、平日 {o:.1f} 秒"
            for n, e, o in zip(rows["function"], end, other, strict=True)
        )
        return theme.chart(
            figure,
            alt=f"月底与平日的耗时：{told}",
            caption=f"{_slowed(rows)}：各功能月底与平日的耗时（95 分位）。",
            of="usage_speed",
            drawn=rows[["function", "n", "p95_end", "p95_other", "ratio", "slow_at_end"]],
        )
