"""Comparable text: an ordered registry of small named steps, each over many texts at once.

A step takes a block (texts joined by line breaks; it keeps its number of lines) and gives the block changed.
Normalised text serves comparison and counting; the original words are what reports show.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

import numpy as np
import pandas as pd

from voc_lib.text.blocks import WIDE, Block, codes_of, identity, mapped, spliced, text_of, words
from voc_lib.text.numerals import numerals

BLOCK_CHARS = 200_000
PART_ROWS = 50_000
_BREAK = ord("\n")
# “客服说&quot;等着&quot;”, “不给退&#33;”, “&amp;nbsp;” (escaped twice by the export)
ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# “第一次<br/>第二次”: only tags of rich-text editors; “温度<5”, “<图片>” stay
TAG = re.compile(
    r"</?(?:br|p|div|span|a|img|b|i|u|em|strong|font|li|ul|ol|table|tbody|tr|td|th|h[1-6])(?: [^<>\n]*)?/?>",
    re.I,
)
# “链接打不开https://m.example.com/p?id=1，怎么办”
URL = re.compile(
    r"(?:[hH][tT][tT][pP][sS]?://|[wW]{3}\.)[A-Za-z0-9](?:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*[A-Za-z0-9/_=&#%-])?"
)
_PUNCTUATION = (
    "!?,;、。…~—-·^|"  # “！！！”; not * and # (138****8000), not : and / (addresses), not . (versions)
)
_INVISIBLE = [
    *range(0x00, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0), 0xAD, 0x34F, 0x61C,
    0x180E,
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF,
    *range(0xFFF9, 0xFFFD), *range(0x1F3FB, 0x1F400), *range(0xE000, 0xF900),
]  # fmt: skip
_SPACES = [0x09, *range(0x0B, 0x0E), *range(0x1C, 0x20), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028,
           0x2029, 0x202F, 0x205F]  # fmt: skip


@dataclass(frozen=True)
class Cleaned:
    """A normalised `text` and the names of the `steps` that changed it, in order."""

    text: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """One named step; `title` is what an analyst reads."""

    name: str
    title: str
    apply: Block


def normalize(texts: pd.Series) -> pd.Series:
    """Each text in comparable form; missing stays missing, a text of which nothing is left becomes missing.

    >>> normalize(pd.Series(["ＡＰＰ太慢了！！！", "物流太慢&nbsp;等了十五天😡"])).tolist()
    ['APP太慢了!', '物流太慢 等了15天[愤怒]']
    """
    found = pd.Series(_lines(texts, _run), index=texts.index, dtype="str", name=texts.name)
    return found.mask(found == "")


def bare(texts: pd.Series) -> list[str]:
    """What each text must share with another to be the same words: normalised lower-case letters and figures.

    No pictures, emoji or names of them ([怒]). A text of signs only keeps its signs; a missing one is empty.

    >>> bare(pd.Series(["太慢了！！！", "APP 闪退~", "太慢了😡[怒]", "？？"]))
    ['太慢了', 'app闪退', '太慢了', '?']
    """
    return _lines(texts, _stripped)


def _lines(texts: pd.Series, run: Block) -> list[str]:
    """What a step makes of every text."""
    values = texts.fillna("").astype("str")
    parts = (values.iloc[at : at + PART_ROWS].tolist() for at in range(0, len(values), PART_ROWS))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        blocks = (block for part in parts for block in pool.map(run, _blocks(part)))
        return [line for block in blocks for line in block.split("\n")]


def _stripped(block: str) -> str:
    normal = _run(block)
    plain = _letters()(_emotes().sub("", normal) if "[" in normal else normal)
    if plain.startswith("\n") or "\n\n" in plain or plain.endswith("\n") or not plain:
        pairs = zip(plain.split("\n"), normal.split("\n"), strict=True)
        return "\n".join([bare or signs for bare, signs in pairs])
    return plain


@cache
def _emotes() -> re.Pattern[str]:
    """The names of pictures in brackets."""
    names = sorted([*words()["emoji"], *words()["emotes"]])
    return re.compile(rf"\[(?:{'|'.join(map(re.escape, names))})\]", re.I)


@cache
def _letters() -> Block:
    """Letters and figures, lower case; every other sign out."""
    table = identity()
    for code in range(WIDE):
        char = chr(code)
        table[code] = (ord(char.lower()) if len(char.lower()) == 1 else code) if char.isalnum() else 0
    table[_BREAK] = _BREAK
    return mapped(table)


def explain(text: str) -> Cleaned:
    """One text in comparable form, with the steps that changed it.

    >>> explain("這個ＡＰＰ太慢了！！！")
    Cleaned(text='这个APP太慢了!', steps=('half_width', 'simplified', 'repeats'))
    """
    named: list[str] = ["spaces"] if "\n" in text else []
    text = text.replace("\n", " ")
    for step in STEPS:
        after = step.apply(text)
        if after != text:
            named.append(step.name)
        text = after
    return Cleaned(text, tuple(dict.fromkeys(named)))


def _blocks(values: Sequence[str]) -> Iterator[str]:
    """The texts joined by line breaks in blocks of bounded size; breaks inside a text become spaces."""
    sizes = np.cumsum(np.fromiter(map(len, values), dtype=np.int64, count=len(values)) + 1)
    numbers = (sizes // BLOCK_CHARS).tolist()
    first = 0
    for _, members in groupby(numbers):
        part = values[first : first + len(list(members))]
        first += len(part)
        block = "\n".join(part)
        if block.count("\n") != len(part) - 1:
            block = "\n".join([value.replace("\n", " ") for value in part])
        yield block


def _run(block: str) -> str:
    for step in STEPS:
        block = step.apply(block)
    return block


@cache
def _visible() -> Block:
    table = identity()
    table[_INVISIBLE] = 0
    table[_SPACES] = ord(" ")
    return mapped(table)


@cache
def _narrow() -> Block:
    """Full width to half width, look-alikes of Han characters (radicals out of a PDF) to the plain ones."""
    import unicodedata

    table = identity()
    table[0xFF01:0xFF5F] -= 0xFEE0
    table[0x3000] = ord(" ")
    table[0xFFE5] = ord("¥")
    for code in (
        *range(0x2F00, 0x2FD6),
        *range(0xF900, 0xFB00),
        *range(0xFF61, 0xFFA0),
        *range(0x2F800, 0x2FA1E),
    ):
        plain = unicodedata.normalize("NFKC", chr(code))
        if code < WIDE and len(plain) == 1 and ord(plain) < WIDE:
            table[code] = ord(plain)
    table[0x2F800:0x2FA20] = table[0x2F800:0x2FA20]
    return mapped(table)


def invisible(block: str) -> str:
    """Zero-width, control and private characters out; every kind of blank becomes a space."""
    return _visible()(block)


def half_width(block: str) -> str:
    """“ＡＰＰ１２３，” -> “APP123,”."""
    return _narrow()(block)


def entities(block: str) -> str:
    """“&quot;” -> “"”, also escaped twice."""
    return _settle(block, lambda text: ENTITY.sub(_unescape, text)) if "&" in block else block


