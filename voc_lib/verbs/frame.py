"""The words the help is framed in, in Chinese: usage, panels, kinds of values, the help option."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

USAGE = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
}
PANELS = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
}
KINDS = {
    "<path>": "<路径>",
    "<list[Path]>": "<路径>",
    "<list[str]>": "<文字>",
    "<str>": "<文字>",
    "<int>": "<整数>",
    "<int range>": "<整数>",
    "<bool>": "",
}
HELP = "显示这段说明"


class _Said:
    """A command whose help is framed in Chinese."""

    def get_usage(self, ctx: Any) -> str:
        """The line that shows how it is called."""
        words = super().get_usage(ctx)  # type: ignore[misc]
        for english, chinese in USAGE.items():
            words = words.replace(english, chinese)
        return words

    def get_help_option(self, ctx: Any) -> Any:
        """The help option, with its own words."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = HELP
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        from typer import rich_utils

        for name, words in PANELS.items():
            setattr(rich_utils, name, words)
        _folded()
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            kind = param.display_type_rich(ctx)
            param.display_type_rich = partial(_kind, kind)
        super().format_help(ctx, formatter)  # type: ignore[misc]


class Command(_Said, TyperCommand):
    """A verb."""


class Group(_Said, TyperGroup):
    """A group of verbs."""


def chinese(app: typer.Typer) -> None:
    """Frame the help of an application, of its verbs and of its groups in Chinese."""
    app.info.cls = Group
    for command in app.registered_commands:
        command.cls = Command
    for group in app.registered_groups:
        group.cls = Group
        if group.typer_instance is not None:
            chinese(group.typer_instance)


@cache
def _folded() -> None:
    """Nothing; help is broken at the end of its line: Chinese has no blanks, and long words were cut off."""
    from typer import rich_utils

    made = rich_utils._make_rich_text

    def folding(**options: Any) -> Any:
        words: Any = made(**options)
        words.overflow = "fold"
        return words

    rich_utils._make_rich_text = folding


def _kind(kind: str | None, ctx: Any) -> str | None:
    return None if kind is None else KINDS.get(kind, kind)
