"""Speed of the statistics: each table of the analysis on made issues. Usage: bench_stats.py [rows]."""

import resource
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.params import CustomerRules, Params, Sla, Source
from voc_lib.period import Period
from voc_lib.stats import (
    afterwards,
    changes,
    crosstabs,
    desks,
    diagnosis,
    drivers,
    emerging,
    forecast,
    loyalty,
    rates,
    satisfaction,
    segments,
    service,
    shares,
    stages,
    themes,
    trends,
)
from voc_lib.tag import library
from voc_lib.text.quotes import representative

Made = TypeVar("Made")
TAGS = ["物流延迟", "功能异常", "服务态度", "退换货流程", "其他"]
WORDS = (
    *("快递", "物流", "发货", "延迟", "支付", "页面", "闪退", "登录", "客服", "态度"),
    *("敷衍", "退货", "退款", "审核", "包装", "发票", "优惠券", "会员", "积分", "订单"),
)
PERIOD = Period.parse("2026-09")


def issues(rows: int) -> pd.DataFrame:
    """So many issues over 24 months, texts of ten words."""
    rng = np.random.default_rng(0)
    tag = rng.choice(TAGS, rows, p=[0.3, 0.225, 0.2, 0.15, 0.125])
    created = pd.Timestamp("2024-10-01") + pd.to_timedelta(rng.integers(0, 730 * 1440, rows), unit="min")
    words = np.array(WORDS)[rng.integers(0, len(WORDS), (rows, 10))]
    ids = pd.Series(np.arange(rows)).astype("str")
    frame = {
        "issue_id": "I" + ids,
        "feedback_ids": "F" + ids,
        "feedback_id": "F" + ids,
        "customer_id": "C" + pd.Series(rng.integers(0, rows, rows)).astype("str"),
        "created_at": created,
        "first_response_at": created + pd.Timedelta(hours=1),
        "closed_at": created + pd.to_timedelta(rng.integers(1, 200, rows), unit="h"),
        "due_at": created + pd.Timedelta(hours=72),
        "channel": rng.choice(["电话", "在线客服", "微博"], rows),
        "department": rng.choice(["仓储部", "客服部", "技术部"], rows),
        "region": rng.choice(["华东", "华南", "华北"], rows),
        "product": rng.choice([f"P{i}" for i in range(30)], rows),
        "handler": rng.choice([f"坐席{i}" for i in range(40)], rows),
        "status": "已完成",
        "source": "工单",
        "file": "f",
        "line": 1,
        "text": pd.Series([f"{''.join(w[:5])}，{''.join(w[5:])}" for w in words.tolist()], dtype="str"),
        "primary_tag": tag,
        "tags": tag,
        "customer_type": rng.choice(["新客", "老客", "高价值客户"], rows),
        "urgency": rng.choice(["P0", "P1", "P2"], rows),
        "intent": "抱怨",
        "repeat_count": 1,
        "csat": rng.integers(1, 6, rows),
        "vague": False,
    }
    return schema.shape(pd.DataFrame(frame), schema.ISSUES)


