"""Interviews, focus groups and minutes to a table: what each person said a row, with its place.

The words of those who ask are no feedback: they are counted aside and stand as a remark beside the answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from voc_lib.collect import labels, talkhead
from voc_lib.collect.elapsed import moments
from voc_lib.collect.speakers import listed, plain
from voc_lib.collect.table import Table, from_rows, raw_json, rejects
from voc_lib.collect.turns import Transcript, Turn, parsed
from voc_lib.errors import DataError
from voc_lib.params import IGNORE

ASKING = "提问者的话"
NODDED = "只有应答（嗯、好的），没有内容"
MACHINE = "机器人或系统发的消息，不是人说的"
CHANNEL, MINUTES, CHAT = "访谈记录", "会议纪要", "群聊"
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
FEW, MOST = 3, 2 / 3  # turns of one speaker that are questions, and their share, from which they ask
TURNS, SHARE = 3, 0.3  # turns, and their share of the paragraphs, of a text that is a transcript
FEW_TURNS = 2  # where each says its day, as in a chat


def table(
    paragraphs: Sequence[str], name: str, told: Mapping[str, str] | None = None, notes: Sequence[str] = ()
) -> Table:
    """The utterances of a transcript; `told` says who is what (name -> role, or 主持人)."""
    if not any(map(str.strip, paragraphs)):
        raise DataError(f"{name} 里没有文字。请检查导出。")
    found = parsed(paragraphs, told or {})
    kept: list[Turn] = []
    unsaid: list[Turn] = []
    found.kind = _kind(found, name)
    again = _timed(found)
    rows = _heard(found, name, told or {})
    for turn in rows.turns:
        (unsaid if labels.nodded(turn.words) or _machine(turn) else kept).append(turn)
    cells = [_cells(turn, found, name) for turn in kept]
    used = [c for n, c in enumerate(COLUMNS) if c == "发言内容" or any(row[n] for row in cells)]
    at = [list(COLUMNS).index(c) for c in used]
    gone = [
        (t.line, MACHINE if _machine(t) else NODDED,
         raw_json(dict(zip(COLUMNS, _cells(t, found, name), strict=True))))
        for t in unsaid
    ]  # fmt: skip
    made = Table(
        name, None, tuple(used), from_rows([[row[n] for n in at] for row in cells], used),
        np.array([turn.line for turn in kept], dtype="int64"), rejects(gone), aside=dict(rows.aside),
        told={column: COLUMNS[column] for column in used},
    )  # fmt: skip
    return made.note(*(f"{name}：{note}" for note in (*notes, *again, *_notes(rows, kept, found.kind))))


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
    if headed:
        return said > 0 and said >= SHARE * len(found.turns)
    least = FEW_TURNS if _chat(found) else TURNS
    return said >= least and said >= SHARE * len(lines)


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
    days = [labels.dated(turn.at, found.when) for turn in found.turns]
    stamps = ["" if day else turn.at for day, turn in zip(days, found.turns, strict=True)]
    told = moments(stamps, found.when)
    found.turns = [
        replace(turn, at=day) if day else replace(turn, at=at, place=place)
        for turn, day, at, place in zip(found.turns, days, told.times, told.places, strict=True)
    ]
    if told.again is None:
        return []
    line = found.turns[told.again].line
    return [f"第 {line} 段起时间标记回到前面，像是另一段录音，从这里起都记开始的时间"]


def _machine(turn: Turn) -> bool:
    return turn.who is not None and any(word in plain(turn.who.name) for word in listed("machines"))


def _kind(found: Transcript, name: str) -> str:
    """What kind of record it is, by its title or its file; a chat where each turn names its day."""
    return found.kind or talkhead.kind(name) or (CHAT if _chat(found) else CHANNEL)


def _chat(found: Transcript) -> bool:
    said = [turn for turn in found.turns if turn.who is not None]
    return bool(said) and all(labels.dated(turn.at, found.when) for turn in said)


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


def _cells(turn: Turn, found: Transcript, name: str) -> list[str]:
    who = turn.who.beside(found.everyone) if turn.who else found.everyone
    beside = [f"录音 {turn.place}"] if turn.place else []
    beside += [f"问：{turn.asked}"] if turn.asked else []
    return [
        who.name,
        who.identity(PurePath(name).stem),
        who.department,
        who.role,
        turn.at,
        found.kind,
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
        kind not in (MINUTES, CHAT)
        and not heard.aside[ASKING]
        and nobody < len(kept)
        and len({t.who.name for t in kept if t.who}) > 1
    ):
        notes.append("没有认出提问者的话；若有，请在来源下用 speakers 写明谁是主持人")
    bare = {turn.who.name for turn in kept if turn.who and not turn.who.role}
    if bare:
        notes.append(f"有 {len(bare)} 位发言人没有写岗位，可在来源下用 speakers 写明")
    return notes
