"""What people are called on a platform, in a block of folded texts: 会员名爱吃糖的阿紫88."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span
from voc_lib.clean.vocabulary import any_of, words

_GAP = r"(?:改成|变成|是|为|叫|[ :=“\"'(「『【]){0,3}"
# letters with digits or signs, of no version and no model, and no pseudonym or id this house gave
_ACCOUNT = re.compile(
    rf"{_GAP}(?![ch][0-9a-f]{{16}}(?![a-z0-9]))((?=[a-z_.-]*[0-9_.-])(?=[0-9_.-]*[a-z])[a-z0-9][a-z0-9_.-]{{4,24}}[a-z0-9_])(?![a-z0-9_.@-])"
)
# characters that end in digits: 爱吃糖的阿紫88
_NUMBERED = re.compile(rf"{_GAP}([{HAN}a-z_]{{2,10}}\d{{2,6}})(?![\d{HAN}a-z.%])")
_DIGITS = re.compile(rf"{_GAP}(\d{{8,14}})(?![\d元.])")  # 证券账户20817743905
# any behind a sign: 昵称叫山里的小石头, 昵称“豆豆妈爱生活”
_SAID = re.compile(
    rf"(?:叫|是?[:“\"「『【])[:“\"「『【]?([{HAN}][{HAN}a-z0-9_·丶]{{2,10}})(?=[^{HAN}a-z0-9]|\Z)"
)


def handles(block: Block) -> Iterator[Span]:
    """Names of accounts behind a word for them."""
    for listed, _, end in block.cues["handle"]:
        account = _ACCOUNT.match(block.text, end)
        if account and not account[1].startswith(tuple(words()["handle_no_account"])):
            yield account.span(1)
        elif listed == "handle_numbers" and (digits := _DIGITS.match(block.text, end)):
            yield digits.span(1)
        elif listed == "handle_names":
            said = _NUMBERED.match(block.text, end) or _SAID.match(block.text, end)
            if said and not any_of("handle_not").search(said[1]):
                yield said.span(1)
