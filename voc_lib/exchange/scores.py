"""The score sheet for judges: the problems of a report, a workbook for each judge to fill in alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

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
    problems = _problems(settings)
    files = {who: folder / f"评分表_{UNSAFE.sub('_', who)}.xlsx" for who in judged_by}
    if there := [file for file in files.values() if file.exists()]:
        raise ParamsError(f"{there[0]} 已存在。为了不覆盖填好的内容，请换一个文件夹。")
    folder.mkdir(parents=True, exist_ok=True)
    about = {"report": settings.params.name, "period": settings.period.label, "params": settings.file.name}
    for who, file in files.items():
        lines = [
            Line(str(n), 0, {judges.PROBLEM: name, judges.JUDGE: who}) for n, name in enumerate(problems, 1)
        ]
        book.write(file, GUIDE.format(**about, judge=who).splitlines(), [Page(SHEET, lines)])
    return [*files.values()]


def _problems(settings: Settings) -> list[str]:
    """The problems of the newest report of the period, by rank; DataError where there is none."""
    path = runs.newest([runs.published_folder(settings), runs.work_folder(settings)], "quadrants")
    ranked = read_table(path) if path else pd.DataFrame({"problem": []})
    names = [name for name in ranked["problem"].astype("str") if name != OTHER]
    if not names:
        raise DataError(
            f"{settings.period.label} 还没有排出问题，由第 5 步排出；请先 voc run {settings.file.name}。"
        )
    return names
