"""An analyst's own notebook beside `voc run`, on the same generated files in one run: time, memory, ratios.

python benchmarks/bench_end_to_end.py                        # 100,000 rows of 12 months
python benchmarks/bench_end_to_end.py 1000000 --months 24
python benchmarks/bench_end_to_end.py --months 24 --month    # also: all but one archived

The analyst reads with pandas, drops equal texts, tags by `str.contains` with the pack's phrases, cuts with
jieba.lcut, counts, draws two charts and writes the month and its tables with openpyxl; no masking, near
copies, sentiment, intervals or pages. Bare engines: rjieba and the automaton of those phrases over the same
texts. Memory is that of all processes at once: `pss` counts a shared page once, `rss` in each. Texts are
those of bench_tag.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import yaml

SEED = 20260901
END = pd.Timestamp("2026-10-01")
NEWEST = END - pd.DateOffset(months=1)
CHANNELS = ("客服工单", "在线聊天", "应用商店", "满意度问卷")
REGIONS = ("华东", "华北", "华南", "西南", "西北")
PRODUCTS = ("空气炸锅", "电饭煲", "扫地机器人", "吹风机")
EVERY = 0.1  # seconds between two looks at the processes
LEVELS = ("普通", "银卡", "金卡")


def main() -> None:
    """Measure both at every size asked for, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--month", action="store_true", help="also with all months but one archived before")
    parser.add_argument("--part", choices=PARTS, help="run one part alone in the folder --at")
    parser.add_argument("--at", type=Path)
    options = parser.parse_args()
    if options.part:
        PARTS[options.part](options.at)
        return
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as name:
            beside(Path(name), rows, options.months, month=options.month)


def beside(project: Path, rows: int, months: int, *, month: bool) -> None:
    """Print what both take on the same files, and each step of ours; of a new month too if asked."""
    params = generate(project, rows, months)
    print(f"{rows:,} rows of {months} months", flush=True)
    own = [sys.executable, __file__, "--at", str(project), "--part"]
    plain = measured("analyst's notebook", [*own, "analyst"])
    bare = measured("bare engines", [*own, "bare"])
    ours = run("voc run", params)
    print(f"{'voc run / analyst':<22}{ours / plain}")
    print(f"{'voc run / bare':<22}{ours / bare}")
    if month:
        shutil.rmtree(project / "outputs")
        run("  months before", told(project, files="before", period=END - pd.DateOffset(months=2)))
        new = run("voc run, a new month", told(project, files="new"))
        print(f"{'a new month / voc run':<22}{new / ours}")


def run(name: str, params: Path) -> Cost:
    """The cost of a run, printed with the seconds of each step."""
    cost = measured(name, [sys.executable, "-m", "voc_lib.cli", "run", str(params)])
    period = yaml.safe_load(params.read_text(encoding="utf-8"))["period"]
    (manifest,) = (params.parent / "outputs").glob(f"*/{period}/run.json")
    for step, seconds in json.loads(manifest.read_text(encoding="utf-8"))["seconds"].items():
        print(f"  {step:<20}{seconds:8.1f} s")
    return cost


@dataclass
class Cost:
    """What a command and all it started took."""

    seconds: float = 0.0
    processor: dict[int, float] = field(default_factory=dict)  # by process: one that ended keeps its own
    rss: int = 0
    pss: int = 0

    @property
    def cpu(self) -> float:
        """Processor seconds of all processes."""
        return sum(self.processor.values())

    def look(self, root: psutil.Process) -> None:
        """Take in how the processes stand now."""
        rss = pss = 0
        for process in [root, *root.children(recursive=True)]:
            try:
                times = process.cpu_times()
                self.processor[process.pid] = times.user + times.system
                memory = process.memory_full_info()
            except psutil.Error:
                continue
            rss, pss = rss + memory.rss, pss + memory.pss
        self.rss, self.pss = max(self.rss, rss), max(self.pss, pss)

    def __truediv__(self, other: Cost) -> str:
        wall, cpu, memory = self.seconds / other.seconds, self.cpu / other.cpu, self.pss / other.pss
        return f"{wall:8.2f} ×  cpu {cpu:8.2f} ×  pss {memory:6.2f} ×"


def measured(name: str, command: list[str]) -> Cost:
    """The cost of a command, printed; it fails as the command does."""
    cost, begin = Cost(), time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = psutil.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        over = threading.Event()
        watch = threading.Thread(target=_watch, args=(process, cost, over))
        watch.start()
        process.wait()
        cost.seconds = time.perf_counter() - begin
        over.set()
        watch.join()
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{name}: {said.read().decode(errors='replace')}")
    print(
        f"{name:<22}{cost.seconds:8.1f} s  cpu {cost.cpu:8.1f} s"
        f"  pss {cost.pss / 1e6:6,.0f} MB  rss {cost.rss / 1e6:6,.0f} MB",
        flush=True,
    )
    return cost


def _watch(process: psutil.Popen, cost: Cost, over: threading.Event) -> None:
    while not over.wait(EVERY):
        try:
            cost.look(process)
        except psutil.NoSuchProcess:
            return


