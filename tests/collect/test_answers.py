"""Every scale question and every choice of several options, as survey platforms write them."""

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.clean import privacy
from voc_lib.collect import choices, facets, surveys
from voc_lib.params import Source
from voc_lib.period import Period
from voc_lib.stats import survey

SEPTEMBER = Period.parse("2026-09")
HEAD = "序号,提交答卷时间,1、总体满意度（1-5）,2、请评价[物流],2、请评价[客服],"
TAIL = "4、您的意见和建议\n"


def results(collected) -> pd.DataFrame:
    schema.check(collected.answers, schema.ANSWERS)
    table = schema.check(survey.table(collected.answers, SEPTEMBER), schema.SURVEY_ANSWERS)
    return table.fillna({"item": ""}).set_index(["question", "item", "indicator"])


def rows(*lines: str) -> str:
    return "".join(f"{n},2026-09-0{n} 10:00:00,{line}\n" for n, line in enumerate(lines, 1))


def test_facets_the_whole_and_options_in_columns(load):
    head = HEAD + "3、不满意的原因（多选题）(配送),3、(质量)," + TAIL
    body = rows("5,5,1,1,0,物流很快", "4,4,2,0,0,客服不理人", "1,3,2,1,1,客服态度差", "2,4,1,0,1,没有解决")
    collected = load({"问卷.csv": head + body})
    table = results(collected)
    assert table.loc[("总体满意度（1-5）", "", "均分"), ["value", "n"]].tolist() == [3, 4]
    assert table.loc[("请评价", "物流", "均分"), "value"] == 4
    assert table.loc[("请评价", "客服", "前两档占比"), "value"] == 0
    chosen = table.loc[("不满意的原因", "配送", "选择率")]
    assert (chosen["value"], chosen["n"]) == (0.5, 4) and 0 < chosen["low"] < 0.5 < chosen["high"] < 1
    assert collected.feedback["csat"].tolist() == [5, 4, 1, 2]
    assert set(collected.answers["kind"]) == {"整体", "评分", "多选"}
    assert collected.answers["feedback_id"].notna().all()


@pytest.mark.parametrize("sign", ["┋", ";", "；", "|"])
def test_options_in_one_cell(load, sign):
    head = HEAD + "3、不满意的原因（多选题）," + TAIL
    picked = [f"配送{sign}质量", "质量", "", f"配送{sign}其他〖王小明 13800138000〗"]
    body = rows(*(f"3,4,4,{one},慢慢慢慢{n}" for n, one in enumerate(picked)))
    table = results(load({"问卷.csv": head + body}))
    shares = table.xs("选择率", level="indicator").loc["不满意的原因"]
    assert shares["value"].round(3).to_dict() == {"配送": 0.667, "质量": 0.667, "其他": 0.333}
    assert shares["n"].tolist() == [3, 3, 3]


def test_who_only_answered_the_facets_is_counted(load):
    head = "序号,提交答卷时间,1、请评价[物流],1、请评价[客服],2、您的意见和建议\n"
    collected = load({"问卷.csv": head + rows("5,5,物流很快很好", "1,2,", "3,2,(空)")})
    table = results(collected)
    assert len(collected.feedback) == 1 and table.loc[("请评价", "物流", "均分"), "n"] == 3


def test_codes_of_options_side_by_side(load):
    head = "用户,整体满意度,网络覆盖,通话,小区,办公室,高铁,备注,提交时间\n"
    body = "".join(
        f"u{n},{n},{n},{11 - n},{'1' if n < 4 else '-1'},-1,-1,慢{n},2026-09-01\n" for n in range(1, 11)
    )
    table = results(load({"a.csv": head + body}, source={"columns": {"备注": "text"}}))
    assert table.loc[("网络覆盖", "", "均分"), ["value", "n"]].tolist() == [5.5, 10]
    assert table.loc[("网络覆盖", "", "前两档占比"), "value"] == 0.2
    assert table.loc[("小区等 3 项", "小区", "选择率"), "value"] == 0.3


def test_reviews_with_one_score_are_no_survey(load):
    collected = load({"a.csv": "评论内容,评论时间,评分,点赞数\n慢,2026-09-01,5,3\n快,2026-09-02,1,5\n"})
    assert collected.answers.empty and survey.table(collected.answers, SEPTEMBER).empty


def test_ages_and_codes_of_sex_are_on_no_scale():
    cells = {"1、您的年龄": ["23", "45", "61"], "2、性别": ["1", "2", "1"], "3、家里几口人": ["3", "4", "5"]}
    frame = {header: pd.Series(values, dtype="str") for header, values in cells.items()}
    assert not facets.questions(frame, {}, Source(name="s", path="a"), survey=True) and not choices.questions(
        frame
    )


@pytest.mark.parametrize(
    ("cells", "question", "options"),
    [
        ({"Q3_1": ["0", "1"], "Q3_2": ["1", "1"], "Q3_3": ["0", "0"]}, "第 3 题", ["1", "2", "3"]),
        ({"3.选项A": ["1", "0"], "3.选项B": ["0", "1"]}, "第 3 题", ["选项A", "选项B"]),
        ({"5、渠道:微信": ["微信", None], "5、渠道:电话": [None, "电话"]}, "渠道", ["微信", "电话"]),
        ({"原因[配送]": ["是", "否"], "原因[质量]": ["否", "否"]}, "原因", ["配送", "质量"]),
        ({"渠道_微信": ["1", None], "渠道_电话": [None, "1"]}, "渠道", ["微信", "电话"]),
    ],
)
def test_a_column_for_each_option(cells, question, options):
    frame = {header: pd.Series(values, dtype="str") for header, values in cells.items()}
    (one,) = choices.questions(frame)
    assert (one.question, [*one.columns]) == (question, options)
    assert [*choices.chosen(one, frame)] == options


def test_questions_for_yes_or_no_are_no_options():
    cells = {"是否会员": ["1", "0"], "是否网购": ["0", "1"], "4、是否安装": ["1", "0"]}
    assert not choices.questions({h: pd.Series(v, dtype="str") for h, v in cells.items()})


def test_personal_data_in_options_is_masked(load):
    head = HEAD + "3、不满意的原因（多选题）," + TAIL
    body = rows("3,4,4,配送┋电话13800138000,慢慢慢慢", "3,4,4,配送,慢慢慢慢慢")
    safe = privacy.protect(load({"问卷.csv": head + body}), b"0123456789abcdef")
    assert not safe.answers["option"].dropna().str.contains("138").any()


def test_sentences_that_come_again_are_open_answers_and_no_options():
    said = pd.Series(["报表打不开；我等了十几分钟", "没有人教过我；全靠自己摸索了"] * 20, dtype="str")
    ticked = pd.Series(["系统响应慢；培训不足", "功能找不到"] * 20, dtype="str")
    assert [one.question for one in choices.questions({"哪里不好用": said, "要改进的": ticked})] == [
        "要改进的"
    ]
    assert surveys.prose(said) and not surveys.prose(ticked)
