"""A table beside the feedback: where it is and which header is which field."""

from __future__ import annotations

from pydantic import Field

from voc_lib.strict import Strict


class TableRef(Strict):
    """A side table: customers, orders, exposure or KPIs."""

    path: str = Field(description="文件路径，相对于参数文件")
    columns: dict[str, str] = Field({}, description="原表头: 标准字段")
    mended: list[str] = Field([], description="隔离区改好后再导入的文件；键相同时取代原来的行")

    @property
    def paths(self) -> list[str]:
        """The file and the mended ones after it."""
        return [self.path, *self.mended]
