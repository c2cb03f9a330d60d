"""Names that no word announces, in a block of folded texts: told by their characters and their neighbours.

Every surname is looked at, so a table of characters sorts out what can be no name before anything is weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import numpy as np

from voc_lib.clean import naming
from voc_lib.clean.cues import BREAK, HAN, Block, Span, any_of, around, before, either, public, words

_SIDE = 4  # characters beside a name that are read with it
_HINT = 6  # characters of the words that hint at one
_ABOUT = 60  # characters beside a name that may tell of a book, a film, a song
_CODES = 0x10000
_WORTH = 3.0  # odds by its characters alone from which a name is weighed
_WEIGHED = 1.5  # and weighed with its neighbours, from which what stands beside it is looked at
_LEAST = 8.5  # odds from which it is one, with all that hints at it
_LED, _FOLLOWED, _SIGNED, _ENCLOSED, _LISTED = 3.5, 4.0, 8.0, 6.0, 6.0
_PLACE, _PLACED, _THING, _WORKS = -6.0, -5.0, -8.0, -4.0
_BARE, _RARE = 2.5, 3.0  # so much less where nothing hints at a name, or the surname is another word
_NEXT = 3.0
_AROUND = re.compile(f"[{HAN}]{{0,{_SIDE}}}\\Z")
_RUN = re.compile(f"[{HAN}]{{0,{_SIDE + naming.LONGEST}}}")
_END = re.compile(
    rf"[ 。!.~)”\"]{{0,3}}(?:敬[启上]|谨[启上])?[ 。!.]?(?:\d{{2,4}}[-年./月日\d ]+)?(?:[\n{BREAK}]|\Z)"
)
_BEGIN = re.compile(r"[。!?;~…—\-:\s]\s*\Z")
_SHUT = {"(": ")", "[": "]", "【": "】", "“": "”", '"': '"', "「": "」", "'": "'", "《": "》"}


def standing(block: Block) -> Iterator[Span]:
    """Names of two to four characters that stand where only a name may stand."""
    text, last = block.text, 0
    for start in _surnames(text).tolist():
        if start < last:
            continue
        if naming.most(text[start : start + naming.LONGEST]) < _WEIGHED:
            continue
        left = _AROUND.search(text, max(0, start - _SIDE), start)[0]  # type: ignore[index]
        run = _RUN.match(text, start)[0]  # type: ignore[index]
        name = naming.between(left, run[: naming.LONGEST], run[naming.LONGEST :])
        if name.odds < _WEIGHED:
            continue
        end = start + len(name.text)
        if name.odds + _hints(text, start, end) >= _LEAST and not _known(text, start, end):
            last = end
            yield start, end


def _surnames(text: str) -> np.ndarray:
    """Where surnames stand that their neighbours may follow as a given name."""
    codes = np.frombuffer((f"\n{text}\n\n").encode("utf-32-le"), dtype=np.uint32)
    codes = np.minimum(codes, _CODES - 1)
    at = np.flatnonzero(_tables()[0][codes])
    double = at[_is_double(codes[at], codes[at + 1])]
    at = at[_odds(*(codes[at + on] for on in range(3))) >= _WORTH]
    return np.union1d(at[_odds_by_words(*(codes[at + on] for on in range(-1, 3))) >= _WORTH], double) - 1


def _odds(one: np.ndarray, two: np.ndarray, three: np.ndarray) -> np.ndarray:
    """How much likelier two or three characters are a name than characters by themselves."""
    _, family, given, alone, _ = _tables()
    short = family[one] + given[two] - alone[one] - alone[two]
    return np.maximum(short + naming.SHORT, short + naming.LONG + given[three] - alone[three])


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
    family, given, alone = (np.full(_CODES, least, dtype=np.float32) for least in (-20.0, -99.0, 0.0))
    for char, share in naming.families().items():
        begins[ord(char[0])] = True
        if len(char) == 1:
            family[ord(char)] = share
        else:
            double[ord(char[0])] = True
    for code in range(0x4E00, 0xA000):
        given[code] = naming.given(chr(code))
        alone[code] = naming.shares().get(chr(code), naming.STRANGE)
    return begins, family, given, alone, double


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
    pairs = {
        _code(word): share
        for word, share in naming.shares().items()
        if len(word) == 2 and max(map(ord, word)) < _CODES
    }
    codes = np.array(sorted(pairs))
    return codes, np.array([pairs[code] for code in codes.tolist()], dtype=np.float32)


def _hints(text: str, start: int, end: int) -> float:
    """How much likelier a name is by what stands beside it."""
    said = before(text, start, _HINT)
    led, followed = _led().search(said) is not None, _followed().match(text, end) is not None
    odds = _LED * led + _FOLLOWED * followed - _RARE * (text[start] in words()["surnames_rare"])
    if not led and not followed:
        odds -= _BARE
        odds += _PLACED * (_placed().search(said) is not None)
    if text[end - 1] == "家" and end - start == len("王家"):
        odds += _THING
    if text[end - 1] in words()["name_not_last"] and end - start > 2:
        odds += _PLACE / (1 + led + followed)
    odds += _THING * (text[start + 1] in words()["name_not_second"] or _thing().match(text, end) is not None)
    if _is_signed(text, start, end):
        odds += _SIGNED
    if any_of("about_works").search(text, *around(text, start, end, _ABOUT, _ABOUT)):
        odds += _WORKS
    if _SHUT.get(text[start - 1 : start]) == text[end : end + 1]:
        odds += _ENCLOSED
    return odds + _LISTED * _is_listed(text, end)


def _is_signed(text: str, start: int, end: int) -> bool:
    """Whether a name stands by itself at the end, behind a sentence."""
    return _END.match(text, end) is not None and _BEGIN.search(text, max(0, start - 3), start) is not None


def _is_listed(text: str, end: int) -> bool:
    """Whether another name follows after a sign that joins them."""
    if text[end : end + 1] not in ("、", "和", "与", "及"):
        return False
    return naming.beginning(_RUN.match(text, end + 1)[0]).odds >= _NEXT  # type: ignore[index]


def _known(text: str, start: int, end: int) -> bool:
    """Whether everybody knows the name: of a film star, an author, a brand."""
    return public(text, start, end) or any(
        text[begin:stop] in _famous()
        for begin in range(max(0, start - 1), start + 1)
        for stop in range(begin + 2, end + 2)
    )


@cache
def _famous() -> frozenset[str]:
    return frozenset(words()["famous"])


@cache
def _led() -> re.Pattern[str]:
    return re.compile(f"(?:{either('name_led')})\\Z")


@cache
def _followed() -> re.Pattern[str]:
    return re.compile(f"[ :]?(?:{either('name_followed')})")


@cache
def _placed() -> re.Pattern[str]:
    return re.compile(f"(?:{either('place_ends')})\\Z")


@cache
def _thing() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]{{0,2}}?(?:{either('name_not_before')})")
