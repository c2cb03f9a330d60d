"""Interviews, focus groups and minutes to a table: what each person said a row, with its place.

The words of those who ask are no feedback: they are counted aside and stand as a remark beside the answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import PurePath
from typing import Any

import numpy as np

from voc_lib.collect import messy
from voc_lib.collect.elapsed import moments
from voc_lib.collect.speakers import BRACKETS, Speaker, listed, person, plain
from voc_lib.collect.table import Table, from_rows, raw_json, rejects
from voc_lib.errors import DataError
from voc_lib.params import IGNORE
from voc_lib.yamlfile import shipped

ASKING, HEADING, DECIDED, BROKEN, STAMPS = "提问者的话", "抬头行", "决议与待办", "折行", "时间标记"
NODDED = "只有应答（嗯、好的），没有内容"
CHANNEL, MINUTES = "访谈记录", "会议纪要"
COLUMNS = {
    "发言人": "customer_name",
    "发言人编号": "customer_id",
    "发言人部门": IGNORE,
    "发言人岗位": IGNORE,
    "发言时间": "created_at",
    "记录类型": "channel",
    "发言内容": "text",
    "所问": "remark",
}
DATED = r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?[\sT]*)?"
STAMP = DATED + r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:[.,]\d+)?(?![:：]?\d)"
MARK = rf"[\[【(（<]?\s*(?P<@>{STAMP})\s*[\]】)）>]?"
WHO = (
    r"(?P<who>[^\s:：，。,！？!?；;（()）\[\]【】|\"“”]{1,16}"
    r"(?: (?!\d{1,2}[:：]\d\d)[A-Za-z0-9一-鿿]{1,12}){0,2})"
)
ABOUT = rf"(?:\s*[（(【\[](?!\s*{STAMP}\s*[）)】\]])(?P<about>[^）)】\]]{{1,30}})[）)】\]])?"
AT, THEN = MARK.replace("@", "at"), MARK.replace("@", "then")
# [00:12:31] 受访者A（销售）：报表太慢    张三 00:12:31：报表太慢
NAME, NAMED = re.compile(WHO), re.compile("[一-鿿]{2,3}")
TURN = re.compile(rf"(?:{AT}\s*)?{WHO}{ABOUT}(?:\s*{THEN})?\s*[:：]\s*(?P<words>.*)", re.DOTALL)
# 说话人 1 00:12    发言人1(00:03:12)    2026-09-01 10:00:00 张三(10001): the words follow below
ALONE = re.compile(
    rf"(?:{WHO}{ABOUT}(?:\s+|(?=[（(\[【])){THEN}|{AT}\s+{WHO.replace('<who>', '<other>')}"
    rf"{ABOUT.replace('<about>', '<beside>')})\s*[:：]?"
)
STAMPED = re.compile(MARK.replace("@", "at"))
# 2026年9月10日 下午 2:30|1小时 2分钟 5秒: the head of a transcript that software made
OPENING = re.compile(
    r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}[\s日号（()）|｜·,，\-—~～:：.\d上下午早晚一二三四五六天周星期小时分钟秒hms]*"
)
FACTS = re.compile(r"\s{2,}|\u3000+|[；;]\s*(?=[一-鿿]{2,6}[:：])")  # between the facts of one line
SECTION = re.compile(r"^[一二三四五六七八九十]+[、.]|^第[一二三四五六七八九十]+部分[：:\s]*")
BULLET = re.compile(r"^(?:[-*•·●◆▪‣>]+\s+|[（(]?\d{1,3}(?:[.、)）]\s*(?!\d))|#{1,6}\s+)")
QUESTION = re.compile(r"^(?:Q|A|问|答)\s*(?P<number>\d{1,3})$", re.IGNORECASE)
DAY = re.compile(r"(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)")
CLOCK = re.compile(
    r"(?<![\d:：])(?:(?P<half>上午|下午|晚上|晚|早上)\s*)?(?P<h>\d{1,2})[:：点时](?P<min>\d{2})?"
)
END = "。！？!?；;…”’：:）)"
WRAPPED = 20  # characters of a line from which its sentence may go on in the next
LONGEST_NAME = 6
FEW, MOST = 3, 2 / 3  # turns of one speaker that are questions, and their share, from which they ask
TITLE_LENGTH, FIRST = 40, 40  # characters of a title; paragraphs that may be titles and heads
TURNS, SHARE = 3, 0.3  # turns, and their share of the paragraphs, of a text that is a transcript


@dataclass(frozen=True)
class Turn:
    """What was said in one paragraph: by whom (None: nobody named), under which question."""

    line: int
    who: Speaker | None
    words: str
    asked: str = ""
    at: str = ""
    place: str = ""  # in the recording


NOBODY = Speaker("")


@dataclass
class Transcript:
    """What was found while reading: turns, lines that are none by kind, what the head says."""

    turns: list[Turn] = field(default_factory=list)
    aside: Counter[str] = field(default_factory=Counter)
    when: str = ""
    kind: str = ""
    people: dict[str, Speaker] = field(default_factory=dict)
    everyone: Speaker = NOBODY
    credible: frozenset[str] = frozenset()
    speaker: Speaker | None = None
    at: str = ""
    alone: frozenset[str] = frozenset()  # names that stand on a line of their own above the words
    asked: bool = False  # the line above is a key of the head without its value
    decided: bool = False
    layout: Mapping[str, int] = field(default_factory=dict)
    unended: str = ""  # the line before, where it belongs to a turn

    def leave(self, kind: str) -> bool:
        """True, a line of a kind counted aside."""
        self.aside[kind] += 1
        return True

    def say(self, turn: Turn) -> bool:
        """True, a turn added."""
        self.turns.append(turn)
        self.unended = turn.words if turn.who else ""
        return True


@dataclass(frozen=True)
class Paragraph:
    """A paragraph as written, without its marks, and its cells if it is the row of a table."""

    line: int
    raw: str
    words: str
    cells: tuple[str, ...] = ()


def table(
    paragraphs: Sequence[str], name: str, told: Mapping[str, str] | None = None, notes: Sequence[str] = ()
) -> Table:
    """The utterances of a transcript; `told` says who is what (name -> role, or 主持人)."""
    if not any(map(str.strip, paragraphs)):
        raise DataError(f"{name} 里没有文字。请检查导出。")
    found = parsed(paragraphs, told or {})
    kept: list[Turn] = []
    nods: list[Turn] = []
    again = _timed(found)
    rows = _heard(found, name, told or {})
    for turn in rows.turns:
        (nods if _nodded(turn.words) else kept).append(turn)
    cells = [_cells(turn, found, name) for turn in kept]
    used = [c for n, c in enumerate(COLUMNS) if c == "发言内容" or any(row[n] for row in cells)]
    at = [list(COLUMNS).index(c) for c in used]
    gone = [(t.line, NODDED, raw_json(dict(zip(COLUMNS, _cells(t, found, name), strict=True)))) for t in nods]
    made = Table(
        name, None, tuple(used), from_rows([[row[n] for n in at] for row in cells], used),
        np.array([turn.line for turn in kept], dtype="int64"), rejects(gone), aside=dict(rows.aside),
        told={column: COLUMNS[column] for column in used},
    )  # fmt: skip
    return made.note(
        *(f"{name}：{note}" for note in (*notes, *again, *_notes(rows, kept, found.kind or _kind(name))))
    )


def spoken(text: str) -> bool:
    """Whether a text file is a transcript: several turns, a good part of its lines.

    >>> spoken("主持人：最近用得怎么样？\\n受访者A：报表太慢。\\n受访者A：月底打不开。")
    True
    >>> spoken("工单号,内容\\n1,客服：您好")
    False
    """
    lines = [line for line in text.splitlines()[:400] if line.strip()]
    found = parsed(lines, {})
    if any("\t" in line for line in lines[:1]):
        return False
    said = sum(turn.who is not None for turn in found.turns)
    headed = bool(found.when) and bool(found.people)
    return (said >= TURNS or (headed and said > 0)) and said >= SHARE * len(lines)


def parsed(paragraphs: Sequence[str], told: Mapping[str, str]) -> Transcript:
    """The turns of a transcript, whoever said them, with what its head tells."""
    found = Transcript(people={plain(name): person(name, role) for name, role in told.items()})
    read = [_paragraph(line, raw) for line, raw in enumerate(paragraphs, start=1)]
    found.credible, found.alone = _credible(read, found), _alone(read, found)
    for paragraph in read:
        next(step for step in STEPS if step(paragraph, found))
    return found


def _paragraph(line: int, raw: str) -> Paragraph:
    words = _unmarked(raw)
    cells = tuple(cell.strip() for cell in words.split("\t")) if "\t" in words else ()
    full = [cell for cell in cells if cell]
    if cells:
        words = f"{full[0]}：{full[1]}" if len(full) == 2 else "　".join(full)
    return Paragraph(line, raw, words, cells)


def _blank(one: Paragraph, found: Transcript) -> bool:
    if one.words and not set(one.words) <= set("-—=_*|: "):
        return False
    found.unended = ""
    return found.leave(messy.EMPTY)


def _section(one: Paragraph, found: Transcript) -> bool:
    """A heading that stands alone; below 会议决议 or 待办 stands no feedback."""
    title = plain(SECTION.sub("", one.words.strip("：:#【】[]《》 ")))
    marked = one.raw.lstrip().startswith("#")
    if not (marked or title in listed("decisions") or title in listed("titles")):
        return False
    found.decided, found.unended, found.speaker = title in listed("decisions"), "", None
    return _titled(one, found)


def _decision(one: Paragraph, found: Transcript) -> bool:
    return found.decided and found.leave(DECIDED)


def _row(one: Paragraph, found: Transcript) -> bool:
    """The head of a table that has a column for who and one for their words, or a row below it."""
    if one.cells and (layout := _layout(one.cells)):
        found.layout = layout
        return found.leave(messy.HEADER)
    if not found.layout or len(one.cells) <= max(found.layout.values()):
        return False
    cells = {what: one.cells[n] for what, n in found.layout.items()}
    who = _speaker(cells["who"], cells.get("about", ""), found) if cells["who"] else None
    return found.say(Turn(one.line, who, cells["words"])) if cells["words"] else found.leave(messy.EMPTY)


def _heading(one: Paragraph, found: Transcript) -> bool:
    if found.turns or one.line > FIRST:
        return False
    asked, found.asked = found.asked, False
    return (_head(one.words, found) or (asked and not _turn(one.line, one.words, found))) and found.leave(
        HEADING
    )


def _opening(one: Paragraph, found: Transcript) -> bool:
    """A line above everything with the time of the talk and no more."""
    if found.turns or one.line > FIRST or not OPENING.fullmatch(one.words):
        return False
    _dated(one.words, found, sure=True)
    return found.leave(HEADING)


def _stamp(one: Paragraph, found: Transcript) -> bool:
    """A stamp on a line of its own."""
    stamped = STAMPED.fullmatch(one.words)
    if not stamped:
        return False
    found.at, found.unended = stamped["at"], ""
    return found.leave(STAMPS)


def _named(one: Paragraph, found: Transcript) -> bool:
    """Who speaks, on a line of their own."""
    if plain(one.words) not in found.alone:
        return False
    found.speaker, found.unended = _speaker(one.words, "", found), ""
    return found.leave(HEADING)


def _turning(one: Paragraph, found: Transcript) -> bool:
    turn = _turn(one.line, one.words, found)
    if turn is None:
        return False
    found.speaker, found.at = turn.who, turn.at or found.at
    return found.say(turn) if turn.words else found.leave(HEADING)


def _title(one: Paragraph, found: Transcript) -> bool:
    """A title above everything that names the kind of record."""
    early = not found.turns and found.speaker is None and one.line <= FIRST
    titled = len(one.words) <= TITLE_LENGTH and one.words[-1] not in END and _kind(one.words) != ""
    return early and titled and _titled(one, found)


def _titled(one: Paragraph, found: Transcript) -> bool:
    _dated(one.words, found, sure=False)
    found.kind = found.kind or _kind(one.words)
    return found.leave(messy.TITLE)


def _broken(one: Paragraph, found: Transcript) -> bool:
    """The rest of a sentence that a line end has cut."""
    cut = (
        len(found.unended) >= WRAPPED and found.unended[-1] not in END and not BULLET.match(one.raw.lstrip())
    )
    if not cut or _reported(one.words, found) is not None:
        return False
    last = found.turns[-1]
    found.turns[-1] = replace(last, words=last.words + one.words)
    found.unended = one.words
    return found.leave(BROKEN)


def _saying(one: Paragraph, found: Transcript) -> bool:
    """Any other paragraph: more of who spoke last, or of whom it names (张三反映，…)."""
    who = _reported(one.words, found) or found.speaker
    return found.say(Turn(one.line, who, one.words, at=found.at))


STEPS = (
    _blank,
    _section,
    _decision,
    _row,
    _opening,
    _stamp,
    _named,
    _heading,
    _turning,
    _title,
    _broken,
    _saying,
)


def _unmarked(raw: str) -> str:
    """A paragraph without the marks of lists, headings and bold type; the cells of a row parted by tabs.

    >>> _unmarked("- **张三**：太慢"), _unmarked("| 张三 | 太慢 |"), _unmarked("3. 报表太慢")
    ('张三：太慢', '张三\\t太慢', '报表太慢')
    """
    words = raw.strip()
    if words.startswith("|") and words.endswith("|") and len(words) > 1:
        words = "\t".join(cell.strip() for cell in words.strip("|").split("|"))
    words = re.sub(r"\*\*|__", "", words)
    return BULLET.sub("", words).strip(" \u3000\r\n")


def _layout(row: Sequence[str]) -> dict[str, int] | None:
    """Which cell of a table's head is whose: who, about, words; None when it is no such head."""
    named = {
        what: n
        for what, names in _words()["columns"].items()
        for n, cell in reversed([*enumerate(row)])
        if plain(cell) in map(plain, names)
    }
    return named if {"who", "words"} <= named.keys() else None


