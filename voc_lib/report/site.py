"""The index of all runs: one page with links to every deliverable, made from the run.json of each run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from voc_lib.errors import ArrivalError, PublishError, VocError
from voc_lib.period import Period
from voc_lib.report import markup
from voc_lib.report.tables import MISSING, number

INDEX = "index.html"
FORMS = {".html": "HTML", ".pdf": "PDF", ".xlsx": "Excel"}
COUNTS = {"read": "读入", "quarantined": "隔离", "kept": "保留", "in_period": "本期反馈"}
NOT_REPORTS = frozenset({"archive", "failed"})
FACETS = {"name": "报告", "period": "期间", "state": "状态"}
TROUBLE = "有问题"
FAILURES = 50  # listed on the page; the folders keep the rest


def write(outputs: Path) -> Path:
    """outputs/index.html, rewritten in one step; PublishError when the place cannot be written."""
    words = page(outputs)
    target = outputs / INDEX
    draft = outputs / f".{INDEX}.{os.getpid()}"
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise PublishError(
            f"无法写入 {outputs.name}/{INDEX}：{error.strerror}。请检查磁盘空间和写入权限。"
        ) from error
    return target


def page(outputs: Path) -> str:
    """The index page: runs by period, newest first, then the failed runs with their sentence; filters."""
    runs = sorted(_runs(outputs), key=lambda run: (run["ends"], run["finished"], run["name"]), reverse=True)
    failed = sorted(failures(outputs), key=lambda run: (run["at"], run["name"]), reverse=True)[:FAILURES]
    return markup.page(
        "index.html.j2",
        runs=runs,
        failures=failed,
        facets=_facets([*runs, *failed]),
        counts=list(COUNTS.values()),
        missing=MISSING,
    )


def _facets(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What tells rows apart, each with its values; a row gets the number of its value (`picks`)."""
    facets: list[dict[str, Any]] = []
    for key, label in FACETS.items():
        values = list(dict.fromkeys(row[key] for row in rows))
        facets.append({"key": key, "label": label, "values": values})
        for row in rows:
            row.setdefault("picks", {})[key] = values.index(row[key])
    return [facet for facet in facets if len(facet["values"]) > 1]


def _ends(label: str) -> str:
    """The last day of a period, to sort by; "" where the label is none.

    >>> _ends("2026-Q3"), _ends("2026-09"), _ends("旧的")
    ('2026-09-30', '2026-09-30', '')
    """
    try:
        return str(Period.parse(label).end)
    except VocError:
        return ""


