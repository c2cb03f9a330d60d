"""The plan's grids, through the widgets themselves: what is written there is in the register, or said."""

import openpyxl
import pytest
from ipykernel.comm.comm import BaseComm
from sqlalchemy import event

from tests.widgets.conftest import recorded
from voc_lib import knowledge
from voc_lib.errors import DataError
from voc_lib.exchange import handout, incoming
from voc_lib.exchange.bench import bench
from voc_lib.exchange.fields import CALLS, DECISIONS, KEY, MEASURES, PROGRESS
from voc_lib.register import known
from voc_lib.widgets import grid, plan

KNOWN = """measures:
  - {id: M01, problem: 物流延迟, goal: 降到 12%, action: 增设晚班, owner: 王敏,
     department: 仓储部, start: "2026-03-01", due: "2026-04-30"}
  - {id: M02, problem: 服务态度, goal: 少投诉, action: 培训, owner: 李强,
     department: 客服部, start: "2026-03-01", due: "2099-10-31"}
revisits:
  - {measure: M01, feedback_id: F000, score: 4}
"""


@pytest.fixture
def planned(shop):
    """The project with two measures in its register: its params file."""
    return recorded(shop, KNOWN)


@pytest.fixture
def panel(planned):
    return plan.panel(planned, who="赵六")


def stands(panel):
    return knowledge.read(known.raw(panel.bench.state()))


def write(panel, form, row, **cells):
    for label, value in cells.items():
        panel.cells[form][row][label].value = value


def test_what_is_written_in_the_grids_is_in_the_register(panel):
    write(panel, MEASURES, 0, 实施效果="积压减半", 实际完成="2026-04-28", 状态="已完成")
    write(panel, PROGRESS, 0, 方案编号="M02", 日期="2026-09-01", 完成百分比="30", 进展="编好教材")
    write(panel, CALLS, 0, 回访评分="5")
    panel.save()
    assert ">保存 3 处。</div>" in panel.said.value
    held = stands(panel)
    assert held.measure("M01").result == "积压减半" and str(held.measure("M01").done) == "2026-04-28"
    assert held.progress[0].percent == 30 and held.revisits[0].score == 5
    last = known.history(panel.bench.engine, "小店").iloc[-1]
    assert last["who"] == "赵六" and last["origin"] == "workbench/plan.ipynb"
    panel.save()
    assert "保存 0 处" in panel.said.value


def test_a_new_measure_is_written_in_a_blank_row(panel):
    new = {KEY: "M03", "问题": "物流延迟", "改进目标": "更快", "具体措施": "换快递", "责任人": "王敏"}
    write(panel, MEASURES, 2, **new, 责任部门="仓储部", 计划开始="2026-10-01", 计划完成="2026-11-01")
    panel.save()
    assert [m.id for m in stands(panel).measures] == ["M01", "M02", "M03"]


def test_what_cannot_be_is_said_with_its_row_and_nothing_is_saved(panel):
    before = stands(panel)
    write(panel, MEASURES, 0, 计划完成="月底")
    write(panel, MEASURES, 1, 责任人="王敏、<b>李强")
    write(panel, CALLS, 0, 回访评分="5")
    panel.save()
    assert "措施 第 1 行：“计划完成” 应是日期" in panel.said.value
    assert "措施 第 2 行：“责任人” 写了 2 个人" in panel.said.value and "<b>" not in panel.said.value
    assert stands(panel) == before
    assert panel.cells[MEASURES][0]["计划完成"].value == "月底"  # still there to be mended


def marked(row):
    """The headers of the cells shown as wrong."""
    return [label for label, cell in row._inputs.items() if "voc-wrong" in cell._dom_classes]


def test_a_measure_for_somebody_who_left_and_a_day_before_the_start_are_said_at_their_cells(shop):
    left = "departures:\n  - {owner: 王敏, at: 2026-05-15, successor: 李强}\n"
    panel = plan.panel(recorded(shop, KNOWN + left), who="赵六")
    new = {KEY: "M03", "问题": "物流延迟", "改进目标": "更快", "具体措施": "换快递", "责任人": "王敏"}
    write(panel, MEASURES, 2, **new, 责任部门="仓储部", 计划开始="2026-10-01", 计划完成="2026-11-01")
    panel.save()
    assert "王敏 2026-05-15 起不在，由 李强 接手" in panel.said.value
    assert marked(panel.cells[MEASURES][2]) == ["责任人"]
    write(panel, MEASURES, 2, 责任人="李强", 计划完成="2026-09-01")
    panel.save()
    assert "完成日期 2026-09-01 早于开始日期 2026-10-01" in panel.said.value
    assert marked(panel.cells[MEASURES][2]) == ["计划完成"]
    assert panel.cells[MEASURES][2]["具体措施"].value == "换快递"


