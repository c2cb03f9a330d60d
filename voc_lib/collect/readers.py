"""Any file or folder to tables: what a file is comes from its first bytes, not from its name."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from voc_lib.collect import (
    delimited,
    guard,
    mails,
    markup,
    records,
    subtitles,
    transcripts,
    word,
    workbook,
    wrapping,
)
from voc_lib.collect import encoding as encodings
from voc_lib.collect.table import Table
from voc_lib.errors import DataError

SUFFIXES = frozenset(
    (
        ".csv",
        ".tsv",
        ".txt",
        ".xlsx",
        ".xlsm",
        ".xlsb",
        ".xls",
        ".ods",
        ".json",
        ".jsonl",
        ".ndjson",
        ".parquet",
        ".htm",
        ".html",
        ".docx",
        ".docm",
        ".md",
        ".srt",
        ".vtt",
        ".eml",
        ".mbox",
        ".msg",
    )
)
READABLE = (
    "CSV、TSV、Excel（xlsx、xlsm、xls、ods）、JSON、JSONL、Parquet；访谈与纪要 docx、txt、md，"
    "字幕 srt、vtt；邮件 eml、msg、mbox"
)
FOREIGN = {
    b"%PDF": "PDF 文档",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"\x1f\x8b": "gzip 压缩包",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"BZh": "bzip2 压缩包",
    b"SQLite format 3": "SQLite 数据库（请用 url 与 query）",
    b"\x7fELF": "程序",
    b"MZ\x90": "程序",
}
HTML = re.compile(rb"<(?:!doctype html|html|table|meta|head)\b", re.IGNORECASE)
JSON = re.compile(rb'(?:[\w$.]{1,80}\s*\(\s*)?(?:\{\s*"|\[\s*\{\s*")')  # also cb_1({"…
MAILBOX = re.compile(rb"From \S+ .{10,40}\r?\n")  # how each mail of an .mbox begins
MAIL = re.compile(  # the head of a mail, folded lines in it
    rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
    rb"(?:From|Received|Message-ID|MIME-Version|Return-Path|Subject):",
    re.IGNORECASE,
)
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OUTLOOK, OLD_WORD = "__substg1.0_", "WordDocument"  # names in compound files
OLD = "是旧版 Word 文档（.doc），读不了。请用 Word 打开并另存为 .docx 后再试。"
LOCKED = "有密码，读不了。请去掉密码后再试。"
MAILS = ("mail", "mailbox", "outlook")
TALKS = (*MAILS, "document", "subtitles", "transcript")
SPOKEN = {".md": "transcript", ".markdown": "transcript", ".srt": "subtitles", ".vtt": "subtitles"}
SPREADSHEET_XML = re.compile(rb"<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet")
WORD = (".docx", ".docm")
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
MAX_TALK = 64 << 20
LOOKED_AT = 16 << 20  # bytes of a compound file looked through for what it is
LOGGER = logging.getLogger(__name__)


def paths(location: Path) -> list[tuple[Path, str]]:
    """The files behind a path, folder or glob, in natural order, each with the short name reports use."""
    if any(mark in str(location) for mark in "*?[") and not location.exists():
        base = _glob_base(location)
        found = (
            [p for p in base.glob(str(location.relative_to(base))) if p.is_file()] if base.is_dir() else []
        )
        found = [p for p in found if not _is_litter(p)]
        if not found:
            raise DataError(f"没有文件符合 {location}。请检查参数 path 的通配符与文件夹。")
    elif location.is_dir():
        base = location
        inside = [p for p in location.rglob("*") if p.is_file() and not _is_litter(p)]
        found = [p for p in inside if p.suffix.lower() in SUFFIXES]
        for other in sorted(set(inside) - set(found)):
            LOGGER.warning("文件夹 %s 中的 %s 不是可读的类型，未读取", location.name, other.name)
        if not found:
            raise DataError(f"文件夹 {location} 里没有可读的文件。可用：{READABLE}。")
    elif location.is_file():
        base, found = location.parent, [location]
    else:
        raise DataError(f"找不到文件 {location}。请检查参数 path（相对于参数文件所在文件夹）。")
    return [(p, p.relative_to(base).as_posix()) for p in sorted(found, key=order)]


def files(locations: Iterable[Path]) -> list[tuple[Path, str]]:
    """The files behind several places in their order; files of one name are told apart by their folder."""
    found = [pair for location in locations for pair in paths(location)]
    names = Counter(name for _, name in found)
    return [(file, name if names[name] == 1 else f"{file.parent.name}/{name}") for file, name in found]


def _glob_base(location: Path) -> Path:
    parts = location.parts
    fixed = next(i for i, part in enumerate(parts) if any(mark in part for mark in "*?["))
    return Path(*parts[:fixed])


def _is_litter(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.lower() in ("thumbs.db", "desktop.ini")


def order(file: Path) -> tuple[list, list, str]:
    """A sort key that puts a file before its later copies: browsers and people add to the end of its name.

    When a file was written says less: copying it, or unpacking an archive, makes it new.

    >>> names = ["工单(1).csv", "工单-修订.csv", "工单10.csv", "工单2.csv", "工单.csv"]
    >>> [file.stem for file in sorted(map(Path, names), key=order)]
    ['工单', '工单2', '工单10', '工单(1)', '工单-修订']
    """
    return [natural(part) for part in file.parent.parts], natural(file.stem), file.suffix


def natural(name: str) -> list[tuple[int, int | str]]:
    """A sort key that puts 2 before 10.

    >>> sorted(["工单10.csv", "工单2.csv"], key=natural)
    ['工单2.csv', '工单10.csv']
    """
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"([0-9]+)", name) if part]


def kind(file: Path) -> str:
    """What a file is by its bytes; DataError for the unreadable.

    workbook, legacy, parquet, json, html, text, document, mail, mailbox, outlook (.msg), subtitles or
    transcript (.md).
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(8192)
    except PermissionError:
        raise DataError(f"没有权限读取 {file.name}。请检查文件权限。") from None
    if not head:
        raise DataError(f"{file.name} 是空文件（0 字节）。请检查导出。")
    foreign = next((what for magic, what in FOREIGN.items() if head.startswith(magic)), None)
    if foreign:
        raise DataError(f"{file.name} 是{foreign}，不能作为反馈数据读取。可用：{READABLE}。")
    if head.startswith(b"PK"):
        return "document" if file.suffix.lower() in WORD or guard.holds(file, "word/") else "workbook"
    if head.startswith(COMPOUND):
        return _compound_kind(file)
    if head[:2] in (
        b"\x09\x08",
        b"\x09\x04",
        b"\x09\x02",
    ):
        return "legacy"
    if head.startswith(b"PAR1"):
        return "parquet"
    return _text_kind(file, head)


