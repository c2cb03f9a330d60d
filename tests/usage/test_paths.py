"""Paths taken beyond chance: a planted run is first, noise is none, staying counts once."""

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.usage import paths


def log(sessions: list[list[str]]) -> tuple[pd.DataFrame, pd.Series]:
    names = [name for one in sessions for name in one]
    numbers = [n for n, one in enumerate(sessions) for _ in one]
    users = pd.Categorical([f"u{n % 7}" for n in numbers])
    return pd.DataFrame({"function": pd.Categorical(names), "user_id": users}), pd.Series(numbers)


def test_a_planted_run_is_first_and_counted_by_hand():
    rng = np.random.default_rng(1)
    noise = [[str(name) for name in rng.choice(list("甲乙丙丁戊己庚"), 6)] for _ in range(300)]
    way = [["甲", "丙", "丙", "戊"]] * 80
    table = schema.check(paths.table(*log(noise + way), least=30), schema.USAGE_PATHS)
    first = table.iloc[0]
    assert first["path"] == "甲 → 丙 → 戊" and first["sessions"] >= 80 and first["users"] == 7
    assert first["ratio"] > 2


def test_nothing_goes_from_one_session_into_the_next_and_an_empty_log_has_no_path():
    table = paths.table(*log([["甲", "乙"], ["丙", "丁"]] * 50), least=1)
    assert table.empty
    assert paths.table(*log([]), least=1).empty
