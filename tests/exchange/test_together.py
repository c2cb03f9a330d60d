"""Two people at one measure, in Excel and in YAML: different columns are both kept."""

import shutil

import pytest

from tests.exchange.conftest import Books, stands


@pytest.fixture
def two(filled, call, tmp_path):
    """One workbook in the hands of two people."""
    assert call("plan", "export", filled, tmp_path / "甲")[0] == 0
    shutil.copytree(tmp_path / "甲", tmp_path / "乙")
    return [Books(filled, tmp_path / name, call) for name in ("甲", "乙")]


def test_two_copies_of_a_workbook_with_other_columns_filled_are_both_taken_and_it_is_said(two):
    first, second = two
    first.fill("王敏", {"计划完成": "2026-05-31", "评审：资源": "足够"})
    second.fill("王敏", {"实施效果": "积压减半", "评审：风险": "旺季"})
    assert first.take("王敏", by="甲")[0] == 0
    code, words = second.take("王敏", by="乙")
    assert code == 0 and "导入 1 处" in words
    assert "措施 M01：甲 已于" in words and "改过 计划完成、评审：资源，与您的改动合在一起" in words
    measure = first.measure()
    assert (str(measure.due), measure.result) == ("2026-05-31", "积压减半")
    assert (measure.review.resources, measure.review.risks) == ("足够", "旺季")


def test_one_column_filled_by_both_is_named_with_its_row_and_both_values(two):
    first, second = two
    first.fill("王敏", {"评审：风险": "旺季"})
    second.fill("王敏", {"评审：风险": "缺人", "实施效果": "积压减半"})
    first.take("王敏", by="甲")
    code, words = second.take("王敏", by="乙")
    assert code == 3 and "措施 第 2 行：措施 M01：甲 已于" in words
    assert "评审：风险 现在是 “旺季”，您的是 “缺人”（改成现在的值就不冲突）" in words
    assert first.measure().result == "" and "实施效果" not in words
    second.fill("王敏", {"评审：风险": "旺季"})
    assert second.take("王敏", by="乙")[0] == 0 and first.measure().result == "积压减半"


def test_a_workbook_given_back_half_filled_is_filled_on_and_given_back_again(two):
    book, _ = two
    book.fill("王敏", {"实施效果": "积压减半"})
    assert "导入 1 处" in book.take("王敏")[1]
    book.fill("王敏", {"计划完成": "2026-05-31"})
    assert "导入 1 处" in book.take("王敏")[1]
    assert str(book.measure().due) == "2026-05-31" and book.measure().result == "积压减半"


def test_two_files_written_from_one_revision_are_both_imported(filled, call, rewritten):
    measures = stands(filled).model_dump(mode="json", exclude_defaults=True)["measures"]
    one = rewritten("one.yaml", measures=[{**measures[0], "due": "2026-05-31"}, measures[1]])
    two = rewritten("two.yaml", measures=[{**measures[0], "steps": ["招聘"]}, measures[1]])
    assert call("knowledge", "import", filled, one, "--by", "甲")[0] == 0
    assert "合并\t措施 M01：甲 已于" in call("knowledge", "diff", filled, two)[1]
    code, words = call("knowledge", "import", filled, two, "--by", "乙")
    assert code == 0 and "改过 due，与您的改动合在一起。" in words
    measure = stands(filled).measure("M01")
    assert (str(measure.due), measure.steps) == ("2026-05-31", ["招聘"])
