"""The buttons that carry the queue to Excel and bring the answers back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.errors import VocError
from voc_lib.run.workflow.step import Step
from voc_lib.widgets import looks, session, workbook
from voc_lib.widgets.desk import Desk


class Carried:
    """The view; `came` hears that answers were brought in."""

    def __init__(self, step: Step, desk: Desk, items: pd.DataFrame, came: Callable[[], None]) -> None:
        self.step, self.desk, self.items, self.came = step, desk, items, came
        self.upload = w.FileUpload(accept=".xlsx", description="导入 Excel")
        self.upload.observe(lambda change: self._taken(change["new"]), "value")
        self.said = w.HTML()
        out = looks.button("导出 Excel", lambda: self._tell(self._export), icon="download")
        self.box = w.VBox([w.HBox([out, self.upload]), self.said])

    def _taken(self, files: Any) -> None:
        if files:
            self._tell(lambda: self._import(bytes(files[0]["content"])))
            self.upload.value = ()  # so that the same file can be brought again

    def _tell(self, act: Callable[[], str]) -> None:
        try:
            self.said.value = looks.told(act())
        except VocError as error:
            self.said.value = looks.told(str(error), bad=True)

    def _export(self) -> str:
        step = self.step
        name = re.sub(r"[^\w-]", "_", f"{step.params.name}_{step.period.label}_{self.desk.who}")
        file = step.settings.outputs / "review" / f"{name}.xlsx"
        count = workbook.export(file, self.items, session.texts(step), self.desk)
        return f"{count} 条待复核的反馈写到 {file}；填好 “新标签” 后用 “导入 Excel” 读回。"

    def _import(self, content: bytes) -> str:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "更正.xlsx"
            file.write_bytes(content)
            result = workbook.read(file, self.desk, known=session.spellings(self.step))
        self.came()
        return result.said()
