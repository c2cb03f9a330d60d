"""What the clause around a hit makes of it: denied, solved, imagined, asked, wished or plainly stated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from voc_lib.text.matching import Corpus, Hits, Lexicon, covered, distance_back, taken
from voc_lib.text.turns import APART, apart, elsewhere, turns
from voc_lib.yamlfile import shipped

MOODS = ("陈述", "否定", "已解决", "对比", "假设", "疑问", "愿望")
STATED, DENIED, SOLVED, OTHERS, IMAGINED, ASKED, WISHED = range(len(MOODS))
NEGATED = (DENIED, SOLVED, OTHERS, IMAGINED)
_GROUPS = ("imagined", "question", "which", "wish", "resolved", "solving", "past", "now", "better")
_SIMPLE = ("or", "gone", "none", "bit", "then", "again", "litotes", "rhetoric", "shaping", "shape")
BIT_REACH = 2  # characters between “一点” and what is not there
SOLVING_REACH = 8  # characters between “解决了” and the problem it solved


@dataclass(frozen=True)
class Context:
    """The clause words of one chunk: negations by name and reach, and per role the hits not guarded."""

    negations: dict[str, tuple[int, Hits]]
    groups: dict[str, Hits]


@cache
def _lexicon() -> tuple[Lexicon, np.ndarray, dict[str, int], dict[str, int]]:
    """All clause words in one automaton, the roles of each word (bits), the bits, the negations' reach."""
    raw = shipped("voc_lib.tag", "clauses.yaml") | turns()
    roles: dict[str, list[str]] = {"guards": raw["guards"] + raw["doubled"]}
    roles |= {kind: level["words"] for kind, level in raw["negation"].items()}
    for name in _GROUPS:
        roles[name] = raw[name]["words"]
        roles[f"{name}_guards"] = raw[name]["guards"]
    roles |= {name: raw[name] for name in _SIMPLE} | apart()
    bits = {role: 1 << i for i, role in enumerate(roles)}
    lexicon = Lexicon(word for words in roles.values() for word in words)
    mask = np.zeros(len(lexicon), dtype=np.int64)
    for role, words in roles.items():
        for word in Lexicon(words).words:
            mask[lexicon.number[word]] |= bits[role]
    return lexicon, mask, bits, {name: level["within"] for name, level in raw["negation"].items()}


@cache
def beside() -> tuple[str, ...]:
    """Words behind the name of a place or time at which something was."""
    return tuple(shipped("voc_lib.tag", "clauses.yaml")["beside"])


def context(part: Corpus) -> Context:
    """The clause words found in a chunk."""
    lexicon, mask, bits, reach = _lexicon()
    hits = lexicon.hits(part)
    kinds = mask[hits.word]

    def role(name: str) -> Hits:
        return hits.where((kinds & bits[name]) > 0)

    guards = role("guards")
    negations = {name: (within, _unguarded(role(name), guards)) for name, within in reach.items()}
    within, near = negations["near"]  # “不是” speaks for its “不”
    negations["near"] = within, near.where(~np.isin(near.start, negations["either"][1].start))
    groups = {name: _unguarded(role(name), role(f"{name}_guards")) for name in _GROUPS}
    groups |= {name: role(name) for name in (*_SIMPLE, *APART)}
    return Context(negations, groups)


def _unguarded(hits: Hits, guards: Hits) -> Hits:
    return hits.where(~covered(hits.start, hits.end, guards))


def denied(starts: np.ndarray, part: Corpus, words: Context, *, named: np.ndarray) -> np.ndarray:
    """Which positions stand within the reach of a negating word of their clause.

    Where `named` as one of two faults (“不是闪退就是卡顿”) a “不是” does not negate.
    """
    result = np.zeros(len(starts), dtype=bool)
    for name, (reach, negations) in words.negations.items():
        gap = distance_back(starts, part, negations)
        near = (gap >= 0) & (gap <= reach)
        result |= near & ~named if name == "either" else near
    return result


