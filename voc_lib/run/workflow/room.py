"""Whether the rows of a step have room in memory: said before a kernel dies of them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from voc_lib.errors import RoomError
from voc_lib.params import Settings
from voc_lib.run.record import archived, inputs
from voc_lib.run.steps import StepSpec

MEMINFO = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")
LINES = {".csv", ".tsv", ".txt", ".jsonl"}  # files of which a line is a row
BLOCK = 1 << 24
KERNEL = 3 * 10**8  # bytes a kernel needs before it has read a row
ROW = 2_500  # bytes a row of a few words surely needs where a step needs most (docs/performance.md)
LITTLE = 100_000  # rows that have room anywhere


def require(spec: StepSpec, settings: Settings, rows: int) -> None:
    """Nothing; RoomError when the rows a step is about to read surely need more memory than there is."""
    free = available() if rows > LITTLE else None
    needed = KERNEL + rows * ROW
    if free is None or needed <= free:
        return
    raise RoomError(
        f"步骤 {spec.name}（{spec.title}）要处理约 {rows:,} 条反馈，至少需要 {needed / 2**30:.1f} GB 内存，"
        f"这台机器现在只有 {free / 2**30:.1f} GB 可用，没有开始。请关掉别的程序，或换内存更大的机器；"
        f"也可以少放几个月：备份后从数据文件和归档 {settings.archive} 移走最早的月份，再运行。"
    )


def available() -> int | None:
    """Bytes of memory and swap that could still be had, of the container too; None where nobody says."""
    try:
        lines = MEMINFO.read_text().splitlines()
    except OSError:
        return None
    said = {name: int(words.split()[0]) * 1024 for name, _, words in (line.partition(":") for line in lines)}
    whole = said["MemAvailable"] + said.get("SwapFree", 0)
    return min(whole, _of_group(whole))


def _of_group(whole: int) -> int:
    """Bytes left to the control group; `whole` where it has no limit."""
    try:
        limit, used = (GROUP / name for name in ("memory.max", "memory.current"))
        cached = dict(line.split() for line in (GROUP / "memory.stat").read_text().splitlines())
        return int(limit.read_text()) - int(used.read_text()) + int(cached.get("inactive_file", 0))
    except (OSError, ValueError):  # no such group, or "max"
        return whole


def expected(spec: StepSpec, settings: Settings, folder: Path) -> int:
    """Rows of the history a step reads; of the first, what is archived and the lines of its files."""
    if spec.needs:
        return held(folder)
    root = settings.archive.parent
    known = archived.held(root.parent) if root.is_dir() else None
    lines = sum(_lines(item.path) for item in inputs.data(settings))
    own = 0 if known is None else int(known.loc[known["report"] == settings.archive.name, "rows"].sum())
    return max(own, lines)  # an export read again replaces what is archived of it


def held(folder: Path) -> int:
    """Rows of the history in a run folder; 0 where there is none yet."""
    try:
        return int(pq.read_metadata(folder / "tables" / "history.parquet").num_rows)
    except (pa.ArrowException, OSError):
        return 0  # who reads it says so


def _lines(path: Path) -> int:
    if path.suffix.lower() not in LINES:
        return 0
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))
