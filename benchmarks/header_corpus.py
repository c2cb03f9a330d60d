"""How right the columns of real systems' exports are told: a YAML of header sets with rows and what each is.

    python benchmarks/header_corpus.py tests/cases/header_corpus.yaml
    python benchmarks/header_corpus.py --hide tests/cases/header_corpus*.yaml

A case holds `headers`, `rows`, `fields` (header: field), `accept` (other fields a header may have, null for
none), `ask` (fields it is right to ask for) and `never` (fields a header must not have). With `--hide` the
column of the text gets a name that says nothing: told by its values, asked for, or another one taken.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import yaml

from voc_lib.collect.standardize import settle
from voc_lib.collect.table import Table, from_rows, unique_names
from voc_lib.params import Source

ZONE = ZoneInfo("Asia/Shanghai")
NEEDED = ("text", "created_at", "csat", "nps")  # what must not be lost
HIDDEN = "X7"  # a name that says nothing
KINDS = RIGHT, ASKED, LOST, WRONG = "right", "asked", "lost", "wrong silently"


@dataclass(frozen=True)
class Verdict:
    """What came of one header set, and what was not as it should be."""

    name: str
    outcome: str
    faults: tuple[str, ...]


def told(case: dict) -> tuple[dict[str, str | None], set[str]]:
    """Header -> field as it was taken, and the fields that were asked for."""
    names = unique_names([str(header) for header in case["headers"]])
    rows = [["" if cell is None else str(cell) for cell in row] for row in case["rows"]]
    cells = from_rows(rows, names)
    table = Table(case["name"], None, names, cells, np.arange(2, len(rows) + 2))
    settled = settle(table, Source(name="x", path="x"), zone=ZONE)
    return {m.header: m.field for m in settled.matches}, {o.field for o in settled.open}


def judged(case: dict) -> Verdict:
    """The verdict on one header set."""
    fate, asked = told(case)
    accept, never = case.get("accept") or {}, case.get("never") or {}
    wrong, lost = [], []
    for header, fields in never.items():
        if fate.get(header) in fields and fate[header] not in asked:
            wrong.append(f"{header} → {fate[header]}")
    for header, field in case["fields"].items():
        got = fate.get(header)
        if got == field or got in accept.get(header, ()) or field in asked:
            continue
        taken = [h for h, f in fate.items() if f == field and field in NEEDED]
        misled = bool(taken) and not all(field in (case["fields"].get(h), *accept.get(h, ())) for h in taken)
        if taken and not misled and field != "text":  # another column does as well
            continue
        (wrong if misled or (got and field in NEEDED) else lost).append(
            f"{header}: {field}, got {got or taken}"
        )
    extra = sorted(asked - {*(case.get("ask") or ())})
    outcome = WRONG if wrong else LOST if lost else ASKED if extra else RIGHT
    return Verdict(case["name"], outcome, (*wrong, *lost, *(f"asked {field}" for field in extra)))


def hidden(case: dict) -> Verdict | None:
    """What comes of a header set when the one column of its text has no telling name; None without one."""
    texts = [header for header, field in case["fields"].items() if field == "text"]
    names = [str(header) for header in case["headers"]]
    if len(texts) != 1 or names.count(texts[0]) != 1:
        return None
    fate, asked = told({**case, "headers": [HIDDEN if name == texts[0] else name for name in names]})
    taken = [header for header, field in fate.items() if field == "text"]
    if "text" in asked or not taken:
        return Verdict(case["name"], ASKED, ())
    known = {HIDDEN, *(h for h, fields in (case.get("accept") or {}).items() if "text" in (fields or ()))}
    wrong = sorted({*taken} - known)
    return Verdict(case["name"], WRONG if wrong else RIGHT, tuple(f"{h} for {texts[0]}" for h in wrong))


def main() -> None:
    """Print the outcome of every case that is not right, and the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--hide", action="store_true", help="take the name of the text away")
    given = parser.parse_args()
    cases = [case for file in given.files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    verdicts = [v for case in cases if (v := hidden(case) if given.hide else judged(case))]
    for verdict in verdicts:
        if verdict.outcome != RIGHT:
            print(f"{verdict.outcome:14} {verdict.name}: {'; '.join(verdict.faults)}")
    counts = Counter(verdict.outcome for verdict in verdicts)
    shares = ", ".join(
        f"{kind} {counts[kind]} ({counts[kind] / len(verdicts):.0%})" for kind in (RIGHT, ASKED, LOST, WRONG)
    )
    print(f"{len(verdicts)} header sets: {shares}")


if __name__ == "__main__":
    main()
