"""Random tables counted row by row; `benchmarks/oracles.py` counts thousands of them."""

import pytest

from benchmarks import oracles
from voc_lib.stats import handling


def test_the_product_says_what_plain_python_counts():
    found = oracles.differing(8)
    assert {kind: wrong for kind, (wrong, *_) in found.items()} == dict.fromkeys(oracles.KINDS, 0)
    assert all(known > 15 for *_, known in found.values())


@pytest.mark.parametrize(
    ("kind", "rule", "other"),
    [
        ("sla", "sla_kept", lambda kept: lambda rows, end: kept(rows.assign(due_at=rows["created_at"]), end)),
        ("fcr", "solved_within", lambda solved: lambda rows, end: solved(rows, end, 6)),
        ("hours", "closed", lambda _: lambda rows: rows["closed_at"].notna()),
    ],
)
def test_another_rule_is_found_out(monkeypatch, kind, rule, other):
    monkeypatch.setattr(handling, rule, other(getattr(handling, rule)))
    assert oracles.differing(10, [kind])[kind][0] > 0
