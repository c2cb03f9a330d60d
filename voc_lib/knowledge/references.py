"""Faults between entries: numbers written twice, references to what is not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from voc_lib.errors import did_you_mean

SECTIONS = (
    *("causes", "measures", "promises", "revisits", "messages", "progress"),
    *("goals", "decisions", "incidents", "departures"),
)
KEYS = {"causes": "problem", "measures": "id", "promises": "name", "goals": "name", "departures": "owner"}
LABELS = {"causes": "问题", "measures": "编号", "promises": "名称", "goals": "名称", "departures": "姓名"}


def called(section: str, item: Any) -> str:
    """What an item of a section is called, “” where it has no name."""
    key = KEYS.get(section)
    value = item.get(key) if isinstance(item, dict) and key else None
    number = _round(item) if section == "measures" and value else 1
    return f"{value or ''} 第{number}轮" if number > 1 else str(value) if value not in (None, "") else ""


def _round(item: Any) -> int:
    number = item.get("round", 1) if isinstance(item, dict) else 1
    return number if isinstance(number, int) else 1


def references(raw: Any, problems: Collection[str] | None) -> Iterator[str]:
    """Faults between entries: numbers written twice, references to what is not there."""
    items = {section: _items(raw, section) for section in SECTIONS}
    for section, label in LABELS.items():
        names = Counter(filter(None, (called(section, item) for item in items[section])))
        for name in sorted(name for name, times in names.items() if times > 1):
            yield f"{section}.{name}：{label} “{name}” 写了 {names[name]} 次；请合并或改名"
    yield from _rounds(items["measures"])
    ids = {str(item["id"]) for item in items["measures"] if item.get("id")}
    for section in ("revisits", "messages", "progress", "decisions"):
        for number, entry in enumerate(items[section]):
            if (measure := str(entry.get("measure", ""))) and measure not in ids:
                yield f"{section}.{number}.measure：没有措施 “{measure}”。{_hint(measure, ids)}"
    trees = {called("causes", item): item.get("why") for item in items["causes"]}
    for item in items["measures"]:
        yield from _measure_references(item, trees, problems)
    for item in items["causes"]:
        yield from unknown(f"causes.{called('causes', item)}.problem", item.get("problem"), problems)
        yield from _questions(item)
    for section in ("goals", "promises"):
        for item in items[section]:
            yield from _of_metric(f"{section}.{called(section, item)}", item, problems)
    for number, item in enumerate(items["incidents"]):
        yield from unknown(f"incidents.{number}.problem", item.get("problem"), problems)


def _rounds(measures: list[dict]) -> Iterator[str]:
    """Faults of later rounds: none before it, of another problem, or begun before the one it follows."""
    first = {(str(item.get("id")), _round(item)): item for item in measures}
    for (name, number), item in first.items():
        if number == 1:
            continue
        place, before = f"measures.{called('measures', item)}", first.get((name, number - 1))
        if before is None:
            yield f"{place}.round：没有 {name} 的第 {number - 1} 轮；轮次要从 1 起连着写"
        elif before.get("problem") != item.get("problem"):
            yield f"{place}.problem：与上一轮的 “{before.get('problem')}” 不同；换了问题请用新编号"
        elif str(item.get("start")) <= str(before.get("start")):
            yield f"{place}.start：{item.get('start')} 不晚于上一轮的 {before.get('start')}；请改正其中一个"


def _questions(item: dict) -> Iterator[str]:
    written = set(_causes(item.get("why")))
    for asked in _items(item, "questions"):
        if (cause := asked.get("cause")) and cause not in written:
            place = f"causes.{called('causes', item)}.questions"
            yield f"{place}：5Why 中没有 “{cause}”。{_hint(str(cause), written)}"


def _items(raw: Any, section: str) -> list[dict]:
    entries = raw.get(section) if isinstance(raw, dict) else None
    return [item for item in entries if isinstance(item, dict)] if isinstance(entries, list) else []


def _measure_references(item: dict, trees: dict[str, Any], problems: Collection[str] | None) -> Iterator[str]:
    place = f"measures.{called('measures', item)}"
    yield from unknown(f"{place}.problem", item.get("problem"), problems)
    yield from _of_metric(place, item, problems)
    written = set(_causes(trees.get(item.get("problem", ""))))
    cause = item.get("cause")
    if cause and written and cause not in written:
        yield f"{place}.cause：“{item['problem']}” 的 5Why 中没有 “{cause}”。{_hint(str(cause), written)}"


def _of_metric(place: str, item: dict, problems: Collection[str] | None) -> Iterator[str]:
    metric = item.get("metric")
    if isinstance(metric, dict):
        yield from unknown(f"{place}.metric.category", metric.get("category"), problems)


def _causes(why: Any) -> Iterator[str]:
    for node in why if isinstance(why, list) else []:
        if isinstance(node, dict):
            yield str(node.get("cause", ""))
            yield from _causes(node.get("why"))


def unknown(place: str, problem: Any, problems: Collection[str] | None) -> Iterator[str]:
    """The fault of a place that names a problem the taxonomy lacks, if it is one."""
    if problems is not None and problem and str(problem) not in problems:
        yield f"{place}：标签体系中没有 “{problem}”。{_hint(str(problem), problems)}"


def _hint(word: str, allowed: Collection[str]) -> str:
    return did_you_mean(word, allowed) if allowed else "目前一个也没有写。"
