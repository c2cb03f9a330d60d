"""Where telephones stand in a block of folded texts: in digits, letters or words, whole or in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import checks, veiled
from voc_lib.clean.block import Block, matched, numbers, scan
from voc_lib.clean.numerals import FIGURE, digits_of, figures
from voc_lib.clean.vicinity import BREAK, Span, before, nearest
from voc_lib.clean.vocabulary import any_of, either, words

_SEP = r"(?:[ \-–—.·/_~*:+(),]{0,4}| {5,20})"
_SOME = rf"[^\n0-9{BREAK}]{{1,12}}?"
# “13800138000”, “138-0013-8000”, “+86 138 0013 8000”, “138 0013 8000转12”, “13800138000.0” out of a workbook
MOBILE = re.compile(
    rf"(?<!\d)(?:(?<!\d\.)|(?<=[\s;,、]\d\.))(?:(?:\+|00)?86[ -]{{0,2}})?(1{_SEP}[3-9](?:{_SEP}\d){{9}})"
    r"(?P<zero>\.0+)?(?!\d|\.\d|-\d{3})(?P<unit>元(?![旦宵月])|亿|万(?!一)|公里|字节|人次)?(?:转\d{1,6})?"
)
# “1.38001e+10” out of a workbook
FLOAT = re.compile(r"1\.[3-9]\d{3,9}e\+?10(?!\d)")
# “7-2-150313800138000”, “8栋2单元30113800138000”: pasted behind a room
BEHIND_ROOM = re.compile(
    r"(?<![\da-z])(?:(?:\d{1,3}-){2,3}|(?:\d{1,3}(?:#|号楼|[栋幢座]|单元)-?){1,3})\d{3,4}(1[3-9]\d{9})(?!\d)"
)
# “l38OO138OOO”, “l38-OO138-OOO”: letters in place of digits
ALIKE = re.compile(r"[1il][3-9][0-9iloz](?:[ -]?[0-9iloz]){8}(?![0-9a-z])")
# “电话13B0013B000”: these only after a word for telephone
ALIKE_SAID = re.compile(r"[1il][3-9][0-9ilozbsgq](?:[ -]?[0-9ilozbsgq]){8}(?![0-9a-z])")
# “前三位159，中间2648，最后3071”: said bit by bit, with a few words between the pieces
PIECES = re.compile(
    rf"(?<!{FIGURE})((?:1|一|幺|壹){FIGURE}{{6}}|(?:1|一|幺|壹){FIGURE}{{2}})"
    rf"(?:({_SOME})({FIGURE}{{4}}))?(?:({_SOME})({FIGURE}{{8}}|{FIGURE}{{4}}))(?!{FIGURE})"
)
# “尾号8827前面1860571”
TAIL_FIRST = re.compile(
    rf"(?:尾号|后四位|最后四位|末四位)[^\d\n{BREAK}]{{0,3}}(\d{{4}})[^\d\n{BREAK}]{{1,6}}(1[3-9]\d{{5}})(?!\d)"
)
# “8827是尾号，前面1860571”
TAIL_SAID = re.compile(
    rf"(?<!\d)(\d{{4}})[是为](?:尾号|后四位|最后四位|末四位)[^\d\n{BREAK}]{{1,6}}(1[3-9]\d{{5}})(?!\d)"
)
# “+852 6123 4567”, “+1 415 555 2671”
FOREIGN = re.compile(r"\+(?!86)[1-9]\d{0,2}(?:[ ()-]{0,2}\d){7,12}(?!\d)")
# “0755-88886666”, “(010)8888 6666转801”, “021 5888 6666”
LANDLINE = re.compile(
    r"(?:\+86[ -]?\(?0?|(?<![\d.a-z])\(?0)(10|2\d|[3-9]\d{2})\)?([ \-–—]{0,3})"
    r"([2-8]\d{2,3}(?: - |[ -])?\d{4})(?!\d)"
    r"(?:-\d{1,6}(?!\d)|转\d{1,6})?"
)
LOCAL_LINE = re.compile(r"(?<![\d.a-z-])[2-8]\d{2,3}[ -]?\d{4}(?![\d元块年月日%])")
# “138a0571b6634”, “159和2648和3071”: what stands between the pieces is no digit
LETTERED = re.compile(
    rf"(1(?<![0-9a-z]1)[3-9]\d)([^\d\n{BREAK}]{{1,3}})(\d{{4}})([^\d\n{BREAK}]{{1,3}})(\d{{4}})(?![0-9a-z])"
)
# “1❤7❤7❤0❤5❤…”: one sign between all digits
DOTTED = re.compile(
    rf"1(?<!\d1)(?:(?P<sign>[^\w\s{BREAK}]){{1,2}}[3-9])(?:[^\w\s{BREAK}]{{1,2}}\d){{9}}(?![\d.])"
)
_LINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_NEAR_ABROAD = re.compile(r"\+(?:852|853|886)")  # numbers of eight or nine digits behind these are telephones
_SINGLE = 8  # groups of digits that are as good as single digits: 13.6.5.7.1.8.2.0.4.9
_PAIRS = (2, 2, 2, 2)  # 137/58/29/44/61
_PIECE_WORDS = 2  # that say a number comes in pieces


def mobiles(block: Block) -> Iterator[Span]:
    """Mobile numbers, however grouped or spelt; one glued to letters only after a word for telephone."""
    for match in numbers(MOBILE, block):
        if _is_mobile(block.text, match):
            yield match.start(), match.end() - len(match["unit"] or "")
    for number, start, end in block.spelt:
        country = len(number) == 13 and number.startswith("86")
        if checks.mobile(number[2 * country :]) and _free(block.text, start):
            yield start, end
    for match in matched(ALIKE, block, "alike"):
        if 4 <= sum(map(str.isdigit, match[0])) < 11 and _free(block.text, match.start()):
            yield match.span()
    for match in matched(ALIKE_SAID, block, "alike"):
        said = nearest(block.text, match.start(), "phone_said", "order_cues", "thing_cues") == "phone_said"
        if 6 <= sum(map(str.isdigit, match[0])) < 11 and said:
            yield match.span()
    yield from (match.span(1) for match in scan(BEHIND_ROOM, block.text, block.eleven))
    yield from _strewn(block)
    yield from veiled.mobiles(block)
    yield from _pieces(block)
    for match in (*matched(FLOAT, block, "float"), *matched(FOREIGN, block, "foreign")):
        if _called(block.text, match.start()) or _NEAR_ABROAD.match(match[0]):
            yield match.span()


def _strewn(block: Block) -> Iterator[Span]:
    """Mobile numbers strewn with letters or signs."""
    for match in scan(DOTTED, block.text, block.eleven):
        yield match.span()
    for match in scan(LETTERED, block.text, block.eleven):
        start, end = match.span()
        around = f"{before(block.text, start, 8)}{match[2]}{match[4]}"  # “电139话在8847这里0215”
        if any_of("phone_cues").search(around) or _called_after(block.text, end) or around.startswith("号"):
            yield start, end


def _pieces(block: Block) -> Iterator[Span]:
    """Mobile numbers in pieces, where words say that they are pieces."""
    for _, start, end in block.cues["piece"]:
        for match in PIECES.finditer(block.text, max(0, start - 14), end + 40):
            later = block.text[match.end() : match.end() + 6].partition(BREAK)[0]
            between = f"{before(block.text, match.start(), 10)} {match[2] or ''} {match[4]} {later}"
            pieces = "".join(piece or "" for piece in (match[1], match[3], match[5]))
            said = set(any_of("piece_joins").findall(between))
            if checks.mobile(figures(pieces)) and len(said) >= _PIECE_WORDS:
                yield match.span()
        tails = TAIL_FIRST.finditer(block.text, max(0, start - 4), end + 20)
        for match in (*tails, *TAIL_SAID.finditer(block.text, max(0, start - 6), end + 20)):
            if checks.mobile(match[2] + match[1]):
                yield match.span()


def _is_mobile(text: str, match: re.Match[str]) -> bool:
    """Whether eleven digits are grouped like a mobile number and stand where one may stand."""
    _, groups = digits_of(match[1])
    odd = any(sign in match[1] for sign in "./·,*")  # 135.1234.5678, not the price 13800.138000
    called, foreign = _called(text, match.start()), text[match.start() - 1 : match.start()] == "+"
    parts = len(groups) >= _SINGLE or groups[1:] == _PAIRS
    any_groups = called and (parts or not (odd or foreign))
    if not (any_groups or checks.mobile_groups(groups, odd=odd)) or not _free(text, match.start()):
        return False
    return called or not (
        "," in match[1] or ("(" in match[1] and not parts) or match["zero"] or match["unit"]
    )


def _called(text: str, start: int) -> bool:
    """Whether the last word before a number that announces one is a word for telephone."""
    return nearest(text, start, "phone_cues", "order_cues") == "phone_cues"


def _called_after(text: str, end: int) -> bool:
    """Whether a word for telephone comes soon after a number: “138a0571b6634，字母去掉就是我电话”."""
    return any_of("phone_cues").search(text[end : end + 14].partition(BREAK)[0]) is not None


def _free(text: str, start: int) -> bool:
    """Whether a number stands by itself, or is glued to a word for telephone only, and counts nothing."""
    if text[start - 1 : start].isdigit() or _not_phone().search(text[max(0, start - 8) : start]):
        return False
    glued = re.search(r"([a-z]+)-?\Z", text[max(0, start - 12) : start])  # ht-139-2024-0718
    known = (*words()["mobile_cues"], *words()["latin_names"])
    return glued is None or glued[1] in known or text[max(0, start - 2) : start] == "\\n"


def landlines(block: Block) -> Iterator[Span]:
    """Landlines with area code; seven or eight digits alone only right after a word for telephone."""
    for match in numbers(LANDLINE, block):
        if checks.area_code(match[1]) and (
            match[2] or ")" in match[0] or not nearest(block.text, match.start(), "order_cues", size=9)
        ):
            yield match.span()
    for match in numbers(LOCAL_LINE, block):
        number, _ = digits_of(match[0])
        if not checks.is_recent_day(number) and _line_cue().search(
            block.text[max(0, match.start() - 10) : match.start()]
        ):
            yield match.span()
    for number, start, end in block.spelt:
        if _is_line(number) and _called(block.text, start):
            yield start, end


def _is_line(number: str) -> bool:
    """Whether digits are a landline with its area code."""
    return _LINE.fullmatch(number) is not None and any(checks.area_code(number[1:size]) for size in (3, 4))


@cache
def _not_phone() -> re.Pattern[str]:
    cues = words()["amount_cues"] + words()["thing_cues"]
    return re.compile(f"(?:{'|'.join(map(re.escape, cues))})[是为:\\s]{{0,2}}\\Z")


@cache
def _line_cue() -> re.Pattern[str]:
    return re.compile(f"(?:{either('landline_cues')})(?:号码|号)?[是为:\\s]{{0,3}}\\Z")
