"""A block of folded texts as it is read: its cues, its long numbers, and where patterns may begin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from string import ascii_lowercase

import numpy as np

from voc_lib.clean import codepoints
from voc_lib.clean.cues import AHEAD, Cue, found, singles
from voc_lib.clean.numerals import FIGURE, NUMERALS, figures
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import words

# “13800138000”, “138-0013-8000”: what a telephone, a card or an identity number may begin in
_NUMBER = re.compile(r"[0-9](?:[ \-–—.·/_~*:+(),]{0,20}[0-9]){6,}")
_RUN = re.compile("[0-9]+")
_SPELT = re.compile(rf"{FIGURE}(?:[ \-.,/、杠点]{{0,2}}{FIGURE}){{9,}}(?:[ \-.]?[x×](?![a-z]))?")
_COUNTS = tuple("十百千万亿拾佰仟元块")
_LONG, _MANY = 7, 10  # digits, and figures, of the texts in which numbers are looked for
_ELEVEN = 11  # digits and numerals, where a telephone may stand
_FIGURES, _FIRST, _THEN, _WORD, _CALL = 8, 10, 17, 24, 25  # where they begin in the bits of a code point
_SOUND = 26  # the same of characters that sound like digits
PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"  # of number plates
# what sounds like 微信
WEI = "微薇威卫维魏唯围徽伟溦徾徵葳崴巍蔚嵬煨媙嶶癓v"
XIN = "信芯心星欣新馨鑫辛忻昕伈伩炘訫噺薪锌莘歆馫盺囟孞x"
SIGNS = " ❤♥💗💕💚*._/|丨丶生-"  # between them
# how what is looked for everywhere begins: its first character, and the next, at once or behind a blank
OPENERS = {
    "plate": (PLACES, ascii_lowercase + "牌"),
    "bike": ("牌车号", "照牌"),
    "float": ("1", "."),
    "foreign": ("+", "123456789"),
    "alike": ("1il", "3456789"),
    "veiled": (WEI, XIN + SIGNS),
    "rooms": ("-—–.", f"0123456789{''.join(NUMERALS)}"),
}
_FIRSTS = ((1 << len(OPENERS)) - 1) << _FIRST


@dataclass(frozen=True)
class Block:
    """Folded texts with BREAK between them, and what stands in them.

    `cues` by group; `runs`: where runs of digits begin in long numbers; `spelt`: long numbers not all in
    digits, as digits, with start and end; `many`: where texts with many figures stand; `eleven`: those with
    as many digits and numerals as a telephone; `spots` of the openers; `circled`: whether any circle holds
    two digits; `codes`: the code points, and line breaks behind them; `families`: where surnames may begin;
    `calls`: where characters stand that begin or end what somebody is called: 小, 姐; `heard`: where eleven
    characters in a row sound like digits.
    """

    text: str
    codes: np.ndarray
    cues: dict[str, list[Cue]]
    runs: list[int]
    spelt: list[tuple[str, int, int]]
    many: list[Span]
    eleven: list[Span]
    spots: dict[str, list[int]]
    families: np.ndarray
    calls: np.ndarray
    circled: bool
    heard: list[int]


def read(text: str) -> Block:
    """The text with its cues and its long numbers."""
    codes = np.frombuffer((text + "\n" * AHEAD).encode("utf-32-le"), dtype=np.uint32)
    facts = _facts()[codes]
    kinds = facts.astype(np.uint8)
    families = np.flatnonzero(kinds & codepoints.FAMILY)
    kinds[:-1] |= (codes[1:] == codes[:-1]) * np.uint8(codepoints.TWICE)
    alone = np.flatnonzero(facts & (1 << _WORD | 1 << _CALL | 1 << _SOUND))
    said, calls, sounds = (alone[facts[alone] & (1 << bit) > 0] for bit in (_WORD, _CALL, _SOUND))
    cues = found(text, codes, kinds, said)
    long, many, eleven = _figured(codes[: len(text)], facts)
    circled = bool(((codes >= ord("⑩")) & (codes <= ord("⑳"))).any())
    runs, numbers = _runs(text, long), _spelt(text, many)
    spots = _spots(codes, facts)
    heard = _heard(sounds, kinds)
    return Block(text, codes, cues, runs, numbers, many, eleven, spots, families, calls, circled, heard)


def _figured(codes: np.ndarray, facts: np.ndarray) -> tuple[list[Span], list[Span], list[Span]]:
    """Where texts stand that hold _LONG digits, _MANY figures, _ELEVEN without letters; neighbours as one."""
    starts = np.append(0, np.flatnonzero(codes == ord(BREAK)) + 1)
    ends = np.append(starts[1:] - 1, len(codes))
    at = np.flatnonzero(facts & (3 << _FIGURES))
    kinds = facts[at] >> _FIGURES & 3
    edges = np.searchsorted(at, np.append(starts, len(codes)))
    wanted = (
        np.diff(_before(kinds >= kind)[edges]) >= least
        for kind, least in (
            (codepoints.DIGITS, _LONG),
            (codepoints.LETTERS, _MANY),
            (codepoints.NUMERIC, _ELEVEN),
        )
    )
    long, many, eleven = (_windows(mask, starts, ends) for mask in wanted)
    return long, many, eleven


def _heard(at: np.ndarray, kinds: np.ndarray) -> list[int]:
    """Where eleven characters in a row begin that sound like digits or are some, the first no digit."""
    rows = at[: -_ELEVEN + 1]
    found = rows[at[_ELEVEN - 1 :] - rows == _ELEVEN - 1]
    return found[(kinds[found] & codepoints.DIGIT) == 0].tolist()


def _before(mask: np.ndarray) -> np.ndarray:
    """How many are true before each place, and in all."""
    return np.append(0, np.cumsum(mask))


def _windows(wanted: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> list[Span]:
    edges = np.diff(wanted.astype(np.int8), prepend=0, append=0)
    first, last = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0) - 1
    return list(zip(starts[first].tolist(), ends[last].tolist(), strict=True))


def _runs(text: str, windows: list[Span]) -> list[int]:
    return [
        run.start()
        for number in scan(_NUMBER, text, windows)
        for run in _RUN.finditer(text, number.start(), number.end())
    ]


def _spelt(text: str, windows: list[Span]) -> list[tuple[str, int, int]]:
    return [
        (figures(match[0]), *match.span())
        for match in scan(_SPELT, text, windows)
        if not match[0].isascii() and text[match.end() : match.end() + 1] not in _COUNTS
    ]


def scan(pattern: re.Pattern[str], text: str, windows: Iterable[Span]) -> Iterator[re.Match[str]]:
    """Matches of a pattern where it may stand, by the figures it needs."""
    return chain.from_iterable(pattern.finditer(text, start, end) for start, end in windows)


def matched(pattern: re.Pattern[str], block: Block, opener: str) -> Iterator[re.Match[str]]:
    """Matches of a pattern at the spots of an opener; far faster than a search."""
    last = 0
    for start in block.spots[opener]:
        if start >= last and (match := pattern.match(block.text, start)):
            last = match.end()
            yield match


def numbers(pattern: re.Pattern[str], block: Block) -> Iterator[re.Match[str]]:
    """Matches of a pattern that starts at a run of digits or a sign before it; far faster than searching."""
    last = 0
    for start in block.runs:
        sign = block.text[start - 1 : start] in ("+", "(")
        match = (pattern.match(block.text, start - 1) if sign else None) or pattern.match(block.text, start)
        if match and match.start() >= last:
            last = match.end()
            yield match


def _spots(codes: np.ndarray, facts: np.ndarray) -> dict[str, list[int]]:
    """Where each of the openers stands: its first character, and the next at once or behind a blank."""
    at = np.flatnonzero(facts & _FIRSTS)
    firsts = facts[at]
    then = facts[np.where(codes[at + 1] == ord(" "), at + 2, at + 1)]
    opens = (firsts >> _FIRST) & (then >> _THEN)
    return {name: at[(opens & (1 << number)) > 0].tolist() for number, name in enumerate(OPENERS)}


@cache
def _facts() -> np.ndarray:
    """What each code point is: kinds, figures, openers and what goes on with them, words of one character."""
    table = codepoints.kinds() | (codepoints.figure().astype(np.uint32) << _FIGURES)
    for number, (first, then) in enumerate(OPENERS.values()):
        table[list(map(ord, first))] |= 1 << (_FIRST + number)
        table[list(map(ord, then))] |= 1 << (_THEN + number)
    for name in ("call_heads", "call_kin", "call_titles"):
        table[list(map(ord, words()[name]))] |= 1 << _CALL
    return table | ((singles() > 0).astype(np.uint32) << _WORD) | (codepoints.sounds() << _SOUND)
