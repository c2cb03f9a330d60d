"""Speed and memory of tagging: rules alone and beside the bare automaton, a learned tagger, every dimension.

Texts are public reviews cut into clauses and put together again, when `../shared/data` is there; else clauses
of the built-in taxonomies. Prints rows/s and the peak memory of the process. What is set beside the bare
automaton or scikit-learn is processor time, the best of several runs in turn.
"""

from __future__ import annotations

import argparse
import re
import resource
import time
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import ahocorasick_rs
import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from voc_lib import schema, tag
from voc_lib.params import Params
from voc_lib.tag import learn, rules
from voc_lib.tag.matcher import matcher
from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.text.matching import Lexicon, corpora, fold

REVIEWS = Path(__file__).parents[1] / "../shared/data/chinese_nlp_corpus"
SEED = 20260901


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rules-rows", type=int, default=200_000)
    parser.add_argument("--lessons", type=int, default=5_000)
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    texts = sentences(max(options.rows, options.rules_rows), rng)
    print(f"{len(texts):,} texts, mean {texts.str.len().mean():.0f} characters; {memory()}")
    for phrases, patterns in ((500, 50), (5_000, 50), (20_000, 50)):
        taxonomy = made_up(texts, phrases, patterns, rng)
        if phrases == 500:
            beside_the_automaton(texts[: options.rules_rows], taxonomy)
            predictions(texts[: options.rules_rows], taxonomy, options.lessons)
        rows_per_second(texts[: options.rules_rows], taxonomy)
    every_dimension(texts[: options.rows], rng)


def rows_per_second(texts: pd.Series, taxonomy: Taxonomy) -> None:
    """Print the speed of rules (votes and decisions), matcher compiled before."""
    feedback = pd.DataFrame({"feedback_id": texts.index.astype("str"), "text": texts})
    rules.votes(feedback[:10], taxonomy)
    started, worked = time.perf_counter(), time.process_time()
    votes = rules.votes(feedback, taxonomy)
    voted, busy = time.perf_counter() - started, time.process_time() - worked
    rules.decide(votes, feedback, taxonomy)
    decided = time.process_time() - worked
    words, patterns = (sum(len(getattr(t, name)) for t in taxonomy.tags) for name in ("phrases", "patterns"))
    print(
        f"rules, {words:,} phrases, {patterns} regexes, {len(votes):,} hits: {len(texts) / voted:,.0f} rows/s"
    )
    print(f"  per processor second {len(texts) / busy:,.0f}, with decisions {len(texts) / decided:,.0f}")
    print(f"  {memory()}")


def beside_the_automaton(texts: pd.Series, taxonomy: Taxonomy) -> None:
    """Print what the rules reach of the speed of the bare automaton, which only finds the phrases.

    Bare: `ahocorasick_rs.AhoCorasick` over the same folded chunks, overlapping; and one pass of all patterns
    as one (`re`, over whole chunks). Rules add exact places, clauses, moods, evidence and the frame. Making
    the chunks is part of neither; what it costs is printed last.
    """
    plain = taxonomy.model_copy(
        update={"tags": tuple(t.model_copy(update={"patterns": ()}) for t in taxonomy.tags)}
    )
    feedback = pd.DataFrame({"feedback_id": texts.index.astype("str"), "text": texts})
    parts = list(corpora(texts))
    words = list(dict.fromkeys(fold(word) for tag in taxonomy.tags for word in tag.phrases))
    fast = ahocorasick_rs.Implementation.DFA
    automaton = ahocorasick_rs.AhoCorasick(words, store_patterns=False, implementation=fast)
    alternatives = re.compile("|".join(pattern for tag in taxonomy.tags for pattern in tag.patterns))
    engine, lexicon = matcher(plain), Lexicon(words)
    bare, regexes, places, found, phrases, both, chunks = best(
        lambda: [automaton.find_matches_as_indexes(part.folded, overlapping=True) for part in parts],
        lambda: [sum(1 for _ in alternatives.finditer(part.folded)) for part in parts],
        lambda: [lexicon.hits(part) for part in parts],
        lambda: [engine.find(part) for part in parts],
        lambda: rules.votes(feedback, plain, parts=parts),
        lambda: rules.votes(feedback, taxonomy, parts=parts),
        lambda: list(corpora(texts)),
    )
    for name, time_of, base in (
        (f"bare automaton, {len(words)} phrases", bare, bare),
        ("bare regex pass", regexes, regexes),
        ("places of the phrases", places, bare),
        ("hits with moods and evidence", found, bare),
        ("votes", phrases, bare),
        ("votes with regexes, against automaton and regex pass", both, bare + regexes),
        ("folding and cutting into clauses alone", chunks, bare),
        ("votes and that", phrases + chunks, bare),
    ):
        print(f"{name}: {len(texts) / time_of:,.0f} rows/s, {base / time_of:.0%}")


