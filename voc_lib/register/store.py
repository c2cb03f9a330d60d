"""Corrections written and read: the first of two at once is in force, the second is kept and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from voc_lib import schema
from voc_lib.errors import DataError, did_you_mean
from voc_lib.register.database import OLD_IDS, UNCLAIMED, said
from voc_lib.register.models import ALL, Correction

SEPARATOR = schema.TAG_SEPARATOR
WITHDRAWN = ""
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
    `old` is what stood there before the first correction, or once one was taken back; later ones take it from
    the trail.
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
    if before is not None and before["new"] != WITHDRAWN:
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


def corrections(engine: Engine, *, field: str = "tags", until: int = ALL) -> pd.DataFrame:
    """The values in force: feedback_id and the field; tags as codes joined by ；, ready for `tag.label`.

    Those in force when row `until` was the last.
    """
    with said(engine), engine.connect() as connection:
        rows = [(row.feedback_id, row.new) for row in connection.execute(_values(field, until))]
    return pd.DataFrame(rows, columns=["feedback_id", field]).astype("str")


def every(engine: Engine, *, until: int = ALL) -> pd.DataFrame:
    """The values in force of all fields: feedback_id and `schema.CORRECTABLE`, NA where not set."""
    query = select(Correction.field, Correction.feedback_id, Correction.new).order_by(Correction.id)
    query = query.where(Correction.version.is_not(None), Correction.id <= until)
    last: dict[str, dict[str, str | None]] = {name: {} for name in schema.CORRECTABLE}
    with said(engine), engine.connect() as connection:
        for field, feedback_id, new in connection.execute(query):
            last[field][feedback_id] = None if new == WITHDRAWN else new
    ids = sorted({ident for values in last.values() for ident, new in values.items() if new is not None})
    columns = {field: [*map(values.get, ids)] for field, values in last.items()}
    return pd.DataFrame({"feedback_id": ids, **columns}, dtype="str")


def trail(engine: Engine, feedback_id: str | None = None, *, until: int = ALL) -> pd.DataFrame:
    """Everything saved (up to row `until`), oldest first: columns `TRAIL`."""
    query = select(Correction.__table__).where(Correction.id <= until).order_by(Correction.id)
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


def _values(field: str, until: int = ALL) -> Any:
    """The query of feedback_id, version and value in force of a field, in the order of feedback_id."""
    version = func.max(Correction.version).label("version")
    last = select(Correction.feedback_id, version).where(Correction.field == field, Correction.id <= until)
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


def unclaimed(engine: Engine) -> list[str]:
    """The ids of rows of an older layout whose source is not known yet, as their reports had them."""
    found: set[str] = set()
    with said(engine), engine.connect() as connection:
        for table in OLD_IDS:
            query = select(table.feedback_id).where(table.feedback_id.startswith(UNCLAIMED)).distinct()
            found.update(connection.execute(query).scalars())
    return sorted(ident.removeprefix(UNCLAIMED) for ident in found)


def claim(engine: Engine, keys: Mapping[str, str]) -> None:
    """Nothing; rows of an older layout get the key their id has in `keys`, unless rows bear it already."""
    wanted = {ident: keys[ident] for ident in unclaimed(engine) if ident in keys}
    with said(engine), engine.begin() as connection:
        for table in OLD_IDS:
            for ident, key in wanted.items():
                taken = select(table.id).where(table.feedback_id == key).limit(1)
                if connection.execute(taken).first() is None:
                    old = table.feedback_id == UNCLAIMED + ident
                    connection.execute(update(table).where(old).values(feedback_id=key))
