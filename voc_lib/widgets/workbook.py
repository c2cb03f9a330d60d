"""Corrections as an Excel file, for people without Jupyter: written, filled in, read back."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from voc_lib.collect import readers
from voc_lib.errors import DataError, ParamsError, PublishError, did_you_mean
from voc_lib.register import store
from voc_lib.register.store import SEPARATOR
from voc_lib.report import excel
from voc_lib.schema import ALONE, CORRECTABLE, TAGGED, Column, Table
from voc_lib.tag import corrections
from voc_lib.tag.corrections import CHOICES
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.widgets import regrouping
from voc_lib.widgets.desk import Desk

SLASH = "/"
SPLIT = re.compile(r"([；;、，,])")
_ID = Column("feedback_id", "text", "反馈ID")
_FIELDS = (*CHOICES, "issue_id")
_NEW = {f"new_{field}": Column(f"new_{field}", "text", f"新{TAGGED.labels[field]}") for field in _FIELDS}
_NOTE = (Column("note", "text", "备注"), Column("seen", "text", "版本"))
_ANSWER = (Column("new", "text", "新标签"), *_NEW.values(), *_NOTE)
REVIEW = Table(
    "review",
    "待复核",
    (
        _ID,
        Column("created_at", "time", "反馈时间"),
        Column("channel", "text", "反馈渠道"),
        Column("product", "text", "产品"),
        Column("text", "text", "问题描述"),
        Column("tags", "text", "现有标签"),
        *(Column(field, "text", TAGGED.labels[field]) for field in _FIELDS),
        Column("why", "text", "复核原因"),
        *_ANSWER,
    ),
)
BLIND = Table("blind", REVIEW.title, tuple(c for c in REVIEW.columns if c.name not in {*_FIELDS, *_NEW}))
CORRECTED = Table(
    "corrected",
    "已更正",
    (
        _ID,
        Column("text", "text", "问题描述"),
        Column("tags", "text", "现有标签"),
        Column("who", "text", "更正人"),
        Column("at", "time", "更正时间"),
        Column("why", "text", "更正原因"),
        *_ANSWER,
    ),
)
TAGS = Table(
    "taglist",
    "可用标签",
    (Column("name", "text", "标签"), Column("parent", "text", "上级"), Column("definition", "text", "定义")),
)


@dataclass(frozen=True)
class Imported:
    """What came of a file: answers saved, rows that say what already stands, conflicts told."""

    saved: int
    same: int
    conflicts: tuple[str, ...] = ()

    def said(self) -> str:
        """What came of it: one sentence, and one for each conflict."""
        words = f"导入 {self.saved} 条，{self.same} 条与现有更正相同，{len(self.conflicts)} 条冲突。"
        return "\n".join([words, *self.conflicts])


def export(file: Path, queue: pd.DataFrame, texts: pd.Series, desk: Desk) -> int:
    """Rows to be reviewed written to a workbook with “新标签” to fill in; what was corrected; the tags.

    `texts` holds the (masked) text by feedback id. A blind coder's workbook holds no answers of others.
    """
    spec = BLIND if desk.blind else REVIEW
    seen = "" if desk.blind else _seen(desk, queue["feedback_id"])
    asked = queue.assign(new="", note="", seen=seen, **dict.fromkeys(_NEW, ""))
    sheets = {spec.title: (asked[spec.names], spec)}
    if not desk.blind:
        sheets[CORRECTED.title] = (_corrected(desk, texts), CORRECTED)
    sheets[TAGS.title] = (_tags(desk.taxonomy), TAGS)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        excel.write(file, sheets, choices=_offered(desk.taxonomy))
    except OSError as error:
        raise PublishError(f"无法写入 {file}：{error.strerror or error}。请检查文件夹和权限。") from None
    return len(asked)


def _offered(taxonomy: Taxonomy) -> dict[str, Sequence[str] | str]:
    """What can be chosen in the columns to fill in; several tags in one cell are written."""
    listed = f"='{TAGS.title}'!$A$2:$A${len(taxonomy.tags) + 1}"
    return {"new": listed, **{f"new_{field}": allowed for field, allowed in CHOICES.items()}}


def _seen(desk: Desk, ids: pd.Series) -> list[str]:
    """The versions in force of each feedback, field by field: “2/0/0/1” in the order of CORRECTABLE."""
    rows = store.trail(desk.engine)
    last = rows.groupby(["feedback_id", "field"])["version"].max().dropna().astype("int64").to_dict()
    return [SLASH.join(str(last.get((ident, field), 0)) for field in CORRECTABLE) for ident in ids]


def _corrected(desk: Desk, texts: pd.Series) -> pd.DataFrame:
    rows = store.in_force(desk.engine)
    rows = rows[rows["field"] == "tags"]
    names = [SEPARATOR.join(desk.names(codes)) for codes in rows["new"]]
    return pd.DataFrame(
        {
            **{name: rows[name].to_numpy() for name in ("feedback_id", "who", "at", "why")},
            "text": rows["feedback_id"].map(texts).to_numpy(),
            "tags": names,
            **dict.fromkeys(["new", *_NEW, "note"], ""),
            "seen": _seen(desk, rows["feedback_id"]),
        }
    )[CORRECTED.names]


def _tags(taxonomy: Taxonomy) -> pd.DataFrame:
    rows = [(tag.name, tag.parent, tag.definition) for tag in taxonomy.tags]
    return pd.DataFrame(rows, columns=TAGS.names)


def read(file: Path, desk: Desk, *, known: Mapping[str, str]) -> Imported:
    """The answers of a workbook, saved. DataError, and nothing saved, when a row names no feedback or tag.

    `known` tells the feedback id by what may stand for it (`session.spellings`).
    """
    told: list[str | None] = []
    for row in _checked(file, desk.taxonomy, known):
        ident = known[row.feedback_id]
        if row.names:
            told.append(_tag(row, ident, desk))
        told += [_choose(row, ident, field, desk, known) for field in row.choices if not desk.blind]
    return Imported(told.count(""), told.count(None), tuple(words for words in told if words))


def _tag(row: _Row, ident: str, desk: Desk) -> str | None:
    """What has to be told of the tags of a row: "" when they are saved, None when they stand already."""
    stands = desk.standing(ident)
    names = tuple(desk.taxonomy.aliases[name] for name in row.names)
    if names == stands.tags:
        return None
    seen = row.version("tags", stands.version, own=stands.who == desk.who)
    return desk.save(ident, names, seen=seen, old=row.old, note=row.note)


def _choose(row: _Row, ident: str, field: str, desk: Desk, known: Mapping[str, str]) -> str | None:
    """The same of another field."""
    stands, value = desk.choice(ident, field), row.choices[field]
    value = known.get(value, value) if field == "issue_id" else value
    if value == stands.value:
        return None
    seen = row.version(field, stands.version, own=stands.who == desk.who)
    return desk.choose(ident, field, value, seen=seen, note=row.note)


def choices(file: Path, desk: Desk) -> dict[str, tuple[str, ...]]:
    """Feedback id -> the tags a workbook names for it; DataError when a row names a tag there is not."""
    return {row.feedback_id: row.names for row in _checked(file, desk.taxonomy) if row.names}


def _checked(file: Path, taxonomy: Taxonomy, known: Mapping[str, str] | None = None) -> list[_Row]:
    if not file.is_file():
        raise ParamsError(f"找不到文件 {file}。请先用 voc corrections export 导出，填好 “新标签” 再导入。")
    rows = _rows(file, taxonomy)
    faults = [fault for row in rows if (fault := _fault(row, taxonomy, known))]
    if faults:
        lines = "".join(f"\n  · {fault}" for fault in faults[:20])
        raise DataError(f"{file.name} 有 {len(faults)} 行不能导入，没有导入任何内容：{lines}")
    return rows


@dataclass(frozen=True)
class _Row:
    place: str
    feedback_id: str
    names: tuple[str, ...]
    old: str
    note: str
    seen: tuple[int, ...]
    choices: dict[str, str]

    def version(self, field: str, stands: int, *, own: bool) -> int:
        """The version the person saw; what stands, when it is the `own` answer: that may be mended."""
        place = CORRECTABLE.index(field)
        if own or not self.seen:
            return stands
        return min(self.seen[place] if place < len(self.seen) else 0, stands)


def _rows(file: Path, taxonomy: Taxonomy) -> list[_Row]:
    """Every row that is filled in, of every sheet with a “新标签”."""
    tables = readers.read(file)
    fit = [table for table in tables if {"反馈ID", "新标签"} <= set(table.columns)]
    if not fit:
        raise DataError(
            f"{file.name} 没有 “反馈ID” 和 “新标签” 两列。请用 voc corrections export 导出的表填写。"
        )
    rows = []
    for table in fit:
        for line, record in zip(table.lines.tolist(), table.cells.to_pylist(), strict=True):
            cells = {name: (cell or "").strip() for name, cell in record.items()}
            row = _row(f"{table.sheet or table.file} 第 {line} 行", cells, taxonomy)
            rows += [row] if row.names or row.choices else []
    return rows


def _names(written: str, known: Container[str]) -> tuple[str, ...]:
    """The tags of a cell; a known name may itself hold what parts them, so the longest one is taken.

    >>> _names("价格、优惠、物流；退货", {"价格、优惠", "价格", "物流"})
    ('价格、优惠', '物流', '退货')
    """
    pieces, names = SPLIT.split(written), []
    while pieces:
        ends = (n for n in range(len(pieces), 1, -2) if "".join(pieces[:n]).strip() in known)
        end = next(ends, 1)
        names.append("".join(pieces[:end]).strip())
        pieces = pieces[end + 1 :]
    return tuple(dict.fromkeys(name for name in names if name))


def _row(place: str, cells: dict[str, str], taxonomy: Taxonomy) -> _Row:
    seen = cells.get("版本", "").removesuffix(".0").split(SLASH)
    written = {field: cells.get(_NEW[f"new_{field}"].label, "") for field in _FIELDS}
    return _Row(
        place,
        cells["反馈ID"],
        _names(cells["新标签"], taxonomy.aliases),
        cells.get("现有标签", ""),
        cells.get("备注", ""),
        tuple(int(part) for part in seen) if all(part.isdigit() for part in seen) else (),
        {field: corrections.meant(field, value) for field, value in written.items() if value},
    )


def _fault(row: _Row, taxonomy: Taxonomy, known: Mapping[str, str] | None) -> str:
    if known is not None and row.feedback_id not in known:
        return f"{row.place}：没有反馈 “{row.feedback_id}”，或几个来源都有它；请保留导出时的反馈ID"
    wrong = [name for name in row.names if name not in taxonomy.aliases]
    if wrong:
        return f"{row.place}：没有标签 “{wrong[0]}”。{did_you_mean(wrong[0], taxonomy.by_name)}"
    for field, value in row.choices.items():
        if field == "issue_id":
            itself = known is not None and known.get(value) in (None, known[row.feedback_id])
            if value != ALONE and itself:
                return f"{row.place}：{regrouping.unknown(value)}"
        elif value not in CHOICES[field]:
            allowed = "、".join(CHOICES[field])
            return f"{row.place}：{TAGGED.labels[field]} “{value}” 无法识别，只能是{allowed}"
    return ""
