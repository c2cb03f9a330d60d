"""The whole sample: casts every voice, plants copies and faults, writes the files and the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from voc_lib.sample import copies, exports, people, plan, tables, truth
from voc_lib.sample.cast import Memory, Stage
from voc_lib.sample.copies import Group
from voc_lib.sample.exports import Line, Written
from voc_lib.sample.grammar import Banks, read
from voc_lib.sample.plan import Plan
from voc_lib.sample.service import Desk
from voc_lib.sample.truth import Truth
from voc_lib.sample.voices import Voice
from voc_lib.sample.wording import Writer

CUSTOMERS = 4200


def write(folder: Path, *, seed: int = 20260901) -> Truth:
    """The truth of the sample written to `folder`: `data/` for the pipeline, `truth.json` for tests."""
    data = Path(folder) / "data"
    data.mkdir(parents=True, exist_ok=True)
    shop = Shop.open(seed)
    voices, groups = shop.voices()
    lines = shop.lines(voices)
    written = exports.write(data, lines, shop.files, plan=shop.plan, rng=shop.rng("exports"))
    shop.side_tables(data)
    told = shop.truth(voices, groups, lines, written)
    told.write(Path(folder) / "truth.json")
    return told


class Shop:
    """Everything one seed stands for."""

    def __init__(
        self, seed: int, stage: Stage, cast: list[people.Customer], files: Mapping[str, Any]
    ) -> None:
        self.seed, self.stage, self.cast, self.files = seed, stage, cast, files
        self.plan = stage.plan

    @classmethod
    def open(cls, seed: int) -> Shop:
        """The shop of a seed, its customers known, nothing said yet."""
        files, world, figures = read("files.yaml"), read("world.yaml"), Plan.load()
        cast = people.customers(world, files["genders"], CUSTOMERS, stream(seed, "people"))
        by_region = {region: [c for c in cast if c.region == region] for region in world["regions"]}
        writer = Writer(
            Banks.load(), world, files["sources"], figures.raw["personal"], figures.raw["order_numbers"]
        )
        return cls(seed, Stage(figures, writer, by_region, Memory()), cast, files)

    def rng(self, name: str) -> Random:
        """The random stream of one part of the work, independent of the others."""
        return stream(self.seed, name)

    @property
    def regions(self) -> dict[str, float]:
        """Region -> share of the shop."""
        return {name: region["weight"] for name, region in self.stage.world["regions"].items()}

    def voices(self) -> tuple[list[Voice], list[Group]]:
        """Every usable voice with its id, and the planted groups of copies."""
        rng = self.rng("voices")
        said = [self.stage.voice(slot, rng) for slot in plan.slots(self.plan, self.regions, self.rng("plan"))]
        said, groups = copies.plant(self.stage, said, self.rng("copies"))
        desk, rng = Desk(self.plan, self.stage.world, self.files), self.rng("service")
        return numbered([desk.record(voice, rng) for voice in said], self.files["sources"]), groups

    def lines(self, voices: list[Voice]) -> dict[str, list[Line]]:
        """The rows of every source in order of time, unusable ones among them."""
        rng = self.rng("faults")
        made = {}
        for name in self.files["sources"]:
            own = [Line(voice) for voice in voices if voice.source == name]
            made[name] = sorted(
                [*own, *self._faults(name, own, rng)], key=lambda line: (line.voice.at, line.voice.id)
            )
        return made

    def _faults(self, source: str, own: list[Line], rng: Random) -> list[Line]:
        count = self.plan.raw["quarantine"][source]
        spec, register = self.files["quarantine"], self.files["sources"][source]["register"]
        kinds = ["no_text", "bad_date"] + (["broken"] if register in ("ticket", "review") else [])
        own = [line for line in own if not line.voice.personal]
        chosen = [rng.choice(own) for _ in range(count)]
        faults = [
            self._fault(line.voice, number, kinds[number % len(kinds)], spec, rng)
            for number, line in enumerate(chosen)
        ]
        if register == "survey":
            skipped = round(len(own) * self.plan.raw["survey_skipped"])
            words = self.files["sources"][source]["skipped"]
            for number in range(skipped):
                voice = self._strip(rng.choice(own).voice, count + number, rng)
                faults.append(Line(voice, "no_text", rng.choice(words)))
        return faults

    def _fault(self, voice: Voice, number: int, kind: str, spec: Mapping[str, Any], rng: Random) -> Line:
        shown = rng.choice(spec[kind]) if kind in spec else ""
        return Line(self._strip(voice, number, rng), kind, shown)

    def _strip(self, voice: Voice, number: int, rng: Random) -> Voice:
        prefix = self.files["sources"][voice.source]["prefix"]
        return replace(
            voice,
            id=f"{prefix}{voice.at:%Y%m}9{number:03d}",
            customer=rng.choice(self.cast) if voice.customer else None,
            text=f"{voice.text[:40]}",
            personal=(),
            kept_numbers=(),
        )

    def side_tables(self, data: Path) -> None:
        """Writes customers, orders, order counts and KPIs."""
        tables.everyday_orders(self.stage, self.cast, self.rng("orders"))
        write_csv, files = tables.write_csv, self.files
        write_csv(data / "customers.csv", files["customers"], tables.customers(self.cast))
        write_csv(data / "orders.csv", files["orders"], tables.orders(self.stage.memory.orders))
        write_csv(data / "orders_by_month.csv", files["exposure"], tables.exposure(self.plan, self.regions))
        write_csv(data / "kpis.csv", files["kpis"], tables.kpis(self.plan, self.rng("kpis")))

    def truth(
        self,
        voices: list[Voice],
        groups: list[Group],
        lines: Mapping[str, list[Line]],
        written: list[Written],
    ) -> Truth:
        """What was planted."""
        figures = self.plan.raw
        bursts = sorted(voice.id for voice in voices if voice.burst)
        return Truth(
            seed=self.seed,
            period=self.plan.sample_month,
            rows=truth.per_file(written, "rows"),
            quarantined=truth.per_file(written, "quarantined"),
            rated=truth.per_file(written, "rated"),
            in_period=truth.per_file(written, "in_period"),
            footers={source["file"]: 1 for source in self.files["sources"].values() if "total" in source},
            skipped_answers=sum(line.shown in ("(跳过)", "(空)") for part in lines.values() for line in part),
            feedback=truth.feedback(voices),
            problems=truth.problems(self.plan, voices, groups),
            duplicates=truth.groups(voices, groups, merged=True),
            campaigns=truth.groups(voices, groups, merged=False),
            burst={**{k: figures["burst"][k] for k in ("category", "terms")}, "feedback_ids": bursts},
            measures=figures["measures"],
            personal=truth.personal(voices, _columns(self.files, lines)),
            not_personal=sorted({number for voice in voices for number in voice.kept_numbers}),
            customer_ids=sorted({v.customer.id for v in voices if v.customer}),
        )


def _columns(files: Mapping[str, Any], lines: Mapping[str, list[Line]]) -> set[tuple[str, str]]:
    """Personal strings that stand in columns of the files."""
    found: set[tuple[str, str]] = set()
    for name, part in lines.items():
        meanings = set(files["sources"][name].get("columns", {}).values())
        for customer in (line.voice.customer for line in part if line.voice.customer):
            found |= {(m, getattr(customer, m)) for m in ("name", "phone") if m in meanings}
    return found


def numbered(voices: list[Voice], sources: Mapping[str, Any]) -> list[Voice]:
    """The voices in the same order, each with the id its system would give it."""
    order = sorted(range(len(voices)), key=lambda i: (voices[i].source, voices[i].at, i))
    seen: dict[str, int] = {}
    ids: dict[int, str] = {}
    for index in order:
        voice: Voice = voices[index]
        head = f"{sources[voice.source]['prefix']}{voice.at:%Y%m}"
        seen[head] = seen.get(head, 0) + 1
        ids[index] = f"{head}{seen[head]:04d}"
    return [replace(voice, id=ids[index]) for index, voice in enumerate(voices)]


def stream(seed: int, name: str) -> Random:
    """A random stream named after its use.

    >>> stream(1, "a").random() == stream(1, "a").random()
    True
    """
    return Random(f"{seed}/{name}")  # noqa: S311 sample data, not secrets