def _runs(outputs: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(outputs.glob("*/*/run.json")):
        name, period = path.parts[-3], path.parts[-2]
        if name not in NOT_REPORTS and not name.startswith("."):
            yield _run(path.parent, name, period)


def _run(folder: Path, name: str, period: str) -> dict[str, Any]:
    content = _json(folder / "run.json")
    if content is None:
        return {
            "name": name, "period": period, "status": "run.json 无法读取", "state": TROUBLE, "tone": "bad",
            "finished": "", "ends": _ends(period), "rows": [MISSING] * len(COUNTS), "main": None,
            "others": [], "versions": [], "absent": [],
        }  # fmt: skip
    found = _deliverables(folder, f"{name}/{period}", content.get("files"))
    published = content.get("status") == "published"
    return {
        "name": str(content.get("name") or name),
        "period": str(content.get("period_title") or period),
        "status": "已发布" if published else str(content.get("status") or "状态不明"),
        "state": "已发布" if published else TROUBLE,
        "tone": "good" if published else "bad",
        "finished": moment(content.get("finished_at")),
        "ends": _ends(period),
        "rows": _counts(content.get("ledger")),
        "main": found[-1] if found else None,
        "others": found[:-1],
        "versions": list(_versions(folder, f"{name}/{period}", content.get("audiences"))),
        "absent": [*_absent(content.get("absent")), *_without(content.get("audiences"))],
    }


def _absent(told: Any) -> list[str]:
    """The deliverables a run did not make, each with why."""
    return [f"{name}：{why}" for name, why in told.items()] if isinstance(told, dict) else []


def _without(audiences: Any) -> list[str]:
    """The audiences that got no version, each with why."""
    return [f"{line['name']}：{line['absent']}" for line in _lines(audiences) if line.get("absent")]


def _versions(folder: Path, base: str, audiences: Any) -> Iterator[dict[str, Any]]:
    """The version of each audience: its summary, and the folder of all that is handed over."""
    for line in _lines(audiences):
        place = f"audiences/{line['name']}"
        reports = (
            sorted((folder / place / "reports").glob("*.*")) if _inside(folder, place, whole=True) else []
        )
        links = [
            {"form": FORMS[path.suffix], "href": quote(f"{base}/{place}/reports/{path.name}")}
            for path in reports
            if path.suffix in FORMS
        ]
        sealed = f"{place}.zip"
        if _inside(folder, sealed):
            links.append({"form": "ZIP", "href": quote(f"{base}/{sealed}")})
        if links:
            yield {
                "title": str(line["name"]),
                "links": [*links, {"form": "全部文件", "href": quote(f"{base}/{place}/")}],
            }


def _lines(audiences: Any) -> list[dict[str, Any]]:
    lines = audiences if isinstance(audiences, list) else []
    return [line for line in lines if isinstance(line, dict) and line.get("name")]


def _deliverables(folder: Path, base: str, files: Any) -> list[dict[str, Any]]:
    """The deliverables of a run in the order of the steps, each with its links; the summary is last."""
    found: dict[str, dict[str, Any]] = {}
    for file in files if isinstance(files, list) else []:
        path = str(file.get("path", "")) if isinstance(file, dict) else ""
        suffix = Path(path).suffix.lower()
        if suffix not in FORMS or not path.startswith(("reports/", "excel/")) or not _inside(folder, path):
            continue
        step = str(file.get("step") or path)
        entry = found.setdefault(step, {"title": "", "links": []})
        if suffix != ".xlsx" or not entry["title"]:
            entry["title"] = str(file.get("title") or Path(path).stem)
        entry["links"].append({"form": FORMS[suffix], "href": quote(f"{base}/{path}")})
    for entry in found.values():
        entry["links"].sort(key=lambda link: list(FORMS.values()).index(link["form"]))
    return [found[step] for step in sorted(found)]


def _inside(folder: Path, path: str, *, whole: bool = False) -> bool:
    """Whether a path stays in the folder and there is a file (a `whole` folder) of that name."""
    there = (folder / path).is_dir() if whole else (folder / path).is_file()
    return ".." not in Path(path).parts and not Path(path).is_absolute() and there


def _counts(ledger: Any) -> list[str]:
    lines = [line for line in ledger if isinstance(line, dict)] if isinstance(ledger, list) else []
    if not lines:
        return [MISSING] * len(COUNTS)
    return [number(sum(_whole(line.get(key)) for line in lines), "int") for key in COUNTS]


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0


def failures(outputs: Path) -> Iterator[dict[str, Any]]:
    """Every failed run that is kept: report, period, time, status, sentence and where its remains are."""
    for path in sorted((outputs / "failed").glob("*/*/*/error.json")):
        content = _json(path) or {}
        yield {
            "name": path.parts[-4],
            "period": _title(path.parts[-3]),
            "state": "数据未到" if content.get("exit_code") == ArrivalError.exit_code else "没有成功",
            "at": _stamp(path.parts[-2]),
            "message": str(content.get("message") or "error.json 无法读取；请查看该文件夹中的笔记本。"),
            "folder": quote(f"failed/{'/'.join(path.parts[-4:-1])}/"),
        }


def _title(label: str) -> str:
    try:
        return Period.parse(label).title
    except VocError:
        return label


def _json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def moment(value: Any) -> str:
    """“2026-10-01T08:30:12+08:00” as “2026-10-01 08:30”.

    >>> moment("2026-10-01T08:30:12+08:00")
    '2026-10-01 08:30'
    """
    return str(value or "")[:16].replace("T", " ")


def _stamp(run_id: str) -> str:
    """The time a run id begins with.

    >>> _stamp("20261001T083012-a1b2c3")
    '2026-10-01 08:30'
    """
    digits = run_id[:15].replace("T", "")
    if len(digits) != 14 or not digits.isdigit():
        return run_id
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]}"
