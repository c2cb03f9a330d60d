"""The plan in Excel: handed out, filled in by several people, taken back all or nothing."""

import openpyxl
import pandas as pd
import pytest
import yaml

from benchmarks import bench_exchange
from benchmarks.bench_exchange import timed
from tests.exchange.conftest import stands
from voc_lib import params, schema, workcal
from voc_lib.clean import privacy
from voc_lib.collect import archive
from voc_lib.exchange import calls
from voc_lib.exchange.cells import plain, shown
from voc_lib.exchange.fields import GOALS, MEASURES
from voc_lib.knowledge import Revisit
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table


@pytest.fixture
def books(filled, call, tmp_path):
    """Workbooks handed out to two owners."""
    assert call("plan", "export", filled, tmp_path / "out")[0] == 0
    return Books(filled, tmp_path / "out", call)


class Books:
    def __init__(self, params, folder, call):
        self.params, self.folder, self.call = params, folder, call

    def path(self, who):
        return self.folder / f"改进计划_{who}.xlsx"

    def edit(self, who, change):
        book = openpyxl.load_workbook(self.path(who))
        change(book)
        book.save(self.path(who))

    def fill(self, who, cells, *, row=2, sheet="措施"):
        def change(book):
            heads = [cell.value for cell in book[sheet][1]]
            for label, value in cells.items():
                book[sheet].cell(row, heads.index(label) + 1).value = value

        self.edit(who, change)

    def take(self, *people, by="王敏"):
        return self.call("plan", "import", self.params, *map(self.path, people), "--by", by)

    def measure(self, number="M01"):
        return stands(self.params).measure(number)


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


EFFECT = {"measure_id": "M01", "action": "增设晚班", "metric": "占比", "verdict": "未达标"}
EFFECT |= {"next_step": "回到根因分析", "watch": "复发", "slipped": "2026-10"}


@pytest.fixture
def archived(filled):
    """The archive holds F1 and F2, and F3 whom the customer took back; F2 waits for a call."""
    settings = params.load(filled)
    rows = {"feedback_id": ["F1", "F2", "F3"], "created_at": pd.Timestamp("2026-03-02"), "text": "慢"}
    about = {"channel": "电话", "source": "工单", "file": "a.csv", "line": 2}
    about["status"] = ["已办结", None, "已撤销"]
    frame = schema.shape(pd.DataFrame({**rows, **about}), schema.HISTORY)
    archive.write(frame, settings.outputs / "archive" / "小店")
    call = {"measure_id": "M01", "customer_id": "C2", "feedback_ids": "F0、F2", "text": "慢"}
    call["reason"] = "待回访"
    table = pd.DataFrame([call, {**call, "customer_id": "C1", "feedback_ids": "F1"}]).assign(
        created_at=pd.Timestamp("2026-03-02")
    )
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(table, schema.FOLLOWUPS), folder / "followups.parquet")
    return filled


