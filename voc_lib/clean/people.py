"""What people are called, in a block of folded texts.

A surname alone (张先生) tells nobody apart and is left, but for staff (快递员王师傅, 客服小李): colleagues
read the report and know who that is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import compress

import numpy as np

from voc_lib.clean import (
    characters,
    familiar,
    frames,
    japanese,
    naming,
    nicknames,
    parcels,
    parents,
    roman,
    rosters,
    slots,
    subjects,
    titled,
    unannounced,
    wordlike,
)
from voc_lib.clean.badges import LABELLED
from voc_lib.clean.block import Block
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.cues import Cue
from voc_lib.clean.vicinity import BREAK, Span, public
from voc_lib.clean.vocabulary import any_of, either, famous, words

_GAP = re.compile(
    r"(?: ?:?[a-z]?\d{2,8}(?: |号|的|,)?)?(?:一栏)?(?:(?:写|填|登记|录入|打|印)成了?|写|填|登记|签[字名章]?)?"
    r"的?[均都也]?[是为叫:=\s\"“'(\[【「]{0,3}"
)
_SIGN = re.compile(r"[是为叫:]")
_RUN = re.compile(f"[{HAN}]{{0,{naming.WINDOW}}}")
_RUN_BACK = re.compile(rf"[{HAN}]{{0,{naming.WINDOW}}}\Z")
_ALL_ALONG = re.compile("一(?![栏一哥姐姨叔嫂])")  # 客服一直, 师傅一开始: nobody is called so
_IN_VAIN = re.compile(f"白[{HAN}](?![{HAN}])")  # 会员白开, 用户白等
_AFTER_BADGE = re.compile(r"[ ,:/(]{1,2}")
_AND = re.compile(r"[、和与及/&,]")
_SEPARATORS = (
    r"(?:[ ,:;/|、+()\-—–~_\[\]【】\n\t\"“”《》=·]|电话|手机|找|联系|地址|尾号[:是为]?(?:\d{4})?|"
    r"证件|身份证|男|女){0,4}"
)
_SEGMENT_BEFORE = re.compile(rf"(?:\A|[^{HAN}])(?:[{HAN}]{{0,4}}[给找系请])?([{HAN}]{{2,5}}?){_SEPARATORS}\Z")
_SEGMENT_AFTER = re.compile(rf"{_SEPARATORS}([{HAN}]{{2,4}}?)(?=收(?![{HAN}])|[^{HAN}]|\Z)")
_LISTED_BEFORE = re.compile(rf"([{HAN}]{{2,{naming.WINDOW}}})、\Z")
_LISTED_AFTER = re.compile(rf"、([{HAN}]{{2,3}})(?![{HAN}])")
_JOINED_AFTER = re.compile(rf"[和与跟及]([{HAN}]{{2,3}})(?![{HAN}])")
_HAN = re.compile(f"[{HAN}]")
_OWN = ("手机号", "身份证")  # beside these even a word may be a name
# how much likelier a name must be than none, by the list of the cue before it
LEAST = {
    "name_strong": -1.0,
    "name_weak": 2.0,
    "staff": 1.0,
    "name_paper": 2.0,
    "name_end": 3.5,
    "name_faint": 7.0,
    "name_colon": 3.5,
}
_SIGNED, _TITLED, _TITLED_STAFF, _OPENING, _BESIDE, _NEXT, _WITH = 1.0, 1.0, 3.0, 4.0, -3.6, 4.0, 2.0
_SURE = 7.0  # odds of a name that is one wherever its text says it
_SPEAKING = -3.0  # odds of a word that is a name at the beginning, before what only people say: 练达|补充
_OF_PEOPLE = ("staff", "name_strong", "name_weak")  # lists of words for people and places of forms
_FAINT = ("name_end", "name_faint")  # lists of words so common that they are looked at in short
_ENDED = 1.5  # so much less where no other character of a word follows
_SCREENED = {listed: LEAST[listed] - _ENDED for listed in _FAINT} | {"name_written": slots.ON_PAPER}
_FILLED = 1.0  # so much less where a name of three characters fills all between two signs
_SHORTEST = 2
_TRADES = "师员工"  # ends of what staff are: 培训|师, 录单|员
_FOLLOWED = 2.5  # so much less where what only people do follows


def names(block: Block) -> Iterator[Span]:
    """Names after a cue, of staff after their work, before a title, at a beginning, and all others."""
    yield from subjects.names(block)
    yield from frames.names(block)
    for cue in _worth(block):
        yield from _behind(block.text, cue)
    for listed, start, _ in block.cues["title"]:
        yield from _titled(block.text, start, _TITLED if listed == "titles" else _TITLED_STAFF)
    for _, start, end in block.cues["after"]:
        yield from _opening(block.text, start, end)
    yield from roman.names(block)
    yield from _of_minorities(block)
    yield from unannounced.standing(block)
    yield from slots.signed(block.text)
    yield from slots.dashed(block.text)
    yield from slots.told_apart(block.text)
    yield from _badged(block)
    yield from titled.names(block)
    yield from familiar.names(block)
    yield from parents.children(block)
    yield from rosters.names(block.text)
    yield from japanese.names(block)


def _behind(text: str, cue: Cue) -> Iterator[Span]:
    """Names behind a cue, by what it says."""
    if cue.listed == "workplace":
        yield from titled.at_work(text, cue)
    elif cue.listed == "name_written":
        listed = "name_paper" if slots.on_paper(text, cue.start) else "name_faint"
        yield from _listed(text, _announced(text, listed, cue.end))
    else:
        yield from _listed(text, _announced(text, cue.listed, cue.end))


def _badged(block: Block) -> Iterator[Span]:
    """First names in Latin letters behind a work number: 工牌HX20871，Jason."""
    for _, _, end in block.cues["badge"]:
        number = LABELLED.match(block.text, end)
        sign = number and _AFTER_BADGE.match(block.text, number.end())
        if sign and (name := nicknames.latin().match(block.text, sign.end())):
            yield name.span()


def _worth(block: Block) -> list[Cue]:
    """The cues behind which a name may stand; the commonest only before likely characters."""
    cues = block.cues["name"]
    least = np.array([_SCREENED.get(cue.listed, naming.NEVER) for cue in cues])
    ends = np.array([cue.end for cue in cues], dtype=np.int64)
    joined = np.isin(ends, [cue.start for cue in block.cues["parts"]])
    kept = characters.may_be_named(block.text, ends, least) | joined
    return [cue for cue in compress(cues, kept) if not _ALL_ALONG.match(block.text, cue.end)]


def beside(block: Block, hits: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """Names that stand by themselves beside a telephone, an address or another number of somebody."""
    hits = sorted(hits)
    yield from parcels.names(block.text, hits)
    for start, end, kind in hits:
        earlier = _SEGMENT_BEFORE.search(block.text, max(0, start - 9), start)
        later = _SEGMENT_AFTER.match(block.text, end)
        for match in filter(None, (earlier, later)):
            alone = kind in _OWN and slots.stands(match[1])
            if alone or naming.whole(match[1]) >= _BESIDE or _joined_name().fullmatch(match[1]):
                yield match.span(1)


def together(text: str, hits: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """Names listed with another that was found: 白露、郑文韬."""
    seen: set[int] = set()
    for start, end in sorted((start, end) for start, end, kind in hits if kind == "姓名"):
        yield from _items(text, end, seen)
        earlier = _LISTED_BEFORE.search(text, max(0, start - 1 - naming.WINDOW), start)
        name = naming.ending(earlier[1]) if earlier else naming.NOBODY
        if name.odds >= 0 and name.text[-1] not in words()["name_not_last"] + "东南西北":
            yield start - 1 - len(name.text), start - 1
        joined = _JOINED_AFTER.match(text, end)
        if joined and naming.whole(joined[1]) >= _WITH and not _is_known(joined[1]):
            yield joined.span(1)


def _items(text: str, end: int, seen: set[int]) -> Iterator[Span]:
    """The names of a list behind one; a word only before another name: 甄建军、和平、暴玉兰.

    Places in `seen` are not read from again, and those read are added to it: a list is read once, not
    from each of its names.
    """
    held: list[Span] = []
    while end not in seen and (later := _LISTED_AFTER.match(text, end)):
        seen.add(end)
        end, said = later.end(), later[1]
        if naming.whole(said) >= _BESIDE or slots.stands(said):
            yield from (*held, later.span(1))
            held = []
        elif slots.anyone(said):
            held.append(later.span(1))
        else:
            return


def again(text: str, hits: Iterable[tuple[int, int, str]]) -> Iterator[Span]:
    """Full names that were found, wherever else their text says them; none that is a word."""
    found = {
        (text[start:end], text.rfind(BREAK, 0, start) + 1) for start, end, kind in hits if kind == "姓名"
    }
    for name, begin in sorted(found):
        if len(name) <= _SHORTEST or name[-1] in words()["name_not_last"] or naming.whole(name) < _SURE:
            continue
        last = text.find(BREAK, begin)
        said = re.compile(f"{re.escape(name)}(?![{words()['name_not_last']}])")
        yield from (at.span() for at in said.finditer(text, begin, len(text) if last < 0 else last))


def _announced(text: str, listed: str, end: int) -> Span | None:
    """The name after a cue that ends there."""
    if text[end : end + 1] == "的" and listed in ("name_end", "name_faint", "name_colon"):
        return None
    begin = _GAP.match(text, end).end()  # type: ignore[union-attr]
    run = _RUN.match(text, begin)[0]  # type: ignore[index]
    if listed in _FAINT and begin == end and naming.most(run[: naming.LONGEST]) < LEAST[listed] - _ENDED:
        return next(_otherwise(text, listed, (end, begin), run, signed=False), None)
    signed = bool(_SIGN.search(text, end, begin)) or (listed != "name_faint" and text[end - 1] == "叫")
    name = naming.beginning(run)
    if listed == "name_colon" and (name.text != run or text[begin + len(run) : begin + len(run) + 1] == "、"):
        return None
    if _is_word(text, listed, (end, begin), name.text):
        return None
    least = min(LEAST[listed], _SIGNED) if signed else LEAST[listed]
    closed = _closes(text, begin + len(name.text))
    least -= _ENDED * closed
    if listed in _OF_PEOPLE:
        filled = closed and len(name.text) > _SHORTEST and not naming.is_word(text[end - 1] + name.text[:1])
        least -= _FILLED * filled
        followed = _followed().match(text, begin + len(name.text)) is not None
        least -= _FOLLOWED * followed
    if name.odds >= least and (listed == "name_strong" or not _is_public(text, listed, begin, name.text)):
        return begin, _rest().match(text, begin + len(name.text)).end()  # type: ignore[union-attr]
    return next(_otherwise(text, listed, (end, begin), run, signed=signed), None)


def _is_word(text: str, listed: str, gap: Span, name: str) -> bool:
    """Whether a name is but part of a word with what stands before, or says that something was in vain."""
    end, begin = gap
    inside = listed == "name_end" or (listed == "name_paper" and name)  # 师|范生, 任|何书, 写|明三早
    if inside and naming.is_word(text[end - 1] + name[:1]):
        return True
    in_vain = listed in (*_OF_PEOPLE, "name_end") and _IN_VAIN.match(text, begin)
    return bool(in_vain) and naming.part(text[begin + 1]) == "v"


def _otherwise(text: str, listed: str, gap: Span, run: str, *, signed: bool) -> Iterator[Span]:
    """What follows a cue and is a name though its characters hardly are: a word, of a form, joined."""
    begin, form = gap[1], listed == "name_strong"
    if listed == "name_paper" and (size := slots.written(run)):
        yield begin, begin + size
    if not signed and (word := wordlike.after(text, listed, begin, run)):
        yield word
    filled = form or (signed and listed in ("name_weak", "staff"))
    if filled and (slots.holds(text, *gap, run, form=form) or slots.is_parent(run)):
        yield begin, begin + len(run)
    told = signed or form
    match = _name().match(text, begin) if told and listed not in ("name_colon", "name_end") else None
    if match and (signed or not naming.is_word(match[0])):  # 承办|单位
        yield match.span()
    others = [_joined_name()] if listed != "name_faint" else []
    others += [_spaced_name()] if listed == "name_strong" else []
    others += [nicknames.latin(), roman.pinyin()] if told and listed != "name_faint" else []
    others += [nicknames.latin()] if listed == "name_paper" or text[gap[0] - 2 : gap[0]] == "我是" else []
    others += [roman.TWO] if form and signed else []
    others += [nicknames.called()] if form else []
    yield from (match.span() for pattern in others if (match := pattern.match(text, begin)))
    known = _known_part().match(text, begin) if listed in _OF_PEOPLE else None
    no_word = known and not naming.part(known[0]) and not naming.part(text[known.end() - 1 : known.end() + 1])
    if known and (len(known[0]) > 2 or no_word or wordlike.does(text, known.end())):  # 投保人扎西要求
        yield known.span()
    if listed == "staff" or (listed == "name_end" and gap[0] == begin and text[begin - 1] in _TRADES):
        yield from nicknames.after(text, begin)
        if nicknames.goes_by(text, begin) and not naming.joins(text, begin):
            yield begin, begin + 2


def _closes(text: str, end: int) -> bool:
    """Whether no other character of a word follows."""
    return not _RUN.match(text, end)[0]  # type: ignore[index]


@cache
def _followed() -> re.Pattern[str]:
    """What only people do or have; no titles: 管家|谢经理."""
    titles = {*words()["nick_titles"], *words()["staff_titles"]}
    listed = {*words()["nick_after"], *(w for w in words()["name_followed"] if len(w) > 1)} - titles
    return re.compile("|".join(map(re.escape, sorted(listed))))


def _listed(text: str, first: Span | None) -> Iterator[Span]:
    """A name and those listed after it: 张伟、李强和王芳."""
    while first:
        yield first
        mark = _AND.match(text, first[1])
        name = naming.beginning(_RUN.match(text, mark.end())[0]) if mark else naming.NOBODY  # type: ignore[index]
        first = (mark.end(), mark.end() + len(name.text)) if mark and name.odds >= _NEXT else None


def _titled(text: str, start: int, least: float) -> Iterator[Span]:
    """The name before a title."""
    run = _RUN_BACK.search(text, max(0, start - naming.WINDOW), start)[0]  # type: ignore[index]
    name = naming.ending(run)
    if name.odds < least and least == _TITLED and slots.titled(run):  # 方圆女士
        name = naming.Name(run, least)
    begin = start - len(name.text)
    if name.odds < least or any_of("not_names").search(name.text) or name.text in famous():
        return
    if not public(text, begin, start):
        yield begin, start


def _opening(text: str, start: int, end: int) -> Iterator[Span]:
    """The name between a boundary and a word such as 来电; 收 only where the sentence ends."""
    run = _RUN_BACK.search(text, max(0, start - naming.LONGEST - 1), start)[0]  # type: ignore[index]
    closed = text[start:end] != "收" or _closes(text, end)
    anyone = text[start:end] in words()["after_anyone"] and _closes(text, end) and slots.anyone(run)
    says = text[start:end] in words()["after_speaker"] and not naming.is_word(text[end - 1 : end + 1])
    says = says and run[1:] not in words()["nick_titles"]
    word = says and naming.whole(run) >= _SPEAKING and wordlike.may_be(run, len(run))
    sure = anyone or word or naming.whole(run) >= _OPENING
    known = any(text[start - len(run) : start + on] in famous() for on in range(2))  # 海澜之|家的
    if closed and sure and not known and not public(text, start - len(run), start):
        yield start - len(run), start


@cache
def _name() -> re.Pattern[str]:
    """Surname and given name of one or two characters that end where a name may end."""
    given = f"(?![{words()['not_given']}])[{HAN}]"
    return re.compile(f"{nicknames.surname()}(?:{given}){{1,2}}(?=[^{HAN}]|\\Z|{either('name_ends')})")


@cache
def _spaced_name() -> re.Pattern[str]:
    """“苏 小 明”, “张.小.明”: a surname and one or two characters, each by itself."""
    return re.compile(f"[{words()['surnames']}](?:[ .·*_-]{{1,2}}[{HAN}](?![{HAN}])){{1,3}}")


@cache
def _rest() -> re.Pattern[str]:
    """What a dot joins to a name: 巴图|·那顺; nothing behind most."""
    ended = f"[{HAN}]{{2,5}}?(?={either('name_ends')}|[^{HAN}]|\\Z)"
    parts = f"(?:{either('name_parts')})+(?:{either('name_tails')})?"
    return re.compile(f"(?:[·•・](?!{either('not_joined')})(?:{parts}|{ended}))*")


@cache
def _joined_name() -> re.Pattern[str]:
    """阿卜杜拉·买买提, 才让卓玛, 库尔班江: of two parts that are joined, or known."""
    parts = f"(?:{either('name_parts')})"
    joined = f"{parts}+(?:{either('name_tails')})?|[{HAN}]{{2,8}}?(?={either('name_ends')}|[^{HAN}]|\\Z)"
    return re.compile(
        f"[{HAN}]{{2,6}}(?:[·•・](?:{joined}|[{HAN}]{{2,8}}))+|{_of_parts().pattern}|{parts}(?![{HAN}])"
    )


@cache
def _known_part() -> re.Pattern[str]:
    return re.compile(either("name_parts"))


@cache
def _of_parts() -> re.Pattern[str]:
    part, tail = f"(?:{either('name_parts')})", f"(?:{either('name_tails')})"
    return re.compile(f"{part}(?:{part}{{1,2}}|{tail}|{part}?{tail}?[·•・]{part}{{1,2}}{tail}?)")


def _of_minorities(block: Block) -> Iterator[Span]:
    """Names no word announces that are joined of parts only such names have: 扎西次仁, 阿依古丽."""
    for _, start, _ in block.cues["parts"]:
        match = _of_parts().match(block.text, start) or _one_part(block.text, start)
        if match and not public(block.text, *match.span()) and not _is_known(match[0]):
            yield match.span()


def _one_part(text: str, start: int) -> re.Match[str] | None:
    """A known part of three characters and more by itself, between a beginning and what people do or have."""
    match = None if _HAN.match(text, max(0, start - 1)) else _known_part().match(text, start)
    if match is None or len(match[0]) <= _SHORTEST:
        return None
    end = match.end()
    owned = text[end : end + 1] in ("家", "的")
    return match if owned or _followed().match(text, end) or wordlike.does(text, end) else None


def _is_public(text: str, listed: str, begin: int, name: str) -> bool:
    known = listed in ("name_end", "name_faint") and name in famous()
    return known or public(text, begin, begin + len(name))


def _is_known(name: str) -> bool:
    return any(known in name for known in words()["famous"] if len(known) > 2)
