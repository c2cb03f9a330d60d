"""What a review of a step needs: who answers, which feedback is asked about, where its evidence stands."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from voc_lib.clean import duplicates
from voc_lib.collect import ledger
from voc_lib.exchange.bench import user
from voc_lib.register import codings, draws
from voc_lib.run.workflow.step import Step, open_step
from voc_lib.stats import satisfaction
from voc_lib.stats.basis import Evidence
from voc_lib.tag import suggest
from voc_lib.tag.problem import PRAISE
from voc_lib.widgets import queue
from voc_lib.widgets.desk import Desk
from voc_lib.widgets.evidence import Span
from voc_lib.widgets.regrouping import Regroupings


def step_of(params_file: str, *, period: str = "") -> Step:
    """The step that reads what step 3 wrote; the steps before it are run when they have not been."""
    return open_step("04_analyse", params_file, period=period)


def evidence(step: Step) -> Evidence:
    """What metrics are read from."""
    scored = satisfaction.scored(step.read("tagged"), step.read("ratings"))
    issues, exposure, kpis = (step.read(name) for name in ("issues", "exposure", "kpis"))
    return Evidence(issues, exposure, kpis, scored)


def desk(step: Step, *, coder: str = "", blind: bool = False) -> Desk:
    """A desk at the step's register for `coder`, by default the user who is logged in."""
    zone = step.params.zone

    def clock() -> datetime:
        return datetime.now(zone).replace(tzinfo=None)

    return Desk(step.register, step.taxonomy, coder.strip() or user(), clock, blind)


def asked(step: Step, desk: Desk, *, size: int) -> pd.DataFrame:
    """The queue of the step's period for a desk: columns of `queue`."""
    tagged = reviewed(step)
    rows = tagged[step.period.mask(tagged["created_at"])]
    if desk.blind:
        sample = _sample(step, desk, queue.frame(rows, desk.taxonomy), size)
        answers = codings.blind(desk.engine)
        return queue.independent(rows, sample, answers=answers, coder=desk.who, size=size)
    corrected, seed, apart = desk.corrected(), step.params.seed, desk.apart()
    return queue.build(tagged, rows, desk.taxonomy, corrected=corrected, apart=apart, size=size, seed=seed)


def _sample(step: Step, desk: Desk, rows: pd.DataFrame, size: int) -> pd.Series:
    """The ids of the gold sample of the period, in the order to be asked; drawn where it is too small."""
    report, period, seed = step.params.name, step.period.label, step.params.seed
    drawn = draws.take(desk.engine, rows, size, report=report, period=period, seed=seed, at=desk.clock())
    return drawn["feedback_id"]


def reviewed(step: Step) -> pd.DataFrame:
    """What step 3 wrote of each feedback, its id being the register's key (“source:id”)."""
    rows = step.read("tagged")
    return rows.assign(feedback_id=ledger.keys(rows))


def spans(step: Step) -> dict[str, list[Span]]:
    """Feedback id -> places of its evidence: start, end, tag."""
    tags, rows = step.read("tags").dropna(subset=["start", "end"]), step.read("tagged")
    keys = tags["feedback_id"].map(dict(zip(rows["feedback_id"], ledger.keys(rows), strict=True)))
    found: dict[str, list[Span]] = {}
    for ident, start, end, tag in zip(keys, tags["start"], tags["end"], tags["tag"], strict=True):
        found.setdefault(str(ident), []).append((int(start), int(end), str(tag)))
    return found


def texts(step: Step) -> pd.Series:
    """The (masked) texts by feedback id."""
    return reviewed(step).set_index("feedback_id")["text"]


def spellings(step: Step) -> dict[str, str]:
    """Feedback id by what people may write for it: itself, the source's own id where only one has it, and the
    id of the issue that starts with it."""
    return _spelt(step.read("tagged"))


def _spelt(rows: pd.DataFrame) -> dict[str, str]:
    keys, plain = ledger.keys(rows), ledger.plain_ids(rows)["feedback_id"]
    sole = ~plain.duplicated(keep=False)
    issues = dict(zip(duplicates.PREFIX + rows["feedback_id"], keys, strict=True))
    return {**issues, **dict(zip(plain[sole], keys[sole], strict=True)), **dict(zip(keys, keys, strict=True))}


def regroupings(step: Step) -> Regroupings:
    """What can be put together and taken apart in the step's feedback."""
    rows = step.read("tagged")
    shown = rows.assign(feedback_id=ledger.keys(rows))
    shown = shown[["feedback_id", "issue_id", "customer_id", "created_at", "text"]]
    return Regroupings(shown.sort_values(["created_at", "feedback_id"], kind="stable"), _spelt(rows))


def problems(step: Step) -> tuple[pd.DataFrame, np.ndarray]:
    """What is no praise in the step's history, the latest last, and which of it is of the period."""
    rows = step.read("tagged").sort_values("created_at", kind="stable")
    spoken = rows[rows["intent"] != PRAISE]
    return spoken, step.period.mask(spoken["created_at"]).to_numpy()


def suggested(step: Step, rows: pd.DataFrame, now: np.ndarray) -> list[suggest.Group]:
    """Groups of the period's problems that no rule speaks of; `problems` in."""
    words = step.segmenter(rows["product"])
    return suggest.groups(rows, step.taxonomy, now=now, segmenter=words, seed=step.params.seed)
