"""What steps 6 and 7 plan and prove: measures, tasks, effects, call-backs, promises."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare
from voc_lib.schema.words import VERDICTS

PLAN = declare(
    "plan",
    "客户反馈改进计划表",
    C("problem", "category", "高频问题", required=True),
    C("cause", "text", "根因分析(5Why)"),
    C("goal", "text", "改进目标"),
    C("action", "text", "具体措施"),
    C("owner", "category", "责任人"),
    C("due", "date", "完成时间"),
    C("resources", "text", "所需资源"),
    C("measure_id", "text", "方案编号", required=True),
)
SOLUTIONS = declare(
    "solutions",
    "客户服务优化方案表",
    C("measure_id", "text", "方案编号", required=True),
    C("goal", "text", "优化目标", required=True),
    C("action", "text", "具体措施", required=True),
    C("department", "category", "责任部门", required=True),
    C("owner", "category", "责任人", required=True),
    C("start", "date", "计划开始时间", required=True),
    C("due", "date", "计划完成时间", required=True),
    C("resources", "text", "所需资源"),
    C("pilot", "text", "试点范围"),
    C("risks", "text", "风险"),
    C("expected", "text", "预期效果"),
)
TRACKING = declare(
    "tracking",
    "优化方案执行跟踪表",
    C("measure_id", "text", "方案编号", required=True),
    C("goal", "text", "优化目标", required=True),
    C("action", "text", "具体措施", required=True),
    C("department", "category", "责任部门", required=True),
    C("owner", "category", "责任人", required=True),
    C("start", "date", "计划开始时间", required=True),
    C("due", "date", "计划完成时间", required=True),
    C("done", "date", "实际完成时间"),
    C(
        "state",
        "category",
        "完成状态",
        required=True,
        allowed=("按期", "延期", "进行中", "未开始", "已逾期", "取消"),
    ),
    C("result", "text", "实施效果"),
    C("obstacles", "text", "遇到的问题及解决措施"),
)
TASKS = declare(
    "tasks",
    "任务导入表",
    C("task", "text", "任务名称", required=True),
    C("parent", "text", "父任务"),
    C("description", "text", "任务描述"),
    C("owner", "category", "负责人", required=True),
    C("department", "category", "部门"),
    C("start", "date", "开始时间", required=True),
    C("due", "date", "截止时间", required=True),
    C("done", "date", "完成时间"),
    C("state", "category", "状态", required=True),
)
EFFECTS = declare(
    "effects",
    "改进效果跟踪表",
    C("measure_id", "text", "方案编号", required=True),
    C("action", "text", "改进措施", required=True),
    C("metric", "text", "目标指标", required=True),
    C("before", "float", "改进前数值"),
    C("after", "float", "改进后数值"),
    C("verdict", "category", "达成情况", required=True, allowed=VERDICTS),
    C("revisit_csat", "float", "客户回访满意度(1–5分)", low=1, high=5),
    C("note", "text", "备注"),
    C("unit", "category", "单位"),
    C("target", "float", "目标"),
    C("attainment", "float", "目标达成率"),
    C("difference", "float", "变化"),
    C("low", "float", "变化95%下限"),
    C("high", "float", "变化95%上限"),
    C("p_value", "float", "p值", low=0, high=1),
    C("n_before", "int", "改进前样本量", low=0),
    C("n_after", "int", "改进后样本量", low=0),
    C("next_step", "category", "后续"),
    key=("measure_id", "metric"),
)
FOLLOWUPS = declare(
    "followups",
    "客户回访名单",
    C("measure_id", "text", "方案编号", required=True),
    C("customer_id", "text", "客户编号"),
    C("feedback_ids", "text", "反馈ID", required=True),
    C("created_at", "time", "反馈时间"),
    C("category", "category", "问题类型"),
    C("text", "text", "问题描述"),
    C("reason", "text", "回访事由"),
    C("csat", "float", "回访满意度(1–5分)", low=1, high=5),
)
COMMITMENTS = declare(
    "commitments",
    "服务承诺兑现报告",
    C("promise", "text", "承诺", required=True),
    C("month", "text", "月份", required=True),
    C("kept", "int", "兑现", low=0),
    C("n", "int", "总数", low=0),
    C("share", "share", "兑现率", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
    C("target", "share", "目标", low=0, high=1),
    C("breaches", "int", "未兑现", low=0),
    C("verdict", "category", "结论", allowed=VERDICTS),
)