def _head(words: str, found: Transcript) -> bool:
    """Whether a line belongs to the head (时间：…, 参会人员：…); what it says is kept."""
    told = [_fact(part) for part in FACTS.split(words)]
    if not all(told):
        return False
    for kind, value in (fact for fact in told if fact):
        if kind == "when":
            _dated(value, found, sure=True)
        elif kind in ("people", "askers"):
            asks = kind == "askers"
            named = [person(one, "主持人" if asks else "") for one in _names(value)]
            found.people |= {plain(one.name): one for one in named if plain(one.name) not in found.people}
            if len(named) == 1 and not asks:
                found.everyone = named[0].beside(found.everyone)
        elif kind in ("department", "role"):
            own = Speaker("", department=value) if kind == "department" else Speaker("", role=value)
            found.everyone = found.everyone.beside(own)
        else:
            found.kind, found.asked = found.kind or _kind(value), not value
    return True


def _fact(part: str) -> tuple[str, str] | None:
    """A key of the head and its value."""
    key, colon, value = part.replace(":", "：", 1).partition("：")
    value = value.strip()
    for kind, names in _words()["heads"].items():
        if colon and plain(key) in map(plain, names):
            if kind in ("people", "askers") and not _nameable(value):
                return None
            return kind, value
    return None


def _nameable(value: str) -> bool:
    """Whether a value lists people: short parts, nothing of a sentence.

    >>> _nameable("张三（华东销售部 销售代表）、李四"), _nameable("报表太慢了，我每天都在等。")
    (True, False)
    """
    if not value or re.search(r"[。！？!?]|[我你您他很太了吗呢吧]", value):
        return False
    return all(len(one) <= 24 for one in _names(value))


