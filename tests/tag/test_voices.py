"""Intent, problems, urgency and causes on sentences of another hand, and the forms that tell an intent."""

import runpy
from pathlib import Path

import pandas as pd
import pytest

from voc_lib.tag import cause_classes
from voc_lib.tag.intent import intent

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"


@pytest.fixture
def bench(monkeypatch):
    """A script of benchmarks by name."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return lambda name: runpy.run_path(str(ROOT / "benchmarks" / f"{name}.py"))


LEAST = {  # both read while mending: accuracy, macro-F1, problems told right
    "voices_m": (0.88, 0.88, 0.9),
    "voices_n": (0.76, 0.78, 0.86),
}


@pytest.mark.parametrize("name", LEAST)
def test_what_customers_want_is_told(name, bench):
    voices = bench("voices")
    found = voices["scores"](voices["judged"](CASES / f"{name}.yaml"))
    least = dict(zip(("accuracy", "macro_f1", "problem"), LEAST[name], strict=True))
    assert all(found[figure] >= share for figure, share in least.items())


FORMS = {
    "吃完嘴里不干，看来没乱放味精": "表扬",  # trouble denied beside another clause
    "没有敷衍": "其他",  # … and alone
    "一般般吧，没什么特别的": "其他",
    "味道一般般，等了两小时": "抱怨",
    "要是能多个插座就好了": "需求",
    "老人不识字，能有人帮着填下单子吗": "需求",
    "客服电话是多少来着": "咨询",
    "一碗白饭八块，米是镶金的？": "抱怨",
    "外观没得说，唯独开机三分钟，我真受不了": "抱怨",
    "没有意见，物流快，赞": "表扬",
    "用过四个牌子，还是这个最顺手": "表扬",
}


def test_the_form_of_a_sentence_tells_what_single_words_do_not():
    assert dict(zip(FORMS, intent(pd.Series(list(FORMS))), strict=True)) == FORMS


@pytest.mark.parametrize(
    "text",
    [
        "别人家的快，你家当天就到不了",
        "第二天就找不到人了",
        "我还没用，不知道有没有问题",
        "这家不爱了",
        "客服主动联系我推销",
    ],
)
def test_a_form_of_praise_that_is_denied_or_asked_is_none(text):
    assert intent(pd.Series([text]))[0] != "表扬"


def test_classes_of_cause_are_told_on_sentences_read_while_mending(bench):
    table = bench("causes")["judged"](CASES / "causes_m.yaml")
    assert (table["given"] == table["cause"]).mean() >= 0.78
    assert cause_classes.told(pd.Series(["实施的时候给我们配成了七级"]))["cause_class"].item() == "配置不当"
