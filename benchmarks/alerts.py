"""How many alerts a stable year sends, and how many planted bursts are found in their week: simulated.

`python benchmarks/alerts.py 20` prints the table of docs/trust.md: 20 stable years at every volume, looked at
week by week, and five times as many bursts of every kind. `… 40 themes` prints how often 40 stable months
have a theme that is said to have grown, and how often one that jumps in 其他 stands first; `… 300 months`
how often a category that grows is found in its month, and what no test can exceed. Texts are made
from fragments of the sample data.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from random import Random

import numpy as np
import pandas as pd

from voc_lib import schema, tag
from voc_lib.period import Period
from voc_lib.run import lookout
from voc_lib.sample.grammar import Banks, expand
from voc_lib.schema.stats import RISEN
from voc_lib.stats import alerts, emerging, themes
from voc_lib.stats.basis import Evidence
from voc_lib.text.segmentation import Segmenter

SEED = 20261129
LAST = date(2026, 9, 27)
SHARES = {"物流延迟": 0.3, "功能异常": 0.225, "服务态度": 0.2, "退换货流程": 0.15, "其他": 0.125}
NUMBERS = ("minutes", "minutes2", "hours", "code", "points", "amount", "amount2", "amount3")
FACTS = {
    "product": "保温杯",
    "city": "杭州",
    "city2": "西安",
    "city3": "成都",
    "order_no": "",
    "waybill": "YT1",
}
DATES = ("day", "day2", "soon", "date_now", "day_now")
NEW = ("会员积分一夜之间被清零，要求恢复", "我的会员积分被清零了没人管", "发现会员积分被清零，很生气")
SEPTEMBER = Period.parse("2026-09")
LEADS = ("今天发现", "气死了，", "老会员了，", "刚想用，")
THINGS = ("积分", "会员积分", "攒的积分", "积分余额", "年底的积分")
FAULTS = ("被清零", "不见了", "突然归零，没人通知", "少了一大半", "说过期就过期")
MONTHS_BEFORE = 13  # before the year that is looked at: a chart needs twelve
KINDS = ("新说法 5 条", "新说法 8 条", "一类长到 3 倍")


def said(category: str, banks: Banks, rng: Random) -> str:
    """One complaint of a category."""
    bank = banks.categories[category]
    facts = {**FACTS, **{name: str(rng.randrange(2, 900)) for name in NUMBERS}}
    facts |= {name: f"{rng.randrange(1, 13)}月{rng.randrange(1, 29)}号" for name in DATES}
    parts = ["{core}", "{core}，{more}", "{opener}，{core}，{reason}"]
    return expand(rng.choice(parts), bank, rng, facts)


def history(a_month: int, days: int, rng: np.random.Generator, phi: float) -> pd.DataFrame:
    """schema.ISSUES of so many days up to LAST; categories vary phi times as much as chance by month."""
    banks, random = Banks.load(), Random(int(rng.integers(2**32)))
    n = int(rng.poisson(a_month * days / 30.4375))
    age = np.sort(rng.integers(0, days * 24 * 60, n))[::-1]
    share = np.array(list(SHARES.values()))
    drawn = rng.dirichlet(share * ((a_month - 1) / (phi - 1) - 1), days // 30 + 1) if phi > 1 else share[None]
    month = age // (30 * 24 * 60) if phi > 1 else np.zeros(n, dtype=int)
    tags = [rng.choice(list(SHARES), p=drawn[m]) for m in month]
    frame = issues(tags, [said(tag, banks, random) for tag in tags])
    created = pd.Timestamp(LAST) + pd.Timedelta(days=1) - pd.to_timedelta(age + 1, unit="min")
    return schema.shape(frame.assign(created_at=created), schema.ISSUES)


def issues(tags: list[str], texts: list[str], mark: str = "F") -> pd.DataFrame:
    """Complaints as the columns of schema.ISSUES that alerts look at."""
    ids = [f"{mark}{i:06d}" for i in range(len(tags))]
    frame = pd.DataFrame({"issue_id": ids, "feedback_ids": ids, "feedback_id": ids, "customer_id": ids})
    frame = frame.assign(created_at=pd.Timestamp(LAST), text=texts, tags=tags, primary_tag=tags)
    about = {"channel": "在线客服", "source": "工单", "file": "a.csv", "attribute": "服务流程"}
    about |= {"customer_type": "老客", "urgency": "P1", "intent": "抱怨"}
    return frame.assign(line=2, repeat_count=1, vague=False, **about)


def burst(kind: str, a_month: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows said in the last week beside the usual ones."""
    banks, random = Banks.load(), Random(int(rng.integers(2**32)))
    if kind == KINDS[2]:
        n = int(rng.poisson(2 * SHARES["退换货流程"] * a_month * 7 / 30.4375))
        tags, texts = ["退换货流程"] * n, [said("退换货流程", banks, random) for _ in range(n)]
    else:
        n = int(kind.split()[1])
        tags, texts = ["其他"] * n, [NEW[i % 3] for i in range(n)]
    frame = issues(tags, texts, "B")
    back = pd.to_timedelta(rng.integers(0, 7 * 24 * 60, n), unit="min")
    created = pd.Timestamp(LAST) + pd.Timedelta(days=1, minutes=-1) - back
    return schema.shape(frame.assign(created_at=created), schema.ISSUES)


