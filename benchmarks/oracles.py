"""Random tables counted twice: by the product, and row by row from what docs/statistics.md says.

    python benchmarks/oracles.py 2000           # so many tables; prints the table of docs/trust.md
    python benchmarks/oracles.py 2000 hours     # one kind of figure alone

The tables have 0 to 40 rows with ties, blanks, moments on the very edge of a month, closings before the
beginning, issues raised again and opened again. Counts must be equal, all else to nine digits.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr
from scipy.stats import chi2, chi2_contingency

from voc_lib import intervals, schema
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.stats import basis, metrics, shares

SEED = 20261130
Z = 1.959963984540054
WINDOWS = [Period.parse(text) for text in ("2026-08", "2026-09", "2026-08-16..2026-09-15", "2026-Q3")]
MONTHS = ("2026-07", "2026-08", "2026-09")
TAGS = ("甲", "乙", "其他")
DONE = ("已完成", "关闭")
DAY = timedelta(days=1)
LONGEST = 3 * 365 * DAY
Row = dict[str, Any]
Pairs = Iterator[tuple[float, float]]  # what the product says and what plain Python says


@dataclass(frozen=True)
class World:
    """Random rows, orders and what is asked of them."""

    number: int
    rows: list[Row]
    orders: list[Row]
    window: Period
    where: dict[str, str]
    known: datetime | None

    @property
    def until(self) -> datetime:
        """The first moment whose handling is not known."""
        end = midnight(self.window.end) + DAY
        return max(end, self.known + DAY) if self.known else end

    @cached_property
    def evidence(self) -> basis.Evidence:
        """The same for the product."""
        said = [{**row, "created_at": at} for row in self.rows for at in (row["created_at"], *row["again"])]
        again = ["、".join(map(str, row["again"])) or None for row in self.rows]
        issues = pd.DataFrame(self.rows or None, columns=[*COLUMNS]).assign(again_at=again)
        return basis.Evidence(
            schema.shape(issues, schema.ISSUES),
            schema.shape(pd.DataFrame(self.orders or None), schema.EXPOSURE),
            schema.empty(schema.KPIS),
            schema.shape(pd.DataFrame(said or None, columns=[*COLUMNS]), schema.TAGGED),
            self.known.date() if self.known else None,
        )

    def of(self, window: Period) -> World:
        """The same rows, asked of another window."""
        return replace(self, window=window)

    def inside(self, moment: datetime) -> bool:
        """Whether a moment lies in the window."""
        return midnight(self.window.start) <= moment < midnight(self.window.end) + DAY

    def raised(self) -> list[Row]:
        """The problems of the filter raised in the window, for the first time or again."""
        return [r for r in self.problems() if any(map(self.inside, (r["created_at"], *r["again"])))]

    def opened(self) -> list[Row]:
        """The problems of the filter raised in the window for the first time."""
        return [r for r in self.problems() if self.inside(r["created_at"])]

    def problems(self) -> list[Row]:
        """The problems of the filter, of all time, that count."""
        mine = [r for r in self.rows if r["intent"] != "表扬" and r["counted"] is not False]
        return [r for r in mine if all(r[name] == value for name, value in self.where.items())]


COLUMNS = (
    *("issue_id", "feedback_id", "feedback_ids", "created_at", "again", "primary_tag", "tags", "intent"),
    *("counted", "region", "source", "customer_id", "status", "first_response_at", "closed_at", "due_at"),
    *("csat", "nps", "channel", "text", "file", "line"),
)


def midnight(day: Any) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day)


def row(number: int, rng: np.random.Generator) -> Row:
    """One issue; half of all moments stand on the edge of a day or of each other."""
    first = datetime(2026, 7, 1) + timedelta(minutes=int(rng.integers(0, 92 * 1440)))
    created = midnight(first) if rng.random() < 0.3 else first
    hours = (-5, 0, 1, 24, 7 * 24, 30 * 24, 4 * 365 * 24)
    closed, answered, due = (some(rng, [created + timedelta(hours=h) for h in hours]) for _ in range(3))
    again = [
        created + timedelta(hours=int(h)) for h in rng.choice([1, 24, 168, 169, 700], rng.integers(0, 3))
    ]
    return {
        **{name: f"F{number}" for name in ("issue_id", "feedback_id", "feedback_ids")},
        **{"created_at": created, "again": sorted(again), "closed_at": closed, "due_at": due},
        **{"first_response_at": answered, "primary_tag": str(rng.choice(TAGS)), "tags": "甲"},
        "intent": str(rng.choice(["抱怨", "抱怨", "表扬"])),
        "counted": [True, True, None, False][int(rng.integers(4))],
        "region": some(rng, ["华东", "华南"]),
        "source": str(rng.choice(["工单", "微博"])),
        "customer_id": some(rng, ["C1", "C2", "C3"]),
        "status": some(rng, ["处理中", "已完成", "关闭", "待处理"]),
        "csat": some(rng, [1, 2, 3, 4, 5]),
        "nps": some(rng, [0, 6, 7, 8, 9, 10]),
        **{"channel": "电话", "text": "快递慢", "file": "a.csv", "line": number},
    }


def some(rng: np.random.Generator, values: list[Any]) -> Any:
    """One of the values, or nothing."""
    return values[int(rng.integers(len(values)))] if rng.random() < 0.75 else None


def world(number: int) -> World:
    """The random rows of a number and what is asked of them; orders are totals or by region."""
    rng = np.random.default_rng([SEED, number])
    regions = [None] if rng.random() < 0.5 else ["华东", "华南"]
    cells = [(month, region) for month in MONTHS for region in regions if rng.random() < 0.8]
    return World(
        number,
        [row(n, rng) for n in range(int(rng.integers(0, 41)))],
        [{"month": m, "region": r, "orders": float(rng.integers(100, 900))} for m, r in cells],
        WINDOWS[int(rng.integers(len(WINDOWS)))],
        {"region": "华东"} if rng.random() < 0.4 else {},
        datetime(2026, 10, 15) if rng.random() < 0.5 else None,
    )


# ---- shares, rates, scores ------------------------------------------------------------------------------


def asked(world: World, kind: str) -> metrics.Estimate:
    """What the product says of a metric."""
    need = {"category": "甲"} if kind in ("share", "rate") else {}
    metric = Metric(kind=kind, where=world.where, **need)
    return metrics.measure(metric, world.evidence, world.window.start, world.window.end)


def wilson(kept: int, n: int) -> tuple[float, float, float]:
    """A share and the roots of (p − share)² = z² p (1 − p) / n."""
    if not n:
        return (math.nan,) * 3
    share = kept / n
    a, b, c = 1 + Z**2 / n, -(2 * share + Z**2 / n), share**2
    root = math.sqrt(max(b * b - 4 * a * c, 0))
    return share, 0.0 if not kept else (-b - root) / (2 * a), 1.0 if kept == n else (-b + root) / (2 * a)


def proportion(world: World, kind: str, kept: int, n: int) -> Pairs:
    """A proportion with its interval."""
    found = asked(world, kind)
    yield found.n, n
    yield from zip((found.value, found.low, found.high), wilson(kept, n), strict=True)


def share(world: World) -> Pairs:
    """The share of a category, and what 04 prints of all of them."""
    rows = world.raised()
    yield from proportion(world, "share", sum(r["primary_tag"] == "甲" for r in rows), len(rows))
    now, before = (replace(world, where={}, window=WINDOWS[k]).raised() for k in (1, 0))
    table = shares.table(world.evidence.issues, WINDOWS[1])
    yield len(table), len({r["primary_tag"] for r in [*now, *before]}) if now else 0
    for line in table.to_dict("records"):
        mine = [r for r in now if r["primary_tag"] == line["category"]]
        yield line["n"], len(mine)
        yield line["share"], len(mine) / len(now)
        yield line["customers"], len({r["customer_id"] for r in mine} - {None})
        yield line["previous_n"], sum(r["primary_tag"] == line["category"] for r in before)


def rate(world: World) -> Pairs:
    """Problems per 1,000 orders, over the months of the window whose orders are known."""
    count, base, start, end = set(), 0.0, *(getattr(world.window, side) for side in ("start", "end"))
    for month in MONTHS:
        whole = Period.parse(month)
        given = [o for o in world.orders if o["month"] == month]
        given = [o for o in given if not world.where or o["region"] == world.where["region"]]
        days = (min(whole.end, end) - max(whole.start, start)).days + 1
        if not given or days <= 0:
            continue
        rows = [r for r in world.raised() if any(m[:7] == month for m in _spoken(world, r))]
        parts = {o["region"] for o in given}
        without = [r for r in rows if None not in parts and r["region"] not in {None, *parts}]
        if rows and len(without) / len(rows) > 0.05:
            continue
        base += sum(o["orders"] for o in given) * days / ((whole.end - whole.start).days + 1)
        count |= {r["issue_id"] for r in rows if r["primary_tag"] == "甲" and r not in without}
    found, n = asked(world, "rate"), len(count)
    yield found.n, round(base)
    low, high = (chi2.ppf(0.025, 2 * n) / 2 if n else 0.0), chi2.ppf(0.975, 2 * n + 2) / 2
    said = (found.value, found.low, found.high)
    yield from zip(said, [1000 * x / base if base else math.nan for x in (n, low, high)], strict=True)


def _spoken(world: World, row: Row) -> list[str]:
    """When an issue was raised within the window."""
    return [str(moment) for moment in (row["created_at"], *row["again"]) if world.inside(moment)]


def scores(world: World) -> Pairs:
    """The mean score and NPS with its adjusted Wald interval, over every single feedback."""
    told = [r for r in world.rows if r["counted"] is not False]
    told = [r for r in told if all(r[name] == value for name, value in world.where.items())]
    told = [r for r in told for moment in (r["created_at"], *r["again"]) if world.inside(moment)]
    marks, advice = ([r[name] for r in told if r[name] is not None] for name in ("csat", "nps"))
    mean, points = asked(world, "csat"), asked(world, "nps")
    yield mean.value, sum(marks) / len(marks) if marks else math.nan
    yield points.n, len(advice)
    up, down, n = sum(a >= 9 for a in advice), sum(a <= 6 for a in advice), len(advice)
    yield points.value, 100 * (up - down) / n if n else math.nan
    p, q = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
    half = 100 * Z * math.sqrt((p + q - (p - q) ** 2) / (n + 3))
    value, centre = points.value, 100 * (p - q)
    yield points.low, min(max(centre - half, -100), value) if n else math.nan
    yield points.high, max(min(centre + half, 100), value) if n else math.nan


# ---- handling -------------------------------------------------------------------------------------------


def opened_again(rows: list[Row]) -> list[Row]:
    """Closed issues told open, but of sources most of whose closed issues are."""
    told = [r for r in rows if r["closed_at"] and r["status"] not in (None, *DONE)]
    stateless = set()
    for source in {r["source"] for r in rows}:
        closed = [r for r in rows if r["source"] == source and r["closed_at"]]
        if closed and sum(r in told for r in closed) > len(closed) / 2:
            stateless.add(source)
    return [r for r in told if r["source"] not in stateless]


def at(rows: list[Row], moment: datetime) -> list[Row]:
    """The rows as they stood just before a moment."""
    reopened, then = opened_again(rows), []
    for r in rows:
        closed = None if r in reopened else r["closed_at"]
        answered = r["first_response_at"]
        later = any(time is not None and time >= moment for time in (closed, answered))
        closed = closed if closed and closed < moment else None
        answered = answered if answered and answered < moment else None
        status = "处理中" if later and not closed else r["status"]
        then.append({**r, "closed_at": closed, "first_response_at": answered, "status": status})
    return then


def recorded(rows: list[Row]) -> set[str]:
    """The sources that record handling at all."""
    return {r["source"] for r in rows if r["status"] or r["closed_at"] or r["first_response_at"]}


def done(row: Row) -> bool:
    """Whether an issue is done, by its closing time or by the word of its source."""
    return row["closed_at"] is not None or row["status"] in DONE


def deadlines(world: World) -> Pairs:
    """SLA: of the issues whose deadline has passed, those closed in time."""
    rows = at(world.opened(), world.until)
    tracked, kept = recorded(rows), []
    for r in rows:
        if r["due_at"] is None or r["due_at"] >= world.until:
            continue
        if not done(r) and r["source"] in tracked:
            kept.append(False)
        elif r["closed_at"] and r["closed_at"] >= r["created_at"]:
            kept.append(r["closed_at"] <= r["due_at"])
    yield from proportion(world, "sla", sum(kept), len(kept))


def first_contact(world: World) -> Pairs:
    """FCR: of the issues followed for seven days, those done that the customer did not raise again."""
    rows = at(world.opened(), world.until)
    tracked, kept = recorded(rows), []
    for r in rows:
        last = r["created_at"] + 7 * DAY
        again = bool(r["again"] and r["again"][0] <= last and r["customer_id"])
        if r["source"] in tracked and last <= world.until and (done(r) or again):
            kept.append(not again)
    yield from proportion(world, "fcr", sum(kept), len(kept))


def hours(world: World) -> Pairs:
    """The Kaplan–Meier median of hours until closed, and until answered."""
    rows = world.opened()
    for kind, column in (("handling_hours", "closed_at"), ("first_response_hours", "first_response_at")):
        answering = {r["source"] for r in rows if r[column]}
        mine = rows if kind == "handling_hours" else [r for r in rows if r["source"] in answering]
        found, cases = asked(world, kind), list(_waits(mine, column, world.until))
        yield found.n, len(cases)
        yield found.value, km_median(cases)


def _waits(rows: list[Row], column: str, until: datetime) -> Iterator[tuple[float, bool]]:
    """Hours and whether they ended, without what was done at a time unknown or impossible."""
    tracked = recorded(rows)
    seen = [r for r in rows if r["source"] in tracked and r["created_at"] < until]
    reopened = opened_again(seen)
    for r in seen:
        now = {**r, "closed_at": None} if r in reopened else r
        end = now[column]
        ended = end is not None and end < until
        if end is not None and not timedelta(0) <= end - r["created_at"] <= LONGEST:
            continue
        if not ended and now["closed_at"] is None and now["status"] in DONE:
            continue
        lasted = (end if ended else until) - r["created_at"]
        if lasted <= LONGEST:
            yield lasted.total_seconds() / 3600, ended


def km_median(cases: list[tuple[float, bool]]) -> float:
    """The first moment at which no more than half go on, by exact fractions."""
    alive = Fraction(1)
    for moment in sorted({time for time, ended in cases if ended}):
        risk = sum(time >= moment for time, _ in cases)
        alive *= 1 - Fraction(sum(time == moment and ended for time, ended in cases), risk)
        if alive <= Fraction(1, 2):
            return moment
    return math.nan


# ---- intervals and changes ------------------------------------------------------------------------------


def differences(world: World) -> Pairs:
    """A share compared between two windows: Newcombe's interval, Pearson's chi-squared."""
    metric = Metric(kind="share", category="甲", where=world.where)
    found = metrics.compare(metric, world.evidence, WINDOWS[0], WINDOWS[1])
    sides = []
    for window in WINDOWS[:2]:
        rows = world.of(window).raised()
        sides.append((sum(r["primary_tag"] == "甲" for r in rows), len(rows)))
    (p0, l0, h0), (p1, l1, h1) = (wilson(*side) for side in sides)
    yield found.difference, p1 - p0
    yield found.low, p1 - p0 - math.hypot(p1 - l1, h0 - p0)
    yield found.high, p1 - p0 + math.hypot(h1 - p1, p0 - l0)
    cells = np.array([[kept, n - kept] for kept, n in sides])
    if cells.sum(axis=0).all():
        yield (
            found.p_value,
            chi2_contingency(cells, correction=False).pvalue if cells.sum(1).all() else math.nan,
        )


def bounds(world: World) -> Pairs:
    """Wilson, Garwood, rates compared, adjusted p values and Kaplan–Meier's bounds on random numbers."""
    rng = np.random.default_rng([SEED, world.number, 1])
    n = int(rng.integers(0, 200))
    kept = int(rng.integers(0, n + 1))
    yield from zip(map(float, intervals.wilson(kept, n)), wilson(kept, n), strict=True)
    (x1, x0), (e1, e0) = rng.integers(0, 60, 2).tolist(), rng.uniform(1, 50, 2).tolist()
    low, high = (chi2.ppf(0.025, 2 * x1) / 2 if x1 else 0.0), chi2.ppf(0.975, 2 * x1 + 2) / 2
    yield from zip(map(float, intervals.poisson(x1, e1)), (x1 / e1, low / e1, high / e1), strict=True)
    pooled = (x1 + x0) / (e1 + e0)
    z = (x1 / e1 - x0 / e0) / math.sqrt(pooled * (1 / e1 + 1 / e0)) if pooled else 0.0
    yield float(intervals.rate_test(x1, e1, x0, e0)), 2 * float(ndtr(-abs(z)))
    p = [
        round(x, 2) if rng.random() < 0.8 else math.nan for x in rng.random(int(rng.integers(1, 15))).tolist()
    ]
    known = sorted(x for x in p if not math.isnan(x))
    for x, adjusted in zip(p, intervals.benjamini_hochberg(p).tolist(), strict=True):
        above = [len(known) * q / (k + 1) for k, q in enumerate(known) if q >= x]
        yield adjusted, min(1.0, *above, 1.0) if above else math.nan
    cases = [(float(rng.integers(1, 12)), bool(rng.random() < 0.7)) for _ in range(int(rng.integers(6, 30)))]
    yield from _curve(cases)


