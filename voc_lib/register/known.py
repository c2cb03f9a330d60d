"""What people know, kept entry by entry: nothing deleted, two at once merged by field or shown both."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select

from voc_lib.clean.privacy import mask_text
from voc_lib.clean.written import KEPT
from voc_lib.errors import DataError, OvertakenError
from voc_lib.knowledge import Knowledge
from voc_lib.register import entries, merging, revisions
from voc_lib.register.database import alone, said
from voc_lib.register.entries import LABELS, Content, Place, Row
from voc_lib.register.models import ALL, Entry

ADDED, CHANGED, WITHDRAWN = "新增", "修改", "撤回"
HISTORY = ["id", "kind", "key", "version", "old", "new", "who", "at", "why", "origin"]
WORDED = (
    "cause",
    "bone",
    "five_w1h",
    "question",
    "goal",
    "decision",
    "incident",
)  # kinds whose key holds what people wrote
MOST, WIDE = 20, 60  # lines of an error, characters of a value


Hand = tuple[str, datetime]


@dataclass(frozen=True)
class Held:
    """The last version of an entry, withdrawn (`row` is None) or not; `first` is when it was first seen.

    `hands` are by field who wrote what stands there, and when.
    """

    row: Row | None
    version: int
    first: int
    who: str
    at: datetime
    hands: Mapping[merging.Path, Hand] = field(default_factory=dict)


@dataclass(frozen=True)
class Edit:
    """What somebody wants: the row (None: withdrawn) instead of version `seen` (0: there was none).

    `seen` is None where the last one wins: the order of things.
    """

    place: Place
    row: Row | None
    seen: int | None
    old: Content | None = None

    @property
    def told(self) -> list[str]:
        """What changes, a line for each field: kind of change, kind of thing, its key, the field."""
        kind, key = _named(self.place)
        if self.row is None or self.old is None:
            return [f"{WITHDRAWN if self.row is None else ADDED}\t{kind}\t{key}"]
        changed = entries.differences(self.old, self.row.content)
        return [f"{CHANGED}\t{kind}\t{key}\t{name}：{_pair(name, *pair)}" for name, pair in changed.items()]


@dataclass(frozen=True)
class Signature:
    """Who changes something, when, why, and the file or panel it comes from."""

    who: str
    at: datetime
    why: str = ""
    origin: str = ""


State = Mapping[Place, Held]


def state(engine: Engine, report: str, *, until: int = ALL) -> State:
    """Every entry of a report as it stands, or stood when row `until` was the last."""
    with said(engine), engine.connect() as connection:
        return _state(connection, report, until)


def _state(connection: Connection, report: str, until: int = ALL) -> State:
    query = select(Entry.__table__).where(Entry.report == report, Entry.id <= until).order_by(Entry.id)
    found: dict[Place, Held] = {}
    for line in connection.execute(query):
        place = (line.kind, line.key)
        row = None if line.content is None else Row(*place, json.loads(line.content), line.parent)
        before = found.get(place)
        hands = _hands(before, row, (line.who, line.at))
        found[place] = Held(row, line.version, before.first if before else line.id, line.who, line.at, hands)
    return found


def _hands(before: Held | None, row: Row | None, hand: Hand) -> dict[merging.Path, Hand]:
    stood = before.row.content if before and before.row else {}
    changed = dict.fromkeys(merging.differences(stood, row.content if row else {}), hand)
    return {**(before.hands if before else {}), **changed}


def rows(held: State) -> dict[Place, Row]:
    """The entries in force."""
    return {place: entry.row for place, entry in held.items() if entry.row is not None}


def raw(held: State) -> dict[str, Any]:
    """The entries in force, as `knowledge.read` takes them."""
    return entries.raw(rows(held), _seen(held))


def edits(held: State, wanted: Knowledge) -> list[Edit]:
    """What has to change for the entries to be what is wanted: the new ones in their order, then the old."""
    before, after = rows(held), entries.rows(wanted, _seen(held))
    changed = [row for place, row in after.items() if place not in before or before[place] != row]
    gone = [place for place in before if place not in after]
    return [*(edit(held, row.place, row) for row in changed), *(edit(held, place, None) for place in gone)]


def edit(held: State, place: Place, row: Row | None) -> Edit:
    """The wish to have a row (None: no row) in place of what was seen there."""
    entry = held.get(place)
    seen = None if place[0] == "order" else entry.version if entry else 0
    return Edit(place, row, seen, entry.row.content if entry and entry.row else None)


def save(
    engine: Engine,
    report: str,
    wanted: Iterable[Edit],
    signed: Signature,
    *,
    check: Callable[[dict[str, Any]], object],
    spent: int = 0,
) -> int:
    """How many entries changed: all that is wanted, or nothing and a DataError showing both versions.

    Of an entry somebody has changed since, only the fields that are wanted otherwise than they were seen.
    `check` raises when what would stand then (as `knowledge.read` takes it) is not right. The revision gets a
    number higher than those `spent`.
    """
    if not signed.who.strip():
        raise DataError("修改缺少署名；请写明是谁改的。")
    with alone(engine) as connection:
        held = _state(connection, report)
        due = [wish for wish in wanted if not _stands(wish, held)]
        if told := conflicts(due, held):
            raise OvertakenError(_listed(f"有 {len(told)} 处已被别人改过，一处也没有保存", told))
        due = [wish for wish in (_merged(wish, held) for wish in due) if not _stands(wish, held)]
        _checked(held, due, check)
        lines = [_line(wish, held, report, signed) for wish in due]
        if lines:
            connection.execute(insert(Entry), lines)
            revisions.named(connection, at=signed.at, spent=spent)
    return len(lines)


def conflicts(
    wanted: Iterable[Edit], held: State, headers: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """A sentence, showing both versions, for each wish about an entry that somebody has changed since.

    Fields are called by their `headers` where they have one.
    """
    late = (wish for wish in wanted if _overtaken(wish, held) and not _stands(wish, held))
    return [told for wish in late if (told := _conflict(wish, held[wish.place], headers))]


def joined(
    wanted: Iterable[Edit], held: State, headers: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """A sentence for each wish about an entry of which somebody has changed other fields since."""
    late = (wish for wish in wanted if _overtaken(wish, held) and not _stands(wish, held))
    found = [_joined(wish, held[wish.place], headers) for wish in late if _mergeable(wish, held[wish.place])]
    return [told for told in found if told]


def _stands(wish: Edit, held: State) -> bool:
    return (held[wish.place].row if wish.place in held else None) == wish.row


def _overtaken(wish: Edit, held: State) -> bool:
    if wish.seen is None:
        return False
    return wish.seen != (held[wish.place].version if wish.place in held else 0)


def _mergeable(wish: Edit, held: Held) -> bool:
    """Whether two changed different fields of an entry; two new measures of one number are two things."""
    if wish.row is None or held.row is None or (wish.old is None and wish.row.kind == "measure"):
        return False
    return not merging.clashes(wish.old or {}, held.row.content, wish.row.content)


def _merged(wish: Edit, held: State) -> Edit:
    """The wish with what others have changed since."""
    if not _overtaken(wish, held) or wish.row is None or (now := held[wish.place].row) is None:
        return wish
    content = merging.merged(wish.old or {}, now.content, wish.row.content)
    return replace(wish, row=replace(wish.row, content=content))


def _joined(wish: Edit, held: Held, headers: Mapping[str, str]) -> str:
    now = held.row.content if held.row else {}
    names = _by_hand(held, merging.differences(wish.old or {}, now))
    if not names:  # changed, and changed back
        return ""
    said = (f"{hand} {'、'.join(headers.get(n, n) for n in theirs)}" for hand, theirs in names.items())
    return f"{' '.join(_named(wish.place))}：{'；'.join(said)}，与您的改动合在一起"


def _conflict(wish: Edit, held: Held, headers: Mapping[str, str]) -> str:
    """Both versions: what stands now, by whom and since when, and what was to be saved; "" where both fit."""
    about = f"{' '.join(_named(wish.place))}：{held.who} 已于 {held.at:%Y-%m-%d %H:%M}"
    if held.row is None:
        return f"{about} 撤回；您要保存的是 {_short('', wish.row.content if wish.row else None)}"
    if wish.row is None:
        return f"{about} 改过；您要撤回它，现在是 {_short('', held.row.content)}"
    if _mergeable(wish, held):
        return ""
    both = (held.row.content, wish.row.content)
    pairs = merging.clashes(wish.old or {}, *both) or merging.differences(*both)
    shown = (
        f"{hand}：{'；'.join(_both(name, pair, headers) for name, pair in apart.items())}"
        for hand, apart in _by_hand(held, pairs).items()
    )
    return f"{' '.join(_named(wish.place))}：{'；'.join(shown)}（改成现在的值就不冲突）"


def _both(name: str, pair: tuple[Any, Any], headers: Mapping[str, str]) -> str:
    return f"{headers.get(name, name)} 现在是 {_short(name, pair[0])}，您的是 {_short(name, pair[1])}"


def _by_hand(held: Held, pairs: Mapping[merging.Path, Any]) -> dict[str, dict[str, Any]]:
    """Who changed fields and when, in words, with their names and what is told of each."""
    found: dict[str, dict[str, Any]] = {}
    for path, pair in pairs.items():
        who, at = held.hands.get(path, (held.who, held.at))
        found.setdefault(f"{who} 已于 {at:%Y-%m-%d %H:%M} 改过", {})[".".join(path)] = pair
    return found


def _checked(held: State, due: list[Edit], check: Callable[[dict[str, Any]], object]) -> None:
    """Nothing, or the error of what would stand after the edits."""
    after = _after(held, due)
    if left := entries.orphans(after):
        raise DataError(_listed(f"有 {len(left)} 条的上一级不在了，请先移走或一并撤回", left))
    check(entries.raw(after, _seen(held)))


def named(held: State, wanted: Iterable[Edit]) -> dict[str, Place]:
    """What faults of the entries as wanted call each of them, and its place."""
    return entries.named(_after(held, wanted), _seen(held))


def _after(held: State, wanted: Iterable[Edit]) -> dict[Place, Row]:
    """The entries as they would stand."""
    after = rows(held)
    for wish in wanted:
        after.pop(wish.place, None)
        if wish.row is not None:
            after[wish.place] = wish.row
    return after


def _line(wish: Edit, held: State, report: str, signed: Signature) -> dict[str, Any]:
    row = wish.row
    return {
        **dict(zip(("kind", "key"), wish.place, strict=True)),
        "report": report,
        "parent": row.parent if row else "",
        "version": held[wish.place].version + 1 if wish.place in held else 1,
        "content": json.dumps(row.content, ensure_ascii=False) if row else None,
        **vars(signed),
    }


def history(engine: Engine, report: str) -> pd.DataFrame:
    """Every change of a report's entries, oldest first: `HISTORY`; `old` and `new` are JSON, NA for none."""
    columns = [getattr(Entry, name if name != "new" else "content") for name in HISTORY if name != "old"]
    query = select(*columns).where(Entry.report == report).order_by(Entry.id)
    with said(engine), engine.connect() as connection:
        lines = connection.execute(query).all()
    frame = pd.DataFrame(lines, columns=[name for name in HISTORY if name != "old"])
    texts = [name for name in frame if name not in ("id", "version", "at")]
    frame = frame.astype({**dict.fromkeys(texts, "str"), "at": "datetime64[us]"})
    return frame.assign(old=frame.groupby(["kind", "key"])["new"].shift())[HISTORY]


