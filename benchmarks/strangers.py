"""The weights by which names are told by tables alone: learned from sentences written for this project.

    python -m benchmarks.strangers              # each set of another hand scored by weights of the others
    python -m benchmarks.strangers --write      # learn from all of them, write voc_lib/clean/strangers.json

Learned from: marked lines and calm ones as in `benchmarks/neighbours.py`, the later marked sets, frames with
other names in them (tests/cases/strangers.yaml), calm lines of other cases, and words of the dictionary that
begin with a surname, put where they name nobody. A fixed seed and sorted files make the same weights of the
same lines.
"""

import argparse
import json
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from math import sqrt
from random import Random
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from benchmarks import masking, neighbours
from benchmarks.neighbours import CASES, ROOT, SEED, Line
from voc_lib.clean import naming, strangers
from voc_lib.clean.cues import AHEAD
from voc_lib.clean.vicinity import BREAK
from voc_lib.clean.vocabulary import words

HANDS = neighbours.HANDS | {
    "k": ("unseen_k",),
    "l": ("unseen_l",),
    "m, n": ("unseen_m", "unseen_n"),
    "o": ("unseen_o",),
    "p": ("unseen_p",),
}
SCORED = ("k", "l", "m, n", "o", "p")
CALM = ("packs_*/*", "kinds*", "urgency*", "voices*", "causes*", "tagging*", "praise", "crm_colloquial")
SHORTEST = 6  # characters of a calm line
COPIES, SOMEBODY, NOBODY = 5, 0.4, 0.5  # of a frame; what it weighs; what a word weighs that is nobody
WORDY, SELDOM = 0.35, 0.06  # of the names: other words too, those with a surname that nearly always is one
WORDS, COMPOUNDS = 12_000, 6_000
STRENGTH = 1.0  # the less, the smaller the weights
SMALLEST = 0.03  # weights below it are left out
PARTS = "n nz a z i l an v ns t nr nrt vn b s"  # of words that may be somebody's name
# what stands around a word that is nobody: X
PLACES = """
X X, X、 、X、 、X, 、X。 ,X, ,X 。X 是X 的X, 的X 很X, 太X。 不X 有X 没有X, X不错 X很好 X坏了 X太贵
X有问题 X你好 在X 到X 和X X都 一个X 这个X X也 为了X 买X 用X X方便 X一般 、X等 说X X时 去X
对X 被X 给X X和 X的 X了 X是 X没 叫X 找X
"""


class Taught(NamedTuple):
    """The features of candidates by mark, whether each is a name, what it weighs, its line."""

    keys: np.ndarray
    name: np.ndarray
    weight: np.ndarray
    line: np.ndarray


def named(rng: Random) -> str:
    """A name somebody might have, more often than by chance one that is another word, of two characters."""
    if rng.random() < WORDY:
        return rng.choice(neighbours._wordy(PARTS, 2))
    name = neighbours.named(rng)
    while len(name) > len("张伟") and naming.is_word(name):
        name = neighbours.named(rng)
    seldom = words()["surnames_seldom"] + words()["not_family"]
    return rng.choice(seldom) + name[-2:] if rng.random() < SELDOM else name


def listed() -> dict[str, list[str]]:
    return yaml.safe_load((CASES / "strangers.yaml").read_text(encoding="utf-8"))


def framed(rng: Random) -> Iterator[Line]:
    """The frames with names in them."""
    for frame in listed()["frames"]:
        for _ in range(COPIES):
            text, names = "", set()
            for number, part in enumerate(frame.split("X")):
                said = named(rng) if number else ""
                names |= {(len(text), len(text) + len(said))} if number else set()
                text += said + part
            yield Line(text, frozenset(names), frozenset(), SOMEBODY, made=True)


@cache
def calm() -> list[str]:
    """Sentences about other things than people, each once."""
    files = sorted({file for pattern in CALM for file in CASES.glob(f"{pattern}.yaml")})
    said = {
        text
        for file in files
        for text in _texts(yaml.safe_load(file.read_text(encoding="utf-8")))
        if len(text) >= SHORTEST and sum("一" <= char <= "\u9fff" for char in text) >= SHORTEST - 1
    }
    return sorted(said)


def _texts(told: object) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict | list):
        for part in told.values() if isinstance(told, dict) else told:
            yield from _texts(part)


