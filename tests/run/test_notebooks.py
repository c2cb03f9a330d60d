"""Where notebooks are found and what their parameters cell may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.run.conftest import notebook, write_notebook
from voc_lib.errors import ParamsError
from voc_lib.run import notebooks
from voc_lib.run.steps import STEPS

DECLARED = {
    "params_file": "x",
    "period": "",
    "folder": "",
    "top_n": 3,
    "share": 0.5,
    "names": [],
    "deep": False,
}


def test_every_notebook_of_the_library_declares_its_parameters():
    for spec in STEPS:
        knobs = notebooks.knobs(notebooks.read(notebooks.home() / f"{spec.name}.ipynb"), spec.name)
        assert knobs["period"] == "" and knobs["folder"] == "", spec.name


def test_a_notebook_beside_the_params_file_wins(tmp_path):
    own = write_notebook(tmp_path, "01_plan", "1")
    assert notebooks.locate("01_plan", tmp_path) == own
    assert notebooks.locate("02_collect", tmp_path) == notebooks.home() / "02_collect.ipynb"


def test_a_line_with_two_equal_signs_is_still_a_parameter():
    node = notebook("01_plan", parameters='params_file = "a=b"\nperiod: str = ""\nfolder: str = ""')
    assert notebooks.knobs(node, "01_plan")["params_file"] == "a=b"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("x = 1 +", "语法有误"),
        ("import os", "第 1 行应是"),
        ("a = b = 1", "第 1 行应是"),
        ("x = open('f')", "值只能是字面量"),
        ("top_n: int = 3", "缺少 params_file、period、folder"),
    ],
)
def test_a_parameters_cell_holds_plain_assignments_only(cell, words):
    with pytest.raises(ParamsError, match=words):
        notebooks.knobs(notebook("01_plan", parameters=cell), "01_plan")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"topn": 5}, "topn：04_analyse 没有这个参数。是否想写 “top_n”"),
        ({"top_n": "5"}, "top_n：应是整数，现在是 '5'"),
        ({"top_n": True}, "top_n：应是整数"),
        ({"deep": 1}, "deep：应是true 或 false"),
        ({"folder": "/"}, "folder：由程序填写"),
        ({"names": "a"}, "names：应是列表"),
        ({"share": float("nan")}, "share：值 nan 只能是"),
        ({"x=1\nimport os": 1}, "没有这个参数"),
    ],
)
def test_values_must_fit_what_the_notebook_declares(values, words):
    with pytest.raises(ParamsError, match=words):
        notebooks.check(values, DECLARED, "04_analyse")


@given(st.dictionaries(st.text(), st.integers(), min_size=1))
def test_no_undeclared_name_ever_passes(values):
    if set(values) - {"top_n"}:
        with pytest.raises(ParamsError):
            notebooks.check(values, DECLARED, "04_analyse")


def test_all_faults_are_listed_at_once():
    with pytest.raises(ParamsError, match=r"有 2 处需要修改(.|\n)*a：(.|\n)*b："):
        notebooks.check({"a": 1, "b": 2}, DECLARED, "04_analyse")


def test_what_a_person_left_behind_does_not_count(tmp_path):
    path = write_notebook(tmp_path, "01_plan", "1")
    path.write_text(path.read_text().replace('"execution_count": null', '"execution_count": 7'))
    assert notebooks.read(path).cells[1].execution_count is None


def test_a_broken_notebook_is_said_by_name(tmp_path):
    path = write_notebook(tmp_path, "01_plan", "1")
    path.write_text("{")
    with pytest.raises(ParamsError, match=r"01_plan\.ipynb 不是可读的 notebook"):
        notebooks.read(path)
