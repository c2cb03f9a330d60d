"""What goals, measures and promises are judged by: a metric, its unit, range and good direction.

The direction is declared, never guessed: built in for every kind but `kpi`, written for a KPI.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from voc_lib.errors import did_you_mean
from voc_lib.schema import ISSUES
from voc_lib.strict import Strict

Better = Literal["higher", "lower"]
Direction = Literal[-1, 1]
TOWARDS: dict[str, Direction] = {"higher": 1, "lower": -1}
SAID = {"higher": "越高越好", "lower": "越低越好"}
NAMES = {  # as people choose them; a share, a rate and a KPI are told by what they are of
    "share": "占比",
    "rate": "每千单件数",
    "kpi": "KPI",
    "handling_hours": "处理时长中位数",
    "first_response_hours": "首次响应时间中位数",
    "sla": "SLA达成率",
    "csat": "满意度均分",
    "nps": "NPS",
    "fcr": "一次解决率",
}
FORMER = {
    "处理时长": "处理时长中位数",
    "首次响应时长": "首次响应时间中位数",
    "满意度": "满意度均分",
}  # in workbooks out there
PROPORTIONS = ("share", "kpi", "sla", "fcr")
HOURS = ("handling_hours", "first_response_hours")
BUILT_IN: dict[str, Better] = {
    "share": "lower",
    "rate": "lower",
    "handling_hours": "lower",
    "first_response_hours": "lower",
    "sla": "higher",
    "csat": "higher",
    "nps": "higher",
    "fcr": "higher",
}
LONGEST = 3 * 365 * 24.0  # hours; more than three years is a wrong date, not a slow service
RANGES = {
    **dict.fromkeys(PROPORTIONS, (0.0, 1.0, "超出 0–1；比例请写小数，例如 95% 写成 0.95")),
    **dict.fromkeys(HOURS, (0.0, LONGEST, "不是合理的小时数；时长以小时为单位，例如 2 天写成 48")),
    "rate": (0.0, 1000.0, "超出 0–1000；单位是每千单件数，例如每千单 2.4 件写成 2.4"),
    "csat": (1.0, 5.0, "超出 1–5；满意度以 1–5 分为单位"),
    "nps": (-100.0, 100.0, "超出 −100–100；NPS 以点为单位"),
}


class Metric(Strict):
    """What a goal or a measure is judged by."""

    kind: Literal[
        "share", "rate", "kpi", "handling_hours", "first_response_hours", "sla", "csat", "nps", "fcr"
    ]
    category: str | None = Field(None, description="问题类型（share、rate 用）")
    name: str | None = Field(None, description="KPI 名称（kind: kpi 用）")
    where: dict[str, str] = Field({}, description="只看一部分，例如 {region: 华东}")
    better: Better | None = Field(
        None, description="好方向：higher 越高越好，lower 越低越好；kpi 必须写在这里或 metrics 里"
    )

    @model_validator(mode="after")
    def _complete(self) -> Metric:
        if self.kind in ("share", "rate") and not self.category:
            raise ValueError(f"kind: {self.kind} 需要 category（问题类型）")
        if self.kind == "kpi" and not self.name:
            raise ValueError("kind: kpi 需要 name（指标名称）")
        if strange := [column for column in self.where if column not in self._columns]:
            raise ValueError(f"where 里没有列 “{strange[0]}”。{did_you_mean(strange[0], self._columns)}")
        fixed = BUILT_IN.get(self.kind)
        if fixed and self.better and self.better != fixed:
            raise ValueError(f"kind: {self.kind} {SAID[fixed]}，与 better: {self.better} 不符；请删去 better")
        return self

    @property
    def towards(self) -> Direction | None:
        """1 where more is better, −1 where less is; None for a KPI nobody declared.

        >>> Metric(kind="csat").towards, Metric(kind="kpi", name="退货率", better="lower").towards
        (1, -1)
        """
        better = BUILT_IN.get(self.kind) or self.better
        return TOWARDS[better] if better else None

    @property
    def _columns(self) -> list[str]:
        return ["region"] if self.kind == "kpi" else ISSUES.names

    def part_fault(self, part: dict[str, str]) -> str:
        """Why the metric cannot be of a part of what it is of; empty where it can.

        >>> Metric(kind="csat", where={"region": "华东"}).part_fault({"region": "华南"})
        '写了 region: 华南，与 metric 的 region: 华东 矛盾'
        """
        for column, value in part.items():
            if column not in self._columns:
                return f"里的 {column} 在 kind: {self.kind} 中没有；可用 {'、'.join(self._columns)}"
            if self.where.get(column, value) != value:
                return f"写了 {column}: {value}，与 metric 的 {column}: {self.where[column]} 矛盾"
        return ""

    def fault(self, value: float) -> str:
        """Why the metric cannot have a value; empty where it can.

        >>> Metric(kind="sla").fault(95), Metric(kind="sla").fault(0)
        ('超出 0–1；比例请写小数，例如 95% 写成 0.95', '')
        """
        low, high, said = RANGES[self.kind]
        return "" if low <= value <= high else said

    def target_fault(self, target: float) -> str:
        """Why a target cannot be meant: another unit, or one every result reaches; empty where it can.

        >>> Metric(kind="sla").target_fault(0)
        '目标 0 什么结果都达到；请写要达到的数'
        """
        if said := self.fault(target):
            return f"目标 {target} {said}"
        low, high, _ = RANGES[self.kind]
        worst = {1: low, -1: high}.get(self.towards or 0)
        return f"目标 {target:g} 什么结果都达到；请写要达到的数" if target == worst else ""


class Definition(Strict):
    """One entry of the metric dictionary."""

    name: str = Field(min_length=1, description="指标名称，与 KPI 表里的一致")
    better: Better = Field(description="好方向：higher 越高越好，lower 越低越好")
    definition: str = Field("", description="口径：算的是什么")
    unit: str = Field("比例", description="单位")
    numerator: str = Field("", description="分子")
    denominator: str = Field("", description="分母")
    source: str = Field("", description="数据来源")
    exposure: str = Field("", description="分母的范围：哪些业务量计入")


def resolved(metric: Metric, definitions: Iterable[Definition]) -> Metric:
    """The metric with the direction the dictionary declares; ValueError where two directions are written."""
    found = next((d for d in definitions if metric.kind == "kpi" and d.name == metric.name), None)
    if found is None:
        return metric
    if metric.better and metric.better != found.better:
        raise ValueError(f"better: {metric.better} 与 metrics 里 “{found.name}” 的 {found.better} 不一致")
    return metric.model_copy(update={"better": found.better})


def undeclared(metric: Metric, definitions: Iterable[Definition]) -> str:
    """What is wrong with the direction of a metric, and the line that mends it; empty where nothing is.

    >>> undeclared(Metric(kind="kpi", name="退货率"), [])[:14]
    '没有说明 “退货率” 越高越'
    """
    try:
        if resolved(metric, definitions).towards is not None:
            return ""
    except ValueError as error:
        return str(error)
    return (
        f"没有说明 “{metric.name}” 越高越好还是越低越好；请在参数文件的 metrics 中加一行："
        f"- {{name: {metric.name}, better: higher}}（越低越好写 lower）"
    )
