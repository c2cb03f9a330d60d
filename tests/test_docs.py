"""The documents stay true: links lead somewhere, YAML in them loads, both READMEs say the same."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from voc_lib import params, tag

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, *sorted((ROOT / "docs").glob("*.md"))]


def code(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_smallest_params_file_loads_and_names_all_packs(page, tmp_path):
    (snippet,) = code(page, "yaml")
    file = tmp_path / "params.yaml"
    file.write_text(snippet, encoding="utf-8")
    assert params.load(file, period="2026-09").params.sources
    assert not [pack for pack in tag.packs() if pack not in snippet]


def test_both_readmes_give_the_same_commands_and_params():
    english, chinese = READMES
    for language in ("sh", "powershell"):
        commands = [
            [line.split("#")[0].strip() for block in code(page, language) for line in block.splitlines()]
            for page in (english, chinese)
        ]
        assert commands[0] == commands[1]
    first, second = (set(yaml.safe_load(code(page, "yaml")[0])) for page in READMES)
    assert first == second


def test_two_commands_are_targets_of_the_makefile_and_ci_calls_one_of_them():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in READMES:
        for target in re.findall(r"^make (\w+)", page.read_text(encoding="utf-8"), re.M):
            assert re.search(rf"^{target}:", makefile, re.M)
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1] == "make test"


def test_make_report_runs_both_samples_at_a_time():
    told = subprocess.run(["make", "-n", "report"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "voc run params/sample.yaml params/sample_crm.yaml" in told.stdout
    assert "-j 2 sample" in told.stdout


def test_published_json_schema_is_the_one_of_the_code():
    text = (ROOT / "params" / "params.schema.json").read_text(encoding="utf-8")
    assert text == params.schema_text(), "运行 voc schema > params/params.schema.json"
