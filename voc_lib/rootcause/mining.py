"""Candidate causes heard in the text (因为 …, … 导致): what customers say, counted; never a finding."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.yamlfile import shipped

WORDINGS = 1000  # different wordings compared per problem, the most frequent first
HAN = re.compile("[\u4e00-\u9fff]")
STOPS = "，,。.；;！!？?～~…：:（）()【】\\[\\]“”\"'\\s"


def candidates(issues: pd.DataFrame, period: Period | None = None, *, top: int = 5) -> pd.DataFrame:
    """Causes customers name: schema.CANDIDATES, each under its commonest wording.

    At most `top` per problem, the most frequent first, the problems by their commonest; similar wordings are
    counted together.
    """
    rows = evidence.problems(issues, period).sort_values(["created_at", "feedback_id"])
    said = _said(rows)
    groups = [_grouped(str(problem), part, top) for problem, part in said.groupby("primary_tag", sort=True)]
    if not groups:
        return schema.empty(schema.CANDIDATES)
    groups = sorted(groups, key=lambda table: -int(table["n"].max()))
    return schema.shape(pd.concat(groups, ignore_index=True), schema.CANDIDATES)


def reasons(text: str) -> list[str]:
    """The reasons one text gives.

    >>> reasons("因为仓库爆仓，快递晚了三天。人手不足导致没人接电话！")
    ['仓库爆仓', '人手不足']
    """
    words = _words()
    found = [(m.start(1), m[1]) for m in re.finditer(_before(), text)]
    cue = _any(words["before"])
    found += [(m.start(1), re.split(cue, m[1])[-1]) for m in re.finditer(_after(), text)]
    trimmed = [_trim(reason) for _, reason in sorted(found)]
    return [
        reason
        for reason in dict.fromkeys(trimmed)
        if len(HAN.findall(reason)) >= words["shortest"]
        and len(reason) <= words["longest"]
        and reason not in words["nothing"]
    ]


def _said(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per problem and reason: primary_tag, feedback_id, text, reason."""
    cues = [*_words()["before"], *_words()["after"]]
    rows = rows[evidence.contains(rows["text"], cues)] if len(rows) else rows
    rows = rows[["primary_tag", "feedback_id", "text"]]
    reason = [reasons(text) for text in rows["text"]]
    return rows.assign(reason=pd.Series(reason, index=rows.index, dtype=object)).explode("reason").dropna()


def _grouped(problem: str, said: pd.DataFrame, top: int) -> pd.DataFrame:
    leader = _leaders(said["reason"])
    rows = []
    for cause, part in said.assign(cause=said["reason"].map(leader)).groupby("cause", sort=True):
        ids = list(dict.fromkeys(part["feedback_id"]))
        shown = "、".join(ids[: evidence.SHOWN_IDS])
        rows.append((problem, cause, len(ids), part["text"].iloc[0], shown))
    table = pd.DataFrame(rows, columns=schema.CANDIDATES.names)
    return table.sort_values(["n", "cause"], ascending=[False, True]).head(top)


def _leaders(wordings: pd.Series) -> dict[str, str]:
    """Wording -> the commonest similar wording."""
    from rapidfuzz import fuzz, process

    counts = wordings.value_counts().reset_index()
    order = counts.sort_values(["count", "reason"], ascending=[False, True])["reason"].tolist()
    left, leader = order[:WORDINGS], {word: word for word in order[WORDINGS:]}
    while left:
        scores = process.cdist(left[:1], left, scorer=fuzz.ratio)[0]
        head = left[0]
        near = [
            w for w, score in zip(left, scores, strict=True) if score >= _words()["alike"] or _holds(w, head)
        ]
        leader |= dict.fromkeys(near, head)
        left = [word for word in left if word not in leader]
    return leader


def _holds(longer: str, shorter: str) -> bool:
    return len(shorter) > 2 and shorter in longer


def _trim(reason: str) -> str:
    words, before = _words(), None
    while reason != before:
        before = reason
        for lead in words["lead"]:
            reason = reason.removeprefix(lead)
        for tail in words["tail"]:
            reason = reason.removesuffix(tail)
    return reason


@cache
def _words() -> dict[str, Any]:
    return shipped("voc_lib.rootcause", "mining.yaml")


@cache
def _before() -> re.Pattern[str]:
    """“因为仓库爆仓，快递晚了” -> 仓库爆仓."""
    words = _words()
    cue, end = _any(words["before"]), _any(words["ends"])
    return re.compile(rf"(?:{cue})[：:，,\s]?([^{STOPS}]+?)(?=[{STOPS}]|{end}|$)")


@cache
def _after() -> re.Pattern[str]:
    """“人手不足导致没人接电话” -> 人手不足; a comma may stand before the word."""
    cue = _any(_words()["after"])
    return re.compile(rf"([^{STOPS}]+?)[，,]?(?:{cue})")


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
