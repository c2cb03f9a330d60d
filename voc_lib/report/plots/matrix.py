"""Charts of groups side by side: cross-tab heatmap, coverage, service figures, priority quadrants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from voc_lib.report import subject
from voc_lib.report.narrative import TextView, text
from voc_lib.report.plots import theme
from voc_lib.report.plots.kept import kept
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import number

GROUPS = 10  # of a dimension, drawn
SEEN = 0.01  # of all problems, from which a category has a row of a heatmap


def heatmap(
    crosstab: pd.DataFrame, dimension: str, *, top: int = 12, groups: int = GROUPS
) -> Chart | TextView | None:
    """Share of each category inside each group of a dimension, small groups grey; schema.CROSSTAB in.

    None where too few of the groups can be compared: `incomparable` says so of all dimensions at once.
    """
    title = subject.label(DIMENSIONS.get(dimension, dimension))
    rows = _of(crosstab, dimension)
    if rows.empty or not rows["n"].sum():
        return theme.nothing(f"按{title}交叉分析")
    names = _seen(rows, _largest(rows, "category", "n", top))
    across = _largest(rows, "group", "n", groups)
    shares = rows.pivot_table("share", "category", "group").reindex(index=names, columns=across)
    bases = rows.groupby("group")["base"].max().reindex(across)
    small = (bases.astype("float64") < theme.SMALL_BASE).fillna(True)
    if _few(rows, groups):
        return None
    with theme.canvas(0.9 + 0.27 * len(names)) as (figure, axes):
        _cells(axes, shares, small)
        _heads(axes, shares, bases)
        best = shares.loc[:, ~small.to_numpy()].max()
        most = "；".join(
            f"{subject.name(str(g))} 中 {shares[g].idxmax()} {number(best[g], 'share')}"
            for g in best.dropna().index
        )
        note = "；灰字为合计少于 30 的分组" if small.any() else ""
        shown = rows["category"].isin(names) & rows["group"].isin(across)
        return theme.chart(
            figure,
            alt=f"各{title}内的问题构成：{most or '各分组样本都少于 30'}",
            caption=f"各{title}内各类问题的占比（颜色越深占比越高；"
            f"每列合计 100%，未列出的类型除外；n 为该组问题数{note}）。",
            of="crosstab",
            drawn=rows.loc[shown, ["category", "group", "n", "share", "low", "high", "base"]],
        )


def _heads(axes: Any, shares: pd.DataFrame, bases: pd.Series) -> None:
    """Groups with their problems above the columns, categories before the rows."""
    room = max(4.0, 42 / shares.shape[1])
    groups = [f"{label(subject.name(str(g)), room)}\nn={number(bases[g], 'int')}" for g in shares.columns]
    axes.set_xticks([i + 0.5 for i in range(len(groups))], groups, rotation=0, fontsize=8)
    names = [label(name, 11, lines=1) for name in shares.index]
    axes.set_yticks([i + 0.5 for i in range(len(names))], names, rotation=0)
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, labelcolor=theme.INK)
    axes.set(xlabel="", ylabel="")


def incomparable(crosstab: pd.DataFrame) -> TextView | None:
    """The dimensions whose groups are too small to compare, in one sentence; None without any."""
    few = [subject.label(told) for name, told in DIMENSIONS.items() if _few(_of(crosstab, name), GROUPS)]
    return text([f"各{'、'.join(few)}的件数太少，不宜比较；明细见工作簿。"]) if few else None


def _of(crosstab: pd.DataFrame, dimension: str) -> pd.DataFrame:
    return crosstab[crosstab["dimension"].isin([dimension, DIMENSIONS.get(dimension, dimension)])]


def _few(rows: pd.DataFrame, groups: int) -> bool:
    """Whether a dimension has several groups and less than two of them are large enough."""
    if rows.empty or not rows["n"].sum():
        return False
    bases = rows.groupby("group")["base"].max().reindex(_largest(rows, "group", "n", groups))
    enough = bases.astype("float64") >= theme.SMALL_BASE
    return len(bases) > 1 and enough.sum() < 2


def _seen(rows: pd.DataFrame, names: list[str]) -> list[str]:
    """The categories that make up something: a row of zeros says nothing."""
    sums = rows.groupby("category", observed=True)["n"].sum()
    return [name for name in names if sums[name] >= SEEN * sums.sum()] or names


DIMENSIONS = {"channel": "反馈渠道", "customer_type": "客户类型", "region": "地区", "product": "产品"}


def coverage(coverage: pd.DataFrame) -> Chart | TextView:
    """Share of customers and share of voice per group, joined by a line; schema.COVERAGE in."""
    rows = coverage.dropna(subset=["base_share", "voice_share"]).reset_index(drop=True)
    if rows.empty:
        return theme.nothing("样本代表性")
    places, heads = _stacked(rows["dimension"].tolist())
    with theme.canvas(0.7 + 0.24 * (len(rows) + len(heads))) as (figure, axes):
        axes.hlines(places, rows["base_share"], rows["voice_share"], color=theme.LINE, linewidth=2.5)
        axes.scatter(rows["base_share"], places, s=24, color=theme.MUTED, zorder=3)
        axes.scatter(rows["voice_share"], places, s=24, color=theme.UP, zorder=4)
        reach = rows[["base_share", "voice_share"]].max(axis=1)
        for i, row in enumerate(rows.to_dict("records")):
            spoke = f"发声率 {number(row['participation'], 'share')}"
            if pd.notna(row["low"]):
                spoke += f"（{number(row['low'], 'share')}–{number(row['high'], 'share')}）"
            theme.beside(axes, f"{spoke}  n={number(row['customers'], 'int')}", reach[i], places[i])
        axes.set_yticks(
            [*heads.values(), *places],
            [*(label(h, 11, lines=1) for h in heads), *(label(g, 11, lines=1) for g in rows["group"])],
        )
        for tick in axes.get_yticklabels()[: len(heads)]:
            tick.set_color(theme.ACCENT)
        axes.set_ylim(max(places) + 0.6, -0.7)
        axes.set_xlim(0, min(1.0, float(reach.max())) * 1.55)
        axes.grid(axis="x")
        axes.set_xticks([tick for tick in axes.get_xticks() if 0 <= tick <= 1])  # the rest is room for words
        theme.percent_axis(axes.xaxis)
        theme.legend(axes, [("占客户", theme.MUTED), ("占声音", theme.UP)])
        shares = zip(rows["group"].astype("str"), rows["base_share"], rows["voice_share"], strict=True)
        told = "；".join(
            f"{subject.name(group)} 客户 {number(base, 'share')}、声音 {number(voice, 'share')}"
            for group, base, voice in shares
        )
        return theme.chart(
            figure,
            alt=f"样本代表性：{told}",
            caption="各组占全部客户的比例与占声音的比例；右侧为发声率及其 95% 区间。",
            of="coverage",
            drawn=rows,
        )


def service(
    service: pd.DataFrame, *, top: int = 6, groups: int = 8, title: str = "服务质量指标", of: str = "service"
) -> Chart | TextView:
    """One panel per indicator: each group's value with interval, last period as a ring; schema.SERVICE in.

    `of`: the table it is.
    """
    known = service.dropna(subset=["value"])
    if known.empty:
        return theme.nothing(title)
    names = list(dict.fromkeys(known["indicator"]))[:top]
    parts = [known[known["indicator"] == name].head(groups).reset_index(drop=True) for name in names]
    across = min(2, len(parts))
    pairs = [parts[i : i + across] for i in range(0, len(parts), across)]
    heights = [max(len(part) for part in pair) for pair in pairs]
    ratios = {"height_ratios": [h + 1.6 for h in heights]}
    with theme.canvas(
        sum(0.2 * h + 0.55 for h in heights) + 0.2,
        rows=len(pairs),
        columns=across,
        squeeze=False,
        gridspec_kw=ratios,
    ) as (figure, grid):
        panels = list(grid.flat)
        for axes, name, part in zip(panels, names, parts, strict=False):
            _indicator(axes, name, part)
        for axes in panels[len(parts) :]:
            axes.set_visible(False)
        told = "；".join(
            f"{n} {p['group'][0]} {_value(p.iloc[0], 'value')}" for n, p in zip(names, parts, strict=True)
        )
        return theme.chart(
            figure,
            alt=f"{title}：{told}",
            caption=f"{title}（实心点为本期，细线为 95% 区间，空心圈为上期；灰色为样本少于 30 的分组）。",
            of=of,
            drawn=pd.concat(parts),
        )


@kept
def quadrants(quadrants: pd.DataFrame) -> Chart | TextView:
    """Problems by reach and customer value, cut at their means, numbered by rank; schema.QUADRANTS in."""
    rows = quadrants.dropna(subset=["reach", "value"]).sort_values("rank").reset_index(drop=True)
    if rows.empty:
        return theme.nothing("四象限优先级")
    if len(rows) > 1 and rows["value"].eq(rows["value"].iloc[0]).all():
        return text("各类问题涉及的高价值客户比例都一样，四象限图分不出高低，不画；先后看综合得分。")
    x, y = rows["reach"].astype("float64"), rows["value"].astype("float64")
    with theme.canvas(4.3) as (figure, axes):
        axes.set(xlabel="影响范围（受影响客户占比）", ylabel="客户价值（其中高价值客户占比）")
        sizes = 130 - 90 * rows["cost"].astype("float64").fillna(0.5).clip(0, 1)
        _placed(axes, rows, x, y, sizes)
        axes.fill_between([x.mean(), _limits(x)[1]], y.mean(), _limits(y)[1], color="#fbf1ea", linewidth=0)
        theme.percent_axis(axes.xaxis)
        theme.percent_axis(axes.yaxis)
        return theme.chart(
            figure,
            alt=f"四象限优先级：{_told(rows)}",
            caption=f"{_urgent(rows)}（编号为综合排名，橙色为前三位；圆越大，解决成本越低；分界线为各问题的平均值）。",
            of="quadrants",
            drawn=rows[["rank", "problem", "reach", "value", "cost", "quadrant"]],
        )


def _urgent(rows: pd.DataFrame) -> str:
    """Which problems stand in the quarter to solve first."""
    names = rows.loc[rows["quadrant"] == "立即解决", "problem"].astype("str")
    return f"要立即解决的：{'、'.join(names)}" if len(names) else "没有一类问题落在“立即解决”"


def pressing(appraisal: pd.DataFrame) -> Chart | TextView:
    """Problems by urgency and importance, cut at their means; schema.APPRAISAL in."""
    return _matrix(
        appraisal, ("urgency", "importance", "pressing"), ("紧急性", "重要性"), "重要性–紧急性矩阵"
    )


def worth(appraisal: pd.DataFrame) -> Chart | TextView:
    """Problems by effort and return, cut at their means; schema.APPRAISAL in."""
    return _matrix(
        appraisal.dropna(subset="worth"),
        ("effort", "payoff", "worth"),
        ("投入（难度与资源）", "预期回报"),
        "投入–回报矩阵",
    )


def _matrix(
    appraisal: pd.DataFrame, columns: tuple[str, str, str], axis: tuple[str, str], title: str
) -> Chart | TextView:
    """Problems in the four quarters of two criteria, numbered by rank."""
    right, up, quarter = columns
    rows = appraisal.rename(columns={quarter: "quadrant"}).sort_values("rank").reset_index(drop=True)
    if rows.empty:
        return theme.nothing(title)
    x, y = rows[right].astype("float64"), rows[up].astype("float64")
    with theme.canvas(4.0) as (figure, axes):
        axes.set(xlabel=axis[0], ylabel=axis[1])
        _placed(axes, rows, x, y, 80)
        return theme.chart(
            figure,
            alt=f"{title}：{_told(rows)}",
            caption=f"{title}（编号为综合排名，橙色为前三位；两轴 0–1，分界线为各问题的平均值）。",
            of="appraisal",
            drawn=rows.rename(columns={"quadrant": quarter})[["rank", "problem", *columns]],
        )


def _placed(axes: Any, rows: pd.DataFrame, x: pd.Series, y: pd.Series, sizes: Any) -> None:
    """The problems in the quarters their means cut, numbered by rank, the first three in another colour."""
    axes.set(xlim=_limits(x), ylim=_limits(y))
    axes.axvline(x.mean(), color=theme.LINE, linewidth=1)
    axes.axhline(y.mean(), color=theme.LINE, linewidth=1)
    _quarters(axes, rows, x >= x.mean() - 1e-12, y >= y.mean() - 1e-12)
    colours = [theme.UP if rank <= 3 else theme.ACCENT for rank in rows["rank"]]
    axes.scatter(x, y, s=sizes, color=colours, alpha=0.85, linewidth=0, zorder=3)
    named = zip(rows["rank"], rows["problem"], strict=True)
    names = [f"{rank} {label(name, 9, lines=1)}" for rank, name in named]
    theme.labels_apart(axes, list(zip(x, y, strict=True)), names)
    axes.spines["left"].set_visible(True)
    axes.tick_params(axis="y", labelcolor=theme.MUTED, labelsize=8)


def _told(rows: pd.DataFrame) -> str:
    """The problems in words, by rank."""
    return "；".join(f"第{r['rank']}位 {r['problem']}（{r['quadrant']}）" for r in rows.to_dict("records"))


def _limits(values: pd.Series) -> tuple[float, float]:
    """An axis of shares with room for dots and names, hardly below zero where there is nothing.

    >>> _limits(pd.Series([0.0, 0.0]))
    (-0.015, 0.1)
    """
    low, high = float(values.min()), float(values.max())
    room = (high - low) * 0.14 or abs(high) * 0.2 or 0.1
    return max(low - room, -0.15 * (high + room)), high + room


def _quarters(axes: Any, rows: pd.DataFrame, wide: pd.Series, dear: pd.Series) -> None:
    """The name of each quarter in its corner, as the table names it."""
    for right in (False, True):
        for up in (False, True):
            inside = rows["quadrant"][(wide == right) & (dear == up)].dropna()
            if len(inside):
                axes.text(0.985 if right else 0.015, 0.98 if up else 0.02, label(inside.iloc[0], 10, lines=1),
                          ha="right" if right else "left", va="top" if up else "bottom",
                          transform=axes.transAxes, fontsize=9, color=theme.MUTED)  # fmt: skip


def _ink(ground: tuple[float, ...]) -> str:
    """White or black, whichever reads on a colour with a contrast of 4.5 and more (WCAG 2.2).

    >>> _ink((0.07, 0.25, 0.38, 1)), _ink((0.29, 0.54, 0.71, 1))
    ('white', 'black')
    """
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ground[:3]]
    light = sum(part * weight for part, weight in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))
    return "white" if 1.05 / (light + 0.05) >= 4.5 else "black"


def _cells(axes: Any, shares: pd.DataFrame, small: pd.Series) -> None:
    """The heatmap's cells with percents; small groups stay white with grey figures."""
    import seaborn as sns
    from matplotlib.colors import LinearSegmentedColormap

    colours = LinearSegmentedColormap.from_list("voc", theme.SEQUENCE)
    mask = shares.isna() | pd.DataFrame({g: small[g] for g in shares.columns}, index=shares.index)
    highest = float(shares.mask(mask).max().max())
    highest = highest if highest > 0 else 1.0
    sns.heatmap(
        shares,
        ax=axes,
        cmap=colours,
        vmin=0,
        vmax=highest,
        mask=mask.to_numpy(),
        cbar=False,
        xticklabels=False,
        yticklabels=False,
        linewidths=1.5,
        linecolor="white",
    )
    for (i, j), share in np.ndenumerate(shares.to_numpy("float64")):
        if not np.isnan(share):
            ink = theme.MUTED if mask.iloc[i, j] else _ink(colours(share / highest))
            axes.text(
                j + 0.5, i + 0.5, f"{share * 100:.0f}%", ha="center", va="center", fontsize=8, color=ink
            )


