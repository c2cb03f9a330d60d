"""Names told by learned weights alone, by tables: whose surname few have, or that are words of everyday.

Every surname with one or two characters behind it is weighed by its characters, the words they make, and
the characters beside them. `benchmarks/strangers.py` makes the weights (`strangers.json`) from sentences
written for this project. Cheap weights are added up first, and the others only where a name is in reach.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from voc_lib.clean import naming, subjects, unannounced
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import CODES
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import words

WEIGHTS = "strangers.json"
_NOUN, _VERB = 1.0, 2.0  # so much more for a name that is a noun or the like, a verb or of three characters
LEAST = 0.5  # log odds from which characters are a name
# log odds by the nearest alone, by words too, from which a name is in reach
_EARLY, _NEAR = -4.5, -4.0
_OPEN = -1.0  # odds by characters alone from which they are looked at
_LIKELY = 1.0  # the same with words, of three characters with a surname that is nearly always another word
_LEAST_ODDS = -9.0  # of any
_SELDOM = -10.8  # log share of people with such a surname
_CODES, _BITS = 0x10000, 16
_EDGE = 10  # the code of a line's beginning and end
_NOBODY = np.float32(-99.0)
_FAR = 8  # characters behind a surname that are read
FIRST = ("size", "family", "given", "l1", "r1")
THEN = ("odds", "whole", "head", "tail", "usual", "lc", "rc")
LAST = ("l2", "r2", "l3", "r3", "lp", "rp", "long", "next")
MARKS = FIRST + THEN + LAST


class Spans(NamedTuple):
    """Where characters begin that may be a name, how many they are, and how likely by themselves.

    The words made with the character before, of the first two, of the last two, with the one behind.
    """

    at: np.ndarray
    size: np.ndarray
    odds: np.ndarray
    left: np.ndarray
    head: np.ndarray
    tail: np.ndarray
    right: np.ndarray

    @property
    def end(self) -> np.ndarray:
        return self.at + self.size

    def where(self, mask: np.ndarray) -> Spans:
        """Some of them."""
        return Spans(*(array[mask] for array in self))


def names(block: Block, taken: bytearray) -> Iterator[Span]:
    """Names of two and three characters where nothing is taken, the likeliest first where two overlap."""
    spans, likely = _weighed(symbols(block.codes))
    for place in np.argsort(-likely, kind="stable").tolist():
        begin = int(spans.at[place])
        end = begin + int(spans.size[place])
        if taken.find(1, begin, end) >= 0:
            continue
        name = block.text[begin:end]
        sure = likely[place] >= LEAST + _more(name)
        if sure and not _is_office(name) and not unannounced.is_nobody(block.text, begin, end):
            taken[begin:end] = b"\x01" * (end - begin)
            yield begin, end


def _more(name: str) -> float:
    """How much more a name must weigh that is another word; most where it is a verb or long."""
    part = naming.part(name)
    if not part or part in naming.PEOPLE:
        return 0.0
    return _VERB if part[0] == "v" or len(name) > len("张伟") else _NOUN


def _is_office(name: str) -> bool:
    """Whether characters say what somebody is: 楼主, 刘县长."""
    return subjects.is_role(name) or name in words()["not_wordlike"] or name[1:] in words()["public_before"]


def _weighed(codes: np.ndarray) -> tuple[Spans, np.ndarray]:
    """The spans that are a name, and their log odds."""
    bias = _weights()["bias"][1][0]
    spans = candidates(codes, lambda early: bias + _added(codes, early, FIRST) >= _EARLY)
    likely = bias + _added(codes, spans, FIRST + THEN)
    near = likely >= _NEAR
    spans = spans.where(near)
    likely = likely[near] + _added(codes, spans, LAST)
    sure = likely >= LEAST
    return spans.where(sure), likely[sure]


def _added(codes: np.ndarray, spans: Spans, marks: tuple[str, ...]) -> np.ndarray:
    """What the features of these marks weigh together."""
    total = np.zeros(len(spans.at))
    for mark in marks:
        wanted, table = feature(mark, codes, spans), _dense(mark)
        if table is not None:
            total += table[wanted]
            continue
        keys, weights = _weights()[mark]
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        total += np.where(keys[place] == wanted, weights[place], 0.0)
    return total


def symbols(codes: np.ndarray) -> np.ndarray:
    """Characters as they are looked up: any digit 0, any letter a, an end of a text as one of a line."""
    return _symbols()[codes]


def candidates(codes: np.ndarray, hopeful: Callable[[Spans], np.ndarray] | None = None) -> Spans:
    """Surnames with one or two characters of given names behind, unless words make that too unlikely.

    `hopeful`: which to go on with before words are looked up.
    """
    at = np.flatnonzero(_families()[codes[:-_FAR]])
    found = [_sized(codes, at, size, hopeful) for size in (2, 3)]
    return Spans(*(np.concatenate(arrays) for arrays in zip(*found, strict=True)))


def _sized(
    codes: np.ndarray, at: np.ndarray, size: int, hopeful: Callable[[Spans], np.ndarray] | None
) -> Spans:
    share, gain, last = _tables()[:3]
    at = at[last[codes[at + size - 1]]]
    odds = share[codes[at]] + gain[codes[at + 1]]
    odds += naming.SHORT if size == 2 else naming.LONG + gain[codes[at + 2]]
    open_ = odds >= _OPEN
    at, odds, none = at[open_], odds[open_], np.zeros(int(open_.sum()), dtype=np.int64)
    early = Spans(at, np.full(len(at), size), odds, none, none, none, none)
    early = early.where(hopeful(early)) if hopeful else early
    at = early.at
    left, head, right = (_pair(codes, at + on) for on in (-1, 0, size - 1))
    tail = _pair(codes, at + 1) if size == 3 else np.zeros(len(at), dtype=np.int64)
    gains = _pairs()[1]
    inside = np.maximum(gains[left], gains[head]) + gains[tail]
    odds = early.odds - np.maximum(inside, gains[right])
    least = _LIKELY if size == 3 else -float(_NOBODY)
    kept = odds >= np.where(_tables()[3][codes[at]], least, _LEAST_ODDS)
    return Spans(at, early.size, odds, left, head, tail, right).where(kept)


def feature(mark: str, codes: np.ndarray, spans: Spans) -> np.ndarray:
    """The key of a feature of each span: a small number, or characters as one number."""
    return _FEATURES[mark](codes, spans)


def _family(codes: np.ndarray, spans: Spans) -> np.ndarray:
    return _step(_tables()[4][codes[spans.at]]) * 4 + spans.size


def _given(codes: np.ndarray, spans: Spans) -> np.ndarray:
    given = _tables()[5]
    third = np.where(spans.size == 3, given[codes[spans.at + 2]], 0.0)
    return _step(given[codes[spans.at + 1]] + third) * 4 + spans.size


def _whole(codes: np.ndarray, spans: Spans) -> np.ndarray:
    """The word that two characters are, and the signs on both sides."""
    word = np.where(spans.size == 3, 0, _pairs()[2][spans.head])
    return word * 64 + _signs()[codes[spans.at - 1]] * 8 + _signs()[codes[spans.end]]


def _usual(codes: np.ndarray, spans: Spans) -> np.ndarray:
    """Whether two characters are a given name that many people have, or one twice."""
    doubled = codes[spans.at + 1] == codes[spans.at + 2]
    return np.where(spans.size == 3, _pairs()[3][spans.tail] * 2 + doubled, 4)


def _of_three(spans: Spans, pair: np.ndarray) -> np.ndarray:
    return np.where(spans.size == 3, _pairs()[2][pair] + 1, 0)


def _crossing(pair: np.ndarray) -> np.ndarray:
    """The word that reaches over an end of a name."""
    return _step(_pairs()[1][pair]) * 64 + _pairs()[2][pair]


def _before(codes: np.ndarray, spans: Spans, size: int) -> np.ndarray:
    return _joined([codes[spans.at - on] for on in range(1, size + 1)])


def _behind(codes: np.ndarray, spans: Spans, size: int) -> np.ndarray:
    return _joined([codes[spans.end + on] for on in range(size)])


def _word(codes: np.ndarray, at: np.ndarray, char: np.ndarray) -> np.ndarray:
    """The word of two characters that begins there, and what one of them is by itself."""
    return _pairs()[2][_pair(codes, at)] * 64 + _alone()[codes[char]]


def _next(codes: np.ndarray, spans: Spans) -> np.ndarray:
    """The words of the four characters behind a name."""
    return _pairs()[2][_pair(codes, spans.end)] * 64 + _pairs()[2][_pair(codes, spans.end + 2)]


_FEATURES: dict[str, Callable[[np.ndarray, Spans], np.ndarray]] = {
    "size": lambda codes, spans: spans.size,
    "family": _family,
    "given": _given,
    "l1": lambda codes, spans: codes[spans.at - 1],
    "r1": lambda codes, spans: codes[spans.end],
    "odds": lambda codes, spans: _step(spans.odds) * 4 + spans.size,
    "whole": _whole,
    "head": lambda codes, spans: _of_three(spans, spans.head),
    "tail": lambda codes, spans: _of_three(spans, spans.tail),
    "usual": _usual,
    "lc": lambda codes, spans: _crossing(spans.left),
    "rc": lambda codes, spans: _crossing(spans.right),
    "l2": lambda codes, spans: _before(codes, spans, 2),
    "l3": lambda codes, spans: _before(codes, spans, 3),
    "r2": lambda codes, spans: _behind(codes, spans, 2),
    "r3": lambda codes, spans: _behind(codes, spans, 3),
    "lp": lambda codes, spans: _word(codes, spans.at - 2, spans.at - 1),
    "rp": lambda codes, spans: _word(codes, spans.end, spans.end),
    "long": lambda codes, spans: np.where(spans.size == 3, _triple(codes, spans.at), 0),
    "next": _next,
}


def _joined(chars: list[np.ndarray]) -> np.ndarray:
    """Characters from near to far as one number; none beyond the end of a line."""
    key = np.zeros(len(chars[0]), dtype=np.int64)
    inside = np.ones(len(chars[0]), dtype=bool)
    for char in chars:
        key = (key << _BITS) | np.where(inside, char, 0)
        inside = inside & (char != _EDGE)
    return key


def _step(value: np.ndarray) -> np.ndarray:
    """Whole steps, never below 0."""
    return (np.clip(value, -16, 15) + 16).astype(np.int64)


def _pair(codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where the word of two characters that begins there stands in `_pairs`; 0 where there is none."""
    keys, slots = _places()
    wanted = codes[at].astype(np.int64) << _BITS | codes[at + 1]
    slot = _slot(wanted)
    return np.where(keys[slot] == wanted, slots[slot], 0)


