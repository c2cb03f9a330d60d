import pandas as pd
import pytest

from voc_lib import knowledge, schema
from voc_lib.stats.basis import Evidence

MEASURE = {
    "id": "M01",
    "problem": "物流延迟",
    "cause": "招聘流程缓慢",
    "goal": "华东物流延迟占比由 25% 降到 12%",
    "action": "华东仓增设晚班分拣",
    "owner": "王敏",
    "department": "仓储物流部",
    "start": "2026-03-01",
    "due": "2026-04-30",
}


@pytest.fixture
def measure():
    return lambda **changes: {**MEASURE, **changes}


@pytest.fixture
def known():
    return lambda *measures, **rest: knowledge.read({"measures": list(measures), **rest})


@pytest.fixture
def evidence():
    def build(issues=(), kpis=()):
        return Evidence(make_issues(issues), schema.empty(schema.EXPOSURE), make_kpis(kpis))

    return build


def make_kpis(rows):
    """(month, kept, total[, region]) of one KPI named 发货率."""
    named = [
        {"month": row[0], "kpi": "发货率", "kept": row[1], "total": row[2], "region": (*row, None)[3]}
        for row in rows
    ]
    return schema.shape(pd.DataFrame(named, columns=schema.KPIS.names), schema.KPIS)


def make_issues(rows):
    """(month, tag, n[, region]): n problems spread over the month."""
    spread = [
        {"created_at": f"{row[0]}-{1 + i % 28:02d} 10:00", "primary_tag": row[1], "region": (*row, None)[3]}
        for row in rows
        for i in range(row[2])
    ]
    frame = pd.DataFrame(spread, columns=["created_at", "primary_tag", "region"])
    ids = pd.Series([f"F{i:05d}" for i in range(len(frame))], dtype="str")
    filled = frame.assign(
        issue_id="I" + ids,
        feedback_id=ids,
        feedback_ids=ids,
        customer_id="C" + ids,
        customer_type="老客",
        intent="抱怨",
        urgency="P1",
        text="快递慢",
        channel="电话",
    )
    return schema.shape(filled, schema.ISSUES)
