"""How often a verdict is wrong where nothing happened, and how often a true change is found: simulated.

`python benchmarks/simulate.py 1000` prints the table of docs/trust.md, `… 1000 charts` the one of control
charts, `… 1000 watch` that of measures watched after their target was met, `… 1000 hours` that of handling
time, `… 1000 series` that of interrupted time series, `… 1000 tags` that of shares freed of tagging
error, `… 1000 mix` that of changes taken back because the mix of parts has changed, `… 300 cautions` that of
cautions beside problems per 1,000 orders. Every verdict is drawn by
`improve.verdict.judge`, the very function a report calls. A KPI at .8 with n cases a month; `phi` is how many
times as much the months vary as chance alone makes them.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.improve import control_charts, interrupted, monthly, verdict, watch
from voc_lib.improve.track import Track
from voc_lib.metric import Direction, Metric
from voc_lib.period import Period
from voc_lib.stats import changes, clusters, contrast, means, metrics, mix, rates, trends
from voc_lib.tag import agreement

SEED = 20261128
DRIFT = 200  # rows a mix is drawn from anew: parts move by some points
START = 24_000  # months of the first month of a history
TRUTH = 0.8
SEPTEMBER = Period.parse("2026-09")
Draw = Callable[[np.random.Generator], tuple[Track, Track, float]]


def months(rng: np.random.Generator, truth: np.ndarray, n: int, phi: float) -> np.ndarray:
    """Shares of a month each around the truth, with phi times the variance of chance (beta-binomial)."""
    if phi > 1:
        size = (n - 1) / (phi - 1) - 1
        truth = rng.beta(truth * size, (1 - truth) * size)
    return rng.binomial(n, truth) / n


def series(values: np.ndarray, n: int, first: int = START) -> Track:
    """The values as a track of proportions."""
    return Track("proportion", np.arange(first, first + len(values)), values, np.full(len(values), float(n)))


def worst_month(n: int, phi: float, before: int, *, half: bool) -> Draw:
    """No effect; the start follows the worst of the last 12 months, the target is their mean or half way."""

    def draw(rng: np.random.Generator) -> tuple[Track, Track, float]:
        history = months(rng, np.full(before, TRUTH), n, phi)
        year = history[-12:]
        worst = int(year.argmin())
        year[[worst, 11]] = year[[11, worst]]
        target = (year.mean() + year[-1]) / 2 if half else year.mean()
        after = months(rng, np.full(3, TRUTH), n, phi)
        return series(history, n), series(after, n, START + before), float(target)

    return draw


def season(n: int, phi: float, before: int) -> Draw:
    """No effect; a yearly wave of ±4 points; the history ends in February, after is May to September."""

    def draw(rng: np.random.Generator) -> tuple[Track, Track, float]:
        calendar = (1 - np.arange(before)[::-1]) % 12
        wave = 0.04 * np.cos(2 * np.pi * (calendar - 6) / 12)
        later = 0.04 * np.cos(2 * np.pi * (np.arange(4, 9) - 6) / 12)
        history = months(rng, TRUTH + wave, n, phi)
        return series(history, n), series(months(rng, TRUTH + later, n, phi), n, START + before + 2), TRUTH

    return draw


def trend(n: int, phi: float, before: int) -> Draw:
    """No effect; .4 points more every month, before and after alike."""

    def draw(rng: np.random.Generator) -> tuple[Track, Track, float]:
        truth = 0.75 + 0.004 * (np.arange(before + 7) - before)
        values = months(rng, truth, n, phi)
        return series(values[:before], n), series(values[before + 2 :], n, START + before + 2), 0.75

    return draw


def steady(
    n: int, phi: float, *, was: float, now: float, target: float, before: int = 24, last: int = 5
) -> Draw:
    """Level `was` before, `now` after."""

    def draw(rng: np.random.Generator) -> tuple[Track, Track, float]:
        history = months(rng, np.full(before, was), n, phi)
        after = months(rng, np.full(last, now), n, phi)
        return series(history, n), series(after, n, START + before + 2), target

    return draw


def true_change(n: int, phi: float, before: int) -> Draw:
    """A rise of 3 standard errors of the change from .6, the target being the level before."""
    years = 2 if before >= 22 else 1
    error = (phi * 0.6 * 0.4 / n * (1 / 5 + 1 / (5 * years))) ** 0.5
    return steady(n, phi, was=0.6, now=0.6 + 3 * error, target=0.6, before=before)


def shares(draw: Draw, runs: int, *, seed: int = SEED, towards: Direction = 1) -> dict[str, float]:
    """Share of each verdict over so many draws."""
    rng = np.random.default_rng(seed)
    found = Counter(verdict.judge(*draw(rng), towards).verdict for _ in range(runs))
    return {name: found[name] / runs for name in (verdict.MET, verdict.MISSED, verdict.UNKNOWN)}


def scenarios() -> Iterator[tuple[str, Draw]]:
    """Everything simulated, with its words for the table."""
    for n in (100, 300, 1000):
        for phi in (1, 3):
            for half in (False, True):
                words = "半途" if half else "均值"
                yield f"始于最差月，目标为{words}，n={n}，φ={phi}", worst_month(n, phi, 12, half=half)
    for before in (14, 24, 36):
        for n in (100, 1000):
            for phi in (1, 3):
                yield f"季节 ±4 点，此前 {before} 个月，n={n}，φ={phi}", season(n, phi, before)
    for before in (12, 18, 24):
        for n in (100, 300, 1000):
            yield f"趋势每月 +0.4 点，此前 {before} 个月，n={n}", trend(n, 1, before)
    for phi in (1, 3, 10):
        draw = steady(1000, phi, was=TRUTH, now=TRUTH, target=0.81)
        yield f"没有变化，目标差 1 点，n=1000，φ={phi}", draw
    for n in (60, 100, 400, 1000):
        draw = steady(n, 1, was=TRUTH, now=0.945, target=0.95, last=1)
        yield f"只差一点（.945 对 .95），n={n}", draw
    for before in (12, 18, 24, 36):
        for phi in (1, 3):
            yield f"真有变化（3 个标准误），此前 {before} 个月，φ={phi}", true_change(300, phi, before)


def counts(rng: np.random.Generator, n: int, phi: float, months: int, share: np.ndarray) -> np.ndarray:
    """Problems per month and category, with phi times the variance of chance (Dirichlet-multinomial)."""
    if phi == 1:
        return rng.multinomial(n, share, months)
    drawn = rng.standard_gamma(share * ((n - 1) / (phi - 1) - 1), (months, len(share)))
    return rng.multinomial(n, drawn / drawn.sum(axis=1, keepdims=True))


def claimed(months: np.ndarray) -> np.ndarray:
    """Which categories a report says have changed in the last month."""
    seen: changes.Seen = []
    for row in months:
        n, share = float(row.sum()), row / row.sum()
        lines = [changes.Standing(changes.CATEGORY, str(i), "比例", p, 0, p, n) for i, p in enumerate(share)]
        seen.append({(line.kind, line.indicator): line for line in lines})
    found, _ = changes.claims(seen, list(seen[-1]))
    return found.adjusted < contrast.RATE


def changed(n: int, phi: float, history: int, runs: int, *, grown: float = 1.0) -> float:
    """Share of reports on 20 categories that claim any change, or find the third one `grown`."""
    rng, share = np.random.default_rng(SEED), 1 / np.arange(1, 21.0)
    share, new = share / share.sum(), share.copy()
    new[2] *= grown
    hits = 0
    for _ in range(runs):
        before = counts(rng, n, phi, history, share)
        found = claimed(np.vstack([before, counts(rng, n, phi, 1, new / new.sum())]))
        hits += bool(found[2] if grown > 1 else found.any())
    return hits / runs


def by_customer(n: int, each: float, runs: int, *, share: float = 0.2, icc: float = 0.3) -> float:
    """How often the interval of a share holds the truth where customers send `each` rows on average."""
    rng, size, hits = np.random.default_rng(SEED), (1 - icc) / icc, 0
    for _ in range(runs):
        said = rng.geometric(1 / each, 2 * n)
        who = np.repeat(np.arange(len(said)), said)[:n]
        lean = rng.beta(share * size, (1 - share) * size, len(said))
        kept = (rng.random(n) < lean[who]).astype("float64")
        _, low, high = clusters.around(*clusters.share(kept, who))
        hits += bool(low <= share <= high)
    return hits / runs


def scored(n: int, shares: list[float], runs: int) -> float:
    """How often the interval of a mean score holds the truth."""
    rng, truth = np.random.default_rng(SEED), float(np.arange(1, 6) @ shares)
    found = [means.scores(rng.choice(5, n, p=shares) + 1, 1, 5) for _ in range(runs)]
    return float(np.mean([low <= truth <= high for _, low, high in found]))


def lasting(n: int, spread: float, runs: int) -> float:
    """How often the interval of mean hours (lognormal) holds the truth."""
    rng, truth = np.random.default_rng(SEED), np.exp(spread**2 / 2)
    found = [means.hours(rng.lognormal(0, spread, n)) for _ in range(runs)]
    return float(np.mean([low <= truth <= high for _, low, high in found]))


def trend_of(counts: np.ndarray, orders: np.ndarray) -> pd.DataFrame:
    """schema.TREND of counts (months × categories) that end in September 2026."""
    names = [f"类{i}" for i in range(counts.shape[1])]
    last = pd.period_range(end="2026-09", periods=len(counts), freq="M").astype(str)
    frame = pd.DataFrame({"month": np.repeat(last, len(names)), "category": names * len(counts)})
    frame["n"], frame["total"] = counts.ravel(), np.repeat(counts.sum(axis=1), len(names))
    frame["exposure"] = np.repeat(orders, len(names))
    return schema.shape(frame.assign(rate=1000 * frame["n"] / frame["exposure"]), schema.TREND)


def per_order(phi: float, runs: int, *, grown: float = 1.0, whole: bool = False) -> float:
    """How many reports claim a change of problems per 1,000 orders, in 7 categories over 24 months.

    `grown`: by how much all of them grow in the last month; `whole`: of all problems together.
    """
    rng, share = np.random.default_rng(SEED), np.array([20, 15, 10, 10, 5, 2, 1]) / 10_000
    found = 0
    for _ in range(runs):
        orders = rng.integers(25_000, 45_000, 24).astype("float64")
        mean = orders[:, None] * share * np.append(np.ones(23), grown)[:, None]
        drawn = rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)
        claim = rates.table(trend_of(drawn, orders), SEPTEMBER)["claim"].isin([rates.HIGHER, rates.LOWER])
        found += bool(claim.iloc[0] if whole else claim.any())
    return found / runs


def others(runs: int) -> Iterator[tuple[str, float]]:
    """Everything beside verdicts, with its words for the table."""
    for history in (2, 6, 12):
        for phi in (1, 2, 3, 5):
            for n in (300, 1000):
                words = f"稳定的 20 类，φ={phi}，每月 {n} 条，{history} 期历史：说有变化的报告"
                yield words, changed(n, phi, history, runs)
    for n, phi, grown in ((1000, 1, 1.5), (1000, 1, 2.0), (1000, 3, 2.0), (300, 1, 2.0)):
        yield (
            f"9% 的一类长到 {grown:g} 倍，φ={phi}，每月 {n} 条：看得出来",
            changed(n, phi, 12, runs, grown=grown),
        )
    for phi in (1, 2, 3, 5):
        yield f"每千单件数稳定的 7 类，φ={phi}：说有变化的报告", per_order(phi, runs)
    for phi, grown in ((1, 4 / 3), (1, 1.5), (3, 1.5)):
        words = f"每千单件数全部长到 {grown:.2f} 倍，φ={phi}，每月约 220 件：看得出来"
        yield words, per_order(phi, runs, grown=grown, whole=True)
    for n in (100, 300, 2000):
        for each in (1.5, 3):
            yield f"占比区间，每位客户平均 {each:g} 条，ICC .3，n={n}：盖住真值", by_customer(n, each, runs)
    for name, shares in (("95% 给 5 分", [0.0125] * 4 + [0.95]), ("80% 给 5 分", [0.05] * 4 + [0.8])):
        for n in (10, 30, 100, 300):
            yield f"均分区间，{name}，n={n}：盖住真值", scored(n, shares, runs)
    for spread in (1.0, 1.5):
        for n in (10, 30, 100):
            yield f"处理时长均值区间，对数标准差 {spread:g}，n={n}：盖住真值", lasting(n, spread, runs)


def neighbours(rng: np.random.Generator, rho: float, size: int) -> np.ndarray:
    """Standard normal values, each correlated by rho with the one before."""
    shocks = rng.normal(size=size)
    values = [shocks[0]]
    for shock in shocks[1:]:
        values.append(rho * values[-1] + (1 - rho**2) ** 0.5 * shock)
    return np.array(values)


def waved(rng: np.random.Generator, points: float) -> np.ndarray:
    """A yearly wave over 24 months that begins anywhere."""
    return points * np.sin(2 * np.pi * (np.arange(24) + rng.integers(12)) / 12)


def counted(mean: float, phi: float) -> Callable[[np.random.Generator], np.ndarray]:
    """24 counts with phi times the variance of chance (negative binomial)."""
    if phi == 1:
        return lambda rng: rng.poisson(mean, 24).astype("float64")
    return lambda rng: rng.negative_binomial(mean / (phi - 1), 1 / phi, 24).astype("float64")


def correlated(rng: np.random.Generator) -> np.ndarray:
    """Shares around .2 of 300 whose months are correlated by .3."""
    return np.clip(0.2 + (0.16 / 300) ** 0.5 * neighbours(rng, 0.3, 24), 0, 1)


CHARTS: dict[str, tuple[str, Callable[[np.random.Generator], np.ndarray]]] = {
    "比例，二项分布": ("proportion", lambda rng: months(rng, np.full(24, 0.2), 300, 1)),
    "比例 2 %，二项分布": ("proportion", lambda rng: months(rng, np.full(24, 0.02), 300, 1)),
    "比例，方差 ×1.5": ("proportion", lambda rng: months(rng, np.full(24, 0.2), 300, 1.5)),
    "比例，方差 ×3": ("proportion", lambda rng: months(rng, np.full(24, 0.2), 300, 3)),
    "比例，季节 ±2 点": ("proportion", lambda rng: months(rng, 0.2 + waved(rng, 0.02), 300, 1)),
    "比例，季节 ±4 点": ("proportion", lambda rng: months(rng, 0.2 + waved(rng, 0.04), 300, 1)),
    "比例，相邻月相关 .3": ("proportion", correlated),
    "数值，正态": ("mean", lambda rng: rng.normal(50, 5, 24)),
    "数值，泊松": ("mean", counted(50, 1)),
    "数值，负二项 ×1.5": ("mean", counted(50, 1.5)),
    "数值，负二项 ×3": ("mean", counted(50, 3)),
    "数值，季节 ±2": ("mean", lambda rng: rng.normal(20, 2.3, 24) + waved(rng, 2)),
    "数值，季节 ±4": ("mean", lambda rng: rng.normal(20, 2.3, 24) + waved(rng, 4)),
    "数值，相邻月相关 .3": ("mean", lambda rng: 50 + 5 * neighbours(rng, 0.3, 24)),
}


def alarms(name: str, base: int, runs: int, *, seed: int = SEED, shift: float = 0.0) -> float:
    """Share of 24 stable months with any signal, limits from the first `base` months.

    `shift`: so many standard deviations (of values around 50 ± 5) more after the base.
    """
    kind, draw = CHARTS[name]
    rng, found = np.random.default_rng(seed), 0
    labels = [str(month) for month in pd.period_range("2024-01", periods=24, freq="M")]
    phase = [control_charts.BEFORE] * base + [""] * (24 - base)
    for _ in range(runs):
        values = draw(rng) + 5 * shift * (np.arange(24) >= base)
        frame = pd.DataFrame({"month": labels, "value": values, "n": 300, "phase": phase})
        found += bool(control_charts.limits(frame, kind=kind)["signal"].notna().any())
    return found / runs


def charts(runs: int) -> None:
    """Print the false alarms of control charts, and how often a shift is found within twelve months."""
    print(f"| 平稳的 24 个月（各模拟 {runs} 次） | 3 个月 | 6 | 12 | 24 |\n|---|---|---|---|---|")
    for name in CHARTS:
        found = " | ".join(f"{alarms(name, base, runs):.1%}" for base in (3, 6, 12, 24))
        print(f"| {name} | {found} |", flush=True)
    for shift in (1, 2, 3, 4):
        found = alarms("数值，正态", 12, runs, shift=shift)
        print(f"| 数值上移 {shift}σ，12 个月内发现 | – | – | {found:.1%} | – |")


def kept(rng: np.random.Generator, before: int, n: int, phi: float, points: float) -> np.ndarray:
    """A KPI that rises from .8 to .9 with a measure of five months and stays there for a year."""
    wave = points * np.sin(2 * np.pi * (np.arange(before + 17) + rng.integers(12)) / 12)
    level = np.where(np.arange(before + 17) < before, TRUTH, TRUTH + 0.1)
    return months(rng, np.clip(level + wave, 0.01, 0.99), n, phi)


GUARDED: dict[str, tuple[int, float, float]] = {
    "n=100，φ=1": (100, 1, 0),
    "n=300，φ=1": (300, 1, 0),
    "n=300，φ=3": (300, 3, 0),
    "n=3000，φ=3": (3000, 3, 0),
    "n=300，季节 ±2 点": (300, 1, 0.02),
    "n=1000，季节 ±4 点": (1000, 1, 0.04),
}  # cases a month, phi, points of a yearly wave
GUARDS = ((0.0, "恰在目标上"), (0.02, "高出目标 2 点"))


def relapses(
    name: str, before: int, runs: int, *, seed: int = SEED, margin: float = 0.0, lost: float = 0.0
) -> float:
    """Share of years after a measure in which the watch says 复发; the level is so far above its target.

    `lost`: so much of the level is gone again from the first month of the year.
    """
    rng, found = np.random.default_rng(seed), 0
    target = TRUTH + 0.1 - margin
    for _ in range(runs):
        values = kept(rng, before, *GUARDED[name]) - lost * (np.arange(before + 17) >= before + 5)
        whole = series(values, GUARDED[name][0])
        history, after, later = whole[:before], whole[before : before + 5], whole[before + 5 :]
        found += bool(watch.alarms(history, after, later, target, 1))
    return found / runs


WATCHED = (8, 12, 24, 36)  # months before


def guards(runs: int) -> None:
    """Print how often a year that holds is said to have slipped, and how often a lost effect is seen."""
    print(f"| 达标后的 12 个月（各模拟 {runs} 次） | 此前 8 个月 | 12 | 24 | 36 |\n|---|---|---|---|---|")
    for margin, words in GUARDS:
        for name in GUARDED:
            found = " | ".join(f"{relapses(name, before, runs, margin=margin):.1%}" for before in WATCHED)
            print(f"| 保持，{words}；{name} | {found} |", flush=True)
    for lost in (0.05, 0.1):
        for name in list(GUARDED)[:4]:
            found = " | ".join(
                f"{relapses(name, before, runs, margin=0.02, lost=lost):.1%}" for before in WATCHED
            )
            print(f"| 失去 {lost * 100:.0f} 点（共 10 点）；{name} | {found} |", flush=True)


HANDLING = Metric(kind="handling_hours")
SERVICES = {
    "中位数 24 小时，对数标准差 1.0": (24.0, 1.0),
    "48 小时，1.2": (48.0, 1.2),
    "96 小时，1.2": (96.0, 1.2),
    "54.6 小时，2.3": (54.6, 2.3),
    "360 小时，1.2": (360.0, 1.2),
}  # median and spread of the logarithm of lognormal hours; the fourth is as wide as real complaints
SPANS = {
    "12 个月 → 15 天": (12, 0.5),
    "24 个月 → 1 个月": (24, 1),
    "24 个月 → 3 个月": (24, 3),
    "24 个月 → 5 个月": (24, 5),
}  # months of history → months after, told at the end of the last


def waits(
    rng: np.random.Generator, n: int, service: tuple[float, float], left: float, length: float = 1
) -> pd.DataFrame:
    """`handling.waiting_hours` of issues raised over so many months that ended `left` months ago."""
    known = 730 * (left + length * rng.random(n))
    lasted = rng.lognormal(np.log(service[0]), service[1], n)
    return pd.DataFrame({"hours": np.minimum(lasted, known), "ended": lasted <= known})


def handled(
    rng: np.random.Generator, n: int, service: tuple[float, float], months: float, left: int
) -> Track:
    """Handling time by month (or half a month), of which the last ended `left` months ago."""
    ages, part = range(max(int(months), 1) - 1 + left, left - 1, -1), min(months, 1)
    windows = [Period.parse(str(pd.Period("2026-09") - age)) for age in ages]
    rows = [waits(rng, round(n * part), service, age, part) for age in ages]
    return monthly.of(HANDLING, windows, [metrics.median(HANDLING, row) for row in rows])


def handling(n: int, service: str, span: str, *, errors: float = 0, target: float = 0.85) -> Draw:
    """The median falls by so many standard errors of the change; the target is a share of the old one."""
    (median, spread), (before, last) = SERVICES[service], SPANS[span]
    alike = last * min(before // 12, 2)
    step = errors * (np.pi / 2 * spread**2 / n * (1 / last + 1 / max(alike, 1))) ** 0.5

    def draw(rng: np.random.Generator) -> tuple[Track, Track, float]:
        history = handled(rng, n, (median, spread), before, max(int(last), 1) + 2)
        after = handled(rng, n, (median * np.exp(-step), spread), last, 0)
        return history, after, float(np.log(median * target))

    return draw


def restricted(n: int, service: str, span: str, runs: int) -> float:
    """How often the interval of the change of the restricted mean (30 days) holds no change at all."""
    rng, last, held = np.random.default_rng(SEED), SPANS[span][1], 0
    until = 24 * min(30, int(30.4 * last / 2) + 1)
    for _ in range(runs):
        old = pd.concat([waits(rng, n, SERVICES[service], last + 2 + age) for age in range(3)])
        new = waits(rng, round(n * last), SERVICES[service], 0, last)
        means = [intervals.survival_mean(rows["hours"], rows["ended"], until) for rows in (new, old)]
        moved = intervals.mover(*means)
        held += bool(moved.low <= 0 <= moved.high)
    return held / runs


def hours(runs: int) -> None:
    """Print the verdicts on handling time: nothing happened, a true change, and the restricted mean."""
    names = " | ".join((verdict.MET, verdict.MISSED, verdict.UNKNOWN))
    print(f"| 情形（各模拟 {runs} 次） | {names} |\n|---|---|---|---|")
    for service in SERVICES:
        for span in list(SPANS)[:3]:
            for n in (100, 1000):
                found = shares(handling(n, service, span), runs, towards=-1).values()
                said = " | ".join(f"{share:.1%}" for share in found)
                print(f"| 没有变化；{service}；{span}，n={n} | {said} |", flush=True)
    for service in SERVICES:
        for n in (100, 300):
            draw = handling(n, service, "24 个月 → 5 个月", errors=3, target=1)
            said = " | ".join(f"{share:.1%}" for share in shares(draw, runs, towards=-1).values())
            print(f"| 真有变化（3 个标准误）；{service}；24 个月 → 5 个月，n={n} | {said} |", flush=True)
    print(f"\n| 变化的区间盖住“没有变化”（各模拟 {runs} 次） | 15 天 | 1 个月 | 3 个月 |\n|---|---|---|---|")
    for service in SERVICES:
        for n in (100, 1000):
            said = " | ".join(f"{restricted(n, service, span, runs):.1%}" for span in list(SPANS)[:3])
            print(f"| {service}，n={n} | {said} |", flush=True)


SEASONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "没有季节": lambda month: 0.0 * month,
    "正弦 ±4 点": lambda month: 0.04 * np.sin(2 * np.pi * month / 12),
    "夏季五个月 +4 点，其余 −4 点": lambda month: np.where(month % 12 < 5, 0.04, -0.04),
    "一个月 +8 点": lambda month: np.where(month % 12 == 0, 0.08, 0.0),
    "春节两个月 −8 点": lambda month: np.where(month % 12 < 2, -0.08, 0.0),
    "两个高峰（6、11 月 +6 点）": lambda month: np.where(np.isin(month % 12, (5, 10)), 0.06, 0.0),
}
SERIES = ((18, 5), (24, 5), (24, 12), (36, 6))  # months before and after


def stepped(name: str, n: int, phi: float, sides: tuple[int, int], runs: int) -> float:
    """How often the interval of the step of an interrupted series holds no step; a season, no effect."""
    rng, whole, held = np.random.default_rng(SEED), sum(sides), 0
    after = pd.Series(np.arange(whole) >= sides[0])
    for _ in range(runs):
        truth = TRUTH + SEASONS[name](np.arange(whole) + rng.integers(12))
        values = pd.Series(months(rng, truth, n, phi))
        found = interrupted.step(values, after, pd.Series(np.full(whole, float(n))))
        held += bool(found and found.low <= 0 <= found.high)
    return held / runs


def interruptions(runs: int) -> None:
    """Print how often the interval of the step holds the truth, with a season and no effect."""
    names = " | ".join(f"{before}/{late} 个月" for before, late in SERIES)
    print(f"| 区间盖住“没有变化”（各模拟 {runs} 次） | {names} |\n|---|---|---|---|---|")
    for name in SEASONS:
        for n, phi in ((300, 1), (1000, 1), (1000, 3)):
            said = " | ".join(f"{stepped(name, n, phi, sides, runs):.1%}" for sides in SERIES)
            print(f"| {name}，n={n}，φ={phi} | {said} |", flush=True)


def mistaken(rng: np.random.Generator, tags: int, right: float) -> pd.DataFrame:
    """3,000 rows with their true tag as `gold` and the one a tagger gave, which errs towards its own few."""
    share = 1 / np.arange(1, tags + 1)
    truth = rng.choice(tags, 3000, p=share / share.sum())
    liked = np.random.default_rng(SEED).dirichlet(np.full(tags, 0.5), tags)
    other = (rng.random((3000, 1)) < liked.cumsum(axis=1)[truth]).argmax(axis=1)
    given = np.where(rng.random(3000) < right, truth, other)
    names = np.array([f"类{number:02d}" for number in range(tags)])
    rows = {"feedback_id": [str(i) for i in range(3000)], "text": "", "primary_tag": names[given]}
    return pd.DataFrame(rows).astype("str").assign(truth=names[truth])


def freed(tags: int, right: float, n: int, runs: int) -> tuple[float, float]:
    """How often the interval of a corrected share holds the true one, and half its width."""
    rng, found = np.random.default_rng(SEED), []
    for seed in range(runs):
        rows = mistaken(rng, tags, right)
        gold = agreement.sample(rows, n, seed=seed).drop(columns="gold")
        gold = gold.merge(rows[["feedback_id", "truth"]].rename(columns={"truth": "gold"}), on="feedback_id")
        table = agreement.corrected_shares(rows["primary_tag"], gold).set_index("tag")
        true = rows["truth"].value_counts(normalize=True).reindex(table.index, fill_value=0)
        found.append([true.between(table["low"], table["high"]), (table["high"] - table["low"]) / 2])
    held, half = (float(np.concatenate(part).mean()) for part in zip(*found, strict=True))
    return held, half


def tagging(runs: int) -> None:
    """Print how often corrected shares hold the true ones, and how wide their intervals are."""
    print(f"| 各模拟 {runs} 次 | 盖住真值 | 平均半宽 |\n|---|---|---|")
    for tags in (6, 20):
        for right in (0.7, 0.85, 0.97):
            for n in (100, 200, 400):
                held, half = freed(tags, right, n, runs)
                words = f"{tags} 类，打标正确率 {right:.0%}，金标 {n} 条"
                print(f"| {words} | {held:.1%} | ±{100 * half:.1f} 点 |", flush=True)


def drifted(
    rng: np.random.Generator, n: int, sizes: tuple[int, int], step: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases before and after, by two dimensions whose mix drifts; in every part `step` more are kept."""
    level = rng.uniform(0.6, 0.8, sizes)
    before = rng.dirichlet(np.full(level.size, 2.0))
    mixes = (before, rng.dirichlet(DRIFT * before + 0.01))
    sides = []
    for share, more in zip(mixes, (0.0, step), strict=True):
        one, two = np.unravel_index(rng.choice(level.size, n, p=share), sizes)
        kept = rng.random(n) < level[one, two] + more
        names = {"channel": one.astype("str"), "region": two.astype("str")}
        sides.append(pd.DataFrame({**names, "kept": kept.astype("float64"), "n": 1.0}))
    return sides[0], sides[1]


