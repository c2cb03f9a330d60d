"""What is new or suddenly frequent: kinds of problems, words and phrases, against the months before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats.raised import problems
from voc_lib.tag.taxonomy import OTHER
from voc_lib.text.phrases import Phrases, phrases
from voc_lib.text.quotes import representative
from voc_lib.text.segmentation import Segmenter

MINIMUM = 5  # issues of the period that must hold a term
MINIMUM_SHARE = 0.001  # and the share of them, in large periods
LEVEL = 0.05  # false discovery rate
PRIOR = 10  # degrees of freedom the spread common to all categories counts beside a category's own
GROWTH = 2.0  # least growth of a term's share of the problems
CATEGORY_GROWTH = 1.8
DISPERSION_LIMIT = 5.0  # for terms: their months hold too little to trust a wider spread
STEADY = 0.5  # part of the baseline months a source must speak in to be compared
HEARD = 5  # rows (a month, of one that left) from which a source that joins or leaves is told
SEASON_ROWS = 50  # problems a month, or the same period last year, must hold to be compared with
OVERLAP = 0.7  # terms that share this part of their issues are one finding
BASELINE_ROWS = 200_000
EVIDENCE = 20
Item = TypeVar("Item")
COLUMNS = ["term", "terms", "category", "n", "before", "ratio", "p_adjusted", "example", "feedback_ids"]


@dataclass(frozen=True)
class Windows:
    """The problems of the period, of the baseline and of the same period last year, one below the other."""

    rows: pd.DataFrame
    month: NDArray[np.int64]  # −1 period, −2 last year, else number of the baseline month
    months: int
    thinning: int  # every so-manieth baseline row was looked at
    length: float  # months in the period

    def counts(self, row: NDArray[np.int64], item: NDArray[np.int64], items: int) -> NDArray[np.int64]:
        """Rows per window and item: line 0 period, 1 last year, 2… the baseline months."""
        line = np.where(self.month < 0, -1 - self.month, self.month + 2)
        flat = np.bincount(line[row] * max(items, 1) + item, minlength=(self.months + 2) * max(items, 1))
        return flat.reshape(self.months + 2, -1)[:, :items]


@dataclass(frozen=True)
class Growth:
    """Counts, share growth and one-sided p per item."""

    n: NDArray[np.int64]
    before: Floats  # per month
    growth: Floats
    p: Floats
    seen: NDArray[np.bool_]  # as frequent in a month before, or in the same period last year


def table(
    issues: pd.DataFrame,
    period: Period,
    *,
    baseline_months: int = 6,
    top: int = 10,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """schema.EMERGING: up to `top` categories, words and phrases that rose, the surest first; often none.

    Tested: the item's share of the problems against the `baseline_months` before, by the exact conditional
    Poisson test, counts divided by the spread between baseline months where that is wider than chance;
    Benjamini–Hochberg over all that could have been found. Reported: p < 0.05, at least five issues, share at
    least doubled (categories: 1.8 times), higher than in any month before and in the same period last year.
    Terms of the same issues are one line. Words and phrases are held against their own category, sources that
    join or leave (`held_out`) against nothing. `before` is the
    monthly mean; `ratio` n per month over it, missing for what is new.
    """
    windows = _windows(issues, period, baseline_months)
    if windows is None:
        return schema.empty(schema.EMERGING)
    categories, risen = _categories(windows)
    found = phrases(windows.rows["text"], minimum=_least(windows), segmenter=segmenter, stopwords=stopwords)
    terms = _terms(windows, found, risen)
    lines = sorted([*categories, *terms], key=lambda line: (line["p_adjusted"], -line["n"], line["term"]))
    return schema.shape(pd.DataFrame(_incidents(lines)[:top], columns=COLUMNS), schema.EMERGING)


def _incidents(lines: list[dict]) -> list[dict]:
    """Lines of the same issues as one, the surest first; the terms of the others stand beside."""
    groups = _gathered(lines, _overlap)
    return [{**first, "terms": "、".join(line["term"] for line in more) or None} for first, *more in groups]


def _gathered(items: Iterable[Item], alike: Callable[[Item, Item], bool]) -> list[list[Item]]:
    """Items with the first earlier one they are alike to, which stands first in its group."""
    groups: list[list[Item]] = []
    for item in items:
        home = next((group for group in groups if alike(group[0], item)), None)
        if home is None:
            groups.append([item])
        else:
            home.append(item)
    return groups


def _overlap(some: dict, other: dict) -> bool:
    """Whether two lines tell of one incident: half the rows of the smaller; of the larger, if a category."""
    both = len(np.intersect1d(some["rows"], other["rows"], assume_unique=True))
    whole = "category" in (some["kind"], other["kind"])
    return 2 * both >= (max if whole else min)(len(some["rows"]), len(other["rows"]))


def _windows(issues: pd.DataFrame, period: Period, baseline_months: int) -> Windows | None:
    """None when the period or the months before it hold nothing to compare."""
    start, year = pd.Timestamp(period.start), pd.DateOffset(years=1)
    now, before = _compared(issues, period, baseline_months)
    season = problems(issues, _days(start - year, pd.Timestamp(period.end) + pd.Timedelta(days=1) - year))
    apart = _changed(now, before, start).index
    now, before, season = (rows[~_voice(rows).isin(apart)] for rows in (now, before, season))
    if now.empty or before.empty:
        return None
    thinning = -(-len(before) // BASELINE_ROWS)
    before = before.sort_values(["created_at", "feedback_id"]).iloc[::thinning]
    age = months_between(before["created_at"], start)
    marks = [np.full(len(now), -1), age.max() - age, np.full(len(season), -2)]
    whole = len(period.months) if start.is_month_start and pd.Timestamp(period.end).is_month_end else None
    rows = pd.concat([now, before, season], ignore_index=True)
    length = whole or period.days / 30.4375
    return Windows(rows, np.concatenate(marks).astype("int64"), int(age.max()) + 1, thinning, length)


def held_out(issues: pd.DataFrame, period: Period, *, baseline_months: int = 6) -> list[str]:
    """A sentence per source and channel that joined or left and so was not compared."""
    changed = _changed(*_compared(issues, period, baseline_months), pd.Timestamp(period.start))
    return [
        f"{name}：{JOINED if joined else LEFT}，不参与新出现与突增的比较"
        for name, joined in changed.sort_index().items()
    ]


JOINED, LEFT = "此前没有或只有少数月份有数据，本期新接入", "此前有数据，本期没有"


def _compared(
    issues: pd.DataFrame, period: Period, baseline_months: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The problems of the period and of the months before it."""
    start = pd.Timestamp(period.start)
    back = start - pd.DateOffset(months=baseline_months)
    return problems(issues, period), problems(issues, _days(back, start))


