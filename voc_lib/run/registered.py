"""The register a params file names: opened for writing, or what stands in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from voc_lib.collect import archive
from voc_lib.errors import PublishError
from voc_lib.params import REGISTER, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

SQLITE = "sqlite:///"
FIELDS = ("tags", "urgency", "intent")


@dataclass(frozen=True)
class State:
    """What people had set and answered blind at a moment, of every report that shares the register."""

    corrections: pd.DataFrame
    answers: pd.DataFrame

    def own(self, settings: Settings) -> State:
        """Only what is about feedback of this report up to the period's end, as its archive holds it now."""
        if self.corrections.empty and self.answers.empty:
            return self
        folder = settings.outputs / "archive" / settings.params.name
        ids = archive.read(folder, until=settings.period.end)["feedback_id"]
        return State(*(frame[frame["feedback_id"].isin(ids)] for frame in (self.corrections, self.answers)))

    def described(self, settings: Settings) -> list[dict[str, Any]]:
        """Lines of run.json: role, address as written, rows and a hash of them; none without rows."""
        parts = (("人工更正", self.corrections), ("独立标注", self.answers))
        about = {
            "path": settings.params.register_at or f"{settings.params.outputs}/{REGISTER}",
            "bytes": None,
        }
        return [
            {"role": role, **about, "sha256": _digest(frame), "rows": len(frame)}
            for role, frame in parts
            if len(frame)
        ]


def state(settings: Settings) -> State:
    """What stands in the register now."""
    return State(corrections(settings), answers(settings))


def _digest(frame: pd.DataFrame) -> str:
    rows = frame.astype("str").fillna("").to_numpy().tolist()
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def opened(settings: Settings) -> Engine:
    """The register, made when there is none."""
    from voc_lib.register import store

    file = _file(settings.register)
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PublishError(
                f"无法建立登记库所在的文件夹 {file.parent}：{error.strerror or error}。请检查参数 register。"
            ) from None
    return store.open(settings.register)


def corrections(settings: Settings) -> pd.DataFrame:
    """What people set, in force: `feedback_id, tags, urgency, intent`, a row per feedback, missing = not set.

    Empty, and nothing is made, when there is no register yet.
    """
    return _read(settings, _corrections, pd.DataFrame(columns=["feedback_id", *FIELDS], dtype="str"))


def answers(settings: Settings) -> pd.DataFrame:
    """What people answered blind: `feedback_id, coder, tags, note, at, drawn` of `register.codings.blind`."""
    nothing = pd.DataFrame(columns=["feedback_id", "coder", "tags", "note"], dtype="str")
    nothing = nothing.assign(at=pd.Series(dtype="datetime64[us]"), drawn=pd.Series(dtype="bool"))
    return _read(settings, _answers, nothing)


def _corrections(engine: Engine) -> pd.DataFrame:
    from voc_lib.register import store

    parts = [store.corrections(engine, field=field).set_index("feedback_id") for field in FIELDS]
    return pd.concat(parts, axis=1).sort_index().rename_axis("feedback_id").reset_index().astype("str")


def _answers(engine: Engine) -> pd.DataFrame:
    from voc_lib.register import codings

    return codings.blind(engine)


def _read(settings: Settings, read: Callable[[Engine], pd.DataFrame], nothing: pd.DataFrame) -> pd.DataFrame:
    file = _file(settings.register)
    if file is not None and not file.exists():
        return nothing
    engine = opened(settings)
    try:
        return read(engine)
    finally:
        engine.dispose()


def _file(address: str) -> Path | None:
    return Path(address.removeprefix(SQLITE)) if address.startswith(SQLITE) else None
