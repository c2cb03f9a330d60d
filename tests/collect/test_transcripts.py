"""Interviews, focus groups and minutes: who said what, where, and what is no feedback."""

import pytest

from tests.collect.talks import document, rows
from voc_lib.clean import privacy
from voc_lib.collect import readers
from voc_lib.errors import DataError, QuestionsError

INTERVIEW = """CRM 使用访谈记录
访谈时间：2026年9月10日 下午2:30    地点：三楼会议室
受访人：李雪（华东销售部 销售代表）
主持人：王敏

[00:00:05] 主持人：您平时怎么用报表？
[00:00:31] 李雪：月底报表中心根本打不开，一转圈就是十几分钟，
最后只好半夜来跑。
[00:01:10] 主持人：导入呢？
[00:01:20] 李雪：数据导入老是报错，E413 是什么意思？
嗯。
[00:02:00] 李雪：嗯嗯，对。
"""
MINUTES = (
    "CRM 月度例会会议纪要",
    rows(
        ("会议时间", "2026-09-15 10:00"),
        ("参会人员", "张伟（客服部 客服主管）、陈静（市场部）"),
        ("记录人", "赵磊"),
    ),
    "一、主要问题",
    "1. 张伟反映，服务工单的页面太慢，客户在电话里等着。",
    "2. 陈静（市场专员）：营销活动的名单要手工导三次",
    "三、下一步计划",
    "信息部 9 月 30 日前给出优化方案",
)
SOURCE = {"name": "访谈", "channel": None}


def crm(load, files, **source):
    return load(files, source={**SOURCE, "path": "访谈", **source}, subject="crm", industry="crm_usage")


def test_an_interview_is_utterances_with_place_role_and_the_question_before(load):
    found = crm(load, {"访谈/李雪.txt": INTERVIEW})
    rows = found.feedback
    assert rows["text"].str[:4].tolist() == ["月底报表", "数据导入"]
    assert rows["text"].iloc[0].endswith("最后只好半夜来跑。")
    assert rows["line"].tolist() == [7, 10]
    assert set(rows["region"]) == {"华东销售部"} and set(rows["product"]) == {"销售代表"}
    assert rows["remark"].tolist() == ["录音 00:00:31；问：您平时怎么用报表？", "录音 00:01:20；问：导入呢？"]
    assert str(rows["created_at"].iloc[0]) == "2026-09-10 14:30:31" and set(rows["channel"]) == {"访谈"}


def test_every_line_of_a_transcript_has_its_place_in_the_ledger(load):
    found = crm(load, {"访谈/李雪.txt": INTERVIEW})
    kinds = found.reads["aside_kinds"].iloc[0]
    assert "提问者的话 2" in kinds and "折行 1" in kinds and "抬头行 3" in kinds
    assert found.quarantine["reason"].tolist() == ["只有应答（嗯、好的），没有内容"] * 2


def test_minutes_in_word_give_what_was_reported_and_leave_decisions_aside(load):
    found = crm(load, {"访谈/例会.docx": document(*MINUTES)})
    assert found.feedback["text"].str[:8].tolist() == ["张伟反映，服务工", "营销活动的名单要"]
    assert found.feedback["product"].tolist() == ["客服主管", "市场专员"]
    assert found.feedback["region"].tolist() == ["客服部", "市场部"]
    assert set(found.feedback["channel"]) == {"会议纪要"}
    assert "决议与待办 1" in found.reads["aside_kinds"].iloc[0]


def test_names_of_speakers_are_masked_like_customers(load):
    found = privacy.protect(crm(load, {"访谈/例会.docx": document(*MINUTES)}), b"0123456789abcdef")
    whole = found.feedback.to_csv() + found.quarantine.to_csv()
    assert "张伟" not in whole and "陈静" not in whole and "[姓名]反映" in whole


def test_labels_are_people_of_their_own_transcript_alone(load):
    talk = "时间：2026-09-03\n主持人：怎么样？\n受访者A：审批太慢了\n受访者B：报价单要填三十几项\n"
    found = crm(load, {"访谈/1.txt": talk, "访谈/2.md": talk.replace("审批", "合同")})
    assert found.feedback["customer_id"].nunique() == 4


def test_questions_and_answers_by_letters(load):
    talk = (
        "访谈日期：2026/9/4\n岗位：客服专员\nQ1：好用吗？\nA1：找不到历史工单\nQ2：还有吗\nA2：没有培训过\n"
    )
    found = crm(load, {"访谈/问答.txt": talk})
    assert found.feedback["text"].tolist() == ["找不到历史工单", "没有培训过"]
    assert set(found.feedback["product"]) == {"客服专员"} and found.feedback["customer_id"].nunique() == 1


