"""Corrections in Excel, through the command line: out, filled in, back, every wrong row told."""

from datetime import datetime

import openpyxl
import pytest

from voc_lib import cli
from voc_lib.register import codings, store
from voc_lib.widgets import workbook

AT = datetime(2026, 10, 1, 9, 0)


@pytest.fixture
def book(shop, tmp_path, capsys):
    """An exported workbook, and its rows to be filled in."""
    return Book(shop, tmp_path / "更正.xlsx", capsys)


class Book:
    def __init__(self, shop, path, capsys):
        self.params, self.path, self.capsys = str(shop / "params.yaml"), path, capsys

    def call(self, verb, *options):
        code = cli.call(["corrections", verb, self.params, str(self.path), "--coder", "王敏", *options])
        seen = self.capsys.readouterr()
        return code, seen.out + seen.err

    def fill(self, column, *values, sheet="待复核"):
        book = openpyxl.load_workbook(self.path)
        heads = [cell.value for cell in book[sheet][1]]
        for row, value in enumerate(values, start=2):
            book[sheet].cell(row, heads.index(column) + 1, value)
        book.save(self.path)

    def column(self, name, sheet="待复核"):
        rows = list(openpyxl.load_workbook(self.path)[sheet].values)
        return [row[rows[0].index(name)] for row in rows[1:]]


def test_a_workbook_goes_out_is_filled_in_and_comes_back(book, step):
    code, words = book.call("export", "--size", "10")
    assert code == 0 and "10 条待复核" in words and len(book.column("反馈ID")) == 10
    book.fill("新标签", "物流延迟", None, "服务态度、EC-PKG")
    book.fill("备注", "已核实")
    assert book.call("import") == (0, "导入 2 条，0 条与现有更正相同，0 条冲突。\n")
    first, _, third, *_ = book.column("反馈ID")
    assert dict(store.corrections(step.register).values) == {first: "EC-LOG", third: "EC-ATT；EC-PKG"}
    assert store.trail(step.register, first)[["who", "why"]].values.tolist() == [["王敏", "已核实"]]
    assert book.call("import")[1].startswith("导入 0 条，2 条与现有更正相同")


def test_what_was_corrected_can_be_changed_in_its_own_sheet(book, step):
    ident = f"工单:{step.read('tagged')['feedback_id'].iloc[0]}"
    session_save(step, ident, "EC-LOG")
    book.call("export")
    assert book.column("现有标签", "已更正") == ["物流延迟"] and ident not in book.column("反馈ID")
    book.fill("新标签", "价格与优惠", sheet="已更正")
    assert book.call("import")[0] == 0
    assert store.corrections(step.register)["tags"].tolist() == ["EC-PRI"]


def test_a_correction_made_meanwhile_is_a_conflict_and_stays(book, step):
    book.call("export")
    ident = book.column("反馈ID")[0]
    book.fill("新标签", "物流延迟")
    session_save(step, ident, "EC-PRI")
    code, words = book.call("import")
    assert code == 3 and "1 条冲突" in words and "李强 已于 2026-10-01 09:00 改为 “价格与优惠”" in words
    assert store.corrections(step.register)["tags"].tolist() == ["EC-PRI"]


def test_ones_own_answers_mended_in_the_same_file_are_no_conflict(book, step):
    book.call("export")
    for answer in ("物流延迟", "服务态度"):
        book.fill("新标签", answer)
        assert book.call("import")[1].splitlines()[0] == "导入 1 条，0 条与现有更正相同，0 条冲突。"
    assert store.corrections(step.register)["tags"].tolist() == ["EC-ATT"]


def test_a_row_may_name_its_feedback_as_the_source_does(book, step):
    book.call("export")
    ident = book.column("反馈ID")[0]
    book.fill("反馈ID", ident.removeprefix("工单:"))
    book.fill("新标签", "物流延迟")
    assert book.call("import")[0] == 0
    assert store.corrections(step.register)["feedback_id"].tolist() == [ident]


