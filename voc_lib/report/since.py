"""What has changed since the report before: new, come back, still open, better, gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report.conclusions import measures
from voc_lib.schema.words import DIRECTIONS, NOT_YET, SIDES, SINCE_STATES

WORSE, BETTER, _ = DIRECTIONS
NEW, BACK, OPEN, GOOD, GONE = SINCE_STATES
MEASURE, RELAPSE = "措施", "措施复发"
KEY = ["kind", "subject"]


def table(
    found: pd.DataFrame, effects: pd.DataFrame, before: tuple[Period, Mapping[str, pd.DataFrame]] | None
) -> pd.DataFrame:
    """schema.SINCE: this report's findings and effects against those of the last; empty without it.

    A finding is the same where its kind and what it is about are; a measure, where its number is.
    """
    if before is None:
        return schema.empty(schema.SINCE)
    now, then = _told(found, effects), _told(before[1]["findings"], before[1]["effects"])
    both = now.merge(then, on=KEY, how="outer", suffixes=("", "_then"), sort=True)
    both["state"] = [_state(*row) for row in both[["side", "side_then", "relapse"]].itertuples(index=False)]
    both = both.rename(columns={"words": "now", "words_then": "before"}).dropna(subset=["state"])
    ordered = both.sort_values(
        ["state", "weight", *KEY],
        key=lambda column: column.map(SINCE_STATES.index) if column.name == "state" else column,
        ascending=[True, False, True, True],
        kind="stable",
        ignore_index=True,
    )
    return schema.shape(ordered, schema.SINCE)


def _told(found: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """One row for each thing a report speaks of: kind, subject, side, words, weight, relapse."""
    found = found.assign(side=found["direction"].astype("str").map({**SIDES, NOT_YET: NOT_YET}))
    single = found[~((found["kind"] == MEASURE) & (found["side"] == BETTER))]
    rows = pd.DataFrame(
        {
            "kind": single["kind"].astype("str").replace(RELAPSE, MEASURE),
            "subject": single["subject"].astype("str"),
            "side": single["side"],
            "words": single["finding"].astype("str"),
            "weight": single["weight"],
            "relapse": (single["kind"] == RELAPSE).to_numpy(),
        }
    )
    return pd.concat([rows, pd.DataFrame(_met(effects), columns=rows.columns)]).drop_duplicates(KEY)


def _met(effects: pd.DataFrame) -> Iterator[tuple]:
    """The measures that met their target, each on its own."""
    judged = effects[effects["target"].notna() & (effects["verdict"] == "达标")]
    for _, row in judged.drop_duplicates("measure_id").iterrows():
        before, after, target = measures.figures(row)
        words = f"措施 {row['measure_id']} 达标：{row['metric']} {before} → {after}，目标 {target}"
        yield MEASURE, str(row["measure_id"]), BETTER, words, 0.0, False


def _state(now: object, then: object, relapse: object) -> str | None:
    """What became of one thing, from its side in this report and in the one before; None: nothing to tell.

    >>> _state("变坏", None, False), _state("变坏", "变坏", False), _state(None, "变坏", False)
    ('新出现', '仍未解决', '不再出现')
    >>> _state("变坏", "变好", True), _state("变好", "变坏", False), _state("变好", "变好", False)
    ('复发', '好转', None)
    >>> _state("还不能断定", "变坏", False) is None  # neither here nor gone
    True
    """
    if now == WORSE:
        return BACK if relapse is True or then == BETTER else OPEN if then == WORSE else NEW
    if now == BETTER:
        return None if then == BETTER else GOOD
    return GONE if then == WORSE and now not in (BETTER, NOT_YET) else None
