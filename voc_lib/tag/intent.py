"""What a customer wants: 抱怨, 需求, 咨询, 表扬 or 其他."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from voc_lib.tag import beside, clauses, forms
from voc_lib.text.matching import Corpus, Hits, Lexicon, both, corpora, covered, distance_back
from voc_lib.yamlfile import shipped

CONCESSION = (
    r"(?:虽然|虽说|尽管)[^，,。！？!?]*[，,][^。！？!?]*(?:但|不过|可是|却)"  # 虽然有点贵，但是真的好用
)
WORDS = ("praise", "need", "inquiry", "ask", "complaint", "fault", "grievance", "danger", "grave", "turn")
HELPERS = ("thanks", "settle", "propose", "fast", "sinking", "rhetoric")  # words that judge other words
KINDS = (*WORDS, "solved", "proposal")
OPENING = 40  # a question so near to the beginning is what the text is about
SINKING_REACH = 6  # characters between “掉得” and “飞快”
JUDGED = ("praise", "complaint", "fault", "grievance", "danger", "grave")
WRONG = ("complaint", "fault", "grievance", "danger")
FORMS = (  # form, the intents it takes the place of, the intent it tells; in this order
    ("bitter", ("其他", "表扬", "咨询"), "抱怨"),
    ("reported", ("其他", "表扬"), "抱怨"),
    ("inquired", ("其他", "表扬", "需求", "抱怨"), "咨询"),
    ("lukewarm", ("抱怨", "表扬", "需求", "咨询"), "其他"),
    ("errand", ("其他", "抱怨", "咨询"), "需求"),
    ("plea", ("其他", "表扬", "抱怨", "咨询"), "需求"),
    ("help", ("其他", "咨询", "表扬", "抱怨"), "需求"),
    ("relief", ("其他", "抱怨"), "表扬"),
    ("praise", ("其他", "抱怨"), "表扬"),
    ("wish", ("其他", "表扬"), "需求"),
    ("question", ("其他", "表扬"), "咨询"),
    ("query", ("抱怨", "需求"), "咨询"),
    ("marred", ("其他", "表扬"), "抱怨"),
    ("wrong", ("其他",), "抱怨"),
    ("taught", ("咨询",), "表扬"),
)
DELIGHTED, GOOD, BAD = 0.5, 0.2, -0.2
NEVER = np.iinfo(np.int32).max  # the place of what is not said


def intent(
    texts: pd.Series,
    *,
    problems: np.ndarray | None = None,
    subjects: np.ndarray | None = None,
    solved: np.ndarray | None = None,
    sentiment: pd.Series | None = None,
    parts: Iterable[Corpus] | None = None,
) -> pd.Series:
    """The intent of each text; `problems` says where in it a problem is first stated (−1: nowhere).

    `subjects` are texts that name a subject of problems and perhaps nothing else. What is said first tells a
    wish or a question from a complaint: a wish with its reason after it is 需求, a problem that ends in a
    wish 抱怨, unless no wrong is told and the wish proposes something. Wishes to be heard and set right, and
    thanks for it, say nothing. Praise needs a word of praise that no “but” follows, and no danger;
    `sentiment` (−1..1) must be high where something is wrong. What is over, by `solved` too, is 表扬 as well.

    >>> intent(pd.Series(["太差了，要投诉", "建议增加夜间配送", "请问怎么退货", "师傅很热情", "嗯"])).tolist()
    ['抱怨', '需求', '咨询', '表扬', '其他']
    """
    said = cues(texts, parts=parts)
    first = {kind: said[kind].to_numpy() for kind in KINDS}
    stated = np.full(len(texts), NEVER)
    if problems is not None:
        stated = np.where(np.asarray(problems) >= 0, problems, NEVER)
    wrong = np.minimum.reduce([stated, *(first[kind] for kind in WRONG)])
    happens = {kind: place < NEVER for kind, place in first.items()}
    feeling = happens["praise"].astype("float64") if sentiment is None else sentiment.fillna(0).to_numpy()
    named = np.zeros(len(texts), dtype=bool) if subjects is None else np.asarray(subjects, dtype=bool)
    over = happens["solved"] | (False if solved is None else np.asarray(solved, dtype=bool))
    serious = happens["complaint"] | happens["grievance"] | happens["danger"]
    mixed = happens["praise"] & happens["turn"] & (feeling < DELIGHTED)
    praised = happens["praise"] & ~mixed
    glad = praised & ~happens["danger"]
    after = happens["turn"] & (wrong > first["turn"]) & (wrong < NEVER)
    outweighed = glad & (feeling >= DELIGHTED) & ~after
    outweighed |= _conceded(texts, glad & (feeling > GOOD) & (wrong < first["praise"]))
    choices = [
        (first["need"] < wrong, "需求"),
        (first["inquiry"] < wrong, "咨询"),
        ((first["ask"] < np.minimum(wrong, OPENING)) & ~happens["complaint"] & ~happens["danger"], "咨询"),
        (happens["proposal"] & ~serious, "需求"),
        (happens["inquiry"] & ~serious, "咨询"),
        ((wrong < NEVER) & ~outweighed, "抱怨"),
        (happens["ask"], "咨询"),
        (praised & (feeling > 0), "表扬"),
        (over & (feeling >= 0), "表扬"),
        (mixed | (feeling < BAD) | named | happens["grave"], "抱怨"),
    ]
    values = np.select([mask for mask, _ in choices], [word for _, word in choices], default="其他")
    mild = (wrong == NEVER) & ~happens["grave"] & ~mixed
    faint = (stated == NEVER) & (wrong == first["fault"]) & ~serious
    several = texts.str.contains("[，,。！；].").fillna(False).to_numpy(dtype=bool)
    unangry = ~happens["complaint"] & ~happens["grievance"]
    read = forms.read(texts)
    where = {
        "bitter": ~happens["inquiry"],
        "reported": ~(praised & (feeling > GOOD) & (wrong == NEVER)),
        "inquired": unangry & ~happens["danger"],
        "lukewarm": mild | faint,
        "errand": ~happens["complaint"] & ~happens["danger"] & ~forms.told(read, "reported", among=~mild),
        "plea": unangry,
        "relief": mild & several & ~happens["turn"],
        "query": ~serious & ~happens["fault"] & ~happens["grave"],
        "marred": np.ones(len(texts), dtype=bool),
    }
    values = _formed(values, read, where=where, mild=mild)
    return pd.Series(values, index=texts.index, name="intent", dtype="str")


def _formed(
    values: np.ndarray, read: pl.Series, *, where: dict[str, np.ndarray], mild: np.ndarray
) -> np.ndarray:
    """The intents with those told by the form of the sentence: `where` it may speak, else if `mild`."""
    values = values.astype(object)
    for form, replaced, name in FORMS:
        among = np.isin(values, replaced) & where.get(form, mild)
        values[forms.told(read, form, among=among)] = name
    return values


def _conceded(texts: pd.Series, asked: np.ndarray) -> np.ndarray:
    """Which of the texts asked about grant their fault only to praise after it."""
    result = asked.copy()
    result[asked] = texts[asked].str.contains(CONCESSION, regex=True).fillna(False).to_numpy(dtype=bool)
    return result


def cues(texts: pd.Series, *, parts: Iterable[Corpus] | None = None) -> pd.DataFrame:
    """Where the first word of each kind (columns KINDS) stands in every text, NEVER where there is none.

    `turn` is the first “but” after all praise, `solved` a word of complaint about what is over.
    """
    places = [_places(part) for part in (corpora(texts) if parts is None else parts)]
    table = np.concatenate(places) if places else np.zeros((0, len(KINDS)), dtype=np.int64)
    return pd.DataFrame(table, index=texts.index, columns=list(KINDS))


@cache
def _lexicon() -> tuple[Lexicon, dict[str, np.ndarray]]:
    """One automaton of all words, and per kind and per kind's guards which words belong to it."""
    raw = _read("intent.yaml")
    urgent, around = _read("urgency.yaml"), _read("clauses.yaml")
    raw["danger"] = {"words": urgent["danger"], "guards": urgent["guards"]}
    raw["grave"] = {"words": urgent["grave"], "guards": urgent["guards"]}
    raw["rhetoric"] = {"words": around["rhetoric"], "guards": []}
    raw["ask"] = {
        part: [word for group in (raw["ask"], around["question"], around["which"]) for word in group[part]]
        for part in ("words", "guards")
    }
    raw = {name: {**kind, "words": [*kind["words"], *_around(kind)]} for name, kind in raw.items()}
    groups = {f"{kind}.{part}": both[part] for kind, both in raw.items() for part in ("words", "guards")}
    lexicon = Lexicon(word for words in groups.values() for word in words)
    return lexicon, {name: lexicon.mask(words) for name, words in groups.items()}


