"""The plan in Excel: handed out, filled in by several people, taken back all or nothing."""

import openpyxl
import pytest

from tests.exchange.conftest import Books, stands
from voc_lib.exchange.fields import MEASURES


def test_workbooks_come_back_untouched_and_change_nothing(books):
    before = stands(books.params)
    code, words = books.take("王敏", "李强")
    assert code == 0 and "改进计划_王敏.xlsx：导入 0 处，3 行没有改动。" in words
    assert stands(books.params) == before


def test_what_owners_fill_in_is_saved_with_the_name_of_their_file(books):
    done = {"状态": "已完成", "实际完成": "2026年4月28日"}
    books.fill("王敏", {**done, "实施效果": "积压减半", "评审结论": "通过"})
    books.fill("王敏", {"回访评分": 5, "回访日期": "2026/5/8"}, sheet="回访")
    books.fill("李强", {"状态": "取消"})
    code, words = books.take("王敏", "李强")
    assert code == 0 and "王敏.xlsx：导入 2 处" in words and "李强.xlsx：导入 1 处" in words
    measure = books.measure()
    assert (str(measure.done), measure.result, measure.review.verdict) == ("2026-04-28", "积压减半", "通过")
    assert stands(books.params).revisits[0].score == 5 and books.measure("M02").cancelled
    log = books.call("knowledge", "log", books.params)[1]
    assert "王敏\t修改\t措施\tM02\tcancelled：（无） → “true”\t\t改进计划_李强.xlsx" in log


def test_a_row_somebody_changed_meanwhile_is_named_and_its_file_left_out_as_a_whole(books, rewritten):
    changed = stands(books.params).model_dump(mode="json", exclude_defaults=True)["measures"]
    changed[0]["due"] = "2026-05-31"
    books.call("knowledge", "import", books.params, rewritten(measures=changed), "--by", "赵六")
    books.fill("王敏", {"计划完成": "2026-06-30"})
    books.fill("王敏", {"回访评分": 5}, sheet="回访")
    books.fill("李强", {"实施效果": "好"})
    code, words = books.take("王敏", "李强")
    assert code == 3 and "1 个没有导入" in words
    assert "措施 第 2 行：措施 M01：赵六 已于" in words
    assert "计划完成 现在是 “2026-05-31”，您的是 “2026-06-30”" in words
    assert stands(books.params).revisits[0].score == 4 and books.measure("M02").result == "好"


@pytest.mark.parametrize(
    ("cells", "sheet", "says"),
    [
        ({"计划完成": "月底"}, "措施", "措施 第 2 行：“计划完成” 应是日期，例如 2026-09-30，现在是 “月底”"),
        ({"计划完成": "4/28"}, "措施", "“计划完成” 应是写明年份的日期，例如 2026-09-30，现在是 “4/28”"),
        ({"计划完成": "2026-01-01"}, "措施", "措施 第 2 行：“计划完成” 完成日期 2026-01-01 早于开始日期"),
        ({"责任人": "王敏、李强"}, "措施", "措施 第 2 行：“责任人” 写了 2 个人"),
        ({"责任部门": None}, "措施", "“责任部门” 缺少责任部门"),
        ({"状态": "搁置"}, "措施", "“状态” 应是未完成、已完成、取消，现在是 “搁置”"),
        ({"状态": "已完成"}, "措施", "没有写 “实际完成” 的日期"),
        ({"评审结论": "再议"}, "措施", "“评审结论” 应是通过、退回"),
        ({"问题": "其他"}, "措施", "“问题” 导出时是 “物流延迟”，这一列不能改"),
        ({"记录": "M77"}, "措施", "登记库里没有 “M77” 的第 1 版"),
        ({"版本": None, "实施效果": "好"}, "措施", "编号 “M01” 已经用过，这一行却没有 “版本”"),
        ({"版本": "新"}, "措施", "登记库里没有 “M01” 的第 新 版"),
        ({"回访评分": 6}, "回访", "回访 第 2 行：“回访评分” 应是 1–5 的数字，现在是 “6”"),
        ({"回访评分": "很好"}, "回访", "“回访评分” 应是 1–5 的数字，现在是 “很好”"),
        (
            {"完成百分比": 120},
            "进展",
            "进展 第 2 行：“完成百分比” 应是0–100 的数，例如 50 或 50%，现在是 “120”",
        ),
        ({"反馈ID": "F2"}, "回访", "“反馈ID” 导出时是 “F1”，这一列不能改"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_sheet_and_row(books, cells, sheet, says):
    before = stands(books.params)
    books.fill("王敏", cells, sheet=sheet)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words
    assert stands(books.params) == before


def moved(book):
    sheet = book["措施"]
    sheet.insert_rows(2, 3)
    sheet.insert_cols(3)
    sheet.cell(1, 3, "我的备注")
    sheet.cell(5, 3, "随便写")


def test_inserted_rows_and_columns_and_a_sorted_sheet_are_no_matter(books):
    books.edit("王敏", moved)
    books.fill("王敏", {"实施效果": "好"}, row=5)
    assert books.take("王敏")[0] == 0 and books.measure().result == "好"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda book: book["措施"].delete_cols(9), "措施 缺少列 “计划完成”"),
        (lambda book: book["措施"].merge_cells("B2:B4"), "措施 第 2–4 行有合并的单元格"),
        (lambda book: book.remove(book["回访"]), "没有工作表 “回访”"),
        (lambda book: book["措施"].delete_rows(1), "措施 没有表头 “记录”"),
        (lambda book: book["措施"].cell(1, 2, "记录"), "缺少列 “问题”"),
        (lambda book: twice(book["措施"]), "措施 第 3 行：“M01” 在 措施 第 2 行 已经有了"),
    ],
)
def test_a_broken_shape_is_told(books, change, says):
    books.edit("王敏", change)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words


