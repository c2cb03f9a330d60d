"""Sentiment against the customers' own scores: how often words and scores agree, and what scores teach."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.errors import DataError
from voc_lib.tag import classifier
from voc_lib.tag.classifier import Classifier
from voc_lib.text.sentiment import from_scores, sentiment

NAMES = ("好评",)
LEAST = 200
FOLDS = 3
MOOD_VALUES = dict(zip(schema.MOODS, (1.0, 0.0, -1.0), strict=True))
STRENGTH = 3.0
LEXICON_WEIGHT = 1.5  # log odds a fully good or bad lexicon value adds
CLEAR = 0.4  # scores nearer to 0 teach nothing
SAID = ["feedback_id", "created_at", "text"]
SCORED_ROWS = 20_000  # the latest scored rows that the words are held against


def fit(texts: pd.Series, scores: pd.Series, *, seed: int) -> Classifier:
    """What texts of good and bad scores (−1..1, as of `sentiment.from_scores`) have taught.

    Middling scores are left out. DataError below 200 clear ones.
    """
    clear = (scores.abs() >= CLEAR) & texts.notna()
    good = (scores[clear] > 0).to_numpy()
    if not _enough(good):
        raise DataError(
            f"带明确评分的反馈只有 {len(good)} 条（好评 {int(good.sum())} 条），不足以学习情感。"
            f"至少需要 {LEAST} 条且好评差评都有，请先用词典结果。"
        )
    return classifier.fit(texts[clear], good[:, None], NAMES, seed=seed, strength=STRENGTH)


def _enough(good: np.ndarray) -> bool:
    return len(good) >= LEAST and not good.all() and bool(good.any())


def predict(model: Classifier, texts: pd.Series, words: pd.Series | None = None) -> pd.Series:
    """Sentiment of each text, −1 to 1: twice the probability of a good score less one, lexicon included.

    `words` is the lexicon's, where it is known.
    """
    said = sentiment(texts) if words is None else words
    odds = _odds(model.scores(texts), said.to_numpy())
    return pd.Series(2 / (1 + np.exp(-odds)) - 1, index=texts.index, name="sentiment")


def _odds(scores: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Log odds of a good score by what was learned and by the words of the lexicon."""
    return scores[:, 0] + LEXICON_WEIGHT * words


@dataclass(frozen=True)
class Taught:
    """A model the team's own scores taught, and how often it agrees with scores it has not seen.

    Of `n` scored rows without a word of the lexicon it agrees with `share`; `low, high`: 95 % interval. Of
    `spoken` rows with one the words agree with `by_words`, the model with `by_model`; `ahead` is the lower
    end of the share it has right of those where the two differ.
    """

    model: Classifier
    n: int
    share: float
    low: float
    high: float
    spoken: int = 0
    by_words: float = np.nan
    by_model: float = np.nan
    ahead: float = np.nan

    @property
    def useful(self) -> bool:
        """Whether it surely knows more than a coin."""
        return self.low > 0.5

    @property
    def decides(self) -> bool:
        """Whether it surely knows more than the words do where they speak (sign test of the differences)."""
        return self.ahead > 0.5


def taught(history: pd.DataFrame, *, seed: int) -> Taught | None:
    """What the clear scores of a history have taught, cross-validated; None where they are too few."""
    rows = history[SAID].assign(score=from_scores(history))
    rows = _latest(rows[(rows["score"].abs() >= CLEAR) & rows["text"].notna()]).reset_index(drop=True)
    texts, good = rows["text"], (rows["score"] > 0).to_numpy()
    fold = classifier.folds(len(rows), FOLDS, seed)
    if not all(_enough(good[fold != number]) for number in range(FOLDS)):
        return None
    seen, words = classifier.counted(texts), sentiment(texts).to_numpy()
    learn = partial(classifier.learned, names=NAMES, seed=seed, strength=STRENGTH)
    guess = np.zeros(len(rows))
    for number in range(FOLDS):
        out = fold == number
        part = learn(seen.rows(~out), good[~out, None])
        guess[out] = _odds(part.held_against(seen.rows(out)), words[out])
    model = learn(seen, good[:, None])
    right, said = (guess > 0) == good, words != 0
    share, low, high = (float(x) for x in intervals.wilson(right[~said].sum(), (~said).sum()))
    return Taught(
        model,
        int((~said).sum()),
        share,
        low,
        high,
        **_against(((words > 0) == good)[said], right[said]),
    )


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest scored rows, in order."""
    return rows.sort_values(["created_at", "feedback_id"]).tail(SCORED_ROWS)


def _against(words: np.ndarray, model: np.ndarray) -> dict[str, Any]:
    """What words and model have right where words speak, and how surely the model has more."""
    differ = words != model
    return {
        "spoken": len(words),
        "by_words": float(intervals.ratio(words.sum(), len(words))),
        "by_model": float(intervals.ratio(model.sum(), len(words))),
        "ahead": float(intervals.wilson(model[differ].sum(), differ.sum()).low),
    }


def completed(words: pd.Series, texts: pd.Series, learned: Taught | None) -> pd.Series:
    """The lexicon's sentiment; the learned one where that knows more (`useful`: in silence, `decides`)."""
    if learned is None:
        return words
    silent = words == 0
    asked = texts.notna() & (silent & learned.useful | ~silent & learned.decides)
    if not asked.any():
        return words
    return words.mask(asked, predict(learned.model, texts[asked], words[asked]).reindex(words.index))


