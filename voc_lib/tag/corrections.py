"""Tags people have set: they win over rules and are what a tagger learns from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.errors import DataError, did_you_mean
from voc_lib.tag.taxonomy import Taxonomy


def read(corrected: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """The corrections as `feedback_id, tags` with canonical names, the last one of each feedback.

    Names, codes and aliases are understood; a name the taxonomy does not have is a DataError.
    """
    last = corrected.dropna(subset=["feedback_id", "tags"]).drop_duplicates("feedback_id", keep="last")
    names = [_canonical(tags, taxonomy) for tags in last["tags"].tolist()]
    return pd.DataFrame({"feedback_id": last["feedback_id"].to_numpy(), "tags": names}).astype("str")


def _canonical(tags: str, taxonomy: Taxonomy) -> str:
    words = dict.fromkeys(word.strip() for word in tags.replace(";", "；").split("；") if word.strip())
    for word in words:
        if word not in taxonomy.aliases:
            hint = did_you_mean(word, taxonomy.by_name)
            raise DataError(f"更正里的标签 “{word}” 不在标签体系 {taxonomy.name} 中。{hint}")
    return "；".join(dict.fromkeys(taxonomy.aliases[word] for word in words))


def apply(
    decided: pd.DataFrame,
    tags: pd.DataFrame,
    feedback: pd.DataFrame,
    corrected: pd.DataFrame,
    taxonomy: Taxonomy,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The decisions and their evidence with the corrections in place; the first tag named is primary."""
    wanted = read(corrected, taxonomy).set_index("feedback_id")["tags"]
    own = feedback["feedback_id"].map(wanted)
    changed = own.notna().to_numpy() & (own != "").to_numpy(dtype=bool, na_value=False)
    primary = own.str.split("；").str[0]
    attributes = primary.map(taxonomy.attributes_by_tag)
    result = pd.DataFrame(
        {
            "tags": decided["tags"].where(~changed, own),
            "primary_tag": decided["primary_tag"].where(~changed, primary),
            "attribute": decided["attribute"].where(~changed, attributes),
        }
    ).astype("str")
    ids = feedback["feedback_id"][changed]
    kept = tags[~tags["feedback_id"].isin(ids)]
    place = pd.Series(np.arange(len(feedback)), index=feedback["feedback_id"])
    both = pd.concat([kept, _evidence(ids, own[changed], taxonomy)], ignore_index=True)
    order = both["feedback_id"].map(place).to_numpy().argsort(kind="stable")
    return result, schema.shape(both.take(order).reset_index(drop=True), schema.TAGS)


def _evidence(ids: pd.Series, tags: pd.Series, taxonomy: Taxonomy) -> pd.DataFrame:
    """One line per feedback and tag a person has set."""
    lines = pd.DataFrame({"feedback_id": ids, "tag": tags.str.split("；")}).explode("tag")
    lines["primary"] = ~lines["feedback_id"].duplicated()
    lines["code"] = lines["tag"].map({tag.name: tag.code for tag in taxonomy.tags})
    return schema.shape(lines.assign(by="人工", rule="人工更正"), schema.TAGS)
