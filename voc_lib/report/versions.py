"""Which taxonomy the figures stand on, in sentences: all months of a report, and the report before."""

from __future__ import annotations

from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.versions import Change, diff


def taxonomy(taxonomy: Taxonomy, change: Change | None) -> TextView:
    """The taxonomy of the report, and what a change of it did to the figures of the report before."""
    name = f"标签体系“{taxonomy.title or taxonomy.name}”"
    if change is None:
        return text(f"所有月份都用{name}（版本 {taxonomy.version}）重新打标，同一把尺子，各月可比。")
    old, new = change.before.version, change.after.version
    step = f"由版本 {old} 变为 {new}" if old != new else f"有变动（版本号仍写 {new}，请改 version）"
    count = len(diff(change.before, change.after))
    lead = (
        f"与{change.period.title}的报告相比，{name}{step}，变更 {count} 处。"
        "历史月份已按新体系重新打标，本报告内各月可比；那份报告里的数字是按旧体系打的，不要与本报告直接相比。"
    )
    items = [_moved(change)] if change.compared else []
    items.append(f"逐条变更：voc taxonomy diff outputs/报告名称/{change.period.label} 现在的标签体系")
    return text(lead, items=items, tone="warn")


def _moved(change: Change) -> str:
    share = number(change.moved / change.compared, "share")
    return (
        f"那份报告里的 {change.compared:,} 条问题反馈，现在主标签不同的有 {change.moved:,} 条（{share}），"
        "其中也有此后的人工更正"
    )
