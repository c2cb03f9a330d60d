"""A change all parts share, and one that is of their mix alone; `benchmarks/simulate.py` has the sizes."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import simulate


@pytest.mark.parametrize(("n", "sizes"), [(300, (2, 2)), (1_000, (3, 4))])
def test_a_change_all_parts_share_is_not_taken_back(n, sizes):
    assert simulate.blocked(n, sizes, 20) == 0


def test_a_change_that_is_of_the_mix_alone_is_taken_back():
    def side(slow, level):
        part = np.arange(1_000) < slow
        kept = np.arange(1_000) % 100 < np.where(part, level, level + 30)
        names = {"channel": np.where(part, "电话", "微博"), "region": "华东"}
        return pd.DataFrame({**names, "kept": kept.astype("float64"), "n": 1.0})

    assert simulate.taken_back(side(800, 50), side(200, 49))
    assert not simulate.taken_back(side(800, 50), side(800, 60))