def test_other_fields_are_filled_in_beside_the_tag_or_alone(book, step):
    book.call("export")
    book.fill("新诉求类别", "咨询", "需求")
    book.fill("新紧急程度", "P0")
    book.fill("新标签", "物流延迟")
    assert book.call("import")[1] == "导入 4 条，0 条与现有更正相同，0 条冲突。\n"
    assert store.corrections(step.register, field="intent")["intent"].tolist() == ["咨询", "需求"]
    assert book.call("import")[1].startswith("导入 0 条，4 条")
    book.fill("新客户类型", "贵宾")
    code, words = book.call("import")
    assert code == 3 and "客户类型 “贵宾” 无法识别，只能是新客、老客" in words


def test_urgency_may_be_written_as_people_say_it(book, step):
    book.call("export")
    book.fill("新紧急程度", "高", "中", " 低")
    assert book.call("import")[1].startswith("导入 3 条")
    assert sorted(store.corrections(step.register, field="urgency")["urgency"]) == ["P0", "P1", "P2"]
    assert book.call("import")[1].startswith("导入 0 条，3 条")
    book.fill("新紧急程度", "特高")
    assert "紧急程度 “特高” 无法识别，只能是P0、P1、P2" in book.call("import")[1]


def test_tags_and_fields_are_chosen_from_lists(book):
    book.call("export", "--size", "5")
    sheet = openpyxl.load_workbook(book.path)["待复核"]
    lists = {rule.formula1: rule for rule in sheet.data_validations.dataValidation}
    heads = {cell.value: cell.column_letter for cell in sheet[1]}
    urgency, tags = lists['"P0,P1,P2"'], lists["'可用标签'!$A$2:$A$19"]
    assert (str(urgency.sqref), urgency.errorStyle) == (
        f"{heads['新紧急程度']}2:{heads['新紧急程度']}6",
        None,
    )
    assert (str(tags.sqref), tags.errorStyle) == (f"{heads['新标签']}2:{heads['新标签']}6", "warning")


def test_a_field_corrected_meanwhile_is_a_conflict(book, step):
    book.call("export")
    ident = book.column("反馈ID")[0]
    store.add_correction(step.register, ident, "咨询", who="李强", at=AT, field="intent")
    book.fill("新诉求类别", "需求")
    code, words = book.call("import")
    assert code == 3 and "李强" in words
    assert store.corrections(step.register, field="intent")["intent"].tolist() == ["咨询"]


def test_corrections_are_listed_and_withdrawn_from_the_command_line(book, step):
    session_save(step, "工单:F000", "EC-LOG")
    session_save(step, "工单:gone", "EC-PRI")
    assert cli.call(["corrections", "list", book.params]) == 0
    words = book.capsys.readouterr().out
    assert "生效\t工单:F000\t" in words
    assert "→ 物流延迟\t李强\t2026-10-01 09:00" in words and "1 条更正找不到" in words
    assert cli.call(["corrections", "withdraw", book.params, "工单:gone", "--why", "没有了"]) == 0
    assert store.corrections(step.register)["feedback_id"].tolist() == ["工单:F000"]
    assert cli.call(["corrections", "withdraw", book.params, "工单:gone"]) == 3


def test_a_name_that_holds_a_comma_is_one_tag():
    known = {"价格、优惠", "价格", "优惠", "物流"}
    assert workbook._names("价格、优惠", known) == ("价格、优惠",)
    assert workbook._names("物流，价格、优惠；价格", known) == ("物流", "价格、优惠", "价格")


def test_one_wrong_row_and_nothing_is_imported(book, step):
    book.call("export")
    book.fill("新标签", "物流延迟", "物流延吃")
    book.fill("反馈ID", "没有的")
    code, words = book.call("import")
    assert code == 3 and "待复核 第 2 行：没有反馈 “没有的”" in words
    assert "第 3 行：没有标签 “物流延吃”。是否想写 “物流延迟”" in words
    assert store.corrections(step.register).empty


def test_a_blind_workbook_holds_no_answers_and_corrects_nothing(book, step):
    session_save(step, step.read("tagged")["feedback_id"].iloc[0], "EC-PRI")
    assert "--blind" in book.call("export", "--blind")[1]  # the way back is blind too
    assert not any(book.column("现有标签"))
    assert "已更正" not in openpyxl.load_workbook(book.path).sheetnames
    book.fill("新标签", "物流延迟")
    assert book.call("import", "--blind")[0] == 0
    assert store.corrections(step.register)["tags"].tolist() == ["EC-PRI"]
    assert codings.answers(step.register)[["coder", "tags"]].values.tolist() == [["王敏", "EC-LOG"]]


