"""Changes about nothing, simulated: the small, seeded version of benchmarks/simulate.py."""

import pytest

from benchmarks import simulate

RUNS = 100


@pytest.mark.parametrize("phi", [1, 2, 3, 5])
@pytest.mark.parametrize(("n", "history"), [(300, 12), (1000, 12), (1000, 2)])
def test_stable_months_hardly_ever_make_a_report_claim_a_change(phi, n, history):
    assert simulate.changed(n, phi, history, RUNS) <= 0.05


def test_a_category_that_doubles_is_found():
    assert simulate.changed(1000, 1, 12, RUNS, grown=2) >= 0.9
