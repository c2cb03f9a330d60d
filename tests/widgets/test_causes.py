"""The causes workbench, through the widgets themselves: what is done there is in the register, or said."""

import pytest

from tests.widgets.conftest import recorded
from voc_lib import knowledge
from voc_lib.register import known
from voc_lib.widgets import causes
from voc_lib.widgets.trying import OTHER

KNOWN = """causes:
  - problem: 物流延迟
    why:
      - {cause: 分拣慢, why: [{cause: 缺人, root: true}]}
      - {cause: 路上堵}
measures:
  - {id: M01, problem: 物流延迟, cause: 缺人, goal: 降到 12%, action: 增设晚班, owner: 王敏,
     department: 仓储部, start: "2026-03-01", due: "2026-04-30"}
"""


@pytest.fixture
def filed(shop):
    """The project with a tree in its register: its params file."""
    return recorded(shop, KNOWN)


@pytest.fixture
def panel(filed):
    return causes.panel(filed, who="赵六")


def stands(panel, problem="物流延迟"):
    return knowledge.read(known.raw(panel.bench.state())).analysis(problem)


def names(why):
    return {cause.cause: names(cause.why) for cause in why}


def test_whys_are_answered_one_below_the_other_and_saved(panel):
    panel.problem.value = "服务态度"
    for words in ("客服不熟悉业务", "新人没有培训", "合同没有写培训"):
        panel.answer(words)
    panel.mark(True)
    panel.save()
    assert "已保存 4 处" in panel.said.value
    assert names(stands(panel, "服务态度").why) == {
        "客服不熟悉业务": {"新人没有培训": {"合同没有写培训": {}}}
    }
    last = known.history(panel.bench.engine, "小店").iloc[-1]
    assert last["who"] == "赵六" and last["origin"] == "workbench/causes.ipynb"
    panel.save()
    assert "已保存 0 处" in panel.said.value


def test_a_cause_is_moved_split_said_otherwise_and_withdrawn_and_the_measure_follows(panel):
    panel._choose((0, 0))
    panel.name.value = "缺分拣员"
    panel.rename()
    panel.under.value = (1,)
    assert panel.place == (1, 0)
    panel._choose((0,))
    panel.name.value = "分拣慢；装车慢"
    panel.split()
    panel._choose((1,))
    panel.withdraw()
    panel.save()
    assert names(stands(panel).why) == {"分拣慢": {}, "路上堵": {"缺分拣员": {}}}
    found = knowledge.read(known.raw(panel.bench.state()))
    assert found.measure("M01").cause == "缺分拣员"


def test_a_cause_cannot_be_hung_below_itself(panel):
    panel._choose((0,))
    panel.move((0, 0))
    assert "不能移到它自己下面" in panel.said.value and panel.place == (0,)
    assert (0, 0) not in [place for _, place in panel.under.options]


def test_a_circle_written_is_not_saved(panel):
    panel._choose((0, 0))
    panel.answer("分拣慢")
    panel.save()
    assert "分拣慢 → 缺人 → 分拣慢：绕回了 “分拣慢”" in panel.said.value
    assert names(stands(panel).why) == {"分拣慢": {"缺人": {}}, "路上堵": {}}


def test_what_is_typed_is_counted_at_a_pause_and_taken_whole_when_the_line_is_left(panel):
    words = panel.trying.words
    words.live.value = "太慢、好"
    assert panel.trying.query.contains == ["太慢", "好"] and "<b>" in panel.trying.result.value
    words.line.value = "太慢、好多天"  # by leaving the line; what lags behind says the same
    words.live.value = "太慢、好多天"
    assert panel.trying.query.contains == ["太慢", "好多天"]
    words.value = ""
    assert panel.trying.query.contains == [] and words.line.value == ""


def test_words_are_counted_while_typed_and_become_weak_evidence(panel):
    panel._choose((0,))
    panel.trying.words.value = "太慢"
    shown = panel.trying.result.value
    assert (
        "<b>7 条</b>" in shown and "占物流延迟" in shown and "95% 区间" in shown and "其他问题 0.0%" in shown
    )
    assert shown.count("<blockquote>") == 3 and "<mark" in shown and "<img" not in shown
    panel.judge("证据")
    cause = stands_in(panel, (0,))
    assert cause.status == "证据" and cause.strength == "弱" and cause.evidence.contains == ["太慢"]
    assert cause.tested[0].found.startswith("7 条（占物流延迟 100.0%）提到 太慢")


def stands_in(panel, place):
    panel.save()
    assert "已保存" in panel.said.value
    return causes.tree.at(stands(panel), place)