def test_a_formula_nobody_has_computed_empties_nothing(books):
    """A program that writes =B2 and stores no value leaves a cell that reads as emptied."""
    books.fill("王敏", {"实施效果": "好"})
    assert books.take("王敏")[0] == 0
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    books.fill("王敏", {"实施效果": "=B2"})
    code, words = books.take("王敏")
    assert code == 3 and "措施 第 2 行的 " in words and "2 是公式，文件里没有算出的值" in words
    assert books.measure().result == "好"


def twice(sheet):
    for column in range(1, sheet.max_column + 1):
        sheet.cell(3, column, sheet.cell(2, column).value)


def test_a_new_measure_is_written_in_a_free_row(books):
    new = {"记录": "M09", "问题": "服务态度", "改进目标": "少投诉", "具体措施": "培训", "责任人": "王敏"}
    days = {"责任部门": "客服部", "计划开始": "2026-10-01", "计划完成": "2026-11-01"}
    books.fill("王敏", {**new, **days}, row=4)
    assert books.take("王敏")[0] == 0
    assert [m.id for m in stands(books.params).measures] == ["M01", "M02", "M09"]
    books.fill("李强", {"具体措施": "没有编号"}, row=5)
    assert "措施 第 5 行：没有写 “记录”" in books.take("李强")[1]


def test_progress_is_written_in_a_free_row_one_a_day(books):
    new = {"方案编号": "M01", "日期": "2026/4/15", "完成百分比": 80, "进展": "试运行"}
    books.fill("王敏", new, row=3, sheet="进展")
    assert books.take("王敏")[0] == 0
    told = [(str(entry.at), entry.percent) for entry in stands(books.params).progress]
    assert told == [("2026-04-01", 50), ("2026-04-15", 80)]
    assert "导入 0 处" in books.take("王敏")[1]  # once more: it stands already
    books.fill("王敏", {"完成百分比": 90}, row=3, sheet="进展")
    assert "进展 第 3 行：进展 M01/2026-04-15：王敏 已于" in books.take("王敏")[1]


def test_a_deleted_row_and_a_deleted_sheet_row_leave_the_measure_alone(books):
    books.edit("王敏", lambda book: book["措施"].delete_rows(2))
    assert books.take("王敏")[0] == 0 and books.measure().owner == "王敏"