def _around(kind: dict[str, list[str]]) -> list[str]:
    """The words of a kind that are one of its `letters` in each of the forms `around` it: 这么差."""
    return [
        form.replace("*", letter) for letter in kind.get("letters", []) for form in kind.get("around", [])
    ]


def _read(name: str) -> dict[str, Any]:
    return shipped("voc_lib.tag", name)


def _places(part: Corpus) -> np.ndarray:
    found = _judged(_words(part), part)
    table = np.full((len(part), len(KINDS)), NEVER, dtype=np.int64)
    for kind, words in found.items():
        if kind != "turn" and kind in KINDS:
            np.minimum.at(table[:, KINDS.index(kind)], part.rows(words.start), words.start)
    last = np.full(len(part), -1)
    np.maximum.at(last, part.rows(found["praise"].start), found["praise"].start)
    turn = found["turn"]
    turn = turn.where(turn.start > last[part.rows(turn.start)])
    np.minimum.at(table[:, KINDS.index("turn")], part.rows(turn.start), turn.start)
    return np.where(table < NEVER, table - part.starts[:-1, None], NEVER)


def _words(part: Corpus) -> dict[str, Hits]:
    """The words of each kind outside their guards, without those that their clause or text makes void."""
    lexicon, groups = _lexicon()
    hits = lexicon.hits(part)
    found = {}
    for kind in (*WORDS, *HELPERS):
        words, guards = (hits.where(groups[f"{kind}.{name}"][hits.word]) for name in ("words", "guards"))
        found[kind] = words.where(~covered(words.start, words.end, guards))
    for kind in ("ask", "inquiry"):
        found[kind] = found[kind].where(~_beside(found[kind], found["rhetoric"], part))
    harmed, pressed = beside.said(part)
    found["danger"], found["grave"] = both(found["danger"], harmed), both(found["grave"], pressed)
    return _praised(_wished(found, part), part)


