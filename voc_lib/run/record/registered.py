"""The register a params file names: opened for writing, or what stands in it, now or at a revision."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from voc_lib import schema
from voc_lib.collect import archive, ledger
from voc_lib.errors import ParamsError, PublishError
from voc_lib.params import IN_REGISTER, REGISTER, Settings
from voc_lib.run.record import runs

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from voc_lib.register import known
    from voc_lib.register.revisions import Marks
    from voc_lib.stats.alerts import Alert

_log = logging.getLogger(__name__)
SQLITE = "sqlite:///"
SHOWN = 5
SET, ANSWERED, KNOWN, ALERTED = ROLES = ("人工更正", "独立标注", "知识", "预警")  # lines of run.json
FED = (SET, ANSWERED)  # about feedback by its id
FILE = "results/register.json"  # in a run folder: the revision its steps read

T = TypeVar("T")


@dataclass(frozen=True)
class State:
    """What people had entered at a moment, by role, of every report that shares the register."""

    parts: Mapping[str, pd.DataFrame]

    def own(self, settings: Settings) -> State:
        """Only what is about feedback of this report up to the period's end, as its archive holds it now."""
        until = settings.period.end
        fed = {r: own(settings, part, until=until) for r, part in self.parts.items() if r in FED}
        return State({**self.parts, **fed})

    def described(self, settings: Settings) -> list[dict[str, Any]]:
        """Lines of run.json: role, address as written, rows and a hash of them; none without rows."""
        about = {
            "path": settings.params.register_at or f"{settings.params.outputs}/{REGISTER}",
            "bytes": None,
        }
        return [
            {"role": role, **about, "sha256": _digest(frame), "rows": len(frame)}
            for role, frame in self.parts.items()
            if len(frame)
        ]


def state(settings: Settings, roles: Collection[str] = ROLES) -> State:
    """What stands in the register under these roles, as far as this report reads it."""
    read = {SET: corrections, ANSWERED: answers, KNOWN: _knowledge, ALERTED: _alerts}
    return State({role: read[role](settings) for role in ROLES if role in roles})


def _knowledge(settings: Settings) -> pd.DataFrame:
    held = entries(settings) if settings.params.knowledge == IN_REGISTER else {}
    lines = [(*place, str(entry.row.content)) for place, entry in held.items() if entry.row]
    return pd.DataFrame(lines, columns=["kind", "key", "content"], dtype="str")


def alerts(settings: Settings) -> list[Alert]:
    """Every state the report's alerts went through up to the end of its period, oldest first."""
    from voc_lib.register import alerts as kept

    def read(engine: Engine, marks: Marks) -> list[Alert]:
        return kept.trail(engine, report=settings.params.name, until=marks.alerts)

    nothing: list[Alert] = []
    return [alert for alert in _read(settings, read, nothing) if alert.day <= settings.period.end]


def _alerts(settings: Settings) -> pd.DataFrame:
    return pd.DataFrame([vars(alert) for alert in alerts(settings)])


def pinned(settings: Settings, *, at: datetime) -> Settings:
    """The settings, reading the register as it is now, or was at the revision they name, to the end."""
    from voc_lib.register import revisions

    file, number = sqlite_file(settings), settings.revision
    if file is not None and not file.exists():
        if number:
            raise ParamsError(f"还没有登记库，没有第 {number} 次修订；请去掉 register_revision。")
        return settings.model_copy(update={"revision": 0})
    engine = opened(settings)
    try:
        if number:
            revisions.marks(engine, number)
        now = number or revisions.take(engine, at=at, spent=partial(spent, settings))
        return settings.model_copy(update={"revision": now})
    finally:
        engine.dispose()


def spent(settings: Settings) -> int:
    """The highest revision a published report names, also of a register that was lost or put back by hand."""
    said = (content.get("register") for _, content in runs.published(settings.outputs))
    return max((int(about.get("revision") or 0) for about in said if isinstance(about, dict)), default=0)


def leave(settings: Settings, folder: Path) -> None:
    """Nothing; the steps of a run folder are told which revision to read."""
    (folder / FILE).write_text(json.dumps({"revision": settings.revision}), encoding="utf-8")


def left(settings: Settings, folder: Path) -> Settings:
    """The settings, reading the revision the run of a folder was told to read."""
    said = json.loads((folder / FILE).read_text(encoding="utf-8")) if (folder / FILE).is_file() else {}
    return settings.model_copy(update=said)


def _digest(frame: pd.DataFrame) -> str:
    rows = frame.astype("str").fillna("").to_numpy().tolist()
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def opened(settings: Settings) -> Engine:
    """The register, made when there is none."""
    from voc_lib.register import database, store

    file = sqlite_file(settings)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PublishError(
                f"无法建立登记库所在的文件夹 {file.parent}：{error.strerror or error}。请检查参数 register。"
            ) from None
    engine = database.open(settings.register)
    if ids := store.unclaimed(engine):
        store.claim(engine, _keys(settings))
        _log.info("登记库中 %d 个反馈的旧记录还没有写明来源。", len(ids))
    return engine