def false_alarms(a_month: int, phi: float, years: int, *, days: int = 7, seed: int = SEED) -> float:
    """Alerts sent a year where nothing changed."""
    rng, segmenter = np.random.default_rng(seed), Segmenter()
    sent = 0
    for _ in range(years):
        rows = history(a_month, 365 + MONTHS_BEFORE * 31, rng, phi)
        told = alerts.rehearse(rows, LAST, days=days, segmenter=segmenter, charts=charts(rows))
        sent += len(told)
    return sent / years


def charts(rows: pd.DataFrame) -> Callable[[str], pd.DataFrame]:
    """What breaks a rule on the control charts of these rows in a month."""
    nothing = (schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS))
    return partial(lookout.broken, lookout.Sight(rows, LAST, {}, Evidence(rows, *nothing)))


def found(kind: str, a_month: int, runs: int, *, days: int = 7, seed: int = SEED) -> float:
    """Share of bursts of the last week that open an alert in it."""
    rng, segmenter = np.random.default_rng(seed), Segmenter()
    hits, period = 0, alerts.window(LAST, days)
    for _ in range(runs):
        rows = pd.concat([history(a_month, 197, rng, 1), burst(kind, a_month, rng)], ignore_index=True)
        rising = emerging.table(rows, period, segmenter=segmenter)
        planted = rows.index[rows["feedback_id"].str.startswith("B")]
        opened = alerts.advance([], rows, rising, period)
        spoken = (alerts.of(rows, alert.category, alert.term) for alert in opened)
        hits += any(2 * len(planted.intersection(index)) >= len(planted) for index in spoken)
    return hits / runs


