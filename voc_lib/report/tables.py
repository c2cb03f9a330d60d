"""Tables, figure cards and quotes a notebook shows: Chinese labels, rounded figures, safe in every format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from voc_lib.errors import DataError, did_you_mean
from voc_lib.report import basis, markup, subject
from voc_lib.report.basis import Basis
from voc_lib.report.page import MISSING, em
from voc_lib.schema import Column, Table
from voc_lib.stats.mix import POINTS

Cell = str | dict[str, str]
WIDE = 14.0  # ems above which a text column may wrap
PLAIN_ROWS = 20
PERCENT_UNITS = frozenset({"%", "％", "share", "比例", "占比", "百分比"})
COUNTED = frozenset({"件", "个", "次", "位"})  # units of what comes whole
LEVELS = frozenset({"value", "previous"})  # shares where their change is in points
SIZES = frozenset({"size", "detectable"})  # of a change: in points where the unit is a share
# Columns whose figures read otherwise than their kind says.
KINDS = {
    "p": "p",
    "p_adjusted": "p",
    "p_value": "p",
    "attainment": "percent",
    "monthly": "int",
    "change": "points",
    "change_low": "points",
    "change_high": "points",
    "score": "score",
    "sentiment": "score",
    "words": "score",
    "effect": "score",
    "effect_low": "score",
    "effect_high": "score",
    "mean_with": "score",
    "mean_without": "score",
    "alone": "score",
    "rho": "score",
    "rho_low": "score",
    "rho_high": "score",
    "kappa": "score",
    "kappa_low": "score",
    "kappa_high": "score",
    "alpha": "score",
    "lift": "times",
    "ratio": "times",
}
NOT_IN_UNIT = frozenset({*KINDS, "monthly", "weeks", "revisit_csat", "csat", "dispersion", "needed"})
TONES = {
    "达标": "good",
    "变好": "good",
    "变坏": "bad",
    "按期": "good",
    "已完成": "good",
    "未达标": "bad",
    "复发": "bad",
    "已稳住": "good",
    "看守中": "muted",
    "已逾期": "bad",
    "P0": "bad",
    "延期": "warn",
    "P1": "warn",
    "证据不足": "muted",
    "取消": "muted",
}


@dataclass(frozen=True)
class TableView:
    """A table ready for paper: column heads, cells as text, caption and notes."""

    columns: tuple[dict[str, Any], ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    notes: tuple[str, ...] = ()
    source: str = ""
    names: tuple[str, ...] = ()
    folded: str = ""

    def data(self) -> dict[str, Any]:
        """The table as JSON values (architecture: application/vnd.voc.table+json)."""
        return {
            "version": 1,
            "caption": self.caption,
            "columns": [dict(column) for column in self.columns],
            "rows": [list(row) for row in self.rows],
            "notes": list(self.notes),
            "folded": self.folded,
            "basis": basis.flat([(Basis(self.source, columns=self.names),)] if self.source else []),
        }

    def __str__(self) -> str:
        rows = [[_words(cell) for cell in row] for row in self.rows[:PLAIN_ROWS]]
        lines = [self.caption, "\t".join(column["label"] for column in self.columns)]
        lines += ["\t".join(row) for row in rows] or ["本期无数据"]
        if len(self.rows) > PLAIN_ROWS:
            lines.append(f"… 共 {len(self.rows)} 行")
        return "\n".join(line for line in [*lines, *self.notes] if line)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle("table", self.data(), str(self))


@dataclass(frozen=True)
class Card:
    """One figure with its label, a note below it, a tone (info, good, bad, warn) and what it rests on.

    `direction`: in a word what the tone shows; `spark`: a small SVG of the figure's course, `alt` in words.
    """

    label: str
    value: str
    note: str = ""
    tone: str = "info"
    basis: tuple[Basis, ...] = ()
    direction: str = ""
    spark: str = ""
    alt: str = ""

    def under(self, direction: str, tone: str) -> Card:
        """The card with the word of its tone."""
        return replace(self, direction=direction, tone=tone)

    def drawn(self, spark: str, alt: str, *basis: Basis) -> Card:
        """The card with its course, in words too, and what those rest on."""
        return replace(self, spark=spark, alt=alt, basis=(*self.basis, *basis))


@dataclass(frozen=True)
class CardsView:
    """A row of figure cards; as a strip they are small, many to a line."""

    cards: tuple[Card, ...]
    strip: bool = False

    def data(self) -> dict[str, Any]:
        """The cards as JSON values (architecture: application/vnd.voc.cards+json)."""
        told = ("label", "value", "note", "tone", "direction", "spark", "alt")
        return {
            "version": 1,
            "strip": self.strip,
            "cards": [{name: getattr(card, name) for name in told} for card in self.cards],
            "basis": basis.flat(card.basis for card in self.cards),
        }

    def __str__(self) -> str:
        return "\n".join(
            f"{card.label}：{card.value} {card.direction} {card.note}".strip() for card in self.cards
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle("cards", self.data(), str(self))


@dataclass(frozen=True)
class QuotesView:
    """Customers' words, each with when, where and which feedback."""

    quotes: tuple[tuple[str, str], ...]

    def data(self) -> dict[str, Any]:
        """The quotes as JSON values (architecture: application/vnd.voc.quotes+json)."""
        return {"version": 1, "quotes": [{"text": text, "meta": meta} for text, meta in self.quotes]}

    def __str__(self) -> str:
        return "\n".join(f"“{text}” {meta}" for text, meta in self.quotes) or "本期无客户原声"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle("quotes", self.data(), str(self))


