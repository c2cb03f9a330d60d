"""Nicknames after an @ are masked; mails, prices and the words beside stay."""

import pandas as pd
import pytest

from voc_lib.clean.mentions import masked as hidden
from voc_lib.clean.privacy import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("@爱睡觉的蜗牛 快来围观", "[昵称] 快来围观"),
        ("回复 @等发货等到哭 : 我觉得还不错", "回复 [昵称] : 我觉得还不错"),
        ("//@物流慢吞吞: 转发", "//[昵称]: 转发"),
        ("@碎了一地的星星 @降价通知我", "[昵称] [昵称]"),
        ("物流真的慢 @某品牌旗舰店", "物流真的慢 [昵称]"),
        ("＠小明 看", "[昵称] 看"),
        ("已联系@阿花花，没人理", "已联系[昵称]，没人理"),
        ("@客服 回复一下", "@客服 回复一下"),
        ("npm包@vue/cli装不上", "npm包@vue/cli装不上"),
        ("邮箱abc@163.com，请联系", "邮箱[邮箱]，请联系"),
        ("单价@3元也太贵", "单价@3元也太贵"),
        ("@某东客服快递三天没到一直不动也没人理我", "@某东客服快递三天没到一直不动也没人理我"),
        ("只有 @ 一个", "只有 @ 一个"),
    ],
)
def test_a_nickname_goes_and_the_words_stay(text, masked):
    assert hidden(mask(pd.Series([text]))).tolist() == [masked]
