"""Several feedbacks, one issue: copies, a customer's repeats of one problem, near copies across customers.

Every row keeps its feedback_id; an issue is a label (`issue_id`, after its first feedback), so dropping the
column undoes the merging.
All merging happens within `window_days` of the issue's first row. Texts of different customers merge only
when they are long (`LONG` characters): “太慢了” written by fifty customers is fifty voices.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.clean import likeness, minhash
from voc_lib.clean.cues import words
from voc_lib.clean.groups import clusters, windowed
from voc_lib.clean.privacy import named
from voc_lib.text.normalize import bare

log = logging.getLogger(__name__)

UNIQUE, EXACT, REPEATED, NEAR = "唯一", "完全相同", "同客户同问题", "近似文本"
KINDS = (UNIQUE, EXACT, REPEATED, NEAR)
LONG = 15  # characters from which equal words of two customers are a copy, not a coincidence
SHORT = (
    6  # characters from which one customer's similar texts are compared when no category tells the problem
)
BUSIEST = (
    50  # repeats of one problem by one id within a window from which the id is no person but a shared account
)
LAGS = 3  # how many of a customer's earlier texts a text is compared with


@dataclass(frozen=True)
class Keyed:
    """The rows in order of time: microseconds, number of the customer (-1: nobody), number of the words."""

    time: np.ndarray
    customer: np.ndarray
    key: np.ndarray
    texts: np.ndarray

    @cached_property
    def length(self) -> np.ndarray:
        """Characters of each row's key."""
        sizes = np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))
        return sizes[self.key]


def find(
    feedback: pd.DataFrame, *, window_days: int, similarity: float, category: pd.Series | None = None
) -> pd.DataFrame:
    """The feedback with `issue_id`, `repeat_count` (rows of the issue), `duplicate_kind` (why merged).

    Exactly one row per issue, the earliest, is 唯一. `category` (the problem, by index) makes a customer's
    feedbacks of one category repeats of each other; without it only similar words do.
    """
    order = _order(feedback)
    keyed = _keyed(feedback, order)
    window = window_days * 86_400_000_000
    head = _heads(keyed, _problems(category, feedback)[order], window, similarity)
    back = np.argsort(order)
    sizes = np.bincount(head, minlength=len(head))
    return feedback.assign(
        issue_id="I-" + feedback["feedback_id"].take(order[head][back]).set_axis(feedback.index),
        repeat_count=pd.array(sizes[head][back], dtype="Int64"),
        duplicate_kind=pd.array(_kinds(keyed, head)[back], dtype="str"),
    )


def issues(tagged: pd.DataFrame) -> pd.DataFrame:
    """schema.ISSUES: the earliest row of each issue with all its feedback and customer ids, joined by 、."""
    rows = tagged.sort_values(["created_at", "feedback_id"], kind="stable")
    first = ~rows["issue_id"].duplicated()
    sizes = rows["issue_id"].map(rows["issue_id"].value_counts())
    several = rows.loc[sizes > 1]
    heads = rows[first]
    lone = sizes[first] == 1
    ids = heads["issue_id"].map(_listed(several, "feedback_id")).where(~lone, heads["feedback_id"])
    who = heads["issue_id"].map(_listed(several, "customer_id")).where(~lone, heads["customer_id"])
    heads = heads.assign(feedback_ids=ids, customer_ids=who, repeat_count=sizes[first])
    return schema.shape(heads.reset_index(drop=True), schema.ISSUES)


def _listed(rows: pd.DataFrame, column: str) -> pd.Series:
    """The different values of each issue, in order, joined by 、."""
    known = rows.dropna(subset=[column]).drop_duplicates(["issue_id", column])
    return known.groupby("issue_id", sort=False)[column].agg("、".join)


def ledger(reads: pd.DataFrame, tagged: pd.DataFrame) -> pd.DataFrame:
    """schema.LEDGER: per source, file and sheet of this run's feedback, kept = merged + issues + rated.

    An issue counts in the file of its first row. A kept row that a later file replaced counts as merged.
    """
    rows = tagged.sort_values(["created_at", "feedback_id"], kind="stable")
    place = ["source", "file", "sheet"]
    heads = rows.loc[~rows["issue_id"].duplicated(), place]
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


def _order(feedback: pd.DataFrame) -> np.ndarray:
    """The rows by time, those of one moment by id."""
    ranks = np.zeros(len(feedback), dtype=np.int64)
    tied = np.flatnonzero(feedback["created_at"].duplicated(keep=False))
    ids = feedback["feedback_id"].iloc[tied].to_numpy(dtype=object)
    ranks[tied[np.argsort(ids, kind="stable")]] = np.arange(len(tied))
    return np.lexsort((ranks, feedback["created_at"].to_numpy()))


