"""Which problem each feedback of a customer is about, where texts name several or none."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from voc_lib.clean.cues import words

JOINED = "；"
NONE = -1


def numbered(named: pd.Series | None, customer: np.ndarray) -> np.ndarray:
    """The number of each row's problem, −1 where it names none.

    `named` are the problems of each row joined by “；”, the main one first, `customer` numbers the customers
    (−1: unknown). A row whose main problem no other row of its customer has is about the first further one
    that is the main problem of another: 使用效果；功能异常 beside 功能异常.

    >>> numbered(pd.Series(["甲；乙", "乙", "丙", "其他", "甲；乙"]), np.array([0, 0, 0, 0, 1])).tolist()
    [1, 1, 2, -1, 0]
    """
    if named is None:
        return np.full(len(customer), NONE, dtype=np.int64)
    unspecific = frozenset(words()["unspecific"])
    lists = [[p for p in joined.split(JOINED) if p not in unspecific] for joined in named.fillna("")]
    main = [problems[0] if problems and problems[0] else None for problems in lists]
    met = Counter(zip(customer.tolist(), main, strict=True))
    for row in np.flatnonzero(
        (customer >= 0) & np.array([len(problems) > 1 for problems in lists], dtype=bool)
    ):
        who = int(customer[row])
        shared = [problem for problem in lists[row][1:] if met[who, problem]]
        if shared and met[who, main[row]] == 1:
            met[who, main[row]] -= 1
            main[row] = shared[0]
            met[who, main[row]] += 1
    order = {name: i for i, name in enumerate(dict.fromkeys(p[0] for p in lists if p and p[0]))}
    return np.array([order.get(name, NONE) if name else NONE for name in main], dtype=np.int64)
