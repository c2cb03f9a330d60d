"""What the report on customers holds: segments, cohorts, churn, buying after a complaint, whom to serve."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare

VALUES = ("高价值", "一般")
STATES = ("新客", "活跃", "流失风险")
DIFFERENCES = ("更低", "更高", "相当", "样本太少")
SHARE = (
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
)
SEGMENTS = declare(
    "segments",
    "客户分群（RFM）",
    C("value", "category", "价值", required=True, allowed=VALUES),
    C("state", "category", "状态", required=True, allowed=STATES),
    C("customers", "int", "客户数", required=True, low=0),
    C("share", "share", "客户占比", low=0, high=1),
    C("amount", "float", "累计消费（元）", low=0),
    C("amount_share", "share", "消费占比", low=0, high=1),
    C("recency_days", "float", "多久没下单（天，中位数）", low=0),
    C("frequency", "float", "人均下单次数", low=0),
    C("monetary", "float", "人均消费（元）", low=0),
    C("next_year", "float", "今后一年人均消费（元）", low=0),
    C("next_low", "float", "预计95%下限", low=0),
    C("next_high", "float", "预计95%上限", low=0),
    C("speakers", "int", "本期反映问题", required=True, low=0),
    key=("value", "state"),
)
RFM = declare(
    "rfm",
    "客户 RFM 明细",
    C("customer_id", "text", "客户ID", required=True),
    C("recency_days", "int", "距上次下单天数", low=0),
    C("frequency", "int", "下单次数", required=True, low=0),
    C("monetary", "float", "累计消费（元）", low=0),
    C("r", "int", "R 分", low=1, high=5),
    C("f", "int", "F 分", low=1, high=5),
    C("m", "int", "M 分", low=1, high=5),
    C("value", "category", "价值", required=True, allowed=VALUES),
    C("state", "category", "状态", required=True, allowed=STATES),
    key=("customer_id",),
)
COHORTS = declare(
    "cohorts",
    "留存：首单月份之后各月再下单的比例",
    C("cohort", "text", "首单月份", required=True),
    C("month", "int", "首单后第几个月", required=True, low=1),
    C("customers", "int", "客户数", required=True, low=0),
    C("active", "int", "当月下单", required=True, low=0),
    *SHARE,
    key=("cohort", "month"),
)
REPURCHASE = declare(
    "repurchase",
    "复购率",
    C("cohort", "text", "首单季度", required=True),
    C("customers", "int", "新客户数", required=True, low=0),
    C("again", "int", "其中 90 天内再次下单", required=True, low=0),
    *SHARE,
    key=("cohort",),
)
CHURN = declare(
    "churn",
    "流失风险",
    C("band", "category", "距上次下单", required=True),
    C("was", "int", "回测时的客户数", required=True, low=0),
    C("lost", "int", "其后未再下单", required=True, low=0),
    *SHARE,
    C("customers", "int", "现在的客户数", required=True, low=0),
    C("high_value", "int", "其中高价值", required=True, low=0),
    C("expected", "float", "预计流失客户数", low=0),
    key=("band",),
)
AFTERWARDS = declare(
    "afterwards",
    "反映问题之后的再次购买",
    C("group", "category", "反映的问题", required=True),
    C("n", "int", "反映问题的客户次数", required=True, low=0),
    *SHARE,
    C("compared", "share", "同类客户", low=0, high=1),
    C("change", "float", "差（百分点）"),
    C("change_low", "float", "差的下限（各类校正后）"),
    C("change_high", "float", "差的上限（各类校正后）"),
    C("matched", "int", "可比客户次数", low=0),
    C("claim", "category", "结论", required=True, allowed=DIFFERENCES),
    key=("group",),
)
NEEDS = declare(
    "needs",
    "各类客户反映的问题",
    C("segment", "category", "客户群", required=True),
    C("category", "category", "问题类型", required=True),
    C("n", "int", "问题数", required=True, low=0),
    C("base", "int", "该群问题合计", required=True, low=0),
    *SHARE,
    C("rest", "share", "其他客户中的占比", low=0, high=1),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "与其他客户相比", required=True, allowed=DIFFERENCES),
    key=("segment", "category"),
)
CARE = declare(
    "care",
    "个性化服务名单",
    C("rank", "int", "次序", required=True, low=1),
    C("customer_id", "text", "客户ID", required=True),
    C("labels", "text", "客户标签", required=True),
    C("recency_days", "int", "距上次下单天数", low=0),
    C("monetary", "float", "累计消费（元）", low=0),
    C("problems", "text", "本期反映的问题", required=True),
    C("n", "int", "反馈次数", required=True, low=0),
    C("open", "int", "未办结", required=True, low=0),
    C("csat", "float", "最近评分", low=1, high=5),
    C("advice", "text", "建议", required=True),
    C("feedback_ids", "text", "反馈ID", required=True),
    key=("customer_id",),
)
