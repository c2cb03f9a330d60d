"""What a run promises, tried by breaking it: how often each promise was tried and how often it was not kept.

    python benchmarks/promises.py               # the sizes of docs/trust.md: 15 minutes, and 2 hours of runs
    python benchmarks/promises.py 0.02          # a fiftieth of them
    python benchmarks/promises.py 1 kills       # the promises whose name holds a word
    python benchmarks/promises.py 0.2 run killed

Everything happens in a temporary folder, with the very functions a run calls.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from multiprocessing.synchronize import Barrier
from pathlib import Path
from unittest import mock

import numpy as np
import openpyxl
import pandas as pd
from sqlalchemy import text as sql

from voc_lib import params, schema
from voc_lib.collect import archive, readers
from voc_lib.errors import DataError, LockedError, ParamsError, PublishError
from voc_lib.register import database
from voc_lib.report import excel
from voc_lib.run.publish import folders
from voc_lib.run.record import inputs, manifest, runs

PATIENCE = 60  # seconds for the slowest of many processes
TOLD = 7  # how a process ends that was told another has the lock
SEED = 20261128
FILES = 12  # of a published run
HAN = "物流太慢了等三天还没有到客服态度很差退款一直不给质量好坏快递包装破损闪退不能用，。！？"
SIGNS = HAN + 'abXY019 ,;|\t"、\u3000\ufeff😀'
DANGEROUS = ["=1+1", "+1", "-1", "@a", "＝1+1", "\t=1", "http://a.cn", "mailto:a@b", "=HYPERLINK('x')"]
HEADER = ("工单号", "反馈内容", "创建时间")
Promise = Callable[[int, Path, np.random.Generator], int]


# ---- publishing -------------------------------------------------------------------------------------


def staged(folder: Path, number: int) -> Path:
    """A run folder whose every file says its number, and whose run.json knows their hashes."""
    made = folder / f"run-{number}"
    (made / "tables").mkdir(parents=True)
    for file in range(FILES):
        words = f"{number}:{file}\n" * (1 + 97 * file)
        (made / "tables" / f"{file}.txt").write_text(words, encoding="utf-8")
    listed = [
        {"path": path.relative_to(made).as_posix(), "sha256": inputs.sha256(path)}
        for path in sorted(made.rglob("*.txt"))
    ]
    (made / runs.FILE).write_text(json.dumps({"run_id": number, "files": listed}), encoding="utf-8")
    return made


def shown(target: Path) -> int:
    """The number of the run a reader finds; −1 where a file of it is not as its run.json says."""
    try:
        content = json.loads((target / runs.FILE).read_text(encoding="utf-8"))
        whole = all(inputs.sha256(target / item["path"]) == item["sha256"] for item in content["files"])
    except (OSError, ValueError):
        return -1
    return content["run_id"] if whole and len(content["files"]) == FILES else -1


def publications(folder: Path, first: int, said: int) -> None:
    """Publish one run after the other, telling the number of each when it is done; never returns."""
    number = first
    while True:
        folders.publish(staged(folder / "staging", number), folder / "target")
        os.write(said, f"{number}\n".encode())
        number += 1


def publisher_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A reader never sees half a report, and what was told as published is there, wherever a kill falls."""
    began = time.perf_counter()
    for number in (-2, -1, 0):
        folders.publish(staged(folder / "staging", number), folder / "target")
    three, broken, first = time.perf_counter() - began, 0, 1
    for _ in range(n):
        reading, writing = os.pipe()
        if not (child := os.fork()):
            publications(folder, first, writing)
        os.close(writing)
        time.sleep(rng.uniform(0, three))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reading) as told:
            last = int(([first - 1, *told.read().split()])[-1])
        seen = shown(folder / "target")
        broken += not last <= seen
        first = max(last, seen) + 1
        shutil.rmtree(folder / "staging", ignore_errors=True)
    return broken


CALLS = ("os.fsync", "os.open", "pathlib.Path.rename", "pathlib.Path.chmod", "pathlib.Path.mkdir")


def faults(n: int, folder: Path, rng: np.random.Generator) -> int:
    """The last report stays whole and the error says so, whichever call to the disk is the one that fails."""
    broken = 0
    for number in range(n):
        call = CALLS[number % len(CALLS)]
        target = folder / f"{number}"
        folders.publish(staged(folder / "a", number), target)
        after = staged(folder / "b", number + n)
        try:
            with failing(call, int(rng.integers(0, FILES + 6)), int(rng.choice([5, 28, 122]))):
                folders.publish(after, target)
            broken += shown(target) != number + n
        except PublishError as error:
            broken += shown(target) != number or "没有改变" not in str(error)
    return broken


