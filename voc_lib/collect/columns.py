"""A table's cells by field: the columns that were settled on, several of one field made one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import clocks, senses
from voc_lib.collect.headers import JOINED, Match
from voc_lib.collect.table import Table

Columns = dict[str, pd.Series]


def series(column: pa.ChunkedArray) -> pd.Series:
    """A column as trimmed text, missing where blank."""
    trimmed = pc.utf8_trim_whitespace(column)
    return pd.Series(pc.if_else(pc.equal(trimmed, ""), None, trimmed).to_pandas(), dtype="str")


def by_field(table: Table, matches: Sequence[Match], order: Sequence[str] = ()) -> tuple[Columns, list[str]]:
    """Field -> its text, and what to tell; columns of words are joined in the `order` given."""
    columns: Columns = {}
    notes: list[str] = []
    ranks = {header: rank for rank, header in enumerate(order)}
    for match in sorted(matches, key=lambda m: ranks.get(m.header, -1)):
        if match.field is None:
            continue
        values = series(table.cells[match.header]).rename(match.header)
        if match.field not in columns:
            columns[match.field] = values
        elif match.field in JOINED:
            columns[match.field] = joined(columns[match.field], values)
        elif match.field == "created_at" and (
            (whole := clocks.joined(columns[match.field], values)) is not None
        ):
            columns[match.field] = whole
        else:
            columns[match.field] = columns[match.field].fillna(values)
            notes.append(f"{table.place}：多列映射到 {match.field}，取第一个有值的")
    return columns, notes


def joined(first: pd.Series, second: pd.Series) -> pd.Series:
    """Two columns of words as one; words that stand in the other already are not said again.

    >>> a, b = pd.Series(["快递慢", "坏了", None]), pd.Series(["快递慢，等三天", "三天就坏", "差"])
    >>> joined(a, b).tolist()
    ['快递慢，等三天', '坏了\\n三天就坏', '差']
    """
    both = first.notna() & second.notna()
    pairs = zip(first[both], second[both], strict=True)
    merged = [b if a in b else a if b in a else f"{a}\n{b}" for a, b in pairs]
    whole = first.fillna(second)
    whole[both] = merged
    return whole


def titled(columns: Columns, matches: Sequence[Match], table: Table) -> tuple[Columns, list[str]]:
    """The columns with the title as the text where there is no other, and what to tell."""
    title = next((m.header for m in matches if m.field == "request"), "")
    said = senses.spoken(title)
    if "text" not in columns or not any(senses.ends(said, word) for word in senses.listed("titles")):
        return columns, []
    text, request = columns["text"], columns["request"]
    bare = text.isna() & request.notna()
    if not bare.any():
        return columns, []
    note = f"{table.place}：有 {int(bare.sum())} 行内容为空，已用“{title}”作反馈内容"
    return columns | {"text": text.mask(bare, request), "request": request.mask(bare)}, [note]
