"""How urgent a problem is (P0, P1, P2), why, until when it is to be solved, and who takes it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
import yaml

from voc_lib import workcal
from voc_lib.params import Sla
from voc_lib.schema import URGENCIES
from voc_lib.tag import clauses
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.text.matching import Corpus, Lexicon, corpora, covered

EVERYWHERE = ""
ROUTES = ("立即处理", "转专家", "直接回复")


def urgency(
    tagged: pd.DataFrame, taxonomy: Taxonomy, *, parts: Iterable[Corpus] | None = None
) -> pd.DataFrame:
    """Columns `urgency` and `why`, from the tag, words, repeats and customer of each row.

    Needs `text, primary_tag, intent, repeat_count, customer_type`. The tag gives the start (P2 for
    其他 and what is no complaint); words of danger make P0; repeats and valuable customers raise it by one
    level. An `urgency_given` people have set stands.
    """
    rules = _rules()
    level = tagged["primary_tag"].map({tag.name: URGENCIES.index(tag.urgency) for tag in taxonomy.tags})
    base = level.fillna(2).to_numpy(dtype=np.int64)
    calm = tagged["intent"].isin(rules["calm"]).to_numpy()
    words = _danger(tagged, taxonomy, parts) & (tagged["intent"] != "表扬").to_numpy()
    often = tagged["repeat_count"].fillna(1).to_numpy(dtype=np.int64)
    valued = tagged["customer_type"].isin(rules["customers"]["types"]).to_numpy()
    rises = ~calm & ((often >= rules["repeats"]) | valued & (often >= rules["customers"]["repeats"]))
    value = np.where(calm, 2, base)
    why = np.where(calm, "非抱怨", "问题类型").astype(object)
    value, why = np.where(rises, np.maximum(value - 1, 0), value), np.where(rises, "重复反馈", why)
    value, why = np.where(words, 0, value), np.where(words, "紧急字词", why)
    given = _given(tagged)
    value, why = np.where(given >= 0, given, value), np.where(given >= 0, "人工指定", why)
    names = np.array(URGENCIES, dtype=object)[value]
    return pd.DataFrame({"urgency": names, "why": why}, index=tagged.index).astype("str")


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
    complex_ = tagged["tags"].str.contains("；") | (tagged["repeat_count"].fillna(1) > 1)
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
    return yaml.safe_load(files("voc_lib.tag").joinpath("urgency.yaml").read_text(encoding="utf-8"))


def _given(tagged: pd.DataFrame) -> np.ndarray:
    """Number of the urgency people have set; -1 where none."""
    if "urgency_given" not in tagged or tagged["urgency_given"].isna().all():
        return np.full(len(tagged), -1)
    numbers = from_words(tagged["urgency_given"]).map({name: i for i, name in enumerate(URGENCIES)})
    return numbers.fillna(-1).to_numpy(dtype=np.int64)


def _danger(tagged: pd.DataFrame, taxonomy: Taxonomy, parts: Iterable[Corpus] | None) -> np.ndarray:
    """Which texts hold an undenied word of danger: one for every tag, or one of the row's own tags."""
    rules = _rules()
    links = [(word, EVERYWHERE) for word in rules["words"]]
    links += [(word, tag.name) for tag in taxonomy.tags for word in tag.urgent]
    lexicon = Lexicon([word for word, _ in links] + rules["guards"])
    guards = lexicon.mask(rules["guards"])
    marks = {name: lexicon.mask(w for w, owner in links if owner == name) for name in {o for _, o in links}}
    tags = tagged["tags"] if "tags" in tagged else tagged["primary_tag"]
    result = np.zeros(len(tagged), dtype=bool)
    for part in corpora(tagged["text"]) if parts is None else parts:
        hits = lexicon.hits(part)
        said = hits.where(~covered(hits.start, hits.end, hits.where(guards[hits.word])))
        said = said.where(~np.isin(clauses.judged(said.start, said.end, part), clauses.NEGATED))
        rows = part.rows(said.start) + part.first
        for name, mark in marks.items():
            at = np.unique(rows[mark[said.word]])
            holds = np.ones(len(at), bool) if name == EVERYWHERE else _has(tags.iloc[at], name)
            result[at[holds]] = True
    return result


def _has(tags: pd.Series, name: str) -> np.ndarray:
    return ("；" + tags + "；").str.contains(f"；{name}；", regex=False).to_numpy(dtype=bool)
