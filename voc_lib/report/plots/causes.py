"""Drawings of causes: the fishbone and the 5 Why tree, laid out in inches so that words never overlap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from voc_lib.report.narrative import TextView, text
from voc_lib.report.page import em
from voc_lib.report.plots import theme
from voc_lib.report.plots.kept import kept
from voc_lib.report.plots.theme import Chart, label
from voc_lib.report.tables import number
from voc_lib.schema.words import ASSUMED, DENIED

EM = 8 / 72  # inches of a Chinese character at 8 pt
HEAD = 1.15  # inches of the fish's head
SLANT = 0.4
TWIG = 0.38  # inches between two causes along a bone
CAUSES = 8  # drawn per bone; the table holds them all
KEY = "（橙框为根因，虚线橙框的根因还是假设；灰底的已否定；其余虚线框尚待追问）"
ROOT, MIDDLE_KIND = "根因", "中间原因"


@dataclass
class _Node:
    """One box of the tree; `y` is its line, filled in by the layout."""

    cause: str
    kind: str
    level: int
    evidence: str = ""
    status: str = ""
    below: list[_Node] = field(default_factory=list)
    y: float = 0.0


def fishbone(fishbone: pd.DataFrame, problem: str) -> Chart | TextView:
    """The fishbone of a problem: spine, one bone per cause class, a twig per cause; schema.FISHBONE in."""
    rows = fishbone[fishbone["problem"] == problem]
    if rows.empty:
        return _unasked(problem, "鱼骨图")
    bones = {str(bone): part for bone, part in rows.groupby("bone", sort=False)}
    across = -(-len(bones) // 2)
    cell = (theme.WIDTH - HEAD - 0.15) / across
    longest = min(max(map(len, bones.values())), CAUSES)
    half = 0.53 + TWIG * (longest + 0.6)
    with theme.canvas(2 * half + 0.1) as (figure, axes):
        _bare(figure, axes, theme.WIDTH, half + 0.05)
        axes.plot(
            [0.1, theme.WIDTH - HEAD], [0, 0], color=theme.ACCENT, linewidth=2.2, solid_capstyle="round"
        )
        _box(axes, theme.WIDTH - HEAD / 2, 0, label(problem, 8, lines=3), width=HEAD - 0.06,
             fill=theme.ACCENT, ink="white", size=9)  # fmt: skip
        for i, (name, part) in enumerate(bones.items()):
            foot = theme.WIDTH - HEAD - 0.12 - cell * (across - 1 - i // 2)
            _bone(axes, name, part, foot, half - 0.3, up=i % 2 == 0, room=cell - 0.14)
        told = "；".join(f"{name}：{'、'.join(part['cause'])}" for name, part in bones.items())
        return theme.chart(
            figure,
            alt=f"{problem} 的鱼骨图。{told}",
            caption=f"{label(problem, 20, lines=1)}的鱼骨图（括号内为反馈原文中提及的次数）。",
            of="fishbone",
            drawn=rows[["bone", "cause", "n", "evidence"]],
        )


@kept
def why_tree(why: pd.DataFrame, problem: str) -> Chart | TextView:
    """The 5 Why tree of a problem from left to right, roots in colour; schema.WHY in (depth first)."""
    rows = why[why["problem"] == problem]
    if rows.empty or rows["level"].max() < 1:
        return _unasked(problem, "原因")
    top = _tree(rows, problem)
    lines = _place(top)
    deepest = int(rows["level"].max())
    cell = theme.WIDTH / (deepest + 1)
    height = min(0.55 * lines, 60.0) + 0.5
    with theme.canvas(height) as (figure, axes):
        _bare(figure, axes, theme.WIDTH, 0)
        axes.set_ylim(lines - 0.4, -0.5 - 0.4 / 0.55)
        for level in range(deepest + 1):
            axes.text(cell * (level + 0.5), -0.75, f"第 {level} 问：为什么" if level else "现象",
                      ha="center", va="center", fontsize=8, color=theme.MUTED)  # fmt: skip
        _branch(axes, top, cell, size=8.0 if cell > 1.2 else 7.0)
        told = "；".join(
            f"第{int(r['level'])}层 {r['cause']}{_said(r)}"
            for r in rows[rows["level"] > 0].to_dict("records")
        )
        return theme.chart(
            figure,
            alt=f"{problem} 的 5Why 树。{told}",
            caption=f"{_roots(rows, problem)}{KEY}。",
            of="why",
            drawn=rows[["level", "cause", "kind", "evidence", "status"]],
        )


def _roots(rows: pd.DataFrame, problem: str) -> str:
    """Which roots the question why has led to."""
    roots = rows.loc[(rows["kind"] == ROOT) & (rows["status"] != "已否定"), "cause"].astype("str")
    name = label(problem, 20, lines=1)
    return f"{name}追到的根因：{'、'.join(roots)}" if len(roots) else f"{name}还没有追到根因"


def _unasked(problem: str, what: str) -> TextView:
    """The sentence that stands where nobody has written the causes of a problem yet."""
    if not problem:
        return theme.nothing(what)
    return text([f"还没有登记“{problem}”的{what}。"])


def _said(row: dict[Any, Any]) -> str:
    """What the drawing shows of a cause besides its words."""
    told = [row["kind"]] if row["kind"] == ROOT else []
    told += [row["status"]] if isinstance(row.get("status"), str) else []
    return f"（{'，'.join(told)}）" if told else ""


def _bare(figure: Any, axes: Any, width: float, half: float) -> None:
    """Axes that fill the figure, one unit per inch across, without ticks and frame."""
    figure.set_layout_engine("none")
    axes.set_position((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(-half, half) if half else None)
    axes.axis("off")


def _bone(
    axes: Any, name: str, part: pd.DataFrame, foot: float, height: float, *, up: bool, room: float
) -> None:
    side = 1 if up else -1
    axes.plot([foot, foot - SLANT], [0, side * height], color=theme.ACCENT, linewidth=1.4)
    _box(
        axes, foot - SLANT, side * (height + 0.12), label(name, 9, lines=1), fill=theme.PALE, ink=theme.ACCENT
    )
    shown = part.head(CAUSES)
    for j, (cause, n) in enumerate(zip(shown["cause"], shown["n"], strict=True)):
        y = height - 0.32 - TWIG * (j + 0.4)
        more = f" 等 {len(part)} 项" if j == CAUSES - 1 and len(part) > CAUSES else ""
        told = f"（{number(n, 'int')}）" if pd.notna(n) and n else ""
        words = label(cause, max(room / EM - em(told), 4), lines=3)
        x = foot - SLANT * y / height
        lines = (words + told + more).split("\n")
        size = max(em(line) for line in lines) * EM
        axes.plot([x - size - 0.06, x], [side * y] * 2, color=theme.SOFT, linewidth=0.9)
        axes.text(
            x - 0.06,
            side * y + 0.02,
            "\n".join(lines),
            ha="right",
            va="bottom",
            fontsize=7.5,
            linespacing=1.05,
        )


def _tree(rows: pd.DataFrame, problem: str) -> _Node:
    """The rows as a tree; a row hangs below the nearest row above it that is one level higher."""
    top = _Node(problem, "现象", 0)
    trail = [top]
    for row in rows.to_dict("records"):
        level = int(row["level"])
        if level == 0:
            continue
        del trail[max(min(level, len(trail)), 1) :]
        evidence = "" if pd.isna(row.get("evidence")) else str(row["evidence"])
        node = _Node(str(row["cause"]), str(row["kind"]), len(trail), evidence, str(row.get("status") or ""))
        trail[-1].below.append(node)
        trail.append(node)
    return top


def _place(top: _Node) -> int:
    """Gives every leaf a line of its own and every parent the middle of its children; counts the lines."""
    count = 0

    def walk(node: _Node) -> float:
        nonlocal count
        if not node.below:
            node.y = float(count)
            count += 1
        else:
            lines = [walk(child) for child in node.below]
            node.y = (lines[0] + lines[-1]) / 2
        return node.y

    walk(top)
    return count


def _branch(axes: Any, node: _Node, cell: float, *, size: float) -> None:
    width = cell - 0.26
    x = cell * (node.level + 0.5)
    for child in node.below:
        right, left = x + width / 2, cell * (child.level + 0.5) - width / 2
        middle = (right + left) / 2
        axes.plot(
            [right, middle, middle, left], [node.y, node.y, child.y, child.y], color=theme.SOFT, linewidth=1
        )
        _branch(axes, child, cell, size=size)
    words = label(node.cause, width * 72 / size - 0.8, lines=3)
    if node.level == 0:
        _box(axes, x, node.y, words, width=width, fill=theme.ACCENT, ink="white", size=size)
    elif node.kind == ROOT:
        dash = "--" if node.status == ASSUMED else "-"
        _box(axes, x, node.y, words, width=width, fill="#fbf1ea", edge=theme.UP, size=size, dash=dash)
    elif node.status == DENIED:
        _box(axes, x, node.y, words, width=width, fill="#eeeeee", ink=theme.MUTED, size=size)
    else:
        dash = "--" if not node.below else "-"
        _box(axes, x, node.y, words, width=width, fill="white", edge=theme.SOFT, size=size, dash=dash)


def _box(
    axes: Any, x: float, y: float, words: str, *, width: float = 0.0, fill: str, ink: str = theme.INK,
    edge: str = "none", size: float = 8.5, dash: str = "-",
) -> None:  # fmt: skip
    """Words in a rounded box centred at x, y; `width` in inches keeps all boxes of a column alike."""
    lines = words.split("\n")
    if width:
        words = "\n".join(lines)
    wide = width or (max(map(em, lines)) + 1.2) * size / 72
    tall = (len(lines) * 1.3 + 0.9) * size / 72
    from matplotlib.patches import FancyBboxPatch

    low, high = axes.get_ylim()
    unit = (high - low) / axes.figure.get_figheight()  # y units of an inch; negative where y runs down
    box = FancyBboxPatch(
        (x - wide / 2, y - tall * unit / 2), wide, tall * unit, boxstyle="square,pad=0", facecolor=fill,
        edgecolor=edge, linewidth=1, linestyle=dash, zorder=3,
    )  # fmt: skip
    axes.add_patch(box)
    axes.text(x, y, words, ha="center", va="center", fontsize=size, color=ink, linespacing=1.15, zorder=4)