def told(changes: pd.DataFrame) -> list[str]:
    """A line for each change of a `history`: when, who, what, the fields that changed, why, from where."""
    plain = changes.astype(object).where(changes.notna(), None)
    return [_told(change) for change in plain.to_dict("records")]


def _told(change: Mapping[Any, Any]) -> str:
    old, new = (json.loads(change[name]) if change[name] else None for name in ("old", "new"))
    done = WITHDRAWN if new is None else ADDED if old is None else CHANGED
    fields = entries.differences(old, new) if done == CHANGED else {}
    words = "；".join(f"{name}：{_pair(name, *pair)}" for name, pair in fields.items())
    about = [
        done,
        *_named((change["kind"], change["key"])),
        words,
        mask_text(change["why"]),
        change["origin"],
    ]
    return "\t".join([f"{change['at']:%Y-%m-%d %H:%M}", change["who"], *about]).rstrip()


def _seen(held: State) -> dict[Place, int]:
    return {place: entry.first for place, entry in held.items()}


def _listed(what: str, lines: list[str]) -> str:
    more = [f"另有 {len(lines) - MOST} 处"] if len(lines) > MOST else []
    return what + "：" + "".join(f"\n  · {line}" for line in [*lines[:MOST], *more])


def _named(place: Place) -> tuple[str, str]:
    """What kind of thing it is and its key, in words; personal data masked."""
    kind, key = place
    return LABELS[kind], mask_text(key) if kind in WORDED else key


def _pair(name: str, old: Any, new: Any) -> str:
    return f"{_short(name, old)} → {_short(name, new)}"


def _short(name: str, value: Any) -> str:
    """A value of a field in a few words; personal data masked, but for those who answer for a thing."""
    if value is None:
        return "（无）"
    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    told = told if name in KEPT else mask_text(told)
    return f"“{told if len(told) <= WIDE else told[:WIDE] + '…'}”"
