"""How a voice is worded: fragments put together by length and channel, then typos, emoji, personal data."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from voc_lib.sample import people
from voc_lib.sample.grammar import Banks, expand
from voc_lib.sample.people import Customer
from voc_lib.sample.plan import Slot
from voc_lib.sample.voices import Personal

PARTS = {  # first person; a bar means one of them
    "tiny": ("short",),
    "short": ("core",),
    "medium": ("opener|context", "core", "consequence|mood|more"),
    "long": ("opener", "context", "core", "more", "reason|consequence", "request"),
    "epic": (
        "opener",
        "context",
        "core",
        "more",
        "history",
        "core",
        "reason",
        "consequence",
        "mood",
        "request",
    ),
}
NOTE_PARTS = {  # as an agent writes it down
    "short": ("core",),
    "medium": ("core", "more|reason|consequence"),
    "long": ("core", "more", "reason|history", "consequence"),
    "epic": ("context", "core", "more", "history", "core", "reason", "consequence"),
}
CORES = {"抱怨": "core", "咨询": "ask", "需求": "wish", "表扬": "core"}
WRAPS = {"抱怨": "", "咨询": "_ask", "需求": "_wish", "表扬": "_good"}
PRAISE = "表扬"


@dataclass(frozen=True)
class Facts:
    """What is true of one voice: when, where, what was bought."""

    at: datetime
    source: str
    product: str
    city: str
    order_id: str
    ordered_at: datetime
    amount: int


@dataclass(frozen=True)
class Worded:
    """A text, what the customer wants, and the strings planted in it."""

    text: str
    request: str
    personal: tuple[Personal, ...]
    kept_numbers: tuple[str, ...]


@dataclass(frozen=True)
class Writer:
    """Banks and world a text is made of."""

    banks: Banks
    world: Mapping[str, Any]
    sources: Mapping[str, Any]
    personal_share: float
    order_share: float

    def word(
        self,
        slot: Slot,
        facts: Facts,
        customer: Customer | None,
        rng: Random,
        *,
        shape: str = "",
        plain: bool = False,
    ) -> Worded:
        """One text for the slot in its channel's register; `plain` leaves noise and planted strings out."""
        bank = self.banks.categories[slot.category or PRAISE]
        values = _values(self.banks.common, self.world, facts, rng)
        say = lambda symbol: expand("{" + symbol + "}", bank, rng, values)  # noqa: E731
        source = self.sources[facts.source]
        body = self._body(slot, source, shape or self._shape(slot, source, rng), say, rng)
        if not plain:
            body = _noise(body, self.banks.common["noise"], rng)
            body = _emoji(body, slot, source["emoji"], say, rng)
        request = say("request")
        body, numbers = self._numbers(body, facts, say, rng, plain)
        body, personal = self._personal(body, slot, customer, rng, plain)
        values = {**values, "body": body, "note": body, "request": request}
        wrap = _wrap(source, slot)
        text = expand(rng.choice(bank[wrap]), bank, rng, values) if wrap in bank else body
        if source["agent"] and slot.intent == "抱怨":
            text += expand("{" + source["register"] + "_end}", bank, rng, values)
        return Worded(_tidy(text), request, personal, numbers)

    def _shape(self, slot: Slot, source: Mapping[str, Any], rng: Random) -> str:
        shape = rng.choices(list(PARTS), source["shapes"])[0]
        if shape == "tiny" and (slot.intent not in ("抱怨", PRAISE) or slot.hard or slot.burst):
            return "short"
        if slot.intent in ("咨询", "需求", PRAISE) and shape in ("long", "epic"):
            return "medium"
        return shape

    def _body(
        self, slot: Slot, source: Mapping[str, Any], shape: str, say: Callable[[str], str], rng: Random
    ) -> str:
        core = "burst" if slot.burst else "hard" if slot.hard else CORES[slot.intent]
        parts = NOTE_PARTS.get(shape, ("core",)) if source["agent"] else PARTS[shape]
        parts = parts if slot.intent == "抱怨" else _gentle(parts, slot.intent)
        first = parts.index("core") if "core" in parts else -1
        symbols = [core if at == first else rng.choice(part.split("|")) for at, part in enumerate(parts)]
        text = _join([say(symbol) for symbol in symbols], shape, rng)
        return text if source["agent"] else text + say("ending")

    def _numbers(
        self, body: str, facts: Facts, say: Callable[[str], str], rng: Random, plain: bool
    ) -> tuple[str, tuple[str, ...]]:
        if not plain and facts.order_id and rng.random() < self.order_share:
            body = f"{body.rstrip('，')}，{say('order_line')}"
        found = [facts.order_id] if facts.order_id and facts.order_id in body else []
        found += re.findall(r"YT\d{13}", body)
        return body, tuple(found)

    def _personal(
        self, body: str, slot: Slot, customer: Customer | None, rng: Random, plain: bool
    ) -> tuple[str, tuple[Personal, ...]]:
        if plain or rng.random() >= self.personal_share:
            return body, ()
        kinds = self.banks.common["personal"]
        planted = []
        for kind in rng.sample(list(kinds), rng.choices((1, 2), (80, 20))[0]):
            value = self._secret(kind, slot.region, customer, rng)
            body = f"{body.rstrip('，。')}，{rng.choice(kinds[kind]).replace('{' + kind + '}', value)}"
            planted.append(Personal(kind, value))
        return body, tuple(planted)

    def _secret(self, kind: str, region: str, customer: Customer | None, rng: Random) -> str:
        makers: dict[str, Callable[[], str]] = {
            "phone": lambda: people.written_phone(
                customer.phone if customer else people.phone(self.world, rng), rng
            ),
            "idcard": lambda: people.id_card(self.world, region, rng),
            "bankcard": lambda: people.bank_card(self.world, rng),
            "email": lambda: people.email(self.world, rng),
            "wechat": lambda: people.wechat(self.world, rng),
            "qq": lambda: people.qq(rng),
            "plate": lambda: people.plate(self.world, region, rng),
            "address": lambda: people.address(self.world, region, rng),
            "name": lambda: customer.name if customer else people.full_name(self.world, rng),
        }
        return makers[kind]()


