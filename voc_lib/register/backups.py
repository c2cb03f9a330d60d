"""A register saved as one SQLite file, whatever it lives in, and put back from it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, insert, select

from voc_lib.errors import DataError, ParamsError
from voc_lib.register import database, revisions
from voc_lib.register.models import Base, Layout

AT_ONCE = 5_000  # rows carried at a time


def backup(engine: Engine, file: Path) -> int:
    """Rows written to a file that was not there before; its register can be opened as any other."""
    if file.exists():
        raise ParamsError(f"{file} 已存在。为了不覆盖备份，请换一个文件名。")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParamsError(f"无法写入 {file}：{error.strerror or error}。请检查文件夹和权限。") from None
    copy = database.open(_address(file))
    try:
        with database.alone(engine) as held, database.alone(copy) as new:
            return _carry(held, new)
    finally:
        copy.dispose()


def require(file: Path) -> None:
    """Nothing; ParamsError where there is no file, DataError where it is no backup."""
    if not file.is_file():
        raise ParamsError(f"找不到备份 {file}。请写 voc register backup 写出的文件。")
    with tempfile.TemporaryDirectory() as folder:
        try:
            database.open(_address(Path(shutil.copy(file, folder)))).dispose()
        except database.DamagedError:
            raise DataError(
                f"{file} 不是备份，或已损坏；登记库没有动。请写 voc register backup 写出的文件。"
            ) from None


def restore(engine: Engine, file: Path, *, spent: int = 0) -> int:
    """Rows put back: the register holds what the backup holds, and nothing else; all of it, or no change.

    Numbers of revisions the register gave, or that are `spent`, are not given again.
    """
    require(file)
    with tempfile.TemporaryDirectory() as folder:
        saved = database.open(_address(Path(shutil.copy(file, folder))))  # it may be of an older layout
        try:
            with database.alone(saved) as held, database.alone(engine) as new:
                given = max(revisions.highest(new), spent)
                count = _carry(held, new)
                revisions.skip(new, given)
                return count
        finally:
            saved.dispose()


def set_aside(file: Path) -> Path | None:
    """Where a damaged SQLite register was moved, making room for a new one; None if it is sound."""
    try:
        database.open(_address(file)).dispose()
    except database.DamagedError:
        target = database.unused(file, "damaged")
        for tail in ("", "-wal", "-shm"):
            if (part := Path(f"{file}{tail}")).exists():
                part.rename(f"{target}{tail}")
        return target
    return None


def _address(file: Path) -> str:
    return f"sqlite:///{file.as_posix()}"


def _carry(held: Connection, new: Connection) -> int:
    """Rows carried over; the tables they go to hold nothing else afterwards."""
    count = 0
    for table in Base.metadata.sorted_tables:
        new.execute(delete(table))
        for rows in held.execute(select(table)).mappings().partitions(AT_ONCE):
            new.execute(insert(table), [dict(row) for row in rows])
            count += len(rows) if table is not Layout.__table__ else 0
        database.go_on(new, table)
    return count
