"""Which taxonomy the figures stand on, in sentences: all months of a report, and the report before."""

from __future__ import annotations

import pandas as pd

from voc_lib.report.narrative import TextView, listed, text
from voc_lib.report.tables import number
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.versions import ADDED, REMOVED, WHOLE, Change, diff, renamed

NAMED = 5  # tags listed by name


def taxonomy(taxonomy: Taxonomy, change: Change | None) -> TextView:
    """The taxonomy of the report, and what a change of it did to the figures of the report before."""
    name = f"标签体系“{taxonomy.title or taxonomy.name}”"
    if change is None:
        return text(f"所有月份都用{name}（版本 {taxonomy.version}）重新打标，同一把尺子，各月可比。")
    lead = (
        f"与{change.period.title}的报告相比，{name}{_step(change.before, change.after)}。"
        "历史月份已按新体系重新打标，本报告内各月可比；那份报告里的数字是按旧体系打的，不要与本报告直接相比。"
    )
    items = [_moved(change)] if change.compared else []
    return text(lead, items=[*items, *_differences(change.before, change.after)], tone="warn")


def between(former: Taxonomy | None, taxonomy: Taxonomy) -> str:
    """A sentence on the other taxonomy the report before was made by; empty where it was the same."""
    if former is None:
        return ""
    told = "；".join(_differences(former, taxonomy))
    return f"此间标签体系{_step(former, taxonomy)}（{told}），两份报告里各类的数字不要直接相比。"


def _step(old: Taxonomy, new: Taxonomy) -> str:
    if old.version == new.version:
        return f"有变动（版本号仍写 {new.version}，请改 version）"
    return f"由版本 {old.version} 变为 {new.version}"


def _differences(old: Taxonomy, new: Taxonomy) -> list[str]:
    """What became of the tags: called otherwise, new, gone, with other rules."""
    names, found = renamed(old, new), diff(old, new)
    whole = found[found["field"] == "tag"]
    told = {
        "改名": [f"{before}→{after}" for before, after in names.items()],
        "新增": whole.loc[whole["change"] == ADDED, "tag"].tolist(),
        "删除": whole.loc[whole["change"] == REMOVED, "tag"].tolist(),
        "改了规则或说明": sorted(set(found["tag"]) - {WHOLE} - set(whole["tag"]) - set(_only(found, "name"))),
    }
    return [f"{kind}：{listed(tags, NAMED, '个')}" for kind, tags in told.items() if tags] or [
        "标签和规则没有变"
    ]


def _only(found: pd.DataFrame, field: str) -> list[str]:
    """Tags of which nothing else differs."""
    alone = found.groupby("tag")["field"].agg(lambda fields: set(fields) == {field})
    return [str(tag) for tag in alone.index[alone]]


def _moved(change: Change) -> str:
    share = number(change.moved / change.compared, "share")
    return (
        f"那份报告里的 {change.compared:,} 条问题反馈，现在主标签不同的有 {change.moved:,} 条（{share}），"
        "其中也有此后的人工更正"
    )