def test_what_cannot_be_written_into_the_register_stays_on_the_desk(panel):
    event.listen(panel.bench.engine, "connect", lambda made, _: made.execute("PRAGMA query_only=1"))
    panel.bench.engine.dispose()
    write(panel, MEASURES, 0, 实施效果="积压减半")
    panel.save()
    assert "是只读的，或没有写的权限；请改权限" in panel.said.value
    assert panel.cells[MEASURES][0]["实施效果"].value == "积压减半"


def test_a_row_begun_and_not_finished_is_said_and_stays(panel):
    write(panel, DECISIONS, 0, 日期="2026-04-06", 决定="换承运商")
    panel.save()
    assert "会议决定 第 1 行：只写了 “日期”、“决定”，还不能保存" in panel.said.value
    assert panel.cells[DECISIONS][0]["决定"].value == "换承运商"


def test_customers_listed_and_not_called_yet_stay_in_the_grid_after_a_save(panel):
    panel.grids.selected_index = 2
    for row in range(1, 9):
        write(panel, CALLS, row, 方案编号="M01", 反馈ID=f"F00{row}")
    write(panel, CALLS, 1, 回访评分="3")
    panel.save()
    assert "保存 1 处。另有 7 位客户还没有写结果，没有保存，留在表里。" in panel.said.value
    assert panel.cells[CALLS][8]["反馈ID"].value == "F008"
    write(panel, CALLS, 2, 回访评分="5")
    panel.save()
    assert len(stands(panel).revisits) == 3
    assert panel.grids.titles[2] == "回访（3）" and panel.grids.selected_index == 2


def test_what_is_sent_to_a_desk_is_taken_in_turn_in_one_thread(panel):
    comm = BaseComm(target_name="jupyter.widget")
    comm._reply_subshell_id = "beside"  # where it was last written to
    assert comm._reply_subshell_for({"method": "custom"}, "beside") is None


def test_the_second_of_two_is_shown_both(panel, planned):
    other = plan.panel(planned, who="李强")
    write(other, MEASURES, 0, 计划完成="2026-05-31")
    other.save()
    write(panel, MEASURES, 0, 计划完成="2026-06-30")
    panel.save()
    assert "计划完成 现在是 “2026-05-31”，您的是 “2026-06-30”" in panel.said.value


@pytest.fixture
def take(planned, tmp_path):
    """What comes of the workbook handed out to 王敏 with cells of its first measure filled in."""
    at = bench(planned, who="李强")
    files = handout.export(at, tmp_path / "out", per="owner")
    (file,) = (file for file in files if file.name == "改进计划_王敏.xlsx")

    def taken(**cells):
        book = openpyxl.load_workbook(file)
        heads = [cell.value for cell in book["措施"][1]]
        for label, value in cells.items():
            book["措施"].cell(2, heads.index(label) + 1).value = value
        book.save(file)
        return incoming.take(at, file)

    return taken


def test_of_panel_and_workbook_at_one_measure_the_second_is_shown_both(panel, take):
    write(panel, MEASURES, 0, 计划完成="2026-06-30")
    panel.save()
    both = "措施 第 2 行：.*赵六 已于.*计划完成 现在是 “2026-06-30”，您的是 “2026-05-31”"
    with pytest.raises(DataError, match=both):
        take(计划完成="2026-05-31")
    write(panel, MEASURES, 0, 实施效果="好")
    assert take(计划完成="2026-06-30").saved == 0  # the same change is none
    panel.save()
    assert stands(panel).measure("M01").result == "好"


def test_a_workbook_that_came_back_meanwhile_is_shown_in_the_panel(panel, take):
    write(panel, MEASURES, 0, 计划完成="2026-06-30")
    assert take(计划完成="2026-05-31").saved == 1
    panel.save()
    assert "计划完成 现在是 “2026-05-31”，您的是 “2026-06-30”" in panel.said.value
    assert str(stands(panel).measure("M01").due) == "2026-05-31"


def test_filters_leave_the_measures_of_a_person_or_the_late_ones(panel):
    panel.owner.value = "李强"
    assert [m.id for m in panel.chosen()] == ["M02"] and len(panel.cells[MEASURES]) == 1 + grid.FREE
    panel.owner.value, panel.late.value = plan.EVERYBODY, True
    assert [m.id for m in panel.chosen()] == ["M01"]


def test_a_project_that_reads_a_file_is_told_so(shop):
    said = plan.panel(str(shop / "params.yaml")).said.value
    assert "报告还以参数文件为准" in said and "按“改以登记库为准”就改过来" in said


