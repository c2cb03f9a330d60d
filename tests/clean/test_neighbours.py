import random

import pandas as pd
import pytest

from benchmarks import neighbours as learning
from voc_lib.clean import neighbours, privacy, unannounced
from voc_lib.clean.block import read
from voc_lib.clean.vicinity import BREAK

MARKS = ("odds", "size", "rank", "word", "tail", "usual", "head", "<", ">", "sides", "lc", "rc", "hints")
MARKS += ("l", "r", "L", "S", "R", "D")


def odds(text):
    """What the first candidate of a text weighs."""
    start, name = next(unannounced.candidates(read(text)))
    return neighbours.weigh(text, start, start + len(name.text), name.odds)


@pytest.mark.parametrize(
    ("somebody", "thing"),
    [
        ("冯建华把押金扣了", "冯建华凉粉真好吃"),
        ("跟滕国强说好了下周送", "滕国强的味道一般"),
        ("上次是唐小梅给我办的", "唐小梅质量太差"),
    ],
)
def test_the_same_characters_are_somebody_by_what_stands_beside_them(somebody, thing):
    assert odds(somebody) > odds(thing)


def test_no_other_text_tells_anything_of_a_name():
    beside = f"凉粉{BREAK}冯建华{BREAK}把押金扣了"
    assert neighbours.sides(beside, 3, 6, 1.0) == neighbours.sides("冯建华", 0, 3, 1.0)


def test_every_weight_is_of_something_that_is_told():
    weights = neighbours._weights()
    assert len(weights) > 1000 and all(name.startswith(MARKS) for name in weights if name != neighbours.BIAS)


def test_words_that_begin_with_a_surname_are_nobody_though_a_sentence_begins_with_them():
    texts = pd.Series(["章程不明，看不懂", "岑寂的深夜里听见弹珠声", "席卷全城的促销我没赶上"], dtype="str")
    assert privacy.mask(texts).tolist() == texts.tolist()


def test_the_same_lines_teach_the_same_weights():
    lines = learning.marked("_unseen_g")
    taught = [learning.learned(learning._taught(lines, random.Random(1))) for _ in range(2)]
    assert taught[0] == taught[1] and taught[0][neighbours.BIAS] != 0


def test_lines_made_of_calm_ones_say_where_their_names_stand():
    made = list(learning.put(["师傅把墙刷花了", "屏幕左下角有亮点"], random.Random(3)))
    named = [line for line in made if line.names]
    assert len(named) == 2 and all(line.text[end - 1] for line in named for _, end in line.names)
    assert [line.text.endswith("左下角有亮点") for line in made if not line.names] == [True]
