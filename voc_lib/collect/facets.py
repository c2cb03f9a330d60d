"""Questions answered on a scale: which columns they are, and what each answer comes to on its own scale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from voc_lib import schema
from voc_lib.collect import grading, ranges, scores, surveys
from voc_lib.collect.choices import BRACKETED, REMARK
from voc_lib.collect.scores import Scored
from voc_lib.params import Source

LEAST = 2  # questions on a scale that make a table a survey


@dataclass(frozen=True)
class Facet:
    """One question on a scale; `kind` is 整体, 评分 or 推荐."""

    number: str | None
    question: str
    item: str | None
    kind: str
    scored: Scored


def questions(
    cells: Mapping[str, pd.Series], fields: Mapping[str, str], source: Source, *, survey: bool
) -> list[Facet]:
    """The questions on a scale among columns of cells (missing where blank), of which `fields` are known.

    Columns beside the satisfaction that are on its very scale are facets of it. A table that is no `survey`
    has them only when there are several.
    """
    found = dict(_said(cells, fields, source))
    found |= {h: s for h, s in _beside(cells, fields, found).items() if h not in found}
    if not survey and len(found) < LEAST:
        return []
    return [_facet(header, fields.get(header), found[header]) for header in cells if header in found]


def _said(
    cells: Mapping[str, pd.Series], fields: Mapping[str, str], source: Source
) -> Iterator[tuple[str, Scored]]:
    """The columns whose header or words say that they are answers on a scale."""
    for header, given in cells.items():
        if fields.get(header, "csat") not in ("csat", "nps"):
            continue
        scored = _scored(header, given, fields.get(header), source)
        if scored.scale and (header in fields or scored.words or _asks(header)):
            yield header, scored


def _scored(header: str, given: pd.Series, field: str | None, source: Source) -> Scored:
    told = grading.values(source, header, alone=field != "nps")
    if field == "nps":
        return scores.nps(given, header=header, told=told)
    scored = scores.csat(given, header=header, scale=grading.scale(source, header), told=told)
    empty = scored.given.notna().sum() == 0 or scored.scale in schema.UNSURE_SCALES
    return Scored(scored.values, "") if empty else scored


def _asks(header: str) -> bool:
    words = surveys.words()["scale_words"]
    return bool(ranges.hinted(header)) or any(word in header.lower() for word in words)


def _beside(
    cells: Mapping[str, pd.Series], fields: Mapping[str, str], found: Mapping[str, Scored]
) -> dict[str, Scored]:
    """Columns of numbers next to the satisfaction that reach from end to end of its scale."""
    headers = [*cells]
    known = {header for header in found if fields.get(header) == "csat"}
    result: dict[str, Scored] = {}
    for header in known:
        low, high = ranges.SCALES.get(found[header].scale, (0.0, 0.0))
        for step in (1, -1):
            at = headers.index(header) + step
            while 0 <= at < len(headers) and headers[at] not in fields and headers[at] not in found:
                scored = scores.csat(cells[headers[at]], header=headers[at], scale=found[header].scale)
                seen = scored.given.dropna()
                if scored.words or seen.empty or (seen.min(), seen.max()) != (low, high):
                    break
                result[headers[at]] = scored
                at += step
    return result


def _facet(header: str, field: str | None, scored: Scored) -> Facet:
    number, question, item = parts(header)
    recommends = field == "nps" or ("推荐" in header and scored.scale in ("0–10", "1–10"))
    overall = not item and (field == "csat" or whole(header))
    return Facet(number, question, item, "推荐" if recommends else "整体" if overall else "评分", scored)


def parts(header: str) -> tuple[str | None, str, str | None]:
    """Number, question and facet of the header of a question on a scale.

    >>> parts("2、请评价[物流速度]"), parts("2、请评价—客服"), parts("1、整体满意度（1-5）")
    (('2', '请评价', '物流速度'), ('2', '请评价', '客服'), ('1', '整体满意度（1-5）', None))
    """
    bare = REMARK.sub("", header)
    number, question, item = surveys.parts(bare)
    bracketed = BRACKETED.match(question)
    if item or not bracketed or not bracketed[1] or re.search(r"\d", bracketed[2]):  # （1-5）
        return number, question, item
    return number, bracketed[1], bracketed[2]


def whole(header: str) -> bool:
    """Whether a question asks for the whole and not for a part.

    >>> whole("1、总体满意度"), whole("2、整体评价[物流]"), whole("物流满意度")
    (True, False, False)
    """
    return not parts(header)[2] and any(word in header.lower() for word in surveys.words()["overall"])


def first(headers: Sequence[str]) -> str | None:
    """The header that asks for the whole; None where none, or several do.

    >>> first(["1、物流满意度", "2、总体满意度"]), first(["物流满意度"])
    ('2、总体满意度', None)
    """
    asked = [header for header in dict.fromkeys(headers) if whole(header)]
    return asked[0] if len(asked) == 1 else None
