"""The register opened: tables made or brought up, one writer at a time, its refusals told as sentences."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    create_engine,
    event,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, ProgrammingError

from voc_lib.errors import DataError, ParamsError
from voc_lib.register.models import Alert, Base, Coding, Correction, Layout, Revision

LAYOUT = (
    4  # 1: ids as the reports had them; 2: “source:id”; 3: knowledge and revisions; 4: revisions of alerts
)
UNCLAIMED = ":"  # before the id of a row of layout 1 whose source is not known yet
WAIT_SECONDS = 30
OLD_IDS = (Correction, Coding)  # the tables layout 1 had
DAMAGED = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
REFUSALS = (  # codes of SQLite and PostgreSQL, what they mean, what to do
    (
        ("SQLITE_BUSY", "SQLITE_LOCKED", "55P03"),
        f"正被占用（等了 {WAIT_SECONDS} 秒）；请关掉占用的程序再试",
    ),
    (("SQLITE_READONLY", "25006", "42501"), "是只读的，或没有写的权限；请改权限，或换一个可写的位置"),
    (DAMAGED, "不是登记库，或已损坏；请用 voc register restore 从备份恢复"),
    (("SQLITE_CANTOPEN",), "打不开；请检查路径和权限"),
    (("SQLITE_FULL", "53100"), "所在的磁盘已满；请先腾出空间"),
)


class DamagedError(DataError):
    """The file is no register, or a broken one."""


def open(url: str) -> Engine:
    """The register at an address (sqlite:///… or postgresql+psycopg://…), its tables made when absent."""
    try:
        address = make_url(url)
        reading = _reading(address)
        engine = create_engine(reading or address, connect_args=_arguments(address.get_backend_name()))
    except (ArgumentError, NoSuchModuleError):
        raise ParamsError("登记库地址无法识别；请写成 sqlite:///文件路径 或 postgresql+psycopg://…") from None
    except ModuleNotFoundError as error:
        raise ParamsError(f"缺少数据库驱动 {error.name}；请安装 voc-workbench[postgres]。") from None
    if engine.dialect.name == "sqlite":
        if reading is None:
            event.listen(engine, "connect", _sqlite_for_many)
    else:
        event.listen(engine, "connect", _not_for_ever)
    with said(engine):
        _bring_up(engine)
    return engine


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction no other writer of the register runs beside; readers go on."""
    with said(engine), engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            names = ", ".join(sorted(Base.metadata.tables))
            connection.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
        yield connection


@contextmanager
def said(engine: Engine) -> Iterator[None]:
    """A database that does not answer or refuses is a sentence without the password."""
    try:
        yield
    except IntegrityError:
        raise
    except DatabaseError as error:
        kind = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
        refused = next((told for codes, told in REFUSALS if kind.startswith(codes)), None)
        if refused is None and isinstance(error, ProgrammingError):
            raise
        name = Path(unquote(engine.url.database or "")).name
        where = f"{engine.url.get_backend_name()}：{f'{engine.url.host} ' if engine.url.host else ''}{name}"
        told = refused or f"没有响应（{type(error.orig).__name__}）；请检查地址、权限和网络"
        damaged = kind.startswith(DAMAGED)
        raise (DamagedError if damaged else DataError)(f"登记库 {where} {told}。") from None


def _reading(address: URL) -> URL | None:
    """The address a SQLite file that cannot be written is read at; None where it can, or is none.

    Readers of a file in WAL write beside it: where that cannot be, and nothing is left there, it is said not
    to change.
    """
    file = Path(address.database or "")
    if address.get_backend_name() != "sqlite" or not file.is_file():
        return None
    beside = os.access(file.parent, os.W_OK)
    if beside and os.access(file, os.W_OK):
        return None
    left = file.with_name(f"{file.name}-wal")
    held = left.is_file() and left.stat().st_size > 0
    how = {"mode": "ro"} if beside or held else {"immutable": "1"}
    return address.set(database=f"file:{quote(str(file.absolute()))}", query={**how, "uri": "true"})


def _arguments(backend: str) -> dict[str, Any]:
    return {"timeout": WAIT_SECONDS} if backend == "sqlite" else {}


def _sqlite_for_many(connection: Any, record: object) -> None:
    """Readers do not wait for a writer, writers wait for each other."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _not_for_ever(connection: Any, record: object) -> None:
    """A writer waits for another as long as in SQLite, no longer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
    connection.commit()


def layout(engine: Engine) -> int:
    """The layout of the tables; 0 where there are none.

    Without a number the tables are new, or layout 1 was stopped while it was brought up: rows tell which.
    """
    names = inspect(engine).get_table_names()
    if Correction.__tablename__ not in names:
        return 0
    if Layout.__tablename__ not in names:
        return 1
    with engine.connect() as connection:
        known = connection.execute(select(func.max(Layout.version))).scalar()
        filled = [connection.execute(select(table.id).limit(1)).first() for table in OLD_IDS]
    return known or int(any(row is not None for row in filled))


def _bring_up(engine: Engine) -> None:
    """Tables of an older layout become those of this one, a copy kept; of two processes one does it."""
    held = layout(engine)
    if held > LAYOUT:
        raise DataError(f"登记库由更新的版本写成（格式 {held}，本版 {LAYOUT}）。请升级后再使用。")
    if 0 < held < LAYOUT and engine.dialect.name == "sqlite":
        copied(engine, f"layout{held}")
    _make_tables(engine)
    if held == LAYOUT:
        return
    with suppress(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Layout).values(version=LAYOUT))
        if held == 1:
            _name_sources(connection)
        _know_alerts(connection)


def copied(engine: Engine, mark: str) -> Path:
    """The copy made of a SQLite register, beside it under an `unused` name it takes when it is whole."""
    file = Path(engine.url.database or "")
    target = unused(file, mark)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(part),))
    shutil.copymode(file, part)
    return part.replace(target)


def unused(file: Path, mark: str) -> Path:
    """A name beside a register's that no file has: “register.<mark>.db”, numbered where there is one."""
    numbered = (f"{mark}-{number}" if number > 1 else mark for number in count(1))
    return next(new for name in numbered if not (new := file.with_suffix(f".{name}{file.suffix}")).exists())


def _make_tables(engine: Engine) -> None:
    """Two processes may open a new register at once: the loser finds the tables made."""
    try:
        Base.metadata.create_all(engine)
    except (IntegrityError, ProgrammingError):
        Base.metadata.create_all(engine)


def _name_sources(connection: Connection) -> None:
    """Ids of layout 1 wait for their source; PostgreSQL, which is no file to copy, keeps the old tables."""
    for table in OLD_IDS:
        if connection.dialect.name == "postgresql":
            name = table.__tablename__
            connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name}_layout1 AS TABLE {name}"))
            connection.execute(text(f"ALTER TABLE {name} ALTER COLUMN feedback_id TYPE TEXT"))
        connection.execute(update(table).values(feedback_id=UNCLAIMED + table.feedback_id))


def _know_alerts(connection: Connection) -> None:
    """Layout 3 had alerts without rules, and revisions without alerts: theirs hold none."""
    if not _has(connection, Alert.__tablename__, "rule"):
        connection.execute(
            text(f"ALTER TABLE {Alert.__tablename__} ADD COLUMN rule TEXT NOT NULL DEFAULT ''")
        )
    table = Base.metadata.tables[Revision.__tablename__]
    if _has(connection, table.name, "alerts"):
        return
    kept = select(*(column for column in table.columns if column.name != "alerts"))
    rows = [dict(row) for row in connection.execute(kept).mappings()]
    table.drop(connection)
    table.create(connection)
    if rows:
        connection.execute(insert(table), [{**row, "alerts": 0} for row in rows])
    go_on(connection, table)


def _has(connection: Connection, table: str, column: str) -> bool:
    return column in {told["name"] for told in inspect(connection).get_columns(table)}


def go_on(connection: Connection, table: Table) -> None:
    """The next rows are numbered after those put there."""
    for column in table.primary_key if connection.dialect.name == "postgresql" else ():
        if column.autoincrement is True:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(select(func.setval(sequence, func.coalesce(func.max(column), 0) + 1, False)))
