"""Which id a row goes by: the one its source gave or, where that tells no feedback, one of its content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

MADE = r"H[0-9a-f]{16}"
LASTING = ("created_at", "text", "customer_id", "contact")  # what no later export of a row changes
SEPARATOR = "\x1f"
KNOWN = ("source", "feedback_id", "created_at", "text", "file", "sheet")  # of archived rows, text masked
MASKED = re.compile(r"\[[^\[\]]{2,4}\]")  # 我是[姓名]，电话[手机号]
LIST, PARTNER = "_list", "_partner"
LEAST = 3  # pairs that must be two feedbacks each before ids are taken for row numbers
MOST = 0.5
ALIKE = 50.0  # of 100: two feedbacks reach 40, one with words corrected or masked stays above 55
HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)


def with_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an id in every row: of its content where the source gave none."""
    lacking = frame["feedback_id"].isna()
    if not lacking.any():
        return frame
    column = frame["feedback_id"].copy()
    column[lacking] = content_ids(frame[lacking])
    return frame.assign(feedback_id=column)


def content_ids(frame: pd.DataFrame) -> pd.Series:
    """Ids of the rows' content: who said what, when. What is done about a feedback leaves them alone.

    Equal rows are told apart by their number within the file, so the same export gives the same ids again.
    """
    content = contents(frame, LASTING)
    repeats = content.groupby(content).cumcount()
    ids = [content_id(text, k) for text, k in zip(content, repeats.tolist(), strict=True)]
    return pd.Series(ids, index=frame.index, dtype="str")


