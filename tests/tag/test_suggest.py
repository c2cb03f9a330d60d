"""A gym no pack knows: six themes said in many ways, one of which jumps from 8 to 24 % in the last month."""

import numpy as np
import pandas as pd
import pytest

from voc_lib import tag
from voc_lib.tag import library, rules, suggest

THEMES = {
    "更衣室": "更衣室 淋浴间 浴室 储物柜 柜子|没热水 水忽冷忽热 地上全是头发 锁坏了 柜门关不上 下水堵了",
    "私教": "私教 教练 带课的 私教课|天天催我续课 上课玩手机 推销没完没了 换来换去 约的时间总改 动作也不纠正",
    "器械": "跑步机 器械 哑铃 龙门架 椭圆机|坏了半个月没修 永远在排队 少了一半 按键失灵 异响吓人",
    "团课": "团课 瑜伽课 动感单车 操课|根本抢不到 临时取消 人挤人 音响炸耳朵 换老师不通知",
    "会籍": "会籍 年卡 转卡 停卡 退卡|手续费离谱 不让办 拖了一个月 合同没写 销售说的不算",
    "泳池": "泳池 泳道 水质 救生员|浑得看不见底 氯味呛得睁不开眼 小孩打闹没人管 水太凉 换水都不通知",
    "闲话": "这家店 店里 总体 环境|越来越不行 一般吧 感觉没以前用心 就是少点什么 不太推荐朋友来",
}
SHAPES = ["{a}{b}", "{a}又{b}", "{a}，{b}", "{b}，说的就是{a}"]
LEADS = ["", "今天去", "说真的，", "老会员了，", "忍很久了，", "下班过来，", "周末带孩子去，", "同事也说"]
TAILS = ["", "，真服了", "，希望改改", "，能不能管管", "！", "，影响心情", "，钱白花", "，跟前台讲过没用"]
MONTHS, EACH = 6, 400


@pytest.fixture(scope="module")
def gym():
    rng = np.random.default_rng(5)
    rows = []
    for month in range(MONTHS):
        pool = 0.24 if month == MONTHS - 1 else 0.08
        odds = [pool if name == "泳池" else 0.1 if name == "闲话" else (0.9 - pool) / 5 for name in THEMES]
        for name in rng.choice(list(THEMES), EACH, p=odds):
            things, faults = (words.split() for words in THEMES[name].split("|"))
            body = rng.choice(SHAPES).format(a=rng.choice(things), b=rng.choice(faults))
            rows.append((month, name, rng.choice(LEADS) + body + rng.choice(TAILS)))
    frame = pd.DataFrame(rows, columns=["month", "theme", "text"])
    frame = frame.assign(text=frame["text"].astype("str"), feedback_id=frame.index.astype("str"))
    return _tagged(frame, tag.load("ecommerce"))


def _tagged(frame, taxonomy):
    decided, _ = rules.decide(rules.votes(frame, taxonomy), frame, taxonomy)
    return frame.assign(primary_tag=decided["primary_tag"])


@pytest.fixture(scope="module")
def now(gym):
    return (gym["month"] == MONTHS - 1).to_numpy()


@pytest.fixture(scope="module")
def found(gym, now):
    return suggest.groups(gym, tag.load("ecommerce"), now=now)


@pytest.fixture(scope="module")
def accepted(gym, found, tmp_path_factory):
    """The gym tagged with the written file, as it comes."""
    folder = tmp_path_factory.mktemp("gym")
    text = suggest.as_yaml(found, tag.load("ecommerce"), extends="ecommerce")
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return _tagged(gym, library.load("mine.yaml", folder=folder))


def test_most_was_other_and_little_is_after_accepting(gym, accepted, now):
    assert (gym["primary_tag"] == "其他")[now].mean() > 0.5
    assert (accepted["primary_tag"] == "其他")[now].mean() <= 0.25


def test_the_jump_is_found_under_one_name(accepted, now, found):
    pool = accepted[now & (accepted["theme"] == "泳池")]["primary_tag"].mode()[0]
    grown = next(group for group in found if group.name == pool)
    assert grown.share >= 0.13 and grown.before <= 0.09  # the shop's own tags know chlorine and children
    assert max(found, key=lambda group: group.share - group.before) is grown


def test_groups_are_themes(accepted, found):
    named = accepted[accepted["primary_tag"].isin([group.name for group in found])]
    table = pd.crosstab(named["primary_tag"], named["theme"])
    assert table.max(axis=1).sum() >= 0.85 * len(named)
    assert len(found) <= 10


def test_words_hit_what_the_sizes_say_and_twice_is_the_same(gym, now, found, accepted):
    counts = accepted[now]["primary_tag"].value_counts()
    assert all(counts[group.name] == group.n and len(group.quotes) == 5 for group in found)
    assert suggest.groups(gym, tag.load("ecommerce"), now=now) == found


def test_too_little_makes_no_group(gym):
    few = gym.head(6)
    assert suggest.groups(few, tag.load("ecommerce"), now=np.ones(6, dtype=bool)) == []


@pytest.mark.parametrize(
    "texts",
    [[], ["慢"], ["慢"] * 100, ["物流太慢了"] * 100, ["好 差"] * 50, [f"第{n}号问题" for n in range(60)]],
)
def test_texts_that_speak_of_no_things_have_no_words(texts):
    assert suggest.words(pd.Series(texts, dtype="str")) == []


def test_two_things_said_over_and_over_have_a_word_each():
    assert suggest.words(pd.Series(["报表打不开"] * 30 + ["导入报错"] * 30)) == [["打不开"], ["导入"]]