def test_customers_to_call_are_listed_and_their_scores_come_back(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    rows = list(openpyxl.load_workbook(books.path("王敏"))["回访"].values)
    assert [row[2] for row in rows[1:]] == ["F1", "F2"]
    assert rows[2][4:8] == ("C2", "2026-03-02 00:00", "慢", "待回访")
    books.fill("王敏", {"回访评分": 3, "备注": "还行"}, row=3, sheet="回访")
    assert books.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F2", 3)]


def test_a_call_nobody_answered_does_not_count_and_is_listed_again(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    books.fill("王敏", {"备注": "没人接"}, row=3, sheet="回访")
    code, words = books.take("王敏")
    assert code == 3 and "回访 第 3 行：没有写 “回访评分”；没有评分时请选 “回访情况”" in words
    books.fill("王敏", {"回访情况": "联系不上"}, row=3, sheet="回访")
    assert books.take("王敏")[0] == 0
    call("plan", "export", archived, tmp_path / "again")
    again = Books(archived, tmp_path / "again", call)
    rows = listed(again, "王敏")
    assert [(row["反馈ID"], row["客户编号"], row["回访情况"]) for row in rows] == [("F2", "C2", "联系不上")]
    again.fill("王敏", {"回访评分": 4, "回访情况": "已回访"}, row=3, sheet="回访")
    assert again.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F2", 4)]


def test_after_a_relapse_who_was_called_before_is_called_once_more(archived, call, tmp_path):
    """A new row: the score of the call before stays what it was."""
    effects = schema.shape(pd.DataFrame([EFFECT]), schema.EFFECTS)
    write_table(effects, runs.published_folder(params.load(archived)) / "tables" / "effects.parquet")
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    rows = listed(books, "王敏")
    assert [(row["记录"], row["反馈ID"], row["回访评分"]) for row in rows] == [
        ("M01/F2", "F2", None),
        ("M01/F1#2", "F1", None),
    ]
    books.fill("王敏", {"回访评分": 2, "回访日期": "2026-11-03"}, row=4, sheet="回访")
    assert books.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F1", 2)]
    call("plan", "export", archived, tmp_path / "later")
    assert [row["反馈ID"] for row in listed(Books(archived, tmp_path / "later", call), "王敏")] == ["F2"]


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


def test_a_customer_listed_twice_is_told(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    for row in (3, 4):
        books.fill("王敏", {"方案编号": "M01", "反馈ID": "F2", "回访评分": 3}, row=row, sheet="回访")
    assert "回访 第 4 行：“M01/F2” 在 回访 第 3 行 已经有了" in books.take("王敏")[1]


@pytest.fixture
def waiting(filled):
    """Three customers wait for a call or word of M01; the archive knows whose words are whose."""
    settings = params.load(filled)
    rows = {
        "feedback_id": ["F3", "F2", "F1"],
        "customer_id": ["C1", "C2", "C3"],
        "text": "慢",
        "file": "a.csv",
    }
    about = {"channel": "电话", "source": "工单", "line": 2, "created_at": pd.Timestamp("2026-03-02")}
    archive.write(schema.shape(pd.DataFrame({**rows, **about}), schema.HISTORY), settings.archive)
    table = pd.DataFrame({**rows, "measure_id": "M01"}).rename(columns={"feedback_id": "feedback_ids"})
    table = table.assign(
        created_at=about["created_at"], reason="待回访", phase="改后", message="好了", state="待告知"
    )
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(table[:2], schema.FOLLOWUPS), folder / "followups.parquet")
    write_table(schema.shape(table, schema.TELLING), folder / "telling.parquet")
    return filled


def turned(sheet, label):
    """Nothing; one column of the sheet is sorted the other way, all others stay where they were."""
    column = [cell.value for cell in sheet[1]].index(label) + 1
    cells = [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]
    filled = [cell for cell in cells if cell.value is not None]
    for cell, value in zip(filled, [cell.value for cell in filled][::-1], strict=True):
        cell.value = value


@pytest.mark.parametrize("sheet", ["回访", "沟通"])
@pytest.mark.parametrize("label", ["反馈ID", "客户编号", "记录"])
def test_a_column_sorted_alone_is_told_with_its_rows(waiting, call, tmp_path, sheet, label):
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    before = stands(waiting)
    for row in (3, 4):
        said = {"回访评分": 3} if sheet == "回访" else {"沟通情况": "已告知", "沟通日期": "2026-05-08"}
        books.fill("王敏", said, row=row, sheet=sheet)
    books.edit("王敏", lambda book: turned(book[sheet], label))
    code, words = books.take("王敏")
    assert code == 3 and f"{sheet} 第 4 行：" in words and f"“{label}”" in words
    assert "对不上" in words or "不是这一行" in words or "导出时是" in words
    assert stands(waiting) == before


def test_half_a_sheet_of_customers_to_call_sorted_without_the_other_is_told(waiting, call, tmp_path):
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    books.fill("王敏", {"回访评分": 2}, row=3, sheet="回访")

    def half(book):
        for label in ("记录", "反馈ID", "客户编号", "反馈时间", "问题描述"):
            turned(book["回访"], label)

    before = stands(waiting)
    books.edit("王敏", half)
    code, words = books.take("王敏")
    assert (
        code == 3 and "回访 第 2 行：“记录” 不是这一行的，是 回访 第 4 行 导出时的；可能只排了一列" in words
    )
    assert stands(waiting) == before


def test_a_workbook_without_keys_is_held_against_whose_feedback_it_is(waiting, call, tmp_path):
    """As they were handed out before."""
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    for row in (2, 3, 4):
        said = {"记录": None, "沟通情况": "已告知", "沟通日期": "2026-05-08"}
        books.fill("王敏", said, row=row, sheet="沟通")
    books.edit("王敏", lambda book: turned(book["沟通"], "反馈ID"))
    code, words = books.take("王敏")
    told = "“反馈ID” 不是这一行 “客户编号” 的反馈；可能只排了一列"
    assert code == 3 and "有 2 处不能保存" in words
    assert f"沟通 第 2 行：沟通 M01/F1/改后：{told}" in words and "沟通 第 4 行：沟通 M01/F3/改后" in words


@pytest.mark.parametrize(("ident", "says"), [("F9", "没有这条反馈"), ("F3", "已由客户撤回，不能计入回访")])
def test_a_call_about_unknown_or_withdrawn_feedback_is_refused(archived, call, tmp_path, ident, says):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    books.fill("王敏", {"方案编号": "M01", "反馈ID": ident, "回访评分": 3}, row=5, sheet="回访")
    code, words = books.take("王敏")
    assert code == 3 and f"回访 第 5 行：回访 M01/{ident}：" in words and says in words
    assert len(stands(archived).revisits) == 1


def test_200_measures_and_5000_calls_go_out_and_come_back_about_as_quickly_as_bare_cells(
    filled, call, tmp_path
):
    measure = stands(filled).measure("M02").model_dump(mode="json", exclude_defaults=True)
    measures = [{**measure, "id": f"P{n:03d}"} for n in range(200)]
    visits = [{"measure": f"P{n % 200:03d}", "feedback_id": f"F{n}", "score": 1 + n % 5} for n in range(5000)]
    file = tmp_path / "many.yaml"
    text = yaml.dump({"measures": measures, "revisits": visits}, Dumper=yaml.CSafeDumper, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    assert call("knowledge", "import", filled, file, "--replace")[0] == 0
    told = []
    out = timed(lambda: told.append(call("plan", "export", filled, tmp_path / "out")))
    books = Books(filled, tmp_path / "out", call)
    books.fill("李强", {"回访评分": 5}, sheet="回访")
    back = timed(lambda: told.append(books.take("李强")))
    assert told[0][0] == 0 and told[1][0] == 0 and "导入 1 处，5199 行没有改动" in told[1][1]
    plain = tmp_path / "plain.xlsx"
    write, read = timed(lambda: bench_exchange.write(plain)), timed(lambda: bench_exchange.read(plain))
    assert out < 6 * write and back < 4 * read, (out, write, back, read)


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


@pytest.fixture
def untold(archived):
    """F2's customer is to be told of M01 before the change."""
    row = {"measure_id": "M01", "phase": "改前", "customer_id": "C2", "feedback_ids": "F0、F2", "text": "慢"}
    table = pd.DataFrame([{**row, "message": "您反映的物流延迟正在改进", "state": "待告知"}])
    folder = runs.published_folder(params.load(archived)) / "tables"
    write_table(schema.shape(table, schema.TELLING), folder / "telling.parquet")
    return archived


def test_a_plan_is_handed_out_while_nobody_is_to_be_called_or_told(untold, call, tmp_path):
    folder = runs.published_folder(params.load(untold)) / "tables"
    for name, spec in (("followups", schema.FOLLOWUPS), ("telling", schema.TELLING)):
        write_table(schema.shape(pd.DataFrame(), spec), folder / f"{name}.parquet")
    assert call("plan", "export", untold, tmp_path / "out")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "out" / "改进计划_王敏.xlsx")["措施"]["A2"].value == "M01"


def test_customers_to_tell_are_listed_and_what_came_of_it_is_kept(untold, call, tmp_path):
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    listed = list(openpyxl.load_workbook(books.path("王敏"))["沟通"].values)
    assert listed[1][:8] == ("M01/F2/改前", "M01", "F2", "改前", "C2", None, "慢", "您反映的物流延迟正在改进")
    assert "导入 0 处" in books.take("王敏")[1]
    books.fill("王敏", {"沟通情况": "已告知", "沟通日期": "2026-05-08"}, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1]
    (kept,) = stands(untold).messages
    assert (kept.measure, kept.feedback_id, kept.phase, kept.state) == ("M01", "F2", "改前", "已告知")
    again = tmp_path / "again"
    call("plan", "export", untold, again)
    books.folder = again
    books.fill("王敏", {"沟通情况": "已回复", "客户的回复": "谢谢"}, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1]
    assert (stands(untold).messages[0].state, stands(untold).messages[0].note) == ("已回复", "谢谢")
    books.fill("王敏", {"沟通情况": "不想说"}, sheet="沟通")
    assert "沟通 第 2 行：“沟通情况” 应是待告知、已告知、已回复" in books.take("王敏")[1]


def test_a_plan_about_a_system_speaks_of_employees_and_is_taken_in_either_words(untold, call, tmp_path):
    untold.write_text(f"subject: crm\n{untold.read_text(encoding='utf-8')}", encoding="utf-8")
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    heads = [cell.value for cell in openpyxl.load_workbook(books.path("王敏"))["沟通"][1]]
    assert "员工编号" in heads and "员工的回复" in heads and not [head for head in heads if "客户" in head]
    filled = {"沟通情况": "已回复", "沟通日期": "2026-05-08", "员工的回复": "谢谢"}
    books.fill("王敏", filled, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1] and stands(untold).messages[0].note == "谢谢"
    again = Books(untold, tmp_path / "again", call)
    call("plan", "export", untold, again.folder)
    again.edit("王敏", lambda book: renamed(book["沟通"], "员工的回复", "客户的回复"))
    again.fill("王敏", {"客户的回复": "多谢"}, sheet="沟通")
    assert "导入 1 处" in again.take("王敏")[1] and stands(untold).messages[0].note == "多谢"


def renamed(sheet, old, new):
    (cell,) = (cell for cell in sheet[1] if cell.value == old)
    cell.value = new


def test_a_message_to_unknown_feedback_is_refused(untold, call, tmp_path):
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    new = {"方案编号": "M01", "反馈ID": "F9", "阶段": "改后", "沟通情况": "已告知"}
    books.fill("王敏", new, row=5, sheet="沟通")
    code, words = books.take("王敏")
    assert code == 3 and "沟通 M01/F9/改后：没有这条反馈" in words and not stands(untold).messages


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


PHONES = {"K1": "13955550001", "K2": "13955550002"}


@pytest.fixture
def called(filled):
    """A call list of 30 customers of M01 and M02, of whom K1 waits for both; a file says who they are."""
    settings = params.load(filled)
    key = privacy.load_key(settings.outputs / ".keys")
    ids = [f"K{n}" for n in range(1, 31)]
    rows = pd.DataFrame({"measure_id": "M01", "customer_id": ids, "feedback_ids": [f"A{i}" for i in ids]})
    other = rows.head(1).assign(measure_id="M02", feedback_ids="B1")
    unknown = rows.head(1).assign(customer_id=None, feedback_ids="A0")
    rows = pd.concat([rows, other, unknown], ignore_index=True)
    rows = rows.assign(customer_id=privacy.pseudonyms(rows["customer_id"], key), text="慢", reason="待回访")
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(rows, schema.FOLLOWUPS), folder / "followups.parquet")
    lines = "".join(f"{ident},张三,{phone}\n" for ident, phone in PHONES.items())
    secret = filled.with_name("联系方式.csv")
    secret.write_text(f"客户编号,姓名,电话\n{lines}", encoding="utf-8")
    secret.chmod(0o600)
    with filled.open("a", encoding="utf-8") as file:
        file.write("contacts: {path: 联系方式.csv}\n")
    return filled


def listed(books, who, sheet="回访"):
    """The rows of a sheet that are about a customer, by header."""
    heads, *rows = openpyxl.load_workbook(books.path(who))[sheet].values
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    return [row for row in found if row["客户编号"]]


def test_an_owner_has_no_more_calls_a_week_than_the_cap_spread_over_working_days(called, call, tmp_path):
    assert call("plan", "export", called, tmp_path / "out", "--a-week", 10)[0] == 0
    rows = listed(Books(called, tmp_path / "out", call), "王敏")
    days = [row["回访安排"] for row in rows]
    assert len(rows) == 10 and days == sorted(days)
    assert sorted(pd.Series(days).value_counts()) == [2, 2, 2, 2, 2]
    assert all(workcal.working(pd.Timestamp(day).date()) for day in days)
    held = (tmp_path / "out" / "改进计划_王敏.ics").read_text(encoding="utf-8")
    for day in set(days):
        assert f"DTSTART;VALUE=DATE:{day.replace('-', '')}\n" in held
    assert held.count("SUMMARY:回访 2 位客户（王敏）") == 5


def test_a_customer_is_called_about_one_measure_and_nobody_without_an_id(called, call, tmp_path):
    call("plan", "export", called, tmp_path / "out", "--a-week", 99)
    books = Books(called, tmp_path / "out", call)
    ids = [row["客户编号"] for who in ("王敏", "李强") for row in listed(books, who)]
    assert len(ids) == len(set(ids)) == 30 and not listed(books, "李强")


def test_calls_made_this_week_count_and_who_was_called_lately_rests(called):
    today, owners = pd.Timestamp("2026-09-30").date(), {"M01": "王敏", "M02": "李强"}
    visits = [Revisit(measure="M01", feedback_id="AK1", at="2026-09-29")]
    found = stands(called).model_copy(update={"revisits": visits})
    rows = calls.waiting(params.load(called), found, today=today)
    assert len(rows) == 29 and set(rows["measure_id"]) == {"M01"}
    made = calls.made(visits, owners, today=today)
    assert len(calls.spread(rows, owners, today=today, a_week=10, made=made)) == 9
    later = calls.waiting(params.load(called), found, today=pd.Timestamp("2027-03-01").date())
    assert later["measure_id"].tolist().count("M02") == 1


def test_contacts_are_joined_only_when_asked_for_and_reach_no_output(called, call, tmp_path):
    call("plan", "export", called, tmp_path / "plain")
    assert "联系方式" not in listed(Books(called, tmp_path / "plain", call), "王敏")[0]
    assert call("plan", "export", called, tmp_path / "out", "--contacts")[0] == 0
    books = Books(called, tmp_path / "out", call)
    assert [row["联系方式"] for row in listed(books, "王敏")][:3] == [*PHONES.values(), None]
    assert books.path("王敏").stat().st_mode & 0o077 == 0
    books.fill("王敏", {"回访评分": 5, "回访日期": "2026-05-08"}, row=3, sheet="回访")
    assert "导入 1 处" in books.take("王敏")[1]
    left = b"".join(p.read_bytes() for p in (called.parent / "outputs").rglob("*") if p.is_file())
    assert len(left) > 10_000 and not [phone for phone in PHONES.values() if phone.encode() in left]
    log = call("knowledge", "log", called)[1]
    assert not [phone for phone in PHONES.values() if phone in log]


def test_contacts_others_can_read_or_within_outputs_are_refused(called, call, tmp_path):
    inside = called.parent / "outputs" / "小店"
    code, words = call("plan", "export", called, inside, "--contacts")
    assert code == 2 and "在输出文件夹里" in words and not list(inside.glob("*.xlsx"))
    called.with_name("联系方式.csv").chmod(0o644)
    code, words = call("plan", "export", called, tmp_path / "out", "--contacts")
    assert code == 3 and "联系方式.csv 其他用户也能读取" in words and not (tmp_path / "out").exists()


def test_contacts_nobody_named_are_asked_for(filled, call, tmp_path):
    code, words = call("plan", "export", filled, tmp_path / "out", "--contacts")
    assert code == 2 and "没有写 contacts" in words


GOAL = {"目标名称": "物流延迟降到 12%", "指标": "占比", "问题类型": "物流延迟", "目标值": 0.12}
DECIDED = {"日期": "2026/4/6", "决定": "换承运商", "负责人": "王敏", "何时前": "2026-04-20"}
MEETING = {
    "目标": {**GOAL, "负责人": "王敏", "期限": "2026-12-31"},
    "会议决定": {**DECIDED, "方案编号": "M01"},
    "事件": {"日期": "2026-05-06", "事件": "分拣线停机"},
}


def test_a_metric_by_the_name_it_had_in_an_older_workbook_is_taken(books):
    older = {"目标名称": "办得更快", "指标": "处理时长", "目标值": 24, "负责人": "王敏", "期限": "2026-12-31"}
    books.fill("王敏", older, sheet="目标")
    assert books.take("王敏")[0] == 0
    assert [goal.metric.kind for goal in stands(books.params).goals] == ["handling_hours"]


def test_a_big_number_goes_out_whole_and_is_told_from_the_next():
    goal = {"name": "按时", "target": 1234567.0}
    assert shown(GOALS, goal)["目标值"] == "1234567"
    target = next(field for field in GOALS.fields if field.label == "目标值")
    assert plain(target, "1234567.0") == "1234567" != plain(target, "1234568")


def test_goals_decisions_and_incidents_go_out_and_come_back(books):
    for sheet, cells in MEETING.items():
        books.fill("王敏", cells, sheet=sheet)
    code, words = books.take("王敏")
    assert code == 0 and "导入 3 处" in words
    held = stands(books.params)
    (goal,), (decision,), (incident,) = held.goals, held.decisions, held.incidents
    assert (goal.metric.kind, goal.metric.category, goal.target) == ("share", "物流延迟", 0.12)
    assert (str(decision.at), decision.owner, decision.measure) == ("2026-04-06", "王敏", "M01")
    assert (incident.incident, incident.until) == ("分拣线停机", None)
    assert "导入 0 处" in books.take("王敏")[1]
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    assert openpyxl.load_workbook(books.path("李强"))["会议决定"]["B2"].value is None
    assert openpyxl.load_workbook(books.path("李强"))["事件"]["C2"].value == "分拣线停机"
    books.fill("王敏", {"办完日期": "2026-04-18"}, sheet="会议决定")
    books.fill("王敏", {"目标值": 0.1}, sheet="目标")
    assert "导入 2 处" in books.take("王敏")[1]
    held = stands(books.params)
    assert (str(held.decisions[0].done), held.goals[0].target) == ("2026-04-18", 0.1)


def test_an_incident_is_withdrawn_by_an_emptied_row_and_not_by_half_of_one(books):
    books.fill("王敏", MEETING["事件"], sheet="事件")
    assert books.take("王敏")[0] == 0
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    sheet = openpyxl.load_workbook(books.path("李强"))["事件"]
    assert not sheet["B2"].protection.locked and not sheet["C2"].protection.locked
    books.fill("李强", {"日期": None}, sheet="事件")
    assert "这一列不能改" in books.take("李强")[1]
    books.fill("李强", {"日期": None, "事件": None}, sheet="事件")
    assert "导入 1 处" in books.take("李强")[1]
    assert stands(books.params).incidents == []


def test_who_left_is_entered_in_a_workbook_and_gets_nothing_new(books):
    books.fill("王敏", {"姓名": "李强", "不在的日期": "2026-04-01", "接手人": "王敏"}, sheet="离岗")
    assert books.take("王敏")[0] == 0
    (left,) = stands(books.params).departures
    assert (left.owner, str(left.at), left.successor) == ("李强", "2026-04-01", "王敏")
    books.folder /= "again"
    assert books.call("plan", "export", books.params, books.folder)[0] == 0
    books.fill("王敏", {**DECIDED, "负责人": "李强"}, sheet="会议决定")
    code, words = books.take("王敏")
    assert code == 3 and "会议决定 第 2 行：决定 2026-04-06/换承运商：负责人 李强" in words
    assert stands(books.params).decisions == []


@pytest.mark.parametrize(
    ("sheet", "cells", "says"),
    [
        ("目标", {"指标": "好评"}, "目标 第 2 行：“指标” 应是占比、"),
        ("目标", {"问题类型": None}, "目标 第 2 行：“指标” 占比 需要 “问题类型”"),
        ("会议决定", {"负责人": None}, "会议决定 第 2 行：“负责人” 缺少负责人"),
        ("会议决定", {"何时前": "2026-04-01"}, "早于作决定的 2026-04-06"),
        ("事件", {"日期": None}, "事件 第 2 行：没有写 “日期”"),
    ],
)
def test_a_goal_decision_or_incident_that_cannot_be_is_named(books, sheet, cells, says):
    books.fill("王敏", {**MEETING[sheet], **cells}, sheet=sheet)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words


def test_voc_check_says_whether_stages_are_in_their_order(books):
    assert "措施阶段：次序和日期都对得上" in books.call("check", books.params)[1]
    pilot = {"试点条件": "地区=华东", "试点开始": "2026-06-01", "试点结束": "2026-06-30"}
    books.fill("王敏", {**pilot, "推广日期": "2026-07-05"})
    assert "措施 M01：写了推广 2026-07-05，试点却没有判定" in books.take("王敏")[1]
    books.fill("王敏", {"判定": "通过", "判定日期": "2026-07-09", "判定人": "评审会"})
    assert books.take("王敏")[0] == 0
    said = books.call("check", books.params)[1]
    assert "措施阶段：注意：M01" in said and "推广" in said.split("措施阶段：")[1].split("\n")[0]


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


def test_a_calendar_holds_what_else_a_person_has_to_do(books, call, tmp_path):
    stones = 'milestones:\n  - {name: 发布月报, due: "2026-10-10", owner: 王敏}\n'
    books.params.write_text(books.params.read_text(encoding="utf-8") + stones, encoding="utf-8")
    assert call("plan", "export", books.params, tmp_path / "later")[0] == 0
    held = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "later").glob("*.ics")}
    assert "SUMMARY:里程碑：发布月报（王敏）" in held["改进计划_王敏"]
    assert "里程碑" not in held["改进计划_李强"]


