"""Workbooks that came back: their changes saved all or nothing, every refusal with sheet and row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange import alone, cells, fields, handout, seals, sheets
from voc_lib.exchange.bench import Bench
from voc_lib.exchange.fields import CALLS, CUSTOMER, FORMS, KEY, MEASURES, MESSAGES, VERSION, Form
from voc_lib.exchange.sheets import Grid, Row
from voc_lib.improve.visits import ALONE
from voc_lib.register import entries, known
from voc_lib.register.entries import LABELS, Content, Place
from voc_lib.register.known import Edit

MOST = 20  # faults told at once
Past = Mapping[tuple[str, str, int], Content]


@dataclass(frozen=True)
class Returned:
    """What came of a file: entries changed, rows that say what they said when it went out, what it lacked,
    columns somebody added, which nobody reads, and which entries others have changed in other fields."""

    saved: int
    same: int
    lacking: Sequence[str] = ()
    beside: Sequence[str] = ()
    joined: Sequence[str] = ()


def take(bench: Bench, name: str, grids: Mapping[str, Grid], *, why: str = "") -> Returned:
    """The changes of a workbook, saved; DataError with sheet and row of all that cannot be, nothing saved."""
    try:
        returned = sheets.read(grids, FORMS, shown=handout.SHOWN_ONLY)
    except DataError as error:
        raise DataError(f"{name} 不能导入，没有保存任何内容：{error}") from None
    rows = [(form, row) for form in FORMS for row in returned.rows[form.kind]]
    came = save(bench, rows, why=why, origin=name)
    return replace(came, lacking=returned.lacking, beside=returned.beside)


def save(bench: Bench, rows: Sequence[tuple[Form, Row]], *, origin: str, why: str = "") -> Returned:
    """The changes of rows, saved; DataError with the place of all that cannot be, nothing saved."""
    held = bench.state()
    past = _past(bench)
    wanted, faults, places = _wishes(rows, held, past)
    faults += _alone(rows, past)
    whose = {(form.kind, cells.key(form, row.cells)): row.cells.get(CUSTOMER, "") for form, row in rows}
    strangers = {} if faults else bench.strangers(wanted.values(), whose)
    faults += [f"{places[place]}：{LABELS[place[0]]} {place[1]}：{told}" for place, told in strangers.items()]
    if faults:
        raise _refused(origin, faults)
    try:
        saved = bench.save(wanted.values(), why=why, origin=origin)
    except ParamsError as error:
        named = known.named(bench.state(), wanted.values())
        faults = [_placed(fault, named, places) for fault in str(error).split("\n  · ")[1:]]
        raise (_refused(origin, faults) if faults else error) from None
    headers = {form.kind: fields.headers(form) for form in FORMS}
    joined = [told for wish in wanted.values() for told in known.joined([wish], held, headers[wish.place[0]])]
    return Returned(saved, len(rows) - saved, joined=joined)


def _refused(origin: str, faults: Sequence[str]) -> DataError:
    lines = "".join(f"\n  · {fault}" for fault in faults[:MOST])
    return DataError(f"{origin} 有 {len(faults)} 处不能保存，没有保存任何内容：{lines}")


def _placed(fault: str, named: Mapping[str, Place], places: Mapping[Place, str]) -> str:
    """A fault of what is known with the sheet and row it comes from; as it is where it comes from none."""
    for name, place in named.items():
        if place not in places:
            continue
        if fault.startswith(f"{name}."):
            form = next(form for form in FORMS if form.kind == place[0])
            return f"{places[place]}：{fields.in_words(form, fault.removeprefix(f'{name}.'))}"
        if fault.startswith(f"{LABELS[place[0]]} {place[1]}："):
            return f"{places[place]}：{fault}"
    return fault


def _wishes(
    rows: Sequence[tuple[Form, Row]], held: known.State, past: Past
) -> tuple[dict[Place, Edit], list[str], dict[Place, str]]:
    """What the rows change, what cannot be, with sheet and row, and the sheet and row of each."""
    wanted: dict[Place, Edit] = {}
    strange = seals.told(rows)
    faults = [f"{place}：{told}" for place, told in strange.items()]
    first: dict[Place, str] = {}
    for form, row in rows:
        if row.place in strange:
            continue
        place = form.kind, cells.key(form, row.cells)
        if place in first:
            faults.append(f"{row.place}：“{place[1]}” 在 {first[place]} 已经有了；请只留一行")
            continue
        first[place] = row.place
        try:
            wish = _edit(form, place, row, held, past)
        except DataError as error:
            faults.append(f"{row.place}：{error}")
            continue
        overtaken = known.conflicts([wish] if wish else [], held, fields.headers(form))
        faults += [f"{row.place}：{told}" for told in overtaken]
        wanted |= {place: wish} if wish else {}
    return wanted, faults, first


def _alone(rows: Sequence[tuple[Form, Row]], past: Past) -> Iterator[str]:
    """What is to be told of columns that were sorted alone."""
    for form in FORMS:
        mine = [row for kind, row in rows if kind is form]
        stood = [past.get((form.kind, cells.key(form, row.cells), _version(row)), {}) for row in mine]
        yield from alone.told(form, mine, stood)


def _version(row: Row) -> int:
    """The version a row says it went out with; 0 where it says none."""
    written = row.cells[VERSION].removesuffix(".0")
    return int(written) if written.isdigit() else 0


def _past(bench: Bench) -> Past:
    """Every version of every entry there ever was."""
    changes = known.history(bench.engine, bench.report).dropna(subset=["new"])
    versions = zip(changes["kind"], changes["key"], changes["version"], changes["new"], strict=True)
    return {(kind, key, int(version)): json.loads(new) for kind, key, version, new in versions}


def _edit(form: Form, place: Place, row: Row, held: known.State, past: Past) -> Edit | None:
    """What a row changes; None where it says what it said when it went out."""
    if not row.cells[VERSION]:
        return _new(form, place, row, held)
    version = _version(row)
    stood = past.get((*place, version))
    if stood is None:
        stands = f"“{KEY}” 与 “{VERSION}” 请保留导出时的样子"
        raise DataError(f"登记库里没有 “{place[1]}” 的第 {row.cells[VERSION]} 版；{stands}")
    if empty(form, row):
        return Edit(place, None, version, stood)
    content = cells.filled(form, stood, row.cells)
    return None if content == stood else Edit(place, entries.Row(*place, content), version, stood)


def _new(form: Form, place: Place, row: Row, held: known.State) -> Edit | None:
    """An entry that was not there: a measure with a number of its own, progress, or a call."""
    key = place[1]
    if form in (CALLS, MESSAGES) and (told := _mixed(form, row)):
        raise DataError(told)
    if empty(form, row):
        if told := _unfinished(form, row):
            raise DataError(told)
        return None
    if not key and form is not MEASURES:
        blank = [label for label in form.names if not row.cells.get(label)]
        raise DataError(f"没有写 “{'”、“'.join(blank)}”")
    if not key:
        raise DataError(f"没有写 “{KEY}”；新措施请写一个没有用过的编号，其余的行请保留导出时的样子")
    new = entries.Row(*place, cells.filled(form, cells.begun(form, key), row.cells, new=True))
    there = held.get(place)
    if form is MEASURES and there and there.row != new:
        raise DataError(f"编号 “{key}” 已经用过，这一行却没有 “{VERSION}”；请换一个编号，或保留导出时的版本")
    return Edit(place, new, there.version if there and there.row is None else 0)


def _unfinished(form: Form, row: Row) -> str:
    """Why a row that says only what it is about cannot be kept, or "": customers may be listed uncalled."""
    said = [label for label in form.names if row.cells.get(label)]
    if form in (CALLS, MESSAGES) or row.cells[KEY] or not said:
        return ""
    return f"只写了 “{'”、“'.join(said)}”，还不能保存；请把这一行写完，或清空它"


def _mixed(form: Form, row: Row) -> str:
    """Why the key of a row belongs to another row, or "": somebody sorted one column alone."""
    written, about = row.cells[KEY], cells.key(form, {**row.cells, KEY: ""})
    if not written or written == about or re.fullmatch(rf"{re.escape(about)}#\d+", written):
        return ""
    named = "、".join(f"“{label}” 是 “{row.cells[label]}”" for label in form.names)
    return f"“{KEY}” 是 “{written}”，{named}，对不上；{ALONE}"


def empty(form: Form, row: Row) -> bool:
    """Whether a row says nothing but what it would be about: a customer nobody has called."""
    said = form.labels if form.bare else form.labels[form.named :]
    return form is not MEASURES and not any(row.cells.get(label) for label in said)
