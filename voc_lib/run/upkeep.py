"""What a report keeps on the disk from run to run, by month; made small, and rid of what no run reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib.collect import archive, ratings, watermark, withdrawn
from voc_lib.collect.withdrawn import Chosen, Withdrawal
from voc_lib.errors import PublishError
from voc_lib.params import Settings
from voc_lib.run.publish import folders
from voc_lib.run.record import taxonomies
from voc_lib.tag import memory

WORDED, RATED, READ = PARTS = ("反馈", "只有评分的反馈", "打标记忆")
COLUMNS = ["part", "month", "rows", "bytes", "file", "idle"]


def kept(settings: Settings) -> pd.DataFrame:
    """A line per file, in order: `part` (of PARTS), `month`, `rows` (NA: broken), `bytes`, `file`, `idle`."""
    gone = _idle(settings)
    lines = [
        (part, file.name[: len("2026-01")], _rows(file), file.stat().st_size, file, file in gone)
        for part, folder in zip(PARTS, _folders(settings), strict=True)
        for file in sorted(folder.glob("*.parquet"))
    ]
    return pd.DataFrame(lines, columns=COLUMNS).astype({"rows": "Int64"})


def gaps(months: pd.Series) -> list[str]:
    """The months between the first and the last of which there is nothing.

    >>> gaps(pd.Series(["2025-11", "2026-02"]))
    ['2025-12', '2026-01']
    """
    if months.empty:
        return []
    span = pd.period_range(months.min(), months.max(), freq="M").strftime("%Y-%m")
    return [month for month in span if month not in set(months)]


def compact(settings: Settings) -> None:
    """Nothing; the archive holds the same rows in less room, and what was read for nothing more is gone.

    LockedError while a run of the report is under way.
    """
    with folders.locked(settings.outputs, settings.params.name):
        for folder in (settings.archive, settings.archive / ratings.FOLDER):
            archive.compact(folder)
        for file in sorted(_idle(settings)):
            _remove(file)


def withdraw(settings: Settings, chosen: Chosen, *, who: str, why: str, at: datetime) -> Withdrawal:
    """What was taken out of the archive, to be put back by its number.

    LockedError while a run of the report is under way, ParamsError where nothing is chosen. Databases whose
    rows are among it are read whole again: how far they were read says nothing any more.
    """
    with folders.locked(settings.outputs, settings.params.name):
        sources = withdrawn.found(settings.archive, chosen)["source"]
        watermark.forget(settings.archive, set(sources))
        return withdrawn.take(settings.archive, chosen, who=who, why=why, at=at)


def put_back(settings: Settings, number: int, *, who: str, at: datetime) -> Withdrawal:
    """What was put back into the archive; LockedError as `withdraw`."""
    with folders.locked(settings.outputs, settings.params.name):
        return withdrawn.put_back(settings.archive, number, who=who, at=at)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise PublishError(f"{file.name} 没有删掉（{error.strerror or error}）。请检查权限。") from None


def _folders(settings: Settings) -> tuple[Path, ...]:
    return settings.archive, settings.archive / ratings.FOLDER, settings.memory


def _idle(settings: Settings) -> set[Path]:
    """What was read off texts of another taxonomy, or of months without feedback in words."""
    months = {file.stem for file in settings.archive.glob("*.parquet")}
    return set(memory.idle(settings.memory, months, taxonomies.current(settings).digest))


def _rows(file: Path) -> int | None:
    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return None
