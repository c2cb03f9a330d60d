"""Groups of texts are titled by phrases as they stand in them, or not at all."""

import numpy as np
import pandas as pd

from voc_lib.text.titles import titles

POINTS = [
    "会员积分被清零",
    "积分被清零没通知",
    "积分被清零了怎么办",
    "会员等级降了",
    "会员等级降了两级",
    "会员等级降了",
]
BILLS = ["发票抬头写错", "发票抬头写错了要改", "发票抬头写错没人理", "门店关门早", "停车位不够", "客服没接"]


def test_a_group_of_two_things_is_titled_by_both_and_each_by_its_own_words():
    told = titles(pd.Series(POINTS + BILLS), np.repeat([0, 1], 6))
    assert set(told[0].split("·")) == {"积分被清零", "会员等级降"} and told[1] == "发票抬头写错"


def test_what_all_groups_say_is_nobodys_title_and_masked_words_are_none():
    same = pd.Series(["快递太慢了[手机号]"] * 4)
    assert titles(same, np.array([0, 0, 1, 1])) == {}
    assert titles(pd.Series(["好", "坏"]), np.array([0, -1])) == {}
