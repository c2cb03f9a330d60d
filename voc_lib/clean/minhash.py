"""Candidates for near copies among many texts: MinHash on character bigrams, banded, in numpy.

Banding only proposes pairs; whoever asks must verify them. Two cheap bounds that lose nothing keep them few:
texts of different facts never share a bucket, and texts with too many different characters cannot be similar.
Cost and memory grow linearly with the characters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

BANDS = 40
ROWS = 3
NEIGHBOURS = 2
_CHUNK_CHARS = 1_000_000
_SEED = 20260901


def candidates(
    texts: Sequence[str], *, similarity: float, facts: frozenset[str] = frozenset(), bands: int = BANDS
) -> np.ndarray:
    """Pairs of positions (earlier, later) that may be near copies, sorted; texts of two characters or more.

    Pairs that differ in a character of `facts`, or surely are less than `similarity` alike, are left out.

    >>> texts = ["物流太慢一直不发货怎么办", "页面打不开闪退严重", "物流太慢一直不发货怎么办啊"]
    >>> candidates(texts, similarity=0.8).tolist()
    [[0, 2]]
    """
    if len(texts) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    keys, profiles = signatures(texts, facts=facts, bands=bands)
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    found = [_near(_pairs(band), profiles, sizes, similarity) for band in keys]
    coded = np.unique(np.concatenate(found))
    return np.stack(np.divmod(coded, np.int64(1) << 32), axis=1)


def signatures(
    texts: Sequence[str], *, facts: frozenset[str] = frozenset(), bands: int = BANDS
) -> tuple[np.ndarray, np.ndarray]:
    """One 32-bit key per band and text, and which characters (of 128 classes) each text holds."""
    seeds = np.random.default_rng(_SEED).integers(1, 1 << 32, size=(bands * ROWS, 2), dtype=np.uint32)
    seeds[:, 0] |= 1
    table = _fact_table(facts)
    keys = np.empty((bands, len(texts)), dtype=np.uint32)
    profiles = np.empty((2, len(texts)), dtype=np.uint64)
    for first, last in _chunks(texts):
        codes, ends = _codes(texts[first:last])
        grams, starts = _bigrams(codes, ends)
        keys[:, first:last] = _banded(grams, starts, seeds) ^ _digest(codes, ends, table)
        profiles[:, first:last] = _profile(codes, ends)
    return keys, profiles


def _chunks(texts: Sequence[str]) -> list[tuple[int, int]]:
    """First and last of every run of texts of bounded size."""
    sizes = np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))
    edges = np.flatnonzero(np.diff(sizes // _CHUNK_CHARS, prepend=-1)).tolist()
    return list(zip(edges, [*edges[1:], len(texts)], strict=True))


def _codes(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All code points, and where each text ends."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", errors="replace"), dtype=np.uint32)
    return codes, np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))


def _bigrams(codes: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A mixed 32-bit number per bigram, and where each text's bigrams begin."""
    inside = np.ones(len(codes) - 1, dtype=bool)
    inside[ends[:-1] - 1] = False
    pairs = codes[:-1] * np.uint32(0x9E3779B1) ^ codes[1:] * np.uint32(0x85EBCA77)
    starts = np.concatenate([[0], ends[:-1]]) - np.arange(len(ends))
    return _mixed(pairs[inside]), starts


def _mixed(numbers: np.ndarray) -> np.ndarray:
    numbers = (numbers ^ (numbers >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    return numbers ^ (numbers >> np.uint32(12))


def _banded(grams: np.ndarray, starts: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    keys = np.zeros((len(seeds) // ROWS, len(starts)), dtype=np.uint32)
    for number, (factor, shift) in enumerate(seeds):
        least = np.minimum.reduceat((grams ^ shift) * factor, starts)
        band = number // ROWS
        keys[band] = (keys[band] ^ least) * np.uint32(0x01000193) + np.uint32(number)
    return keys


def _fact_table(facts: frozenset[str]) -> np.ndarray:
    table = np.zeros(0x10000, dtype=bool)
    table[[ord(char) for char in facts]] = True
    return table


def _digest(codes: np.ndarray, ends: np.ndarray, table: np.ndarray) -> np.ndarray:
    """A number per text made of its fact characters in their order; 0 where there are none."""
    places = np.flatnonzero(table[np.minimum(codes, 0xFFFF)])
    digest = np.zeros(len(ends), dtype=np.uint32)
    if not len(places):
        return digest
    owner = np.searchsorted(ends, places, "right")
    rank = np.arange(len(places)) - np.searchsorted(owner, owner, "left")
    mixed = _mixed(codes[places] * np.uint32(0x9E3779B1) + rank.astype(np.uint32) * np.uint32(0x7FEB352D))
    np.add.at(digest, owner, mixed)
    return digest


def _profile(codes: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Two 64-bit sets per text: the classes of its characters."""
    starts = np.concatenate([[0], ends[:-1]])
    klass = _mixed(codes * np.uint32(0x9E3779B1)) >> np.uint32(25)
    bit = np.uint64(1) << (klass & np.uint32(63)).astype(np.uint64)
    nothing = np.uint64(0)
    halves = [np.where(klass < 64, bit, nothing), np.where(klass < 64, nothing, bit)]
    return np.stack([np.bitwise_or.reduceat(half, starts) for half in halves])


def _near(pairs: np.ndarray, profiles: np.ndarray, sizes: np.ndarray, similarity: float) -> np.ndarray:
    """The pairs with few enough different characters: insertions and deletions are at least as many."""
    first, second = pairs >> 32, pairs & np.int64(0xFFFFFFFF)
    differ = sum(np.bitwise_count(half[first] ^ half[second]) for half in profiles)
    return pairs[differ <= (1 - similarity) * (sizes[first] + sizes[second]) + 1e-9]


def _pairs(band: np.ndarray) -> np.ndarray:
    """Every text of a bucket with the bucket's first and its nearest earlier ones, one number per pair."""
    packed = (band.astype(np.uint64) << np.uint64(32)) | np.arange(len(band), dtype=np.uint64)
    packed.sort()
    sorted_keys, order = packed >> np.uint64(32), packed & np.uint64(0xFFFFFFFF)
    fresh = np.flatnonzero(np.diff(sorted_keys, prepend=sorted_keys[:1] ^ np.uint64(1)))
    heads = np.repeat(fresh, np.diff(fresh, append=len(band)))
    places = np.arange(len(band))
    found = [_coded(order[heads], order, places > heads)]
    for back in range(1, NEIGHBOURS + 1):
        earlier = np.maximum(places - back, 0)
        found.append(_coded(order[earlier], order, places - back > heads))
    return np.concatenate(found)


def _coded(first: np.ndarray, second: np.ndarray, keep: np.ndarray) -> np.ndarray:
    return (first[keep].astype(np.int64) << 32) | second[keep].astype(np.int64)