def _voice(issues: pd.DataFrame) -> pd.Series:
    """Source and channel of each row, as words."""
    source, channel = (issues[name].astype("str") for name in ("source", "channel"))
    return source.where(source == channel, source + "／" + channel)


def _changed(current: pd.DataFrame, before: pd.DataFrame, start: pd.Timestamp) -> pd.Series:
    """Sources that joined (True) or left (False) in the period, by `_voice`."""
    now = _voice(current).value_counts()
    month = months_between(before["created_at"], start)
    base = before.assign(voice=_voice(before), month=month).groupby("voice")["month"].agg(["size", "nunique"])
    seen = max(len(np.unique(month)), 1)
    names = base.index.union(now.index)
    now, base = now.reindex(names, fill_value=0), base.reindex(names, fill_value=0)
    joined = (now >= HEARD) & (base["nunique"] < STEADY * seen) & (len(before) > 0)
    left = (now == 0) & (base["size"] >= HEARD * seen) & (now.sum() > 0)
    return joined[joined | left]


def _days(start: pd.Timestamp, end: pd.Timestamp) -> Period:
    last = (end - pd.Timedelta(days=1)).date()
    return Period(f"{start.date()}..{last}", start.date(), last)


def months_between(times: pd.Series, start: pd.Timestamp) -> NDArray[np.int64]:
    """How many whole months before `start` each time lies: 0 for the month just before."""
    months = (start.year - times.dt.year) * 12 + start.month - times.dt.month
    behind = (times.dt.day >= start.day).to_numpy()
    return (months.to_numpy() - behind).astype("int64")


