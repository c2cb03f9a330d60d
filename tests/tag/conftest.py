"""Feedback made of texts, and the whole labelling of it."""

from datetime import date

import pandas as pd
import pytest

from voc_lib import schema, tag
from voc_lib.params import Params


def feedback(*texts: str, **columns: object) -> pd.DataFrame:
    n = len(texts)
    base = {
        "feedback_id": [f"F{i:03d}" for i in range(n)],
        "text": pd.Series(texts, dtype="str"),
        "created_at": pd.Timestamp("2026-09-01 10:00"),
        "channel": "电话",
        "source": "工单",
        "file": "a.csv",
        "line": range(n),
    }
    return schema.shape(pd.DataFrame({**base, **columns}), schema.HISTORY)


@pytest.fixture
def make():
    return feedback


@pytest.fixture
def label():
    params = Params(name="测试", period="2026-09", sources=[{"name": "工单", "path": "a.csv"}])

    def run(frame, pack="ecommerce", *, customers=None, orders=None, **options):
        taxonomy = tag.load(pack) if isinstance(pack, str) else pack
        return tag.label(
            frame,
            taxonomy,
            params,
            customers=schema.empty(schema.CUSTOMERS) if customers is None else customers,
            orders=schema.empty(schema.ORDERS) if orders is None else orders,
            as_of=date(2026, 9, 30),
            **options,
        )

    return run
