"""Dates in Chinese numerals, in Buddhist years or those of the Republic, written as the others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pyarrow.compute as pc

from voc_lib.collect.words import arrow

ONES = "一二三四五六七八九"
HAN = {**{char: n for n, char in enumerate(ONES, start=1)}, **dict.fromkeys("〇零○OＯ0", 0)}
COUNT = rf"[{ONES}十廿]{{1,3}}"
# 二〇二六年九月三日, 二零二六年9月3日; 九月三日
NUMERALS = rf"^\s*(?:[{''.join(HAN)}]{{4}}\s*年|{COUNT}月{COUNT}[日号])"
NUMBER = re.compile(rf"[{''.join(HAN)}十廿]+(?=\s*[年月日号时時點点分秒])")
MINGUO = re.compile(r"(?:中[华華])?民[国國]\s*(\d{2,3})")  # years of the Republic: 115 is 2026
REPUBLIC = 1911
BUDDHIST = 543  # years the Buddhist year is ahead: 2569 is 2026
MARK = r"(?i)\s*(?:พ\.?\s*ศ\.?|\bB\.E\.|\bBE\b|佛[历曆]|泰[历曆]|buddhist)\s*"
YEARS = "24[4-9][0-9]|25[0-9]{2}|26[0-3][0-9]"
THAI = "ก-๛"
AHEAD = re.compile(rf"(?<!\d)({YEARS})(?!\d)")
READ = "{name}：年份按佛历读取，公元 = 佛历 − 543（2569 为 2026）"
SUSPECTED = "年份像佛历（如 {year}，公元 {western}）：请在表头写明“佛历”，或导出公历日期。"


def arabic(texts: pd.Series) -> pd.Series:
    """Texts with dates in Chinese numerals written in digits.

    >>> arabic(pd.Series(["二〇二六年九月三日", "二零二六年十二月二十一日 十时", "十月一日太慢"])).tolist()
    ['2026年9月3日', '2026年12月21日 10时', '10月1日太慢']
    """
    return _changed(texts, NUMERALS, lambda text: NUMBER.sub(lambda found: _number(found[0]), text))


def _number(numeral: str) -> str:
    """The digits of a numeral.

    >>> [_number(n) for n in ("二〇二六", "三", "十", "十二", "二十", "三十一", "廿三")]
    ['2026', '3', '10', '12', '20', '31', '23']
    """
    tens, ten, ones = numeral.replace("廿", "二十").rpartition("十")
    if not ten:
        return "".join(str(HAN[char]) for char in ones)
    return str(10 * HAN.get(tens, 1) + HAN.get(ones, 0))


def republican(texts: pd.Series) -> pd.Series:
    """Texts whose years are said to be of the Republic (民国) with Western years.

    >>> republican(pd.Series(["民國115年3月1日", "民国115/03/01 10:00", "115年3月1日"])).tolist()
    ['2026年3月1日', '2026/03/01 10:00', '115年3月1日']
    """
    return _changed(texts, MINGUO.pattern, lambda text: MINGUO.sub(_of_republic, text))


def _of_republic(found: re.Match[str]) -> str:
    return str(int(found[1]) + REPUBLIC)


def said(words: str) -> bool:
    """Whether a header says that its years are Buddhist, by its words or by being Thai.

    >>> said("วันที่"), said("评价日期（佛历）"), said("Member since")
    (True, True, False)
    """
    return bool(re.search(rf"{MARK}|[{THAI}]", words))


def western(texts: pd.Series) -> pd.Series:
    """Texts with their Buddhist years as Western ones.

    >>> western(pd.Series(["03/09/2569 10:00", "2569-09-03", "2026-09-03"])).tolist()
    ['03/09/2026 10:00', '2026-09-03', '2026-09-03']
    """
    return _changed(texts, YEARS, _western)


def marked(texts: pd.Series) -> pd.Series:
    """Texts of which those that say so themselves are taken to Western years.

    >>> marked(pd.Series(["3/9/พ.ศ. 2569", "佛历2569年9月3日", "2569-09-03"])).tolist()
    ['3/9/2026', '2026年9月3日', '2569-09-03']
    """
    return _changed(texts, MARK, lambda text: _western(re.sub(MARK, "", text)))


def suspected(texts: pd.Series) -> str:
    """A sentence where the years may be Buddhist and nothing says so; "" where they are not.

    >>> suspected(pd.Series(["2569-09-03"])), suspected(pd.Series(["2026-09-03"]))
    ('年份像佛历（如 2569，公元 2026）：请在表头写明“佛历”，或导出公历日期。', '')
    """
    years = texts.astype("str").str.extract(AHEAD, expand=False).dropna()
    return SUSPECTED.format(year=years.iloc[0], western=int(years.iloc[0]) - BUDDHIST) if len(years) else ""


def _western(text: str) -> str:
    return AHEAD.sub(lambda year: str(int(year[0]) - BUDDHIST), text)


def _changed(texts: pd.Series, pattern: str, change: Callable[[str], str]) -> pd.Series:
    """The texts with those changed that hold a pattern."""
    some = pc.match_substring_regex(arrow(texts), pattern).to_numpy(zero_copy_only=False)
    if not some.any():
        return texts
    return texts.mask(some, texts[some].map(change))
