"""The panel without a browser: what a key saves, what is shown, who was faster."""

from datetime import datetime

import pandas as pd
import pytest

from voc_lib.register import store
from voc_lib.widgets import coders, journal, keyline, keys, session, tagging
from voc_lib.widgets.carried import Carried
from voc_lib.widgets.evidence import marked
from voc_lib.widgets.regrouping import Regroupings

AT = datetime(2026, 10, 1, 9, 0)


@pytest.fixture
def panel(step):
    return tagging.panel(step, coder="王敏")


def in_force(step):
    return dict(store.corrections(step.register).itertuples(index=False))


def test_keys_are_read_from_the_end_of_the_line_however_they_come(panel, step):
    for line in ("1", "12", "12３", "1", "14", "14；", "14；1"):
        panel.typing.value = line
    assert panel.sitting.tagged == set(panel.items["feedback_id"].head(4))
    panel.typing.value = "14；12"
    assert list(in_force(step).values()).count("EC-LOG；EC-PKG") == 1


def test_a_long_line_is_emptied_and_the_key_on_its_way_counts_once(panel):
    panel.typing.value = long = "." * keyline.LENGTH + "1"
    assert panel.typing.value == "" and len(panel.sitting.tagged) == 0  # only 30 items: past the end
    panel.typing.value = long + ",1"
    assert len(panel.sitting.tagged) == 1


def test_a_note_goes_with_the_next_answer_and_only_with_it(panel, step):
    panel.note.value = " 说的是快递 "
    panel.press("1")
    panel.press("2")
    trail = store.trail(step.register)
    assert trail["why"].tolist() == ["说的是快递", ""] and set(trail["who"]) == {"王敏"}
    assert trail["old"].notna().all()


def test_undo_leaves_no_correction_and_a_full_trail(panel, step):
    panel.press("1")
    panel.press(keys.UNDO)
    assert in_force(step) == {} and len(store.trail(step.register)) == 2


def test_an_answer_after_undo_still_says_what_stood_there_first(panel, step):
    first = panel.items["tags"].iloc[0]
    panel.press("1")
    panel.press(keys.UNDO)
    panel.press("2")
    last = store.in_force(step.register).iloc[0]
    assert (last["old"], panel.desk.words(last["old"])) == (first, first)
    assert first in journal.panel(step).table.value


def test_undo_of_a_second_thought_brings_the_first_correction_back(panel, step):
    ident = panel.items["feedback_id"].iloc[0]
    store.add_correction(step.register, ident, "EC-PRI", who="李强", at=AT)
    panel.sitting.seen.clear()
    panel.press("1")
    panel.press(keys.UNDO)
    assert in_force(step) == {ident: "EC-PRI"}


def test_who_was_faster_is_told_and_the_item_stays(panel, step):
    ident = panel.items["feedback_id"].iloc[0]
    store.add_correction(step.register, ident, "EC-PRI", who="李强", at=AT)
    panel.press("1")
    assert "李强" in panel.said.value and panel.state.at == 0 and in_force(step) == {ident: "EC-PRI"}
    panel.press("1")
    assert in_force(step) == {ident: "EC-LOG"} and not panel.said.value


def test_customer_text_is_never_markup(panel):
    for _ in range(len(panel.items)):
        assert "<img" not in panel.text.value
        if "&lt;img" in panel.text.value:
            break
        panel.press(keys.NEXT)
    assert "onerror=&quot;" in panel.text.value


def test_the_words_that_led_to_a_tag_are_marked(panel, step):
    shown = []
    for _ in range(len(panel.items)):
        shown.append(panel.text.value)
        panel.press(keys.NEXT)
    assert any('<mark title="物流延迟" style="--hue:0">发货' in words for words in shown)


def test_overlapping_and_impossible_spans_do_no_harm():
    assert marked("发货慢", [(0, 3, "a"), (1, 2, "b"), (2, 9, "c"), (-1, 1, "d")]) == (
        '<mark title="a">发</mark><mark title="a、b">货</mark><mark title="a">慢</mark>'
    )


