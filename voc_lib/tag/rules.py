"""Rules: votes of phrases, word pairs and patterns with their evidence, and the decisions made from them.

Votes stay apart from decisions: a vote says which rule spoke where and whether its clause denies it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from voc_lib import schema
from voc_lib.tag import clauses
from voc_lib.tag.found import GIVEN, Found
from voc_lib.tag.matcher import matcher
from voc_lib.tag.taxonomy import OTHER, Taxonomy
from voc_lib.text import channels
from voc_lib.text.matching import Corpus, corpora
from voc_lib.text.segmentation import Segmenter

PLACES = ["row", "feedback_id", "code", "tag", "rule", "start", "end", "clause"]
VOTES = [*PLACES, "mood", "negated", "subject", "weight", "evidence"]
HALF_MOODS = (clauses.ASKED, clauses.WISHED)
NOT_SAID = -1
LEAST = 0.25  # a single thing named away from the trouble is no tag


def votes(
    feedback: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    parts: Iterable[Corpus] | None = None,
    segmenter: Segmenter | None = None,
) -> pd.DataFrame:
    """Every hit of every rule, one row each, ordered by text and place: columns VOTES.

    `row` is the position in `feedback`; `start`, `end` count characters of the text as written, `clause` the
    clauses of it; a `subject` is a vote of a tag that cannot be denied. A `category_given` that names a tag
    (name, code or alias) is a vote too, without a place. Pass `parts` (chunks of the same texts) to share
    them with other rooms; `segmenter` tells where words end.
    """
    found = matcher(taxonomy)
    given = corpora(feedback["text"]) if parts is None else parts
    chunks = [found.find(part, segmenter) for part in given]
    chunks.append(_given(feedback, taxonomy))
    table = {name: np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in Found.NUMBERS}
    order = np.lexsort((table["rule"], table["start"], table["row"]))
    order = order[_allowed(table, feedback, taxonomy)[order]]
    table = {name: values[order] for name, values in table.items()}
    evidence = pd.Series([text for chunk in chunks for text in chunk.evidence], dtype="str").take(order)
    return _frame(table, evidence, feedback, taxonomy)


def _allowed(table: dict[str, np.ndarray], feedback: pd.DataFrame, taxonomy: Taxonomy) -> np.ndarray:
    """Which votes keep the channel and product conditions of their tag."""
    allowed = np.ones(len(table["row"]), dtype=bool)
    for number, tag in enumerate(taxonomy.tags):
        for column, wanted in (("channel", tag.when.channel), ("product", tag.when.product)):
            if wanted:
                fits = (
                    channels.among(feedback, column, wanted)
                    if column in feedback
                    else np.zeros(len(feedback), bool)
                )
                allowed &= (table["tag"] != number) | fits[table["row"]]
    return allowed


def _given(feedback: pd.DataFrame, taxonomy: Taxonomy) -> Found:
    """Votes of the work orders' own category, where it names a tag."""
    if "category_given" not in feedback or feedback["category_given"].isna().all():
        return Found.empty()
    given = feedback["category_given"].astype("str").str.strip()
    tag = given.map({word: taxonomy.names.index(name) for word, name in taxonomy.aliases.items()})
    rows = np.flatnonzero(tag.notna().to_numpy() & (given != OTHER).fillna(False).to_numpy(dtype=bool))
    tags = tag.iloc[rows].to_numpy(dtype=np.int64)
    return Found.given(rows, tags, len(matcher(taxonomy).book.rules), given.iloc[rows].tolist())


def _frame(
    table: dict[str, np.ndarray], evidence: pd.Series, feedback: pd.DataFrame, taxonomy: Taxonomy
) -> pd.DataFrame:
    book = matcher(taxonomy).book
    unsaid = table["start"] == NOT_SAID
    return pd.DataFrame(
        {
            "row": table["row"],
            "feedback_id": _ids(feedback).take(table["row"]).reset_index(drop=True),
            "code": _category(table["tag"], [tag.code for tag in taxonomy.tags]),
            "tag": _category(table["tag"], taxonomy.names),
            "rule": _category(table["rule"], [*book.labels, GIVEN]),
            "start": pd.arrays.IntegerArray(table["start"], unsaid),
            "end": pd.arrays.IntegerArray(table["end"], unsaid.copy()),
            "clause": table["clause"],
            "mood": _category(table["mood"], clauses.MOODS),
            "negated": np.isin(table["mood"], clauses.NEGATED),
            "subject": ~np.array([tag.negatable for tag in taxonomy.tags])[table["tag"]],
            "weight": table["weight"],
            "evidence": evidence.reset_index(drop=True),
        }
    )


def _category(codes: np.ndarray, names: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, pd.Index(names))


