"""The turns of a transcript: its paragraphs read one by one, each told by the first step that takes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from voc_lib.collect import labels, messy, paragraphs, talkhead
from voc_lib.collect.labels import ALONE, FIRST, LONGEST_NAME, STAMPED, TURN
from voc_lib.collect.paragraphs import BULLET, Paragraph
from voc_lib.collect.speakers import Speaker, listed, person, plain, spelt
from voc_lib.collect.talkhead import FACTS, OPENING

HEADING, DECIDED, BROKEN, STAMPS, PARTED = "抬头行", "决议与待办", "折行", "时间标记", "分隔行"
SECTION = re.compile(r"^[一二三四五六七八九十]+[、.]|^第[一二三四五六七八九十]+部分[：:\s]*")
QUESTION = re.compile(r"^(?:Q|A|问|答)\s*(?P<number>\d{1,3})$", re.IGNORECASE)
END = "。！？!?；;…”’：:）)"
RULE = re.compile(r"[-—=*─]{2,}[^-—=*─]{1,40}[-—=*─]{2,}")  # --- 以下为新消息 ---
SAID = re.compile(rf"{labels.AT}\s+(?P<words>\S.*)", re.DOTALL)
WRAPPED = 20  # characters of a line from which its sentence may go on in the next
TITLE_LENGTH = 40


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


def parsed(texts: Sequence[str], told: Mapping[str, str]) -> Transcript:
    """The turns of a transcript, whoever said them, with what its head tells."""
    found = Transcript(people={plain(name): person(name, role) for name, role in told.items()})
    read = [paragraphs.read(line, raw) for line, raw in enumerate(texts, start=1)]
    found.credible, found.alone = labels.credible(read, found.people), labels.alone(read, found.people)
    for paragraph in read:
        next(step for step in STEPS if step(paragraph, found))
    return found


def _blank(one: Paragraph, found: Transcript) -> bool:
    if one.words and not set(one.words) <= set("-—=_*|: "):
        return False
    found.unended = ""
    return found.leave(messy.EMPTY)


def _rule(one: Paragraph, found: Transcript) -> bool:
    """A line that parts messages, with words of the program in it; nobody speaks below it."""
    if not RULE.fullmatch(one.raw.strip()):
        return False
    found.speaker, found.unended = None, ""
    return found.leave(PARTED)


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
    if one.cells and (layout := paragraphs.layout(one.cells)):
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
    if labels.dated(stamped["at"], found.when):  # of another message: whose is not said
        found.speaker = None
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
    titled = len(one.words) <= TITLE_LENGTH and one.words[-1] not in END and talkhead.kind(one.words) != ""
    return early and titled and _titled(one, found)


def _titled(one: Paragraph, found: Transcript) -> bool:
    _dated(one.words, found, sure=False)
    found.kind = found.kind or talkhead.kind(one.words)
    return found.leave(messy.TITLE)


def _broken(one: Paragraph, found: Transcript) -> bool:
    """The rest of a sentence that a line end has cut."""
    last = found.unended[-1:]
    open_ = last in tuple("，,、") if len(found.unended) < WRAPPED else last not in END
    if not open_ or BULLET.match(one.raw.lstrip()) or _reported(one.words, found) is not None:
        return False
    before = found.turns[-1]
    found.turns[-1] = replace(before, words=before.words + one.words)
    found.unended = one.words
    return found.leave(BROKEN)


def _saying(one: Paragraph, found: Transcript) -> bool:
    """Any other paragraph: more of who spoke last, of whom it names (张三反映，…), or nobody's."""
    if (own := _unnamed(one.words, found)) is not None:
        found.at = own[1]
        return found.say(Turn(one.line, None, own[0], at=found.at))
    who = _reported(one.words, found) or (None if _stranger(one.words, found) else found.speaker)
    return found.say(Turn(one.line, who, one.words, at=found.at))


def _unnamed(words: str, found: Transcript) -> tuple[str, str] | None:
    """The words and the time of a message of several people, or of a chat with a clock and no name."""
    label = TURN.fullmatch(words)
    if label and (plain(label["who"]) in listed("many") or _together(label["who"], found)):
        return label["words"].strip(), found.at
    said, day = SAID.fullmatch(words), talkhead.DAY.search(found.at)
    if not said or not day or not found.turns:
        return None
    found.speaker = None
    return said["words"], said["at"] if labels.dated(said["at"], found.when) else f"{day[0]} {said['at']}"


def _together(who: str, found: Transcript) -> bool:
    """Whether a label names several people: A、B.

    >>> _together("A、B", Transcript(credible=frozenset("ab")))
    True
    """
    names = [plain(name) for name in re.split(r"[、和与/]", who)]
    return len(names) > 1 and all(name in found.credible for name in names)


def _stranger(words: str, found: Transcript) -> bool:
    """Whether somebody who is not known may speak in a line below one who asks: never lost as their words."""
    label = TURN.fullmatch(words)
    asking = found.speaker is not None and found.speaker.asks
    return asking and label is not None and len(label["who"]) <= LONGEST_NAME


STEPS = (
    _blank,
    _rule,
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


def _head(words: str, found: Transcript) -> bool:
    """Whether a line belongs to the head (时间：…, 参会人员：…); what it says is kept."""
    told = [talkhead.fact(part) for part in FACTS.split(words)]
    if not all(told):
        return False
    for kind, value in (fact for fact in told if fact):
        if kind == "when":
            _dated(value, found, sure=True)
        elif kind in ("people", "askers"):
            asks = kind == "askers"
            named = [person(one, "主持人" if asks else "") for one in talkhead.names(value)]
            found.people |= {plain(one.name): one for one in named if plain(one.name) not in found.people}
            if len(named) == 1 and not asks:
                found.everyone = named[0].beside(found.everyone)
        elif kind in ("department", "role"):
            own = Speaker("", department=value) if kind == "department" else Speaker("", role=value)
            found.everyone = found.everyone.beside(own)
        else:
            found.kind, found.asked = found.kind or talkhead.kind(value), not value
    return True


def _turn(line: int, words: str, found: Transcript) -> Turn | None:
    """A paragraph that begins with who says it; with no words where they stand below."""
    match = TURN.fullmatch(words)
    if match and plain(match["who"]) in found.credible:
        who = _speaker(match["who"], match["about"] or "", found)
        return Turn(line, who, match["words"].strip(), at=match["at"] or match["then"] or "")
    alone = ALONE.fullmatch(words) if len(words) <= TITLE_LENGTH else None
    if not alone or (not found.turns and talkhead.kind(words)) or _sentence(alone["other"], found):
        return None
    who = _speaker(alone["who"] or alone["other"], alone["about"] or alone["beside"] or "", found)
    return Turn(line, who, "", at=alone["at"] or alone["then"] or "")


def _sentence(behind: str | None, found: Transcript) -> bool:
    """Whether what stands behind a clock is too long for a name nobody knows: 09:20 有人反映合同审批卡住."""
    name = plain(behind or "")
    return (
        len(name) > LONGEST_NAME and re.fullmatch("[一-鿿]+", name) is not None and name not in found.people
    )


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
            if rest.startswith(tuple(spelt()["told"])):
                return who
    return None


def _dated(words: str, found: Transcript, *, sure: bool) -> None:
    """The time of the talk, from its head; from a title only where there is none."""
    if sure or not found.when:
        found.when = talkhead.began(words) or found.when
