"""What step 1 states: goals, the metric dictionary, team, milestones, channels."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare
from voc_lib.schema.words import VERDICTS

GOALS = declare(
    "goals",
    "目标与基线",
    C("goal", "text", "目标", required=True),
    C("metric", "text", "衡量指标", required=True),
    C("baseline", "float", "基线"),
    C("target", "float", "目标值", required=True),
    C("unit", "category", "单位"),
    C("n", "int", "基线样本量", low=0),
    C("source", "text", "基线来源"),
    C("baseline_data", "float", "数据中的基线"),
    C("baseline_low", "float", "数据基线95%下限"),
    C("baseline_high", "float", "数据基线95%上限"),
    C("baseline_from", "text", "数据基线取自"),
    C("current", "float", "本期"),
    C("low", "float", "本期95%下限"),
    C("high", "float", "本期95%上限"),
    C("n_current", "int", "本期样本量", low=0),
    C("attainment", "float", "目标达成率"),
    C("verdict", "category", "结论", allowed=VERDICTS),
    C("owner", "category", "负责人"),
    C("due", "date", "期限"),
    C("forecast", "float", "到期预计"),
    C("forecast_low", "float", "预计95%下限"),
    C("forecast_high", "float", "预计95%上限"),
    C("outlook", "text", "照现有趋势到期"),
    C("caution", "text", "注意"),
)
METRICS = declare(
    "metrics",
    "指标词典",
    C("metric", "text", "指标", required=True),
    C("definition", "text", "口径"),
    C("unit", "category", "单位", required=True),
    C("numerator", "text", "分子"),
    C("denominator", "text", "分母"),
    C("better", "category", "好方向", required=True, allowed=("越高越好", "越低越好")),
    C("source", "text", "数据来源"),
    C("exposure", "text", "计入范围"),
    C("used_by", "text", "用于"),
    key=("metric",),
)
TEAM = declare(
    "team",
    "项目团队",
    C("role", "category", "角色", required=True),
    C("name", "category", "姓名", required=True),
    C("duty", "text", "职责"),
    C("lead", "bool", "负责人"),
)
MILESTONES = declare(
    "milestones",
    "里程碑",
    C("milestone", "text", "里程碑", required=True),
    C("due", "date", "日期", required=True),
    C("owner", "category", "负责人", required=True),
    C("state", "category", "状态"),
)
CHANNELS = declare(
    "channels",
    "渠道与工具",
    C("source", "category", "数据来源", required=True),
    C("channel", "category", "渠道"),
    C("file", "text", "文件"),
    C("n", "int", "本期反馈", low=0),
    C("share", "share", "占比", low=0, high=1),
)