def _keys(settings: Settings) -> Mapping[str, str]:
    """The key of archived feedback by the id an older register had: the plain one if one source has it."""
    rows = archive.read(settings.archive)
    key, plain = ledger.keys(rows), ledger.plain_ids(rows)["feedback_id"]
    sole = ~plain.duplicated(keep=False)
    return {**dict(zip(plain[sole], key[sole], strict=True)), **dict(zip(key, key, strict=True))}


def own(settings: Settings, held: pd.DataFrame, *, until: date | None = None) -> pd.DataFrame:
    """What is `held` of the feedback in this report's archive, up to and including a day."""
    if held.empty:
        return held
    return held[held["feedback_id"].isin(ledger.keys(archive.read(settings.archive, until=until)))]


def of(rows: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """What is `held` of these rows, under the ids they bear in the frame."""
    if held.empty:
        return held
    ids = dict(zip(ledger.keys(rows), rows["feedback_id"], strict=True))
    mine = held[held["feedback_id"].isin(ids)].reset_index(drop=True)
    if "issue_id" in mine:  # an issue is named by one of its feedbacks
        mine = mine.assign(issue_id=mine["issue_id"].map(ids).fillna(mine["issue_id"]))
    return mine.assign(feedback_id=mine["feedback_id"].map(ids)).astype({"feedback_id": "str"})


def lost(settings: Settings, rows: pd.DataFrame | None = None) -> str:
    """A sentence about corrections whose feedback neither the archive nor `rows` hold; "" without any.

    Those of other sources belong to other reports that share the register.
    """
    held = corrections(settings)["feedback_id"]
    if held.empty:
        return ""
    known = archive.read(settings.archive)[["source", "feedback_id"]]
    known = known if rows is None else pd.concat([known, rows[["source", "feedback_id"]]], ignore_index=True)
    sources = {*known["source"], *(source.name for source in settings.params.sources), ""}
    own = held.str.startswith(tuple(f"{name}{ledger.QUALIFIER}" for name in sources))
    own |= ~held.str.contains(ledger.QUALIFIER, regex=False)
    gone = held[own & ~held.isin(ledger.keys(known))].str.removeprefix(ledger.QUALIFIER).tolist()
    if not gone:
        return ""
    more = " 等" if len(gone) > SHOWN else ""
    return (
        f"{len(gone)} 条更正找不到对应的反馈，没有生效（仍留在登记库）：{'、'.join(gone[:SHOWN])}{more}。"
        "反馈可能已不在数据里、来源改了名称，或属于共用登记库的另一份报告；旧版更正的反馈ID也可能几个来源都有。"
        "请核对，需要时重新更正，或用 voc corrections withdraw 撤回。"
    )


def corrections(settings: Settings) -> pd.DataFrame:
    """What people set, in force: `feedback_id` and `schema.CORRECTABLE`, a row per feedback; NA: not set.

    The ids are the register's keys, “source:id”; `of` gives those of a frame.

    Empty, and nothing is made, when there is no register yet.
    """
    return _read(
        settings, _corrections, pd.DataFrame(columns=["feedback_id", *schema.CORRECTABLE], dtype="str")
    )


def answers(settings: Settings) -> pd.DataFrame:
    """What people answered blind, and which of it chance drew for this report: `register.codings.blind`."""
    names = ["feedback_id", "coder", "tags", "note", "period", "stratum"]
    nothing = pd.DataFrame(columns=names, dtype="str")
    nothing = nothing.assign(at=pd.Series(dtype="datetime64[us]"), size=pd.Series(dtype="Int64"))
    return _read(settings, partial(_answers, report=settings.params.name), nothing)


def entries(settings: Settings) -> known.State:
    """What people know about this report, as the register holds it; nothing when there is no register."""
    from voc_lib.register import known

    def read(engine: Engine, marks: Marks) -> known.State:
        return known.state(engine, settings.params.name, until=marks.knowledge)

    return _read(settings, read, {})


def _corrections(engine: Engine, marks: Marks) -> pd.DataFrame:
    from voc_lib.register import store

    return store.every(engine, until=marks.corrections)


def _answers(engine: Engine, marks: Marks, *, report: str) -> pd.DataFrame:
    from voc_lib.register import codings

    return codings.blind(engine, report=report, marks=marks)


def _read(settings: Settings, read: Callable[[Engine, Marks], T], nothing: T) -> T:
    from voc_lib.register import revisions

    file, number = sqlite_file(settings), settings.revision
    if number == 0 or (file is not None and not file.exists()):
        return nothing
    engine = opened(settings)
    try:
        return read(engine, revisions.marks(engine, number) if number else revisions.NOW)
    finally:
        engine.dispose()


def sqlite_file(settings: Settings) -> Path | None:
    """The file of the register; None where it is a database of a server."""
    address = settings.register
    return Path(address.removeprefix(SQLITE)) if address.startswith(SQLITE) else None
