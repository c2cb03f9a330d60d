"""What one cell of a column of scores says: a number, out of how many, a word beside it, a code of a page."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np

from voc_lib.collect import wordscales

NUMBER = r"[-+]?\d+(?:\.\d+)?"
UNIT = r"(?:分|星级?|颗星|颗|级|点|stars?|points?|pts?|sternen?|étoiles?|estrellas?)"
HAN = {han: float(n) for n, han in enumerate("零一二三四五六七八九十")} | {"两": 2.0}
SPOKEN = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0}
TOPS = {"five": 5.0, "ten": 10.0, "五": 5.0, "十": 10.0}
UNSEEN = re.compile("[\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")
SIMPLE = str.maketrans("滿級評價較還極無沒驚", "满级评价较还极无没惊")  # 滿意、沒有評價
ENDS = " 。.!！~～;；,，\"'“”"
LONGEST = 60  # characters; what is longer is a text
DECIMAL = re.compile(r"^(\d),(\d)(?=\s*(?:/|von|sur|de|out of))")  # 4,5 von 5 Sternen
FULL, HOLLOW = set("★⭐🌟"), set("☆✩")
# 4/5、8.5/10、5 out of 5 stars、评为4颗星(满分为5颗星)、5颗星,共5颗
OUT_OF = re.compile(
    rf"\D{{0,12}}?({NUMBER})\s*{UNIT}?\s*[,(]?\s*(?:/|out of|of|von|sur|de|共|满分|最多|总分)"
    rf"\s*(?:为|是|:)?\s*(\d+(?:\.0+)?|{'|'.join(TOPS)})\s*{UNIT}?\s*\)?"
)
PERCENT = re.compile(rf"({NUMBER})\s*%")
WIDTH = re.compile(r"width\s*:\s*(\d+(?:\.\d+)?)\s*%")  # width:80% of five stars
PLAIN = re.compile(rf"({NUMBER})\s*{UNIT}?")
# 10(非常愿意)、5-非常满意、5星好评、0 - not at all likely
AHEAD = re.compile(
    rf"({NUMBER})\s*(?:{UNIT}\s*|[-–—.、:=(\[|,]\s*|\s)[-–—.、:=(\[|,\s]*([^\d()\[\]]+?)[)\]]?"
)
# 非常满意(5)、满意4分
BEHIND = re.compile(
    rf"([^\d()\[\]]+?)\s*(?:[-–—.、:=(\[|]\s*({NUMBER})\s*{UNIT}?|\s*(\d+(?:\.\d+)?)\s*{UNIT})\s*[)\]]?"
)
SPELLED = re.compile(rf"([{''.join(HAN)}])\s*(?:分|星级?|颗星)\s*(.*)")
HALF = re.compile(rf"([{''.join(HAN)}]|\d)\s*(?:分|颗?星)\s*半")  # 四星半
ENGLISH = re.compile(rf"({'|'.join(SPOKEN)})[-_ ]?stars?")
LETTERED = re.compile(r"\(?[a-e][.、:)]?\s*\(?(.+?)\)?")  # A. 非常满意、(B) 满意、C一般
CODE = re.compile(r"[a-z][a-z0-9_\- .]*")
HALVES = "(\\d{1,2})(?:[-_](5)(?!\\d))?"  # a-star-4-5 is four and a half


@dataclass(frozen=True)
class Mark:
    """One cell: `number` out of `top` (NaN where not said), the `word` beside it, the `code` around it."""

    number: float = np.nan
    top: float = np.nan
    word: str = ""
    code: str = ""


def plain(text: str) -> str:
    """A cell as it is compared: half width, small letters, no signs at its ends.

    >>> plain("１０（非常愿意）"), plain(" Good! "), plain("☹️")
    ('10(非常愿意)', 'good', '☹')
    """
    text = UNSEEN.sub("", unicodedata.normalize("NFKC", text)).casefold()
    text = DECIMAL.sub(r"\1.\2", text.translate(SIMPLE))
    return re.sub(r"\s+", " ", text).strip(ENDS)


def of(cell: str) -> Mark | None:
    """What a cell says; None where it says no score.

    >>> of("10（非常愿意）").number, of("8.5/10").top, of("★★★★☆").number, of("s-star5").number
    (10.0, 10.0, 4.0, 5.0)
    >>> of("A. 非常满意").word, of("3天没修好"), of("五星好评").number
    ('非常满意', None, 5.0)
    """
    text = plain(cell)
    if text in wordscales.every():
        return Mark(word=text)
    if not text or len(text) > LONGEST:
        return None
    return _stars(text) or _number(text) or _labelled(text) or _code(text)


def _stars(text: str) -> Mark | None:
    if found := HALF.fullmatch(text):
        return Mark((HAN.get(found[1]) or float(found[1])) + 0.5)
    signs = text.replace(" ", "")
    if not set(signs) <= FULL | HOLLOW:
        return None
    hollow = sum(sign in HOLLOW for sign in signs)
    return Mark(float(len(signs) - hollow), float(len(signs)) if hollow else np.nan)


def _number(text: str) -> Mark | None:
    if found := PLAIN.fullmatch(text):
        return Mark(float(found[1]))
    if found := PERCENT.fullmatch(text):
        return Mark(float(found[1]), 100.0)
    if found := WIDTH.fullmatch(text):
        return Mark(float(found[1]) / 20, 5.0, code="width")
    if found := OUT_OF.fullmatch(text):
        return Mark(float(found[1]), TOPS.get(found[2]) or float(found[2]))
    if found := ENGLISH.fullmatch(text):
        return Mark(SPOKEN[found[1]], 5.0)
    return None


def _labelled(text: str) -> Mark | None:
    if (found := LETTERED.fullmatch(text)) and found[1] in wordscales.every():
        return Mark(word=found[1])
    if found := AHEAD.fullmatch(text):
        return Mark(float(found[1]), word=found[2].strip(ENDS))
    if found := SPELLED.fullmatch(text):
        return Mark(HAN[found[1]], word=found[2].strip(ENDS + "()"))
    if (found := BEHIND.fullmatch(text)) and not text.isascii():
        return Mark(float(found[2] or found[3]), word=found[1].strip(ENDS))
    if found and found[1].strip(ENDS) in wordscales.every():
        return Mark(float(found[2] or found[3]), word=found[1].strip(ENDS))
    return None


@cache
def _codes() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(wordscales.file()['code_words'])})[-_]?{HALVES}")


def _code(text: str) -> Mark | None:
    found = [*_codes().finditer(text)] if CODE.fullmatch(text) else []
    if not found:
        return None
    last = found[-1]
    number = float(last[1]) + (0.5 if last[2] else 0.0)
    return Mark(number, code=text[: last.start(1)])


def uncoded(numbers: dict[str, float], code: str) -> dict[str, float]:
    """Stars of the codes of a page: star45 is four and a half, in a page that also has star50 or star10.

    >>> uncoded({"star50": 50.0, "star05": 5.0}, "star")
    {'star50': 5.0, 'star05': 0.5}
    >>> uncoded({"rating5": 5.0, "rating45": 45.0}, "rating")
    {'rating5': 5.0, 'rating45': 4.5}
    """
    if not any(number > 5 for number in numbers.values()) or any(n > 5 and n % 5 for n in numbers.values()):
        return numbers
    if max(numbers.values()) <= 10 and not re.search("star|str|rat", code):
        return numbers  # score-10 and score-5 are of ten
    tens = any(number and number % 10 == 0 for number in numbers.values())
    return {text: number / 10 if tens or number > 5 else number for text, number in numbers.items()}
