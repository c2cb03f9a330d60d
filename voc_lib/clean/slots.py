"""Names that fill a place of a form by themselves: 申请人：时雨, 户名 盛夏: here a name may be any word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from voc_lib.clean import naming
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK
from voc_lib.clean.vocabulary import either, words

_LONGEST = 3  # characters, of two more with a surname of two
_SHORT = 2
_UNSAID = -7.0  # odds a name must have where no colon says that it follows
ON_PAPER = -4.6  # the same where a paper says it: 挂号写的龙飞
_SIGN = re.compile("[叫:]")
_SAYING = frozenset("vdaprtcuqm")  # parts of speech of words that go on
_CALLING = ("", "n", "t")  # of words that are names before a title
# “姓褚名建业”, “我姓张，叫张晓峰”
_APART = re.compile(
    rf"姓(?P<family>[{HAN}])[,、 ]?(?:单?名字?叫?|叫)(?:作|做)?(?P<given>[{HAN}]{{1,3}})(?=[^{HAN}]|\Z|的)"
)
_AGAIN = re.compile(rf"姓(?P<family>[{HAN}])(?=[^{HAN}]|不姓|\Z)")  # 明月|姓明，…
_OPENING = re.compile(rf"(?<![{HAN}])[{HAN}]{{2,3}}\Z")
_DASHED = re.compile(rf"——([{HAN}]{{2,3}})(?=\()")
_OPENS = ("", " ", "\n", BREAK, *"。!?~,")
_PARENT = re.compile(r"(?:妈妈?|爸爸?|奶奶|爷爷|姥姥|外婆|外公)\Z")  # 豆豆妈
_KIN = ("孩子", "宝宝", "学生", "小孩", "老公", "老婆", "对方", "患者")
_REFUSED = re.compile("[不无未没见同待本某其这那已您你我他她好请各]")


def holds(text: str, cue: int, begin: int, run: str, *, form: bool = True) -> bool:
    """Whether the run of characters that begins there, behind a word that ends at `cue`, can be but a name.

    `form`: the word before is one of forms (收货人), not one that also speaks of people (业主).

    >>> holds("申请人:盛夏,", 3, 4, "盛夏"), holds("申请人:同上", 3, 4, "同上")
    (True, False)
    """
    if not 2 <= len(run) <= _LONGEST + (run[:2] in words()["surnames_two"]) or not _is_free(run):
        return False
    told = "的" not in text[cue:begin] and _ends().search(text, max(0, cue - 4), cue) is not None
    if told and ":" in text[cue:begin]:
        return has_surname(run) or not _REFUSED.search(run)
    said = (form and told) or _SIGN.search(text, cue, begin) is not None
    return said and not _is_everyday(run, form=form) and naming.whole(run) >= _UNSAID


def stands(run: str) -> bool:
    """Whether characters that stand by themselves beside somebody's number are but a name: 冀北 138…

    >>> stands("冷锋"), stands("安装"), stands("广州")
    (True, False, False)
    """
    listed = 2 <= len(run) <= _LONGEST and run[0] in naming.families() and _is_free(run)
    titled = run[1:] in words()["nick_titles"] or run[-1] in words()["not_given"]
    likely = listed and not titled and naming.whole(run) >= _UNSAID
    return likely and not _is_everyday(run, form=True) and not naming.is_place(run)


def anyone(run: str) -> bool:
    """Whether characters by themselves may be a name though they are a word, where one surely stands.

    >>> anyone("夏天"), anyone("各位"), anyone("苹果")
    (True, False, False)
    """
    fits = _SHORT <= len(run) <= _LONGEST and _is_free(run) and not _REFUSED.search(run)
    return (
        fits
        and has_surname(run)
        and run[-1] not in words()["not_given"]
        and run[1:] not in words()["nick_titles"]
    )


def titled(run: str) -> bool:
    """Whether all characters before 先生, 女士 are a name: 方圆女士, not 时尚女士, 成熟女士.

    >>> titled("方圆"), titled("时尚"), titled("成熟")
    (True, False, False)
    """
    joined = len(run) > _SHORT and naming.is_word(run[:_SHORT])  # 家长王|先生, 万能修|先生
    rare = run[:1] in words()["surnames_rare"]
    return anyone(run) and not (joined or rare or run in _everyday()) and naming.part(run)[:1] in _CALLING


def on_paper(text: str, start: int) -> bool:
    """Whether a word for something that bears a name stands right before: 挂号|写的, 车票|上印的."""
    return _papers().search(text, max(0, start - 6), start) is not None


def written(run: str) -> int:
    """How many characters of what a paper says are a name, though they may be a word; 0 for none.

    >>> written("龙飞"), written("方舟的名字"), written("成功"), written("时间不对")
    (2, 2, 0, 0)
    """
    name = run.removesuffix("的名字")
    fits = _SHORT <= len(name) <= _LONGEST and name[0] in naming.families() and _is_free(name)
    likely = fits and naming.whole(name) >= ON_PAPER and naming.part(name)[:1] not in _SAYING
    return len(name) if likely and name not in _everyday() and name[-1] not in words()["not_given"] else 0


def signed(text: str) -> Iterator[tuple[int, int]]:
    """Names under a complaint that ends with thanks or a wish, whatever word they are: 盼复。方圆."""
    for match in _signature().finditer(text):
        run = match["name"]
        if stands(run) and naming.part(run)[:1] not in _SAYING:
            yield match.span("name")


def dashed(text: str) -> Iterator[tuple[int, int]]:
    """Names behind a dash with who they are in brackets: ——路远(一个老储户)."""
    for match in _DASHED.finditer(text):
        if text[match.start() - 1 : match.start()] in _OPENS and stands(match[1]):
            yield match.span(1)


def told_apart(text: str) -> Iterator[tuple[int, int]]:
    """Surname and given name said one after the other: 姓褚名建业, 我姓张，叫张晓峰."""
    for match in _APART.finditer(text):
        yield match.span("family")
        yield match.span("given")
    for match in _AGAIN.finditer(text):
        name = _OPENING.search(text, max(0, match.start() - 4), match.start())
        if name and name[0][0] == match["family"]:
            yield name.span()


def is_parent(run: str) -> bool:
    """Whether characters are a parent by the child's name: 豆豆妈, 乐乐爸爸; not 我妈.

    >>> is_parent("豆豆妈"), is_parent("孩子妈妈"), is_parent("我妈")
    (True, False, False)
    """
    child = _PARENT.sub("", run)
    return child != run and len(child) == _SHORT and not _REFUSED.search(child) and child not in _KIN


@cache
def _papers() -> re.Pattern[str]:
    return re.compile(f"(?:{either('papers')})(?:[上里]|一栏)?\\Z")


@cache
def _signature() -> re.Pattern[str]:
    sign = r"(?:[!。~,]|——|\n| )"
    closings = either("closings")
    return re.compile(
        f"(?:{closings}){sign}{{1,3}}(?!{closings})(?P<name>[{HAN}]{{2,3}})[。 ]?(?=[\n{BREAK}]|\\Z)"
    )


def _is_free(run: str) -> bool:
    """Whether no list says that the characters fill a form without naming anybody."""
    return run not in _fillers() and run[-1] not in words()["slot_not_last"]


def has_surname(run: str) -> bool:
    """Whether characters begin as a name may, be the surname as rare as it likes."""
    seldom = words()["surnames_seldom"] + words()["not_family"]
    return run[0] in naming.families() or run[0] in seldom or run[:2] in naming.families()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(words()["slot_not"])


def _is_everyday(run: str, *, form: bool) -> bool:
    place = len(run) > _SHORT and run[-1] in words()["name_not_last"]
    return run in _everyday() or place or (not form and naming.is_word(run))


@cache
def _everyday() -> frozenset[str]:
    return frozenset(words()["not_people"])


@cache
def _ends() -> re.Pattern[str]:
    return re.compile(f"(?:{either('slot_ends')})\\Z")
