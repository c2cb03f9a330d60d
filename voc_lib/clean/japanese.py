"""Japanese names in Han characters, in a block of folded texts: 田中美咲小姐, 客人佐藤健太郎."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span, public
from voc_lib.clean.vocabulary import famous, words


def names(block: Block) -> Iterator[Span]:
    """A surname of Japan and a given name of two or three characters that ends as theirs do."""
    for _, start, end in block.cues["japanese"]:
        given = (
            None if block.text[start - 1 : start] in naming.families() else _given().match(block.text, end)
        )
        if given and block.text[start : given.end()] not in famous() and not public(block.text, start, end):
            yield start, given.end()


@cache
def _given() -> re.Pattern[str]:
    ends = words()["japanese_ends"]
    return re.compile(f"[{HAN}]{{1,2}}?[{ends}](?![{ends}])")
