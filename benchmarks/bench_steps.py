"""Rows per second and peak memory of each step's functions at 100,000 rows (or the number given).

Run with `python benchmarks/bench_steps.py [rows]`. The rows are the sample shop's, repeated
with other customers, ids and a marking word, so that nothing is merged that would not be in life.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from voc_lib import collect, params, sample, schema, tag
from voc_lib.clean import duplicates, privacy
from voc_lib.improve import effect
from voc_lib.knowledge import load as knowledge
from voc_lib.rootcause import causes, mining, priority
from voc_lib.stats import crosstabs, emerging, service, shares, trends
from voc_lib.stats.basis import Evidence
from voc_lib.tag import records

ROOT = Path(__file__).parents[1]
KEY = b"benchmark-key-of-no-one"


def timed(name: str, rows: int, work: Callable[[], Any]) -> Any:
    """The result of `work`, after printing its seconds, rows/s and the peak memory so far."""
    begin = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:<34}{seconds:8.2f} s{rows / seconds:12,.0f} rows/s{peak:8,.0f} MB")
    return result


def grown(frame: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The frame repeated to so many rows, each copy with its own ids and a word of its own in the text."""
    copies = -(-rows // len(frame))
    parts = [
        frame.assign(
            feedback_id=frame["feedback_id"] + f"-{n}",
            customer_id=frame["customer_id"] + f"-{n}",
            text=frame["text"] + f"第{n}批{n * 7919 % 9973}号",
        )
        for n in range(copies)
    ]
    return schema.shape(pd.concat(parts, ignore_index=True).head(rows), schema.FEEDBACK)


def main(rows: int) -> None:
    """Print one line per step."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        (project / "params").mkdir()
        for file in (ROOT / "params").glob("sample*.yaml"):
            (project / "params" / file.name).write_bytes(file.read_bytes())
        sample.write(project / "data" / "sample")
        settings = params.load(project / "params" / "sample.yaml")
        collected = collect.load(settings)
        told = knowledge(settings)
    taxonomy, period = tag.load(settings.params.industry, folder=settings.folder), settings.period
    feedback = grown(collected.feedback, rows)
    customers, orders = collected.customers, collected.orders
    masked = timed("02 masking", rows, lambda: privacy.mask(feedback["text"]))
    history = feedback.assign(text=masked)
    sides = {"customers": customers, "orders": orders, "as_of": period.end}
    labelled = timed(
        "03 tags, duplicates, urgency", rows, lambda: tag.label(history, taxonomy, settings.params, **sides)
    )
    issues = timed("03 issues", rows, lambda: duplicates.issues(labelled.tagged))
    timed("03 record tables", rows, lambda: (records.summary(issues), records.requests(issues, taxonomy)))
    timed("04 category statistics", rows, lambda: shares.table(issues, period))
    timed(
        "04 trends and cross tables",
        rows,
        lambda: (trends.monthly(issues, until=period), crosstabs.table(issues, period)),
    )
    timed("04 emerging", rows, lambda: emerging.table(issues, period))
    timed("04 service", rows, lambda: service.table(issues, labelled.tagged, period, sla=settings.params.sla))
    problems = shares.problems(issues, period)
    timed("05 causes, mining, priority", rows, lambda: _causes(told, problems, issues, settings))
    evidence = Evidence(issues, collected.exposure, collected.kpis)
    timed("07 effects", rows, lambda: effect.table(told, evidence, as_of=period.end))


def _causes(told: Any, problems: pd.DataFrame, issues: pd.DataFrame, settings: params.Settings) -> None:
    causes.table(told, problems)
    mining.candidates(issues, settings.period)
    priority.table(issues, settings.period, settings.params)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