def table(
    frame: pd.DataFrame,
    spec: Table,
    *,
    columns: Sequence[str] | None = None,
    top: int | None = None,
    caption: str = "",
    notes: Iterable[str] = (),
    folded: str = "",
) -> TableView:
    """The frame as a table for paper, with the labels and units `spec` declares.

    `columns` picks and orders columns by English name; `top` keeps the first rows and says so; under the
    words `folded` a screen folds the table away, and a PDF leaves it to Excel.
    """
    shown = _columns(frame, spec, columns)
    rows = frame if top is None else frame.head(top)
    notes = [notes] if isinstance(notes, str) else list(notes)
    if len(rows) < len(frame):
        notes.append(f"共 {len(frame):,} 行，此处列出前 {len(rows):,} 行；全部见 Excel。")
    units = _units(rows, spec)
    cells = [_cells(rows[column.name], column, units) for column in shown]
    heads = tuple(_head(column, texts) for column, texts in zip(shown, cells, strict=True))
    body = tuple(zip(*cells, strict=True)) if cells else ()
    names = tuple(column.name for column in shown)
    return TableView(heads, body, caption, tuple(notes), spec.name, names, folded)


def cards(figures: Iterable[Card]) -> CardsView:
    """Figure cards in the order given."""
    return CardsView(tuple(figures))


def quotes(frame: pd.DataFrame) -> QuotesView:
    """Customers' words: `text` and, where there are, category, created_at, channel, feedback_id."""
    return QuotesView(tuple((str(row["text"]), _meta(row)) for row in frame.to_dict("records")))


def number(value: Any, kind: str, unit: str = "") -> str:
    """A figure as paper shows it; “—” when it is missing.

    `kind` is a kind of `schema` (int, float, share, bool, date, time) or points, percent, p, times, score.

    >>> number(0.3, "share"), number(12345, "int"), number(2.34567, "float", "小时"), number(None, "int")
    ('30.0%', '12,345', '2.3 小时', '—')
    >>> number(-3.21, "points"), number(0.00004, "p"), number(0.25, "float", "%")
    ('−3.2', '<0.001', '25.0%')
    >>> number(43.0, "float", "件"), number(0.064, "float", "小时")
    ('43 件', '4 分钟')
    >>> number(0.0006, "float"), number(-0.004, "float")
    ('<0.01', '>−0.01')
    """
    if value is None or pd.isna(value):
        return MISSING
    if kind in ("date", "time"):
        return pd.Timestamp(value).strftime("%Y-%m-%d" if kind == "date" else "%Y-%m-%d %H:%M")
    if kind == "bool":
        return "是" if value else "否"
    return _figure(float(value), kind, unit).replace("-", "−")


def share_interval(value: Any, low: Any, high: Any) -> str:
    """A share with its interval; “—” when it is missing.

    >>> share_interval(0.3, 0.257, 0.347)
    '30.0%（25.7%–34.7%）'
    """
    if pd.isna(value):
        return MISSING
    return f"{number(value, 'share')}（{number(low, 'share')}–{number(high, 'share')}）"


def bundle(kind: str, data: dict[str, Any], plain: str) -> dict[str, Any]:
    """The MIME bundle of a display object: JSON for the reports, HTML for JupyterLab, plain text."""
    told = subject.paper(kind, data)
    return {
        f"application/vnd.voc.{kind}+json": told,
        "text/html": markup.fragment({**told, "type": kind}),
        "text/plain": plain,
    }


