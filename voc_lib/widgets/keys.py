"""One key per tag: which key means what, and which keys were pressed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from voc_lib.schema import INTENTS, TAGGED, URGENCIES
from voc_lib.tag.taxonomy import OTHER

TAG_KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
OTHER_KEY = "0"
ACCEPT, MORE, NEXT, BACK, UNDO, TICK = " ", ";", ".", ",", "/", "-"
FIELDS = {"[": "intent", "]": "urgency"}
OPTIONS = {
    "intent": dict(zip("12345", INTENTS, strict=True)),
    "urgency": dict(zip("012", URGENCIES, strict=True)),
}
COMMANDS = {
    ACCEPT: "空格 = 现有标签正确",
    MORE: "; = 再选一个（;1 之后按 3，得到 1 和 3）",
    NEXT: ". = 跳过",
    BACK: ", = 上一条",
    UNDO: "/ = 撤销",
    TICK: "- = 勾选，勾选的一起标",
}
SAME = str.maketrans(
    {"。": NEXT, "、": UNDO, "+": MORE, "【": "[", "】": "]"}
)  # what a Chinese input method types


def assign(names: Sequence[str]) -> dict[str, str]:
    """Key -> tag in the order given; 其他 is always 0. Tags beyond the keys there are have a button only.

    >>> assign(["物流延迟", "其他", "服务态度"])
    {'1': '物流延迟', '2': '服务态度', '0': '其他'}
    """
    named = [name for name in names if name != OTHER]
    keys = dict(zip(TAG_KEYS, named, strict=False))
    return {**keys, OTHER_KEY: OTHER} if OTHER in names else keys


def told(begin: str) -> str:
    """The keys of a field and what they set.

    >>> told("]")
    '紧急程度：]0 P0　]1 P1　]2 P2'
    """
    field = FIELDS[begin]
    options = "　".join(f"{begin}{key} {value}" for key, value in OPTIONS[field].items())
    return f"{TAGGED.labels[field]}：{options}"


def pressed(before: str, now: str) -> str:
    """The keys added to the end of a line; anything but adding at the end (deleting, pasting over) is none.

    Full-width twins, capitals and the punctuation of Chinese input methods count as the plain key.

    >>> pressed("12", "12３。"), pressed("12", "1"), pressed("", "Ａ")
    ('3.', '', 'a')
    """
    added = now[len(before) :] if now.startswith(before) else ""
    return unicodedata.normalize("NFKC", added.translate(SAME)).casefold()
