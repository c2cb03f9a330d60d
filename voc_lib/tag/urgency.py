"""How urgent a problem is (P0, P1, P2), why, until when it is to be solved, and who takes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from voc_lib import schema, workcal
from voc_lib.engine import LOCAL, Engine, lines
from voc_lib.params import Sla
from voc_lib.schema import URGENCIES
from voc_lib.tag import alarm, beside, clauses
from voc_lib.tag.memory import Memory, recall
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.trouble import SHORT
from voc_lib.text.boundaries import broken
from voc_lib.text.matching import Corpus, Hits, Lexicon, both, corpora, covered
from voc_lib.text.numbers import among
from voc_lib.yamlfile import shipped

GIVEN = ("text", "request", "tags", "intent")  # all that decides which words call for a level
READ = (*GIVEN, "primary_tag")  # which stands for tags where there are none
EVERYWHERE, DANGER = "", "*"
SPAN = "\x00span"  # in the place of every long span of time
COMPLAINT, WISH, PRAISE, QUESTION, UNSAID = "抱怨", "需求", "表扬", "咨询", "其他"
LAST = len(URGENCIES) - 1
GATE = -2.0  # a word of P0 counts where all around it sounds no less like P0
LETTER = 12  # clauses; longer texts tell of much that is not happening now
ALARM = (1.0, 1.5)  # half a pair calls for P0, P1 where the whole of a short text leads by so much
AROUND = 2  # clauses on either side of a word that are looked at with it
ROUTES = ("立即处理", "转专家", "直接回复")


def urgency(
    tagged: pd.DataFrame, taxonomy: Taxonomy, *, memory: Memory | None = None, engine: Engine = LOCAL
) -> pd.DataFrame:
    """Columns `urgency` and `why` (in words), from the tag, words, repeats and customer of each row.

    Needs `text, primary_tag, intent, repeat_count, customer_type`. A complaint starts at the level of its tag
    (P2 for 其他), anything else at P2; grave words lift a complaint to P1, repeats and valuable customers by
    one level, words of danger to P0. An `urgency_given` people have set stands. A `memory` needs `tags` and
    `request` too: words that were read before are not read again, others by `engine`.
    """
    rules = _rules()
    calm = tagged["intent"].isin(rules["calm"]).to_numpy()
    level = tagged["primary_tag"].map({tag.name: URGENCIES.index(tag.urgency) for tag in taxonomy.tags})
    value = np.where(calm, LAST, level.fillna(LAST).to_numpy(dtype=np.int64))
    start = np.where(
        calm, _because("诉求类别", tagged["intent"]), _because("问题类型", tagged["primary_tag"])
    )
    read = partial(_found, taxonomy=taxonomy)
    known = tagged[tagged.columns.intersection([*READ, "created_at"])]
    found = recall(memory, "urgency", known, GIVEN, lambda rows: lines(engine, read, _sent(rows)))
    grave = (found["P1"] != "").to_numpy() & (value > 1)
    why = np.where(grave, _because("严重字词", found["P1"]), start)
    value = np.where(grave, 1, value)
    value, why = _raised(value, why, tagged, ~calm)
    danger = (found["P0"] != "").to_numpy()
    value, why = np.where(danger, 0, value), np.where(danger, _because("紧急字词", found["P0"]), why)
    given = _given(tagged)
    if (given >= 0).any():
        value = np.where(given >= 0, given, value)
        why = np.where(given >= 0, "工单指定：" + tagged["urgency_given"].astype("str").fillna(""), why)
    names = np.array(URGENCIES, dtype=object)[value]
    return pd.DataFrame({"urgency": names, "why": why}, index=tagged.index).astype("str")


def _sent(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without what no worker reads."""
    return rows[rows.columns.intersection([*READ])]


def _because(what: str, words: pd.Series) -> np.ndarray:
    """The reason of each row, each different one written once."""
    number, different = pd.factorize(words)
    return np.array([*(f"{what}：{word}" for word in different), np.nan], dtype=object)[number]


