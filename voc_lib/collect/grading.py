"""What the params say of the scores of a source (`scales`): of values, of a column's values, of its scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from voc_lib.collect import headers, marks
from voc_lib.errors import DataError, did_you_mean
from voc_lib.params import Source


def values(source: Source, header: str, *, alone: bool = True) -> dict[str, float | None]:
    """`marks.plain` value -> score the params give it in a column; `alone`: also values without a column."""
    told = {name: score for name, score in source.scales.items() if not isinstance(score, (str, dict))}
    own = _of(source, header)
    known = {**(told if alone else {}), **(own if isinstance(own, dict) else {})}
    return {marks.plain(value): score for value, score in known.items()}


def scale(source: Source, header: str) -> str:
    """The scale the params say a column is on; “” where they say none."""
    own = _of(source, header)
    return own.replace("-", "–") if isinstance(own, str) else ""


def _of(source: Source, header: str) -> str | Mapping[str, float | None] | None:
    asked = {*headers.forms(header), headers.normal(header)}
    found = [told for name, told in source.scales.items() if headers.normal(name) in asked]
    return next((told for told in found if isinstance(told, (str, dict))), None)


def known(source: Source, columns: Sequence[str]) -> None:
    """Nothing; DataError when the params name a column of scores that no file of the source has."""
    forms = {form for name in columns for form in (*headers.forms(name), headers.normal(name))}
    for name, told in source.scales.items():
        if isinstance(told, (str, dict)) and headers.normal(name) not in forms:
            raise DataError(
                f"来源 “{source.name}” 没有参数 scales 里写的列 “{name}”。{did_you_mean(name, columns)}"
            )
