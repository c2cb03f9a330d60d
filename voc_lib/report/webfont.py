"""The characters of one page as a small font inside it, for readers whose machine has no Chinese font."""

from __future__ import annotations

import base64
import io
from functools import cache, lru_cache

from voc_lib.errors import RenderError
from voc_lib.report.glyphs import COMMON, FONT_FOLDER, RARE, points

FAMILY = "VOC Sans"
ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))


def face(words: str) -> str:
    """@font-face rules with the characters of `words`; the same words give the same rules."""
    rules = [_rule(COMMON, "".join(sorted(ALWAYS.union(words))))]
    if rare := "".join(sorted(set(words) & _rare())):
        points = ",".join(f"U+{ord(char):X}" for char in rare)
        rules.append(_rule(RARE, rare, f";unicode-range:{points}"))
    return "".join(rules)


def _rule(file: str, characters: str, more: str = "") -> str:
    encoded = base64.b64encode(_subset(file, characters)).decode("ascii")
    source = f'url(data:font/woff;base64,{encoded}) format("woff")'
    return f'@font-face{{font-family:"{FAMILY}";src:{source}{more}}}'


@cache
def _rare() -> frozenset[str]:
    return frozenset(map(chr, points(RARE)))


@lru_cache(maxsize=16)
def _subset(file: str, characters: str) -> bytes:
    import uharfbuzz as hb
    from fontTools.ttLib import TTFont

    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(map(ord, characters))
    wanted.layout_feature_tag_set.clear()
    target = io.BytesIO()
    try:
        whole = hb.Face(hb.Blob.from_file_path(str(FONT_FOLDER / file)))
        with TTFont(io.BytesIO(hb.subset(whole, wanted).blob.data), recalcTimestamp=False) as font:
            font.flavor = "woff"
            font.save(target)
    except Exception as error:
        raise RenderError(
            f"字体文件 {file} 无法读取（{type(error).__name__}）。请重新安装本软件包。"
        ) from error
    return target.getvalue()
