"""What the params say of how a system is used: its logs, paths through functions, records and thresholds."""

from __future__ import annotations

from pydantic import Field, model_validator

from voc_lib.origin import require_one
from voc_lib.strict import Strict


class Logs(Strict):
    """Operation logs: files (path) or a database query (url + query)."""

    path: str | None = Field(None, description="文件、文件夹或通配符，相对于参数文件")
    url: str | None = Field(None, description="数据库地址，只能写成 ${环境变量名}")
    query: str | None = Field(None, description="只读 SQL 查询")
    columns: dict[str, str] = Field({}, description="原表头: 标准字段，只写自动认不出的；ignore 表示不使用")

    @property
    def paths(self) -> list[str]:
        """The file, folder or pattern; of a database none."""
        return [self.path] if self.path else []

    @model_validator(mode="after")
    def _one_origin(self) -> Logs:
        require_one(self.path, self.url, self.query)
        return self


class Flow(Strict):
    """One path through the system that has an end: functions in their order."""

    name: str = Field(description="流程名称，例如 新建商机")
    steps: list[str] = Field(min_length=2, description="依次经过的功能；某个动作写成 功能/动作")


class Records(Strict):
    """A snapshot of the business records kept in the system, to see how completely its fields are filled."""

    name: str = Field(description="业务数据的名称，例如 客户档案")
    path: str = Field(description="文件、文件夹或通配符，相对于参数文件")
    fields: list[str] = Field([], description="要看填没填的列；不写则看归属与时间以外的全部列")
    owner: str | None = Field(None, description="谁的记录：员工ID或部门所在的列；不写则按值去认")
    created: str | None = Field(None, description="创建时间所在的列；写了才有“本期新建”，报告期以后的不计")


class UsageRules(Strict):
    """Thresholds of the usage figures."""

    session_gap_minutes: int = Field(30, ge=1, le=720, description="停顿超过多少分钟算另一次会话")
    month_end_days: int = Field(3, ge=1, le=10, description="每月最后几天算月底")
    rare_share: float = Field(0.05, gt=0, lt=1, description="使用人数不到活跃员工的多少比例算少用")
    least: int = Field(30, ge=1, description="少于多少次的比率只列出，不下结论")
