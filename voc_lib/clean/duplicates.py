"""Several feedbacks, one issue: a customer's repeats of one problem, or one submission sent twice.

Every row keeps its feedback_id; an issue is a label (`issue_id`, after its first feedback), so dropping the
column undoes the merging. Different known customers are different issues, however alike their words; where
nobody is known, only the same words in the same place and minute are one submission, and such rows never join
those of a known customer. All merging happens within `window_days` of the issue's first row.
"""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.clean import copies, keyed, likeness, merged, problems
from voc_lib.clean.groups import clusters, windowed
from voc_lib.clean.keyed import Keyed
from voc_lib.clean.regrouped import regrouped
from voc_lib.engine import LOCAL, Engine
from voc_lib.text.normalize import bare

log = logging.getLogger(__name__)

UNIQUE, SENT_TWICE, EXACT, REPEATED, BY_PEOPLE = schema.MERGED_BECAUSE
BUSIEST = (
    50  # repeats of one problem by one id within a window from which the id is no person but a shared account
)
LAGS = 3  # how many of a customer's earlier texts a text is compared with
PREFIX = "I-"  # an issue is called after its first feedback


def find(
    feedback: pd.DataFrame,
    *,
    window_days: int,
    similarity: float,
    category: pd.Series | None = None,
    buyers: pd.Series | None = None,
    people: pd.Series | None = None,
    engine: Engine = LOCAL,
) -> pd.DataFrame:
    """The feedback with `issue_id`, `repeat_count` (rows of the issue), `duplicate_kind` (why merged) and
    `copies.COLUMNS` (whose words others sent too).

    Exactly one row per issue, the earliest, is 唯一. `category` (the problem, by index) makes a customer's
    feedbacks of one category repeats of each other; without it, or where it names no problem, only similar
    words do. What `people` set (by index: `schema.ALONE`, or the feedback whose issue is the same) stands
    above all of it. `engine` makes texts comparable.
    """
    rows = keyed.read(feedback, engine)
    window = window_days * keyed.DAY
    named = None if category is None else category.reindex(feedback.index).take(rows.order)
    head = found = _heads(feedback, rows, problems.numbered(named, rows.customer), window, similarity)
    if people is not None and people.notna().any():
        head = _by_people(people, feedback, rows, found)
    back = np.argsort(rows.order)
    sizes = np.bincount(head, minlength=len(head))
    marks = copies.mark(feedback, rows, head, similarity=similarity, buyers=buyers)
    return feedback.assign(
        issue_id=PREFIX + feedback["feedback_id"].take(rows.order[head][back]).set_axis(feedback.index),
        repeat_count=pd.array(sizes[head][back], dtype="Int64"),
        duplicate_kind=pd.array(_kinds(rows, head, found)[back], dtype="str"),
        **marks,
    )


def issues(tagged: pd.DataFrame) -> pd.DataFrame:
    """schema.ISSUES, all at once: see `merged`."""
    return merged.of(tagged).read()


def ledger(reads: pd.DataFrame, tagged: pd.DataFrame) -> pd.DataFrame:
    """schema.LEDGER: per source, file and sheet of this run's feedback, kept = merged + issues + rated.

    An issue counts in the file of its first row. A kept row that a later file replaced counts as merged.
    """
    place = ["source", "file", "sheet"]
    rows = tagged[["created_at", "feedback_id", "issue_id"]]
    rows = rows.iloc[keyed.in_order(rows)]
    heads = tagged.loc[rows.index[~rows["issue_id"].duplicated()], place]
    counts = heads.value_counts(dropna=False).rename("issues").reset_index()
    frame = reads[reads["in_period"].notna()].merge(counts, on=place, how="left")  # side tables have none
    own = frame["issues"].fillna(0).astype("Int64")
    worded = frame["kept"] - frame["rated"].fillna(0)
    frame["issues"] = own.where(own <= worded, worded)
    if (own > worded).any():
        log.warning(
            "有 %d 个文件与历史归档同名但内容不同，独立问题数以本次读入为限。",
            int((own > worded).sum()),
        )
    frame["merged"] = worded - frame["issues"]
    return schema.shape(frame.sort_values(place).reset_index(drop=True), schema.LEDGER)


