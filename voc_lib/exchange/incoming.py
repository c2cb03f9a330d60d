"""A file that came back, opened once: a workbook of the plan, or a list of tasks."""

from __future__ import annotations

from pathlib import Path

from voc_lib.errors import DataError
from voc_lib.exchange import returned, sheets, tasklists
from voc_lib.exchange.bench import Bench
from voc_lib.exchange.returned import Returned


def take(bench: Bench, file: Path, *, why: str = "") -> Returned:
    """What came of a file; DataError with sheet and row of all that cannot be saved, nothing saved."""
    grids = sheets.opened(file)
    if lists := tasklists.found(grids):
        return tasklists.take(bench, file.name, lists, why=why)
    if file.name in grids:
        raise DataError(
            f"{file.name} 不是任务表：没有任务标题和状态两列。改进计划请交回 voc plan export 写出的 Excel。"
        )
    return returned.take(bench, file.name, grids, why=why)
