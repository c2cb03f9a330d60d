"""What customers said never reaches git, by real commits."""

import json
import shutil
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from voc_lib.errors import ParamsError
from voc_lib.run import gitfilter
from voc_lib.run import project as projects

SAID = "客户说：我的电话是多少"


def git(folder, *words):
    who = ["-c", "user.name=王敏", "-c", "user.email=wangmin@example.com"]
    return subprocess.run(
        ["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def repository(tmp_path):
    if shutil.which("git") is None:
        pytest.skip("没有 git")
    git(tmp_path, "init", "--quiet")
    return tmp_path


def test_a_new_project_commits_neither_outputs_nor_data(repository):
    shop = repository / "店铺"
    projects.create(shop)
    shown = new_code_cell("1", outputs=[new_output("stream", text=SAID)], execution_count=1)
    nbformat.write(new_notebook(cells=[shown]), shop / "notebooks" / "看看.ipynb")
    for place in ("data/工单.csv", "outputs/报告.html", "voc.env"):
        (shop / place).parent.mkdir(exist_ok=True)
        (shop / place).write_text(SAID, encoding="utf-8")
    words = ("-c", "core.quotePath=false", "ls-files", "--others", "--exclude-standard")
    names = git(repository, *words).splitlines()
    assert "店铺/params.yaml" in names and not [n for n in names if "/data/" in n or "/outputs/" in n]
    assert "店铺/voc.env" not in names
    git(repository, "add", "店铺/notebooks/看看.ipynb")
    git(repository, "commit", "--quiet", "--message", "店铺")
    kept = json.loads(git(repository, "show", "HEAD:店铺/notebooks/看看.ipynb"))
    assert kept["cells"][0]["outputs"] == [] and kept["cells"][0]["source"] == ["1"]
    assert SAID in (shop / "notebooks" / "看看.ipynb").read_text(encoding="utf-8")  # on the disk it stays


def test_the_state_is_told_and_what_is_missing_is_an_error(repository):
    with pytest.raises(ParamsError, match="带上里面显示的客户原话"):
        gitfilter.state(repository)
    assert gitfilter.install(repository)
    assert gitfilter.state(repository) == "提交 notebook 时不带输出"


def test_a_filter_that_is_set_is_not_set_again(repository, monkeypatch):
    assert gitfilter.install(repository)
    called = []
    monkeypatch.setattr(gitfilter, "_asked", lambda folder, what: called.append(what) or True)
    assert gitfilter.install(repository) and not called
    git(repository, "config", "filter.nbstripout.clean", "python-of-another-place -m nbstripout")
    assert gitfilter.install(repository) and called == ["--install"]


def test_outside_of_git_nothing_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(gitfilter.shutil, "which", lambda name: None)
    assert not gitfilter.install(tmp_path)
    assert gitfilter.state(tmp_path) == "不在 git 仓库里"
