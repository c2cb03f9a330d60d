"""The score sheets of judges: the problems of a report, a workbook for each judge; filled in, kept, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd

from voc_lib import schema, whole
from voc_lib.appraised import LABELS
from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange import book
from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import Field, Form
from voc_lib.exchange.handout import UNSAFE
from voc_lib.params import Settings
from voc_lib.rootcause import judges
from voc_lib.run.record import runs
from voc_lib.run.tables import read_table
from voc_lib.tag.taxonomy import OTHER

MARKS = tuple(str(score) for score in range(judges.LOW, judges.HIGH + 1))
PLACE = "评分/*.xlsx"
SHEET = Form(
    "score",
    judges.SHEET,
    None,
    (
        Field(judges.PROBLEM, ("problem",), locked=True),
        Field(judges.JUDGE, ("judge",)),
        *(Field(label, (key,), choices=MARKS) for key, label in LABELS.items()),
    ),
)
GUIDE = """{report} · {period} 优先级评分表（{judge}）

怎样评
1. 每个问题六项，各评 1–5：紧急性、重要性、影响范围、预期回报越高越该先做；实施难度、所需资源 5 是最难、最费。
2. 各人自己评，不要商量；拿不准的留空，不要凑 3。
3. 不要改 “问题” 和 “评委”，不要删行。

评完把几位评委的文件放在一个文件夹里，在参数文件里写 appraisal: {{scores: 评分/*.xlsx}}，再 voc run {params}：
第 5 步给出合成的排名，以及几位评委的意见有多一致（Kendall W）。"""


def export(settings: Settings, folder: Path, *, judged_by: Sequence[str]) -> list[Path]:
    """The workbooks written, one for each judge; ParamsError where one is there already."""
    names = problems(settings)
    files = {who: folder / _named(who) for who in judged_by}
    if there := [file for file in files.values() if file.exists()]:
        raise ParamsError(f"{there[0]} 已存在。为了不覆盖填好的内容，请换一个文件夹。")
    folder.mkdir(parents=True, exist_ok=True)
    for who, file in files.items():
        _write(file, settings, who, {name: {} for name in names})
    return [*files.values()]


def read(settings: Settings) -> pd.DataFrame:
    """schema.JUDGEMENTS of the sheets there are where the params look; DataError where one is wrong."""
    location = _location(settings)
    folder = location if location.is_dir() else location.parent
    there = folder.is_dir() and any(fnmatch(file.name, _pattern(location)) for file in folder.iterdir())
    return judges.sheets(location, problems(settings)) if there else schema.empty(schema.JUDGEMENTS)


def keep(settings: Settings, who: str, marks: Mapping[str, Mapping[str, str]]) -> Path:
    """The sheet of a judge, written with these marks (problem -> criterion -> score) in place of their last.

    ParamsError where the params look for no such file, or where it is another judge's.
    """
    if not who.strip():
        raise ParamsError("没有写评委是谁。请在上面的“评委”里写上姓名。")
    location = _location(settings)
    file = (location if location.is_dir() else location.parent) / _named(who)
    if not fnmatch(file.name, _pattern(location)):
        raise ParamsError(f"参数 appraisal.scores 只读 {location.name}，放不下 {file.name}。请写成 {PLACE}。")
    if file.exists() and set(judges.sheets(file, problems(settings))["judge"]) - {who}:
        raise ParamsError(f"{file.name} 是另一位评委的评分表。请换一个写法的姓名。")
    with whole.half(file) as part:
        _write(part, settings, who, marks)
    return file


def _location(settings: Settings) -> Path:
    """Where the params look for sheets, or would by default."""
    asked = settings.params.appraisal
    return settings.resolve(asked.scores if asked and asked.scores else PLACE)


def _pattern(location: Path) -> str:
    return "*" if location.is_dir() else location.name


def _named(who: str) -> str:
    return f"评分表_{UNSAFE.sub('_', who)}.xlsx"


def _write(file: Path, settings: Settings, who: str, marks: Mapping[str, Mapping[str, str]]) -> None:
    about = {"report": settings.params.name, "period": settings.period.label, "params": settings.file.name}
    lines = [
        Line(str(n), 0, {judges.PROBLEM: name, judges.JUDGE: who, **given})
        for n, (name, given) in enumerate(marks.items(), 1)
    ]
    guide = GUIDE.format(**about, judge=who).splitlines()
    book.write(file, guide, [Page(SHEET, lines)], about=settings.params.subject)


def problems(settings: Settings) -> list[str]:
    """The problems of the newest report of the period, by rank; DataError where there is none."""
    path = runs.newest([runs.published_folder(settings), runs.work_folder(settings)], "quadrants")
    ranked = read_table(path) if path else pd.DataFrame({"problem": []})
    names = [name for name in ranked["problem"].astype("str") if name != OTHER]
    if not names:
        raise DataError(
            f"{settings.period.label} 还没有排出问题，由第 5 步排出；请先 voc run {settings.file.name}。"
        )
    return names
