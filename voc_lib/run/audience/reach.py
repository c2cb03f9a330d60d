"""How many rows of the files each audience has, said before a run."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib.audience import CATEGORY, Audience, label
from voc_lib.errors import did_you_mean
from voc_lib.knowledge import Knowledge
from voc_lib.params import Settings
from voc_lib.run.audience.belonging import Own, column
from voc_lib.tag import rules
from voc_lib.tag.taxonomy import Taxonomy

TAGGED = {CATEGORY, "department", "attribute"}  # columns of `where` that tags decide
LATER = "customer_type"  # and the one only a run knows
HINT = 200


def lines(feedback: pd.DataFrame, settings: Settings, taxonomy: Taxonomy) -> Iterator[str]:
    """A sentence for each audience with a `where`: its rows of the period; of none, the nearest values."""
    audiences = [audience for audience in settings.params.audiences if audience.where]
    rows = feedback[settings.period.mask(feedback["created_at"])].reset_index(drop=True)
    if any(TAGGED & audience.where.keys() for audience in audiences):
        decided, _ = rules.decide(rules.votes(rows, taxonomy), rows, taxonomy)
        rows = rows.assign(primary_tag=decided["primary_tag"], attribute=decided["attribute"])
    for audience in audiences:
        yield _line(audience, rows, taxonomy)


def _line(audience: Audience, rows: pd.DataFrame, taxonomy: Taxonomy) -> str:
    about = f"受众“{audience.name}”（{audience.words}）"
    if LATER in audience.where:
        return f"{about}：{label(LATER)}要运行时才定，现在数不出有多少条"
    n = int(Own(audience, taxonomy, Knowledge(), ()).rows(rows).sum())
    if n:
        return f"{about}：本期 {n} 条"
    return f"注意：{about}本期 0 条，不会出这一版。{_nearest(audience, rows, taxonomy)}"


def _nearest(audience: Audience, rows: pd.DataFrame, taxonomy: Taxonomy) -> str:
    """What each value nobody bears may have been meant as; where all are borne, that no row has all."""
    told = []
    for name, values in audience.where.items():
        held = column(rows, name, taxonomy).dropna().astype("str").unique()
        for value in values:
            hint = did_you_mean(value, held)[:HINT] if len(held) else "这一列是空的。"
            told += [] if value in held else [f"没有{label(name)}是“{value}”的。{hint}"]
    return "".join(told) or "各个值都有，但没有一条同时满足。"