def keys(texts: pd.Series) -> pd.Series:
    """What two texts must share to be the same words: normalised, lower case, letters and figures only.

    >>> keys(pd.Series(["太慢了！！！", "太慢了。", "APP 闪退", "app闪退~"])).nunique()
    2
    """
    return pd.Series(bare(texts), index=texts.index, dtype="str", name=texts.name)


def _by_people(people: pd.Series, feedback: pd.DataFrame, rows: Keyed, head: np.ndarray) -> np.ndarray:
    """The heads after people split and merged issues."""
    said = people.reindex(feedback.index).take(rows.order)
    place = dict(zip(feedback["feedback_id"].take(rows.order), range(len(head)), strict=True))
    to = said.map(place).fillna(-1).to_numpy(np.int64)
    return regrouped(head, (said == schema.ALONE).to_numpy(dtype=bool), to)


def _kinds(rows: Keyed, head: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Why each row is where it is: the row an issue starts with is 唯一."""
    places = np.arange(len(head))
    reasons = [head == places, found != found[head], rows.customer < 0, rows.key == rows.key[head]]
    return np.select(reasons, [UNIQUE, BY_PEOPLE, SENT_TWICE, EXACT], REPEATED)


def _heads(
    feedback: pd.DataFrame, rows: Keyed, problem: np.ndarray, window: int, similarity: float
) -> np.ndarray:
    """The head of every row after merging a customer's repeats and what nobody known sent twice."""
    head, busy = _repeats(rows, problem, window)
    head = _own_words(rows, head, (problem < 0) & ~busy, window, similarity)
    nobody = (rows.customer < 0) | busy
    twice = windowed(keyed.sent_twice(feedback, rows, nobody), rows.time, keyed.MINUTE)
    return np.where(nobody, twice, head)


def _repeats(rows: Keyed, problem: np.ndarray, window: int) -> tuple[np.ndarray, np.ndarray]:
    """One customer's feedbacks of one problem, or, where none is named, in the same words; and whose id is
    no person's."""
    topic = np.where(problem >= 0, problem, problem.max(initial=-1) + 1 + rows.key)
    link = np.where(rows.customer >= 0, rows.customer * (topic.max(initial=0) + 1) + topic, -1)
    head = windowed(link, rows.time, window)
    ids = np.unique(rows.customer[np.bincount(head, minlength=len(head))[head] > BUSIEST])
    if not len(ids):
        return head, np.zeros(len(head), dtype=bool)
    log.info("%d 个客户ID 在窗口期内重复超过 %d 次，按公用账号处理，不作同客户合并。", len(ids), BUSIEST)
    busy = np.isin(rows.customer, ids)
    return windowed(np.where(busy, -1, link), rows.time, window), busy


def _own_words(
    rows: Keyed, head: np.ndarray, open_: np.ndarray, window: int, similarity: float
) -> np.ndarray:
    """One customer's similar texts of which one names no problem, each compared with the few before it."""
    heads = (head == np.arange(len(head))) & (rows.customer >= 0) & (rows.length >= keyed.SHORT)
    heads = np.flatnonzero(heads)
    heads = heads[np.argsort(rows.customer[heads], kind="stable")]
    pairs = np.concatenate([_lagged(rows, heads, lag, window) for lag in range(1, LAGS + 1)])
    return _joined(rows, head, pairs[open_[pairs].any(axis=1)], similarity)


def _lagged(rows: Keyed, heads: np.ndarray, lag: int, window: int) -> np.ndarray:
    """Pairs of one customer's rows so many places apart and within the window."""
    first, second = heads[:-lag], heads[lag:]
    near = rows.time[second] - rows.time[first] <= window
    keep = (rows.customer[first] == rows.customer[second]) & near
    return np.stack([first[keep], second[keep]], axis=1)


def _joined(rows: Keyed, head: np.ndarray, pairs: np.ndarray, similarity: float) -> np.ndarray:
    """The heads after merging verified pairs of rows; a row keeps its group."""
    texts = rows.texts[rows.key]
    good = pairs[likeness.alike(texts[pairs[:, 0]], texts[pairs[:, 1]], similarity=similarity)]
    return clusters(texts, good, similarity=similarity)[head] if len(good) else head
