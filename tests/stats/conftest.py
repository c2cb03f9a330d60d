"""Issues made for tests: seeded, shaped by the schema, with knobs for what a test is about."""

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema

TEXTS = {
    "物流延迟": ["快递{d}天没到，物流一直不更新", "发货太慢，等了{d}天还没有物流信息", "快递卡在中转站{d}天"],
    "功能异常": [
        "APP闪退{d}次，打不开订单页面",
        "支付失败{d}次，页面一直转圈",
        "登录验证码收不到，试了{d}次",
    ],
    "服务态度": [
        "客服态度很差，说了{d}遍还是敷衍",
        "客服推诿，转接{d}次没有人解决",
        "打电话{d}次，客服不耐烦",
    ],
    "退换货流程": ["退货申请{d}天没有审核", "换货流程太复杂，填了{d}次表", "退款{d}天还没有到账"],
    "其他": ["包装盒有{d}处破损", "发票{d}天没有开", "优惠券用不了，试了{d}次"],
}
SHARES = (0.30, 0.225, 0.20, 0.15, 0.125)
CHANNELS = ("在线客服", "电话", "微博")


def _issues(month_counts, *, seed=0, shares=SHARES, **columns):
    """schema.ISSUES rows: so many issues per month ({"2026-08": 400, …}), columns overridden by `columns`."""
    rng = np.random.default_rng(seed)
    month = pd.Series([m for m, n in month_counts.items() for _ in range(n)], dtype="str")
    n = len(month)
    tags = rng.choice(list(TEXTS), size=n, p=np.array(shares) / sum(shares))
    day = rng.integers(0, 28 * 24 * 60, n)
    created = pd.to_datetime(month + "-01") + pd.to_timedelta(day, unit="min")
    texts = [
        TEXTS[t][k].format(d=d)
        for t, k, d in zip(tags, rng.integers(0, 3, n), rng.integers(2, 9, n), strict=True)
    ]
    frame = {
        "issue_id": [f"I{i:06d}" for i in range(n)],
        "feedback_ids": [f"F{i:06d}" for i in range(n)],
        "feedback_id": [f"F{i:06d}" for i in range(n)],
        "customer_id": [f"C{c}" for c in rng.integers(0, max(n, 1), n)],
        "created_at": created,
        "channel": rng.choice(CHANNELS, n),
        "source": "工单",
        "file": "tickets.csv",
        "line": range(n),
        "text": texts,
        "region": rng.choice(["华东", "华南"], n),
        "repeat_count": 1,
        "tags": tags,
        "primary_tag": tags,
        "attribute": "服务流程",
        "customer_type": rng.choice(["新客", "老客", "高价值客户"], n),
        "urgency": rng.choice(["P0", "P1", "P2"], n, p=[0.1, 0.5, 0.4]),
        "due_at": created + pd.Timedelta(hours=72),
        "intent": rng.choice(["抱怨", "需求"], n),
        "vague": False,
        **columns,
    }
    return schema.shape(pd.DataFrame(frame), schema.ISSUES)


@pytest.fixture(scope="session")
def make():
    """Issues to order: make({"2026-08": 380, "2026-09": 400}, seed=1, region="华东")."""
    return _issues
