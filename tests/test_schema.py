from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.schema import declaration
from voc_lib.schema.declaration import Column

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


RULED = declaration.declare(
    "ruled",
    "规定",
    Column("name", "text", "名称", required=True),
    Column("kind", "category", "种类", allowed=("甲", "乙")),
    Column("share", "share", "占比", low=0, high=1),
    Column("n", "int", "件数", low=0),
    key=("name",),
)
GOOD = {"name": ["a", "b"], "kind": ["甲", None], "share": [1.0, None], "n": [0, None]}
WRONG = {
    "name": [["a", "a"], ["a", None]],
    "kind": [["甲", "丙"]],
    "share": [[-0.1, 0], [1.1, 0]],
    "n": [[0, -1]],
}


def test_what_keeps_its_contract_is_told_without_the_library_that_says_why_it_does_not(monkeypatch):
    monkeypatch.setattr(declaration, "_failures", lambda *_: pytest.fail("asked why"))
    schema.check(schema.shape(pd.DataFrame(GOOD), RULED), RULED)


@pytest.mark.parametrize(("name", "values"), [(n, values) for n, each in WRONG.items() for values in each])
def test_each_rule_that_is_broken_is_told(name, values):
    with pytest.raises(DataError, match="共 1 处"):
        schema.check(schema.shape(pd.DataFrame(GOOD | {name: values}), RULED), RULED)


@pytest.mark.parametrize("name", GOOD)
def test_a_column_that_is_not_there_is_told(name):
    short = schema.shape(pd.DataFrame(GOOD), RULED).drop(columns=name)
    twice = pd.concat([short, short.iloc[:, :1]], axis=1)  # as many columns as there should be
    for frame in (short, twice):
        with pytest.raises(DataError, match=f"缺少列 {name}"):
            schema.check(frame, RULED)


def test_unknown_table_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="ledger"):
        schema.table("leger")
