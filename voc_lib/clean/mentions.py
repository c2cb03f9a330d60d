"""Nicknames after an @: whom a post speaks to is personal data, and none of the words about a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean.cues import BREAK, Block, Span

# “@爱睡觉的蜗牛 快来围观”, “//@物流慢吞吞: 转发”; not “abc@163.com”, nor “@” before a mask
MENTION = re.compile(r"(?<![a-z0-9._%+-])@(?P<name>[\w·•.\-]{1,30})(?P<after>\s*[:]|\s|.|\Z)", re.DOTALL)
BLANK, END, SIGN = 20, 15, 10  # characters of the longest name before a blank or colon, an end, another sign
AMOUNT = re.compile(r"\d+(?:\.\d+)?(?:[元块毛分个件只箱斤点号]|\Z)")  # “价格@3元”
DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12}")
# “@客服 回复一下”, “输不进去@符号”, “@vue/cli”: nobody's nickname
NOBODY = re.compile(r"(?:官方|人工|在线|品牌)*(?:客服|旗舰店|官微|官方)|符号.*")


def mentions(block: Block) -> Iterator[Span]:
    """Names after @, with it; without a blank behind it only a short one is told from the words there."""
    if "@" not in block.text:
        return
    for found in MENTION.finditer(block.text):
        name = found["name"].rstrip(".")
        if len(name) <= _longest(found["after"]) and not DOMAIN.fullmatch(name) and not AMOUNT.match(name):
            yield found.start(), found.start() + 1 + len(name)


def _longest(after: str) -> int:
    """How long a name may be, by what stands behind it."""
    if not after or after == BREAK:
        return END
    return BLANK if after.isspace() or after.strip() in (":", "@", "/") else SIGN
