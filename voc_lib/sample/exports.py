"""The files a shop would hand over: each source in its own shape, with rows nobody can use among them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from voc_lib.sample.plan import Plan
from voc_lib.sample.voices import Voice

ZONE = ZoneInfo("Asia/Shanghai")
STAMP = "%Y-%m-%d %H:%M:%S"
Row = dict[str, Any]


@dataclass(frozen=True)
class Written:
    """One file: its name, source, how many rows it has, how many are unusable and how many only a score.

    A total row is a row and unusable.
    """

    file: str
    source: str
    rows: int
    quarantined: int
    rated: int
    in_period: int


@dataclass(frozen=True)
class Line:
    """One row of a file: a voice, and in which way it is broken, if it is."""

    voice: Voice
    fault: str = ""
    shown: str = ""  # what stands where the text or the date should be


def write(
    folder: Path, lines: Mapping[str, list[Line]], spec: Mapping[str, Any], *, plan: Plan, rng: Random
) -> list[Written]:
    """Every source's files in `folder`, and what went into each."""
    writers: dict[str, Callable] = {
        "ticket": _tickets,
        "complaint": _complaints,
        "survey": _survey,
        "review": _reviews,
        "social": _social,
        "chat": _chats,
    }
    options = {"platforms": plan.raw["platforms"], "rng": rng}
    done: list[Written] = []
    for name, source in spec["sources"].items():
        for file, part in _split(source["file"], lines[name]):
            writers[source["register"]](folder / file, part, source, **options)
            totals = int("total" in source)
            done.append(
                _count(file, name, part, shown=_shown(source), month=plan.sample_month, footers=totals)
            )
    return done


def _split(file: str, lines: list[Line]) -> list[tuple[str, list[Line]]]:
    if "{year}" not in file:
        return [(file, lines)]
    years = sorted({line.voice.at.year for line in lines})
    return [
        (file.format(year=year), [line for line in lines if line.voice.at.year == year]) for year in years
    ]


def _shown(source: Mapping[str, Any]) -> set[str]:
    """What the columns of a source mean; a review has stars."""
    return {"csat"} if source["register"] == "review" else set(source["columns"].values())


def _count(
    file: str, source: str, lines: list[Line], *, shown: set[str], month: str, footers: int
) -> Written:
    good = [line for line in lines if not line.fault]
    rated = sum(_only_rated(line, shown) for line in lines)
    inside = sum(line.voice.month == month for line in good)
    lost = len(lines) - len(good) - rated + footers
    return Written(file, source, len(lines) + footers, lost, rated, inside)


def _only_rated(line: Line, shown: set[str]) -> bool:
    """Whether a row without a text has a score, and no other words."""
    voice = line.voice
    scored = any(getattr(voice, name) is not None for name in {"csat", "nps"} & shown)
    return line.fault == "no_text" and scored and not (voice.request and "request" in shown)


def fields(line: Line, at: Callable[[datetime], Any]) -> Row:
    """The values of one row by meaning, times written by `at`; a broken row shows its fault."""
    voice, customer = line.voice, line.voice.customer
    row: Row = {
        "id": voice.id,
        "customer": customer.id if customer else "",
        "name": customer.name if customer else "",
        "phone": customer.phone if customer else "",
        "nick": customer.nick if customer else voice.extra.get("nick", ""),
        "text": voice.text,
        "request": voice.request,
        "at": at(voice.at),
        "first_response": at(voice.first_response_at) if voice.first_response_at else "",
        "closed": at(voice.closed_at) if voice.closed_at else "",
        "status": voice.status,
        "handler": voice.handler,
        "department": voice.department,
        "given": voice.given,
        "urgency": voice.urgency,
        "csat": voice.csat if voice.csat is not None else "",
        "nps": voice.nps if voice.nps is not None else "",
        "product": voice.product,
        "region": voice.region,
        "remark": voice.remark,
    }
    if line.fault == "no_text":
        row["text"] = line.shown
    if line.fault == "bad_date":
        row["at"] = line.shown
    return row


def stamp(at: datetime) -> str:
    """2026-09-03 08:05:09"""
    return at.strftime(STAMP)


def slashed(at: datetime) -> str:
    """2026/9/3 8:05:09, as survey tools and spreadsheets write it."""
    return f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}"


