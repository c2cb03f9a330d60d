"""Seconds to hand out and take back a plan of 200 measures and 5,000 call-backs, beside plain openpyxl.

Run with `python benchmarks/bench_exchange.py`. Plain: as many cells written to one workbook and read back,
nothing looked at. The register is SQLite.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import yaml

VOC = [sys.executable, "-m", "voc_lib.cli"]
MEASURES, CALLS = 200, 5_000
ROW = ["P001", "F00001", "2026-09-01", "换快递", "李强", "运营部", "进行中", 5.0] * 2
PARAMS = {
    "name": "小店",
    "period": "2026-09",
    "knowledge": "register",
    "sources": [{"name": "工单", "path": "a.csv"}],
}


def known() -> dict:
    """What the register is to hold."""
    measure = {
        "problem": "物流延迟",
        "goal": "降到 10%",
        "action": "换快递",
        "owner": "李强",
        "department": "运营部",
    }
    measure |= {"start": "2026-03-01", "due": "2026-10-31"}
    return {
        "measures": [{**measure, "id": f"P{n:03d}"} for n in range(MEASURES)],
        "revisits": [
            {"measure": f"P{n % MEASURES:03d}", "feedback_id": f"F{n}", "score": 1 + n % 5}
            for n in range(CALLS)
        ],
    }


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def call(*words: str | Path) -> float:
    """Wall seconds of a voc command."""
    return timed(lambda: subprocess.run([*VOC, *map(str, words)], check=True, stdout=subprocess.DEVNULL))


def write(file: Path) -> None:
    """The plain way out."""
    book = openpyxl.Workbook()
    for _ in range(MEASURES + CALLS):
        book.active.append(ROW)
    book.save(file)


def read(file: Path) -> None:
    """The plain way back."""
    for _ in openpyxl.load_workbook(file).active.iter_rows(values_only=True):
        pass


def main() -> None:
    """Print a line per direction."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        params, file = folder / "params.yaml", folder / "known.yaml"
        params.write_text(yaml.safe_dump(PARAMS, allow_unicode=True), encoding="utf-8")
        file.write_text(yaml.safe_dump(known(), allow_unicode=True), encoding="utf-8")
        print(f"{'import of the YAML':<24}{call('knowledge', 'import', params, file, '--replace'):8.1f} s")
        plain = folder / "plain.xlsx"
        for label, ours, theirs in (
            ("plan export", lambda: call("plan", "export", params, folder / "out"), lambda: write(plain)),
            (
                "plan import",
                lambda: call("plan", "import", params, *(folder / "out").glob("*.xlsx")),
                lambda: read(plain),
            ),
        ):
            mine, others = timed(ours), timed(theirs)
            print(f"{label:<24}{mine:8.1f} s   plain {others:5.1f} s   {mine / others:5.1f} x")


if __name__ == "__main__":
    main()
