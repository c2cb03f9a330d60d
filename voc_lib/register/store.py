"""Corrections written and read: the first of two at once is in force, the second is kept and says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Engine, create_engine, event, func, insert, select, text, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from voc_lib import schema
from voc_lib.errors import DataError, ParamsError, did_you_mean
from voc_lib.register.models import Base, Coding, Correction, Layout

SEPARATOR = schema.TAG_SEPARATOR
WITHDRAWN = ""
LAYOUT = 2  # 1: ids as the reports had them; 2: “source:id”
UNCLAIMED = ":"  # before the id of a row of layout 1 whose source is not known yet
WAIT_SECONDS = 30
ATTEMPTS = 5
TRAIL = ["id", "feedback_id", "field", "version", "seen", "old", "new", "who", "at", "why"]


@dataclass(frozen=True)
class Winner:
    """The correction that was faster: `new` is "" where it took a correction back."""

    feedback_id: str
    who: str
    at: datetime
    new: str


@dataclass(frozen=True)
class Saved:
    """What became of a correction: its `version` in force, or None and who won."""

    version: int | None
    winner: Winner | None = None

    def conflict(self, read: Callable[[str], str] = str) -> str:
        """What has to be told, "" when it is in force; `read` makes words of the value that won."""
        if self.winner is None:
            return ""
        won = self.winner
        done = f"改为 “{read(won.new)}”" if won.new else "撤回了更正"
        told = f"{won.who} 已于 {won.at:%Y-%m-%d %H:%M} {done}"
        return f"反馈 {won.feedback_id}：{told}；您的更正已留档但未生效，请核对后再改。"


def open(url: str) -> Engine:
    """The register at an address (sqlite:///… or postgresql+psycopg://…), its tables made when absent."""
    try:
        address = make_url(url)
        engine = create_engine(address, connect_args=_arguments(address.get_backend_name()))
    except (ArgumentError, NoSuchModuleError):
        raise ParamsError("登记库地址无法识别；请写成 sqlite:///文件路径 或 postgresql+psycopg://…") from None
    except ModuleNotFoundError as error:
        raise ParamsError(f"缺少数据库驱动 {error.name}；请安装 voc-workbench[postgres]。") from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_for_many)
    _make_tables(engine)
    _bring_up(engine)
    return engine


def add_correction(
    engine: Engine,
    feedback_id: str,
    new: str,
    *,
    who: str,
    at: datetime,
    why: str = "",
    field: str = "tags",
    seen: int = 0,
    old: str | None = None,
) -> Saved:
    """Saves a correction made on sight of version `seen` (0: never corrected; see `current`).

    When that is not the version in force any more, the correction is kept but not in force, and that is told.
    `old` is what stood there before the first correction; later ones take it from the trail.
    """
    if not new.strip():
        raise DataError("更正缺少 new；反馈ID、新值和更正人都要写。要撤回更正请用 withdraw。")
    return _save(engine, _row(feedback_id, new, who=who, at=at, why=why, field=field, seen=seen, old=old))


def withdraw(
    engine: Engine, feedback_id: str, *, who: str, at: datetime, seen: int, why: str = "", field: str = "tags"
) -> Saved:
    """Takes back the correction of version `seen`: the feedback is as if never corrected, the trail stays."""
    row = _row(feedback_id, WITHDRAWN, who=who, at=at, why=why, field=field, seen=seen, old=None)
    return _save(engine, row)


def _save(engine: Engine, row: dict[str, Any]) -> Saved:
    feedback_id, field, seen = row["feedback_id"], row["field"], row["seen"]
    with said(engine), engine.connect() as connection:
        before = _in_force(connection, feedback_id, field)
    if before is not None:
        row["old"] = before["new"]
    if seen > (version := before["version"] if before else 0):
        raise DataError(f"反馈 {feedback_id} 目前是第 {version} 版，没有第 {seen} 版；请重新读取后再更正。")
    try:
        with said(engine), engine.begin() as connection:
            connection.execute(insert(Correction).values(**row, version=seen + 1))
        return Saved(seen + 1)
    except IntegrityError:
        return _too_late(engine, row)


