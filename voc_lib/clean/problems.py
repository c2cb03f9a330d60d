"""Which problem each feedback of a customer is about, where texts name several or none."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.clean.vocabulary import words

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
    number, different = pd.factorize(named)
    known = [
        [problem for problem in joined.split(schema.TAG_SEPARATOR) if problem and problem not in unspecific]
        for joined in different
    ]
    known.append([])  # of −1: nothing named
    lists = [known[n] for n in number.tolist()]
    main = [problems[0] if problems else None for problems in lists]
    met = Counter(zip(customer.tolist(), main, strict=True))
    several = np.array([len(problems) > 1 for problems in known])[number] & (customer >= 0)
    for row, who in zip(np.flatnonzero(several).tolist(), customer[several].tolist(), strict=True):
        shared = [problem for problem in lists[row][1:] if met[who, problem]]
        if shared and met[who, main[row]] == 1:
            met[who, main[row]] -= 1
            main[row] = shared[0]
            met[who, main[row]] += 1
    names = dict.fromkeys(problems[0] for problems in lists if problems)
    return np.asarray(pd.Categorical(main, categories=list(names)).codes, dtype=np.int64)
