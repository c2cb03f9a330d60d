"""When a whole file is of: a day, a clock with it, or what its name or its date says."""

from __future__ import annotations

import re
from datetime import datetime

STAMP = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")
NAME_CODES = ("%Y", "%y", "%m", "%d", "%H", "%M")


def is_stamp(rule: str) -> bool:
    """Whether a rule gives a file one time: a day, with a clock or not; “file”; a name with %Y or %y in it.

    >>> [is_stamp(rule) for rule in ("2026-09-30", "file", "评论_%Y%m%d", "评论_%m%d", "2026-09-31")]
    [True, True, True, False, False]
    """
    if rule == "file":
        return True
    codes = re.findall("%.?", rule)
    if codes:
        return (
            set(codes) <= set(NAME_CODES) and len(set(codes)) == len(codes) and bool({"%Y", "%y"} & {*codes})
        )
    try:
        return bool(STAMP.fullmatch(rule) and datetime.fromisoformat(rule))
    except ValueError:
        return False