def predictions(texts: pd.Series, taxonomy: Taxonomy, lessons: int) -> None:
    """Print the speed of a learned tagger beside scikit-learn's vectorizer with the same coefficients.

    The tagger is taught what the rules of the taxonomy say of `lessons` texts.
    """
    feedback = pd.DataFrame({"feedback_id": texts.index.astype("str"), "text": texts})
    decided, _ = rules.decide(rules.votes(feedback, taxonomy), feedback, taxonomy)
    known = np.flatnonzero(decided["primary_tag"] != OTHER)[:lessons]
    started = time.process_time()
    tagger = learn.fit(texts.iloc[known], decided["tags"].iloc[known], taxonomy=taxonomy, seed=SEED)
    print(f"learn, {len(known):,} rows, {len(tagger.names)} tags: {time.process_time() - started:.1f} s")
    usual = TfidfVectorizer(
        analyzer="char", ngram_range=(1, 2), sublinear_tf=True, min_df=2, preprocessor=fold, dtype=np.float32
    ).fit(texts.iloc[known])
    some = texts[: len(texts) // 10]
    own, scores, plain = best(
        lambda: learn.predict(tagger, texts),
        lambda: tagger.model.scores(texts),
        lambda: usual.transform(some) @ tagger.model.coefficients,
    )
    n, slow = len(texts), len(some) / plain
    print(
        f"predict: {n / own:,.0f} rows/s, {n / own / slow:.1f} × scikit-learn's {slow:,.0f} for scores alone"
    )
    print(f"  scores alone: {n / scores:,.0f} rows/s, {n / scores / slow:.1f} ×; {memory()}")


def best(*calls: Callable[[], object], runs: int = 5) -> list[float]:
    """The least processor time of each call, run in turn so that a busy machine is busy for all."""
    times = np.full((runs, len(calls)), np.inf)
    for run in range(runs):
        for number, call in enumerate(calls):
            started = time.process_time()
            call()
            times[run, number] = time.process_time() - started
    return times.min(axis=0).tolist()


def every_dimension(texts: pd.Series, rng: np.random.Generator) -> None:
    """Print the time of `tag.label` on all texts."""
    history, customers, orders = tables(texts, rng)
    params = Params(name="bench", period="2026-09", sources=[{"name": "a", "path": "b"}])
    taxonomy = tag.load("ecommerce")
    started, worked = time.perf_counter(), time.process_time()
    labelled = tag.label(
        history, taxonomy, params, customers=customers, orders=orders, as_of=date(2026, 9, 30)
    )
    seconds, busy = time.perf_counter() - started, time.process_time() - worked
    rate = len(texts) / seconds
    print(
        f"label, {len(labelled.tagged):,} rows: {seconds:.1f} s ({busy:.1f} s of processor), "
        f"{rate:,.0f} rows/s; {memory()}"
    )


def tables(texts: pd.Series, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A history of the texts, and customers and orders to go with it."""
    n = len(texts)
    minutes = pd.to_timedelta(np.sort(rng.integers(0, 720 * 1440, n)), unit="min")
    people = np.array([f"C{i:016x}" for i in range(max(n // 4, 1))])
    who = rng.integers(0, len(people), n)
    history = pd.DataFrame(
        {
            "feedback_id": pd.Series(np.arange(n)).astype("str"),
            "customer_id": people[who],
            "created_at": pd.Timestamp("2024-10-01") + minutes,
            "channel": np.array(["电话", "在线客服", "微博", "应用商店"])[rng.integers(0, 4, n)],
            "source": "a",
            "text": texts.to_numpy(),
            "csat": np.where(rng.random(n) < 0.2, rng.integers(1, 6, n), np.nan),
            "file": "a.csv",
            "line": np.arange(n),
        }
    )
    orders = pd.DataFrame(
        {
            "order_id": pd.Series(np.arange(n)).astype("str"),
            "customer_id": people[rng.integers(0, len(people), n)],
            "ordered_at": pd.Timestamp("2024-10-01") + pd.to_timedelta(rng.integers(0, 720, n), unit="D"),
            "amount": rng.gamma(2, 100, n),
        }
    )
    customers = schema.empty(schema.CUSTOMERS)
    return schema.shape(history, schema.HISTORY), customers, schema.shape(orders, schema.ORDERS)


def sentences(n: int, rng: np.random.Generator) -> pd.Series:
    """`n` texts of one to six clauses."""
    clauses = np.array(_clauses(), dtype=object)
    sizes = rng.integers(1, 7, n)
    picked = clauses[rng.integers(0, len(clauses), int(sizes.sum()))].tolist()
    ends = np.cumsum(sizes)
    return pd.Series(["，".join(picked[b - k : b]) for b, k in zip(ends, sizes, strict=True)], dtype="str")


def _clauses() -> list[str]:
    if not REVIEWS.exists():
        return [
            text for name in tag.packs() for t in tag.load(name).tags for text in (*t.include, *t.phrases)
        ]
    files = ("waimai_10k.csv", "online_shopping_10_cats.csv")
    reviews = pd.concat([pd.read_csv(REVIEWS / file)["review"].dropna() for file in files])
    return sorted({c for text in reviews for c in re.split(r"[，。！？,!?\s]+", text) if 2 <= len(c) <= 25})


def made_up(texts: pd.Series, phrases: int, patterns: int, rng: np.random.Generator) -> Taxonomy:
    """A taxonomy of 20 tags whose phrases are snippets of the texts, three to five characters long."""
    words: dict[str, None] = {}
    for text in texts.sample(phrases * 6, random_state=SEED, replace=True):
        size = int(rng.integers(3, 6))
        at = int(rng.integers(0, max(len(text) - size, 1)))
        word = text[at : at + size].strip("，")
        if len(word) >= 3 and len(words) < phrases:
            words[word] = None
    chosen = list(words)
    regexes = [f"{a[:2]}[^，]{{0,8}}{b[:2]}" for a, b in pairwise(chosen[: patterns + 1])]
    regexes = [re.sub(r"[^\w\[\]^，{},]", "x", regex) for regex in regexes]
    tags = [
        Tag(
            name=f"标签{i}",
            code=f"T{i}",
            parent="甲",
            phrases=tuple(chosen[i::20]),
            patterns=tuple(regexes[i::20]),
        )
        for i in range(20)
    ]
    other = Tag(name="其他", code="OTHER", parent="甲")
    return Taxonomy(name="bench", attributes=("甲",), tags=(*tags, other))


def memory() -> str:
    """Peak memory of this process so far."""
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


if __name__ == "__main__":
    main()
