"""Where work on rows is done: a pure function over parts of them, in order, here or on a cluster.

Rooms take an `Engine` and know no other; `opened` gives the one the params choose.
"""

from __future__ import annotations

import os

from voc_lib.engine.local import LOCAL, Engine, Work, lines, rows

__all__ = ["LOCAL", "Engine", "Work", "lines", "opened", "rows"]
ADDRESS = "DASK_SCHEDULER_ADDRESS"  # dask's own variable


def opened(choice: str) -> Engine:
    """The engine of the params: this process for `local`, else a dask cluster, which first work connects.

    >>> opened("local").said()
    '本机'
    """
    if choice == "local":
        return LOCAL
    from voc_lib.engine.cluster import Cluster

    return Cluster(os.environ.get(ADDRESS, "").strip())
