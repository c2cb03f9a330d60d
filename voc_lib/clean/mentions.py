"""Nicknames after an @: whom a post speaks to is personal data, and none of the words about a problem."""

from __future__ import annotations

import re

import pandas as pd

TOKEN = "[昵称]"  # noqa: S105 (shown in place of a name)
# “@爱睡觉的蜗牛 快来围观”, “//@物流慢吞吞: 转发”; not “abc@163.com”, “输不进去@符号”, “npm包@vue/cli”
MENTION = re.compile(
    r"(?<![A-Za-z0-9._%+-])[@＠](?P<name>[\w·•.\-]{1,30})(?P<after>\s*[:：]|\s|.|\Z)", re.DOTALL
)
BLANK, END, SIGN = 20, 15, 10  # characters of the longest name before a blank or colon, an end, another sign
AMOUNT = re.compile(r"\d+(?:\.\d+)?(?:[元块毛分个件只箱斤点号]|\Z)")  # “价格@3元”
NOBODY = re.compile(r"(?:官方|人工|在线|品牌)*(?:客服|旗舰店|官微|官方)|符号.*|[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def masked(texts: pd.Series) -> pd.Series:
    """The texts with nicknames as [昵称]; without a blank behind it only a short one is told from the words.

    >>> masked(pd.Series(["@坏了再修 你买了吗", "abc@163.com", "@客服 在吗"])).tolist()
    ['[昵称] 你买了吗', 'abc@163.com', '@客服 在吗']
    """
    some = texts.str.contains("[@＠]").fillna(False).astype(bool)
    if not some.any():
        return texts
    result = texts.copy()
    result[some] = [MENTION.sub(_hidden, text) for text in texts[some]]
    return result


def _hidden(found: re.Match[str]) -> str:
    name, after = found["name"].rstrip("."), found["after"]
    role = NOBODY.fullmatch(name.lower()) or AMOUNT.match(name) or (name.isascii() and after == "/")
    if role or len(name) > _longest(after):
        return found[0]
    return f"{TOKEN}{found['name'][len(name) :]}{after}"


def _longest(after: str) -> int:
    """How long a name may be, by what stands behind it."""
    if not after:
        return END
    return BLANK if after.isspace() or after.strip() in (":", "：", "@", "＠", "/") else SIGN
