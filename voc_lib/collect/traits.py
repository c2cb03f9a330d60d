"""What a survey knows of each who answered besides the answers: gender, level, habit … (schema.TRAITS)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect import scores, surveys
from voc_lib.collect.columns import series
from voc_lib.collect.standardize import Standard
from voc_lib.collect.table import Table

FIELDS = ("region", "product", "department", "channel")  # of the feedback, which tell groups apart
SOURCE = "source"  # the column of a survey that says how it reached whoever answered
MOST, EACH = 12, 5  # groups at most, and answers each has on average at least
KNOWN = 0.3  # answered by this share at least
BANDS = 4


def of(
    source: str, tables: Sequence[Table], standards: Sequence[Standard], answers: pd.DataFrame
) -> pd.DataFrame:
    """schema.TRAITS: a line per answer sheet and column that tells groups apart; of surveys alone.

    Columns of two to twelve values as they stand; of numbers the quarters. What has hardly two alike is no
    group.
    """
    asked = {*answers["question"].dropna(), *answers["item"].dropna(), *answers["option"].dropna()}
    fields = {
        (s.table.file, s.table.sheet): {m.header: m.field for m in s.matches if m.field} for s in standards
    }
    parts = [schema.empty(schema.TRAITS)]
    for table in tables:
        mine = (answers["file"] == table.file) & (answers["sheet"].fillna("") == (table.sheet or ""))
        if mine.any():
            known = fields.get((table.file, table.sheet), {})
            parts += [_lines(table, *one) for one in _columns(table, known, asked)]
    return schema.shape(pd.concat(parts, ignore_index=True).assign(source=source), schema.TRAITS)


def _columns(table: Table, fields: dict[str, str], asked: set[str]) -> Iterator[tuple[str, pd.Series]]:
    """The columns that tell groups apart, each with its groups."""
    meta = {name for role, name in surveys.roles(table.columns).items() if role.split(".")[0] != SOURCE}
    nothing = [*scores.values_file()["missing"], *surveys.words()["skipped"]]
    for header in table.columns:
        field = fields.get(header, FIELDS[0])
        if field not in FIELDS or header in meta or any(words in header for words in asked):
            continue
        given = series(table.cells[header])
        groups = _groups(given.mask(given.isin(nothing)))
        if groups is not None:
            yield header, groups


def _groups(given: pd.Series) -> pd.Series | None:
    known = given.dropna()
    if len(known) < max(KNOWN * len(given), 2 * EACH):
        return None
    if 2 <= known.nunique() <= MOST and len(known) >= EACH * known.nunique():
        return known
    numbers = pd.to_numeric(known, errors="coerce")
    if numbers.isna().any() or numbers.nunique() <= MOST or numbers.nunique() == len(numbers):
        return None
    return _banded(numbers)


def _banded(numbers: pd.Series) -> pd.Series | None:
    """Numbers as quarters, named by where they end; None where too many are alike.

    >>> _banded(pd.Series([1.0, 2, 3, 4, 5, 6, 7, 8])).unique().tolist()
    ['不超过 2.75', '2.75–4.5', '4.5–6.25', '超过 6.25']
    """
    ends = np.unique(np.quantile(numbers, np.linspace(0, 1, BANDS + 1)[1:-1]))
    place = np.searchsorted(ends, numbers, side="left")
    if len(np.unique(place)) < 2:
        return None
    inner = [f"{low:g}–{high:g}" for low, high in pairwise(ends)]
    names = np.array([f"不超过 {ends[0]:g}", *inner, f"超过 {ends[-1]:g}"])
    return pd.Series(names[place], index=numbers.index, dtype="str")


def _named(header: str) -> str:
    """The header without the number of its question.

    >>> _named("8、您的年龄段"), _named("年龄")
    ('您的年龄段', '年龄')
    """
    _, question, item = surveys.parts(header)
    return item or question


def _lines(table: Table, header: str, groups: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "trait": _named(header),
            "value": groups.to_numpy(),
            "file": table.file,
            "sheet": table.sheet,
            "line": np.asarray(table.lines)[groups.index.to_numpy()],
        }
    )
