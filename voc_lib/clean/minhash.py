"""Candidates for near copies among many texts: MinHash on character bigrams, banded, in numpy.

Banding only proposes pairs; whoever asks must verify them. Cost and memory grow linearly with the characters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BANDS = 40
ROWS = 3
NEIGHBOURS = 2
_CHUNK_CHARS = 1_000_000
_SEED = 20260901


def candidates(texts: Sequence[str], *, bands: int = BANDS, rows: int = ROWS) -> np.ndarray:
    """Pairs of positions (earlier, later) that may be near copies, sorted; texts of two characters or more.

    >>> candidates(["物流太慢一直不发货怎么办", "页面打不开闪退严重", "物流太慢一直不发货怎么办啊"]).tolist()
    [[0, 2]]
    """
    if len(texts) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    coded = np.unique(np.concatenate([_pairs(band) for band in signatures(texts, bands=bands, rows=rows)]))
    return np.stack(np.divmod(coded, np.int64(1) << 32), axis=1)


def signatures(texts: Sequence[str], *, bands: int = BANDS, rows: int = ROWS) -> np.ndarray:
    """One 32-bit key per band and text; near copies agree in at least one band."""
    seeds = np.random.default_rng(_SEED).integers(1, 1 << 32, size=(bands * rows, 2), dtype=np.uint32)
    seeds[:, 0] |= 1
    keys = np.empty((bands, len(texts)), dtype=np.uint32)
    for first, last in _chunks(texts):
        grams, starts = _bigrams(texts[first:last])
        keys[:, first:last] = _banded(grams, starts, seeds, rows)
    return keys


def _chunks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """First and last of every run of texts of bounded size."""
    sizes = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    edges = np.flatnonzero(np.diff(sizes // _CHUNK_CHARS, prepend=-1)).tolist()
    return list(zip(edges, [*edges[1:], len(texts)], strict=True))


def _bigrams(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """A mixed 32-bit number per bigram, and where each text's bigrams begin."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", errors="replace"), dtype=np.uint32)
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    ends = np.cumsum(sizes)
    pairs = codes[:-1] * np.uint32(0x9E3779B1) ^ codes[1:] * np.uint32(0x85EBCA77)
    inside = np.ones(len(pairs), dtype=bool)
    inside[ends[:-1] - 1] = False
    mixed = pairs[inside]
    mixed ^= mixed >> np.uint32(15)
    mixed *= np.uint32(0x2C1B3C6D)
    mixed ^= mixed >> np.uint32(12)
    return mixed, ends - sizes - np.arange(len(texts))


def _banded(grams: np.ndarray, starts: np.ndarray, seeds: np.ndarray, rows: int) -> np.ndarray:
    keys = np.zeros((len(seeds) // rows, len(starts)), dtype=np.uint32)
    for number, (factor, shift) in enumerate(seeds):
        least = np.minimum.reduceat((grams ^ shift) * factor, starts)
        band = number // rows
        keys[band] = (keys[band] ^ least) * np.uint32(0x01000193) + np.uint32(number)
    return keys


def _pairs(band: np.ndarray) -> np.ndarray:
    """Every text of a bucket with the bucket's first and its nearest earlier ones, one number per pair."""
    order = np.argsort(band, kind="stable")
    sorted_keys = band[order]
    fresh = np.flatnonzero(np.diff(sorted_keys, prepend=sorted_keys[:1] ^ np.uint32(1)))
    heads = np.repeat(fresh, np.diff(fresh, append=len(band)))
    places = np.arange(len(band))
    found = [_coded(order[heads], order, places > heads)]
    for back in range(1, NEIGHBOURS + 1):
        earlier = np.maximum(places - back, 0)
        found.append(_coded(order[earlier], order, places - back > heads))
    return np.concatenate(found)


def _coded(first: np.ndarray, second: np.ndarray, keep: np.ndarray) -> np.ndarray:
    return (first[keep].astype(np.int64) << 32) | second[keep].astype(np.int64)
