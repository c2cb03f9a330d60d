"""Names that begin a text, whatever word they are, before what only somebody does: 江河来电, 付宽的社保卡.

There a word is read as what it can be of those who call: who is no role and no office is somebody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span, public
from voc_lib.clean.vocabulary import famous, titles, words

# odds from which characters that are no word are a name, by what follows; a word of names; any word
_ODDS = {"subject_calls": -5.0, "subject_tells": -4.0, "subject_says": -2.6, "subject_has": -2.6}
_NAMED = {"subject_calls": -9.0, "subject_tells": -8.2, "subject_says": -4.5, "subject_has": -4.5}
_WORDS = {"subject_calls": -7.0}
_LABELLED = "subject_named", -9.0  # any word where the record says that it names somebody
_UNSAID = 1.5  # so much more where a text goes on in front
_SAID = ("subject_tells", "subject_says", "subject_has")  # what is said of things and stars too
_REACH = 6
_BEGIN = re.compile(rf"(?:\A|[\n{BREAK}】\]>|]|(?P<on>[:。!?;,])) ?(?P<name>[{HAN}]{{2,4}}) ?\Z")
_THINGS = frozenset(
    ["n", "ns", "nz", "a", "an", "z", "i", "l", "b", "s", "g", "t"]
)  # words that may be names
_NEVER = frozenset("dpcrquyv")  # parts of speech that are nobody's name
_COUNTS = "一二三四五六日"  # 周三, 万一
_COMMON_PLACE = 1_000.0  # frequency from which a place is one that people speak of
_LIKED = -10.5  # log share of characters that are in no given name by chance


def names(block: Block) -> Iterator[Span]:
    """Names between a beginning and what only somebody does."""
    for listed, start, end in block.cues["subject"]:
        said = _BEGIN.search(f"{BREAK * (start < _REACH)}{block.text[max(0, start - _REACH) : start]}")
        if said is None or (listed != "subject_has" and naming.joins(block.text, end)):
            continue
        name, on = said["name"], said["on"]
        if on and block.text[start] == ":":
            continue
        begin = start - (len(said.string) - said.start("name"))
        if may_be(name, listed, on=bool(on)) and not public(block.text, begin, begin + len(name)):
            yield begin, begin + len(name)


def may_be(name: str, listed: str, *, on: bool) -> bool:
    """Whether characters before a word of a list are somebody's name; `on`: they do not begin the text.

    >>> may_be("江河", "subject_calls", on=False), may_be("水厂", "subject_calls", on=False)
    (True, False)
    >>> may_be("强烈", "subject_calls", on=False), may_be("付宽", "subject_says", on=False)
    (False, True)
    """
    part, odds = naming.part(name), wordlike.odds(name) - _UNSAID * (on + _is_rare(name))
    role = listed != _LABELLED[0] and is_role(name)
    of_people = listed in ("subject_calls", "subject_tells") and part in (*naming.PEOPLE, "ns")
    everyday = not of_people and name in words()["not_people"]
    everyday |= listed in _SAID and name in famous()
    everyday |= name in words()["not_wordlike"] or name[1] in _COUNTS
    everyday &= listed != _LABELLED[0]
    if not fits(name) or role or everyday:
        return False
    if listed == _LABELLED[0]:
        return name not in words()["closings"] and odds >= _LABELLED[1] and part[:1] not in _NEVER
    if not part:
        return odds >= _ODDS[listed] and not _is_joined(name)
    if part in naming.PEOPLE:
        return odds >= _NAMED[listed]
    return not on and part in _THINGS and not is_spoken_of(name) and odds >= _WORDS.get(listed, -naming.NEVER)


def is_spoken_of(name: str) -> bool:
    """Whether the dictionary has a place that people speak of: 广州, not 江河."""
    return naming.part(name) == "ns" and naming.frequency(name) >= _COMMON_PLACE


def fits(name: str) -> bool:
    """Whether they begin with a surname and end as a name may, titles left to others."""
    double = name[:2] in words()["surnames_two"]
    family = double or name[0] in naming.families() or wordlike.is_seldom(name)
    size = 1 + double < len(name) <= 3 + double
    given = name[1 + double :]
    refused = name[-1] in words()["not_given"] or naming.part(given) == "r" or given in _roles()
    return family and size and not refused and name[1] not in words()["name_not_second"]


def _is_rare(name: str) -> bool:
    """Whether a surname few have stands before one character: 后时."""
    return len(name) == len("张伟") and name[0] in words()["surnames_rare"]


def _is_joined(name: str) -> bool:
    """Whether a word and a character, none of a given name, make up what is no word: 全村|已."""
    return len(name) > 2 and naming.is_word(name[:2]) and naming.given(name[2]) < _LIKED


def is_role(name: str) -> bool:
    """Whether characters say what somebody is, or what office: 房东, 农户, 党支部.

    >>> is_role("房东"), is_role("车主们"), is_role("侯春生")
    (True, True, False)
    """
    known = naming.is_word(name) or naming.is_word(name[:-1])
    return name in _roles() or (known and name[-1] in words()["role_ends"])


@cache
def _roles() -> frozenset[str]:
    lists = ("name_strong", "name_weak", "staff", "slot_not", "workplace", "public_before", "closings")
    return frozenset(word for listed in lists for word in words()[listed]) | titles()
