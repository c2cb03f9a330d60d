"""The end-to-end benchmark at a tiny size: both sides run on the files it makes."""

import re
import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench_end_to_end.py"


def test_prints_what_both_sides_and_each_step_take():
    said = subprocess.run([sys.executable, str(BENCH), "2000"], check=True, capture_output=True, text=True)
    lines = dict(re.findall(r"^ {0,2}(\S.*?) {2,}(\d+\.\d) s", said.stdout, re.MULTILINE))
    assert float(lines["analyst's notebook"]) > 0
    assert {"bare engines", "voc run", "02_collect", "08_report"} <= lines.keys()
    taken = re.findall(r"cpu +(\d+\.\d) s +pss +([\d,]+) MB", said.stdout)
    assert len(taken) == 3
    assert all(float(cpu) > 0.5 and int(pss.replace(",", "")) > 50 for cpu, pss in taken)
    assert re.search(r"^voc run / analyst +\d+\.\d+ ×  cpu", said.stdout, re.MULTILINE)