def _too_late(engine: Engine, row: dict[str, Any]) -> Saved:
    with said(engine), engine.begin() as connection:
        winner = _in_force(connection, row["feedback_id"], row["field"])
        connection.execute(insert(Correction).values(**row, version=None))
    if winner is None:
        raise DataError(f"反馈 {row['feedback_id']} 的更正没有存成；请重试。")
    return Saved(None, Winner(**{name: winner[name] for name in ("feedback_id", "who", "at", "new")}))


def rewrite(
    engine: Engine,
    change: Callable[[str, str], str],
    *,
    who: str,
    at: datetime,
    why: str = "",
    field: str = "tags",
) -> int:
    """How many values in force `change(feedback_id, value)` made differ: all are saved at once, or none.

    When somebody corrects one of them meanwhile, all are read and changed anew, up to ATTEMPTS times.
    """
    about: dict[str, Any] = {"who": who, "at": at, "why": why, "field": field}
    for _ in range(ATTEMPTS):
        try:
            with said(engine), engine.begin() as connection:
                held = connection.execute(_values(field)).all()
                rows = [
                    {**_row(ident, new, seen=version, old=old, **about), "version": version + 1}
                    for ident, version, old in held
                    if (new := change(ident, old)) != old
                ]
                if rows:
                    connection.execute(insert(Correction), rows)
            return len(rows)
        except IntegrityError:
            continue
    raise DataError("有人正在更正同一批反馈，几次都被抢先；一条也没有改，请稍后再试。")


def current(engine: Engine, feedback_id: str, *, field: str = "tags") -> tuple[int, str | None, str]:
    """Version, value and who set it; (0, None, "") where nothing was corrected, no value where withdrawn."""
    with said(engine), engine.connect() as connection:
        row = _in_force(connection, feedback_id, field)
    return (row["version"], row["new"] or None, row["who"]) if row else (0, None, "")


def corrections(engine: Engine, *, field: str = "tags") -> pd.DataFrame:
    """The values in force: feedback_id and the field; tags as codes joined by ；, ready for `tag.label`."""
    with said(engine), engine.connect() as connection:
        rows = [(row.feedback_id, row.new) for row in connection.execute(_values(field))]
    return pd.DataFrame(rows, columns=["feedback_id", field]).astype("str")


def trail(engine: Engine, feedback_id: str | None = None) -> pd.DataFrame:
    """Everything ever saved, oldest first: id, feedback_id, field, version, seen, old, new, who, at, why."""
    query = select(Correction.__table__).order_by(Correction.id)
    if feedback_id is not None:
        query = query.where(Correction.feedback_id == feedback_id)
    with said(engine), engine.connect() as connection:
        rows = connection.execute(query).mappings().all()
    kinds = {"version": "Int64", "seen": "Int64", "at": "datetime64[us]"}
    texts = dict.fromkeys(["feedback_id", "field", "old", "new", "who", "why"], "str")
    return pd.DataFrame([dict(row) for row in rows], columns=TRAIL).astype({**texts, **kinds, "id": "int64"})


def in_force(engine: Engine) -> pd.DataFrame:
    """The corrections in force, of all fields, by feedback: columns of `trail`."""
    rows = trail(engine).dropna(subset=["version"]).sort_values("version", kind="stable")
    last = rows.drop_duplicates(["feedback_id", "field"], keep="last")
    return last[last["new"] != WITHDRAWN].sort_values(["feedback_id", "field"], ignore_index=True)


def conflicts(engine: Engine) -> pd.DataFrame:
    """Corrections kept but not in force that nobody has settled since by another: columns of `trail`."""
    rows = trail(engine)
    settled = rows[rows["version"].notna()].groupby(["feedback_id", "field"])["id"].max().rename("settled")
    both = rows[rows["version"].isna()].join(settled, on=["feedback_id", "field"])
    return both[both["settled"].isna() | (both["settled"] < both["id"])][TRAIL].reset_index(drop=True)


def _row(feedback_id: str, new: str, *, who: str, field: str, **rest: Any) -> dict[str, Any]:
    if field not in schema.CORRECTABLE:
        raise DataError(f"不能更正 “{field}”。{did_you_mean(field, schema.CORRECTABLE)}")
    for name, value in (("feedback_id", feedback_id), ("who", who)):
        if not str(value).strip():
            raise DataError(f"更正缺少 {name}；反馈ID、新值和更正人都要写。")
    return {"feedback_id": feedback_id, "new": new.strip(), "who": who.strip(), "field": field, **rest}


