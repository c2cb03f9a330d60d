"""The explore desk through its widgets: what is filtered, read, retagged and kept as evidence."""

from dataclasses import replace

import pytest

from tests.widgets.conftest import recorded
from tests.widgets.test_causes import KNOWN
from voc_lib import knowledge
from voc_lib.register import known, store
from voc_lib.rootcause.sieve import CATEGORY
from voc_lib.widgets import causes, explore, picks


@pytest.fixture
def filed(shop):
    """The project with a tree in its register: its params file."""
    return recorded(shop, KNOWN)


@pytest.fixture
def desk(filed):
    return explore.panel(filed, who="赵六")


def test_chart_and_filters_are_one(desk):
    desk.pick(f"{CATEGORY}:物流延迟")
    assert desk.filters[CATEGORY].value == "物流延迟" and desk.seen.n == 7
    assert 'class="voc-on" aria-pressed="true"' in desk.bars.value
    desk.pick("month:2026-09")
    assert desk.when.value is None and 'aria-pressed="true"' not in desk.months.value
    desk.pick("month:2026-09")
    assert 'aria-pressed="true"' in desk.months.value
    desk.pick(f"{CATEGORY}:物流延迟")
    assert desk.filters[CATEGORY].value == explore.ALL
    desk.pick("channel:<没有的>")
    assert desk.query.where == {}


def test_words_are_counted_with_their_interval_and_marked(desk):
    desk.filters[CATEGORY].value = "物流延迟"
    desk.words.value = "好多天、没有的词"
    assert "<b>6 条</b>" in desk.head.value and "占物流延迟（7 条）的 85.7%" in desk.head.value
    assert "95% 区间" in desk.head.value and ">好多天</mark>" in desk.rows.value
    desk.clear()
    assert desk.query.contains == [] and desk.seen.dropped == ""


def test_words_of_customers_are_never_code(desk):
    desk.words.value = "img"
    desk.open("F029")
    for shown in (desk.rows.value, desk.read.value):
        assert "<img" not in shown and "&lt;" in shown
    assert "<img" not in picks.bars("channel", {'<img src="x': 1}, "")


def test_a_feedback_is_read_with_all_around_it(desk):
    desk.open("F000")
    assert "没有客户编号" in desk.read.value
    desk.reading = replace(desk.reading, rows=desk.reading.rows.assign(customer_id="C1"))
    desk.open("F000")
    read = desk.read.value
    assert "等了好多天" in read and "13800138000" not in read
    assert "这位客户的其他反馈（29）" in read and 'data-pick="open:F0' in read and "另有 21 条" in read
    assert "根因：分拣慢 → 缺人" in read and "措施 M01：增设晚班（王敏，2026-04-30 前" in read


def test_a_tag_put_right_is_a_correction_and_can_be_taken_back(desk):
    desk.open("F000")
    for name, box in desk.retag.tags.items():
        box.value = name == "服务态度"
    desk.retag.save()
    corrected = desk.retag.desk.corrected().set_index("feedback_id")["tags"]
    assert desk.retag.desk.words(corrected["工单:F000"]) == "服务态度"
    trail = store.trail(desk.retag.desk.engine).iloc[-1]
    assert (trail["who"], trail["old"]) == ("赵六", "物流延迟")
    desk.open("F000")
    assert "赵六已更正过" in desk.retag.said.value and desk.retag.tags["服务态度"].value
    desk.retag.take_back()
    assert desk.retag.desk.standing("工单:F000").tags == ("服务态度",)  # it stood when it was opened again
    desk.open("F001")
    for box in desk.retag.tags.values():
        box.value = False
    desk.retag.save()
    assert "至少选一个标签" in desk.retag.said.value


def test_what_was_filtered_is_the_evidence_of_a_cause(desk):
    assert "先选一个问题类型" in desk.filing.hint.value and desk.filing.line.layout.display == "none"
    desk.filters[CATEGORY].value = "物流延迟"
    desk.words.value = "太慢、好多天"
    desk.filing.cause.value = (0, 0)
    desk.filing.note.value = "仓库日报"
    desk.filing.save()
    assert "已存为 物流延迟 → 分拣慢 → 缺人" in desk.filing.said.value
    held = knowledge.read(known.raw(desk.filing.bench.state())).analysis("物流延迟")
    evidence = held.why[0].why[0].evidence
    assert (
        evidence.contains == ["太慢", "好多天"] and evidence.note == "仓库日报" and evidence.category is None
    )
    last = known.history(desk.filing.bench.engine, "小店").iloc[-1]
    assert last["who"] == "赵六" and last["origin"] == "workbench/explore.ipynb"
    desk.filing.cause.value = ()
    desk.filing.save()
    assert "请写新的原因" in desk.filing.said.value
    desk.filing.name.value = "快递少"
    desk.filing.save()
    grown = knowledge.read(known.raw(desk.filing.bench.state())).analysis("物流延迟").why
    assert [cause.cause for cause in grown] == ["分拣慢", "路上堵", "快递少"] and grown[2].evidence.contains


def test_a_desk_whose_reports_read_a_file_switches_by_its_button(shop):
    (shop / "known.yaml").write_text(KNOWN, encoding="utf-8")
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: known.yaml\n", encoding="utf-8")
    filing = explore.panel(str(file), who="赵六").filing
    assert "按“改以登记库为准”就改过来" in filing.said.value and not filing.switch.layout.display
    filing.switch.click()
    assert "报告从此以登记库为准" in filing.said.value and filing.switch.layout.display == "none"
    assert "knowledge: register" in file.read_text(encoding="utf-8")


def test_a_cause_somebody_withdrew_meanwhile_is_told(desk, filed):
    desk.filters[CATEGORY].value = "物流延迟"
    desk.words.value = "太慢"
    desk.filing.cause.value = (1,)
    other = causes.panel(filed, who="钱七")
    other._choose((1,))
    other.withdraw()
    other.save()
    desk.filing.save()
    assert "刚被别人改过" in desk.filing.said.value


def test_the_list_is_turned(desk):
    desk.turn(1)
    assert desk.first == explore.PAGE and not desk.back.disabled
    desk.turn(-5)
    assert desk.first == 0 and desk.back.disabled