def bought(rows: int) -> pd.DataFrame:
    """Two orders a row, of half as many customers."""
    rng = np.random.default_rng(1)
    at = pd.Timestamp("2024-10-01") + pd.to_timedelta(rng.integers(0, 730 * 1440, 2 * rows), unit="min")
    who = "C" + pd.Series(rng.integers(0, max(rows // 2, 1), 2 * rows)).astype("str")
    frame = {"order_id": np.arange(2 * rows).astype("str"), "customer_id": who, "ordered_at": at}
    return schema.shape(pd.DataFrame(frame | {"amount": rng.lognormal(4, 1, 2 * rows)}), schema.ORDERS)


def exposure() -> pd.DataFrame:
    """Orders a month and region."""
    months = [str(month) for month in pd.period_range("2024-10", "2026-09", freq="M")]
    rows = [(month, region, 1e6) for month in months for region in ("华东", "华南", "华北")]
    return schema.shape(pd.DataFrame(rows, columns=["month", "region", "orders"]), schema.EXPOSURE)


def timed(name: str, rows: int, call: Callable[[], Made]) -> Made:
    start, start_cpu = time.perf_counter(), time.process_time()
    found = call()
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    print(f"{name:<24}{seconds:8.2f} s {cpu:8.2f} s CPU {rows / seconds:14,.0f} rows/s", flush=True)
    return found


def analysed(frame: pd.DataFrame, tagged: pd.DataFrame, rows: int) -> None:
    """Step 04."""
    scored = satisfaction.scored(tagged, schema.empty(schema.RATINGS))
    evidence = changes.Evidence(frame, tagged, scored, Sla())
    changed, _ = timed("changes.table", rows, lambda: changes.table(evidence, PERIOD))
    stats = timed("shares.table", rows, lambda: shares.table(frame, PERIOD, moved=changed))
    orders = exposure()
    trend = timed("trends.monthly", rows, lambda: trends.monthly(frame, until=PERIOD, exposure=orders))
    timed("rates.firm", rows, lambda: rates.firm(trend, frame, orders, PERIOD))
    timed("rates.regions", rows, lambda: rates.regions(frame, orders, PERIOD))
    timed("emerging.table", rows, lambda: emerging.table(frame, PERIOD))
    timed("themes.table", rows, lambda: themes.table(frame, PERIOD, library.load("ecommerce")))
    timed("crosstabs.table", rows, lambda: crosstabs.table(frame, PERIOD))
    timed("service.table", rows, lambda: service.table(frame, tagged, PERIOD, sla=Sla()))
    timed("satisfaction.table", rows, lambda: satisfaction.table(scored, PERIOD))
    timed("drivers.table", rows, lambda: drivers.table(scored, PERIOD))
    monthly = timed("forecast.series", rows, lambda: forecast.series(trend, scored, PERIOD))
    timed("forecast.table", rows, lambda: forecast.table(monthly))
    params = Params(name="bench", period="2026-09", sources=[Source(name="a", path="b")])
    timed("diagnosis.top", rows, lambda: diagnosis.top(frame, PERIOD, stats, params=params))
    month = shares.problems(frame, PERIOD)
    timed("quotes.representative", rows, lambda: representative(month, top=2))


def served(frame: pd.DataFrame, tagged: pd.DataFrame, rows: int) -> None:
    """Step 04c."""
    found, people = timed(
        "service.scoped, twice",
        rows,
        lambda: [service.scoped(frame, tagged, each) for each in (PERIOD, desks.long(PERIOD))],
    )
    timed("desks.table", rows, lambda: desks.table(found, people))
    timed("stages.of_tickets", rows, lambda: stages.of_tickets(found))
    timed("desks.backlog", rows, lambda: desks.backlog(found))


def known(frame: pd.DataFrame, rows: int) -> None:
    """Step 04d."""
    orders, nobody, rules = bought(rows), schema.empty(schema.CUSTOMERS), CustomerRules()
    labelled = timed("segments.rfm", rows, lambda: segments.rfm(nobody, orders, PERIOD, rules))
    timed(
        "segments.table",
        rows,
        lambda: segments.table(nobody, orders, frame, PERIOD, rules, labelled=labelled),
    )
    timed("loyalty.cohorts", rows, lambda: loyalty.cohorts(orders, PERIOD))
    timed("loyalty.repurchase", rows, lambda: loyalty.repurchase(orders, PERIOD))
    timed("loyalty.churn", rows, lambda: loyalty.churn(orders, labelled, PERIOD))
    timed("afterwards.table", rows, lambda: afterwards.table(frame, orders, PERIOD))
    timed("segments.needs", rows, lambda: segments.needs(frame, labelled, PERIOD))
    timed("segments.care", rows, lambda: segments.care(frame, labelled, PERIOD))


def main(rows: int) -> None:
    frame = issues(rows)
    tagged = schema.shape(frame, schema.TAGGED)
    print(f"{rows:,} issues over 24 months")
    start = time.process_time()
    analysed(frame, tagged, rows)
    served(frame, tagged, rows)
    known(frame, rows)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"all: {time.process_time() - start:.1f} s CPU, peak {peak:.1f} GiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
