"""The register a params file names: opened for writing, or what stands in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from voc_lib.errors import PublishError
from voc_lib.params import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

SQLITE = "sqlite:///"


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
    """The tags in force: `feedback_id, tags`; empty, and nothing is made, when there is no register yet."""
    file = _file(settings.register)
    if file is not None and not file.exists():
        return pd.DataFrame({"feedback_id": [], "tags": []}, dtype="str")
    from voc_lib.register import store

    engine = opened(settings)
    try:
        return store.corrections(engine)
    finally:
        engine.dispose()


def _file(address: str) -> Path | None:
    return Path(address.removeprefix(SQLITE)) if address.startswith(SQLITE) else None