def contents(frame: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Some columns of each row as one text."""
    parts = [pa.array(frame[c].astype("str").fillna(""), pa.large_string()) for c in columns]
    joined = pc.binary_join_element_wise(*parts, pa.scalar(SEPARATOR, pa.large_string()))
    return pd.Series(joined.to_pandas(), dtype="str").set_axis(frame.index)


def content_id(content: str, repeat_number: int = 0) -> str:
    """`H` and 16 hex digits of the content's hash.

    >>> content_id("慢"), content_id("慢") == content_id("慢", 1)
    ('H88fbedc5b905b62e', False)
    """
    text = f"{content}{SEPARATOR}{repeat_number}" if repeat_number else content
    return "H" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def made(ids: pd.Series) -> pd.Series:
    """Which ids are of the content."""
    return ids.str.fullmatch(MADE).fillna(False).astype(bool)


def settled(tables: Sequence[pd.DataFrame], known: pd.DataFrame) -> tuple[list[pd.DataFrame], set[int]]:
    """A source's tables with ids that tell its feedback apart, and which tables had only row numbers.

    `known` (columns KNOWN) are the archived rows of the source: a row they hold keeps the id it has there.
    """
    numbered = row_numbers(tables, known)
    by_content = made(known["feedback_id"])
    if not numbered and not by_content.any():
        return list(tables), numbered
    held, given = set(known.loc[by_content, "feedback_id"]), known[~by_content]
    return [_named(t, n in numbered, held, given) for n, t in enumerate(tables)], numbered


def _named(table: pd.DataFrame, numbered: bool, held: set[str], given: pd.DataFrame) -> pd.DataFrame:
    """The table with content ids where the archive has them, and where a number is no id."""
    if table.empty:
        return table
    own = content_ids(table)
    content = own.isin(held)
    if numbered:
        content |= ~_same(table, given)
    return table.assign(feedback_id=table["feedback_id"].mask(content, own))


def _same(table: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Which rows the archive holds under their given id: at the same time, in like words."""
    both = table.reset_index()[["index", "feedback_id", "created_at", "text"]].merge(
        known, on="feedback_id", suffixes=("", PARTNER)
    )
    near = ~_apart(both["created_at"], both[f"created_at{PARTNER}"])
    like = near & (_likeness(both["text"], both[f"text{PARTNER}"]) >= ALIKE)
    return pd.Series(table.index.isin(both.loc[like, "index"]), index=table.index)


def row_numbers(tables: Sequence[pd.DataFrame], known: pd.DataFrame) -> set[int]:
    """The tables whose ids are numbers of their rows: other lists use them for other feedback."""
    if len(tables) == 1 and known.empty:
        return set()
    rows = _rows(tables, known)
    first = ~rows["feedback_id"].duplicated()
    pairs = rows[~first].merge(rows[first], on="feedback_id", suffixes=("", PARTNER))
    if pairs.empty:
        return set()
    sizes = rows[LIST].value_counts()
    groups = pairs.assign(other=_others(pairs)).groupby([LIST, LIST + PARTNER])["other"].agg(["size", "sum"])
    smaller = np.minimum(*(sizes.reindex(groups.index.get_level_values(n)).to_numpy() for n in range(2)))
    sign = groups[(groups["size"] >= MOST * smaller) & (groups["sum"] >= MOST * groups["size"])]
    if sign["sum"].sum() < LEAST:
        return set()
    lists = set(sign.index.to_frame().to_numpy().ravel())
    numbers = rows.loc[rows[LIST].isin(lists), "feedback_id"]
    return {n for n, t in enumerate(tables) if n in lists or t["feedback_id"].isin(numbers).any()}


def _rows(tables: Sequence[pd.DataFrame], known: pd.DataFrame) -> pd.DataFrame:
    """The rows of all lists with an id of their source, each id once in a list.

    Archived rows come first, in lists (−1, −2 …) of the file and sheet they came from.
    """
    place = known["file"].astype("str") + SEPARATOR + known["sheet"].astype("str").fillna("")
    old = known.assign(**{LIST: -1 - pd.factorize(place)[0]})
    new = [table.assign(**{LIST: n}) for n, table in enumerate(tables)]
    columns = ["feedback_id", "created_at", "text", "customer_id", LIST]
    rows = pd.concat([frame.reindex(columns=columns) for frame in (old, *new)], ignore_index=True)
    return rows[~made(rows["feedback_id"])].fillna({"text": ""}).drop_duplicates(["feedback_id", LIST])


def _others(pairs: pd.DataFrame) -> np.ndarray:
    """Which pairs of rows with one id are two feedbacks: another time or customer, and other words."""
    time, text, who = ((pairs[name], pairs[name + PARTNER]) for name in ("created_at", "text", "customer_id"))
    stranger = (who[0] != who[1]).fillna(False).astype(bool) & who[0].notna() & who[1].notna()
    far = (time[0] - time[1]).abs() >= DAY
    near = (_apart(*time) | stranger) & ~far
    other = np.zeros(len(pairs), dtype=bool)
    other[far] = [not _agree(a, b) for a, b in zip(text[0][far], text[1][far], strict=True)]
    other[near] = _likeness(text[0][near], text[1][near]) < ALIKE
    return other


def _apart(a: pd.Series, b: pd.Series) -> pd.Series:
    """Which times are more than an hour apart; a day without a clock is near every time of it."""
    days = a.dt.normalize(), b.dt.normalize()
    return ((a - b).abs() > HOUR) & ~((days[0] == days[1]) & ((a == days[0]) | (b == days[1])))


def _agree(text: str, known: str) -> bool:
    """Whether two texts are the same, but for what is masked in the second.

    >>> _agree("我是王芳，太慢", "我是[姓名]，太慢"), _agree("太慢", "太差")
    (True, False)
    """
    parts = MASKED.split(known)
    return text == known or (
        len(parts) > 1 and bool(re.fullmatch(".+".join(map(re.escape, parts)), text, re.DOTALL))
    )


def _likeness(a: pd.Series, b: pd.Series) -> np.ndarray:
    """How alike texts are pair by pair, 0 to 100."""
    from rapidfuzz import fuzz, process

    return process.cpdist(a.tolist(), b.tolist(), scorer=fuzz.ratio)
