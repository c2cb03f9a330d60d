"""Every file a run depends on, and one hash of each: what makes “nothing changed” a fact."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from voc_lib.collect import withdrawn
from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Settings
from voc_lib.run import notebooks
from voc_lib.run.record import registered
from voc_lib.run.steps import STEPS, StepSpec

PACKAGES = (
    "voc-workbench",
    "pandas",
    "numpy",
    "pyarrow",
    "papermill",
    "nbclient",
    "nbconvert",
    "ipykernel",
    "matplotlib",
    "scipy",
    "statsmodels",
    "scikit-learn",
    "rjieba",
    "typst",
    "xlsxwriter",
)
SIDES = ("customers", "orders", "exposure", "kpis", "status_events")
USAGE = ("logs", "employees", "functions")  # what the step on operation logs reads
WILD = set("*?[")
CODE = {".py", ".yaml", ".txt", ".typ", ".j2", ".css", ".html", ".otf", ".ttf", ".ipynb"}


@dataclass(frozen=True)
class Input:
    """One input file: which part of the params names it, where it is, and its short name in the ledger."""

    role: str
    path: Path
    short: str = ""


def files(settings: Settings) -> list[Input]:
    """Every file the params name; DataError or ParamsError listing all that are missing."""
    found, faults = survey(settings)
    if faults:
        kind = ParamsError if all(isinstance(fault, ParamsError) for fault in faults) else DataError
        raise kind("\n".join(str(fault) for fault in faults))
    return found


def survey(settings: Settings) -> tuple[list[Input], list[DataError | ParamsError]]:
    """The files the params name, and one error for each place that names nothing."""
    found: list[Input] = []
    faults: list[DataError | ParamsError] = []
    for role, written in [*_data(settings), *_scored(settings)]:
        paths = matches(settings, written)
        found.extend(Input(role, path, short) for path, short in paths)
        if not paths:
            faults.append(DataError(f"{role}：{_missing(settings, written)}"))
    for key, written in _words(settings):
        path = settings.resolve(written)
        if path.is_file():
            found.append(Input(key, path))
        else:
            faults.append(ParamsError(f"{key}：找不到文件 {written}（{path}）。请检查参数文件里的路径。"))
    return found, faults


def data(settings: Settings) -> list[Input]:
    """The files step 2 reads, without those that hold what people know."""
    return _found(settings, _data(settings))


def scores(settings: Settings) -> list[Input]:
    """The score sheets of judges, which step 5 reads."""
    return _found(settings, _scored(settings))


def _found(settings: Settings, named: list[tuple[str, str]]) -> list[Input]:
    return [Input(role, path, short) for role, written in named for path, short in matches(settings, written)]


def _data(settings: Settings) -> list[tuple[str, str]]:
    params = settings.params
    named = [(source.name, path) for source in params.sources for path in source.paths]
    named += [(records.name, records.path) for records in params.records]
    sides = {key: getattr(params, key) for key in (*SIDES, *USAGE)}
    return named + [(key, path) for key, side in sides.items() if side is not None for path in side.paths]


def _scored(settings: Settings) -> list[tuple[str, str]]:
    asked = settings.params.appraisal
    return [("appraisal.scores", asked.scores)] if asked and asked.scores else []


def _words(settings: Settings) -> list[tuple[str, str]]:
    params = settings.params
    named = [("knowledge", params.knowledge_file)]
    named += [(key, getattr(params, key)) for key in ("userdict", "stopwords")]
    if params.industry.endswith((".yaml", ".yml")):
        named.append(("industry", params.industry))
    return [(key, path) for key, path in named if path]


def matches(settings: Settings, written: str) -> list[tuple[Path, str]]:
    """The files, with short names, step 2 would read for a path, folder or wildcard; [] if there are none."""
    from voc_lib.collect import readers

    try:
        return readers.paths(settings.resolve(written))
    except DataError:
        return []


def _missing(settings: Settings, written: str) -> str:
    path = settings.resolve(written)
    if path.is_dir():
        return f"文件夹 {written} 是空的。请把导出的文件放进去。"
    if WILD & set(written):
        return f"没有文件符合 {written}（在 {path.parent} 中找过）。"
    near = sorted(p.name for p in path.parent.glob("*") if p.is_file())[:8] if path.parent.is_dir() else []
    beside = f"同一文件夹里有：{'、'.join(near)}。" if near else ""
    return f"找不到文件 {written}（{path}）。{beside}"


def described(settings: Settings, rows: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """The inputs as run.json lists them; `rows` read by (source, file) where known. Addresses stay `${…}`."""
    from voc_lib.clean.privacy import mask_text

    databases = [source for source in settings.params.sources if source.url]
    return [
        {
            "role": item.role,
            "path": mask_text(_relative(item.path, settings.folder)),  # a file may be named after somebody
            "bytes": item.path.stat().st_size,
            "sha256": sha256(item.path),
            "rows": rows.get((item.role, mask_text(item.short))),
        }
        for item in files(settings)
    ] + [
        {
            "role": source.name,
            "path": source.url,
            "bytes": None,
            "sha256": None,
            "rows": _all(rows, source.name),
        }
        for source in databases
    ]


def _all(rows: Mapping[tuple[str, str], int], role: str) -> int | None:
    counts = [count for (source, _), count in rows.items() if source == role]
    return sum(counts) if counts else None


def _relative(path: Path, folder: Path) -> str:
    """The path as seen from the params file, without user names."""
    return Path(os.path.relpath(path, folder)).as_posix()


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes; DataError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"无法读取 {path.name}：{error.strerror or error}。请检查文件权限。") from None


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a result."""
    return {"python": python_version(), **{name: version(name) for name in PACKAGES}}