def _growth(
    counts: NDArray[np.int64],
    windows: Windows,
    *,
    part: Floats | None = None,
    limit: float = np.inf,
    prior: float = 0.0,
) -> Growth:
    """`part` is what each item's period would be of period and baseline if nothing had changed."""
    totals = windows.counts(np.arange(len(windows.rows)), np.zeros(len(windows.rows), dtype="int64"), 1)[:, 0]
    x, season, months = counts[0], counts[1], counts[2:]
    base, n, n_base = months.sum(axis=0), totals[0], totals[2:].sum()
    part = np.full(len(x), n / (n + n_base)) if part is None else part
    before = base * windows.thinning / windows.months
    many = totals[1] >= SEASON_ROWS
    seasonal = (season >= 3) & (season / max(totals[1], 1) * 1.5 >= x / n) & many
    spread = np.minimum(_dispersion(months, totals[2:], prior), limit)
    return Growth(
        n=x,
        before=before,
        growth=np.where(base > 0, x * (1 - part) / (np.maximum(base, 1) * part), np.inf),
        p=_upper(x / spread, base / spread, part),
        seen=seasonal | (_peak(months, totals[2:]) >= x / n),
    )


def _peak(months: NDArray[np.int64], totals: NDArray[np.int64]) -> Floats:
    """The largest share of any baseline month that holds enough to tell."""
    enough = totals >= SEASON_ROWS
    return (months[enough] / totals[enough, None]).max(axis=0, initial=0.0)


def _dispersion(months: NDArray[np.int64], totals: NDArray[np.int64], prior: float = 0.0) -> Floats:
    """How much wider than chance the baseline months spread: Pearson's chi² / df, at least 1.

    `prior` degrees of freedom of the spread common to all items are counted in.
    """
    known = totals > 0
    freedom = int(known.sum()) - 1
    if freedom < 2:
        return np.ones(months.shape[1])
    expected = totals[known, None] * months.sum(axis=0) / totals.sum()
    chi2 = ((months[known] - expected) ** 2 / np.maximum(expected, 1e-12)).sum(axis=0)
    often = expected.mean(axis=0) >= 1
    common = np.median(chi2[often]) / (freedom - 2 / 3) if often.any() else 1.0
    return np.maximum((chi2 + prior * common) / (freedom + prior), 1)


def _upper(now: Floats, before: Floats, part: Floats | float) -> Floats:
    """P(X ≥ now) for X of now + before falling into a window that is `part` of the whole (binomial)."""
    from scipy.special import betainc

    return np.where(now > 0, betainc(np.maximum(now, 1e-9), before + 1, part), 1.0)


def _categories(windows: Windows) -> tuple[list[dict], dict[str, float]]:
    """Lines of the categories that rose, and the growth of each."""
    item, names = pd.factorize(windows.rows["primary_tag"], sort=True)
    grown = _growth(windows.counts(np.arange(len(item)), item, len(names)), windows, prior=PRIOR)
    p = intervals.benjamini_hochberg(grown.p)
    good = _found(grown, p, CATEGORY_GROWTH, MINIMUM) & (np.array(names) != OTHER)
    lines = []
    for i in np.flatnonzero(good).tolist():
        mine = np.flatnonzero((item == i) & (windows.month == -1))
        lines.append(_line(str(names[i]), windows, mine, grown, i) | {"p_adjusted": p[i], "kind": "category"})
    return lines, {str(name): float(g) for name, g, ok in zip(names, grown.growth, good, strict=True) if ok}


def _least(windows: Windows) -> int:
    """Issues of the period that must hold a term."""
    return max(MINIMUM, int(np.ceil((windows.month == -1).sum() * MINIMUM_SHARE)))