def _names(value: str) -> list[str]:
    """The people of a list; a comma inside brackets parts nobody.

    >>> _names("张三（华东，销售）、李四 ，王五"), _names("张三，华东销售部销售代表")
    (['张三（华东，销售）', '李四', '王五'], ['张三（华东销售部销售代表）'])
    """
    parts = [p.strip() for p in re.split(r"[、,，;；/]\s*(?![^（(]*[）)])", value) if p.strip()]
    if len(parts) == 2 and not BRACKETS.search(value) and person(f"某（{parts[1]}）").department:
        return [f"{parts[0]}（{parts[1]}）"]
    return parts


def _turn(line: int, words: str, found: Transcript) -> Turn | None:
    """A paragraph that begins with who says it; with no words where they stand below."""
    match = TURN.fullmatch(words)
    if match and plain(match["who"]) in found.credible:
        who = _speaker(match["who"], match["about"] or "", found)
        return Turn(line, who, match["words"].strip(), at=match["at"] or match["then"] or "")
    alone = ALONE.fullmatch(words) if len(words) <= TITLE_LENGTH else None
    if not alone:
        return None
    who = _speaker(alone["who"] or alone["other"], alone["about"] or alone["beside"] or "", found)
    return Turn(line, who, "", at=alone["at"] or alone["then"] or "")


