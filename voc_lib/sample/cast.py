"""Who speaks, when and where: every slot gets a time, a channel, a customer, an order and a text."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from voc_lib.sample.people import Customer
from voc_lib.sample.plan import Plan, Slot
from voc_lib.sample.unlike import Texts
from voc_lib.sample.voices import Voice
from voc_lib.sample.wording import Facts, Worded, Writer, comparable

HOURS = (1, 0, 0, 0, 0, 1, 2, 4, 8, 14, 16, 14, 11, 11, 13, 14, 13, 12, 11, 14, 17, 15, 9, 4)
APART = timedelta(days=46)
TRIES = 60
END = datetime(2026, 9, 30, 23, 59, 59)


@dataclass(frozen=True)
class Order:
    """One order of a customer."""

    id: str
    customer: Customer
    at: datetime
    amount: float
    product: str


@dataclass
class Memory:
    """What has been used so far: texts, orders, and when each customer spoke."""

    texts: dict[str, Texts] = field(default_factory=dict)
    spoke: dict[str, list[datetime]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)

    def is_free(self, customer: Customer, at: datetime) -> bool:
        """Whether the customer may speak then without seeming to repeat something."""
        spoke = self.spoke.get(customer.id, [])
        return customer.registered_at < at - timedelta(days=1) and all(abs(at - t) > APART for t in spoke)

    def is_new(self, text: str, category: str) -> bool:
        """Whether no text of the category is near this one; remembers it when so."""
        plain, known = comparable(text), self.texts.setdefault(category, Texts())
        if len(plain) < 2 or known.near(plain):
            return False
        known.add(plain)
        return True


@dataclass(frozen=True)
class Stage:
    """Everything the casting needs to know."""

    plan: Plan
    writer: Writer
    people: Mapping[str, list[Customer]]  # by region
    memory: Memory

    @property
    def world(self) -> Mapping[str, Any]:
        """Products, cities and so on."""
        return self.writer.world

    def voice(self, slot: Slot, rng: Random) -> Voice:
        """One voice for the slot; nobody speaks twice within 46 days, no text is near another."""
        at = self.moment(slot, rng)
        customer = self.customer(slot.region, at, rng) if slot.named else None
        source = self.source(customer, rng)
        facts = self.facts(slot, at, customer, source, rng)
        worded = self.words(slot, facts, customer, rng)
        if customer:
            self.memory.spoke.setdefault(customer.id, []).append(at)
        return made(slot, facts, customer, worded)

    def moment(self, slot: Slot, rng: Random) -> datetime:
        """A time in the slot's month, by day and by hour as people speak."""
        year, month = int(slot.month[:4]), int(slot.month[5:])
        first, last = 1, monthrange(year, month)[1]
        if slot.burst:
            first, last = self.plan.raw["burst"]["days"]
        hour = rng.choices(range(24), HOURS)[0]
        return datetime(year, month, rng.randint(first, last), hour, rng.randrange(60), rng.randrange(60))

    def customer(self, region: str, at: datetime, rng: Random) -> Customer:
        """A customer of the region who has been silent around that time."""
        pool = self.people[region]
        while True:
            chosen = pool[int(len(pool) * rng.random() ** 1.3)]
            if self.memory.is_free(chosen, at):
                return chosen

    def source(self, customer: Customer | None, rng: Random) -> str:
        """A channel the voice comes through."""
        weights = self.plan.raw["channels"]["named" if customer else "anonymous"]
        return rng.choices(list(weights), list(weights.values()))[0]

    def facts(self, slot: Slot, at: datetime, customer: Customer | None, source: str, rng: Random) -> Facts:
        """City, product and order the voice is about; the order is entered in the shop's table."""
        ordered = at - timedelta(days=rng.randrange(2, 17), minutes=rng.randrange(600))
        product = rng.choice(self.world["products"])
        amount = round(min(4000.0, max(9.9, rng.lognormvariate(4.8, 0.8))), 2)
        order_id = ""
        if customer and ordered > customer.registered_at and rng.random() < 0.8:
            order_id = self.order(customer, ordered, amount, product)
        city = rng.choice(list(self.world["regions"][slot.region]["cities"]))
        return Facts(at, source, product, city, order_id, ordered, round(amount))

    def order(self, customer: Customer, at: datetime, amount: float, product: str) -> str:
        """The number of a new order."""
        number = f"DD{at:%Y%m%d}{len(self.memory.orders) + 10001}"
        self.memory.orders.append(Order(number, customer, at, amount, product))
        return number

    def words(
        self, slot: Slot, facts: Facts, customer: Customer | None, rng: Random, **options: Any
    ) -> Worded:
        """A text unlike every other of its category."""
        for attempt in range(TRIES):
            shape = options.get("shape", "") or ("medium" if attempt > 20 else "")
            worded = self.writer.word(
                slot, facts, customer, rng, shape=shape, plain=options.get("plain", False)
            )
            if 4 <= len(worded.text) <= 300 and self.memory.is_new(worded.text, slot.category):
                return worded
        raise RuntimeError(f"banks too poor for {slot}")


def made(slot: Slot, facts: Facts, customer: Customer | None, worded: Worded) -> Voice:
    """The voice of a slot once it has facts and words."""
    return Voice(
        at=facts.at,
        source=facts.source,
        category=slot.category,
        intent=slot.intent,
        region=slot.region,
        product=facts.product,
        text=worded.text,
        customer=customer,
        request=worded.request,
        hard=slot.hard,
        burst=slot.burst,
        order_id=facts.order_id,
        personal=worded.personal,
        kept_numbers=worded.kept_numbers,
    )
