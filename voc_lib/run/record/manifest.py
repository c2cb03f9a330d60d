"""run.json: from what, with what and into what a run was made."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from voc_lib import schema
from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.report.subject import said
from voc_lib.run.record import inputs, runs
from voc_lib.run.steps import MAKER, STEPS, StepSpec, spoken, title
from voc_lib.run.tables import read_table

LEDGER = [column.name for column in schema.LEDGER.columns]


def build(
    settings: Settings,
    folder: Path,
    *,
    run_id: str,
    times: tuple[datetime, datetime],
    seconds: dict[str, float],
    before: inputs.Decided,
    whole: bool,
) -> dict[str, Any]:
    """The manifest of a finished run folder; only of a `whole` run the fingerprint can be told."""
    from voc_lib.clean import written

    ledger = _ledger(folder)
    return {
        "version": 1,
        "name": settings.params.name,
        "period": settings.period.label,
        "period_title": settings.period.title,
        "status": "published",
        "run_id": run_id,
        "started_at": times[0].isoformat(timespec="seconds"),
        "finished_at": times[1].isoformat(timespec="seconds"),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "params_file": settings.file.name,
        "params": written.masked(settings.params.model_dump(mode="json"), frozenset()),
        "params_fingerprint": settings.fingerprint,
        "fingerprint": inputs.fingerprint(before, settings) if whole else "",
        "seed": settings.params.seed,
        "key_fingerprint": inputs.key_fingerprint(settings),
        "inputs": [
            *inputs.described(settings, _rows(ledger)),
            *before.register.own(settings).described(settings),
        ],
        "register": {"revision": settings.revision},
        "ledger": ledger,
        "notes": _notes(folder),
        "versions": inputs.versions(),
        "files": files(folder, settings.period, settings.params.subject),
    }


def _ledger(folder: Path) -> list[dict[str, Any]]:
    path = folder / "tables" / "ledger.parquet"
    if not path.is_file():
        return []
    frame = schema.shape(read_table(path), schema.LEDGER)
    return json.loads(frame[LEDGER].to_json(orient="records", force_ascii=False))


def _notes(folder: Path) -> list[str]:
    """What was noticed while reading the files."""
    path = folder / "tables" / "notes.parquet"
    return read_table(path)["note"].tolist() if path.is_file() else []


def _rows(ledger: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    rows: dict[tuple[str, str], int] = {}
    for line in ledger:
        key = (line["source"], line["file"])
        rows[key] = rows.get(key, 0) + line["read"]
    return rows


def files(folder: Path, period: Period, subject: str) -> list[dict[str, Any]]:
    """Every file of a run folder but the manifest: path, bytes, sha256, step and Chinese title."""
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / runs.FILE)
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": inputs.sha256(path),
            **_about(path.relative_to(folder), period, subject),
        }
        for path in paths
    ]


def _about(path: Path, period: Period, subject: str) -> dict[str, str]:
    if path.parts[0] == "tables" and path.stem in MAKER:
        return {"step": MAKER[path.stem], "title": said(schema.table(path.stem).title, subject)}
    spec = _step(path, subject)
    if spec is None:
        return {"step": "", "title": path.stem}
    if path.parts[0] == "excel":
        return {"step": spec.name, "title": path.stem}
    return {"step": spec.name, "title": title(spec, period, subject)}


def _step(path: Path, subject: str) -> StepSpec | None:
    for spec in STEPS:
        number = path.name.partition("_")[0]
        if spoken(spec, subject).workbook == path.stem if path.parts[0] == "excel" else spec.number == number:
            return spec
    return None


def write(folder: Path, content: dict[str, Any]) -> None:
    """Write run.json into a run folder."""
    words = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    (folder / runs.FILE).write_text(words, encoding="utf-8")


def verify(folder: Path) -> list[str]:
    """One sentence for every file of a published run that is gone, new or not as it was published."""
    content = runs.require(folder)
    known = {item["path"]: item["sha256"] for item in content["files"]}
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    new = sorted(there.keys() - known - {runs.FILE})
    faults = [f"{path} 不见了" for path in known if path not in there]
    faults += [
        f"{path} 的内容与发布时不同"
        for path in known
        if path in there and inputs.sha256(there[path]) != known[path]
    ]
    return faults + [f"{path} 发布时没有" for path in new]
