"""Several things written in one line."""

from __future__ import annotations

import re

COMMAS = re.compile(r"[、，,；;\n]")
SEMICOLONS = re.compile(r"[；;\n]")


def split(written: str, by: re.Pattern[str] = COMMAS) -> list[str]:
    """The parts of a line, each once.

    >>> split("分拣、分拨，分拣 "), split("缺人、缺车；设备旧", SEMICOLONS)
    (['分拣', '分拨'], ['缺人、缺车', '设备旧'])
    """
    return list(dict.fromkeys(part for piece in by.split(written) if (part := piece.strip())))
