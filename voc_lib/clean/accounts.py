"""Where people are found online, in a block of folded texts: e-mail, WeChat and QQ however written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import checks
from voc_lib.clean.block import SIGNS, WEI, XIN, Block, matched, scan
from voc_lib.clean.numerals import FIGURE, figures, spelt
from voc_lib.clean.vicinity import BREAK, Span, nearest
from voc_lib.clean.vocabulary import either, words

_DOT = r" ?(?:[.。点·#]|[(\[【]点[)\]】]|dot|\[dot\]|\(dot\)|\[\.\]|\(\.\)) ?"
_MAILERS = "qq|163|126|139|189|sina|sohu|gmail|hotmail|outlook|foxmail|yeah|icloud|aliyun|vip"
# “abc @ 163 . com”, “abc (at) gmail.com”, “abc艾特163点com”, “1234567#qq.com”, “abc小老鼠163点com”
AT = re.compile(
    r"@|艾特|爱特|小老鼠|圈a|花a|[(\[{<【_*]at[)\]}>】_*]|\(a\)| at (?=[a-z0-9]{2,20} ?(?:dot|点|\.) ?[a-z])|"
    rf"圈(?=(?:{_MAILERS})(?:点|dot|[.。]))| at (?=(?:{_MAILERS}) com)|at(?=(?:{_MAILERS})(?:点|dot))|"
    rf"#(?= ?(?:{_MAILERS}) ?[.。点#] ?(?:com|cn))|在(?=(?:{_MAILERS}) ?[.。点] ?com)"
)
LOCAL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9._%+-]|下划线|点|横杠){0,63}|[零一二三四五六七八九]{5,11}|"
    r"(?:[a-z0-9] ){4,}[a-z0-9])"
    r"[ (\[【{]{0,2}\Z"
)
DOMAIN = re.compile(
    r"[ )\]】}]{0,2}(?:[a-z0-9][a-z0-9-]{0,62}[.。]){1,4}(?!png|jpe?g|gif|webp|svg)[a-z]{2,12}(?![a-z0-9])|"
    rf"[ )\]】}}]{{0,2}}(?:[a-z0-9][a-z0-9-]{{0,62}}?{_DOT}){{1,3}}"
    r"(?:com|cn|net|org|edu|gov|c o m)(?![a-z0-9])|"
    rf" {{0,2}}(?:{_MAILERS}) com(?![a-z])|"
    rf" {{0,2}}(?:q q|1 6 3|1 2 6){_DOT}c ?o ?m|"
    rf" {{0,2}}(?:扣扣|抠抠|企鹅|网易|新浪){_DOT}(?:com|cn)|"
    rf" {{0,2}}(?:一六三|一二六|{_MAILERS})(?:{_DOT}(?:康木|抗姆|扣姆|com)|(?=邮箱|信箱|[^a-z0-9.]|\Z))"
)
_FREE = re.compile(rf"[ )\]】}}]{{0,2}}(?:{_MAILERS})(?![a-z0-9-])")  # where anybody may have a mail box
_ENTRY = (
    r"(?: ?id)?(?: ?is)?(?:(?:同)?(?:号码|号|账号|帐号|id|联系|搜索?|加|找|添加)(?:我)?)?"
    r"(?:[是为叫:=\s\"“(+➕❤♥💗💕💚💬📱丨|·*/.→↓⇒>~【-]{0,5})"
)
_TIE = "(?:_|-|点(?=[a-z0-9])|下划线|下滑线|下横线|横杠|横线|减号|短横)"
_ACCOUNT = (
    rf"(?:[a-z0-9](?:[ .]{_TIE}?[a-z0-9_-]){{5,19}}|"
    rf"[a-z](?:[a-z0-9]|{_TIE}){{4,19}}(?:[零一二三四五六七八九]{{2,9}})?|[a-z]{{1,9}}[零一二三四五六七八九]{{2,9}}|"
    rf"[1-9]\d{{5,10}}[a-z_-][a-z0-9_-]{{0,9}}|[1-9]\d{{5,10}}|[a-z](?:[a-z0-9]*\.){{1,12}}[a-z0-9]{{2,9}})"
)
WECHAT = re.compile(rf"({_ENTRY})({_ACCOUNT})(?![a-z0-9_.@-])")
# an account that can be nothing else, a few words after the cue: “加下我w信不？yu_xiaotian”
FAR = re.compile(
    rf"[^a-z0-9\n{BREAK}]{{0,14}}?(?<![a-z0-9])"
    r"((?=[a-z0-9_-]{6,20}(?![a-z0-9_.@-]))[a-z][a-z_-]*(?:\d{3}|[_-]|\d\w*_)[a-z0-9_-]*)"
)
# “加薇 qh_ 0 9 2 7 _lin，空格去掉”
SPACED = re.compile(
    rf"{_ENTRY}((?=[a-z])[a-z0-9_-]{{1,8}}(?: [a-z0-9_-]{{1,8}}){{3,15}})"
    rf"(?=[^a-z0-9\n{BREAK}]{{1,3}}(?:空格|去掉|连起来|连着))"
)
WXID = re.compile(r"wxid_[a-z0-9]{6,20}")
# “卫❤星：yaya-0118”, “威 芯 号 liuliu-0417”
VEILED = re.compile(
    rf"[{WEI}](?<!微(?=信))[{SIGNS}]{{0,3}}[{XIN}][ ❤♥💗💕💚号:是→>—-]{{0,5}}"
    rf"({_ACCOUNT})(?![a-z0-9_.@-])"
)
# “QQ群的管理员1460825937”
QQ_FAR = re.compile(r"群?[\u4e00-\u9fff]{1,6}([1-9]\d{6,9})(?![\d.元块个次])")
# “让留QQ，我留了1926480357”, “QQ我发给你们客服了，914827365”
QQ_LEFT = re.compile(
    r"[\u4e00-\u9fff]{0,8}[, ]?[\u4e00-\u9fff]{0,4}(?:留|发|给|填|写|报|我)[\u4e00-\u9fff]{0,6}?"
    r"(?:了|的是|是)[ ,:]?([1-9]\d{6,9})(?![\d.元块个次])"
)
# “加xiaobai_site02的微信”, “31807264这个QQ”: before the word
EARLIER = re.compile(
    rf"(?<![a-z0-9_.@-])([a-z][a-z0-9_-]{{5,19}}|[1-9]\d{{5,10}}|{FIGURE}{{6,11}})"
    r"(?:[,:@ (]|这个|的|是我的?|就是我的?|这是我的?)?\Z"
)
# “QQ：12345678”, “扣扣 一二三四五六七”, “1 2 3 4 5 6 7”, “4👏8👏2👏0👏9👏3👏7”
QQ = re.compile(
    rf"((?:群)?{_ENTRY})([1-9](?:[ \-/.]?\d){{4,10}}|{FIGURE}(?:[ \-,]?{FIGURE}){{4,10}}|"
    rf"{FIGURE}(?P<sign>[^\w\s{BREAK}]{{1,3}}){FIGURE}(?:(?P=sign){FIGURE}){{3,9}})"
    rf"(?![\d.]|[元块个次年月天万分岁条人级%]|{FIGURE})"
)


def emails(block: Block) -> Iterator[Span]:
    """E-mail addresses."""
    for _, start, _ in block.cues["at"]:
        at = AT.match(block.text, start)
        if at is None:
            continue
        local = LOCAL.search(block.text, max(0, at.start() - 66), at.start())
        domain = DOMAIN.match(block.text, at.end())
        if local and domain and not _is_firms(local[0], domain[0]):
            yield local.start(), domain.end()


def _is_firms(local: str, domain: str) -> bool:
    """Whether a mail box is that of a firm's service and of nobody: service@yunduo.com, not info@qq.com.

    >>> _is_firms("service", "yunduo.com"), _is_firms("kefu", "163.com"), _is_firms("li.hr", "yunduo.com")
    (True, False, False)
    """
    return _role().fullmatch(local) is not None and _FREE.match(domain) is None


@cache
def _role() -> re.Pattern[str]:
    return re.compile(rf"(?:{either('mail_roles')})(?:[._-]?(?:{either('mail_roles')}|cn|\d{{1,3}}))?")


def wechats(block: Block) -> Iterator[Span]:
    """WeChat accounts after a cue."""
    yield from (own.span() for own in scan(WXID, block.text, block.many))
    for listed, start, end in block.cues["wechat"]:
        if _OF_FIRM.search(block.text, max(0, start - 4), start):  # 官方微信号 yunduo-service
            continue
        if spaced := SPACED.match(block.text, end):
            yield spaced.span(1)
            continue
        match, far = WECHAT.match(block.text, end), FAR.match(block.text, end)
        if match and _is_account(block.text, match, listed) and _stands_for(block.text, listed, start, match):
            yield match.start(2) - _glued(block.text, match), match.end(2)
        elif far and listed != "wechat_like" and not far[1].startswith(tuple(words()["wechat_not"])):
            yield far.span(1)
        elif (
            listed != "wechat_like"
            and (earlier := _earlier(block.text, start))
            and _TELLING.search(earlier[1])
        ):
            yield earlier.span(1)
    veiled = matched(VEILED, block, "veiled")
    yield from (match.span(1) for match in veiled if _TELLING.search(match[1]))


def _glued(text: str, match: re.Match[str]) -> int:
    """One where the last letter of the word for it may be the first of the account: 微xiaodou2021."""
    return int(not match[1] and text[match.start() - 1] == "x" and not text[match.start() - 2].isascii())


def _earlier(text: str, start: int) -> re.Match[str] | None:
    """The account right before the word for it."""
    return EARLIER.search(text, max(0, start - 25), start)


def _is_account(text: str, match: re.Match[str], listed: str) -> bool:
    gap, account = match[1], match[2]
    glued = text[match.start() - 1].isascii()
    signed, strong = bool(gap.strip()), listed == "wechat_strong"
    if account.isdigit():
        return (strong or (signed and listed == "wechat_weak")) and not checks.is_recent_day(account)
    if (
        _VERSION.fullmatch(account)
        or account.startswith(tuple(words()["wechat_not"]))
        or len(account.replace(" ", "")) < 5
    ):
        return False
    telling = any(c.isdigit() or c in "_-" or not c.isascii() for c in account)
    if glued and not gap and account[0].isascii():
        cue = text[max(0, match.start() - 2) : match.start()]
        known = cue in ("vx", "wx") or not cue[0].isascii()
        added = cue[0] in "加➕" and _TELLING.search(account) and not account.startswith("ip")  # 加vip2020
        return known and listed == "wechat_strong" and bool(added or _clear(account))
    alone = _END.match(text, match.end()) is not None  # “微信ahaobike”
    return signed or telling or (strong and len(account) >= 6) or (alone and not gap)


def _stands_for(text: str, listed: str, start: int, match: re.Match[str]) -> bool:
    """Whether a word that only sounds like 微信 means it: an account with letters and digits comes next."""
    if listed != "wechat_like":
        return True
    account = match[2]
    telling = any(c.isalpha() for c in account) and any(
        c.isdigit() or c in "_-" or not c.isascii() for c in account
    )
    word = text[start : match.start()]
    sure = word not in _MANY_MEANINGS or bool(match[1].strip(" ") or _ADDING.search(text, start - 3, start))
    opens = word not in ("v", "w") or _STARTS.search(text, start - 1, start) is not None  # “私，V jie_0517”
    return telling and (sure or (_clear(account) and opens))


def _clear(account: str) -> bool:
    """Whether letters and digits are nothing but an account: hzl_1990w, xiaodou2021; not gtx1060."""
    return "_" in account or re.fullmatch(r"[a-z]{4,}[.-]?\d{3,}[a-z]{0,3}", account) is not None


_PLAIN = re.compile(r"\d(?: ?\d){7,10}")  # a number that is a QQ behind a single 扣 or q
_MANY_MEANINGS = (*"vw微维唯绿加搜魏卫伽", "加一下", "加下", "加我", "加他", "加她", "加你", "加下我")
_VERSION = re.compile(r"v?\d*(?:\.\d+)+")  # v21.3.05
_STARTS = re.compile(rf"[\s,。;!?{BREAK}]")
_TELLING = re.compile(r"[a-z].*[0-9_]")
_END = re.compile(r"[ \"”]?(?:[,。!?;、\n\ue000]|\Z)")
_ADDING = re.compile(r"(?:[加+➕➕找]|联系|添加|私|老板|卖家)我?\Z")


_OF_FIRM = re.compile(r"(?:官方|公众号?|企业)的?\Z")


def _thing(text: str, start: int) -> bool:
    return nearest(text, start, "order_cues") != ""


def qqs(block: Block) -> Iterator[Span]:
    """QQ numbers after a cue."""
    for listed, start, end in block.cues["qq"]:
        far = QQ_FAR.match(block.text, end) or QQ_LEFT.match(block.text, end)
        if far and not _thing(block.text, far.start(1)):
            yield far.span(1)
        match, earlier = QQ.match(block.text, end), _earlier(block.text, start)
        known = earlier is not None and figures(earlier[1]) == spelt(earlier[1])
        if match is None and earlier and known and not _thing(block.text, earlier.start()):
            yield earlier.span(1)
        if match is None or checks.is_recent_day(match[2]):
            continue
        signed, single = bool(match[1].strip()), end - start == 1
        plain = len(match[2]) >= 6 and (not single or _PLAIN.fullmatch(match[2]) is not None)
        if listed == "qq_strong" or signed or plain:
            yield match.span(2)
