"""Processor seconds of one filter of the explore desk, beside the same counts in plain pandas.

Run with `python benchmarks/bench_explore.py [rows]`. Plain: the words by `str.contains`, the filters by
masks, a `value_counts` for each chart. The desk also makes its charts as HTML; what it lists is twelve rows,
whatever there is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

import pandas as pd
from bench_stats import PERIOD, issues

from voc_lib.knowledge import Query
from voc_lib.rootcause import sieve
from voc_lib.rootcause.sieve import FACETS
from voc_lib.widgets import picks

ROUNDS = 5
QUERIES = {
    "period": Query(),
    "tag": Query(category="物流延迟"),
    "tag, channel, type": Query(category="物流延迟", where={"channel": "电话", "customer_type": "新客"}),
    "tag, words": Query(category="物流延迟", contains=["包装", "发票"]),
}


def seconds(work: Callable[[], object]) -> float:
    """The least processor seconds of some rounds."""
    least = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        work()
        least = min(least, time.process_time() - begin)
    return least


def desk(query: Query, ever: bool, on: sieve.Sieve) -> str:
    """What one filter makes the desk do."""
    seen = sieve.sift(query, None if ever else PERIOD, on)
    bars = "".join(picks.bars(name, seen.facets[name], "") for name in FACETS)
    return picks.columns(seen.months, []) + bars


def plain(query: Query, ever: bool, rows: pd.DataFrame) -> list[pd.Series]:
    """The same counts in plain pandas."""
    kept = pd.Series(True, index=rows.index) if ever else PERIOD.mask(rows["created_at"])
    for name, value in {**query.where, **({"primary_tag": query.category} if query.category else {})}.items():
        kept &= rows[name] == value
    if query.contains:
        kept &= rows["text"].str.contains("|".join(query.contains))
    found = rows[kept]
    months = found["created_at"].dt.strftime("%Y-%m").value_counts()
    return [months, *(found[name].value_counts() for name in FACETS)]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    made = issues(rows)
    begin = time.process_time()
    on = sieve.sieve(made)
    print(f"{rows:,} problems, ready in {time.process_time() - begin:.2f} s")
    for name, query in QUERIES.items():
        for ever in (False, True):
            ours = seconds(partial(desk, query, ever, on))
            theirs = seconds(partial(plain, query, ever, on.rows))
            when = "all months" if ever else "one month"
            print(f"{name}, {when}: {ours:.3f} s, plain pandas {theirs:.3f} s, ratio {ours / theirs:.1f}")


if __name__ == "__main__":
    main()
