"""Which columns of a sheet of the plan are seen together: those one fills in at one go."""

from __future__ import annotations

from collections.abc import Mapping

from voc_lib.exchange.book import Page
from voc_lib.exchange.fields import CALLS, KEY, MEASURES, MESSAGES, VERSION, Form

ALL = "全部列"
PLANNED = (
    *("问题", "根因", "改进目标", "具体措施", "责任人", "责任部门", "计划开始", "计划完成"),
    *("指标", "问题类型", "KPI名称", "目标值", "改进前", "改进后"),
)
DONE = (
    *("具体措施", "责任人", "计划完成", "状态", "实际完成", "步骤", "所需资源", "实施效果"),
    *("遇到的问题及解决措施", "制度文件(SOP)", "推广日期", "固化日期"),
)
JUDGED = (
    *("具体措施", "评审结论", "评审人", "评审日期", "评审：资源", "评审：风险", "评审：预期效果"),
    *("试点范围", "试点条件", "对照条件", "试点开始", "试点结束", "判定", "判定日期", "判定人", "判定理由"),
)
CALLED = ("方案编号", "反馈ID", "问题描述", "回访评分", "回访日期", "回访情况", "备注", "回访安排")
TOLD = ("方案编号", "反馈ID", "阶段", "问题描述", "要说的话", "沟通情况", "沟通日期", "客户的回复")
VIEWS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    MEASURES.kind: {"计划": PLANNED, "进行与效果": DONE, "评审与试点": JUDGED},
    CALLS.kind: {"打电话": CALLED},
    MESSAGES.kind: {"告知与答复": TOLD},
}


def names(form: Form) -> list[str]:
    """What the columns of a sheet can be seen by; nothing to choose from where all are seen at once."""
    return [*VIEWS[form.kind], ALL] if form.kind in VIEWS else []


def labels(page: Page, view: str) -> list[str]:
    """The columns of a view in order; a key that says what other columns say is out of sight."""
    own = [KEY] if page.form is MEASURES else []
    wanted = VIEWS.get(page.form.kind, {}).get(view)
    if wanted is None:
        return [*own, *(label for label in page.labels if label not in (KEY, VERSION))]
    return [*own, *(label for label in wanted if label in page.labels)]
