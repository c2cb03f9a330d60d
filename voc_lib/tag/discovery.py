"""New words: what customers say that no rule knows, found in 其他 by cohesion and freedom of neighbours."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import yaml

from voc_lib import schema
from voc_lib.tag.matcher import matcher
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.text.matching import corpora
from voc_lib.text.segmentation import stopwords

PRAISE, PLACEHOLDER = "表扬", "标签名"
MASKED = r"\[[^\[\]]{1,8}\]"  # what stands where personal data was: no word of the customer
LONGEST = 6
COHESION, FREEDOM = 2.0, 0.8  # log2 of how much more often than by chance; entropy (bits) of the poorer side
COLUMNS = ["term", "n", "cohesion", "freedom", "score", "example", "feedback_id"]
_WIDTH = 1 << 21  # code points fit in 21 bits


def candidates(
    feedback: pd.DataFrame, taxonomy: Taxonomy | None = None, *, top: int = 50, least: int = 5
) -> pd.DataFrame:
    """Words said in at least `least` texts that no phrase of the taxonomy holds, best first: columns COLUMNS.

    `cohesion`: pointwise mutual information of the weakest cut; `freedom`: entropy of the neighbours on the
    poorer side; score = √n · cohesion · freedom. Han words of two to six characters.
    """
    known = [] if taxonomy is None else [word for tag in taxonomy.tags for word in (*tag.phrases, *tag.weak)]
    texts = feedback["text"].astype("str").str.replace(MASKED, "，", regex=True).drop_duplicates()
    codes = np.concatenate([np.zeros(0, np.int64), *(_codes(part.folded) for part in corpora(texts))])
    counts = _counts(codes)
    table = _measured(codes, counts, least)
    table = table[np.array([_new(term, known) for term in table["term"]], dtype=bool)]
    table = _longest(table.sort_values(["score", "term"], ascending=[False, True], kind="stable"))
    return _with_examples(table.head(top * 2), feedback, least).head(top).reset_index(drop=True)


def as_yaml(terms: Iterable[str], tag: str) -> str:
    """The terms as a piece of a taxonomy that adds them to a tag, to be pasted under `tags:`.

    >>> print(as_yaml(["不出票", "座位被占"], "功能异常"))
    - name: 功能异常
      phrases: [不出票, 座位被占]
    <BLANKLINE>
    """
    piece = yaml.safe_dump(list(terms), allow_unicode=True, default_flow_style=True, width=10_000).strip()
    return f"- name: {tag}\n  phrases: {piece}\n"


def unknown(feedback: pd.DataFrame, taxonomy: Taxonomy, *, top: int = 50, least: int = 5) -> pd.DataFrame:
    """`candidates` in the texts the taxonomy's rules leave untouched."""
    found = matcher(taxonomy)
    rows = np.concatenate(
        [np.zeros(0, np.int64), *(found.find(part).row for part in corpora(feedback["text"]))]
    )
    untouched = np.ones(len(feedback), dtype=bool)
    untouched[rows] = False
    return candidates(feedback[untouched], taxonomy, top=top, least=least)


def table(issues: pd.DataFrame, taxonomy: Taxonomy, *, top: int = 50, least: int = 5) -> pd.DataFrame:
    """《新词候选》: schema.NEW_WORDS, what problems no rule knows say, with the YAML that adds each word."""
    problems = issues[issues["intent"] != PRAISE].reset_index(drop=True)
    found = unknown(problems, taxonomy, top=top, least=least)
    pieces = [as_yaml([term], PLACEHOLDER).strip() for term in found["term"]]
    return schema.shape(found.assign(yaml=pd.Series(pieces, dtype="str")), schema.NEW_WORDS)


def _codes(text: str) -> np.ndarray:
    """Code points; what is not Han becomes 0 and separates words."""
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32).astype(np.int64)
    return np.append(np.where((codes >= 0x4E00) & (codes < 0xA000), codes, 0), 0)


