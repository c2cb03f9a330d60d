"""What step 5 finds: causes, candidates, the fishbone, 5W1H, priorities."""

from __future__ import annotations

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare
from voc_lib.schema.words import CAUSE_CLASSES, CAUSE_STATES, NO_CAUSE_CLASS, STRONG, WEAK

DIAGNOSIS = declare(
    "diagnosis",
    "客户服务问题诊断（TOP3痛点）",
    C("rank", "int", "排名", required=True, low=1),
    C("category", "category", "痛点", required=True),
    C("priority", "category", "优先级", required=True),
    C("score", "float", "优先级得分", required=True),
    C("n", "int", "频次", required=True, low=0),
    C("share", "share", "占比", low=0, high=1),
    C("customers", "int", "涉及客户数", low=0),
    C("high_value", "int", "高价值客户数", low=0),
    C("p0", "int", "P0件数", low=0),
    C("urgent", "int", "P0/P1件数", low=0),
    C("urgent_share", "share", "P0/P1占比", low=0, high=1),
    C("change", "float", "占比变化（百分点）"),
    C("finding", "text", "诊断", required=True),
    C("quote", "text", "客户原声"),
    C("feedback_ids", "text", "证据反馈ID"),
)
WHY = declare(
    "why",
    "5Why分析",
    C("problem", "category", "高频问题", required=True),
    C("level", "int", "第几个为什么", required=True, low=0),
    C("cause", "text", "原因", required=True),
    C("parent", "text", "上一层"),
    C("kind", "category", "层次", allowed=("现象", "中间原因", "根因")),
    C("evidence", "text", "证据"),
    C("feedback_ids", "text", "证据反馈ID"),
    C("status", "category", "状态", allowed=CAUSE_STATES),
    C("strength", "category", "证据强弱", allowed=(STRONG, WEAK)),
    C("tested", "text", "由什么检验"),
)
CANDIDATES = declare(
    "candidates",
    "文本中提到的原因",
    C("problem", "category", "问题", required=True),
    C("cause", "text", "提到的原因", required=True),
    C("n", "int", "提及次数", required=True, low=1),
    C("example", "text", "原话示例"),
    C("feedback_ids", "text", "反馈ID"),
)
FISHBONE = declare(
    "fishbone",
    "鱼骨图",
    C("problem", "category", "问题", required=True),
    C("bone", "category", "大骨", required=True),
    C("cause", "text", "原因", required=True),
    C("n", "int", "提及次数", low=0),
    C("evidence", "text", "证据"),
)
FIVE_W1H = declare(
    "five_w1h",
    "5W1H",
    C("problem", "category", "问题", required=True),
    C("what", "text", "何事(What)"),
    C("why", "text", "何因(Why)"),
    C("who", "text", "何人(Who)"),
    C("when", "text", "何时(When)"),
    C("where", "text", "何地(Where)"),
    C("how", "text", "如何(How)"),
)
CAUSE_TAGS = declare(
    "cause_tags",
    "原因类别标签",
    C("issue_id", "text", "问题ID", required=True),
    C("primary_tag", "category", "问题类型", required=True),
    C("cause_class", "category", "原因类别", required=True, allowed=(*CAUSE_CLASSES, NO_CAUSE_CLASS)),
    C("evidence", "text", "依据的字词"),
    C("region", "category", "地区"),
    C("product", "category", "产品"),
    C("text", "text", "问题描述", required=True),
    key=("issue_id",),
)
CAUSE_CLASS_STATS = declare(
    "cause_classes",
    "原因类别统计",
    C("problem", "category", "问题", required=True),
    C("cause_class", "category", "原因类别", required=True, allowed=(*CAUSE_CLASSES, NO_CAUSE_CLASS)),
    C("n", "int", "件数", required=True, low=1),
    C("inferred", "int", "其中按维度推定", low=0),
    C("base", "int", "该问题件数", required=True, low=1),
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
    C("departments", "int", "涉及部门数", low=0),
    C("words", "text", "依据的字词"),
    C("example", "text", "原话示例"),
    key=("problem", "cause_class"),
)
CAUSE_SHARES = declare(
    "cause_shares",
    "原因类别分布",
    C("dimension", "category", "维度", required=True),
    C("group", "category", "分组", required=True),
    C("cause_class", "category", "原因类别", required=True, allowed=(*CAUSE_CLASSES, NO_CAUSE_CLASS)),
    C("n", "int", "件数", required=True, low=0),
    C("base", "int", "分组合计", required=True, low=1),
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("claim", "category", "结论", allowed=("偏高", "偏低", "相当")),
    C("words", "text", "依据的字词"),
    C("example", "text", "原话示例"),
    key=("dimension", "group", "cause_class"),
)
CRITERIA_COLUMNS = tuple(
    C(name, "share", label, low=0, high=1)
    for name, label in (
        ("urgency", "紧急性"),
        ("importance", "重要性"),
        ("reach", "影响范围"),
        ("difficulty", "实施难度"),
        ("resources", "所需资源"),
        ("payoff", "预期回报"),
    )
)
APPRAISAL = declare(
    "appraisal",
    "六项评估",
    C("rank", "int", "排名", required=True, low=1),
    C("problem", "category", "问题", required=True),
    *CRITERIA_COLUMNS,
    C("effort", "share", "投入", low=0, high=1),
    C("score", "share", "综合得分", low=0, high=1),
    C("pressing", "category", "重要与紧急"),
    C("worth", "category", "投入与回报"),
    C("basis", "text", "各项出自"),
    C("first_share", "share", "权重变动时排首位", low=0, high=1),
    C("rank_low", "int", "排名下限", low=1),
    C("rank_high", "int", "排名上限", low=1),
    key=("problem",),
)
JUDGEMENTS = declare(
    "judgements",
    "评委打分",
    C("judge", "category", "评委", required=True),
    C("problem", "category", "问题", required=True),
    C("criterion", "category", "评估项", required=True, allowed=tuple(c.label for c in CRITERIA_COLUMNS)),
    C("score", "float", "评分（1–5）", required=True, low=1, high=5),
    C("file", "category", "文件"),
    C("line", "int", "行号", low=1),
    key=("judge", "problem", "criterion"),
)
AGREEMENT = declare(
    "agreement",
    "评委一致程度",
    C("criterion", "category", "评估项", required=True),
    C("judges", "int", "评委数", required=True, low=2),
    C("problems", "int", "问题数", required=True, low=3),
    C("w", "float", "Kendall W"),
    C("chi2", "float", "卡方"),
    C("p", "float", "p 值"),
    C("verdict", "category", "判断"),
    key=("criterion",),
)
QUADRANTS = declare(
    "quadrants",
    "四象限优先级",
    C("rank", "int", "排名", required=True, low=1),
    C("problem", "category", "问题", required=True),
    C("reach", "share", "影响范围", low=0, high=1),
    C("value", "share", "客户价值", low=0, high=1),
    C("cost", "share", "解决成本", low=0, high=1),
    C("importance", "share", "重要性", low=0, high=1),
    C("urgency_score", "share", "紧急性", low=0, high=1),
    C("score", "float", "综合得分"),
    C("quadrant", "category", "象限", required=True),
    C("first_share", "share", "权重变动时居首比例", low=0, high=1),
    C("rank_low", "int", "名次下限"),
    C("rank_high", "int", "名次上限"),
)
INTERVIEWS = declare(
    "interviews",
    "访谈名单",
    C("interview_id", "text", "访谈编号", required=True),
    C("problem", "category", "问题", required=True),
    C("customer_id", "text", "客户编号", required=True),
    C("feedback_ids", "text", "反馈ID", required=True),
    C("created_at", "time", "反馈时间"),
    C("text", "text", "问题描述"),
    C("reason", "text", "列入理由", required=True),
    key=("customer_id",),
)
INTERVIEW_OUTLINE = declare(
    "interview_outline",
    "访谈提纲",
    C("problem", "category", "问题", required=True),
    C("number", "int", "序号", required=True, low=1),
    C("question", "text", "要问的", required=True),
    C("about", "text", "出自", required=True),
    key=("problem", "number"),
)
