"""What becomes of small exports of every kind, each with what is right for it: counts, faults by name.

    python benchmarks/kinds.py tests/cases/kinds_unseen_e.yaml [--faults]

A case holds `file`, its content (`header` and `rows`, `sheets`, or `body`) and `right`: the columns of
`text`, `time`, `id`, `customer`, `score`, `contact` (“none” for no column), `either` (others that are right
too, by role), `scale` (worst and best as written), `kept` (rows that are feedback), `ask` (columns a question
may name) and `refuse` (nothing in it is feedback). Of a `disputable` one people may think otherwise.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pandas as pd
import yaml
from openpyxl import Workbook

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.collect import senses
from voc_lib.errors import QuestionsError, VocError

TODAY = date(2026, 11, 28)
OUTCOMES = RIGHT, ASKED, NEEDLESS, REFUSED, LOST, WRONG = (
    "right", "rightly asked", "asked needlessly", "refused wrongly", "lost", "wrong silently",
)  # fmt: skip
FIELDS = {
    "text": ("text",),
    "time": ("created_at",),
    "id": ("feedback_id",),
    "customer": ("customer_id", "customer_name"),
    "score": ("csat", "nps"),
    "contact": ("contact",),
}
NONE, BLANK, LATER = "none", "未命名列", "-追"
NEAR = 0.1  # on a scale of 1 to 5
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")


@dataclass(frozen=True)
class Verdict:
    """What came of one file, and what was not as it should be."""

    name: str
    outcome: str
    faults: tuple[str, ...] = ()
    disputable: bool = False


def written(case: dict, file: Path) -> None:
    """The file of a case, as its ending says."""
    encoding = case.get("encoding", "utf-8")
    if "body" in case:
        file.write_bytes(case["body"].encode(encoding))
    elif file.suffix == ".xlsx":
        _workbook(case).save(file)
    else:
        with file.open("w", encoding=encoding, newline="") as out:
            lines = csv.writer(out, delimiter=case.get("sep", ","))
            lines.writerows([*_lines(case, "above"), case["header"], *case["rows"], *_lines(case, "below")])


def _workbook(case: dict) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for sheet in case.get("sheets", [case | {"name": "Sheet1"}]):
        page = book.create_sheet(sheet["name"])
        for row in [*_lines(sheet, "above"), sheet["header"], *sheet["rows"], *_lines(sheet, "below")]:
            page.append(row)
    return book


def _lines(part: dict, where: str) -> list[list]:
    return [line if isinstance(line, list) else [line] for line in part.get(where, ())]


def gathered(case: dict, folder: Path) -> collect.Collected:
    """The file of a case, read with no more than a path in the params."""
    written(case, folder / case["file"])
    source = {"name": "来源", "path": case["file"], "channel": "反馈", **case.get("params", {})}
    raw = {"name": case["name"], "period": "2026-10", "sources": [source]}
    (folder / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return collect.load(params.load(folder / "params.yaml", today=TODAY), mask=privacy.mask)


def judged(case: dict, folder: Path) -> Verdict:
    """The verdict on one file."""
    right = case["right"]
    try:
        collected = gathered(case, folder)
    except QuestionsError as stopped:
        return _stopped(case, stopped)
    except VocError as stopped:
        undated = right.get("time") == NONE and right["ask"] and "created_at" in str(stopped)
        kind = RIGHT if right.get("refuse") else ASKED if undated else REFUSED
        return Verdict(case["name"], kind, (str(stopped),) if kind == REFUSED else ())
    if right.get("refuse"):
        return Verdict(case["name"], WRONG, ("nothing in it is feedback",))
    wrong, lost = _columns(right, collected)
    more, less = _kept(right, collected)
    wrong, lost = [*wrong, *more, *_values(case, collected)], [*lost, *less, *_unscored(right, collected)]
    outcome = WRONG if wrong else LOST if lost else RIGHT
    return Verdict(case["name"], outcome, (*wrong, *lost))


def _stopped(case: dict, stopped: QuestionsError) -> Verdict:
    may = {str(column) for column in case["right"]["ask"]}
    bad = [q for q in stopped.questions if not may & {*q.headers} and not case["right"].get("refuse")]
    faults = tuple(f"{q.field}: {'、'.join(q.headers)}" for q in bad)
    return Verdict(case["name"], NEEDLESS if bad else ASKED, faults)


def allowed(right: dict, role: str) -> list[set[str]]:
    """The sets of columns that are right for a role; the empty one for none."""
    ways = [right.get(role, NONE), *right.get("either", {}).get(role, ())]
    each = [way if isinstance(way, list) else [way] for way in ways]
    return [{str(column) for column in way} - {NONE} for way in each]


def _columns(right: dict, collected: collect.Collected) -> tuple[list[str], list[str]]:
    """Columns that were taken for something else, and those that were left out."""
    heads = collected.headers
    heads = heads[~heads["header"].map(senses.later).astype(bool)]  # a follow-up is a feedback of its own
    wrong, lost = [], []
    for role, fields in FIELDS.items():
        ways = allowed(right, role)
        may = set().union(*ways) | ({str(right["nps"])} if role == "score" and "nps" in right else set())
        for field in fields:
            mine = {_bare(h, may) for h in heads.loc[heads["field"] == field, "header"]}
            if field == "customer_name" and may:
                continue
            wrong += [f"{field} is {h}, not {'、'.join(sorted(may)) or NONE}" for h in sorted(mine - may)]
        mine = {_bare(h, may) for h in heads.loc[heads["field"].isin(fields), "header"]}
        if not any(way <= mine for way in ways) and not mine - may:
            lost.append(f"{role}: {'、'.join(sorted(may - mine))} left out")
    return wrong, lost


def _bare(header: str, may: set[str]) -> str:
    """The header as the case writes it: a blank one, or one that stands below others (`/`, a key of JSON)."""
    header = "" if header.startswith(BLANK) else header
    return next((m for m in may if m in (header, re.split(r"[./]", header)[-1])), header)


def _kept(right: dict, collected: collect.Collected) -> tuple[list[str], list[str]]:
    voices = collected.voices
    kept = int((~voices["feedback_id"].str.contains(LATER)).sum())
    may = {right["kept"], *right.get("either", {}).get("kept", ())}
    told = [f"kept {kept}, not {sorted(may)}"] if kept not in may else []
    return (told, []) if kept > max(may) else ([], told)


def _unscored(right: dict, collected: collect.Collected) -> list[str]:
    """A score of which no value was taken, where there should be one."""
    scored = collected.voices[["csat", "nps"]].notna().any(axis=None)
    return [] if scored or set() in allowed(right, "score") else ["score: no value taken"]


def _values(case: dict, collected: collect.Collected) -> list[str]:
    """Words, scores and days that are not those of the file."""
    ways = allowed(case["right"], "text")
    rows = {_key(row, way): row for row in _rows(case) for way in _orders(ways)}
    if not rows:
        return []
    fields = dict(zip(collected.headers["header"], collected.headers["field"], strict=True))
    scored = collected.voices[["csat", "nps"]].notna().any()
    fields = {header: field for header, field in fields.items() if scored.get(field, True)}
    faults: Counter[str] = Counter()
    first = ~collected.feedback["feedback_id"].str.contains(LATER)
    for voice in collected.feedback[first].to_dict("records"):
        row = rows.get(_letters(voice["text"]))
        if row is None:
            faults["words differ"] += 1
            continue
        faults.update(_score_of(case, row, voice, fields))
        faults.update(_day_of(case, row, voice))
    return [f"{what} ({n})" for what, n in faults.items()]


def _rows(case: dict) -> list[dict]:
    parts = case.get("sheets", [case] if "rows" in case else [])
    return [dict(zip(map(str, part["header"]), row, strict=False)) for part in parts for row in part["rows"]]


def _key(row: dict, names: Sequence[str]) -> str:
    return _letters("".join(str(row.get(name) or "") for name in names))


def _orders(ways: list[set[str]]) -> list[tuple[str, ...]]:
    """Every order in which the words of several columns, or of each alone, may stand."""
    each = [{name} for way in ways for name in way]
    return [order for way in [*ways, *each] for order in permutations(sorted(way))]


def _letters(words: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", str(words)) if c.isalnum())


def _score_of(case: dict, row: dict, voice: dict, fields: dict) -> list[str]:
    """The score on 1 to 5 (an NPS as it is), by the scale of the case."""
    right = case["right"]
    column, scale = right.get("score"), right.get("scale")
    field = fields.get(column)
    if field not in ("csat", "nps") or not scale:
        return []
    value, cell = voice[field], row.get(column)
    wanted = _wanted(cell, scale, field)
    if wanted is None:
        return []
    if pd.isna(value):
        return ["score lost"]
    sides = isinstance(scale[0], str) and (value - 3) * (wanted - 3) > 0
    return (
        [] if sides or abs(float(value) - wanted) <= NEAR else [f"score {cell} is {value:g}, not {wanted:g}"]
    )


def _wanted(cell: object, scale: list, field: str) -> float | None:
    """The right score of a cell; None where nothing stands, or words between the ends of a scale."""
    low, high = scale
    if isinstance(low, str):
        return {str(low): 1.0, str(high): 5.0}.get(str(cell).strip()) if field == "csat" else None
    number = re.search(r"-?\d+(?:\.\d+)?", unicodedata.normalize("NFKC", str(cell)))
    if number is None or cell is None:
        return None
    if field == "nps":
        return float(number[0])
    return 1 + 4 * (float(number[0]) - low) / (high - low)


def _day_of(case: dict, row: dict, voice: dict) -> list[str]:
    """The day of a time that is written with its year first, or told by the case."""
    column = case["right"].get("time")
    cell = " ".join(str(row.get(c)) for c in (column if isinstance(column, list) else [column]))
    told = case["right"].get("dates", {}).get(cell, cell)
    day = DAY.search(str(told))
    if day is None or pd.isna(voice["created_at"]):
        return []
    wanted = pd.Timestamp(*map(int, day.groups()))
    return [] if abs(voice["created_at"] - wanted) < pd.Timedelta(days=2) else ["day differs"]


def verdicts(file: Path) -> list[Verdict]:
    """The verdicts on all cases of a file."""
    found = []
    for case in yaml.safe_load(file.read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            try:
                verdict = judged(case, Path(folder))
            except Exception as broken:
                verdict = Verdict(case["name"], REFUSED, (repr(broken),))
        found.append(replace(verdict, disputable=bool(case.get("disputable"))))
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("file", type=Path, nargs="+")
    asked.add_argument("--faults", action="store_true", help="name what was not as it should be")
    wanted = asked.parse_args()
    for file in wanted.file:
        told = verdicts(file)
        counts = Counter(v.outcome for v in told)
        disputed = sum(v.disputable for v in told if v.outcome == WRONG)
        print(file.name, len(told), ", ".join(f"{kind} {counts[kind]}" for kind in OUTCOMES), end="")
        print(f" ({disputed} disputable)")
        for v in told:
            if wanted.faults and v.outcome not in (RIGHT, ASKED):
                print(f"  {v.outcome:16} {v.name}: {' | '.join(v.faults)}")


if __name__ == "__main__":
    main()
