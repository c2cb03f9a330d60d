"""What the words of a header say: “whose” it is and “what” it is (评论者ID, 订单创建时间, 商家回复内容)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from voc_lib.collect.headers import BRACKETS, QUESTION, TYPED, built, simplified, words_file

CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
TAILS = (
    "utc",
    "gmt",
    "local",
    "iso",
    "original",
    "display",
    "plain",
    "raw",
    "full",
    "scale",
)  # said after a thing
RECORDS = ("单", "ticket", "case")  # what a record of a customer is called, with a number of its own
OF = re.compile(r"(.+?) (?:of|on|about|for|regarding) (.+)")  # a thing and whose it is: date of feedback
FRONT = {"date": "", "time": "", "verbatim": "overall", "cmt": "overall", "rating": "review"}
LATIN = re.compile(r"[a-z]+|\d+|[^\sa-z\d]+")
OWN, NONE, STRANGE, LATE, FACET, OTHER = "own", "none", "strange", "late", "facet", "other"


@dataclass(frozen=True)
class Sense:
    """What a header says for one field: whose it is (STRANGE: of something unknown), and what it is."""

    whose: str
    head: str


def spoken(header: str) -> str:
    """The words of a header: English ones apart, brackets and question numbers out, in small letters.

    >>> spoken("评论者ID"), spoken("createdAt"), spoken("3、总体评分（必填）"), spoken("Date of response")
    ('评论者 id', 'created at', '总体评分', 'response date')
    """
    header = TYPED.sub("", header)
    last = QUESTION.sub("", BRACKETS.sub("", header).rsplit("/", 1)[-1]) or header
    plain = simplified(CAMEL.sub(" ", unicodedata.normalize("NFKC", last)).casefold())
    words = LATIN.findall(re.sub(r"[\W_]+", " ", plain))
    while len(words) > 1 and (words[-1] in TAILS or (words[-2] == "scale" and words[-1].isdigit())):
        words.pop()
    said = " ".join(words)
    if parted := OF.fullmatch(said):
        return f"{parted[2]} {parted[1]}"
    return " ".join([*words[1:], words[0]]) if words and _turned(words) else said


def _turned(words: Sequence[str]) -> bool:
    """Whether a thing is said before whose it is: date review, rating review, verbatim overall."""
    return words[0] in FRONT and FRONT[words[0]] in ("", words[-1])


def above(header: str) -> str:
    """What stands above a header of several rows: 处理信息 of 处理信息/时间; "" where nothing does.

    >>> above("处理信息/时间"), above("时间")
    ('处理', '')
    """
    upper, level, _ = header.rpartition("/")
    said = spoken(upper) if level else ""
    for word in listed("layers"):
        said = said.removesuffix(word)
    return said.strip()


@cache
def sense(header: str, field: str) -> Sense | None:
    """What a header says for a field; None when it does not speak of it.

    >>> [sense(h, "feedback_id").whose for h in ("评论ID", "编号", "评论者ID", "根评论ID", "商品ID")]
    ['own', 'none', 'other', 'other', 'other']
    >>> sense("订单评价时间", "created_at").whose, sense("评价更新时间", "created_at").whose
    ('own', 'other')
    """
    said = spoken(header)
    found = max((h for h in _list(field, "heads") if ends(said, h)), key=len, default=None)
    if found is None:
        return None
    rest = said[: len(said) - len(found)].strip()
    if any(_place(said, word)[0] >= 0 for word in _list(field, "never")):
        return Sense(OTHER, found)
    if any(len(word) > len(found) and ends(said, word) for word in _list(field, "other")):
        return Sense(OTHER, found)
    own, upper = _whose(rest, field, found), "" if rest else above(header)
    over = _whose(upper, field, found) if upper else STRANGE
    return Sense(own if over == STRANGE else over, found)


def qualifier(header: str, field: str) -> str:
    """What a header says before what it is for a field: 评论 of 评论内容; "" where it says nothing before.

    >>> qualifier("评论内容", "text"), qualifier("内容", "text"), qualifier("回答时间", "created_at")
    ('评论', '', '回答')
    """
    found = sense(header, field)
    return spoken(header).removesuffix(found.head).strip() if found else ""


@cache
def kin(word: str) -> tuple[str, ...]:
    """The words that say the same of a thing as one does.

    >>> kin("comment"), kin("回答"), kin("")
    (('comment', 'commented'), ('回答',), ())
    """
    said = next((group for group in words_file()["kin"] if word in group), [word])
    return tuple(filter(None, map(str, said)))


@cache
def moment(header: str) -> str:
    """Which moment in the life of a feedback a header is of, a key of `moments`; "" for none known.

    >>> moment("写信时间"), moment("投诉受理时间"), moment("会话结束时间"), moment("下单时间")
    ('said', 'accepted', 'ended', '')
    """
    said = spoken(header)
    found = [(*_place(said, word), name) for name, words in words_file()["moments"].items() for word in words]
    end, _, name = max(found)
    return str(name) if end >= 0 else ""


def before(header: str, other: str) -> bool:
    """Whether a time is of an earlier moment in the life of a feedback than another.

    >>> before("信访日期", "受理告知日期"), before("受理时间", "来电时间"), before("下单时间", "来电时间")
    (True, False, False)
    """
    names = list(words_file()["moments"])
    one, two = moment(header), moment(other)
    return bool(one and two) and names.index(one) < names.index(two)


@cache
def later(header: str) -> str:
    """Of what a customer added later (追评): “text” for the words, “created_at” for when; "" for another.

    >>> later("追评"), later("追加投诉内容"), later("appendComment.commentTime")
    ('text', 'text', 'created_at')
    >>> later("商家追评回复内容"), later("评价内容"), later("追评图片")
    ('', '', '')
    """
    said = spoken(header)
    for name, words in (("text", "follow_ups"), ("created_at", "follow_up_times")):
        if said in listed(words):
            return name
    cue = max((c for c in listed("follow_up_cues") if _place(said, c)[0] >= 0), key=len, default="")
    rest = (
        " ".join(f" {said} ".replace(f" {cue} " if cue[:1].isascii() else cue, " ", 1).split()) if cue else ""
    )
    kinds = {name: sense(rest, name) for name in ("created_at", "text") if rest}
    return next((name for name, told in kinds.items() if told and told.whose in (OWN, NONE)), "")


def others(field: str) -> tuple[str, ...]:
    """The words that make a thing of a field's kind something else: 情感 of 情感评分."""
    return (*_list(field, "other"), *_list(field, "never"), *_list(field, "facets"))


