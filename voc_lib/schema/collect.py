"""What steps 2 and 3 read and keep: feedback, side tables, ledgers, headers, coverage."""

from __future__ import annotations

from dataclasses import replace

from voc_lib.schema.declaration import Column as C
from voc_lib.schema.declaration import declare
from voc_lib.schema.words import SCORE_SCALES

SOURCE = C("source", "category", "数据来源", required=True)
FEEDBACK_COLUMNS = (
    C("feedback_id", "text", "反馈ID", required=True),
    C("customer_id", "text", "客户ID"),
    C("created_at", "time", "反馈时间", required=True),
    C("channel", "category", "反馈渠道", required=True),
    SOURCE,
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
    C("csat_scale", "category", "评分制", allowed=SCORE_SCALES),
    C("nps", "float", "推荐意愿", low=0, high=10),
    C("product", "category", "产品"),
    C("region", "category", "地区"),
    C("customer_name", "text", "客户名称"),
    C("contact", "text", "联系人"),
    C("remark", "text", "备注"),
)
PROVENANCE_COLUMNS = (
    C("file", "category", "文件", required=True),
    C("sheet", "category", "工作表"),
    C("line", "int", "行号", required=True),
)
SET_ASIDE_COLUMNS = (SOURCE, *PROVENANCE_COLUMNS, C("reason", "text", "隔离原因", required=True))
COUNTED_COLUMNS = (
    SOURCE,
    *PROVENANCE_COLUMNS[:2],
    C("read", "int", "读入", required=True, low=0),
    C("quarantined", "int", "隔离", required=True, low=0),
    C("kept", "int", "保留", required=True, low=0),
)
FEEDBACK = declare("feedback", "标准化反馈明细", *FEEDBACK_COLUMNS, *PROVENANCE_COLUMNS, key=("feedback_id",))
HISTORY = declare("history", "历史反馈", *FEEDBACK.columns, key=("feedback_id",))
RATINGS = declare(
    "ratings",
    "只有评分没有文字的反馈",
    *(replace(c, required=False) if c.name == "text" else c for c in FEEDBACK.columns),
    key=("feedback_id",),
)
QUARANTINE = declare(
    "quarantine",
    "隔离区",
    *SET_ASIDE_COLUMNS,
    C("raw", "text", "原始内容（已脱敏）"),
)
LEDGER = declare(
    "ledger",
    "计数台账",
    *COUNTED_COLUMNS,
    C("rated", "int", "其中只有评分", low=0),
    C("merged", "int", "并入其他问题", required=True, low=0),
    C("issues", "int", "独立问题", required=True, low=0),
    C("in_period", "int", "本期反馈", required=True, low=0),
    key=("source", "file", "sheet"),
)
READS = declare(
    "reads",
    "读入台账",
    *(c for c in LEDGER.columns if c.name not in ("merged", "issues", "in_period")),
    C("in_period", "int", "本期反馈（附表为空）", low=0),
    C("lines", "int", "文件行数", low=0),
    C("aside", "int", "非数据行", low=0),
    C("aside_kinds", "text", "非数据行构成"),
)
CUSTOMERS = declare(
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
CONTACTS = declare(
    "contacts",
    "联系方式表",
    C("customer_id", "text", "客户ID", required=True),
    C("customer_name", "text", "姓名"),
    C("contact", "text", "联系方式", required=True),
    key=("customer_id",),
)
ORDERS = declare(
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
EXPOSURE = declare(
    "exposure",
    "业务量（分母）",
    C("month", "text", "月份", required=True),
    C("orders", "float", "订单量", required=True, low=0),
    C("region", "category", "地区"),
    C("product", "category", "产品"),
)
KPIS = declare(
    "kpis",
    "业务指标",
    C("month", "text", "月份", required=True),
    C("kpi", "category", "指标", required=True),
    C("kept", "int", "达成数", required=True, low=0),
    C("total", "int", "总数", required=True, low=0),
    C("region", "category", "地区"),
)
STATUS_EVENTS = declare(
    "status_events",
    "状态流水",
    C("ticket_id", "text", "工单编号", required=True),
    C("state", "category", "状态", required=True),
    C("at", "time", "时间", required=True),
    C("handler", "category", "处理人"),
    C("department", "category", "处理部门"),
)
HEADERS = declare(
    "headers",
    "表头映射",
    SOURCE,
    C("file", "category", "文件", required=True),
    C("header", "text", "原表头", required=True),
    C("field", "category", "标准字段"),
    C("how", "category", "依据", required=True, allowed=("指定", "同义词", "推测", "未使用")),
    C("score", "share", "把握", low=0, high=1),
    C("kind", "category", "值的类型", allowed=("数字", "日期", "文字", "空")),
)
NOTES = declare("notes", "读取提示", C("note", "text", "读取文件时注意到", required=True))
ODDITIES = declare(
    "oddities",
    "与以往不同之处",
    SOURCE,
    C("kind", "category", "种类", required=True),
    C("severity", "category", "轻重", required=True, allowed=("警告", "提示")),
    C("detail", "text", "说明", required=True),
)
ANSWERS = declare(
    "answers",
    "问卷各题作答明细",
    SOURCE,
    C("feedback_id", "text", "反馈ID"),
    C("created_at", "time", "作答时间"),
    C("number", "category", "题号"),
    C("question", "category", "题目", required=True),
    C("item", "category", "分项"),
    C("kind", "category", "题型", required=True, allowed=("整体", "评分", "推荐", "多选")),
    C("option", "category", "选项"),
    C("score", "float", "评分（按原评分制；2–4 档为 1–5；多选：1 选中，0 未选）", required=True),
    C("scale", "category", "评分制", allowed=SCORE_SCALES),
    *PROVENANCE_COLUMNS,
)
TRAITS = declare(
    "traits",
    "答卷上的分组信息",
    SOURCE,
    C("trait", "category", "分组依据", required=True),
    C("value", "category", "组", required=True),
    *PROVENANCE_COLUMNS,
)
COVERAGE = declare(
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
