"""Tasks as 飞书 and 钉钉 export them, read back: which measures are done, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from voc_lib.errors import DataError
from voc_lib.exchange import fields
from voc_lib.exchange.bench import Bench
from voc_lib.exchange.cells import begun_day
from voc_lib.exchange.returned import MOST, Returned
from voc_lib.exchange.sheets import Grid
from voc_lib.register import entries, known
from voc_lib.register.entries import Content, Place
from voc_lib.register.known import Edit
from voc_lib.yamlfile import shipped

OPEN, DONE, CANCELLED = fields.STATES


@dataclass(frozen=True)
class Task:
    """A task that is a measure: its place in words, the key of the measure, its state, when it was done."""

    place: str
    key: str
    state: str
    done: str


@cache
def _words() -> Mapping[str, Mapping[str, list[str]]]:
    return shipped("voc_lib.exchange", "tasklists.yaml")


def found(grids: Mapping[str, Grid]) -> dict[str, Grid]:
    """The sheets that are task lists; none where the file holds none."""
    return {sheet: grid for sheet, grid in grids.items() if _head(grid.rows) is not None}


def take(bench: Bench, name: str, lists: Mapping[str, Grid], *, why: str = "") -> Returned:
    """The measures done by a list of tasks, saved; DataError with sheet and row of all that cannot be."""
    held = bench.state()
    tasks, faults = [], []
    for sheet, grid in lists.items():
        right, wrong = _tasks(sheet, grid.rows, held)
        tasks += right
        faults += wrong
    if not tasks and not faults:
        raise DataError(f"{name} 里没有一项任务以方案编号开头（例如 M01 增设晚班），没有保存任何内容。")
    wanted: dict[Place, Edit] = {}
    for task in tasks:
        try:
            wish = _edit(task, held)
        except DataError as error:
            faults.append(f"{task.place}：{error}")
            continue
        wanted |= {wish.place: wish} if wish else {}
    if faults:
        lines = "".join(f"\n  · {fault}" for fault in faults[:MOST])
        raise DataError(f"{name} 有 {len(faults)} 处不能保存，没有保存任何内容：{lines}")
    saved = bench.save(wanted.values(), why=why, origin=name)
    return Returned(saved, len(tasks) - len(wanted))


def _head(rows: Sequence[Sequence[str]]) -> int | None:
    """The line that heads a list of tasks: it names the task, its state or when it was done."""
    return next((n for n, row in enumerate(rows) if {"task", "state"} <= set(_columns(row))), None)


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Field -> column of a header, by the names either tool gives it, the first named first."""
    return {
        field: row.index(next(name for name in names if name in row))
        for field, names in _words()["headers"].items()
        if any(name in row for name in names)
    }


def _tasks(sheet: str, rows: Sequence[Sequence[str]], held: known.State) -> tuple[list[Task], list[str]]:
    """The tasks of a list that are measures, no steps below them, and what cannot be read of them."""
    head = _head(rows) or 0
    columns = _columns(rows[head])
    keys = sorted((key for kind, key in held if kind == "measure"), key=len, reverse=True)
    found, faults, first = [], [], dict[str, str]()
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = {field: row[column] for field, column in columns.items()}
        key = _key(cells["task"], keys)
        place = f"{sheet} 第 {number} 行"
        if not key or cells.get("parent"):
            continue
        if key in first:
            faults.append(f"{place}：“{key}” 在 {first[key]} 已经有了；请只留一行")
            continue
        first[key] = place
        try:
            found.append(Task(place, key, _state(cells["state"]), _day(cells.get("done", ""))))
        except DataError as error:
            faults.append(f"{place}：{error}")
    return found, faults


def _key(name: str, keys: Sequence[str]) -> str:
    """The key a task begins with, the longest there is; "" where it begins with none.

    >>> _key("M01 第2轮 换承运商", ["M01 第2轮", "M01"]), _key("M011 培训", ["M01"])
    ('M01 第2轮', '')
    """
    return next((key for key in keys if name == key or name.startswith(f"{key} ")), "")


def _state(written: str) -> str:
    """The state in the house's words; DataError where a word is unknown."""
    states = _words()["states"]
    for state in fields.STATES:
        if written.lower() in states[state]:
            return state
    known_words = "、".join(word for words in states.values() for word in words if word)
    raise DataError(f"状态 “{written}” 无法识别。可用：{known_words}")


def _day(written: str) -> str:
    """The day of a moment however written; "" for none.

    >>> _day("2026/4/28 18:30"), _day("2026年4月28日 下午6:30"), _day("2026-04-28T10:30:00+08:00"), _day("")
    ('2026-04-28', '2026-04-28', '2026-04-28', '')
    """
    if not written:
        return ""
    found = begun_day(written)
    if not found:
        raise DataError(f"完成时间 “{written}” 应是日期，例如 2026-09-30")
    return found


def _edit(task: Task, held: known.State) -> Edit | None:
    """What a task changes of its measure; None where they agree, DataError where they differ."""
    place = ("measure", task.key)
    entry = held[place]
    if entry.row is None:
        raise DataError(f"措施 {task.key} 已撤回")
    stood = entry.row.content
    state = CANCELLED if stood.get("cancelled") else DONE if stood.get("done") else OPEN
    if task.state == state and (task.state != DONE or task.done in ("", stood["done"])):
        return None
    if state != OPEN:
        told = f"{DONE}（{stood['done']}）" if state == DONE else state
        theirs = f"{task.state}{f'（{task.done}）' if task.done else ''}"
        raise DataError(f"措施 {task.key} 在登记库里是{told}，任务里是{theirs}；请先核对，改成一样")
    if task.state == DONE and not task.done:
        raise DataError(f"措施 {task.key} 写了已完成，却没有完成时间")
    changed: Content = {"done": task.done} if task.state == DONE else {"cancelled": True}
    content = fields.checked(fields.MEASURES, {**stood, **changed})
    return Edit(place, entries.Row(*place, content), entry.version, stood)
