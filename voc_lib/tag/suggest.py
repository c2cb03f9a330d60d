"""Cold start: groups of what no rule speaks of, as tags with their words, ready to be accepted."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from voc_lib.tag import rules
from voc_lib.tag.taxonomy import OTHER, Tag, Taxonomy
from voc_lib.text import titles
from voc_lib.text.keywords import MASK, log_odds
from voc_lib.text.matching import corpora, fold
from voc_lib.text.numbers import distinct
from voc_lib.text.segmentation import Segmenter, plain, stopwords

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

QUOTES, WORDS, PHRASES = 5, 2, 24  # shown of a group, in its name, as its rules
LEAST, SHARE = 5, 0.01  # a group holds so many texts, and this share of those without a tag
SURE = 0.7  # share of a phrase's texts that its group must hold
MOST, ROWS = 12, 20_000  # groups tried, texts read
SPACE = 12  # dimensions the texts are grouped in
MUCH = 0.6  # share of the texts above which a word tells none of them apart
TOGETHER = 3  # texts that must hold both of two words
ALIKE = 0.6  # cosine above which two groups are one


@dataclass(frozen=True)
class Group:
    """Texts that speak of one thing: the words that find them, how many, which share now and before."""

    name: str
    phrases: tuple[str, ...]
    n: int
    share: float
    before: float | None
    quotes: tuple[str, ...]

    @property
    def code(self) -> str:
        """A code that only the name decides, so that the same group keeps it."""
        return f"S-{zlib.crc32(self.name.encode()):08X}"


def groups(
    problems: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    now: np.ndarray,
    segmenter: Segmenter | None = None,
    seed: int = 0,
) -> list[Group]:
    """The groups among the problems that carry 其他, the biggest of the period (`now`) first.

    `problems` holds `text` (masked) and `primary_tag`, the latest last; words are learned from all periods.
    Shares are of all problems of the period, `before` of those of the others, None without any.
    """
    rows = problems.reset_index(drop=True)
    other = (rows["primary_tag"] == OTHER).to_numpy()
    bare = np.flatnonzero(other)[-ROWS:]
    least = max(LEAST, int(np.ceil(SHARE * (other & now).sum())))
    if (other & now).sum() < 2 * least:
        return []
    known = [word for tag in taxonomy.tags for word in (*tag.phrases, *tag.weak)]
    spoken = words(rows["text"].iloc[bare], known, least=least, segmenter=segmenter, seed=seed)
    return _verified(spoken, rows, taxonomy, now, least)


def words(
    texts: pd.Series,
    known: Iterable[str] = (),
    *,
    least: int = LEAST,
    segmenter: Segmenter | None = None,
    seed: int = 0,
) -> list[list[str]]:
    """Per thing the texts speak of the words that find it, the biggest first; none of them is `known`.

    A group of words finds at least `least` texts; same texts and seed, same words.
    """
    masked = texts.astype("str").str.replace(MASK, "，", regex=True)
    grams, terms = _counted(masked, segmenter or plain(), least)
    return _phrases(grams, terms, _clustered(grams, seed), least, frozenset(map(fold, known)))


def _counted(texts: pd.Series, segmenter: Segmenter, least: int) -> tuple[csr_matrix, np.ndarray]:
    """Which words and pairs of neighbouring words each text holds, and these: neither rare nor in most."""
    from scipy.sparse import csr_matrix

    folded = [text for part in corpora(texts, clauses=False) for text in part.texts()]
    row, code, terms = _terms(list(map(segmenter.cut, folded)))
    held = distinct(row * max(len(terms), 1) + code)
    row, code = held // max(len(terms), 1), held % max(len(terms), 1)
    often = np.bincount(code, minlength=len(terms))
    kept = (often >= max(2, least // 3)) & (often <= MUCH * len(folded))
    if not kept.any():
        return csr_matrix((len(folded), 1), dtype=np.int64), np.array(["无"])
    number = np.argsort(np.argsort(terms[kept]))
    place = np.zeros(len(terms), dtype=np.int64)
    place[kept] = number
    row, code = row[kept[code]], code[kept[code]]
    ends = np.cumsum(np.bincount(row, minlength=len(folded)))
    parts = np.ones(len(row), dtype=np.int64), place[code], np.append(0, ends)
    return csr_matrix(parts, shape=(len(folded), len(number))), np.sort(terms[kept])


def _terms(cut: list[list[str]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The text and number of each word and pair of Chinese, in order, of a text its words first; and these.

    They are numbered as they are first seen.
    """
    row = np.repeat(np.arange(len(cut)), np.fromiter(map(len, cut), np.int64, len(cut)))
    word, words = pd.factorize(np.array(list(chain.from_iterable(cut)), dtype=object))
    dull, size = stopwords(), np.fromiter(map(len, words), np.int64, len(words))
    han = np.fromiter(map(_han, words), bool, len(words))
    telling = han & (size > 1) & np.fromiter((each not in dull for each in words), bool, len(words))
    one, both = np.flatnonzero(telling[word]), size[word[:-1]] + size[word[1:]]
    beside = (row[:-1] == row[1:]) & han[word[:-1]] & han[word[1:]]
    two = np.flatnonzero(beside & (both > 2) & (both < 7))
    pair, pairs = pd.factorize(word[two] * len(words) + word[two + 1])
    joined = [words[each // len(words)] + words[each % len(words)] for each in pairs]
    name, terms = pd.factorize(np.array([*words, *joined], dtype=object))
    at = np.concatenate([row[one], row[two]])
    order = np.argsort(at, kind="stable")
    code, seen = pd.factorize(np.concatenate([name[word[one]], name[len(words) + pair]])[order])
    return at[order], code, terms[seen]


def _han(word: str) -> bool:
    return all("\u3400" <= sign <= "\u9fff" for sign in word)


def _clustered(grams: csr_matrix, seed: int) -> np.ndarray:
    """The group of each text; −1 for a text without words.

    A text is the mean of its words, a word what it stands beside more often than by chance (positive
    pointwise mutual information, Levy & Goldberg 2014): two faults of one thing meet though they share none.
    """
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import normalize

    said = np.flatnonzero(np.asarray(grams.sum(axis=1)).ravel() > 0)
    label = np.full(grams.shape[0], -1)
    if len(said) < 2 * LEAST or grams.shape[1] < 3:
        return label
    dense = normalize(grams[said] @ _meanings(grams[said], seed))
    said, dense = said[dense.any(axis=1)], dense[dense.any(axis=1)]
    size = min(MOST, len(said) // LEAST, grams.shape[1] - 1, len(np.unique(dense, axis=0)))
    if size < 2:
        return label
    model = KMeans(size, n_init=4, random_state=seed).fit(dense)
    label[said] = _joined(normalize(model.cluster_centers_))[model.labels_]
    return label


def _meanings(grams: csr_matrix, seed: int) -> np.ndarray:
    """A vector for each term, of the terms it stands beside."""
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    n, often = grams.shape[0], np.asarray(grams.sum(axis=0)).ravel()
    beside = (grams.T.astype("float64") @ grams).tocoo()
    more = np.log(beside.data * n / (often[beside.row] * often[beside.col]))
    keep = (beside.row != beside.col) & (beside.data >= TOGETHER) & (more > 0)
    size = (len(often), len(often))
    table = csr_matrix((more[keep], (beside.row[keep], beside.col[keep])), shape=size)
    if not table.nnz:  # no word stands beside another more often than by chance
        return np.zeros((len(often), 1))
    return normalize(TruncatedSVD(min(SPACE, len(often) - 1), random_state=seed).fit_transform(table))


def _joined(centres: np.ndarray) -> np.ndarray:
    """For each group the number of the one it is joined to: those whose middles point the same way."""
    from sklearn.cluster import AgglomerativeClustering

    model = AgglomerativeClustering(
        n_clusters=None, distance_threshold=1 - ALIKE, metric="cosine", linkage="average"
    )
    return model.fit(centres).labels_


def _phrases(
    grams: csr_matrix, terms: np.ndarray, label: np.ndarray, least: int, known: frozenset[str]
) -> list[list[str]]:
    """Per group the words that find its texts and few others, each adding texts; the most used word first.

    Big groups come first.
    """
    if not (label >= 0).any():
        return []
    held = grams.tocsc()
    total = np.asarray(held.sum(axis=0)).ravel()
    sizes = np.bincount(label[label >= 0])
    inside = np.stack([np.asarray(held[label == k].sum(axis=0)).ravel() for k in range(len(sizes))])
    scores = log_odds(inside) if len(sizes) > 1 else inside
    free = np.array([term not in known for term in terms])
    found = []
    for k in np.argsort(-sizes, kind="stable"):
        sure = free & (inside[k] >= SURE * total) & (inside[k] >= max(2, least // 3)) & (scores[k] > 0)
        order = [i for i in np.argsort(-scores[k], kind="stable") if sure[i]]
        chosen = _covering(held, order, terms)
        if chosen:
            found.append([str(terms[i]) for i in sorted(chosen, key=lambda i: -inside[k, i])])
    return found


def _covering(held: csr_matrix, order: Sequence[int], terms: np.ndarray) -> list[int]:
    """The first terms in this order that hold texts the ones before do not, none within another."""
    seen = np.zeros(held.shape[0], dtype=bool)
    chosen: list[int] = []
    for i in order:
        rows = held.indices[held.indptr[i] : held.indptr[i + 1]]
        if seen[rows].all() or any(terms[j] in terms[i] or terms[i] in terms[j] for j in chosen):
            continue
        seen[rows] = True
        chosen.append(i)
        if len(chosen) == PHRASES:
            break
    return chosen


def _verified(
    found: Sequence[Sequence[str]], rows: pd.DataFrame, taxonomy: Taxonomy, now: np.ndarray, least: int
) -> list[Group]:
    """The groups as the rules read their words: those that hold enough texts, with their counts."""
    groups = named(found, taxonomy)
    if not groups:
        return []
    extended = with_groups(taxonomy, groups)
    decided, evidence = rules.decide(rules.votes(rows, extended), rows, extended)
    spoken = frozenset(evidence["rule"].dropna())
    made = [
        _measured(group, spoken, (decided["primary_tag"] == group.name).to_numpy(), rows, now)
        for group in groups
    ]
    kept = [group for group in made if group.n >= least and group.phrases]
    kept = titled(kept, rows["text"], decided["primary_tag"], taxonomy)
    return sorted(kept, key=lambda group: (-group.n, group.name))


def named(found: Iterable[Sequence[str]], taxonomy: Taxonomy) -> list[Group]:
    """The groups under a name made of their first words; one word belongs to one group."""
    taken: set[str] = set()
    groups: list[Group] = []
    for spoken in found:
        own = [word for word in spoken if word not in taken]
        taken.update(own)
        name = "·".join(own[:WORDS])
        if own and name not in taxonomy.aliases and name not in {group.name for group in groups}:
            groups.append(Group(name, tuple(own), 0, 0.0, None, ()))
    return groups


def titled(
    groups: Sequence[Group],
    texts: pd.Series,
    belongs: pd.Series,
    taxonomy: Taxonomy,
    *,
    segmenter: Segmenter | None = None,
) -> list[Group]:
    """The groups under what their texts (`belongs`: the name of each one's group) say in their own words.

    A group keeps its name where its texts say nothing of their own, or another bears that title.
    """
    number = {group.name: place for place, group in enumerate(groups)}
    label = belongs.map(number).fillna(-1).to_numpy("int64")
    told = titles.titles(texts, label, segmenter=segmenter)
    taken, made = {*taxonomy.aliases, *number}, []
    for place, group in enumerate(groups):
        name = told.get(place, group.name)
        made.append(group if name in taken else replace(group, name=name))
        taken.add(name)
    return made


def _measured(
    group: Group, spoken: frozenset[str], hit: np.ndarray, rows: pd.DataFrame, now: np.ndarray
) -> Group:
    earlier = ~now
    quotes = rows.loc[hit & now, "text"].astype("str").drop_duplicates().head(QUOTES)
    return replace(
        group,
        phrases=tuple(word for word in group.phrases if word in spoken),
        n=int((hit & now).sum()),
        share=float(hit[now].mean()),
        before=float(hit[earlier].mean()) if earlier.any() else None,
        quotes=tuple(quotes),
    )


def left(problems: pd.DataFrame, taxonomy: Taxonomy) -> float:
    """The share of problems (columns of `groups`) that carry 其他 by a taxonomy's rules."""
    rows = problems.reset_index(drop=True)
    return float((rules.primary(rules.votes(rows, taxonomy), rows, taxonomy) == OTHER).mean())


def sorted_into(groups: Sequence[Group], rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    """The group each row (columns of `groups`) speaks of most, by the rules its words make; 其他 for none."""
    other = taxonomy.tag(OTHER)
    silent = Tag(name=OTHER, code=other.code, parent=other.parent)
    extended = with_groups(taxonomy.model_copy(update={"tags": (silent,)}), groups)
    return rules.primary(rules.votes(rows, extended), rows, extended)


def with_groups(taxonomy: Taxonomy, accepted: Sequence[Group]) -> Taxonomy:
    """The taxonomy with the groups as tags."""
    made = [Tag.model_validate(entry) for entry in entries(accepted, taxonomy)]
    return taxonomy.model_copy(update={"tags": (*taxonomy.tags, *made)})


def entries(accepted: Sequence[Group], taxonomy: Taxonomy) -> list[dict[str, object]]:
    """The groups as `tags` of a taxonomy file; one under the name of a tag there is adds its words to it."""
    return [_entry(group, taxonomy) for group in accepted]


def _entry(group: Group, taxonomy: Taxonomy) -> dict[str, object]:
    if group.name in taxonomy.names:
        return {"name": group.name, "phrases": list(group.phrases)}
    return {
        "name": group.name,
        "code": group.code,
        "parent": taxonomy.attributes[0],
        "definition": f"由 “{OTHER}” 归纳，请改成自己的话。",
        "phrases": list(group.phrases),
        "negatable": False,
    }


def as_yaml(accepted: Sequence[Group], taxonomy: Taxonomy, *, extends: str) -> str:
    """A taxonomy file that adds the groups to `extends`."""
    head = f"# 由 “{OTHER}” 归纳的建议：改名、删改短语后使用。\nextends: {extends}\ntags:\n"
    return head + listed(accepted, taxonomy)


def listed(accepted: Sequence[Group], taxonomy: Taxonomy) -> str:
    """The groups as lines below `tags`, the size, growth and quotes as comments."""
    lines = []
    for group, entry in zip(accepted, entries(accepted, taxonomy), strict=True):
        lines += [f"  # {line}\n" for line in said(group)]
        body = yaml.safe_dump(
            [entry], allow_unicode=True, sort_keys=False, width=110, default_flow_style=None
        )
        lines += [f"  {line}\n" for line in body.splitlines()]
    return "".join(lines)


def said(group: Group) -> Iterator[str]:
    """Size, growth and quotes of a group, a line each."""
    grown = "" if group.before is None else f"，此前 {group.before:.1%}"
    yield f"{group.name}：{group.n} 条，占 {group.share:.1%}{grown}"
    yield from (f"“{' '.join(quote.split())[:60]}”" for quote in group.quotes)