def _curve(cases: list[tuple[float, bool]]) -> Pairs:
    """The Kaplan–Meier curve and Greenwood's bounds on the log-log scale, moment by moment."""
    curve = intervals.survival(*zip(*cases, strict=True))
    alive, spread = Fraction(1), Fraction(0)
    moments = sorted({time for time, ended in cases if ended})
    yield len(curve.moments), len(moments)
    for k, moment in enumerate(moments):
        risk = sum(time >= moment for time, _ in cases)
        gone = sum(time == moment and ended for time, ended in cases)
        alive *= 1 - Fraction(gone, risk)
        yield float(curve.alive[k]), float(alive)
        if not 0 < alive < 1:
            continue
        spread += Fraction(gone, risk * (risk - gone))
        width = Z * math.sqrt(spread) / abs(math.log(alive))
        yield float(curve.low[k]), float(alive) ** math.exp(width)
        yield float(curve.high[k]), float(alive) ** math.exp(-width)


KINDS: dict[str, tuple[str, Callable[[World], Pairs]]] = {
    "shares": ("占比与威尔逊区间；类别统计表的件数、占比、客户数、上期件数", share),
    "rates": ("每千单件数与泊松区间（有的月份没有订单、按地区给的订单、半个月）", rate),
    "scores": ("满意度均分、NPS 与它的区间", scores),
    "sla": ("SLA 达成率与区间", deadlines),
    "fcr": ("一次解决率与区间", first_contact),
    "hours": ("处理时长、首次响应时间的中位数（Kaplan–Meier）", hours),
    "changes": ("占比的变化：纽科姆区间、卡方检验的 p", differences),
    "intervals": ("威尔逊、泊松、两个率之差、BH 校正、Kaplan–Meier 曲线与上下限", bounds),
}


