"""An executed notebook as a list of plain blocks: headings, paragraphs, lists, tables, charts, quotes.

Blocks are JSON values, so whatever customers wrote reaches the page as data and never as markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

Block = dict[str, Any]
BUNDLES = {
    "application/vnd.voc.table+json": "table",
    "application/vnd.voc.cards+json": "cards",
    "application/vnd.voc.text+json": "text",
    "application/vnd.voc.quotes+json": "quotes",
}
CHART = "image/svg+xml"


def blocks(notebook: NotebookNode) -> list[Block]:
    """The notebook's blocks in reading order; code, prompts and log streams are left out."""
    found: list[Block] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found.extend(markdown(cell.source))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                found.extend(_output(output))
    return found


def markdown(source: str) -> list[Block]:
    """The blocks of a markdown text; raw HTML in it is shown as text.

    >>> markdown("# 标题\\n\\n正文 **重点**")[0]
    {'type': 'heading', 'level': 1, 'runs': [{'text': '标题'}]}
    """
    import mistune

    tree = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough"])(source)
    return [block for token in tree for block in _token(token)]


def _output(output: NotebookNode) -> Iterator[Block]:
    if output.output_type == "error":
        yield {"type": "text", "tone": "bad", "paragraphs": [f"{output.ename}：{output.evalue}"], "items": []}
    if output.output_type not in ("display_data", "execute_result"):
        return
    for mime, kind in BUNDLES.items():
        if mime in output.data:
            yield {**output.data[mime], "type": kind}
            return
    if CHART in output.data:
        notes = output.metadata.get(CHART, {})
        svg = output.data[CHART]
        yield {
            "type": "chart",
            "svg": svg if isinstance(svg, str) else "".join(svg),
            "alt": notes.get("alt") or "图表",
            "caption": notes.get("caption", ""),
        }
    elif "text/markdown" in output.data:
        yield from markdown(output.data["text/markdown"])
    elif "text/plain" in output.data:
        yield {"type": "code", "text": output.data["text/plain"]}


def _token(token: dict[str, Any]) -> Iterator[Block]:
    kind = token["type"]
    if kind == "heading":
        yield {"type": "heading", "level": token["attrs"]["level"], "runs": _runs(token["children"])}
    elif kind in ("paragraph", "block_text"):
        yield {"type": "paragraph", "runs": _runs(token["children"])}
    elif kind == "list":
        items = [
            [block for child in item["children"] for block in _token(child)] for item in token["children"]
        ]
        yield {"type": "list", "ordered": token["attrs"]["ordered"], "items": items}
    elif kind == "block_quote":
        yield {"type": "quote", "blocks": [block for child in token["children"] for block in _token(child)]}
    elif kind in ("block_code", "block_html"):
        yield {"type": "code", "text": token.get("raw", "").rstrip("\n")}
    elif kind == "table":
        yield _markdown_table(token)
    elif kind == "thematic_break":
        yield {"type": "rule"}


def _markdown_table(token: dict[str, Any]) -> Block:
    head, *body = token["children"]
    columns = [
        {"label": _plain(cell["children"]), "align": cell["attrs"].get("align") or "left"}
        for cell in head["children"]
    ]
    rows = [
        [_plain(cell["children"]) for cell in row["children"]] for part in body for row in part["children"]
    ]
    return {"type": "table", "version": 1, "caption": "", "columns": columns, "rows": rows, "notes": []}


def _runs(tokens: list[dict[str, Any]], **style: bool) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for token in tokens:
        kind = token["type"]
        if kind in ("strong", "emphasis"):
            runs.extend(_runs(token["children"], **{**style, kind: True}))
        elif kind == "codespan":
            runs.append({"text": token["raw"], "code": True, **style})
        elif kind in ("softbreak", "linebreak"):
            runs.append({"text": "\n" if kind == "linebreak" else " ", **style})
        elif "children" in token:
            runs.extend(_runs(token["children"], **style))
        else:
            runs.append({"text": token.get("raw", ""), **style})
    return runs


def _plain(tokens: list[dict[str, Any]]) -> str:
    return "".join(run["text"] for run in _runs(tokens))
