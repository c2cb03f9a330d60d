"""Masking and labelling on a cluster beside one process: the same tables, processor seconds, what travels.

python benchmarks/bench_cluster.py                          # 100,000 rows, 2 workers
python benchmarks/bench_cluster.py 1000000 --workers 2 4

Workers are processes of this machine with a thread each; the scheduler and the client share the process whose
seconds are called “own”. A busy machine makes seconds of the clock long: the last column is what they would
be at least, were every process on a core of its own. Texts are those of bench_tag.
"""

from __future__ import annotations

import argparse
import pickle
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from bench_tag import SEED, memory, sentences, tables

from voc_lib import schema, tag
from voc_lib.clean import privacy
from voc_lib.collect import Collected
from voc_lib.engine import LOCAL, Engine
from voc_lib.engine.cluster import Cluster
from voc_lib.engine.local import Local, Work
from voc_lib.params import Params
from voc_lib.run.tables import write_table
from voc_lib.text.segmentation import Segmenter

FEW = 20_000  # rows weighed
PARAMS = Params(name="bench", period="2026-09", sources=[{"name": "a", "path": "b"}])


def main() -> None:
    """Measure, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", type=int, nargs="?", default=100_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[2])
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    given = tables(sentences(options.rows, rng), rng)
    weighed = Weighed()
    done((given[0][:FEW], *given[1:]), weighed)
    out, back = (size / min(FEW, options.rows) for size in (weighed.out, weighed.back))
    print(f"{options.rows:,} rows, of each {out:,.0f} bytes out and {back:,.0f} back", flush=True)
    here = measured("one process", given, LOCAL, list)
    for workers in options.workers:
        with_workers(workers, given, here)
    print(memory())


def with_workers(number: int, given: Tables, here: dict[str, bytes]) -> None:
    """Print what it takes with so many workers, just started; the tables must be those of one process."""
    import distributed

    page = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
    options = {"threads_per_worker": 1, "host": "127.0.0.1", "scheduler_kwargs": page, "memory_limit": 0}
    with distributed.LocalCluster(n_workers=number, **options) as running:
        pids = [worker.pid for worker in running.workers.values()]
        there = measured(f"{number} workers", given, Cluster(running.scheduler_address), lambda: pids)
        assert there == here, "the tables differ"
    print("  the same tables byte for byte")


Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def measured(name: str, given: Tables, engine: Engine, pids: Callable[[], list[int]]) -> dict[str, bytes]:
    """The tables, and the seconds they took printed: of the clock, of this process, of each worker."""
    clock, own, theirs = time.perf_counter(), _own(), _busy(pids())
    frames = done(given, engine)
    clock, own = time.perf_counter() - clock, _own() - own
    each = [after - before for before, after in zip(theirs, _busy(pids()), strict=True)]
    least = own + max(each, default=0)
    print(
        f"{name:<18} clock {clock:7.1f} s, own {own:6.1f} s, workers "
        f"{' + '.join(f'{seconds:.1f}' for seconds in each) or '–'} s, at least {least:.1f} s",
        flush=True,
    )
    return {table: _bytes(frame) for table, frame in frames.items()}


def done(given: Tables, engine: Engine) -> dict[str, pd.DataFrame]:
    """The feedback masked and labelled."""
    history, customers, orders = given
    names = ("feedback", "quarantine", "reads", "headers", "customers", "orders", "exposure", "kpis")
    empty = {name: schema.empty(schema.table(name)) for name in names}
    collected = Collected(**{**empty, "feedback": history})
    masked = privacy.protect(collected, b"0123456789abcdef", engine=engine).feedback
    labelled = tag.label(
        masked,
        tag.load("ecommerce"),
        PARAMS,
        customers=customers,
        orders=orders,
        as_of=date(2026, 9, 30),
        segmenter=Segmenter(),
        engine=engine,
    )
    return {"masked": masked, "tagged": labelled.tagged, "tags": labelled.tags}


@dataclass
class Weighed(Local):
    """This process, counting the bytes that would travel."""

    out: int = 0
    back: int = 0

    def map(self, work: Work, rows: pd.DataFrame):
        """What the work gives."""
        self.out += len(pickle.dumps(rows))
        for start, part in super().map(work, rows):
            self.back += len(pickle.dumps(part))
            yield start, part


def _own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _busy(pids: list[int]) -> list[float]:
    return [sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids]


def _bytes(frame: pd.DataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_table(frame, Path(folder) / "table.parquet")
        return (Path(folder) / "table.parquet").read_bytes()


if __name__ == "__main__":
    main()
