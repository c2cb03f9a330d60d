"""The weights by which a text's urgency is told beside its words, learned from sentences.

    python benchmarks/alarm.py              # each hand's sets scored by weights of the other hands
    python benchmarks/alarm.py --write      # learn from all of them, write voc_lib/tag/alarm.json

Learned from: texts of other hands with their level (tests/cases/urgency_*.yaml); sentences of every day and
of no danger by the hand of the rules (urgency_made.yaml); what customers want (voices_*) and sentences of the
packs (packs_*), of which calm ones are P2 and the others what words say they are. Sets nobody who writes
rules has read (L, P, R, T) are left out, and scored by the weights of the other hands. Prints precision and
recall of P0 and P1 by words alone and by both. A fixed seed and sorted files make the same weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import gist as learning
import packs
import pandas as pd
import yaml
from urgency import judged as scored
from urgency import scores

from voc_lib import tag
from voc_lib.schema import URGENCIES
from voc_lib.tag import alarm, gist
from voc_lib.tag import urgency as rules

CASES = learning.CASES
HANDS = {  # sets by who wrote them, and those of the same hand nobody who writes rules has read
    "g, h": ("gh", ""),
    "i to l": ("ijk", "l"),
    "m, n": ("mn", ""),
    "o, p": ("o", "p"),
    "q, r": ("q", "r"),
    "s": ("s", ""),
    "u": ("u", ""),
}
VOICES, PACKS = "mnoqs", "acdefghijkmnoq"
CALM, LOUD = 0.3, 0.1  # what a sentence counts whose level nobody wrote down: nothing wrong, something wrong


@cache
def lessons() -> pd.DataFrame:
    """All sentences to learn from: `text, hand, level, weight`."""
    hand = {name: who for who, (read, _) in HANDS.items() for name in read}
    levelled = [told(name).assign(hand=who) for name, who in hand.items()]
    voiced = [said(name).assign(hand=hand[name]) for name in VOICES]
    spoken = sentences(PACKS)
    spoken["hand"] = spoken.pop("name").map(hand).fillna("")
    known = pd.concat([*levelled, made(), *voiced, spoken], ignore_index=True)
    return known.drop_duplicates("text", ignore_index=True)


def told(name: str) -> pd.DataFrame:
    """Texts with the level another hand gave them."""
    cases = pd.DataFrame(yaml.safe_load((CASES / f"urgency_{name}.yaml").read_text(encoding="utf-8")))
    return cases[["text", "level"]].replace({"level": {"无": "P2"}}).assign(weight=1.0)


def made() -> pd.DataFrame:
    """Sentences by the hand of the rules, by their level."""
    cases = yaml.safe_load((CASES / "urgency_made.yaml").read_text(encoding="utf-8"))
    lines = [(text, level) for level, texts in cases.items() for text in texts]
    return pd.DataFrame(lines, columns=["text", "level"]).assign(weight=1.0, hand="")


def said(name: str) -> pd.DataFrame:
    """What customers want: nothing urgent where they do not complain."""
    cases = pd.DataFrame(yaml.safe_load((CASES / f"voices_{name}.yaml").read_text(encoding="utf-8")))
    return guessed(cases["text"], cases["intent"] == learning.COMPLAINT, "ecommerce")


def sentences(names: str) -> pd.DataFrame:
    """The sentences of the packs, with a problem or without; those of a pack are read at once."""
    cases = pd.concat([written(name, file) for name in names for file in packed(name)], ignore_index=True)
    wrong = cases["tag"] != packs.NOTHING
    parts = [guessed(rows["text"], wrong[rows.index], pack) for pack, rows in cases.groupby("pack")]
    return pd.concat(parts).sort_index().assign(name=cases["name"])


def packed(name: str) -> list[Path]:
    """The files of a set of packs."""
    return sorted((CASES / f"packs_{name}").glob("*.yaml"))


def written(name: str, file: Path) -> pd.DataFrame:
    """The cases of a pack in a set."""
    return pd.DataFrame(yaml.safe_load(file.read_text(encoding="utf-8"))).assign(name=name, pack=file.stem)


def guessed(texts: pd.Series, wrong: pd.Series, pack: str) -> pd.DataFrame:
    """Texts at the level their words alone give them where something is wrong, else at P2."""
    with by_words():
        told = packs.labelled(texts, tag.load(pack))["urgency"]
    level = told.where(wrong.to_numpy(), "P2").to_numpy()
    return pd.DataFrame({"text": texts, "level": level, "weight": wrong.map({True: LOUD, False: CALM})})


@contextmanager
def by_words() -> Iterator[None]:
    """No weights are asked."""
    never = float("inf")
    with patch.object(rules, "GATE", -never), patch.object(rules, "ALARM", (never, never)):
        yield


def learned(lines: pd.DataFrame) -> list[tuple[str, list[float]]]:
    """Per n-gram what it says for each level."""
    return learning.learned(lines, "level", URGENCIES)


def judged(names: str, weights: gist.Weights) -> pd.DataFrame:
    """What `urgency.py` tells of several sets under some weights."""
    with patch.object(alarm, "shipped", return_value=weights):
        return pd.concat([scored(CASES / f"urgency_{name}.yaml") for name in names], ignore_index=True)


def worded(names: str, weights: gist.Weights) -> pd.DataFrame:
    """The same by words alone."""
    with by_words():
        return judged(names, weights)


def held_out() -> pd.DataFrame:
    """Per hand precision and recall by words alone and with weights of the other hands."""
    lines, rows = lessons(), []
    for hand, sets in HANDS.items():
        known = gist.weights(learned(lines[lines["hand"] != hand]))
        for names in filter(None, sets):
            told = {"words": worded(names, known), "both": judged(names, known)}
            rows += [scores(table).assign(sets=names, by=by) for by, table in told.items()]
    return pd.concat(rows, ignore_index=True)


def main() -> None:
    """Print the figures with each hand held out, or write the weights of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="learn from all sets and write the weights")
    if parser.parse_args().write:
        lines = learning.written(learned(lessons()))
        Path(alarm.__file__).with_suffix(".json").write_text(lines, encoding="utf-8")
    else:
        print(held_out().round(2).to_string(index=False))


if __name__ == "__main__":
    main()
