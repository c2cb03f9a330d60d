"""Answers of independent coders: kept apart from corrections, so that agreement can be measured."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import Engine, Exists, exists, func, insert, select

from voc_lib.errors import DataError
from voc_lib.register.database import said
from voc_lib.register.draws import drawn
from voc_lib.register.models import Coding, Correction
from voc_lib.register.revisions import NOW, Marks
from voc_lib.register.store import WITHDRAWN

COLUMNS = ["feedback_id", "coder", "tags", "note", "at"]


def add(engine: Engine, feedback_id: str, tags: str, *, coder: str, at: datetime, note: str = "") -> None:
    """Nothing; the answer is kept. An empty `tags` takes the coder's answer back."""
    if not feedback_id.strip() or not coder.strip():
        raise DataError("标注缺少反馈ID或标注人；两项都要写。")
    row = {"feedback_id": feedback_id, "tags": tags, "coder": coder.strip(), "note": note, "at": at}
    with said(engine), engine.begin() as connection:
        connection.execute(insert(Coding).values(**row))


def answers(engine: Engine) -> pd.DataFrame:
    """The last answer of each coder for each feedback: feedback_id, coder, tags (codes), note, at."""
    last = select(func.max(Coding.id)).group_by(Coding.feedback_id, Coding.coder)
    query = (
        select(Coding.feedback_id, Coding.coder, Coding.tags, Coding.note, Coding.at)
        .where(Coding.id.in_(last), Coding.tags != WITHDRAWN)
        .order_by(Coding.feedback_id, Coding.coder)
    )
    with said(engine), engine.connect() as connection:
        rows = connection.execute(query).all()
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({**dict.fromkeys(COLUMNS[:4], "str"), "at": "datetime64[us]"})


def blind(engine: Engine, *, report: str = "", marks: Marks = NOW) -> pd.DataFrame:
    """The last answer each coder gave blind: `COLUMNS` and the `period, stratum, size` a report drew it in.

    An answer saved together with a correction was not blind. Missing where chance did not draw the feedback:
    such answers tell how coders agree, not how right the tags are. Drawn in two periods, it stands twice.
    `marks`: as it was in that state of the register.
    """
    query = select(Coding.feedback_id, Coding.coder, Coding.tags, Coding.note, Coding.at).order_by(Coding.id)
    with said(engine), engine.connect() as connection:
        rows = connection.execute(
            query.where(Coding.id <= marks.codings, ~_with_a_correction(marks.corrections))
        ).all()
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame = frame.astype({**dict.fromkeys(COLUMNS[:4], "str"), "at": "datetime64[us]"})
    last = frame.drop_duplicates(["feedback_id", "coder"], keep="last")
    last = last[last["tags"] != WITHDRAWN].merge(
        drawn(engine, report=report, until=marks.draws), on="feedback_id", how="left"
    )
    return last.sort_values(["feedback_id", "coder", "period"], ignore_index=True)


def _with_a_correction(until: int) -> Exists:
    """Whether an answer was saved together with a correction of the tags (up to row `until`)."""
    same = (
        (Correction.feedback_id == Coding.feedback_id)
        & (Correction.who == Coding.coder)
        & (Correction.at == Coding.at)
    )
    in_force = (Correction.field == "tags") & Correction.version.is_not(None) & (Correction.id <= until)
    return exists().where(same, in_force)