def _terms(windows: Windows, found: Phrases, risen: dict[str, float]) -> list[dict]:
    if not len(found):
        return []
    counts = windows.counts(found.text, found.phrase, len(found))
    grown = _growth(counts, windows, part=_part(windows, found), limit=DISPERSION_LIMIT)
    p = intervals.benjamini_hochberg(grown.p)
    good = np.flatnonzero(_found(grown, p, GROWTH, _least(windows)))
    order = good[np.lexsort((good, -found.length[good], grown.p[good]))]
    period = windows.month == -1
    texts = {int(i): found.texts(i)[period[found.texts(i)]] for i in order}
    lines = []
    for group in _gathered(texts, lambda some, other: _same(texts[some], texts[other])):
        pair = _spokesmen(group, texts, found.length)
        mine = texts[pair[0]] if len(pair) == 1 else np.intersect1d(texts[pair[0]], texts[pair[1]])
        name = _joined([found.name(i) for i in pair], windows.rows["text"].iloc[mine])
        line = _line(name, windows, mine, grown, pair[0]) | {"p_adjusted": max(p[i] for i in pair)}
        if grown.growth[pair[0]] > GROWTH * risen.get(line["category"], 0.0):
            lines.append(line)
    return lines


def _part(windows: Windows, found: Phrases) -> Floats:
    """What the period would hold of each phrase if it kept its rate within every category.

    So a product that sells more brings no line for each of its words.
    """
    item, names = pd.factorize(windows.rows["primary_tag"], sort=True)
    now = np.bincount(item[windows.month == -1], minlength=len(names))
    base = np.bincount(item[windows.month >= 0], minlength=len(names))
    whole = now.sum() / base.sum()
    ratio = np.where(np.array(names) == OTHER, whole, (now + whole) / (base + 1))[item]
    compared = windows.month[found.text] != -2
    rows, terms = found.text[compared], found.phrase[compared]
    weight = np.bincount(terms, minlength=len(found))
    mean = np.bincount(terms, ratio[rows], minlength=len(found)) / np.maximum(weight, 1)
    mean = np.where(weight > 0, mean, whole)
    return mean / (1 + mean)


def _found(grown: Growth, p: Floats, growth: float, minimum: int) -> NDArray[np.bool_]:
    return (p < LEVEL) & (grown.n >= minimum) & (grown.growth >= growth) & ~grown.seen


def _same(some: NDArray[np.int64], others: NDArray[np.int64]) -> bool:
    both = len(np.intersect1d(some, others, assume_unique=True))
    return both >= OVERLAP * min(len(some), len(others))


def _spokesmen(group: list[int], texts: dict[int, NDArray[np.int64]], length: NDArray[np.int64]) -> list[int]:
    """The term that speaks for a group: the longest that about as many issues hold as the surest one.

    Two single words that go together (积分…清零) when there is no such phrase.
    """
    size = len(texts[group[0]])
    close = [t for t in group if 0.8 * size <= len(texts[t]) <= 1.25 * size]
    best = max(close, key=lambda t: (length[t], len(texts[t]), -t))
    together = (t for t in close if t != best and len(np.intersect1d(texts[t], texts[best])) >= 0.8 * size)
    partner = next(together, None) if length[best] == 1 else None
    return [best] if partner is None else [best, partner]


def _joined(names: list[str], texts: pd.Series) -> str:
    """Two words in the order most texts have them, “…” between; one word as it is."""
    if len(names) == 1:
        return names[0]
    low = texts.str.lower()
    first, second = (low.str.find(name) for name in names)
    return "…".join(names if (first <= second).sum() * 2 >= len(texts) else names[::-1])


def _line(name: str, windows: Windows, rows: NDArray[np.int64], grown: Growth, item: int) -> dict:
    mine = windows.rows.iloc[rows].sort_values(["created_at", "feedback_id"])
    tags = mine["primary_tag"].value_counts()
    quote = representative(mine.assign(primary_tag=name), top=1)["text"].iloc[0]
    return {
        "term": name,
        "rows": rows,
        "kind": "term",
        "category": min(tags.index, key=lambda t: (-tags[t], t)),
        "n": len(rows),
        "before": float(grown.before[item]),
        "ratio": float(intervals.ratio(len(rows) / windows.length, grown.before[item])),
        "example": quote,
        "feedback_ids": "、".join(mine["feedback_id"].head(EVIDENCE)),
    }
