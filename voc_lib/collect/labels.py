"""The labels of a transcript: how a line says who speaks and when, and which of them are people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise

from voc_lib.collect import talkhead
from voc_lib.collect.paragraphs import Paragraph
from voc_lib.collect.speakers import Speaker, listed, person, plain, spelt

HALF = r"(?:(?:上午|下午|中午|晚上|早上|凌晨)\s*)?"
DATED = (
    rf"(?:\d{{4}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*日?[\sT]*{HALF}"
    rf"|\d{{1,2}}\s*[-/月]\s*\d{{1,2}}\s*日?\s+{HALF})?"
)
STAMP = DATED + r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:[.,]\d+)?(?![:：]?\d)"
MARK = rf"[\[【(（<]?\s*(?P<@>{STAMP})\s*[\]】)）>]?"
WHO = (
    r"(?P<who>[^\s:：，。,！？!?；;（()）\[\]【】|\"“”]{1,16}"
    r"(?: (?!\d{1,4}(?:[:：年月/-]|日))[A-Za-z0-9一-鿿]{1,12}){0,2})"
)
ABOUT = rf"(?:\s*[（(【\[](?!\s*{STAMP}\s*[）)】\]])(?P<about>[^）)】\]]{{1,30}})[）)】\]])?"
AT, THEN = MARK.replace("@", "at"), MARK.replace("@", "then")
NAME, NAMED = re.compile(WHO), re.compile("[一-鿿]{2,3}")
# [00:12:31] 受访者A（销售）：报表太慢    张三 00:12:31：报表太慢
TURN = re.compile(rf"(?:{AT}\s*)?{WHO}{ABOUT}(?:\s*{THEN})?\s*[:：]\s*(?P<words>.*)", re.DOTALL)
# 说话人 1 00:12    发言人1(00:03:12)    2026-09-01 10:00:00 张三(10001): the words follow below
ALONE = re.compile(
    rf"(?:{WHO}{ABOUT}(?:\s+|(?=[（(\[【])){THEN}|{AT}\s+{WHO.replace('<who>', '<other>')}"
    rf"{ABOUT.replace('<about>', '<beside>')})\s*[:：]?"
)
STAMPED = re.compile(MARK.replace("@", "at"))
YEARLESS = re.compile(r"(?P<m>\d{1,2})\s*[-/月]\s*(?P<d>\d{1,2})\s*日?\s+(?P<clock>.*)")
LONGEST_NAME, FIRST = 6, 40  # characters of a name; paragraphs that may be titles and heads


def credible(paragraphs: Sequence[Paragraph], people: Collection[str]) -> frozenset[str]:
    """The labels before a colon that are people: known words, listed people, roles, names that come again."""
    turns = [match for one in paragraphs if (match := TURN.fullmatch(one.words))]
    counted = Counter(plain(match["who"]) for match in turns)
    marked = {plain(match["who"]) for match in turns if match["at"] or match["then"] or match["about"]}
    facts = [fact for one in paragraphs[:FIRST] if (fact := talkhead.fact(one.words))]
    listed_people = {
        plain(person(one).name)
        for kind, value in facts
        if kind in ("people", "askers")
        for one in talkhead.names(value)
    }
    keys = {plain(name) for names in spelt()["heads"].values() for name in names}
    known = {who for who in counted if Speaker(who).known}
    again = {who for who, n in counted.items() if n > 1 and len(who) <= LONGEST_NAME} - keys
    told = known | marked | listed_people | again | {*people}
    return frozenset((told | _called(counted, told)) - listed("no_one"))


def _called(labels: Collection[str], told: Collection[str]) -> set[str]:
    """The labels that are names by their form, where others speak beside them."""
    names = {who for who in labels if NAMED.fullmatch(who) and who[0] in listed("surnames")}
    return names if len(names.union(told)) > 1 else set()


def alone(paragraphs: Sequence[Paragraph], people: Collection[str]) -> frozenset[str]:
    """The lines that are a name and no more: listed people, labels with a number, names that come again."""
    lines = [one.words for one in paragraphs if one.words and not STAMPED.fullmatch(one.words)]
    above = [plain(name) for name, words in pairwise(lines) if NAME.fullmatch(name) and _says(words)]
    counted = Counter(
        name for name in above if name not in listed("nods") | listed("no_one") | listed("titles")
    )
    again = {
        name
        for name, n in counted.items()
        if n > 1 and NAMED.fullmatch(name) and name[0] in listed("surnames")
    }
    numbered = {name for name in counted if re.fullmatch(r".*[a-z\d]", name) and Speaker(name).label}
    sure = {name for name in counted if name in people or Speaker(name).asks} | numbered
    return frozenset(sure | again if len(sure | again) > 1 else sure)


def dated(stamp: str, when: str) -> str:
    """A stamp that names a day, with the year of the talk where it names none; "" for a time alone.

    >>> dated("9月2日 09:12", "2026-09-01"), dated("2026-09-02 09:12", ""), dated("00:12:31", "2026-09-01")
    ('2026-09-02 09:12', '2026-09-02 09:12', '')
    """
    if talkhead.DAY.search(stamp):
        return stamp
    day = YEARLESS.fullmatch(stamp)
    if not day:
        return ""
    return f"{when[:4]}-{int(day['m']):02}-{int(day['d']):02} {day['clock']}" if when else stamp


def _says(words: str) -> bool:
    """Whether a line may be what somebody says, and is not a name itself."""
    return not NAME.fullmatch(words) or nodded(words)


def nodded(words: str) -> bool:
    """Whether somebody only nodded.

    >>> nodded("嗯嗯，对的。"), nodded("对，报表太慢")
    (True, False)
    """
    parts = [plain(part) for part in re.split(r"[\s，,。.！!？?、~…（）()【】\[\]]+", words) if part.strip()]
    return all(part in listed("nods") for part in parts)
