"""The head of a transcript: what its lines say of the time, the people and the kind of talk."""

from __future__ import annotations

import re

from voc_lib.collect.speakers import BRACKETS, person, plain, spelt

# 2026年9月10日 下午 2:30|1小时 2分钟 5秒: the head of a transcript that software made
OPENING = re.compile(
    r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}[\s日号（()）|｜·,，\-—~～:：.\d上下午早晚一二三四五六天周星期小时分钟秒hms]*"
)
FACTS = re.compile(r"\s{2,}|\u3000+|[；;]\s*(?=[一-鿿]{2,6}[:：])")  # between the facts of one line
DAY = re.compile(r"(?P<y>20\d\d)\s*[-/.年]\s*(?P<m>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})(?!\d)")
CLOCK = re.compile(
    r"(?<![\d:：])(?:(?P<half>上午|下午|晚上|晚|早上)\s*)?(?P<h>\d{1,2})[:：点时](?P<min>\d{2})?"
)


def began(line: str) -> str:
    """The day a line names, with the time of day if it has one; "" where it names none.

    >>> began("2026年9月10日 下午 2:30"), began("九月")
    ('2026-09-10 14:30', '')
    """
    day = DAY.search(line)
    if not day:
        return ""
    clock = CLOCK.search(line[day.end() :])
    when = f"{day['y']}-{int(day['m']):02}-{int(day['d']):02}"
    if clock and int(clock["h"]) < 24:
        late = clock["half"] in ("下午", "晚上", "晚") and int(clock["h"]) < 12
        when += f" {int(clock['h']) + 12 * late:02}:{clock['min'] or '00'}"
    return when


def fact(part: str) -> tuple[str, str] | None:
    """A key of the head and its value."""
    key, colon, value = part.replace(":", "：", 1).partition("：")
    value = value.strip()
    for kind, names in spelt()["heads"].items():
        if colon and plain(key) in map(plain, names):
            if kind in ("people", "askers") and not _nameable(value):
                return None
            return kind, value
    return None


def _nameable(value: str) -> bool:
    """Whether a value lists people: short parts, nothing of a sentence.

    >>> _nameable("张三（华东销售部 销售代表）、李四"), _nameable("报表太慢了，我每天都在等。")
    (True, False)
    """
    if not value or re.search(r"[。！？!?]|[我你您他很太了吗呢吧]", value):
        return False
    return all(len(one) <= 24 for one in names(value))


def names(value: str) -> list[str]:
    """The people of a list; a comma inside brackets parts nobody.

    >>> names("张三（华东，销售）、李四 ，王五"), names("张三，华东销售部销售代表")
    (['张三（华东，销售）', '李四', '王五'], ['张三（华东销售部销售代表）'])
    """
    parts = [p.strip() for p in re.split(r"[、,，;；/]\s*(?![^（(]*[）)])", value) if p.strip()]
    if len(parts) == 2 and not BRACKETS.search(value) and person(f"某（{parts[1]}）").department:
        return [f"{parts[0]}（{parts[1]}）"]
    return parts


def kind(title: str) -> str:
    """What kind of record a title names, "" where it names none.

    >>> kind("CRM 使用焦点小组座谈"), kind("九月例会纪要"), kind("王总")
    ('焦点小组', '会议纪要', '')
    """
    low = title.casefold()
    return next((kind for kind, said in spelt()["kinds"].items() if any(w in low for w in said)), "")
