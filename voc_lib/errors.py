"""The error family of the house: one base class, one exit code each, one clear Chinese sentence.

A message says what is wrong, where (file, sheet, row, key), what is allowed and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

OWN_WORDS = {"own_words": True}  # `extra` of a line of the log: words of the house, nothing to mask


class VocError(Exception):
    """Base class: `str(error)` is a sentence an analyst can act on."""

    exit_code: ClassVar[int] = 1


class ParamsError(VocError):
    """The params file (or a file it names as knowledge: taxonomy, causes, measures) is wrong."""

    exit_code = 2


class DataError(VocError):
    """An input file, table or column is missing, unreadable or breaks its contract."""

    exit_code = 3


class OvertakenError(DataError):
    """Somebody was faster; the message names who, and its other words are masked where it is raised."""


class QuestionsError(DataError):
    """Columns of the data that only a person can decide on; the message asks, with the line to write."""

    exit_code = 9

    def __init__(self, message: str, questions: Sequence[Any] = (), *, rivals: bool = False) -> None:
        super().__init__(message)
        self.questions, self.rivals = tuple(questions), rivals


class EmptyPeriodError(DataError):
    """The period lies ahead or nothing of it arrived: a report would say “0 problems” of what is unknown."""

    exit_code = 10


class ArrivalError(DataError):
    """The data a source of the period is expected to hold has not come (yet)."""

    exit_code = 11


class NotebookError(VocError):
    """A notebook cell failed; the message names step, cell and cause."""

    exit_code = 4


class KernelDiedError(NotebookError):
    """The notebook's kernel died (usually out of memory)."""

    exit_code = 5


class DeadlineError(NotebookError):
    """A cell or the whole run took longer than allowed."""

    exit_code = 6


class RenderError(VocError):
    """HTML, PDF or Excel could not be made (missing font, missing glyph, ...)."""

    exit_code = 7


class PublishError(VocError):
    """The finished run could not be put in place (full disk, no permission)."""

    exit_code = 8


class NoticeError(VocError):
    """A notice tried by hand did not arrive."""

    exit_code = 12


class RoomError(VocError):
    """The rows of a step are more than the memory of this machine surely has room for."""

    exit_code = 13


class EngineError(VocError):
    """The cluster the params choose is not there, was lost, or runs another program."""

    exit_code = 14


class LockedError(VocError):
    """Another run of the same report is under way."""

    exit_code = 75


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """The hint that ends an error sentence: the nearest allowed word, or all of them.

    >>> did_you_mean("piriod", ["period", "name"])
    '是否想写 “period”？'
    >>> did_you_mean("x", ["b", "a"])
    '可用：a、b。'
    """
    names = sorted(allowed)
    near = get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"是否想写 “{near[0]}”？"
    return f"可用：{'、'.join(names)}。"
