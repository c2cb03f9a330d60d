"""The bar over a published run: all is fresh, and what is run again from it is published."""

import shutil

from tests.end_to_end.project import Project
from voc_lib.run.record.lamps import ABSENT, FRESH
from voc_lib.widgets import bar


def test_a_step_is_run_again_from_the_bar(project, tmp_path, forked):
    own = Project(shutil.copytree(project.folder, tmp_path / "own"))
    made = bar.panel(str(own.params), here="8")
    assert {lamp.state for lamp in made.lamps.values()} == {FRESH, ABSENT}
    assert "各步都是最新的" in made.head.value
    made.pick("step:08_report")
    before = own.manifest["run_id"]
    made.run()
    made.running.thread.join(300)
    assert "已重跑并发布" in made.said.value
    after = Project(own.folder).manifest
    assert after["run_id"] != before and "01_plan" in after["reused"]
    assert {lamp.state for lamp in made.lamps.values()} == {FRESH, ABSENT}
