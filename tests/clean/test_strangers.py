import pandas as pd
import pytest

from benchmarks import strangers as learning
from voc_lib.clean import privacy, strangers
from voc_lib.clean.block import read


def told(text):
    """The names of a text that tables alone tell."""
    return {text[start:end] for start, end in strangers.names(read(text), bytearray(len(text)))}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我媳妇战玲玲坐月子期间你们天天打电话", "战玲玲"),
        ("请联系钦志平核实，别再联系我", "钦志平"),
        ("别给车建业打电话了", "车建业"),
        ("常乐家的电表读数不对", "常乐"),
    ],
)
def test_somebody_is_told_by_neighbours_though_few_have_the_surname_or_it_is_a_word(text, name):
    assert name in told(text)


@pytest.mark.parametrize(
    "text",
    [
        "战略合作没谈成",
        "马上给我退款",
        "高峰期打不到车",
        "常温奶发酸",
        "车门关不上",
        "楼主说得对",
        "刘县长您好",
    ],
)
def test_words_and_offices_that_begin_like_a_name_are_nobody(text):
    assert told(text) == set()


def test_nobody_is_told_of_a_word_at_an_end_of_a_text():
    assert privacy.mask(pd.Series(["", "车", "常乐", "高"], dtype="str")).tolist() == ["", "车", "常乐", "高"]


def test_what_is_told_of_a_text_does_not_hang_on_its_neighbours():
    alone = told("请联系钦志平核实")
    assert alone == told("请联系钦志平核实\ue000战略合作") - told("战略合作") != set()


def test_every_feature_has_weights_and_the_same_lines_teach_the_same_ones():
    assert set(strangers._weights()) == {"bias", *strangers.MARKS}
    lines = learning.neighbours.marked("_unseen_g")
    once, again = (learning.learned([learning.taught(lines)]) for _ in range(2))
    assert once == again and once["bias"][1][0] < 0
