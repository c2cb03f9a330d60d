"""The words of a notice: plain text no receiver can take for a mark, a link or a call to everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from voc_lib.errors import ArrivalError, VocError
from voc_lib.params import Settings
from voc_lib.report.conclusions.foremost import MOST, findings, standing
from voc_lib.report.subject import said

LONG = 110  # characters of a finding: an office chat takes 2,048 bytes at most
LONGEST = 400  # characters of an error
# What markdown, HTML or a chat would read as a mark, by what looks like it.
MARKS = str.maketrans("<>[]*_`~|@#", "＜＞［］＊＿｀～｜＠＃")
DOTTED = re.compile(r"(?<=\w)\.(?=[A-Za-z])")
PLACE = "\n现场保存在 "


class Message(NamedTuple):
    """A title and the lines below it."""

    title: str
    lines: tuple[str, ...]

    @property
    def body(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def plain(words: str, most: int = LONG) -> str:
    """Words on one line, shortened, that nothing makes a link or a mark of.

    >>> plain("新出现“<at id=all>”，见 http://a.cn/x [点](b.com)")
    '新出现“＜at id=all＞”，见 http：//a．cn/x ［点］(b．com)'
    """
    line = " ".join(words.split()).translate(MARKS).replace("://", "：//")
    line = DOTTED.sub("．", line)
    return line if len(line) <= most else f"{line[: most - 1]}…"


def success(settings: Settings, found: pd.DataFrame, report: Path, *, audience: str = "") -> Message:
    """The findings that open the summary (or the version of an audience), and where it is; FINDINGS in."""
    lead = findings(found, settings.period).paragraphs
    told = [said(words, settings.params.subject) for words in (*lead, *standing(found)["finding"].head(MOST))]
    points = [f"{n}. {plain(words)}" for n, words in enumerate(told[len(lead) :], start=1)]
    about = f"{_about(settings)} {audience}".strip()
    return Message(f"{about}：报告已发布", (*told[: len(lead)], *points, f"报告：{report}"))


def without(settings: Settings, audience: str, why: str) -> Message:
    """That an audience got no version of this report, and why."""
    return Message(f"{_about(settings)} {audience}：没有出这一版", (plain(f"{why}。", LONGEST),))


def failure(settings: Settings, error: Exception) -> Message:
    """What failed, at which step and what to do; where the remains are."""
    known = isinstance(error, VocError)
    words = str(error) if known else f"程序内部出错（{type(error).__name__}），请联系维护人员"
    sentence, _, place = words.partition(PLACE)
    lines = [plain(sentence, LONGEST), "上一次发布的报告没有改变。"]
    what = "数据未到，没有出报告" if isinstance(error, ArrivalError) else "没有出报告"
    return Message(f"{_about(settings)}：{what}", (*lines, f"现场：{place}") if place else tuple(lines))


def alerts(settings: Settings, lines: Sequence[str]) -> Message:
    """What is new about alerts, a line each."""
    told = [plain(said(line, settings.params.subject), LONGEST) for line in lines]
    return Message(f"{settings.params.name}：{len(lines)} 条预警", tuple(told))


def trial(settings: Settings) -> Message:
    """Words to try a receiver with."""
    return Message(f"{_about(settings)}：试发", ("这是一条试发的通知，收到即表示地址可用。",))


def _about(settings: Settings) -> str:
    return f"{settings.params.name} {settings.period.title}"