def _speaker(name: str, about: str, found: Transcript) -> Speaker:
    """Who a label is, with what the head or the label itself says of them."""
    known = found.people.get(plain(name)) or found.people.get(plain(QUESTION.sub(lambda m: m[0][0], name)))
    own = person(name, about)
    who = own.beside(known) if known else own
    return who if who.asks else who.beside(found.everyone)


def _reported(words: str, found: Transcript) -> Speaker | None:
    """Who is said to have said it: “张三反映，报表打不开”; only people the head lists."""
    for who in found.people.values():
        if who.name and words.startswith(who.name) and not who.asks:
            rest = re.sub(r"^[（(][^）)]*[）)]", "", words[len(who.name) :])
            if rest.startswith(tuple(_words()["told"])):
                return who
    return None


def _credible(paragraphs: Sequence[Paragraph], found: Transcript) -> frozenset[str]:
    """The labels before a colon that are people: known words, listed people, roles, names that come again."""
    turns = [match for one in paragraphs if (match := TURN.fullmatch(one.words))]
    counted = Counter(plain(match["who"]) for match in turns)
    marked = {plain(match["who"]) for match in turns if match["at"] or match["then"] or match["about"]}
    facts = [fact for one in paragraphs[:FIRST] if (fact := _fact(one.words))]
    listed_people = {
        plain(person(one).name)
        for kind, value in facts
        if kind in ("people", "askers")
        for one in _names(value)
    }
    keys = {plain(name) for names in _words()["heads"].values() for name in names}
    known = {who for who in counted if Speaker(who).known}
    again = {who for who, n in counted.items() if n > 1 and len(who) <= LONGEST_NAME} - keys
    return frozenset((known | marked | listed_people | again | {*found.people}) - listed("no_one"))


