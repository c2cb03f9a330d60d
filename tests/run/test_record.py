"""What a step says it read, thing by thing: no run is needed to tell what has changed since."""

import re
from datetime import datetime

import pandas as pd
import pytest

from voc_lib import cli, params, schema
from voc_lib.collect import archive
from voc_lib.register import codings
from voc_lib.run import notebooks
from voc_lib.run.record import freshness, inputs, registered
from voc_lib.run.steps import STEPS, find
from voc_lib.run.workflow.step import Step

CHECK = "03_clean_and_tag"


@pytest.fixture
def settings(project):
    """A function that reads the params anew, with lines added."""

    def load(*lines, **changed):
        file = project / "params.yaml"
        text = file.read_text(encoding="utf-8")
        for old, new in changed.items():
            text = text.replace(old, new)
        file.write_text(text + "".join(f"{line}\n" for line in lines), encoding="utf-8")
        return params.load(file)

    return load


def hashes(settings, step=CHECK):
    return {name: freshness.part(name, settings, find(step)) for name in freshness.PARTS}


def told_apart(before, after):
    return {name for name in before if before[name] != after[name]}


def test_what_a_step_says_is_in_order_whatever_it_read_first():
    said = freshness.told({"tagged": "2", "issues": "1"}, {"words": "3", "key": "4"})
    assert list(said) == ["read", "used"]
    assert list(said["read"]) == ["issues", "tagged"] and list(said["used"].items()) == [
        ("key", "4"),
        ("words", "3"),
    ]


def test_only_the_step_that_reads_the_files_has_read_the_files(settings):
    found = settings()
    first = freshness.completed({"read": {"tagged": "1"}, "used": {"key": "2"}}, found, find("02_collect"))
    assert first["read"] == {"tagged": "1"}
    assert (
        set(first["used"]) == {"key", "params", "knobs", "code", "inputs", "history"}
        and first["used"]["key"] == "2"
    )
    later = freshness.completed({}, found, find(CHECK))
    assert later == {"read": {}, "used": {name: hashes(found)[name] for name in ("code", "knobs", "params")}}


def test_changes_name_things_and_tables_that_are_not_what_they_were(settings, tmp_path):
    folder = tmp_path / "run"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "tagged.parquet").write_bytes(b"one")
    found = settings()
    now = hashes(found)
    record = {
        "read": {"tagged": freshness.table(folder, "tagged"), "issues": ""},
        "used": {"params": now["params"], "code": now["code"]},
    }
    assert freshness.changes(record, found, CHECK, folder) == []
    (folder / "tables" / "tagged.parquet").write_bytes(b"two")
    told = freshness.changes({**record, "used": {"params": "", "code": now["code"]}}, found, CHECK, folder)
    assert len(told) == 2 and told[0] == "参数" and told[1].startswith("表《")


def test_a_table_has_the_hash_of_its_bytes_and_none_where_it_is_not(tmp_path):
    (tmp_path / "tables").mkdir()
    file = tmp_path / "tables" / "tagged.parquet"
    file.write_bytes(b"one")
    assert freshness.table(tmp_path, "tagged") == inputs.sha256(file)
    assert freshness.table(tmp_path, "issues") == ""


def test_files_people_write_count_by_what_is_in_them(settings, project):
    before = hashes(settings())
    (project / "causes.yaml").write_text("causes: []\n", encoding="utf-8")
    (project / "words.txt").write_text("顺丰\n", encoding="utf-8")
    named = settings("knowledge: causes.yaml", "userdict: words.txt")
    after = hashes(named)
    assert told_apart(before, after) >= {"knowledge", "words"}
    (project / "causes.yaml").write_text("causes: []\n# 又看了一遍\n", encoding="utf-8")
    assert told_apart(after, hashes(named)) == {"knowledge"}
    (project / "words.txt").write_text("顺丰\n中通\n", encoding="utf-8")
    assert "words" in told_apart(after, hashes(named))
    empty = hashes(named)
    (project / "words.txt").unlink()
    gone = hashes(named)
    assert gone["words"] not in ("", empty["words"])


def test_parts_of_what_people_know_have_hashes_of_their_own(settings, project):
    """A step that reads causes alone is told of causes; of everything where the file cannot be read."""
    tree = "causes:\n  - {problem: 物流延迟, why: [{cause: 人手不足}]}\n"
    (project / "known.yaml").write_text(tree, encoding="utf-8")
    named, reads = settings("knowledge: known.yaml"), freshness.known({"causes.why", "causes.problem"})
    assert reads == "knowledge causes.problem causes.why"
    before = [freshness.part(name, named, find(CHECK)) for name in (reads, "knowledge")]
    (project / "known.yaml").write_text(f"# 看过\n{tree}decisions: []\n", encoding="utf-8")
    after = [freshness.part(name, named, find(CHECK)) for name in (reads, "knowledge")]
    assert after[0] == before[0] and after[1] != before[1]
    (project / "known.yaml").write_text(tree.replace("人手", "车辆"), encoding="utf-8")
    assert freshness.part(reads, named, find(CHECK)) not in (None, before[0])
    (project / "known.yaml").write_text("causes: [", encoding="utf-8")
    broken = freshness.part(reads, named, find(CHECK))
    assert broken is not None and broken == freshness.part("knowledge", named, find(CHECK))


