"""Names between two words that have but somebody between them, whatever word they are: 由秦岭代领."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, subjects, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span, public
from voc_lib.clean.vocabulary import either, famous, words

# odds of characters that are no word, of a word of names, of any word where surely somebody stands
_LEAST, _NAMED, _SURE = -3.0, -6.0, -9.0
_LIKED = -10.0  # log share of characters that are in no given name by chance
_REACH = 9
_WORDS = frozenset("nmaitz")  # parts of speech of words that may be names


def names(block: Block) -> Iterator[Span]:
    """Names behind 由, 被, 把 … and before what is done by or to people alone."""
    for listed, start, end in block.cues["framed"]:
        framed = _led().search(block.text, max(0, start - _REACH), start)
        crossed = naming.joins(block.text, end) or naming.joins(block.text, start)
        if framed is None or crossed:
            continue
        begin = framed.start("name")
        sure = listed == "frame_sure"
        if _is_one(framed["name"], sure=sure) and not public(block.text, begin, start):
            yield begin, start


def _is_one(name: str, *, sure: bool) -> bool:
    known = name in famous() or name in words()["not_wordlike"]
    if known or not subjects.fits(name) or subjects.is_role(name):
        return False
    part, odds = naming.part(name), wordlike.odds(name)
    if not part:
        liked = all(naming.given(char) >= _LIKED for char in name[1:])
        return odds >= _LEAST and liked and not naming.is_word(name[1:])
    if sure and not subjects.is_spoken_of(name):
        return odds >= _SURE and part[:1] in _WORDS
    return part in naming.PEOPLE and odds >= _NAMED and name not in words()["not_people"]


@cache
def _led() -> re.Pattern[str]:
    """The shortest characters behind a word that leads to somebody."""
    return re.compile(
        f"(?:{either('frame_leads')})(?P<name>(?:(?!{either('frame_leads')})[{HAN}]){{2,4}})\\Z"
    )
