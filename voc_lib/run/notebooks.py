"""Where the notebooks are, and what their parameters cell declares."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.params import Settings
from voc_lib.run.steps import STEPS, StepSpec

PACKAGE = Path(__file__).parents[1]
OWN = ("params_file", "period", "folder")  # set by the runner, not by params
WORKBENCH = "workbench"  # the folder of those people work in by hand
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KINDS = {bool: "true 或 false", int: "整数", float: "数字", str: "文字", list: "列表", dict: "“键: 值”"}


def home() -> Path:
    """The folder of the notebooks that come with the library: inside the package, or of the source tree."""
    packaged = PACKAGE / "notebooks"
    return packaged if packaged.is_dir() else PACKAGE.parent / "notebooks"


def locate(step: str, folder: Path) -> Path:
    """The notebook of a step: the project's own (`notebooks/` beside the params file) or the library's."""
    places = [folder / "notebooks" / f"{step}.ipynb", home() / f"{step}.ipynb"]
    for place in places:
        if place.is_file():
            return place
    raise ParamsError(f"找不到步骤 {step} 的 notebook，找过：{'、'.join(str(p) for p in places)}。")


def read(path: Path) -> NotebookNode:
    """The notebook at a path; ParamsError when it is not one."""
    try:
        node = nbformat.read(path, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError, nbformat.reader.NotJSONError) as error:
        raise ParamsError(
            f"{path.name} 不是可读的 notebook（{type(error).__name__}）。请从项目模板重新复制。"
        ) from None
    for cell in node.cells:  # nothing a person left behind may count as this run's result
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return node


def write_run(node: NotebookNode, path: Path, *, params_file: str, shown: Mapping[str, str]) -> None:
    """Write a notebook over another params file, its last cell showing something; trusted as one just run."""
    code = [cell for cell in node.cells if cell.cell_type == "code"]
    code[0].source = re.sub(r'(params_file: str = )".*?"', rf'\1"{params_file}"', code[0].source)
    code[-1].outputs = [nbformat.v4.new_output("execute_result", dict(shown), execution_count=1)]
    code[-1].execution_count = 1
    path.write_text(nbformat.writes(node), encoding="utf-8")
    NotebookNotary().sign(node)


def knobs(node: NotebookNode, name: str) -> dict[str, Any]:
    """Parameter name -> default, as declared in the one cell tagged `parameters`."""
    cells = [cell for cell in node.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise ParamsError(f"{name} 应恰好有一个标签为 parameters 的单元，现在有 {len(cells)} 个。")
    try:
        body = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise ParamsError(f"{name} 的 parameters 单元第 {error.lineno} 行语法有误。") from None
    found = dict(_assignment(statement, name) for statement in body if not _is_text(statement))
    missing = [own for own in OWN if own not in found]
    if missing:
        raise ParamsError(f"{name} 的 parameters 单元缺少 {'、'.join(missing)}。")
    return found


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _assignment(statement: ast.stmt, name: str) -> tuple[str, Any]:
    target: ast.expr | None = None
    value: ast.expr | None = None
    if isinstance(statement, ast.AnnAssign):
        target, value = statement.target, statement.value
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Name) and value is not None:
        try:
            return target.id, ast.literal_eval(value)
        except ValueError:
            pass
    raise ParamsError(
        f"{name} 的 parameters 单元第 {statement.lineno} 行应是 “名称: 类型 = 值”，值只能是字面量。"
    )


def check(values: Mapping[str, Any], declared: Mapping[str, Any], name: str) -> None:
    """Nothing, or ParamsError listing every parameter the notebook does not declare or cannot take."""
    faults = [fault for key, value in values.items() if (fault := _fault(str(key), value, declared, name))]
    if faults:
        raise ParamsError(
            f"参数 steps.{name} 有 {len(faults)} 处需要修改：" + "".join(f"\n  · {f}" for f in faults)
        )


def _fault(key: str, value: Any, declared: Mapping[str, Any], name: str) -> str:
    if key in OWN:
        return f"{key}：由程序填写，不能在 steps 中设置"
    if key not in declared or not NAME.fullmatch(key):
        allowed = [other for other in declared if other not in OWN]
        hint = did_you_mean(key, allowed) if allowed else "这个步骤没有可调参数。"
        return f"{key}：{name} 没有这个参数。{hint}"
    if not _is_json(value):
        return f"{key}：值 {value!r} 只能是文字、数字、true/false、列表或 “键: 值”（日期请加引号）"
    default = declared[key]
    if default is None or value is None or _alike(value, default):
        return ""
    return f"{key}：应是{KINDS[type(default)]}，现在是 {value!r}"


def _alike(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))


def _is_json(value: Any) -> bool:
    if value is None or isinstance(value, (bool, int, str)):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(part) for key, part in value.items())
    return False


def checked(settings: Settings, steps: tuple[StepSpec, ...] = STEPS) -> dict[str, NotebookNode]:
    """Step -> its notebook, after every parameter of every step was checked; no kernel starts before this."""
    nodes = {}
    for spec in steps:
        node = read(locate(spec.name, settings.folder))
        check(settings.params.steps.get(spec.name, {}), knobs(node, spec.name), spec.name)
        nodes[spec.name] = node
    return nodes
