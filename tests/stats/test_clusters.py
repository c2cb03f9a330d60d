import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from voc_lib import intervals
from voc_lib.stats import clusters


def one(part, who):
    """Rows of the second of two parts and what their share is worth."""
    n, worth = clusters.effective(np.zeros(len(part), "int64"), part, who, (1, 2))
    return n[0, 1], worth[0, 1]


def drawn(rng, n, a_customer, share, icc=0.3):
    """Rows of customers who send `a_customer` on average and lean each their own way."""
    said = rng.geometric(1 / a_customer, 2 * n)
    who = np.repeat(np.arange(len(said)), said)[:n]
    size = (1 - icc) / icc
    lean = rng.beta(share * size, (1 - share) * size, len(said))
    return (rng.random(n) < lean[who]).astype("int64"), who


@pytest.mark.parametrize(("n", "a_customer"), [(300, 1.5), (300, 3), (2_000, 3)])
def test_customers_who_speak_often_are_covered(n, a_customer):
    rng = np.random.default_rng(n)
    hits = []
    for _ in range(400):
        found, worth = one(*drawn(rng, n, a_customer, 0.2))
        _, low, high = intervals.wilson(found / n * worth, worth)
        hits.append(low <= 0.2 <= high)
    assert 0.92 < np.mean(hits) < 0.98


def test_the_variance_is_that_of_statsmodels_clusters():
    rng = np.random.default_rng(4)
    part, who = drawn(rng, 400, 3, 0.3)
    fit = OLS(part, np.ones(400)).fit(cov_type="cluster", cov_kwds={"groups": who, "use_correction": False})
    people = len(np.unique(who))
    from scipy.stats import t

    few = people / (people - 1) * (t.ppf(0.975, people - 1) / intervals.Z) ** 2
    share = part.mean()
    assert one(part, who)[1] == pytest.approx(share * (1 - share) / (fit.bse[0] ** 2 * few))


def test_customers_of_one_row_each_leave_the_rows_as_they_are():
    part = np.array([1, 0, 0, 1, 0])
    assert one(part, np.arange(5)) == (2, 5)


def test_a_share_nobody_has_is_worth_its_customers():
    assert one(np.zeros(6, "int64"), np.array([0, 0, 0, 1, 1, 2])) == (0, 3)


def test_groups_and_parts_are_counted_apart():
    group, part, who = (np.array(x) for x in ([0, 0, 0, 1, 1], [0, 1, 1, 1, 1], [0, 0, 1, 0, 0]))
    n, worth = clusters.effective(group, part, who, (2, 2))
    assert n.tolist() == [[1, 2], [0, 2]] and (worth <= n.sum(axis=1, keepdims=True)).all()


def test_who_gave_no_id_is_a_customer_alone():
    rows = pd.DataFrame({"customer_id": [None, "a", None, "a"]})
    assert clusters.people(rows).tolist() == [0, 1, 2, 1]
