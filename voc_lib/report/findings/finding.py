"""A finding: what it is called, how sure it is, what it weighs."""

from __future__ import annotations

from typing import Any

from voc_lib.schema.words import DIRECTIONS, SIDES

WORSE, BETTER, OPEN = DIRECTIONS
RELAPSE = "措施复发"
# What a finding of a kind weighs: harm to customers, times how sure it is.
HARM = {
    "问题总量": 1.0,
    "新问题": 0.9,
    "预警": 0.9,
    "主题": 0.9,
    RELAPSE: 1.0,
    "措施": 0.85,
    "承诺": 0.8,
    "指标": 0.75,
    "每千单件数": 0.7,
    "地区": 0.7,
    "问题占比": 0.65,
    "逾期": 0.6,
    "客户去留": 0.55,
    "办理快慢": 0.5,
    "一次解决": 0.5,
    "满意度影响": 0.4,
}
GOOD = 0.5  # what good news weighs against bad
SURE = 0.95  # how sure a verdict on intervals is
UNKNOWN = "待指定"
UNTOLD = "原因尚未查明"


def finding(kind: str, subject: str, words: str, *, sure: float, called: str = WORSE, **more: Any) -> dict:
    """A finding; `called` is its word of `SIDES`."""
    weight = HARM[kind] * sure * (GOOD if SIDES[called] == BETTER else 1.0)
    named = {"kind": kind, "subject": subject, "finding": words, "direction": called}
    return {**named, "certainty": sure, "weight": weight, **more}
