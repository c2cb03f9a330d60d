from zoneinfo import ZoneInfo

import pytest

from voc_lib.collect import delimited, surveys
from voc_lib.errors import DataError

QUESTIONS = (
    "1、您的性别,2、请评价—物流速度,2、请评价—客服态度,2、请评价—商品质量,2、请评价—退换货,"
    "3、哪些渠道（多选）,4、推荐给朋友的可能(0-10),5、您的意见和建议"
)
EXPORT = f"""序号,提交答卷时间,所用时间,来源,来自IP,{QUESTIONS}
1,2026/9/1 10:00:00,125秒,微信,1.1.1.1,男,非常满意,满意,一般,不满意,电话┋微信,9,物流太慢了希望快一点
2,2026/9/1 11:00:00,20秒,微信,1.1.1.2,女,满意,满意,满意,满意,(跳过),8,(空)
3,2026/9/1 12:00:00,2分10秒,链接,1.1.1.3,女,一般,满意,非常满意,满意,电话,3,无
4,2026/9/1 12:10:00,140秒,链接,1.1.1.3,女,一般,满意,非常满意,满意,电话,3,无
"""


@pytest.fixture
def survey():
    return surveys.read(delimited.parse(EXPORT.encode(), label="问卷.csv"), zone=ZoneInfo("Asia/Shanghai"))


def test_each_question_has_its_kind(survey):
    kinds = survey.questions.groupby("number", sort=False)["kind"].first().to_dict()
    assert kinds == {"1": "单选", "2": "矩阵", "3": "多选", "4": "推荐", "5": "开放"}
    assert survey.questions["item"].dropna().tolist() == ["物流速度", "客服态度", "商品质量", "退换货"]


def test_multiple_choices_are_spread_and_skips_are_nothing(survey):
    chosen = survey.long[survey.long["number"] == "3"]
    assert chosen["value"].value_counts().to_dict() == {"电话": 3, "微信": 1}
    assert survey.answers["5、您的意见和建议"].notna().sum() == 3


def test_sheets_that_cannot_be_trusted_are_marked(survey):
    marks = surveys.flags(survey)
    assert marks["speeder"].tolist() == [False, True, False, False]
    assert marks["straight"].tolist() == [False, True, False, False]
    assert marks["duplicate"].tolist() == [False, False, False, True]
    assert marks["valid"].tolist() == [True, False, True, False]


def test_quality_counts_response_time_and_open_answers(survey):
    table = surveys.quality(survey, invited=10, by="source")
    value = table.set_index(["indicator", "group"])["value"]
    assert value["响应率", "全部"] == 0.4 and value["完成时间", "全部"] == 127.5
    assert value["有效答卷率", "全部"] == 0.5 and value["开放题有内容率", "全部"] == pytest.approx(1 / 3)
    assert value["参与构成", "微信"] == 0.5 and value["过快答卷率", "微信"] == 0.5


def test_impossible_numbers_and_unknown_groups_are_refused(survey):
    with pytest.raises(DataError, match="邀请人数 3 少于答卷数 4"):
        surveys.quality(survey, invited=3)
    with pytest.raises(DataError, match="没有可作分组的列"):
        surveys.quality(survey, by="部门")
