"""New words: what customers say that no rule knows, found in 其他 by cohesion and freedom of neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd
import yaml

from voc_lib import schema
from voc_lib.tag.matcher import matcher
from voc_lib.tag.problem import PRAISE
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.text.matching import Corpus, Lexicon, corpora, fold
from voc_lib.text.phrases import negators
from voc_lib.text.segmentation import Segmenter
from voc_lib.text.segmentation import stopwords as house_stopwords

PLACEHOLDER = "标签名"
MASKED = r"\[[^\[\]]{1,8}\]"  # what stands where personal data was: no word of the customer
LATIN = re.compile(r"[a-z][a-z0-9+#]*")  # VIP通道: a Latin word counts as one character
LONGEST = 6
COHESION, FREEDOM = 2.0, 0.8  # log2 of how much more often than by chance; entropy (bits) of the poorer side
COLUMNS = ["term", "n", "cohesion", "freedom", "score", "example", "feedback_id"]
FIRST, LAST = 0xF0000, 0x10FFFD  # private code points, which no text holds
_WIDTH = 1 << 21  # code points fit in 21 bits


def candidates(
    feedback: pd.DataFrame,
    taxonomy: Taxonomy | None = None,
    *,
    top: int = 50,
    least: int = 5,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Words said in at least `least` texts that no phrase of the taxonomy holds, best first: columns COLUMNS.

    `cohesion`: pointwise mutual information of the weakest cut; `freedom`: entropy of the neighbours on the
    poorer side; score = √n · cohesion · freedom. Two to six Han characters or Latin words; words of the
    segmenter's own dictionary come first whatever their measures, names of products never.
    """
    known = [] if taxonomy is None else [word for tag in taxonomy.tags for word in (*tag.phrases, *tag.weak)]
    products = _folded(segmenter.names if segmenter else ())
    texts = feedback["text"].astype("str").str.replace(MASKED, "，", regex=True).drop_duplicates()
    latin: dict[str, str] = {}
    parts = list(corpora(texts))
    codes = np.concatenate([np.zeros(0, np.int64), *(_codes(part.folded, latin) for part in parts)])
    table = _measured(codes, _counts(codes), least, {ord(sign): word for word, sign in latin.items()})
    dull = house_stopwords() if stopwords is None else frozenset(stopwords)
    table = table[np.array([_edges(term, dull) for term in table["term"]], dtype=bool)]
    if segmenter and segmenter.words:
        table = pd.concat([_own(segmenter.words, parts), table]).drop_duplicates("term")
    new = _new(table["term"], _folded(known)) & ~table["term"].isin(products)
    table = table[new].sort_values(["score", "n", "term"], ascending=[False, False, True])
    return _with_examples(_longest(table), feedback, least, top)


def as_yaml(terms: Iterable[str], tag: str) -> str:
    """The terms as one line that adds them to a tag the taxonomy has, to be pasted as it is below its tags.

    >>> print(as_yaml(["不出票", "座位被占"], "功能异常"))
      - {name: 功能异常, phrases: [不出票, 座位被占]}
    <BLANKLINE>
    """
    piece = {"name": tag, "phrases": list(terms)}
    line = yaml.safe_dump(piece, allow_unicode=True, default_flow_style=True, sort_keys=False, width=1e9)
    return f"  - {line.strip()}\n"


def unknown(
    feedback: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    top: int = 50,
    least: int = 5,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """`candidates` in the texts the taxonomy's rules leave untouched."""
    found = matcher(taxonomy)
    rows = np.concatenate(
        [np.zeros(0, np.int64), *(found.find(part).row for part in corpora(feedback["text"]))]
    )
    untouched = np.ones(len(feedback), dtype=bool)
    untouched[rows] = False
    return candidates(
        feedback[untouched], taxonomy, top=top, least=least, segmenter=segmenter, stopwords=stopwords
    )


def table(
    issues: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    top: int = 50,
    least: int = 5,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
) -> pd.DataFrame:
    """《新词候选》: schema.NEW_WORDS, what problems no rule knows say, with the YAML that adds each word."""
    problems = issues[issues["intent"] != PRAISE].reset_index(drop=True)
    found = unknown(problems, taxonomy, top=top, least=least, segmenter=segmenter, stopwords=stopwords)
    pieces = [as_yaml([term], PLACEHOLDER).rstrip() for term in found["term"]]
    return schema.shape(found.assign(yaml=pd.Series(pieces, dtype="str")), schema.NEW_WORDS)


def _codes(text: str, latin: dict[str, str]) -> np.ndarray:
    """Code points; a Latin word is one sign, noted in `latin`; what is no letter is 0 and separates words."""
    text = LATIN.sub(lambda match: latin.setdefault(match[0], chr(min(FIRST + len(latin), LAST))), text)
    codes = np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32).astype(np.int64)
    letters = (codes >= 0x4E00) & (codes < 0xA000) | (codes >= FIRST) & (codes < LAST)
    return np.append(np.where(letters, codes, 0), 0)


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
    codes: np.ndarray,
    counts: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]],
    least: int,
    latin: dict[int, str],
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
        terms = ["".join(latin.get(c, chr(c)) for c in codes[at : at + size].tolist()) for at in first]
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


def _own(words: Iterable[str], parts: list[Corpus]) -> pd.DataFrame:
    """Words of one's own dictionary that are said: people know that they are words."""
    lexicon = Lexicon(words)
    counts = sum(np.bincount(lexicon.hits(part).word, minlength=len(lexicon)) for part in parts)
    table = pd.DataFrame({"term": pd.Series(lexicon.words, dtype="str"), "n": counts})
    return table[table["n"] > 0].assign(cohesion=np.inf, freedom=np.inf, score=np.inf)


def _folded(words: Iterable[str]) -> list[str]:
    return fold("\n".join(words)).split("\n") if words else []


def _edges(term: str, dull: frozenset[str]) -> bool:
    """Whether the term is no stop word and none begins or ends it but one that denies: 不出票."""
    edges = {edge for k in range(1, len(term)) for edge in (term[:k], term[-k:])}
    return term not in dull and not (edges - negators()) & dull


def _new(terms: pd.Series, known: list[str]) -> np.ndarray:
    """Which terms neither hold a known phrase nor are part of one."""
    new = [not any(word in term or term in word for word in known) for term in terms]
    return np.array(new, dtype=bool)


def _longest(table: pd.DataFrame) -> pd.DataFrame:
    """Without words that nearly always stand inside a longer one of the table."""
    terms = dict(zip(table["term"], table["n"], strict=True))
    inside = {
        term
        for term, n in terms.items()
        if any(term != other and term in other and count >= 0.7 * n for other, count in terms.items())
    }
    return table[~table["term"].isin(inside)]


def _with_examples(table: pd.DataFrame, feedback: pd.DataFrame, least: int, top: int) -> pd.DataFrame:
    """The first `top` terms that enough texts hold, spelt as in the first of these, which stands beside."""
    texts = pd.Series([text for part in corpora(feedback["text"]) for text in part.texts()], dtype="str")
    lines = []
    for row in table.head(top * 2).to_dict("records"):
        rows = np.flatnonzero(texts.str.contains(row["term"], regex=False))
        if len(rows) >= least:
            first = feedback.iloc[rows[0]]
            at = texts.iloc[rows[0]].index(row["term"])
            term = str(first["text"])[at : at + len(row["term"])]
            measures = (row["cohesion"], row["freedom"], row["score"])
            lines.append((term, len(rows), *measures, first["text"], str(first["feedback_id"])))
    return pd.DataFrame(lines[:top], columns=COLUMNS)
