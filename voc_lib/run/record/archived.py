"""What the archives of an outputs folder hold: reports, months, rows; and what a report knows with them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from voc_lib.collect.archive import PARTITION
from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Settings

if TYPE_CHECKING:
    from voc_lib.collect import Collected
    from voc_lib.collect.watermark import Mark


def held(outputs: Path) -> pd.DataFrame:
    """One row per report and month: `report, month, rows, bytes`, in order."""
    root = outputs / "archive"
    if not root.is_dir():
        raise ParamsError(f"{outputs} 里没有归档（archive）。请写出参数文件里 outputs 所指的文件夹。")
    files = sorted(path for path in root.glob("*/*.parquet") if PARTITION.fullmatch(path.name))
    rows = [(path.parent.name, path.stem, _rows(path), path.stat().st_size) for path in files]
    return pd.DataFrame(rows, columns=["report", "month", "rows", "bytes"])


def spoken(settings: Settings, collected: Collected) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Feedback and ratings a run would know: those of the files and those archived."""
    from voc_lib.collect import archive, ratings

    folder, until = settings.archive, settings.period.end
    history = archive.merge(archive.read(folder, until=until), collected.feedback)
    return history, ratings.history(folder, collected.ratings, history, until=until)


def advance(settings: Settings, marks: Mapping[str, Mark]) -> None:
    """Nothing; databases with a watermark are read as far as these marks say."""
    if not marks:
        return
    from voc_lib.collect import archive, ratings, watermark

    folders = (settings.archive, settings.archive / ratings.FOLDER)
    kept = pd.concat([archive.known(folder)["source"] for folder in folders]).value_counts()
    watermark.advance(marks, settings.archive, {str(name): int(n) for name, n in kept.items()})


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
