"""An executed notebook as a list of plain blocks: headings, paragraphs, lists, tables, charts, quotes.

Blocks are JSON values, so whatever customers wrote reaches the page as data and never as markup. Other
outputs (pandas tables, pictures, text) become blocks too; log streams do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from voc_lib.report import bundles, foreign, references
from voc_lib.report.bundles import word
from voc_lib.report.subject import said

Block = dict[str, Any]
CHART = "image/svg+xml"
OPTIONAL = "optional"
READING = (
    "占比与变化均附 95% 区间：同样的客户再调查一次，真实数值大多落在区间之内；"
    "区间跨过 0 的变化，不能说明真的变了。样本少于 30 的分组以灰色显示，只作参考。“—” 表示没有数据。"
    "客户姓名、电话等个人信息已脱敏。"
)


def blocks(notebook: NotebookNode, *, subject: str | None = None) -> list[Block]:
    """The notebook's blocks in reading order; code, prompts and log streams are left out.

    The words of a markdown cell with the tag “optional” stand only above something its code shows, all of
    them in those of the subject.
    """
    found: list[Block] = []
    words: list[Block] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            words = markdown(said(cell.source, subject))
            if OPTIONAL not in cell.metadata.get("tags", []):
                found += words
                words = []
        elif cell.cell_type == "code":
            made = [block for output in cell.outputs for block in _output(output)]
            if made:
                found += [*words, *made]
                words = []
    return found


def markdown(source: str) -> list[Block]:
    """The blocks of a markdown text; raw HTML in it is shown as text.

    >>> markdown("# 标题\\n\\n正文 **重点**")[0]
    {'type': 'heading', 'level': 1, 'runs': [{'text': '标题'}]}
    """
    import mistune

    tree: Any = mistune.create_markdown(renderer="ast", plugins=["table", "strikethrough"])(source)
    return [block for token in tree for block in _token(token)]


def report(notebook: NotebookNode, *, fallback_title: str = "报告", unfolds: bool = True) -> Block:
    """The notebook as a report: title, name, period, deliverable, step, note, how to read, blocks.

    The deliverable's name is the title, else a level-1 heading at the top, else `fallback_title`. Where
    nothing `unfolds`, the numbers of charts and folded tables stay away.
    """
    about = notebook.metadata.get("voc", {})
    found = blocks(notebook, subject=word(about.get("subject")) or None)
    deliverable = word(about.get("deliverable"))
    title = deliverable or fallback_title
    if found and found[0]["type"] == "heading" and found[0]["level"] == 1:
        heading = heading_text(found.pop(0))
        title = deliverable or heading
    period = word(about.get("period_title")) or word(about.get("period"))
    if not unfolds:
        kept = [block for block in found if not block.get("folded")]
        found = [{name: part for name, part in block.items() if name != "numbers"} for block in kept]
    places = about.get("places", {})
    found = references.numbered(_levels_closed(found), places, period, word(about.get("subject")) or None)
    return {
        "title": title,
        "name": word(about.get("name")),
        "period": period,
        "deliverable": deliverable,
        "step": word(about.get("step")),
        "note": word(about.get("note")),
        "reading": said(READING, word(about.get("subject")) or None),
        "blocks": found,
    }


def heading_text(block: Block) -> str:
    """The words of a heading."""
    return "".join(run["text"] for run in block["runs"])


def _levels_closed(found: list[Block]) -> list[Block]:
    """Blocks with heading levels that start at 1 and never skip one, as PDF/UA wants."""
    depth, closed = 0, []
    for block in found:
        if block["type"] == "heading":
            depth = min(max(block["level"] - 1, 1), depth + 1)
        closed.append({**block, "level": depth} if block["type"] == "heading" else block)
    return closed


def _output(output: NotebookNode) -> Iterator[Block]:
    if output.output_type == "error":
        yield {"type": "text", "tone": "bad", "paragraphs": [f"{output.ename}：{output.evalue}"], "items": []}
    if output.output_type not in ("display_data", "execute_result"):
        return
    data = {mime: _joined(value) for mime, value in output.data.items()}
    if own := bundles.block(data):
        yield own
        return
    notes = output.metadata
    if CHART in data:
        told = notes.get(CHART, {})
        yield {
            "type": "chart",
            "svg": data[CHART],
            **_words(told),
            **bundles.basis(told),
            **bundles.numbers(told),
        }
    elif picture := next(filter(None, (foreign.picture(data, mime) for mime in foreign.PICTURES)), None):
        yield {**picture, **_words(notes.get(picture["mime"], {}))}
    elif "text/html" in data:
        yield from foreign.blocks(data["text/html"], data.get("text/plain", ""))
    elif "text/markdown" in data:
        yield from markdown(data["text/markdown"])
    elif "text/plain" in data:
        yield {"type": "code", "text": data["text/plain"]}


def _joined(value: Any) -> Any:
    """A MIME value; nbformat may hold text as a list of lines."""
    return "".join(value) if isinstance(value, list) and all(isinstance(v, str) for v in value) else value


def _words(notes: dict[str, Any]) -> dict[str, str]:
    return {"alt": word(notes.get("alt")) or "图表", "caption": word(notes.get("caption"))}


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