def _beside(words: Hits, others: Hits, part: Corpus) -> np.ndarray:
    """Which words have one of the others in their clause."""
    return np.isin(part.clause(words.start), part.clause(others.start))


def _wished(found: dict[str, Hits], part: Corpus) -> dict[str, Hits]:
    """The words without wishes that only ask to be set right, and a kind more: wishes that propose."""
    need = found["need"]
    proposing = _beside(need, found["propose"], part)
    void = _beside(need, found["settle"], part) & ~proposing
    return {**found, "need": need.where(~void), "proposal": need.where(proposing), "request": need}


def _praised(found: dict[str, Hits], part: Corpus) -> dict[str, Hits]:
    """The words with thanks as praise where nothing is asked for, and speed as a fault where things sink."""
    thanks, praise = found["thanks"], found["praise"]
    asking = [part.rows(found[kind].start) for kind in ("request", "ask", "inquiry", "settle")]
    thanks = thanks.where(~np.isin(part.rows(thanks.start), np.concatenate(asking)))
    gap = distance_back(found["fast"].start, part, found["sinking"])
    sunk = found["fast"].where((gap >= 0) & (gap <= SINKING_REACH))
    praise = praise.where(~np.isin(praise.end, sunk.end))
    return {**found, "praise": both(praise, thanks), "fault": both(found["fault"], sunk)}


def _judged(found: dict[str, Hits], part: Corpus) -> dict[str, Hits]:
    """The words with those denied, solved, imagined or asked left out, and a kind more: those solved."""
    found = dict(found)
    spans = [found[kind] for kind in JUDGED]
    start, end = (np.concatenate([getattr(hits, edge) for hits in spans]) for edge in ("start", "end"))
    mood = clauses.judged(start, end, part)
    said = np.isin(mood, (clauses.STATED, clauses.WISHED))
    edges = np.cumsum([0, *map(len, spans)])
    for number, kind in enumerate(JUDGED):
        found[kind] = spans[number].where(said[edges[number] : edges[number + 1]])
    solved = np.flatnonzero(mood == clauses.SOLVED)
    return {**found, "solved": Hits(solved, start[solved], end[solved])}
