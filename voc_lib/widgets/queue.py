"""Which feedback a person should look at first, and why."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.tag import learn
from voc_lib.tag.corrections import CHOICES
from voc_lib.tag.problem import PRAISE
from voc_lib.tag.taxonomy import OTHER, Taxonomy

_log = logging.getLogger(__name__)
COLUMNS = [
    *("feedback_id", "created_at", "channel", "product", "text", "tags", *CHOICES, "issue_id", "why"),
    "model",  # what a tagger learned from people's tags says, in words; "" where there is none
]
APART, UNTAGGED, SEVERAL, RANDOM = "标注人意见不一致", "没有命中任何规则", "命中多个标签", "随机抽查"
BLIND = "请独立标注"


def build(
    tagged: pd.DataFrame,
    rows: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    corrected: pd.DataFrame,
    apart: Collection[str],
    size: int,
    seed: int,
) -> pd.DataFrame:
    """At most `size` of the `rows` (part of `tagged`) to be tagged by a person, most useful first: `COLUMNS`.

    First those coders answered apart, then what rules and a learned tagger are unsure of, what no rule speaks
    of, what several speak of, and chance. What was corrected is done; of one issue's copies the first stands.
    """
    left = _open(rows, set(corrected["feedback_id"]) - set(apart)).reset_index(drop=True)
    predicted = _predicted(tagged, left, taxonomy, corrected=corrected, seed=seed)
    left = left.assign(model=_model(left, predicted))
    reasons = [
        pd.Series(APART, index=pd.Index(sorted(apart), dtype="str"), dtype="str"),
        _unsure(left, predicted, size),
        _shuffled(left[(left["primary_tag"] == OTHER) & (left["intent"] != PRAISE)], UNTAGGED, seed),
        _shuffled(left[left["tags"].str.contains(schema.TAG_SEPARATOR)], SEVERAL, seed),
        _shuffled(left, RANDOM, seed),
    ]
    return _ordered(left, reasons, size)


def independent(
    rows: pd.DataFrame, sample: pd.Series, *, answers: pd.DataFrame, coder: str, size: int
) -> pd.DataFrame:
    """What a coder has not answered blind yet of the first `size` of a `sample` (ids in order): `COLUMNS`.

    `tags` and the other decisions are empty, so that nothing can give an answer away.
    """
    done = set(answers["feedback_id"][answers["coder"] == coder])
    ids = [ident for ident in sample.head(size) if ident not in done]
    why = pd.Series(BLIND, index=pd.Index(ids, dtype="str"), dtype="str")
    return _ordered(rows.assign(model=""), [why], size).assign(
        tags="", issue_id="", **dict.fromkeys(CHOICES, "")
    )


def narrowed(
    items: pd.DataFrame, *, words: Sequence[str], tag: str, channel: str, doubtful: bool
) -> list[int]:
    """The places of a queue whose text has one of the `words`, with that tag and channel ("": any).

    `doubtful` leaves out what is asked by chance alone.
    """
    keep = np.ones(len(items), dtype=bool)
    if words:
        texts = items["text"].str.casefold()
        keep &= np.logical_or.reduce([texts.str.contains(word.casefold(), regex=False) for word in words])
    if tag:
        keep &= items["tags"].str.split(schema.TAG_SEPARATOR).map(lambda tags: tag in tags).to_numpy(bool)
    keep &= (items["channel"] == channel).to_numpy(bool) if channel else True
    keep &= (items["why"] != RANDOM).to_numpy(bool) if doubtful else True
    return np.flatnonzero(keep).tolist()


def frame(rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """What a gold sample is drawn from, corrected or not: `feedback_id, stratum` of each issue."""
    codes = {tag.name: tag.code for tag in taxonomy.tags}
    first = _open(rows, set())
    stratum = first["primary_tag"].replace(codes).mask(first["intent"] == PRAISE, PRAISE)
    return pd.DataFrame({"feedback_id": first["feedback_id"], "stratum": stratum})


def _open(rows: pd.DataFrame, done: set[str]) -> pd.DataFrame:
    first = rows.sort_values(["created_at", "feedback_id"], kind="stable").drop_duplicates("issue_id")
    return first[~first["feedback_id"].isin(done)]


def _ordered(left: pd.DataFrame, reasons: list[pd.Series], size: int) -> pd.DataFrame:
    """The rows in the order of the reasons (feedback id -> why), each with its first one."""
    why = pd.concat(reasons)
    why = why[~why.index.duplicated() & why.index.isin(left["feedback_id"])].head(size)
    chosen = left.set_index("feedback_id").loc[why.index].assign(why=why)
    return chosen.rename_axis("feedback_id").reset_index()[COLUMNS]


def _shuffled(rows: pd.DataFrame, why: str, seed: int) -> pd.Series:
    ids = np.random.default_rng(seed).permutation(sorted(rows["feedback_id"]))
    return pd.Series(why, index=pd.Index(ids, dtype="str"), dtype="str")


def _predicted(
    tagged: pd.DataFrame, left: pd.DataFrame, taxonomy: Taxonomy, *, corrected: pd.DataFrame, seed: int
) -> pd.DataFrame | None:
    """What a tagger learned from people's tags says of each row; None while those are too few."""
    examples = learn.examples(tagged, taxonomy, corrected=corrected)
    try:
        tagger = learn.fit(examples["text"], examples["tags"], taxonomy=taxonomy, seed=seed)
    except DataError as error:
        _log.info("%s", error)
        return None
    return learn.predict(tagger, left["text"])


def _model(left: pd.DataFrame, predicted: pd.DataFrame | None) -> pd.Series:
    """What the tagger says and how sure it is, in words."""
    if predicted is None:
        return pd.Series("", index=left.index, dtype="str")
    sure = predicted["confidence"].map("{:.2f}".format)
    return (predicted["primary_tag"].astype("str") + "（把握 " + sure + "）").astype("str")


def _unsure(left: pd.DataFrame, predicted: pd.DataFrame | None, size: int) -> pd.Series:
    """What the tagger would ask about, and why."""
    if predicted is None:
        return pd.Series(dtype="str")
    asked = learn.review(left, left, predicted, top=size)
    return pd.Series(asked["why"].to_numpy(), index=pd.Index(asked["feedback_id"], dtype="str"), dtype="str")
