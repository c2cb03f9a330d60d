"""Planted duplicates: exact copies, the same customer again in other words, and campaigns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from voc_lib.sample.cast import END, Stage
from voc_lib.sample.plan import Slot
from voc_lib.sample.voices import Voice
from voc_lib.sample.wording import Facts

OTHER = "其他"
EXACT, REWORDED, CAMPAIGN = "完全相同", "同客户同问题", "群发文案"


@dataclass(frozen=True)
class Group:
    """Rows that are one issue, or of one text: positions in the list of voices, the original first."""

    kind: str
    members: tuple[int, ...]

    @property
    def merges(self) -> bool:
        """Whether the rows are one issue; the customers of a campaign are as many."""
        return self.kind != CAMPAIGN


def plant(stage: Stage, voices: list[Voice], rng: Random) -> tuple[list[Voice], list[Group]]:
    """The voices, some of them of one campaign, with every planted repeat appended; and the groups."""
    grown, groups, taken = list(voices), [], set[int]()
    for job in stage.plan.raw["campaigns"]:
        spread = _campaign(stage, grown, taken, job, rng)
        for index, voice in spread.items():
            grown[index] = voice
        taken.update(spread)
        groups.append(Group(CAMPAIGN, tuple(spread)))
    for kind, base, copies in _all(stage, grown, taken, rng):
        start = len(grown)
        grown[base[0]] = base[1]
        grown.extend(copies)
        taken.update((base[0], *range(start, len(grown))))
        groups.append(Group(kind, (base[0], *range(start, len(grown)))))
    return grown, groups


Planted = tuple[str, tuple[int, Voice], list[Voice]]


def _all(stage: Stage, voices: list[Voice], taken: set[int], rng: Random) -> Iterator[Planted]:
    counts, month = stage.plan.raw["copies"], stage.plan.sample_month
    jobs: list[tuple[str, int, bool, Callable]] = [
        (EXACT, counts["sample_exact"], True, _exact),
        (REWORDED, counts["sample_reworded"], True, _reworded),
        (EXACT, counts["exact"] - counts["sample_exact"], False, _exact),
        (REWORDED, counts["reworded"] - counts["sample_reworded"], False, _reworded),
    ]
    for kind, count, in_month, copy in jobs:
        for _ in range(count):
            index = _base(stage, voices, taken, lambda v: (v.month == month) == in_month, kind=kind, rng=rng)  # noqa: B023
            yield kind, (index, voices[index]), copy(stage, voices[index], rng)


def _base(
    stage: Stage,
    voices: list[Voice],
    taken: set[int],
    suits: Callable[[Voice], bool],
    *,
    kind: str,
    rng: Random,
) -> int:
    def fits(index: int) -> bool:
        voice = voices[index]
        plain = voice.customer is not None and voice.intent == "抱怨" and not voice.hard and not voice.burst
        # 其他 holds many subjects: told again in other words it would be another problem
        plain &= kind != REWORDED or voice.category != OTHER
        first_person = kind == REWORDED or not stage.writer.sources[voice.source]["agent"]
        return plain and suits(voice) and index not in taken and first_person and len(voice.text) >= 12

    while True:
        index = rng.randrange(len(voices))
        if fits(index) and (kind == REWORDED or voices[index].at.day <= 22):
            return index


def _later(stage: Stage, voice: Voice, rng: Random, days: tuple[float, float]) -> datetime:
    """Some days later, but a voice of an earlier month never in the sample month: its figures are exact."""
    at = voice.at + timedelta(days=rng.uniform(*days))
    told = datetime.fromisoformat(f"{stage.plan.sample_month}-01")
    if voice.at < told <= at:
        at = voice.at + (told - voice.at) * rng.uniform(0.3, 0.9)
    return min(at.replace(microsecond=0), END - timedelta(minutes=rng.randrange(5, 300)))


def _exact(stage: Stage, voice: Voice, rng: Random) -> list[Voice]:
    others = [
        name for name, source in stage.writer.sources.items() if not source["agent"] and name != voice.source
    ]
    chosen = rng.sample(others, rng.choices((1, 2), (80, 20))[0])
    return [replace(voice, at=_later(stage, voice, rng, (0.02, 7.5)), source=source) for source in chosen]


def _reworded(stage: Stage, voice: Voice, rng: Random) -> list[Voice]:
    copies = []
    for _ in range(rng.choices((1, 2), (75, 25))[0]):
        source = stage.source(voice.customer, rng)
        slot = Slot(voice.month, voice.category, voice.region, True, voice.intent)
        at = _later(stage, voice, rng, (0.5, 14))
        facts = replace(
            stage.facts(slot, at, None, source, rng), product=voice.product, order_id=voice.order_id
        )
        worded = stage.words(slot, facts, voice.customer, rng, shape="medium")
        copies.append(
            replace(
                voice, at=at, source=source, text=worded.text, request=worded.request,
                personal=worded.personal, kept_numbers=worded.kept_numbers,
            )
        )  # fmt: skip
    return copies


def _campaign(stage: Stage, voices: list[Voice], taken: set[int], job: dict, rng: Random) -> dict[int, Voice]:
    """Voices of one month and category made to say one text within a week, the first as it was."""
    told = Counter((voice.customer and voice.customer.id, voice.category) for voice in voices)
    fits = [
        index
        for index, voice in enumerate(voices)
        if voice.month == job["month"] and voice.category == job["category"] and index not in taken
        and (voice.customer is not None) == job["named"] and voice.intent == "抱怨" and not voice.hard
        and not voice.burst and (not voice.customer or told[voice.customer.id, voice.category] == 1)
    ]  # fmt: skip
    index = rng.choice([index for index in fits if 5 <= voices[index].at.day <= 20])
    base = _original(stage, voices[index], rng)
    others = rng.sample([other for other in fits if other != index], job["rows"] - 1)
    return {index: base} | {other: _variant(stage, base, voices[other], rng) for other in others}


def _original(stage: Stage, voice: Voice, rng: Random) -> Voice:
    source = stage.plan.raw["campaign_sources"][0]
    slot = Slot(voice.month, voice.category, voice.region, voice.customer is not None, voice.intent)
    facts = Facts(voice.at, source, voice.product, "", voice.order_id, voice.at - timedelta(days=9), 88)
    facts = replace(facts, city=stage.facts(slot, voice.at, None, source, rng).city)
    while True:
        worded = stage.words(slot, facts, voice.customer, rng, shape="long", plain=True)
        if len(worded.text) >= 70:
            return replace(voice, source=source, text=worded.text, personal=(), kept_numbers=())


def _variant(stage: Stage, base: Voice, voice: Voice, rng: Random) -> Voice:
    starts = [match.end() for match in re.finditer("[，。；！]", base.text)]
    place = rng.choice(starts[:-1] or [0])
    text = base.text[:place] + rng.choice(stage.writer.banks.common["particles"]) + base.text[place:]
    source = rng.choice(stage.plan.raw["campaign_sources"])
    at = _later(stage, base, rng, (0.05, 6))
    return replace(base, at=at, region=voice.region, customer=voice.customer, text=text, source=source)