def tags(block: str) -> str:
    """Tags of rich-text editors become a space."""
    return _settle(block, lambda text: TAG.sub(" ", text)) if "<" in block else block


def _unescape(match: re.Match[str]) -> str:
    return _character(match[0])


@lru_cache(1000)
def _character(entity: str) -> str:
    return half_width(invisible(html.unescape(entity).replace("\n", " ")))


def _settle(block: str, change: Block) -> str:
    """The block changed until it no longer changes."""
    after = change(block)
    while after != block:
        block, after = after, change(after)
    return after


def simplified(block: str) -> str:
    """Traditional to simplified, only in lines that hold a traditional character."""
    codes = codes_of(block)
    old = np.flatnonzero(_traditional()[np.minimum(codes, WIDE - 1)])
    if not len(old):
        return block
    breaks = np.flatnonzero(codes == _BREAK)
    lines = block.split("\n")
    rows = np.searchsorted(breaks, old)
    rows = rows[np.diff(rows, prepend=-1) > 0].tolist()
    changed = _convert()("\n".join(lines[row] for row in rows)).split("\n")
    for row, line in zip(rows, changed, strict=True):
        lines[row] = line
    return "\n".join(lines)


@cache
def _convert() -> Block:
    from opencc import OpenCC

    return OpenCC("t2s").convert


@cache
def _traditional() -> np.ndarray:
    """Which code points OpenCC would change when they stand alone."""
    ranges = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
    flags = np.zeros(WIDE, dtype=bool)
    flags[ranges] = [
        a != b
        for a, b in zip(map(chr, ranges), _convert()("\n".join(map(chr, ranges))).split("\n"), strict=True)
    ]
    return flags


def repeats(block: str) -> str:
    """“！！！” -> “!”, “哈哈哈哈” -> “哈哈”, “退款退款退款” -> “退款退款”; figures are never touched."""
    codes = codes_of(block)
    codes = _dots(codes)
    kind = _kinds()[np.minimum(codes, WIDE - 1)]
    kind[codes >= 0x1F000] = _ONCE
    codes, kind = _once(codes, kind)
    for period, least in ((1, 3), (2, 3), (3, 3), (4, 3)):
        codes, kind = _twice(codes, kind, period, least, _HAN)
    codes, kind = _twice(codes, kind, 1, 4, _LATIN)
    return text_of(codes)


