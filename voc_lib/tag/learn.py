"""A tagger learned from people's tags, joined with the rules: answers, abstentions, a review queue."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl

from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.tag import classifier, corrections, rules
from voc_lib.tag.classifier import Classifier
from voc_lib.tag.taxonomy import OTHER, Taxonomy

log = logging.getLogger(__name__)

TAUGHT_BY = ["feedback_id", "text", "category_given"]  # all that `examples` reads
LEAST_ROWS, LEAST_PER_TAG = 40, 5
FOLDS = 3
RULES_WEIGHT = 0.4  # what the rules' share of a tag counts beside the learned odds
SMOOTHING = 0.3
THRESHOLDS = np.round(np.arange(0.2, 0.85, 0.05), 2)
BLOCK = 100_000  # rows predicted at a time: their odds are what takes memory
FLOOR = 0.6  # below this confidence the tagger abstains
WORTH_TRYING, TRIAL_ROWS = 200, 3_000  # rows from which on, and up to which, the gain is measured
Z = 1.959963984540054


@dataclass(frozen=True)
class Tagger:
    """A classifier of tags, the taxonomy whose rules it listens to, and what its own figures are worth.

    `threshold` is the probability from which a further tag is given; `line` turns the lead of the first tag
    and what the rules say for it into the share of such answers that were right on rows not learned from.
    """

    model: Classifier
    taxonomy: Taxonomy | None
    threshold: float
    line: np.ndarray
    rows: int

    @property
    def names(self) -> tuple[str, ...]:
        """The tags it can give."""
        return self.model.names


def examples(
    feedback: pd.DataFrame, taxonomy: Taxonomy, *, corrected: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Rows to learn from, `text, tags`: what people corrected, else a `category_given` that names a tag."""
    given = feedback["category_given"].astype("str").str.strip().map(taxonomy.aliases)
    if corrected is not None and len(corrected):
        own = corrections.read(corrected, taxonomy).set_index("feedback_id")["tags"]
        given = feedback["feedback_id"].map(own).fillna(given)
    table = pd.DataFrame({"text": feedback["text"], "tags": given}).dropna()
    return table.drop_duplicates(ignore_index=True).astype("str")


def fit(texts: pd.Series, tags: pd.Series, *, taxonomy: Taxonomy | None = None, seed: int) -> Tagger:
    """The tagger learned from texts and their tags (joined by “；”, the first one the primary).

    Tags with fewer than 5 rows are left to the rules. DataError where there is too little to learn from.
    """
    lists = tags.astype("str").str.split(schema.TAG_SEPARATOR).tolist()
    names = _names(lists)
    if len(texts) < LEAST_ROWS or len(names) < 2:
        raise DataError(
            f"可学习的标注太少：{len(texts)} 条、{len(names)} 个标签（每个至少 {LEAST_PER_TAG} 条）。"
            f"至少需要 {LEAST_ROWS} 条、2 个标签，请先在更正表里多标一些。"
        )
    if rare := sorted({tag for row in lists for tag in row} - set(names)):
        log.info("标签 %s 的标注不足 %d 条，仍由规则判断。", "、".join(rare), LEAST_PER_TAG)
    targets = np.array([[name in row for name in names] for row in lists])
    prior = _prior(texts, names, taxonomy)
    held = _held_out(texts, targets, names, seed) + prior
    threshold = _threshold(held, targets)
    line = _calibration(held, prior, targets, names)
    model = classifier.fit(texts, targets, names, seed=seed)
    return Tagger(model, taxonomy, threshold, line, len(texts))


@dataclass(frozen=True)
class Gain:
    """What the tagger adds on rows it did not learn from: shares of right primary tags, their difference.

    `answered` is the share of rows it is sure of; `low, high` the 95 % interval of `both − rules`.
    """

    rows: int
    names: tuple[str, ...]
    rules: float
    both: float
    low: float
    high: float
    answered: float


def tagger(
    history: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    corrected: pd.DataFrame | None = None,
    without: Collection[str] = (),
    seed: int,
) -> Tagger:
    """The tagger learned from a history's `examples`; rows `without` are kept for measuring it."""
    rows = history[~history["feedback_id"].isin(without)]
    found = examples(rows, taxonomy, corrected=corrected)
    return fit(found["text"], found["tags"], taxonomy=taxonomy, seed=seed)


def gain(
    tagged: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    corrected: pd.DataFrame | None = None,
    without: Collection[str] = (),
    seed: int,
) -> Gain | None:
    """Rules with a learned tagger against rules alone, by cross-validation; None below 200 rows or 2 tags.

    One row of each issue, the text alone. A fold's answers come from a tagger, and its sureness from a
    calibration, that have not seen the fold.
    """
    rows = tagged.loc[~tagged["feedback_id"].isin(without), ["issue_id", *TAUGHT_BY]]
    rows = rows.drop_duplicates("issue_id")
    found = examples(rows, taxonomy, corrected=corrected)
    if len(found) > TRIAL_ROWS:
        found = found.sample(TRIAL_ROWS, random_state=seed).reset_index(drop=True)
    lists = found["tags"].str.split(schema.TAG_SEPARATOR).tolist()
    names = _names(lists)
    if len(found) < WORTH_TRYING or len(names) < 2:
        return None
    truth = np.array([row[0] for row in lists], dtype=object)
    decided, _ = rules.decide(rules.votes(found, taxonomy), found, taxonomy)
    alone = decided["primary_tag"].to_numpy(dtype=object)
    model, sure = _out_of_fold(found["text"], lists, names, taxonomy, seed)
    return _compared(alone == truth, np.where(sure, model, alone) == truth, names, float(sure.mean()))


