"""Who handled a feedback: by name, by a keyed pseudonym or by the department, as the params say."""

from __future__ import annotations

import hashlib
import hmac
import re

import pandas as pd

from voc_lib.params import Handlers

PURPOSE = b"voc:staff:v1\0"
PSEUDONYM = re.compile(r"员工[0-9a-f]{6}")
NOBODY_KNOWN = "处理人员"


def shown(frame: pd.DataFrame, handlers: Handlers, key: bytes) -> pd.DataFrame:
    """The frame with its column `handler` as the params want it; a pseudonym stays what it is.

    >>> said = pd.DataFrame({"handler": ["李娜", None], "department": ["客服部", "客服部"]})
    >>> shown(said, "role", b"0123456789abcdef")["handler"].tolist()
    ['客服部人员', nan]
    """
    if handlers == "name":
        return frame
    if handlers == "pseudonym":
        return frame.assign(handler=pseudonyms(frame["handler"], key))
    department = frame["department"].str.cat(["人员"] * len(frame)).fillna(NOBODY_KNOWN)
    return frame.assign(handler=frame["handler"].where(frame["handler"].isna(), department))


def pseudonyms(names: pd.Series, key: bytes) -> pd.Series:
    """“员工” + 6 hex digits per name, the same for the same name and key; missing stays missing."""
    known = {name: _pseudonym(str(name), key) for name in names.dropna().unique()}
    return names.map(known).astype("str")


def _pseudonym(name: str, key: bytes) -> str:
    if PSEUDONYM.fullmatch(name):
        return name
    return f"员工{hmac.new(key, PURPOSE + name.strip().encode(), hashlib.sha256).hexdigest()[:6]}"
