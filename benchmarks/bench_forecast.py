"""What ARIMA adds to the forecast: processor seconds of a series of 36 months, beside exponential smoothing.

`python benchmarks/bench_forecast.py`; the imports of statsmodels are done before.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from voc_lib.stats import forecast

RUNS = 5


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of a call, the least of some."""
    took = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return min(took)


def main() -> None:
    """Print both and their ratio."""
    values = pd.Series(np.random.default_rng(1).normal(400, 20, 36))
    values.index = pd.period_range(end="2026-09", periods=36, freq="M")
    forecast.table({"": values})
    whole = spent(lambda: forecast.table({"": values}))
    rival = spent(lambda: forecast._regressed(values))
    print(f"both {whole:.2f} s, ARIMA of it {rival:.2f} s, ratio {rival / (whole - rival):.2f}")


if __name__ == "__main__":
    main()
