"""Processor seconds to load a register of 100,000 corrections and 10,000 measures, beside reading its rows.

Run with `python benchmarks/bench_register.py`. Plain: the same rows fetched by sqlite3 and their JSON parsed,
nothing checked. Ours: what people set, answered blind and know, ready for a run. The register is SQLite.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import yaml
from sqlalchemy import insert

from voc_lib import params
from voc_lib.params import Settings
from voc_lib.register.models import Correction, Entry
from voc_lib.run.record import known, registered

CORRECTIONS, MEASURES = 100_000, 10_000
AT = datetime(2026, 9, 1)
PARAMS = {"name": "小店", "period": "2026-09", "knowledge": "register"}
MEASURE = {
    "problem": "物流延迟",
    "goal": "降到 10%",
    "action": "换快递",
    "owner": "李强",
    "department": "运营部",
    "start": "2026-03-01",
    "due": "2026-10-31",
}


def filled(folder: Path) -> Settings:
    """The settings of a report whose register holds that much."""
    file = folder / "params.yaml"
    source = {"name": "工单", "path": "a.csv"}
    file.write_text(yaml.safe_dump({**PARAMS, "sources": [source]}, allow_unicode=True), encoding="utf-8")
    settings = params.load(file)
    set_ = {"field": "tags", "version": 1, "seen": 0, "new": "EC-LOG", "who": "王敏", "at": AT, "why": ""}
    entry = {"report": "小店", "kind": "measure", "parent": "", "version": 1, "who": "王敏", "at": AT}
    entry |= {"why": "", "origin": ""}
    ids = [f"P{n:05d}" for n in range(MEASURES)]
    with registered.opened(settings).begin() as base:
        rows = [{**set_, "feedback_id": f"工单:{n}", "old": None} for n in range(CORRECTIONS)]
        base.execute(insert(Correction), rows)
        rows = [{**entry, "key": key, "content": json.dumps({**MEASURE, "id": key})} for key in ids]
        base.execute(insert(Entry), rows)
    return settings


def ours(settings: Settings) -> None:
    """Everything a run takes from the register."""
    registered.corrections(settings)
    registered.answers(settings)
    known.load(settings)


def plain(settings: Settings) -> None:
    """The same rows as they are."""
    with sqlite3.connect(settings.outputs / params.REGISTER) as base:
        base.execute("select field, feedback_id, new from voc_corrections order by id").fetchall()
        for (content,) in base.execute("select content from voc_knowledge order by id"):
            json.loads(content)


def seconds(work: Callable[[Settings], None], settings: Settings) -> float:
    """Processor seconds of the quickest of three."""
    times = []
    for _ in range(3):
        begin = time.process_time()
        work(settings)
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print one line."""
    with tempfile.TemporaryDirectory() as folder:
        settings = filled(Path(folder))
        own, bare = seconds(ours, settings), seconds(plain, settings)
    about = f"{CORRECTIONS:,} corrections, {MEASURES:,} measures"
    print(f"{about}: {own:.2f} processor s, plain {bare:.2f} s, {own / bare:.1f} x")


if __name__ == "__main__":
    main()
