"""Speed of the statistics: rows per second of each table on made issues. Usage: bench_stats.py [rows]."""

import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.params import Params, Sla, Source
from voc_lib.period import Period
from voc_lib.stats import crosstabs, diagnosis, emerging, satisfaction, service, shares, trends
from voc_lib.text.keywords import keywords
from voc_lib.text.quotes import representative

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
        "closed_at": created + pd.to_timedelta(rng.integers(1, 200, rows), unit="h"),
        "due_at": created + pd.Timedelta(hours=72),
        "channel": rng.choice(["电话", "在线客服", "微博"], rows),
        "department": rng.choice(["仓储部", "客服部", "技术部"], rows),
        "region": rng.choice(["华东", "华南", "华北"], rows),
        "product": rng.choice([f"P{i}" for i in range(30)], rows),
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


def timed(name: str, rows: int, call: Callable[[], object]) -> object:
    start, start_cpu = time.perf_counter(), time.process_time()
    found = call()
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    print(f"{name:<24}{seconds:8.2f} s {cpu:8.2f} s CPU {rows / seconds:14,.0f} rows/s")
    return found


def main(rows: int) -> None:
    frame = issues(rows)
    tagged = schema.shape(frame, schema.TAGGED)
    month = shares.problems(frame, PERIOD)
    params = Params(name="bench", period="2026-09", sources=[Source(name="a", path="b")])
    whole = Period.parse("2024-10-01..2026-09-30")
    print(f"{rows:,} issues over 24 months, {len(month):,} in the period")
    stats = timed("shares.table", rows, lambda: shares.table(frame, PERIOD))
    timed("shares.table, 24 months", rows, lambda: shares.table(frame, whole))
    timed("trends.monthly", rows, lambda: trends.monthly(frame, until=PERIOD))
    timed("crosstabs.table", rows, lambda: crosstabs.table(frame, whole))
    timed("service.table", rows, lambda: service.table(frame, tagged, PERIOD, sla=Sla()))
    timed("satisfaction.table", rows, lambda: satisfaction.table(tagged, PERIOD))
    timed("diagnosis.top", rows, lambda: diagnosis.top(frame, PERIOD, stats, params=params))
    timed("emerging.table", rows, lambda: emerging.table(frame, PERIOD))
    timed("keywords", rows, lambda: keywords(frame["text"], frame["primary_tag"]))
    timed("quotes.representative", rows, lambda: representative(frame))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
