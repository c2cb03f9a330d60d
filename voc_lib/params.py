"""The params file: everything a run is told, checked before anything starts.

Unknown keys are errors with a hint; secrets stand as `${ENV_NAME}` and stay unexpanded in the model,
so nothing that prints or saves params can leak one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, ValidationInfo, model_validator
from pydantic import field_validator as validator

from voc_lib.appraised import Appraisal
from voc_lib.audience import Audience, clash, folder_fault
from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.logged import Flow, Logs, Records, UsageRules
from voc_lib.metric import SAID, Definition, Metric, resolved, undeclared
from voc_lib.origin import ENV_REFERENCE, require_one
from voc_lib.period import Period
from voc_lib.schema import FEEDBACK, SCORE_SCALES
from voc_lib.strict import Strict
from voc_lib.unattended import Expect, Notices, Wait
from voc_lib.yamlfile import explained, read_yaml

STEP_NAMES = (
    "01_plan",
    "02_collect",
    "03_clean_and_tag",
    "04_analyse",
    "04b_survey",
    "04c_service",
    "04d_customers",
    "04u_crm_usage",
    "05_root_cause",
    "06_improve",
    "07_track",
    "08_report",
)
REGISTER = "register.db"
IN_REGISTER = "register"  # in `knowledge`: the register holds it, no file
IGNORE = "ignore"  # in `columns`: a header that must not be used, whatever it looks like


M = TypeVar("M", bound=BaseModel)


STAMP = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
NAME_CODES = ("%Y", "%y", "%m", "%d", "%H", "%M")


def is_stamp(rule: str) -> bool:
    """Whether a rule gives a file one time: a day, with a clock or not; “file”; a name with %Y or %y in it.

    >>> [is_stamp(rule) for rule in ("2026-09-30", "file", "评论_%Y%m%d", "评论_%m%d", "2026-09-31")]
    [True, True, True, False, False]
    """
    if rule == "file":
        return True
    codes = re.findall("%.?", rule)
    if codes:
        return (
            set(codes) <= set(NAME_CODES) and len(set(codes)) == len(codes) and bool({"%Y", "%y"} & {*codes})
        )
    try:
        return bool(STAMP.fullmatch(rule) and datetime.fromisoformat(rule))
    except ValueError:
        return False


def _cell(value: Any) -> str:
    """A value of a column as it stands in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _day(value: Any) -> Any:
    return value if isinstance(value, date) else str(value)


Dimension = Literal["age_of_account", "level", "value", "region", "channel", "gender"]
Day = Annotated[date, BeforeValidator(_day)]


def _key(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f'“{value}” 是 YAML 的是非值，请加引号，例如 "yes"、"no"')
    return f"{value:g}" if isinstance(value, (int, float)) else value


Key = Annotated[str, BeforeValidator(_key)]


class FollowUp(Strict):
    """Words a customer added later: a feedback of its own, at its own time."""

    text: str = Field(description="追评的表头")
    created_at: str | None = Field(None, description="追评时间的表头；不写则用原反馈的时间")


