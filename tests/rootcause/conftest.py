import pandas as pd
import pytest

from voc_lib import knowledge, schema

DEFAULTS = {"intent": "抱怨", "urgency": "P1", "customer_type": "老客", "channel": "电话", "text": "快递慢"}


@pytest.fixture
def issues():
    """Problems from dicts; `times` repeats one."""

    def build(*rows):
        flat = [{**DEFAULTS, **row} for row in rows for _ in range(row.get("times", 1))]
        frame = pd.DataFrame(flat, columns=[*DEFAULTS, "primary_tag", "region", "customer_id", "created_at"])
        ids = pd.Series([f"F{i:04d}" for i in range(len(frame))], dtype="str")
        created = pd.to_datetime(frame["created_at"]).fillna(pd.Timestamp("2026-09-01 10:00"))
        filled = frame.assign(feedback_id=ids, issue_id="I" + ids, feedback_ids=ids, created_at=created)
        return schema.shape(filled, schema.ISSUES)

    return build


@pytest.fixture
def known():
    return lambda *causes, **rest: knowledge.read({"causes": list(causes), **rest})