def test_workbooks_guard_their_keys_and_offer_the_right_answers(books):
    book = openpyxl.load_workbook(books.path("王敏"))
    sheet = book["措施"]
    columns = sheet.column_dimensions.values()

    def look(cell):  # an empty cell looks like its column
        return cell if cell.has_style else next(c for c in columns if c.min <= cell.column <= c.max)

    locked = {head.value: look(sheet.cell(2, head.column)).protection.locked for head in sheet[1]}
    assert sheet.protection.sheet and not locked["实施效果"]
    assert all(locked[label] for label in ("记录", "问题", "根因", "版本"))
    lists = {str(rule.sqref).split("2:")[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert '"未完成,已完成,取消"' in lists.values() and '"李强,王敏"' in lists.values()
    assert "voc plan import params.yaml" in "".join(str(cell.value) for cell in book["填写说明"]["A"])
    days = (books.folder / "改进计划_王敏.ics").read_text("utf-8")
    assert "DTSTART;VALUE=DATE:20260430" in days


def test_a_workbook_for_each_department_and_none_replaced(filled, call, tmp_path):
    assert call("plan", "export", filled, tmp_path / "d", "--per", "department")[0] == 0
    assert sorted(path.name for path in (tmp_path / "d").glob("*.xlsx")) == [
        "改进计划_仓储部.xlsx",
        "改进计划_运营部.xlsx",
    ]
    code, words = call("plan", "export", filled, tmp_path / "d", "--per", "department")
    assert code == 2 and "为了不覆盖填好的内容" in words


def test_words_that_look_like_formulas_come_back_as_words(books, rewritten):
    words = '=HYPERLINK("http://x")'
    changed = stands(books.params).model_dump(mode="json", exclude_defaults=True)["measures"]
    changed[0]["result"] = words
    books.call("knowledge", "import", books.params, rewritten(measures=changed))
    assert books.call("plan", "export", books.params, books.folder / "again")[0] == 0
    books.folder /= "again"
    assert openpyxl.load_workbook(books.path("王敏"))["措施"]["O2"].data_type == "s"
    assert books.take("王敏")[0] == 0 and books.measure().result == words


def test_a_plan_in_a_file_is_not_handed_out(shop, call, tmp_path):
    code, words = call("plan", "export", shop, tmp_path / "out")
    assert code == 2 and "报告仍以文件 knowledge.yaml 为准" in words and "voc knowledge import" in words


@pytest.mark.parametrize(
    ("cell", "came"), [(0.5, "现在是 “0.5”"), (1, "现在是 “1”"), ("50%", 50), (60, 60), ("0", 0)]
)
def test_half_done_is_never_half_a_per_cent(filled, call, tmp_path, cell, came):
    """A cell in which somebody wrote 50% holds .5."""
    call("plan", "export", filled, tmp_path / "out")
    books = Books(filled, tmp_path / "out", call)
    books.fill("王敏", {"方案编号": "M01", "日期": "2026-05-01", "完成百分比": cell}, row=3, sheet="进展")
    code, words = books.take("王敏")
    if isinstance(came, str):
        assert code == 3 and "“完成百分比” 应是0–100 的数，例如 50 或 50%" in words and came in words
    else:
        assert code == 0 and stands(filled).progress[-1].percent == came


def test_a_title_merged_above_the_header_does_no_harm(filled, call, tmp_path):
    call("plan", "export", filled, tmp_path / "out")
    books = Books(filled, tmp_path / "out", call)
    book = openpyxl.load_workbook(books.path("王敏"))
    book["措施"].insert_rows(1)
    book["措施"].merge_cells("A1:F1")
    book["措施"]["A1"] = "王敏 9 月"
    book.save(books.path("王敏"))
    assert books.take("王敏")[0] == 0


def test_stages_and_a_second_round_come_back_and_every_change_is_kept(books):
    days = {"试点开始": "2026-06-01", "试点结束": "2026/6/30"}
    pilot = {"试点条件": "地区=华东", "对照条件": "地区＝华南", **days}
    books.fill("王敏", {"评审结论": "通过", "评审人": "评审会", "评审日期": "2026-02-20", **pilot})
    cells = {"责任人": "王敏", "责任部门": "仓储部", "计划开始": "2026-05-01", "计划完成": "2026-06-30"}
    cells |= {"问题": "物流延迟", "改进目标": "降到 8%", "具体措施": "换承运商"}
    books.fill("王敏", {"记录": "M01 第 2 轮", **cells, "上一轮没有成的原因": "招不到人"}, row=3)
    code, said = books.take("王敏")
    assert code == 0 and "导入 2 处" in said
    first, second = (m for m in stands(books.params).measures if m.id == "M01")
    tried = first.stages.pilot
    assert (tried.scope, tried.comparison) == ({"region": "华东"}, {"region": "华南"})
    assert (str(first.review.at), second.round, second.failure) == ("2026-02-20", 2, "招不到人")
    log = books.call("knowledge", "log", books.params)[1]
    assert "修改\t措施\tM01\t" in log and "stages：" in log and "新增\t措施\tM01 第2轮" in log
    assert books.call("plan", "export", books.params, books.folder / "again")[0] == 0
    books.folder /= "again"
    assert "导入 0 处" in books.take("王敏")[1]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"试点条件": "华东"}, "“试点条件” 应是筛选条件，例如 地区=华东"),
        (
            {"试点条件": "地域=华东"},
            "“试点条件” 没有列 “地域”",
        ),
        ({"试点条件": "地区=华东"}, "“试点开始” 缺少试点开始日期"),
        ({"判定": "通过", "判定日期": "2026-07-01"}, "写了判定，却没有写试点"),
        ({"固化日期": "2026-07-01"}, "没有写制度文件"),
    ],
)
def test_a_stage_that_cannot_be_is_named_with_its_row(books, cells, says):
    books.fill("王敏", cells)
    code, words = books.take("王敏")
    assert code == 3 and "措施 第 2 行" in words and says in words


