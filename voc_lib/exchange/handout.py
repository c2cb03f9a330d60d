"""The plan handed out: a workbook and a calendar for each owner or department."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Literal

import pandas as pd

from voc_lib import knowledge
from voc_lib.errors import DataError, ParamsError, PublishError
from voc_lib.exchange import book, calls, cells
from voc_lib.exchange import contacts as reach
from voc_lib.exchange.bench import Bench
from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import (
    CALLS,
    CUSTOMER,
    DECISIONS,
    DEPARTURES,
    GOALS,
    INCIDENTS,
    KEY,
    MEASURES,
    MESSAGES,
    ORDER,
    PROGRESS,
    SEAL,
    Form,
)
from voc_lib.improve import calendar
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.register import known
from voc_lib.register.entries import Row
from voc_lib.rootcause import tree
from voc_lib.schema.words import UNREACHED

UNSAFE = re.compile(r"[\\/:*?\"<>|\s]+")
SHOWN = {
    "day": "回访安排",
    "customer_id": CUSTOMER,
    "created_at": "反馈时间",
    "text": "问题描述",
    "reason": "回访事由",
}
TOLD = {"customer_id": CUSTOMER, "created_at": "反馈时间", "text": "问题描述", "message": "要说的话"}
SHOWN_ONLY = frozenset(
    {*SHOWN.values(), *TOLD.values(), *reach.SHOWN.values(), ORDER, SEAL}
)  # headers nobody fills in
GUIDE = """{report} · {who} 的改进计划（登记库第 {revision} 次修订）

怎么填
1. “措施” 一行一条，几个步骤用分号隔开；“进展” 一行一次，写在空行里；“回访”“沟通” 一行一位客户。
   灰色的格子不能改，其余的可以改。“指标”“目标值”“改进前”“改进后” 写全了才能判断效果；
   窗口写成 2026-05 或 2026-05-01..2026-09-30。
2. “状态”“评审结论”“责任人”“责任部门” 从下拉列表里选；写了 “实际完成” 的日期就算已完成。
3. 日期写成 2026-09-30；回访评分写 1–5，没有评分时选 “回访情况”，还没有打的留空。
   回访按 “回访安排” 的日子打，一位客户只列一次；联系不上的下次再列。
4. 可以筛选、调整列宽。要排序，请先撤销工作表保护（没有密码），整张表一起排；
   只排几列就对不上了，整个文件不导入。按 “序号” 排一次就回到原来的次序。
   请不要合并单元格，不要删除列，不要把格子剪切、拖到别的行，不要改 “记录” “版本” 和 “校验”。
5. 新措施写在最后的空行里：“记录” 写一个没有用过的编号，“版本” “校验” 留空。
   删掉一行不会取消措施，取消请改 “状态”。
6. 阶段依次是评审、试点、判定、推广、固化，各写日期。“试点条件”“对照条件” 写成 地区=华东，几个条件用分号隔开。
7. “沟通” 是改前要告知、改后要答复的客户：告诉了就选已告知，客户回了话就选已回复并写下来；没有做的留空。
8. “目标”“会议决定”“事件”“离岗” 各一行一件，新的写在空行，“记录” 和 “版本” 留空；比例的目标值写小数，如 0.12。
   记错的事件、离岗：把这一行除 “记录” 和 “版本” 以外的格子都清空，就是撤回。
9. 没有成的措施再做一轮：另起一行，“记录” 写成 M01 第2轮，写上 “上一轮没有成的原因”；原来那一行不动。