def jumped(was: int, now: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows of 其他 about points, in many wordings: `was` in each of six months, `now` in September."""
    month = np.repeat(np.arange(7), [*[was] * 6, now])
    texts = [rng.choice(["", *LEADS]) + rng.choice(THINGS) + rng.choice(FAULTS) for _ in month]
    created = pd.to_datetime([f"2026-{3 + m:02d}-01" for m in month])
    created = created + pd.to_timedelta(rng.integers(0, 27 * 24 * 60, len(month)), unit="min")
    frame = issues(["其他"] * len(month), texts, "B").assign(created_at=created)
    return schema.shape(frame, schema.ISSUES)


def grown(a_month: int, phi: float, runs: int, *, was: int = 0, now: int = 0, seed: int = SEED) -> float:
    """Share of months with a theme said to have grown; with `now`: whose first theme is the planted one."""
    rng, segmenter, taxonomy = np.random.default_rng(seed), Segmenter(), tag.load("ecommerce")
    hits = 0
    for _ in range(runs):
        rows = pd.concat([history(a_month, 210, rng, phi), jumped(was, now, rng)], ignore_index=True)
        found = themes.table(rows, SEPTEMBER, taxonomy, segmenter=segmenter)
        risen = found[found["claim"] == RISEN]
        hits += bool(len(risen)) and (not now or "积分" in risen["phrases"].iloc[0])
    return hits / runs


def monthly(n: int, share: float, times: float, phi: float, rng: np.random.Generator) -> pd.DataFrame:
    """A year of n problems a month in 20 categories, and a September in which one of them has grown."""
    rest = 1 / np.arange(1, 20)
    mean = n * np.append(share, (1 - share) * rest / rest.sum())
    mean = np.vstack([np.tile(mean, (12, 1)), mean * np.append(times, np.ones(19))])
    drawn = rng.poisson(mean) if phi == 1 else rng.negative_binomial(mean / (phi - 1), 1 / phi)
    month, kind = np.nonzero(drawn)
    month, kind = np.repeat(month, drawn[month, kind]), np.repeat(kind, drawn[month, kind])
    first = pd.period_range(end="2026-09", periods=13, freq="M").to_timestamp()
    frame = issues([f"类{number:02d}" for number in kind], ["。"] * len(kind))
    return schema.shape(frame.assign(created_at=first[month]), schema.ISSUES)


def found_in_month(n: int, share: float, times: float, phi: float, runs: int, *, seed: int = SEED) -> float:
    """Share of Septembers in which the category that grew is found; with `times` 1 in which any is."""
    rng, segmenter = np.random.default_rng(seed), Segmenter()
    hits = 0
    for _ in range(runs):
        rising = emerging.table(monthly(n, share, times, phi, rng), SEPTEMBER, segmenter=segmenter)["term"]
        hits += bool((rising == "类00").any() if times > 1 else len(rising))
    return hits / runs


def reachable(n: float, share: float, times: float, base: float, alpha: float) -> tuple[float, float]:
    """Power of the best test (randomised Fisher) against `base` periods, and with the level known."""
    from scipy.stats import hypergeom, poisson

    rng, runs = np.random.default_rng(SEED), 20_000
    mean = n * np.array([share * times, 1 - share, base * share, base * (1 - share)])
    x, rest, before, others = rng.poisson(mean[:, None], (4, runs))
    law = hypergeom(x + rest + before + others, x + before, x + rest)
    least = np.arange(400)
    spent, at = poisson.pmf(least, n * share), poisson.pmf(least, n * share * times)
    above = np.clip((alpha - poisson.sf(least, n * share)) / np.maximum(spent, 1e-12), 0, 1)
    return float(np.clip((alpha - law.sf(x)) / law.pmf(x), 0, 1).mean()), float((above * at).sum())


def month_table(runs: int) -> None:
    """Print how often a category that grows is found, and what is reachable at one false alarm a year."""
    print(f"| 20 类，整月（各模拟 {runs} 次） | 误报（次/年），φ=1 | φ=3 | 发现 |\n|---|---|---|---|")
    for n, share, times in ((300, 0.02, 3), (1000, 0.005, 5)):
        false = [f"{12 * found_in_month(n, share, 1, phi, runs):.2f}" for phi in (1, 3)]
        words = f"每月 {n} 条，{100 * share:g}% 的一类长到 {times} 倍"
        print(
            f"| {words} | {' | '.join(false)} | {found_in_month(n, share, times, 1, runs):.0%} |", flush=True
        )
    print("\n| 一年误报 1 次时做得到的 | 最好的检验 | 以往水平确知时 |\n|---|---|---|")
    for n in (300, 400, 500):
        best = reachable(n, 0.02, 3, 11, 1 / 12 / 20)
        print(f"| 20 类，整月 {n} 条，2% 的一类长到 3 倍 | {best[0]:.0%} | {best[1]:.0%} |")
    for n in (100, 200, 250, 300):
        best = reachable(n * 7 / 30.4375, 0.15, 3, 26, 1 / 52 / 5)
        print(f"| 5 类，逐周，每月 {n} 条，15% 的一类长到 3 倍 | {best[0]:.0%} | {best[1]:.0%} |")


def theme_table(runs: int) -> None:
    """Print how often themes are said to have grown."""
    kinds = " | ".join(("稳定，φ=1", "φ=3", "其他里一个主题 2 → 12 条", "0 → 12 条"))
    print(f"| 每月问题数（各模拟 {runs} 次） | {kinds} |\n|---|---|---|---|---|")
    for a_month in (100, 300):
        shares = [grown(a_month, phi, runs) for phi in (1, 3)]
        shares += [grown(a_month, 1, runs, was=was, now=12) for was in (2, 0)]
        print(f"| {a_month} | {' | '.join(f'{share:.1%}' for share in shares)} |", flush=True)


def main(years: int) -> None:
    """Print the table."""
    print(f"| 每月问题数 | 稳定的一年发出的预警（{years} 年） | φ=3 | {' | '.join(KINDS)} |")
    print("|---|---|---|---|---|---|")
    for a_month in (100, 300):
        false = [f"{false_alarms(a_month, phi, years):.2f}" for phi in (1, 3)]
        seen = [f"{found(kind, a_month, 5 * years):.0%}" for kind in KINDS]
        print(f"| {a_month} | {' | '.join([*false, *seen])} |", flush=True)


if __name__ == "__main__":
    tables = {"themes": theme_table, "months": month_table}
    chosen = tables.get(sys.argv[2] if len(sys.argv) > 2 else "", main)
    chosen(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
