"""The look of every chart in one place: fonts, colours, sizes, label wrapping and the SVG that comes out."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.errors import RenderError
from voc_lib.report import basis, glyphs, subject, tables
from voc_lib.report.basis import Basis
from voc_lib.report.narrative import TextView, text
from voc_lib.report.page import em
from voc_lib.report.tables import TableView

WIDTH = 6.7  # inches: the text width of an A4 page, so that 8.5 pt in the chart is 8.5 pt on paper
SMALL_BASE = 30
INK, MUTED, LINE, WASH = "#1f2933", "#66727f", "#d5dbe1", "#f1f4f7"
ACCENT, SOFT, PALE = "#1f5f8b", "#a9bccb", "#dce6ee"
UP, DOWN, FAINT = "#c2501a", "#1b7f6d", "#b4bcc4"  # orange and teal stay apart for colour-blind readers
SEQUENCE = ["#f4f8fb", "#c9dcea", "#8fb8d4", "#4a8ab5", "#1f5f8b", "#123f60"]
FAMILY = "VOC Sans"  # registered under a name of its own, so that a font of the machine can never stand in
FAMILIES = [FAMILY, "VOC Rare", "VOC Emoji", "DejaVu Sans"]
SETTINGS: dict[Any, Any] = {
    "font.family": FAMILIES,
    "font.size": 8.5,
    "axes.unicode_minus": False,
    "axes.edgecolor": LINE,
    "axes.linewidth": 0.8,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 8,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titlecolor": INK,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": "#e6eaee",
    "grid.linewidth": 0.6,
    "text.color": INK,
    "text.parse_math": False,
    "patch.facecolor": ACCENT,  # else each new patch walks through the cycle of colours
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "svg.fonttype": "path",
    "svg.hashsalt": "voc",
    "path.simplify": True,
}


@dataclass(frozen=True)
class Chart:
    """A finished chart: SVG, its words for readers who cannot see it, and the caption below it."""

    svg: str
    alt: str
    caption: str = ""
    of: str = ""  # the table that is drawn
    numbers: TableView | None = None  # its rows, which a screen folds below the chart

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
        notes: dict[str, Any] = {"alt": self.alt, "caption": self.caption}
        if self.of:
            notes["basis"] = basis.flat([(Basis(self.of),)])
        if self.numbers:
            notes["numbers"] = subject.paper("table", self.numbers.data())
        return {"image/svg+xml": self.svg, "text/plain": self.alt}, {"image/svg+xml": notes}


def nothing(about: str) -> TextView:
    """The sentence that stands where a chart would have no data.

    >>> print(nothing("月度趋势"))
    月度趋势：本期无数据。
    """
    return text(f"{about}：本期无数据。")


REPLACED = f"（图中 “{glyphs.SUBSTITUTE}” 代替没有可用字形的字，原字见 Excel）"


@contextmanager
def canvas(height: float, *, rows: int = 1, columns: int = 1, **options: Any) -> Iterator[tuple[Any, Any]]:
    """A figure as wide as the page and its axes, in the house look; a missing glyph is an error."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    _register_fonts()
    with mpl.rc_context(SETTINGS), _laid_out_once(), warnings.catch_warnings():
        warnings.filterwarnings("error", message=r"Glyph .* missing from")
        figure = Figure(figsize=(WIDTH, height))
        yield figure, figure.subplots(rows, columns, **options)


@contextmanager
def _laid_out_once() -> Iterator[None]:
    """Within it a text is laid out once; matplotlib does so seven times, whenever it asks where it is."""
    from matplotlib.text import Text

    anew = getattr(Text, "_get_layout", None)
    if anew is None:  # in another release
        yield
        return
    known: dict[tuple[Any, ...], Any] = {}

    def remembered(drawn: Any, renderer: Any) -> Any:
        key = (type(renderer), drawn.get_figure(root=True).dpi, *_looks(drawn))
        if drawn.get_wrap() or key not in known:
            known[key] = anew(drawn, renderer)
        return known[key]

    setattr(Text, "_get_layout", remembered)  # noqa: B010
    try:
        yield
    finally:
        setattr(Text, "_get_layout", anew)  # noqa: B010