def test_two_panels_at_other_columns_of_one_measure_both_win(panel, planned):
    other = plan.panel(planned, who="李强")
    write(other, MEASURES, 0, 计划完成="2026-05-31")
    other.save()
    write(panel, MEASURES, 0, 实施效果="积压减半")
    panel.save()
    assert "李强 已于" in panel.said.value and "改过 计划完成，与您的改动合在一起" in panel.said.value
    assert str(stands(panel).measure("M01").due) == "2026-05-31"
    assert panel.cells[MEASURES][0]["计划完成"].value == "2026-05-31"


FILED = "# 王敏维护\n" + KNOWN


def filed(shop, known):
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: known.yaml  # 人写的\n", encoding="utf-8")
    (shop / "known.yaml").write_text(known, encoding="utf-8")
    return file


def test_a_project_that_reads_a_file_reads_the_register_after_one_click(shop):
    file = filed(shop, FILED)
    panel = plan.panel(str(file), who="赵六")
    assert "报告还以文件 known.yaml 为准" in panel.said.value and not panel.known.measures
    panel.switch.click()
    assert "报告从此以登记库为准" in panel.said.value and panel.switch.layout.display == "none"
    assert [m.id for m in panel.known.measures] == ["M01", "M02"] and not panel.bench.unread()
    assert file.read_text(encoding="utf-8").endswith("knowledge: register  # 人写的\n")
    assert (shop / "known.yaml").read_text(encoding="utf-8") == FILED
    assert plan.panel(str(file)).switch.layout.display == "none"


def test_where_file_and_register_both_say_something_nothing_is_changed_by_the_click(planned, shop):
    file = shop / "params.yaml"
    text = file.read_text(encoding="utf-8").replace("knowledge: register", "knowledge: known.yaml")
    file.write_text(text, encoding="utf-8")
    panel = plan.panel(planned, who="赵六")
    panel.switch.click()
    assert "登记库里已有内容" in panel.said.value and file.read_text(encoding="utf-8") == text


def test_problems_and_causes_there_are_are_offered(panel):
    assert "物流延迟" in panel.cells[MEASURES][2]["问题"].options
    assert "配送时效" not in panel.cells[MEASURES][2]["问题"].options  # of another pack
    assert (
        "退换货流程" in panel.cells[MEASURES][2]["问题类型"].options
    )  # of the taxonomy, nobody wrote of it yet


MEASURED = KNOWN.replace(
    "problem: 物流延迟,",
    "problem: 物流延迟, metric: {kind: share, category: 物流延迟},"
    " target: 0.1, before: 2026-08, after: 2026-09,",
)


def shown(panel):
    """What stands in the grid of the measures."""
    return panel.sheets[0].cells.children


def opener(panel, key):
    """The button that stands for the number of a measure in the grid."""
    buttons = [box.children[0] for box in shown(panel) if getattr(box, "children", ())]
    return next(button for button in buttons if button.description == key)


def test_one_click_leads_from_a_measure_to_the_words_of_its_problem_and_its_chart(shop):
    panel = plan.panel(recorded(shop, MEASURED), who="赵六")
    proof = panel.proof
    assert proof.box.layout.display == "none"
    opener(panel, "M01").click()
    assert proof.box.layout.display == "" and "M01 增设晚班" in proof.words.value
    assert "发货太慢了，等了好多天，第5次了" in proof.words.value and "证据不足" in proof.words.value
    assert "<svg" in proof.chart.outputs[0]["data"]["image/svg+xml"]
    opener(panel, "M02").click()
    assert "看不出效果" in proof.words.value and proof.chart.outputs == ()
    assert "发货太慢了" not in proof.words.value and "<img" not in proof.words.value


def test_what_is_shown_of_a_grid_leaves_out_the_version_that_is_kept(panel):
    words = [str(getattr(cell, "value", "")) for cell in shown(panel)]
    assert "<b>记录</b>" in words and "<b>版本</b>" not in words
    assert panel.cells[MEASURES][0]["版本"].value == "1"


def hints(sheet):
    return [box.value for box in sheet.pager.children]


def test_a_sheet_without_rows_says_what_to_do(panel):
    decisions = next(sheet for sheet in panel.sheets if sheet.page.form is DECISIONS)
    decisions.turn()
    assert "还没有会议决定：在下面的空行里写" in hints(decisions)[0]
    measures = next(sheet for sheet in panel.sheets if sheet.page.form is MEASURES)
    assert hints(measures) == []
    panel.owner.value, panel.late.value = "李强", True
    assert "筛选之后没有剩下的措施" in hints(measures)[0]
