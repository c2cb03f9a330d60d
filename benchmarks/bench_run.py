"""Seconds of the whole sample run (8 notebooks, HTML, PDF, Excel), per step, and of a second call.

Run with `python benchmarks/bench_run.py`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
VOC = [sys.executable, "-m", "voc_lib.cli"]


def timed(*words: str | Path) -> float:
    """Wall seconds of a voc command."""
    begin = time.perf_counter()
    subprocess.run([*VOC, *map(str, words)], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main() -> None:
    """Print one line per figure."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name)
        shutil.copytree(ROOT / "params", project / "params")
        print(f"{'sample data':<24}{timed('sample', project / 'data' / 'sample'):8.1f} s")
        params = project / "params" / "sample.yaml"
        print(f"{'whole run':<24}{timed('run', params):8.1f} s")
        (manifest,) = (project / "outputs").glob("*/*/run.json")
        for step, seconds in json.loads(manifest.read_text(encoding="utf-8"))["seconds"].items():
            print(f"  {step:<22}{seconds:8.1f} s")
        print(f"{'second call, no change':<24}{timed('run', params):8.1f} s")


if __name__ == "__main__":
    main()
