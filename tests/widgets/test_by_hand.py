"""A tree with evidence, five measures and twenty calls entered as somebody new would, each key counted."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.widgets.conftest import recorded
from tests.widgets.hand import Hand
from tests.widgets.test_browser import open_and_run, registered_raw
from tests.widgets.test_plan import KNOWN
from voc_lib import cli, knowledge
from voc_lib.exchange.bench import bench

WHY = ["分拣积压", "分拣岗缺人", "招聘停了", "编制没批", "年度计划漏报"]
PLAN = [  # problem, cause, goal, what is done, owner, department, target
    ("物流延迟", "年度计划漏报", "占比降到一成", "补报分拣岗编制", "王敏", "仓储部", "0.1"),
    ("物流延迟", "招聘停了", "占比降到一成二", "先用外包顶晚班", "王敏", "", "0.12"),
    ("服务态度", "没有考核", "占比降到一成", "合同写进考核", "李强", "客服部", "0.1"),
    ("功能异常", "没有机型清单", "占比降到百分之八", "发布前必测老机型", "赵六", "技术部", "0.08"),
    ("退换货流程", "规则没有分级", "占比降到百分之五", "百元以下免审", "李强", "", "0.05"),
]
SCORES = [4, 2, 5, 3, 4, 1, 5, 2, 4, 3, 5, 5, 4, 2, 3, 4, 4, 5, 1, 3]


@pytest.fixture
def hand(page):
    return Hand(page)


@pytest.fixture
def begun(shop):
    """A project as `voc init` leaves it: reports read a file nobody has written in."""
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: knowledge.yaml\n", encoding="utf-8")
    return file


def opened(hand, lab, name):
    """The desk of a notebook: opened by a double click, run by two of the menu."""
    open_and_run(hand.page, lab, name)
    hand.pointed(clicks=2)
    hand.pointed(2)
    return hand.page.locator(f".voc-{name}")


def test_tree_plan_and_calls_are_entered_with_few_keys_and_clicks(lab, hand, begun, capsys):
    tree(hand, opened(hand, lab, "causes"))
    desk = opened(hand, lab, "plan")
    measures(hand, desk)
    calls(hand, desk)
    known = knowledge.read(registered_raw(bench(str(begun))))
    tree_stands(known.analysis("物流延迟").why)
    plan_stands(known)
    assert cli.call(["check", str(begun)]) == 0
    assert "以登记库为准：1 个问题的根因、5 条措施" in capsys.readouterr().out
    assert hand.keys <= 1000 and hand.clicks <= 30 and hand.points <= 28  # 978, 27, 25: 7.3 minutes
    assert hand.minutes <= 15


def tree(hand, desk):
    """Five times why and one more, one cause evidenced by words, the root by data."""
    hand.click(desk.locator("button.voc-handover"))
    desk.locator(".voc-said", has_text="报告从此以登记库为准").wait_for()
    hand.choose(desk.locator(".voc-problem select"), "物流延迟（7 条）")
    hand.click(desk.locator(".voc-why input"))
    for cause in WHY:
        hand.type(cause)
        hand.press("Enter")
        shown(desk, cause)
    tried(hand, desk, WHY[-1], note="预算表：分拣岗漏报 12 人")
    hand.click(desk.locator(".voc-card button", has_text="根因"))
    desk.locator(".voc-head.voc-good", has_text="到达根因：年度计划漏报").wait_for()
    hand.click(desk.locator("button.voc-line", has_text=WHY[0]))
    shown(desk, WHY[0])
    tried(hand, desk, WHY[0], words="太慢、好多天")
    hand.click(desk.locator("button.voc-top, .voc-top button"))
    hand.click(desk.locator(".voc-why input"))
    hand.type("路上堵")
    hand.press("Enter")
    desk.locator(".voc-chosen", has_text="路上堵").wait_for()
    hand.press("Control+s")
    desk.locator(".voc-said", has_text="已保存").wait_for()


def shown(desk, cause):
    """Wait until a cause is chosen and stands to the right."""
    desk.locator(".voc-chosen", has_text=cause).wait_for()
    desk.locator(".voc-right h4", has_text=cause).wait_for()
    desk.page.wait_for_timeout(300)


def tried(hand, desk, cause, *, words="", note=""):
    """The cause chosen is tried by words or by data and said to be evidenced."""
    if note:
        hand.choose(desk.locator("select", has_text="其他运营数据"), "其他运营数据，写在说明里（强）")
    hand.click(desk.get_by_placeholder("几个说法用、隔开" if words else "仓库日报"))
    hand.type(words or note)
    if words:
        desk.locator(".voc-result b", has_text="7 条").wait_for()
    hand.click(desk.get_by_role("button", name="证据", exact=True))
    desk.locator(".voc-chosen .voc-good", has_text="证据").wait_for()


def measures(hand, desk):
    """From cell to cell; number, first day, known department, problem of the metric, windows are given."""
    today = datetime.now(ZoneInfo("Asia/Shanghai"))  # where the project is
    due = f"{today + timedelta(60):%Y%m%d}"
    hand.click(blank(desk, "问题"))
    for problem, cause, goal, action, owner, department, target in PLAN:
        for words in (problem, cause, goal, action, owner, department):
            if words:
                hand.type(words)
            hand.press("Tab")
        hand.press("Tab")
        hand.type(due)
        hand.press("Tab", "ArrowDown", "Tab", "Tab", "Tab")
        hand.type(target)
        hand.press("Tab", "Tab", "Tab", "Tab")
    saved(hand, desk, "措施（5）")


def calls(hand, desk):
    """Column by column, a row down by Enter; what is the same as above by Ctrl+D; the day is given."""
    hand.click(desk.locator(".lm-TabBar-tab", has_text="回访"))
    hand.click(blank(desk, "方案编号"))
    for row in range(20):
        hand.press("Control+d") if row % 4 else hand.type(f"M0{1 + row // 4}")
        below(desk, "方案编号", row)
        hand.press("Enter")
    hand.click(blank(desk, "反馈ID"))
    for row in range(20):
        hand.type(f"F{row:03d}")
        hand.press("Enter")
    desk.locator(".voc-grid:visible select").first.focus()
    hand.pointed()
    for score in SCORES:
        hand.press(str(score), "Enter")
    saved(hand, desk, "回访（20）")


def blank(desk, label):
    """The first cell of a column to write in."""
    return desk.locator(f".voc-grid input[placeholder='{label}']:visible").first


def below(desk, label, row):
    """Wait for the row after one."""
    desk.locator(f".voc-grid input[placeholder='{label}']:visible").nth(row + 1).wait_for()


def saved(hand, desk, tab):
    hand.press("Control+s")
    desk.locator(".lm-TabBar-tab", has_text=tab).wait_for()


def tree_stands(why):
    assert [cause.cause for cause in why] == [WHY[0], "路上堵"]
    assert why[0].strength == "弱" and why[0].evidence.contains == ["太慢", "好多天"]
    chain = []
    cause = why[0]
    while cause:
        chain.append(cause)
        cause = cause.why[0] if cause.why else None
    assert [each.cause for each in chain] == WHY
    assert chain[-1].root and chain[-1].strength == "强"
    assert chain[-1].tested[0].found == "预算表：分拣岗漏报 12 人"


def plan_stands(known):
    departments = {owner: department for *_, owner, department, _ in PLAN if department}
    for number, (measure, row) in enumerate(zip(known.measures, PLAN, strict=True), start=1):
        problem, cause, goal, action, owner, _, target = row
        assert (measure.id, measure.problem, measure.cause) == (f"M0{number}", problem, cause)
        assert (measure.goal, measure.action, measure.owner) == (goal, action, owner)
        assert measure.department == departments[owner] and measure.target == float(target)
        assert (measure.metric.kind, measure.metric.category) == ("share", problem)
        assert measure.due - measure.start == timedelta(60) and measure.before and measure.after
    assert [(call.measure, call.feedback_id, call.score) for call in known.revisits] == [
        (f"M0{1 + row // 4}", f"F{row:03d}", score) for row, score in enumerate(SCORES)
    ]
    assert all(call.at == known.measures[0].start for call in known.revisits)


def test_a_block_copied_in_excel_is_pasted_whole_and_lists_keep_their_keys(lab, page, shop):
    file = recorded(shop, KNOWN)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_and_run(page, lab, "plan")
    desk = page.locator(".voc-plan")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    desk.locator(".lm-TabBar-tab", has_text="回访").click()
    blank(desk, "方案编号").click()
    block = "".join(f"M0{1 + n % 2}\tF{n:03d}\r\n" for n in range(1, 13))
    page.evaluate("words => navigator.clipboard.writeText(words)", block)
    page.keyboard.press("Control+v")
    desk.locator(".voc-said", has_text="贴了 12 行").wait_for()
    desk.locator(".voc-grid:visible select").nth(2).focus()  # two a row: the first blank one
    for key in "xdd":  # JupyterLab would cut the cell, or delete it
        page.keyboard.press(key)
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(1500)  # a list puts keys that follow each other together
    for score in "3412":
        page.keyboard.press(score)
        page.keyboard.press("Enter")
    page.keyboard.press("Control+s")
    desk.locator(".voc-said", has_text="保存 4 处").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    found = knowledge.read(registered_raw(bench(str(file)))).revisits
    assert [(call.feedback_id, call.score) for call in found] == [
        *[("F000", 4), ("F001", 3), ("F002", 4), ("F003", 1), ("F004", 2)]
    ]
