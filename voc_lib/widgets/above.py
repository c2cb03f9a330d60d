"""What stands above a step's notebook when somebody opens it: the bar of the workbenches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voc_lib.run.workflow.step import Step

if TYPE_CHECKING:
    from voc_lib.widgets.bar import Bar


def bar(step: Step) -> Bar | None:
    """The bar of the step's report and period; None in a run, whose pages show no controls."""
    if not step.interactive:
        return None
    from voc_lib.widgets import bar as bars

    return bars.Bar(str(step.settings.file), step.period.label, step.spec.name)
