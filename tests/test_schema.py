from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import schema
from voc_lib.errors import DataError

CASES = Path(__file__).parent / "cases" / "deliverables.yaml"


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text(encoding="utf-8")), ids=lambda c: c["sheet"])
def test_deliverable_has_every_column_that_was_promised(case):
    (spec,) = (spec for spec in schema.TABLES.values() if spec.title == case["sheet"])
    assert set(case["columns"]) <= set(spec.labels.values())


@pytest.mark.parametrize("name", schema.TABLES)
def test_empty_table_keeps_its_own_contract(name):
    spec = schema.table(name)
    assert list(schema.check(schema.empty(spec), spec).columns) == spec.names


def test_all_failures_are_told_at_once():
    frame = schema.shape(
        pd.DataFrame({"source": ["a", "a"], "file": ["x", "x"], "read": [1, -2]}), schema.LEDGER
    )
    with pytest.raises(DataError) as caught:
        schema.check(frame.drop(columns="kept"), schema.LEDGER)
    for part in (
        "缺少列 kept（保留）",
        "键 source、file、sheet 有重复",
        "列 read（读入）有 1 个值",
        "列 issues（独立问题）有 2 个空值",
    ):
        assert part in str(caught.value)


def test_unknown_table_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="ledger"):
        schema.table("leger")
