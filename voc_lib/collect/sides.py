"""The tables beside the feedback: customers, orders, exposure, KPIs and the log of states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect import dates, harvest, headers, ledger, mended, monthly, readers, scores, times
from voc_lib.collect.columns import series
from voc_lib.collect.standardize import _bare, repaired, unseen_notes, visible
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.params import Settings, TableRef

SPECS = (schema.CUSTOMERS, schema.ORDERS, schema.EXPOSURE, schema.KPIS, schema.STATUS_EVENTS)
PART, ROW, LINE = monthly.PART, monthly.ROW, monthly.LINE
MONEY = r"[,，￥¥$元\s]"
GROUPS = r"[^,，\d]*\d{1,3}(?:[,，]\d{3})+(?:\.\d*)?[^,，\d]*"  # commas between thousands, not 12,34
COUNTS = ("kept", "total")  # of a KPI: a fraction among them is a share written in the wrong place
WHOLES = ("region", "product")  # of a number by month: a row of all of them is no part
MORE_THAN_ALL = "达成数 {kept:.0f} 大于总数 {total:.0f}"
LACKING = "缺少必需的值或无法识别：{labels}"
REPEATED = "{label}重复：以{file}第 {line} 行为准"


@dataclass(frozen=True)
class Side:
    """One side table: its usable rows, and what became of every row, file by file."""

    rows: pd.DataFrame
    quarantine: pd.DataFrame
    reads: pd.DataFrame
    headers: pd.DataFrame
    notes: tuple[str, ...] = ()


def load(ref: TableRef | None, spec: schema.Table, settings: Settings) -> Side:
    """One side table shaped by its schema, with its ledger; empty when there is none."""
    if ref is None:
        nothing = map(schema.empty, (schema.QUARANTINE, schema.READS, schema.HEADERS))
        return Side(schema.empty(spec), *nothing)  # type: ignore[arg-type]
    _known(ref, spec)
    tables = _tables(ref, spec, settings)
    matches = [_matches(table, ref, spec) for table in tables]
    shaped = [_shaped(*pair, spec, settings) for pair in zip(tables, matches, strict=True)]
    frame = pd.concat([part.assign(**{PART: n}) for n, (part, _) in enumerate(shaped)], ignore_index=True)
    reasons = _reasons(frame, tables, spec)
    more, told = _monthly(frame.drop(index=list(reasons)), tables, matches, spec)
    reasons |= more
    closed = [_closed(table, frame[frame[PART] == n], reasons) for n, table in enumerate(tables)]
    notes = [
        note for table, (_, faults) in zip(tables, shaped, strict=True) for note in (*table.notes, *faults)
    ]
    quarantine, reads = ledger.quarantine(closed, spec.title), ledger.side_reads(closed, spec.title)
    return Side(
        schema.shape(frame.drop(index=list(reasons)).reset_index(drop=True), spec),
        quarantine,
        reads,
        pd.concat(
            [headers.frame(spec.title, t, m) for t, m in zip(tables, matches, strict=True)],
            ignore_index=True,
        ),
        (*harvest.notes(reads, quarantine), *(f"{spec.title} · {note}" for note in [*told, *notes])),
    )


def _monthly(
    usable: pd.DataFrame,
    tables: Sequence[Table],
    matches: Sequence[Sequence[headers.Match]],
    spec: schema.Table,
) -> tuple[dict[int, str], list[str]]:
    """Of a table of numbers by month, the rows that repeat a month, and what is said of them."""
    if spec.name not in monthly.KEYS:
        return {}, []
    free = [[m.header for m in found if m.field is None] for found in matches]
    bare = [
        replace(t, columns=tuple(h for h in t.columns if h in names))
        for t, names in zip(tables, free, strict=True)
    ]
    return monthly.settled(usable, bare, spec)


def _known(ref: TableRef, spec: schema.Table) -> None:
    for header, field in ref.columns.items():
        if field not in spec.names:
            raise DataError(
                f"{spec.title}的 columns 里 “{header}: {field}” 不是它的字段。可用：{'、'.join(spec.names)}。"
            )


def _tables(ref: TableRef, spec: schema.Table, settings: Settings) -> list[Table]:
    """The raw tables, the mended ones last; files of one name are told apart by their folder."""
    known = frozenset(map(headers.normal, ref.columns)) | frozenset(headers.synonyms(spec.name))
    return [
        replace(mended.restored(repaired(table)), written=times.changed(file, settings.params.zone))
        for file, label in readers.files(map(settings.resolve, ref.paths))
        for table in readers.read(file, known=known, label=label)
    ]


def _matches(table: Table, ref: TableRef, spec: schema.Table) -> list[headers.Match]:
    matches = headers.match(table.columns, ref.columns, table=spec.name, where=f"{spec.title} {table.place}")
    found = {m.field for m in matches}
    lacking = [c for c in spec.columns if c.required and c.name not in found]
    if lacking:
        names = "、".join(f"{c.label}（{c.name}）" for c in lacking)
        raise DataError(
            f"{spec.title} {table.place} 缺少列：{names}。文件里的表头：{'、'.join(table.columns[:40])}。"
            "请在参数 columns 里写明，例如 {原表头: 标准字段}。"
        )
    return matches


def _shaped(
    table: Table, matches: Sequence[headers.Match], spec: schema.Table, settings: Settings
) -> tuple[pd.DataFrame, list[str]]:
    """The rows by field, and what was unreadable in them."""
    fields: dict[str, pd.Series] = {}
    notes: list[str] = []
    missing = scores.values_file()["missing"]
    raw = {m.field: series(table.cells[m.header]) for m in matches if m.field}
    given = {name: visible(values) for name, values in raw.items()}
    notes += unseen_notes(raw, given, spec, table)
    for column in (c for c in spec.columns if c.name in given):
        texts = given[column.name].mask(given[column.name].isin(missing))
        values = _typed(texts, column, settings)
        lost = int((texts.notna() & values.isna()).sum())
        if spec.name in monthly.KEYS and column.name in WHOLES:
            values = values.mask(values.str.lower().isin(scores.values_file()["wholes"]))
        if lost and not column.required:
            notes.append(f"{table.place}：{column.label}有 {lost} 个无法识别或超出范围，按空处理")
        moments = _dated(values, column)
        notes += times.late(column.label, moments, table) if moments is not None else []
        fields[column.name] = values
    rows = np.arange(len(table.lines))
    return pd.DataFrame({**fields, ROW: rows, LINE: table.lines}, index=rows), notes


def _dated(values: pd.Series, column: schema.Column) -> pd.Series | None:
    """The times of a column of times, the first days of one of months; None of any other."""
    if column.name == "month":
        return pd.to_datetime(values + "-01", errors="coerce")
    return values if column.kind == "time" else None


def _typed(values: pd.Series, column: schema.Column, settings: Settings) -> pd.Series:
    if column.name == "month":
        return dates.months(values, zone=settings.params.zone)
    if column.kind == "time":
        return dates.parse(values, zone=settings.params.zone).times
    if column.kind in ("int", "float", "share"):
        grouped = ~values.str.contains("[,，]", na=False) | values.str.fullmatch(GROUPS, na=False)
        plain = values.where(grouped).str.replace(MONEY, "", regex=True)
        numbers = pd.to_numeric(plain, errors="coerce").replace([np.inf, -np.inf], np.nan)
        whole = numbers.round() if column.kind == "int" else numbers
        numbers = whole.where(whole == numbers) if column.name in COUNTS else whole
        low = column.low if column.low is not None else -float("inf")
        return numbers.where(numbers.between(low, column.high if column.high is not None else float("inf")))
    return _bare(values) if column.name.endswith("_id") else values


def _reasons(frame: pd.DataFrame, tables: Sequence[Table], spec: schema.Table) -> dict[int, str]:
    """Row -> why it cannot be used: a required value is missing, or a later row has its key."""
    required = [c for c in spec.columns if c.required]
    holes = frame[[c.name for c in required]].isna()
    good = ~holes.any(axis=1)
    if not good.any() and len(frame):
        raise DataError(f"{spec.title}没有一行可用：{_unreadable(holes, required)}。请检查。")
    labels = np.array([c.label for c in required])
    reasons = {
        int(row): LACKING.format(labels="、".join(labels[hole]))
        for row, hole in zip(np.flatnonzero(~good), holes[~good].to_numpy(), strict=True)
    }
    if spec is schema.KPIS:
        reasons |= _more_than_all(frame[good])
    return reasons | (_repeated(frame[good], tables, spec) if spec.key else {})


def _unreadable(holes: pd.DataFrame, required: Sequence[schema.Column]) -> str:
    """Which columns have no value to be read at all, or that each row lacks one of them."""
    never = [c for c in required if holes[c.name].all()]
    names = "、".join(c.label for c in never or required)
    hint = "（月份要写明年份，例如 2026-09）" if any(c.name == "month" for c in never) else ""
    return f"{names} {'没有一个可读的值' if never else '要有值且可读'}{hint}"


def _more_than_all(usable: pd.DataFrame) -> dict[int, str]:
    """Reasons of the rows of a KPI kept more often than there were cases."""
    wrong = usable[usable["kept"] > usable["total"]]
    counts = zip(wrong.index, wrong["kept"], wrong["total"], strict=True)
    return {int(row): MORE_THAN_ALL.format(kept=kept, total=total) for row, kept, total in counts}


def _repeated(usable: pd.DataFrame, tables: Sequence[Table], spec: schema.Table) -> dict[int, str]:
    """Reasons of the rows whose key a later row has."""
    key = spec.key[0]
    lost = usable[usable.duplicated(list(spec.key), keep="last")]
    last = usable.drop_duplicates(list(spec.key), keep="last").set_index(key).loc[lost[key].tolist()]
    places = zip(lost.index, lost[PART], last[PART], last[LINE], strict=True)
    return {
        int(row): REPEATED.format(
            label=spec.labels[key], file="" if mine == other else f" {tables[other].place} ", line=line
        )
        for row, mine, other, line in places
    }


def _closed(table: Table, rows: pd.DataFrame, reasons: dict[int, str]) -> Table:
    """The table with the rows of `reasons` among its rejects."""
    places = zip(rows.index.tolist(), rows[ROW].tolist(), strict=True)
    return table.reject({place: reasons[row] for row, place in places if row in reasons})