def test_a_blind_coder_sees_no_answers_and_corrects_nothing(panel, step):
    panel.press("1")
    second = tagging.panel(step, coder="李强", blind=True, size=12)
    assert set(second.items["why"]) == {"请独立标注"} and len(second.items) == 12
    assert "<mark" not in second.text.value and "未标" in second.foot.value
    before = in_force(step)
    second.press(keys.ACCEPT)
    assert second.state.at == 0
    for key in "111":
        second.press(key)
    assert in_force(step) == before
    assert len(tagging.panel(step, coder="李强", blind=True, size=12).items) == 9


def test_the_gold_sample_is_the_same_whatever_was_reviewed_before(panel, step):
    sample = tagging.panel(step, coder="赵敏", blind=True, size=12).items["feedback_id"].tolist()
    for _ in range(30):
        panel.press("1")
    again = tagging.panel(step, coder="王敏", blind=True, size=12)  # corrected all, asked again all the same
    assert again.items["feedback_id"].tolist() == sample
    for key in "111":
        again.press(key)
    answers = step.answers(step.read("tagged"))
    assert answers["period"].eq("2026-09").sum() == 3 and len(answers) == 3


def test_what_coders_answered_apart_comes_first_until_it_is_settled(panel, step):
    for coder, answers in (("王敏", "123"), ("李强", "111")):
        blind = tagging.panel(step, coder=coder, blind=True)
        for key in answers:
            blind.press(key)
    third = tagging.panel(step, coder="王敏")
    assert third.items["why"].tolist().count("标注人意见不一致") == 2
    said = str(coders.agreement(step))
    assert "李强 与 王敏：共同标注 3 条" in said and "王敏 与 机器" in said and "α" in said
    third.press("1")
    assert len(session.desk(step, coder="王敏").apart()) == 1


def test_answers_given_with_the_tags_in_sight_are_no_agreement(panel, step):
    for person in (panel, tagging.panel(step, coder="李强")):
        for _ in range(5):
            person.press(keys.ACCEPT)
    assert "还没有独立标注" in str(coders.agreement(step))


def test_intent_urgency_customer_type_and_mood_are_corrected_beside_the_tags(panel, step):
    ident, shown = panel.items["feedback_id"].iloc[0], panel.choices["intent"].value
    assert shown == panel.items["intent"].iloc[0] and panel.state.at == 0
    panel.choices["intent"].value = "需求"
    panel.choices["urgency"].value = "P0"
    panel.choices["customer_type"].value = "老客"
    panel.choices["mood"].value = "负面" if panel.choices["mood"].value != "负面" else "中性"
    mood = panel.choices["mood"].value
    trail = store.trail(step.register, ident)
    assert trail[["field", "old", "new"]].values.tolist()[0] == ["intent", shown, "需求"]
    assert set(trail["field"]) == {"intent", "urgency", "customer_type", "mood"} and panel.state.at == 0
    panel.press("1")
    panel.press(keys.BACK)
    assert [box.value for box in panel.choices.values()] == ["需求", "P0", "老客", mood]
    assert len(store.trail(step.register)) == 5  # showing an item sets nothing


def test_a_field_someone_else_set_meanwhile_is_told(panel, step):
    ident = panel.items["feedback_id"].iloc[0]
    store.add_correction(step.register, ident, "咨询", who="李强", at=AT, field="intent")
    panel.choices["intent"].value = "需求"
    assert "李强" in panel.said.value and "咨询" in panel.said.value
    assert panel.choices["intent"].value == "咨询"
    panel.choices["intent"].value = "需求"
    assert store.corrections(step.register, field="intent")["intent"].tolist() == ["需求"]


def test_the_journal_lists_what_changed_and_takes_one_back(panel, step):
    panel.press("1")
    ident = panel.items["feedback_id"].iloc[0]
    store.add_correction(step.register, ident, "EC-PRI", who="李强", at=AT)  # too late
    view = journal.panel(step, coder="赵敏")
    rows = journal.entries(view.desk)
    assert rows[["state", "new", "who"]].values.tolist() == [
        [journal.CONFLICT, "价格与优惠", "李强"],
        [journal.IN_FORCE, "物流延迟", "王敏"],
    ]
    assert "价格与优惠" in view.table.value and len(view.choice.options) == 1
    view.withdraw()  # nothing chosen, nothing happens
    view.choice.value = (ident, "tags")
    view.withdraw()
    assert in_force(step) == {} and "已撤回" in view.said.value and not view.choice.options
    assert journal.entries(view.desk).empty


