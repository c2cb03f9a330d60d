"""What a measure is about and whether it worked: the feedback of its problem, its effect month by month."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.errors import VocError
from voc_lib.improve import effect
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.report import plots
from voc_lib.rootcause import preview
from voc_lib.run.workflow.step import Step
from voc_lib.stats import metrics
from voc_lib.stats.basis import Evidence
from voc_lib.widgets import looks, session
from voc_lib.widgets.evidence import plain

MOST = 8  # feedback listed
UNMEASURED = "没有写全 “指标”“目标值”“改进前”“改进后”，看不出效果。"


class Proof:
    """The view below a grid; `show` fills it in for a measure."""

    def __init__(self, params_file: str, *, period: str) -> None:
        self._asked = (params_file, period)
        self.words, self.chart = w.HTML(), w.Output()
        close = looks.button("收起", self.hide, icon="times")
        head = w.HBox([self.words, close])
        head.add_class("voc-proof-head")
        self.box = w.VBox([head, self.chart], layout=w.Layout(display="none"))
        self.box.add_class("voc-proof")

    def hide(self) -> None:
        """Nothing is shown any more."""
        self.box.layout.display = "none"

    def show(self, measure: Measure, known: Knowledge) -> None:
        """Show the newest feedback of the period about its problem, its verdict and its chart."""
        self.box.layout.display = ""
        try:
            judged = self._judged(measure, known)
            self.words.value = f"{_titled(measure)}{judged}{_feedback(self._mine(measure.problem))}"
            self.chart.outputs = self._drawn(measure)
        except VocError as error:
            self.words.value, self.chart.outputs = looks.told(str(error), bad=True), ()

    @cached_property
    def step(self) -> Step:
        """The step that reads what step 3 wrote; opened with the first measure looked at."""
        file, period = self._asked
        return session.step_of(file, period=period)

    @cached_property
    def data(self) -> Evidence:
        """What metrics are read from."""
        return session.evidence(self.step)

    def _mine(self, problem: str) -> pd.DataFrame:
        rows = preview.ground(self.step.read("issues"), self.step.period).rows
        return rows[rows["primary_tag"].eq(problem).fillna(False).astype(bool)]

    def _judged(self, measure: Measure, known: Knowledge) -> str:
        """The verdict as a report of today's register would give it."""
        if measure.trial is None:
            return f'<p class="voc-hint">{plain(UNMEASURED)}</p>'
        alone = known.model_copy(update={"measures": [measure]})
        found = effect.table(
            alone, self.data, as_of=self.step.period.end, quiet=self.step.params.quiet_months
        )
        if found.empty:
            return ""
        row = found.iloc[0]
        told = f"{row['verdict']}：{row['reason']}" if pd.notna(row["reason"]) else str(row["verdict"])
        return f"<p><b>{plain(metrics.describe(measure.trial.metric))}</b>　{plain(told)}</p>"

    def _drawn(self, measure: Measure) -> tuple[dict[str, Any], ...]:
        if measure.trial is None:
            return ()
        unit = metrics.unit(measure.trial.metric)
        months = effect.series(measure, self.data, until=self.step.period)
        title = f"{measure.id} {metrics.describe(measure.trial.metric)}"
        drawn = plots.effect(months, title, target=measure.trial.target, unit=unit)
        data, about = drawn._repr_mimebundle_()
        return ({"output_type": "display_data", "data": data, "metadata": about},)


def _titled(measure: Measure) -> str:
    return f"<h4>{plain(f'{measure.key} {measure.action}')}</h4>"


def _feedback(rows: pd.DataFrame) -> str:
    """The newest feedback, a line each, and how many there are."""
    newest = rows.iloc[::-1].head(MOST)
    lines = "".join(_line(row) for row in newest.to_dict("records"))
    left = f"，最近 {MOST} 条如下，全部在 explore.ipynb" if len(rows) > MOST else ""
    return f"<p>本期这个问题的反馈 <b>{len(rows):,} 条</b>{left}</p><ul>{lines}</ul>"


def _line(row: dict[Any, Any]) -> str:
    about = f"{row['created_at']:%m-%d} {row['channel']} {row['feedback_id']}"
    return f'<li><span class="voc-hint">{plain(about)}</span> {plain(row["text"])}</li>'
