"""What can be no name by its characters alone: by tables, before anything is weighed."""

from __future__ import annotations

from functools import cache

import numpy as np

from voc_lib.clean import naming
from voc_lib.clean.vocabulary import words

_CODES = 0x10000
_WORTH = 3.0  # odds by its characters alone from which a name is weighed
_DOT_REACH = 7  # characters in which a name is joined by a dot: 阿卜杜拉·买买提
# what may stand between a cue and a name: “客户是王芳”, “经手人 a12 李雷”
_GAP = " \t\n\r:abcdefghijklmnopqrstuvwxyz0123456789一写填登签的均都也是为叫=\"“'([【「"


def may_be_named(text: str, at: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Where a name of such odds may begin, or something else stands that must be read; never too few."""
    padded = f"{text}{' ' * _DOT_REACH}"
    codes = np.minimum(np.frombuffer(padded.encode("utf-32-le"), dtype=np.uint32), _CODES - 1)
    one, two, three = (codes[at + on] for on in range(3))
    dotted = np.any([_sign()[codes[at + on]] == _DOT for on in range(2, _DOT_REACH)], axis=0)
    open_ = (_sign()[one] == _BEFORE) | dotted | _tables()[4][one]
    return open_ | (_bound(one, two, three) >= least)


def _bound(one: np.ndarray, two: np.ndarray, three: np.ndarray) -> np.ndarray:
    """The most that the odds of a name can be, whether or not its given name is one many people have."""
    _, family, given, alone, _ = _tables()
    short = family[one] - alone[one] - alone[two]
    long = np.maximum(given[two] + given[three], _usual()[two])
    return np.maximum(short + given[two] + naming.SHORT, short + naming.LONG + long - alone[three])


_BEFORE, _DOT = 1, 2


@cache
def _sign() -> np.ndarray:
    """Which characters may stand between a cue and a name, and which join two parts of one."""
    table = np.zeros(_CODES, dtype=np.uint8)
    table[list(map(ord, _GAP))] = _BEFORE
    table[list(map(ord, "·•・"))] = _DOT
    return table


@cache
def _usual() -> np.ndarray:
    """By character: the most log share of a usual given name that begins with it."""
    table = np.full(_CODES, -99.0, dtype=np.float32)
    for name, share in naming.usual().items():
        table[ord(name[0])] = max(table[ord(name[0])], share)
    return table


def surnames(codes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Which of the places surnames stand at that their neighbours may follow as a given name.

    `codes`: the code points of texts, with line breaks behind them.
    """
    at = at[_tables()[0][_known(codes[at])]]
    one, two, three = (_known(codes[at + on]) for on in range(3))
    double = at[_is_double(one, two)]
    likely = _odds(one, two, three) >= _WORTH
    at, one, two, three = (array[likely] for array in (at, one, two, three))
    worth = _odds_by_words(_known(codes[at - 1]), one, two, three) >= _WORTH
    return np.union1d(at[worth], double)


def _known(codes: np.ndarray) -> np.ndarray:
    """The codes, those beyond the tables as their last."""
    return np.minimum(codes, _CODES - 1)


def _odds(one: np.ndarray, two: np.ndarray, three: np.ndarray) -> np.ndarray:
    """How much likelier two or three characters are a name than characters by themselves."""
    family, given = _gains()
    return family[one] + given[two] + np.maximum(naming.SHORT, naming.LONG + given[three])


def _odds_by_words(left: np.ndarray, one: np.ndarray, two: np.ndarray, three: np.ndarray) -> np.ndarray:
    """The same against words of two characters; `left` may be a word with the first."""
    alone = _tables()[3]
    gains = [
        np.maximum(_pairs(first, second) - alone[first] - alone[second], 0)
        for first, second in ((left, one), (one, two), (two, three))
    ]
    return _odds(one, two, three) - np.maximum(gains[0], gains[1]) - gains[2] * (gains[1] == 0)


def _pairs(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The log share of two characters as a word."""
    codes, shares = _two()
    wanted = one.astype(np.int64) * _CODES + two
    place = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    return np.where(codes[place] == wanted, shares[place], -np.inf)


@cache
def _tables() -> tuple[np.ndarray, ...]:
    """By character: a surname begins; log shares of surnames, given names, words; a longer surname begins."""
    begins, double = np.zeros((2, _CODES), dtype=bool)
    family, (given, alone) = np.full(_CODES, -20.0, dtype=np.float32), naming.characters()
    for char, share in naming.families().items():
        begins[ord(char[0])] = True
        if len(char) == 1:
            family[ord(char)] = share
        else:
            double[ord(char[0])] = True
    return begins, family, given, alone, double


@cache
def _gains() -> tuple[np.ndarray, np.ndarray]:
    """By character: how much likelier it is as a surname, and in a given name, than by itself."""
    _, family, given, alone, _ = _tables()
    return family - alone, given - alone


def _code(pair: str) -> int:
    return ord(pair[0]) * _CODES + ord(pair[1])


def _is_double(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Whether two characters are a surname of two."""
    found = _tables()[4][one]
    found[found] = np.isin(one[found].astype(np.int64) * _CODES + two[found], _double())
    return found


@cache
def _double() -> np.ndarray:
    return np.array([_code(family) for family in words()["surnames_two"]])


@cache
def _two() -> tuple[np.ndarray, np.ndarray]:
    """Words of two characters as sorted numbers, and their log shares."""
    pairs = {word: share for word, share in naming.shares().items() if len(word) == 2}
    points = np.frombuffer("".join(pairs).encode("utf-32-le"), dtype=np.uint32).reshape(-1, 2)
    known = (points < _CODES).all(axis=1)
    codes = points[known, 0].astype(np.int64) * _CODES + points[known, 1]
    order = np.argsort(codes)
    return codes[order], np.fromiter(pairs.values(), dtype=np.float32)[known][order]
