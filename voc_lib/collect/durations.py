"""Durations of a log in whatever unit or spelling: how long a call took, how long somebody stayed."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pyarrow as pa

from voc_lib.collect.columns import series
from voc_lib.yamlfile import shipped

UNITS = {"毫秒": 1, "分钟": 60_000, "秒": 1_000}  # milliseconds of each
FEW = 30  # below it the median of calls without a unit is of seconds
FEW_STAYED = (
    1_000  # the same of stays: nobody stays a quarter of an hour, nor less than a second, in the middle
)
MOST = 0.9  # of the values of a column that must be durations
CLOCK = r"^\s*(?:(\d+)[:：])?(\d+)[:：](\d+(?:\.\d+)?)\s*$"  # 00:01:30, 1:30
SPELT = (  # 1分30秒
    r"(?i)^\s*(?:(\d+)\s*(?:小时|时|h))?\s*(?:(\d+)\s*(?:分钟|分|m))?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒|s))?\s*$"
)


def read(
    column: pa.ChunkedArray, header: str, *, name: str = "耗时", few: float = FEW
) -> tuple[pd.Series, str]:
    """Milliseconds, missing where negative or no duration, and what to tell of the unit."""
    texts = series(column)
    numbers = pd.to_numeric(texts, errors="coerce")
    odd = texts[numbers.isna() & texts.notna()]
    spelt = _spelt(odd) if len(odd) else odd.astype("float64")
    if len(odd):
        first = odd.str.extract(r"^\s*([\d.,]+)", expand=False).str.replace(",", "")
        numbers = numbers.fillna(pd.to_numeric(first, errors="coerce").mask(spelt.notna()))
    unit, how = _unit(header, texts, numbers, few)
    scaled = (numbers.where(numbers >= 0) * UNITS[unit]).fillna(spelt).astype("float64")
    wrong = int((texts.notna() & scaled.isna()).sum())
    way = f"按{unit}读（{how}）" if numbers.notna().any() else "按单元格里写的时分秒读"
    return scaled, f"{name}{way}" + (f"；{wrong} 个{name}为负或无法识别，按空处理" if wrong else "")


def dwell(column: pa.ChunkedArray, header: str) -> tuple[pd.Series | None, str]:
    """Seconds somebody stayed and what to tell of the unit; None where the values are no such durations.

    >>> stays, said = dwell(pa.chunked_array([["00:01:30", "45秒", None]]), "停留")
    >>> stays.tolist(), said
    ([90.0, 45.0, nan], '停留按单元格里写的时分秒读')
    >>> dwell(pa.chunked_array([["0", "0"]]), "停留")
    (None, '“停留” 的值不是停留时长（九成以上要读得成时长，且不全是 0），没有采用')
    """
    took, said = read(column, header, name="停留", few=FEW_STAYED)
    given = series(column).notna().sum()
    if not (took > 0).any() or took.notna().sum() < MOST * given:
        return None, f"“{header}” 的值不是停留时长（九成以上要读得成时长，且不全是 0），没有采用"
    return took / UNITS["秒"], said


def _spelt(texts: pd.Series) -> pd.Series:
    """Milliseconds of clocks and of hours, minutes and seconds in words; NaN for others.

    >>> _spelt(pd.Series(["00:01:30", "1:30", "1分30秒", "2m", "900ms"])).tolist()
    [90000.0, 90000.0, 90000.0, 120000.0, nan]
    """
    parts = texts.str.extract(CLOCK).fillna(texts.str.extract(SPELT)).astype("float64")
    hours, minutes, seconds = (parts[n].fillna(0) for n in range(3))
    return (((hours * 60 + minutes) * 60 + seconds) * 1_000).where(parts.notna().any(axis=1))


def _unit(header: str, texts: pd.Series, numbers: pd.Series, few: float) -> tuple[str, str]:
    """The unit of a duration: said by the header, by the values, else by their size."""
    words = _said(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))
    first = texts[numbers.notna()].head(1)
    words |= _said(first.iloc[0]) if len(first) else set()
    known = next((unit for unit, names in _words().items() if words & names), "")
    if known:
        return known, "表头或单元格写明"
    small = bool(numbers.median() < few)
    return ("秒" if small else "毫秒"), "没有写单位，按数值大小判断，请核对"


def _said(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+|毫秒|秒|分钟", text.casefold()))


@cache
def _words() -> dict[str, frozenset[str]]:
    """Unit -> the words it goes by."""
    found = shipped("voc_lib.collect", "logs.yaml")
    keys = {"毫秒": "milliseconds", "分钟": "minutes", "秒": "seconds"}
    return {unit: frozenset(found[keys[unit]]) for unit in UNITS}
