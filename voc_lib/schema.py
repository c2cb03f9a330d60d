"""Every table of the house, declared once: columns, dtypes, units and their Chinese labels.

Code reads and writes the English names; paper shows the labels. `check` is the contract between steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from voc_lib.errors import DataError, did_you_mean

Kind = Literal["text", "time", "date", "int", "float", "share", "bool", "category"]


@dataclass(frozen=True)
class Column:
    """One column: English `name`, `kind`, Chinese `label`; `required` means never missing."""

    name: str
    kind: Kind
    label: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Table:
    """One table: English `name`, Chinese `title`, its columns in the order of paper."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """English column names in order."""
        return [column.name for column in self.columns]

    @property
    def labels(self) -> dict[str, str]:
        """English name -> Chinese label."""
        return {column.name: column.label for column in self.columns}


def _table(name: str, title: str, *columns: Column, key: tuple[str, ...] = ()) -> Table:
    return Table(name, title, columns, key)


C = Column
URGENCIES = ("P0", "P1", "P2")
INTENTS = ("抱怨", "需求", "咨询", "表扬", "其他")
MOODS = ("正面", "中性", "负面")
CORRECTABLE = ("tags", "urgency", "intent", "customer_type", "mood")  # what people can set of a feedback
CUSTOMER_TYPES = ("新客", "老客", "高价值客户", "流失风险客户", "未知")
STATUSES = ("待处理", "处理中", "已完成", "关闭")
VERDICTS = ("达标", "未达标", "证据不足")

_FEEDBACK = (
    C("feedback_id", "text", "反馈ID", required=True),
    C("customer_id", "text", "客户ID"),
    C("created_at", "time", "反馈时间", required=True),
    C("channel", "category", "反馈渠道", required=True),
    C("source", "category", "数据来源", required=True),
    C("text", "text", "问题描述", required=True),
    C("request", "text", "客户诉求"),
    C("category_given", "category", "原始分类"),
    C("urgency_given", "category", "原始紧急程度"),
    C("handler", "category", "处理人"),
    C("department", "category", "责任部门"),
    C("status", "category", "处理状态"),
    C("first_response_at", "time", "首次响应时间"),
    C("closed_at", "time", "完成时间"),
    C("csat", "float", "满意度评分", low=1, high=5),
    C("nps", "float", "推荐意愿", low=0, high=10),
    C("product", "category", "产品"),
    C("region", "category", "地区"),
    C("customer_name", "text", "客户名称"),
    C("contact", "text", "联系人"),
    C("remark", "text", "备注"),
)
_PROVENANCE = (
    C("file", "category", "文件", required=True),
    C("sheet", "category", "工作表"),
    C("line", "int", "行号", required=True),
)
_TAGGED = (
    C("issue_id", "text", "问题ID", required=True),
    C("repeat_count", "int", "重复次数", required=True, low=1),
    C("tags", "text", "问题类型（标签）", required=True),
    C("primary_tag", "category", "问题类型", required=True),
    C("attribute", "category", "问题属性", required=True),
    C("customer_type", "category", "客户类型", required=True, allowed=CUSTOMER_TYPES),
    C("urgency", "category", "紧急程度", required=True, allowed=URGENCIES),
    C("urgency_why", "text", "紧急依据"),
    C("due_at", "time", "应完成时间", required=True),
    C("intent", "category", "诉求类别", required=True, allowed=INTENTS),
    C("sentiment", "float", "情感倾向", low=-1, high=1),
    C("mood", "category", "情感", allowed=MOODS),
    C("vague", "bool", "描述含糊", required=True),
)
_INTERVAL = (
    C("n", "int", "样本量", low=0),
    C("share", "share", "占比", low=0, high=1),
    C("low", "share", "95%下限", low=0, high=1),
    C("high", "share", "95%上限", low=0, high=1),
)

FEEDBACK = _table("feedback", "标准化反馈明细", *_FEEDBACK, *_PROVENANCE, key=("feedback_id",))
HISTORY = _table("history", "历史反馈", *FEEDBACK.columns, key=("feedback_id",))
RATINGS = _table(
    "ratings",
    "只有评分没有文字的反馈",
    *(replace(c, required=False) if c.name == "text" else c for c in FEEDBACK.columns),
    key=("feedback_id",),
)
TAGGED = _table("tagged", "已打标反馈明细", *_FEEDBACK, *_PROVENANCE, *_TAGGED, key=("feedback_id",))
ISSUES = _table(
    "issues",
    "合并后的问题",
    C("issue_id", "text", "问题ID", required=True),
    C("feedback_ids", "text", "包含的反馈ID", required=True),
    C("customer_ids", "text", "涉及客户"),
    *(c for c in (*_FEEDBACK, *_PROVENANCE) if c.name != "feedback_id"),
    C("feedback_id", "text", "代表反馈ID", required=True),
    *(c for c in _TAGGED if c.name != "issue_id"),
    key=("issue_id",),
)
QUARANTINE = _table(
    "quarantine",
    "隔离区",
    C("source", "category", "数据来源", required=True),
    C("file", "category", "文件", required=True),
    C("sheet", "category", "工作表"),
    C("line", "int", "行号", required=True),
    C("reason", "text", "隔离原因", required=True),
    C("raw", "text", "原始内容（已脱敏）"),
)
LEDGER = _table(
    "ledger",
    "计数台账",
    C("source", "category", "数据来源", required=True),
    C("file", "category", "文件", required=True),
    C("sheet", "category", "工作表"),
    C("read", "int", "读入", required=True, low=0),
    C("quarantined", "int", "隔离", required=True, low=0),
    C("kept", "int", "保留", required=True, low=0),
    C("rated", "int", "其中只有评分", low=0),
    C("merged", "int", "并入其他问题", required=True, low=0),
    C("issues", "int", "独立问题", required=True, low=0),
    C("in_period", "int", "本期反馈", required=True, low=0),
    key=("source", "file", "sheet"),
)
READS = _table(
    "reads",
    "读入台账",
    *(c for c in LEDGER.columns if c.name not in ("merged", "issues", "in_period")),
    C("in_period", "int", "本期反馈（附表为空）", low=0),
    C("lines", "int", "文件行数", low=0),
    C("aside", "int", "非数据行", low=0),
    C("aside_kinds", "text", "非数据行构成"),
)
CUSTOMERS = _table(
    "customers",
    "客户表",
    C("customer_id", "text", "客户ID", required=True),
    C("registered_at", "time", "注册时间"),
    C("level", "category", "客户等级"),
    C("region", "category", "地区"),
    C("channel", "category", "主要渠道"),
    C("gender", "category", "性别"),
    C("age", "int", "年龄", low=0, high=130),
    key=("customer_id",),
)
ORDERS = _table(
    "orders",
    "订单表",
    C("order_id", "text", "订单号", required=True),
    C("customer_id", "text", "客户ID", required=True),
    C("ordered_at", "time", "下单时间", required=True),
    C("amount", "float", "金额", low=0),
    C("product", "category", "产品"),
    C("region", "category", "地区"),
    key=("order_id",),
)
EXPOSURE = _table(
    "exposure",
    "业务量（分母）",
    C("month", "text", "月份", required=True),
    C("orders", "float", "订单量", required=True, low=0),
    C("region", "category", "地区"),
    C("product", "category", "产品"),
)
KPIS = _table(
    "kpis",
    "业务指标",
    C("month", "text", "月份", required=True),
    C("kpi", "category", "指标", required=True),
    C("kept", "int", "达成数", required=True, low=0),
    C("total", "int", "总数", required=True, low=0),
    C("region", "category", "地区"),
)
HEADERS = _table(
    "headers",
    "表头映射",
    C("source", "category", "数据来源", required=True),
    C("file", "category", "文件", required=True),
    C("header", "text", "原表头", required=True),
    C("field", "category", "标准字段"),
    C("how", "category", "依据", required=True, allowed=("指定", "同义词", "推测", "未使用")),
    C("score", "share", "把握", low=0, high=1),
    C("kind", "category", "值的类型", allowed=("数字", "日期", "文字", "空")),
)
COVERAGE = _table(
    "coverage",
    "样本代表性",
    C("dimension", "category", "维度", required=True),
    C("group", "category", "分组", required=True),
    C("customers", "int", "客户总数", low=0),
    C("speakers", "int", "发声客户数", low=0),
    C("base_share", "share", "客户占比", low=0, high=1),
    C("voice_share", "share", "声音占比", low=0, high=1),
    C("participation", "share", "发声率", low=0, high=1),
    C("low", "share", "发声率95%下限", low=0, high=1),
    C("high", "share", "发声率95%上限", low=0, high=1),
)
TAGS = _table(
    "tags",
    "标签证据",
    C("feedback_id", "text", "反馈ID", required=True),
    C("code", "category", "标签代码", required=True),
    C("tag", "category", "标签", required=True),
    C("primary", "bool", "主标签", required=True),
    C("by", "category", "来源", required=True, allowed=("规则", "人工", "模型", "兜底")),
    C("rule", "text", "规则"),
    C("start", "int", "起", low=0),
    C("end", "int", "止", low=0),
    C("evidence", "text", "依据原文"),
    C("sentiment", "float", "所在分句的情感", low=-1, high=1),
)
SUMMARY = _table(
    "summary",
    "客户反馈信息汇总表",
    C("feedback_ids", "text", "反馈ID", required=True),
    C("customer_id", "text", "客户ID"),
    C("created_at", "time", "反馈时间", required=True),
    C("channel", "category", "反馈渠道", required=True),
    C("tags", "text", "问题类型（标签）", required=True),
    C("text", "text", "问题描述", required=True),
    C("request", "text", "客户诉求"),
    C("urgency", "category", "紧急程度", required=True),
    C("urgency_words", "category", "高/中/低", allowed=("高", "中", "低")),
    C("urgency_why", "text", "紧急依据"),
    C("handler", "category", "处理人"),
)
REQUESTS = _table(
    "requests",
    "客户问题与服务需求记录表",
    C("customer_id", "text", "客户编号"),
    C("customer_name", "text", "客户名称"),
    C("contact", "text", "联系人"),
    C("text", "text", "问题描述", required=True),
    C("channel", "category", "反馈渠道", required=True),
    C("urgency", "category", "紧急程度", required=True),
    C("owner", "category", "责任部门/责任人"),
    C("created_at", "time", "接单时间", required=True),
    C("status", "category", "处理状态", required=True, allowed=STATUSES),
    C("closed_at", "time", "完成时间"),
    C("csat", "float", "客户满意度评分", low=1, high=5),
    C("remark", "text", "备注"),
    C("route", "text", "分流"),
)
TAG_QUALITY = _table(
    "tag_quality",
    "标签质量",
    C("tag", "category", "主标签", required=True),
    C("n", "int", "本期问题数", required=True, low=0),
    C("share", "share", "占比", low=0, high=1),
    C("corrected", "share", "扣除打标误差后的占比", low=0, high=1),
    C("corrected_low", "share", "校正占比95%下限", low=0, high=1),
    C("corrected_high", "share", "校正占比95%上限", low=0, high=1),
    C("gold_n", "int", "独立标注条数", low=0),
    C("precision", "share", "精确率", low=0, high=1),
    C("precision_low", "share", "精确率95%下限", low=0, high=1),
    C("precision_high", "share", "精确率95%上限", low=0, high=1),
    C("recall", "share", "召回率", low=0, high=1),
    C("recall_low", "share", "召回率95%下限", low=0, high=1),
    C("recall_high", "share", "召回率95%上限", low=0, high=1),
    C("f1", "share", "F1", low=0, high=1),
    C("f1_low", "share", "F1 95%下限", low=0, high=1),
    C("f1_high", "share", "F1 95%上限", low=0, high=1),
    C("coded_n", "int", "两人都标的条数", low=0),
    C("kappa", "float", "两人一致性κ"),
    C("kappa_low", "float", "κ 95%下限"),
    C("kappa_high", "float", "κ 95%上限"),
    C("alpha", "float", "全体一致性α"),
    C("given_n", "int", "有系统原分类的条数", low=0),
    C("given_share", "share", "与系统原分类一致（不是准确率）", low=0, high=1),
    C("given_low", "share", "一致率95%下限", low=0, high=1),
    C("given_high", "share", "一致率95%上限", low=0, high=1),
    key=("tag",),
)
TAG_SENTIMENT = _table(
    "tag_sentiment",
    "各标签的情感",
    C("tag", "category", "标签", required=True),
    C("n", "int", "问题数", required=True, low=1),
    C("good", "share", "语气为正的占比", required=True, low=0, high=1),
    C("bad", "share", "语气为负的占比", required=True, low=0, high=1),
    C("sentiment", "float", "平均情感（-1 至 1）", required=True, low=-1, high=1),
    key=("tag",),
)

TAG_DRIFT = _table(
    "tag_drift",
    "标签质量随时间",
    C("period", "text", "抽样的报告期", required=True),
    C("gold_n", "int", "独立标注条数", required=True, low=0),
    C("accuracy", "share", "主标签准确率", low=0, high=1),
    C("accuracy_low", "share", "准确率95%下限", low=0, high=1),
    C("accuracy_high", "share", "准确率95%上限", low=0, high=1),
    C("machine_kappa", "float", "人与机器κ"),
    C("machine_low", "float", "人与机器κ 95%下限"),
    C("machine_high", "float", "人与机器κ 95%上限"),
    C("machine_alpha", "float", "人与机器α"),
    C("coded_n", "int", "两人都标的条数", low=0),
    C("kappa", "float", "两人κ"),
    C("kappa_low", "float", "两人κ 95%下限"),
    C("kappa_high", "float", "两人κ 95%上限"),
    C("alpha", "float", "全体标注人α"),
    key=("period",),
)
RULE_CHECK = _table(
    "rule_check",
    "规则体检",
    C("tag", "category", "标签", required=True),
    C("rule", "text", "规则", required=True),
    C("hits", "int", "命中", required=True, low=0),
    C("share", "share", "命中占比", low=0, high=1),
    C("unique", "int", "独占（没有别的规则）", low=0),
    C("overlap", "int", "与同标签规则重叠", low=0),
    C("conflict", "int", "同时命中别的标签", low=0),
    C("negated", "int", "被否定", low=0),
)
NEW_WORDS = _table(
    "new_words",
    "新词候选",
    C("term", "text", "说法", required=True),
    C("n", "int", "条数", required=True, low=0),
    C("example", "text", "原话示例"),
    C("feedback_id", "text", "反馈ID"),
    C("yaml", "text", "粘贴到标签体系 tags 下（改标签名）"),
)
QUESTIONS = _table(
    "questions",
    "待追问",
    C("feedback_id", "text", "反馈ID", required=True),
    C("created_at", "time", "反馈时间"),
    C("channel", "category", "反馈渠道"),
    C("text", "text", "问题描述", required=True),
    C("missing", "text", "缺少"),
    C("question", "text", "追问"),
)
MISMATCHES = _table(
    "mismatches",
    "评分与文字相反",
    C("feedback_id", "text", "反馈ID", required=True),
    C("created_at", "time", "反馈时间"),
    C("channel", "category", "反馈渠道"),
    C("csat", "float", "满意度评分", low=1, high=5),
    C("nps", "float", "推荐意愿", low=0, high=10),
    C("score", "float", "评分倾向（−1 至 1）", low=-1, high=1),
    C("words", "float", "文字倾向（−1 至 1）", low=-1, high=1),
    C("text", "text", "问题描述"),
)
CATEGORY_STATS = _table(
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
    C("change_low", "float", "变化95%下限"),
    C("change_high", "float", "变化95%上限"),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    key=("category",),
)
WEIGHTED = _table(
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
TREND = _table(
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
)
CROSSTAB = _table(
    "crosstab",
    "交叉分析",
    C("category", "category", "问题类型", required=True),
    C("dimension", "category", "维度", required=True),
    C("group", "category", "分组", required=True),
    *_INTERVAL,
    C("base", "int", "分组合计", low=0),
    C("lift", "float", "相对总体倍数", low=0),
    C("small", "bool", "基数过小"),
)
EMERGING = _table(
    "emerging",
    "新出现与突增的问题",
    C("term", "text", "说法", required=True),
    C("category", "category", "所属问题类型"),
    C("n", "int", "本期次数", required=True, low=0),
    C("before", "float", "此前月均", required=True, low=0),
    C("ratio", "float", "倍数", low=0),
    C("p_adjusted", "float", "校正后p值", low=0, high=1),
    C("example", "text", "原话示例"),
    C("feedback_ids", "text", "反馈ID"),
)
SERVICE = _table(
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
SATISFACTION = _table("satisfaction", "满意度指标", *SERVICE.columns)
SURVEY_QUALITY = _table(
    "survey_quality", "问卷收集质量", C("source", "category", "数据来源", required=True), *SERVICE.columns
)
DIAGNOSIS = _table(
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
    C("change", "float", "占比变化（百分点）"),
    C("finding", "text", "诊断", required=True),
    C("quote", "text", "客户原声"),
    C("feedback_ids", "text", "证据反馈ID"),
)
WHY = _table(
    "why",
    "5Why分析",
    C("problem", "category", "高频问题", required=True),
    C("level", "int", "第几个为什么", required=True, low=0),
    C("cause", "text", "原因", required=True),
    C("parent", "text", "上一层"),
    C("kind", "category", "层次", allowed=("现象", "中间原因", "根因")),
    C("evidence", "text", "证据"),
    C("feedback_ids", "text", "证据反馈ID"),
)
CANDIDATES = _table(
    "candidates",
    "文本中提到的原因",
    C("problem", "category", "问题", required=True),
    C("cause", "text", "提到的原因", required=True),
    C("n", "int", "提及次数", required=True, low=1),
    C("example", "text", "原话示例"),
    C("feedback_ids", "text", "反馈ID"),
)
FISHBONE = _table(
    "fishbone",
    "鱼骨图",
    C("problem", "category", "问题", required=True),
    C("bone", "category", "大骨", required=True),
    C("cause", "text", "原因", required=True),
    C("n", "int", "提及次数", low=0),
    C("evidence", "text", "证据"),
)
FIVE_W1H = _table(
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
QUADRANTS = _table(
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
PLAN = _table(
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
SOLUTIONS = _table(
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
TRACKING = _table(
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
TASKS = _table(
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
EFFECTS = _table(
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
FOLLOWUPS = _table(
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
COMMITMENTS = _table(
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
GOALS = _table(
    "goals",
    "目标与基线",
    C("goal", "text", "目标", required=True),
    C("metric", "text", "衡量指标", required=True),
    C("baseline", "float", "基线"),
    C("target", "float", "目标值", required=True),
    C("unit", "category", "单位"),
    C("n", "int", "基线样本量", low=0),
    C("source", "text", "基线来源"),
)
TEAM = _table(
    "team",
    "项目团队",
    C("role", "category", "角色", required=True),
    C("name", "category", "姓名", required=True),
    C("duty", "text", "职责"),
    C("lead", "bool", "负责人"),
)
MILESTONES = _table(
    "milestones",
    "里程碑",
    C("milestone", "text", "里程碑", required=True),
    C("due", "date", "日期", required=True),
    C("owner", "category", "负责人", required=True),
    C("state", "category", "状态"),
)
CHANNELS = _table(
    "channels",
    "渠道与工具",
    C("source", "category", "数据来源", required=True),
    C("channel", "category", "渠道"),
    C("file", "text", "文件"),
    C("n", "int", "本期反馈", low=0),
    C("share", "share", "占比", low=0, high=1),
)

TABLES: Mapping[str, Table] = {
    table.name: table for table in list(globals().values()) if isinstance(table, Table)
}


def table(name: str) -> Table:
    """The declaration of a table; DataError lists what there is."""
    if name not in TABLES:
        raise DataError(f"没有名为 “{name}” 的表。{did_you_mean(name, TABLES)}")
    return TABLES[name]


def empty(spec: Table) -> pd.DataFrame:
    """An empty frame with the table's columns and dtypes."""
    return shape(pd.DataFrame(columns=spec.names), spec)


