"""What changed between two versions of a taxonomy, and what a taxonomy catches in given feedback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.tag import rules
from voc_lib.tag.problem import problems as are_problems
from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.text.segmentation import Segmenter

MOVED = ["source", "feedback_id", "primary_tag"]
COLUMNS = ["tag", "field", "change", "old", "new"]
ADDED, REMOVED, CHANGED = "新增", "删除", "修改"
WHOLE = "（整体）"


@dataclass(frozen=True)
class Change:
    """What another taxonomy changed since the report of an earlier `period`: `moved` of `compared` problems.

    Every run tags all months anew, so the break lies between two reports, never within one.
    """

    period: Period
    before: Taxonomy
    after: Taxonomy
    compared: int
    moved: int


def change(
    before: Taxonomy, after: Taxonomy, then: pd.DataFrame, tagged: pd.DataFrame, *, period: Period
) -> Change:
    """The `Change` from the tags of an earlier report (`then`: columns MOVED) to those of schema.TAGGED.

    A tag with a new name and its old code has not moved; tags people corrected meanwhile count as moved.
    """
    problems = tagged.loc[are_problems(tagged), MOVED]
    both = then.merge(problems, on=MOVED[:2], suffixes=("_then", ""))
    moved = _codes(both["primary_tag_then"], before) != _codes(both["primary_tag"], after)
    return Change(period, before, after, len(both), int(moved.sum()))


def _codes(names: pd.Series, taxonomy: Taxonomy) -> pd.Series:
    return names.map({tag.name: tag.code for tag in taxonomy.tags}).fillna("")


def diff(old: Taxonomy, new: Taxonomy) -> pd.DataFrame:
    """Every difference as `tag, field, change (新增/删除/修改), old, new`; a tag is known by its code.

    Words of lists stand one to a row, so a change of phrases can be read and discussed.
    """
    before = {tag.code: tag for tag in old.tags}
    after = {tag.code: tag for tag in new.tags}
    rows: list[tuple[str, ...]] = []
    if old.version != new.version:
        rows.append((WHOLE, "version", CHANGED, old.version, new.version))
    for code in dict.fromkeys([*before, *after]):
        if code not in after:
            rows.append((before[code].name, "tag", REMOVED, before[code].name, ""))
        elif code not in before:
            rows.append((after[code].name, "tag", ADDED, "", after[code].name))
        else:
            rows += _fields(before[code], after[code])
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str")


def renamed(old: Taxonomy, new: Taxonomy) -> dict[str, str]:
    """The new name of each tag of `old` that is called otherwise in `new`; a tag is known by its code."""
    now = {tag.code: tag.name for tag in new.tags}
    return {tag.name: now[tag.code] for tag in old.tags if now.get(tag.code, tag.name) != tag.name}


def _fields(old: Tag, new: Tag) -> Iterator[tuple[str, ...]]:
    for field in Tag.model_fields:
        a, b = getattr(old, field), getattr(new, field)
        if not isinstance(a, tuple):
            if a != b:
                yield new.name, field, CHANGED, _said(a), _said(b)
            continue
        words, others = [_said(word) for word in a], [_said(word) for word in b]
        yield from ((new.name, field, REMOVED, word, "") for word in words if word not in others)
        yield from ((new.name, field, ADDED, "", word) for word in others if word not in words)


def _said(value: object) -> str:
    return "" if value is None else str(getattr(value, "label", value))


def coverage(
    feedback: pd.DataFrame, taxonomy: Taxonomy, *, segmenter: Segmenter | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per rule its `rules.coverage`, rules without a hit included; per tag `tag, n, share` with 其他 last."""
    votes = rules.votes(feedback, taxonomy, segmenter=segmenter)
    decided, _ = rules.decide(votes, feedback, taxonomy)
    by_rule = rules.coverage(votes, n=len(feedback))
    silent = rules.silent(votes, taxonomy)
    counts = decided["primary_tag"].value_counts().reindex(taxonomy.names, fill_value=0)
    by_tag = counts.rename_axis("tag").reset_index(name="n").sort_values("n", ascending=False, kind="stable")
    by_tag = by_tag.assign(share=by_tag["n"] / max(len(feedback), 1))
    last = by_tag["tag"] == OTHER
    both = pd.concat([by_rule, silent], ignore_index=True)
    return both, pd.concat([by_tag[~last], by_tag[last]], ignore_index=True)


def rule_check(
    feedback: pd.DataFrame, taxonomy: Taxonomy, *, segmenter: Segmenter | None = None
) -> pd.DataFrame:
    """《规则体检》: schema.RULE_CHECK, every rule by what it hits, silent ones last."""
    by_rule, _ = coverage(feedback, taxonomy, segmenter=segmenter)
    return schema.shape(by_rule, schema.RULE_CHECK)
