"""Whether workers run the same program: packages by version, this one by its files."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PACKAGES = (  # that decide what a worker gives; dask adds its own, numpy and pandas
    "voc-workbench",
    "ahocorasick-rs",
    "jieba",
    "opencc",
    "polars",
    "pyarrow",
    "rapidfuzz",
    "rjieba",
)
SCHEDULER = (
    "python",
    "dask",
    "distributed",
    "cloudpickle",
)  # of the scheduler, which does no work
ROOT = Path(__file__).parents[1]
FILES = {".py", ".yaml", ".txt"}


@cache
def digest() -> str:
    """One hash of the code and word lists of this package as it stands here."""
    total = hashlib.sha256()
    for path in sorted(path for path in ROOT.rglob("*") if path.suffix in FILES):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def differences(versions: Mapping[str, Any]) -> str:
    """What differs between here and the cluster, by `Client.get_versions`; "" where nothing does.

    >>> here, there = {"pandas": "3.1.1", "dask": "1"}, {"pandas": None, "dask": "1"}
    >>> nodes = {"a": {"packages": there}, "b": {"packages": here}}
    >>> differences({"client": {"packages": here}, "scheduler": {"packages": here}, "workers": nodes})
    'pandas 本机 3.1.1、工作进程 没有装'
    """
    here, scheduler = versions["client"]["packages"], versions["scheduler"]["packages"]
    found = [
        _said(name, version, "工作进程", strange)
        for name, version in here.items()
        if (strange := {w["packages"].get(name) for w in versions["workers"].values()} - {version})
    ]
    found += [
        _said(name, here[name], "调度器", {scheduler.get(name)})
        for name in SCHEDULER
        if name in here and scheduler.get(name) != here[name]
    ]
    return "；".join(found)


def _said(name: str, here: str | None, where: str, there: set[str | None]) -> str:
    others = "、".join(sorted(version or "没有装" for version in there))
    return f"{name} 本机 {here or '没有装'}、{where} {others}"