def _looks(drawn: Any) -> tuple[Any, ...]:
    """All of a text that its layout depends on, but for where it stands."""
    font, rotation = drawn.get_fontproperties(), (drawn.get_rotation(), drawn.get_rotation_mode())
    across, up = drawn.get_horizontalalignment(), drawn.get_verticalalignment()
    return drawn.get_text(), hash(font), *rotation, across, up, drawn._multialignment, drawn._linespacing


def chart(
    figure: Any, *, alt: str, caption: str = "", of: str = "", drawn: pd.DataFrame | None = None
) -> Chart:
    """The figure of a table as a Chart; the same figure gives the same bytes. Called inside `canvas`.

    `drawn`: the rows of the table it shows, in the columns that belong to it.
    """
    target = io.StringIO()
    _spoken(figure)
    try:
        _drawn(figure, target)
    except UserWarning as warning:
        raise RenderError(f"图表无法生成，缺少字形：{warning}。请把该字符告知维护人员。") from warning
    told = f"{caption}{REPLACED if _replaced(figure) else ''}"
    alt, told = (glyphs.printable(subject.said(part)) for part in (alt, told))
    numbers = tables.table(drawn, schema.table(of)) if drawn is not None else None
    return Chart(_bare(target.getvalue()), alt, told, of, numbers)


def _drawn(figure: Any, target: io.StringIO) -> None:
    """Write the SVG as `savefig` does, which draws the whole figure twice to have it laid out."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    canvas, dpi = FigureCanvasSVG(figure), figure.dpi
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")
    figure.dpi = dpi  # measuring text for a page of vectors has changed it
    canvas.print_svg(target, metadata={"Date": None, "Creator": None})


def _spoken(figure: Any) -> None:
    """Axes, legends and titles in the words of the subject; ticks only where they are names of the house."""
    from matplotlib.text import Text

    ticks = {id(t) for axes in figure.axes for t in (*axes.get_xticklabels(), *axes.get_yticklabels())}
    for drawn in figure.findobj(Text):
        words = drawn.get_text()
        told = subject.name(words) if id(drawn) in ticks else subject.said(words)
        if told != words:
            drawn.set_text(told)


def _replaced(figure: Any) -> bool:
    """Whether some label of the figure had a character no font has."""
    from matplotlib.text import Text

    return any(glyphs.SUBSTITUTE in drawn.get_text() for drawn in figure.findobj(Text))


def _bare(svg: str) -> str:
    """The SVG from its root element on, without comments (they repeat every label) and metadata."""
    svg = svg[svg.index("<svg") :]
    return re.sub(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)


CLOSING = "）)》」』】、，。；：！？”’"  # begin no line


def label(value: Any, width: float = 10.0, *, lines: int = 2) -> str:
    """A label safe to draw: printable, wrapped evenly to `width` ems and cut with … after `lines` lines.

    >>> label("物流配送时间严重延迟", 5)
    '物流配送时\\n间严重延迟'
    >>> label("物流配送时间严重延迟而且没有任何通知", 5)
    '物流配送时\\n间严重延…'
    >>> label("（未填写）", 4), label("物流延迟", 3.5)
    ('（未填\\n写）', '物流\\n延迟')
    """
    words = " ".join(glyphs.printable(str(value)).split())
    rows = _wrapped(words, width)
    if len(rows) <= lines:
        even = _wrapped(words, math.ceil(em(words) / len(rows)))
        return "\n".join(row.strip() for row in (even if len(even) == len(rows) else rows))
    last = rows[lines - 1]
    while em(last + "…") > width:
        last = last[:-1]
    return "\n".join([*(row.strip() for row in rows[: lines - 1]), last.rstrip() + "…"])


def _wrapped(words: str, width: float) -> list[str]:
    """The words in rows of at most `width` ems, no row beginning with a closing mark."""
    rows: list[str] = [""]
    for char in words:
        if em(rows[-1] + char) > width:
            over = rows[-1][-1:] if char in CLOSING and len(rows[-1]) > 1 else ""
            rows[-1] = rows[-1].removesuffix(over)
            rows.append(over)
        rows[-1] += char
    return rows


def percent_axis(axis: Any) -> None:
    """Ticks of a share axis as whole percents (one decimal where the range is narrow)."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value * 100:.4g}%"))


