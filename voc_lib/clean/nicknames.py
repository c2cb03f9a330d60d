"""What staff are called by those they serve: 小李, 阿芳, 王师傅, 橙子, Tony; right behind their work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming, wordlike
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import Span
from voc_lib.clean.vocabulary import either, words

_SIZE = 2
_SELDOM = 50.0  # frequency up to which a word is more often a name
_TWO = re.compile(f"[{HAN}]{{{_SIZE}}}")


def after(text: str, begin: int) -> Iterator[Span]:
    """What a member of staff may be called, beginning there; the likeliest first."""
    free = _free().match(text, begin)
    for match in (*(pattern.match(text, begin) for pattern in (called(), _short(), latin())), free):
        if match and (free or _is_nobodys_word(text, *match.span())):
            yield match.span()


def goes_by(text: str, begin: int) -> bool:
    """Whether two characters are a given name, one said twice or 小 with another, before what people do.

    >>> goes_by("晓雯声音好听", 0), goes_by("糖糖复制粘贴", 0), goes_by("明显敷衍", 0)
    (True, True, False)
    """
    said, end = text[begin : begin + _SIZE], begin + _SIZE
    if not _TWO.fullmatch(said) or said in words()["not_doubles"] or naming.joins(text, end):
        return False
    twice, given = said[0] == said[1], all(char in words()["given"] for char in said)
    small = said[0] in "小阿" and not _no_nick().match(text, begin)
    known, often = naming.part(said), naming.frequency(said)
    own = known == "" or (known == "nr" and often < _SELDOM)
    nick = (said in _nicks() and known[:1] != "v") or (
        twice and known[:1] in ("", "n") and often < _SELDOM * 10
    )
    named = nick or ((small or given) and own)
    does = wordlike.does(text, end) or naming.part(text[end : end + _SIZE])[:1] == "v"
    return named and (_have().match(text, end) is not None or does)


@cache
def _have() -> re.Pattern[str]:
    """What only people do or have; the last where nothing follows."""
    return re.compile(f'["”)】]?(?:{either("nick_after")})|(?=[,。!?;:])|\\Z')


@cache
def _nicks() -> frozenset[str]:
    return frozenset(words()["nick_words"])


@cache
def _no_nick() -> re.Pattern[str]:
    return re.compile(either("not_nicks"))


@cache
def surname() -> str:
    """A surname; none that is mostly another word: “家长和学生”."""
    return f"(?:{either('surnames_two')}|(?![{words()['not_family']}])[{words()['surnames']}])"


@cache
def called() -> re.Pattern[str]:
    """“小李”, “老张”, “阿芳”, “阿ken”, “王师傅”, “李经理”, “鹏哥”, “甜甜”."""
    said, given = words()["nick_surnames"], words()["given"]
    calls = f"(?!{either('not_nicks')})(?:[小老阿][{said}]|[小阿][{given}]{{1,2}})"
    long = "|".join(title for title in words()["nick_titles"] if len(title) > 1)
    rare = f"[{words()['surnames_rare']}](?:{long})"
    kin = f"(?!{either('not_nicks')})[{given}][哥姐姨叔嫂]"
    titled = f"{surname()}(?:{either('nick_titles')}|某{{1,2}})|{rare}|{kin}"
    return re.compile(f"{calls}|阿[a-z]{{2,8}}|{titled}|([{given}])\\1")


@cache
def _short() -> re.Pattern[str]:
    said, given = words()["nick_surnames"], words()["given"]
    return re.compile(f"(?!{either('not_nicks')})(?:[小老阿大][{said}]|[阿小][{given}])")


@cache
def latin() -> re.Pattern[str]:
    """A first name in Latin letters."""
    return re.compile(f"(?:{either('latin_names')})(?![a-z0-9])")


@cache
def _free() -> re.Pattern[str]:
    """Any word staff may go by, or anything behind 小, before what only people do: 橙子说, 小鹿给我."""
    doubled = f"(?!{either('not_doubles')})([{HAN}])\\1"
    family = words()["surnames"] + words()["surnames_rare"]
    calls = f"(?!{either('not_nicks')})(?:[小阿][{HAN}]|小[{HAN}][子儿]|老[{family}])"
    return re.compile(
        f'(?:[小大老阿]?(?:{either("nick_words")})|{doubled}|{calls})(?=["”)】]?(?:{either("nick_after")}))'
    )


def _is_nobodys_word(text: str, start: int, end: int) -> bool:
    """Whether the last character of a nickname begins no other word, and all is none: 小程|序, 慢慢."""
    said, next_one = text[start:end], text[end : end + 1]
    word = (said[0] == said[-1] or said[0] == "大") and naming.is_word(said)
    return not (word or naming.is_word(said[-1] + next_one))
