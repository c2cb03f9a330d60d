"""Departments that close slower, or solve less at once, than the others."""

from __future__ import annotations

from collections.abc import Iterator

from voc_lib.report.findings.finding import finding
from voc_lib.report.findings.tables import Tables
from voc_lib.report.tables import number


def slower(found: Tables) -> Iterator[dict]:
    """The department that closes slowest beside the others at the same urgency."""
    rows = found.desks[(found.desks["dimension"] == "部门") & (found.desks["claim"] == "更慢")]
    for _, row in rows.nsmallest(1, "pace").iterrows():
        hours, pace = number(row["hours"], "float", "小时"), number(row["pace"], "float")
        words = f"{row['group']}办结比其他部门慢：同等紧急程度下速度为其他部门的 {pace} 倍，中位数 {hours}"
        more = {"cause": "见服务质量报告的各环节用时", "decision": "查明慢在哪个环节"}
        yield finding("办理快慢", str(row["group"]), words, sure=1 - row["p_adjusted"], **more)


def unsolved(found: Tables) -> Iterator[dict]:
    """The department that solves least at once, beside the others."""
    rows = found.desks[(found.desks["dimension"] == "部门") & (found.desks["solved"] == "更低")]
    for _, row in rows.nsmallest(1, "first_contact").iterrows():
        own, others = (number(row[key], "share") for key in ("first_contact", "others"))
        words = f"{row['group']}一次解决率 {own}，其他部门 {others}"
        more = {"cause": "见服务质量报告", "decision": "查明为什么要再来一次"}
        yield finding("一次解决", str(row["group"]), words, sure=1 - row["solved_p"], **more)
