import numpy as np
import pytest

from voc_lib.text.boundaries import broken
from voc_lib.text.matching import corpus
from voc_lib.text.segmentation import Segmenter


def cut(text, span, segmenter=None):
    at = text.index(span)
    found = broken(np.array([at]), np.array([at + len(span)]), corpus([text]), segmenter=segmenter)
    return bool(found[0])


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("凉菜很好吃", "凉"),
        ("内脏煲做得地道", "脏"),
        ("电动车开进步道", "动车"),
        ("平时很少给好评", "少给"),
        ("味道也不错", "也不"),
        ("差不多十点到的", "差"),
        ("今天才收到", "天才"),
        ("工单20261120345已办", "120"),
        ("等了120天", "20天"),
        ("myapp闪退", "app闪退"),
        ("老板也热情", "老"),
        ("进入学校", "入学"),
    ],
)
def test_spans_inside_other_words_are_broken(text, span):
    assert cut(text, span)


def test_spans_asked_together_are_told_as_each_alone():
    text = "凉菜很好吃，菜是凉的，电动车开进步道，味道也不错，服务差"
    spans = [(a, b) for a in range(len(text)) for b in range(a + 1, min(a + 9, len(text)))]
    start, end = np.array(spans).T
    together = broken(start, end, corpus([text]))
    alone = [broken(start[[n]], end[[n]], corpus([text]))[0] for n in range(len(spans))]
    assert together.tolist() == alone and 0 < together.sum() < len(spans)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("菜是凉的", "凉"),
        ("售后服务差", "服务差"),
        ("快递员没来", "快递"),
        ("没送到", "没送"),
        ("杯子打破了", "破了"),
        ("几天了还没到", "天了"),
        ("速度慢", "慢"),
        ("来得太晚", "晚"),
        ("没有筷子", "没"),
        ("客服真差劲", "差"),
        ("记录丢失", "丢"),
        ("The app crashes", "crash"),
        ("等了20天", "20天"),
        ("公共汽车站牌", "汽车"),
    ],
)
def test_spans_that_say_what_they_say_are_whole(text, span):
    assert not cut(text, span)


@pytest.mark.parametrize("engine", ["rjieba", "jieba"])
def test_words_of_ones_own_are_words_too(engine):
    assert not cut("灵犀扫很好", "扫", Segmenter(["灵犀"], engine=engine))
    assert cut("灵犀扫很好", "扫", Segmenter(["灵犀扫"], engine=engine))


def test_nothing_asked_is_nothing_broken():
    none = np.zeros(0, dtype=np.int64)
    assert broken(none, none, corpus(["好"])).tolist() == []