def test_a_journal_without_entries_says_where_they_come_from_and_offers_nothing_to_take_back(panel, step):
    view = journal.panel(step, beside=panel)
    assert journal.NOTHING in view.table.value and view.taking.layout.display == "none"
    panel.press("1")
    assert journal.NOTHING not in view.table.value and view.taking.layout.display == ""


def test_an_empty_month_is_a_sentence(step):
    desk = session.desk(step, coder="王敏")
    empty = tagging.Panel(pd.DataFrame(columns=["feedback_id", "tags"]), {}, desk)
    empty.press("1")
    assert "没有更多" in empty.text.value


def test_an_issue_is_taken_apart_or_joined_by_choosing_or_writing(panel, step):
    own = panel._id(0)
    offered = panel.issue.options
    assert all(line.startswith(("自成一件", "拆出", "并入")) for line in offered)
    other = panel._id(1)
    panel.issue.value = other
    assert "已记入登记库" in panel.said.value
    assert dict(store.corrections(step.register, field="issue_id").values) == {own: other}
    for wrong in ("没有这个", own):
        panel.issue.value = wrong
        assert "可以并入" in panel.said.value
    panel.issue.value = "自成一件"
    assert dict(store.corrections(step.register, field="issue_id").values) == {own: "自成一件"}


def test_many_ticked_get_one_answer_and_one_undo_takes_it_back(panel, step):
    for key in "--.-":
        panel.press(key)
    panel.press("1")
    chosen = [panel._id(at) for at in (0, 1, 3)]
    assert in_force(step) == dict.fromkeys(chosen, "EC-LOG") and panel.state.at == 4
    panel.press(keys.UNDO)
    assert in_force(step) == {} and panel.state.at == 0 and not panel.sitting.tagged
    trail = store.trail(step.register)
    assert trail["old"].notna().all() and len(trail) == 6


def test_one_of_many_somebody_else_answered_is_told_and_stays_ticked(panel, step):
    for key in "--":
        panel.press(key)
    panel.listed.value = True
    store.add_correction(step.register, panel._id(1), "EC-PRI", who="李强", at=AT)
    panel.press("1")
    assert "李强" in panel.said.value and panel.state.ticked == (1,) and panel.state.at == 1
    assert in_force(step) == {panel._id(0): "EC-LOG", panel._id(1): "EC-PRI"}
    panel.press(keys.UNDO)
    assert in_force(step) == {panel._id(1): "EC-PRI"}


def test_intent_and_urgency_have_keys_and_are_undone_as_tags_are(panel, step):
    ident = panel._id(0)
    store.add_correction(step.register, ident, "P2", who="李强", at=AT, field="urgency")
    panel.sitting.seen.clear()
    for key in "[4]0":
        panel.press(key)
    fields = {name: store.corrections(step.register, field=name) for name in ("intent", "urgency")}
    assert fields["intent"]["intent"].tolist() == ["表扬"] and panel.choices["urgency"].value == "P0"
    panel.press(keys.UNDO)
    assert panel.choices["urgency"].value == "P2" and panel.state.at == 0
    panel.press(keys.UNDO)
    assert store.corrections(step.register, field="intent").empty


def test_the_queue_is_narrowed_by_words_tag_and_doubt(panel):
    panel.narrowing.words.value = "闪退、退货"
    assert 0 < len(panel.state.shown) < len(panel.items) and "共 30 条" in panel.head.value
    assert all("闪退" in text or "退货" in text for text in panel.items["text"].iloc[[*panel.state.shown]])
    panel.narrowing.tag.value = "退换货流程"
    assert set(panel.items["tags"].iloc[[*panel.state.shown]]) == {"退换货流程"}
    panel.narrowing.words.value = "没有这个词"
    assert panel.state.over and "清空条件" in panel.text.value
    panel.press("1")
    panel.narrowing.clear()
    assert len(panel.state.shown) == 30 and not panel.sitting.tagged
    panel.narrowing.doubtful.value = True
    assert "随机抽查" not in set(panel.items["why"].iloc[[*panel.state.shown]])


