"""Regular expressions of a taxonomy: in folded letters, with the words a text must hold for one to match."""

from __future__ import annotations

import re

from voc_lib.text.matching import fold

# one thing at the top level of a pattern, and how often it may come
_ITEM = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\]|\((?:\\.|[^()\\])*\)|[^()|])([?*+]|\{\d*,?\d*\})?\??", re.S)
_LITERAL = re.compile(r"[^\\\[\](){}|?*+.^$]+")
_GROUP_HEAD = re.compile(r"^\((?:\?:|\?P<\w+>)?|\)$")
SHORTEST = 2


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for folded text; `^` and `$` are the ends of a text.

    >>> compiled("ＡＰＰ.{0,3}閃退").pattern
    'app.{0,3}闪退'
    """
    parts = re.sub(r"\\.|[^\\]+", lambda m: m[0] if m[0].startswith("\\") else _folded(m[0]), pattern)
    return re.compile(parts, re.M)


def _folded(part: str) -> str:
    """The text folded; a pattern's own syntax is ASCII and stays, except that capitals become small."""
    return re.sub(r"(\(\?)p<", r"\1P<", fold(part))


def required(pattern: str) -> tuple[tuple[str, ...], ...]:
    """Sets of words of two or more characters, from each of which every match holds one; none if untold.

    >>> required("(退款|退货).{0,8}还没到"), required("[一二三]天")
    ((('退款', '退货'), ('还没到',)), ())
    """
    return tuple(words for words in _alternatives(pattern) if min(map(len, words)) >= SHORTEST)


def _alternatives(pattern: str) -> list[tuple[str, ...]]:
    """Sets of words, from each of which every match holds one."""
    sets: list[tuple[str, ...]] = []
    run, at = "", 0
    while at < len(pattern):
        item = _ITEM.match(pattern, at)
        if not item:
            return []  # nested groups, or alternatives at the top
        at = item.end()
        thing, times = item[1], item[2] or ""
        sure = not times.startswith(("?", "*", "{0", "{,"))
        if _LITERAL.fullmatch(thing) and not times:
            run += thing
            continue
        sets.append((run,))
        run = ""
        words = _GROUP_HEAD.sub("", thing).split("|") if thing.startswith("(") else [thing]
        if sure and all(_LITERAL.fullmatch(word) for word in words):
            sets.append(tuple(words))
    return [words for words in [*sets, (run,)] if all(words)]
