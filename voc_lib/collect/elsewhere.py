"""Tables that hold no feedback though their columns could be read as such: 群发短信, 考勤, 设备点检."""

from __future__ import annotations

from voc_lib.collect import senses
from voc_lib.collect.headers import words_file
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.params import Source

LEAST = 2  # headers of one sort that tell a table


def refuse(table: Table, source: Source) -> None:
    """Nothing; DataError for a table of something else, unless the params say which column is the text."""
    if source.text or "text" in source.columns.values():
        return
    if sort := told(table.columns):
        what, headers = sort
        raise DataError(
            f"{table.place}：看来是{what}（列有 {'、'.join(headers)}），不是客户的反馈，没有读。"
            "若其中有客户的话，请在来源下写 columns: {原表头: text}。"
        )


def told(columns: tuple[str, ...]) -> tuple[str, list[str]] | None:
    """What a table is of that is no feedback, and the headers that say so; None where customers are named.

    >>> told(("发送时间", "接收号码", "短信内容", "回执状态"))
    ('群发的消息', ['接收号码', '回执状态'])
    >>> told(("接收号码", "客户评价", "回执状态")), told(("供应商", "反馈内容"))
    (None, None)
    """
    said = {senses.spoken(header): header for header in columns}
    if any(senses.says(header, senses.listed("heard_of")) for header in columns):
        return None
    for what, words in words_file()["elsewhere"].items():
        mine = [said[word] for word in map(str, words) if word in said]
        if len(mine) >= LEAST:
            return what, mine
    return None
