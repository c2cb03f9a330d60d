"""How much likelier characters are somebody's name than other words, by the dictionary of jieba.

Each way to read the characters beside a cue is weighed: as words alone, or as a name and words. So 张伟超时
is 张伟 and 超时, and 方平台 is no name. Common surnames stand first in `surnames`, characters of given names
in `given` (`people.yaml`); the names of the dictionary count too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from csv import QUOTE_NONE
from functools import cache, lru_cache
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib.clean.vocabulary import words

WINDOW = 9  # characters beside a cue that are weighed
LONGEST = 4  # characters of a word, and of a name
_LIKED = 120.0  # weight of a character people have in given names, beside its count in the dictionary
_LEAST = 0.5  # of any other
_CHARACTERS = 20_000  # how many others there are
_FAMILIAR = 3_000.0  # least frequency of a word that is said to be one
_FAMILIES = 600  # frequency up to which a surname of two characters is no other word
NEVER = float("-inf")
_USUAL = 25.0  # weight of a given name that is listed, beside its count in the dictionary
PEOPLE = ("nr", "nrt", "nrfg")  # parts of speech the dictionary has for names of people
_COUNTS, _COUNTED = "一二三四五六七八九十", "楼层号栋幢座区期院级环"
STRANGE = -14.5  # log share of a character the dictionary has no word of
_TWO_SURNAME = log(0.00015)  # of people with one surname of two characters
_WORDY = log(0.0002)  # with one that is more often another word (应, 时), where a given name of two follows
SHORT, LONG = log(0.2), log(0.8)  # of given names of one character, of two
_MEMORY = 200_000


class Name(NamedTuple):
    """A name, and the logarithm of how much likelier it is than that there is none."""

    text: str
    odds: float


NOBODY = Name("", float("-inf"))


@lru_cache(maxsize=_MEMORY)
def beginning(window: str) -> Name:
    """The likeliest name the characters begin with, however unlikely; NOBODY without a surname.

    >>> beginning("张伟超时两小时").text, beginning("司马文博要求").text, beginning("麻利，上菜").odds < 0
    ('张伟', '司马文博', True)
    """
    if not (names := list(_names(window))):
        return NOBODY
    rests = _rests(window)
    read = (Name(window[:end], share + rests[end] - rests[0]) for end, share in names)
    return max(read, key=_odds)


@lru_cache(maxsize=_MEMORY)
def most(window: str) -> float:
    """The odds a name that the characters begin with has at most, whatever stands beside it; far cheaper.

    >>> most("张伟超时") >= beginning("张伟超时两小时").odds
    True
    """
    if not (names := list(_names(window))):
        return NEVER
    heads = _heads(window)
    return max(share - heads[end] for end, share in names)


@lru_cache(maxsize=_MEMORY)
def ending(window: str) -> Name:
    """The likeliest name the characters end with.

    >>> ending("要求找李小红").text, ending("买了高跟").odds < 0
    ('李小红', True)
    """
    starts = range(max(0, len(window) - LONGEST), len(window) - 1)
    names = [(at, share) for at in starts for end, share in _names(window[at:]) if at + end == len(window)]
    if not names:
        return NOBODY
    heads = _heads(window)
    return max((Name(window[at:], heads[at] + share - heads[-1]) for at, share in names), key=_odds)


@lru_cache(maxsize=_MEMORY)
def between(left: str, window: str, right: str) -> Name:
    """The likeliest name the window begins with, when both sides are read with it.

    >>> between("被", "雷大鹏骂", "").text, between("很", "高兴的是", "").odds < 0
    ('雷大鹏', True)
    """
    if not (names := list(_names(window))):
        return NOBODY
    size = len(left)
    rests, lead = _rests(left + window + right), reading(left)
    read = (Name(window[:end], lead + share + rests[size + end] - rests[0]) for end, share in names)
    return max(read, key=_odds)


def whole(text: str) -> float:
    """How much likelier all of the characters are one name than none."""
    name = ending(text)
    return name.odds if name.text == text else NOBODY.odds


def _odds(name: Name) -> float:
    return name.odds


def _names(window: str) -> Iterator[tuple[int, float]]:
    """Where each name the characters may begin with ends, and its log share."""
    known = families()
    for size in (1, 2):
        if (family := known.get(window[:size])) is None:
            continue
        ends = (size + 2,) if window[:size] in words()["surnames_wordy"] else (size + 1, size + 2)
        for end in ends:
            rest = window[size:end]
            if end <= len(window) and _may_end(rest):
                kind = SHORT if len(rest) == 1 else LONG
                yield end, family + kind + max(sum(map(given, rest)), usual().get(rest, NEVER))


def _may_end(given: str) -> bool:
    """Whether the characters are Han, none that ends no name, and no count of floors: 门诊楼|二楼."""
    han = min(given) >= "\u4e00" and max(given) <= "\u9fff"
    counted = given[0] in _COUNTS and given[-1] in _COUNTED
    return han and not counted and given[-1] not in words()["never_given"]


@lru_cache(maxsize=_MEMORY)
def reading(text: str) -> float:
    """The log share of the likeliest way to read characters as words."""
    return _heads(text)[-1]


def _heads(text: str) -> list[float]:
    """The same for each beginning of the characters, the empty one first."""
    known, best = shares().get, [0.0]
    for end in range(1, len(text) + 1):
        likeliest = best[-1] + known(text[end - 1], STRANGE)
        for start in range(max(0, end - LONGEST), end - 1):
            share = known(text[start:end])
            if share is not None and best[start] + share > likeliest:
                likeliest = best[start] + share
        best.append(likeliest)
    return best


def _rests(text: str) -> list[float]:
    """The same for each ending of the characters, the whole first and the empty one last."""
    known, size = shares().get, len(text)
    best = [0.0] * (size + 1)
    for start in range(size - 1, -1, -1):
        likeliest = best[start + 1] + known(text[start], STRANGE)
        for end in range(start + 2, min(start + LONGEST, size) + 1):
            share = known(text[start:end])
            if share is not None and best[end] + share > likeliest:
                likeliest = best[end] + share
        best[start] = likeliest
    return best


def is_word(text: str) -> bool:
    """Whether the dictionary has the characters as a word, and not as a name."""
    return text in shares()


def joins(text: str, at: int) -> bool:
    """Whether a word of two characters reaches over a place of a text."""
    return 0 < at < len(text) and is_word(text[at - 1 : at + 1])


def is_place(text: str) -> bool:
    """Whether the dictionary has the characters as the name of a place, or as a time, a verb, an adverb."""
    return text in _places()


def part(text: str) -> str:
    """The part of speech of a word of the dictionary, or none."""
    return _parts().get(text, "")


@cache
def _parts() -> dict[str, str]:
    return dict(zip(_listed(), dictionary()["part"].to_numpy(), strict=True))


@cache
def _listed() -> np.ndarray:
    """The words of the dictionary as they are looked up: made once, which takes as long as to read them."""
    return dictionary()["word"].to_numpy()


def frequency(text: str) -> float:
    """How often the dictionary saw a word; 0 where it has none."""
    return _frequencies().get(text, 0.0)


@cache
def _frequencies() -> dict[str, float]:
    table = dictionary()
    return dict(zip(table["word"].to_numpy(), table["frequency"].tolist(), strict=True))


@cache
def _places() -> frozenset[str]:
    table = dictionary()
    return frozenset(table.loc[table["part"].isin([*"vdptrc", "ns", "ad", "vn"]), "word"])


@cache
def dictionary() -> pd.DataFrame:
    """The words of jieba, their frequency and part of speech; only read, as importing it sets up a logger.

    Without a thread of its own, so that a process that has read it can fork.
    """
    found = find_spec("jieba")
    file = Path(found.origin).with_name("dict.txt") if found and found.origin else Path("dict.txt")
    columns = ["word", "frequency", "part"]
    return pd.read_csv(file, sep=" ", names=columns, quoting=QUOTE_NONE, keep_default_na=False)


@cache
def _people() -> pd.Series:
    """Which words of the dictionary are names of somebody and look like one."""
    word = dictionary()["word"]
    size = word.str.len()
    double = word.str[:2].isin(words()["surnames_two"]) & size.between(3, 4)
    single = word.str[:1].isin([*words()["surnames"]]) & size.between(2, 3)
    return (dictionary()["part"] == "nr") & (double | single)


@cache
def _full_names() -> list[str]:
    """The names of three characters."""
    full = _people() & (dictionary()["word"].str.len() == 3)
    return _listed()[full.to_numpy()].tolist()


@cache
def shares() -> dict[str, float]:
    """Log share of each word that is no name."""
    table = dictionary()
    families = [family for family in words()["surnames_two"] if not family.endswith("门")]  # 令狐; not 南门
    family = table["word"].isin(families) & (table["frequency"] < _FAMILIES)
    short = table["word"].str.len() <= LONGEST
    some = (short & ~_people() & ~family & (table["frequency"] > 0)).to_numpy()
    total = log(table["frequency"].sum())
    counts, each = np.unique(table["frequency"].to_numpy()[some], return_inverse=True)
    logs = np.array([log(count) - total for count in counts])
    shares: dict[str, float] = dict(zip(_listed()[some], logs[each].tolist(), strict=True))
    for word in (*words()["not_people"], *words()["beside_names"]):
        shares[word] = max(shares.get(word, NEVER), log(_FAMILIAR) - total)
    return shares


@cache
def families() -> dict[str, float]:
    """Log share of people by surname: the commonest come first in the list."""
    listed = dict.fromkeys(words()["surnames"] + words()["surnames_rare"])
    families = [family for family in listed if family not in words()["not_family"]]
    weights = {family: 1 / (rank + 6) for rank, family in enumerate(families)}
    total = log(sum(weights.values()))
    shares = {family: log(weight) - total for family, weight in weights.items()}
    wordy = dict.fromkeys(words()["surnames_wordy"], _WORDY)
    return shares | wordy | dict.fromkeys(words()["surnames_two"], _TWO_SURNAME)


def given(char: str) -> float:
    """Log share of a character among those of given names."""
    return _givens().get(char, _givens()[""])


@cache
def usual() -> dict[str, float]:
    """Log share of given names of two characters that many people have: 建国, 宏伟."""
    people = _full_names()
    counts = Counter(name[1:] for name in people)
    return {name: log((counts[name] + _USUAL) / len(people)) for name in words()["given_usual"]}


@cache
def characters() -> tuple[np.ndarray, np.ndarray]:
    """By code point: log shares of Han characters in given names and as words alone; elsewhere -99 and 0."""
    begin, end = 0x4E00, 0xA000
    given_, alone = np.full(1 << 16, -99.0, np.float32), np.zeros(1 << 16, np.float32)
    given_[begin:end], alone[begin:end] = _givens()[""], STRANGE
    for table, known in ((given_, _givens()), (alone, shares())):
        some = [(ord(char), share) for char, share in known.items() if len(char) == 1]
        at, told = (np.array(column) for column in zip(*some, strict=True))
        han = (at >= begin) & (at < end)
        table[at[han]] = told[han]
    return given_, alone


@cache
def _givens() -> dict[str, float]:
    """Log share of characters in given names; of any other under ""."""
    counts = Counter("".join(name[1:] for name in _full_names()))
    weights = {char: count + _LEAST for char, count in counts.items() if char not in words()["not_given"]}
    weights |= {char: weights.get(char, 0.0) + _LIKED for char in words()["given"]}
    total = sum(weights.values()) + _LEAST * _CHARACTERS
    return {char: log(weight / total) for char, weight in weights.items()} | {"": log(_LEAST / total)}
