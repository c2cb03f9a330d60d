"""Words that announce what may be personal, and which of them have it beside them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from voc_lib.clean.codepoints import (
    BEFORE_NAME,
    CODES,
    DIGIT,
    FAMILY,
    INSIDE,
    LETTER,
    NO_PLACE,
    NUMERAL,
    TWICE,
)
from voc_lib.clean.vocabulary import words
from voc_lib.text import matching

GROUPS = {
    "wechat": ("wechat_strong", "wechat_weak", "wechat_like"),
    "handle": ("handle_names", "handle_accounts", "handle_numbers", "handle_platforms"),
    "flat": ("flat_words", "flat_pinyin"),
    "qq": ("qq_strong", "qq_weak"),
    "address": ("address_cues",),
    "province": ("provinces",),
    "door": ("door_cues", "estates"),
    "name": (
        *("name_strong", "name_weak", "staff", "name_written", "workplace"),
        *("name_end", "name_faint", "name_colon"),
    ),
    "title": ("titles", "staff_titles"),
    "served": ("served_titles", "called_titles", "called_short"),
    "roman": (
        *("name_roman", "name_roman_form", "surnames_vietnamese"),
        *("latin_names", "surnames_pinyin"),
    ),
    "parts": ("name_parts",),
    "after": ("after_name",),
    "subject": ("subject_calls", "subject_tells", "subject_says", "subject_has", "subject_named"),
    "framed": ("frame_sure", "frame_ends"),
    "document": ("document_cues",),
    "passport": ("passport_cues",),
    "account": ("account_cues",),
    "piece": ("piece_cues",),
    "noise": ("noise_cues",),
    "figure": ("figure_cues",),
    "backwards": ("backwards_cues",),
    "at": ("at_cues",),
    "badge": ("badge_cues", "badge_counters", "badge_work"),
    "numbered": ("badge_after", "badge_after_anyone"),
    "lived": ("room_lived", "room_brought"),
    "bed": ("beds",),
    "nth": ("nth_doors",),
    "hamlet": ("hamlets",),
    "parent": ("parents",),
    "twice": ("doubled_titles",),
    "japanese": ("japanese_surnames",),
    "friend": ("call_names",),
}
_BACK, AHEAD = 5, 16  # characters after a word in which an account or a number may begin
_NONE = np.zeros(1, dtype="int64")


class Cue(NamedTuple):
    """A word that announces something: its list in `words.yaml` and where it stands."""

    listed: str
    start: int
    end: int


def found(text: str, codes: np.ndarray, kinds: np.ndarray, at: np.ndarray) -> dict[str, list[Cue]]:
    """The cues by group, of two that begin together the longer; `at`: where words of one character stand."""
    hits = _hits(text, codes, at)
    whole = ~((kinds[hits.start] & kinds[hits.start - 1] & LETTER) > 0)  # not the “vx” of “pvx”
    hits = hits.where(whole)
    groups = _bits()[hits.word]
    found = {group: hits.where((groups & np.uint64(1 << number)) > 0) for number, group in enumerate(GROUPS)}
    found["framed"] = _led(found["framed"], codes, kinds)
    return {group: _said(mine, group, kinds) for group, mine in found.items()}


def _hits(text: str, codes: np.ndarray, at: np.ndarray) -> matching.Hits:
    """Every word of the lists; those of one character by a table, as an automaton is slow with so many."""
    short = singles()[codes[at]].astype(np.int64) + len(_lexicon()) - 1
    return matching.both(
        matching.Hits(short, at, at + 1),
        _lexicon().hits(matching.Corpus(text, text, 0, _NONE, _NONE)),
    )


def _led(hits: matching.Hits, codes: np.ndarray, kinds: np.ndarray) -> matching.Hits:
    """Of words that end a frame, those with a surname before them behind one that opens it: 由秦岭|代领."""
    begins = (hits.start - back for back in (2, 3, 4))
    return hits.where(np.any([_leads()[codes[at - 1]] & ((kinds[at] & FAMILY) > 0) for at in begins], axis=0))


def _said(mine: matching.Hits, group: str, kinds: np.ndarray) -> list[Cue]:
    owner = _owners()[group]
    if not len(mine):
        return []
    longest = np.append(mine.start[1:] != mine.start[:-1], True)
    mine = mine.where(longest)
    mine = mine.where(_promising(group, mine, kinds))
    lists = [GROUPS[group][number] for number in owner[mine.word].tolist()]
    return list(map(Cue, lists, mine.start.tolist(), mine.end.tolist()))


def _promising(group: str, hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """Which cues have beside them what may be a part of what they announce."""
    if group in _ALWAYS:
        return np.ones(len(hits), dtype=bool)
    if group in _BESIDE:
        return _BESIDE[group](hits, kinds)
    back = _BACK if group in ("wechat", "qq") else 0  # “xiaobai_site02这是我的微信”
    near = [hits.start - on for on in range(1, back + 1)] + [hits.end + on for on in range(AHEAD)]
    return np.any([(kinds[at] & (LETTER | DIGIT | NUMERAL)) > 0 for at in near], axis=0)


def _by_door(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“3栋”, “三栋”; “云栖苑5#1204”."""
    return ((kinds[hits.start - 1] & (DIGIT | NUMERAL)) | (kinds[hits.end] & DIGIT)) > 0


