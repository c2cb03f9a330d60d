"""The characters of one page as a small font inside it, for readers whose machine has no Chinese font."""

from __future__ import annotations

import base64
import io
from functools import lru_cache

from voc_lib.errors import RenderError
from voc_lib.report.glyphs import FONT_FILES, FONT_FOLDER

FAMILY = "VOC Sans"
ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))


def face(words: str) -> str:
    """An @font-face rule with the characters of `words`; the same words give the same rule."""
    data = _subset("".join(sorted(ALWAYS.union(words))))
    encoded = base64.b64encode(data).decode("ascii")
    return f'@font-face{{font-family:"{FAMILY}";src:url(data:font/woff;base64,{encoded}) format("woff")}}'


@lru_cache(maxsize=16)
def _subset(characters: str) -> bytes:
    from fontTools import subset

    options = subset.Options(
        flavor="woff", layout_features=[], hinting=False, name_IDs=[1, 2], recalc_timestamp=False,
        notdef_outline=True,
    )  # fmt: skip
    try:
        with subset.load_font(FONT_FOLDER / FONT_FILES[0], options) as font:
            subsetter = subset.Subsetter(options)
            subsetter.populate(text=characters)
            subsetter.subset(font)
            target = io.BytesIO()
            subset.save_font(font, target, options)
    except Exception as error:
        raise RenderError(
            f"字体文件 {FONT_FILES[0]} 无法读取（{type(error).__name__}）。请重新安装本软件包。"
        ) from error
    return target.getvalue()