def _kinds(keyed: Keyed, head: np.ndarray) -> np.ndarray:
    """Why each row is where it is: the row an issue starts with is 唯一."""
    places = np.arange(len(head))
    same_words = keyed.key == keyed.key[head]
    same_customer = (keyed.customer == keyed.customer[head]) & (keyed.customer >= 0)
    return np.select([head == places, same_words, same_customer], [UNIQUE, EXACT, REPEATED], NEAR)


def _keyed(feedback: pd.DataFrame, order: np.ndarray) -> Keyed:
    key, texts = pd.factorize(np.array(bare(feedback["text"]), dtype=object)[order])
    customer, _ = pd.factorize(named(feedback["customer_id"]))
    time = feedback["created_at"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    return Keyed(time[order], customer[order].astype(np.int64), key.astype(np.int64), texts)


def _heads(keyed: Keyed, problem: np.ndarray, window: int, similarity: float) -> np.ndarray:
    """The head of every row after merging one customer's repeats, then copies across customers."""
    head = _repeats(keyed, problem, window)
    if (problem < 0).all():
        head = _own_words(keyed, head, window, similarity)
    return _copies(keyed, head, window, similarity)


def _repeats(keyed: Keyed, problem: np.ndarray, window: int) -> np.ndarray:
    """One customer's feedbacks of one problem, or, where no problem is named, in the same words."""
    topic = np.where(problem >= 0, problem, problem.max(initial=-1) + 1 + keyed.key)
    link = np.where(keyed.customer >= 0, keyed.customer * (topic.max(initial=0) + 1) + topic, -1)
    head = windowed(link, keyed.time, window)
    busy = np.unique(keyed.customer[np.bincount(head, minlength=len(head))[head] > BUSIEST])
    if not len(busy):
        return head
    log.info("%d 个客户ID 在窗口期内重复超过 %d 次，按公用账号处理，不作同客户合并。", len(busy), BUSIEST)
    return windowed(np.where(np.isin(keyed.customer, busy), -1, link), keyed.time, window)


def _own_words(keyed: Keyed, head: np.ndarray, window: int, similarity: float) -> np.ndarray:
    """One customer's similar texts, each compared with the few before it."""
    heads = np.flatnonzero((head == np.arange(len(head))) & (keyed.customer >= 0) & (keyed.length >= SHORT))
    heads = heads[np.argsort(keyed.customer[heads], kind="stable")]
    pairs = [_lagged(keyed, heads, lag, window) for lag in range(1, LAGS + 1)]
    return _joined(keyed, head, np.concatenate(pairs), similarity)


def _lagged(keyed: Keyed, heads: np.ndarray, lag: int, window: int) -> np.ndarray:
    """Pairs of one customer's rows so many places apart and within the window."""
    first, second = heads[:-lag], heads[lag:]
    near = keyed.time[second] - keyed.time[first] <= window
    keep = (keyed.customer[first] == keyed.customer[second]) & near
    return np.stack([first[keep], second[keep]], axis=1)


def _joined(keyed: Keyed, head: np.ndarray, pairs: np.ndarray, similarity: float) -> np.ndarray:
    """The heads after merging verified pairs of rows; a row keeps its group."""
    texts = keyed.texts[keyed.key]
    good = pairs[likeness.alike(texts[pairs[:, 0]], texts[pairs[:, 1]], similarity=similarity)]
    return clusters(texts.tolist(), good, similarity=similarity)[head]


def _copies(keyed: Keyed, head: np.ndarray, window: int, similarity: float) -> np.ndarray:
    """Long texts in the same or nearly the same words, whoever wrote them; mixed groups stay apart."""
    plain = (head == np.arange(len(head))) & (keyed.length >= LONG)
    plain[head[keyed.key != keyed.key[head]]] = False
    heads = np.flatnonzero(plain)
    cluster = _cluster(keyed, heads, similarity)
    link = np.full(len(head), -1, dtype=np.int64)
    link[heads] = cluster
    return windowed(link, keyed.time, window)[head]


def _cluster(keyed: Keyed, heads: np.ndarray, similarity: float) -> np.ndarray:
    """Number of the cluster of alike texts for each of the rows."""
    numbers, used = pd.factorize(keyed.key[heads])
    texts = keyed.texts[used]
    if similarity >= 1:
        return numbers
    code, plain = pd.factorize(likeness.plain(texts))
    texts = texts[np.unique(code, return_index=True)[1]]  # of the texts alike once plain, the first
    pairs = minhash.candidates(plain.tolist(), similarity=similarity, facts=likeness.fact_characters())
    good = pairs[likeness.alike(texts[pairs[:, 0]], texts[pairs[:, 1]], similarity=similarity)]
    return clusters(texts.tolist(), good, similarity=similarity)[code][numbers]


def _problems(category: pd.Series | None, rows: pd.DataFrame) -> np.ndarray:
    """The number of each row's problem, -1 where the category names none."""
    if category is None:
        return np.full(len(rows), -1, dtype=np.int64)
    named_only = category.reindex(rows.index)
    return pd.factorize(named_only.mask(named_only.isin(words()["unspecific"])))[0].astype(np.int64)
