"""The steps of the workflow: what each needs, what tables it writes, what workbook readers get."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.period import Period
from voc_lib.report.subject import said


@dataclass(frozen=True)
class Input:
    """What an optional step cannot do without: a row with one of the columns filled in one of the tables.

    `what` names it on paper; `columns` are pairs of a table and its columns.
    """

    what: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]

    def lacking(self, read: Callable[[str, list[str]], pd.DataFrame]) -> str:
        """The sentence that there is none of it; empty where there is. `read` gives columns of a table.

        >>> given = Input("订单明细", (("orders", ("ordered_at",)),))
        >>> given.lacking(lambda table, names: pd.DataFrame(columns=names))
        '没有订单明细，不出这份报告'
        """
        filled = (read(table, list(names)).notna().any(axis=None) for table, names in self.columns)
        return "" if any(filled) else f"没有{self.what}，不出这份报告"


@dataclass(frozen=True)
class StepSpec:
    """One step: notebook `name`, Chinese `title` and `deliverable`, needs, tables, workbook.

    `sheets` are the tables of the workbook in its order; empty means all the step's tables. A step with an
    `input` is left out, its tables empty, where there is none of it.
    """

    name: str
    title: str
    deliverable: str
    needs: tuple[str, ...]
    tables: tuple[str, ...]
    workbook: str = ""
    sheets: tuple[str, ...] = ()
    input: Input | None = None

    @property
    def number(self) -> str:
        """What the names of its reports begin with."""
        return self.name.partition("_")[0]


HANDLING = Input(
    "处理记录（首次响应、完成时间或状态）",
    (("history", ("first_response_at", "closed_at", "status")), ("status_events", ("state",))),
)
ORDERS = Input("订单明细", (("orders", ("ordered_at",)),))
SCORES = Input(
    "问卷作答或评分",
    (("answers", ("score",)), ("history", ("csat", "nps")), ("ratings", ("csat", "nps"))),
)
LOG = Input("操作日志（参数里的 logs）", (("log_files", ("file",)),))
STEPS = (
    StepSpec(
        "02_collect",
        "收集与标准化",
        "数据收集与计数台账",
        (),
        (
            "feedback",
            "history",
            "ratings",
            "reads",
            "quarantine",
            "headers",
            "notes",
            "oddities",
            "coverage",
            "customers",
            "orders",
            "exposure",
            "kpis",
            "status_events",
            "survey_quality",
            "answers",
            "survey_answers",
            "traits",
            "log_files",
        ),
        "标准化反馈明细与隔离区",
        (
            "feedback",
            "quarantine",
            "headers",
            "notes",
            "oddities",
            "coverage",
            "survey_quality",
            "survey_answers",
            "answers",
        ),
    ),
    StepSpec(
        "03_clean_and_tag",
        "整理与打标",
        "客户反馈信息汇总表",
        ("02_collect",),
        (
            "tagged",
            "issues",
            "tags",
            "ledger",
            "summary",
            "requests",
            "overdue",
            "urgent",
            "load",
            "tickets",
            "ticket_cross",
            "tag_quality",
            "tag_drift",
            "tag_sentiment",
            "rule_check",
            "new_words",
            "questions",
            "mismatches",
        ),
        "客户反馈信息汇总表",
        (
            "summary",
            "requests",
            "overdue",
            "urgent",
            "load",
            "ticket_cross",
            "tickets",
            "questions",
            "mismatches",
            "tag_quality",
            "tag_drift",
            "tag_sentiment",
            "rule_check",
            "new_words",
            "tags",
            "ledger",
        ),
    ),
    StepSpec(
        "01_plan",
        "前期准备",
        "客户反馈分析项目计划书",
        ("03_clean_and_tag",),
        ("goals", "metrics", "team", "milestones", "channels"),
        "项目计划书",
    ),
    StepSpec(
        "04_analyse",
        "分析与诊断",
        "客户服务问题诊断报告",
        ("03_clean_and_tag",),
        (
            "category_stats",
            "changes",
            "mix",
            "weighted",
            "trend",
            "forecast",
            "rates",
            "region_rates",
            "crosstab",
            "emerging",
            "themes",
            "service",
            "satisfaction",
            "drivers",
            "diagnosis",
            "cause_tags",
            "cause_shares",
        ),
        "客户反馈问题分类统计表",
        (
            "category_stats",
            "diagnosis",
            "changes",
            "mix",
            "weighted",
            "trend",
            "forecast",
            "crosstab",
            "emerging",
            "themes",
            "service",
            "satisfaction",
            "drivers",
            "cause_shares",
            "cause_tags",
        ),
    ),
    StepSpec(
        "04b_survey",
        "满意度与问卷",
        "满意度与问卷报告",
        ("03_clean_and_tag",),
        ("survey_spread", "survey_groups", "survey_links", "survey_drivers"),
        "满意度与问卷",
        ("survey_drivers", "survey_groups", "survey_links", "survey_spread"),
        input=SCORES,
    ),
    StepSpec(
        "04c_service",
        "服务质量",
        "服务质量报告",
        ("04_analyse",),
        ("desks", "stages", "handoffs", "backlog"),
        "服务质量",
        input=HANDLING,
    ),
    StepSpec(
        "04d_customers",
        "客户分析",
        "客户分析报告",
        ("03_clean_and_tag",),
        ("segments", "rfm", "cohorts", "repurchase", "churn", "afterwards", "needs", "care"),
        "客户分析",
        ("care", "segments", "needs", "afterwards", "churn", "repurchase", "cohorts", "rfm"),
        input=ORDERS,
    ),
    StepSpec(
        "04u_crm_usage",
        "系统使用",
        "系统使用分析报告",
        ("03_clean_and_tag",),
        (
            "usage_months",
            "usage_functions",
            "usage_errors",
            "usage_flows",
            "usage_paths",
            "usage_speed",
            "usage_adoption",
            "usage_said",
            "usage_silence",
            "usage_fields",
            "usage_reads",
            "usage_quarantine",
            "usage_notes",
        ),
        "系统使用分析",
        (
            "usage_adoption",
            "usage_functions",
            "usage_flows",
            "usage_speed",
            "usage_errors",
            "usage_said",
            "usage_silence",
            "usage_fields",
            "usage_months",
            "usage_reads",
            "usage_quarantine",
            "usage_notes",
        ),
        input=LOG,
    ),
    StepSpec(
        "07_track",
        "跟踪与评估",
        "改进效果评估报告",
        ("03_clean_and_tag",),
        (
            "effects",
            "effect_months",
            "rounds",
            "power",
            "programme",
            "followups",
            "telling",
            "commitments",
            "breaches",
            "published",
        ),
        "改进效果跟踪表",
    ),
    StepSpec(
        "05_root_cause",
        "根因与优先级",
        "根因分析与优先级",
        ("04_analyse",),
        (
            "why",
            "fishbone",
            "five_w1h",
            "quadrants",
            "interviews",
            "interview_outline",
            "cause_classes",
            "appraisal",
            "judgements",
            "agreement",
        ),
        "根因与优先级",
    ),
    StepSpec(
        "06_improve",
        "改进计划",
        "客户反馈改进计划表",
        ("05_root_cause", "07_track"),
        ("weekly", "plan", "solutions", "tracking", "measure_stages", "tasks"),
        "客户反馈改进计划表",
    ),
    StepSpec(
        "08_report",
        "总结报告",
        "客户反馈分析总结",
        ("01_plan", "06_improve", "04b_survey", "04c_service", "04d_customers", "04u_crm_usage"),
        ("findings", "since", "incidents", "traces"),
        "全部发现与追溯",
    ),
)

BY_NAME = {step.name: step for step in STEPS}
MAKER = {table: step.name for step in STEPS for table in step.tables}


def find(name: str) -> StepSpec:
    """The step of that name or number; ParamsError lists what there is.

    >>> find("4").name, find("04").name, find("04_analyse").name
    ('04_analyse', '04_analyse', '04_analyse')
    """
    number = name.lstrip("0")
    name = next((spec.name for spec in STEPS if spec.number.lstrip("0") == number), name)
    if name not in BY_NAME:
        raise ParamsError(f"没有步骤 “{name}”。{did_you_mean(name, BY_NAME)}")
    return BY_NAME[name]


def upstream(name: str) -> list[str]:
    """Every step that must have run before this one, in running order.

    >>> upstream("04_analyse")
    ['02_collect', '03_clean_and_tag']
    """
    wanted: set[str] = set()
    queue = list(find(name).needs)
    while queue:
        step = queue.pop()
        wanted.add(step)
        queue.extend(BY_NAME[step].needs)
    return [step.name for step in STEPS if step.name in wanted]


def leading(specs: Iterable[StepSpec]) -> list[StepSpec]:
    """The steps, those most others wait for first, so that what is left to the end is short.

    >>> [spec.number for spec in leading([find("1"), find("4"), find("7")])]
    ['04', '07', '01']
    """
    waiting = [need for spec in STEPS for need in upstream(spec.name)]
    return sorted(specs, key=lambda spec: -waiting.count(spec.name))


def spoken(spec: StepSpec, subject: str) -> StepSpec:
    """The step with its title, deliverable and workbook in the words of a subject.

    >>> spoken(find("6"), "crm").deliverable
    '员工反馈改进计划表'
    """
    title, deliverable, workbook = (said(w, subject) for w in (spec.title, spec.deliverable, spec.workbook))
    return replace(spec, title=title, deliverable=deliverable, workbook=workbook)


def title(spec: StepSpec, period: Period, subject: str) -> str:
    """The deliverable's name; the last report says what kind of period it sums up.

    >>> title(find("08_report"), Period.parse("2026-Q3"), "crm")
    '员工反馈分析季度总结'
    """
    name = spoken(spec, subject).deliverable
    return name.replace("总结", f"{_kind(period)}总结") if spec.name == "08_report" else name


def _kind(period: Period) -> str:
    if "-Q" in period.label:
        return "季度"
    if "-W" in period.label:
        return "周度"
    if period.label.isdigit():
        return "年度"
    return "" if ".." in period.label else "月度"


def report_path(folder: Path, spec: StepSpec, period: Period, form: str, subject: str) -> Path:
    """Where a step's report stands: `reports/<number>_<deliverable>.<form>`."""
    return folder / "reports" / f"{spec.number}_{title(spec, period, subject)}.{form}"


def published_report(folder: Path, spec: StepSpec, form: str) -> Path | None:
    """The report of a step in a folder, whatever it was called when it was made; None where there is none."""
    return min((folder / "reports").glob(f"{spec.number}_*.{form}"), default=None)


def workbook_path(folder: Path, spec: StepSpec, subject: str) -> Path:
    """Where a step's workbook stands."""
    return folder / "excel" / f"{spoken(spec, subject).workbook}.xlsx"


def made(folder: Path, spec: StepSpec, period: Period, subject: str) -> list[Path]:
    """Where a step's notebook, workbook and reports stand in a run folder, if it has them."""
    files = [folder / "notebooks" / f"{spec.name}.ipynb", workbook_path(folder, spec, subject)]
    return files + [report_path(folder, spec, period, form, subject) for form in ("html", "pdf")]
