"""Telephones written so that no filter sees them, in a block of folded texts: with noise, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean import checks
from voc_lib.clean.block import Block, scan
from voc_lib.clean.numerals import FIGURE, SOUNDS, figures, heard
from voc_lib.clean.vicinity import BREAK, Span, around, nearest
from voc_lib.clean.vocabulary import any_of

_LATER = 6  # characters behind a number in which a word for it may stand
_NOISE_BEFORE, _NOISE_AFTER = 60, 40  # characters beside “去掉”, “连起来” in which a number is looked for
# “139🌸1620🌸4857”, “139…1620…4857”: the same signs twice
_SPOKEN = "空格?|横?杠|[两俩]?个?点|减号?|加号?|星号?|斜杠|逗号|顿号|下划线"  # signs in words
SIGNED = re.compile(
    rf"1(?<![\d.]1)[3-9]\d"
    rf"(?P<sign> ?(?:(?![-–—.])[^\w\s{BREAK}]|[丶丨]){{1,12}} ?|\.{{3,6}}|{_SPOKEN})"
    rf"\d{{4}}(?P=sign)\d{{4}}(?!(?P=sign)\d|\d)"
)
# “138(5820)3947”
_FOUR = f"{FIGURE}{{4}}"
ENCLOSED = re.compile(
    rf"1(?<![\d.]1)[3-9]\d ?(?:\({_FOUR}\)|\[{_FOUR}\]|【{_FOUR}】|〔{_FOUR}〕|「{_FOUR}」|"
    rf"<{_FOUR}>|“{_FOUR}”) ?{_FOUR}(?!{FIGURE})"
)
# “138****3947，中间是5820”: hidden in part, and the rest said behind it
STARRED = re.compile(
    rf"1(?<![\d.]1)[3-9]\d ?(?:[*x×#?_●○]{{2,6}}|某+) ?\d{{4}}"
    rf"(?=[^\d\n{BREAK}]{{0,12}}(?:中间|星号|星星|空着|缺|打码|隐藏|补))[^\d\n{BREAK}]{{1,18}}\d{{4}}(?!\d)"
)
# “15a7b5c3d0e6f8g4h1i2”, “要158不你0027打给我3694试试”, where words say so
NOISY = re.compile(rf"(?<!\d)1(?:[^\d{BREAK}]{{0,7}}\d){{10}}(?!\d)")
# “139x0571x2234”, “【139】【0571】2234”: any few signs or a letter between, after a word for telephone
FREE = re.compile(
    rf"[1一幺壹](?<![0-9a-z+].)(?<![a-z]-.)(?:(?:[^\w\n{BREAK}]{{0,4}}|[a-z丶点杠])[^\w\n{BREAK}]{{0,2}}{FIGURE}){{10}}(?![0-9a-z%元块]|[.-]\d)"
)
# “从后往前：43221750931”
BACKWARDS = re.compile(r"(?<!\d)\d(?:[ -]?\d){10}(?!\d)")
_WORDS = {
    word: str(digit)
    for digit, listed in enumerate(
        (
            ("zero", "oh", "ling", "dong"),
            ("one", "yao", "yi"),
            ("two", "er"),
            ("three", "san"),
            ("four", "si"),
            ("five", "wu"),
            ("six", "liu"),
            ("seven", "qi", "guai"),
            ("eight", "ba"),
            ("nine", "jiu", "gou"),
        )
    )
    for word in listed
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
# “one three six 7702 5518”, “yao三七五八”
WORDED = re.compile(
    rf"(?<![a-z])(?:{_WORD}|{FIGURE})(?:[ ,.\-]{{0,2}}(?:{_WORD}|{FIGURE})){{6,10}}(?![a-z0-9])"
)
_HEAD = re.compile(rf"(?:{FIGURE}[ ,.\-]{{0,2}}){{1,10}}\Z")
# “一百三十八，零二七四，六五九一”
HUNDRED = re.compile(
    rf"一百[三四五六七八九]十[一二三四五六七八九][,。 、]{{0,2}}{FIGURE}{{4}}[,。 、]{{0,2}}{FIGURE}{{4}}"
)
_LONG, _MOSTLY = 11, 8  # digits of a mobile number, and characters in place of them at least
# “⑬⑦⓪…”: two digits in one circle
CIRCLED = re.compile(r"[⑬-⑲0-9](?:[0-9⑩-⑳]){4,9}(?!\d)")


def mobiles(block: Block) -> Iterator[Span]:
    """Mobile numbers with the same signs, noise or words in them."""
    for pattern in (SIGNED, ENCLOSED, STARRED):
        yield from (match.span() for match in scan(pattern, block.text, block.eleven))
    yield from _free(block)
    yield from _noisy(block)
    yield from _backwards(block)
    for _, start, _ in block.cues["figure"]:
        head = _HEAD.search(block.text, max(0, start - 16), start)
        match = WORDED.match(block.text, head.start() if head else start)
        if match and checks.mobile(said(match[0])):
            yield match.span()
    yield from _heard(block)
    for match in scan(HUNDRED, block.text, block.eleven):
        if checks.mobile("1" + figures(match[0].replace("百", ""))[1:]):
            yield match.span()
    for match in CIRCLED.finditer(block.text) if block.circled else ():
        if checks.mobile("".join(str(_circled(char)) for char in match[0])):
            yield match.span()


def _heard(block: Block) -> Iterator[Span]:
    """Eleven characters by themselves that sound like a mobile number."""
    for start in block.heard:
        number = block.text[start : start + _LONG]
        beside = block.text[start - 1 : start] + block.text[start + _LONG : start + _LONG + 1]
        said = sum(char in SOUNDS for char in number)
        if said >= _MOSTLY and checks.mobile(heard(number)) and not any(c in SOUNDS for c in beside):
            yield start, start + _LONG


def _free(block: Block) -> Iterator[Span]:
    for match in scan(FREE, block.text, block.eleven):
        start, end = match.span()
        cue = nearest(block.text, start, "phone_said", "order_cues", "thing_cues")
        later = any_of("phone_said").search(block.text[end : end + _LATER].partition(BREAK)[0])
        number = "".join(filter(str.isdigit, figures(match[0])))
        told = cue == "phone_said" or (not cue and later)
        if told and not match[0].isdigit() and checks.mobile(number):
            yield start, end


def _backwards(block: Block) -> Iterator[Span]:
    for _, start, end in block.cues["backwards"]:
        for match in BACKWARDS.finditer(block.text, *around(block.text, start, end, 24, 24)):
            if checks.mobile(figures(match[0])[::-1]):
                yield match.span()


def _noisy(block: Block) -> Iterator[Span]:
    for _, start, end in block.cues["noise"]:
        for match in NOISY.finditer(block.text, *around(block.text, start, end, _NOISE_BEFORE, _NOISE_AFTER)):
            if checks.mobile(figures("".join(filter(str.isdigit, match[0])))):
                yield match.span()


def said(text: str) -> str:
    """The digits of a number in words.

    >>> said("one three six 7702"), said("yao三七")
    ('1367702', '137')
    """
    return figures(re.sub(_WORD, lambda match: _WORDS[match[0]], text))


def _circled(char: str) -> int:
    return int(char) if char.isdigit() and char.isascii() else 10 + ord(char) - ord("⑩")
