"""Digits spelt out: “一三八零零一三八零零零”, “138零零138零13”, “壹叁捌…”, to get past a filter."""

from __future__ import annotations

import re

NUMERALS = {
    char: str(digit)
    for digit, chars in enumerate(
        ("零〇洞", "一壹幺", "二贰两俩", "三叁仨", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾")
    )
    for char in chars
}
# characters that sound like digits, said in place of them: 衣伞霸陵…
SOUNDS = {
    char: str(digit)
    for digit, chars in enumerate(
        (
            "零灵铃凌玲菱陵岭领令另龄伶聆",
            "一衣依医伊壹易已意亿义椅以要腰妖夭摇遥翼艺忆异移姨疑蚁",
            "二儿耳尔而饵贰洱",
            "三伞散叁",
            "四寺死似司思丝饲私斯嗣肆",
            "五舞午武务物屋无雾误伍吴吾污乌悟",
            "六留流柳溜刘遛琉榴硫陆",
            "七期起其气奇骑器漆齐旗妻棋企启欺柒凄戚",
            "八吧爸霸巴把扒疤叭坝罢捌靶芭",
            "九酒久就旧救韭舅玖纠究揪",
        )
    )
    for char in chars
}
FIGURE = f"[0-9{''.join(NUMERALS)}]"


def figures(text: str) -> str:
    """The digits of a number, spelt out or not.

    >>> figures("一三八-00")
    '13800'
    """
    return "".join(char for char in spelt(text) if char in "0123456789x")


def spelt(text: str) -> str:
    """The characters without blanks, numerals as digits.

    >>> spelt("k 二八5")
    'k285'
    """
    return "".join(NUMERALS.get(char, char) for char in text if char != " ").replace("×", "x")


def heard(text: str) -> str:
    """The digits that characters sound like.

    >>> heard("衣伞霸陵而")
    '13802'
    """
    return "".join(SOUNDS.get(char, char) for char in text if char in SOUNDS or char.isdigit())


def digits_of(text: str) -> tuple[str, tuple[int, ...]]:
    """The bare digits (and x) of a number and the sizes of the groups it is written in.

    >>> digits_of("138-0013-8000")
    ('13800138000', (3, 4, 4))
    """
    groups = re.findall(r"[\dx]+", text)
    return "".join(groups), tuple(map(len, groups))
