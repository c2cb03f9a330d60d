"""The list of whom to interview as a workbook, and how its notes are read as a source of feedback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from voc_lib import schema
from voc_lib.errors import DataError, ParamsError, PublishError
from voc_lib.exchange import book
from voc_lib.exchange.book import Line, Page
from voc_lib.exchange.fields import KEY, Field, Form
from voc_lib.knowledge import RESTED_DAYS
from voc_lib.params import Settings
from voc_lib.report.subject import CUSTOMERS, label, said
from voc_lib.rootcause import interviews as rules
from voc_lib.run.record import runs
from voc_lib.run.tables import read_table

DONE = "已访谈"
STATES = ("未访谈", DONE, "谢绝", "联系不上")
NOTES = Form(
    "interview",
    "访谈名单",
    None,
    (
        Field("问题", ("problem",), locked=True),
        Field("客户编号", ("customer_id",), locked=True),
        Field("访谈情况", ("state",), choices=STATES),
        Field("访谈日期", ("at",), "day"),
        Field("访谈人", ("by",)),
        Field("访谈记录", ("note",)),
        Field("客户诉求", ("request",)),
    ),
)
OUTLINE = Form(
    "outline",
    "访谈提纲",
    None,
    (
        Field("问题", ("problem",), locked=True),
        Field("要问的", ("question",), locked=True),
        Field("出自", ("about",), locked=True),
        Field("得到的回答", ("answer",)),
    ),
)
SHOWN = {"feedback_ids": "原反馈ID", "created_at": "反馈时间", "text": "问题描述", "reason": "列入理由"}
READ_AS = {
    KEY: "feedback_id",
    "客户编号": "customer_id",
    "访谈日期": "created_at",
    "访谈人": "handler",
    "访谈记录": "text",
    "客户诉求": "request",
    **dict.fromkeys(["问题", "原反馈ID", "反馈时间", "问题描述", "列入理由", "访谈情况"], "ignore"),
}
GUIDE = """{report} · {period} 访谈名单

怎样选的
1. 只选本期反映过这个问题、有客户编号的客户；一位客户只列一次，先归更要紧的问题。
2. 每个问题最多 {most} 位：先取高价值客户（最多 {dear} 位），再取抱怨的；同组按紧急程度、反映次数、时间。
3. 近 {rested} 天回访过或访谈过的不列。同样的数据和登记库，选出来的总是同样的人。

怎样填
1. 照 “访谈提纲” 问；不要把猜想当结论说给客户听。
2. 访谈过的一行，“访谈情况” 选已访谈，写上日期、访谈人、客户的原话；灰色的格子不能改。
3. 记录里不要写客户的姓名和电话；读进来时也会打码。

填好后放进项目文件夹，在参数文件的 sources 里加上：
{source}
再用 voc check {params} --data 核对；记录就成了渠道为访谈的反馈，客户还是原来的客户。"""


def export(settings: Settings, folder: Path) -> Path:
    """The workbook written from the newest list of the period; DataError where step 5 has made none."""
    file = folder / f"访谈名单_{settings.period.label}.xlsx"
    if file.exists():
        raise ParamsError(f"{file} 已存在。为了不覆盖填好的内容，请换一个文件夹。")
    listed, asked = (_read(settings, name) for name in ("interviews", "interview_outline"))
    if listed.empty:
        raise DataError(
            f"{settings.period.label} 没有可访谈的客户：有编号、近期没有回访或访谈过的一位也没有。"
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PublishError(f"无法写入 {folder}：{error.strerror or error}。请检查文件夹和权限。") from None
    guide, about = _guide(settings, file).splitlines(), settings.params.subject
    book.write(file, guide, [_people(listed), _questions(asked)], about=about)
    return file


def source(file: str, subject: str = CUSTOMERS) -> dict[str, Any]:
    """The source a params file names to read the notes of such a workbook, with the heads it has."""
    read_as = {label(head, subject): meant for head, meant in READ_AS.items()}
    about = {"name": said("客户访谈", subject), "path": file, "sheet": NOTES.title, "channel": rules.CHANNEL}
    return {**about, "keep": {"访谈情况": [DONE]}, "columns": read_as}


def template(file: str, subject: str = CUSTOMERS) -> str:
    """The source as a line of YAML to paste."""
    words = yaml.safe_dump(
        [source(file, subject)], allow_unicode=True, sort_keys=False, default_flow_style=None, width=9999
    )
    return "".join(f"  {line}\n" for line in words.splitlines()).rstrip()


def _read(settings: Settings, name: str) -> pd.DataFrame:
    path = runs.newest([runs.published_folder(settings), runs.work_folder(settings)], name)
    if path is None:
        raise DataError(
            f"{settings.period.label} 还没有访谈名单，它由第 5 步选出；请先 voc run {settings.file.name}。"
        )
    return schema.shape(read_table(path), schema.table(name))


def _guide(settings: Settings, file: Path) -> str:
    limits = {"most": rules.MOST, "dear": rules.DEAR, "rested": RESTED_DAYS}
    about = {"report": settings.params.name, "period": settings.period.label, "params": settings.file.name}
    return GUIDE.format(**about, **limits, source=template(f"访谈/{file.name}", settings.params.subject))


def _people(listed: pd.DataFrame) -> Page:
    return Page(NOTES, list(_lines(listed)), tuple(SHOWN.values()))


def _lines(listed: pd.DataFrame) -> Iterator[Line]:
    words = listed.assign(created_at=listed["created_at"].dt.strftime("%Y-%m-%d %H:%M")).astype(object)
    for row in words.where(words.notna(), "").to_dict("records"):
        shown = {head: str(row[name]) for name, head in SHOWN.items()}
        cells = {"问题": row["problem"], "客户编号": row["customer_id"], "访谈情况": STATES[0]}
        yield Line(row["interview_id"], 0, cells, shown)


def _questions(asked: pd.DataFrame) -> Page:
    rows = asked.astype({"number": "str"}).to_dict("records")
    lines = [
        Line(row["number"], 0, {"问题": row["problem"], "要问的": row["question"], "出自": row["about"]})
        for row in rows
    ]
    return Page(OUTLINE, lines)
