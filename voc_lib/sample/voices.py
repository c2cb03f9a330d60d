"""Voices: what one customer says in one place, and everything a system records beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from voc_lib.sample.people import Customer


@dataclass(frozen=True)
class Personal:
    """A string that must never be published, exactly as it stands in a file."""

    kind: str
    value: str


@dataclass(frozen=True)
class Voice:
    """One feedback; `category` is empty for praise, `id` is given last."""

    at: datetime
    source: str
    category: str
    intent: str
    region: str
    product: str
    text: str
    customer: Customer | None = None
    request: str = ""
    hard: bool = False
    burst: bool = False
    order_id: str = ""
    personal: tuple[Personal, ...] = ()
    kept_numbers: tuple[str, ...] = ()
    id: str = ""
    status: str = ""
    handler: str = ""
    department: str = ""
    first_response_at: datetime | None = None
    closed_at: datetime | None = None
    csat: int | None = None
    nps: int | None = None
    given: str = ""
    urgency: str = ""
    remark: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """The calendar month it was said in."""
        return f"{self.at:%Y-%m}"