def generate(project: Path, rows: int, months: int) -> Path:
    """The params file over so many rows, four CSV files each of the newest month and the months before."""
    from bench_tag import sentences

    rng = np.random.default_rng(SEED)
    begin = END - pd.DateOffset(months=months)
    frame = pd.DataFrame({"反馈内容": sentences(rows, rng)})
    people = max(rows // 3, 10)
    frame["反馈时间"] = begin + pd.to_timedelta(
        rng.integers(0, int((END - begin).total_seconds()), rows), "s"
    )
    frame["客户编号"] = "C" + pd.Series(rng.integers(0, people, rows)).astype("str")
    frame["产品"] = rng.choice(PRODUCTS, rows)
    frame["地区"] = rng.choice(REGIONS, rows)
    frame["满意度"] = rng.integers(1, 6, rows)
    frame["完成时间"] = frame["反馈时间"] + pd.to_timedelta(rng.integers(60, 400_000, rows), "s")
    frame.insert(0, "反馈ID", [f"F{n:08}" for n in range(rows)])
    again = rng.choice(rows, rows // 20, replace=False)
    frame.loc[again, "反馈内容"] = frame["反馈内容"].to_numpy()[rng.integers(0, rows, len(again))]
    for number, channel in enumerate(CHANNELS):
        part = frame.iloc[number :: len(CHANNELS)]
        new = part["反馈时间"] >= NEWEST
        for name, lines in (("before", part[~new]), ("new", part[new])):
            (project / name).mkdir(exist_ok=True)
            lines.to_csv(project / name / f"{channel}.csv", index=False)
    base = pd.DataFrame({"客户编号": [f"C{n}" for n in range(people)]})
    base["注册时间"] = begin - pd.to_timedelta(rng.integers(0, 1000, people), "D")
    base["会员等级"] = rng.choice(LEVELS, people, p=[0.8, 0.15, 0.05])
    base["地区"] = rng.choice(REGIONS, people)
    base.to_csv(project / "customers.csv", index=False)
    return told(project, files="*")


def told(project: Path, *, files: str, period: pd.Timestamp = NEWEST) -> Path:
    """The params file of a month over the files of some folders."""
    content = {
        "name": "端到端",
        "industry": "ecommerce",
        "period": f"{period:%Y-%m}",
        "sources": [{"name": name, "path": f"{files}/{name}.csv", "channel": name} for name in CHANNELS],
        "customers": {"path": "customers.csv"},
        "outputs": "outputs",
    }
    params = project / f"{period:%Y-%m}.yaml"
    params.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return params


def read(project: Path, **options: Any) -> pd.DataFrame:
    """All the files, with their channel."""
    files = sorted(project.glob("*/*.csv"))
    return pd.concat(
        [pd.read_csv(file, **options).assign(渠道=file.stem) for file in files], ignore_index=True
    )


def analyst(project: Path) -> None:
    """What the notebook of an analyst does, as a script: its kernel costs nothing."""
    import jieba
    import seaborn as sns

    frame = read(project)
    frame["反馈时间"] = pd.to_datetime(frame["反馈时间"])
    frame["完成时间"] = pd.to_datetime(frame["完成时间"])
    frame = frame.drop_duplicates(["客户编号", "反馈内容"])
    frame["月份"] = frame["反馈时间"].dt.strftime("%Y-%m")
    frame["小时"] = (frame["完成时间"] - frame["反馈时间"]).dt.total_seconds() / 3600
    frame["问题类型"] = "其他"
    for name, phrases in tags().items():
        hit = frame["反馈内容"].str.contains("|".join(map(re.escape, phrases)))
        frame.loc[hit & (frame["问题类型"] == "其他"), "问题类型"] = name
    words = frame["反馈内容"].map(jieba.lcut)
    month = frame["月份"].max()
    now = frame[frame["月份"] == month]
    stats = now.groupby("问题类型").agg(
        出现频次=("反馈ID", "size"),
        涉及客户数=("客户编号", "nunique"),
        满意度=("满意度", "mean"),
        小时=("小时", "median"),
    )
    stats["占比"] = stats["出现频次"] / len(now)
    stats["关键词"] = [
        "、".join(w for w, _ in Counter(w for ws in words[part] for w in ws if len(w) > 1).most_common(10))
        for part in (now.index[now["问题类型"] == name] for name in stats.index)
    ]
    trend = frame.pivot_table(
        index="月份", columns="问题类型", values="反馈ID", aggfunc="count", fill_value=0
    )
    crossed = now.pivot_table(
        index="问题类型", columns="渠道", values="反馈ID", aggfunc="count", fill_value=0
    )
    sns.barplot(stats.reset_index(), x="出现频次", y="问题类型").figure.savefig(project / "bar.png")
    sns.lineplot(trend).figure.savefig(project / "trend.png")
    with pd.ExcelWriter(project / "analyst.xlsx", engine="openpyxl") as book:
        for title, table in {"分类统计": stats, "趋势": trend, "渠道": crossed}.items():
            table.to_excel(book, sheet_name=title)
        now.to_excel(book, sheet_name="本月明细", index=False)


def bare(project: Path) -> None:
    """Cut every text with rjieba and find every phrase in it with the automaton; nothing is kept."""
    import ahocorasick_rs
    import rjieba

    texts = read(project, usecols=["反馈内容"])["反馈内容"]
    automaton = ahocorasick_rs.AhoCorasick([phrase for words in tags().values() for phrase in words])
    for text in texts:
        rjieba.cut(text)
        automaton.find_matches_as_indexes(text, overlapping=True)


def tags() -> dict[str, tuple[str, ...]]:
    """Name -> phrases, of the pack's tags that have any."""
    from voc_lib import tag

    return {t.name: t.phrases for t in tag.load("ecommerce").tags if t.phrases}


PARTS = {"analyst": analyst, "bare": bare}

if __name__ == "__main__":
    main()
