"""What coders and the machine say: of one feedback, side by side, and how far they agree on all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from voc_lib.report.narrative import TextView, text
from voc_lib.run.workflow.step import Step
from voc_lib.schema import TAG_SEPARATOR
from voc_lib.tag import agreement as measures
from voc_lib.tag import quality, rules
from voc_lib.widgets import session
from voc_lib.widgets.desk import Desk

MACHINE, RULES, MODEL = "机器", "规则", "模型"


@dataclass(frozen=True)
class Opinion:
    """Who says what of a feedback, and what there is to say about it."""

    who: str
    tags: tuple[str, ...]
    about: str = ""


@dataclass(frozen=True)
class Opinions:
    """The feedback of a step (`rows`, by the register's key) and the desk that knows what people said."""

    rows: pd.DataFrame
    desk: Desk

    def of(self, ident: str) -> list[Opinion]:
        """What each coder answered last, by name; where anybody did, what the rules alone say, too."""
        given = self.desk.answers()
        given = given[given["feedback_id"] == ident].sort_values("coder")
        people = [
            Opinion(row["coder"], self.desk.names(row["tags"]), f"{row['at']:%Y-%m-%d %H:%M} {row['note']}")
            for row in given.to_dict("records")
        ]
        return [*people, Opinion(RULES, self._ruled(ident))] if people else []

    def _ruled(self, ident: str) -> tuple[str, ...]:
        row, taxonomy = self.rows[self.rows["feedback_id"] == ident], self.desk.taxonomy
        decided, _ = rules.decide(rules.votes(row, taxonomy), row, taxonomy)
        return tuple(decided["tags"].iloc[0].split(TAG_SEPARATOR)) if len(decided) else ()


def agreement(step: Step) -> TextView:
    """How far people agree with each other, and with the machine, in what they answered blind."""
    tagged = step.read("tagged")
    answers = step.answers(tagged)
    rated = quality.ratings(answers, step.taxonomy)
    machine = quality.machine(tagged[tagged["feedback_id"].isin(rated.index)], step.taxonomy)
    beside = rated.assign(**{MACHINE: machine.reindex(rated.index)})
    items = [words for pair in combinations(beside, 2) if (words := _pair(*(beside[who] for who in pair)))]
    if not items:
        return text("还没有独立标注（blind = True）的反馈，无法计算一致性。", tone="info")
    if rated.shape[1] > 1 and (rated.notna().sum(axis=1) > 1).any():
        items.append(f"全体标注人 Krippendorff α = {measures.alpha(rated):.2f}")
    apart = len(session.desk(step).apart())
    return text(f"只算各自独立标注的回答。意见不一致、尚待定夺的反馈有 {apart} 条。", items=items)


def _pair(one: pd.Series, other: pd.Series) -> str:
    """How far two coders agree on the first tag of what both answered; "" without any."""
    shared = int((one.notna() & other.notna()).sum())
    if not shared:
        return ""
    value, low, high = measures.kappa(one, other)
    words = f"{one.name} 与 {other.name}：共同标注 {shared} 条，Cohen κ = {value:.2f}"
    return f"{words}（95% 区间 {low:.2f} 至 {high:.2f}）"