def test_a_root_is_green_only_when_it_is_evidenced(panel):
    assert "标了根因、还没有证据：缺人" in panel.tree.head.value and "voc-good" not in panel.tree.head.value
    panel._choose((0, 0))
    panel.judge("证据")
    assert "请先写原话里的说法" in panel.said.value and panel.status.value == "假设"
    panel.trying.by.value, panel.trying.note.value = OTHER, "排班表：缺编 12 人"
    panel.judge("证据")
    assert "voc-good" in panel.tree.head.value and "缺人（证据（强））" in panel.tree.head.value
    panel._choose((0,))
    panel.trying.words.value = "分拣"
    panel.judge("已否定")
    assert "voc-good" not in panel.tree.head.value  # the root hangs below what was refuted


def test_a_metric_that_cannot_decide_is_said_and_changes_nothing(panel):
    panel._choose((0,))
    panel.trying.by.value = next(label for label in panel.trying.by.options if label.startswith("处理时长"))
    assert "没有数据，无法比较" in panel.trying.result.value
    panel.judge("证据")
    assert "请换一种检验方式" in panel.said.value and stands_in(panel, (0,)).status == "假设"


def test_a_filter_narrows_the_count_and_is_kept(panel):
    panel._choose((1,))
    panel.trying.words.value = "太慢"
    panel.trying.filters["channel"].value = "在线客服"
    panel.judge("证据")
    assert stands_in(panel, (1,)).evidence.where == {"channel": "在线客服"}


def test_a_cause_heard_in_the_text_is_taken_over_with_one_click(shop, panel):
    panel.issues = panel.issues.assign(text="因为仓库爆仓，发货太慢了")
    panel.tabs.selected_index = causes.HEARD
    offer = panel.heard.children[1].children[0]
    assert offer.description.startswith("＋ 仓库爆仓（")
    offer.click()
    panel.save()
    assert stands(panel).why[-1].evidence.contains == ["仓库爆仓"]


def test_bones_answers_and_open_questions_are_kept_and_a_question_needs_somebody(panel):
    panel.besides.bones["人"].value = "缺人；培训少"
    panel.besides.answers["where"].value = "华东仓"
    panel.besides.asked[0]["question"].value = "晚班排了几人"
    panel.save()
    assert "缺少去查的人" in panel.said.value
    panel.besides.asked[0]["owner"].value = "李强"
    panel._choose((0,))  # what is written stays while one looks elsewhere
    panel.save()
    held = stands(panel)
    assert held.fishbone == {"人": ["缺人", "培训少"]} and held.five_w1h.where == "华东仓"
    assert (held.questions[0].question, held.questions[0].owner) == ("晚班排了几人", "李强")


def judged(panel, words, status):
    panel._choose((1,))
    panel.trying.words.value = words
    panel.judge(status)
    panel.save()


def test_the_second_of_two_is_shown_both_and_loses_nothing(panel, filed):
    judged(causes.panel(filed, who="李强"), "发货", "已否定")
    judged(panel, "太慢", "证据")
    assert "李强 已于" in panel.said.value
    assert "status 现在是 “已否定”，您的是 “证据”" in panel.said.value
    assert causes.tree.at(panel.analysis, (1,)).status == "证据"
    assert stands(panel).why[1].status == "已否定"


def test_one_marks_the_root_while_another_tries_it_and_both_win(panel, filed):
    other = causes.panel(filed, who="李强")
    other._choose((1,))
    other.mark(True)
    other.save()
    judged(panel, "太慢", "证据")
    assert "李强 已于" in panel.said.value and "改过 root，与您的改动合在一起" in panel.said.value
    assert stands(panel).why[1].root and stands(panel).why[1].status == "证据"


def test_what_changed_since_the_last_report_is_told(panel, monkeypatch):
    panel.tabs.selected_index = causes.CHANGED
    assert "还没有以登记库为准发布过报告" in panel.changed.value
    record = {"name": "小店", "register": {"revision": panel.bench.revision()}}
    monkeypatch.setattr(causes.runs, "published", lambda _: [("", record)])
    panel.answer("快递换了")
    assert "新增：物流延迟 → 快递换了" in panel.changed.value


def test_a_project_that_reads_a_file_is_told_so_with_the_button(shop):
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: known.yaml\n", encoding="utf-8")
    (shop / "known.yaml").write_text(KNOWN, encoding="utf-8")
    said = causes.panel(str(file)).said.value
    assert "报告还以文件 known.yaml 为准" in said and "按“改以登记库为准”就改过来" in said