def taken_back(before: pd.DataFrame, after: pd.DataFrame) -> bool:
    """Whether a change is said to come from another mix of the parts of one dimension, or of two at once."""
    total = after["kept"].mean() - before["kept"].mean()
    single = [mix.within(mix.parts(before, after, part)) for part in ("channel", "region")]
    both = mix.parts(*(mix.joined(side, "channel", "region") for side in (before, after)), mix.BOTH)
    crossed = mix.contradicted(total, mix.within(both), mix.CROSSED) and mix.another(both)
    return crossed or any(mix.contradicted(total, own) for own in single)


def blocked(n: int, sizes: tuple[int, int], runs: int, *, errors: float = 3.0) -> float:
    """How often a change is taken back though every part got better by so many standard errors."""
    rng, step = np.random.default_rng(SEED), errors * (2 * 0.7 * 0.3 / n) ** 0.5
    return sum(taken_back(*drifted(rng, n, sizes, step)) for _ in range(runs)) / runs


def mixes(runs: int) -> None:
    """Print how often a change all parts share is taken back, and one that is of the mix alone."""
    print(f"| 两个维度的构成在漂移（各模拟 {runs} 次） | 每一格都变好 3 个标准误 | 5 个 |\n|---|---|---|")
    for sizes in ((2, 2), (3, 4), (5, 6)):
        for n in (300, 1000):
            said = " | ".join(f"{blocked(n, sizes, runs, errors=errors):.1%}" for errors in (3, 5))
            print(f"| {sizes[0]} × {sizes[1]} 格，每期 {n} 件 | {said} |", flush=True)


