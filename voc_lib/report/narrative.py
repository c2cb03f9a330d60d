"""Sentences a notebook computes: a box of paragraphs and points with a tone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from voc_lib.report import basis
from voc_lib.report.basis import Basis
from voc_lib.report.tables import bundle

Tone = Literal["info", "good", "bad", "warn"]


@dataclass(frozen=True)
class TextView:
    """Paragraphs and points, coloured by tone."""

    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    tone: Tone = "info"
    of: tuple[Basis, ...] = ()

    def data(self) -> dict[str, Any]:
        """The words as JSON values (architecture: application/vnd.voc.text+json)."""
        return {
            "version": 1,
            "tone": self.tone,
            "paragraphs": list(self.paragraphs),
            "items": list(self.items),
            "basis": basis.flat(basis.of(part, self.of) for part in (*self.paragraphs, *self.items)),
        }

    def __str__(self) -> str:
        return "\n".join([*self.paragraphs, *(f"· {item}" for item in self.items)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle("text", self.data(), str(self))


def text(
    paragraphs: str | Iterable[str],
    *,
    items: Iterable[str] = (),
    tone: Tone = "info",
    of: Iterable[Basis] = (),
) -> TextView:
    """A text box of one or several paragraphs, with points below.

    `of`: what the figures rest on of parts that do not say it themselves (`basis.said`).

    >>> print(text("本期两点值得注意。", items=["物流延迟上升", "客诉下降"]))
    本期两点值得注意。
    · 物流延迟上升
    · 客诉下降
    """
    spoken = (paragraphs,) if isinstance(paragraphs, str) else tuple(paragraphs)
    return TextView(spoken, tuple(items), tone, tuple(of))


def listed(names: Sequence[str], most: int, unit: str) -> str:
    """The first of some things by name, and how many there are where more than `most`.

    >>> listed(["物流", "退货", "客服"], 2, "类"), listed(["物流"], 2, "类")
    ('物流、退货等 3 类', '物流')
    """
    more = f"等 {len(names)} {unit}" if len(names) > most else ""
    return "、".join(names[:most]) + more
