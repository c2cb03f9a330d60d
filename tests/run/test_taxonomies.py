"""Which taxonomy tagged which report."""

import pandas as pd
import pytest

from tests.run.conftest import OPEN, SAVE, clock, write_notebook
from voc_lib import cli, params, schema
from voc_lib.errors import ParamsError
from voc_lib.report import versions as said
from voc_lib.run.record import manifest, runs, taxonomies
from voc_lib.run.steps import find
from voc_lib.run.tables import write_table
from voc_lib.run.workflow import pipeline
from voc_lib.run.workflow.step import Step

BASE = """title: 小店
version: "{version}"
attributes: [服务流程]
tags:
  - {{name: {name}, code: LOG, parent: 服务流程, phrases: [{phrase}], pairs: [[快递, 慢, 4]]}}
"""


def write(project, version="1.0", name="物流", phrase="发货慢"):
    words = BASE.format(version=version, name=name, phrase=phrase)
    (project / "base.yaml").write_text(words, encoding="utf-8")


@pytest.fixture
def own(project, two_steps):
    """A project whose taxonomy extends another file of its own."""
    write(project)
    write_notebook(project, "03_clean_and_tag", OPEN, "step.taxonomy", SAVE)
    (project / "mine.yaml").write_text("extends: base.yaml\ntags: []\n", encoding="utf-8")
    file = project / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "industry: mine.yaml\n", encoding="utf-8")
    return project


def run(project, period="2026-09"):
    return pipeline.run(params.load(project / "params.yaml", period=period), clock=clock)


def test_a_run_names_its_taxonomy_and_keeps_it_whole(own):
    result = run(own)
    used = result.manifest["taxonomy"]
    kept = own / "outputs" / "archive" / "小店" / "taxonomy" / f"{used['digest'][:12]}.yaml"
    assert used["version"] == "1.0" and "首次用于 2026-09" in kept.read_text(encoding="utf-8")
    settings = params.load(own / "params.yaml")
    assert taxonomies.of_run(result.folder) == taxonomies.current(settings)
    assert taxonomies.of_run(result.folder).digest == used["digest"]


def test_a_change_of_what_the_taxonomy_extends_runs_again_and_can_be_listed(own, capsys):
    first = run(own)
    assert run(own).unchanged
    write(own, version="1.1", phrase="送货慢")
    assert not run(own, "2026-10").unchanged and not run(own).unchanged
    assert len(list((own / "outputs" / "archive" / "小店" / "taxonomy").iterdir())) == 2
    write(own)
    assert cli.call(["taxonomy", "diff", str(first.folder), str(own / "base.yaml")]) == 0
    assert "物流\tphrases\t删除\t送货慢" in capsys.readouterr().out


def tagged(project, *tags):
    ids = [str(i) for i in range(len(tags))]
    return pd.DataFrame({"source": "工单", "feedback_id": ids, "primary_tag": tags, "intent": "抱怨"})


def test_what_moved_since_the_report_before_is_told(own):
    august = run(own, "2026-08").folder
    write_table(tagged(own, "物流", "物流", "其他"), august / taxonomies.TAGGED)
    settings = params.load(own / "params.yaml")
    same = taxonomies.current(settings)
    assert taxonomies.change(settings, same, tagged(own, "物流")) is None
    assert "同一把尺子" in str(said.taxonomy(same, None))
    write(own, version="1.1", name="配送")
    now = taxonomies.current(settings)
    change = taxonomies.change(settings, now, tagged(own, "配送", "其他", "其他", "配送"))
    assert (change.compared, change.moved) == (3, 1)
    words = str(said.taxonomy(now, change))
    assert "与2026年8月的报告相比" in words and "1 条（33.3%）" in words
    assert "由版本 1.0 变为 1.1。" in words and "改名：物流→配送" in words and "voc " not in words
    assert "（改名：物流→配送）" in said.between(taxonomies.former(settings, now), now)
    assert said.between(None, now) == ""
    earlier = params.load(own / "params.yaml", period="2026-08")
    assert taxonomies.change(earlier, now, tagged(own, "配送")) is None


def test_a_problem_of_the_report_before_keeps_its_name_when_its_tag_is_called_otherwise(own):
    """Else it would be gone there and new here."""
    august = run(own, "2026-08").folder
    found = {"kind": "问题占比", "subject": "物流", "direction": "变坏", "finding": "物流占比上升"}
    table = pd.DataFrame([{**found, "rank": 1, "certainty": 0.9, "weight": 1.0}])
    write_table(schema.shape(table, schema.FINDINGS), august / "tables/findings.parquet")
    write_table(schema.empty(schema.EFFECTS), august / "tables/effects.parquet")
    write(own, version="1.1", name="配送")
    settings = params.load(own / "params.yaml")
    _, tables = Step(spec=find("08"), settings=settings, folder=own).preceding()
    assert tables["findings"]["subject"].tolist() == ["配送"]


def test_what_else_changed_of_a_taxonomy_is_named(own):
    settings = params.load(own / "params.yaml")
    old = taxonomies.current(settings)
    write(own, phrase="送货慢")
    more = "\n  - {name: 退货, code: R, parent: 服务流程, phrases: [退货]}"
    base = own / "base.yaml"
    base.write_text(base.read_text(encoding="utf-8").rstrip() + more, encoding="utf-8")
    told = said.between(old, taxonomies.current(settings))
    assert told == (
        "此间标签体系有变动（版本号仍写 1.0，请改 version）（新增：退货；改了规则或说明：物流），"
        "两份报告里各类的数字不要直接相比。"
    )


def test_a_run_of_before_has_no_taxonomy_to_compare_with(own):
    folder = run(own).folder
    content = runs.read(folder)
    manifest.write(folder, {key: value for key, value in content.items() if key != "taxonomy"})
    with pytest.raises(ParamsError, match="没有留下"):
        taxonomies.of_run(folder)
