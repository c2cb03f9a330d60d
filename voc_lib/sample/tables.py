"""The side tables of the shop: customers, orders, order counts per month and KPIs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from voc_lib.sample.cast import END, Order, Stage
from voc_lib.sample.exports import stamp
from voc_lib.sample.people import Customer
from voc_lib.sample.plan import Plan, apportion, step_value


def write_csv(file: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """One UTF-8 CSV file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    file.write_bytes(out.getvalue().encode())


def customers(people: Iterable[Customer]) -> list[tuple[Any, ...]]:
    """The rows of the customer table."""
    return [(c.id, stamp(c.registered_at), c.level, c.region, c.gender, c.age, c.channel) for c in people]


def everyday_orders(stage: Stage, people: Iterable[Customer], rng: Random) -> None:
    """Enters the orders nobody complained about: most customers buy a few times, some very often."""
    for customer in people:
        days = (END - customer.registered_at).days
        for _ in range(min(30, int(rng.lognormvariate(0.7, 0.9)))):
            at = customer.registered_at + timedelta(
                days=days * rng.random() ** 1.2, minutes=rng.randrange(600)
            )
            amount = round(min(4000.0, max(9.9, rng.lognormvariate(4.8, 0.8))), 2)
            stage.order(
                customer, min(at, END).replace(microsecond=0), amount, rng.choice(stage.world["products"])
            )


def orders(made: Iterable[Order]) -> list[tuple[Any, ...]]:
    """The rows of the order table, oldest first."""
    rows = [(o.id, o.customer.id, stamp(o.at), f"{o.amount:.2f}", o.product, o.customer.region) for o in made]
    return sorted(rows, key=lambda row: (row[2], row[0]))


def exposure(plan: Plan, regions: dict[str, float]) -> list[tuple[str, int, str]]:
    """Orders of the whole shop per month and region."""
    return [
        (month, count, region)
        for month, total in zip(plan.months, plan.raw["orders"], strict=True)
        for region, count in apportion(total, regions).items()
    ]


def kpis(plan: Plan, rng: Random) -> list[tuple[str, str, int, int]]:
    """Kept and total of each KPI per month."""
    rows = []
    for name, steps in plan.raw["kpis"].items():
        for month, total in zip(plan.months, plan.raw["orders"], strict=True):
            share = step_value(steps, month) + rng.uniform(-0.003, 0.003)
            rows.append((month, name, round(total * share), total))
    return rows
