"""The JSON bundles of display objects, brought into one strict shape whoever wrote them."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]
KINDS = {f"application/vnd.voc.{kind}+json": kind for kind in ("table", "cards", "text", "quotes")}
TONES = frozenset({"good", "bad", "warn", "muted", "info"})
ALIGNS = frozenset({"left", "right", "center"})


def block(data: dict[str, Any]) -> Block | None:
    """The block of the first display object in a MIME bundle, None when there is none.

    >>> block({"application/vnd.voc.text+json": {"paragraphs": "共 412 条", "tone": "red"}})
    {'type': 'text', 'tone': 'info', 'paragraphs': ['共 412 条'], 'items': []}
    """
    for mime, kind in KINDS.items():
        if isinstance(data.get(mime), dict):
            return {"type": kind, **SHAPES[kind](data[mime]), **basis(data[mime])}
    return None


def basis(data: dict[str, Any]) -> Block:
    """What the parts of a display object rest on, in one strict shape; nothing where none says so."""
    parts = [
        [_of(each) for each in _list(part) if isinstance(each, dict)] for part in _list(data.get("basis"))
    ]
    return {"basis": parts} if any(parts) else {}


def numbers(data: dict[str, Any]) -> Block:
    """The table of what a chart draws, in one strict shape; nothing where it has none."""
    told = data.get("numbers")
    return {"numbers": {"type": "table", **_table(told), **basis(told)}} if isinstance(told, dict) else {}


def _of(each: dict[str, Any]) -> Block:
    pairs = {name: [_words(pair) for pair in _list(each.get(name))] for name in ("where", "figures")}
    shaped = {name: [pair for pair in found if len(pair) == 2] for name, found in pairs.items()}
    return {
        "table": word(each.get("table")),
        "columns": _words(each.get("columns")),
        "how": word(each.get("how")),
        **shaped,
    }


def word(value: Any) -> str:
    """A value as text; nothing is an empty text."""
    return "" if value is None else str(value)


def _table(data: dict[str, Any]) -> Block:
    columns = [_column(column) for column in _list(data.get("columns"))]
    rows = [_list(row) for row in _list(data.get("rows"))]
    wide = len(columns)
    return {
        "caption": word(data.get("caption")),
        "columns": columns,
        "rows": [[_cell(cell) for cell in (row + [""] * wide)[:wide]] for row in rows] if columns else [],
        "notes": _words(data.get("notes")),
        **({"folded": word(data["folded"])} if data.get("folded") else {}),
    }


def _column(column: Any) -> dict[str, Any]:
    told = column if isinstance(column, dict) else {"label": column}
    return {
        "label": word(told.get("label")),
        "align": _one_of(told.get("align"), ALIGNS, "left"),
        "wide": bool(told.get("wide")),
    }


def _cell(cell: Any) -> str | dict[str, str]:
    if isinstance(cell, dict):
        return {"text": word(cell.get("text")), "tone": _one_of(cell.get("tone"), TONES, "")}
    return word(cell)


def _cards(data: dict[str, Any]) -> Block:
    cards = [card for card in _list(data.get("cards")) if isinstance(card, dict)]
    told = ("label", "value", "note", "direction", "spark", "alt")
    return {
        "strip": bool(data.get("strip")),
        "cards": [{**{key: word(card.get(key)) for key in told}, "tone": _tone(card)} for card in cards],
    }


def _text(data: dict[str, Any]) -> Block:
    return {
        "tone": _tone(data),
        "paragraphs": _words(data.get("paragraphs")),
        "items": _words(data.get("items")),
    }


def _quotes(data: dict[str, Any]) -> Block:
    quotes = [quote for quote in _list(data.get("quotes")) if isinstance(quote, dict)]
    return {"quotes": [{key: word(quote.get(key)) for key in ("text", "meta")} for quote in quotes]}


SHAPES = {"table": _table, "cards": _cards, "text": _text, "quotes": _quotes}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [word(part) for part in _list(value)]


def _tone(data: dict[str, Any]) -> str:
    return _one_of(data.get("tone"), TONES, "info")


def _one_of(value: Any, allowed: frozenset[str], default: str) -> str:
    return value if isinstance(value, str) and value in allowed else default
