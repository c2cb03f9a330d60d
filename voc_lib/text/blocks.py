"""Blocks of text: many texts joined by line breaks, changed by tables of code points and by splicing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np

from voc_lib.yamlfile import shipped

WIDE = 0x20000  # code points a table speaks of; those beyond it are never changed
Block = Callable[[str], str]


def codes_of(block: str) -> np.ndarray:
    return np.frombuffer(block.encode("utf-32-le", errors="replace"), dtype=np.uint32)


def text_of(codes: np.ndarray) -> str:
    return codes.tobytes().decode("utf-32-le")


def mapped(table: np.ndarray) -> Block:
    """A step that maps code points by a table; 0 leaves the character out."""

    def apply(block: str) -> str:
        codes = codes_of(block)
        narrow = np.minimum(codes, WIDE - 1)
        mapped = table[narrow]
        hit = (mapped != narrow) & (codes < WIDE)
        if not hit.any():
            return block
        changed = np.where(hit, mapped, codes)
        return text_of(changed[changed != 0])

    return apply


def identity() -> np.ndarray:
    return np.arange(WIDE, dtype=np.uint32)


def spliced(block: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """The block with spans (start, end, new text) exchanged; of overlapping spans the first."""
    parts, last = [], 0
    for start, end, new in changes:
        if start >= last:
            parts += [block[last:start], new]
            last = end
    return "".join([*parts, block[last:]]) if parts else block


@cache
def words() -> dict:
    return shipped("voc_lib.text", "normalize.yaml")
