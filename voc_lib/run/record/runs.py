"""Published runs and what their run.json says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from voc_lib.errors import ParamsError
from voc_lib.params import Settings

FILE = "run.json"


def work_folder(settings: Settings) -> Path:
    """Where notebooks opened by hand leave their tables."""
    return settings.outputs / ".work" / settings.params.name / settings.period.label


def published_folder(settings: Settings) -> Path:
    """Where the published run of the report and period stands."""
    return settings.outputs / settings.params.name / settings.period.label


def outdated(settings: Settings) -> bool:
    """Whether nothing is published of the report and period, or params or knowledge were written since.

    False says nothing: data, register and code may have changed.
    """
    published = published_folder(settings) / FILE
    written = [settings.file, settings.resolve(settings.params.knowledge or "")]
    if not published.is_file():
        return True
    return any(path.is_file() and path.stat().st_mtime > published.stat().st_mtime for path in written)


def newest(folders: Iterable[Path], table: str) -> Path | None:
    """The file of a table written last in these run folders; None where none holds it."""
    found = [path for folder in folders if (path := folder / "tables" / f"{table}.parquet").is_file()]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest of a run folder, None when there is none or it is no manifest."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and "run_id" in content else None


def record(folder: Path, step: str) -> dict[str, Any]:
    """What a step of a run folder read (`read`, `used`), run by hand or published; {} if unknown."""
    try:
        return json.loads((folder / "results" / f"{step}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return (read(folder) or {}).get("steps", {}).get(step, {})


def require(folder: Path) -> dict[str, Any]:
    """The manifest of a published run; ParamsError when the folder is none."""
    content = read(folder)
    if content is None:
        raise ParamsError(
            f"{folder} 不是已发布的运行（没有 run.json）。请写到期间一级，例如 outputs/示例电商/2026-09。"
        )
    return content


def latest(settings: Settings) -> Path:
    """The run of the report that was published last, of whatever period; ParamsError where there is none."""
    folder = settings.outputs / settings.params.name
    found = next((place for place, _ in published(settings.outputs) if place.parent == folder), None)
    if found is None:
        raise ParamsError(
            f"“{settings.params.name}” 还没有发布过报告（{folder} 下没有）；"
            f"请先 voc run {settings.file.name}。"
        )
    return found


def published(outputs: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Every published run under outputs, the latest finished first."""
    hidden = ("archive", "failed")
    places = [p.parent for p in outputs.glob(f"*/*/{FILE}")]
    kept = [p for p in places if p.parent.name not in hidden and not p.parent.name.startswith(".")]
    runs = [(place, content) for place in kept if (content := read(place)) is not None]
    return sorted(runs, key=lambda run: (run[1].get("finished_at", ""), str(run[0])), reverse=True)