def _tickets(file: Path, lines: list[Line], source: Mapping[str, Any], **_: Any) -> None:
    columns = source["columns"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for line in lines:
        row = fields(line, stamp)
        values = [row[meaning] for meaning in columns.values()]
        writer.writerow(values[:3] if line.fault == "broken" else values)
    file.write_bytes(out.getvalue().encode("gb18030"))


def _survey(file: Path, lines: list[Line], source: Mapping[str, Any], *, rng: Random, **_: Any) -> None:
    columns = source["columns"]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for number, line in enumerate(lines, 1):
        row = fields(line, slashed)
        seconds = rng.randrange(25, 60) + len(line.voice.text) * 2
        row |= {
            "number": number,
            "seconds": source["seconds"].format(seconds),
            "via": rng.choice(source["via"]),
        }
        row["choices"] = _choices(line.voice, source["choices"], rng)
        writer.writerow([row[meaning] for meaning in columns.values()])
    file.write_bytes(("\ufeff" + out.getvalue()).encode())


def _choices(voice: Voice, words: Mapping[str, str], rng: Random) -> str:
    chosen = [words[voice.category]]
    if voice.category and rng.random() < 0.35:
        chosen += [rng.choice([word for word in words.values() if word not in (chosen[0], words[""])])]
    return "┋".join(chosen)


def _reviews(file: Path, lines: list[Line], source: Mapping[str, Any], *, rng: Random, **_: Any) -> None:
    out = []
    for line in lines:
        row = fields(line, lambda at: int(at.replace(tzinfo=ZONE).timestamp()) * 1000)
        record = {
            "review_id": row["id"],
            "store": rng.choice(source["stores"]),
            "user": {"id": row["customer"] or None, "nick": row["nick"]},
            "app": {"version": f"{rng.randrange(5, 7)}.{rng.randrange(4)}.{rng.randrange(3)}"},
            "rating": line.voice.csat,
            "content": row["text"],
            "ts": row["at"] if row["at"] != "" else None,
            "region": row["region"],
        }
        written = json.dumps(record, ensure_ascii=False)
        out.append(written[: len(written) // 2] if line.fault == "broken" else written)
    file.write_bytes(("\n".join(out) + "\n").encode())


def _social(
    file: Path, lines: list[Line], source: Mapping[str, Any], *, platforms: list[str], rng: Random, **_: Any
) -> None:
    columns = source["columns"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(columns)
    for line in lines:
        row = fields(line, lambda at: at.strftime("%Y-%m-%d %H:%M"))
        row |= {"platform": rng.choice(platforms), "likes": int(rng.lognormvariate(1.2, 1.4))}
        row["link"] = source["link"].format(row["id"].lower())
        writer.writerow([row[meaning] for meaning in columns.values()])
    file.write_bytes(out.getvalue().encode())


def _chats(file: Path, lines: list[Line], source: Mapping[str, Any], **_: Any) -> None:
    out = []
    for line in lines:
        row = fields(line, lambda at: at.replace(tzinfo=ZONE).isoformat())
        record = {
            header: (None if row[meaning] == "" and meaning != "text" else row[meaning])
            for header, meaning in source["columns"].items()
        }
        out.append(json.dumps(record, ensure_ascii=False))
    file.write_bytes(("\n".join(out) + "\n").encode())


def _complaints(file: Path, lines: list[Line], source: Mapping[str, Any], **_: Any) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(file), {"strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"title": source["titles"][0], "created": datetime(2026, 10, 1, 8)})
    sheet = book.add_worksheet(source["sheet"])
    bold = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1})
    time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    _headers(sheet, source, bold)
    meanings = list(source["columns"].values())
    for number, line in enumerate(lines, 4):
        row = fields(line, lambda at: at)
        for column, meaning in enumerate(meanings):
            value = row[meaning]
            if isinstance(value, datetime):
                sheet.write_datetime(number, column, value, time)
            elif value != "":
                sheet.write(number, column, value)
    sheet.write(len(lines) + 4, 0, source["total"], bold)
    sheet.write(len(lines) + 4, 1, len(lines), bold)
    book.close()


def _headers(sheet: Any, source: Mapping[str, Any], bold: Any) -> None:
    width = len(source["columns"])
    for row, title in enumerate(source["titles"]):
        sheet.merge_range(row, 0, row, width - 1, title, bold)
    column = 0
    for group, headers in source["groups"].items():
        if group:
            sheet.merge_range(2, column, 2, column + len(headers) - 1, group, bold)
        else:
            sheet.merge_range(2, column, 3, column, headers[0], bold)
        for header in headers if group else []:
            sheet.write(3, column, header, bold)
            column += 1
        column += 0 if group else 1
    sheet.set_column(0, width - 1, 16)
