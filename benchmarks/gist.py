"""The weights by which a short text's intent is told where no word tells it, learned from sentences.

    python benchmarks/gist.py              # each hand's sets scored by weights of the other hands
    python benchmarks/gist.py --write      # learn from all of them, write voc_lib/tag/gist.json

Learned from: what customers want (tests/cases/voices_*.yaml); sentences of the packs (packs_*) and the
examples of the tags (voc_lib/tag/examples), of which those with a problem complain and the others want what
words say they want. Sets nobody who writes rules has read (P, R) are left out. Prints accuracy,
macro-F1 over five intents and problems told right, by words alone, by weights alone and by both. A fixed
seed and sorted files make the same weights of the same lines.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import packs
import pandas as pd
import voices
import yaml
from scipy.sparse import csr_array, diags_array, vstack
from sklearn.linear_model import LogisticRegression

from voc_lib import tag
from voc_lib.schema import INTENTS
from voc_lib.tag import gist, wording
from voc_lib.tag.intent import intent
from voc_lib.text.matching import corpora
from voc_lib.text.ngrams import Ngrams, gram, ngrams

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests/cases"
HANDS = {"m, n": ("m", "n"), "o": ("o",), "q": ("q",)}  # sets by who wrote them
COMPLAINT, PRAISE, SILENT = "抱怨", "表扬", "其他"
FIGURES = ["accuracy", "macro_f1", "problem", "problem_precision", "problem_recall"]
SEED = 20261130
STRENGTH = 9.0  # the less, the smaller the weights
MADE = 0.1  # what a sentence whose intent nobody wrote down counts
LEAST = 2  # texts that hold an n-gram
SMALLEST = 0.5  # n-grams all of whose weights are below it are left out


@cache
def lessons() -> pd.DataFrame:
    """All sentences to learn from: `text, hand, intent, weight`."""
    lines = [
        part for hand, sets in HANDS.items() for name in sets for part in (said(name, hand), told(name, hand))
    ]
    known = pd.concat(lines, ignore_index=True)
    plain = examples()
    return pd.concat([known, plain[~plain["text"].isin(known["text"])]], ignore_index=True)


def said(name: str, hand: str) -> pd.DataFrame:
    """What customers want, by the hand that wrote it."""
    cases = yaml.safe_load((CASES / f"voices_{name}.yaml").read_text(encoding="utf-8"))
    return pd.DataFrame(cases)[["text", "intent"]].assign(hand=hand, weight=1.0)


def told(name: str, hand: str) -> pd.DataFrame:
    """The sentences of the packs: with a problem, praise, or neither."""
    files = sorted((CASES / f"packs_{name}").glob("*.yaml"))
    cases = pd.DataFrame(
        [case for file in files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    )
    return made(cases["text"], cases["tag"] != packs.NOTHING, cases["praised"].notna()).assign(hand=hand)


def examples() -> pd.DataFrame:
    """The examples of the tags."""
    trades = [wording.examples(name) for name in tag.packs()]
    lines = [(text, name != SILENT) for trade in trades for name, texts in trade.items() for text in texts]
    cases = pd.DataFrame(lines, columns=["text", "wrong"]).drop_duplicates("text", ignore_index=True)
    return made(cases["text"], cases["wrong"], cases["wrong"] & False).assign(hand="")


def made(texts: pd.Series, wrong: pd.Series, praising: pd.Series) -> pd.DataFrame:
    """Sentences with the intent that follows; of calm ones what words say, none that complains."""
    words = intent(texts).mask(praising, PRAISE).where(~wrong, COMPLAINT)
    table = pd.DataFrame({"text": texts, "intent": words, "weight": MADE})
    return table[wrong | (words != COMPLAINT)]


def learned(
    lines: pd.DataFrame, column: str = "intent", names: Sequence[str] = INTENTS
) -> list[tuple[str, list[float]]]:
    """Per n-gram what it says for each name in a column of the sentences, the bias first."""
    texts = gist.framed(lines["text"])
    grams = ngrams(texts, least=LEAST)
    table = counted(texts, grams)
    models = [model(table, (lines[column] == name).to_numpy(), lines["weight"]) for name in names]
    weights = np.round(np.stack([one.coef_[0] for one in models], axis=1), 1)
    bias = [round(float(one.intercept_[0]), 1) for one in models]
    kept = np.flatnonzero(np.abs(weights).max(axis=1) >= SMALLEST)
    return [(gist.BIAS, bias), *sorted((gram(int(grams.codes[at])), weights[at].tolist()) for at in kept)]


def counted(texts: pd.Series, grams: Ngrams) -> csr_array:
    """Which n-grams each text holds, over the root of how many they are."""
    table = vstack([grams.counts(part) for part in corpora(texts)], format="csr")
    table.data[:] = 1
    return diags_array(1 / np.sqrt(np.maximum(table.sum(axis=1), 1))) @ table


def model(table: csr_array, wanted: np.ndarray, weight: pd.Series) -> LogisticRegression:
    """What tells the texts wanted from the others."""
    kind = LogisticRegression(
        C=STRENGTH, class_weight="balanced", solver="liblinear", dual=True, tol=0.01, max_iter=2000
    )
    return kind.set_params(random_state=SEED).fit(table, wanted, sample_weight=weight.to_numpy())


def written(lines: list[tuple[str, list[float]]]) -> str:
    """The weights as a file holds them."""
    return "[\n" + ",\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n"


def held_out() -> pd.DataFrame:
    """Per hand the figures by words alone, weights alone and both, by weights of the other hands."""
    lines, rows = lessons(), []
    nothing = gist.weights([(gist.BIAS, [float(name == SILENT) for name in INTENTS])])
    for hand, sets in HANDS.items():
        known = gist.weights(learned(lines[lines["hand"] != hand]))
        files = [CASES / f"voices_{name}.yaml" for name in sets]
        words, both = (judged(files, weights) for weights in (nothing, known))
        alone = words.assign(given=known.wanted(words["text"]))
        told = {"words": words, "weights": alone, "both": both}
        rows += [{"hand": hand, "by": by, **voices.scores(table)[FIGURES]} for by, table in told.items()]
    return pd.DataFrame(rows)


def judged(files: list[Path], weights: gist.Weights) -> pd.DataFrame:
    """`voices.judged` of several files under some weights."""
    with patch.object(gist, "shipped", return_value=weights):
        return pd.concat([voices.judged(file) for file in files], ignore_index=True)


def main() -> None:
    """Print the figures with each hand held out, or write the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="learn from all sets and write the weights")
    if parser.parse_args().write:
        Path(gist.__file__).with_suffix(".json").write_text(written(learned(lessons())), encoding="utf-8")
    else:
        print(held_out().round(3).to_string(index=False))


if __name__ == "__main__":
    main()