def moods(
    starts: np.ndarray, ends: np.ndarray, part: Corpus, words: Context, *, keys: np.ndarray | None = None
) -> np.ndarray:
    """The mood (index into MOODS) of each span; `keys` are more positions where a negation counts (-1: none).

    Where several apply the order of MOODS decides, 陈述 last.
    """
    clause = part.clause(starts)
    places = starts if keys is None else np.where(keys >= 0, keys, starts)
    result = np.zeros(len(starts), dtype=np.int8)
    result[_in_clauses(clause, words.groups["wish"], part)] = WISHED
    result[_asked(ends, clause, part, words)] = ASKED
    result[distance_back(starts, part, words.groups["imagined"]) >= 0] = IMAGINED
    result[elsewhere(starts, part, words.groups.__getitem__)] = OTHERS
    result[np.isin(ends, words.groups["then"].start)] = IMAGINED
    shaped = distance_back(starts, part, words.groups["shaping"]) >= 0
    result[shaped & (_last(words.groups["shape"], part)[clause] >= ends)] = IMAGINED
    named = _named(clause, part, words)
    negative = denied(starts, part, words, named=named)
    keyed = np.flatnonzero(places > starts)
    negative[keyed] |= denied(places[keyed], part, words, named=named[keyed])
    negative |= _crossed(ends, words.groups["litotes"])
    spans = Hits(clause, starts, ends)
    over = _solved(spans, clause[~negative], part, words) | _cured(places, part, words)
    result[over] = SOLVED
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
    return taken(part, wanted[:-1])


def _in_clauses(clause: np.ndarray, marks: Hits, part: Corpus) -> np.ndarray:
    """Which clauses hold one of the marks."""
    return _marked(part.clause(marks.start), part)[clause]


def _marked(clause: np.ndarray, part: Corpus) -> np.ndarray:
    """Per clause of the chunk, and one more, whether it is among these."""
    marked = np.zeros(len(part.clauses) + 1, dtype=bool)
    marked[clause] = True
    return marked


def _asked(ends: np.ndarray, clause: np.ndarray, part: Corpus, words: Context) -> np.ndarray:
    """Spans in a question, and those at or after a word like “什么时候”; not in a rhetorical one."""
    which = words.groups["which"].start
    first = np.full(len(part.clauses) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, part.clause(which), which)
    asked = _in_clauses(clause, words.groups["question"], part) | (first[clause] < ends)
    return asked & ~_in_clauses(clause, words.groups["rhetoric"], part)


def _named(clause: np.ndarray, part: Corpus, words: Context) -> np.ndarray:
    """Spans beside a “就是” that names another: in their clause, or at the start of a next one with spans."""
    turn = words.groups["or"].start
    following = np.minimum(clause + 1, len(part.clauses) - 1)
    next_too = (
        np.isin(part.clauses[following], turn) & _marked(clause, part)[following] & (following > clause)
    )
    return _in_clauses(clause, words.groups["or"], part) | next_too


def _crossed(ends: np.ndarray, by: Hits) -> np.ndarray:
    """Spans that end inside a hit: “态度不” in “态度不差”."""
    at = np.searchsorted(by.start, ends, "right") - 1
    near = np.maximum(at, 0)
    if not len(by):
        return np.zeros(len(ends), dtype=bool)
    return (at >= 0) & (by.start[near] < ends) & (ends < by.end[near])


def _cured(places: np.ndarray, part: Corpus, words: Context) -> np.ndarray:
    """Positions with “解决了” shortly before them in their clause, and no “又” or “还是” between."""
    gap = distance_back(places, part, words.groups["solving"])
    again = distance_back(places, part, words.groups["again"])
    return (gap >= 0) & (gap <= SOLVING_REACH) & ~((again >= 0) & (again < gap))


def _solved(spans: Hits, busy: np.ndarray, part: Corpus, words: Context) -> np.ndarray:
    """Spans with a solving word at or after their end, in their clause or in the row's next if not `busy`.

    “现在好了” in such a clause solves only what was said of the past.
    """
    clause = part.clause(spans.start)
    following = np.minimum(clause + 1, len(part.clauses) - 1)
    rows = part.clause_rows
    near = (following > clause) & (rows[following] == rows[clause]) & ~_marked(busy, part)[following]
    solved = np.isin(spans.end, words.groups["gone"].start)
    bit = distance_back(spans.start, part, words.groups["bit"])
    solved |= np.isin(spans.end, words.groups["none"].start) & (bit >= 0) & (bit <= BIT_REACH)
    past = distance_back(spans.start, part, words.groups["past"]) >= 0
    for marks, may in ((words.groups["resolved"], True), (_better(part, words), past)):
        last = _last(marks, part)
        solved |= ((last[clause] >= spans.end) | near & (last[following] >= 0)) & may
    # of a pair like 闪退…修复 the solving word is a part itself
    inside = _last(words.groups["solving"], part)[clause]
    return solved | (inside > spans.start)


def _last(marks: Hits, part: Corpus) -> np.ndarray:
    """Where the last mark of each clause begins; −1 where there is none."""
    last = np.full(len(part.clauses) + 1, -1)
    np.maximum.at(last, part.clause(marks.start), marks.start)
    return last


def _better(part: Corpus, words: Context) -> Hits:
    """The words “现在” of clauses that go on to say it is better."""
    now, better = words.groups["now"], words.groups["better"]
    last = _last(better, part)
    return now.where(last[part.clause(now.start)] >= now.end)
