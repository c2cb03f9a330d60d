"""What a worker is given and answers; nothing of it shows rows where it is printed or logged."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from voc_lib.engine import program
from voc_lib.engine.local import Work


@dataclass(frozen=True)
class Job:
    """Work on a part of the rows, for who runs the program of this hash."""

    work: Work = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    program: str


@dataclass(frozen=True)
class Done:
    """What the work gave."""

    lines: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class Unlike:
    """Another program: what it gives might differ."""


def done(job: Job) -> Done | Unlike | Exception:
    """What the work of a job gives, or the error that stopped it: a worker would log one raised.

    >>> done(Job(lambda part: part, pd.DataFrame({"n": [1]}), program="another"))
    Unlike()
    """
    if job.program != program.digest():
        return Unlike()
    try:
        return Done(job.work(job.rows))
    except Exception as error:
        return error
