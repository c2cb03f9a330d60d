"""Whole reports of worlds in which nothing changed: how many begin with a change all the same, of which kind.

    python -m benchmarks.reports 50              # so many reports of every world
    python -m benchmarks.reports 50 季节         # of the worlds whose name holds a word

A world is two years of problems with words, scores, closing times, regions, departments and orders. What
steps 04, 04c and 08 call is called on them; a report claims a change where schema.FINDINGS, of which its
opening sentences are made, has a row that stands. Planted truths show what the same reports find.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
import pandas as pd

from benchmarks.alerts import SHARES, said
from voc_lib import intervals, schema, tag
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.report import findings
from voc_lib.report.conclusions import foremost
from voc_lib.sample.grammar import Banks
from voc_lib.stats import changes, desks, emerging, rates, satisfaction, themes, trends
from voc_lib.stats.service import scoped
from voc_lib.text.segmentation import Segmenter

SEED = 20261201
SEPTEMBER = Period.parse("2026-09")
LENGTH = 24
MONTHS = pd.period_range(end="2026-09", periods=LENGTH, freq="M")
REGIONS = {"华东": 0.4, "华南": 0.3, "华北": 0.2, "西南": 0.1}
SOURCES = {"工单": 0.6, "热线": 0.4}
PRODUCTS = ("保温杯", "电饭煲", "台灯", "背包")
DEPARTMENTS = ("客服部", "仓储部", "技术部")
URGENCIES = {"P0": 0.05, "P1": 0.35, "P2": 0.6}
SCORES = np.array([0.15, 0.15, 0.25, 0.25, 0.2])
ORDERS = 60_000
WAVE = 0.4  # of a season, the part its height is above the year's mean
UNSTEADY = 0.1  # log hours, and points of scores, that months differ by where they vary more than chance


@dataclass(frozen=True)
class World:
    """What is true of two years; what grew or got slower did so in the last month."""

    a_month: int = 300
    phi: float = 1.0  # how many times the variance of chance counts by month have
    season: bool = False  # whether deliveries are late in winter, and orders come in it
    grown: float = 1.0  # 退换货流程
    slower: float = 1.0
    score: float = 0.0  # points

    def drawn(self, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
        """schema.ISSUES and schema.EXPOSURE."""
        calendar = np.array([month.month for month in MONTHS])
        wave = 1 + WAVE * np.cos(2 * np.pi * (calendar - 1) / 12) if self.season else np.ones(LENGTH)
        orders = np.outer(ORDERS * (wave + 1) / 2 * rng.uniform(0.9, 1.1, LENGTH), list(REGIONS.values()))
        level = self.a_month / ORDERS * np.tile(list(SHARES.values()), (LENGTH, 1))
        level[:, 0] *= wave
        level[-1, list(SHARES).index("退换货流程")] *= self.grown
        n = self._counts(rng, orders[:, :, None] * level[:, None, :])
        cells = pd.MultiIndex.from_product(
            [range(LENGTH), REGIONS, SHARES], names=["t", "region", "primary_tag"]
        )
        rows = cells.to_frame(index=False).loc[np.repeat(np.arange(n.size), n.ravel())]
        return self._told(rng, rows.reset_index(drop=True)), _exposure(orders)

    def _counts(self, rng: np.random.Generator, mean: np.ndarray) -> np.ndarray:
        """Problems by month, region and tag: tags vary by month, and how they do is shared by the regions."""
        if self.phi == 1:
            return rng.poisson(mean)
        whole = mean.sum(axis=1, keepdims=True)
        shape = whole / (self.phi - 1)
        return rng.poisson(mean * rng.gamma(shape) / shape)

    def _told(self, rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
        """The problems with words, customers, scores and closing times."""
        size, random, banks = len(rows), Random(int(rng.integers(2**32))), _banks()
        ids = pd.Series([f"F{i:06d}" for i in range(size)], dtype="str")
        last = rows["t"] == LENGTH - 1
        unsteady = rng.normal(0, UNSTEADY * (self.phi > 1), (2, LENGTH))[:, rows["t"]]
        first = pd.DatetimeIndex(MONTHS.to_timestamp())[rows["t"]]
        minutes = rng.integers(0, 28 * 24 * 60, size)
        created = pd.Series(first + pd.to_timedelta(minutes, unit="min"))
        hours = np.exp(rng.normal(3, 1.2, size) + unsteady[0]) * np.where(last, self.slower, 1.0)
        closed = created + pd.to_timedelta((hours * 60).astype(int), unit="min")
        score = (
            rng.choice(5, size, p=SCORES)
            + 1
            + np.round(rng.uniform(-0.5, 0.5, size) + unsteady[1] + np.where(last, self.score, 0))
        )
        frame = rows.assign(
            feedback_id=ids, issue_id="I" + ids, feedback_ids=ids, created_at=created, closed_at=closed,
            customer_id=[f"C{i}" for i in rng.integers(0, 20 * self.a_month, size)],
            text=[said(name, banks, random) for name in rows["primary_tag"]], tags=rows["primary_tag"],
            source=rng.choice(list(SOURCES), size, p=list(SOURCES.values())),
            urgency=rng.choice(list(URGENCIES), size, p=list(URGENCIES.values())),
            product=rng.choice(PRODUCTS, size), department=rng.choice(DEPARTMENTS, size),
            csat=np.where(rng.random(size) < 0.5, np.clip(score, 1, 5), np.nan),
        )  # fmt: skip
        frame["channel"] = frame["source"]
        frame["handler"] = frame["department"] + rng.choice(["甲", "乙", "丙"], size)
        open_yet = frame["closed_at"] > SEPTEMBER.moments[1]
        frame["closed_at"] = frame["closed_at"].mask(open_yet)
        frame["status"] = np.where(open_yet, "处理中", "已完成")
        about = {"attribute": "服务流程", "customer_type": "老客", "intent": "抱怨", "problem": True}
        about |= {"file": "a.csv", "line": 2, "repeat_count": 1, "vague": False, "counted": True}
        return schema.shape(frame.drop(columns="t").assign(**about), schema.ISSUES)


@cache
def _banks() -> Banks:
    return Banks.load()


def _exposure(orders: np.ndarray) -> pd.DataFrame:
    cells = pd.MultiIndex.from_product([MONTHS.astype(str), REGIONS], names=["month", "region"])
    return schema.shape(cells.to_frame(index=False).assign(orders=orders.round().ravel()), schema.EXPOSURE)


def report(issues: pd.DataFrame, orders: pd.DataFrame, segmenter: Segmenter) -> pd.DataFrame:
    """schema.FINDINGS of September, as the steps of a run come to them."""
    tagged = schema.shape(issues.assign(duplicate_kind=None), schema.TAGGED)
    scored = satisfaction.scored(tagged, schema.empty(schema.RATINGS))
    moved, _ = changes.table(changes.Evidence(issues, tagged, scored, Sla()), SEPTEMBER)
    trend = trends.monthly(issues, until=SEPTEMBER, months=LENGTH, exposure=orders)
    found = scoped(issues, tagged, SEPTEMBER)
    judged = desks.table(found, scoped(issues, tagged, desks.long(SEPTEMBER)))
    news = emerging.table(issues, SEPTEMBER, segmenter=segmenter)
    themed = themes.table(issues, SEPTEMBER, tag.load("ecommerce"), segmenter=segmenter, seed=0)
    nothing = map(
        schema.empty, (schema.EFFECTS, schema.COMMITMENTS, schema.TRACKING, schema.PLAN, schema.TEAM)
    )
    read = findings.Tables(
        rates.firm(trend, issues, orders, SEPTEMBER), moved, news, *nothing, desks=judged, themes=themed,
        region_rates=rates.regions(issues, orders, SEPTEMBER),
    )  # fmt: skip
    return findings.table(read, SEPTEMBER)


WORLDS = {
    "平稳，每月 300 条，φ=1": World(),
    "平稳，每月 300 条，φ=3": World(phi=3),
    "平稳，每月 1000 条，φ=1": World(a_month=1000),
    "平稳，每月 1000 条，φ=3": World(a_month=1000, phi=3),
    "季节（冬季 ±40%），每月 300 条，φ=1": World(season=True),
    "季节（冬季 ±40%），每月 300 条，φ=3": World(season=True, phi=3),
}
TRUTHS = {
    "退换货流程长到 2 倍，每月 300 条，φ=1": World(grown=2.0),
    "退换货流程长到 2 倍，每月 300 条，φ=3": World(grown=2.0, phi=3),
    "办结慢一半（1.5 倍时长），每月 300 条": World(slower=1.5),
    "满意度低 0.5 分，每月 300 条": World(score=-0.5),
}


def claimed(world: World, runs: int, *, seed: int = SEED) -> list[pd.DataFrame]:
    """The findings of so many reports of a world."""
    rng, segmenter = np.random.default_rng(seed), Segmenter()
    return [report(*world.drawn(rng), segmenter) for _ in range(runs)]


def main(runs: int, wanted: str) -> None:
    """Print a line per world."""
    print(f"| 整份报告（各 {runs} 份） | 说有变化 | 95% 区间 | 各表单看 | 说的是（份数） |")
    print("|---|---|---|---|---|")
    for words, world in (WORLDS | TRUTHS).items():
        if wanted not in words:
            continue
        alone = claimed(world, runs)
        found = [foremost.standing(each) for each in alone]
        told, each_table = (sum(len(each) > 0 for each in some) for some in (found, alone))
        share = intervals.wilson(told, runs)
        kinds = Counter(kind for each in found for kind in sorted(set(each["kind"])))
        named = "、".join(f"{kind} {n}" for kind, n in kinds.most_common())
        sure = f"{share.value:.1%} | {share.low:.1%}–{share.high:.1%} | {each_table / runs:.1%}"
        print(f"| {words} | {sure} | {named or '–'} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50, " ".join(sys.argv[2:]))
