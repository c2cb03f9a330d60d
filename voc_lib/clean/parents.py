"""Given names by themselves before who brings up or teaches: 子墨妈妈, 一诺的爷爷, 果果老师."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span, public
from voc_lib.clean.vocabulary import either, words

_SIZE, _REACH = 2, 3  # characters of a child's name, of what leads to somebody
_CHILD = re.compile(rf"[{HAN}]{{2}}\Z")
_LIKED = -14.5  # log share of both characters in given names, from which no word is needed
_SPOKEN = 400.0  # frequency from which a word is one of everyday
_SELDOM = 50.0  # the same up to which one said twice is more often a name
_NAMES = ("", "nr", "nrt", "nz")  # parts of speech of given names


def children(block: Block) -> Iterator[Span]:
    """Given names of two characters behind a beginning or what leads to somebody; such as are said twice."""
    for _, cue, _ in block.cues["parent"]:
        start = cue - (block.text[cue - 1] == "的")
        child = _CHILD.search(block.text, max(0, start - _SIZE), start)
        led = child and _led().search(block.text, max(0, child.start() - _REACH), child.start())
        if child and led and _is_one(block.text, child):
            yield child.span()
    for _, start, _ in block.cues["twice"]:
        child = _CHILD.search(block.text, max(0, start - _SIZE), start)
        if child and _is_one(block.text, child):
            yield child.span()


def _is_one(text: str, child: re.Match[str]) -> bool:
    return is_child(child[0]) and not public(text, *child.span())


def is_child(said: str) -> bool:
    """Whether two characters are a given name by themselves, said twice or one that people have.

    >>> is_child("子墨"), is_child("乐乐"), is_child("单亲"), is_child("孩子")
    (True, True, False, False)
    """
    often, part = naming.frequency(said), naming.part(said)
    if said in words()["not_child"] or often >= _SPOKEN:
        return False
    if said[0] == said[1]:
        return said not in words()["not_doubles"] and (part[:1] in ("", "n") or often < _SELDOM)
    liked = sum(map(naming.given, said)) >= _LIKED
    return said in naming.usual() or (liked and part in _NAMES)


@cache
def _led() -> re.Pattern[str]:
    return re.compile(f"(?:(?<![{HAN}])|{either('child_led')})\\Z")
