"""Work handed out ahead of need: so much of it is under way that nobody who works waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any


def in_order(submit: Callable[[Any], Any], given: Iterable[Any], number: int) -> Iterator[Any]:
    """What the futures of `submit` give, in order; so many are under way, none once nobody asks any more.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(in_order(lambda n: pool.submit(pow, n, 2), range(4), 2))
    [0, 1, 4, 9]
    """
    waiting = iter(given)
    under_way = deque(map(submit, islice(waiting, number)))
    try:
        while under_way:
            answer = under_way.popleft().result()
            under_way.extend(map(submit, islice(waiting, 1)))
            yield answer
    finally:
        under_way.clear()  # what nobody asks for any more is not worked out