@contextmanager
def failing(call: str, nth: int, errno: int) -> Iterator[None]:
    """The nth call of a function fails as the system would make it; the exchange of folders is not there."""
    from importlib import import_module

    owner, name = call.rsplit(".", 1)
    holder = import_module("pathlib").Path if owner == "pathlib.Path" else import_module(owner)
    real, left = getattr(holder, name), iter([*[False] * nth, True])

    def faulty(*given, **named):
        if next(left, False):
            raise OSError(errno, os.strerror(errno))
        return real(*given, **named)

    with mock.patch.object(holder, name, faulty), mock.patch.object(folders, "_exchange", return_value=False):
        yield


def starts(n: int, folder: Path, rng: np.random.Generator) -> int:
    """Of runs started at once exactly one has the lock; the others are told at once."""
    broken = 0
    for number in range(n):
        many = 50 if number % 10 == 0 else 10
        fork = multiprocessing.get_context("fork")
        gate = fork.Barrier(many)
        started = [fork.Process(target=held, args=(folder, f"报告{number}", gate)) for _ in range(many)]
        for process in started:
            process.start()
        for process in started:
            process.join()
        broken += sorted(process.exitcode for process in started) != [0, *[TOLD] * (many - 1)]
    return broken


def held(folder: Path, name: str, gate: Barrier) -> None:
    """This process gets the lock and keeps it until all have asked for it; else it ends TOLD.

    All ask at once, when the last of them has started.
    """
    gate.wait(PATIENCE)
    try:
        with folders.locked(folder, name):
            gate.wait(PATIENCE)
    except LockedError:
        gate.wait(PATIENCE)
        sys.exit(TOLD)


def tampering(n: int, folder: Path, rng: np.random.Generator) -> int:
    """One changed byte of a published run is found."""
    made = staged(folder, 1)
    paths = sorted(made.rglob("*.txt"))
    broken = 0
    for _ in range(n):
        path = paths[rng.integers(len(paths))]
        content = bytearray(path.read_bytes())
        place = int(rng.integers(len(content)))
        was, content[place] = content[place], (content[place] + int(rng.integers(1, 256))) % 256
        path.write_bytes(content)
        broken += len(manifest.verify(made)) != 1
        content[place] = was
        path.write_bytes(content)
    return broken


# ---- a whole run ------------------------------------------------------------------------------------

VOICES = 30  # feedbacks of the month
GONE = 10  # seconds within which nothing a killed run started may go on
ENDED = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
SHOP = {
    "name": "小店",
    "period": "2026-09",
    "industry": "ecommerce",
    "sources": [{"name": "工单", "path": "a.csv", "channel": "电话"}],
    "render": {"html": True, "pdf": False, "excel": False},
}


