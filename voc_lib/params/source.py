"""One source of feedback: where it is and how it is to be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator
from pydantic import field_validator as validator

from voc_lib.errors import did_you_mean
from voc_lib.origin import require_one
from voc_lib.params.stamp import is_stamp
from voc_lib.schema import FEEDBACK, SCORE_SCALES
from voc_lib.strict import Strict
from voc_lib.unattended import Expect

IGNORE = "ignore"  # in `columns`: a header that must not be used, whatever it looks like


def _cell(value: Any) -> str:
    """A value of a column as it stands in a file."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


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
