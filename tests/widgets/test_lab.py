"""`voc lab`: JupyterLab at the project, on a start page that says how its steps stand."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.widgets.conftest import served
from voc_lib import cli
from voc_lib.errors import ParamsError
from voc_lib.run import project
from voc_lib.verbs import lab
from voc_lib.widgets import start

ROOT = Path(__file__).parents[2]
OVERRIDES = """import json, sys
from jupyterlab_server.settings_utils import _get_overrides
print(json.dumps(_get_overrides(sys.argv[1])[0]))"""


def test_the_start_page_has_a_lamp_per_step_and_a_link_per_desk(shop):
    params = shop / "params.yaml"
    params.write_text(params.read_text(encoding="utf-8").replace("小店", "小&店"), encoding="utf-8")
    html = start.page(str(params), here=shop / "outputs").html()
    assert "小&amp;店" in html and "小&店" not in html
    assert html.count("<tr>") == 12 and "还没有发布过报告" in html
    for name in start.DESKS:
        assert f'href="../notebooks/workbench/{name}.ipynb"' in html
    assert 'href="../notebooks/04_analyse.ipynb"' in html and 'href="../params.yaml"' in html


def test_a_project_is_a_folder_a_params_file_or_what_its_start_page_names(shop, tmp_path):
    assert lab._params_file(shop) == lab._params_file(shop / "params.yaml") == shop / "params.yaml"
    assert lab._params_file(ROOT) == ROOT / "params" / "sample.yaml"
    assert project.root(ROOT / "params") == ROOT and project.root(shop) == shop
    with pytest.raises(ParamsError, match="没有 params"):
        lab._params_file(tmp_path / "nowhere")


def test_menus_are_chinese_and_nothing_is_fetched_by_default(tmp_path):
    env = {**os.environ, "JUPYTER_CONFIG_PATH": str(lab.SETTINGS)}
    told = subprocess.run(
        [sys.executable, "-c", OVERRIDES, str(tmp_path)], env=env, capture_output=True, text=True, check=True
    )
    found = json.loads(told.stdout)
    assert found["@jupyterlab/translation-extension:plugin"] == {"locale": "zh_CN"}
    assert found["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_a_new_project_is_told_how_to_open_it(tmp_path, capsys):
    assert cli.call(["init", str(tmp_path / "店")]) == 0
    assert f"voc lab {tmp_path / '店'}" in capsys.readouterr().out
    assert (tmp_path / "店" / "notebooks" / "workbench" / "start.ipynb").is_file()


def test_a_new_user_lands_on_the_start_page_and_goes_on_to_a_desk(page, shop, tmp_path):
    command = ("-m", "voc_lib.cli", "lab", str(shop), "--")
    with served(*command, at=tmp_path, own=tmp_path) as (address, token):
        page.goto(f"{address}?token={token}")
        page.locator(".voc-start h2", has_text="小店 · 2026年9月").wait_for()
        assert page.locator(".voc-start .voc-chip.voc-good").count() == 2
        assert page.locator(".jp-DirListing-item", has_text="开始.ipynb").count() == 1
        page.locator(".voc-desks a", has_text="浏览").click()
        page.locator(".jp-mod-current", has_text="explore.ipynb").first.wait_for()


def test_a_params_file_with_a_fault_is_opened_to_be_mended(shop, monkeypatch, capsys):
    (shop / "params.yaml").write_text("name: [", encoding="utf-8")
    become = []
    monkeypatch.setattr(os, "execve", lambda file, line, env: become.extend((line, env)))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    assert cli.call(["lab", str(shop), "--", "--port", "9999"]) == 0
    assert become[1]["OPENBLAS_NUM_THREADS"] == "1"  # as in a run: sums do not depend on the machine
    assert "先打开 JupyterLab，在里面改好" in capsys.readouterr().err
    assert "--LabApp.default_url=/lab/tree/params.yaml" in become[0] and become[0][-2:] == ["--port", "9999"]
    assert f"--ServerApp.root_dir={shop}" in become[0]