def test_nobody_without_anything_due_gets_a_calendar(books, call, tmp_path):
    books.fill("王敏", {"状态": "已完成", "实际完成": "Apr 28, 2026"})
    assert books.take("王敏")[0] == 0 and str(books.measure().done) == "2026-04-28"
    assert "2 份工作簿" in call("plan", "export", books.params, tmp_path / "later")[1]
    assert [path.stem for path in (tmp_path / "later").glob("*.ics")] == ["改进计划_李强"]


@pytest.mark.parametrize(
    ("sheet", "cells", "says"),
    [
        (
            "进展",
            {"方案编号": "M9", "日期": "2026-04-15", "进展": "好"},
            "进展 第 3 行：“方案编号” 没有措施 “M9”。",
        ),
        (
            "进展",
            {"方案编号": "M01", "日期": "2026-01-15", "进展": "好"},
            "进展 第 3 行：进展 M01/2026-01-15：2026-01-15 早于",
        ),
        ("目标", {**GOAL, "问题类型": "送花"}, "目标 第 3 行：“问题类型” 标签体系中没有 “送花”。"),
        ("目标", {**GOAL, "问题类型": None}, "目标 第 3 行：“指标” 占比 需要 “问题类型”"),
        ("目标", {**GOAL, "目标值": "12%"}, "“目标值” 应是数字，百分之几写成小数，现在是 “12%”"),
        (
            "目标",
            {**GOAL, "负责人": "王敏、李强"},
            "“负责人” 写了 2 个人（王敏、李强）；只能由一个人负责，请留一个",
        ),
    ],
)
def test_what_does_not_fit_the_rest_is_named_with_sheet_and_row(books, sheet, cells, says):
    books.fill("王敏", cells, sheet=sheet, row=3)
    code, words = books.take("王敏")
    assert code == 3 and says in words and "没有保存任何内容" in words


@pytest.mark.parametrize("change", ["0", "nan", "inf"])
def test_a_change_that_is_none_is_refused(filled, call, change):
    code, words = call("plan", "power", filled, "--change", change)
    assert code == 2 and "--change 应是不为 0 的数" in words and "例如 0.05" in words


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
