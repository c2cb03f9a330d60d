"""What nobody had a category for: new words, themes that grew, alerts still open."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib.report.conclusions import incidents, themed
from voc_lib.report.findings import answers
from voc_lib.report.findings.finding import SURE, UNTOLD, finding
from voc_lib.report.findings.tables import Tables
from voc_lib.report.tables import number
from voc_lib.schema.stats import RISEN
from voc_lib.stats.alerts import CLOSED
from voc_lib.tag.taxonomy import OTHER


def emerging(found: Tables) -> Iterator[dict]:
    """Words and categories that are new or suddenly many."""
    for _, row in found.emerging.iterrows():
        category = str(row["category"]) if pd.notna(row["category"]) else OTHER
        if row["before"] > 0:
            words = f"“{row['term']}”突增：{int(row['n'])} 次，此前每期 {number(row['before'], 'float')} 次"
        else:
            words = f"新出现“{row['term']}”：{int(row['n'])} 次，此前没有"
        where = f"（归在{category}）" if category != OTHER else "（还没有对应的问题类型）"
        yield finding(
            "新问题",
            str(row["term"]),
            words + where,
            sure=1 - row["p_adjusted"],
            cause=UNTOLD,
            decision="指定负责人查明原因，决定是否立项",
            feedback_ids=row["feedback_ids"],
        )


def grown(found: Tables) -> Iterator[dict]:
    """Themes that grew and are no other name of what is news already: most of the problems are the same."""
    told = [set(str(ids).split("、")) for ids in found.emerging["feedback_ids"].dropna()]
    for _, row in found.themes[found.themes["claim"] == RISEN].iterrows():
        mine = set(str(row["feedback_ids"]).split("、"))
        if any(2 * len(mine & ids) >= min(len(mine), len(ids)) for ids in told):
            continue
        more = {"decision": "看原话，决定是否立为一类并指定负责人", "feedback_ids": row["feedback_ids"]}
        yield finding(
            "主题", str(row["theme"]), themed.grown(row), sure=1 - row["p_adjusted"], cause=UNTOLD, **more
        )


def open_alerts(found: Tables) -> Iterator[dict]:
    """Alerts still open that are no other name of what is news or a theme that grew already."""
    grown = found.themes.loc[found.themes["claim"] == RISEN, "feedback_ids"]
    told = [set(str(ids).split("、")) for ids in [*found.emerging["feedback_ids"].dropna(), *grown.dropna()]]
    for _, row in found.incidents[found.incidents["state"] != CLOSED].iterrows():
        mine = set(str(row["feedback_ids"]).split("、"))
        if any(2 * len(mine & ids) >= min(len(mine), len(ids)) for ids in told):
            continue
        more = answers.known(str(row["category"]), found) | {"feedback_ids": row["feedback_ids"]}
        yield finding("预警", str(row["name"]), incidents.still(row), sure=SURE, **more)


def explained(found: Tables, category: str) -> bool:
    """Whether 其他 is told by what is new in it: it is no problem of its own."""
    grown = found.themes[found.themes["claim"] == RISEN]
    return category == OTHER and any(OTHER in set(rows["category"]) for rows in (found.emerging, grown))
