"""Where personal data stands in a block of folded texts: one small detector per kind, the surest first.

A block is folded text (`text.matching`: lower case, half width, simplified; digits of any script as 0-9);
no hit reaches from one text into the next.
Boundaries are written out as look-arounds, since `\\b` never fires between a Han character and a digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from voc_lib.clean import checks, strangers
from voc_lib.clean.accounts import emails, qqs, wechats
from voc_lib.clean.badges import badges
from voc_lib.clean.block import PLACES, Block, matched, numbers, read, scan
from voc_lib.clean.handles import handles
from voc_lib.clean.numerals import FIGURE, digits_of, spelt
from voc_lib.clean.people import again, beside, names, together
from voc_lib.clean.phones import landlines, mobiles
from voc_lib.clean.postal import addresses
from voc_lib.clean.rooms import stacked
from voc_lib.clean.vicinity import BREAK, Span, nearest
from voc_lib.clean.vocabulary import any_of

# “11010119900307109X”, “110101 19900307 109X”; 15 characters only after a cue
IDENTITY = re.compile(r"(?<!\d)[1-9](?:[ -]?\d){16}[ -]?[\dx](?![\dx])")
IDENTITY_OLD = re.compile(r"(?<!\d)[1-9]\d{5} ?\d{6} ?\d{3}(?!\d)")
PASSPORT = re.compile(r"(?<![0-9a-z])(?:[a-z]{1,2}\d{7,8}|[hm]\d{10})(?!\d)")
# “存折账号17040101200034567”, “台胞证01893746”, “军官证：军字第1234567号”
NUMBERED = re.compile(
    r"(?: ?no\.?|字号|号码|编号|号|账号|帐号)?[是为叫:=\s]{0,3}"
    rf"((?:[\u4e00-\u9fff]{{1,3}}字第?|[{PLACES}][a-z]|[{PLACES}]\(\d{{4}}\)[\u4e00-\u9fff]{{2,12}}第)?"
    r"[a-z]{0,6}\d(?:[ -]?\d){5,20}[a-z]?)(?![\d元.])"
)
# “6222021234567890128”, “6222 0212 3456 7890 128”, “6222.0212.3456.7890.128”
CARD = re.compile(r"(?<![\d.])\d(?:[ .*·/-]?\d){14,18}(?!\d)")
_ODD = re.compile(r"[.*·/]")  # signs between groups of four only
# “62284803，后面是29567301874”
CARD_PIECES = re.compile(
    rf"(?<!\d)\d{{4,12}}([^\d\n{BREAK}]{{1,10}})\d{{4,12}}(?:[^\d\n{BREAK}]{{1,10}}\d{{3,12}})?(?!\d)"
)
# “粤B12345”, “沪AD12345”, “京A·12345”
_PLATE_SIGN = rf"(?:[a-hj-np-z]|{FIGURE})"
PLATE = re.compile(
    rf"[{PLACES}]牌? ?[a-z] ?[·•・—.-]? ?"
    rf"({_PLATE_SIGN}(?:[ ·.-]?{_PLATE_SIGN}){{4,5}}|[a-hj-np-z0-9]{{4}}[挂学警港澳])(?![a-z0-9])"
)
_ELECTRIC = re.compile("[a-hj-np-z][a-hj-np-z0-9][0-9]{4}|[0-9]{5}[a-hj-np-z]")  # D12345, DF3306, 12345D
# “电动车牌照杭州A682913”
BIKE = re.compile(
    r"(?:牌照|车牌|号牌)(?:号码|号)?[是为:\s]{0,2}([\u4e00-\u9fff]{2,3}[ ·]?[a-z]?\d{5,7})(?![\da-z])"
)
# “身份证前六510104，生日19931020，后四6613”
IDENTITY_PIECES = re.compile(r"[1-9]\d{5}[^\d\n]{1,10}(?:19|20)\d{6}[^\d\n]{1,10}\d{3}[\dx](?![\dx])")
_SAID_AFTER = 10  # characters behind an identity number in which words say that it is one
_PASSPORT_REACH = 26  # characters behind a cue in which a passport may end
_NO_PLACE = tuple("最全更崭创刷翻重")
_NO_NEIGHBOUR = (
    "姓名",
    "车牌",
    "工号",
    "微信",
    "QQ",
    "邮箱",
    "账号",
)  # beside these no name stands by itself


@dataclass(frozen=True)
class Detector:
    """One kind of personal data, the token that replaces it and where it stands."""

    kind: str
    token: str
    spans: Callable[[Block], Iterator[Span]]


def find(text: str) -> list[tuple[int, int, str]]:
    """Start, end and kind of every hit in folded texts, in order; where two overlap the surer kind stands."""
    block = read(text)
    taken = bytearray(len(text))
    found = []
    for detector in DETECTORS:
        for start, end in detector.spans(block):
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\x01" * (end - start)
                found.append((start, end, detector.kind))
    found += [(start, end, "姓名") for start, end in strangers.names(block, taken)]
    for start, end in stacked(text, [hit for hit in found if hit[2] == "地址"]):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            found.append((start, end, "地址"))
    known = [hit for hit in found if hit[2] not in _NO_NEIGHBOUR]
    for start, end in (*beside(block, known), *together(text, found), *again(text, found)):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\x01" * (end - start)
            found.append((start, end, "姓名"))
    return sorted(found)


def look_up() -> None:
    """Nothing; what is looked up is read, for which the first text would wait most of a second. No thread."""
    find("客户张三说李小红的电话是 13800138000，家住幸福路 3 号 2 单元 501，客服小王和李老师 amy 说的")


def identities(block: Block) -> Iterator[Span]:
    """Identity numbers: with a right checksum anywhere; mistyped or of 15 digits only after a cue."""
    for match in numbers(IDENTITY, block):
        number, _ = digits_of(match[0])
        if checks.identity(number) or (checks.dated_identity(number) and _is_identity(block, match.start())):
            yield match.span()
    for match in numbers(IDENTITY_OLD, block):
        if checks.dated_identity(match[0].replace(" ", "")) and _is_identity(block, match.start()):
            yield match.span()
    for number, start, end in block.spelt:
        later = block.text[end : end + _SAID_AFTER].partition(BREAK)[0]
        said = _is_identity(block, start) or any_of("id_cues").search(later) is not None
        if checks.identity(number) or (checks.dated_identity(number) and said):
            yield start, end
    yield from _identity_pieces(block)


def _identity_pieces(block: Block) -> Iterator[Span]:
    for match in scan(IDENTITY_PIECES, block.text, block.eleven):
        if BREAK not in match[0] and _is_identity(block, match.start()):
            yield match.span()


def _is_identity(block: Block, start: int) -> bool:
    return nearest(block.text, start, "id_cues", "order_cues") == "id_cues"


def passports(block: Block) -> Iterator[Span]:
    """Passports, travel permits and other documents, only after a cue."""
    yield from _numbered(block, "document")
    for _, _, end in block.cues["passport"]:
        for match in PASSPORT.finditer(block.text, end, end + _PASSPORT_REACH):
            if nearest(block.text, match.start(), "passport_cues"):
                yield match.span()


def cards(block: Block) -> Iterator[Span]:
    """Bank cards: prefix and Luhn, no word for an order before; a mistyped one only after a cue."""
    for match in numbers(CARD, block):
        number, groups = digits_of(match[0])
        prefix = checks.card_prefix(number)
        cue = nearest(block.text, match.start(), "order_cues", "card_cues")
        if not prefix or cue == "order_cues" or (_ODD.search(match[0]) and not checks.in_fours(groups)):
            continue
        if cue == "card_cues" or (checks.luhn(number) and (prefix == "unionpay" or checks.in_fours(groups))):
            yield match.span()
    for number, start, end in block.spelt:
        prefix, cue = checks.card_prefix(number), nearest(block.text, start, "order_cues", "card_cues")
        if prefix and (cue == "card_cues" or (prefix == "unionpay" and not cue)):
            yield start, end
    yield from _numbered(block, "account", digits=10)
    for _, _, end in block.cues["account"]:
        for match in CARD_PIECES.finditer(block.text, end, end + 50):
            number, _ = digits_of(match[0])
            if 15 <= len(number) <= 19 and any_of("piece_joins").search(match[1]):
                yield match.span()


def _numbered(block: Block, group: str, *, digits: int = 6) -> Iterator[Span]:
    """Numbers right after the name of a document or an account."""
    for _, start, end in block.cues[group]:
        match = NUMBERED.match(block.text, end)
        lettered = start > 0 and block.text[start - 1] in ascii_lowercase
        if match is None or lettered or _of_thing(block.text, start, end):  # 3C证书编号…
            continue
        if len(digits_of(match[1])[0]) >= digits and not checks.is_recent_day(match[1]):
            yield match.span(1)


def _of_thing(text: str, start: int, end: int) -> bool:
    """Whether a longer word makes the name of an account or a document one of a thing: 会员卡号."""
    earlier = any_of("order_cues").finditer(text, max(0, start - 5), end)
    return any(match.start() < start < match.end() for match in earlier)


def plates(block: Block) -> Iterator[Span]:
    """Number plates: province, letter, five characters (six for electric cars), three digits at least."""
    for match in matched(PLATE, block, "plate"):
        body = re.sub("[ ·.-]", "", spelt(match[1]))
        electric = _ELECTRIC.fullmatch(body) is not None
        named = block.text[match.start() - 1 : match.start()] in _NO_PLACE  # “最新S12345款”
        if sum(c.isdigit() for c in body) >= 3 and (len(body) == 5 or electric) and not named:
            yield match.span()
    for match in matched(BIKE, block, "bike"):
        yield match.span(1)


DETECTORS: tuple[Detector, ...] = (
    Detector("邮箱", "[邮箱]", emails),
    Detector("身份证", "[身份证]", identities),
    Detector("银行卡", "[银行卡]", cards),
    Detector("手机号", "[手机号]", mobiles),
    Detector("固话", "[固话]", landlines),
    Detector("证件号", "[证件号]", passports),
    Detector("微信", "[微信]", wechats),
    Detector("QQ", "[QQ]", qqs),
    Detector("账号", "[账号]", handles),
    Detector("车牌", "[车牌]", plates),
    Detector("工号", "[工号]", badges),
    Detector("地址", "[地址]", addresses),
    Detector("姓名", "[姓名]", names),
)
TOKENS = {detector.kind: detector.token for detector in DETECTORS}