def ends(said: str, word: str) -> bool:
    """Whether the words end with a word; an English one stands by itself."""
    return said == word or said.endswith(word if not word[0].isascii() else f" {word}")


def says(header: str, words: tuple[str, ...]) -> bool:
    """Whether a header holds one of some words; English ones stand by themselves.

    >>> says("客服回复内容", ("回复",)), says("ratio", ("rat",)), says("agent reply", ("reply",))
    (True, False, True)
    """
    said = f" {spoken(header)} "
    return any((f" {word} " if word[0].isascii() else word) in said for word in words)


def _whose(rest: str, field: str, head: str) -> str:
    """Whose the thing is: the qualifier that ends last decides, of those that end together the longest.

    What customers say (评论) is theirs whatever it is about (商品评论).
    """
    if any(_place(rest, word)[0] >= 0 for word in _list(field, "always")):
        return OWN
    if _of_others(rest, field):
        return OTHER
    theirs = head in _list(field, "own")
    kinds = [(OWN, "own"), (OWN, "also"), (LATE, "late"), (FACET, "facets")]
    kinds += [(OTHER, "other"), (OTHER, "persons")]
    kinds += [] if theirs else [(OTHER, "things")]
    found = [(*_place(rest, word), kind) for kind, key in kinds for word in _list(field, key)]
    end, _, kind = max(found, default=(-1, 0, NONE))
    if end >= 0:
        return kind
    return OWN if theirs else STRANGE if _strange(rest) else NONE


def _of_others(rest: str, field: str) -> bool:
    """Whether what is said before a thing ends in those who answer customers: 药师, 责任人; not in 学员."""
    hand = max((len(word) for word in _list(field, "hands") if ends(rest, word)), default=0)
    own = max((len(word) for word in _list(field, "own") if ends(rest, word)), default=0)
    return hand > 0 and own <= hand


def _strange(rest: str) -> bool:
    """Whether words are left that are not known to say nothing (date, utc, 系统)."""
    for word in sorted(listed("neutral"), key=len, reverse=True):
        rest = rest.replace(word, "")
    return bool(rest.strip())


def _place(rest: str, word: str) -> tuple[int, int]:
    """Where a word ends the last time, and how long it is; (-1, 0) where it is not."""
    spaced, sought = f" {rest} ", f" {word} " if word[0].isascii() else word
    at = spaced.rfind(sought)
    return (at + len(sought.rstrip()), len(word)) if at >= 0 else (-1, 0)


@cache
def _list(field: str, kind: str) -> tuple[str, ...]:
    made: Any = words_file()["senses"]
    listed = made.get(field, {}).get(kind, ())
    return tuple(word for part in listed for word in (built(part) if isinstance(part, dict) else [part]))


@cache
def listed(name: str) -> tuple[str, ...]:
    """One of the plain lists of headers.yaml, as `spoken` says its words."""
    return tuple(dict.fromkeys(spoken(word) for word in words_file()[name]))


@cache
def fields() -> tuple[str, ...]:
    """The fields whose names are made of “whose” and “what”."""
    return tuple(words_file()["senses"])


@cache
def deputies() -> dict[str, tuple[str, ...]]:
    """Field -> names of columns that stand in where there is no better one."""
    return {name: tuple(map(spoken, words)) for name, words in words_file()["deputies"].items()}


@cache
def beside() -> dict[str, dict[str, tuple[str, ...]]]:
    """Field -> name -> the names beside which it means the field: mid of a member beside rpid."""
    return {field: {n: tuple(b) for n, b in names.items()} for field, names in words_file()["beside"].items()}


@cache
def records() -> frozenset[str]:
    """What is written down of a customer, each with a number of its own: 工单, 投诉单."""
    return frozenset(word for word in _list("feedback_id", "own") if word.endswith(RECORDS))


def machine(field: str) -> tuple[str, ...]:
    """What systems number things by for themselves: uuid; another number of the field comes first."""
    return _list(field, "machine")


def pair(headers: Sequence[str]) -> tuple[str, ...]:
    """Two headers that are the good and the bad half of what was said (优点, 缺点); else ()."""
    said = {spoken(header): header for header in headers}
    pairs = ([spoken(word) for word in words] for words in words_file()["pairs"])
    return next((tuple(said[word] for word in both) for both in pairs if all(w in said for w in both)), ())
