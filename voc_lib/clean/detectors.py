"""Where personal data stands in a block of folded texts: one small detector per kind, the surest first.

A block is folded text (`text.matching`: lower case, half width, simplified; digits of any script as 0-9);
no hit reaches from one text into the next.
Boundaries are written out as look-arounds, since `\\b` never fires between a Han character and a digit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from voc_lib.clean import checks
from voc_lib.clean.cues import Block, Span, nearest, read, words
from voc_lib.clean.people import addresses, doors, names

_SEP = r"(?:[ \-–—.·/_~*:+(),]{0,4}| {5,20})"

# “abc@163.com”, “abc @ 163 . com”, “abc (at) gmail.com”, “abc艾特163点com”, “1234567#qq.com”
AT = re.compile(
    r"@|艾特|\(at\)|\[at\]| at (?=[a-z0-9]{2,20} ?(?:dot|点) ?[a-z])|"
    r"#(?=(?:qq|163|126|139|189|sina|gmail|hotmail|outlook|foxmail|yeah)[.。]com)"
)
LOCAL = re.compile(r"[a-z0-9][a-z0-9._%+-]{0,63} {0,2}\Z")
DOMAIN = re.compile(
    r" {0,2}(?:[a-z0-9][a-z0-9-]{0,62}[.。]){1,4}(?!png|jpe?g|gif|webp|svg)[a-z]{2,12}(?![a-z0-9])|"
    r" {0,2}(?:[a-z0-9][a-z0-9-]{0,62}? ?(?:[.。点]|dot) ?){1,3}(?:com|cn|net|org|edu|gov)(?![a-z0-9])"
)
# “11010119900307109X”, “110101 19900307 109X”; 15 characters only after a cue
IDENTITY = re.compile(r"(?<!\d)[1-9](?:[ -]?\d){16}[ -]?[\dx](?![\dx])")
IDENTITY_OLD = re.compile(r"(?<!\d)[1-9]\d{14}(?!\d)")
PASSPORT = re.compile(r"(?<![0-9a-z])(?:[a-z]{1,2}\d{7,8}|[hm]\d{10})(?!\d)")
# “6222021234567890128”, “6222 0212 3456 7890 128”, “6222.0212.3456.7890.128”
CARD = re.compile(r"(?<![\d.])\d(?:[ .-]?\d){14,18}(?!\d)")
# “13800138000”, “138-0013-8000”, “+86 138 0013 8000”, “138 0013 8000转12”, “13800138000.0” out of a workbook
MOBILE = re.compile(
    rf"(?<!\d)(?<!\d\.)(?:(?:\+|00)?86[ -]{{0,2}})?(1{_SEP}[3-9](?:{_SEP}\d){{9}})"
    r"(?P<zero>\.0+)?(?!\d|\.\d|-\d{3})(?P<unit>元(?![旦宵月])|亿|万(?!一)|公里|字节|人次)?(?:转\d{1,6})?"
)
# “1.38001e+10” out of a workbook
FLOAT = re.compile(r"1\.[3-9]\d{3,9}e\+?10(?!\d)")
# “l38OO138OOO”: letters in place of digits
ALIKE = re.compile(r"[1il][3-9][0-9iloz]{9}(?![0-9a-z])")
# “+852 6123 4567”, “+1 415 555 2671”
FOREIGN = re.compile(r"\+(?!86)[1-9]\d{0,2}(?:[ ()-]{0,2}\d){7,12}(?!\d)")
# “0755-88886666”, “(010)8888 6666转801”, “021 5888 6666”
LANDLINE = re.compile(
    r"(?:\+86[ -]?\(?0?|(?<![\d.a-z])\(?0)(10|2\d|[3-9]\d{2})\)?([ -]{0,2})([2-8]\d{2,3}[ -]?\d{4})(?!\d)"
    r"(?:-\d{1,6}(?!\d)|转\d{1,6})?"
)
LOCAL_LINE = re.compile(r"(?<![\d.a-z-])[2-8]\d{2,3}[ -]?\d{4}(?![\d元块年月日%])")
# “粤B12345”, “沪AD12345”, “京A·12345”
PLACES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PLACES}] ?[a-z][·•・ -]?"
    r"([a-hj-np-z0-9]{5,6}|[a-hj-np-z0-9]{4}[挂学警港澳])(?![a-z0-9])"
)
_ENTRY = r"(?:号码|号|账号|帐号|id)?(?:[是为:=\s\"“]{0,3})"
WECHAT = re.compile(rf"({_ENTRY})([a-z][a-z0-9_-]{{5,19}}|[1-9]\d{{5,10}})(?![a-z0-9_.@-])")
WXID = re.compile(r"wxid_[a-z0-9]{6,20}")
QQ = re.compile(rf"((?:群)?{_ENTRY})([1-9]\d{{4,10}})(?![\d.]|[元块个次年月天万分岁条人级%])")
_NO_PLACE = tuple("最全更崭创刷翻重")


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
    return sorted(found)


def _numbers(pattern: re.Pattern[str], block: Block) -> Iterator[re.Match[str]]:
    """Matches of a pattern that starts at a run of digits or a sign before it; far faster than searching."""
    last = 0
    for start in block.runs:
        sign = block.text[start - 1 : start] in ("+", "(")
        match = (pattern.match(block.text, start - 1) if sign else None) or pattern.match(block.text, start)
        if match and match.start() >= last:
            last = match.end()
            yield match


def _digits(text: str) -> tuple[str, tuple[int, ...]]:
    """The bare digits (and x) of a number and the sizes of the groups it is written in."""
    groups = re.findall(r"[\dx]+", text)
    return "".join(groups), tuple(map(len, groups))


def emails(block: Block) -> Iterator[Span]:
    """E-mail addresses."""
    for at in AT.finditer(block.text):
        local = LOCAL.search(block.text[max(0, at.start() - 66) : at.start()])
        domain = DOMAIN.match(block.text, at.end())
        if local and domain:
            yield at.start() - len(local[0]), domain.end()


def identities(block: Block) -> Iterator[Span]:
    """Identity numbers: with a right checksum anywhere; mistyped or of 15 digits only after a cue."""
    for match in _numbers(IDENTITY, block):
        number, _ = _digits(match[0])
        if checks.identity(number) or (checks.dated_identity(number) and _is_identity(block, match.start())):
            yield match.span()
    for match in _numbers(IDENTITY_OLD, block):
        if checks.dated_identity(match[0]) and _is_identity(block, match.start()):
            yield match.span()
    for number, start, end in block.spelt:
        if checks.identity(number):
            yield start, end


def _is_identity(block: Block, start: int) -> bool:
    return nearest(block.text, start, "id_cues", "order_cues") == "id_cues"


def passports(block: Block) -> Iterator[Span]:
    """Passports and travel permits, only after a cue."""
    if not any(word in block.text for word in words()["passport_cues"]):
        return
    for match in PASSPORT.finditer(block.text):
        if nearest(block.text, match.start(), "passport_cues"):
            yield match.span()


def cards(block: Block) -> Iterator[Span]:
    """Bank cards: prefix and Luhn, no word for an order before; a mistyped one only after a cue."""
    for match in _numbers(CARD, block):
        number, groups = _digits(match[0])
        prefix = checks.card_prefix(number)
        cue = nearest(block.text, match.start(), "order_cues", "card_cues")
        if not prefix or cue == "order_cues" or ("." in match[0] and not checks.in_fours(groups)):
            continue
        if cue == "card_cues" or (checks.luhn(number) and (prefix == "unionpay" or checks.in_fours(groups))):
            yield match.span()


def mobiles(block: Block) -> Iterator[Span]:
    """Mobile numbers, however grouped or spelt; one glued to letters only after a word for telephone."""
    for match in _numbers(MOBILE, block):
        if _is_mobile(block.text, match):
            yield match.start(), match.end() - len(match["unit"] or "")
    for number, start, end in block.spelt:
        if checks.mobile(number) and _free(block.text, start):
            yield start, end
    for match in ALIKE.finditer(block.text):
        if 6 <= sum(map(str.isdigit, match[0])) < 11 and _free(block.text, match.start()):
            yield match.span()
    for pattern in (FLOAT, FOREIGN):
        for match in pattern.finditer(block.text):
            if _called(block.text, match.start()):
                yield match.span()


def _is_mobile(text: str, match: re.Match[str]) -> bool:
    """Whether eleven digits are grouped like a mobile number and stand where one may stand."""
    _, groups = _digits(match[1])
    odd = any(sign in match[1] for sign in "./·,*")  # 135.1234.5678, not the price 13800.138000
    if not checks.mobile_groups(groups, odd=odd) or not _free(text, match.start()):
        return False
    doubtful = "," in match[1] or match["zero"] or match["unit"]
    return not doubtful or _called(text, match.start())


def _called(text: str, start: int) -> bool:
    """Whether the last word before a number that announces one is a word for telephone."""
    return nearest(text, start, "phone_cues", "order_cues") == "phone_cues"


def _free(text: str, start: int) -> bool:
    """Whether a number stands by itself, or is glued to a word for telephone only, and counts nothing."""
    if text[start - 1 : start].isdigit() or _not_phone().search(text[max(0, start - 8) : start]):
        return False
    glued = re.search(r"[a-z]+\Z", text[max(0, start - 12) : start])
    return glued is None or glued[0] in words()["mobile_cues"]


def landlines(block: Block) -> Iterator[Span]:
    """Landlines with area code; seven or eight digits alone only right after a word for telephone."""
    for match in _numbers(LANDLINE, block):
        if checks.area_code(match[1]) and (
            match[2] or ")" in match[0] or not nearest(block.text, match.start(), "order_cues", size=9)
        ):
            yield match.span()
    for match in _numbers(LOCAL_LINE, block):
        number, _ = _digits(match[0])
        if not checks.is_recent_day(number) and _line_cue().search(
            block.text[max(0, match.start() - 10) : match.start()]
        ):
            yield match.span()


@cache
def _not_phone() -> re.Pattern[str]:
    cues = words()["amount_cues"] + words()["thing_cues"]
    return re.compile(f"(?:{'|'.join(map(re.escape, cues))})[是为:\\s]{{0,2}}\\Z")


@cache
def _line_cue() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(words()['landline_cues'])})(?:号码|号)?[是为:\\s]{{0,3}}\\Z")


def plates(block: Block) -> Iterator[Span]:
    """Number plates: province, letter, five characters (six for electric cars), three digits at least."""
    for match in PLATE.finditer(block.text):
        body = match[1]
        electric = len(body) == 6 and (body[0].isalpha() or body[-1].isalpha()) and body[1:5].isdigit()
        named = block.text[match.start() - 1 : match.start()] in _NO_PLACE  # “最新S12345款”
        if sum(c.isdigit() for c in body) >= 3 and (len(body) == 5 or electric) and not named:
            yield match.span()


def wechats(block: Block) -> Iterator[Span]:
    """WeChat accounts after a cue."""
    for listed, _, end in block.cues["wechat"]:
        match = WECHAT.match(block.text, end)
        glued = block.text[end - 1].isascii()
        if match and _is_account(match, strong=listed == "wechat_strong", glued=glued):
            yield match.span(2)
    for match in WXID.finditer(block.text):
        yield match.span()


def _is_account(match: re.Match[str], *, strong: bool, glued: bool) -> bool:
    gap, account = match[1], match[2]
    signed = bool(gap.strip())
    if account.isdigit():
        return (strong or signed) and not checks.is_recent_day(account)
    if account.startswith(tuple(words()["wechat_not"])):
        return False
    telling = any(c.isdigit() or c in "_-" for c in account)
    if glued and not gap and account[0].isascii():
        return False
    return signed or telling or (strong and len(account) >= 6)


def qqs(block: Block) -> Iterator[Span]:
    """QQ numbers after a cue."""
    for listed, _, end in block.cues["qq"]:
        match = QQ.match(block.text, end)
        if match is None or checks.is_recent_day(match[2]):
            continue
        if listed == "qq_strong" or match[1].strip() or len(match[2]) >= 6:
            yield match.span(2)


DETECTORS: tuple[Detector, ...] = (
    Detector("邮箱", "[邮箱]", emails),
    Detector("身份证", "[身份证]", identities),
    Detector("银行卡", "[银行卡]", cards),
    Detector("手机号", "[手机号]", mobiles),
    Detector("固话", "[固话]", landlines),
    Detector("证件号", "[证件号]", passports),
    Detector("微信", "[微信]", wechats),
    Detector("QQ", "[QQ]", qqs),
    Detector("车牌", "[车牌]", plates),
    Detector("地址", "[地址]", addresses),
    Detector("地址", "[地址]", doors),
    Detector("姓名", "[姓名]", names),
)
TOKENS = {detector.kind: detector.token for detector in DETECTORS}
