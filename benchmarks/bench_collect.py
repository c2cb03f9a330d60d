"""What collecting costs: CSV and Excel to the canonical table with its ledger, beside plain pandas.

    python benchmarks/bench_collect.py [--rows 1000000] [--excel-rows 100000] [--part NAME]

Every case runs in a fresh process, so that its peak memory is its own. `--part dates` times each spelling of
a date on as many different values.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

HEADERS = [
    "工单号",
    "客户编号",
    "反馈内容",
    "创建时间",
    "反馈渠道",
    "满意度",
    "产品",
    "地区",
    "处理状态",
    "处理人",
    "首次响应时间",
    "完成时间",
]
PHRASES = (
    "物流太慢了，等了三天还没有到",
    "APP 打开就闪退，重装也没用",
    "客服态度很差，问了半天没有结果",
    "退货流程太复杂，一直不给退款",
    "包装破损，东西摔坏了",
)


def make(file: Path, rows: int) -> int:
    """Write twelve columns as a ticket system exports them."""
    rng = np.random.default_rng(7)
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 600 * 86_400, rows)), unit="s")
    clock = "%Y-%m-%d %H:%M:%S"
    text = pd.Series(np.array(PHRASES)[rng.integers(0, 5, rows)]) + pd.Series(np.arange(rows).astype(str))
    columns = [
        [f"GD{i:08d}" for i in range(rows)],
        [f"C{i:06d}" for i in rng.integers(0, max(2, rows // 5), rows)],
        text,
        day.strftime(clock),
        np.array(["电话", "在线聊天", "邮件", "微博"])[rng.integers(0, 4, rows)],
        rng.integers(1, 6, rows),
        np.array(["产品A", "产品B", "产品C"])[rng.integers(0, 3, rows)],
        np.array(["华东", "华南", "华北", "西南"])[rng.integers(0, 4, rows)],
        np.array(["处理中", "已完成", "关闭"])[rng.integers(0, 3, rows)],
        np.array(["张三", "李四", "王五"])[rng.integers(0, 3, rows)],
        (day + pd.to_timedelta(rng.integers(60, 9_000, rows), unit="s")).strftime(clock),
        (day + pd.to_timedelta(rng.integers(9_000, 400_000, rows), unit="s")).strftime(clock),
    ]
    frame = pd.DataFrame(dict(zip(HEADERS, columns, strict=True)))
    if file.suffix == ".csv":
        frame.to_csv(file, index=False)
    else:
        frame.to_excel(file, index=False, engine="xlsxwriter")
    return rows


def collect(file: Path) -> int:
    """Rows kept by the library."""
    from voc_lib import collect, params

    settings = file.with_suffix(".yaml")
    settings.write_text(
        f'name: 基准\nperiod: "2026-01"\nsources:\n  - {{name: 工单, path: {file.name}}}\n', encoding="utf-8"
    )
    collected = collect.load(params.load(settings))
    reads = collected.reads.iloc[0]
    if reads["read"] != reads["kept"] + reads["quarantined"]:
        raise SystemExit("the ledger does not close")
    return int(reads["kept"])


def plain(file: Path) -> int:
    """Rows read by plain pandas: text and dates, no ledger, no quarantine."""
    if file.suffix == ".xlsx":
        frame = pd.read_excel(file, dtype=str, engine="calamine")
    else:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    for name in ("创建时间", "首次响应时间", "完成时间"):
        frame[name] = pd.to_datetime(frame[name], errors="coerce")
    return len(frame)


SPELLINGS = {
    "2026-09-01 10:00:00": "%Y-%m-%d %H:%M:%S",
    "2026年09月01日 10:00:00": "%Y年%m月%d日 %H:%M:%S",
    "2026年09月01日10时00分00秒": "%Y年%m月%d日%H时%M分%S秒",
    "2026.09.01 10:00:00": "%Y.%m.%d %H:%M:%S",
    "01/09/2026 10:00:00": "%d/%m/%Y %H:%M:%S",
    "09/01/2026 10:00:00 AM": "%m/%d/%Y %I:%M:%S %p",
    "2026-09-01T10:00:00+08:00": "%Y-%m-%dT%H:%M:%S+08:00",
    "20260901100000": "%Y%m%d%H%M%S",
    "09-01 10:00:00": "%m-%d %H:%M:%S",
}


def dates(rows: int) -> None:
    """Print the processor seconds of each spelling."""
    from zoneinfo import ZoneInfo

    from voc_lib.collect import dates as library

    times = pd.Series(pd.Timestamp("2000-01-01") + pd.to_timedelta(np.arange(rows) * 677, unit="s"))
    for shown, pattern in SPELLINGS.items():
        texts = times.dt.strftime(pattern).astype("str")
        started = time.process_time()
        parsed = library.parse(texts, zone=ZoneInfo("Asia/Shanghai"), year=2020)
        seconds = time.process_time() - started
        print(f"{seconds:6.2f} s  {int(parsed.times.notna().sum()):>10,} read  {shown}")


def run(job: str, file: Path, rows: int) -> tuple[float, float, float, int]:
    """Seconds, processor seconds, peak MB and rows of one case in its own process."""
    command = [sys.executable, __file__, "--part", job, "--file", str(file), "--rows", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, cpu, peak, rows_done = done.stdout.split()
    return float(seconds), float(cpu), float(peak), int(rows_done)


def part(job: str, file: Path, rows: int) -> None:
    """Run one case and print seconds, processor seconds, peak MB, rows."""
    started = time.perf_counter()
    done = make(file, rows) if job == "make" else {"collect": collect, "pandas": plain}[job](file)
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(u.ru_utime + u.ru_stime for u in used)
    print(f"{seconds:.3f} {cpu:.3f} {max(u.ru_maxrss for u in used) / 1024:.0f} {done}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--excel-rows", type=int, default=100_000)
    parser.add_argument("--part", choices=["make", "collect", "pandas", "dates"])
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    if given.part == "dates":
        return dates(given.rows)
    if given.part:
        return part(given.part, given.file, given.rows)
    titles = ("seconds", "cpu s", "pandas s", "ratio", "rows/s", "peak MB", "pandas MB")
    print("case".ljust(15) + "".join(title.rjust(10) for title in titles))
    with tempfile.TemporaryDirectory() as folder:
        for kind, rows in (("csv", given.rows // 10), ("csv", given.rows), ("xlsx", given.excel_rows)):
            file = Path(folder, f"{kind}_{rows}.{kind}")
            run("make", file, rows)
            mine, theirs = run("collect", file, rows), run("pandas", file, rows)
            figures = (mine[0], mine[1], theirs[0], mine[0] / theirs[0])
            whole = (mine[3] / mine[0], mine[2], theirs[2])
            cells = [f"{v:>10.2f}" for v in figures] + [f"{v:>10,.0f}" for v in whole]
            print(f"{kind} {rows:,}".ljust(15) + "".join(cells))


if __name__ == "__main__":
    main()