_ONCE, _HAN, _LATIN = 1, 2, 3


@cache
def _kinds() -> np.ndarray:
    kinds = np.zeros(WIDE, dtype=np.uint8)
    kinds[0x3400:0xA000] = _HAN
    for letter in "abcdefghijklmnopqrstuvyz":  # “soooo”, “hhhh”; not www, xxxx
        kinds[ord(letter)] = _LATIN
    kinds[[ord(c) for c in _PUNCTUATION + " "]] = _ONCE
    kinds[0x2600:0x27C0] = _ONCE
    return kinds


def _dots(codes: np.ndarray) -> np.ndarray:
    """Three or more full stops in a row (“...”) become an ellipsis each."""
    dot = codes == ord(".")
    if np.count_nonzero(dot) < 3:
        return codes
    inside = dot.copy()
    inside[2:] &= dot[:-2] & dot[1:-1]
    inside[:2] = False
    spread = inside.copy()
    spread[:-1] |= inside[1:]
    spread[:-2] |= inside[2:]
    return np.where(spread, np.uint32(ord("…")), codes)


def _once(codes: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    same = np.zeros(len(codes), dtype=bool)
    same[1:] = (codes[1:] == codes[:-1]) & (kind[1:] == _ONCE)
    return (codes[~same], kind[~same]) if same.any() else (codes, kind)


def _twice(
    codes: np.ndarray, kind: np.ndarray, period: int, least: int, of: int
) -> tuple[np.ndarray, np.ndarray]:
    """A unit of `period` characters standing `least` or more times in a row is kept twice."""
    if len(codes) <= period:
        return codes, kind
    same = (codes[period:] == codes[:-period]) & (kind[period:] == of)
    edges = np.flatnonzero(np.diff(same, prepend=False, append=False))
    starts, stops = edges[::2], edges[1::2]
    copies = (stops - starts) // period + 1
    chosen = copies >= least
    if not chosen.any():
        return codes, kind
    keep = np.ones(len(codes), dtype=bool)
    for start, extra in zip(starts[chosen].tolist(), ((copies[chosen] - 2) * period).tolist(), strict=True):
        keep[start + period : start + period + extra] = False
    return codes[keep], kind[keep]


def emoji(block: str) -> str:
    """“😡” -> “[愤怒]”: kept as a named word; unknown emoji stay."""
    codes = codes_of(block)
    hits = np.flatnonzero(_pictures()[np.minimum(codes, WIDE - 1)])
    if not len(hits):
        return block
    names = _emoji_names()
    return spliced(block, ((hit, hit + 1, names[block[hit]]) for hit in hits.tolist()))


@cache
def _emoji_names() -> dict[str, str]:
    return {
        char: f"[{name}]" for name, chars in words()["emoji"].items() for char in chars if char != "\ufe0f"
    }


@cache
def _pictures() -> np.ndarray:
    flags = np.zeros(WIDE, dtype=bool)
    flags[[ord(char) for char in _emoji_names()]] = True
    return flags


def links(block: str) -> str:
    """A web address becomes “[链接]”."""
    codes = codes_of(block)
    matches = (URL.match(block, start) for start in _link_starts(codes))
    return spliced(block, ((match.start(), match.end(), "[链接]") for match in matches if match))


def _link_starts(codes: np.ndarray) -> list[int]:
    """Where an address may begin: four or five characters before “://”, and at “www.”."""
    slash, w = codes == ord("/"), (codes | 32) == ord("w")
    colon = np.flatnonzero((codes[:-2] == ord(":")) & slash[1:-1] & slash[2:])
    www = np.flatnonzero(w[:-3] & w[1:-2] & w[2:-1] & (codes[3:] == ord(".")))
    starts = np.unique(np.concatenate([colon - 5, colon - 4, www]))
    return starts[starts >= 0].tolist()


def spaces(block: str) -> str:
    """No blanks at the ends, one between words."""
    if "  " in block:
        block = re.sub(" {2,}", " ", block)
    block = block.replace(" \n", "\n").replace("\n ", "\n")
    return block.strip(" ")


STEPS: tuple[Step, ...] = (
    Step("invisible", "去除不可见字符", invisible),
    Step("half_width", "全角转半角", half_width),
    Step("entities", "还原网页转义", entities),
    Step("tags", "去除网页标签", tags),
    Step("simplified", "繁体转简体", simplified),
    Step("repeats", "压缩重复", repeats),
    Step("links", "网址替换", links),
    Step("emoji", "表情转为名称", emoji),
    Step("numerals", "数字写法统一", numerals),
    Step("spaces", "整理空白", spaces),
)
