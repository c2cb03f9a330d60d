"""Tables on disk: checked against their declaration, written whole or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib import schema, whole
from voc_lib.errors import DataError

PIECE = 1 << 16  # rows


def checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the table's shape and contract; DataError when it cannot be."""
    spec = schema.table(name)
    try:
        shaped = schema.shape(frame.reset_index(drop=True), spec)
    except (TypeError, ValueError, AttributeError) as error:
        raise DataError(f"表《{spec.title}》({name}) 的列类型不合约定：{str(error)[:200]}。") from None
    return schema.check(shaped, spec)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as Parquet; a reader sees the old file or the new one, never half of it."""
    with whole.half(path) as half:
        frame.to_parquet(half, engine="pyarrow", compression="zstd", index=False)


def write_parts(name: str, parts: Iterable[pd.DataFrame], path: Path) -> int:
    """Write a table part by part, each checked and gone before the next; how many rows it has."""
    spec = schema.table(name)
    keys: list[pd.DataFrame] = []
    writer: pq.ParquetWriter | None = None
    with whole.half(path) as half, ExitStack() as opened:
        for part in parts:
            shaped = checked(name, part)
            table = pa.Table.from_pandas(shaped, preserve_index=False)
            writer = writer or opened.enter_context(pq.ParquetWriter(half, table.schema, compression="zstd"))
            writer.write_table(table)
            keys.append(shaped[[*spec.key]])
        told = schema.check(pd.concat(keys, ignore_index=True), spec.of(spec.key))
    return len(told)


def read_table(
    path: Path, columns: list[str] | None = None, *, only: Collection[tuple[str, str, Any]] = ()
) -> pd.DataFrame:
    """The frame in a Parquet file, or those of some columns it has; DataError when it is broken.

    `only` says which rows, as `filters` of pyarrow: no others come into memory.
    """
    try:
        held = pq.read_schema(path).names
        columns = columns and [name for name in columns if name in held]
        found = _only(path, columns or held, list(only)) if only else None
        return pd.read_parquet(path, engine="pyarrow", columns=columns) if found is None else found
    except (OSError, ValueError) as error:
        raise DataError(
            f"表文件 {path.name} 无法读取（{type(error).__name__}），可能已损坏。请加 --force 重新运行。"
        ) from None


def _only(path: Path, columns: list[str], only: list[tuple[str, str, Any]]) -> pd.DataFrame | None:
    """Some columns of those rows, read a piece at a time; None where the table has no rows at all."""
    needed = list(dict.fromkeys([*columns, *(name for name, _, _ in only)]))
    wanted = pq.filters_to_expression(only)
    with pq.ParquetFile(path) as file:
        pieces = file.iter_batches(PIECE, columns=needed, use_threads=False)
        kept = [pa.Table.from_batches([piece]).filter(wanted) for piece in pieces]
    return pa.concat_tables(kept).select(columns).to_pandas() if kept else None