def nobody(rng: Random) -> Iterator[Line]:
    """Words and compounds that begin with a surname, where they name nobody."""
    table = naming.dictionary()
    table = table[table["word"].str[0].isin([*_families()])]
    short = table[table["word"].str.len().between(2, 3) & ~table["part"].str.startswith("nr")]
    for word in _drawn(rng, short, WORDS):
        yield _placed(rng, word)
    nouns = table[(table["word"].str.len() == 1) & table["part"].isin(["n", "v", "ng", "vg"])]
    ends = _single(["a"], 80) + _single(["n", "f"], 300)
    pairs = short[(short["word"].str.len() == 2) & short["part"].isin([*"nvabdtf", "vn"])]
    heads = [*_drawn(rng, nouns, COMPOUNDS // 2), *_drawn(rng, pairs, COMPOUNDS // 2)]
    for head in heads:
        yield _placed(rng, head + rng.choice(ends))


def _families() -> set[str]:
    return {*"".join(naming.families()), *words()["surnames_seldom"], *words()["not_family"]}


def _single(parts: list[str], many: int) -> list[str]:
    table = naming.dictionary()
    some = table[(table["word"].str.len() == 1) & table["part"].isin(parts)]
    return some.sort_values(["frequency", "word"], ascending=False)["word"].head(many).tolist()


def _drawn(rng: Random, table: pd.DataFrame, many: int) -> list[str]:
    """Words of the dictionary, common ones more often."""
    return rng.choices(
        table["word"].tolist(), cum_weights=list(accumulate(map(sqrt, table["frequency"]))), k=many
    )


def _placed(rng: Random, word: str) -> Line:
    before, behind = rng.choice(PLACES.split()).split("X")
    head = rng.choice(calm())[-6:] if before else ""
    tail = rng.choice(calm())[:6] if not behind or behind in ",、" else ""
    return Line(f"{head}{before}{word}{behind}{tail}", frozenset(), frozenset(), NOBODY)


def taught(lines: list[Line]) -> Taught:
    """The candidates of lines; of those made with other names only what touches a name."""
    texts = neighbours.folded([line.text for line in lines])
    codes = np.frombuffer((BREAK.join(texts) + "\n" * AHEAD).encode("utf-32-le"), dtype=np.uint32)
    codes = strangers.symbols(codes)
    spans = strangers.candidates(codes)
    starts = np.cumsum([0, *(len(text) + 1 for text in texts)])
    rows = np.searchsorted(starts, spans.at, side="right") - 1
    begins = spans.at - starts[rows]
    facts = [
        _told(lines[row], texts[row], begin, begin + size)
        for row, begin, size in zip(rows.tolist(), begins.tolist(), spans.size.tolist(), strict=True)
    ]
    kept = np.array([fact is not None for fact in facts], dtype=bool)
    some = [fact for fact in facts if fact is not None]
    spans = spans.where(kept)
    keys = [strangers.feature(mark, codes, spans).astype(np.int64) for mark in strangers.MARKS]
    return Taught(
        np.stack(keys, axis=1), np.array([n for n, _ in some]), np.array([w for _, w in some]), rows[kept]
    )


def _told(line: Line, text: str, begin: int, end: int) -> tuple[bool, float] | None:
    """Whether a place is a name and what that weighs; none where a line does not say."""
    touched = any(a < end and begin < b for a, b in line.names)
    strange = len(text) != len(line.text) or any(a < end and begin < b for a, b in line.others)
    if strange or (line.made and not touched):
        return None
    name = (begin, end) in line.names
    return name, line.weight * (neighbours.WEIGHT_NAME if name and not line.made else 1.0)


def material() -> dict[str, Taught]:
    """What is learned from, by hand; of nobody's hand under ""."""
    rng = Random(SEED)
    none = [Line(text, frozenset(), frozenset(), 1.0) for text in (*calm(), *listed()["calm"])]
    made = [*neighbours.put(neighbours.calm(), rng), *framed(rng), *nobody(rng)]
    found = {"": taught([*none, *made]), "base": _with_variants(neighbours.marked(""), rng)}
    for hand, sets in HANDS.items():
        lines = [line for name in sets for line in neighbours.marked(f"_{name}")]
        found[hand] = _with_variants(lines, rng)
    return found


def _with_variants(lines: list[Line], rng: Random) -> Taught:
    return taught([*lines, *(made for line in lines for made in neighbours.variants(line, rng))])


def learned(some: list[Taught]) -> dict[str, list[list]]:
    """By mark: keys in order and what they weigh, small weights left out."""
    keys, name, weight = (np.concatenate([part[place] for part in some]) for place in range(3))
    columns, known, first = [], [], 0
    for column in keys.T:
        values, place = np.unique(column, return_inverse=True)
        columns.append(place + first)
        known.append((first, values))
        first += len(values)
    places = np.stack(columns, axis=1)
    rows = np.arange(0, places.size + 1, places.shape[1], dtype=np.int32)
    table = csr_matrix((np.ones(places.size), places.ravel().astype(np.int32), rows), (len(keys), first))
    model = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=500, random_state=0)
    model.fit(table, name, sample_weight=weight)
    weights: dict[str, list[list]] = {"bias": [[0], [round(float(model.intercept_[0]), 2)]]}
    for mark, (at, values) in zip(strangers.MARKS, known, strict=True):
        told = model.coef_[0][at : at + len(values)].round(2)
        big = np.abs(told) >= SMALLEST
        weights[mark] = [values[big].tolist(), told[big].tolist()]
    return weights


def scored(found: dict[str, Taught], hand: str) -> pd.DataFrame:
    """Of the sets of a hand: names hidden and traps masked by everything, with weights of the other hands."""
    weights = learned([part for name, part in found.items() if name != hand])
    arrays = {
        mark: (np.array(keys or [0]), np.array(told or [0.0])) for mark, (keys, told) in weights.items()
    }
    strangers._weights = lambda: arrays  # type: ignore[assignment]
    strangers._dense.cache_clear()
    rows = []
    for name in HANDS[hand]:
        table = masking.judged(masking.lines(CASES / f"privacy_{name}.yaml"))
        kinds = masking.kinds(table)
        somebody = kinds[kinds["kind"].isin(neighbours.SOMEBODY)]
        traps = table[~table["marked"]]
        rows.append(
            (name, len(somebody), int((~somebody["wrong"]).sum()), len(traps), int(traps["wrong"].sum()))
        )
    return pd.DataFrame(rows, columns=["set", "names", "hidden", "traps", "masked"])


def main() -> None:
    """Print what is hidden with the weights of other hands, or write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--write", action="store_true", help="learn from all sets and write the weights")
    if parser.parse_args().write:
        weights = learned([*material().values()])
        file = ROOT / "voc_lib/clean" / strangers.WEIGHTS
        lines = [f"{json.dumps(mark)}: {json.dumps(weights[mark])}" for mark in weights]
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        print(f"{file.name}: {sum(len(keys) for keys, _ in weights.values()):,} weights")
    else:
        found = material()
        table = pd.concat([scored(found, hand) for hand in SCORED])
        print(table.to_string(index=False))
        print(table.drop(columns="set").sum().to_string())


if __name__ == "__main__":
    main()
