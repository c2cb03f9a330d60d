"""Feedback as numbers in order of time: what finding repeats and copies works on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from voc_lib.clean.privacy import named
from voc_lib.engine import LOCAL, Engine, rows
from voc_lib.text.normalize import bare

DAY = 86_400_000_000
MINUTE = 60_000_000
SHORT = 6  # characters from which equal or similar words say that it is one matter
SUBMISSION = ("source", "channel", "product", "region", "customer_name", "contact")  # equal in one sent twice


@dataclass(frozen=True)
class Keyed:
    """The rows in order of time: microseconds, number of the customer (-1: nobody), number of the words.

    `order` holds their places in the frame.
    """

    order: np.ndarray
    time: np.ndarray
    customer: np.ndarray
    key: np.ndarray
    texts: np.ndarray

    @cached_property
    def length(self) -> np.ndarray:
        """Characters of each row's key."""
        sizes = np.fromiter(map(len, self.texts), dtype=np.int64, count=len(self.texts))
        return sizes[self.key]


def read(feedback: pd.DataFrame, engine: Engine = LOCAL) -> Keyed:
    """The rows of the feedback in order of time, those of one moment by id."""
    order = in_order(feedback)
    key, texts = pd.factorize(rows(engine, _comparable, feedback[["text"]])["text"].to_numpy()[order])
    customer, _ = pd.factorize(named(feedback["customer_id"]))
    time = feedback["created_at"].to_numpy(dtype="datetime64[us]").astype(np.int64)
    return Keyed(order, time[order], customer[order].astype(np.int64), key.astype(np.int64), texts)


def in_order(feedback: pd.DataFrame) -> np.ndarray:
    """The places of the rows by time, those of one moment by id."""
    ranks = np.zeros(len(feedback), dtype=np.int64)
    tied = np.flatnonzero(feedback["created_at"].duplicated(keep=False))
    ids = feedback["feedback_id"].iloc[tied].to_numpy(dtype=object)
    ranks[tied[np.argsort(ids, kind="stable")]] = np.arange(len(tied))
    return np.lexsort((ranks, feedback["created_at"].to_numpy()))


def sent_twice(feedback: pd.DataFrame, rows: Keyed, nobody: np.ndarray) -> np.ndarray:
    """Per row a number that rows of one submission share, -1 for rows of their own.

    Among rows of `nobody`: the same words, of SHORT characters or more, in the same place and minute. A time
    of midnight sharp is a day without a clock and says nothing.
    """
    link = np.full(len(nobody), -1, dtype=np.int64)
    asked = np.flatnonzero(nobody & (rows.time % DAY != 0) & (rows.length >= SHORT))
    lines = feedback.reindex(columns=SUBMISSION).iloc[rows.order[asked]]
    lines = lines.assign(key=rows.key[asked], minute=rows.time[asked] // MINUTE)
    twice = lines.duplicated(["key", "minute"], keep=False).to_numpy()
    groups = lines[twice].groupby(list(lines.columns), sort=False, dropna=False)
    link[asked[twice]] = groups.ngroup().to_numpy()
    return link


def _comparable(feedback: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"text": pd.Series(bare(feedback["text"]), dtype=object)})
