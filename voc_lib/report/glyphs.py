"""Which characters the vendored fonts can draw, and text made safe to print with them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from voc_lib.errors import RenderError

FONT_FOLDER = Path(__file__).parent / "fonts"
FONT_FILES = ("VocSans-Regular.otf", "VocSans-Bold.otf", "VocSans-Rare.otf", "NotoEmoji-Regular.ttf")
COMMON, _, RARE, _ = FONT_FILES
SUBSTITUTE = "〓"  # what a printer sets for a character it has no type for

# C0/C1 controls (not tab, newline), zero-width, bidi overrides, BOM, variation selectors, lone surrogates:
# invisible on paper, and PDF/UA refuses some of them.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)


@cache
def covered() -> frozenset[int]:
    """Code points the vendored fonts have a glyph for; RenderError when a font file cannot be read."""
    return frozenset({9, 10, 13, 32, 160}).union(*map(points, FONT_FILES))


def points(name: str) -> frozenset[int]:
    """Code points one of the font files has a glyph for; RenderError where it cannot be read."""
    from fontTools.ttLib import TTFont

    try:
        with TTFont(FONT_FOLDER / name, lazy=True) as font:
            return frozenset(font.getBestCmap())
    except Exception as error:
        raise RenderError(
            f"字体文件 {name} 无法读取（{type(error).__name__}）。请重新安装本软件包。"
        ) from error


def printable(text: str, missing: Counter[str] | None = None) -> str:
    """The text with invisible characters removed and characters no font has set as 〓, counted in `missing`.

    >>> printable("好\\u200b\\ufeff的\\x00 䶮𬍛 \\U00020002")
    '好的 䶮𬍛 〓'
    """
    text = INVISIBLE.sub("", text)
    unknown = {char for char in set(text) if ord(char) not in covered()}
    for char in unknown:
        if missing is not None:
            missing[char] += text.count(char)
        text = text.replace(char, SUBSTITUTE)
    return text
