"""The history: standard feedback as one Parquet file per month, keyed by source and feedback id."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib import locks, schema
from voc_lib.collect import identity
from voc_lib.collect.ledger import distinct_ids, plain_ids
from voc_lib.errors import DataError, PublishError

VERSION = 1
SMALL = 19  # level of compression of months that seldom change
PATIENCE = 120  # seconds to wait for another writer: of two, the later reads what the earlier wrote
BUSY = "归档 {} 正由另一次运行写入。请等它结束后再试。"
VERSION_KEY = b"voc.history.version"
KEY = ["source", "feedback_id"]
PARTITION = re.compile(r"(\d{4}-\d{2})\.parquet")
MOVED = (
    "{source} · 归档 {month} 的 {n} 条里，有 {lost} 条这次的反馈时间在别的月份（反馈ID相同），"
    "归档会随之移动；请核对时间列与日月先后"
)
LOGGER = logging.getLogger(__name__)


def merge(archived: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """schema.HISTORY of both: a new row replaces the archived one of the same source and feedback id."""
    new = _unique(new)
    return distinct_ids(_joined(plain_ids(_history(archived)), new, pd.MultiIndex.from_frame(new[KEY])))


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


def known(folder: Path) -> pd.DataFrame:
    """What `identity` must know of every archived row: identity.KNOWN, ids as the sources gave them."""
    columns = list(identity.KNOWN)
    frames = [_table(file, columns).to_pandas() for _, file in _partitions(folder)]
    held = pd.concat(frames, ignore_index=True) if frames else schema.empty(schema.HISTORY)
    return plain_ids(schema.shape(held, schema.HISTORY)[columns])


def moved(new: pd.DataFrame, held: pd.DataFrame) -> list[str]:
    """What to tell of archived months (`known`) that lose most of their rows to other months, by source."""
    now = held[KEY].merge(new[[*KEY, "created_at"]], on=KEY, how="left")["created_at"].set_axis(held.index)
    month = _month(held["created_at"])
    lost = (now.notna() & (_month(now) != month)).groupby([held["source"], month]).agg(["sum", "size"])
    most = lost[(lost["sum"] >= identity.LEAST) & (lost["sum"] >= identity.MOST * lost["size"])]
    return [
        MOVED.format(source=source, month=f"{int(month) // 12}-{int(month) % 12 + 1:02}", lost=lost, n=n)
        for (source, month), lost, n in most.itertuples(name=None)
    ]


def _month(times: pd.Series) -> pd.Series:
    return times.dt.year * 12 + times.dt.month - 1


def write(frame: pd.DataFrame, folder: Path) -> None:
    """Nothing; the archive then holds each row once, in its month. Writing again changes nothing.

    DataError, and nothing changes, when ids are row numbers and other feedback would be lost for them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _clear(folder)
        _write(_unique(frame), folder)


def compact(folder: Path) -> None:
    """Nothing; the archive then holds the same rows, each in one month alone, in files as small as they get.

    A month takes its place in one move: whatever stops this, every row is in its old file or in its new one.
    """
    if not folder.is_dir():
        return
    with _alone(folder):
        _clear(folder)
        months = dict(_partitions(folder))
        keys = {month: _table(file, KEY).to_pandas() for month, file in months.items()}
        every = pd.concat(keys, names=["month"]) if keys else pd.DataFrame(columns=KEY)
        older = every.duplicated(KEY, keep="last")  # of a row in two months the later one is read
        for month, file in months.items():
            rows = _read(file)
            if len(rows):
                rows = rows[~older.loc[month].to_numpy()]
            _shrink(file, _sorted(rows), level=SMALL)


def drop(rows: pd.DataFrame, folder: Path) -> None:
    """Nothing; the archive then holds none of these rows, whose ids are as the sources gave them."""
    if not folder.is_dir():
        return
    keys = pd.MultiIndex.from_frame(rows[KEY])
    with _alone(folder):
        _clear(folder)
        for _, file in _partitions(folder):
            _rid(file, keys)


def _alone(folder: Path) -> AbstractContextManager[None]:
    lock = folder.with_name(f".{folder.name}.lock")
    return locks.held(lock, patience=PATIENCE, busy=BUSY.format(folder.name))


def _write(new: pd.DataFrame, folder: Path) -> None:
    _spare(new, known(folder))
    keys = pd.MultiIndex.from_frame(new[KEY])
    existing = dict(_partitions(folder))
    month_of = new["created_at"].dt.strftime("%Y-%m")
    for month, rows in new.groupby(month_of, sort=True):
        file, whole = folder / f"{month}.parquet", _sorted(rows)
        if month in existing:
            if _says(file, _arrow(whole)):  # all of it was read again
                continue
            whole = _joined(_read(file), rows, keys)
        _replace(file, whole)
    for month in sorted(existing.keys() - set(month_of.unique())):
        _rid(existing[month], keys)


