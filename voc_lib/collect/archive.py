"""The history: standard feedback as one Parquet file per month, keyed by source and feedback id."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib import schema
from voc_lib.collect.ledger import distinct_ids, plain_ids
from voc_lib.errors import DataError, PublishError

VERSION = 1
VERSION_KEY = b"voc.history.version"
KEY = ["source", "feedback_id"]
PARTITION = re.compile(r"(\d{4}-\d{2})\.parquet")
LOGGER = logging.getLogger(__name__)


def merge(archived: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """schema.HISTORY of both: a new row replaces the archived one of the same source and feedback id."""
    both = plain_ids(pd.concat([_history(archived), _history(new)], ignore_index=True))
    return distinct_ids(_sorted(both.drop_duplicates(KEY, keep="last")))


def read(folder: Path, *, until: date | None = None) -> pd.DataFrame:
    """Every archived row up to and including a day; empty when nothing was archived yet."""
    months = [
        (month, file) for month, file in _partitions(folder) if until is None or month <= f"{until:%Y-%m}"
    ]
    frames = [_read(file) for _, file in months]
    if not frames:
        return schema.empty(schema.HISTORY)
    frame = pd.concat(frames, ignore_index=True).drop_duplicates(KEY, keep="last")
    if until is not None:
        frame = frame[frame["created_at"] < pd.Timestamp(until) + pd.Timedelta(days=1)]
    return distinct_ids(_sorted(frame))


def write(frame: pd.DataFrame, folder: Path) -> None:
    """Nothing; the archive then holds each row once, in its month. Writing again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    new = plain_ids(_history(frame)).drop_duplicates(KEY, keep="last")
    keys = pd.MultiIndex.from_frame(new[KEY])
    existing = dict(_partitions(folder))
    month_of = new["created_at"].dt.strftime("%Y-%m")
    for month, rows in new.groupby(month_of, sort=True):
        kept = _without(_read(existing[month]), keys) if month in existing else schema.empty(schema.HISTORY)
        _replace(folder / f"{month}.parquet", _sorted(pd.concat([kept, rows], ignore_index=True)))
    for month, file in existing.items():
        if month not in set(month_of) and _holds(file, keys):
            _shrink(file, _without(_read(file), keys))


def _history(frame: pd.DataFrame) -> pd.DataFrame:
    return schema.shape(frame, schema.HISTORY)


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["created_at", *KEY], kind="stable").reset_index(drop=True)


def _without(frame: pd.DataFrame, keys: pd.MultiIndex) -> pd.DataFrame:
    return frame[~pd.MultiIndex.from_frame(frame[KEY]).isin(keys)]


def _partitions(folder: Path) -> Iterator[tuple[str, Path]]:
    """(month, file) of the archive, in order."""
    if folder.is_dir():
        for file in sorted(folder.iterdir()):
            if match := PARTITION.fullmatch(file.name):
                yield match[1], file


def _read(file: Path) -> pd.DataFrame:
    try:
        table = pq.read_table(file)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"归档文件 {file.name} 已损坏（{type(error).__name__}）。请从备份恢复，或移走后重新导入该月。"
        ) from None
    version = int((table.schema.metadata or {}).get(VERSION_KEY, b"0"))
    if version > VERSION:
        raise DataError(
            f"归档文件 {file.name} 由更新的版本写成（格式 {version}，本版 {VERSION}）。请升级后再运行。"
        )
    return _history(table.to_pandas())


def _holds(file: Path, keys: pd.MultiIndex) -> bool:
    """Whether a month holds any of the keys (only the key columns are read)."""
    old = pq.read_table(file, columns=KEY).to_pandas()
    return bool(pd.MultiIndex.from_frame(old).isin(keys).any())


def _replace(file: Path, frame: pd.DataFrame) -> None:
    """Put a month in place in one move; a file that already says the same stays untouched."""
    table = pa.Table.from_pandas(_history(frame), preserve_index=False)
    table = table.replace_schema_metadata(
        {**(table.schema.metadata or {}), VERSION_KEY: str(VERSION).encode()}
    )
    part = file.with_name(f".{file.name}.part")
    try:
        pq.write_table(table, part, compression="zstd")
        if file.exists() and file.read_bytes() == part.read_bytes():
            part.unlink()
            return
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PublishError(f"归档 {file.name} 写入失败（{error.strerror}）。请检查磁盘空间与权限。") from None
    LOGGER.info("归档 %s：%d 行", file.name, len(frame))


def _shrink(file: Path, frame: pd.DataFrame) -> None:
    """A month that lost rows to another month; an empty one goes."""
    _replace(file, frame) if len(frame) else file.unlink()


def _clear(folder: Path) -> None:
    """Remove what an interrupted write left behind."""
    for part in folder.glob(".*.parquet.part"):
        part.unlink(missing_ok=True)
