"""The project's own habits: pinned versions agree, notebooks are thin, nothing private is committed."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        requirement = Requirement(line)
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        found.setdefault(requirement.name.lower(), set()).add(specifier.version)
    return found


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def tracked() -> list[Path]:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listing.stdout.splitlines() if (ROOT / line).is_file()]


def test_lock_satisfies_every_requirement_of_the_package():
    locked = pins("requirements.lock")
    for line in project()["dependencies"]:
        requirement = Requirement(line)
        assert all(v in requirement.specifier for v in locked[requirement.name.lower()]), line


def test_dev_lock_holds_the_same_versions_and_more():
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev[name] for name in run} == run
    for extra in project()["optional-dependencies"].values():
        assert {Requirement(line).name.lower() for line in extra} <= set(dev)


def test_every_imported_package_is_declared():
    extras = project()["optional-dependencies"]
    lines = [*project()["dependencies"], *extras["postgres"], *extras["cluster"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    homes = packages_distributions()
    for module in sorted(imported_modules() - set(sys.stdlib_module_names) - {"voc_lib"}):
        names = {canonicalize_name(name) for name in homes.get(module, [module])}
        assert names & declared, module


def imported_modules() -> set[str]:
    found = set()
    for path in (ROOT / "voc_lib").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.split(".")[0])
    return found


def test_conda_environment_pins_the_same_versions():
    pip = next(
        d["pip"]
        for d in yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
        if isinstance(d, dict)
    )
    given = {Requirement(line).name.lower(): Requirement(line) for line in pip if not line.startswith("-")}
    wanted = {Requirement(line).name.lower() for line in project()["dependencies"]}
    locked = pins("requirements-dev.lock")
    assert wanted <= set(given)
    for name, requirement in given.items():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==" and specifier.version in locked[name], name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stripped_thin_and_parameterised(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert all(list(cell) == sorted(cell) for cell in cells)  # as nbstripout writes them, and their ids
    assert [cell["id"] for cell in cells] == [str(n) for n in range(len(cells))]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    sources = ["".join(cell["source"]) for cell in code]
    assert all(source.count("\n") < 15 for source in sources)
    assert not any(re.search(r"^\s*(def|class|try)\b|except:", source, re.M) for source in sources)
    banned = ("HTML(", ".style", "escape=False", "render_links", "Javascript(", "print(")
    assert not any(word in source for word in banned for source in sources)
    if path.parent.name == "notebooks":
        tagged = [cell for cell in code if "parameters" in cell["metadata"].get("tags", [])]
        assert len(tagged) == 1 and "params_file" in "".join(tagged[0]["source"])


def test_no_registry_address_and_no_machine_path_is_committed():
    words = [
        "//" + "py" + "pi",
        "files." + "pythonhosted",
        "//regi" + "stry.",
        "conda." + "anaconda",
        "/ro" + "ot/",
        "/wo" + "rk/",
    ]
    for path in tracked():
        if path.suffix in {".otf", ".ttf", ".png"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [word for word in words if word in text], path