def _spare(new: pd.DataFrame, held: pd.DataFrame) -> None:
    """Nothing; DataError when new rows would take the place of other feedback that only has their number."""
    for source, rows in new[[*identity.KNOWN, "customer_id"]].groupby("source", sort=True):
        lists = [part for _, part in rows.groupby(["file", "sheet"], dropna=False, sort=True)]
        if identity.row_numbers(lists, held[held["source"] == source]):
            raise DataError(
                f"来源 “{source}” 的反馈ID在归档里属于另外的反馈（时间与内容都不同），归档没有改动。"
                "它可能只是每份文件各自的序号：请在 columns 里把这一列写成 ignore。"
            )


def _unique(frame: pd.DataFrame) -> pd.DataFrame:
    return plain_ids(_history(frame)).drop_duplicates(KEY, keep="last")


def _joined(old: pd.DataFrame, new: pd.DataFrame, keys: pd.MultiIndex) -> pd.DataFrame:
    """New rows and the archived ones they leave; where either id is of the content, equal rows are one."""
    left = _without(old, keys)
    if identity.made(left["feedback_id"]).any() or identity.made(new["feedback_id"]).any():
        fresh = _without(new, pd.MultiIndex.from_frame(old[KEY]))
        both = _by_content(left).merge(_by_content(fresh), on=["content", "repeat"])
        left = left.drop(index=both.loc[both["made_x"] | both["made_y"], "row_x"].tolist())
    return _sorted(pd.concat([left, new], ignore_index=True))


def _by_content(frame: pd.DataFrame) -> pd.DataFrame:
    """Of each row its content, how often that came before, and whether its id is of it."""
    content = identity.contents(frame, ("source", *identity.LASTING))
    repeat = content.groupby(content).cumcount()
    of_content = identity.made(frame["feedback_id"])
    return pd.DataFrame({"content": content, "repeat": repeat, "made": of_content, "row": frame.index})


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
    return _history(_table(file).to_pandas())


def _table(file: Path, columns: list[str] | None = None) -> pa.Table:
    try:
        table = pq.read_table(file, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"归档文件 {file.name} 已损坏（{type(error).__name__}）。请从备份恢复，或移走后重新导入该月。"
        ) from None
    version = int((table.schema.metadata or {}).get(VERSION_KEY, b"0"))
    if version > VERSION:
        raise DataError(
            f"归档文件 {file.name} 由更新的版本写成（格式 {version}，本版 {VERSION}）。请升级后再运行。"
        )
    return table


def _rid(file: Path, keys: pd.MultiIndex) -> None:
    """A month without the rows of these keys."""
    if _holds(file, keys):
        _shrink(file, _without(_read(file), keys))


def _holds(file: Path, keys: pd.MultiIndex) -> bool:
    """Whether a month holds any of the keys (only the key columns are read)."""
    old = pq.read_table(file, columns=KEY).to_pandas()
    return bool(pd.MultiIndex.from_frame(old).isin(keys).any())


def _replace(file: Path, frame: pd.DataFrame, *, level: int | None = None) -> None:
    """Put a month in place in one move; a file that already says the same stays untouched.

    With a `level` of compression it is written anew where that makes it smaller.
    """
    table = _arrow(frame)
    same = _says(file, table)
    if same and level is None:
        return
    part = file.with_name(f".{file.name}.part")
    try:
        pq.write_table(table, part, compression="zstd", compression_level=level)
        if same and part.stat().st_size >= file.stat().st_size:
            part.unlink()
            return
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise PublishError(
            f"归档 {file.name} 写入失败（{error.strerror}），原来的文件没有改动。请检查磁盘空间与权限。"
        ) from None
    LOGGER.info("归档 %s：%d 行", file.name, len(frame))


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """A month as its file holds it."""
    table = pa.Table.from_pandas(_history(frame), preserve_index=False)
    return table.replace_schema_metadata(
        {**(table.schema.metadata or {}), VERSION_KEY: str(VERSION).encode()}
    )


def _says(file: Path, table: pa.Table) -> bool:
    """Whether a month's file holds just these rows, in this order."""
    return file.exists() and _table(file).equals(table, check_metadata=True)


def _shrink(file: Path, frame: pd.DataFrame, *, level: int | None = None) -> None:
    """A month that lost rows to another month; an empty one goes."""
    _replace(file, frame, level=level) if len(frame) else file.unlink()


def _clear(folder: Path) -> None:
    """Remove what an interrupted write left behind."""
    for part in folder.glob(".*.parquet.part"):
        part.unlink(missing_ok=True)
