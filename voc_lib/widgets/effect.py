"""What the corrections made so far do to the shares of the period, before anything is run again."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from voc_lib.collect import ledger
from voc_lib.run.workflow.step import Step
from voc_lib.stats import raised

MOST = 5  # tags told


def counted(step: Step) -> pd.Series:
    """The primary tag of each problem of the period, as the tables have it, by the register's key."""
    rows = raised.problems(step.read("issues"), step.period)
    return pd.Series(rows["primary_tag"].to_numpy(), index=pd.Index(ledger.keys(rows)), dtype="str")


def moved(now: pd.Series, first: Mapping[str, str]) -> pd.DataFrame:
    """Tags whose number changes: `tag, before, after`, the greatest change first. `first`: id -> first tag.

    >>> now = pd.Series(["甲", "甲", "乙"], index=["1", "2", "3"])
    >>> moved(now, {"2": "乙", "9": "丙"}).values.tolist()
    [['乙', 1, 2], ['甲', 2, 1]]
    """
    pairs = zip(now.index.astype("str"), now, strict=True)
    after = pd.Series([first.get(ident, tag) for ident, tag in pairs], dtype="str")
    both = pd.DataFrame({"before": now.value_counts(), "after": after.value_counts()}).fillna(0)
    both = both.astype("int64").rename_axis("tag").reset_index()
    both = both[both["before"] != both["after"]]
    by = (both["after"] - both["before"]).abs().mul(-1)
    return both.assign(by=by).sort_values(["by", "tag"], ignore_index=True)[["tag", "before", "after"]]


def told(now: pd.Series, first: Mapping[str, str]) -> str:
    """The tags whose share changes most, as a sentence.

    >>> told(pd.Series(["甲", "甲"], index=["1", "2"]), {"2": "乙"})
    '到现在为止的更正使本期占比变为：乙 0.0% → 50.0%（+1 条）；甲 100.0% → 50.0%（−1 条）。下次运行时生效。'
    """
    rows = moved(now, first)
    if rows.empty:
        return "到现在为止的更正没有改变本期各标签的占比。"
    named = rows.head(MOST).itertuples(index=False, name=None)
    said = [
        f"{tag} {before / len(now):.1%} → {after / len(now):.1%}（{_signed(after - before)} 条）"
        for tag, before, after in named
    ]
    more = f"；另有 {len(rows) - MOST} 个标签有变化" if len(rows) > MOST else ""
    return f"到现在为止的更正使本期占比变为：{'；'.join(said)}{more}。下次运行时生效。"


def _signed(n: int) -> str:
    return f"{n:+d}".replace("-", "−")
