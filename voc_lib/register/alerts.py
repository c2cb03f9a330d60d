"""The alerts of a report, kept over months: every state an incident went through, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Engine, insert, select

from voc_lib.register import models
from voc_lib.register.database import alone, said
from voc_lib.stats.alerts import Alert

COLUMNS = [getattr(models.Alert, field.name) for field in fields(Alert)]


def trail(engine: Engine, *, report: str, until: int = models.ALL) -> list[Alert]:
    """Every state of every alert of a report up to a row of the register, oldest first."""
    query = select(*COLUMNS).where(models.Alert.report == report, models.Alert.id <= until)
    with said(engine), engine.connect() as connection:
        return [Alert(*row) for row in connection.execute(query.order_by(models.Alert.id))]


def book(engine: Engine, *, report: str) -> list[Alert]:
    """How each alert of a report stands, by when it was first opened."""
    return list({alert.key: alert for alert in trail(engine, report=report)}.values())


def add(engine: Engine, alerts: Iterable[Alert], *, report: str, at: datetime) -> None:
    """The new states are kept; those before stay."""
    rows = [{**asdict(alert), "report": report, "at": at} for alert in alerts]
    if rows:
        with alone(engine) as connection:
            connection.execute(insert(models.Alert), rows)
