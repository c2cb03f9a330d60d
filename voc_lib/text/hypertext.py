"""Texts as their writers saw them, where an export holds the HTML behind them."""

from __future__ import annotations

import html
import re
from html.entities import html5

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

BETWEEN = "\x00"  # stands in no text
ROUNDS = 3  # &amp;lt;p&amp;gt; is escaped twice
BLOCKS = (
    "p|div|li|ul|ol|dl|dt|dd|tr|table|thead|tbody|tfoot|h[1-6]|hr|section|article|header|footer|main|nav|aside"
    "|blockquote|pre|center|figure|figcaption|body|html|head|title|form|fieldset"
)
INLINE = (
    "span|a|b|i|u|s|em|strong|font|small|big|sub|sup|del|ins|strike|mark|code|tt|label|img|image|video|audio"
    "|source|iframe|svg|path|input|button|col|colgroup|caption|wbr|meta|link|o:p|abbr|cite|q"
)
CELLS = "td|th"
_END = r"(?:\s[^<>\x00]{0,2000})?/?>"
# “送货太慢了&hellip;”, “物流&#24930;”, and “&nbsp” without its semicolon
ENTITY = re.compile(r"&(?:#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|nbsp;?|[A-Za-z][A-Za-z0-9]{1,30};)")
GONE = re.compile(r"<!--.{0,9999}?-->|<(script|style)\b[^<>\x00]*>[^\x00]{0,99999}?</\1\s*>", re.I | re.S)
BREAKS = re.compile(rf"\s*<(?:br|/?(?:{BLOCKS})){_END}\s*", re.I)
PICTURE = re.compile(
    r"<img\s[^<>\x00]*?\balt=[\"']?(\[[^\]\x00\"']{1,8}\])[^<>\x00]*>", re.I
)  # <img alt="[怒]">
TAGS = re.compile(rf"</?(?:{INLINE}){_END}", re.I)
COLUMNS = re.compile(rf"\s*</?(?:{CELLS}){_END}\s*", re.I)
LINES = re.compile(r"[ \t\xa0\u3000]*\n[\s\xa0\u3000]*")
SUSPECT = rf"&#[0-9xX]|&[A-Za-z]+[0-9]*;|&nbsp|<!--|</?(?i:br|script|style|{BLOCKS}|{INLINE}|{CELLS})[\s/>]"


def seen(texts: pd.Series) -> pd.Series:
    """Each text without the tags and escapes of HTML; what only looks like them stays.

    >>> seen(pd.Series(["<p>退款<br/>没到账</p>", "物流&#24930;&#65281;", "5<6 但7>3", "a&b"])).tolist()
    ['退款\\n没到账', '物流慢！', '5<6 但7>3', 'a&b']
    """
    column = pa.array(texts, pa.large_string())
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    some = pc.or_(pc.match_substring(column, "&"), pc.match_substring(column, "<")).fill_null(False)
    rows = np.flatnonzero(some.to_numpy(zero_copy_only=False))
    if not len(rows):
        return texts
    marked = pc.match_substring_regex(column.take(pa.array(rows)), SUSPECT).to_numpy(zero_copy_only=False)
    rows = rows[marked.astype(bool)]
    changed = _plain(BETWEEN.join(texts.iloc[rows])).split(BETWEEN) if len(rows) else []
    result = texts.copy()
    result.iloc[rows] = [text.strip(" \n\t\xa0\u3000") or None for text in changed]
    return result


def _plain(block: str) -> str:
    for _ in range(ROUNDS):
        before, block = block, ENTITY.sub(_character, block)
        if block == before:
            break
    for pattern, plain in ((GONE, ""), (PICTURE, r"\1"), (BREAKS, "\n"), (COLUMNS, " "), (TAGS, "")):
        block = pattern.sub(plain, block) if "<" in block else block
    return LINES.sub("\n", block.replace("\xa0", " "))


def _character(entity: re.Match[str]) -> str:
    """What an escape stands for; one of no known name stays as it is."""
    name = entity[0].removeprefix("&")
    known = name.startswith("#") or name in html5
    return (html.unescape(entity[0]) if known else entity[0]).replace(BETWEEN, "")
