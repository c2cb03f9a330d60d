"""What in a block of folded texts may be personal: words that announce it, and long numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

import numpy as np
import yaml

from voc_lib.text import matching

Span = tuple[int, int]
BREAK = "\ue000"  # between two texts; no blank, so that no pattern crosses it
GROUPS = {
    "wechat": ("wechat_strong", "wechat_weak"),
    "qq": ("qq_strong", "qq_weak"),
    "address": ("address_cues",),
    "door": ("door_cues",),
    "name": ("name_strong", "name_weak", "staff"),
    "title": ("titles", "staff_titles"),
}
# “13800138000”, “138-0013-8000”: what a telephone, a card or an identity number may begin in
_NUMBER = re.compile(r"[0-9](?:[ \-–—.·/_~*:+(),]{0,20}[0-9]){6,}")
_RUN = re.compile("[0-9]+")
_NUMERALS = {
    char: str(digit)
    for digit, chars in enumerate(
        ("零〇洞", "一壹幺", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾")
    )
    for char in chars
}
# “一三八零零一三八零零零”, “138零零138零13”, “壹叁捌…”: digits spelt out to get past a filter
_FIGURE = f"[0-9{''.join(_NUMERALS)}]"
_SPELT = re.compile(rf"{_FIGURE}(?:[ -]?{_FIGURE}){{10,}}")
_COUNTS = tuple("十百千万亿拾佰仟元块")
_CODES = 0x110000
_LETTER, _DIGIT, _FAMILY, _BEFORE_NAME, _NO_PLACE = 1, 2, 4, 8, 16


class Cue(NamedTuple):
    """A word that announces something: its list in `words.yaml` and where it stands."""

    listed: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """Folded texts with BREAK between them, and what stands in them.

    `cues` by group; `runs`: where runs of digits begin in long numbers; `spelt`: long numbers not all in
    digits, as digits, with start and end.
    """

    text: str
    cues: dict[str, list[Cue]]
    runs: list[int]
    spelt: list[tuple[str, int, int]]


@cache
def words() -> dict:
    """The words of `words.yaml`."""
    return yaml.safe_load(resources.files("voc_lib.clean").joinpath("words.yaml").read_text(encoding="utf-8"))


def read(text: str) -> Block:
    """The text with its cues (of two that begin together the longer) and its long numbers."""
    lexicon = _lexicon()
    hits = lexicon.hits(matching.Corpus(text, text, 0, _NONE, _NONE))
    kinds = _kinds()[np.frombuffer((text + "\n" * 8).encode("utf-32-le"), dtype=np.uint32)]
    whole = ~((kinds[hits.start] & kinds[hits.start - 1] & _LETTER) > 0)  # not the “vx” of “pvx”
    return Block(
        text, {group: _said(hits.where(whole), group, kinds) for group in GROUPS}, _runs(text), _spelt(text)
    )


def _runs(text: str) -> list[int]:
    return [
        run.start()
        for number in _NUMBER.finditer(text)
        for run in _RUN.finditer(text, number.start(), number.end())
    ]


def _spelt(text: str) -> list[tuple[str, int, int]]:
    return [
        ("".join(_NUMERALS.get(char, char) for char in match[0] if char not in " -"), *match.span())
        for match in _SPELT.finditer(text)
        if not match[0].isascii() and text[match.end() : match.end() + 1] not in _COUNTS
    ]


def _said(hits: matching.Hits, group: str, kinds: np.ndarray) -> list[Cue]:
    owner = _owners()[group]
    mine = hits.where(owner[hits.word] >= 0)
    if not len(mine):
        return []
    longest = np.append(mine.start[1:] != mine.start[:-1], True)
    mine = mine.where(longest)
    mine = mine.where(_promising(group, mine, kinds))
    lists = [GROUPS[group][number] for number in owner[mine.word].tolist()]
    return list(map(Cue, lists, mine.start.tolist(), mine.end.tolist()))


def _promising(group: str, hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """Which cues have beside them what may be a part of what they announce."""
    if group == "door":
        return (kinds[hits.start - 1] & _DIGIT) > 0
    if group == "name":
        return (kinds[hits.end] & (_FAMILY | _BEFORE_NAME)) > 0
    if group == "address":
        return (kinds[hits.end] & _NO_PLACE) == 0
    if group == "title":
        return np.any([(kinds[hits.start - back] & _FAMILY) > 0 for back in (2, 3, 4)], axis=0)
    return np.any([(kinds[hits.end + on] & (_LETTER | _DIGIT)) > 0 for on in range(8)], axis=0)


@cache
def _kinds() -> np.ndarray:
    """What each code point may be a part of, as bits."""
    table = np.zeros(_CODES, dtype=np.uint8)
    family = words()["surnames"] + "".join(name[0] for name in words()["surnames_two"])
    places = set(words()["address_not"]) - set("写填改成是为在了到")
    for bit, chars in (
        (_LETTER, "abcdefghijklmnopqrstuvwxyz"),
        (_DIGIT, "0123456789"),
        (_FAMILY, family),
        (_BEFORE_NAME, "是为叫:= \"“'小老阿"),
        (_NO_PLACE, "".join(places)),
    ):
        table[[ord(char) for char in chars]] |= bit
    return table


def before(text: str, start: int, size: int = 14) -> str:
    """What stands before a hit in its line and sentence."""
    return re.split(rf"[\n。!?;{BREAK}]", text[max(0, start - size) : start])[-1]


def nearest(text: str, start: int, *lists: str, size: int = 14) -> str:
    """Which list of cues has the word that stands nearest before a hit, or none."""
    said = before(text, start, size)
    ends = {name: match.end() for name in lists for match in any_of(name).finditer(said)}
    return max(ends, key=lambda name: ends[name]) if ends else ""


@cache
def any_of(name: str) -> re.Pattern[str]:
    """A pattern of all words of a list; Latin words must stand alone."""
    listed = sorted(words()[name], key=len, reverse=True)
    return re.compile(
        "|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in listed)
    )


_NONE = np.zeros(1, dtype="int64")


@cache
def _lexicon() -> matching.Lexicon:
    return matching.Lexicon(word for lists in GROUPS.values() for name in lists for word in words()[name])


@cache
def _owners() -> dict[str, np.ndarray]:
    """Per group and word of the lexicon: the first list of the group that has it, or -1."""
    owners = {group: np.full(len(_lexicon()), -1) for group in GROUPS}
    for group, lists in GROUPS.items():
        for number in reversed(range(len(lists))):
            owners[group][_lexicon().mask(words()[lists[number]])] = number
    return owners
