"""Which parts of the knowledge are read is told by itself, and only a change of these changes their hash."""

import pytest

from voc_lib.knowledge import Knowledge, parts, read

MEASURE = {
    "id": "M01",
    "problem": "物流延迟",
    "goal": "降到 12%",
    "action": "增设晚班",
    "owner": "王敏",
    "department": "仓储部",
    "start": "2026-03-01",
    "due": "2026-04-30",
}


@pytest.mark.parametrize(
    ("reading", "seen"),
    [
        (lambda known: known.measures[0].key, {"measures.how_many", "measures.id", "measures.round"}),
        (lambda known: len(known.causes), {"causes.how_many"}),
        (lambda known: known.measures[0].model_dump(), {"measures.how_many", "measures"}),
        (lambda known: known.measures[0].model_dump_json(), {"measures.how_many", "measures"}),
        (lambda known: dict(known.measures[0]), {"measures.how_many", "measures"}),
        (lambda known: known.measures[0] == 1, {"measures.how_many"}),
        (lambda known: known.measures[0] == known.measures[0], {"measures.how_many", "measures"}),
        (lambda known: known.model_dump(), {"measures", *Knowledge.model_fields}),
        (lambda known: known.measure("M01").owner,
         {"measures.how_many", "measures.id", "measures.round", "measures.owner"}),
        (lambda known: known.model_copy(update={"causes": []}).measures[0].owner,
         {"measures.how_many", "measures.owner"}),
    ],
)  # fmt: skip
def test_what_is_read_is_told(reading, seen):
    found = set()
    reading(parts.watched(read({"measures": [MEASURE]}), found))
    assert found == seen


def test_what_is_watched_is_the_same_knowledge():
    known = read({"measures": [MEASURE]})
    assert parts.watched(known, set()).model_dump() == known.model_dump()
    assert isinstance(parts.watched(known, set()).measures[0], type(known.measures[0]))


def test_only_a_change_of_what_was_read_is_one():
    before, later = read({"measures": [MEASURE]}), read({"measures": [{**MEASURE, "obstacles": "缺人"}]})
    more = read({"measures": [MEASURE, {**MEASURE, "id": "M02"}]})
    assert parts.told(before, ["measures.due", "measures.how_many"]) == parts.told(
        later, ["measures.due", "measures.how_many"]
    )
    assert parts.told(before, ["measures"]) != parts.told(later, ["measures"])
    assert parts.told(before, ["measures.how_many"]) != parts.told(more, ["measures.how_many"])
