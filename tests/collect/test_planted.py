"""The projects with planted truths are such as the product reads whole."""

import numpy as np

from benchmarks import projects, simulate
from voc_lib import collect, params


def test_every_row_of_a_planted_project_is_read_with_its_region_and_orders(tmp_path):
    world = simulate.WORLDS["平稳，一个来源（四成）退出，φ=1"]
    rows, orders = world.drawn(np.random.default_rng([simulate.SEED, 0]))
    file = projects.written(tmp_path, world, np.random.default_rng([simulate.SEED, 0]))
    found = collect.load(params.load(file))
    assert len(found.feedback) == len(rows) > 2000 and found.quarantine.empty
    counted = found.feedback["region"].astype("str").value_counts().to_dict()
    assert counted == rows["region"].value_counts().to_dict()
    assert found.exposure["orders"].sum() == orders["orders"].sum()
    last = found.feedback[found.feedback["created_at"] >= "2026-09-01"]
    assert set(last["source"]) == {"工单"}
