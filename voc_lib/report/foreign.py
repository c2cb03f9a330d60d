"""Outputs of notebooks that do not use the display objects: pandas tables, unknown HTML, pictures."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]
PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
TAGS = frozenset(
    re.findall(
        r"\S+",
        "abbr b blockquote br caption code dd del details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i "
        "kbd li ol p pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul",
    )
)
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}}
DROPPED_WITH_TEXT = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "title",
        "head",
        "svg",
        "math",
        "iframe",
        "textarea",
        "select",
    }
)
MAX_SPAN = 200


def clean(html: str) -> str:
    """The HTML with an allow-list of tags; no link target, style, script, event, form or picture survives.

    >>> clean('<b onclick="x()">好</b><script>alert(1)</script><a href="javascript:x">链</a>')
    '<b>好</b>链'
    """
    import nh3

    return nh3.clean(
        html, tags=set(TAGS), attributes=ATTRIBUTES, clean_content_tags=set(DROPPED_WITH_TEXT), link_rel=None
    )


def blocks(html: str, plain: str = "") -> list[Block]:
    """Blocks of foreign HTML: a table block per table when it is made of tables only, else cleaned HTML."""
    safe = clean(html)
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    if reader.tables and not reader.outside.strip():
        return [_table(rows) for rows in reader.tables]
    if not safe.strip():
        return [{"type": "code", "text": plain}] if plain else []
    return [{"type": "html", "html": safe, "plain": plain or reader.words.strip()}]


def picture(data: dict[str, Any], mime: str) -> Block | None:
    """The picture block of a MIME bundle, or None when there is none that can be read."""
    try:
        raw = base64.b64decode(data[mime], validate=False)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
    if not raw.startswith(PICTURES[mime]):
        return None
    return {"type": "image", "mime": mime, "base64": base64.b64encode(raw).decode("ascii")}


def as_svg(block: Block) -> str:
    """A raster picture wrapped in an SVG of its own size."""
    width, height = _size(base64.b64decode(block["base64"]))
    source = f"data:{block['mime']};base64,{block['base64']}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{source}"/></svg>'
    )


def well_formed(svg: str) -> bool:
    """Whether an SVG can be read as XML (typst refuses a whole report for one that cannot).

    >>> well_formed("<svg/>"), well_formed("<svg><img src=x></svg>")
    (True, False)
    """
    from xml.parsers import expat

    try:
        expat.ParserCreate().Parse(svg.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _size(raw: bytes) -> tuple[int, int]:
    if raw.startswith(PICTURES["image/png"]) and len(raw) >= 24:
        return struct.unpack(">II", raw[16:24])
    position = 2
    while position + 9 < len(raw):  # JPEG: walk the segments to the frame header
        marker, length = raw[position + 1], struct.unpack(">H", raw[position + 2 : position + 4])[0]
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack(">HH", raw[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return 800, 500


def _table(rows: list[list[tuple[str, bool]]]) -> Block:
    heads = []
    while rows and all(head for _, head in rows[0]):
        heads.append(rows[0])
        rows = rows[1:]
    width = max([len(row) for row in [*heads, *rows]], default=0)
    labels = [
        " ".join(filter(None, dict.fromkeys(row[i][0] for row in heads if i < len(row))))
        for i in range(width)
    ]
    body = [[text for text, _ in row] + [""] * (width - len(row)) for row in rows]
    columns = [
        {"label": label, "align": "right" if body and all(_numeric(row[i]) for row in body) else "left"}
        for i, label in enumerate(labels)
    ]
    return {"type": "table", "version": 1, "caption": "", "columns": columns, "rows": body, "notes": []}


def _numeric(text: str) -> bool:
    return text.replace(",", "").replace("%", "").lstrip("+-−").replace(".", "", 1).isdigit() or text in (
        "",
        "NaN",
    )


class _Reader(HTMLParser):
    """Reads tables (spans filled in) and collects the words outside them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[tuple[str, bool]]]] = []
        self.outside, self.words = "", ""
        self._depth = 0
        self._cell: list[str] | None = None
        self._how: tuple[bool, int, int] = (False, 1, 1)
        self._open: dict[int, tuple[int, tuple[str, bool]]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
                self._open = {}
        elif tag == "tr" and self._depth == 1:
            self.tables[-1].append([])
            self._fill()
        elif tag in ("td", "th") and self._depth == 1 and self.tables[-1]:
            spans = dict(attrs)
            self._how = (tag == "th", _span(spans.get("colspan")), _span(spans.get("rowspan")))
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._depth = max(self._depth - 1, 0)
        elif tag in ("td", "th") and self._depth == 1 and self._cell is not None:
            head, across, down = self._how
            value = ("".join(self._cell).strip(), head)
            for _ in range(across):
                row = self.tables[-1][-1]
                if down > 1:
                    self._open[len(row)] = (down - 1, value)
                row.append(value)
                self._fill()
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._cell is not None:
            self._cell.append(data)
        elif not self._depth:
            self.outside += data

    def _fill(self) -> None:
        """Puts cells that span down from rows above where they stand."""
        row = self.tables[-1][-1]
        while (left := self._open.pop(len(row), None)) is not None:
            if left[0] > 1:
                self._open[len(row)] = (left[0] - 1, left[1])
            row.append(left[1])


def _span(value: str | None) -> int:
    return min(max(int(value), 1), MAX_SPAN) if value and value.isdigit() else 1
