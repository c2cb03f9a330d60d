"""Charts kept from run to run: one that would be drawn of the very same is not drawn again.

A chart is found by the hash of all it is made of: the program and its packages, the look, the words of the
subject, and every value it is given. Of anything else it is drawn.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd
import pyarrow as pa

from voc_lib import whole
from voc_lib.errors import PublishError
from voc_lib.report import subject
from voc_lib.report.plots import theme
from voc_lib.report.plots.theme import Chart

MOST = 300  # charts of a report; those not shown for longest go first
PLAIN = (str, int, float, bool, date, type(None))

P = ParamSpec("P")
Shown = TypeVar("Shown")


@dataclass(frozen=True)
class Drawn:
    """A chart as it was shown: what a notebook makes of it."""

    data: dict[str, str]
    notes: dict[str, dict[str, Any]]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return self.data, self.notes


@dataclass(frozen=True)
class Shelf:
    """The folder charts are kept in; `program` gives a hash of all that draws, asked for the first."""

    folder: Path
    program: Callable[[], str]

    @cached_property
    def mark(self) -> str:
        """The program."""
        return self.program()

    def place(self, draw: Callable[..., Any], given: tuple[Any, ...], options: dict[str, Any]) -> Path | None:
        """Where the chart of these values is kept; None of values that cannot be told from others."""
        named = (f"{draw.__module__}.{draw.__qualname__}", str(len(given)), *options)
        try:
            told = [_told(value) for value in (*given, *options.values())]
        except (TypeError, ValueError, pa.ArrowException):
            return None
        return self.folder / f"{_digest(self.mark, *_look(), *named, *told)}.json"

    def take(self, place: Path) -> Drawn | None:
        """The chart kept there; None where there is none, or half of one."""
        try:
            found = Drawn(**json.loads(place.read_bytes()))
            os.utime(place)
        except (OSError, ValueError, TypeError):
            return None
        return found

    def put(self, place: Path, chart: Chart) -> None:
        """Keep a chart, the longest unused gone; one that cannot be kept is drawn again."""
        data, notes = chart._repr_mimebundle_()
        with contextlib.suppress(PublishError, OSError):
            whole.replace(place, json.dumps({"data": data, "notes": notes}, ensure_ascii=False).encode())
            held = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
            for file in held[:-MOST]:
                file.unlink(missing_ok=True)


_shelf: list[Shelf | None] = [None]  # of the process: a notebook has a kernel of its own


def keep(shelf: Shelf | None) -> None:
    """Keep what is drawn from now on there, or nothing."""
    _shelf[0] = shelf


def kept(draw: Callable[P, Shown]) -> Callable[P, Shown]:
    """Draws as `draw` does, once for the same values where charts are kept."""

    @wraps(draw)
    def shown(*given: P.args, **options: P.kwargs) -> Shown:
        shelf = _shelf[0]
        place = shelf.place(draw, given, options) if shelf else None
        if shelf is None or place is None:
            return draw(*given, **options)
        if found := shelf.take(place):
            return cast(Shown, found)
        made = draw(*given, **options)
        if isinstance(made, Chart):
            shelf.put(place, made)
        return made

    return shown


def _look() -> list[str]:
    """The subject spoken of, the house's colours and sizes, and the settings these are put over."""
    import matplotlib as mpl

    told = {name: value for name, value in vars(theme).items() if name.isupper()} | dict.copy(mpl.rcParams)
    return [
        subject.spoken(),
        *(f"{name}={value!r}" for name, value in sorted(told.items()) if name != "backend"),
    ]


def _told(value: Any) -> str:
    """A word that no other value has; TypeError of a kind it does not know."""
    if isinstance(value, pd.DataFrame) and "object" not in map(str, value.dtypes):
        kinds = [*map(str, value.dtypes), str(value.index.dtype), str(value.columns.names)]
        return _digest(*kinds, hashlib.sha256(_bytes(value)).hexdigest())
    if isinstance(value, PLAIN):
        return f"{type(value).__name__} {value!r}"
    raise TypeError(type(value).__name__)


def _bytes(frame: pd.DataFrame) -> bytes:
    """Names, types and values of all columns and of the index, as Arrow writes them."""
    table = pa.Table.from_pandas(frame, preserve_index=True).combine_chunks().replace_schema_metadata(None)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def _digest(*words: str) -> str:
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
