"""The problems of all months sifted by period, category, place and words: how many, how spread, which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd

from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.rootcause import evidence
from voc_lib.stats import raised, voices
from voc_lib.text import channels, matching
from voc_lib.text.matching import Corpus

CATEGORY = "primary_tag"
FACETS = ("channel", "region", "product", "customer_type", CATEGORY)  # the base of a share drops the last one
WHEN, WORDS = "when", "words"


@dataclass(frozen=True)
class Sieve:
    """The problems (`rows`), made ready: texts to search, codes of each facet, when each was raised."""

    rows: pd.DataFrame
    parts: tuple[Corpus, ...]
    codes: Mapping[str, tuple[np.ndarray, list[str]]]
    moments: pd.DataFrame  # place, time, month; the latest first

    @property
    def months(self) -> list[str]:
        """The months there are, oldest first."""
        return sorted(self.moments["month"].cat.categories)


@dataclass(frozen=True)
class Sifted:
    """What is left: `n` of `base` (share with its 95 % Wilson interval), without the condition `dropped`.

    `places` of the rows, the latest first, and when each was raised; `months` and `facets` count what would
    be left with another month or value of the facet: month or value -> n.
    """

    n: int
    base: int
    share: float
    low: float
    high: float
    dropped: str
    places: np.ndarray
    times: np.ndarray
    months: dict[str, int]
    facets: dict[str, dict[str, int]]


def sieve(issues: pd.DataFrame) -> Sieve:
    """The problems that count, ready to be sifted again and again."""
    rows = raised.complaints(issues).reset_index(drop=True)
    times = pd.concat([rows["created_at"], voices.again(rows)])
    moments = pd.DataFrame({"place": times.index, "time": times.to_numpy()})
    moments = moments.sort_values(["time", "place"], ascending=False, ignore_index=True)
    month = moments["time"].dt.strftime("%Y-%m").astype("category")
    codes = {name: _codes(rows[name]) for name in FACETS}
    return Sieve(rows, tuple(matching.corpora(rows["text"])), codes, moments.assign(month=month))


def _codes(values: pd.Series) -> tuple[np.ndarray, list[str]]:
    codes, names = pd.factorize(values.astype("str"), use_na_sentinel=True)
    return codes, [str(name) for name in names]


def sift(query: Query, period: Period | None, on: Sieve) -> Sifted:
    """What a query leaves of the problems raised in a period (None: ever)."""
    within = _raised(period, on)
    asked = {WHEN: _any(within, on), **_asked(query, on)}
    kept = {name: _all(asked, on, but=name) for name in (None, *asked, *FACETS)}
    places, times = _latest(within & kept[None][on.moments["place"].to_numpy()], on)
    dropped = next((name for name in reversed(list(asked)) if name != WHEN), "")
    base = int(kept[dropped or None].sum())
    return Sifted(
        len(places),
        base,
        *evidence.proportion(len(places), base),
        dropped,
        places,
        times,
        _by_month(kept[WHEN], on),
        {name: _counts(kept[name], *on.codes[name]) for name in FACETS},
    )


def _asked(query: Query, on: Sieve) -> dict[str, np.ndarray]:
    """Condition -> which rows meet it, in the order of `FACETS`, the words last."""
    wanted = {**query.where, **({CATEGORY: query.category} if query.category else {})}
    found = {name: _is(name, wanted[name], *on.codes[name]) for name in FACETS if name in wanted}
    if query.contains:
        found[WORDS] = evidence.spoken(on.parts, query.contains, len(on.rows))
    return found


def _is(facet: str, value: str, codes: np.ndarray, names: Sequence[str]) -> np.ndarray:
    value = channels.spelt(facet, value, names)
    return codes == names.index(value) if value in names else np.zeros(len(codes), dtype=bool)


def _raised(period: Period | None, on: Sieve) -> np.ndarray:
    """Which moments lie in the period."""
    times = on.moments["time"]
    return np.ones(len(times), dtype=bool) if period is None else period.mask(times).to_numpy()


def _any(within: np.ndarray, on: Sieve) -> np.ndarray:
    found = np.zeros(len(on.rows), dtype=bool)
    found[on.moments["place"].to_numpy()[within]] = True
    return found


def _all(asked: Mapping[str, np.ndarray], on: Sieve, *, but: str | None) -> np.ndarray:
    masks = [mask for name, mask in asked.items() if name != but]
    return reduce(np.logical_and, masks, np.ones(len(on.rows), dtype=bool))


def _latest(kept: np.ndarray, on: Sieve) -> tuple[np.ndarray, np.ndarray]:
    """The places of the moments kept, each once with its first moment, the latest first."""
    found = on.moments.loc[kept, ["place", "time"]].drop_duplicates("place", keep="last")
    return found["place"].to_numpy(), found["time"].to_numpy()


def _by_month(kept: np.ndarray, on: Sieve) -> dict[str, int]:
    lines = on.moments[["place", "month"]][kept[on.moments["place"].to_numpy()]].drop_duplicates()
    counts = lines["month"].value_counts()
    return {month: int(counts[month]) for month in on.months}


def _counts(kept: np.ndarray, codes: np.ndarray, names: Sequence[str]) -> dict[str, int]:
    """Value -> how many, the most frequent first; values nobody has are left out."""
    counts = np.bincount(codes[kept] + 1, minlength=len(names) + 1)[1:]
    found = {name: int(n) for name, n in zip(names, counts, strict=True) if n}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