def same(said: float, counted: float) -> bool:
    """Whether two figures are one; nothing known equals nothing known.

    >>> same(0.3, 0.1 + 0.2), same(math.nan, math.nan), same(1, math.nan)
    (True, True, False)
    """
    return math.isclose(said, counted, rel_tol=1e-9, abs_tol=1e-9) or (
        math.isnan(said) and math.isnan(counted)
    )


def differing(n: int, kinds: Collection[str] = KINDS.keys()) -> dict[str, tuple[int, int, int]]:
    """By kind: how many tables differ anywhere, how many figures were compared, how many are known."""
    found = dict.fromkeys(kinds, (0, 0, 0))
    for number in range(n):
        drawn = world(number)
        for kind, (wrong, figures, known) in found.items():
            pairs = [(float(said), float(counted)) for said, counted in KINDS[kind][1](drawn)]
            told = sum(not math.isnan(counted) for _, counted in pairs)
            off = not all(same(*pair) for pair in pairs)
            found[kind] = (wrong + off, figures + len(pairs), known + told)
    return found


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    wanted = " ".join(sys.argv[2:])
    print("| 随机的表 | 张 | 比较的数（其中有值的） | 有不同的表 |\n|---|---|---|---|")
    for kind, (wrong, figures, known) in differing(many, [kind for kind in KINDS if wanted in kind]).items():
        print(f"| {KINDS[kind][0]} | {many:,} | {figures:,}（{known:,}） | {wrong} |")
