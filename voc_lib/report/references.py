"""The closing section of a report: every table its figures rest on, how each is made, where the rows are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voc_lib import schema
from voc_lib.report import basis
from voc_lib.report.subject import cell, label, said

Block = dict[str, Any]
TITLE = "口径与依据"
LEAD = (
    "正文里方括号中的编号指到这里：每个数字怎样算、数了哪些行、行在哪个工作簿。"
    "工作簿在与本报告所在文件夹并列的 excel 文件夹中。"
    "由一条反馈到它的标签、根因、措施与成效：工作簿《全部发现与追溯》工作表“追溯”。"
)


@dataclass
class _Cited:
    """A table that figures rest on: its number, the columns shown and the rows picked out."""

    number: int
    columns: dict[str, None] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


def numbered(
    blocks: list[Block], places: Mapping[str, tuple[str, str]], period: str, subject: str | None
) -> list[Block]:
    """The blocks with the numbers of what each part rests on (`refs`), and the section they point to.

    `places`: the workbook and the sheet of each table.
    """
    cited: dict[str, _Cited] = {}
    found = _named([_numbered(block, cited) for block in blocks], subject)
    if not cited:
        return found
    heading = {"type": "heading", "level": 1, "runs": [{"text": TITLE}]}
    entries = [_entry(name, one, places, period, subject) for name, one in cited.items()]
    return [*found, heading, {"type": "basis", "lead": LEAD, "tables": entries}]


def definitions(table: schema.Table, period: str, subject: str | None = None) -> list[tuple[str, str, str]]:
    """Title, column and how it is made, for each column of a table that `bases.yaml` tells; then the rows.

    >>> definitions(schema.PUBLISHED, "2026年9月")[2]
    ('承诺兑现公示', '兑现', '兑现的次数；兑现或未兑现只有几次的不列')
    """
    told = basis.words(table.name)
    title = said(table.title, subject)
    columns = [
        (title, label(column.label, subject), _words(told["columns"][column.name], period, subject))
        for column in table.columns
        if told and column.name in told["columns"]
    ]
    return [(title, "（每行）", _rows(told, period, subject)), *columns] if told else []


def _numbered(block: Block, cited: dict[str, _Cited]) -> Block:
    parts = block.get("basis")
    if not parts:
        return block
    if "numbers" in block:
        block = {**block, "numbers": _numbered(block["numbers"], cited)}
    return {**block, "refs": [[ref for each in part if (ref := _ref(each, cited))] for part in parts]}


def _named(blocks: list[Block], subject: str | None) -> list[Block]:
    """The blocks with a `name` for each table, which readers who cannot see it are told; no two alike."""
    seen: dict[str, int] = {}
    named = [{**block, **_name(block, seen, subject)} for block in blocks]
    return [
        {**block, "numbers": {**block["numbers"], **_name(block["numbers"], seen, subject)}}
        if "numbers" in block
        else block
        for block in named
    ]


def _name(block: Block, seen: dict[str, int], subject: str | None) -> dict[str, str]:
    parts = block.get("basis", []) if block["type"] == "table" else []
    table = next((each["table"] for part in parts for each in part), "")
    if table not in schema.TABLES:
        return {}
    seen[table] = seen.get(table, 0) + 1
    more = f"（{seen[table]}）" if seen[table] > 1 else ""
    return {"name": said(schema.table(table).title, subject) + more}


def _ref(each: dict[str, Any], cited: dict[str, _Cited]) -> dict[str, str] | None:
    """The number of a basis: of its table, or of a row in it."""
    if not basis.words(each["table"]):
        return None
    one = cited.setdefault(each["table"], _Cited(len(cited) + 1))
    one.columns |= dict.fromkeys(each["columns"])
    if not each["figures"]:
        return {"anchor": f"b{one.number}", "number": str(one.number)}
    known = repr((each["where"], each["figures"]))
    place = one.rows.setdefault(known, {**each, "number": f"{one.number}.{len(one.rows) + 1}"})
    return {"anchor": f"b{place['number'].replace('.', '-')}", "number": place["number"]}


def _entry(
    name: str, one: _Cited, places: Mapping[str, tuple[str, str]], period: str, subject: str | None
) -> dict[str, Any]:
    spec, told = schema.table(name), basis.words(name)
    names = [column for column in spec.columns if column.name in one.columns]
    return {
        "number": str(one.number),
        "anchor": f"b{one.number}",
        "title": said(spec.title, subject),
        "facts": _facts(name, told, places, period, subject),
        "columns": [
            {
                "label": label(column.label, subject),
                "text": _words(told["columns"][column.name], period, subject),
            }
            for column in names
            if column.name in told["columns"]
        ],
        "rows": [_cited(spec, row, told, places, subject) for row in one.rows.values()],
    }


def _facts(
    name: str, told: dict[str, Any], places: Mapping[str, tuple[str, str]], period: str, subject: str | None
) -> list[dict[str, str]]:
    where = _place(name, places) or f"数据文件 tables/{name}.parquet"
    return [
        {"label": "每行", "text": _rows(told, period, subject)},
        {"label": "在", "text": where},
    ]


def _rows(told: dict[str, Any], period: str, subject: str | None) -> str:
    return _words(f"{told['row']}；取自：{told['of']}", period, subject)


def _cited(
    spec: schema.Table,
    row: dict[str, Any],
    told: dict[str, Any],
    places: Mapping[str, tuple[str, str]],
    subject: str | None,
) -> dict[str, str]:
    """A row that figures rest on: which, what it holds, where the rows behind it are."""
    picked = "，".join(_picked(spec.labels.get(name, name), value, subject) for name, value in row["where"])
    figures = "，".join(
        f"{label(name, subject)} {cell(name, text, subject)}" for name, text in row["figures"]
    )
    how = [f"口径：{said(row['how'], subject)}"] if row["how"] else []
    behind = _behind(told.get("rows"), dict(row["where"]), places, subject)
    return {
        "number": row["number"],
        "anchor": f"b{row['number'].replace('.', '-')}",
        "where": picked or "合计",
        "text": "；".join([figures, *how, *([f"背后的行：{behind}"] if behind else [])]),
    }


def _picked(column: str, value: str, subject: str | None) -> str:
    return f"{label(column, subject)} = {cell(column, value, subject)}"


def _behind(
    rows: dict[str, Any] | None,
    where: dict[str, str],
    places: Mapping[str, tuple[str, str]],
    subject: str | None,
) -> str:
    """The sheet that holds the rows behind a row, and the filter that leaves them."""
    if not rows or not (place := _place(rows["sheet"], places)):
        return ""
    labels = schema.table(rows["sheet"]).labels
    picks = [
        _picked(labels[column], where[name], subject)
        for name, column in rows["by"].items()
        if where.get(name, WHOLE) != WHOLE
    ]
    return f"{place}" + (f"，筛选 {'，'.join(picks)}" if picks else "")


WHOLE = "全部"


def _place(name: str, places: Mapping[str, tuple[str, str]]) -> str:
    found = places.get(name)
    return f"工作簿《{found[0]}》工作表“{found[1]}”" if found else ""


def _words(text: str, period: str, subject: str | None) -> str:
    return said(text.replace("{period}", period), subject)
