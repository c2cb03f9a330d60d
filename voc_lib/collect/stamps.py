"""One time for all rows of a file without times: written in params, in its name, or the date of the file."""

from __future__ import annotations

import re

import pandas as pd

from voc_lib.collect import headers, senses
from voc_lib.collect.scores import values_file
from voc_lib.collect.table import Table
from voc_lib.errors import DataError

FILE = "file"
PARTS = {"%Y": r"(?P<Y>\d{4})", "%y": r"(?P<y>\d{2})", "%m": r"(?P<m>\d{1,2})", "%d": r"(?P<d>\d{1,2})"} | {
    "%H": r"(?P<H>\d{1,2})",
    "%M": r"(?P<M>\d{1,2})",
}
# Days, months and years in the names of files: 评论_20260915、2026-9-15、202609、2026年9月、2026
NAMED = tuple(
    re.compile(rf"(?<!\d)(20\d\d){rest}(?!\d)")
    for rest in (
        r"(0[1-9]|1[0-2])([0-3]\d)",
        r"[-_.年](\d\d?)[-_.月](\d\d?)",
        r"(0[1-9]|1[0-2])",
        r"[-_.年](\d\d?)",
        "",
    )
)
SAID = {FILE: "文件的修改日期", "name": "文件名里的日期", "date": "参数里写的日期"}


def given(rule: str, key: str, table: Table) -> tuple[pd.Timestamp, str]:
    """The time a rule of the params gives a table, and where it is from; DataError when it gives none."""
    if rule == FILE:
        if table.written is None:
            raise DataError(f"{table.place} 不是文件，没有修改日期。参数 {key} 请写日期，例如 2026-09-30。")
        return table.written.normalize(), SAID[FILE]
    if "%" not in rule:
        return pd.Timestamp(rule), SAID["date"]
    found = in_name(rule, table.file)
    if found is None:
        raise DataError(
            f"文件名 {table.file} 里没有参数 {key} 所写的 “{rule}”。请改写它，或写成日期，例如 2026-09-30。"
        )
    return found, SAID["name"]


def in_name(rule: str, name: str) -> pd.Timestamp | None:
    """The time in a file's name, told by a pattern of %Y %m %d %H %M; what it does not name is the first.

    >>> in_name("评论_%Y%m%d", "店铺/评论_20260915.csv"), in_name("%Y年%m月", "工单 2026年9月(1).xlsx")
    (Timestamp('2026-09-15 00:00:00'), Timestamp('2026-09-01 00:00:00'))
    """
    pattern = "".join(PARTS.get(part, re.escape(part)) for part in re.split("(%.)", rule))
    for match in re.finditer(_fixed(pattern), name):
        n = {code: int(digits) for code, digits in match.groupdict().items()}
        year = n["Y"] if "Y" in n else 2000 + n["y"]
        if (
            time := _read(f"{year}-{n.get('m', 1)}-{n.get('d', 1)} {n.get('H', 0)}:{n.get('M', 0)}")
        ) is not None:
            return time
    return None


def until(name: str) -> pd.Timestamp | None:
    """The last day a file's name speaks of, by a day, a month or a year in it; None where none stands there.

    >>> [until(name) for name in ("评论_20260915.csv", "2026年9月 评论.csv", "10月评论.csv")]
    [Timestamp('2026-09-15 00:00:00'), Timestamp('2026-09-30 00:00:00'), None]
    >>> until("评论2026.csv"), until("9月1-8日（2026）至2026-9-8.csv"), until("20260901234.csv")
    (Timestamp('2026-12-31 00:00:00'), Timestamp('2026-09-08 00:00:00'), None)
    """
    each = ([*filter(None, map(_last_day, named.finditer(name)))] for named in NAMED)
    return max(next(filter(None, each), []), default=None)


def _last_day(found: re.Match[str]) -> pd.Timestamp | None:
    year, month, day = (*found.groups(), "", "")[:3]
    time = _read(f"{year}-{month or 12}-{day or 1}")
    return time if day or time is None else time + pd.offsets.MonthEnd()


def _fixed(pattern: str) -> str:
    """The pattern with two digits for each part that stands right before another: 20260915.

    >>> _fixed(PARTS["%m"] + PARTS["%d"])
    '(?P<m>\\\\d{2})(?P<d>\\\\d{2})'
    """
    pair = r"(\(\?P<\w>\\d\{)1,2\}(\))"
    return re.sub(rf"{pair}(?=\(\?P)|(?<=\)){pair}", lambda m: f"{m[1] or m[3]}2}})", pattern)


def _read(text: str) -> pd.Timestamp | None:
    time = pd.to_datetime(text, errors="coerce")
    return None if pd.isna(time) else time


def whole(rule: str, key: str, table: Table) -> tuple[pd.Series, str]:
    """The time of a rule for every row of a table, and what to tell the analyst."""
    time, origin = given(rule, key, table)
    times = pd.Series([time] * len(table.lines), dtype="datetime64[us]")
    return times, f"{table.place}：{len(times)} 行的反馈时间都取{origin}（{time:%Y-%m-%d}）"


def captured(table: Table) -> str | None:
    """The header of the column that tells when the rows were taken from their system."""
    names = frozenset(map(headers.normal, values_file()["captured"]))
    listed = (name for name in table.columns if not names.isdisjoint(headers.forms(name)))
    return next(listed, None) or next(filter(_of_taking, table.columns), None)


def _of_taking(header: str) -> bool:
    """Whether a header is a time of taking rows from their system, by its words.

    >>> [_of_taking(name) for name in ("抓取于", "数据导出日期", "snapshot_at", "导出人", "评论时间")]
    [True, True, True, False, False]
    """
    taken = senses.qualifier(header, "created_at")
    return any(senses.ends(taken, word) for word in values_file()["captured_cues"])
