import pytest

from voc_lib.clean import naming


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("张伟超时两小时", "张伟"),
        ("魏小芳上门登记", "魏小芳"),
        ("司马文博要求改签", "司马文博"),
        ("叶文说不归他管", "叶文"),
        ("范思齐生日录错", "范思齐"),
    ],
)
def test_a_name_ends_where_the_words_after_it_begin(said, name):
    found = naming.beginning(said)
    assert found.text == name and found.odds > 2


@pytest.mark.parametrize(
    "said", ["方平台承担", "麻利，上菜慢", "常年不在线", "温馨提示", "高峰期客服忙", "余额不足"]
)
def test_words_are_likelier_than_names(said):
    assert naming.beginning(said).odds < 0


def test_a_name_before_a_title_begins_where_the_words_before_it_end():
    assert naming.ending("请转告李小红").text == "李小红" and naming.ending("请转告李小红").odds > 2
    assert naming.ending("这双高跟").odds < 0


def test_what_no_surname_begins_is_nobody():
    assert naming.beginning("的确不好") == naming.NOBODY and naming.beginning("") == naming.NOBODY
