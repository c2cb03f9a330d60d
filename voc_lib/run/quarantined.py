"""The quarantine of a published run as CSV files to mend, and what in the params loads them again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from voc_lib import schema
from voc_lib.collect import mended
from voc_lib.errors import DataError, ParamsError, PublishError
from voc_lib.run.record import runs
from voc_lib.run.record.inputs import SIDES
from voc_lib.run.tables import read_table

UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]+|^\.+")


@dataclass(frozen=True)
class Written:
    """One file to mend: where it is, how many rows, and its source, or the key of its side table."""

    path: Path
    rows: int
    source: str
    side: str = ""


def entries(written: Sequence[Written]) -> list[str]:
    """What of the params loads the files again: a line of YAML per source or side table."""
    files: dict[str, list[str]] = {}
    for item in written:
        files.setdefault(item.side or item.source, []).append(item.path.resolve().as_posix())
    words = ({owner: {"mended": paths}} for owner, paths in files.items())
    flat = (yaml.safe_dump(w, allow_unicode=True, default_flow_style=True, width=10_000) for w in words)
    return [line.strip()[1:-1] for line in flat]


def write(run: Path, folder: Path) -> list[Written]:
    """One CSV per source file and sheet with quarantined rows; ParamsError rather than write over a file."""
    runs.require(run)
    path = run / "tables" / "quarantine.parquet"
    if not path.is_file():
        raise DataError(f"{run} 里没有隔离区的表（tables/quarantine.parquet）。请用 --force 重新运行。")
    rows = schema.shape(read_table(path), schema.QUARANTINE)
    told = run / "tables" / "headers.parquet"
    keys = ["source", "file", "sheet"]
    parts = [part for _, part in rows.groupby(keys, sort=False, dropna=False)]
    paths = _paths([part.iloc[0] for part in parts], folder)
    there = [path.name for path in paths if path.exists()]
    if there:
        raise ParamsError(f"{folder} 里已有 {'、'.join(there[:5])}，可能已改过，不会覆盖。请换一个文件夹。")
    for path, part in zip(paths, parts, strict=True):
        _save(mended.sheet(part, headers=_headers(told, part.iloc[0])), path)
    sides = {schema.table(key).title: key for key in SIDES}
    names = [part["source"].iloc[0] for part in parts]
    return [
        Written(path, len(part), name, sides.get(name, ""))
        for path, part, name in zip(paths, parts, names, strict=True)
    ]


def _paths(firsts: list[pd.Series], folder: Path) -> list[Path]:
    """A path of its own for each part, named by source, file and sheet."""
    taken: dict[str, Path] = {}
    for row in firsts:
        words = [row["source"], Path(row["file"]).stem, row["sheet"]]
        stem = name = UNSAFE.sub("_", "_".join(word for word in words if pd.notna(word)))[:70]
        number = 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken[name.casefold()] = folder / f"{name}.csv"
    return list(taken.values())


def _headers(table: Path, row: pd.Series) -> list[str]:
    """The headers of a row's file, from the run's table of headers."""
    if not table.is_file():
        return []
    told = read_table(table)
    mine = (told["source"] == row["source"]) & (told["file"] == row["file"])
    return told.loc[mine, "header"].astype("str").tolist()


def _save(frame: pd.DataFrame, path: Path) -> None:
    """Write a CSV with a byte order mark, which Excel needs to see UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(frame.columns)
    writer.writerows(frame.itertuples(index=False))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(text.getvalue().encode("utf-8-sig"))
    except OSError as error:
        raise PublishError(
            f"无法写入 {path.name}：{error.strerror or error}。请检查磁盘空间和权限。"
        ) from None
