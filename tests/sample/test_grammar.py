from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.sample.grammar import Banks, expand, slots
from voc_lib.sample.plan import Plan, apportion

FACTS = {
    "product", "city", "city2", "city3", "order_no", "waybill", "day", "day2", "day_now", "date_now", "soon",
    "amount", "amount2", "amount3", "minutes", "minutes2", "hours", "code", "points", "body", "note",
    "request",
}  # fmt: skip


@pytest.mark.parametrize("category", [*Plan.load().categories, "表扬"])
def test_every_slot_has_a_bank_or_a_fact(category):
    bank = Banks.load().categories[category]
    known = {"m", "d"} if "dates" in bank else set()
    assert slots(bank) - known <= set(bank) | FACTS


def test_a_slot_without_bank_is_a_key_error():
    with pytest.raises(KeyError):
        expand("{nothing}", {}, Random(0), {})


@given(st.integers(0, 500), st.dictionaries(st.text(max_size=3), st.floats(0.01, 9), min_size=1, max_size=6))
def test_apportioned_numbers_add_up(total, weights):
    counts = apportion(total, weights)
    assert sum(counts.values()) == total and all(n >= 0 for n in counts.values())