def decide(
    votes: pd.DataFrame, feedback: pd.DataFrame, taxonomy: Taxonomy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per feedback `tags` (joined by “；”), `primary_tag`, `attribute`; and the evidence table (schema.TAGS).

    A tag's strength is the sum over its distinct rules that are not negated: phrase, pair, pattern and the
    category given count 1, weak words and anything asked or wished ½. A tag with weak words only gives way to
    any other, and falls where the text denies it elsewhere. Primary is the strongest; ties go to the one the
    text says first, then the category given, then the taxonomy's order.
    A tag whose sub-tag holds as well is left out. Without a hit: 其他.
    """
    ranked = _ranked(votes, taxonomy)
    tags = _first(ranked, len(feedback), taxonomy)
    names = np.array(taxonomy.names, dtype=object)
    attributes = np.array([taxonomy.attributes_by_tag[name] for name in taxonomy.names], dtype=object)
    joined = np.full(len(feedback), OTHER, dtype=object)
    rows, lists = _joined(ranked, names)
    joined[rows] = lists
    decided = pd.DataFrame(
        {"tags": joined, "primary_tag": names[tags], "attribute": attributes[tags]}, feedback.index
    )
    return decided.astype("str"), _evidence(votes, ranked, tags, feedback, taxonomy)


def primary(votes: pd.DataFrame, feedback: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    """The `primary_tag` of `decide` alone."""
    tags = _first(_ranked(votes, taxonomy), len(feedback), taxonomy)
    return pd.Series(np.array(taxonomy.names, dtype=object)[tags], feedback.index, dtype="str")


def _first(ranked: pd.DataFrame, size: int, taxonomy: Taxonomy) -> np.ndarray:
    """The number of the strongest tag of each text, that of 其他 where none holds."""
    strongest = ranked.groupby("row", sort=False).head(1)
    tags = np.full(size, taxonomy.names.index(OTHER))
    tags[strongest["row"].to_numpy()] = strongest["tag"].to_numpy()
    return tags


def _ranked(votes: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """One line per text and tag that holds (`row, tag, strength`), strongest first within a text."""
    rule = votes["rule"].cat.codes.to_numpy(dtype=np.int64)
    weight = votes["weight"].to_numpy()
    half = np.isin(votes["mood"].cat.codes.to_numpy(), HALF_MOODS)
    lines = pl.DataFrame(
        {
            "row": votes["row"].to_numpy(),
            "tag": votes["tag"].cat.codes.to_numpy(dtype=np.int64),
            "rule": rule,
            "weight": weight * np.where(half, 0.5, 1.0),
            "plain": weight >= 1,
            "start": votes["start"].fillna(NOT_SAID).to_numpy(dtype=np.int64),
            "given": rule == len(matcher(taxonomy).book.rules),
            "denied": votes["negated"].to_numpy(),
        }
    )
    denied = lines.filter("denied").select("row", "tag").unique().with_columns(denied=pl.lit(True))
    best = (
        lines.filter(~pl.col("denied"))
        .group_by("row", "tag", "rule")
        .agg(pl.max("weight", "plain", "given"), pl.min("start"))
    )
    strength = pl.col("weight").sum().alias("strength")
    tags = best.group_by("row", "tag").agg(strength, pl.max("plain", "given"), pl.min("start"))
    tags = tags.join(denied, on=["row", "tag"], how="left")
    said = pl.col("denied").is_null() & ~pl.col("plain").any().over("row")
    order = ["row", "strength", "given", "start", "tag"]
    # at equal strength the words of the text stand before the category the source gave
    enough = pl.col("strength") >= LEAST
    tags = _narrowed(tags.filter((pl.col("plain") | said) & enough), taxonomy)
    other = taxonomy.names.index(OTHER)
    # where matters that have no tag weigh most, no tag holds
    first = pl.when(pl.col("tag") == other).then(-1).otherwise(pl.col("start")).alias("start")
    tags = tags.with_columns(first).sort(order, descending=[False, True, False, False, False])
    tags = tags.filter((pl.col("tag").first().over("row") != other) & (pl.col("tag") != other))
    return tags.select("row", "tag", "strength").to_pandas()


def _narrowed(tags: pl.DataFrame, taxonomy: Taxonomy) -> pl.DataFrame:
    """The lines without tags whose sub-tag holds in the same text; the sub-tag takes their strength over."""
    number = {tag.name: i for i, tag in enumerate(taxonomy.tags) if tag.name not in taxonomy.attributes}
    above = {number[tag.name]: number[tag.parent] for tag in taxonomy.tags if tag.parent in number}
    if not above:
        return tags
    tags = tags.with_columns(above=pl.col("tag").replace_strict(above, default=None, return_dtype=pl.Int64))
    parents = tags.select("row", above="tag", more="strength")
    tags = tags.join(parents, on=["row", "above"], how="left")
    tags = tags.with_columns(strength=pl.col("strength") + pl.col("more").fill_null(0))
    return tags.join(tags.select("row", tag="above"), on=["row", "tag"], how="anti")


def _joined(ranked: pd.DataFrame, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The texts that have tags, and the names of their tags joined by “；”."""
    lines = pl.DataFrame(
        {"row": ranked["row"].to_numpy(), "name": names[ranked["tag"].to_numpy()].astype(str)}
    )
    joined = lines.group_by("row", maintain_order=True).agg(pl.col("name").str.join(schema.TAG_SEPARATOR))
    return joined["row"].to_numpy(), joined["name"].to_numpy()


def _evidence(
    votes: pd.DataFrame, ranked: pd.DataFrame, primary: np.ndarray, feedback: pd.DataFrame, taxonomy: Taxonomy
) -> pd.DataFrame:
    """schema.TAGS: the first place of each rule behind each tag, and one 兜底 line per text without a tag."""
    size = len(taxonomy.tags)
    tag = votes["tag"].cat.codes.to_numpy(dtype=np.int64)
    row = votes["row"].to_numpy()
    holds = ~votes["negated"].to_numpy() & np.isin(row * size + tag, ranked["row"] * size + ranked["tag"])
    rule = votes["rule"].cat.codes.to_numpy(dtype=np.int64)
    first = ~pd.Series((row * (1 << 20) + rule)[holds]).duplicated().to_numpy()
    index = np.flatnonzero(holds)[first]
    lines = votes.iloc[index][["feedback_id", "code", "tag", "rule", "start", "end", "evidence"]]
    lines = lines.assign(primary=primary[row[index]] == tag[index], by="规则", row=row[index])
    bare = np.setdiff1d(np.arange(len(feedback)), ranked["row"])
    other = taxonomy.tag(OTHER)
    ids = _ids(feedback).take(bare).reset_index(drop=True)
    fallback = pd.DataFrame(
        {"feedback_id": ids, "code": other.code, "tag": OTHER, "primary": True, "by": "兜底", "row": bare}
    )
    table = pd.concat(
        [lines.astype({"code": "str", "tag": "str", "rule": "str"}), fallback], ignore_index=True
    )
    return schema.shape(table.sort_values("row", kind="stable", ignore_index=True), schema.TAGS)


def _ids(feedback: pd.DataFrame) -> pd.Series:
    """The feedback ids, or the row labels where there is no id column."""
    if "feedback_id" in feedback:
        return feedback["feedback_id"]
    return pd.Series(feedback.index.astype("str"), index=feedback.index, dtype="str")


def coverage(votes: pd.DataFrame, *, n: int | None = None) -> pd.DataFrame:
    """Per rule the texts it hits, and how many of them no other rule, others of its tag, other tags hit.

    Columns `tag, rule, hits, share, unique, overlap, conflict, negated`, most frequent first.
    """
    lines = pl.DataFrame(
        {
            "row": votes["row"].to_numpy(),
            "tag": votes["tag"].astype("str").to_numpy(),
            "rule": votes["rule"].astype("str").to_numpy(),
            "negated": votes["negated"].to_numpy(),
        },
        schema_overrides={"tag": pl.String, "rule": pl.String},
    )
    once = lines.group_by("row", "tag", "rule").agg(pl.all("negated"))
    once = once.with_columns(rules=pl.len().over("row"), same=pl.len().over("row", "tag"))
    table = once.group_by("tag", "rule").agg(
        hits=pl.len(),
        unique=(pl.col("rules") == 1).sum(),
        overlap=(pl.col("same") > 1).sum(),
        conflict=(pl.col("rules") > pl.col("same")).sum(),
        negated=pl.col("negated").sum(),
    )
    total = n or max(votes["row"].nunique(), 1)
    table = table.with_columns(share=pl.col("hits") / total).sort(
        ["hits", "tag", "rule"], descending=[True, False, False]
    )
    return table.select(
        "tag", "rule", "hits", "share", "unique", "overlap", "conflict", "negated"
    ).to_pandas()


def silent(votes: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """The rules that hit nothing, as lines of `coverage` with zeros."""
    book = matcher(taxonomy).book
    heard = set(votes["rule"].astype("str"))
    lines = [
        (taxonomy.tags[rule.tag].name, label)
        for rule, label in zip(book.rules, book.labels, strict=True)
        if label not in heard
    ]
    table = pd.DataFrame(lines, columns=["tag", "rule"], dtype="str")
    return table.assign(hits=0, share=0.0, unique=0, overlap=0, conflict=0, negated=0)
