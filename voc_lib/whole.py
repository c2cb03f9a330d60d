"""Files written whole or not at all: a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from voc_lib.errors import PublishError


@contextlib.contextmanager
def half(path: Path) -> Iterator[Path]:
    """A temporary path that takes the place of `path` when the block ends well; PublishError if it cannot."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        part.replace(path)
    except OSError as error:
        raise PublishError(
            f"无法写入 {path.name}：{error.strerror or error}。请检查磁盘空间和权限。"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def replace(path: Path, content: bytes) -> None:
    """The file holds the content."""
    with half(path) as part:
        part.write_bytes(content)
