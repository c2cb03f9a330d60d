"""Where operations fail: which error of which function, how often, for how many, whether it stands out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect.logs import merged, no_error
from voc_lib.intervals import ratio, wilson

UNSAID = "未写明"


def table(events: pd.DataFrame, *, least: int) -> pd.DataFrame:
    """schema.USAGE_ERRORS, the most frequent first.

    Hot: at least `least` operations with an outcome, more than one person met it, and the lower bound of its
    share (Wilson) lies above the error rate of all functions together. One person's attempts hang together,
    so the interval is rather too narrow: `top_user_share` says how much one alone makes of it.
    """
    told = events[events["failed"].notna()]
    wrong = told[told["failed"] == 1]
    if wrong.empty:
        return schema.empty(schema.USAGE_ERRORS)
    named = wrong.assign(error=_words(wrong["error"]))
    keys = ["function", "error"]
    by_user = named.groupby([*keys, "user_id"], observed=True).size()
    groups = by_user.groupby(level=keys, observed=True)
    judged = told["function"].value_counts()
    rows = pd.DataFrame({"n": groups.sum(), "users": groups.size(), "most": groups.max()}).reset_index()
    rows = rows.assign(judged=rows["function"].astype("str").map(judged.rename(str)).astype("int64"))
    rate = wilson(rows["n"], rows["judged"])
    overall = len(wrong) / len(told)
    hot = (rate.low > overall) & (rows["judged"] >= least) & (rows["users"] > 1)
    rows = rows.assign(
        top_user_share=ratio(rows["most"], rows["n"]),
        rate=rate.value,
        low=rate.low,
        high=rate.high,
        overall=overall,
        hot=hot,
    )
    ordered = rows.astype({"function": "str", "error": "str"}).sort_values(
        ["n", "function", "error"], ascending=[False, True, True], ignore_index=True
    )
    return schema.shape(ordered, schema.USAGE_ERRORS)


def _words(errors: pd.Series) -> pd.Series:
    """What was written as the error, UNSAID where nothing was."""
    known = [UNSAID if no_error(str(word)) else str(word) for word in errors.cat.categories]
    codes = errors.cat.codes.to_numpy().astype("int64")
    places = np.where(codes < 0, len(known), codes)
    return pd.Series(merged(places, pd.Series([*known, UNSAID], dtype="str")), errors.index)
