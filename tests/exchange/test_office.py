"""The plan in the hands of people with LibreOffice: what it saves is taken, what it turned over is told."""

import pytest

from tests import office
from tests.exchange.conftest import stands

SCORES = (4, 2, 5, 3, 4, 1, 5, 2, 4, 3)
NOTES = ["客户满意", "不想再买", "谢谢", "一般般", "破损", "答复慢", "包装差", "改了", "说清楚", "退款"]


@pytest.fixture(scope="module")
def desk():
    with office.running() as found:
        yield found


@pytest.fixture
def called(filled, call, rewritten, tmp_path):
    """The workbook of ten customers who were called: its path, with the params file and ways to use both."""
    calls = [
        {"measure": "M01", "feedback_id": f"G{n}", "score": score, "at": f"2026-05-{n + 1:02d}", "note": note}
        for n, (score, note) in enumerate(zip(SCORES, NOTES, strict=True))
    ]
    assert call("knowledge", "import", filled, rewritten(revisits=calls), "--by", "王敏")[0] == 0
    assert call("plan", "export", filled, tmp_path / "out")[0] == 0
    return Handed(filled, tmp_path, call)


class Handed:
    def __init__(self, params, folder, call):
        self.params, self.folder, self.call = params, folder, call

    def edited(self, desk, *steps, kind="xlsx"):
        back = self.folder / f"back.{kind}"
        desk.edit(self.folder / "out" / "改进计划_王敏.xlsx", *steps, ["save", str(back)])
        return self.call("plan", "import", self.params, back, "--by", "王敏")

    def scores(self):
        return tuple(int(visit.score) for visit in stands(self.params).revisits)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_what_libreoffice_saves_is_taken_in_each_of_its_formats(called, desk, kind):
    typed = [("计划完成", "2026-05-31"), ("实际完成", "2026/4/28"), ("状态", "已完成"), ("实施效果", "好")]
    steps = [["type", "措施", 2, label, words] for label, words in typed]
    dated = ["text", "措施", 2, "评审日期", "2026年2月3日"]
    verdict = ["type", "措施", 2, "评审结论", "通过"]
    done = ["type", "进展", 3, "完成百分比", "80%"]
    new = [["type", "进展", 3, "方案编号", "M01"], ["type", "进展", 3, "日期", "2026-04-20"]]
    code, words = called.edited(desk, *steps, dated, verdict, done, *new, kind=kind)
    assert code == 0 and "导入 2 处，11 行没有改动" in words, words
    measure = stands(called.params).measure("M01")
    assert (str(measure.due), str(measure.done), measure.result) == ("2026-05-31", "2026-04-28", "好")
    assert (measure.review.verdict, str(measure.review.at)) == ("通过", "2026-02-03")
    assert stands(called.params).progress[1].percent == 80


def test_shape_and_looks_are_no_matter(called, desk):
    before = stands(called.params)
    code, words = called.edited(
        desk,
        ["look", "回访", 3, "回访日期", 'YYYY"年"M"月"D"日"'],
        ["look", "回访", 4, "回访评分", "0.00"],
        ["look", "进展", 2, "完成百分比", "0%"],
        ["look", "措施", 2, "计划完成", "M/D"],
        ["comment", "回访", 5, "备注", "看这里"],
        ["widen", "回访", "备注"],
        ["unprotect", "回访"],
        ["delete", "回访", 6],
        ["insert", "回访", 3],
        ["sort", "回访", "回访评分", False],
        ["filter", "回访", "备注", "谢谢"],
    )
    assert code == 0 and "导入 0 处，11 行没有改动" in words, words
    assert stands(called.params) == before


@pytest.mark.parametrize("label", ["回访评分", "备注"])
def test_a_free_column_sorted_alone_is_refused_with_sheet_row_and_header(called, desk, label):
    before = stands(called.params)
    code, words = called.edited(desk, ["sort", "回访", label, True])
    assert code == 3 and "回访 第 " in words and f"“{label}” 这一列" in words and "只排了一列" in words
    assert stands(called.params) == before


def test_what_was_typed_into_a_column_and_then_sorted_alone_is_refused(called, desk):
    typed = [
        ["type", "回访", n + 2, "回访评分", str(s)] for n, s in enumerate((1, 5, 2, 2, 5, 4, 3, 1, 2, 5))
    ]
    code, words = called.edited(desk, *typed, ["sort", "回访", "回访评分", True])
    assert code == 3 and "“回访评分” 这一列 10 个值由上到下成了顺序" in words
    assert called.edited(desk, *typed)[0] == 0 and called.scores() == (1, 5, 2, 2, 5, 4, 3, 1, 2, 5)
