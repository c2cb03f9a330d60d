"""Notebook to PDF through typst: tagged PDF/UA-1, Chinese fonts of the package, no browser and no LaTeX."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from itertools import dropwhile
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from voc_lib.errors import RenderError
from voc_lib.report import document, foreign, glyphs, page

TEMPLATE = Path(__file__).parent / "typst" / "report.typ"
LONG_RUN = re.compile(r"[!-~]{24,}")  # https://… pasted by a customer would run out of its cell
HEIGHT, LOW = re.compile(r"<svg[^>]*\bheight=\"([\d.]+)pt"), 260.0
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a fixed creation date keeps the bytes the same


class VocPDFExporter(Exporter):
    """`jupyter nbconvert --to voc-pdf`: the notebook's words, tables and charts, without its code."""

    export_from_notebook = "VOC PDF"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF bytes and nbconvert's resources."""
        _, resources = super().from_notebook_node(nb, resources, **kwargs)
        resources["output_extension"] = ".pdf"
        title = nb.metadata.get("title") or resources.get("metadata", {}).get("name") or "报告"
        return compile_report(model(nb, fallback_title=title)), resources


def model(notebook: NotebookNode, *, fallback_title: str = "报告") -> dict[str, Any]:
    """The report as JSON values: title, name, period and the blocks laid out."""
    told = document.report(notebook, fallback_title=fallback_title, unfolds=False)
    missing: Counter[str] = Counter()
    report = {
        **{key: told[key] for key in ("title", "name", "period", "deliverable", "step", "note")},
        "keywords": ["客户之声", "VOC"],
        "blocks": _led([page.laid(_drawable(block)) for block in told["blocks"]]),
    }
    report = _clean(report, missing)
    count = sum(missing.values())
    replaced = f"有 {count} 个字符没有可用字形，以 “〓” 代替；原文见 Excel。" if count else ""
    report["notes"] = [note for note in (report.pop("note"), replaced) if note]
    return report


def _led(blocks: list[document.Block]) -> list[document.Block]:
    """The blocks, marked what holds together: a paragraph with its table, or with charts that are all it has.

    The first of those charts stays where it is (`fixed`) unless it is high; others float to the foot of a
    page, so that text fills it.
    """
    kinds = [block["type"] for block in blocks]
    fixed = [
        kind == "chart" and _low(blocks[place]["svg"]) and _alone(kinds, place)
        for place, kind in enumerate(kinds)
    ]
    held = [kind == "table" or still for kind, still in zip(kinds, fixed, strict=True)]
    return [
        {**block, "leads": after} if kind == "paragraph" else {**block, "fixed": still} if still else block
        for block, kind, still, after in zip(blocks, kinds, fixed, [*held[1:], False], strict=False)
    ]


def _low(svg: str) -> bool:
    """Whether a chart takes no more than about a third of a page.

    >>> _low('<svg width="482pt" height="216pt">'), _low('<svg width="482pt" height="478.8pt">')
    (True, False)
    """
    found = HEIGHT.search(svg)
    return not found or float(found[1]) <= LOW


def _alone(kinds: list[str], place: int) -> bool:
    """Whether a chart is the first of a section that has nothing but charts below its words.

    >>> _alone(["heading", "paragraph", "chart", "chart"], 2), _alone(["heading", "chart", "table"], 1)
    (True, False)
    """
    before = dropwhile(lambda kind: kind == "paragraph", reversed(kinds[:place]))
    after = dropwhile(lambda kind: kind == "chart", kinds[place:])
    return next(before, "") == "heading" and next(after, "heading") in ("heading", "basis")


def compile_report(report: dict[str, Any]) -> bytes:
    """The PDF; RenderError when typst refuses it, a missing glyph included."""
    import typst

    glyphs.covered()  # an unreadable font is said by name before typst silently falls back
    try:
        return typst.compile(  # type: ignore[misc]
            TEMPLATE.read_bytes(),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"report": json.dumps(report, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=EPOCH,
        )
    except typst.TypstError as error:
        raise RenderError(f"《{report['title']}》生成 PDF 失败：{error.message}。") from error


@cache
def _fonts() -> list[str]:
    return [str(glyphs.FONT_FOLDER)]


def _drawable(block: document.Block) -> document.Block:
    """The block as typst can draw it: a raster picture inside an SVG, foreign HTML as its plain text."""
    if block["type"] == "image":
        return {**block, "type": "chart", "svg": foreign.as_svg(block)}
    if block["type"] == "chart" and not foreign.well_formed(block["svg"]):
        words = f"图片无法绘制：{block['alt']}"
        return {"type": "text", "tone": "warn", "paragraphs": [words], "items": []}
    if block["type"] == "cards":
        cards = [
            {**card, "spark": card["spark"] * foreign.well_formed(card["spark"])} for card in block["cards"]
        ]
        return {**block, "cards": cards}
    if block["type"] == "html":
        return {"type": "code", "text": block["plain"]}
    return block


def _breakable(text: str) -> str:
    """The text with break opportunities (U+200B) inside very long Latin runs, such as a link or an id."""
    return LONG_RUN.sub(
        lambda run: "\u200b".join(run[0][i : i + 12] for i in range(0, len(run[0]), 12)), text
    )


def _clean(value: Any, missing: Counter[str]) -> Any:
    if isinstance(value, str):
        return _breakable(glyphs.printable(value, missing))
    if isinstance(value, dict):
        drawn = "svg" if value.get("type") == "chart" else "spark"
        return {k: part if k == drawn else _clean(part, missing) for k, part in value.items()}
    if isinstance(value, list):
        return [_clean(part, missing) for part in value]
    return value