def _alone(paragraphs: Sequence[Paragraph], found: Transcript) -> frozenset[str]:
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
    sure = {name for name in counted if name in found.people or Speaker(name).asks} | numbered
    return frozenset(sure | again if len(sure | again) > 1 else sure)


def _says(words: str) -> bool:
    """Whether a line may be what somebody says, and is not a name itself."""
    return not NAME.fullmatch(words) or _nodded(words)


def _dated(words: str, found: Transcript, *, sure: bool) -> None:
    """The time of the talk, from its head; from a title only where there is none."""
    day = DAY.search(words)
    if not day or (found.when and not sure):
        return
    clock = CLOCK.search(words[day.end() :])
    found.when = f"{day['y']}-{int(day['m']):02}-{int(day['d']):02}"
    if clock and int(clock["h"]) < 24:
        late = clock["half"] in ("下午", "晚上", "晚") and int(clock["h"]) < 12
        found.when += f" {int(clock['h']) + 12 * late:02}:{clock['min'] or '00'}"


def _kind(words: str) -> str:
    """What kind of record a title names, "" where it names none.

    >>> _kind("CRM 使用焦点小组座谈"), _kind("九月例会纪要"), _kind("王总")
    ('焦点小组', '会议纪要', '')
    """
    low = words.casefold()
    return next((kind for kind, said in _words()["kinds"].items() if any(w in low for w in said)), "")


@dataclass(frozen=True)
class _Heard:
    turns: list[Turn]
    aside: Counter[str]
    guessed: tuple[int, int] | None


