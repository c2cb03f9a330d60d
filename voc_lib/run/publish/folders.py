"""All or nothing: a run is made in a private folder and takes the last one's place in a single rename."""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from voc_lib import locks
from voc_lib.errors import ParamsError, PublishError
from voc_lib.params import REGISTER

_log = logging.getLogger(__name__)
PERIOD = r"\d{4}-(?:\d{2}|Q[1-4]|W\d{2}|\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})"
RUN_ID = r"\d{8}T\d{6}-[0-9a-f]{6}"
RESERVED = (
    "archive",
    "failed",
    "index.html",
    "register.db",
)  # what else stands beside the reports in outputs
LEAST_FREE = 200 * 2**20
KEEP_FAILED = 5
EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
AT_FDCWD = -100


@contextmanager
def locked(outputs: Path, name: str) -> Iterator[None]:
    """Hold the report's lock; LockedError at once when another run has it. A crash lets go of it."""
    if name.casefold() in RESERVED or name.casefold().startswith(REGISTER):
        raise ParamsError(f"name：“{name}” 是输出文件夹里的保留名（{'、'.join(RESERVED)}）。请换一个名称。")
    folder = outputs / ".locks"
    with _disk("创建输出文件夹"):
        folder.mkdir(parents=True, exist_ok=True)
    busy = f"报告 “{name}” 正在另一处运行。请等它结束后再试。"
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(folder / f"{name}.lock", patience=0, busy=busy))
        except OSError as error:
            reason = error.strerror or error
            raise PublishError(f"无法写入输出文件夹 {outputs}：{reason}。请检查权限。") from None
        yield


def require_space(outputs: Path, last: Path) -> None:
    """Nothing, or PublishError when the disk has not room for twice the last run."""
    needed = max(LEAST_FREE, 2 * size(last))
    free = shutil.disk_usage(outputs).free
    if free < needed:
        has, needs = f"{free / 2**20:.0f} MB", f"{needed / 2**20:.0f} MB"
        raise PublishError(f"磁盘空间不足：{outputs} 只剩 {has}，至少需要 {needs}。请先清理。")


def size(folder: Path) -> int:
    """Bytes of a folder's files; none where there is no folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def stage(outputs: Path, name: str, period: str, run_id: str) -> Path:
    """A fresh private folder on the disk of the outputs."""
    folder = outputs / ".staging" / f"{name}-{period}-{run_id}"
    with _disk("创建暂存文件夹"):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        for part in ("tables", "results", "notebooks"):
            (folder / part).mkdir()
    return folder


def sweep(outputs: Path, name: str) -> list[Path]:
    """Staging folders of this report that killed runs left behind, removed. Call it under the lock.

    A last run swapped away by a publication that was killed halfway is put back first.
    """
    pattern = re.compile(re.escape(name) + f"-({PERIOD})-{RUN_ID}(\\.old)?")
    staging = outputs / ".staging"
    gone = []
    for folder in sorted(staging.iterdir()) if staging.is_dir() else []:
        match = pattern.fullmatch(folder.name)
        if not match:
            continue
        target = outputs / name / match[1]
        if match[2] and not target.exists() and (folder / "run.json").is_file():
            folder.rename(target)
            _log.warning("恢复了上次中断时换下的 %s。", target.name)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        gone.append(folder)
        _log.info("清除了中断的运行 %s。", folder.name)
    return gone


def publish(staging: Path, target: Path) -> None:
    """Make the staged run the published one: everything on disk first, then one rename."""
    with _disk(f"发布到 {target.parent.name}/{target.name}"):
        _sync(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        staging.chmod(0o777 & ~_umask())
        _swap(staging, target)
    with contextlib.suppress(OSError):  # it is in place; an error now must not say that it is not
        _sync_folder(target.parent)


def _swap(staging: Path, target: Path) -> None:
    if not target.exists():
        staging.rename(target)
        return
    if _exchange(staging, target):
        shutil.rmtree(staging, ignore_errors=True)
        return
    old = staging.with_name(f"{staging.name}.old")
    target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) == 0


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            _sync_folder(path)
        else:
            with path.open("rb+") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def keep_failure(staging: Path, place: Path, error: dict[str, Any]) -> Path | None:
    """Where what a failed run left now is (notebooks, error.json); None when it could not be written."""
    try:
        place.mkdir(mode=0o700, parents=True)
        for path in sorted((staging / "notebooks").glob("*.ipynb")):
            shutil.copy2(path, place / path.name)
        words = json.dumps(error, ensure_ascii=False, indent=1) + "\n"
        (place / "error.json").write_text(words, encoding="utf-8")
        for old in sorted(place.parent.iterdir())[:-KEEP_FAILED]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        _log.warning("失败现场没有保存：%s", fault.strerror)
        return None
    return place


@contextmanager
def _disk(doing: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "磁盘已满" if error.errno == 28 else error.strerror or str(error)
        raise PublishError(f"{doing} 失败：{reason}。上一次的结果没有改变。请检查磁盘空间和权限。") from None


def remove(folder: Path) -> None:
    """Remove a folder, whatever state it is in."""
    with contextlib.suppress(OSError):
        shutil.rmtree(folder, ignore_errors=True)
