"""What a table is: its columns with dtype, unit and Chinese label, and the check of a frame against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import pandas as pd

from voc_lib.errors import DataError

Kind = Literal["text", "time", "date", "int", "float", "share", "bool", "category"]
_DTYPES: dict[Kind, Any] = {
    "text": "str",
    "category": "str",
    "time": "datetime64[us]",
    "date": "datetime64[us]",
    "int": "Int64",
    "float": "float64",
    "share": "float64",
    "bool": "boolean",
}


@dataclass(frozen=True)
class Column:
    """One column: English `name`, `kind`, Chinese `label`; `required` means never missing."""

    name: str
    kind: Kind
    label: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: English `name`, Chinese `title`, its columns in the order of paper."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """English column names in order."""
        return [column.name for column in self.columns]

    def of(self, names: Sequence[str]) -> Table:
        """The same table with some of its columns alone."""
        return replace(self, columns=tuple(column for column in self.columns if column.name in names))

    @property
    def labels(self) -> dict[str, str]:
        """English name -> Chinese label."""
        return {column.name: column.label for column in self.columns}


def declare(name: str, title: str, *columns: Column, key: tuple[str, ...] = ()) -> Table:
    """The declaration of a table."""
    return Table(name, title, columns, key)


def empty(spec: Table) -> pd.DataFrame:
    """An empty frame with the table's columns and dtypes."""
    return _empty(spec).copy()


@cache
def _empty(spec: Table) -> pd.DataFrame:
    return shape(pd.DataFrame(columns=spec.names), spec)


def shape(frame: pd.DataFrame, spec: Table) -> pd.DataFrame:
    """The frame with exactly the table's columns, in order and dtype; absent columns become missing."""
    columns = {
        column.name: _cast(frame[column.name], column)
        if column.name in frame
        else pd.Series(None, index=frame.index, dtype=_DTYPES[column.kind])
        for column in spec.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def _cast(values: pd.Series, column: Column) -> pd.Series:
    if column.kind in ("float", "share", "int"):
        values = pd.to_numeric(values)
    elif column.kind in ("time", "date"):
        values = pd.to_datetime(values)
    dtype = _DTYPES[column.kind]
    return values if values.dtype == dtype else values.astype(dtype)


def check(frame: pd.DataFrame, spec: Table) -> pd.DataFrame:
    """The frame unchanged, if it keeps the table's contract; else one DataError with all failures."""
    failures = [] if _kept(frame, spec) else list(dict.fromkeys(_failures(frame, spec)))
    if failures:
        shown = "；".join(failures[:20])
        raise DataError(f"表《{spec.title}》({spec.name}) 不合约定，共 {len(failures)} 处：{shown}。")
    return frame


def _kept(frame: pd.DataFrame, spec: Table) -> bool:
    """Whether the contract is kept, by the same rules as `_failures`, which take longer to say why not."""
    known = frame.columns[frame.columns.isin(spec.names)]
    if not known.is_unique or len(known) != len(spec.names):
        return False
    unique = not spec.key or not frame.duplicated([*spec.key]).any()
    return unique and all(_within(frame[column.name], column) for column in spec.columns)


def _within(values: pd.Series, column: Column) -> bool:
    """Whether no value of a column is missing that must not be, or another than allowed."""
    missing = column.required and values.isna().any()
    other = column.allowed and not values.dropna().isin(column.allowed).all()
    under = column.low is not None and (values < column.low).any()
    return not (missing or other or under or (column.high is not None and (values > column.high).any()))


def _failures(frame: pd.DataFrame, spec: Table) -> Iterator[str]:
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    columns = {c.name: pa.Column(nullable=not c.required, checks=_checks(c, pa)) for c in spec.columns}
    unique = list(spec.key) or None
    try:
        pa.DataFrameSchema(columns, unique=unique).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        for (column, rule), rows in cases.groupby(["column", "check"], dropna=False, sort=True):
            yield _failure(spec, str(column), str(rule), rows["failure_case"].tolist())


def _checks(column: Column, pa: Any) -> list:
    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return checks


def _failure(spec: Table, column: str, rule: str, cases: list) -> str:
    label = spec.labels.get(column, column)
    if rule == "column_in_dataframe":
        missing = str(cases[0])
        return f"缺少列 {missing}（{spec.labels.get(missing, missing)}）"
    if rule == "not_nullable":
        return f"列 {column}（{label}）有 {len(cases)} 个空值"
    if "unique" in rule:
        return f"键 {'、'.join(spec.key)} 有重复"
    return f"列 {column}（{label}）有 {len(cases)} 个值不满足 {rule}，例如 {cases[0]!r}"