def _values(field: str) -> Any:
    """The query of feedback_id, version and value in force of a field, in the order of feedback_id."""
    version = func.max(Correction.version).label("version")
    last = select(Correction.feedback_id, version).where(Correction.field == field)
    newest = last.group_by(Correction.feedback_id).subquery()
    same = (
        (Correction.feedback_id == newest.c.feedback_id)
        & (Correction.version == newest.c.version)
        & (Correction.field == field)
    )
    rows = select(Correction.feedback_id, Correction.version, Correction.new).join(newest, same)
    return rows.where(Correction.new != WITHDRAWN).order_by(Correction.feedback_id)


def _in_force(connection: Any, feedback_id: str, field: str) -> Any:
    query = select(Correction.__table__).where(
        Correction.feedback_id == feedback_id, Correction.field == field, Correction.version.is_not(None)
    )
    return connection.execute(query.order_by(Correction.version.desc()).limit(1)).mappings().first()


def _arguments(backend: str) -> dict[str, Any]:
    return {"timeout": WAIT_SECONDS} if backend == "sqlite" else {}


def _sqlite_for_many(connection: Any, record: object) -> None:
    """Readers do not wait for a writer, writers wait for each other."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _make_tables(engine: Engine) -> None:
    """Two processes may open a new register at once: the loser finds the tables made."""
    with said(engine):
        try:
            Base.metadata.create_all(engine)
        except (IntegrityError, ProgrammingError):
            Base.metadata.create_all(engine)


def _bring_up(engine: Engine) -> None:
    """Tables of an older layout become those of this one; of two processes at once one does it."""
    with said(engine), engine.connect() as connection:
        held = connection.execute(select(func.max(Layout.version))).scalar() or 0
    if held > LAYOUT:
        raise DataError(f"登记库由更新的版本写成（格式 {held}，本版 {LAYOUT}）。请升级后再使用。")
    if held == LAYOUT:
        return
    with said(engine), suppress(IntegrityError), engine.begin() as connection:
        connection.execute(insert(Layout).values(version=LAYOUT))
        for table in (Correction, Coding):
            if engine.dialect.name == "postgresql":  # layout 1 held 200 characters
                wider = f"ALTER TABLE {table.__tablename__} ALTER COLUMN feedback_id TYPE TEXT"
                connection.execute(text(wider))
            connection.execute(update(table).values(feedback_id=UNCLAIMED + table.feedback_id))


def unclaimed(engine: Engine) -> list[str]:
    """The ids of rows of an older layout whose source is not known yet, as their reports had them."""
    found: set[str] = set()
    with said(engine), engine.connect() as connection:
        for table in (Correction, Coding):
            query = select(table.feedback_id).where(table.feedback_id.startswith(UNCLAIMED)).distinct()
            found.update(connection.execute(query).scalars())
    return sorted(ident.removeprefix(UNCLAIMED) for ident in found)


def claim(engine: Engine, keys: Mapping[str, str]) -> None:
    """Nothing; rows of an older layout get the key their id has in `keys`, unless rows bear it already."""
    wanted = {ident: keys[ident] for ident in unclaimed(engine) if ident in keys}
    with said(engine), engine.begin() as connection:
        for table in (Correction, Coding):
            for ident, key in wanted.items():
                taken = select(table.id).where(table.feedback_id == key).limit(1)
                if connection.execute(taken).first() is None:
                    old = table.feedback_id == UNCLAIMED + ident
                    connection.execute(update(table).where(old).values(feedback_id=key))


@contextmanager
def said(engine: Engine) -> Iterator[None]:
    """A database that does not answer is a sentence without the password."""
    try:
        yield
    except OperationalError as error:
        where = (
            f"{engine.url.get_backend_name()}：{engine.url.host or ''} {Path(engine.url.database or '').name}"
        )
        raise DataError(
            f"登记库 {where} 没有响应（{type(error.orig).__name__}）；请检查地址、权限和网络。"
        ) from None