def _by_number(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“8806号客服”."""
    return (kinds[hits.start - 1] & DIGIT) > 0


def _by_code(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“柜员B0619”, “工号：30725”."""
    return np.any([(kinds[hits.end + on] & (LETTER | DIGIT)) > 0 for on in range(5)], axis=0)


def _by_badge(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """The same, and a number in words: “工号是六六二零三”."""
    spelt = [(kinds[hits.end + on] & kinds[hits.end + on + 1] & NUMERAL) > 0 for on in range(2)]
    return _by_code(hits, kinds) | np.any(spelt, axis=0)


def _by_twice(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“果果老师”."""
    return (kinds[hits.start - 2] & TWICE) > 0


def _by_name(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    said = kinds[hits.end]
    twice = (said & (TWICE | INSIDE)) == (TWICE | INSIDE)
    return ((said & (FAMILY | BEFORE_NAME | LETTER | DIGIT)) > 0) | twice


def _by_roman(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“Jessica Wang”, “Mr. Thompson”: no letters follow at once."""
    return (kinds[hits.end] & LETTER) == 0


def _by_opening(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return np.any([_opens(kinds, hits.start - back) for back in (2, 3, 4)], axis=0)


def _by_address(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return (kinds[hits.end] & NO_PLACE) == 0


def _by_title(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return np.any([(kinds[hits.start - back] & FAMILY) > 0 for back in (2, 3, 4)], axis=0)


def _by_surname(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“陶主任”."""
    return (kinds[hits.start - 1] & FAMILY) > 0


_ALWAYS = (
    *("framed", "handle", "noise", "backwards", "province", "parts", "nth", "hamlet"),
    *("parent", "japanese", "friend"),
)
_BESIDE: dict[str, Callable[[matching.Hits, np.ndarray], np.ndarray]] = {
    "door": _by_door,
    "badge": _by_badge,
    "numbered": _by_number,
    "twice": _by_twice,
    "bed": _by_door,
    "flat": _by_code,
    "lived": _by_code,
    "name": _by_name,
    "roman": _by_roman,
    "after": _by_opening,
    "subject": _by_opening,
    "address": _by_address,
    "title": _by_title,
    "served": _by_surname,
}


def _opens(kinds: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where a sentence or a part of it begins with what may be a surname."""
    return ((kinds[at] & FAMILY) > 0) & ((kinds[at - 1] & INSIDE) == 0)


@cache
def _leads() -> np.ndarray:
    """By code point, whether a word that opens a frame may end with it."""
    table = np.zeros(CODES, dtype=bool)
    table[[ord(word[-1]) for word in words()["frame_leads"]]] = True
    return table


@cache
def _lexicon() -> matching.Lexicon:
    return matching.Lexicon(word for word in _listed() if len(word) > 1)


@cache
def singles() -> np.ndarray:
    """Which word of one character each code point is, counted from 1; 0 where it is none."""
    table = np.zeros(CODES, dtype=np.uint8)
    short = [char for char in _numbers() if len(char) == 1]
    table[list(map(ord, short))] = np.arange(1, len(short) + 1)
    return table


@cache
def _numbers() -> dict[str, int]:
    """Number of each word: those of the lexicon, then those of one character."""
    short = (word for word in _listed() if len(word) == 1)
    return {word: number for number, word in enumerate((*_lexicon().words, *short))}


@cache
def _listed() -> tuple[str, ...]:
    """All words that announce something, as they are matched."""
    listed = [word for lists in GROUPS.values() for name in lists for word in words()[name]]
    return tuple(dict.fromkeys(matching.corpus(listed).texts()))


@cache
def _bits() -> np.ndarray:
    """Per word of the lexicon, a bit for each group that has it."""
    bits = np.zeros(len(_numbers()), dtype=np.uint64)
    for number, group in enumerate(GROUPS):
        bits |= (_owners()[group] >= 0).astype(np.uint64) << np.uint64(number)
    return bits


@cache
def _owners() -> dict[str, np.ndarray]:
    """Per group and word of the lexicon: the first list of the group that has it, or -1."""
    owners = {group: np.full(len(_numbers()), -1) for group in GROUPS}
    for group, lists in GROUPS.items():
        for number in reversed(range(len(lists))):
            mine = [_numbers()[word] for word in matching.corpus(words()[lists[number]]).texts()]
            owners[group][mine] = number
    return owners
