"""The seal of a row: four letters for each cell nobody fills in, so that cells of another row are told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2s

from voc_lib.exchange.fields import KEY, ORDER, SEAL, VERSION, Form
from voc_lib.exchange.sheets import Row
from voc_lib.improve.visits import ALONE
from voc_lib.report.excel import safe_text

SIZE = 4  # letters of a cell
LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")  # no program takes letters for a number


def of(labels: Iterable[str], cells: Mapping[str, str]) -> str:
    """The seal of a row with these headers; how blanks and lines stand in a cell is no matter.

    >>> of(["记录"], {"记录": "M01"}) == of(["记录"], {"记录": " M01\\n"}) != of(["记录"], {"记录": "M02"})
    True
    """
    return "".join(_letters(label, cells.get(label, "")) for label in labels)


def told(rows: Sequence[tuple[Form, Row]]) -> dict[str, str]:
    """Place of a row -> what is to be told of cells in it that were another row's when they went out.

    A cell nobody else had is left to those who read it. A row without a seal is new, or went out before there
    were any.
    """
    strange: dict[str, dict[str, set[str]]] = defaultdict(dict)
    for form in dict.fromkeys(form for form, _ in rows):
        sealed = [row for kind, row in rows if kind is form and row.cells.get(SEAL)]
        for label in _guarded(form, sealed):
            for place, homes in _moved(label, sealed):
                strange[place][label] = homes
    return {place: f"{_said(cells)}；{ALONE}" for place, cells in strange.items()}


def _guarded(form: Form, sealed: Sequence[Row]) -> list[str]:
    """The headers of what nobody fills in."""
    there = sealed[0].cells if sealed else {}
    return [label for label in there if label not in (*form.labels, ORDER, SEAL)]


def _moved(label: str, sealed: Sequence[Row]) -> Iterator[tuple[str, set[str]]]:
    """The rows a column of which holds what went out in other rows, and those.

    Only where most of what is not as it went out changed rows: cells typed anew, or written otherwise by a
    program, may look like another's by chance.
    """
    odd = [row for row in sealed if _letters(label, row.cells[label]) not in _parts(row)]
    homes: dict[str, set[str]] = defaultdict(set)
    for row in odd:
        for letters in _parts(row):
            homes[letters].add(row.place)
    found = [(row.place, homes.get(_letters(label, row.cells[label]), set())) for row in odd]
    moved = [pair for pair in found if pair[1]]
    return iter(moved if 2 * len(moved) > len(odd) else [])


def _parts(row: Row) -> set[str]:
    seal = row.cells[SEAL]
    return {seal[at : at + SIZE] for at in range(0, len(seal), SIZE)}


def _letters(label: str, words: str) -> str:
    said = "".join(safe_text(words).split())
    if label == VERSION:
        said = said.removesuffix(".0")  # some programs keep every number as one with decimals
    return blake2s(f"{label}\x1f{said}".encode(), digest_size=SIZE // 2).hexdigest().translate(LETTERS)


def _said(cells: Mapping[str, set[str]]) -> str:
    """Which columns are another row's, and of which where there is but one."""
    common = set.intersection(*cells.values())
    whose = f"{common.pop()} 导出时的" if len(common) == 1 else "别的行导出时的"
    named = [KEY] if len(cells) > 1 and KEY in cells else list(cells)
    rest = "等灰色的格子" if len(named) < len(cells) else ""
    return f"“{'”、“'.join(named)}”{rest} 不是这一行的，是 {whose}"
