"""Who answers for something: exactly one person, told from groups and from nobody."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from voc_lib.yamlfile import shipped

HAN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")


def people(owner: Any) -> list[str]:
    """The people an owner's line names.

    >>> people("王敏、李强"), people("王敏和李强"), people("王和平"), people("Anna Li")
    (['王敏', '李强'], ['王敏', '李强'], ['王和平'], ['Anna Li'])
    """
    if isinstance(owner, (list, tuple)):
        return [name for part in owner for name in people(part)]
    return list(_named(str(owner)))


@lru_cache(maxsize=4096)
def _named(owner: str) -> tuple[str, ...]:
    """The people of one line; the same few answer for many things."""
    parts = [part.strip() for part in re.split(f"[{re.escape(''.join(_words()['separators']))}]", owner)]
    return tuple(name for part in parts if part for name in _joined(part))


def _joined(part: str) -> list[str]:
    spaced = part.split()
    if len(spaced) > 1 and all(HAN_NAME.fullmatch(name) for name in spaced):
        return spaced
    match = re.fullmatch(f"(.{{2,4}})[{''.join(_words()['joiners'])}](.{{2,4}})", part)
    return [match[1], match[2]] if match else [part]


def one_person(value: Any) -> Any:
    """The one person named; ValueError where it is several, a group or nobody."""
    names = people(value)
    if len(names) > 1:
        raise ValueError(f"写了 {len(names)} 个人（{'、'.join(names)}）；只能由一个人负责，请留一个")
    words = _words()
    if not names or names[0] in words["nobody"] or names[0].endswith(tuple(words["group_endings"])):
        raise ValueError(f"“{value}” 不是一个具体的人；请写一个人的姓名，不写部门或小组")
    return names[0]


@cache
def _words() -> dict[str, list[str]]:
    return shipped("voc_lib.params", "owners.yaml")
