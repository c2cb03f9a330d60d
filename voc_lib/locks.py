"""One at a time, across processes: whoever holds a lock file; a crash lets go of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from voc_lib.errors import LockedError


@contextmanager
def held(file: Path, *, patience: float, busy: str) -> Iterator[None]:
    """Hold a lock file; LockedError with the sentence `busy` where another has it for `patience` seconds."""
    lock = FileLock(file)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        raise LockedError(busy) from None
    try:
        yield
    finally:
        lock.release()