def _largest(rows: pd.DataFrame, by: str, what: str, top: int) -> list[str]:
    sums = rows.groupby(by)[what].sum()
    return sorted(sums.index, key=lambda name: (-sums[name], name))[:top]


def _stacked(dimensions: list[str]) -> tuple[list[int], dict[str, int]]:
    """The line of each row, with a line for the head of each dimension above its rows."""
    places: list[int] = []
    heads: dict[str, int] = {}
    for dimension in dimensions:
        if dimension not in heads:
            heads[dimension] = len(places) + len(heads)
        places.append(len(places) + len(heads))
    return places, heads


def _indicator(axes: Any, name: str, rows: pd.DataFrame) -> None:
    y = range(len(rows))
    base = rows["n"].astype("float64")
    colours = [theme.FAINT if n < theme.SMALL_BASE else theme.ACCENT for n in base]
    axes.hlines(y, rows["low"], rows["high"], colors=colours, linewidth=1.1)
    axes.scatter(rows["previous"], y, s=20, facecolor="white", edgecolor=theme.MUTED, linewidth=0.8, zorder=3)
    axes.scatter(rows["value"], y, s=18, color=colours, zorder=4)
    ends = rows[["value", "low", "high", "previous"]].astype("float64")
    reach, lowest = ends.max(axis=1), float(ends.min().min())
    for i, row in enumerate(rows.to_dict("records")):
        words = f"{_value(row, 'value')}  n={number(row['n'], 'int')}"
        theme.beside(axes, words, reach[i], i)
    axes.set_yticks(list(y), [label(g, 8.5, lines=1) for g in rows["group"]], fontsize=8)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    span = (float(reach.max()) - lowest) or 1.0
    axes.set_xlim(lowest - 0.08 * span, float(reach.max()) + 0.95 * span)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    theme.heading(axes, label(name, 20, lines=1))


def _value(row: Any, column: str) -> str:
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    return number(row[column], "float", unit)
