"""Names that are words of everyday, between what somebody is and what somebody does: 骑手江南打翻了汤."""

from __future__ import annotations

import re
from functools import cache
from math import log

from voc_lib.clean import naming
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import either, words

# odds from which characters are a name, by the list of the word before and what follows
_DONE = {"staff": -5.8, "name_strong": -5.8, "name_weak": -5.8}
_OWNED = {"staff": -3.4, "name_strong": -3.4, "name_weak": -3.4}
_GIVEN = -8.8  # log share of characters of given names that are none by chance
_VERB = 1.0  # so much more where the characters are a verb
_SELDOM = log(0.00002)  # of people with a surname that is nearly always another word
_NEVER = frozenset("dpcrqtufy")  # parts of speech that are nobody's name
_DOING = frozenset(["v", "d", "p", "r", "t", "vd", "vi", "df", "ad"])
_SIGNS, _SIGNED = (",", ";", "(", "。"), -5.0  # what may end a name, and the odds it needs there
_ROLE = 7  # characters at a beginning that may say what somebody is
_FIRST = re.compile(f"[\n{BREAK}】\\]:][{HAN}]*\\Z")
_HAN = re.compile(f"[{HAN}]{{0,4}}")


def after(text: str, listed: str, begin: int, run: str) -> Span | None:
    """The word that stands as a name behind a cue of that list; the likeliest of two or three characters."""
    if listed not in _DONE or text[begin - 1] == "的":
        return None
    found = [(odds(run[:size]), begin + size) for size in (2, 3) if may_be(run[:size], size)]
    for likely, end in sorted(found, reverse=True):
        if likely >= _least(text, listed, begin, end):
            return begin, end
    return None


def may_be(name: str, size: int) -> bool:
    """Whether a word may be a name at all: no word of everyday, no adverb, no place."""
    if len(name) < size or name in _everyday() or name[-1] in words()["not_given"]:
        return False
    part = naming.part(name)
    liked = all(naming.given(char) >= _GIVEN for char in name[1:])
    known = bool(part) and part[0] not in _NEVER
    return (known or is_seldom(name)) and liked and not _thing().search(name)


def is_seldom(name: str) -> bool:
    """Whether a surname that is nearly always another word has a given name that is no word.

    >>> is_seldom("木青松"), is_seldom("木材厂")
    (True, False)
    """
    family = len(name) == 3 and name[0] in words()["surnames_seldom"]
    return (
        family
        and not naming.is_word(name[:2])
        and (not naming.is_word(name[1:]) or name[1:] in naming.usual())
    )


def _least(text: str, listed: str, begin: int, end: int) -> float:
    """The odds a name must have by what follows."""
    verb = _VERB * naming.part(text[begin:end]).startswith("v")
    if naming.part(text[end - 1 : end + 1]) or any(_longer(text[begin : end + on]) for on in (1, 2)):
        # 丛|林立, 幸福|感, 毛遂|自荐, 高原|反应
        return -naming.NEVER
    if _owning().match(text, end):
        return _OWNED[listed] + verb
    if text[end : end + 1] in _SIGNS and _may_stand(text, begin, end):
        return _SIGNED
    return _DONE[listed] + verb if does(text, end) else -naming.NEVER


def _may_stand(text: str, begin: int, end: int) -> bool:
    """Whether a word may be a name between what somebody is and a sign; at a beginning any noun."""
    name = text[begin:end]
    part, everyday = naming.part(name), name in words()["not_people"]
    first = _FIRST.search(text, max(0, begin - _ROLE), begin) is not None
    return (part in ("nr", "nrt") and not everyday) or (first and part in ("nr", "n", "ns", "nz", "t"))


def _longer(said: str) -> bool:
    return bool(naming.part(said)) or said in words()["not_people"]


def does(text: str, end: int) -> bool:
    """Whether what somebody does follows: a verb, or an adverb before one."""
    if _doing().match(text, end):
        return True
    rest = _HAN.match(text, end)[0]  # type: ignore[index]
    longest = next((rest[:size] for size in range(len(rest), 0, -1) if naming.part(rest[:size])), "")
    return naming.part(longest) in _DOING and longest not in words()["not_doing"]


def odds(name: str) -> float:
    """How much likelier the characters are a name than a word, a seldom surname allowed."""
    whole = naming.whole(name)
    if whole > naming.NEVER or name[:1] not in words()["surnames_seldom"] + words()["not_family"]:
        return whole
    kind = naming.SHORT if len(name) == len("张伟") else naming.LONG
    return _SELDOM + kind + sum(map(naming.given, name[1:])) - naming.reading(name)


@cache
def _everyday() -> frozenset[str]:
    return frozenset(words()["not_wordlike"]) | frozenset(words()["slot_not"])


@cache
def _doing() -> re.Pattern[str]:
    listed = {*words()["nick_after"], *(word for word in words()["name_followed"] if len(word) > 1)}
    return re.compile(
        "|".join(map(re.escape, sorted(listed - set(words()["nick_titles"]), key=len, reverse=True)))
    )


@cache
def _owning() -> re.Pattern[str]:
    return re.compile("的(?!时候|话|是)")


@cache
def _thing() -> re.Pattern[str]:
    return re.compile(f"(?:{either('place_ends')}|[{words()['name_not_last']}])\\Z")
