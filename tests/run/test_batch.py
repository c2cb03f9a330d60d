"""The reports of a folder: one that fails stops no other, and nothing is passed over silently."""

import pytest

from tests.run.conftest import FAST, write_project
from voc_lib import cli
from voc_lib.run.record import runs


@pytest.fixture
def folder(tmp_path, two_steps):
    """Params files of two reports that can be made, one without data, a broken one; and no params."""
    write_project(tmp_path, FAST)
    words = (tmp_path / "params.yaml").read_text(encoding="utf-8")
    (tmp_path / "params.yaml").unlink()
    (tmp_path / "a.yaml").write_text(words.replace("小店", "甲"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(words.replace("data/*.csv", "data/没有.csv"), encoding="utf-8")
    (tmp_path / "c.yml").write_text("name: [没有写完\n", encoding="utf-8")
    (tmp_path / "d.yaml").write_text(words.replace("小店", "丁"), encoding="utf-8")
    (tmp_path / "knowledge.yaml").write_text("measures: []\n", encoding="utf-8")
    return tmp_path


def test_all_reports_are_run_and_the_worst_decides(folder, capsys):
    assert cli.call(["run", "--all", str(folder)]) == 3
    seen = capsys.readouterr()
    assert all(runs.read(folder / "outputs" / name / "2026-09") for name in ("甲", "丁"))
    table = seen.out[seen.out.index("4 份报告，2 份没有成功") :]
    assert all(name in table for name in ("a.yaml", "b.yaml", "c.yml", "d.yaml"))
    assert "knowledge" not in table
    assert table.count("已发布") == 2 and "找不到文件" in table and "没有.csv" in seen.err
    (folder / "b.yaml").unlink()
    assert cli.call(["run", str(folder), "--all"]) == 2
    assert capsys.readouterr().out.count("没有变化，未重新运行") == 2


def test_what_is_no_folder_of_params_is_said(folder, capsys):
    assert cli.call(["run", "--all", str(folder / "a.yaml")]) == 2
    assert "不是文件夹" in capsys.readouterr().err
    assert cli.call(["run", "--all", str(folder / "data")]) == 2
    assert "没有参数文件" in capsys.readouterr().err
