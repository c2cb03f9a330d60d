"""Which column of a feedback table is which field: by its name and by what stands in it, or a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from voc_lib.collect import choices, headers, nameless, rivals, senses
from voc_lib.collect.claims import NEEDED, STRANGE, Claim, Columns, claimed, judged, standing, two_sided
from voc_lib.collect.evidence import FOR
from voc_lib.collect.headers import JOINED, Match
from voc_lib.collect.table import Table

ALONE = 0.6  # how sure a column is that is taken by its values alone
BY_VALUES = ("created_at", "text", "feedback_id", "csat")  # fields that may be taken so
ORDER = ("created_at", "feedback_id", "nps", "csat", "text", "customer_id", "contact", "customer_name")
GRADES = ("csat", "nps")  # no score is believed by a name that says of something unknown: 巡检得分


@dataclass(frozen=True)
class Open:
    """A field to be decided: headers that may be it, the likelier first.

    `rivals` are each sure enough alone; else none is sure.
    """

    field: str
    headers: tuple[str, ...]
    rivals: bool = False


@dataclass(frozen=True)
class Settled:
    """The fate of every header, what is still open, and headers of words that are not used."""

    matches: tuple[Match, ...]
    open: tuple[Open, ...] = ()
    unused: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()  # taken by their values alone


def settle(
    table: Table, explicit: Mapping[str, str], *, zone: ZoneInfo, given: Sequence[str] = ()
) -> Settled:
    """What every column of a feedback table is; `given` are fields that come from elsewhere (params)."""
    fixed = headers.fixed(table.columns, explicit, table.place)
    columns = Columns(table, zone)
    left = [h for h in table.columns if h not in fixed]
    rest = [h for h in left if not headers.unnamed(h)]
    claims = _claims(rest, columns)
    found, open_ = _by_name(rest, claims, fixed, given, columns)
    taken = {m.field for m in found.values() if m.field} | {*given}
    alone = {
        name: h for name in BY_VALUES if name not in taken and (h := nameless.alone(name, found, columns))
    }
    found |= {h: Match(h, name, "推测", ALONE) for name, h in alone.items()}
    open_ += _by_values(left, claims, found, taken | {*alone}, columns)
    matches = tuple(found.get(h, Match(h, None, "未使用")) for h in table.columns)
    unused = tuple(h for h in left if h not in found and nameless.worded(h, columns))
    return Settled(matches, tuple(open_), unused, (*alone.values(),))


def _claims(rest: Sequence[str], columns: Columns) -> list[Claim]:
    """What the columns may be, with what their values say; options of a question are no words."""
    said = [claim for h in rest for claim in claimed(h, columns)]
    return [judged(c, columns) for c in said if c.field not in JOINED or not choices.MARKED.search(c.header)]


def _by_name(
    rest: Sequence[str],
    claims: Sequence[Claim],
    fixed: Mapping[str, Match],
    given: Sequence[str],
    columns: Columns,
) -> tuple[dict[str, Match], list[Open]]:
    """What is told by names whose values agree, and what is open between those that rival."""
    kin = _kin(claims, columns)
    taken, found, open_ = {m.field for m in fixed.values()} | {*given}, dict(fixed), list[Open]()
    for name in (*ORDER, *sorted({c.field for c in claims} - {*ORDER})):
        mine = [c for c in claims if c.field == name and c.header not in found]
        if name in taken or not mine:
            continue
        best, others = rivals.best(sorted(mine, key=standing, reverse=True), columns, kin=kin)
        free = [h for h in rest if h not in found]
        if best and not others and _only_labels(best[0], free, columns):
            continue
        if best and not others:
            others = rivals.instead(best, free, {c.header for c in claims}, columns)
        open_ += _open(best, others, columns)
        found |= {c.header: Match(c.header, name, c.how, c.score) for c in best}
        taken |= {c.field for c in best}
    return found, open_


def _only_labels(first: Claim, free: Sequence[str], columns: Columns) -> bool:
    """Whether what is named as the text holds labels, and another column sentences."""
    labels = first.field == "text" and nameless.labels(columns[first.header])
    return labels and bool(nameless.said(free, columns))


def _open(best: Sequence[Claim], others: Sequence[Claim], columns: Columns) -> list[Open]:
    """What is open about a field: between rivals, or whether a strange score is the customer's."""
    if not best:
        return []
    first = best[0]
    if others:
        return [Open(first.field, tuple(dict.fromkeys(c.header for c in (first, *others))), rivals=True)]
    strange = first.band == STRANGE or _by_others(first.header, columns.table.columns)
    return [Open(first.field, (first.header,))] if first.field in GRADES and strange else []


def _by_values(
    left: Sequence[str],
    claims: Sequence[Claim],
    found: Mapping[str, Match],
    taken: Collection[str],
    columns: Columns,
) -> list[Open]:
    """What is open of the fields that are still needed, by what stands in the columns left."""
    may = [h for h in left if h not in found or found[h].field in nameless.PROPOSED]
    asked, rated = [], bool({*taken} & {*GRADES})
    for name in NEEDED:
        named = {c.header for c in claims if c.field == name and c.fit == FOR}
        if name not in taken and (fit := nameless.proposed(name, may, named, columns, rated=rated)):
            asked.append(Open(name, tuple(fit)))
    graded = [h for h in left if h not in found and nameless.graded(h, columns)]
    if graded and not rated:
        asked.append(Open("csat", tuple(graded[:3])))
    return asked


def _by_others(header: str, columns: Sequence[str]) -> bool:
    """Whether a bare 得分 stands in a list of inspections or exams, where it is hardly the customer's.

    >>> _by_others("得分", ["巡店日期", "得分"]), _by_others("得分", ["评价时间", "得分"])
    (True, False)
    """
    if senses.spoken(header) not in senses.listed("bare_scores"):
        return False
    return any(senses.says(h, senses.listed("judged_by_others")) for h in columns if h != header)


def _kin(claims: Sequence[Claim], columns: Columns) -> str:
    """What the likeliest text is of (评论 of 评论内容): the other columns of a feedback say it too."""
    texts = [c for c in claims if c.field == "text" and c.fit == FOR and c.band >= STRANGE]
    best = max(texts, key=standing, default=None)
    return "" if best is None or two_sided(best, columns) else senses.qualifier(best.header, "text")
