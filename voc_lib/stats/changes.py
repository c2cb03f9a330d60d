"""What changed against the period before, over every indicator of a report: one error rate for all.

Counted are both periods' uncertainty, customers who speak often, how much an indicator varies from period to
period anyway (`dispersion`), and that many indicators are looked at (`contrast`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.clean import copies
from voc_lib.intervals import Floats
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.stats import basis, clusters, contrast, locus, means, mix, satisfaction, service, voices, windows
from voc_lib.stats.contrast import Claims, Side
from voc_lib.stats.dispersion import dispersion
from voc_lib.stats.raised import complaints

CATEGORY, SERVICE, SATISFACTION = "问题占比", "服务质量", "满意度"
UP, DOWN, WITHIN, UNKNOWN = "上升", "下降", "在误差范围内", "无法比较"
HISTORY = 12  # periods before this one that tell how much an indicator varies
UNITS = {"比例": mix.POINTS}
SCALES = {"比例": 100.0, "分": float(satisfaction.RANGE[1] - satisfaction.RANGE[0]), "点": 1.0}
HOURS = "小时"  # compared as logarithms
BOUNDED = ("比例", "分")
SIDES = ("place", "base")
COMPARED = 2  # the last periods, whose rows are looked into
READ = {*basis.RAISED, *basis.SCORED, "customer_id", *mix.PARTS, *mix.WORK, *mix.STAFF}
# of single feedbacks: what changed, what service and satisfaction are told by, which are tagged otherwise now
SPOKEN = sorted({*READ, *service.SINGLE, "issue_id", "feedback_id", "tags"})
# of issues: the same, when they were raised again, and what quotes, themes and keywords are told from
WORDS = ("text", "feedback_id", "category_given", "vague")
MERGED = sorted({*READ, *service.READ, *WORDS, *copies.COLUMNS, "again_at", "customer_ids"})
# what else than `mix.PARTS` may bear a change, by kind; people are not named for it
WHERE = {
    SERVICE: {**mix.WORK, "department": mix.STAFF["department"]},
    SATISFACTION: {"primary_tag": mix.WORK["primary_tag"]},
}


class Standing(NamedTuple):
    """An indicator in one period: `value` in its unit, `n` as counted, and where it stands.

    `place` is a share, a place on the scale, log hours or points, `base` what it is worth (see `contrast`);
    `rows` with `kept` are what a share or mean is of, with `hours` and `ended` what a median is of.
    """

    kind: str
    indicator: str
    unit: str
    value: float
    n: int
    place: float
    base: float
    rows: pd.DataFrame | None = None


class Evidence(NamedTuple):
    """What the indicators are read from: issues, single feedbacks, and those that may hold a score."""

    issues: pd.DataFrame
    tagged: pd.DataFrame | None = None
    scored: pd.DataFrame | None = None
    sla: Sla | None = None


Key = tuple[str, str]
Seen = list[dict[Key, Standing]]  # per period, oldest first; the last two are compared


def table(evidence: Evidence, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """schema.CHANGES: a row per category and indicator of the whole; schema.MIX: what was claimed, in parts.

    `change` is in points, scores or hours with an interval at the level all claims share; it leaves zero out
    where, and only where, `claim` says 上升 or 下降. Sources of one of the two periods alone
    (`windows.faint`) are held out. `where` is the one part of the rows that bears a claimed change.
    """
    evidence, note = comparable(evidence, period)
    seen = standings(evidence, _periods(evidence.issues, period))
    pairs = [(seen[-1][key], seen[-2][key]) for key in seen[-1] if _raised(seen, key)]
    if not pairs:
        return schema.empty(schema.CHANGES), schema.empty(schema.MIX)
    found, excess = claims(seen, [(now.kind, now.indicator) for now, _ in pairs])
    rows = [
        _row(*pair, *claimed)
        for pair, *claimed in zip(pairs, found.change.low, found.change.high, found.adjusted, strict=True)
    ]
    parts = [part for pair, row in zip(pairs, rows, strict=True) for part in _mixes(*pair, row)]
    mixed = schema.shape(pd.DataFrame(parts, columns=[*schema.MIX.names, "caution"]), schema.MIX)
    told = {part["indicator"]: part["caution"] for part in reversed(parts) if part["caution"]}
    frame = pd.DataFrame(rows).assign(dispersion=excess, note=note or None)
    frame["periods"] = [_history(seen, now) for now, _ in pairs]
    frame["caution"] = frame["indicator"].map(told)
    frame["where"] = [_where(*pair, row, float(x)) for pair, row, x in zip(pairs, rows, excess, strict=True)]
    frame.loc[frame["caution"].notna(), "where"] = None
    return schema.shape(frame, schema.CHANGES), mixed


def comparable(evidence: Evidence, period: Period) -> tuple[Evidence, str]:
    """The rows of the sources that spoke in both periods, and what was held out, in words."""
    frames = [frame for frame in evidence[:3] if frame is not None]
    now, before = (_spoken(frames, each) for each in (period, period.previous()))
    names = now.index.union(before.index)
    now, before = now.reindex(names, fill_value=0), before.reindex(names, fill_value=0)
    apart = windows.faint(now, before) | windows.faint(before, now)
    if not apart.any() or not now.any() or not before.any():
        return evidence, ""
    issues, tagged, scored = (_of(frame, set(names[~apart])) for frame in evidence[:3])
    told = [f"来源“{'、'.join(each)}”{words}" for each, words in _apart(now[apart], before[apart]) if each]
    kept = Evidence(issues if issues is not None else evidence.issues, tagged, scored, evidence.sla)
    return kept, f"{'，'.join(told)}，没有计入与上期的比较"


def _of(frame: pd.DataFrame | None, sources: set[str]) -> pd.DataFrame | None:
    return frame if frame is None or "source" not in frame else frame[frame["source"].isin(sources)]


def _apart(now: pd.Series, before: pd.Series) -> list[tuple[list[str], str]]:
    """The sources that spoke in one period alone, and what is said of them."""
    joined, left = before < now, now < before
    kinds = {
        "本期才有": joined & (before == 0),
        "上期只有几条": joined & (before > 0),
        "本期没有数据": left & (now == 0),
        "本期只有几条": left & (now > 0),
    }
    return [(sorted(now.index[rows]), words) for words, rows in kinds.items()]


def _spoken(frames: Sequence[pd.DataFrame], period: Period) -> pd.Series:
    """Rows of each source in a period, of the table that holds most of them."""
    said = [frame.loc[period.mask(frame["created_at"]), "source"] for frame in frames if "source" in frame]
    counts = [names.astype("str").where(names.notna()).value_counts() for names in said]
    return pd.concat(counts).groupby(level=0).max() if counts else pd.Series(dtype="int64")


def _periods(issues: pd.DataFrame, period: Period) -> list[Period]:
    """The period, the one before and up to HISTORY in all before it that hold data, oldest first."""
    first = issues["created_at"].min()
    found = [period.previous(), period]
    while len(found) <= HISTORY and pd.Timestamp(found[0].start) > first:
        found.insert(0, found[0].previous())
    return found


def standings(evidence: Evidence, periods: Sequence[Period]) -> Seen:
    """Every indicator in every period; the rows of the last COMPARED alone are kept."""
    issues, tagged, scored, sla = evidence
    told: list[Iterable[list[Standing]]] = [_categories(basis.narrowed(issues, READ), periods)]
    if tagged is not None and sla is not None:
        lines = service.history(issues, tagged, periods, sla=sla)
        told.append([_of_service(figure) for figure in figures] for figures in lines)
    if scored is not None:
        scores = basis.narrowed(scored, READ)
        told.append([*_of_scores(scores[each.mask(scores["created_at"])])] for each in periods)
    ages = reversed(range(len(periods)))
    return [
        {(one.kind, one.indicator): _held(one, age) for one in chain(*lines)}
        for age, lines in zip(ages, zip(*told, strict=True), strict=True)
    ]


def _held(one: Standing, age: int) -> Standing:
    """An indicator so many periods ago, as it is kept."""
    return one if age < COMPARED else one._replace(rows=None)


def _categories(issues: pd.DataFrame, periods: Sequence[Period]) -> Iterator[list[Standing]]:
    rows = complaints(issues).reset_index(drop=True)
    place = voices.by_period(rows, periods)
    rows = rows.loc[place.index]
    part, names = pd.factorize(rows["primary_tag"], sort=True)
    shape = (len(periods), len(names))
    n, worth = clusters.effective(place.to_numpy("int64"), part, clusters.people(rows), shape)
    share = intervals.ratio(n, n.sum(axis=1, keepdims=True))
    for t in range(len(periods)):
        here = rows[(place == t).to_numpy()] if t >= len(periods) - COMPARED else None
        yield [
            Standing(CATEGORY, name, "比例", share[t, i], int(n[t, i]), share[t, i], worth[t, i], here)
            for i, name in enumerate(names)
        ]


def _of_service(figure: service.Figure) -> Standing:
    value, n = float(figure.estimate.value), figure.n
    named = (SERVICE, figure.indicator, figure.unit, value, n)
    if figure.rows is not None and figure.unit != HOURS:
        place, base = clusters.kept(figure.rows)
        return Standing(*named, place, base, figure.rows)
    low, high = float(figure.estimate.low), float(figure.estimate.high)
    if not (value > 0 and low > 0 and high > low):
        return Standing(*named, float("nan"), 0.0)
    return Standing(*named, np.log(value), (2 * intervals.Z / np.log(high / low)) ** 2, figure.rows)


def _of_scores(rows: pd.DataFrame) -> Iterator[Standing]:
    graded, good, points = satisfaction.graded(rows), satisfaction.satisfied(rows), rows["nps"].dropna()
    place, base = means.standing(graded["kept"], *satisfaction.RANGE, clusters.people(graded))
    mean = float(graded["kept"].mean())
    yield Standing(SATISFACTION, "满意度均分", "分", mean, len(graded), place, base, graded)
    place, base = clusters.kept(good)
    yield Standing(SATISFACTION, "满意率", "比例", place, len(good), place, base, good)
    centre, error = satisfaction.nps_adjusted(points)
    base = float(error) ** -2 if len(points) else 0.0
    value, told = float(satisfaction.nps(points).value), satisfaction.pointed(rows)
    yield Standing(SATISFACTION, "NPS", "点", value, len(points), float(centre), base, told)


def claims(seen: Seen, keys: Sequence[Key]) -> tuple[Claims, Floats]:
    """What can be claimed of the last two periods, and the dispersion of each indicator before."""
    place, base = (np.array([[getattr(one[key], name) for key in keys] for one in seen]) for name in SIDES)
    bounded = np.array([seen[-1][key].unit in BOUNDED for key in keys])
    excess, freedom = dispersion(place[:-1], base[:-1], _unit(place[:-1], base[:-1], bounded))
    now, before = (Side(place[t], base[t] / excess, bounded) for t in (-1, -2))
    return contrast.claims(now, before, freedom), excess


def _unit(place: Floats, base: Floats, bounded: np.ndarray) -> Floats:
    """The variance of one unit of base at the level of the history, never zero."""
    known = np.nan_to_num(base) * np.isfinite(place)
    share = ((np.nan_to_num(place) * known).sum(axis=0) + 0.5) / (known.sum(axis=0) + 1)
    return np.where(bounded, np.clip(share * (1 - share), 1e-6, None), 1.0)


def _raised(seen: Seen, key: Key) -> bool:
    return key[0] != CATEGORY or seen[-1][key].n + seen[-2][key].n > 0


def _history(seen: Seen, now: Standing) -> int:
    return sum(one[now.kind, now.indicator].base > 0 for one in seen[:-1])


def _row(now: Standing, before: Standing, low: float, high: float, p: float) -> dict:
    """The row without what the history and the parts say."""
    scale = SCALES.get(now.unit, 1.0)
    if now.unit == HOURS:  # the bounds are of the logarithm of a ratio
        low, high = (before.value * np.expm1(bound) for bound in (low, high))
    named = {"kind": now.kind, "indicator": now.indicator, "unit": UNITS.get(now.unit, now.unit)}
    change = (100.0 if now.unit == "比例" else 1.0) * (now.value - before.value)
    return {
        **named,
        "value": now.value,
        "previous": before.value,
        "n": now.n,
        "previous_n": before.n,
        "change": change,
        "low": scale * low,
        "high": scale * high,
        "p_adjusted": p,
        "claim": _claim(change, p),
    }


def _claim(change: float, p: float) -> str:
    if np.isnan(p):
        return UNKNOWN
    return WITHIN if p >= contrast.RATE else UP if change > 0 else DOWN


def _mixes(now: Standing, before: Standing, row: dict) -> Iterator[dict]:
    """What of a claimed change came from inside the parts and what from their mix, per dimension."""
    if row["claim"] not in (UP, DOWN) or now.rows is None or before.rows is None:
        return
    sides = _counted(before), _counted(now)
    dimensions = {**mix.PARTS, **(mix.WORK if now.kind == SERVICE else {})}
    known = [name for name in dimensions if all(name in side for side in sides)]
    for name in known:
        yield from _mix(dimensions[name], _parts(name, sides, now.unit), row, (now, before))
    for one, two, label in mix.crossed({name: dimensions[name] for name in known}):
        counts = _parts(mix.BOTH, [mix.joined(side, one, two) for side in sides], now.unit)
        lines = _mix(label, counts, row, (now, before), least=mix.CROSSED)
        yield from (line for line in lines if line["caution"] and mix.another(counts))
    for name in (name for name in mix.STAFF if all(name in side for side in sides)):
        if now.kind == CATEGORY and mix.follows(_parts(name, sides, now.unit)):
            continue
        lines = _mix(mix.STAFF[name], _parts(name, sides, now.unit), row, (now, before))
        yield from (line for line in lines if line["caution"])


def _where(now: Standing, before: Standing, row: dict, excess: float) -> str | None:
    """The one part of the rows that bears a claimed change; None for hours, whose medians do not add up."""
    if row["claim"] not in (UP, DOWN) or now.rows is None or before.rows is None or now.unit == HOURS:
        return None
    dimensions = {**mix.PARTS, **WHERE.get(now.kind, {})}
    return locus.told(_counted(before), _counted(now), dimensions, now.unit, excess)


def _mix(
    label: str, counts: pd.DataFrame, row: dict, pair: tuple[Standing, Standing], *, least: float = mix.OWN
) -> Iterator[dict]:
    """The line of one way to part a change, where there are two parts."""
    now, before = pair
    own = mix.within(counts)
    if np.isnan(own):
        return
    total = now.place - before.place if now.unit == HOURS else now.value - before.value
    against = mix.contradicted(total, own, least)
    inside = _plain(own, before)
    figures = {"change": row["change"], "within": inside, "composition": row["change"] - inside}
    yield {
        "indicator": now.indicator,
        "dimension": label,
        "unit": row["unit"],
        **figures,
        "reading": _reading(total, own, against=against),
        "caution": mix.told(label, counts, total, own, row["unit"]) if against else None,
    }


def _parts(column: str, sides: Sequence[pd.DataFrame], unit: str) -> pd.DataFrame:
    """kept, n of the two sides per value of the column."""
    before, after = (_by(column, side, unit) for side in sides)
    return mix.parts(before, after, column)


def _by(column: str, rows: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Rows of `kept` and `n` with the column; of hours a row per part."""
    return mix.medians(rows, column) if unit == HOURS else rows


def _plain(own: float, before: Standing) -> float:
    """A change inside the parts in the unit of the row; of hours it is the logarithm of a ratio."""
    if before.unit == HOURS:
        return float(before.value * np.expm1(own))
    return 100.0 * own if before.unit in UNITS else own


def _counted(one: Standing) -> pd.DataFrame:
    """The rows with `kept` and `n`; of a category `kept` says whether they are of it."""
    rows = one.rows if one.rows is not None else pd.DataFrame()
    if one.kind == CATEGORY:
        rows = rows.assign(kept=(rows["primary_tag"] == one.indicator).astype("float64"))
    return rows.assign(n=1.0)


def _reading(total: float, own: float, *, against: bool) -> str:
    if not against:
        return "主要是组内变化"
    return "组内方向相反，合计的变化来自构成" if own * total < 0 else "主要来自构成变化"
