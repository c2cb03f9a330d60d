"""What the archives of an outputs folder hold: reports, months, rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from voc_lib.collect.archive import PARTITION
from voc_lib.errors import DataError, ParamsError


def held(outputs: Path) -> pd.DataFrame:
    """One row per report and month: `report, month, rows, bytes`, in order."""
    root = outputs / "archive"
    if not root.is_dir():
        raise ParamsError(f"{outputs} 里没有归档（archive）。请写出参数文件里 outputs 所指的文件夹。")
    files = sorted(path for path in root.glob("*/*.parquet") if PARTITION.fullmatch(path.name))
    rows = [(path.parent.name, path.stem, _rows(path), path.stat().st_size) for path in files]
    return pd.DataFrame(rows, columns=["report", "month", "rows", "bytes"])


def _rows(path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError) as error:
        where = f"{path.parent.name}/{path.name}"
        raise DataError(
            f"归档文件 {where} 已损坏（{type(error).__name__}）。请从备份恢复，或移走后重新导入该月。"
        ) from None