class Source(Strict):
    """One source of feedback: files (path) or a database query (url + query)."""

    name: str = Field(description="来源名称，例如 客服工单")
    path: str | None = Field(None, description="文件、文件夹或通配符，相对于参数文件")
    mended: list[str] = Field([], description="隔离区改好后再导入的文件；键相同时取代原来的行")
    url: str | None = Field(None, description="数据库地址，只能写成 ${环境变量名}")
    query: str | None = Field(None, description="只读 SQL 查询")
    watermark: str | None = Field(
        None, description="数据库：记录修改时间的列；只读上次发布以后新增和改动的行，其余取自归档"
    )
    overlap_days: int = Field(3, ge=1, description="watermark 往前多读几天，补读迟到的改动")
    channel: str | None = Field(None, description="整个来源的反馈渠道；不写则由列映射给出")
    columns: dict[str, str] = Field({}, description="原表头: 标准字段，只写同义词认不出的；ignore 表示不使用")
    text: list[str] = Field(
        [], description="客户的话写在哪几列：按所写次序连成一条，例如 [标题, 内容]；相同的话不重复"
    )
    follow_up: FollowUp | None = Field(None, description="追评：客户后来又说的话，另作一条反馈")
    scales: dict[Key, str | float | dict[Key, float | None] | None] = Field(
        {},
        description="评分的读法：值: 分数（1–5，5 最好；未作答写 null），"
        "或 列名: {值: 分数}（推荐意愿写 0–10），或 列名: 评分制（如 1-10）",
    )
    encoding: str | None = Field(None, description="强制编码，例如 gb18030；不写则自动识别")
    sheet: str | None = Field(None, description="工作表名；不写则读取全部可见工作表")
    year: int | None = Field(None, ge=1990, le=2100, description="日期缺年份时所用的年份")
    day_first: bool | None = Field(None, description="01/02/2026 是否先写日；不写则按整列判断")
    created_at: str | None = Field(
        None,
        description="文件没有时间列时：日期 2026-09-30、文件名里的 评论_%Y%m%d，或 file（文件的修改日期）",
    )
    captured_at: str | None = Field(
        None, description="“3小时前”“昨天”从何时往回算：采集或导出的日期，写法同 created_at"
    )
    keep: dict[str, list[str]] = Field({}, description="只取某列为这些值的行，例如 {发送方: [访客]}")
    drop: dict[str, list[str]] = Field({}, description="不取某列为这些值的行，例如 {消息类型: [系统]}")
    speakers: dict[str, str] | None = Field(
        None,
        description="访谈、纪要里谁是谁：姓名: 岗位，例如 {张三: 销售代表, 李四: 主持人}；"
        "主持人的话不算反馈。没有写发言人的 txt 写 {}，逐段读入",
    )
    records: str | None = Field(None, description="JSON：反馈所在的列表，例如 feed.entry")
    invited: int | None = Field(None, ge=1, description="问卷：邀请了多少人作答，用来算响应率")
    expect: Expect | None = Field(None, description="这一期的数据到齐了才出报告：至少多少条、最新一条多新")
    least_kept: float = Field(0, ge=0, le=1, description="至少要保留的比例，少于它就报错；一行不剩总是报错")

    @property
    def paths(self) -> list[str]:
        """The file, folder or pattern and the mended files after it; of a database the mended ones alone."""
        return [*([self.path] if self.path else []), *self.mended]

    @model_validator(mode="after")
    def _one_origin(self) -> Source:
        require_one(self.path, self.url, self.query)
        if self.watermark is not None and self.url is None:
            raise ValueError("watermark 只用于数据库来源（url 与 query）；文件来源请去掉它")
        return self

    @validator("created_at", "captured_at", mode="before")
    @classmethod
    def _datable(cls, rule: Any) -> Any:
        text = rule.isoformat(" ") if isinstance(rule, datetime) else str(rule)
        if rule is not None and not is_stamp(text):
            raise ValueError(
                f"“{text}” 应是日期（2026-09-30）、文件名里的日期（例如 评论_%Y%m%d，要有 %Y），"
                "或 file（文件的修改日期）"
            )
        return rule if rule is None else text

    @validator("keep", "drop", mode="before")
    @classmethod
    def _listed(cls, columns: Any) -> Any:
        if not isinstance(columns, dict):
            return columns
        listed = {c: v if isinstance(v, list) else [v] for c, v in columns.items()}
        return {
            c: [v if isinstance(v, (dict, list)) else _cell(v) for v in values]
            for c, values in listed.items()
        }

    @validator("keep")
    @classmethod
    def _some_values(cls, keep: dict[str, list[str]]) -> dict[str, list[str]]:
        if empty := [column for column, values in keep.items() if not values]:
            raise ValueError(
                f"“{empty[0]}” 没有写值，一行也留不下。请写出要留的值，例如 {{{empty[0]}: [访客]}}"
            )
        return keep

    @validator("text", mode="before")
    @classmethod
    def _one_or_several(cls, text: Any) -> Any:
        return [text] if isinstance(text, str) else text

    @model_validator(mode="after")
    def _text_once(self) -> Source:
        if self.text and "text" in self.columns.values():
            raise ValueError("text 与 columns 里的 text 只能写一处；几列都是客户的话请写 text: [甲, 乙]")
        return self

    @validator("scales")
    @classmethod
    def _on_a_scale(cls, scales: dict[str, Any]) -> dict[str, Any]:
        for name, told in scales.items():
            if isinstance(told, str) and told.replace("-", "–") not in SCORE_SCALES:
                raise ValueError(f"“{name}: {told}” 不是评分制。可用：{'、'.join(SCORE_SCALES)}")
            low, high = (0, 10) if isinstance(told, dict) else (1, 5)
            values = [*(told.values() if isinstance(told, dict) else [told])]
            if bad := [v for v in values if isinstance(v, (int, float)) and not low <= v <= high]:
                raise ValueError(f"“{name}” 的分数 {bad[0]:g} 超出范围，应在 {low}–{high} 之间，{high} 最好")
        return scales

    @validator("columns")
    @classmethod
    def _known_fields(cls, columns: dict[str, str]) -> dict[str, str]:
        allowed = {*FEEDBACK.names, IGNORE} - {"csat_scale", "source", "file", "sheet", "line"}
        for header, field in columns.items():
            if field not in allowed:
                raise ValueError(f"表头 “{header}” 映射到未知字段 “{field}”。{did_you_mean(field, allowed)}")
        return columns


