"""Sparklines: how a figure came about, as an SVG the size of a word."""

from __future__ import annotations

from collections.abc import Sequence

WIDE, TALL, EDGE = 120.0, 28.0, 4.0
INKS = {"good": "#1b7f4d", "bad": "#b3372f", "warn": "#9a6700"}
LINE, FAINT = "#66727f", "#a9bccb"


def line(values: Sequence[float], *, tone: str, target: float | None = None) -> str:
    """The values as a line that ends in a dot of the tone, the target as a dashed line across.

    >>> [line([1.0, 3.0], tone="bad", target=target).count("<line") for target in (None, 2.0)]
    [0, 1]
    """
    low, high = _ends([*values, *([] if target is None else [target])])
    step = (WIDE - 2 * EDGE) / max(len(values) - 1, 1)
    points = [(EDGE + step * i, _height(value, low, high)) for i, value in enumerate(values)]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{drawn}" fill="none" stroke="{LINE}" stroke-width="1.6"/>']
    if target is not None:
        y = _height(target, low, high)
        dash = 'stroke-dasharray="4 3"'
        parts.append(f'<line x1="0" x2="{WIDE:g}" y1="{y:.1f}" y2="{y:.1f}" stroke="{FAINT}" {dash}/>')
    x, y = points[-1]
    return _svg(*parts, f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{INKS.get(tone, LINE)}"/>')


def pair(before: float, now: float, *, tone: str) -> str:
    """Two figures as bars one above the other, the second in the tone.

    >>> pair(1.0, 2.0, tone="good").count("<rect")
    2
    """
    longest = max(abs(before), abs(now)) or 1.0
    parts = ((before, FAINT, 2.0), (now, INKS.get(tone, LINE), 16.0))
    return _svg(*(_bar(abs(value) / longest * WIDE, y, ink) for value, ink, y in parts))


def _bar(width: float, y: float, ink: str) -> str:
    return f'<rect x="0" y="{y:g}" width="{max(width, 1.0):.1f}" height="10" fill="{ink}"/>'


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _height(value: float, low: float, high: float) -> float:
    share = 0.5 if high == low else (value - low) / (high - low)
    return TALL - EDGE - share * (TALL - 2 * EDGE)


def _svg(*parts: str) -> str:
    size = f'viewBox="0 0 {WIDE:g} {TALL:g}" width="{WIDE:g}" height="{TALL:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
