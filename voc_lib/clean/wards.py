"""Where somebody lies in a hospital, in a block of folded texts: 我妈在住院部九楼呼吸内科37床."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.doors import NUMERALS
from voc_lib.clean.vicinity import BREAK, Span, before
from voc_lib.clean.vocabulary import any_of, either, words

_REACH = 30  # characters a bed takes at most
_NEAR = 12  # characters before a bed that say who lies there
_BEHIND = 6  # characters behind it
_NAMED = 5.0  # odds of a name right behind it: 9楼23床|邬国栋
_RUN = re.compile(f"[{HAN}]*")
_NUMBER = rf"(?:\d{{1,4}}|[{NUMERALS}]{{1,3}})"


def beds(block: Block) -> Iterator[Span]:
    """Beds with their ward, where words say that it is one's own or one's family's."""
    for _, _, end in block.cues["bed"]:
        said = before(block.text, end, _REACH)
        match = _ward().search(said)
        if match and _is_own(block.text, end - len(match[0]), end):
            yield end - len(match[0]), end


def _is_own(text: str, start: int, end: int) -> bool:
    """Whether words beside a bed say that it is one's own or one's family's."""
    after = text[end : end + _BEHIND].partition(BREAK)[0]
    told = any_of("lying").search(before(text, start, _NEAR)) or any_of("lying_after").search(after)
    return bool(told) or naming.beginning(_RUN.match(after)[0]).odds >= _NAMED  # type: ignore[index]


@cache
def _ward() -> re.Pattern[str]:
    """From the house or the ward to the bed."""
    word = f"(?:(?![{words()['address_not']}妈爸婆公爷奶住人])[{HAN}a-z])"
    part = (
        rf"(?:{word}{{0,6}}?(?:{either('wards')})|(?:{_NUMBER}|[a-z])(?:号楼|[楼层区号室座]|病区|病房|病室))"
    )
    return re.compile(rf"(?:{part}[ ,-]?){{1,5}}(?:加|vip|抢救?)?{_NUMBER}(?:号|-\d{{1,2}})?(?:床位?)\Z")
