"""What is new or suddenly frequent: kinds of problems, words and phrases, against the months before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from voc_lib import intervals, schema
from voc_lib.intervals import Floats
from voc_lib.period import Period
from voc_lib.stats.windows import MINIMUM, Growth, Windows, around, beyond, compare
from voc_lib.tag.taxonomy import OTHER
from voc_lib.text.phrases import Phrases, phrases
from voc_lib.text.quotes import representative
from voc_lib.text.segmentation import Segmenter

MINIMUM_SHARE = 0.001  # and the share of them, in large periods
PRIOR = 10  # degrees of freedom the spread common to all categories counts beside a category's own
GROWTH = 2.0  # least growth of a term's share of the problems
CATEGORY_GROWTH = 1.8
DISPERSION_LIMIT = 5.0  # for terms: their months hold too little to trust a wider spread
OVERLAP = 0.7  # terms that share this part of their issues are one finding
EVIDENCE = 20
READ = ("text", "primary_tag", "product", "vague")
Item = TypeVar("Item")
COLUMNS = ["term", "terms", "category", "n", "before", "ratio", "p_adjusted", "example", "feedback_ids"]


def table(
    issues: pd.DataFrame,
    period: Period,
    *,
    top: int = 10,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """schema.EMERGING: up to `top` categories, words and phrases that rose, the surest first; often none.

    Tested: the item's share of the problems against the months before (`windows.months_before`), by the exact
    conditional Poisson test (mid-p for categories of a month or more), counts divided by the spread between
    those months where that is wider than chance; Benjamini–Hochberg over all that could have been found.
    Reported: p < 0.05, at least five issues, share at least doubled (categories: 1.8 times), higher than in
    any month before and in the same period last year. Terms of the same issues are one line. Words and
    phrases are held against their own category, sources that join or leave (`windows.held_out`) against
    nothing; the name of a product alone is no news. `before` is the monthly mean; `ratio` n per month over
    it, missing for what is new.
    """
    windows = around(issues, period, READ)
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


def _categories(windows: Windows) -> tuple[list[dict], dict[str, float]]:
    """Lines of the categories that rose, and the growth of each."""
    item, names = pd.factorize(windows.rows["primary_tag"], sort=True)
    grown = compare(
        windows.counts(np.arange(len(item)), item, len(names)),
        windows,
        prior=PRIOR,
        middle=windows.length >= 0.9,
    )
    p = intervals.benjamini_hochberg(grown.p)
    good = beyond(grown, p, CATEGORY_GROWTH, MINIMUM) & (np.array(names) != OTHER)
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
    grown = compare(counts, windows, part=_part(windows, found), limit=DISPERSION_LIMIT)
    p = intervals.benjamini_hochberg(grown.p)
    good = np.flatnonzero(beyond(grown, p, GROWTH, _least(windows)))
    good = good[[not _of_product(found.name(i), windows.rows.iloc[found.texts(i)]) for i in good.tolist()]]
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


def _of_product(name: str, rows: pd.DataFrame) -> bool:
    """Whether a term is but a product's name: the product is new or sells more, nothing is said of it."""
    if "product" not in rows:
        return False
    bare = _bare(pd.Series([name])).iloc[0]
    products = [each for each in _bare(rows["product"].dropna()).unique() if bare in each]
    if not products:
        return False
    text = _bare(rows["text"])
    return bool(np.mean([any(each in said for each in products) for said in text]) >= OVERLAP)


def _bare(texts: pd.Series) -> pd.Series:
    """Texts in small letters without blanks, as names are written anyhow."""
    return texts.astype("str").str.lower().str.replace(r"\s", "", regex=True)


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
