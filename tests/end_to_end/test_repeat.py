"""The same input gives the same output, a second call is quick, and nothing is half published."""

import hashlib
import shutil

from tests.end_to_end.project import Project, made, voc


def hashes(run, *folders):
    return {
        path.relative_to(run).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted((run / folder).rglob("*"))
    }


def test_a_second_call_runs_nothing_and_changes_nothing(project):
    before = hashes(project.run, "tables", "reports", "excel")
    said = voc("run", project.params).stdout
    assert "没有变化" in said and "index.html" in said
    assert hashes(project.run, "tables", "reports", "excel") == before


def test_a_run_elsewhere_gives_the_same_bytes(project, tmp_path):
    other = made(tmp_path / "anderswo")
    shutil.copytree(project.outputs / ".keys", other.outputs / ".keys")
    voc("run", other.params, TZ="America/New_York", PYTHONHASHSEED="7")
    other = Project(other.folder)
    assert hashes(other.run, "tables") == hashes(project.run, "tables")
    assert hashes(other.run, "reports") == hashes(project.run, "reports")
    assert hashes(other.run, "excel") == hashes(project.run, "excel")
