"""What is an audience's own: rows by what they hold, what people wrote by what it is about or who answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from voc_lib.audience import CATEGORY, Audience, label
from voc_lib.errors import ParamsError, did_you_mean
from voc_lib.knowledge import Knowledge, Measure
from voc_lib.metric import Metric
from voc_lib.params import Goal
from voc_lib.tag.records import department
from voc_lib.tag.taxonomy import Taxonomy


@dataclass(frozen=True)
class Own:
    """An audience at a report's knowledge, goals and taxonomy.

    What people wrote belongs to it where each column of `where` is said of it, with a value of the audience,
    or where the leader answers for it. What says nothing of a column belongs to nobody's part.
    """

    audience: Audience
    taxonomy: Taxonomy
    known: Knowledge
    goals: tuple[Goal, ...]

    def rows(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows of tagged feedback (or of scores alone) are the audience's."""
        where = self.audience.where
        parts = [where] if where else [_part(metric, problem) for metric, problem in self._answered()]
        mine = pd.Series(False, index=frame.index)
        for part in parts:
            mine |= _within(frame, part, self.taxonomy)
        return mine

    def measure(self, measure: Measure) -> bool:
        """Whether a measure belongs: by its department, its problem and where it is at work, or its owner."""
        about = {**measure.part, CATEGORY: measure.problem, "department": measure.department}
        return measure.owner in self.audience.leader or self._all(about)

    def goal(self, goal: Goal) -> bool:
        """Whether a goal belongs: by what its metric is of, or its owner."""
        return goal.owner in self.audience.leader or self.metric(goal.metric)

    def metric(self, metric: Metric) -> bool:
        """Whether all that a metric is of is the audience's."""
        about = {**self._problem(metric.category), **metric.where}
        return self._all(about)

    def problem(self, problem: str) -> bool:
        """Whether a problem as a whole is the audience's, so that what is known of its causes is."""
        led = {named for _, named in self._answered()}
        return problem in led or self._all(self._problem(problem))

    @property
    def people(self) -> set[str]:
        """Who answers for what belongs to the audience."""
        owners = {m.owner for m in self.known.measures if self.measure(m)}
        owners |= {goal.owner for goal in self.goals if self.goal(goal)}
        return owners | set(self.audience.leader)

    def knowledge(self, feedback: Iterable[str]) -> Knowledge:
        """What of the knowledge is the audience's, its `feedback` by id; no word of comparison groups."""
        measures, said = [m for m in self.known.measures if self.measure(m)], set(feedback)
        ids = {measure.id for measure in measures}
        calls = {
            name: [c for c in getattr(self.known, name) if c.measure in ids and c.feedback_id in said]
            for name in ("revisits", "messages")
        }
        decided = [d for d in self.known.decisions if d.measure in ids or d.owner in self.audience.leader]
        return Knowledge(
            causes=[cause for cause in self.known.causes if self.problem(cause.problem)],
            measures=[self._alone(measure) for measure in measures],
            promises=[promise for promise in self.known.promises if self.metric(promise.metric)],
            progress=[step for step in self.known.progress if step.measure in ids],
            goals=[goal for goal in self.known.goals if self.goal(goal)],
            decisions=decided,
            departures=[d for d in self.known.departures if d.owner in self.people],
            incidents=[i for i in self.known.incidents if i.problem and self.problem(i.problem)],
            **calls,
        )

    @property
    def compared(self) -> set[str]:
        """The measures of the audience that are judged beside a group of somebody else."""
        return {m.id for m in self.known.measures if self.measure(m) and self._alone(m) != m}

    def require(self, tagged: pd.DataFrame) -> None:
        """Nothing, or ParamsError naming what no row has, or a leader nobody ever called owner."""
        name = self.audience.name
        for about, values in self.audience.where.items():
            held = column(tagged, about, self.taxonomy).dropna().astype("str").unique()
            for value in values:
                if value not in held:
                    raise ParamsError(
                        f"audiences.{name}.where：没有一条反馈的{label(about)}是“{value}”。"
                        f"{did_you_mean(value, held)[:200] if len(held) else '这一列是空的，请换一列。'}"
                    )
        owners = {m.owner for m in self.known.measures} | {goal.owner for goal in self.goals if goal.owner}
        for leader in self.audience.leader:
            if leader not in owners:
                hint = did_you_mean(leader, owners) if owners else "还没有写措施和目标。"
                raise ParamsError(f"audiences.{name}.leader：“{leader}” 名下没有措施，也没有目标。{hint}")

    def _answered(self) -> list[tuple[Metric | None, str]]:
        """The metric and the problem of each measure and goal the leader answers for."""
        led = self.audience.leader
        found = [(m.metric, m.problem) for m in self.known.measures if m.owner in led]
        goals = [goal.metric for goal in self.goals if goal.owner in led]
        return found + [(metric, metric.category) for metric in goals if metric.category]

    def _problem(self, problem: str | None) -> dict[str, str]:
        """What a problem says of itself: its name, and the department the taxonomy holds responsible."""
        if not problem:
            return {}
        responsible = self.taxonomy.department_of(problem) if problem in self.taxonomy.names else None
        return {CATEGORY: problem, **({"department": responsible} if responsible else {})}

    def _all(self, about: Mapping[str, str]) -> bool:
        where = self.audience.where
        return bool(where) and all(about.get(column) in values for column, values in where.items())

    def _alone(self, measure: Measure) -> Measure:
        """The measure without the groups of others it is compared with."""
        pilot = measure.stages.pilot
        if measure.comparison and not self._all({**measure.part, **measure.comparison}):
            measure = measure.model_copy(update={"comparison": {}})
        if pilot and pilot.comparison and not self._all({**measure.part, **pilot.comparison}):
            alone = pilot.model_copy(update={"comparison": {}})
            stages = measure.stages.model_copy(update={"pilot": alone})
            measure = measure.model_copy(update={"stages": stages})
        return measure


def _part(metric: Metric | None, problem: str) -> dict[str, list[str]]:
    """The rows a measure is about: of its problem, where its metric is of."""
    scope = {column: [value] for column, value in (metric.where if metric else {}).items()}
    return {**scope, CATEGORY: [problem]}


def _within(frame: pd.DataFrame, part: Mapping[str, list[str]], taxonomy: Taxonomy) -> pd.Series:
    mine = pd.Series(True, index=frame.index)
    for named, values in part.items():
        mine &= column(frame, named, taxonomy).isin(values).fillna(False)
    return mine


def column(frame: pd.DataFrame, name: str, taxonomy: Taxonomy) -> pd.Series:
    """What a column of `where` is read from; nothing where the table has none."""
    if name == "department" and "primary_tag" in frame:
        return department(frame, taxonomy).astype("str")
    name = "primary_tag" if name == CATEGORY else name
    return frame[name] if name in frame else pd.Series(pd.NA, index=frame.index, dtype="str")