def test_the_list_shows_what_stands_and_is_ticked_and_opened_by_clicks(panel):
    panel.listed.value = True
    panel.click("tick:2")
    panel.click("go:4")
    assert panel.state.ticked == (2,) and panel.state.at == 4
    assert 'aria-checked="true" aria-label="勾选第 3 条"' in panel.list.value
    assert panel.list.value.count("<tr") == 11 and "<img" not in panel.list.value
    panel.all.click()
    assert len(panel.state.ticked) == 30
    panel.none.click()
    panel.press("1")
    assert "5 ✓" in panel.list.value and ">物流延迟</span>" in panel.list.value


def test_what_coders_and_rules_say_stands_beside_an_item_to_be_settled(panel, step):
    for coder, key in (("王敏", "1"), ("李强", "2")):
        tagging.panel(step, coder=coder, blind=True).press(key)
    third = tagging.panel(step, coder="赵敏")
    assert third.items["why"].iloc[0] == "标注人意见不一致"
    said = [(one.who, one.tags) for one in third.opinions.of(third._id(0))]
    assert said[:2] == [("李强", ("物流破损与错漏发",)), ("王敏", ("物流延迟",))] and said[2][0] == "规则"
    assert "<dt>李强</dt>" in third.text.value
    assert "<dt>" not in tagging.panel(step, coder="李强", blind=True).text.value


def test_the_shares_and_the_journal_follow_each_answer(panel, step):
    view = journal.panel(step, beside=panel)
    place = panel.items.index[panel.items["tags"] == "功能异常"][0]
    panel.click(f"go:{place}")
    panel.press("1")
    assert "物流延迟" in view.table.value
    assert "（−1 条）；物流延迟" in panel.shares.value and "（+1 条）" in panel.shares.value
    panel.press(keys.UNDO)
    assert "没有改变" in panel.shares.value and "物流延迟" not in view.table.value


def test_the_same_workbook_can_be_brought_twice(panel, step, tmp_path):
    box = Carried(step, panel.desk, panel.items, lambda: None)
    box.box.children[0].children[0].click()
    file = next((step.settings.outputs / "review").glob("*.xlsx"))
    sent = {"name": file.name, "type": "", "size": 1, "content": file.read_bytes(), "last_modified": AT}
    for _ in range(2):
        box.said.value = ""
        box.upload.value = (sent,)
        assert "导入 0 条" in box.said.value and not box.upload.value


def test_what_is_offered_is_of_the_issue_and_of_the_customer():
    rows = pd.DataFrame(
        [
            ("s:1", "I-1", "u1", "2026-09-01", "快递没到"),
            ("s:2", "I-1", "u1", "2026-09-02", "还是没到"),
            ("s:3", "I-3", "u1", "2026-09-03", "客服不理人"),
            ("s:4", "I-4", "u1", "2025-09-03", "去年的事"),
            ("s:5", "I-5", "u2", "2026-09-03", "别人的事"),
        ],
        columns=["feedback_id", "issue_id", "customer_id", "created_at", "text"],
    )
    rows["created_at"] = pd.to_datetime(rows["created_at"])
    groups = Regroupings(rows, {"s:1": "s:1", "s:2": "s:2", "s:3": "s:3", "I-3": "s:3"})
    offered = groups.offered("s:1")
    assert offered == ["自成一件", "拆出 s:2（09-02 还是没到）", "并入 s:3（09-03 客服不理人）"]
    meant = [groups.meant(line, "s:1") for line in [*offered, "I-3"]]
    assert meant == [("s:1", "自成一件"), ("s:2", "自成一件"), ("s:1", "s:3"), ("s:1", "s:3")]
    assert groups.offered("s:5") == []