def test_a_place_that_cannot_be_written_is_a_sentence(book):
    book.path.write_text("", encoding="utf-8")
    book.path = book.path / "更正.xlsx"
    code, words = book.call("export")
    assert code == 8 and "无法写入" in words


def test_customer_text_is_no_formula_in_the_workbook(book):
    book.call("export")
    cells = [cell for row in openpyxl.load_workbook(book.path)["待复核"].iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_another_workbook_is_refused_with_a_sentence(book):
    code, words = book.call("import")
    assert code == 2 and "找不到文件" in words
    openpyxl.Workbook().save(book.path)
    assert book.call("import")[0] == 3
    book.path.write_text("no workbook", encoding="utf-8")
    code, words = book.call("import")
    assert code == 3 and "Traceback" not in words


def session_save(step, ident, codes):
    from datetime import datetime

    at = datetime(2026, 10, 1, 9, 0)
    store.add_correction(step.register, ident, codes, who="李强", at=at)


def test_coverage_counts_the_period(book, shop):
    code = cli.call(["taxonomy", "coverage", str(shop / "params.yaml")])
    words = book.capsys.readouterr().out
    assert code == 0 and "30 条反馈" in words and "条规则中" in words and "同时命中" not in words


def test_a_correction_for_a_feedback_that_is_gone_is_kept_and_shown(book, step):
    store.add_correction(step.register, "GONE", "EC-LOG", who="王敏", at=AT)
    code, _ = book.call("export", "--size", "3")
    assert code == 0 and book.column("反馈ID", sheet="已更正") == ["GONE"]
    assert book.column("问题描述", sheet="已更正") == [None]
    assert store.corrections(step.register)["feedback_id"].tolist() == ["GONE"]


def test_tags_are_merged_and_split_from_the_command_line(book, step, capsys):
    book.call("export")
    book.fill("新标签", *["服务态度；物流延迟"] * 3)
    book.call("import")
    code = cli.call(["corrections", "merge", book.params, "服务态度", "价格与优惠", "--coder", "李强"])
    assert code == 0 and "3 条更正由 “服务态度” 改为 “价格与优惠”" in capsys.readouterr().out
    assert set(store.corrections(step.register)["tags"]) == {"EC-PRI；EC-LOG"}
    book.call("export")
    book.fill("新标签", "商品质量", "退换货流程、商品质量", sheet="已更正")
    code = cli.call(["corrections", "split", book.params, "EC-PRI", str(book.path)])
    assert code == 0 and "2 条更正的 “EC-PRI” 已拆开，1 条仍是" in capsys.readouterr().out
    held = store.corrections(step.register)["tags"].tolist()
    assert sorted(held) == ["EC-PRI；EC-LOG", "EC-QUA；EC-LOG", "EC-RET；EC-QUA；EC-LOG"]


@pytest.mark.parametrize(
    ("old", "new", "says"), [("快递", "物流延迟", "不在标签体系"), ("EC-RET", "EC-PRI", "没有更正用到")]
)
def test_a_merge_of_nothing_is_told(book, capsys, old, new, says):
    cli.call(["corrections", "merge", book.params, old, new])
    seen = capsys.readouterr()
    assert says in seen.out + seen.err


def test_issues_are_put_together_and_taken_apart_in_the_workbook(book, step):
    book.call("export")
    first, second, *_ = book.column("反馈ID")
    issue = book.column("问题ID")[0]
    book.fill("新问题ID", "自成一件", issue)
    assert book.call("import")[1].startswith("导入 2 条")
    assert dict(store.corrections(step.register, field="issue_id").values) == {
        first: "自成一件",
        second: first,
    }
    book.fill("新问题ID", first, "I-没有这个")
    code, words = book.call("import")
    assert code == 3 and "没有反馈 “I-没有这个” 可以并入" in words and f"没有反馈 “{first}” 可以并入" in words