def shape(frame: pd.DataFrame, spec: Table) -> pd.DataFrame:
    """The frame with exactly the table's columns, in order and dtype; absent columns become missing."""
    columns = {
        column.name: _cast(frame[column.name], column)
        if column.name in frame
        else _cast(pd.Series([None] * len(frame), index=frame.index, dtype=object), column)
        for column in spec.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def _cast(values: pd.Series, column: Column) -> pd.Series:
    if column.kind in ("text", "category"):
        return values.astype("str") if values.dtype != "str" else values
    if column.kind in ("float", "share"):
        return pd.to_numeric(values).astype("float64")
    if column.kind == "int":
        return pd.to_numeric(values).astype("Int64")
    if column.kind == "bool":
        return values.astype("boolean")
    return pd.to_datetime(values).astype("datetime64[us]")


def check(frame: pd.DataFrame, spec: Table) -> pd.DataFrame:
    """The frame unchanged, if it keeps the table's contract; else one DataError with all failures."""
    failures = list(dict.fromkeys(_failures(frame, spec)))
    if failures:
        shown = "；".join(failures[:20])
        raise DataError(f"表《{spec.title}》({spec.name}) 不合约定，共 {len(failures)} 处：{shown}。")
    return frame


def _failures(frame: pd.DataFrame, spec: Table) -> Iterator[str]:
    import pandera.pandas as pa
    from pandera.errors import SchemaErrors

    columns = {c.name: pa.Column(nullable=not c.required, checks=_checks(c, pa)) for c in spec.columns}
    unique = list(spec.key) or None
    try:
        pa.DataFrameSchema(columns, unique=unique).validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        for (column, rule), rows in cases.groupby(["column", "check"], dropna=False, sort=True):
            yield _failure(spec, str(column), str(rule), rows["failure_case"].tolist())


def _checks(column: Column, pa: Any) -> list:
    checks = []
    if column.allowed:
        checks.append(pa.Check.isin(column.allowed))
    if column.low is not None:
        checks.append(pa.Check.ge(column.low))
    if column.high is not None:
        checks.append(pa.Check.le(column.high))
    return checks


def _failure(spec: Table, column: str, rule: str, cases: list) -> str:
    label = spec.labels.get(column, column)
    if rule == "column_in_dataframe":
        missing = str(cases[0])
        return f"缺少列 {missing}（{spec.labels.get(missing, missing)}）"
    if rule == "not_nullable":
        return f"列 {column}（{label}）有 {len(cases)} 个空值"
    if "unique" in rule:
        return f"键 {'、'.join(spec.key)} 有重复"
    return f"列 {column}（{label}）有 {len(cases)} 个值不满足 {rule}，例如 {cases[0]!r}"
