"""Speed and memory of the usage figures on a made log. Usage: bench_usage.py [events] (1,000,000)."""

import resource
import sys
import time

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.logged import Flow
from voc_lib.period import Period
from voc_lib.usage import accounts, adoption, errors, flows, functions, order, sessions, speed

FUNCTIONS = [f"功能{n:02}" for n in range(60)]
DEPARTMENTS = [f"部门{n:02}" for n in range(12)]
PERIOD = Period.parse("2026-09")


def log(rows: int) -> pd.DataFrame:
    """So many events of 5,000 employees in three months, in the order they were written."""
    rng = np.random.default_rng(0)
    at = np.sort(rng.integers(0, 92 * 86_400, rows)) * 1_000_000
    start = np.datetime64("2026-07-01", "us").astype("int64")
    users = pd.Index([f"E{n:05}" for n in range(5_000)], dtype="str")
    function = np.minimum(rng.exponential(12, rows), len(FUNCTIONS) - 1).astype("int8")
    failed = (rng.random(rows) < 0.02).astype("float32")
    words = pd.Index(["E404", "E500", "E504"], dtype="str")
    return pd.DataFrame(
        {
            "user_id": pd.Categorical.from_codes(rng.integers(0, len(users), rows, dtype="int16"), users),
            "at": (start + at).astype("datetime64[us]"),
            "function": pd.Categorical.from_codes(function, pd.Index(FUNCTIONS, dtype="str")),
            "action": pd.Categorical.from_codes(rng.integers(0, 2, rows, dtype="int8"), ["查看", "保存"]),
            "error": pd.Categorical.from_codes(np.where(failed > 0, rng.integers(0, 3, rows), -1), words),
            "failed": failed,
            "duration_ms": rng.lognormal(5.5, 0.8, rows).astype("float32"),
            "file": pd.Categorical.from_codes(np.zeros(rows, "int8"), ["log.csv"]),
        }
    )


def main(rows: int) -> None:
    """Print seconds and events per second of every figure, and the most memory taken."""
    events = log(rows)
    rng = np.random.default_rng(1)
    ids = events["user_id"].cat.categories
    people = schema.shape(
        pd.DataFrame({"user_id": ids, "department": rng.choice(DEPARTMENTS, len(ids)), "role": "销售"}),
        schema.EMPLOYEES,
    )
    listed = schema.shape(pd.DataFrame({"function": [*FUNCTIONS, "没人用"]}), schema.FUNCTIONS)
    path = [Flow(name="路径", steps=FUNCTIONS[:4])]
    begun = last = time.perf_counter()

    def said(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        print(f"{name:10} {now - last:6.2f} s")
        last = now

    order.off(events)
    rows_sorted = order.sorted_by_user(events)
    order.repeated(rows_sorted)
    said("order")
    accounts.told(rows_sorted, people["user_id"])
    said("accounts")
    number = sessions.numbered(rows_sorted, gap_minutes=30)
    seen = sessions.visits(rows_sorted, number)
    sessions.months(rows_sorted, number, seen)
    said("sessions")
    functions.table(rows_sorted, seen, listed, people, period=PERIOD, rare_share=0.05)
    said("functions")
    errors.table(rows_sorted, least=30)
    said("errors")
    flows.table(rows_sorted, number, path, least=30)
    said("flows")
    speed.table(rows_sorted, month_end_days=3, least=30)
    said("speed")
    adoption.table(rows_sorted, people, ["2026-07", "2026-08", "2026-09"])
    said("adoption")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"all        {last - begun:6.2f} s for {rows:,} events, {memory:.2f} GB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