def _windows(codes: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts of the runs of `size` Han characters, and one 64-bit number for each run."""
    n = len(codes) - size + 1
    if n <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.uint64)
    key = np.zeros(n, dtype=np.uint64)
    whole = np.ones(n, dtype=bool)
    for offset in range(size):
        part = codes[offset : offset + n]
        whole &= part > 0
        key = key * np.uint64(0x9E3779B97F4A7C15) + part.astype(np.uint64)
    starts = np.flatnonzero(whole)
    return starts, key[starts]


def _counts(codes: np.ndarray) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Per length: the distinct runs (sorted numbers), where each first stands, how often each comes."""
    table = {}
    for size in range(1, LONGEST + 1):
        starts, keys = _windows(codes, size)
        values, first, counts = np.unique(keys, return_index=True, return_counts=True)
        table[size] = (values, starts[first] if len(starts) else first, counts)
    return table


def _measured(
    codes: np.ndarray, counts: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]], least: int
) -> pd.DataFrame:
    """Words frequent, coherent and free enough, with their measures."""
    total = max(int(counts[1][2].sum()), 1)
    tables = []
    for size in range(2, LONGEST + 1):
        values, first, n = counts[size]
        often = n >= least
        if not often.any():
            continue
        values, first, n = values[often], first[often], n[often]
        cohesion = np.full(len(n), np.inf)
        for cut in range(1, size):
            left, right = (
                _count_at(codes, first, cut, counts),
                _count_at(codes, first + cut, size - cut, counts),
            )
            cohesion = np.minimum(cohesion, np.log2(n * total / (left * right)))
        good = cohesion >= COHESION
        values, first, n, cohesion = values[good], first[good], n[good], cohesion[good]
        freedom = _freedom(codes, size, values)
        terms = ["".join(map(chr, codes[at : at + size])) for at in first]
        tables.append(pd.DataFrame({"term": terms, "n": n, "cohesion": cohesion, "freedom": freedom}))
    table = pd.concat(tables) if tables else pd.DataFrame(columns=["term", "n", "cohesion", "freedom"])
    table = table[table["freedom"] >= FREEDOM]
    return table.assign(score=np.sqrt(table["n"].astype("float64")) * table["cohesion"] * table["freedom"])


def _count_at(codes: np.ndarray, at: np.ndarray, size: int, counts: dict) -> np.ndarray:
    """How often the run of `size` characters standing at each position comes in all."""
    key = np.zeros(len(at), dtype=np.uint64)
    for offset in range(size):
        key = key * np.uint64(0x9E3779B97F4A7C15) + codes[at + offset].astype(np.uint64)
    values, _, n = counts[size]
    return n[np.searchsorted(values, key)]


def _freedom(codes: np.ndarray, size: int, values: np.ndarray) -> np.ndarray:
    """Entropy (bits) of the neighbours of each word, on the poorer side; every end is its own neighbour."""
    starts, keys = _windows(codes, size)
    number = np.searchsorted(values, keys)
    number[number == len(values)] = 0
    here = values[number] == keys if len(values) else np.zeros(len(keys), dtype=bool)
    starts, number = starts[here], number[here]
    before = np.where(starts > 0, codes[np.maximum(starts - 1, 0)], 0)
    after = codes[np.minimum(starts + size, len(codes) - 1)]
    return np.minimum(_entropy(number, before, len(values)), _entropy(number, after, len(values)))


def _entropy(number: np.ndarray, neighbour: np.ndarray, size: int) -> np.ndarray:
    neighbour = np.where(neighbour == 0, _WIDTH - 1 - np.arange(len(neighbour)) % (_WIDTH // 2), neighbour)
    pairs, counts = np.unique(number * _WIDTH + neighbour, return_counts=True)
    owner = pairs // _WIDTH
    total = np.bincount(owner, weights=counts, minlength=size)
    share = counts / total[owner]
    return np.bincount(owner, weights=-share * np.log2(share), minlength=size)


def _new(term: str, known: list[str]) -> bool:
    """Whether no phrase is part of the term or holds it, and no stop word begins or ends it."""
    dull = stopwords()
    edges = any(term[:k] in dull or term[-k:] in dull for k in range(1, len(term) + 1))
    return not edges and not any(word in term or term in word for word in known)


def _longest(table: pd.DataFrame) -> pd.DataFrame:
    """Without words that nearly always stand inside a longer one of the table."""
    terms = dict(zip(table["term"], table["n"], strict=True))
    inside = {
        term
        for term, n in terms.items()
        if any(term != other and term in other and count >= 0.7 * n for other, count in terms.items())
    }
    return table[~table["term"].isin(inside)]


def _with_examples(table: pd.DataFrame, feedback: pd.DataFrame, least: int) -> pd.DataFrame:
    """The table with the number of texts that hold each term, and the first of them."""
    lines = []
    for row in table.to_dict("records"):
        rows = feedback["text"].str.contains(row["term"], regex=False).fillna(False)
        if rows.sum() >= least:
            first = feedback[rows].iloc[0]
            measures = (row["cohesion"], row["freedom"], row["score"])
            lines.append((row["term"], int(rows.sum()), *measures, first["text"], str(first["feedback_id"])))
    return pd.DataFrame(lines, columns=COLUMNS)
