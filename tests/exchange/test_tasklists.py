"""The lists of tasks 飞书 and 钉钉 export, read back by the command that reads workbooks."""

import openpyxl
import pytest

from tests.exchange.conftest import stands

FEISHU = ["任务标题", "任务ID", "负责人", "创建人", "创建时间", "截止时间"]
FEISHU += ["完成时间", "任务状态", "所属清单", "父任务"]
DINGTALK = ["标题", "执行人", "优先级", "状态", "完成时间", "创建时间", "项目"]
SHORT = ["标题", "执行人", "截止时间", "是否完成", "完成时间"]


def feishu(name, state, done="", parent=""):
    return [name, "t1", "王敏", "李强", "2026-03-01 09:00", "2026/04/30", done, state, "客户改进", parent]


def dingtalk(name, state, done=""):
    return [name, "王敏", "普通", state, done, "2026-03-01 09:00", "客户改进"]


@pytest.fixture
def take(filled, call, tmp_path):
    """What comes of importing a list with a title line above its header."""

    def taken(header, *rows):
        book = openpyxl.Workbook()
        book.active.title = "任务列表"
        for row in (["客户改进 · 导出于 2026-05-01"], header, *rows):
            book.active.append(row)
        book.save(tmp_path / "任务.xlsx")
        return call("plan", "import", filled, tmp_path / "任务.xlsx", "--by", "赵六")

    return taken


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (FEISHU, feishu("M01 增设晚班", "已完成", "2026/4/28 18:30")),
        (FEISHU, feishu("M01 增设晚班", "按时完成", "2026年4月28日 18:30")),
        (DINGTALK, dingtalk("M01 增设晚班", "已完成", "2026-04-28 18:30:00")),
        (SHORT, ["M01 增设晚班", "王敏", "2026-04-30 18:00", "是", "2026-04-28 18:30"]),
        (DINGTALK, dingtalk("M01 增设晚班", "Done", "2026-04-28T18:30:00+08:00")),
    ],
)
def test_a_task_done_is_a_measure_done(take, filled, call, header, row):
    code, words = take(header, row)
    assert code == 0 and "任务.xlsx：导入 1 处，0 行没有改动" in words
    assert str(stands(filled).measure("M01").done) == "2026-04-28"
    assert "赵六\t修改\t措施\tM01\tdone：" in call("knowledge", "log", filled)[1]
    assert "导入 0 处，1 行没有改动" in take(header, row)[1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_list_may_be_csv_as_either_tool_writes_it(filled, call, tmp_path, encoding, delimiter):
    rows = [DINGTALK, dingtalk("M01 增设晚班，夜里也发", "已完成", "2026-04-28 18:30:00")]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    (tmp_path / "任务.csv").write_bytes(text.encode(encoding))
    code, words = call("plan", "import", filled, tmp_path / "任务.csv", "--by", "赵六")
    assert code == 0 and "任务.csv：导入 1 处" in words
    assert str(stands(filled).measure("M01").done) == "2026-04-28"
    (tmp_path / "任务.csv").write_bytes(text.replace("已完成", "不知道").encode(encoding))
    code, words = call("plan", "import", filled, tmp_path / "任务.csv")
    assert code == 3 and "任务.csv 第 2 行：状态 “不知道” 无法识别" in words


def test_a_csv_that_is_no_task_list_is_told(filled, call, tmp_path):
    (tmp_path / "别的.csv").write_text("姓名,电话\n王敏,1\n", encoding="utf-8")
    code, words = call("plan", "import", filled, tmp_path / "别的.csv")
    assert code == 3 and "别的.csv 不是任务表：没有任务标题和状态两列" in words


def test_steps_other_tasks_and_open_ones_change_nothing(take, filled):
    before = stands(filled)
    step = feishu("M02 培训", "已完成", "2026-04-28", parent="M01 增设晚班")
    others = [feishu("招人", "已完成", "2026-04-28"), feishu("M011 别的", "已完成", "2026-04-28")]
    code, words = take(FEISHU, feishu("M01 增设晚班", "进行中"), step, *others)
    assert code == 0 and "导入 0 处，1 行没有改动" in words and stands(filled) == before


def test_a_task_given_up_is_a_measure_cancelled(take, filled):
    assert take(DINGTALK, dingtalk("M02 换快递", "已取消"))[0] == 0
    assert stands(filled).measure("M02").cancelled


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (dingtalk("M01 增设晚班", "搁置"), "状态 “搁置” 无法识别。可用：未完成"),
        (dingtalk("M01 增设晚班", "已完成"), "措施 M01 写了已完成，却没有完成时间"),
        (dingtalk("M01 增设晚班", "已完成", "上周三"), "完成时间 “上周三” 应是日期"),
        (dingtalk("M01 增设晚班", "已完成", "2026-01-01"), "早于开始日期 2026-03-01"),
    ],
)
def test_what_cannot_be_is_named_with_sheet_and_row_and_nothing_is_saved(take, filled, row, says):
    before = stands(filled)
    code, words = take(DINGTALK, dingtalk("M02 换快递", "已取消"), row)
    assert code == 3 and "任务列表 第 4 行：" in words and says in words and "没有保存任何内容" in words
    assert stands(filled) == before


def test_a_list_that_says_otherwise_than_the_register_is_a_conflict(take, filled):
    assert take(FEISHU, feishu("M01 增设晚班", "已完成", "2026-04-28"))[0] == 0
    code, words = take(FEISHU, feishu("M01 增设晚班", "进行中"))
    assert (
        code == 3 and "任务列表 第 3 行：措施 M01 在登记库里是已完成（2026-04-28），任务里是未完成" in words
    )
    assert take(FEISHU, feishu("M01 增设晚班", "已完成", "2026-04-29"))[0] == 3
    twice = [feishu("M01 增设晚班", "已完成", "2026-04-28")] * 2
    assert "“M01” 在 任务列表 第 3 行 已经有了" in take(FEISHU, *twice)[1]


def test_a_list_without_a_measure_is_told(take):
    code, words = take(FEISHU, feishu("团建", "已完成", "2026-04-28"))
    assert code == 3 and "没有一项任务以方案编号开头" in words
