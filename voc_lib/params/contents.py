"""The whole of a params file, validated: what fits together and what does not."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, model_validator
from pydantic import field_validator as validator

from voc_lib.appraised import Appraisal
from voc_lib.audience import Audience, clash, folder_fault
from voc_lib.errors import did_you_mean
from voc_lib.logged import Flow, Logs, Records, UsageRules
from voc_lib.metric import Definition, resolved, undeclared
from voc_lib.params.goal import Goal
from voc_lib.params.outputs import Outputs
from voc_lib.params.rules import CopyChoice, CustomerRules, Duplicates, Handlers, Sla, Weights
from voc_lib.params.side import TableRef
from voc_lib.params.source import Source
from voc_lib.params.team import Member, Milestone
from voc_lib.period import Period
from voc_lib.strict import Strict
from voc_lib.unattended import Notices, Wait

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
IN_REGISTER = "register"  # in `knowledge`: the register holds it, no file


Dimension = Literal["age_of_account", "level", "value", "region", "channel", "gender"]


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
        None,
        description="六项评估（紧急、重要、范围、难度、资源、回报）与评委打分；不写则不评"
        "（subject: crm 照默认权重评）",
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
        listed = (
            self.employees if self.subject != "crm" else None
        )  # of whom there are, to see who never spoke
        if self.logs is None and (self.flows or listed or self.functions or self.records):
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

    @model_validator(mode="before")
    @classmethod
    def _appraised(cls, said: Any) -> Any:
        """Problems of a system people work with are always appraised, by default weights at least."""
        crm = isinstance(said, dict) and said.get("subject") == "crm" and said.get("appraisal") is None
        return {**said, "appraisal": {}} if crm else said

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
