"""What in a block of folded texts may be personal: words that announce it, and long numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from string import ascii_lowercase
from typing import NamedTuple

import numpy as np

from voc_lib.text import matching
from voc_lib.yamlfile import shipped

Span = tuple[int, int]
_PUBLIC_REACH = 9  # characters around a name in which a word of the public makes it somebody known
BREAK = "\ue000"  # between two texts; no blank, so that no pattern crosses it
GROUPS = {
    "wechat": ("wechat_strong", "wechat_weak", "wechat_like"),
    "qq": ("qq_strong", "qq_weak"),
    "address": ("address_cues",),
    "province": ("provinces",),
    "door": ("door_cues", "estates"),
    "name": (
        *("name_strong", "name_weak", "staff", "name_written", "workplace"),
        *("name_end", "name_faint", "name_colon"),
    ),
    "title": ("titles", "staff_titles"),
    "served": ("served_titles",),
    "roman": ("name_roman", "latin_names"),
    "parts": ("name_parts",),
    "after": ("after_name",),
    "document": ("document_cues",),
    "passport": ("passport_cues",),
    "account": ("account_cues",),
    "piece": ("piece_cues",),
    "noise": ("noise_cues",),
    "figure": ("figure_cues",),
    "backwards": ("backwards_cues",),
    "at": ("at_cues",),
    "badge": ("badge_cues", "badge_counters", "badge_work"),
    "numbered": ("badge_after",),
    "bed": ("beds",),
    "nth": ("nth_doors",),
}
# “13800138000”, “138-0013-8000”: what a telephone, a card or an identity number may begin in
_NUMBER = re.compile(r"[0-9](?:[ \-–—.·/_~*:+(),]{0,20}[0-9]){6,}")
_RUN = re.compile("[0-9]+")
_NUMERALS = {
    char: str(digit)
    for digit, chars in enumerate(
        ("零〇洞", "一壹幺", "二贰两俩", "三叁仨", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾")
    )
    for char in chars
}
# “一三八零零一三八零零零”, “138零零138零13”, “壹叁捌…”: digits spelt out to get past a filter
HAN = "\u4e00-\u9fff"
FIGURE = f"[0-9{''.join(_NUMERALS)}]"
_SPELT = re.compile(rf"{FIGURE}(?:[ \-.,/、杠点]{{0,2}}{FIGURE}){{9,}}(?:[ \-.]?[x×](?![a-z]))?")
_COUNTS = tuple("十百千万亿拾佰仟元块")
_CODES = 0x110000
_LONG, _MANY = 7, 10  # digits, and figures, of the texts in which numbers are looked for
_ELEVEN = 11  # digits and numerals, where a telephone may stand
_LETTERS, _NUMERIC, _DIGITS = 1, 2, 3  # kinds of figures
_FIGURES, _FIRST, _THEN, _WORD = 8, 10, 17, 24  # where they begin in the bits of a code point
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
    "rooms": ("-—–", "0123456789"),
}
_FIRSTS = ((1 << len(OPENERS)) - 1) << _FIRST
_BACK, _AHEAD = 5, 16  # characters after a word in which an account or a number may begin
_LETTER, _DIGIT, _FAMILY, _BEFORE_NAME, _NO_PLACE, _INSIDE, _NUMERAL, _TWICE = 1, 2, 4, 8, 16, 32, 64, 128


class Cue(NamedTuple):
    """A word that announces something: its list in `words.yaml` and where it stands."""

    listed: str
    start: int
    end: int


@dataclass(frozen=True)
class Block:
    """Folded texts with BREAK between them, and what stands in them.

    `cues` by group; `runs`: where runs of digits begin in long numbers; `spelt`: long numbers not all in
    digits, as digits, with start and end; `many`: where texts with many figures stand; `eleven`: those with
    as many digits and numerals as a telephone; `spots` of the openers; `circled`: whether any circle holds
    two digits; `codes`: the code points, and line breaks behind them; `families`: where surnames may begin.
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
    circled: bool


@cache
def words() -> dict:
    """The words of the YAML files beside this module, by the name of their list."""
    listed: dict = {}
    for file in ("words.yaml", "people.yaml", "places.yaml"):
        listed |= shipped("voc_lib.clean", file)
    return listed


