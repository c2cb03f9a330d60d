"""Small projects as people bring them, labelled: what is a problem, and of what.

A folder of `tests/cases/labelled` is a project (`params.yaml` and its files) with an `expected.yaml`:

    about: one line on what is shown
    problems: [A32]                  # which feedback is a problem; what is none is neither P0 nor P1
    tags: {A07: 物流延迟}             # primary tags by feedback_id
    never: [服务态度]                 # tags no feedback has
    hidden: [words]                  # words no text holds any more
"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from voc_lib import collect, params, schema, tag
from voc_lib.clean import privacy

PROJECTS = sorted((Path(__file__).parents[1] / "cases" / "labelled").iterdir())
TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda folder: folder.name)
def test_a_project_gets_the_problems_it_should(folder):
    wanted = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    settings = params.load(folder / "params.yaml", today=TODAY)
    collected = privacy.protect(collect.load(settings), b"k" * 32)
    nobody = {"customers": schema.empty(schema.CUSTOMERS), "orders": schema.empty(schema.ORDERS)}
    taxonomy = tag.load(settings.params.industry)
    tagged = tag.label(collected.feedback, taxonomy, settings.params, as_of=TODAY, **nobody).tagged
    rows = tagged.set_index("feedback_id")
    calm = rows[~rows["problem"]]
    assert set(calm["urgency"]) <= {"P2"} and "抱怨" not in set(calm["intent"])
    assert sorted(rows.index[rows["problem"]]) == wanted.get("problems", sorted(rows.index[rows["problem"]]))
    assert {i: rows.loc[i, "primary_tag"] for i in wanted.get("tags", {})} == wanted.get("tags", {})
    assert not {name for tags in rows["tags"] for name in tags.split("；")} & set(wanted["never"])
    assert [word for word in wanted.get("hidden", []) if rows["text"].str.contains(word).any()] == []
