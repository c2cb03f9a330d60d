"""The queue as a table: what stands for each feedback, several ticked at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voc_lib.widgets.colours import chips
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.review import State

PAGE = 10
HEADS = ("", "", "问题描述", "标签", "诉求类别", "紧急程度", "渠道", "复核原因")


@dataclass(frozen=True)
class Line:
    """A row of the table: its place in the queue and what is shown."""

    place: int
    text: str
    tags: tuple[str, ...]
    cells: tuple[str, ...]
    answered: bool


def page(state: State) -> tuple[int, ...]:
    """The places of the page that holds the one looked at.

    >>> page(State(30, tuple(range(0, 30, 2)), at=22))
    (20, 22, 24, 26, 28)
    """
    before = sum(place < state.at for place in state.shown)
    first = min(before, len(state.shown) - 1) // PAGE * PAGE
    return state.shown[first : first + PAGE]


def table(lines: Iterable[Line], state: State, hues: Mapping[str, int]) -> str:
    """The lines as safe HTML; what is clicked is told as `tick:place` or `go:place`."""
    rows = "".join(_row(line, state, hues) for line in lines)
    heads = "".join(f"<th>{head}</th>" for head in HEADS)
    empty = '<tr><td colspan="8">没有符合条件的。</td></tr>'
    return f'<table class="voc-queue"><thead><tr>{heads}</tr></thead><tbody>{rows or empty}</tbody></table>'


def _row(line: Line, state: State, hues: Mapping[str, int]) -> str:
    ticked, here = line.place in state.ticked, line.place == state.at
    number = f"{line.place + 1}{' ✓' if line.answered else ''}"
    box = (
        f'<button type="button" role="checkbox" data-pick="tick:{line.place}"'
        f' aria-checked="{str(ticked).lower()}" aria-label="勾选第 {line.place + 1} 条"></button>'
    )
    text = plain(line.text)
    opened = f'<button type="button" data-pick="go:{line.place}" title="{text}">{text}</button>'
    cells = "".join(f"<td>{plain(cell)}</td>" for cell in line.cells)
    kind = " ".join(name for name, on in (("voc-on", here), ("voc-ticked", ticked)) if on)
    return (
        f'<tr class="{kind}"><td>{box}</td><td>{number}</td><td>{opened}</td>'
        f"<td>{chips(line.tags, hues)}</td>{cells}</tr>"
    )
