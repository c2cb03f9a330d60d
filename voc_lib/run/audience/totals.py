"""Whether an audience may see the total of the whole report: not where subtraction would tell of another."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from voc_lib.run.audience.belonging import Own

FEWEST = 3  # audiences
LEAST = 5  # rows that must be neither the audience's nor another one's


def shown(name: str, owns: Mapping[str, Own], rows: pd.DataFrame) -> bool:
    """Whether the total beside the audience's own figures gives no other audience's away.

    `rows`: the tagged feedback of the period. There are three audiences, and what is not of this one is not
    of one other alone: five rows of the rest are somebody else's, whoever that other is.
    """
    own = owns[name]
    if not own.audience.totals or len(owns) < FEWEST:
        return False
    rest = ~own.rows(rows)
    others = [one for other, one in owns.items() if other != name]
    return all(int((rest & ~one.rows(rows)).sum()) >= LEAST for one in others)
