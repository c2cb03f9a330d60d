"""Problems per 1,000 orders: all of them, or the categories that moved."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from voc_lib.report.conclusions.per_order import against_level, yearly
from voc_lib.report.findings import answers, news
from voc_lib.report.findings.finding import BETTER, OPEN, SURE, WORSE, finding
from voc_lib.report.findings.tables import Tables
from voc_lib.report.tables import number
from voc_lib.stats.rates import ALL, HIGHER, LOWER
from voc_lib.stats.rates import UNKNOWN as UNTOLD_OF

TOGETHER = "查明共同的原因（单量、活动、渠道、人手）"
MIXED = "先查明构成为什么变了"


def moved(found: Tables, most: float) -> Iterator[dict]:
    """Problems per 1,000 orders: all of them with what rose most, else the categories that moved.

    What its parts contradict, or what they hide, is open. All of them yield to a category where only that
    has an adjusted p of at `most` so much.
    """
    sure = found.rates[found.rates["claim"].isin((HIGHER, LOWER)) | found.rates["caution"].notna()]
    whole = sure[sure["category"] == ALL]
    stands = sure["category"].where(sure["p_adjusted"] <= most).dropna()
    if len(stands) and ALL not in {*stands} and whole["caution"].isna().all():
        whole = whole.iloc[:0]
        sure = sure[sure["category"] != ALL]
    for _, row in whole.iterrows():
        same = sure[(sure["claim"] == row["claim"]) & (sure["category"] != ALL)]
        more = {"subject": "问题总量"}
        if pd.isna(row["caution"]):
            many = len(same) > 1 and 2 * len(same) >= _told_of(found.rates)
            problem = str(_foremost(same)["category"].iloc[0]) if len(same) and not many else ""
            more |= {"finding": _against(row, "问题总量") + _mostly(same, many=many)}
            more |= _next(row, problem, found)
        yield _rate("问题总量", row) | more
    if whole.empty:
        for _, row in sure[~sure["category"].map(partial(news.explained, found))].iterrows():
            yield _rate("每千单件数", row) | _next(row, str(row["category"]), found)


def _rate(kind: str, row: pd.Series) -> dict:
    name, side = str(row["category"]), WORSE if row["claim"] == HIGHER else BETTER
    told = "问题总量" if name == ALL else name
    if pd.notna(row["caution"]):
        words = f"{_against(row, f'{told}合计')}，但{row['caution']}"
        return finding(kind, name, words, sure=SURE, called=OPEN, decision=MIXED, tested=False)
    side = OPEN if yearly(row) else side
    return finding(kind, name, _against(row, told), sure=1 - row["p_adjusted"], called=side)


def _against(row: pd.Series, name: str) -> str:
    how = {HIGHER: "上升", LOWER: "下降"}.get(row["claim"])
    if how is None:
        return f"{name}与以往相当（每千单 {number(row['rate'], 'float')} 件）"
    return f"{name}{how}：{against_level(row)}"


def _next(row: pd.Series, problem: str, found: Tables) -> dict:
    """What is to be decided: of all problems together, where no single one stands out, `problem` is ""."""
    if pd.notna(row["caution"]):
        return {}
    if row["claim"] == LOWER:
        return {"decision": "保持"}
    return answers.known(problem, found) if problem else {"decision": TOGETHER}


def _told_of(rates: pd.DataFrame) -> int:
    """How many categories something could be claimed of."""
    return int(((rates["category"] != ALL) & (rates["claim"] != UNTOLD_OF)).sum())


def _foremost(same: pd.DataFrame) -> pd.DataFrame:
    """At most three categories, those that brought most of the change first."""
    extra = (same["rate"] - same["level"]).abs()
    return same.loc[extra.sort_values(ascending=False, kind="stable").index].head(3)


def _mostly(same: pd.DataFrame, *, many: bool) -> str:
    """The categories that moved the same way, by problems per 1,000 orders; whether they are `many`."""
    if same.empty:
        return "，各类问题都没有单独超出误差范围"
    names = "、".join(f"{row['category']}（{_fold(row)}）" for _, row in _foremost(same).iterrows())
    return f"；{names}一起变，不像只有一个原因" if many else f"；主要在{names}"


def _fold(row: pd.Series) -> str:
    return f"{row['ratio']:.2f} 倍" if pd.notna(row["ratio"]) else "此前没有"
