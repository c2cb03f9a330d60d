"""Whole projects with planted truths, written as files, run as anybody would, and asked what they report.

    python -m benchmarks.projects                  # one draw of every world of benchmarks/simulate.py
    python -m benchmarks.projects 3 退出           # three draws of the worlds whose name holds a word

A project is two years of two sources with orders by month and region; what is true of its last month stands
in `simulate.WORLDS`. The table shows what its report says of all problems per 1,000 orders.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.simulate import SEED, SEPTEMBER, WORLDS, World

SAID = {
    "物流延迟": ["快递太慢了，等了好多天", "一直没有发货", "物流半个月没有动"],
    "服务态度": ["客服态度很差", "客服爱理不理，说话难听", "客服不耐烦地挂了电话"],
}
NAME = "虚构的店"
LABELS = {"created_at": "创建时间", "region": "地区", "text": "反馈内容"}


def written(folder: Path, world: World, rng: np.random.Generator) -> Path:
    """The params file of a project of a world drawn, with a file of each source and one of orders."""
    rows, orders = world.drawn(rng)
    rows["text"] = [
        SAID[tag][k] for tag, k in zip(rows["primary_tag"], rng.integers(0, 3, len(rows)), strict=True)
    ]
    for source, mine in rows.groupby("source"):
        ids = {"工单号": [f"{source}{i:06}" for i in range(len(mine))]}
        told = mine[[*LABELS]].rename(columns=LABELS).reset_index(drop=True)
        customers = {"客户编号": [f"{source}C{i}" for i in range(len(mine))]}
        pd.DataFrame(ids | customers).join(told).to_csv(folder / f"{source}.csv", index=False)
    names = {"month": "月份", "region": "地区", "orders": "订单数"}
    orders.rename(columns=names).to_csv(folder / "订单.csv", index=False)
    sources = [{"name": name, "path": f"{name}.csv", "channel": name} for name in sorted(set(rows["source"]))]
    asked = {"name": NAME, "period": SEPTEMBER.label, "industry": "ecommerce", "sources": sources}
    asked |= {"exposure": {"path": "订单.csv"}, "render": {"html": True, "pdf": False, "excel": False}}
    (folder / "params.yaml").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
    return folder / "params.yaml"


def reported(params: Path) -> pd.Series:
    """The line of all problems of the published report's schema.RATES."""
    subprocess.run([sys.executable, "-m", "voc_lib.cli", "run", str(params)], check=True, capture_output=True)
    tables = params.parent / "outputs" / NAME / SEPTEMBER.label / "tables"
    return pd.read_parquet(tables / "rates.parquet").iloc[0]


def main(runs: int, wanted: str) -> None:
    """Print a line per project."""
    print("| 项目 | 每千单全部问题 | 提醒 |\n|---|---|---|")
    for words, world in WORLDS.items():
        for number in range(runs if wanted in words else 0):
            with tempfile.TemporaryDirectory() as folder:
                found = reported(written(Path(folder), world, np.random.default_rng([SEED, number])))
            print(f"| {words} | {found['claim']} | {found['caution'] or ''} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1, " ".join(sys.argv[2:]))
