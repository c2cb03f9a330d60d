"""Small projects as people bring them: what becomes of every row, or the words the run stops with.

A folder of `tests/cases/projects` is a project (`params.yaml` and its files) with an `expected.yaml`:

    about: one line on what is shown
    read, kept, quarantined: 12              # rows over all sources
    rows: {A00: {text: …, csat: 1}}          # by feedback_id; null for nothing
    values: {nps: [0, 3]}                    # whole columns, in the order of the lines
    distinct: {customer_id: 4}               # different values
    fields: {表头: text, 别的表头: null}      # the fate of headers, null for unused
    notes: [words]                           # each stands in the notes; silent: [words] in none
    error: [words]                           # or each stands in the sentence it stops with
    known_failure: why                       # not right yet; to be deleted when it is
"""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.errors import VocError

PROJECTS = sorted((Path(__file__).parents[1] / "cases" / "projects").iterdir())
KEYS = {"about", "read", "kept", "quarantined", "rows", "values", "distinct", "fields", "notes", "silent"}
TODAY = date(2026, 11, 28)


def expected(folder: Path) -> dict:
    return yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))


def cases() -> list:
    for folder in PROJECTS:
        why = expected(folder).get("known_failure")
        marks = [pytest.mark.xfail(reason=why, strict=True)] if why else []
        yield pytest.param(folder, id=folder.name, marks=marks)


def plain(value) -> object:
    """A cell as YAML writes it: a time as text, nothing as None, any number as a float."""
    if pd.isna(value):
        return None
    if isinstance(value, (bool, int, float)):
        return pytest.approx(float(value))
    return str(value)


def in_order(collected) -> pd.DataFrame:
    """Every voice, in the order of sources, files and lines."""
    voices = collected.voices
    places = collected.reads[["source", "file", "sheet"]].fillna("").agg("|".join, axis=1).tolist()
    place = voices[["source", "file", "sheet"]].astype("object").fillna("").agg("|".join, axis=1)
    return voices.assign(_place=place.map(places.index)).sort_values(["_place", "line"], kind="stable")


def seen(collected, wanted: dict) -> dict:
    """What came of the project, told by the keys of `wanted`."""
    reads = collected.reads[collected.reads["in_period"].notna()]
    voices, notes = in_order(collected), "\n".join(collected.notes)
    by_id = voices.set_index("feedback_id")
    fate = dict(zip(collected.headers["header"], collected.headers["field"].astype("object"), strict=True))
    told = {name: int(reads[name].sum()) for name in ("read", "kept", "quarantined")} | {
        "rows": {
            i: {field: plain(by_id.loc[i, field]) for field in row}
            for i, row in wanted.get("rows", {}).items()
        },
        "values": {name: [*map(plain, voices[name])] for name in wanted.get("values", {})},
        "distinct": {name: voices[name].nunique() for name in wanted.get("distinct", {})},
        "fields": {header: plain(fate[header]) for header in wanted.get("fields", {})},
        "notes": [words for words in wanted.get("notes", []) if words in notes],
        "silent": [words for words in wanted.get("silent", []) if words not in notes],
    }
    return {key: told[key] for key in wanted}


@pytest.mark.parametrize("folder", [*cases()])
def test_a_project_comes_to_what_it_should(folder):
    wanted = {key: value for key, value in expected(folder).items() if key not in ("about", "known_failure")}
    settings = params.load(folder / "params.yaml", today=TODAY)
    if "error" in wanted:
        with pytest.raises(VocError) as stopped:
            collect.load(settings, mask=privacy.mask)
        assert [word for word in wanted["error"] if word not in str(stopped.value)] == [], str(stopped.value)
        return
    collected = collect.load(settings)
    assert wanted and set(wanted) <= KEYS
    told = seen(collected, wanted)
    assert told == wanted, "\n".join(collected.notes)
    reads = collected.reads
    assert (reads["read"] == reads["kept"] + reads["quarantined"]).all()
    assert reads["kept"].sum() == len(collected.voices) and reads["quarantined"].sum() == len(
        collected.quarantine
    )
