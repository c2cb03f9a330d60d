"""Notebook to one HTML file: Chinese, offline, no scripts, no code cells, prints well on A4."""

from __future__ import annotations

import base64
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from voc_lib.report import document, markup


class VocHTMLExporter(Exporter):
    """`jupyter nbconvert --to voc-html`: the notebook's words, tables and charts in one page."""

    export_from_notebook = "VOC HTML"
    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Any = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page and nbconvert's resources."""
        _, resources = super().from_notebook_node(nb, resources, **kwargs)
        resources["output_extension"] = ".html"
        title = nb.metadata.get("title") or resources.get("metadata", {}).get("name") or "报告"
        return render(nb, fallback_title=str(title)), resources


def render(notebook: NotebookNode, *, fallback_title: str = "报告") -> str:
    """The notebook as one HTML page; the same notebook gives the same bytes."""
    report = document.report(notebook, fallback_title=fallback_title)
    blocks = _anchored([_embedded(block) for block in report["blocks"]])
    contents = [
        {"anchor": block["anchor"], "level": block["level"], "text": document.heading_text(block)}
        for block in blocks
        if block["type"] == "heading" and block["level"] <= 2
    ]
    return markup.page("report.html.j2", **{**report, "blocks": blocks, "contents": contents})


def _embedded(block: document.Block) -> document.Block:
    if block["type"] == "chart":
        encoded = base64.b64encode(block["svg"].encode("utf-8")).decode("ascii")
        return {**block, "base64": encoded, "svg": ""}
    if block["type"] == "html":
        return {**block, "safe": markup.trusted(block["html"])}
    return block


def _anchored(blocks: list[document.Block]) -> list[document.Block]:
    count, found = 0, []
    for block in blocks:
        if block["type"] == "heading":
            count += 1
        found.append({**block, "anchor": f"s{count}"} if block["type"] == "heading" else block)
    return found
