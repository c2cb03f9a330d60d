"""Fishbones: written bones, how often the text speaks of them, and candidates from the text, marked so."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Analysis, Knowledge, Query
from voc_lib.rootcause import causes, evidence, mining
from voc_lib.yamlfile import shipped

CANDIDATE = "文本候选"


def table(knowledge: Knowledge, issues: pd.DataFrame, *, candidates: bool = True) -> pd.DataFrame:
    """鱼骨图: schema.FISHBONE; n is the number of problems of the category that speak of the cause."""
    heard = mining.candidates(issues) if candidates else None
    rows = [row for analysis in knowledge.causes for row in _rows(analysis, issues, heard)]
    return schema.shape(pd.DataFrame(rows, columns=schema.FISHBONE.names), schema.FISHBONE)


def bones(analysis: Analysis) -> dict[str, list[str]]:
    """Bone -> cue words: the variant that shares most bones with the written ones.

    >>> list(bones(Analysis(problem="物流延迟", fishbone={"流程": ["排班僵化"]})))
    ['人员', '流程', '系统', '政策', '产品', '环境', '客户']
    """
    variants = list(_words()["variants"].values())
    return max(variants, key=lambda variant: len(set(variant) & set(analysis.fishbone)))


def bone_of(cause: str, cues: dict[str, list[str]]) -> str:
    """The bone whose cue words the cause holds most of; 未归类 where none."""
    hits = {bone: sum(word in cause for word in words) for bone, words in cues.items()}
    best = max(hits, key=lambda bone: hits[bone], default="")
    return best if best and hits[best] else _words()["rest"]


def _rows(analysis: Analysis, issues: pd.DataFrame, heard: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    written = [(bone, cause) for bone, listed in analysis.fishbone.items() for cause in listed]
    for bone, cause in written:
        query = _query(analysis, cause)
        found = evidence.find(query, issues)
        yield _row(analysis.problem, bone, cause, found.n, evidence.sentence(query, found))
    if heard is None:
        return
    cues, known = bones(analysis), {cause for _, cause in written}
    for row in heard[heard["problem"] == analysis.problem].itertuples():
        if row.cause not in known:
            told = f"{CANDIDATE}：{row.n} 条原话提到，待核实；反馈 {row.feedback_ids}"
            yield _row(analysis.problem, bone_of(str(row.cause), cues), row.cause, row.n, told)


def _query(analysis: Analysis, cause: str) -> Query:
    """The query written for the cause in the 5 Why tree, else its own words."""
    for node in causes.walk(analysis):
        if node.cause.cause == cause and node.cause.evidence:
            query = node.cause.evidence
            return query.model_copy(update={"category": query.category or analysis.problem})
    return Query(category=analysis.problem, contains=[cause])


def _row(*values: object) -> dict[str, Any]:
    return dict(zip(schema.FISHBONE.names, values, strict=True))


@cache
def _words() -> dict[str, Any]:
    return shipped("voc_lib.rootcause", "fishbone.yaml")
