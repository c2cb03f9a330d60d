"""What the clause around a hit makes of it: denied, solved, imagined, asked, wished or plainly stated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import yaml

from voc_lib.text.matching import Corpus, Hits, Lexicon, covered, distance_back

MOODS = ("陈述", "否定", "已解决", "对比", "假设", "疑问", "愿望")
STATED, DENIED, SOLVED, OTHERS, IMAGINED, ASKED, WISHED = range(len(MOODS))
NEGATED = (DENIED, SOLVED, OTHERS, IMAGINED)
_GROUPS = {"others": OTHERS, "imagined": IMAGINED, "question": ASKED, "wish": WISHED}


@dataclass(frozen=True)
class Context:
    """The clause words of one chunk: negations by reach, and per mood the hits that are not guarded."""

    negations: tuple[tuple[int, Hits], ...]
    groups: dict[str, Hits]


@cache
def _lexicon() -> tuple[Lexicon, np.ndarray, dict[str, int], list[int]]:
    """All clause words in one automaton, the roles of each word (bits), the bits, the negations' reach."""
    raw = yaml.safe_load(files("voc_lib.tag").joinpath("clauses.yaml").read_text(encoding="utf-8"))
    roles: dict[str, list[str]] = {"guards": raw["guards"]}
    roles |= {kind: level["words"] for kind, level in raw["negation"].items()}
    for name in ("resolved", *_GROUPS):
        roles[name] = raw[name]["words"]
        roles[f"{name}_guards"] = raw[name]["guards"]
    bits = {role: 1 << i for i, role in enumerate(roles)}
    lexicon = Lexicon(word for words in roles.values() for word in words)
    mask = np.zeros(len(lexicon), dtype=np.int64)
    for role, words in roles.items():
        for word in Lexicon(words).words:
            mask[lexicon.number[word]] |= bits[role]
    return lexicon, mask, bits, [level["within"] for level in raw["negation"].values()]


def context(part: Corpus) -> Context:
    """The clause words found in a chunk."""
    lexicon, mask, bits, reach = _lexicon()
    hits = lexicon.hits(part)
    kinds = mask[hits.word]

    def role(name: str) -> Hits:
        return hits.where((kinds & bits[name]) > 0)

    guards = role("guards")
    negations = [_unguarded(role(name), guards) for name in ("near", "middle", "far")]
    groups = {name: _unguarded(role(name), role(f"{name}_guards")) for name in ("resolved", *_GROUPS)}
    return Context(tuple(zip(reach, negations, strict=True)), groups)


def _unguarded(hits: Hits, guards: Hits) -> Hits:
    return hits.where(~covered(hits.start, hits.end, guards))


def denied(starts: np.ndarray, part: Corpus, words: Context) -> np.ndarray:
    """Which positions stand within the reach of a negating word of their clause."""
    result = np.zeros(len(starts), dtype=bool)
    for reach, negations in words.negations:
        gap = distance_back(starts, part, negations)
        result |= (gap >= 0) & (gap <= reach)
    return result


def moods(
    starts: np.ndarray, ends: np.ndarray, part: Corpus, words: Context, *, keys: np.ndarray | None = None
) -> np.ndarray:
    """The mood (index into MOODS) of each span; `keys` are more positions where a negation counts (-1: none).

    Where several apply the order of MOODS decides, 陈述 last.
    """
    clause = part.clause(starts)
    result = np.zeros(len(starts), dtype=np.int8)
    for name, mood in reversed(_GROUPS.items()):
        if name in ("others", "imagined"):
            gap = distance_back(starts, part, words.groups[name])
            result[gap >= 0] = mood
        else:
            marked = np.unique(part.clause(words.groups[name].start))
            result[np.isin(clause, marked)] = mood
    result[_solved(ends, clause, part, words.groups["resolved"])] = SOLVED
    negative = denied(starts, part, words)
    if keys is not None:
        at = np.flatnonzero(keys >= 0)
        negative[at] |= denied(keys[at], part, words)
    result[negative] = DENIED
    return result


def judged(
    starts: np.ndarray, ends: np.ndarray, part: Corpus, *, keys: np.ndarray | None = None
) -> np.ndarray:
    """`moods` of spans, with clause words looked for only in clauses with a span and those after them."""
    clause = part.clause(starts)
    there = part.clause(keys[keys >= 0]) if keys is not None else clause[:0]
    small, shift = _around(np.concatenate([clause, there]), part)
    moved = None
    if keys is not None:
        moved = keys.copy()
        moved[keys >= 0] += shift[there]
    return moods(starts + shift[clause], ends + shift[clause], small, context(small), keys=moved)


def _around(clause: np.ndarray, part: Corpus) -> tuple[Corpus, np.ndarray]:
    """These clauses and those after them as a chunk; how far each clause of `part` has moved."""
    wanted = np.zeros(len(part.clauses) + 1, dtype=bool)
    wanted[clause] = wanted[clause + 1] = True
    kept = np.flatnonzero(wanted[:-1])
    edges = np.append(part.clauses, len(part.folded))
    first, last = edges[kept], edges[kept + 1]
    joined = np.flatnonzero(first[1:] == last[:-1])
    runs = zip(np.delete(first, joined + 1).tolist(), np.delete(last, joined).tolist(), strict=True)
    text = "".join([part.folded[a:b] for a, b in runs])
    begins = np.cumsum(last - first) - (last - first)
    shift = np.zeros(len(part.clauses), dtype=np.int64)
    shift[kept] = begins - first
    starts = begins[np.flatnonzero(np.diff(part.rows(first), prepend=-1))]
    return Corpus(text, text, 0, np.append(starts, len(text)), begins), shift


def _solved(ends: np.ndarray, clause: np.ndarray, part: Corpus, resolved: Hits) -> np.ndarray:
    """Spans with a solving word after them, in their clause or in the row's next one if it has no span."""
    if not len(resolved) or not len(ends):
        return np.zeros(len(ends), dtype=bool)
    at = part.clause(resolved.start)
    last = np.full(len(part.clauses) + 1, -1)
    np.maximum.at(last, at, resolved.start)
    own = last[clause] >= ends
    rows = part.clause_rows
    busy = np.zeros(len(part.clauses) + 1, dtype=bool)
    busy[clause] = True
    following = np.minimum(clause + 1, len(part.clauses) - 1)
    near = (
        (following > clause) & (rows[following] == rows[clause]) & ~busy[following] & (last[following] >= 0)
    )
    return own | near
