"""How times are spelt: texts that differ in their digits alone are read alike, all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LATE, NOON, EARLY = 1, 2, 3
HALVES = {
    **dict.fromkeys(("PM", "下午", "晚上"), LATE),
    "中午": NOON,
    **dict.fromkeys(("AM", "凌晨", "上午"), EARLY),
}
NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTHS = {name: n for n, name in enumerate(NAMES, start=1)}
UNUSUAL = "[^\\x00-\\x7f年月日号时時點点分秒上午下早凌晨中晚星期周礼拜一二三四五六天整]"
HAN = ("十二", "十一", *"十九八七六五四三二一")  # 01-九月 -26, as databases write months
SPELLINGS = (
    (r"(\d) (\d{1,2})\.(\d{2})\.(\d{2})", r"\1 \2:\3:\4"),  # 01-SEP-26 10.05.00 AM
    *((rf"(\d)-{han}月 ?-(\d)", rf"\1-{name}-\2") for han, name in zip(HAN, reversed(NAMES), strict=True)),
    (r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?", " "),
    (r"(\d)\s*[时時點点]整?\s*$", r"\1:00"),
    (r"[年月]", "-"),
    (r"[日号]", " "),
    (r"[时時點点分]", ":"),
    (r"秒", ""),
    (r"[:\s]+$", ""),
    (r"-\s*$", ""),
    (r"(上午|下午|早上|凌晨|中午|晚上)\s*(\d{1,2}:\d{1,2}(?::\d{1,2})?)", r"\2\1"),
)
NONE = pd.DataFrame()  # of a pattern nothing matches, as most; to make one takes as long as to look


@dataclass(frozen=True)
class Spelt:
    """Unread texts by spelling: those that differ in their digits alone are read alike, all at once.

    `plain` has one plainer text per spelling, with 0 for every digit; its texts are at `order[starts[i]:]`.
    """

    rows: np.ndarray
    texts: pa.Array
    plain: pa.Array
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, column: pd.Series, open_rows: np.ndarray) -> Spelt:
        """The spellings of the rows still open."""
        rows = np.flatnonzero(open_rows)
        some = column if len(rows) == len(column) else column.iloc[rows]
        texts = _half_width(pc.utf8_trim_whitespace(pa.array(some, pa.large_string())))
        shapes = _zeroed(texts).dictionary_encode()
        codes = shapes.indices.to_numpy()
        starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(shapes.dictionary)))])
        return cls(rows, texts, _plain(shapes.dictionary), np.argsort(codes, kind="stable"), starts)

    def places(self, hits: np.ndarray) -> np.ndarray:
        """Where in `texts` those of some spellings stand."""
        wanted = np.repeat(hits, np.diff(self.starts))
        return np.sort(self.order[wanted])

    def begins(self, pattern: str) -> bool:
        """Whether any text begins so; what goes on in several ways is looked for only then."""
        return bool(pc.any(pc.match_substring_regex(self.plain, f"^{pattern}")).as_py())

    def fields(self, pattern: str, open_rows: np.ndarray) -> pd.DataFrame:
        """The named groups of the open rows that match a whole pattern, as numbers, by row.

        y m d h mi s a b: digits as they stand; mon is m by its name; us: microseconds; half: code of the half
        day; zoned, offset: whether a zone is written, and its minutes ahead of UTC.
        """
        found = pc.extract_regex(self.plain, f"^{pattern}$")
        valid = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False)).tolist()
        hits = [i for i in valid if open_rows[self.rows[self.order[self.starts[i]]]]]
        parts = [self._numbers(i, found[i].as_py()) for i in hits]
        return pd.concat(parts).sort_index() if parts else NONE

    def _numbers(self, spelling: int, groups: dict[str, str]) -> pd.DataFrame:
        members = self.order[self.starts[spelling] : self.starts[spelling + 1]]
        digits = _digits(self.texts.take(pa.array(members)), len(members))
        numbers: dict[str, np.ndarray | int | bool] = {}
        place = 0
        for name, text in groups.items():
            width = sum(char == "0" for char in text)
            part = digits[:, place : place + width]
            numbers |= _group(name, text, part)
            place += width
        return pd.DataFrame(numbers, index=self.rows[members])


def _group(name: str, text: str, digits: np.ndarray) -> dict[str, np.ndarray | int | bool]:
    """The numbers one named group of a pattern stands for."""
    if name == "half":
        return {"half": HALVES.get(text, 0)}
    if name == "mon":
        return {"m": MONTHS[text]}
    if name == "zone":
        return {"zoned": text != "", "offset": _offset(text, digits)}
    if name == "f":
        kept = digits[:, :6]
        return {"us": _value(kept) * 10 ** (6 - kept.shape[1])}
    return {name: _value(digits)}


def _value(digits: np.ndarray) -> np.ndarray:
    """Numbers of digits in columns; no digit is 0.

    >>> _value(np.array([[2, 0, 2, 6], [0, 0, 0, 7]])).tolist()
    [2026, 7]
    """
    return digits.astype("int64") @ 10 ** np.arange(digits.shape[1] - 1, -1, -1)


def _offset(zone: str, digits: np.ndarray) -> np.ndarray:
    """Minutes ahead of UTC of zones written alike.

    >>> _offset("+00:00", np.array([[0, 8, 0, 0]])), _offset("-0000", np.array([[0, 5, 3, 0]]))
    (array([480]), array([-330]))
    """
    hour = 2 - digits.shape[1] % 2  # +8:00
    minutes = _value(digits[:, :hour]) * 60 + _value(digits[:, hour:])
    return -minutes if zone.startswith("-") else minutes


def _half_width(texts: pa.Array) -> pa.Array:
    """Full-width and other forms of signs and digits taken to the usual ones, where there are any."""
    odd = pc.match_substring_regex(texts, UNUSUAL)
    if not pc.any(odd).as_py():
        return texts
    return pc.if_else(odd, pc.utf8_normalize(texts, form="NFKC"), texts)


def raw_bytes(texts: pa.Array) -> np.ndarray:
    """The bytes of all texts in a row."""
    offsets = np.frombuffer(texts.buffers()[1], dtype="int64")[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(texts.buffers()[2] or b"", dtype="uint8")[offsets[0] : offsets[-1]]


def _digits(texts: pa.Array, n: int) -> np.ndarray:
    """The digits of texts spelt alike, a row each."""
    raw = raw_bytes(texts)
    return (raw[(raw >= ord("0")) & (raw <= ord("9"))] - ord("0")).reshape(n, -1)


def _zeroed(texts: pa.Array) -> pa.Array:
    """The texts with 0 for every digit."""
    raw = raw_bytes(texts).copy()
    raw[(raw > ord("0")) & (raw <= ord("9"))] = ord("0")
    offsets = np.frombuffer(texts.buffers()[1], dtype="int64")[texts.offset : texts.offset + len(texts) + 1]
    buffers = [None, pa.py_buffer(offsets - offsets[0]), pa.py_buffer(raw)]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def _plain(spellings: pa.Array) -> pa.Array:
    """Chinese date words, weekdays and brackets taken to plain signs; digits keep their order."""
    plain = pc.replace_substring_regex(pc.utf8_upper(spellings), r"(\d,?) AT (\d)", r"\1 \2")
    for pattern, plainer in SPELLINGS:
        plain = pc.replace_substring_regex(plain, pattern, plainer)
    return pc.replace_substring_regex(plain, r"\s+", " ")