def moods(values: pd.Series) -> pd.Series:
    """The sentiment in a word: 正面, 中性 or 负面.

    >>> moods(pd.Series([0.8, 0.1, -1.0])).tolist()
    ['正面', '中性', '负面']
    """
    words = np.select(
        [values > CLEAR / 2, values < -CLEAR / 2], [schema.MOODS[0], schema.MOODS[2]], schema.MOODS[1]
    )
    return pd.Series(words, index=values.index, dtype="str")


def meant(intents: pd.Series, values: pd.Series) -> pd.Series:
    """The mood of words alone: who complains is 负面 and who praises 正面, whatever the words lean to.

    Who asks is 中性, and who wishes never 正面: “要是能…就好了” praises nothing.

    >>> meant(pd.Series(["抱怨", "表扬", "咨询", "需求", "其他"]), pd.Series([0, -0.4, -1, 1, -1.0])).tolist()
    ['负面', '正面', '中性', '中性', '负面']
    """
    good, calm, bad = schema.MOODS
    said = moods(values).mask(intents == "抱怨", bad).mask(intents == "表扬", good)
    return said.mask((intents == "咨询") | (intents == "需求") & (said == good), calm)


def of_evidence(tagged: pd.DataFrame, tags: pd.DataFrame, *, clauses: pd.DataFrame) -> pd.Series:
    """Sentiment of the clause each line of `tags` (schema.TAGS) rests on; missing where it has no place.

    `clauses` are those of the texts, as `sentiment.by_clause` gives them.
    """
    row = tags["feedback_id"].map(pd.Series(np.arange(len(tagged)), index=tagged["feedback_id"]))
    placed = (row.notna() & tags["start"].notna()).to_numpy(dtype=bool)
    lines = pd.DataFrame({"row": row[placed], "start": tags.loc[placed, "start"]}).astype("int64")
    width = int(max(clauses["end"].max(), lines["start"].max())) + 1 if len(clauses) and len(lines) else 1
    clause = np.searchsorted(
        clauses["row"] * width + clauses["start"], lines["row"] * width + lines["start"], "right"
    )
    values = clauses["sentiment"].to_numpy()[clause - 1]
    return pd.Series(values, index=lines.index, name="sentiment").reindex(tags.index)


def by_tag(tagged: pd.DataFrame, tags: pd.DataFrame) -> pd.DataFrame:
    """《各标签的情感》: schema.TAG_SENTIMENT, how customers speak of each tag, worst first.

    Of every feedback a tag counts the mean over its own clauses, so praise of one thing leaves another alone.
    """
    lines = tags[tags["feedback_id"].isin(tagged["feedback_id"])].dropna(subset=["sentiment"])
    each = lines.astype({"tag": "str"}).groupby(["tag", "feedback_id"], as_index=False)["sentiment"].mean()
    each = each.assign(good=each["sentiment"] > 0, bad=each["sentiment"] < 0)
    groups = each.groupby("tag")
    table = groups[["good", "bad", "sentiment"]].mean().assign(n=groups.size()).reset_index()
    table = table.sort_values(["sentiment", "n"], ascending=[True, False], kind="stable", ignore_index=True)
    return schema.shape(table, schema.TAG_SENTIMENT)


def accuracy(tagged: pd.DataFrame) -> pd.DataFrame:
    """How often words and scores agree: `group (全部/低分/高分), scored, spoken, right, share, low, high`.

    Low are satisfaction scores of 1 and 2, high 4 and 5. `spoken` rows hold a word of feeling; `share` of
    these lean the way of the score, with Wilson's 95 % interval.
    """
    clear = _latest(tagged.loc[tagged["csat"].isin([1, 2, 4, 5]), [*SAID, "csat"]])
    words, good = sentiment(clear["text"]).to_numpy(), (clear["csat"] > 3).to_numpy(dtype=bool)
    spoken, right = words != 0, (words > 0) == good
    groups = {"全部": np.ones(len(clear), bool), "低分": ~good, "高分": good}
    lines = [
        (name, rows.sum(), (rows & spoken).sum(), (rows & spoken & right).sum())
        for name, rows in groups.items()
    ]
    table = pd.DataFrame(lines, columns=["group", "scored", "spoken", "right"])
    share, low, high = intervals.wilson(table["right"], table["spoken"])
    return table.assign(share=share, low=low, high=high)
