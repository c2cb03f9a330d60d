"""Sentiment learned from the customers' own scores, joined with the lexicon."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib.errors import DataError
from voc_lib.tag import classifier
from voc_lib.tag.classifier import Classifier
from voc_lib.text.sentiment import sentiment

LEAST = 200
STRENGTH = 3.0
LEXICON_WEIGHT = 1.5  # log odds a fully good or bad lexicon value adds
CLEAR = 0.4  # scores nearer to 0 teach nothing


def fit(texts: pd.Series, scores: pd.Series, *, seed: int) -> Classifier:
    """What texts of good and bad scores (−1..1, as of `sentiment.from_scores`) have taught.

    Middling scores are left out. DataError below 200 clear ones.
    """
    clear = (scores.abs() >= CLEAR) & texts.notna()
    good = (scores[clear] > 0).to_numpy()
    if len(good) < LEAST or good.all() or not good.any():
        raise DataError(
            f"带明确评分的反馈只有 {len(good)} 条（好评 {int(good.sum())} 条），不足以学习情感。"
            f"至少需要 {LEAST} 条且好评差评都有，请先用词典结果。"
        )
    return classifier.fit(texts[clear], good[:, None], ["好评"], seed=seed, strength=STRENGTH)


def predict(model: Classifier, texts: pd.Series) -> pd.Series:
    """Sentiment of each text, −1 to 1: twice the probability of a good score less one, lexicon included."""
    odds = model.scores(texts)[:, 0] + LEXICON_WEIGHT * sentiment(texts).to_numpy()
    return pd.Series(2 / (1 + np.exp(-odds)) - 1, index=texts.index, name="sentiment")
