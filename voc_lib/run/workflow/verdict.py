"""Did a notebook really succeed? Judged by evidence: papermill's own metadata lies after a kernel death."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nbformat import NotebookNode

from voc_lib import errors
from voc_lib.errors import NotebookError, VocError
from voc_lib.run.steps import StepSpec

COLOURS = re.compile(r"\x1b\[[0-9;]*m")
INJECTED = "injected-parameters"
FAMILY = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, VocError) and kind is not VocError
}


def judge(node: NotebookNode, spec: StepSpec, sentinel: Path, *, mask: Callable[[str], str]) -> None:
    """Nothing when every code cell ran, none failed and the step saved; else the error that says why."""
    for index, cell in enumerate(node.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                raise cell_error(node, spec, index, output.ename, output.evalue, mask=mask)
    for index, cell in enumerate(node.cells):
        if cell.cell_type == "code" and cell.source.strip() and cell.execution_count is None:
            raise NotebookError(
                f"{place(node, spec, index)}没有运行：前面的单元提前结束了。请去掉 exit() 之类的语句。"
            )
    if not sentinel.is_file():
        raise NotebookError(f"步骤 {label(spec)} 没有保存结果：最后一个单元应调用 step.save(...)。")


def cell_error(
    node: NotebookNode, spec: StepSpec, index: int, ename: str, evalue: str, *, mask: Callable[[str], str]
) -> VocError:
    """The error a failed cell stands for; one of the house keeps its sentence and its exit code."""
    where = place(node, spec, index)
    words = mask(COLOURS.sub("", evalue)).strip()
    if ename in FAMILY:
        return FAMILY[ename](f"{words}（{where}）")
    if ename == "SystemExit":
        return NotebookError(f"{where}调用了 exit()，运行提前结束。请去掉它。")
    if ename == "MemoryError":
        return NotebookError(f"{where}内存不足。请减少数据量，或关闭其他程序后重试。")
    return NotebookError(f"{where}出错：{ename}：{words[:500] or '没有说明'}")


def label(spec: StepSpec) -> str:
    """The step as a reader knows it.

    >>> from voc_lib.run.steps import find
    >>> label(find("04_analyse"))
    '04_analyse（分析与诊断）'
    """
    return f"{spec.name}（{spec.title}）"


def place(node: NotebookNode, spec: StepSpec, index: int) -> str:
    """Step, number of the code cell as the author counts it, and the heading above it."""
    number = sum(
        cell.cell_type == "code" and INJECTED not in cell.metadata.get("tags", [])
        for cell in node.cells[: index + 1]
    )
    above = heading(node, index)
    section = f"，“{above}” 一节" if above else ""
    return f"步骤 {label(spec)}第 {number} 个代码单元{section}"


def heading(node: NotebookNode, index: int) -> str:
    """The last markdown heading above a cell, or ""."""
    found = ""
    for cell in node.cells[:index]:
        if cell.cell_type == "markdown":
            lines = re.findall(r"^#{1,6}\s+(.+?)\s*$", cell.source, re.MULTILINE)
            found = lines[-1] if lines else found
    return found
