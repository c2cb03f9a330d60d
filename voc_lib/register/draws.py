"""The gold sample: which feedback chance drew from a period, kept, so that every coder gets the same."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from voc_lib.register.database import said
from voc_lib.register.models import ALL, Draw
from voc_lib.tag import agreement

COLUMNS = ["period", "feedback_id", "stratum", "size"]


def take(
    engine: Engine, rows: pd.DataFrame, n: int, *, report: str, period: str, seed: int, at: datetime
) -> pd.DataFrame:
    """The sample of a period, `COLUMNS` in the order to be asked; what it lacks to `n` is drawn from `rows`.

    `rows`: `feedback_id, stratum` of all that can be drawn. Of two people at once both get the same.
    """
    held = drawn(engine, report=report, period=period)
    if len(held) >= n:
        return held
    more = agreement.draw(rows, n, seed=seed)
    more = more[~more["feedback_id"].isin(held["feedback_id"])]
    about = {"report": report, "period": period, "at": at}
    values = zip(more["feedback_id"], more["stratum"], more["size"].tolist(), strict=True)
    lines = [{"feedback_id": i, "stratum": s, "size": size, **about} for i, s, size in values]
    with said(engine), suppress(IntegrityError), engine.begin() as connection:
        if lines:
            connection.execute(insert(Draw), lines)
    return drawn(engine, report=report, period=period)


def drawn(engine: Engine, *, report: str, period: str | None = None, until: int = ALL) -> pd.DataFrame:
    """What was drawn of a report (up to row `until`), oldest first: `COLUMNS`.

    `size` is what it was when a stratum was drawn last.
    """
    query = select(Draw.period, Draw.feedback_id, Draw.stratum, Draw.size).where(
        Draw.report == report, Draw.id <= until
    )
    if period is not None:
        query = query.where(Draw.period == period)
    with said(engine), engine.connect() as connection:
        rows = connection.execute(query.order_by(Draw.id)).all()
    kinds = {**dict.fromkeys(COLUMNS[:3], "str"), "size": "Int64"}
    frame = pd.DataFrame(rows, columns=COLUMNS).astype(kinds)
    return frame.assign(size=frame.groupby(["period", "stratum"])["size"].transform("last"))
