"""Exports in which staff or a machine speaks beside the customer: whose rows to take is asked."""

import json

import pytest

from voc_lib.errors import QuestionsError

WORDS = ("包裹一直没有送到", "您好，正在为您查询", "都等了五天了还没有到", "给您带来不便非常抱歉")


def messages(header: str, values: tuple[str, ...]) -> dict[str, str]:
    rows = [f"{n},2026-09-0{n % 9 + 1},{values[n % len(values)]},{WORDS[n % 4]}第{n}次" for n in range(12)]
    return {"聊天.csv": "\n".join([f"消息编号,消息时间,{header},消息内容", *rows])}


COLUMNS = [
    ("消息方向", ("收", "发"), "keep: {消息方向: [收]}"),
    ("消息方向", ("接收", "发送"), "keep: {消息方向: [接收]}"),
    ("direction", ("in", "out"), "keep: {direction: [in]}"),
    ("发送人类型", ("客户", "坐席", "系统"), "keep: {发送人类型: [客户]}"),
    ("角色", ("用户", "机器人", "人工客服"), "keep: {角色: [用户]}"),
    ("sender_type", ("Visitor", "Agent", "System"), "keep: {sender_type: [Visitor]}"),
    ("谁", ("顾客", "店员"), "keep: {谁: [顾客]}"),
    ("sender.sender_type", ("user", "app"), "keep: {sender.sender_type: [user]}"),
    ("角色", ("客户", "我方"), "keep: {角色: [客户]}"),
    ("昵称", ("豆豆妈", "晨爸", "小玲（客服）"), "drop: {昵称: [小玲（客服）]}"),
    ("角色", ("员工", "机器人"), "keep: {角色: [员工]}"),
    ("消息方向", ("1", "2"), 'keep: {消息方向: ["1"]}'),
]


@pytest.mark.parametrize(("header", "values", "line"), COLUMNS, ids=[f"{c[0]} {c[1][0]}" for c in COLUMNS])
def test_whose_rows_to_take_is_asked_with_the_line(load, header, values, line):
    with pytest.raises(QuestionsError, match="哪些行是客户说的") as error:
        load(messages(header, values))
    assert line in str(error.value) and f"drop: {{{header}: []}}" in str(error.value)


def test_names_of_those_who_speak_are_not_shown(load):
    with pytest.raises(QuestionsError) as error:
        load(messages("发言人", ("沈月", "机器人")))
    assert "沈月" not in str(error.value) and "drop: {发言人: [机器人]}" in str(error.value)
    assert "其他人 的 6 行、机器人 的 6 行" in str(error.value)


def test_words_of_a_message_are_taken_out_of_its_json(load):
    rows = [
        {"message_id": f"om_{n}", "create_time": f"2026-09-0{n} 10:00", "content": json.dumps({"text": word})}
        for n, word in enumerate(WORDS, start=1)
    ]
    found = load({"聊天.json": json.dumps(rows)}, source={"path": "聊天.json"})
    assert found.feedback["text"].tolist() == list(WORDS)


def test_either_answer_ends_the_question(load):
    files = messages("消息方向", ("收", "发"))
    assert len(load(files, source={"keep": {"消息方向": ["收"]}}).feedback) == 6
    assert len(load(files, source={"drop": {"消息方向": []}}).feedback) == 12


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("责任方", ("商家", "买家")),
        ("提交人类型", ("客户", "员工")),
        ("消息类型", ("文本", "图片")),
        ("角色", ("用户", "会员")),
    ],
)
def test_a_column_that_says_something_else_is_no_question(load, header, values):
    assert len(load(messages(header, values)).feedback) == 12