def test_names_above_their_words_as_meeting_software_writes_them(load):
    talk = (
        "会议时间：2026-09-05 09:00\n\n说话人 1 00:03\n好用吗？\n\n说话人 2 00:10\n报表导不出来\n线索也丢了"
    )
    found = crm(load, {"访谈/转写.txt": talk}, speakers={"说话人 1": "主持人", "说话人 2": "销售"})
    assert found.feedback["text"].tolist() == ["报表导不出来", "线索也丢了"]
    assert set(found.feedback["product"]) == {"销售"}


def test_a_table_with_a_column_for_who_and_one_for_what(load):
    head = ("序号", "发言人", "部门/岗位", "意见")
    first, second = ("1", "孙丽", "客服部客服", "工单搜不到"), ("2", "周强", "财务部", "回款对不上")
    talk = ("座谈时间：2026-09-06", rows(head, first, second))
    found = crm(load, {"访谈/座谈.docx": document(*talk)})
    assert found.feedback["text"].tolist() == ["工单搜不到", "回款对不上"]
    assert found.feedback["region"].tolist() == ["客服部", "财务部"]


def test_without_speakers_every_paragraph_is_kept_and_said(load):
    files = {
        "访谈/记录.docx": document("访谈时间：2026-09-07", "报表中心月底打不开。", "审批不能在手机上处理。")
    }
    found = crm(load, files)
    assert found.feedback["text"].tolist() == ["报表中心月底打不开。", "审批不能在手机上处理。"]
    assert found.feedback["customer_id"].isna().all()
    assert any("没有写明谁在说话，2 段各作一条反馈" in note for note in found.notes)


def test_a_text_without_speakers_is_read_where_the_params_say_that_it_is_one(load):
    found = crm(load, {"访谈/记录.txt": "时间：2026-09-07\n报表打不开。\n审批太慢。\n"}, speakers={})
    assert len(found.feedback) == 2


def test_who_asks_most_is_taken_for_the_one_who_asks_and_said(load):
    talk = "时间：2026-09-08\n" + "".join(
        f"王敏：第{n}个问题怎么看？\n李雪：报价单第{n}页打不开\n" for n in range(3)
    )
    found = crm(load, {"访谈/a.txt": talk})
    assert len(found.feedback) == 3
    assert any("多数话是问句，按提问者另放（3 段）" in note and "王敏" not in note for note in found.notes)
    again = crm(load, {"访谈/a.txt": talk}, speakers={"王敏": "销售"})
    assert len(again.feedback) == 6


def test_a_transcript_without_a_day_says_what_to_write(load):
    with pytest.raises(DataError, match=r"a\.txt.*反馈时间.*created_at: 2026-09-30"):
        crm(load, {"访谈/a.txt": "主持人：好吗？\n受访者A：太慢\n受访者B：太卡\n"})
    talk = {"访谈/a.txt": "主持人：好吗？\n受访者A：太慢\n受访者B：太卡\n"}
    assert len(crm(load, talk, created_at="2026-09-09").feedback) == 2


def test_only_questions_are_no_feedback(load):
    with pytest.raises(DataError, match="只有提问者的话"):
        crm(load, {"访谈/a.txt": "主持人：一？\n主持人：二？\n主持人：三？\n"})


def test_tracked_changes_count_as_accepted(load):
    inserted = "<w:p><w:ins><w:r><w:t>受访者A：报表太慢</w:t></w:r></w:ins></w:p>"
    gone = "<w:del><w:r><w:delText>很快</w:delText></w:r></w:del>"
    deleted = f"<w:p><w:r><w:t>受访者B：审批</w:t></w:r>{gone}<w:r><w:t>太慢</w:t></w:r></w:p>"
    moved = "<w:p><w:moveFrom><w:r><w:t>受访者C：挪走的话</w:t></w:r></w:moveFrom></w:p>"
    found = crm(load, {"访谈/a.docx": document("时间：2026-09-08", inserted, deleted, moved)})
    assert found.feedback["text"].tolist() == ["报表太慢", "审批太慢"]
    assert any("修订记录" in note and "删去的（2 处）不读" in note for note in found.notes)


