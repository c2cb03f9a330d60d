"""What the words of each feedback say by themselves: tags with evidence, feeling, intent, what they lack."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.tag import clauses, feeling, gist, rules, vagueness
from voc_lib.tag.intent import intent
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.text import sentiment
from voc_lib.text.matching import corpora
from voc_lib.text.segmentation import Segmenter

GIVEN = ("text", "channel", "product", "category_given")  # all that decides
DECIDED = ["tags", "primary_tag", "attribute"]
EVIDENCE = [name for name in schema.TAGS.names if name != "feedback_id"]
LACKS = list(vagueness.ROLES)
OWN = [*DECIDED, "words", "intent", *LACKS]


def read(rows: pd.DataFrame, taxonomy: Taxonomy, segmenter: Segmenter | None) -> pd.DataFrame:
    """A line per evidence of each row: `row` (its position), EVIDENCE and OWN, the same in all its lines.

    `words` is the sentiment of its words, `intent` what they want, LACKS what they do not tell.
    """
    rows = rows.assign(feedback_id=np.arange(len(rows)).astype(str))
    parts = list(corpora(rows["text"]))
    votes = rules.votes(rows, taxonomy, parts=parts, segmenter=segmenter)
    decided, tags = rules.decide(votes, rows, taxonomy)
    words, by_clause = sentiment.both(rows["text"], parts=parts)
    by_words = intent(
        rows["text"],
        problems=_stated(votes, len(rows)),
        subjects=_subjects(votes, len(rows)),
        solved=_solved(votes, len(rows)),
        sentiment=words,
        parts=parts,
    )
    intents = gist.filled(by_words, rows["text"])
    lacks = vagueness.missing(rows["text"], products=rows["product"], parts=parts)
    own = decided.assign(words=words, intent=intents, **lacks)
    row = tags["feedback_id"].astype("int64").to_numpy()
    evidence = tags.assign(sentiment=feeling.of_evidence(rows, tags, clauses=by_clause))[EVIDENCE]
    return pd.concat([evidence, own[OWN].take(row).reset_index(drop=True)], axis=1).assign(row=row)


def own(said: pd.DataFrame) -> pd.DataFrame:
    """OWN of each row, by what `read` gives."""
    return said.loc[~said["row"].duplicated(), OWN].reset_index(drop=True)


def evidence(said: pd.DataFrame, feedback_id: pd.Series) -> pd.DataFrame:
    """schema.TAGS, by what `read` gives and the ids of the rows."""
    ids = feedback_id.take(said["row"].to_numpy()).reset_index(drop=True)
    return schema.shape(said[EVIDENCE].assign(feedback_id=ids), schema.TAGS)


def _stated(votes: pd.DataFrame, n: int) -> np.ndarray:
    """Where each of `n` texts first states a problem, by a vote of full weight not denied, asked or wished.

    −1 where none does. Tags that cannot be denied name subjects, not problems.
    """
    plain = _plain(votes) & ~votes["subject"]
    lines = votes[plain.to_numpy(dtype=bool)].drop_duplicates("row")  # votes are in the order of the text
    result = np.full(n, -1)
    result[lines["row"].to_numpy()] = lines["start"].to_numpy(dtype=np.int64)
    return result


def _subjects(votes: pd.DataFrame, n: int) -> np.ndarray:
    """Which of `n` texts name the subject of a tag that cannot be denied."""
    result = np.zeros(n, dtype=bool)
    result[votes["row"].to_numpy()[(_plain(votes) & votes["subject"]).to_numpy(dtype=bool)]] = True
    return result


def _plain(votes: pd.DataFrame) -> pd.Series:
    full = (votes["weight"] >= 1) & votes["start"].notna()
    return full & (votes["mood"].cat.codes == clauses.STATED)


def _solved(votes: pd.DataFrame, n: int) -> np.ndarray:
    """Which of `n` texts speak of a problem that is over."""
    result = np.zeros(n, dtype=bool)
    result[votes["row"].to_numpy()[(votes["mood"].cat.codes == clauses.SOLVED).to_numpy()]] = True
    return result
