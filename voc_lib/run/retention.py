"""Which published reports may go: not the last ones, nor the last of a quarter; no archive, no register."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voc_lib.errors import ParamsError, PublishError
from voc_lib.period import Period
from voc_lib.run.publish import folders
from voc_lib.run.record import runs


@dataclass(frozen=True)
class Report:
    """A published report: where it stands, its name, period and run, and files the run did not write."""

    folder: Path
    name: str
    period: Period
    run_id: str
    strange: tuple[str, ...]


def published(outputs: Path) -> list[Report]:
    """Every published report whose folder is the one of its name and period."""
    return [
        Report(
            folder,
            content["name"],
            Period.parse(folder.name),
            str(content["run_id"]),
            _strange(folder, content),
        )
        for folder, content in runs.published(outputs)
        if content.get("name") == folder.parent.name and content.get("period") == folder.name
    ]


def dispensable(reports: Iterable[Report], keep: int) -> list[Report]:
    """Those that go when the last `keep` of each name and kind of period stay, and each quarter's last."""
    alike: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in sorted(reports, key=lambda r: (r.period.end, r.period.start), reverse=True):
        alike[report.name, kind(report.period.label)].append(report)
    return [report for group in alike.values() for report in _beyond(group, keep)]


def kind(label: str) -> str:
    """What kind of period a label names.

    >>> [kind(label) for label in ("2026-09", "2026-Q3", "2026-W37", "2026-09-01..2026-09-15")]
    ['0-0', '0-Q0', '0-W0', '0-0-0..0-0-0']
    """
    return re.sub(r"\d+", "0", label)


def _beyond(group: list[Report], keep: int) -> Iterator[Report]:
    """Of reports, the newest first, those neither among the first `keep` nor the last of their quarter."""
    quarters: set[tuple[int, int]] = set()
    for place, report in enumerate(group):
        quarter = (report.period.end.year, (report.period.end.month - 1) // 3)
        if place >= keep and quarter in quarters:
            yield report
        quarters.add(quarter)


def remove(outputs: Path, report: Report) -> None:
    """Nothing; the report is gone. One with files of people's own is refused."""
    if report.strange:
        raise ParamsError(
            f"{report.folder} 里有不是报告的文件（{'、'.join(report.strange[:3])}），没有删除。请先移走它们。"
        )
    try:
        with folders.locked(outputs, report.name):
            aside = outputs / ".staging" / f"{report.name}-{report.period.label}-{report.run_id}"
            aside.parent.mkdir(mode=0o700, exist_ok=True)
            report.folder.rename(aside)  # gone in one step; the next run sweeps up what a kill leaves
            shutil.rmtree(aside)
    except OSError as error:
        raise PublishError(f"{report.folder} 没有删完：{error.strerror or error}。请检查权限。") from None


def _strange(folder: Path, content: dict[str, Any]) -> tuple[str, ...]:
    """Files of a report's folder that its run did not write; a link to elsewhere is one."""
    known = {str(item.get("path")) for item in content.get("files", [])} | {runs.FILE}
    if folder.is_symlink():
        return (folder.name,)
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return tuple(sorted({path.relative_to(folder).as_posix() for path in paths} - known))