class TableRef(Strict):
    """A side table: customers, orders, exposure or KPIs."""

    path: str = Field(description="文件路径，相对于参数文件")
    columns: dict[str, str] = Field({}, description="原表头: 标准字段")
    mended: list[str] = Field([], description="隔离区改好后再导入的文件；键相同时取代原来的行")

    @property
    def paths(self) -> list[str]:
        """The file and the mended ones after it."""
        return [self.path, *self.mended]


class Goal(Strict):
    """One goal of the project: a metric and where it must go."""

    name: str
    metric: Metric
    target: float = Field(description="目标值；比例写 0–1，时长写小时")
    baseline: float | None = Field(None, description="基线；不写则由数据计算")
    baseline_period: str | None = Field(
        None, description="基线取哪几个月的数据，例如 2026-Q1；不写则为报告期的上一期"
    )
    owner: str = Field("", description="负责人")
    due: Day | None = Field(None, description="期限；写了就按现有趋势推算到那时")

    @validator("baseline_period")
    @classmethod
    def _readable(cls, written: str | None) -> str | None:
        return written and Period.parse(written).label

    @validator("target", "baseline")
    @classmethod
    def _in_range(cls, value: float | None, info: ValidationInfo) -> float | None:
        asked = info.data.get("metric")
        if value is not None and asked and (fault := asked.target_fault(value)):
            raise ValueError(fault if info.field_name == "target" else fault.replace("目标", "基线", 1))
        return value

    def backwards(self, metric: Metric) -> str:
        """Why the target cannot be meant: it is worse than the baseline given; empty where it is not."""
        if self.baseline is None or not metric.towards:
            return ""
        if metric.towards * (self.target - self.baseline) > 0:
            return ""
        said = SAID["higher" if metric.towards > 0 else "lower"]
        return (
            f"目标 {self.target:g} 并不好于基线 {self.baseline:g}，而这个指标{said}；"
            "请核对目标、基线，或 metrics 里的 better"
        )


class Member(Strict):
    """One member of the team."""

    role: str
    name: str
    duty: str = ""
    lead: bool = False