def shop(folder: Path, number: int) -> Path:
    """The params of a shop every feedback of which says the number."""
    rows = [
        f"T{row},c{row},第{number}回了，第{row}件还是物流太慢,2026-09-{1 + row % 28:02} 10:00"
        for row in range(VOICES)
    ]
    lines = ["工单号,客户编号,反馈内容,创建时间", *rows]
    (folder / "a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "params.yaml").write_text(json.dumps(SHOP, ensure_ascii=False), encoding="utf-8")
    return folder / "params.yaml"


def said(texts: pd.Series) -> int:
    """The number all feedbacks of a month say; −1 where they say several, or some are missing."""
    numbers = texts.str.extract(r"第(\d+)回", expand=False).unique()
    return int(numbers[0]) if len(numbers) == 1 and len(texts) == VOICES else -1


def reported(folder: Path) -> int:
    """The number a reader finds in the published report; −1 where a file is not as run.json says."""
    made = folder / "outputs" / "小店" / "2026-09"
    if not made.exists():
        return 0
    if manifest.verify(made):
        return -1
    return said(pd.read_parquet(made / "tables" / "issues.parquet", columns=["text"])["text"])


def running(mark: str) -> bool:
    """Whether a process whose environment holds the mark goes on."""
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ended = (place / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            if mark.encode() in (place / "environ").read_bytes() and not ended:
                return True
    return False


def left(mark: str) -> bool:
    """Whether something of a run still goes on after GONE seconds."""
    until = time.monotonic() + GONE
    while running(mark) and time.monotonic() < until:
        time.sleep(0.2)
    return running(mark)


def started(file: Path, mark: str) -> subprocess.Popen[bytes]:
    """A run in a session of its own, whose processes all carry the mark."""
    return subprocess.Popen(
        [sys.executable, "-m", "voc_lib.cli", "run", str(file)],
        env={**os.environ, "VOC_TRIED": mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def run_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A run ended at any moment leaves a whole report, the archive whole, no process and no lock."""
    began = time.perf_counter()
    broken = int(started(shop(folder, 1), f"{folder}:1").wait() != 0)
    whole = time.perf_counter() - began
    for number in range(2, n + 2):
        mark = f"{folder}:{number}"
        child = started(shop(folder, number), mark)
        with suppress(subprocess.TimeoutExpired):
            child.wait(rng.uniform(0, whole))
        with suppress(ProcessLookupError):
            (os.killpg, os.kill)[number % 2](child.pid, ENDED[number // 2 % len(ENDED)])
        published = child.wait() == 0
        kept = said(archive.read(folder / "outputs" / "archive" / "小店")["text"])
        seen = reported(folder)
        fine = 0 < seen <= number and 0 < kept <= number and (seen == number or not published)
        broken += left(mark) or not fine
    return broken + int(started(shop(folder, n + 2), "last").wait() != 0 or reported(folder) != n + 2)


# ---- archive and register ---------------------------------------------------------------------------

ROWS = 40
ARCHIVING = """
import sys
from pathlib import Path
from benchmarks import promises
from voc_lib.collect import archive
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    archive.write(promises.history(number), Path(sys.argv[1]))
    print(number, flush=True)
    number += 1
"""
REGISTERING = """
import sys
from datetime import datetime
from voc_lib.register import database, store
engine = database.open(sys.argv[1])
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    store.add_correction(engine, f"工单:{number}", "EC-LOG", who="王敏", at=datetime(2026, 9, 1))
    print(number, flush=True)
    number += 1
"""


def history(number: int) -> pd.DataFrame:
    """Rows of one month, all of which say the number."""
    rows = [
        {
            "feedback_id": str(row),
            "created_at": pd.Timestamp("2026-09-01") + pd.Timedelta(hours=row),
            "text": f"第{number}次",
            "source": "工单",
            "channel": "电话",
            "file": "a.csv",
            "line": row,
        }
        for row in range(ROWS)
    ]
    return schema.shape(pd.DataFrame(rows), schema.HISTORY)


def killed(script: str, place: str, first: int, rng: np.random.Generator) -> int:
    """The last number a child told as written before it was killed."""
    command = [sys.executable, "-c", script, place, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.uniform(0, 0.3))
        child.kill()
        return int(([first - 1, *child.stdout.read().split()])[-1])


def archive_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A month of the archive is the old one or the new one, wherever a kill falls."""
    archive.write(history(0), folder)
    broken, first = 0, 1
    for _ in range(n):
        last = killed(ARCHIVING, str(folder), first, rng)
        texts = archive.read(folder)["text"]
        seen = int(texts.iloc[0][1:-1])
        broken += len(texts) != ROWS or len(set(texts)) != 1 or seen < last
        first = max(last, seen) + 1
    return broken


SINCE = ["csat_scale"]  # columns the first version's archive had not


def old_archive_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """An archive the first version wrote is read whole, wherever a kill stops what adds to it."""
    broken = 0
    for number in range(n):
        place = folder / f"{number}"
        place.mkdir()
        for month, back in (("2026-08", 1), ("2026-09", 0)):
            rows = history(-1).drop(columns=SINCE)
            rows = rows.assign(created_at=rows["created_at"] - pd.DateOffset(months=back))
            rows.assign(feedback_id=rows["feedback_id"] + month).to_parquet(place / f"{month}.parquet")
        before = archive.read(place)
        broken += len(before) != 2 * ROWS or before[SINCE].notna().any(axis=None)
        new = history(number).assign(feedback_id=lambda rows: rows["feedback_id"] + "2026-09")
        halted(lambda new=new, place=place: archive.write(new, place), 0.3, rng)
        held = archive.read(place)
        august, september = held[:ROWS], held[ROWS:]
        now = set(september["text"])
        broken += (
            not august.equals(before[:ROWS])
            or len(september) != ROWS
            or now not in ({"第-1次"}, {f"第{number}次"})
        )
    return broken


def archives_at_once(n: int, folder: Path, rng: np.random.Generator) -> int:
    """Two processes that archive at once both go on, and leave months that can be read, whole."""
    broken = 0
    for number in range(n):
        place = folder / f"{number}"
        archive.write(history(0), place)
        commands = [[sys.executable, "-c", ARCHIVING, str(place), str(k)] for k in (1, 10_000)]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands]
        for child in both:
            assert child.stdout is not None
            child.stdout.readline()
        for _ in range(20):
            texts = archive.read(place)["text"]
            broken += len(texts) != ROWS or len(set(texts)) != 1
        for child in both:
            broken += child.poll() is not None
            child.kill()
            child.communicate()
    return broken


def register_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """What the register told as saved is in it, and it opens, wherever a kill falls."""
    url, broken, first = f"sqlite:///{folder / 'register.db'}", 0, 1
    for _ in range(n):
        last = killed(REGISTERING, url, first, rng)
        engine = database.open(url)
        with engine.connect() as at:
            fine = at.execute(sql("PRAGMA integrity_check")).scalar() == "ok"
            ids = at.execute(sql("SELECT count(DISTINCT feedback_id) FROM voc_corrections")).scalar() or 0
        engine.dispose()
        broken += not fine or ids < last
        first = ids + 1
    return broken


def halted(work: Callable[[], object], longest: float, rng: np.random.Generator) -> None:
    """Do something in a process of its own, killed at any moment of so many seconds."""
    if not (child := os.fork()):
        with suppress(BaseException):
            work()
        os._exit(0)
    time.sleep(rng.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def compacting_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """An archive of three months with rows in two of them holds each row once, wherever a kill falls."""
    broken = 0
    for number in range(n):
        place = folder / f"{number}"
        for k in range(3):
            rows, back = history(k), pd.DateOffset(months=k)
            ids = rows["feedback_id"].radd(f"{k}-")
            archive.write(rows.assign(feedback_id=ids, created_at=rows["created_at"] - back), place)
        shutil.copy(place / "2026-08.parquet", place / "2026-06.parquet")
        before = archive.read(place)
        for _ in range(int(rng.integers(1, 4))):
            halted(lambda place=place: archive.compact(place), 0.4, rng)
        broken += not archive.read(place).equals(before)
        archive.compact(place)
        broken += not archive.read(place).equals(before) or any(place.glob(".*.part"))
    return broken


LAYOUTS = {
    1: """
CREATE TABLE voc_corrections (id INTEGER PRIMARY KEY, feedback_id VARCHAR(200) NOT NULL, field VARCHAR(40),
  version INTEGER, seen INTEGER, old TEXT, new TEXT, who VARCHAR(100), at DATETIME, why TEXT);
CREATE TABLE voc_codings (id INTEGER PRIMARY KEY, feedback_id VARCHAR(200) NOT NULL, coder VARCHAR(100),
  tags TEXT, note TEXT, at DATETIME);
""",
    2: """
DROP TABLE voc_knowledge; DROP TABLE voc_revisions; UPDATE voc_register SET version = 2;
""",
    3: """
ALTER TABLE voc_alerts DROP COLUMN rule; DROP TABLE voc_revisions; UPDATE voc_register SET version = 3;
CREATE TABLE voc_revisions (number INTEGER PRIMARY KEY, corrections INTEGER NOT NULL,
  codings INTEGER NOT NULL, draws INTEGER NOT NULL, knowledge INTEGER NOT NULL, at DATETIME NOT NULL,
  UNIQUE (corrections, codings, draws, knowledge));
INSERT INTO voc_revisions VALUES (7, 50, 50, 0, 0, '2026-09-01');
""",
}  # what makes a register of an older layout, the first as the first version wrote it
IDS = [str(number) for number in range(50)]


def upgrade_kills(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A register of an older layout is brought up whole, and its copy is, however often a kill stops it."""
    broken = 0
    for number in range(n):
        file, layout = folder / f"{number}.db", number % len(LAYOUTS) + 1
        held = _older(file, layout, corrected=number % 2 == 1)
        for _ in range(int(rng.integers(1, 3))):
            halted(lambda file=file: database.open(f"sqlite:///{file}"), 0.2, rng)
        engine = database.open(f"sqlite:///{file}")
        broken += database.layout(engine) != database.LAYOUT
        engine.dispose()
        broken += any(
            _ids(file, name) != {ident if ":" in ident else f":{ident}" for ident in ids}
            for name, ids in held.items()
        )
        copies = list(folder.glob(f"{number}.layout{layout}*.db"))
        broken += not copies or any(_ids(copy, name) != held[name] for copy in copies for name in held)
    return broken


def _older(file: Path, layout: int, *, corrected: bool) -> dict[str, set[str]]:
    """Write a register of a layout, and say which ids each of its old tables holds."""
    day, mark = "2026-09-01 00:00:00.000000", "" if layout == 1 else "工单:"
    if layout > 1:
        database.open(f"sqlite:///{file}").dispose()
    with closing(sqlite3.connect(file)) as made:
        made.executescript(LAYOUTS[layout])
        answers = "(feedback_id, coder, tags, note, at) VALUES (?, '甲', 'EC-LOG', '', ?)"
        made.executemany(f"INSERT INTO voc_codings {answers}", [(mark + ident, day) for ident in IDS])
        said = "(feedback_id, field, version, seen, new, who, at, why)"
        rows = [(mark + ident, day) for ident in IDS if corrected]
        made.executemany(
            f"INSERT INTO voc_corrections {said} VALUES (?, 'tags', 1, 0, 'a', '甲', ?, '')", rows
        )
        made.commit()
    everyone = {mark + ident for ident in IDS}
    return {"voc_codings": everyone, "voc_corrections": everyone if corrected else set()}


def _ids(file: Path, table: str) -> set[str]:
    with closing(sqlite3.connect(file)) as held:
        return {ident for (ident,) in held.execute(f"SELECT feedback_id FROM {table}")}


# ---- reading, writing, asking -----------------------------------------------------------------------


def words(rng: np.random.Generator, longest: int = 14) -> str:
    """Some signs, drawn."""
    return "".join(rng.choice(list(SIGNS), int(rng.integers(0, longest))))


def table(rng: np.random.Generator) -> tuple[bytes, int]:
    """A delimited file as some system wrote it, and its rows below the header."""
    mark = str(rng.choice([",", "\t", ";", "|"]))
    rows = [(f"T{i}", words(rng), f"2026-09-{1 + i % 28:02}") for i in range(int(rng.integers(1, 12)))]
    quoted = ['"' + cell.replace('"', '""') + '"' for row in (HEADER, *rows) for cell in row]
    lines = [mark.join(quoted[i : i + 3]) for i in range(0, len(quoted), 3)]
    content = str(rng.choice(["\n", "\r\n"])).join(lines) + "\n"
    name = str(rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    return content.encode(name), len(rows)


def tables(n: int, folder: Path, rng: np.random.Generator) -> int:
    """Every row of a file is read or told: none goes missing."""
    file, broken = folder / "a.csv", 0
    for _ in range(n):
        content, rows = table(rng)
        file.write_bytes(content)
        (read,) = readers.read(file)
        broken += read.read != rows or read.read != len(read.lines) + len(read.rejects)
    return broken


def mutations(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A damaged file is read whole or refused with a sentence that names it."""
    frame = pd.DataFrame(
        [["1", "慢", "2026-09-01"], ["2", "坏", "2026-09-02"]], columns=list(HEADER), dtype="str"
    )
    frame.to_excel(folder / "good.xlsx", index=False)
    frame.to_parquet(folder / "good.parquet")
    frame.to_json(folder / "good.json", orient="records", force_ascii=False)
    (folder / "good.csv").write_bytes(frame.to_csv(index=False).encode("gb18030"))
    goods = {path.suffix: path.read_bytes() for path in folder.glob("good.*")}
    kinds, broken = [*[".csv"] * 12, *[".json"] * 6, ".xlsx", ".parquet"], 0
    for number in range(n):
        kind = kinds[number % len(kinds)]
        content = bytearray(goods[kind])
        for place in rng.integers(0, len(content), int(rng.integers(1, 8))):
            content[place] = rng.integers(0, 256)
        file = folder / f"broken{kind}"
        file.write_bytes(content[: len(content) if number % 3 else int(rng.integers(1, len(content)))])
        try:
            broken += any(t.read != len(t.lines) + len(t.rejects) for t in readers.read(file))
        except DataError as error:
            broken += file.name not in str(error)
    return broken


def cells(n: int, folder: Path, rng: np.random.Generator) -> int:
    """No cell of a workbook that holds a customer's words is a formula or a link."""
    file = folder / "a.xlsx"
    texts = [str(rng.choice(DANGEROUS)) + words(rng) for _ in range(n)]
    frame = pd.DataFrame({"text": pd.Series(texts, dtype="str")})
    spec = schema.Table("t", "测试", (schema.Column("text", "text", "原话"),))
    excel.write(file, {"测试": (frame, spec)})
    written = [row[0] for row in openpyxl.load_workbook(file)["测试"].iter_rows(min_row=2)]
    return abs(len(written) - n) + sum(
        cell.data_type == "f" or cell.hyperlink is not None for cell in written
    )


GOOD = {"name": "报告", "industry": "ecommerce", "period": "2026-09", "sources": [{"name": "a", "path": "a"}]}
FIRST_KEYS = ("name", "period", "sources", "seed", "timezone")


def bad_params(n: int, folder: Path, rng: np.random.Generator) -> int:
    """A params file with a key or value that is none is refused with a sentence that names the key."""
    file, broken = folder / "params.yaml", 0
    for _ in range(n):
        content = dict(GOOD)
        if rng.random() < 0.5:
            key = str(rng.choice(FIRST_KEYS))
            place = int(rng.integers(len(key)))
            wrong = key[:place] + "xqz"[int(rng.integers(3))] + key[place:]
            content[wrong] = content.pop(key, 1)
        else:
            wrong = str(rng.choice(["period", "seed", "sources", "name"]))
            content[wrong] = [{"a": [1]}, [[1]], {"x": words(rng)}][int(rng.integers(3))]
        file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        try:
            params.load(file)
            broken += 1
        except ParamsError as error:
            broken += wrong not in str(error)
    return broken


PROMISES: dict[str, tuple[Promise, int, str]] = {
    "kills": (publisher_kills, 2000, "发布时在任意时刻被杀：读者看到的总是完整的一版，说了“已发布”的都在"),
    "a run killed": (run_kills, 200, "整个 voc run 在任意时刻被杀：报告、归档都完整，没有留下进程和锁"),
    "faults": (faults, 500, "发布时任何一次磁盘操作失败：上一版完整，错误说明白"),
    "starts": (starts, 20, "同一报告 10 个或 50 个同时启动：恰好一个运行，其余立即说明"),
    "tampering": (tampering, 2000, "已发布的文件改动一个字节：voc verify 查得出"),
    "archive kills": (archive_kills, 200, "写归档时被杀：每个月要么是旧的、要么是新的"),
    "old archive kills": (
        old_archive_kills,
        200,
        "首版写的归档：完整读出；往里写时被杀，每个月要么是旧的、要么是新的",
    ),
    "archives at once": (archives_at_once, 5, "两个进程同时写归档：随时读到的都完整"),
    "compacting kills": (compacting_kills, 100, "压缩归档时被杀：每一条都还在，而且只有一份"),
    "upgrade kills": (upgrade_kills, 300, "旧版登记库（格式 1、2、3）升级时被杀：再打开时升完，备份是完整的"),
    "register kills": (register_kills, 200, "写登记库时被杀：说了已保存的都在，库能打开"),
    "tables": (tables, 5000, "任意编码、分隔符、引号的表：每一行都读到或说明"),
    "mutations": (mutations, 10_000, "损坏的文件：完整读出，或用一句话拒绝"),
    "cells": (cells, 10_000, "客户的话写进工作簿：没有一格成为公式或链接"),
    "params": (bad_params, 5000, "参数写错：运行前拒绝，并指出是哪个键"),
}


def tried(name: str, share: float) -> tuple[int, int]:
    """How often a promise was tried at a share of its size, and how often it was not kept."""
    promise, size, _ = PROMISES[name]
    n = max(1, round(size * share))
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    with tempfile.TemporaryDirectory() as folder:
        return n, promise(n, Path(folder), np.random.default_rng([SEED, seed]))


if __name__ == "__main__":
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    wanted = " ".join(sys.argv[2:])
    print("| 承诺 | 试了 | 没有做到 |\n|---|---|---|")
    for name, (_, _, words_of) in PROMISES.items():
        if wanted in name:
            n, broken = tried(name, share)
            print(f"| {words_of} | {n} | {broken} |", flush=True)