def _names(lists: list[list[str]]) -> list[str]:
    counts = pd.Series([tag for row in lists for tag in row], dtype="str").value_counts()
    return sorted(counts.index[counts >= LEAST_PER_TAG])


def _out_of_fold(
    texts: pd.Series, lists: list[list[str]], names: list[str], taxonomy: Taxonomy, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The tag a tagger that has not seen the row gives it, and whether it is sure enough to be heard."""
    targets = np.array([[name in row for name in names] for row in lists])
    prior = _prior(texts, names, taxonomy)
    odds = _held_out(texts, targets, names, seed) + prior
    fold = classifier.folds(len(texts), FOLDS, seed)
    confidence = np.zeros(len(texts))
    for number in range(FOLDS):
        rows = fold == number
        line = _calibration(odds[~rows], prior[~rows], targets[~rows], names)
        confidence[rows] = _sigmoid(_signs(odds[rows], prior[rows]) @ line)
    model = np.array(names, dtype=object)[odds.argmax(axis=1)]
    return model, (confidence >= FLOOR) & (model != OTHER)


def _compared(alone: np.ndarray, both: np.ndarray, names: list[str], answered: float) -> Gain:
    """The difference of two paired shares with the interval of Agresti & Min (2005): half a row more each."""
    n, better, worse = len(alone), int((both & ~alone).sum()), int((alone & ~both).sum())
    up, down, size = better + 0.5, worse + 0.5, n + 2
    middle = (up - down) / size
    half = Z * np.sqrt(up + down - (up - down) ** 2 / size) / size
    shares = float(alone.mean()), float(both.mean())
    return Gain(n, tuple(names), *shares, float(middle - half), float(middle + half), answered)


def predict(tagger: Tagger, texts: pd.Series) -> pd.DataFrame:
    """Per text `tags` (joined by “；”, the likeliest first), `primary_tag`, `confidence` and `abstains`.

    `confidence` is calibrated: of answers given with 0.8, about 80 % were right on rows not learned from.
    """
    blocks = [texts.iloc[at : at + BLOCK] for at in range(0, max(len(texts), 1), BLOCK)]
    return pd.concat([_predicted(tagger, block) for block in blocks])


def _predicted(tagger: Tagger, texts: pd.Series) -> pd.DataFrame:
    prior = _prior(texts, tagger.names, tagger.taxonomy)
    odds = tagger.model.scores(texts) + prior
    names = np.array(tagger.names, dtype=object)
    best = odds.argmax(axis=1) if len(odds) else np.zeros(0, dtype=np.int64)
    tags = _joined(odds, _given(odds, tagger.threshold), tagger.names)
    confidence = _sigmoid(_signs(odds, prior) @ tagger.line)
    return pd.DataFrame(
        {
            "tags": pd.Series(tags.to_numpy(), index=texts.index, dtype="str"),
            "primary_tag": pd.Series(names[best], index=texts.index, dtype="str"),
            "confidence": confidence,
            "abstains": confidence < FLOOR,
        },
        index=texts.index,
    )


def review(
    feedback: pd.DataFrame, decided: pd.DataFrame, predicted: pd.DataFrame, *, top: int = 50
) -> pd.DataFrame:
    """The rows a person should look at first: `feedback_id, text, rules, model, confidence, why`.

    Rules and model disagree, or the model does not know, or neither has a tag; the least sure first.
    """
    apart = (decided["primary_tag"] != predicted["primary_tag"]) & (decided["primary_tag"] != OTHER)
    silent = (decided["primary_tag"] == OTHER) & predicted["abstains"]
    why = np.select(
        [silent, apart, predicted["abstains"]], ["规则与模型都拿不准", "规则与模型不一致", "模型拿不准"], ""
    )
    table = pd.DataFrame(
        {
            "feedback_id": feedback["feedback_id"],
            "text": feedback["text"],
            "rules": decided["primary_tag"],
            "model": predicted["primary_tag"],
            "confidence": predicted["confidence"],
            "why": pd.Series(why, index=feedback.index, dtype="str"),
        }
    )
    chosen = table[table["why"] != ""].sort_values(["confidence", "feedback_id"], kind="stable")
    return chosen.head(top).reset_index(drop=True)


def apply(
    decided: pd.DataFrame, tags: pd.DataFrame, feedback: pd.DataFrame, tagger: Tagger, taxonomy: Taxonomy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Decisions and evidence with the tagger's answers where it is sure; the rules' tags stay behind them."""
    predicted = predict(tagger, feedback["text"])
    sure = ~predicted["abstains"] & (predicted["primary_tag"] != OTHER)
    pairs = list(zip(predicted["tags"].tolist(), decided["tags"].tolist(), strict=True))
    joined = {pair: _both(*pair) for pair in set(pairs)}
    both = [joined[pair] for pair in pairs]
    wanted = pd.DataFrame({"feedback_id": feedback["feedback_id"], "tags": both})[sure]
    notes = "模型把握 " + predicted["confidence"][sure].map("{:.2f}".format).astype("str")
    return corrections.replace(decided, tags, feedback, wanted.assign(note=notes), taxonomy, by="模型")


def _both(own: str, ruled: str) -> str:
    """The tagger's tags, then those the rules have besides.

    >>> _both("物流延迟", "商品质量；物流延迟")
    '物流延迟；商品质量'
    """
    between = schema.TAG_SEPARATOR
    found = (tag for tag in ruled.split(between) if tag != OTHER)
    return between.join(dict.fromkeys([*own.split(between), *found]))


def _held_out(texts: pd.Series, targets: np.ndarray, names: list[str], seed: int) -> np.ndarray:
    """Log odds of every row from a classifier that did not learn from it."""
    fold = classifier.folds(len(texts), FOLDS, seed)
    odds = np.zeros(targets.shape)
    for number in range(FOLDS):
        rows = fold == number
        part = classifier.fit(texts[~rows], targets[~rows], names, seed=seed)
        odds[rows] = part.scores(texts[rows])
    return odds


def _prior(texts: pd.Series, names: list[str] | tuple[str, ...], taxonomy: Taxonomy | None) -> np.ndarray:
    """What the rules add to the log odds: the smoothed share of each tag among a text's rules that hold."""
    if taxonomy is None:
        return np.zeros((len(texts), len(names)))
    votes = rules.votes(pd.DataFrame({"text": texts.astype("str")}).reset_index(drop=True), taxonomy)
    held = votes[~votes["negated"]].drop_duplicates(["row", "tag", "rule"])
    place = {name: i for i, name in enumerate(names)}
    column = held["tag"].astype("str").map(place)
    known = column.notna().to_numpy()
    strength = np.full((len(texts), len(names)), SMOOTHING)
    at = (held["row"].to_numpy()[known], column[known].to_numpy(dtype=np.int64))
    np.add.at(strength, at, held["weight"].to_numpy()[known])
    share = strength / strength.sum(axis=1, keepdims=True)
    return RULES_WEIGHT * np.log(share * len(names))


def _given(odds: np.ndarray, threshold: float) -> np.ndarray:
    """Which tags each row gets: the best one, and others from the threshold on."""
    given = _sigmoid(odds) >= threshold
    if len(odds):
        given[np.arange(len(odds)), odds.argmax(axis=1)] = True
    return given


def _joined(odds: np.ndarray, given: np.ndarray, names: Sequence[str]) -> pl.Series:
    """The names of the tags given to each row, the likeliest first."""
    order = np.argsort(-odds, axis=1, kind="stable")
    row, place = np.nonzero(np.take_along_axis(given, order, axis=1))
    lines = pl.DataFrame({"row": row, "name": pl.Series(names, dtype=pl.String)[order[row, place]]})
    joined = lines.group_by("row", maintain_order=True).agg(pl.col("name").str.join(schema.TAG_SEPARATOR))
    return joined["name"]


def _threshold(odds: np.ndarray, targets: np.ndarray) -> float:
    """The threshold with the best micro-F1; none (above 1) where every row has one tag."""
    if (targets.sum(axis=1) <= 1).all():
        return 1.1
    scores = [_micro_f1(_given(odds, value), targets) for value in THRESHOLDS]
    return float(THRESHOLDS[int(np.argmax(scores))])


def _micro_f1(given: np.ndarray, targets: np.ndarray) -> float:
    return 2 * float((given & targets).sum()) / float(given.sum() + targets.sum())


def _calibration(
    odds: np.ndarray, prior: np.ndarray, targets: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    """The line from `_signs` to the log odds that the best tag is right (Platt scaling).

    Drawn through the answers that are heard, those that name a tag: where rules are silent 其他 is mostly
    right, and a text of thanks would be believed to be about whatever tag comes first.
    """
    from sklearn.linear_model import LogisticRegression

    best = odds.argmax(axis=1)
    heard = np.array(names, dtype=object)[best] != OTHER
    right = targets[np.arange(len(odds)), best][heard]
    if right.all() or not right.any():
        return np.array([1.0, 1.0, 0.0])
    signs = _signs(odds, prior)[heard]
    return LogisticRegression(C=1e3, fit_intercept=False).fit(signs, right).coef_[0]


def _signs(odds: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """How far the best tag lies before the second, what the rules say for it (log odds both), and 1."""
    top = np.sort(odds, axis=1)[:, -2:]
    said = np.take_along_axis(prior, odds.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.stack([top[:, 1] - top[:, 0], said, np.ones(len(odds))], axis=1)


def _sigmoid(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds))
