"""Who speaks in a transcript: a name or a label, with department and role, and whether they only ask."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from voc_lib.yamlfile import shipped

NUMBER = r"\s*[（(]?(?:[A-Za-z]|\d{1,3}|[一二三四五六七八九十甲乙丙丁])?[）)]?号?"
BRACKETS = re.compile(r"[（(【\[]([^）)】\]]*)[）)】\]]")
BETWEEN = re.compile(r"[\s·/\-—、,，|]+")


@dataclass(frozen=True)
class Speaker:
    """A speaker as the transcript names them; department and role are "" where nothing says so."""

    name: str
    department: str = ""
    role: str = ""
    asking: bool = False

    @property
    def label(self) -> bool:
        """Whether the name is a label of this transcript alone: 受访者A, 说话人 2, 销售B."""
        lettered = re.fullmatch(r"[a-z]\d{0,2}", plain(self.name)) is not None
        return lettered or _labelled(self.name, "answerers") or _labelled(self.name, "roles")

    @property
    def asks(self) -> bool:
        """Whether it is the one who asks: 主持人, 访谈者, Q."""
        return self.asking or _labelled(self.name, "askers")

    @property
    def known(self) -> bool:
        """Whether the name by itself says that it is somebody who speaks."""
        return self.asks or self.label or _role(self.name) != ""

    def beside(self, other: Speaker) -> Speaker:
        """The speaker with what another source says of them where this one is silent."""
        return replace(
            self,
            name=self.name or other.name,
            department=self.department or other.department,
            role=self.role or other.role,
            asking=self.asking or other.asking,
        )

    def identity(self, place: str) -> str:
        """What tells the person apart: the name, or the label together with the transcript it stands in.

        >>> Speaker("张三").identity("访谈1"), Speaker("受访者A").identity("访谈1"), Speaker("").identity("x")
        ('张三', '访谈1·受访者A', '')
        """
        if not self.name or re.fullmatch(r"(?:a|答|回答)\d*", plain(self.name)):
            return place if self.name else ""
        return f"{place}·{self.name}" if self.known else self.name


def person(written: str, about: str = "") -> Speaker:
    """A speaker from what is written of them.

    >>> person("张三（华东销售部 销售代表）")
    Speaker(name='张三', department='华东销售部', role='销售代表', asking=False)
    >>> person("李四", "主持人").asks, person("销售B").role
    (True, '销售')
    """
    inside = BRACKETS.search(written)
    name = BRACKETS.sub("", written).strip()
    said = " ".join(part for part in (inside[1] if inside else "", about) if part).strip()
    if plain(said) in listed("askers"):
        return Speaker(name, asking=True)
    department, role = _parted(said)
    return Speaker(name, department, role or _role(name))


def _parted(said: str) -> tuple[str, str]:
    """Department and role of a description.

    >>> _parted("华东销售部销售代表"), _parted("客服主管"), _parted("市场部"), _parted("10001")
    (('华东销售部', '销售代表'), ('', '客服主管'), ('市场部', ''), ('', ''))
    """
    said = BETWEEN.sub(" ", said).strip()
    ends = "|".join(sorted(listed("departments"), key=lambda word: -len(word)))
    found = re.match(rf"^(.*(?:{ends}))\s*(.*)$", said)
    department, role = (found[1].strip(), found[2].strip()) if found else ("", said)
    return department, role if re.search(r"[^\W\d_]{2}", role) and not re.search(r"\d{4}", role) else ""


def _role(name: str) -> str:
    """The role a label names, without its number and the surname before it; "" for a name.

    >>> _role("销售B"), _role("王经理"), _role("华东区销售经理"), _role("张三")
    ('销售', '经理', '华东区销售经理', '')
    """
    bare = re.sub(rf"(?<=[一-鿿]){NUMBER}$", "", plain(name))
    ends = [role for role in listed("roles") if bare.endswith(role)]
    longest = max(ends, key=len, default="")
    return longest if len(bare) - len(longest) == 1 else bare if longest else ""


def _labelled(name: str, kind: str) -> bool:
    """Whether a name is one of the labels of a kind, with a letter or number behind it."""
    words = "|".join(map(re.escape, sorted(listed(kind), key=lambda word: -len(word))))
    return re.fullmatch(rf"(?:{words}){NUMBER}".casefold(), plain(name)) is not None


def plain(word: str) -> str:
    """A word as it is compared: half width, small letters, no spaces.

    >>> plain("受访者 Ａ")
    '受访者a'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)).casefold()


@cache
def listed(kind: str) -> frozenset[str]:
    """The words of a list of `spoken.yaml`, as they are compared."""
    return frozenset(plain(str(word)) for word in spelt()[kind])


@cache
def spelt() -> dict[str, Any]:
    """All of `spoken.yaml`, as it is written."""
    return shipped("voc_lib.collect", "spoken.yaml")
