"""A YAML file that people write: read safely, its mistakes named in Chinese at the right line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from voc_lib.errors import ParamsError

SLIPS = (  # what an input method for Chinese leaves behind: pattern of a line, what to say about it
    (r"^[ \u3000]*\t", "行首有制表符（Tab），缩进只能用空格"),
    (r"^ *\u3000", "行首有全角空格，缩进只能用半角空格"),
    (r"^\s*[－—–]\s*\S", "列表项前的横线应是半角 “- ”"),
    (r"^\s*(?:- )?[^\s：:#'\"\[{（(，。]{1,30}：", "用了全角冒号 “：”，键后应是半角冒号加空格 “: ”"),
    (r"^\s*(?:- )?[^\s：:#'\"\[{/]{1,30}:(?=[^\s:/\\])", "冒号后要有一个空格"),
    (r":\s*[“‘].*[”’]\s*(?:#.*)?$", "用了全角引号，应是半角 \" 或 '"),
    (r":\s*(?:\[[^\]'\"]*，|\{[^}'\"]*[，：])", "方括号、花括号里应是半角逗号和冒号"),
    (r":\s*[［｛【]", "用了全角括号，应是半角 [ ] 或 { }"),
)
PROBLEMS = (  # what the parser says, and what it means for the writer
    ("mapping values are not allowed", "这里不能再有 “键: 值”，多半是上一行少了冒号、空格或引号"),
    ("cannot start any token", "行首或值的开头有不能用的字符（制表符、@、`、% 要去掉或加引号）"),
    ("could not find expected ':'", "这一行或上一行少了半角冒号"),
    ("expected ',' or ']'", "方括号没有成对，或逗号不是半角"),
    ("expected ',' or '}'", "花括号没有成对，或逗号不是半角"),
    ("expected <block end>", "缩进没有对齐，或引号、括号没有成对"),
    ("did not find expected key", "缩进没有对齐，或引号、括号没有成对"),
    ("found unexpected end of stream", "引号没有成对"),
    ("found unknown escape character", "双引号里的 \\ 要写成 \\\\，或改用单引号 '"),
    ("found undefined alias", "以 * 开头的值要加引号"),
    ("could not determine a constructor", "以 ! 开头的值要加引号"),
)
MOST = 5  # slips named at once


def read_yaml(file: Path) -> Any:
    """The content of a YAML file; ParamsError names file, line and what is wrong."""
    try:
        return _parsed(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ParamsError(f"找不到文件 {file}。请检查路径，或用 voc init 新建一个项目。") from None
    except IsADirectoryError:
        raise ParamsError(f"{file} 是文件夹，这里需要一个 YAML 文件。") from None
    except PermissionError:
        raise ParamsError(f"没有权限读取 {file}。请检查文件权限。") from None
    except UnicodeDecodeError as error:
        raise ParamsError(
            f"{file.name} 不是 UTF-8 编码（第 {error.start} 字节处）。请另存为 UTF-8。"
        ) from None
    except yaml.MarkedYAMLError as error:
        raise ParamsError(_syntax(file, error)) from None
    except yaml.YAMLError as error:
        raise ParamsError(f"{file.name} YAML 语法错误：有不能用的字符（{error}）。") from None


def shipped(package: str, name: str) -> Any:
    """The content of a YAML file of the house, beside the modules of `package`."""
    return _parsed(files(package).joinpath(name).read_text(encoding="utf-8"))


def listed(package: str, folder: str) -> list[str]:
    """Names, sorted, of the YAML files of the house in a folder beside the modules of `package`.

    >>> "ecommerce" in listed("voc_lib.tag", "packs")
    True
    """
    names = [item.name for item in files(package).joinpath(folder).iterdir()]
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def _parsed(text: str) -> Any:
    """The content by the parser in C, ten times as quick; what it refuses, by the one that says why."""
    try:
        return yaml.load(text, Loader=_Quick)  # noqa: S506 - a safe loader
    except yaml.YAMLError:
        return yaml.load(text, Loader=_Exact)  # noqa: S506 - a safe loader


@contextmanager
def explained(file: Path) -> Iterator[None]:
    """Adds to a ParamsError about the content of a file the typing slips that stand in it."""
    try:
        yield
    except ParamsError as error:
        raise ParamsError(f"{error}{_told(slips(file.read_text(encoding='utf-8-sig')))}") from None


def slips(text: str) -> list[tuple[int, str]]:
    """Lines with marks of a Chinese keyboard where YAML wants ASCII, and what to write instead.

    >>> slips("name: 示例\\nindustry：ecommerce\\n")
    [(2, '用了全角冒号 “：”，键后应是半角冒号加空格 “: ”')]
    >>> slips("note: 说明：很好\\n# 注：释\\n")
    []
    """
    return [
        (number, told)
        for number, line in enumerate(text.splitlines(), start=1)
        for told in [next((told for pattern, told in SLIPS if re.search(pattern, line)), None)]
        if told and not line.lstrip().startswith("#")
    ]


def _told(found: list[tuple[int, str]]) -> str:
    return "".join(f"\n  · 第 {number} 行：{told}" for number, told in found[:MOST])


def _syntax(file: Path, error: yaml.MarkedYAMLError) -> str:
    """The slips up to the line of a syntax error, its likely causes; else what the parser found there."""
    said = str(error.problem)
    mark = error.context_mark if "end of stream" in said else error.problem_mark
    place = f" 第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else ""
    meant = next((told for sign, told in PROBLEMS if sign in said), said)
    last = error.problem_mark.line + 1 if error.problem_mark else 0
    before = [slip for slip in slips(file.read_text(encoding="utf-8-sig")) if slip[0] <= last]
    if before and "写了两次" not in said:
        return f"{file.name} YAML 语法错误：{_told(before[-MOST:])}\n（读到{place}时出错）"
    return f"{file.name}{place} YAML 语法错误：{meant}。"


def _mapping(loader: Any, node: yaml.MappingNode) -> dict:
    seen = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, (dict, list)):
            raise yaml.constructor.ConstructorError(None, None, "键应是文字", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"键 “{key}” 写了两次", key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


class _Exact(yaml.SafeLoader):
    """A safe loader that refuses a key written twice."""


_C: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Quick(_C):
    """The same over the parser in C, where it is installed."""


for _loader in (_Exact, _Quick):
    _loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