LATER = [field.label for field in MEASURES.fields if field.later]


def older(book):
    """The workbook as it was handed out before there were stages and messages."""
    sheet = book["措施"]
    heads = [cell.value for cell in sheet[1]]
    for label in reversed(LATER):
        sheet.delete_cols(heads.index(label) + 1)
        heads.remove(label)
    book.remove(book["沟通"])


def test_a_workbook_from_before_stages_is_taken_and_leaves_them_as_they_are(books):
    pilot = {"试点条件": "地区=华东", "试点开始": "2026-06-01", "试点结束": "2026-06-30"}
    books.fill("王敏", {"评审结论": "通过", "评审日期": "2026-02-20", **pilot})
    assert books.take("王敏")[0] == 0
    call, books.folder = books.call, books.folder / "new"
    call("plan", "export", books.params, books.folder)
    books.edit("王敏", older)
    books.fill("王敏", {"实施效果": "积压减半"})
    code, words = books.take("王敏")
    assert code == 0 and "导入 1 处" in words and words.count("它是较早导出的") == 1
    assert "没有工作表 “沟通”；措施 的列 “评审人”、“评审日期”" in words and "保持不变" in words
    measure = books.measure()
    assert (measure.result, str(measure.review.at)) == ("积压减半", "2026-02-20")
    assert measure.stages.pilot.scope == {"region": "华东"}


def copied(book, **cells):
    """A copy of the measures beside them, as somebody keeps one, with something else written in it."""
    sheet = book.copy_worksheet(book["措施"])
    sheet.title = "措施 (2)"
    heads = [cell.value for cell in sheet[1]]
    for label, value in cells.items():
        sheet.cell(2, heads.index(label) + 1).value = value


def test_a_copy_of_a_sheet_does_no_harm_and_one_that_was_written_in_is_told(books):
    books.edit("王敏", copied)
    assert "导入 0 处" in books.take("王敏")[1]
    books.edit("王敏", lambda book: (book.remove(book["措施 (2)"]), copied(book, 实施效果="积压减半")))
    code, words = books.take("王敏")
    assert code == 3 and "工作表 “措施 (2)” 是 “措施” 的副本，内容却不同" in words


def test_a_column_of_ones_own_is_not_taken_and_said(books):
    books.edit("王敏", moved)
    assert "自己加的列不导入：措施 的列 “我的备注”" in books.take("王敏")[1]
    assert "自己加的列" not in books.take("李强")[1]


def test_days_that_may_not_change_are_shown_as_days(books):
    assert openpyxl.load_workbook(books.path("王敏"))["进展"]["C2"].is_date


def test_steps_and_the_metric_of_a_measure_are_filled_in_too(books):
    metric = {"指标": "占比", "问题类型": "物流延迟", "指标范围": "地区=华东", "目标值": 0.12}
    windows = {"改进前": "2026-01-01..2026-02-28", "改进后": "2026-12", "同期对照": "地区=华南"}
    books.fill("李强", {"步骤": "招聘 12 人；上线分拣线\n试跑", **metric, **windows})
    code, words = books.take("李强")
    assert code == 0 and "导入 1 处" in words, words
    measure = books.measure("M02")
    assert measure.steps == ["招聘 12 人", "上线分拣线", "试跑"] and measure.metric.category == "物流延迟"
    assert measure.metric.where == {"region": "华东"} and measure.comparison == {"region": "华南"}
    assert (measure.target, measure.before, measure.after) == (0.12, "2026-01-01..2026-02-28", "2026-12")
    assert measure.trial


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"指标": "占比", "目标值": 0.1, "改进前": "2026-01", "改进后": "2026-12"}, "“问题类型”"),
        ({"指标": "占比", "问题类型": "物流延迟"}, "措施 第 2 行：“改进后” 写了 metric 就要同时写"),
        ({"改进前": "去年"}, "措施 第 2 行：“改进前”"),
        ({"同期对照": "华南"}, "措施 第 2 行：“同期对照” 应是"),
    ],
)
def test_a_metric_of_a_measure_that_cannot_be_is_named(books, cells, says):
    books.fill("李强", cells)
    code, words = books.take("李强")
    assert code == 3 and says in words