def test_a_log_of_lines_with_colons_stays_a_table(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("问题：报表\n建议：加快\n时间：今天\n", encoding="utf-8")
    (table,) = readers.read(file, talks=True)
    assert "发言内容" not in table.columns


def test_calls_of_customers_keep_to_whose_words_they_are(load):
    talk = "日期：2026-09-08\n" + "客服：您好，请讲\n客户：快递三天没动\n" * 3
    with pytest.raises(QuestionsError, match="哪些行是客户说的"):
        load({"通话/a.txt": talk}, source={"path": "通话"})
    found = load({"通话/a.txt": talk}, source={"path": "通话", "speakers": {"客服": "主持人"}})
    assert set(found.feedback["text"]) == {"快递三天没动"}


GROUP = """# 客户成功部焦点小组
- 日期：2026-09-18
- 主持人：林岚
- 参会：许诺（客户成功经理）、罗晓

**林岚**：大家说说数据这块。

**许诺**：重复客户太多了，
合并又合不了。

**邵远**：没人教过怎么合并。

**林岚**：还有吗？

**Tony**：导出也慢。
"""


def test_who_the_head_does_not_list_is_not_taken_for_the_one_who_asks(load):
    found = crm(load, {"访谈/小组.md": GROUP})
    rows = found.feedback
    assert rows["text"].tolist() == [
        "重复客户太多了，合并又合不了。",
        "没人教过怎么合并。",
        "Tony：导出也慢。",
    ]
    assert rows["customer_name"].isna().tolist() == [False, False, True]
    assert rows["product"].iloc[0] == "客户成功经理" and "提问者的话 2" in found.reads["aside_kinds"].iloc[0]


CHATS = {
    "企业微信": """CRM答疑群 2026-09-02

韩冬 9月2日 09:12
报表打不开
许可 9月3日 下午 4:15
收到
许可 9月3日 下午 4:16
[图片]
""",
    "钉钉": """沈月(1042)  2026-09-02 09:12:00
报表打不开
机器人小助手  2026-09-02 09:12:05
您的问题已收到
沈月(1042)  2026-09-02 10:00:00
沈月撤回了一条消息
""",
    "飞书": """唐宁 2026年9月2日 09:12
报表打不开
Lily Chen 2026年9月2日 09:13
[表情]
""",
}


@pytest.mark.parametrize("name", CHATS)
def test_a_chat_copied_from_a_group_is_messages_with_who_and_when(load, name):
    found = crm(load, {f"访谈/{name}.txt": CHATS[name]})
    assert found.feedback["text"].tolist() == ["报表打不开"]
    assert found.feedback["customer_name"].str.len().tolist() == [2]
    assert str(found.feedback["created_at"].iloc[0])[:16] == "2026-09-02 09:12"
    assert set(found.feedback["channel"]) == {"群聊"} and len(found.quarantine) in (1, 2)


def test_minutes_of_two_reports_below_a_head_are_read(load):
    head = "会议纪要\n时间：2026年9月22日上午9:30\n主持人：宋凯\n参会：吴倩（市场部）、郑重\n一、情况\n"
    text = head + "吴倩反映，筛选条件也丢了。\n郑重表示，字段太多。\n"
    rows = crm(load, {"访谈/例会.txt": text}).feedback
    assert rows["region"].dropna().tolist() == ["市场部"] and len(rows[rows["customer_name"].notna()]) == 2


def test_a_text_without_speakers_says_what_to_write(load, caplog):
    crm(load, {"访谈/小组.md": GROUP, "访谈/无.txt": "系统慢得要命。\n没人带。\n"}, path="访谈/*")
    assert "若是访谈或纪要，请在来源下写 speakers: {}" in caplog.text


FOCUS = """焦点小组讨论 2026年9月12日 14:00
主持人：李敏
参会人员：甲某（华东销售部 销售代表）、乙某（客服部 客服专员）

主持人：大家平时用得最多的是什么？
甲某：报价单的折扣规则对不上业务，只能线下算。
乙某：+1
主持人：为什么不用报表中心？
众人：月底根本打不开！
（笑）
乙某：都导出来用表格做。
甲某、乙某：对，没人教过。
"""


def test_words_of_several_people_are_nobodys_and_a_dated_title_is_no_speaker(load):
    found = crm(load, {"访谈/焦点小组.txt": FOCUS}).feedback
    names = found["customer_name"].fillna("").tolist()
    assert list(zip(names, found["text"].str[:4], strict=True)) == [
        ("甲某", "报价单的"),
        ("", "月底根本"),
        ("乙某", "都导出来"),
        ("", "对，没人"),
    ]
    assert set(found["created_at"].astype(str)) == {"2026-09-12 14:00:00"}


UNNAMED = """销售一群 聊天记录

张三 2026-09-02 09:12:31
报表中心又打不开了
--- 以下为新消息 ---
09:20 有人反映合同审批卡住
审批人那一栏是空的
李四 2026-09-02 09:25:00
导入一直报错
这个月第三次了
2026-09-03 10:00
模板和文档对不上
王五 2026-09-03 10:05:00
手册还是两年前的
"""


def test_a_message_of_a_chat_without_a_name_is_not_the_last_speakers(load):
    found = crm(load, {"访谈/群聊.txt": UNNAMED})
    rows = found.feedback
    assert rows["customer_name"].fillna("").tolist() == ["张三", "", "", "李四", "李四", "", "王五"]
    assert rows["created_at"].dt.strftime("%d %H:%M").tolist()[1:3] == ["02 09:20", "02 09:20"]
    assert any("有 3 段看不出是谁说的，照收" in note for note in found.notes)
    assert "分隔行 1" in found.reads["aside_kinds"].iloc[0]