class Milestone(Strict):
    """One dated, owned milestone."""

    name: str
    due: Day
    owner: str


class Sla(Strict):
    """Time to solve per urgency: hours (24h, natural time) or working days (3d)."""

    P0: str = "24h"
    P1: str = "3d"
    P2: str = "7d"

    @validator("*")
    @classmethod
    def _span(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[hd]", value):
            raise ValueError(f"“{value}” 应写成 24h（自然小时）或 3d（工作日）")
        return value


class CustomerRules(Strict):
    """Thresholds that tell customer types apart (RFM)."""

    new_days: int = Field(90, ge=1, description="首单或注册不超过多少天算新客")
    high_value_share: float = Field(
        0.2, gt=0, lt=1, description="消费额最高的多少比例算高价值；名额边上消费额相同的都不算"
    )
    churn_days: int = Field(180, ge=1, description="多少天没有下单算流失风险")


class Duplicates(Strict):
    """When two feedbacks are one issue."""

    window_days: int = Field(30, ge=1, description="同一客户同一问题多少天内算重复")
    similarity: float = Field(0.8, gt=0.5, le=1, description="文本相似度下限（0–1）")


Handlers = Literal["name", "pseudonym", "role"]
CopyChoice = Literal["count", "once", "drop"]


class Weights(Strict):
    """Weights of the priority score; they need not sum to one."""

    reach: float = Field(0.4, ge=0)
    value: float = Field(0.3, ge=0)
    urgency: float = Field(0.2, ge=0)
    cost: float = Field(0.1, ge=0)


class Outputs(Strict):
    """What a run writes besides its tables."""

    html: bool = True
    pdf: bool = True
    excel: bool = True


class Params(Strict):
    """One params file, validated."""

    name: str = Field(description="报告名称，也是输出文件夹名")
    subject: Literal["customers", "crm"] = Field(
        "customers", description="谁的反馈：customers 客户，crm 员工对 CRM 系统（报告里写员工、部门、功能）"
    )
    industry: str = Field("ecommerce", description="行业标签体系：内置名称或 YAML 路径")
    period: str = Field(description="报告期，例如 2026-09、2026-Q3、2026、last-month")
    allow_empty: bool = Field(False, description="报告期还没有开始，或一条反馈也没有时，是否仍出报告")
    timezone: str = "Asia/Shanghai"
    sources: list[Source] = Field(min_length=1)
    customers: TableRef | None = None
    orders: TableRef | None = None
    exposure: TableRef | None = Field(None, description="分母：month、orders，可带 region、product")
    contacts: TableRef | None = Field(
        None,
        description="客户的姓名与联系方式，只供 voc plan export --contacts；报告从不读取",
    )
    kpis: TableRef | None = Field(None, description="month、kpi、kept、total")
    status_events: TableRef | None = Field(
        None, description="工单状态流水：ticket_id、state、at，可带 handler、department"
    )
    logs: Logs | None = Field(None, description="系统的操作日志：谁、何时、哪个功能、是否报错、耗时")
    employees: TableRef | None = Field(None, description="员工名单：员工ID、部门、岗位、入职与离职时间")
    functions: TableRef | None = Field(None, description="功能清单：功能、模块、曾用名（用 ； 隔开）")
    flows: list[Flow] = Field([], description="要看在哪一步放弃的流程")
    records: list[Records] = Field([], description="业务数据的快照：看各部门把字段填得全不全")
    usage: UsageRules = UsageRules()
    knowledge: str | None = Field(
        None, description="根因、措施、承诺、回访：YAML 文件；写 register 则以登记库里的为准"
    )
    metrics: list[Definition] = Field(
        [], description="指标词典：每个 KPI 的口径与好方向；内置指标的方向是固定的，不用写"
    )
    goals: list[Goal] = Field([])
    team: list[Member] = Field([])
    milestones: list[Milestone] = Field([])
    sla: Sla = Sla()
    customer_rules: CustomerRules = CustomerRules()
    duplicates: Duplicates = Duplicates()
    copies: CopyChoice | dict[Literal["坐席模板", "群发文案", "相同文字"], CopyChoice] = Field(
        "count",
        description="多位客户文字相同的反馈在统计中：count 照常计数，once 每月只计一件，drop 不计；"
        "可按类别写，例如 {群发文案: drop}，没写的类别照常计数",
    )
    handlers: Handlers = Field(
        "name",
        description="处理人怎样写进报告：name 姓名，pseudonym 化名（同一人总是同一个），role 责任部门的人员；"
        "后两种从此不留姓名",
    )
    weights: Weights = Weights()
    appraisal: Appraisal | None = Field(
        None, description="六项评估（紧急、重要、范围、难度、资源、回报）与评委打分；不写则不评"
    )
    weighting: list[Dimension] = Field(
        [],
        description="按客户表的哪些维度加权：新老客、等级、消费价值、地区、主要渠道、性别；不写则不加权",
    )
    costs: dict[str, float] = Field({}, description="问题类型: 解决成本 0–1")
    quiet_months: int = Field(
        6, ge=1, le=36, description="措施达标后连续几个月没有复发，才算稳住（写成制度文件后固化）"
    )
    userdict: str | None = Field(
        None, description="用户词典：文本文件，每行一个词（产品名、新词），分词时不拆开"
    )
    segmentation: Literal["rjieba", "jieba"] = Field(
        "rjieba", description="分词引擎：rjieba（默认，快）或 jieba（参照）；两者用同一份用户词典"
    )
    engine: Literal["local", "dask"] = Field(
        "local",
        description="打标和脱敏在哪里算，结果相同：local 本机；dask 集群，"
        "地址取环境变量 DASK_SCHEDULER_ADDRESS，没有则在本机起几个工作进程",
    )
    stopwords: str | None = Field(
        None, description="停用词：文本文件，每行一个词，加在内置停用词之上，不作关键词"
    )
    register_at: str | None = Field(
        None,
        alias="register",  # the bare name would shadow a method of the base class
        description="人工更正的登记库：SQLite 文件路径或 ${环境变量名}；不写则为 outputs/register.db",
    )
    register_revision: int | None = Field(
        None, ge=1, description="按登记库的第几次修订出报告（run.json 里有记录）；不写则为最新"
    )
    steps: dict[str, dict[str, Any]] = Field({}, description="某个 notebook 的参数")
    outputs: str = Field("outputs", description="输出根目录，相对于参数文件")
    render: Outputs = Outputs()
    audiences: list[Audience] = Field(
        [], description="给谁另出一版：只含他们自己的反馈、措施、目标，别人的一个字也没有"
    )
    wait: Wait | None = Field(None, description="数据未到时隔多久再看、最多等多久；不写则不等")
    notices: Notices = Field(Notices(), description="运行后通知谁；不写则不通知")
    seed: int = 20260901

    @validator("name")
    @classmethod
    def _folder_name(cls, name: str) -> str:
        if fault := folder_fault(name):
            raise ValueError(fault)
        return name

    @validator("period")
    @classmethod
    def _readable_period(cls, text: str) -> str:
        Period.parse(text, today=date(2026, 1, 1))
        return text

    @validator("timezone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"未知时区 “{zone}”。{did_you_mean(zone, available_timezones())}"[:200])
        return zone

    @validator("register_at")
    @classmethod
    def _no_password(cls, register: str | None) -> str | None:
        if register and "://" in register:
            raise ValueError("数据库地址只能写成 ${环境变量名}，不要把密码写进参数文件；SQLite 请写文件路径")
        return register

    @validator("steps")
    @classmethod
    def _known_steps(cls, steps: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for step in steps:
            if step not in STEP_NAMES:
                raise ValueError(f"没有步骤 “{step}”。{did_you_mean(step, STEP_NAMES)}")
        return steps

    @model_validator(mode="after")
    def _distinct(self) -> Params:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"sources 中的名称重复：{'、'.join(twice)}；每个来源要有自己的名称")
        if self.weighting and self.customers is None:
            raise ValueError("weighting 需要客户表：请同时写 customers")
        if "value" in self.weighting and self.orders is None:
            raise ValueError("weighting 中的 value（消费价值）需要订单表：请同时写 orders")
        if self.logs is None and (self.flows or self.employees or self.functions or self.records):
            raise ValueError("flows、employees、functions、records 说的是系统的使用：请同时写 logs")
        for key, what in (("flows", "流程"), ("records", "业务数据")):
            names = [entry.name for entry in getattr(self, key)]
            if again := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{key} 中的名称重复：{'、'.join(again)}；每个{what}要有自己的名称")
        if fault := clash(self.audiences):
            raise ValueError(fault)
        names = [audience.name for audience in self.audiences]
        sealed = {audience.name for audience in self.audiences if audience.password}
        for reader in self.notices.success:
            if reader.audience and reader.audience not in names:
                hint = did_you_mean(reader.audience, names) if names else "还没有写 audiences。"
                raise ValueError(f"notices 里没有受众 “{reader.audience}”。{hint}")
            if "zip" in reader.attach and reader.audience not in sealed:
                raise ValueError("attach 里的 zip 是受众的文件夹：请写 audience，并给这个受众写 password")
        if self.team and sum(member.lead for member in self.team) != 1:
            raise ValueError("team 中必须恰好有一人 lead: true")
        return self

    @model_validator(mode="after")
    def _declared(self) -> Params:
        names = [entry.name for entry in self.metrics]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"metrics 中的名称重复：{'、'.join(twice)}；每个指标只写一次")
        faults = [f"goals.{goal.name}：{fault}" for goal in self.goals if (fault := self._fault(goal))]
        if faults:
            raise ValueError("；".join(faults))
        return self

    def _fault(self, goal: Goal) -> str:
        return undeclared(goal.metric, self.metrics) or goal.backwards(resolved(goal.metric, self.metrics))

    @property
    def knowledge_file(self) -> str | None:
        """The file of what people know; None where there is none or the register holds it."""
        return None if self.knowledge == IN_REGISTER else self.knowledge

    def outcome(self) -> dict[str, Any]:
        """The params that can change a figure: all but the engine, what is waited for and who is told."""
        unread: Any = {"notices": True, "wait": True, "engine": True, "sources": {"__all__": {"expect"}}}
        return self.model_dump(mode="json", exclude=unread)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone object."""
        return ZoneInfo(self.timezone)


class Settings(Strict):
    """Params together with where they came from: every path in them is relative to `folder`.

    `revision` is the state of the register to read: None as it is now, 0 as if there were none.
    """

    file: Path
    params: Params
    period: Period
    revision: int | None = None

    @property
    def folder(self) -> Path:
        """The folder paths are relative to."""
        return self.file.parent

    def resolve(self, path: str) -> Path:
        """The absolute path of a path written in the params file."""
        try:
            return (self.folder / path).resolve()
        except (RuntimeError, OSError):
            raise ParamsError(f"路径 {path} 里的链接绕成了圈，找不到文件。请改写参数文件里的路径。") from None

    @property
    def outputs(self) -> Path:
        """Root of everything this report writes."""
        return self.resolve(self.params.outputs)

    @property
    def archive(self) -> Path:
        """The folder that keeps the history of this report."""
        return self.outputs / "archive" / self.params.name

    @property
    def memory(self) -> Path:
        """The folder of what was read off texts; it can be made again and may be removed."""
        return self.outputs / ".memory" / self.params.name

    @property
    def register(self) -> str:
        """Address of the register of corrections; ParamsError when its variable is not set."""
        written = self.params.register_at
        if written and ENV_REFERENCE.fullmatch(written):
            return secret(written)
        file = self.resolve(written) if written else self.outputs / REGISTER
        return f"sqlite:///{file.as_posix()}"

    @property
    def fingerprint(self) -> str:
        """Hash of the params that can change a figure (secrets are never in them)."""
        words = json.dumps(self.params.outcome(), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()


def load(
    file: str | Path, *, period: str | None = None, today: date | None = None, revision: int | None = None
) -> Settings:
    """The settings in a params file; `period` and `revision` come before its own, `today` is for last-month.

    A moment (with its zone) as `today` is the day it is then in the time zone of the params.
    Raises ParamsError with every fault found, each with its key.
    """
    file = Path(file).expanduser().resolve()
    raw = read_yaml(file)
    with explained(file):
        if not isinstance(raw, dict):
            raise ParamsError(
                f"参数文件 {file.name} 应是 “键: 值” 形式的 YAML，现在是 {type(raw).__name__}。"
            )
        params = parse(Params, raw, where=file.name)
        today = today.astimezone(params.zone).date() if isinstance(today, datetime) else today
        named = Period.parse(period or params.period, today=today)
    return Settings(file=file, params=params, period=named, revision=revision or params.register_revision)


def parse(model: type[M], raw: Any, *, where: str) -> M:
    """A validated model; ParamsError lists every fault as “key: what is wrong”."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(model, fault) for fault in error.errors()]
        lines = "".join(f"\n  · {fault}" for fault in dict.fromkeys(faults))
        raise ParamsError(f"{where} 有 {len(faults)} 处需要修改：{lines}") from None


_SENTENCES = {
    "missing": "缺少这一项，必须填写",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "float_type": "应是数字",
    "float_parsing": "应是数字，不带单位（95% 写成 0.95，2 天写成 48）",
    "string_type": "应是文字（日期、数字请加引号）",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "list_type": "应是列表（每行以 - 开头）",
    "tuple_type": "应是列表，例如 [词一, 词二]",
    "string_too_short": "不能是空的",
    "dict_type": "应是 “键: 值”",
    "model_type": "应是 “键: 值”",
    "too_short": "至少要有一项",
    "date_from_datetime_parsing": "应是日期，例如 2026-09-30",
    "date_parsing": "应是日期，例如 2026-09-30",
}


def _fault(model: type[BaseModel], fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"]) or "整个文件"
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key}：不认识的键。{did_you_mean(str(fault['loc'][-1]), _allowed(model, fault['loc'][:-1]))}"
    if kind == "missing":
        return f"{key}：{_SENTENCES[kind]}"
    if kind == "value_error":
        return f"{key}：{context['error']}"
    if kind == "literal_error":
        return f"{key}：“{fault['input']}” 不可用。可用：{context['expected']}"
    limits = {"greater_than": ">", "greater_than_equal": "≥", "less_than": "<", "less_than_equal": "≤"}
    if kind in limits:
        return f"{key}：{fault['input']!r} 超出范围，应 {limits[kind]} {next(iter(context.values()))}"
    return f"{key}：{_SENTENCES.get(kind, fault['msg'])}，现在是 {fault['input']!r}"[:300]


def _allowed(model: type[BaseModel], location: tuple) -> list[str]:
    """Keys allowed at a place inside a model, following lists and optional models."""
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        model = next(_models(annotation), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models(inner)


def secret(reference: str) -> str:
    """The value behind `${ENV_NAME}`; ParamsError when the variable is not set."""
    match = ENV_REFERENCE.fullmatch(reference)
    name = match[1] if match else reference
    value = os.environ.get(name)
    if not value:
        raise ParamsError(f"环境变量 {name} 没有设置。请先设置它（值不会写入任何输出）。")
    return value


def json_schema() -> dict[str, Any]:
    """JSON schema of a params file, for editors."""
    return Params.model_json_schema()


def schema_text() -> str:
    """The JSON schema as it is published in `params/params.schema.json`."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