def _heard(found: Transcript, name: str, told: Mapping[str, str]) -> _Heard:
    """The turns of those who answer, each with the question before it; of those who ask the number."""
    asker = _asker(found.turns, told)
    kept, aside, question = [], Counter(found.aside), ""
    for turn in found.turns:
        if turn.who is not None and (turn.who.asks or turn.who.name == asker):
            aside[ASKING] += 1
            question = turn.words
        else:
            kept.append(replace(turn, asked=question))
    if not kept:
        raise DataError(
            f"{name} 里只有提问者的话，没有受访者的话。若有人其实是受访者，请在来源下写 "
            "speakers: {姓名: 岗位}。"
        )
    mine = [turn.line for turn in found.turns if asker and turn.who and turn.who.name == asker]
    return _Heard(kept, aside, (mine[0], len(mine)) if mine else None)


def _timed(found: Transcript) -> list[str]:
    """What to tell of the stamps, once each turn holds when it was said and where in the recording."""
    stamps = ["" if DAY.search(turn.at) else turn.at for turn in found.turns]
    told = moments(stamps, found.when)
    found.turns = [
        turn if turn.at and not stamp else replace(turn, at=at, place=place)
        for turn, stamp, at, place in zip(found.turns, stamps, told.times, told.places, strict=True)
    ]
    if told.again is None:
        return []
    line = found.turns[told.again].line
    return [f"第 {line} 段起时间标记回到前面，像是另一段录音，从这里起都记开始的时间"]


def _asker(turns: Sequence[Turn], told: Mapping[str, str]) -> str:
    """The one whose words are mostly questions, where nobody is named as asking; "" where nobody is."""
    named = [turn for turn in turns if turn.who is not None]
    if any(turn.who.asks for turn in named if turn.who):
        return ""
    said = Counter(turn.who.name for turn in named if turn.who)
    asked = Counter(
        turn.who.name for turn in named if turn.who and turn.words.rstrip("）)”").endswith(("？", "?"))
    )
    known = {plain(one) for one in told}
    likely = [
        who for who, n in asked.items() if n >= FEW and n >= MOST * said[who] and plain(who) not in known
    ]
    return likely[0] if len(likely) == 1 and len(said) > 1 else ""


def _nodded(words: str) -> bool:
    """Whether somebody only nodded.

    >>> _nodded("嗯嗯，对的。"), _nodded("对，报表太慢")
    (True, False)
    """
    parts = [plain(part) for part in re.split(r"[\s，,。.！!？?、~…]+", words) if part.strip()]
    return all(part in listed("nods") for part in parts)


def _cells(turn: Turn, found: Transcript, name: str) -> list[str]:
    who = turn.who.beside(found.everyone) if turn.who else found.everyone
    channel = found.kind or _kind(name) or CHANNEL
    beside = [f"录音 {turn.place}"] if turn.place else []
    beside += [f"问：{turn.asked}"] if turn.asked else []
    return [
        who.name,
        who.identity(PurePath(name).stem),
        who.department,
        who.role,
        turn.at,
        channel,
        turn.words,
        "；".join(beside),
    ]


def _notes(heard: _Heard, kept: Sequence[Turn], kind: str) -> list[str]:
    """What to tell the analyst: nobody named, somebody taken for the one who asks, who has no role."""
    notes = []
    nobody = sum(turn.who is None for turn in kept)
    if nobody == len(kept):
        notes.append(f"没有写明谁在说话，{nobody} 段各作一条反馈，发言人为空")
    elif nobody:
        notes.append(f"有 {nobody} 段看不出是谁说的，照收，发言人为空")
    if heard.guessed:
        line, n = heard.guessed
        notes.append(
            f"没有写明谁在提问；第 {line} 段起的一位发言人多数话是问句，按提问者另放（{n} 段）。"
            "若其实是受访者，请在来源下用 speakers 写明岗位"
        )
    elif (
        kind != MINUTES
        and not heard.aside[ASKING]
        and nobody < len(kept)
        and len({t.who.name for t in kept if t.who}) > 1
    ):
        notes.append("没有认出提问者的话；若有，请在来源下用 speakers 写明谁是主持人")
    bare = {turn.who.name for turn in kept if turn.who and not turn.who.role}
    if bare:
        notes.append(f"有 {len(bare)} 位发言人没有写岗位，可在来源下用 speakers 写明")
    return notes


@cache
def _words() -> dict[str, Any]:
    return shipped("voc_lib.collect", "spoken.yaml")
