"""Customers and their personal data, all synthetic: valid check digits, example domains, invented names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Customer:
    """One customer of the shop."""

    id: str
    name: str
    phone: str
    nick: str
    region: str
    registered_at: datetime
    level: str
    gender: str
    age: int
    channel: str


def customers(world: Mapping[str, Any], genders: list[str], count: int, rng: Random) -> list[Customer]:
    """That many customers, in order of their ids; names are unlike any member of staff."""
    staff = {name for names in world["staff"].values() for name in names}
    regions = world["regions"]
    places = rng.choices(list(regions), [r["weight"] for r in regions.values()], k=count)
    made = []
    for number, region in enumerate(places):
        name = full_name(world, rng)
        while name in staff:
            name = full_name(world, rng)
        made.append(_customer(world, genders, number, name=name, region=region, rng=rng))
    return made


def _customer(
    world: Mapping[str, Any], genders: list[str], number: int, *, name: str, region: str, rng: Random
) -> Customer:
    days = int(1720 * rng.random() ** 0.75)
    registered = datetime(2022, 1, 1) + timedelta(days=days, minutes=rng.randrange(1440))
    nick = f"{rng.choice(world['nick_heads'])}{rng.choice(world['nick_tails'])}{rng.randrange(100, 10000)}"
    return Customer(
        id=f"U{100000 + number * 7 + rng.randrange(7)}",
        name=name,
        phone=phone(world, rng),
        nick=nick,
        region=region,
        registered_at=registered,
        level=rng.choices(world["levels"], [62, 22, 12, 4])[0],
        gender=rng.choices(genders, [58, 42])[0],
        age=min(78, max(18, round(rng.gauss(36, 11)))),
        channel=rng.choices(world["customer_channels"], [60, 22, 12, 6])[0],
    )


def full_name(world: Mapping[str, Any], rng: Random) -> str:
    """An invented name of three or four characters."""
    return rng.choice(world["surnames"]) + rng.choice(world["given_first"]) + rng.choice(world["given_last"])


def phone(world: Mapping[str, Any], rng: Random) -> str:
    """A mobile number of eleven digits."""
    return rng.choice(world["phone_heads"]) + _digits(rng, 8)


def written_phone(number: str, rng: Random) -> str:
    """The number as people write it: plain, spaced, dashed or in full-width digits."""
    style = rng.randrange(6)
    if style in (1, 2):
        return (" " if style == 1 else "-").join((number[:3], number[3:7], number[7:]))
    if style == 3:
        return "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    return number


def id_card(world: Mapping[str, Any], region: str, rng: Random) -> str:
    """An identity number with a valid check character."""
    area = rng.choice(world["regions"][region]["codes"])
    born = datetime(1960, 1, 1) + timedelta(days=rng.randrange(16000))
    body = f"{area}{born:%Y%m%d}{rng.randrange(1000):03d}"
    return body + id_check(body)


def id_check(body: str) -> str:
    """The check character of 17 digits (GB 11643).

    >>> id_check("11010519491231002")
    'X'
    """
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def bank_card(world: Mapping[str, Any], rng: Random) -> str:
    """A card number of 19 digits with a valid Luhn digit, sometimes written in groups of four."""
    body = rng.choice(world["card_heads"]) + _digits(rng, 12)
    number = body + luhn_digit(body)
    if rng.random() < 0.3:
        return " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return number


def luhn_digit(body: str) -> str:
    """The digit that makes the number valid (ISO/IEC 7812).

    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for index, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def email(world: Mapping[str, Any], rng: Random) -> str:
    """An address in a domain reserved for examples."""
    return f"{rng.choice(world['wechat_heads'])}{rng.randrange(10, 10000)}@{rng.choice(world['emails'])}"


def wechat(world: Mapping[str, Any], rng: Random) -> str:
    """A WeChat id."""
    return f"{rng.choice(world['wechat_heads'])}_{rng.randrange(1000, 100000)}"


def qq(rng: Random) -> str:
    """A QQ number of nine or ten digits."""
    return str(rng.randrange(2, 10)) + _digits(rng, rng.choice((8, 9)))


def plate(world: Mapping[str, Any], region: str, rng: Random) -> str:
    """A number plate: five characters, or six for new energy."""
    head = rng.choice(world["regions"][region]["plates"])
    if rng.random() < 0.4:
        return f"{head}D{_digits(rng, 5)}"
    return head + rng.choice("BCEFGHJK") + _digits(rng, 4)


def address(world: Mapping[str, Any], region: str, rng: Random) -> str:
    """A street address down to the room."""
    city, districts = rng.choice(list(world["regions"][region]["cities"].items()))
    street = f"{rng.choice(world['roads'])}{rng.randrange(2, 999)}号{rng.choice(world['estates'])}"
    room = f"{rng.randrange(1, 30)}栋{rng.randrange(1, 4)}单元{rng.randrange(1, 28)}0{rng.randrange(1, 5)}室"
    return f"{city}市{rng.choice(districts)}{street}{room}"


def _digits(rng: Random, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))
