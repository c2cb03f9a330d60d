"""How many small mistakes in the rooms a run is trusted for are found by their own tests.

    python benchmarks/mutants.py 40                 # so many mistakes a module, drawn with a fixed seed
    python benchmarks/mutants.py 40 intervals       # of one module

A mistake is one comparison turned, one sign or number changed, one condition negated, one result lost. The
tests run in a process forked from one that has imported what is not ours, so a mistake costs its tests alone.
"""

from __future__ import annotations

import ast
import copy
import os
import resource
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
SEED = 20261128
PATIENCE = 240  # processor seconds of tests; longer is a mistake found (an endless loop)
ROOMS = {
    "voc_lib.collect.ledger": ["tests/collect/test_ledger.py"],
    "voc_lib.run.publish.folders": ["tests/run/test_folders.py"],
    "voc_lib.run.record.manifest": ["tests/run/test_manifest.py"],
    "voc_lib.report.site": [
        *["tests/report/test_site.py", "-k", "not without_scripts"],
        *["--doctest-modules", "voc_lib/report/site.py"],
    ],
    "voc_lib.clean.privacy": [
        "tests/clean/test_privacy.py",
        "tests/clean/test_written.py",
        "tests/clean/test_rawrows.py",
        *["-k", "not what_screens_leave_out"],  # of the detectors, and as slow as all others
        *["--doctest-modules", "voc_lib/clean/privacy.py"],
    ],
    "voc_lib.intervals": ["tests/test_intervals.py", "--doctest-modules", "voc_lib/intervals.py"],
    "voc_lib.improve.verdict": [
        "tests/improve/test_verdict.py",
        "--doctest-modules",
        "voc_lib/improve/verdict.py",
    ],
    "voc_lib.run.record.freshness": [
        "tests/run/test_record.py",
        "--doctest-modules",
        "voc_lib/run/record/freshness.py",
    ],
}
TURNED = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def mistakes(tree: ast.Module) -> Iterator[tuple[ast.Module, str]]:
    """The module with one mistake each, and what it is; annotations and docstrings are left alone."""
    for number, node in enumerate(nodes(tree)):
        if (said := _spoilt(copy.deepcopy(node))) is not None:
            other = copy.deepcopy(tree)
            twin = nodes(other)[number]
            _spoilt(twin)
            yield ast.fix_missing_locations(other), f"line {twin.lineno}: {said}"


def nodes(tree: ast.AST) -> list[ast.expr | ast.stmt]:
    """What may hold a mistake, in the order of the file."""
    found: list[ast.expr | ast.stmt] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue  # of zip: sides of one length are as long without it
        if isinstance(node, ast.arg) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            continue
        if isinstance(node, ast.AnnAssign):
            found += nodes(ast.Module([ast.Expr(node.value)], [])) if node.value else []
            continue
        if isinstance(node, ast.expr | ast.stmt):
            found.append(node)
        if isinstance(node, ast.FunctionDef):
            for part in (*node.args.defaults, *node.args.kw_defaults, *node.body):
                found += [*nodes(ast.Module([part], []))] if part is not None else []
            continue
        found += nodes(node)
    return found


def _spoilt(node: ast.AST) -> str | None:
    """What was changed in a node, in place; None where nothing can be."""
    match node:
        case ast.Compare(ops=[op]) if type(op) in TURNED:
            node.ops = [TURNED[type(op)]()]
        case ast.BinOp(op=op) if type(op) in TURNED:
            node.op = TURNED[type(op)]()
        case ast.BoolOp(op=op) if type(op) in TURNED:
            node.op = TURNED[type(op)]()
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value) | float(value)):
            node.value = value + 1
        case ast.If(test=test) | ast.IfExp(test=test):
            node.test = ast.UnaryOp(ast.Not(), test)
        case ast.Return(value=ast.expr()) if not isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            node.op = ast.UAdd()
        case _:
            return None
    return ast.unparse(node).splitlines()[0]


class Spoilt(MetaPathFinder, SourceFileLoader):
    """Imports one module with a mistake in it."""

    def __init__(self, name: str, file: Path, tree: ast.Module) -> None:
        super().__init__(name, str(file))
        self.tree = tree

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """The spec of the module, none of any other."""
        return spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, name: str):
        """The module as it is with the mistake."""
        return compile(self.tree, self.path, "exec")


def found(name: str, tests: list[str], tree: ast.Module) -> bool:
    """Whether the tests of a module fail with the mistake in it."""
    if not (child := os.fork()):
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
        os._exit(_tests(name, tests, tree))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def _tests(name: str, tests: list[str], tree: ast.Module) -> int:
    import pytest

    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, Spoilt(name, file_of(name), tree))
    try:
        import_module(name)  # before the runner, which would read it itself where it is a path it is given
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]))
    except BaseException:
        return 1


def file_of(name: str) -> Path:
    """The file of a module."""
    return ROOT / f"{name.replace('.', '/')}.py"


def drawn(name: str, n: int) -> list[tuple[ast.Module, str]]:
    """So many mistakes of a module, the same each time."""
    every = list(mistakes(ast.parse(file_of(name).read_text(encoding="utf-8"))))
    rng = np.random.default_rng(SEED)
    return [every[k] for k in sorted(rng.choice(len(every), min(n, len(every)), replace=False))]


def main(n: int, wanted: str) -> None:
    """Print how many mistakes of each module were found, and those that were not."""
    import hypothesis
    import pandas
    import pytest
    import scipy.stats
    import sklearn
    import statsmodels.api

    assert all((hypothesis, pandas, pytest, scipy, sklearn, statsmodels))
    os.chdir(ROOT)
    for name, tests in ROOMS.items():
        if wanted not in name:
            continue
        if found(name, tests, ast.parse(file_of(name).read_text(encoding="utf-8"))):
            raise SystemExit(f"{name}: its tests fail without a mistake")
        tried, missed = drawn(name, n), 0
        for tree, said in tried:
            if not found(name, tests, tree):
                missed += 1
                print(f"    {said}", flush=True)
        print(f"{name}: {len(tried) - missed} of {len(tried)} found", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40, " ".join(sys.argv[2:]))