REGIONS = {"华东": 2.0, "华南": 3.0, "华北": 4.0, "西南": 8.0}  # problems per 1,000 orders
PARTS = np.array([0.4, 0.3, 0.2, 0.1])  # of the orders
MOVED = np.array([0.2, 0.2, 0.2, 0.4])  # the last month's, moved to where there are more problems
AWAY = np.array([0.58, 0.3, 0.1, 0.02])  # and away from there
KINDS = {"物流延迟": 0.6, "服务态度": 0.4}
SPEAK = {"工单": 0.62, "热线": 0.38}
LENGTH = 24


@dataclass(frozen=True)
class World:
    """What is true of two years of problems and orders; changes are those of the last month."""

    phi: float = 1.0  # how many times the variance of chance
    drift: bool = False  # whether the regions' parts of the orders wander
    last: np.ndarray = field(default_factory=lambda: PARTS)
    grown: float = 1.0
    left: bool = False  # whether the source 热线 falls silent

    def drawn(self, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The problems (one row each) and the orders by month and region."""
        months = pd.period_range(end="2026-09", periods=LENGTH, freq="M").astype(str)
        parts = rng.dirichlet(DRIFT * PARTS, LENGTH) if self.drift else np.tile(PARTS, (LENGTH, 1))
        parts[-1] = self.last if self.last is not PARTS else parts[-1]
        orders = np.round(rng.integers(30_000, 45_000, (LENGTH, 1)) * parts)
        index = pd.MultiIndex.from_product([months, REGIONS, KINDS, SPEAK])
        level = np.multiply.outer(
            np.outer(list(REGIONS.values()), list(KINDS.values())), list(SPEAK.values())
        )
        mean = orders[:, :, None, None] * level / 1000
        mean[-1] *= self.grown
        n = rng.poisson(mean) if self.phi == 1 else rng.negative_binomial(mean / (self.phi - 1), 1 / self.phi)
        if self.left:
            n[-1, :, :, 1] = 0
        cells = index.to_frame(index=False, name=["month", "region", "primary_tag", "source"])
        rows = cells.loc[cells.index.repeat(n.ravel())].reset_index(drop=True)
        size = pd.MultiIndex.from_product([months, REGIONS]).to_frame(index=False, name=["month", "region"])
        return rows.assign(created_at=_days(rng, rows["month"])), size.assign(orders=orders.ravel())


def _days(rng: np.random.Generator, months: pd.Series) -> pd.Series:
    days = pd.Series(rng.integers(0, 28, len(months)), index=months.index)
    return pd.to_datetime(months + "-01") + pd.to_timedelta(days, unit="D")


def firmly(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """schema.RATES of September of a world drawn."""
    rows, orders = world.drawn(rng)
    ids = pd.Series([f"F{i}" for i in range(len(rows))], dtype="str")
    known = {"feedback_id": ids, "issue_id": "I" + ids, "intent": "抱怨", "problem": True, "channel": "电话"}
    issues = schema.shape(
        rows.drop(columns="month").assign(**known, text="慢", feedback_ids=ids), schema.ISSUES
    )
    exposure = schema.shape(orders, schema.EXPOSURE)
    trend = trends.monthly(issues, until=SEPTEMBER, months=LENGTH, exposure=exposure)
    return rates.firm(trend, issues, exposure, SEPTEMBER)


WORLDS = {
    "平稳，φ=1": World(),
    "平稳，φ=3": World(phi=3),
    "平稳，各地区的订单构成在漂移，φ=1": World(drift=True),
    "平稳，各地区的订单构成在漂移，φ=3": World(phi=3, drift=True),
    "平稳，一个来源（四成）退出，φ=1": World(left=True),
    "平稳，一个来源（四成）退出，φ=3": World(phi=3, left=True),
    "各地区都长到 1.6 倍，φ=1": World(grown=1.6),
    "订单移到问题多的地区，各地区没有变": World(last=MOVED),
    "各地区都长到 1.35 倍，订单移到问题少的地区": World(last=AWAY, grown=1.35),
    "一直在的来源长到 1.6 倍，另一个来源退出": World(left=True, grown=1.6),
}


def cautioned(world: World, runs: int) -> tuple[float, float]:
    """Shares of reports in which a caution is given of any line, and that claim more of all problems."""
    rng = np.random.default_rng(SEED)
    found = [firmly(world, rng) for _ in range(runs)]
    told = [table["caution"].notna().any() for table in found]
    return float(np.mean(told)), float(np.mean([table["claim"].iloc[0] == rates.HIGHER for table in found]))


def cautions(runs: int) -> None:
    """Print how often problems per 1,000 orders are told with a caution, where it is false and where true."""
    print(f"| 每千单问题数（各模拟 {runs} 次） | 提醒构成或来源 | 说全部问题偏高 |\n|---|---|---|")
    for words, world in WORLDS.items():
        told, higher = cautioned(world, runs)
        print(f"| {words} | {told:.1%} | {higher:.1%} |", flush=True)


def main(runs: int) -> None:
    """Print the tables."""
    print(f"| 情形（各模拟 {runs} 次） | 比例 |\n|---|---|")
    for words, share in others(runs):
        print(f"| {words} | {share:.1%} |", flush=True)
    names = (verdict.MET, verdict.MISSED, verdict.UNKNOWN)
    print(f"\n| 情形（各模拟 {runs} 次） | {' | '.join(names)} |\n|---|---|---|---|")
    for words, draw in scenarios():
        found = " | ".join(f"{share:.1%}" for share in shares(draw, runs).values())
        print(f"| {words} | {found} |", flush=True)


if __name__ == "__main__":
    tables = {
        **{"charts": charts, "watch": guards, "hours": hours, "series": interruptions},
        **{"tags": tagging, "mix": mixes, "cautions": cautions},
    }
    chosen = tables.get(sys.argv[2] if len(sys.argv) > 2 else "", main)
    chosen(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
