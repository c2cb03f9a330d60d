"""Candidates for near copies among many texts: MinHash on character bigrams, banded, in numpy.

Banding only proposes pairs; whoever asks must verify them. Two cheap bounds that lose nothing keep them few:
texts of different facts never share a bucket, and texts with too many different characters cannot be similar.
Cost and memory grow linearly with the characters.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

Texts = Sequence[str] | np.ndarray
BANDS = 40
ROWS = 3
NEIGHBOURS = 2
_CHUNK_CHARS = 200_000  # what fits the cache of a core
_SEED = 20260901


def candidates(
    texts: Texts, *, similarity: float, facts: frozenset[str] = frozenset(), bands: int = BANDS
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
    allowed = ((1 - similarity) * sizes + 1e-5).astype(np.float32)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda band: _near(band, profiles, allowed), keys))
    coded = np.sort(np.concatenate(found))
    return np.stack(np.divmod(coded[np.diff(coded, prepend=-1) > 0], np.int64(1) << 32), axis=1)


def signatures(
    texts: Texts, *, facts: frozenset[str] = frozenset(), bands: int = BANDS
) -> tuple[np.ndarray, np.ndarray]:
    """One 32-bit key per band and text, and which characters (of 128 classes) each text holds."""
    factors = np.random.default_rng(_SEED).integers(1, 1 << 32, size=bands * ROWS, dtype=np.uint32) | 1
    table = _fact_table(facts)
    keys = np.empty((bands, len(texts)), dtype=np.uint32)
    profiles = np.empty((2, len(texts)), dtype=np.uint64)

    def fill(part: np.ndarray) -> None:
        codes, ends = _codes([texts[place] for place in part.tolist()])
        keys[:, part] = _banded(_bigrams(codes, ends), factors) ^ _digest(codes, ends, table)
        profiles[:, part] = _profile(codes, ends)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, _chunks(texts)))
    return keys, profiles


def _chunks(texts: Texts) -> list[np.ndarray]:
    """The places of texts of like length, of bounded size together."""
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    order = np.argsort(sizes, kind="stable")
    doubled = np.frexp(sizes[order])[1]  # no text stands beside one of half its length or less
    edges = np.flatnonzero(np.diff(np.cumsum(sizes[order]) // _CHUNK_CHARS + doubled)) + 1
    return np.split(order, edges)


def _codes(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """All code points, and where each text ends."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", errors="replace"), dtype=np.uint32)
    return codes, np.cumsum(np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)))


def _bigrams(codes: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """A mixed 32-bit number per bigram, a column per text; the last of a shorter text again and again."""
    pairs = _mixed(codes[:-1] * np.uint32(0x9E3779B1) ^ codes[1:] * np.uint32(0x85EBCA77))
    starts = np.concatenate([[0], ends[:-1]])
    longest = (ends - starts).max()
    return pairs[np.minimum(starts + np.arange(longest - 1)[:, None], ends - 2)]


def _mixed(numbers: np.ndarray) -> np.ndarray:
    numbers = (numbers ^ (numbers >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    return numbers ^ (numbers >> np.uint32(12))


def _banded(grams: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """One number per band and text, of the least of the text's bigrams in each of the band's orders."""
    keys = np.zeros((len(factors) // ROWS, grams.shape[1]), dtype=np.uint32)
    shuffled = np.empty_like(grams)
    for number, factor in enumerate(factors):
        np.multiply(grams, factor, out=shuffled)
        band = number // ROWS
        least = shuffled.min(axis=0)
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


def _near(band: np.ndarray, profiles: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Every text of a bucket with the bucket's first and its nearest earlier ones, one number per pair.

    Only pairs of few enough different characters: insertions and deletions, `allowed` per text, are no fewer.
    """
    packed = (band.astype(np.uint64) << np.uint64(32)) | np.arange(len(band), dtype=np.uint64)
    packed.sort()
    order = (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
    heads, places = _heads(packed >> np.uint64(32)), np.arange(len(band))
    halves, allowed = [np.take(half, order) for half in profiles], np.take(allowed, order)
    found = []
    for back in range(min(NEIGHBOURS + 1, len(band))):
        earlier: Any = slice(None, -back) if back else heads
        differ = sum(np.bitwise_count(half[earlier] ^ half[back:]) for half in halves)
        near = differ <= allowed[earlier] + allowed[back:]
        near &= places[: len(near)] >= heads[back:] if back else places > heads
        later = np.flatnonzero(near) + back
        found.append(order[later - back if back else heads[later]] << 32 | order[later])
    return np.concatenate(found)


def _heads(keys: np.ndarray) -> np.ndarray:
    """For each place of the sorted keys, where its bucket begins."""
    fresh = np.flatnonzero(np.diff(keys, prepend=keys[:1] ^ np.uint64(1)))
    return np.repeat(fresh, np.diff(fresh, append=len(keys)))
