"""Tags people have set: they win over rules and are what a tagger learns from."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.errors import DataError, did_you_mean
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.urgency import from_words

log = logging.getLogger(__name__)

CHOICES = {
    "intent": schema.INTENTS,
    "urgency": schema.URGENCIES,
    "customer_type": schema.CUSTOMER_TYPES,
    "mood": schema.MOODS,
}


def read(corrected: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """The corrections as `feedback_id, tags` with canonical names, the last one of each feedback.

    Names, codes and aliases are understood; a name the taxonomy does not have is a DataError.
    """
    last = corrected.astype({"tags": "str"}).dropna(subset=["feedback_id", "tags"])
    last = last.drop_duplicates("feedback_id", keep="last")
    last = last[last["tags"].str.strip(" ；;") != ""]
    names = [_canonical(tags, taxonomy) for tags in last["tags"].tolist()]
    return pd.DataFrame({"feedback_id": last["feedback_id"].to_numpy(), "tags": names}).astype("str")


def _canonical(tags: str, taxonomy: Taxonomy) -> str:
    between = schema.TAG_SEPARATOR
    given = tags.replace(";", between).split(between)
    words = dict.fromkeys(word.strip() for word in given if word.strip())
    for word in words:
        if word not in taxonomy.aliases:
            hint = did_you_mean(word, taxonomy.by_name)
            raise DataError(f"更正里的标签 “{word}” 不在标签体系 {taxonomy.name} 中。{hint}")
    return schema.TAG_SEPARATOR.join(dict.fromkeys(taxonomy.aliases[word] for word in words))


def field(corrected: pd.DataFrame | None, name: str, feedback_id: pd.Series) -> pd.Series:
    """What people set of a field of `CHOICES`, per row, else missing; 高, 中, 低 are understood as urgency.

    A word that is none of them is a DataError.
    """
    said = _last(corrected, name).str.strip()
    if said.empty:
        return pd.Series(index=feedback_id.index, dtype="str")
    allowed = CHOICES[name]
    value = from_words(said) if name == "urgency" else said.where(said.isin(allowed))
    if len(wrong := said[value.isna()]):
        label = schema.TAGGED.labels[name]
        raise DataError(f"更正里的{label} “{wrong.iloc[0]}” 无法识别，只能是{'、'.join(allowed)}。")
    return feedback_id.map(value).astype("str")


def meant(name: str, said: str) -> str:
    """The value of a field of `CHOICES` that a word means: 高, 中, 低 are urgencies; the word where none.

    >>> meant("urgency", "高"), meant("intent", "咨询"), meant("urgency", "？")
    ('P0', '咨询', '？')
    """
    known = from_words(pd.Series([said])) if name == "urgency" else pd.Series(dtype="str")
    return next(iter(known.dropna()), said)


def _last(corrected: pd.DataFrame | None, name: str) -> pd.Series:
    """What people set of a field by feedback id, the last of each."""
    if corrected is None or name not in corrected:
        return pd.Series(index=pd.Index([], dtype="str"), dtype="str")
    known = corrected.dropna(subset=["feedback_id", name]).drop_duplicates("feedback_id", keep="last")
    return known.set_index("feedback_id")[name].astype("str")


def issues(corrected: pd.DataFrame | None, feedback_id: pd.Series) -> pd.Series:
    """What people set as the issue of each row: `schema.ALONE`, or the id of a feedback of the same issue.

    A feedback that is not among the rows is told and left out.
    """
    said = _last(corrected, "issue_id")
    if said.empty:
        return pd.Series(index=feedback_id.index, dtype="str")
    known = (said == schema.ALONE) | said.isin(feedback_id)
    if len(lost := said[~known]):
        some = "、".join(lost.head(5))
        log.warning("有 %d 条 “并入” 的更正找不到要并入的反馈，没有生效：%s。", len(lost), some)
    return feedback_id.map(said[known]).astype("str")


def apply(
    decided: pd.DataFrame,
    tags: pd.DataFrame,
    feedback: pd.DataFrame,
    corrected: pd.DataFrame,
    taxonomy: Taxonomy,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The decisions and their evidence with the corrections in place; the first tag named is primary."""
    wanted = read(corrected, taxonomy).assign(note="人工更正")
    return replace(decided, tags, feedback, wanted, taxonomy, by="人工")


def replace(
    decided: pd.DataFrame,
    tags: pd.DataFrame,
    feedback: pd.DataFrame,
    wanted: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    by: str,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decisions and evidence with the tags of `wanted` (`feedback_id, tags, note`) instead of their own.

    Evidence of the rules stays for tags that stay.
    """
    own = feedback["feedback_id"].map(wanted.set_index("feedback_id")["tags"]).astype("str")
    changed = own.notna().to_numpy()
    primary = own.str.replace("；.*", "", regex=True)
    result = pd.DataFrame(
        {
            "tags": decided["tags"].where(~changed, own),
            "primary_tag": decided["primary_tag"].where(~changed, primary),
            "attribute": decided["attribute"].where(~changed, primary.map(taxonomy.attributes_by_tag)),
        }
    ).astype("str")
    lines = _evidence(wanted[wanted["feedback_id"].isin(feedback["feedback_id"])], taxonomy, by)
    stays = pd.MultiIndex.from_frame(tags[["feedback_id", "tag"]])
    still = stays.isin(pd.MultiIndex.from_frame(lines[["feedback_id", "tag"]]))
    kept = tags[~tags["feedback_id"].isin(lines["feedback_id"]) | still]
    first = dict(zip(feedback["feedback_id"], result["primary_tag"], strict=True))
    both = pd.concat([lines, kept], ignore_index=True)
    both["primary"] = both["tag"] == both["feedback_id"].map(first)
    place = pd.Series(np.arange(len(feedback)), index=feedback["feedback_id"])
    order = both["feedback_id"].map(place).to_numpy().argsort(kind="stable")
    return result, schema.shape(both.take(order).reset_index(drop=True), schema.TAGS)


def _evidence(wanted: pd.DataFrame, taxonomy: Taxonomy, by: str) -> pd.DataFrame:
    """One line per feedback and tag."""
    lines = wanted.assign(tag=wanted["tags"].str.split(schema.TAG_SEPARATOR)).explode("tag")
    codes = {tag.name: tag.code for tag in taxonomy.tags}
    lines = lines.assign(code=lines["tag"].map(codes), by=by, rule=lines["note"])
    return schema.shape(lines.reset_index(drop=True), schema.TAGS)
