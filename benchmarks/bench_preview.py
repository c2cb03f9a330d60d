"""Seconds a preview of evidence takes while its words are typed, on 100k and 1M problems of a period.

Run with `python benchmarks/bench_preview.py`. Making texts ready happens once, when the panel opens.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.rootcause import preview

TEXTS = [
    "发货太慢了，仓库分拣积压，等了{}天",
    "客服态度差，第{}次了没人理",
    "付款失败{}次，一直报错",
    "退货{}天没人处理",
]
PROBLEMS = ["物流延迟", "服务态度", "功能异常", "退换货流程"]
ASKED = {"category": "物流延迟", "contains": ["分拣", "积压", "爆仓"], "where": {"region": "华东"}}


def issues(n: int) -> pd.DataFrame:
    """`n` problems of September, of four kinds and three regions."""
    rng = np.random.default_rng(7)
    kinds, days = rng.integers(0, 4, n), rng.integers(2, 999, n)
    ids = pd.Series([f"F{i}" for i in range(n)], dtype="str")
    columns = {
        "text": [TEXTS[kind].format(day) for kind, day in zip(kinds, days, strict=True)],
        "primary_tag": np.array(PROBLEMS)[kinds],
        "region": np.array(["华东", "华南", "西北"])[rng.integers(0, 3, n)],
    }
    same = {"intent": "抱怨", "channel": "电话", "customer_type": "老客", "urgency": "P1"}
    made = pd.DataFrame({**columns, **same, "feedback_id": ids, "feedback_ids": ids, "issue_id": ids})
    times = pd.Timestamp("2026-09-01") + pd.to_timedelta(rng.integers(0, 29 * 24, n), unit="h")
    return schema.shape(made.assign(created_at=times), schema.ISSUES)


def main() -> None:
    """Print a line per size."""
    for n in (100_000, 1_000_000):
        rows = issues(n)
        begin = time.perf_counter()
        ground = preview.ground(rows, Period.parse("2026-09"))
        ready = time.perf_counter()
        found = preview.look(Query(**ASKED), ground)
        done = time.perf_counter()
        times = f"ready {ready - begin:5.2f} s  preview {done - ready:5.2f} s"
        print(f"{n:>9,} problems  {times}  found {found.found.n}")


if __name__ == "__main__":
    main()
