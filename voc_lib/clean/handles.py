"""What people are called on a platform, in a block of folded texts: 会员名爱吃糖的阿紫88."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK, Span
from voc_lib.clean.vocabulary import any_of, words

_GAP = r"(?:改成|变成|是|为|叫|[ :=“\"'(「『【]){0,3}"
# letters with digits or signs, of no version and no model, and no pseudonym or id this house gave
_ACCOUNT = re.compile(
    rf"{_GAP}(?![ch][0-9a-f]{{16}}(?![a-z0-9]))((?=[a-z_.-]*[0-9_.-])(?=[0-9_.-]*[a-z])[a-z0-9][a-z0-9_.-]{{4,24}}[a-z0-9_])(?![a-z0-9_.@-])"
)
# characters that end in digits: 爱吃糖的阿紫88
_NUMBERED = re.compile(rf"{_GAP}([{HAN}a-z_]{{2,10}}\d{{2,6}})(?![\d{HAN}a-z.%])")
_DIGITS = re.compile(rf"{_GAP}(\d{{8,14}})(?![\d元.])")  # 证券账户20817743905
# any behind a sign: 昵称叫山里的小石头, 昵称“豆豆妈爱生活”
_SAID = re.compile(
    rf"(?:叫|是?[:“\"「『【])[:“\"「『【]?([{HAN}][{HAN}a-z0-9_·丶]{{2,10}})(?=[^{HAN}a-z0-9]|\Z)"
)


# 游戏ID风过无痕zz07, 闲鱼爱吃鱼的老猫0412, skype:live:mei.fong_82, 微博@暴走的蒜苗mm
_LABEL = re.compile(
    r"(?P<of>(?:用户|账号|帐号)?(?:号码?|u?id|名字?|名称|昵称|网名|账号|帐号)?)"
    r"[上里]?我?[是为叫:@=“\"「【 ]{0,3}"
)
_SIGN = tuple('@叫:“"「【')  # behind which any word may be what somebody is called
_MIXED = re.compile(
    rf"(?=[{HAN}]+[{HAN}·丶_]*[a-z0-9_])([{HAN}][{HAN}a-z0-9_·丶]{{3,15}})(?![{HAN}a-z0-9_.@%])"
)
_NUMBERED_NAME = re.compile(rf"([{HAN}]{{2,8}}[a-z0-9_]{{2,10}})(?![a-z0-9_.@%])")
_CALLED = re.compile(rf"([{HAN}a-z0-9_·丶-]{{2,14}})(?=[ ,。!?;:)”\"」】\n{BREAK}]|\Z)")
_SIGNED = re.compile(r"([a-z](?=[a-z0-9_.:-]*[0-9_.:-])[a-z0-9_.:-]{4,28}[a-z0-9])(?![a-z0-9_.@-])")
_UID = re.compile(r"([1-9]\d{5,11})(?![\d.元])")
_PLAIN = re.compile(rf"[{HAN}]{{4,}}(?=[a-z]*\d{{3}})[a-z0-9]{{4,}}\Z")


def _on_platform(text: str, end: int) -> Iterator[Span]:
    """What somebody is called behind the name of a platform: behind a label, or where it is no word."""
    label: re.Match[str] = _LABEL.match(text, end)  # type: ignore[assignment]
    begin, marked = label.end(), bool(label["of"]) or text[label.end() - 1] in (*_SIGN, *"是为= ")
    told = text[begin - 1] in "@叫" or (label["of"] and text[begin - 1] in _SIGN)
    called = _CALLED.match(text, begin) if told else None
    digits = _UID.match(text, begin) if label["of"].endswith("id") else None
    signed = _SIGNED.match(text, begin) if marked else None
    mixed = _MIXED.match(text, begin) or (_NUMBERED_NAME.match(text, begin) if marked else None)
    if mixed and not (marked or _PLAIN.match(mixed[1])):
        mixed = None
    found = next(filter(None, (digits, signed, called, mixed)), None)
    if found and not _is_nobodys(found[1]):
        yield found.span(1)


def _is_nobodys(said: str) -> bool:
    """Whether words behind a platform are of goods and faults and no account: 淘宝活动618."""
    return bool(
        any_of("handle_goods").search(said)
        or any_of("handle_not").match(said)
        or said.startswith(tuple(words()["handle_no_account"]))
    )


def handles(block: Block) -> Iterator[Span]:
    """Names of accounts behind a word for them."""
    for listed, _, end in block.cues["handle"]:
        if listed == "handle_platforms":
            yield from _on_platform(block.text, end)
            continue
        account = _ACCOUNT.match(block.text, end)
        if account and not account[1].startswith(tuple(words()["handle_no_account"])):
            yield account.span(1)
        elif listed == "handle_numbers" and (digits := _DIGITS.match(block.text, end)):
            yield digits.span(1)
        elif listed == "handle_names":
            said = _NUMBERED.match(block.text, end) or _SAID.match(block.text, end)
            if said and not any_of("handle_not").search(said[1]):
                yield said.span(1)