def _raised(
    value: np.ndarray, why: np.ndarray, tagged: pd.DataFrame, may: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Levels and reasons with repeats and valuable customers counted in, where they `may` be."""
    rules = _rules()
    often = tagged["repeat_count"].fillna(1).to_numpy(dtype=np.int64)
    valued = tagged["customer_type"].isin(rules["customers"]["types"]).to_numpy()
    many = often >= rules["repeats"]
    at = np.flatnonzero(may & (value > 0) & (many | valued & (often >= rules["customers"]["repeats"])))
    who = tagged["customer_type"].to_numpy(dtype=object)
    told = [f"；重复反馈 {often[i]} 次" if many[i] else f"；{who[i]}反馈 {often[i]} 次" for i in at]
    value, why = value.copy(), why.astype(object)
    value[at] -= 1
    why[at] += np.array(told, dtype=object)
    return value, why


def due(created_at: pd.Series, urgencies: pd.Series, sla: Sla) -> pd.Series:
    """When each row is to be solved: its creation plus the span of its urgency."""
    result = pd.Series(pd.NaT, index=created_at.index, dtype="datetime64[us]", name="due_at")
    for name in URGENCIES:
        rows = (urgencies == name).to_numpy()
        if rows.any():
            result = result.mask(rows, workcal.due(created_at[rows], getattr(sla, name)))
    return result


def triage(tagged: pd.DataFrame) -> pd.Series:
    """Per row one of ROUTES: P0 at once; several tags or repeats to an expert; the rest is answered.

    >>> rows = {"urgency": ["P0", "P1", "P2"], "tags": ["甲", "甲；乙", "甲"], "repeat_count": [1, 1, 1]}
    >>> triage(pd.DataFrame(rows)).tolist()
    ['立即处理', '转专家', '直接回复']
    """
    complex_ = tagged["tags"].str.contains(schema.TAG_SEPARATOR) | (tagged["repeat_count"].fillna(1) > 1)
    at_once = (tagged["urgency"] == "P0").to_numpy()
    values = np.where(at_once, ROUTES[0], np.where(complex_.to_numpy(dtype=bool), ROUTES[1], ROUTES[2]))
    return pd.Series(values, index=tagged.index, name="route", dtype="str")


def in_words(urgencies: pd.Series) -> pd.Series:
    """P0, P1, P2 as 高, 中, 低.

    >>> in_words(pd.Series(["P0", "P2"])).tolist()
    ['高', '低']
    """
    return urgencies.map(_rules()["words_for"]).astype("str")


def from_words(values: pd.Series) -> pd.Series:
    """高, 中, 低 (and what else work orders say) as P0, P1, P2; unknown words become missing.

    >>> from_words(pd.Series(["紧急", "低", "?"])).tolist()
    ['P0', 'P2', nan]
    """
    known = {str(word).lower(): name for name, words in _rules()["given"].items() for word in words}
    return values.astype("str").str.strip().str.lower().map(known).astype("str")


@cache
def _rules() -> dict[str, Any]:
    return shipped("voc_lib.tag", "urgency.yaml")


def _given(tagged: pd.DataFrame) -> np.ndarray:
    """Number of the urgency people have set; -1 where none."""
    if "urgency_given" not in tagged or tagged["urgency_given"].isna().all():
        return np.full(len(tagged), -1)
    numbers = from_words(tagged["urgency_given"]).map({name: i for i, name in enumerate(URGENCIES)})
    return numbers.fillna(-1).to_numpy(dtype=np.int64)


def _found(tagged: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Per level the word of each row that calls for it: of its text, else of what the customer asks for."""
    said = _words(tagged, taxonomy, corpora(tagged["text"]))
    if "request" in tagged and tagged["request"].notna().any():
        asked = _words(tagged, taxonomy, corpora(tagged["request"]))
        for level, words in asked.items():
            told = np.where(words == "", "", words + "（客户诉求）")
            said[level] = np.where(said[level] == "", told, said[level])
    return pd.DataFrame(said).astype("str").assign(row=np.arange(len(tagged)))


def _words(tagged: pd.DataFrame, taxonomy: Taxonomy, parts: Iterable[Corpus]) -> dict[str, np.ndarray]:
    """Per level (P0, P1) the first word of each text of `parts` that calls for it, "" where none does."""
    links, lexicon, marks = _lexicon(taxonomy)
    tags = tagged["tags"] if "tags" in tagged else tagged["primary_tag"]
    intents = tagged["intent"].to_numpy(dtype=object)
    result = {level: np.full(len(tagged), "", dtype=object) for level, _ in links}
    for part in parts:
        hits, pairs, halves = lexicon.hits(part), *beside.parted(part)
        said = _said(hits, both(*_numbered(pairs, marks)), marks, part)
        at = part.rows(said.start) + part.first
        complaint, anyhow = _heard(said, intents[at], part)
        measured = hits.where(marks["measured"][hits.word])
        anyhow &= (intents[at] != QUESTION) | ~_near(said, measured, part, reach=0)
        meant, old = _meant(said, complaint | anyhow, marks, part), _old(said, hits, marks, part)
        for level, owner in links:
            counts = marks[level, owner][said.word] & (anyhow if owner == DANGER else complaint)
            if level == URGENCIES[0]:
                counts &= meant & ~old
            elif owner == EVERYWHERE:
                counts |= _worst(marks)[said.word] & meant & old & complaint
            if owner not in (DANGER, EVERYWHERE):
                counts[counts] = _has(tags.iloc[at[counts]], owner)
            rows, first = np.unique(at[counts], return_index=True)
            result[level][rows] = _written(said.where(counts), part)[first]
        _sounding(result, _cues(hits, halves, marks), part, intents)
    return result


def _meant(said: Hits, heard: np.ndarray, marks: dict[Any, np.ndarray], part: Corpus) -> np.ndarray:
    """Which words are not of P0 in any trade, or heard and in surroundings that sound like P0."""
    worst = marks["gated"][said.word]
    meant, asked = ~worst, np.flatnonzero(worst & heard)
    meant[asked] = alarm.leads(_around(said.start[asked], part))[:, 0] >= GATE
    return meant


def _old(said: Hits, hits: Hits, marks: dict[Any, np.ndarray], part: Corpus) -> np.ndarray:
    """Which words stand beside a date with its year, or in a long letter beside no word of now."""
    dates = _spans(part, "dated", word=0)
    size = np.bincount(part.clause_rows, minlength=len(part))
    letter = size[part.rows(said.start)] > LETTER
    now = _near(said, hits.where(marks["now"][hits.word]), part, reach=1)
    return _near(said, dates, part, reach=1) | letter & ~now


def _sounding(
    result: dict[str, np.ndarray], cues: tuple[Hits, Hits], part: Corpus, intents: np.ndarray
) -> None:
    """Put in the words that are half of what calls for a level, where the whole of a short text does."""
    size = np.bincount(part.clause_rows, minlength=len(part))
    at = np.arange(len(part)) + part.first
    mute = (size <= SHORT) & (result["P0"][at] == "") & (intents[at] != PRAISE)
    for level, (words, lead) in enumerate(zip(cues, ALARM, strict=True)):
        rows, first = np.unique(part.rows(words.start), return_index=True)
        open_ = mute[rows] & (result[URGENCIES[level]][at[rows]] == "")
        if level:
            open_ &= intents[at[rows]] == COMPLAINT
        rows, found = rows[open_], words.where(first[open_])
        sure = alarm.leads(_texts(rows, part))[:, level] > lead
        result[URGENCIES[level]][at[rows[sure]]] = _written(found.where(sure), part)


def _cues(hits: Hits, halves: tuple[Hits, Hits], marks: dict[Any, np.ndarray]) -> tuple[Hits, Hits]:
    """Words that are half of what calls for P0 and P1."""
    harmful, pressing = halves
    asking = np.logical_or.reduce([marks[name] for name in ("waits", "told", "often")])
    plain = hits.where(marks["plain"][hits.word])
    harm, press = (
        words.where((words.end - words.start > 1) & ~covered(words.start, words.end, plain))
        for words in (harmful, both(pressing, hits.where(asking[hits.word])))
    )
    return harm, press


def _said(hits: Hits, pairs: Hits, marks: dict[Any, np.ndarray], part: Corpus) -> Hits:
    """The words of urgency that mean it where they stand, those in pairs and spans of waiting too."""

    def role(name: Any) -> Hits:
        return hits.where(marks[name][hits.word])

    guarded = covered(hits.start, hits.end, role("guards"))
    fits = ~guarded & ~broken(hits.start, hits.end, part)
    grave = hits.where(fits & marks["P1", EVERYWHERE][hits.word] & ~marks["often"][hits.word])
    for name, others in (("often", role("told")), ("everybody", both(grave, role("stuck")))):
        fits &= ~marks[name][hits.word] | _near(hits, others, part, reach=0)
    said = both(hits.where(fits), pairs)
    worst = _worst(marks)[said.word]
    only_feared = worst & _near(said, role("risk"), part, reach=0)
    only_feared |= worst & _near(said, role("jest"), part, reach=2)
    waiting, again = (_spans(part, kind, word=int(np.argmax(marks["span"]))) for kind in ("spans", "times"))
    waiting = waiting.where(~covered(waiting.start, waiting.end, role("guards")))
    waiting = waiting.where(_near(waiting, role("waits"), part, reach=1))
    again = again.where(_near(again, role("told"), part, reach=0))
    return both(said.where(~only_feared), both(waiting, again))


def _written(words: Hits, part: Corpus) -> np.ndarray:
    """Each hit as it stands in its text."""
    written = [part.folded[a:b] for a, b in zip(words.start.tolist(), words.end.tolist(), strict=True)]
    return np.array([*written, ""], dtype=object)[:-1]


def _worst(marks: dict[Any, np.ndarray]) -> np.ndarray:
    """Which words of the lexicon call for P0."""
    return np.logical_or.reduce([mask for key, mask in marks.items() if key[0] == URGENCIES[0]])


def _around(places: np.ndarray, part: Corpus) -> pd.Series:
    """The clauses around each place, of its text."""
    clause, rows = part.clause(places), part.rows(places)
    edges = np.append(part.clauses, part.starts[-1])
    begin = np.maximum(edges[np.maximum(clause - AROUND, 0)], part.starts[rows])
    end = np.minimum(edges[np.minimum(clause + AROUND + 1, len(part.clauses))], part.starts[rows + 1])
    spans = zip(begin.tolist(), end.tolist(), strict=True)
    return pd.Series([part.folded[a:b] for a, b in spans], dtype="str")


def _texts(rows: np.ndarray, part: Corpus) -> pd.Series:
    """Some of the texts of a chunk."""
    edges = zip(part.starts[rows].tolist(), part.starts[rows + 1].tolist(), strict=True)
    return pd.Series([part.folded[a : b - 1] for a, b in edges], dtype="str")


def _numbered(pairs: tuple[Hits, Hits], marks: dict[Any, np.ndarray]) -> list[Hits]:
    """What is urgent beside other words alone, as hits of a word of its level."""
    told = zip((("P0", DANGER), ("P1", EVERYWHERE)), pairs, strict=True)
    return [Hits(np.full(len(h), np.argmax(marks[key])), h.start, h.end) for key, h in told]


def _spans(part: Corpus, kind: str, *, word: int) -> Hits:
    """The long spans of time of a chunk, or how often something was done, as hits of one word."""
    found = [match.span() for match in _pattern(kind).finditer(part.folded)]
    start, end = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Hits(np.full(len(start), word), start, end)


def _near(words: Hits, others: Hits, part: Corpus, *, reach: int) -> np.ndarray:
    """Which words have one of the others in their clause, or so many clauses away in their text."""
    clause, rows = part.clause(words.start), part.rows(words.start)
    beside = part.clause(others.start)
    width = len(part) + 1
    known = np.concatenate(
        [(beside + step) * width + part.rows(others.start) for step in range(-reach, reach + 1)]
    )
    return among(clause * width + rows, known)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(_rules()[kind])


def _beside_words(taxonomy: Taxonomy) -> dict[Any, list[str]]:
    """Words by what they are to the words of urgency beside them; `span` stands for every span of time."""
    judging = ("guards", "risk", "measured", "jest", "now", "plain")
    words = {name: _rules()[name] for name in (*judging, "waits", "told", "often", "everybody", "stuck")}
    gated = [word for name in ("danger", "wide", "everybody") for word in _rules()[name]]
    everybody = [*words["everybody"], *taxonomy.widely]
    return {**words, "everybody": everybody, "gated": gated, "span": [SPAN]}


@lru_cache(maxsize=16)
def _lexicon(taxonomy: Taxonomy) -> tuple[list[tuple[str, str]], Lexicon, dict[Any, np.ndarray]]:
    """The `_links`, all words in one automaton, and per link and role which are its, made once."""
    links = _links(taxonomy)
    groups: dict[Any, list[str]] = {**links, **_beside_words(taxonomy)}
    lexicon = Lexicon(word for words in groups.values() for word in words)
    return list(links), lexicon, {kind: lexicon.mask(words) for kind, words in groups.items()}


def _links(taxonomy: Taxonomy) -> dict[tuple[str, str], list[str]]:
    """Words by the level they call for and where they count: EVERYWHERE, DANGER, or a tag's name."""
    rules = _rules()
    links = {("P1", EVERYWHERE): [*rules["grave"], *taxonomy.grave, *rules["often"], SPAN]}
    links |= {("P0", tag.name): list(tag.urgent) for tag in taxonomy.tags if tag.urgent}
    return {
        **links,
        ("P0", DANGER): rules["danger"],
        ("P0", EVERYWHERE): [*rules["wide"], *rules["everybody"], *taxonomy.widely],
    }


def _heard(said: Hits, intents: np.ndarray, part: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """Which words count in complaints, and which in anything but praise; in a wish only a plain statement."""
    mood = clauses.judged(said.start, said.end, part)
    loud = ~np.isin(mood, clauses.NEGATED)
    stated = (intents != WISH) | (mood == clauses.STATED)
    return loud & np.isin(intents, (COMPLAINT, UNSAID)), loud & (intents != PRAISE) & stated


def _has(tags: pd.Series, name: str) -> np.ndarray:
    between = schema.TAG_SEPARATOR
    return (between + tags + between).str.contains(between + name + between, regex=False).to_numpy(dtype=bool)