def _compound_kind(file: Path) -> str:
    """outlook or legacy; DataError for old Word documents and new ones with a password."""
    with file.open("rb") as stream:
        data = stream.read(LOOKED_AT)
    if OUTLOOK.encode("utf-16-le") in data:
        return "outlook"
    if "EncryptedPackage".encode("utf-16-le") in data and file.suffix.lower() in WORD:
        raise DataError(f"{file.name} {LOCKED}")
    if OLD_WORD.encode("utf-16-le") in data:
        raise DataError(f"{file.name} {OLD}")
    return "legacy"


def _text_kind(file: Path, head: bytes) -> str:
    if SPREADSHEET_XML.search(head):
        raise DataError(f"{file.name} 是 XML 电子表格（2003）。请用 Excel 打开并另存为 .xlsx。")
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if HTML.match(start) or (start.startswith(b"<") and HTML.search(head)):
        return "html"
    if start.startswith(b"<?xml"):
        raise DataError(f"{file.name} 是 XML 文档，不能作为反馈数据读取。可用：{READABLE}。")
    suffix = file.suffix.lower()
    if MAILBOX.match(start) and (suffix == ".mbox" or MAIL.match(start.split(b"\n", 1)[1])):
        return "mailbox"
    if suffix == ".eml" or (suffix not in TABLES and MAIL.match(start)):
        return "mail"
    if suffix in SPOKEN or subtitles.BEGINS.match(start):
        return SPOKEN.get(suffix, "subtitles")
    if suffix in (".json", ".jsonl", ".ndjson") or JSON.match(start):
        return "json"
    return "text"


def read(
    file: Path, *, encoding: str | None = None, sheet: str | None = None, known: frozenset[str] = frozenset(),
    label: str | None = None, records_at: str | None = None, speakers: Mapping[str, str] | None = None,
    talks: bool = False,
) -> list[Table]:  # fmt: skip
    """The tables of one file: one per visible sheet of a workbook, else one.

    With `talks` interviews, minutes and mails are read too; `speakers` says who is what in them, and that a
    text without anybody named is one.
    """
    what, name = kind(file), label or file.name
    if what in TALKS and not talks:
        raise DataError(f"{name} 是文档或邮件，不是表格，这里读不了。可用：CSV、Excel、JSON、Parquet。")
    if what in MAILS:
        return [mails.read(file, what, label=name)]
    if talks and (talk := _talk(file, what, name, encoding=encoding, speakers=speakers)):
        return [talk]
    if records_at is not None and what == "json":
        guard.check_text(file, limit=guard.MAX_JSON) if file.suffix.lower() != ".json" else None
        return [records.read_json(file, encoding=encoding, label=label, path=records_at)]
    found = _read(file, encoding, sheet, known, label)
    return [wrapping.taken_off(table) for table in found]


def _talk(
    file: Path, what: str, name: str, *, encoding: str | None, speakers: Mapping[str, str] | None
) -> Table | None:
    """What people said in a document or a text; None for what is a table."""
    if what == "document":
        paragraphs, notes = word.read(file, name)
        return transcripts.table(paragraphs, name, speakers, notes)
    if what not in ("transcript", "subtitles") and not (what == "text" and file.suffix.lower() == ".txt"):
        return None
    guard.check_text(file, limit=MAX_TALK)
    decoded = encodings.decode(file.read_bytes(), encoding=encoding, where=name)
    text = decoded.data.decode("utf-8")
    if what == "subtitles":
        paragraphs, notes = subtitles.paragraphs(text, name)
        return transcripts.table(paragraphs, name, speakers, [*decoded.notes, *notes])
    if what == "text" and speakers is None and not transcripts.spoken(text):
        return None
    return transcripts.table(text.splitlines(), name, speakers, decoded.notes)


def _read(
    file: Path, encoding: str | None, sheet: str | None, known: frozenset[str], label: str | None
) -> list[Table]:
    what = kind(file)
    if what in ("workbook", "legacy"):
        return workbook.read(file, sheet=sheet, known=known, label=label, legacy=what == "legacy")
    if sheet is not None:
        LOGGER.warning("%s 不是工作簿，参数 sheet 不起作用", file.name)
    if what == "parquet":
        return [records.read_parquet(file, label=label)]
    if what == "json":
        guard.check_text(file, limit=guard.MAX_JSON) if file.suffix.lower() != ".json" else None
        return [records.read_json(file, encoding=encoding, label=label)]
    reader = markup.read if what == "html" else delimited.read
    return [reader(file, encoding=encoding, known=known, label=label)]