def _slot(keys: np.ndarray) -> np.ndarray:
    """Where in a table of 2 ** _SIZE places a pair of characters stands."""
    return (keys * _SPREAD & 0xFFFFFFFF) >> (32 - _SIZE)


_SPREAD, _SIZE = 2654435761, 20


def _triple(codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The part of speech of the three characters there as a number; 0 where they are no word."""
    keys, parts = _triples()
    wanted = (codes[at].astype(np.int64) << _BITS | codes[at + 1]) << _BITS | codes[at + 2]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, parts[place], 0)


@cache
def _symbols() -> np.ndarray:
    table = np.minimum(np.arange(CODES, dtype=np.int32), _CODES - 1)
    table[ord("0") : ord("9") + 1] = ord("0")
    table[ord("a") : ord("z") + 1] = ord("a")
    table[ord(BREAK)] = _EDGE
    return table


@cache
def _signs() -> np.ndarray:
    """A kind of sign: an end, Han, a digit or letter, a blank, what ends a clause, brackets, others."""
    table = np.full(_CODES, 6, dtype=np.int64)
    table[0x4E00:0xA000] = 1
    for kind, chars in ((0, "\n"), (2, "0a"), (3, " "), (4, ",。!?;:、~"), (5, "()[]【】“”\"'《》|/")):
        table[[ord(char) for char in chars]] = kind
    return table


@cache
def _tables() -> tuple[np.ndarray, ...]:
    """By character: gains as a surname and in a given name over being a word by itself; whether a name
    may end in it; whether it is nearly always another word; log shares as a surname, in given names.
    """
    family, (given, alone) = np.full(_CODES, _NOBODY, dtype=np.float32), naming.characters()
    last = np.zeros(_CODES, dtype=bool)
    for char in words()["surnames_seldom"] + words()["not_family"]:
        family[ord(char)] = _SELDOM
    for name, share in naming.families().items():
        if len(name) == 1:
            family[ord(name)] = share
    last[0x4E00:0xA000] = True
    last[list(map(ord, words()["never_given"] + words()["not_given"]))] = False
    nobody = family == _NOBODY
    return np.where(nobody, _NOBODY, family - alone), given - alone, last, family <= _SELDOM, family, given


@cache
def _families() -> np.ndarray:
    """Which characters are a surname."""
    return _tables()[0] > _NOBODY


@cache
def _parts() -> dict[str, int]:
    """The parts of speech as numbers from 1."""
    kinds = sorted({part if part in _KEPT else part[:1] for part in naming.dictionary()["part"].unique()})
    return {kind: number for number, kind in enumerate(kinds, 1)}


_KEPT = ("nr", "nrt", "ns", "nz", "nt", "vn", "ad", "an")


def _kind(part: str) -> int:
    return _parts()[part if part in _KEPT else part[:1]]


@cache
def _alone() -> np.ndarray:
    """The part of speech of each character by itself."""
    table = np.zeros(_CODES, dtype=np.int64)
    for code in range(0x4E00, 0xA000):
        if part := naming.part(chr(code)):
            table[code] = _kind(part)
    return table


@cache
def _pairs() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Words of two characters as numbers, the commonest last: how much likelier they are than their
    characters by themselves, their part of speech, whether they are a usual given name. First, none.
    """
    alone, usual, shares = _alone_shares(), naming.usual(), naming.shares()
    said, often, kind = _listed(2)
    others = sorted(usual.keys() - {*said})
    said, codes = [*said, *others], _codes([*said, *others])
    often, kind = (np.append(known, np.zeros(len(others), known.dtype)) for known in (often, kind))
    keys = codes[:, 0] << _BITS | codes[:, 1]
    share = np.array([shares.get(word, naming.NEVER) for word in said])
    gains = np.maximum(share - alone[codes[:, 0]] - alone[codes[:, 1]], 0.0)
    common = np.array([word in usual for word in said])
    order = np.lexsort((keys, often))
    keys, gains, kind, common = (np.append(part[:1] * 0, part[order]) for part in (keys, gains, kind, common))
    return keys, gains, kind, common > 0


@cache
def _places() -> tuple[np.ndarray, np.ndarray]:
    """A table of the pairs by a number of their characters; of two with one number the commoner."""
    keys = _pairs()[0]
    table, slots = np.zeros(1 << _SIZE, dtype=np.int64), np.zeros(1 << _SIZE, dtype=np.int32)
    table[_slot(keys[1:])] = keys[1:]
    slots[_slot(keys[1:])] = np.arange(1, len(keys))
    return table, slots


def _alone_shares() -> np.ndarray:
    """Log share of each character as a word by itself."""
    shares = naming.shares()
    return np.array([shares.get(chr(code), naming.STRANGE) for code in range(_CODES)])


@cache
def _triples() -> tuple[np.ndarray, np.ndarray]:
    said, _, kind = _listed(3)
    codes = _codes(said)
    keys = (codes[:, 0] << _BITS | codes[:, 1]) << _BITS | codes[:, 2]
    order = np.argsort(keys)
    return keys[order], kind[order]


def _listed(size: int) -> tuple[list[str], np.ndarray, np.ndarray]:
    """The words of the dictionary of so many Han characters, how often it saw them, their part of speech."""
    table = naming.dictionary()
    table = table[table["word"].str.len() == size].drop_duplicates("word", keep="last")
    said = table["word"].tolist()
    codes = _codes(said)
    han = ((codes >= 0x4E00) & (codes <= 0x9FFF)).all(axis=1)
    kinds = {part: _kind(part) for part in table["part"].unique()}
    kind = table["part"].map(kinds).to_numpy("int64")
    return np.array(said, dtype=object)[han].tolist(), table["frequency"].to_numpy("float64")[han], kind[han]


def _codes(said: list[str]) -> np.ndarray:
    """The code points of words as long as one another, a row each."""
    return np.array(said).view(np.uint32).reshape(len(said), -1).astype(np.int64)


@cache
def _weights() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By mark: the keys that weigh something, sorted, and what they weigh."""
    listed = json.loads(files("voc_lib.clean").joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return {mark: (np.array(keys or [0]), np.array(told or [0.0])) for mark, (keys, told) in listed.items()}


@cache
def _dense(mark: str) -> np.ndarray | None:
    """The weights of a mark by key; none where keys hold several characters."""
    keys, told = _weights()[mark]
    if mark in ("l2", "r2", "l3", "r3"):
        return None
    table = np.zeros(_CODES, dtype=np.float32)
    table[keys] = told
    return table