def heading(axes: Any, words: str) -> None:
    """A small title at the left above the axes."""
    axes.set_title(glyphs.printable(words), fontsize=9, color=INK, pad=6)


def beside(axes: Any, words: str, x: Any, y: Any, *, colour: str = MUTED) -> None:
    """Words right of a mark, on white so that no grid line runs through them."""
    axes.annotate(
        glyphs.printable(words), (x, y), xytext=(6, 0), textcoords="offset points", va="center",
        fontsize=7.5, color=colour, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6}, zorder=5,
    )  # fmt: skip


def rows(axes: Any, names: Iterable[Any]) -> None:
    """A row of the chart for each name, the first on top."""
    told = [label(name, 11) for name in names]
    axes.set_yticks(range(len(told)), told)
    axes.set_ylim(len(told) - 0.4, -0.6)


def legend(axes: Any, entries: list[tuple[str, str]], *, mark: str = "●") -> None:
    """Coloured marks with their words above the axes in place of a legend box."""
    x = 0.0
    for words, colour in entries:
        for piece, ink, shift in ((mark, colour, 0), (words, MUTED, 11)):
            axes.annotate(
                piece, (0, 1), xytext=(x + shift, 4), xycoords="axes fraction", textcoords="offset points",
                color=ink, fontsize=8, va="bottom",
            )  # fmt: skip
        x += (em(words) + 1.2) * 8 + 11


def labels_apart(axes: Any, points: list[tuple[float, float]], names: list[str]) -> None:
    """Names the points, each where it covers no point and no other name."""
    figure = axes.figure
    figure.canvas.draw()
    place = axes.transData.transform
    boxes = [(px - 6, py - 6, px + 6, py + 6) for px, py in (place(point) for point in points)]
    frame = axes.get_window_extent()
    size = 8 / 72 * figure.dpi
    for point, name in zip(points, names, strict=True):
        px, py = place(point)
        wide, tall = em(name) * size, 1.25 * size
        choices = [_box(px, py, wide, tall, side) for side in SIDES]
        best = min(choices, key=lambda box: _cost(box, boxes, frame))
        boxes.append(best)
        shift = (best[0] - px, (best[1] + best[3]) / 2 - py)
        axes.annotate(
            name, point, xytext=[part * 72 / figure.dpi for part in shift], textcoords="offset points",
            ha="left", va="center", fontsize=8, zorder=4,
        )  # fmt: skip


SIDES = (
    (1, 0),
    (-1, 0),
    (0, 1),
    (0, -1),
    (1, 1),
    (1, -1),
    (-1, 1),
    (-1, -1),
    (1, 2),
    (1, -2),
    (-1, 2),
    (-1, -2),
)


def _box(
    x: float, y: float, wide: float, tall: float, side: tuple[int, int]
) -> tuple[float, float, float, float]:
    across, up = side
    left = x + 9 if across > 0 else x - 9 - wide if across < 0 else x - wide / 2
    bottom = y - tall / 2 + up * (tall if across else tall + 3)
    return left, bottom, left + wide, bottom + tall


def _cost(box: tuple[float, ...], taken: list[tuple[float, float, float, float]], frame: Any) -> float:
    """How much of the box is covered or out of the frame; the first of equals wins."""
    covered = sum(
        max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
        * max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
        for other in taken
    )
    outside = max(0.0, frame.x0 - box[0], box[2] - frame.x1) + max(0.0, frame.y0 - box[1], box[3] - frame.y1)
    return covered + 100 * outside


@cache
def _register_fonts() -> None:
    from matplotlib import font_manager

    known = font_manager.fontManager
    names = dict(zip(glyphs.FONT_FILES, (FAMILY, *FAMILIES[:3]), strict=True))
    for file, name in names.items():
        path = glyphs.FONT_FOLDER / file
        try:
            known.addfont(path)
        except (OSError, RuntimeError) as error:
            raise RenderError(f"字体文件 {file} 无法读取。请重新安装本软件包。") from error
        known.ttflist.append(replace(known.ttflist[-1], name=name))
    # Else asked anew for each text each time it is laid out, a sixth of a chart; the families are fixed.
    if find := getattr(known, "_find_fonts_by_props", None):
        setattr(known, "_find_fonts_by_props", cache(find))  # noqa: B010
