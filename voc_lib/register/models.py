"""Tables of the register. Rows are only ever added: the history is the audit trail.

A `feedback_id` here is the key of `collect.ledger.keys`, “source:id”: it says whose feedback it is, whatever
other sources come or go. Where the source is not known yet (rows of layout 1) it reads “:id”.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ALL = 2**31 - 1  # no row of a table has a higher id


class Base(DeclarativeBase):
    """Base of the register's tables."""


class Layout(Base):
    """The layouts the tables were brought to; the highest is theirs."""

    __tablename__ = "voc_register"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Correction(Base):
    """One correction of one field of one feedback.

    `version` counts the corrections in force; NULL marks one that came too late (the row had been corrected
    since it was read): kept, but not in force. The unique key lets only one of two at once through.
    """

    __tablename__ = "voc_corrections"
    __table_args__ = (
        UniqueConstraint("feedback_id", "field", "version", name="voc_corrections_one_per_version"),
        CheckConstraint("version IS NULL OR version >= 1", name="voc_corrections_version_from_1"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    feedback_id: Mapped[str] = mapped_column(Text, index=True)
    field: Mapped[str] = mapped_column(String(40))
    version: Mapped[int | None]
    seen: Mapped[int]
    old: Mapped[str | None] = mapped_column(Text)
    new: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(DateTime)
    why: Mapped[str] = mapped_column(Text)


class Draw(Base):
    """One feedback chance drew from a report's period to be answered blind, before anybody answered.

    `size` issues of the period bore its `stratum` (a tag) then: what its answer has to stand for.
    """

    __tablename__ = "voc_draws"
    __table_args__ = (UniqueConstraint("report", "period", "feedback_id", name="voc_draws_once"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    report: Mapped[str] = mapped_column(String(100))
    period: Mapped[str] = mapped_column(String(40))
    feedback_id: Mapped[str] = mapped_column(Text)
    stratum: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime)


class Coding(Base):
    """What one person answered for one feedback without seeing other answers; the last one counts."""

    __tablename__ = "voc_codings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    feedback_id: Mapped[str] = mapped_column(Text, index=True)
    coder: Mapped[str] = mapped_column(String(100))
    tags: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime)


class Entry(Base):
    """One version of one entry of what people know about a report: a cause, a measure, a promise …

    `content` is JSON; NULL: withdrawn. The highest `version` is in force, earlier ones are the trail. The
    unique key lets only one of two at once through. `origin` names the file or panel the change came from.
    """

    __tablename__ = "voc_knowledge"
    __table_args__ = (
        UniqueConstraint("report", "kind", "key", "version", name="voc_knowledge_one_per_version"),
        CheckConstraint("version >= 1", name="voc_knowledge_version_from_1"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    report: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    content: Mapped[str | None] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column(DateTime)
    why: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)


class Alert(Base):
    """What an alert of a report became on a day; its last row is how it stands."""

    __tablename__ = "voc_alerts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    report: Mapped[str] = mapped_column(String(100), index=True)
    key: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    day: Mapped[date] = mapped_column(Date)
    opened: Mapped[date] = mapped_column(Date)
    seen: Mapped[date] = mapped_column(Date)
    category: Mapped[str] = mapped_column(Text)
    term: Mapped[str] = mapped_column(Text)
    n: Mapped[int]
    before: Mapped[float]
    rule: Mapped[str] = mapped_column(Text, server_default="")
    at: Mapped[datetime] = mapped_column(DateTime)


class Revision(Base):
    """A state of the whole register, named: the last row of each table that belongs to it."""

    __tablename__ = "voc_revisions"
    __table_args__ = (
        UniqueConstraint("corrections", "codings", "draws", "knowledge", "alerts", name="voc_revisions_each"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    corrections: Mapped[int]
    codings: Mapped[int]
    draws: Mapped[int]
    knowledge: Mapped[int]
    alerts: Mapped[int]
    at: Mapped[datetime] = mapped_column(DateTime)
