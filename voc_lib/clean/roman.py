"""Names in Latin letters, in a block of folded texts: Jessica Wang, Mr. Thompson, Name: LI MEIHUA."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import familiar, wordlike
from voc_lib.clean.block import Block
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import any_of, either, words

_SYLLABLE = (
    "(?:(?:[zcs]h?|[bpmfdtnlgkhjqxryw])?(?:i?ang?|i?ong|u?ang?|u?ai|u?en?g?|i?ng?|i?ao?|i?ou|i?e|u?o|u?i|un|ue|"
    "ei?|eng?|ing?|ia|iu|a|o|u|v|i|er))"
)
_GAP = re.compile(r"[ :,，\n=]{0,3}(?:是|为|叫|应是|应为|写成?的?)?[ :]{0,2}")
_WORD = re.compile(r"[a-z]{2,15}(?![a-z0-9@_])")
_TOLD = ("是", "为", "成", "叫", ":")
_APART = re.compile(r" ?(?![a-z]|[ /][a-z])")  # no sentence in English, no address in pinyin
_ANY = re.compile(r"[a-z]{2,15}[ .·](?P<family>[a-z]{3,15})(?![a-z0-9@_])(?=.|\n)")
# what words of English hardly have
_PINYIN = re.compile("x[iu]|q[iu]|zh|j[iu]a|jun|yue|hui|guo|rui|tian|liang|ming|ling|ying|feng|wei|shu|chun")
_CABIN = re.compile(r"/[a-z]{2,20} (?:mr|mrs|ms|miss|mstr)(?![a-z])")  # ZHAN/MINGRUI MR
_FIRST = re.compile(r"[a-z]{2,20}\Z")
_VIETNAMESE = re.compile(r"(?: [a-z]{2,6}){1,3}(?![a-z])")  # Nguyen| Thi Hoa
_BEFORE = ("", "\n", BREAK, *" ,。:;!?")
_AFTER = "在把被没不,。:;"
_DOES = re.compile(
    " ?(?:先生|女士|小姐|太太|夫妇)|"
    " (?:said|left|complained|asked|booked|ordered|paid|called|wants|wanted|stayed|wrote)(?![a-z])"
)
TWO = re.compile(r"[a-z]{2,15}[ ./][a-z]{2,15}(?![a-z0-9@_])")


def names(block: Block) -> Iterator[Span]:
    """First names of a list with a surname, and whatever follows mr., 护照名, regards."""
    for listed, start, end in block.cues["roman"]:
        yield from _BY_LIST[listed](block.text, start, end)
    for match in _CABIN.finditer(block.text):
        if first := _FIRST.search(block.text, max(0, match.start() - 20), match.start()):
            yield first.start(), match.end()


def _after(text: str, _: int, cue: int) -> Iterator[Span]:
    begin = _GAP.match(text, cue).end()  # type: ignore[union-attr]
    match = pinyin().match(text, begin) or _full().match(text, begin) or _WORD.match(text, begin)
    if match and not any_of("not_roman").fullmatch(match[0]):
        yield match.span()


def _filled(text: str, _: int, cue: int) -> Iterator[Span]:
    """A name in pinyin behind a label in English, or behind its colon any two words."""
    gap = _GAP.match(text, cue)
    begin = gap.end()  # type: ignore[union-attr]
    told = ":" in text[cue:begin] or text[:cue].endswith("name")
    words_ = TWO.match(text, begin) if told else None
    match = pinyin().match(text, begin) or _full().match(text, begin) or words_
    if match and not any_of("not_roman_form").search(match[0]):
        yield match.span()


def _vietnamese(text: str, start: int, end: int) -> Iterator[Span]:
    if match := _VIETNAMESE.match(text, end):
        yield start, match.end()


def _whole(text: str, start: int, end: int) -> Iterator[Span]:
    match = _full().match(text, start) or _foreign(text, start)
    if match and match.end() > end:
        yield match.span()
    elif familiar.is_led(text, start) and (text[end : end + 1] == "的" or wordlike.does(text, end)):
        yield start, end


def _foreign(text: str, start: int) -> re.Match[str] | None:
    """A first name and any other word, where what only people do or a sign follows: olga petrova要求."""
    match = _ANY.match(text, start)
    if match is None or match["family"] in words()["latin_not_second"] + words()["not_roman_form"]:
        return None
    begins = text[start - 1 : start] in _BEFORE or familiar.is_led(text, start)
    said = text[match.end()] in _AFTER or wordlike.does(text, match.end()) or _DOES.match(text, match.end())
    return match if begins and said else None


def _spelt(text: str, start: int, end: int) -> Iterator[Span]:
    """A surname in pinyin and two syllables; one that is English too only where told: 姓名是HE JINGWEN."""
    match = _two_syllables().match(text, start)
    given = match["given"] if match else ""
    sure = text[start:end] not in words()["surnames_english_words"] or _PINYIN.search(given) is not None
    sure = sure or text[start - 1 : start] in _TOLD
    if match and sure and _APART.match(text, match.end()):
        yield match.span()


@cache
def _two_syllables() -> re.Pattern[str]:
    """A surname and two syllables of four letters and more."""
    given = f"(?=[a-z]{{4,}})(?P<given>{_SYLLABLE}-?{_SYLLABLE})(?![a-z0-9@_.])"
    return re.compile(f"(?P<family>{_families()})[ /](?!(?P=family)){given}")


@cache
def _full() -> re.Pattern[str]:
    """A first name and a surname: Jessica Wang, Kevin.Zhou."""
    return re.compile(f"(?:{either('latin_names')})[ .·](?:{_families()})(?![a-z0-9@_])")


@cache
def pinyin() -> re.Pattern[str]:
    """A name spelt in pinyin: zhang xiaoming, LI/MEIHUA."""
    given = f"{_SYLLABLE}{{1,2}}"
    return re.compile(f"(?:{_families()})[ /,]{{1,2}}{given}(?:[ -]{_SYLLABLE})?(?![a-z0-9@_])")


def _families() -> str:
    listed = {*words()["surnames_pinyin"], *words()["surnames_english"]}
    return "|".join(sorted(listed, key=len, reverse=True))


_BY_LIST = {
    "name_roman": _after,
    "name_roman_form": _filled,
    "surnames_vietnamese": _vietnamese,
    "latin_names": _whole,
    "surnames_pinyin": _spelt,
}
