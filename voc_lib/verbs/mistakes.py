"""What to say of a call that was typed wrong."""

from __future__ import annotations

import re
from typing import Any

from voc_lib.errors import did_you_mean

# What the command line says of a mistake, and how it is said here.
SAID = (
    (r"Got unexpected extra argument\(?s?\)? \((.*)\)", r"多写了 \1。"),
    (r"Option '(.*?)' requires an argument\.", r"\1 后面缺少要写的值。"),
    (r"Option '(.*?)' does not take a value\.", r"\1 后面不要写值。"),
    (r"Invalid value for '(.*?)': .*valid integer.*", r"\1 应是整数。"),
    (r"Invalid value for '(.*?)': .*greater than or equal to (\d+).*", r"\1 应 ≥ \2。"),
    (r"Invalid value for '(.*?)': .*less than or equal to (\d+).*", r"\1 应 ≤ \2。"),
    (
        r"Invalid value for '(.*?)': (?:Value error, )?'(.*?)' is not one of (.*?)\.?",
        r"\1 不能是 \2。可用：\3。",
    ),
)


def sentence(error: Any) -> str:
    """One Chinese sentence about a usage error, with the help that belongs to it."""
    kind, context = type(error).__name__, error.ctx
    if kind == "NoArgsIsHelpError":
        return str(error.format_message())
    if kind == "NoSuchOption":
        names = [name for option in context.command.params for name in option.opts]
        return f"没有选项 {error.option_name}。{did_you_mean(error.option_name, names)}"
    if kind == "MissingParameter":
        return f"缺少参数 {_parameter(error)}。用法见 {called(context)} --help"
    words = error.format_message()
    if words.startswith("No such command"):
        return f"没有这个命令。{did_you_mean(words.split(chr(39))[1], context.command.commands)}"
    return f"用法有误：{_chinese(words)}用法见 {called(context)} --help"


def called(context: Any) -> str:
    """The command a person typed, without what follows it."""
    names: list[str] = []
    while context is not None and context.parent is not None:
        names.insert(0, context.info_name)
        context = context.parent
    return " ".join(["voc", *names])


def _parameter(error: Any) -> str:
    parameter = error.param
    return (parameter.metavar or parameter.human_readable_name) if parameter is not None else ""


def _chinese(words: str) -> str:
    """The mistake in Chinese, as it was said where it is not known.

    >>> _chinese("Got unexpected extra argument(s) (c)"), _chinese("Option '--period' requires an argument.")
    ('多写了 c。', '--period 后面缺少要写的值。')
    """
    for pattern, chinese in SAID:
        if match := re.fullmatch(pattern, words):
            return match.expand(chinese).replace("'", "")
    return f"{words.rstrip('.')}。"