def read(text: str) -> Block:
    """The text with its cues (of two that begin together the longer) and its long numbers."""
    codes = np.frombuffer((text + "\n" * _AHEAD).encode("utf-32-le"), dtype=np.uint32)
    facts = _facts()[codes]
    hits = _hits(text, codes, facts)
    kinds = facts.astype(np.uint8)
    families = np.flatnonzero(kinds & _FAMILY)
    kinds[:-1] |= (codes[1:] == codes[:-1]) * np.uint8(_TWICE)
    whole = ~((kinds[hits.start] & kinds[hits.start - 1] & _LETTER) > 0)  # not the “vx” of “pvx”
    hits = hits.where(whole)
    groups = _bits()[hits.word]
    cues = {
        group: _said(hits.where((groups & (1 << number)) > 0), group, kinds)
        for number, group in enumerate(GROUPS)
    }
    long, many, eleven = _figured(codes[: len(text)], facts)
    circled = bool(((codes >= ord("⑩")) & (codes <= ord("⑳"))).any())
    runs, numbers = _runs(text, long), _spelt(text, many)
    return Block(text, codes, cues, runs, numbers, many, eleven, _spots(codes, facts), families, circled)


def _hits(text: str, codes: np.ndarray, facts: np.ndarray) -> matching.Hits:
    """Every word of the lists; those of one character by a table, as an automaton is slow with so many."""
    at = np.flatnonzero(facts & (1 << _WORD))
    short = _short()[codes[at]].astype(np.int64) + len(_lexicon()) - 1
    return matching.both(
        matching.Hits(short, at, at + 1),
        _lexicon().hits(matching.Corpus(text, text, 0, _NONE, _NONE)),
    )


def _figured(codes: np.ndarray, facts: np.ndarray) -> tuple[list[Span], list[Span], list[Span]]:
    """Where texts stand that hold _LONG digits, _MANY figures, _ELEVEN without letters; neighbours as one."""
    starts = np.append(0, np.flatnonzero(codes == ord(BREAK)) + 1)
    ends = np.append(starts[1:] - 1, len(codes))
    at = np.flatnonzero(facts & (3 << _FIGURES))
    kinds = facts[at] >> _FIGURES & 3
    edges = np.searchsorted(at, np.append(starts, len(codes)))
    wanted = (
        np.diff(_before(kinds >= kind)[edges]) >= least
        for kind, least in ((_DIGITS, _LONG), (_LETTERS, _MANY), (_NUMERIC, _ELEVEN))
    )
    long, many, eleven = (_windows(mask, starts, ends) for mask in wanted)
    return long, many, eleven


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
    table = _kinds() | (_figure().astype(np.uint32) << _FIGURES)
    for number, (first, then) in enumerate(OPENERS.values()):
        table[list(map(ord, first))] |= 1 << (_FIRST + number)
        table[list(map(ord, then))] |= 1 << (_THEN + number)
    return table | ((_short() > 0).astype(np.uint32) << _WORD)


def figures(text: str) -> str:
    """The digits of a number, spelt out or not.

    >>> figures("一三八-00")
    '13800'
    """
    return "".join(char for char in spelt(text) if char in "0123456789x")


def spelt(text: str) -> str:
    """The characters without blanks, numerals as digits.

    >>> spelt("k 二八5")
    'k285'
    """
    return "".join(_NUMERALS.get(char, char) for char in text if char != " ").replace("×", "x")


def numbers(pattern: re.Pattern[str], block: Block) -> Iterator[re.Match[str]]:
    """Matches of a pattern that starts at a run of digits or a sign before it; far faster than searching."""
    last = 0
    for start in block.runs:
        sign = block.text[start - 1 : start] in ("+", "(")
        match = (pattern.match(block.text, start - 1) if sign else None) or pattern.match(block.text, start)
        if match and match.start() >= last:
            last = match.end()
            yield match


def digits_of(text: str) -> tuple[str, tuple[int, ...]]:
    """The bare digits (and x) of a number and the sizes of the groups it is written in."""
    groups = re.findall(r"[\dx]+", text)
    return "".join(groups), tuple(map(len, groups))


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
    near = [hits.start - on for on in range(1, back + 1)] + [hits.end + on for on in range(_AHEAD)]
    return np.any([(kinds[at] & (_LETTER | _DIGIT | _NUMERAL)) > 0 for at in near], axis=0)


