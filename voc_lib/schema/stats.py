"""What step 4 counts and compares."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare

INTERVAL_COLUMNS = (
    C("n", "int", "样本量", low=0),
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
)
CATEGORY_STATS = declare(
    "category_stats",
    "客户反馈问题分类统计表",
    C("category", "category", "问题类型", required=True),
    C("n", "int", "出现频次", required=True, low=0),
    C("share", "share", "占比(%)", required=True, low=0, high=1),
    C("keywords", "text", "主要问题描述关键词"),
    C("customers", "int", "涉及客户数", required=True, low=0),
    C("low", "share", "占比95%下限", low=0, high=1),
    C("high", "share", "占比95%上限", low=0, high=1),
    C("cumulative", "share", "累计占比", low=0, high=1),
    C("previous_n", "int", "上期频次", low=0),
    C("change", "float", "占比变化（百分点）"),
    C("change_low", "float", "变化下限（校正后）"),
    C("change_high", "float", "变化上限（校正后）"),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("caution", "text", "注意"),
    key=("category",),
)
CHANGES = declare(
    "changes",
    "与上期相比的变化",
    C("kind", "category", "类别", required=True, allowed=("问题占比", "服务质量", "满意度")),
    C("indicator", "category", "指标", required=True),
    C("unit", "category", "单位", required=True),
    C("value", "float", "本期"),
    C("previous", "float", "上期"),
    C("n", "int", "本期样本量", low=0),
    C("previous_n", "int", "上期样本量", low=0),
    C("change", "float", "变化"),
    C("low", "float", "变化下限（校正后）"),
    C("high", "float", "变化上限（校正后）"),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "结论", required=True, allowed=("上升", "下降", "在误差范围内", "无法比较")),
    C("dispersion", "float", "月间波动倍数", low=1),
    C("periods", "int", "历史期数", low=0),
    C("where", "text", "变化在哪里"),
    C("caution", "text", "注意"),
    C("note", "text", "口径"),
    key=("kind", "indicator"),
)
MIX = declare(
    "mix",
    "变化的分解：组内与构成",
    C("indicator", "category", "指标", required=True),
    C("dimension", "category", "维度", required=True),
    C("unit", "category", "单位", required=True),
    C("change", "float", "合计变化", required=True),
    C("within", "float", "组内变化", required=True),
    C("composition", "float", "构成变化", required=True),
    C("reading", "text", "说明", required=True),
    key=("indicator", "dimension"),
)
WEIGHTED = declare(
    "weighted",
    "加权后的问题占比",
    C("category", "category", "问题类型", required=True),
    C("n", "int", "频次（对得上客户表）", required=True, low=0),
    C("share", "share", "未加权占比", required=True, low=0, high=1),
    C("weighted_share", "share", "加权占比", required=True, low=0, high=1),
    C("low", "share", "加权占比95%下限", low=0, high=1),
    C("high", "share", "加权占比95%上限", low=0, high=1),
    C("difference", "float", "差（百分点）"),
    key=("category",),
)
TREND = declare(
    "trend",
    "月度趋势",
    C("month", "text", "月份", required=True),
    C("category", "category", "问题类型", required=True),
    C("n", "int", "频次", required=True, low=0),
    C("total", "int", "当月合计", required=True, low=0),
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
    C("exposure", "float", "订单量", low=0),
    C("rate", "float", "每千单件数", low=0),
    C("center", "share", "控制图中心线", low=0, high=1),
    C("lower", "share", "控制下限", low=0, high=1),
    C("upper", "share", "控制上限", low=0, high=1),
    C("signal", "category", "判异规则", allowed=("越界", "连续偏移")),
)
RATED_COLUMNS = (
    C("n", "int", "件数", required=True, low=0),
    C("orders", "float", "订单量", required=True, low=0),
    C("rate", "float", "每千单件数", required=True, low=0),
    C("low", "float", "每千单95%下限", low=0),
    C("high", "float", "每千单95%上限", low=0),
)
RATIO_COLUMNS = (
    C("ratio", "float", "倍数", low=0),
    C("ratio_low", "float", "倍数下限（校正后）", low=0),
    C("ratio_high", "float", "倍数上限（校正后）", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "结论", required=True, allowed=("偏高", "偏低", "相当", "无法比较")),
)
RATES = declare(
    "rates",
    "每千单问题数与以往水平",
    C("category", "category", "问题类型", required=True),
    *RATED_COLUMNS,
    C("left_out", "int", "没有订单量的件数", low=0),
    C("previous", "float", "上期每千单", low=0),
    C("last_year", "float", "上年同期每千单", low=0),
    C("level", "float", "以往水平（每千单）", low=0),
    *RATIO_COLUMNS,
    C("dispersion", "float", "期间波动倍数", low=1),
    C("periods", "int", "以往期数", low=0),
    C("moved", "bool", "更早的水平不同"),
    C("caution", "text", "注意"),
    key=("category",),
)
REGION_RATES = declare(
    "region_rates",
    "各地区每千单问题数",
    C("category", "category", "问题类型", required=True),
    C("region", "category", "地区", required=True),
    *RATED_COLUMNS,
    *RATIO_COLUMNS,
    C("before", "float", "此前12个月的倍数", low=0),
    C("dispersion", "float", "期间波动倍数", low=1),
    key=("category", "region"),
)
CROSSTAB = declare(
    "crosstab",
    "交叉分析",
    C("category", "category", "问题类型", required=True),
    C("dimension", "category", "维度", required=True),
    C("group", "category", "分组", required=True),
    *INTERVAL_COLUMNS,
    C("base", "int", "分组合计", low=0),
    C("lift", "float", "相对总体倍数", low=0),
    C("small", "bool", "基数过小"),
)
BEATS, FAILS, SHORT = "好于照抄", "不如照抄", "历史太短"  # of a forecast against naive ones
SMOOTHED, REGRESSED = "指数平滑", "ARIMA"  # models of a forecast
FORECAST = declare(
    "forecast",
    "下月预计",
    C("indicator", "category", "指标", required=True),
    C("month", "text", "月份"),
    C("value", "float", "预计"),
    C("low", "float", "95%下限"),
    C("high", "float", "95%上限"),
    C("n", "int", "用了几个月", required=True, low=0),
    C("model", "category", "模型", allowed=(SMOOTHED, REGRESSED)),
    C("error", "float", "预计的平均误差", low=0),
    C("naive_error", "float", "照抄上月或去年同月的平均误差", low=0),
    C("claim", "category", "与照抄相比", required=True, allowed=(BEATS, FAILS, SHORT)),
    key=("indicator",),
)
EMERGING = declare(
    "emerging",
    "新出现与突增的问题",
    C("term", "text", "说法", required=True),
    C("terms", "text", "同一批问题的其他说法"),
    C("category", "category", "所属问题类型"),
    C("n", "int", "本期次数", required=True, low=0),
    C("before", "float", "此前月均", required=True, low=0),
    C("ratio", "float", "倍数", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("example", "text", "原话示例"),
    C("feedback_ids", "text", "反馈ID"),
)
RISEN, STEADY, UNCOMPARED = "增多", "没有超出以往", "无法比较"  # of a theme against the months before
THEMES = declare(
    "themes",
    "其他与大类里的主题",
    C("category", "category", "问题类型", required=True),
    C("theme", "text", "主题", required=True),
    C("n", "int", "本期件数", required=True, low=0),
    C("share", "share", "占本类", low=0, high=1),
    C("low", "share", "占本类95%下限", low=0, high=1),
    C("high", "share", "占本类95%上限", low=0, high=1),
    C("before", "float", "此前月均", low=0),
    C("ratio", "float", "倍数", low=0),
    C("ratio_low", "float", "倍数下限（校正后）", low=0),
    C("ratio_high", "float", "倍数上限（校正后）", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "结论", required=True, allowed=(RISEN, STEADY, UNCOMPARED)),
    C("known", "bool", "上一份报告已有"),
    C("phrases", "text", "关键短语"),
    C("words", "text", "归类用词"),
    C("quotes", "text", "原话"),
    C("feedback_ids", "text", "反馈ID"),
    key=("category", "theme"),
)
SERVICE = declare(
    "service",
    "服务质量指标",
    C("indicator", "category", "指标", required=True),
    C("group", "category", "分组", required=True),
    C("value", "float", "数值"),
    C("unit", "category", "单位"),
    C("low", "float", "95%下限"),
    C("high", "float", "95%上限"),
    C("n", "int", "样本量", low=0),
    C("previous", "float", "上期"),
    C("note", "text", "口径"),
)
SATISFACTION = declare("satisfaction", "满意度指标", *SERVICE.columns)
INFLUENCE_COLUMNS = (
    C("effect", "float", "影响（分，其他因素相同时）"),
    C("effect_low", "float", "影响95%下限"),
    C("effect_high", "float", "影响95%上限"),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("importance", "share", "重要性（占可解释部分）", low=0, high=1),
    C("importance_low", "share", "重要性95%下限", low=0, high=1),
    C("importance_high", "share", "重要性95%上限", low=0, high=1),
    C("r_squared", "share", "全部因素可解释的部分", low=0, high=1),
)
DRIVERS = declare(
    "drivers",
    "满意度驱动因素",
    C("driver", "text", "因素", required=True),
    C("n", "int", "有此因素的评分数", required=True, low=0),
    C("mean_with", "float", "有此因素的均分"),
    C("mean_without", "float", "无此因素的均分"),
    *INFLUENCE_COLUMNS,
    C("scores", "int", "评分数", required=True, low=0),
    key=("driver",),
)
SURVEY_ANSWERS = declare(
    "survey_answers",
    "问卷各题结果",
    C("source", "category", "数据来源", required=True),
    C("number", "category", "题号"),
    C("question", "category", "题目", required=True),
    C("kind", "category", "题型", required=True),
    C("item", "category", "分项或选项"),
    C("indicator", "category", "指标", required=True, allowed=("均分", "前两档占比", "满意占比", "选择率")),
    C("value", "float", "数值"),
    C("unit", "category", "单位"),
    C("low", "float", "95%下限"),
    C("high", "float", "95%上限"),
    C("n", "int", "作答人数", low=0),
    C("scale", "category", "评分制"),
)
SURVEY_QUALITY = declare(
    "survey_quality", "问卷收集质量", C("source", "category", "数据来源", required=True), *SERVICE.columns
)