def _gentle(parts: tuple[str, ...], intent: str) -> tuple[str, ...]:
    """The parts without what only an angry customer says."""
    if parts == ("short",):
        return parts
    after = "consequence|more|request" if intent == PRAISE else "context"
    return ("core", after) if len(parts) > 1 else ("core",)


def _wrap(source: Mapping[str, Any], slot: Slot) -> str:
    if source["agent"]:
        suffix = WRAPS[slot.intent]
        return ("ticket" if suffix else source["register"]) + suffix
    suffix = {"抱怨": "", PRAISE: "_good"}.get(slot.intent, "_ask")
    return source["register"] + suffix


def _join(pieces: list[str], shape: str, rng: Random) -> str:
    mark = rng.choices(("，", "。", " ", ","), (78, 10, 8, 4))[0]
    if shape in ("long", "epic"):
        marks = rng.choices(("，", "。", "；", "！"), (62, 26, 6, 6), k=len(pieces))
        return "".join(f"{piece}{sep}" for piece, sep in zip(pieces, marks, strict=True))[:-1]
    return mark.join(pieces)


def _noise(text: str, noise: Mapping[str, Mapping[str, str]], rng: Random) -> str:
    draw = rng.random()
    if draw < 0.06:
        return _replace_one(text, noise["typos"], rng)
    if draw < 0.075:
        return "".join(noise["traditional"].get(char, char) for char in text)
    if draw < 0.09:
        return "".join(
            chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text
        )
    if draw < 0.11:
        return text.replace("，", " ")
    if draw < 0.13:
        return text.replace("，", "，，").replace("。", "。。。")
    return text


def _replace_one(text: str, typos: Mapping[str, str], rng: Random) -> str:
    found = [word for word in typos if word in text]
    if not found:
        return text
    word = rng.choice(found)
    return text.replace(word, typos[word], 1)


def _emoji(text: str, slot: Slot, chance: float, say: Callable[[str], str], rng: Random) -> str:
    if rng.random() >= chance:
        return text
    face = say("smile" if slot.intent == PRAISE else "emoji")
    return text + face * rng.choices((1, 2, 3), (70, 20, 10))[0]


def _tidy(text: str) -> str:
    text = re.sub(r"[，,；。]{2,}([。；])", r"\1", text.strip(" ，,；"))
    text = re.sub(r"，，(?=[^，])", "，", text) if text.count("，，") == 1 else text
    return re.sub(r"([！？。…])[，,]", r"\1", text)


def _values(
    common: Mapping[str, Any], world: Mapping[str, Any], facts: Facts, rng: Random
) -> dict[str, str | Callable[[], str]]:
    cities = [city for region in world["regions"].values() for city in region["cities"]]
    other, third = rng.sample([city for city in cities if city != facts.city], 2)

    def day(at: datetime) -> str:
        return rng.choice(common["dates"]).format(m=at.month, d=at.day)

    recent = facts.at - timedelta(days=rng.randrange(1, 4))
    soon = facts.at + timedelta(days=rng.randrange(1, 4))
    return {
        "product": facts.product,
        "city": facts.city,
        "city2": other,
        "city3": third,
        "order_no": facts.order_id or "",
        "waybill": lambda: "YT" + "".join(str(rng.randrange(10)) for _ in range(13)),
        "day": day(facts.ordered_at),
        "day2": day(recent),
        "soon": day(soon),
        "date_now": day(facts.at),
        "day_now": rng.choice(common["today"]).format(m=facts.at.month, d=facts.at.day),
        "amount": str(facts.amount),
        "amount2": str(rng.randrange(6, 38)),
        "amount3": str(max(1, facts.amount - rng.randrange(3, 40))),
        "minutes": lambda: str(rng.randrange(11, 90)),
        "minutes2": lambda: str(rng.randrange(5, 11)),
        "hours": lambda: str(rng.randrange(2, 8)),
        "code": lambda: str(rng.randrange(1001, 9999)),
        "points": str(rng.randrange(80, 2600) * 10 + rng.randrange(10)),
    }


def comparable(text: str) -> str:
    """The text as similarity sees it: half width, no punctuation, lower case.

    >>> comparable("ＡＰＰ 太慢了！！！")
    'app太慢了'
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()