def _by_door(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“3栋”, “三栋”; “云栖苑5#1204”."""
    return ((kinds[hits.start - 1] & (_DIGIT | _NUMERAL)) | (kinds[hits.end] & _DIGIT)) > 0


def _by_number(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“8806号客服”."""
    return (kinds[hits.start - 1] & _DIGIT) > 0


def _by_code(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“柜员B0619”, “工号：30725”."""
    return np.any([(kinds[hits.end + on] & (_LETTER | _DIGIT)) > 0 for on in range(5)], axis=0)


def _by_name(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    said = kinds[hits.end]
    twice = (said & (_TWICE | _INSIDE)) == (_TWICE | _INSIDE)
    return ((said & (_FAMILY | _BEFORE_NAME | _LETTER | _DIGIT)) > 0) | twice


def _by_roman(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“Jessica Wang”, “Mr. Thompson”: no letters follow at once."""
    return (kinds[hits.end] & _LETTER) == 0


def _by_opening(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return np.any([_opens(kinds, hits.start - back) for back in (2, 3, 4)], axis=0)


def _by_address(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return (kinds[hits.end] & _NO_PLACE) == 0


def _by_title(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    return np.any([(kinds[hits.start - back] & _FAMILY) > 0 for back in (2, 3, 4)], axis=0)


def _by_surname(hits: matching.Hits, kinds: np.ndarray) -> np.ndarray:
    """“陶主任”."""
    return (kinds[hits.start - 1] & _FAMILY) > 0


_ALWAYS = ("noise", "backwards", "province", "parts", "nth")
_BESIDE: dict[str, Callable[[matching.Hits, np.ndarray], np.ndarray]] = {
    "door": _by_door,
    "badge": _by_code,
    "numbered": _by_number,
    "bed": _by_door,
    "name": _by_name,
    "roman": _by_roman,
    "after": _by_opening,
    "address": _by_address,
    "title": _by_title,
    "served": _by_surname,
}


def _opens(kinds: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where a sentence or a part of it begins with what may be a surname."""
    return ((kinds[at] & _FAMILY) > 0) & ((kinds[at - 1] & _INSIDE) == 0)


@cache
def _kinds() -> np.ndarray:
    """What each code point may be a part of, as bits."""
    table = np.zeros(_CODES, dtype=np.uint32)
    rare = (
        words()["surnames_rare"]
        + words()["surnames_wordy"]
        + "".join(part[0] for part in words()["name_parts"])
    )
    family = words()["surnames"] + rare + "".join(name[0] for name in words()["surnames_two"])
    nicks = "".join(word[0] for word in words()["nick_words"])
    places = set(words()["address_not"]) - set("写填改成是为在了到")
    for bit, chars in (
        (_LETTER, ascii_lowercase),
        (_DIGIT, "0123456789"),
        (
            _NUMERAL,
            "abcdefghijklmnopqrstuvwxyz 零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾甲乙丙丁东西南北",
        ),
        (_FAMILY, family),
        (_BEFORE_NAME, f"是为叫均都写填登签的一:= \"“‘'([【「小老阿{nicks}"),
        (_NO_PLACE, "".join(places)),
    ):
        table[[ord(char) for char in chars]] |= bit
    table[0x4E00:0xA000] |= _INSIDE
    return table


@cache
def _figure() -> np.ndarray:
    """Which code points are digits and numerals, or small letters."""
    table = np.zeros(_CODES, dtype=np.uint8)
    table[[ord(char) for char in ascii_lowercase]] = _LETTERS
    table[list(map(ord, _NUMERALS))] = _NUMERIC
    table[list(map(ord, "0123456789"))] = _DIGITS
    return table


def before(text: str, start: int, size: int = 14) -> str:
    """What stands before a hit in its line and sentence."""
    return re.split(rf"[\n。!?;{BREAK}]", text[max(0, start - size) : start])[-1]


def around(text: str, start: int, end: int, back: int, ahead: int) -> Span:
    """From where to where the surroundings of a hit reach in its own text, at most so many characters.

    >>> around(f"138{BREAK}去掉中间{BREAK}1390", 4, 6, 60, 40)
    (4, 8)
    """
    last = text.find(BREAK, end, end + ahead)
    return max(text.rfind(BREAK, 0, start) + 1, start - back), end + ahead if last < 0 else last


def public(text: str, start: int, end: int) -> bool:
    """Whether words beside a name say that it is an author, a film star, a figure of history."""
    after = re.split(rf"[\n{BREAK}。!?;,]", text[end : end + _PUBLIC_REACH])[0]
    earlier = before(text, start, _PUBLIC_REACH)
    return bool(
        any_of("public").search(f"{earlier} {after}") or _public_beside().search(f"{earlier} {after}")
    )


@cache
def _public_beside() -> re.Pattern[str]:
    """Words of the public right beside a name: “的书 ”, “ 同款”."""
    return re.compile(f"(?:{either('public_next')}) | 的?(?:{either('public_next')})")


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


def either(name: str) -> str:
    """The words of a list as alternatives of a pattern, longer ones first."""
    return "|".join(map(re.escape, sorted(words()[name], key=len, reverse=True)))


_NONE = np.zeros(1, dtype="int64")


@cache
def _lexicon() -> matching.Lexicon:
    return matching.Lexicon(word for word in _listed() if len(word) > 1)


@cache
def _short() -> np.ndarray:
    """Which word of one character each code point is, counted from 1; 0 where it is none."""
    table = np.zeros(_CODES, dtype=np.uint8)
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
    bits = np.zeros(len(_numbers()), dtype=np.uint32)
    for number, group in enumerate(GROUPS):
        bits |= (_owners()[group] >= 0).astype(np.uint32) << number
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
