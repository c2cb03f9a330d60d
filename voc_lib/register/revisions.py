"""States of the whole register by number: taken when asked for, read again as they were."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Marks:
    """The last row of each table that belongs to a state; rows are only ever added."""

    corrections: int
    codings: int
    draws: int
    knowledge: int
    alerts: int


NOW = Marks(*[ALL] * len(TABLES))


def take(engine: Engine, *, at: datetime) -> int:
    """The number of the state the register is in now; a new one where anything was added since the last."""
    with said(engine), engine.connect() as connection:
        last = _last(connection)
        if last and _now(connection) == _marks(last):
            return int(last.number)
    with alone(engine) as connection:
        return named(connection, at=at)


def named(connection: Connection, *, at: datetime) -> int:
    """The same within a transaction of `database.alone`."""
    last, now = _last(connection), _now(connection)
    if last and now == _marks(last):
        return int(last.number)
    found = connection.execute(insert(Revision).values(**vars(now), at=at).returning(Revision.number))
    return int(found.scalar_one())


def marks(engine: Engine, number: int) -> Marks:
    """What belongs to the state of that number; ParamsError says which numbers there are."""
    query = select(Revision.__table__).where(Revision.number == number)
    with said(engine), engine.connect() as connection:
        row = connection.execute(query).first()
        last = _last(connection)
    if row is None:
        there = f"最新的是第 {last.number} 次" if last else "目前还没有修订"
        raise ParamsError(f"登记库没有第 {number} 次修订，{there}；用 voc register log 查看。")
    return _marks(row)


def table(engine: Engine) -> pd.DataFrame:
    """Every revision, the first first: `number, at`, and the last row of each table that belongs to it."""
    query = select(Revision.number, Revision.at, *(getattr(Revision, name) for name in TABLES))
    with said(engine), engine.connect() as connection:
        rows = connection.execute(query.order_by(Revision.number)).all()
    return pd.DataFrame(rows, columns=["number", "at", *TABLES])


def _last(connection: Connection) -> Any:
    query = select(Revision.__table__).order_by(Revision.number.desc()).limit(1)
    return connection.execute(query).first()


def _now(connection: Connection) -> Marks:
    newest = (select(func.coalesce(func.max(table.id), 0)).scalar_subquery() for table in TABLES.values())
    return Marks(*connection.execute(select(*newest)).one())


def _marks(row: Any) -> Marks:
    return Marks(*(getattr(row, name) for name in TABLES))
