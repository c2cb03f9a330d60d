"""The labelling of the tests of tags, and words to label, for the tests of where it is done."""

import pandas as pd
import pytest
import yaml

from tests.tag.conftest import feedback, label
from tests.tag.test_labelling import FILE

__all__ = ["label"]
SAID = [case["text"] for case in yaml.safe_load(FILE.read_text(encoding="utf-8"))]


@pytest.fixture
def history():
    """Sentences of two months, of customers who say several, some with what they ask for and a category."""
    texts = [*SAID, *SAID[:30]]
    n = len(texts)
    return feedback(
        *texts,
        created_at=[pd.Timestamp("2026-08-11") + pd.Timedelta(hours=7 * i) for i in range(n)],
        request=[["马上退款，要投诉到媒体", None][i % 5 > 0] for i in range(n)],
        category_given=[["物流", None][i % 7 > 0] for i in range(n)],
        customer_id=[f"C{i % 40}" for i in range(n)],
        product=["空气炸锅"] * n,
    )
