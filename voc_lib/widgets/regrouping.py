"""Issues to be put together or taken apart: what is offered for a feedback, and what a choice means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from voc_lib.errors import DataError
from voc_lib.schema import ALONE

OUT, INTO = "拆出", "并入"
NEAR = pd.Timedelta(days=90)  # how far apart a customer's issues are that are offered to be one
SHOWN, WORDS = 12, 24  # feedbacks offered, characters of each


@dataclass(frozen=True)
class Regroupings:
    """Feedback in order of time (`feedback_id, issue_id, customer_id, created_at, text`); its spellings."""

    rows: pd.DataFrame
    known: Mapping[str, str]

    def offered(self, ident: str) -> list[str]:
        """What can be chosen for a feedback: taking one out of its issue, joining another of its customer."""
        mates, others = self._mates(ident), self._others(ident)
        out = [ALONE] if len(mates) else []
        out += [f"{OUT} {line}" for line in _lines(mates)]
        return [*out, *(f"{INTO} {line}" for line in _lines(others))]

    def meant(self, said: str, ident: str) -> tuple[str, str]:
        """The feedback a choice is about and what is set for it; DataError for an id there is not."""
        words = said.strip()
        if words == ALONE:
            return ident, ALONE
        verb, _, rest = words.partition(" ")
        named = rest if verb in (OUT, INTO) else words
        other = self.known.get(named) or self.known.get(named.split("（")[0].strip())
        if other is None or (other == ident and verb != OUT):
            raise DataError(unknown(named))
        return (other, ALONE) if verb == OUT else (ident, other)

    def _mates(self, ident: str) -> pd.DataFrame:
        """The other feedback of the same issue."""
        same = self._alike("issue_id", ident)
        return same[same["feedback_id"] != ident]

    def _others(self, ident: str) -> pd.DataFrame:
        """The first feedback of the same customer's other issues of about that time."""
        own, same = self.rows.iloc[self._places.get_loc(ident)], self._alike("customer_id", ident)
        near = same[(same["created_at"] - own["created_at"]).abs() <= NEAR]
        return near[near["issue_id"] != own["issue_id"]].drop_duplicates("issue_id")

    def _alike(self, column: str, ident: str) -> pd.DataFrame:
        """The rows with the value a feedback has in a column; none where it has none."""
        codes = self._codes[column]
        own = codes[self._places.get_loc(ident)]
        return self.rows[codes == own] if own >= 0 else self.rows.iloc[:0]

    @cached_property
    def _places(self) -> pd.Index:
        return pd.Index(self.rows["feedback_id"])

    @cached_property
    def _codes(self) -> dict[str, np.ndarray]:
        """Numbers for the values of a column: a key pressed must not compare every text."""
        return {name: pd.factorize(self.rows[name])[0] for name in ("issue_id", "customer_id")}


def unknown(written: str) -> str:
    """What is wrong with an issue that people named."""
    return f"没有反馈 “{written}” 可以并入；请写“{ALONE}”，或另一条反馈的反馈ID、问题ID"


def _lines(rows: pd.DataFrame) -> list[str]:
    some = rows.head(SHOWN)
    return [
        f"{ident}（{at:%m-%d} {text[:WORDS]}）"
        for ident, at, text in zip(some["feedback_id"], some["created_at"], some["text"], strict=True)
    ]