def code_hash(settings: Settings, steps: tuple[StepSpec, ...] = STEPS) -> str:
    """One hash of the library and of the notebooks this project would run."""
    package = f"{notebooks.PACKAGE}{os.sep}"
    own = [notebooks.locate(spec.name, settings.folder) for spec in steps]
    parts = sorted((file.path, file.stat().st_mtime_ns) for file in _program(package))
    parts += [(str(path), path.stat().st_mtime_ns) for path in own]
    total = hashlib.sha256()
    for path, written in parts:
        name = path[len(package) :].replace(os.sep, "/") if path.startswith(package) else Path(path).name
        total.update(name.encode() + b"\0" + bytes.fromhex(_hashed(path, written)))
    return total.hexdigest()


def _program(folder: str) -> Iterator[os.DirEntry[str]]:
    """The files of the program in a folder and below, as the system lists them: a run asks some 20 times."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir():
                yield from _program(entry.path)
            elif entry.name[entry.name.rfind(".") :] in CODE:
                yield entry


@lru_cache(maxsize=4096)
def _hashed(path: str, written: int) -> str:
    """The hash of a file of the program, taken once for each time it was written."""
    return sha256(Path(path))


@dataclass(frozen=True)
class Decided:
    """What decides a result before anything runs: a hash of all but the register, and the register's state.

    The hash is "" when it cannot be known, because a source is a database.
    """

    hash: str
    taxonomy: str  # digest, of all it extends
    register: registered.State


def decided(settings: Settings, steps: tuple[StepSpec, ...] = STEPS) -> Decided:
    """Inputs, params, code, key, taxonomy and what people have set, as they stand now."""
    from voc_lib import tag

    taxonomy = tag.load(settings.params.industry, folder=settings.folder).digest
    if any(source.url for source in settings.params.sources):
        return Decided("", taxonomy, registered.state(settings))
    whole = _hash(
        [(item.role, _relative(item.path, settings.folder), sha256(item.path)) for item in files(settings)],
        settings.fingerprint,
        settings.period.label,
        [spec.name for spec in steps],
        code_hash(settings, steps),
        versions(),
        key_fingerprint(settings),
        taxonomy,
    )
    return Decided(whole, taxonomy, registered.state(settings))


def fingerprint(before: Decided, settings: Settings) -> str:
    """One hash of `decided` and of the history as it stands now; "" when it cannot be known.

    Taken after a run (which adds to the history), and again before the next to see whether anything changed.
    What people have set about feedback of other reports or later periods does not count; a report before that
    another taxonomy tagged does, and what the one before found, for they are compared with.
    """
    from voc_lib.run.record import preceding, taxonomies

    own = before.register.own(settings).described(settings)
    other = taxonomies.mark(settings, before.taxonomy)
    return before.hash and _hash(before.hash, own, history(settings), other, preceding.mark(settings))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def history(settings: Settings) -> list[tuple[str, str]]:
    """The archive's partitions up to the period end, what was taken out of the period, with their hashes."""
    root = settings.archive
    last = settings.period.months[-1]
    parts = sorted(root.rglob("*.parquet")) if root.is_dir() else []
    told = {withdrawn.file(root, each.number) for each in withdrawn.meeting(root, settings.period)}
    parts = [path for path in parts if path.parent.name != withdrawn.FOLDER or path in told]
    named = [(path, path.relative_to(root).as_posix()) for path in parts]
    return [(name, sha256(path)) for path, name in named if not _later(name, last)]


def _later(name: str, last: str) -> bool:
    month = re.search(r"\d{4}-\d{2}", name)
    return month is not None and month[0] > last


def key_fingerprint(settings: Settings) -> str:
    """What tells two customer keys apart without giving either away."""
    from voc_lib.clean import privacy

    return privacy.fingerprint(privacy.load_key(settings.outputs / ".keys"))
