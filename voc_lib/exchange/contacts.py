"""How customers are reached: read on request from a file only its owner may read, never by a run."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.collect import sides
from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Settings

OTHERS = 0o077
SHOWN = {"customer_name": "姓名", "contact": "联系方式"}


def read(settings: Settings) -> pd.DataFrame:
    """`customer_id` (pseudonyms, as in reports), `customer_name` and `contact` as they stand in the file."""
    ref = settings.params.contacts
    if ref is None:
        raise ParamsError(
            "参数文件没有写 contacts（客户的联系方式）。例如 contacts: {path: 保密/联系方式.xlsx}"
        )
    for path in ref.paths:
        _protected(settings.resolve(path))
    rows = sides.load(ref, schema.CONTACTS, settings).rows
    key = privacy.load_key(settings.outputs / ".keys")
    return rows.assign(customer_id=privacy.pseudonyms(rows["customer_id"], key))


def _protected(file: Path) -> None:
    """Nothing; DataError where others can read the file."""
    if os.name == "posix" and file.exists() and file.stat().st_mode & OTHERS:
        raise DataError(f"联系方式文件 {file.name} 其他用户也能读取。请先执行 chmod 600，再重新运行。")


def joined(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The rows with name and contact of their customer, "" where the file has none."""
    left = rows.merge(known.drop_duplicates("customer_id"), on="customer_id", how="left")
    return left.fillna({name: "" for name in SHOWN})


def outside(settings: Settings, folder: Path) -> None:
    """Nothing; ParamsError where a folder for contacts is within the outputs readers get."""
    if folder.expanduser().resolve().is_relative_to(settings.outputs.resolve()):
        raise ParamsError(f"{folder} 在输出文件夹里，别人会看到；带联系方式的工作簿请写到别处。")


def closed(file: Path) -> None:
    """Nothing; the file is its owner's alone."""
    if os.name == "posix":
        file.chmod(0o600)