def _figure(value: float, kind: str, unit: str) -> str:
    if kind in ("share", "percent") or (kind == "float" and unit in PERCENT_UNITS):
        return f"{value * 100 + 0.0:.1f}%"
    if kind == "points":
        return "0.0" if abs(value) < 0.05 else f"{value:+.1f}"
    if kind == "p":
        return "<0.001" if value < 0.001 else f"{value:.3f}"
    if kind == "times":
        return f"{value:.1f} 倍"
    if unit == "小时" and 0.01 <= abs(value) < 0.1:
        return f"{value * 60:.0f} 分钟"
    whole = kind == "int" or (unit in COUNTED and value.is_integer())
    text = f"{value:,.0f}" if whole else f"{value:,.2f}" if kind == "score" else _short(value)
    return f"{text} {unit}" if unit else text


def _short(value: float) -> str:
    """One decimal, two where one would hide the figure, none from a thousand on."""
    if 0 < abs(value) < 0.01:
        return "<0.01" if value > 0 else ">-0.01"
    return (
        f"{value:.2f}" if 0 < abs(value) < 0.1 else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.1f}"
    )


def _columns(frame: pd.DataFrame, spec: Table, wanted: Sequence[str] | None) -> list[Column]:
    known = {column.name: column for column in spec.columns}
    unknown = [name for name in wanted or () if name not in known or name not in frame]
    if unknown:
        there = [name for name in known if name in frame]
        raise DataError(f"表《{spec.title}》没有列 “{unknown[0]}”。{did_you_mean(unknown[0], there)}")
    # units stand at the figures, so their column is shown only when asked for
    return [known[name] for name in wanted or [n for n in known if n != "unit"] if name in frame]


def _units(frame: pd.DataFrame, spec: Table) -> list[str]:
    """Each row's unit where the table has a unit column, else no unit."""
    if "unit" not in spec.names or "unit" not in frame:
        return [""] * len(frame)
    return ["" if pd.isna(unit) else str(unit) for unit in frame["unit"]]


def _cells(values: pd.Series, column: Column, units: list[str]) -> tuple[Cell, ...]:
    if column.kind in ("text", "category"):
        return tuple(_word(value) for value in values)
    kind = KINDS.get(column.name, column.kind)
    if column.kind != "float" or column.name in NOT_IN_UNIT:
        units = [""] * len(units)
    levels = column.name in LEVELS
    if kind == "float" and not any(units) and whole(values):
        kind = "int"
    texts = [
        number(value, "share") if levels and unit == POINTS else _sized(value, kind, unit, column.name)
        for value, unit in zip(values, units, strict=True)
    ]
    return tuple({"text": text, "tone": "muted"} if text == MISSING else text for text in texts)


def whole(values: pd.Series) -> bool:
    """Whether all figures of a column are whole numbers, so that decimals would say nothing."""
    known = values.dropna().astype("float64")
    return bool(len(known)) and bool((known == known.round()).all())


def _sized(value: Any, kind: str, unit: str, name: str) -> str:
    """A figure of a row; the size of a change of a share in points."""
    if name in SIZES and unit in PERCENT_UNITS and pd.notna(value):
        return f"{number(value * 100, 'points')} 个百分点"
    return number(value, kind, unit)


def _word(value: Any) -> Cell:
    if pd.isna(value):
        return {"text": MISSING, "tone": "muted"}
    text = str(value)
    return {"text": text, "tone": TONES[text]} if text in TONES else text


def _head(column: Column, cells: tuple[Cell, ...]) -> dict[str, Any]:
    texts = column.kind in ("text", "category")
    align = "left" if texts else "center" if column.kind in ("bool", "date", "time") else "right"
    wide = texts and any(em(_words(cell)) > WIDE for cell in cells)
    return {"label": column.label, "align": align, "wide": wide}


def _words(cell: Cell) -> str:
    return cell["text"] if isinstance(cell, dict) else cell


def _meta(row: dict[Any, Any]) -> str:
    parts = [row.get("category"), number(row.get("created_at"), "date"), row.get("channel")]
    told = [str(part) for part in parts if part is not None and not pd.isna(part) and part != MISSING]
    ident = row.get("feedback_id")
    return " · ".join([*told, f"反馈ID {ident}"] if isinstance(ident, str) else told)