填好后把文件交回，由分析师导入：voc plan import {params} 文件名
导出之后别人改过同一条的其他栏，两边都留；改过同一栏，导入时会列出两边，一处也不写。
填了一半先交回也可以，接着填这一份再交。"""


@dataclass(frozen=True)
class Due:
    """Who is to be called this week and who is to be told, and the headers of what is shown of them."""

    calls: pd.DataFrame
    messages: pd.DataFrame
    shown: Mapping[str, str] = field(default_factory=dict)


def due(bench: Bench, found: Knowledge, *, a_week: int = calls.A_WEEK, contacts: bool = False) -> Due:
    """What there is to say to customers now, with how they are reached only where that is asked for."""
    today = bench.clock().date()
    owners = {measure.id: measure.owner for measure in found.measures}
    waiting = calls.waiting(bench.settings, found, today=today)
    made = calls.made(found.revisits, owners, today=today)
    week = calls.spread(waiting, owners, today=today, a_week=a_week, made=made)
    untold = calls.untold(bench.settings, found.messages)
    if not contacts:
        return Due(week, untold)
    reached = reach.read(bench.settings)
    return Due(reach.joined(week, reached), reach.joined(untold, reached), reach.SHOWN)


def export(
    bench: Bench,
    folder: Path,
    *,
    per: Literal["owner", "department"],
    a_week: int = calls.A_WEEK,
    contacts: bool = False,
) -> list[Path]:
    """The workbooks written, one for every owner or department, and the calendar of each with something due.

    With `contacts` the workbooks say how customers are reached; they are private and outside of outputs.
    """
    if contacts:
        reach.outside(bench.settings, folder)
    revision = bench.revision()
    held = bench.state(revision)
    found = knowledge.read(known.raw(held))
    if not found.measures:
        raise DataError("登记库里还没有措施；请先用 voc knowledge import 导入。")
    groups = sorted({getattr(measure, per) for measure in found.measures})
    names = {who: f"改进计划_{UNSAFE.sub('_', who)}" for who in groups}
    week = due(bench, found, a_week=a_week, contacts=contacts)
    if there := [name for name in names.values() if (folder / f"{name}.xlsx").exists()]:
        raise ParamsError(f"{folder} 里已有 {there[0]}.xlsx。为了不覆盖填好的内容，请换一个文件夹。")
    written = []
    for who, name in names.items():
        mine = [measure for measure in found.measures if getattr(measure, per) == who]
        said = GUIDE.format(report=bench.report, who=who, revision=revision, params=bench.settings.file.name)
        sheets = pages(held, found, mine, week, bench.problems)
        people = {who} if per == "owner" else {measure.owner for measure in mine}
        days = [*_days(bench, found, mine, people), *_called(week, mine, who)]
        written += _write(folder, name, said, sheets, days, about=bench.settings.params.subject)
    for path in written if contacts else []:
        reach.closed(path)
    return written


def _write(
    folder: Path, name: str, said: str, pages: list[Page], days: Sequence[calendar.Due], *, about: str
) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        book.write(folder / f"{name}.xlsx", said.splitlines(), pages, about=about)
        if dates := calendar.text(days):
            (folder / f"{name}.ics").write_text(dates, encoding="utf-8", newline="")
    except OSError as error:
        raise PublishError(f"无法写入 {folder}：{error.strerror or error}。请检查文件夹和权限。") from None
    return [folder / f"{name}.xlsx", *([folder / f"{name}.ics"] if dates else [])]


def _days(
    bench: Bench, found: Knowledge, mine: Sequence[Measure], people: Collection[str]
) -> list[calendar.Due]:
    """What a calendar holds of measures, and of what else people are to do."""
    params = bench.settings.params
    besides = calendar.others(found, people, goals=params.goals, milestones=params.milestones)
    return [*calendar.measures(mine), *besides]


def _called(week: Due, mine: Sequence[Measure], who: str) -> list[calendar.Due]:
    """The days customers are to be called on about some of the measures."""
    rows = week.calls[week.calls["measure_id"].isin([measure.id for measure in mine])]
    about = rows.groupby("day")["measure_id"].agg(list)
    return [calendar.calls(date.fromisoformat(str(day)), ids, who) for day, ids in about.items()]


def pages(
    held: known.State, found: Knowledge, mine: Sequence[Measure], week: Due, problems: Iterable[str] = ()
) -> list[Page]:
    """Every sheet about some of the measures; `problems` there are besides those written of are offered."""
    offered = {label: _problems(found, problems) for label in ("问题", "问题类型")}
    return [
        measures(held, found, mine, offered),
        progress(held, mine),
        call_backs(held, mine, week),
        messages(held, mine, week),
        replace(_owned(held, GOALS, mine), choices=offered),
        _owned(held, DECISIONS, mine),
        Page(INCIDENTS, [_line(held, INCIDENTS, row.key) for row in _of(held, INCIDENTS)], choices=offered),
        Page(DEPARTURES, [_line(held, DEPARTURES, row.key) for row in _of(held, DEPARTURES)]),
    ]


def measures(
    held: known.State, found: Knowledge, mine: Sequence[Measure], offered: Mapping[str, Sequence[str]]
) -> Page:
    """The sheet of some of the measures."""
    lines = [_line(held, MEASURES, measure.key) for measure in mine]
    people = {"责任人": "owner", "责任部门": "department"}
    choices = {label: sorted({getattr(m, name) for m in found.measures}) for label, name in people.items()}
    return Page(MEASURES, lines, choices={**choices, **offered, "根因": _causes(found)})


def _problems(found: Knowledge, others: Iterable[str]) -> list[str]:
    """The problems people wrote of first, then the others."""
    written = [*(a.problem for a in found.causes), *(m.problem for m in found.measures)]
    return list(dict.fromkeys([*written, *others]))


def _causes(found: Knowledge) -> list[str]:
    """The causes there are, those the asking ends at first."""
    nodes = [cause for analysis in found.causes for _, cause in tree.places(analysis)]
    return list(dict.fromkeys(node.cause for node in sorted(nodes, key=lambda node: not node.root)))


def _line(held: known.State, form: Form, key: str) -> Line:
    entry = held[form.kind, key]
    return Line(key, entry.version, cells.shown(form, entry.row.content if entry.row else {}))


def progress(held: known.State, mine: Sequence[Measure]) -> Page:
    """The sheet of how far some of the measures are."""
    choices = {"方案编号": list(dict.fromkeys(measure.id for measure in mine))}
    return Page(PROGRESS, _about(held, PROGRESS, mine), choices=choices)


def call_backs(held: known.State, mine: Sequence[Measure], week: Due) -> Page:
    """The sheet of calls made about some of the measures, and of those to make next."""
    return _customers(held, CALLS, mine, week.calls, {**SHOWN, **week.shown})


def messages(held: known.State, mine: Sequence[Measure], week: Due) -> Page:
    """The sheet of who was told of some of the measures, and who is to be."""
    return _customers(held, MESSAGES, mine, week.messages, {**TOLD, **week.shown})


def _customers(
    held: known.State, form: Form, mine: Sequence[Measure], left: pd.DataFrame, shown: Mapping[str, str]
) -> Page:
    rows = left[left["measure_id"].isin([measure.id for measure in mine])]
    due = list(_next(held, form, rows, shown))
    again = {line.key for line in due if line.version}
    before = [line for line in _about(held, form, mine) if line.key not in again]
    return Page(form, [*before, *due], tuple(shown.values()))


def _owned(held: known.State, form: Form, mine: Sequence[Measure]) -> Page:
    """The sheet of what those who own some of the measures are to do, and what nobody owns."""
    people = {"", *(measure.owner for measure in mine)}
    rows = [row for row in _of(held, form) if row.content.get("owner", "") in people]
    return Page(form, [_line(held, form, row.key) for row in rows])


def _of(held: known.State, form: Form) -> list[Row]:
    return [row for row in known.rows(held).values() if row.kind == form.kind]


def _about(held: known.State, form: Form, mine: Sequence[Measure]) -> list[Line]:
    ids = {measure.id for measure in mine}
    return [_line(held, form, row.key) for row in _of(held, form) if row.content["measure"] in ids]


def _next(held: known.State, form: Form, rows: pd.DataFrame, columns: Mapping[str, str]) -> Iterator[Line]:
    words = rows.assign(created_at=pd.to_datetime(rows["created_at"]).dt.strftime("%Y-%m-%d %H:%M"))
    for row in words.astype(object).where(words.notna(), "").to_dict("records"):
        about = {"measure": row["measure_id"], "feedback_id": row["feedback_ids"], "phase": row.get("phase")}
        shown = {label: str(row[name]) for name, label in columns.items()}
        yield _due(held, form, cells.shown(form, about), shown)


def _due(held: known.State, form: Form, words: Mapping[str, str], shown: Mapping[str, str]) -> Line:
    """The row of a customer to call or tell: a new one, that of a call nobody answered, or one more call."""
    begun = cells.key(form, {KEY: "", **words})
    numbered = (f"{begun}#{number}" if number > 1 else begun for number in count(1))
    key = next(key for key in numbered if _open(held.get((form.kind, key))))
    if (entry := held.get((form.kind, key))) and entry.row:
        return Line(key, entry.version, cells.shown(form, entry.row.content), shown)
    return Line(key, 0, words, shown)


def _open(entry: known.Held | None) -> bool:
    """Whether nothing was said yet: no entry, a withdrawn one, or a call nobody answered."""
    return entry is None or entry.row is None or entry.row.content.get("state") == UNREACHED
