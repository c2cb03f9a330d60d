"""Runs notebooks, judges them by evidence, renders and publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voc_lib.run.workflow.step import Step, open_step

__all__ = ["Step", "open_step"]


def __getattr__(name: str) -> Any:
    """`open_step` and `Step`, imported on first use: a starting kernel must not wait for pandas."""
    if name not in __all__:
        raise AttributeError(name)
    from voc_lib.run.workflow import step

    return getattr(step, name)