def test_scores_of_judges_are_news_to_the_step_that_ranks_and_an_input_of_the_run(settings, project):
    sheet = project / "评分" / "甲.csv"
    sheet.parent.mkdir()
    sheet.write_text("问题,评委,紧急性\n慢,甲,5\n", encoding="utf-8")
    found = settings("appraisal: {scores: 评分/*.csv}")
    before, whole = hashes(found), inputs.decided(found).hash
    assert sheet in [item.path for item in inputs.files(found)]
    sheet.write_text("问题,评委,紧急性\n慢,甲,1\n", encoding="utf-8")
    assert told_apart(before, hashes(found)) == {"scores"} and inputs.decided(found).hash != whole
    rows = Step(spec=find("05"), settings=found, folder=project).judgements(pd.Series(["慢"]))
    assert rows["score"].tolist() == [1]


def test_a_step_that_asked_for_scores_says_so(settings, project):
    step = Step(spec=find("05"), settings=settings(), folder=project)
    assert step.judgements(pd.Series(["慢"])).empty
    assert step.used == {"scores": hashes(step.settings, "05")["scores"]}


def test_a_file_by_another_name_is_another_file_for_its_name_stands_in_the_tables(settings, project):
    before = hashes(settings())
    (project / "data" / "工单.csv").rename(project / "data" / "工单9月.csv")
    assert told_apart(before, hashes(settings())) == {"inputs"}


def test_notebooks_read_nothing_that_their_step_does_not_record():
    """Only the first step, all of whose files are recorded, may look for files itself."""
    unseen = {"settings", "archive", "folder", "register", "manifest"}
    for spec in STEPS:
        if not spec.needs:
            continue
        said = (notebooks.home() / f"{spec.name}.ipynb").read_text(encoding="utf-8")
        assert not unseen & set(re.findall(r"\bstep\.(\w+)", said)), spec.name


def test_how_a_report_looks_is_no_change_and_what_it_counts_is(settings):
    before = hashes(settings())
    drawn = hashes(settings(**{"html: false": "html: true"}))
    assert drawn["params"] == before["params"]
    knobs = hashes(settings("steps: {03_clean_and_tag: {top_n: 4}}"))
    assert told_apart(before, knobs) == {"knobs"}
    other = hashes(settings(**{"2026-09": "2026-08"}))
    assert "params" in told_apart(before, other)


def test_a_database_has_no_hash_of_its_rows_so_a_run_that_reads_one_is_made_anew(settings, monkeypatch):
    monkeypatch.setenv("SHOP_DB", "sqlite:///a.db")
    file = hashes(settings())["inputs"]
    assert len(file) == 64
    both = settings("  - {name: 库, url: '${SHOP_DB}', query: 'select 1', channel: 电话}")
    assert hashes(both)["inputs"] == ""
    assert freshness.unsaid(both, find("02_collect")) and not freshness.unsaid(both, find(CHECK))


def test_files_tell_whether_they_have_changed_and_everything_has_a_hash(settings):
    found = settings()
    assert not freshness.unsaid(found, find("02_collect"))
    assert {name for name, value in hashes(found).items() if not isinstance(value, str)} == set()


def test_the_order_of_keys_is_no_change():
    assert freshness.digest({"甲": 1, "乙": 2}) == freshness.digest({"乙": 2, "甲": 1})
    assert freshness.digest([1, 2]) != freshness.digest([2, 1])


def test_one_mark_tells_whether_any_of_several_things_changed(settings):
    found, step = settings(), find(CHECK)
    mark = freshness.mark(found, step, ("params", "words"), "甲")
    assert len(mark) == 64 and mark == freshness.mark(found, step, ("params", "words"), "甲")
    others = (("params",), "甲"), (("params", "words"), "乙")
    assert all(freshness.mark(found, step, names, more) != mark for names, more in others)


MEASURE = """measures:
  - {id: M1, problem: 物流延迟, goal: g, action: a, owner: 王敏, department: d,
     start: 2026-03-01, due: 2026-04-30}
"""
ROW = {
    "feedback_id": "1",
    "channel": "在线客服",
    "source": "工单",
    "text": "太慢了",
    "file": "a.csv",
    "line": 2,
}


def test_what_people_enter_into_the_register_is_news_to_the_steps_that_read_it(settings, project):
    found = settings("knowledge: register", "industry: ecommerce")
    rows = pd.DataFrame([ROW]).assign(created_at=pd.Timestamp("2026-09-02"))
    archive.write(schema.shape(rows, schema.HISTORY), found.archive)
    before = hashes(found)
    file = project / "k.yaml"
    file.write_text(MEASURE, encoding="utf-8")
    assert cli.call(["knowledge", "import", str(project / "params.yaml"), str(file)]) == 0
    known = hashes(found)
    assert told_apart(before, known) == {"knowledge"}
    engine = registered.opened(found)
    codings.add(engine, "工单:1", "EC-LOG", coder="王敏", at=datetime(2026, 10, 1))
    engine.dispose()
    assert told_apart(known, hashes(found)) == {"register"}
