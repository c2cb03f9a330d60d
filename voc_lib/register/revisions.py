"""States of the whole register by number: taken when asked for, read again as they were.

A number means one state for ever: what a backup put back does not know of is not given again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, func, insert, select

from voc_lib.errors import ParamsError
from voc_lib.register.database import alone, said
from voc_lib.register.models import ALL, Alert, Coding, Correction, Draw, Entry, Revision

TITLES = {
    "corrections": "更正",
    "codings": "独立标注",
    "draws": "抽样",
    "knowledge": "根因与措施",
    "alerts": "预警",
}
TABLES: dict[str, Any] = {
    "corrections": Correction,
    "codings": Coding,
    "draws": Draw,
    "knowledge": Entry,
    "alerts": Alert,
}
HELD = Revision.corrections >= 0  # what stands for a state, not for numbers that are spent
NEVER = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Marks:
    """The last row of each table that belongs to a state; rows are only ever added."""

    corrections: int
    codings: int
    draws: int
    knowledge: int
    alerts: int


NOW = Marks(*[ALL] * len(TABLES))


def take(engine: Engine, *, at: datetime, spent: Callable[[], int] = int) -> int:
    """The number of the state the register is in now; where anything was added since the last a new one.

    A new one is higher than any the register had, and than those `spent` elsewhere, asked only for it.
    """
    with said(engine), engine.connect() as connection:
        last = _last(connection)
        if last and _now(connection) == _marks(last):
            return int(last.number)
    gone = spent()
    with alone(engine) as connection:
        return named(connection, at=at, spent=gone)


def named(connection: Connection, *, at: datetime, spent: int = 0) -> int:
    """The same within a transaction of `database.alone`."""
    last, now = _last(connection), _now(connection)
    if last and now == _marks(last):
        return int(last.number)
    number = max(highest(connection), spent) + 1
    connection.execute(insert(Revision).values(number=number, **vars(now), at=at))
    return number


def highest(connection: Connection) -> int:
    """The highest number the register ever gave, of states it no longer holds too; 0 for none."""
    return int(connection.execute(select(func.coalesce(func.max(Revision.number), 0))).scalar_one())


def skip(connection: Connection, spent: int) -> None:
    """Nothing; numbers up to `spent` are not given: a row marks the last of them."""
    if spent > highest(connection):
        gone = dict.fromkeys(TABLES, -spent)  # no state has such marks
        connection.execute(insert(Revision).values(number=spent, **gone, at=NEVER))


def marks(engine: Engine, number: int) -> Marks:
    """What belongs to the state of that number; ParamsError says which numbers there are."""
    query = select(Revision.__table__).where(Revision.number == number, HELD)
    with said(engine), engine.connect() as connection:
        row = connection.execute(query).first()
        last, given = _last(connection), highest(connection)
    if row is None:
        there = f"最新的是第 {last.number} 次" if last else "目前还没有修订"
        lost = "它在恢复备份时没有带回，编号不再使用；" if 0 < number <= given else ""
        raise ParamsError(f"登记库没有第 {number} 次修订，{lost}{there}；用 voc register log 查看。")
    return _marks(row)


def table(engine: Engine) -> pd.DataFrame:
    """Every revision, the first first: `number, at`, and the last row of each table that belongs to it."""
    query = select(Revision.number, Revision.at, *(getattr(Revision, name) for name in TABLES))
    with said(engine), engine.connect() as connection:
        rows = connection.execute(query.where(HELD).order_by(Revision.number)).all()
    return pd.DataFrame(rows, columns=["number", "at", *TABLES])


def _last(connection: Connection) -> Any:
    query = select(Revision.__table__).where(HELD).order_by(Revision.number.desc()).limit(1)
    return connection.execute(query).first()


def _now(connection: Connection) -> Marks:
    newest = (select(func.coalesce(func.max(table.id), 0)).scalar_subquery() for table in TABLES.values())
    return Marks(*connection.execute(select(*newest)).one())


def _marks(row: Any) -> Marks:
    return Marks(*(getattr(row, name) for name in TABLES))
