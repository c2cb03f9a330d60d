"""Everything step 3 adds to a feedback: tags with evidence, intent, sentiment, customer, issue, urgency."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from functools import partial

import pandas as pd

from voc_lib import schema
from voc_lib.clean import copies, duplicates
from voc_lib.engine import LOCAL, Engine, Work, lines
from voc_lib.params import Params
from voc_lib.tag import corrections, feeling, learn, spoken, vagueness
from voc_lib.tag.customers import customer_types
from voc_lib.tag.memory import Memory, recall
from voc_lib.tag.problem import is_problem
from voc_lib.tag.taxonomy import OTHER, Taxonomy
from voc_lib.tag.urgency import due, urgency
from voc_lib.text.segmentation import Segmenter
from voc_lib.text.sentiment import from_scores

LASTING = ["feedback_id", "issue_id", "created_at", "source", "file", "sheet", "channel", "product", "text"]
LASTING += ["csat", "category_given", "intent", "problem", "primary_tag"]
TAUGHT = ("人工", "模型")  # whose tags hold even where the words do not sound like a problem

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Labelled:
    """`tagged` (schema.TAGGED, one row per feedback) and `tags`, the evidence behind them (schema.TAGS)."""

    tagged: pd.DataFrame
    tags: pd.DataFrame

    def lasting(self) -> Labelled:
        """The columns in which later cells look at all months, once both tables are written."""
        return Labelled(self.tagged[LASTING], self.tags[["feedback_id", "tag", "sentiment"]])


def label(
    history: pd.DataFrame,
    taxonomy: Taxonomy,
    params: Params,
    *,
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    as_of: date,
    corrected: pd.DataFrame | None = None,
    tagger: learn.Tagger | None = None,
    learned: feeling.Taught | None = None,
    segmenter: Segmenter | None = None,
    memory: Memory | None = None,
    engine: Engine = LOCAL,
) -> Labelled:
    """The history with every column of schema.TAGGED, and the evidence of its tags.

    `corrected` (`feedback_id, tags`, joined by “；”; `corrections.CHOICES` where there are) is what people
    have set; it wins over the rules and over `tagger`, a learned one, which wins over the rules where it is
    sure. Sentiment: what people set, the customer's own score, words, then what scores taught (`learned`).
    `segmenter` tells the rules where words end; what `memory` holds of words read before is not read again;
    what it does not hold `engine` reads, which makes texts comparable too.
    """
    rows = history.reset_index(drop=True)
    own, tags = _said(rows, partial(spoken.read, taxonomy=taxonomy, segmenter=segmenter), memory, engine)
    decided = own[spoken.DECIDED]
    if tagger is not None:
        decided, tags = learn.apply(decided, tags, rows, tagger, taxonomy)
    if corrected is not None and len(corrected):
        decided, tags = corrections.apply(decided, tags, rows, corrected, taxonomy)
    rows = rows.assign(**decided).pipe(_feelings, own, corrected, learned)
    taught = tags.loc[tags["by"].isin(TAUGHT), "feedback_id"]
    rows = rows.assign(problem=is_problem(rows["intent"], rows["feedback_id"].isin(taught)))
    kinds = customer_types(
        rows["customer_id"], customers=customers, orders=orders, rules=params.customer_rules, as_of=as_of
    )
    by_people = corrections.field(corrected, "customer_type", rows["feedback_id"])
    rows = rows.assign(customer_type=by_people.fillna(kinds))
    settings = params.duplicates
    rows = duplicates.find(
        rows,
        window_days=settings.window_days,
        similarity=settings.similarity,
        category=_problems(rows["tags"], taxonomy),
        buyers=orders["customer_id"],
        people=corrections.issues(corrected, rows["feedback_id"]),
        engine=engine,
    )
    rows = rows.assign(counted=copies.counted(rows, params.copies))
    by_people = corrections.field(corrected, "urgency", rows["feedback_id"])
    found = urgency(rows, taxonomy, memory=memory, engine=engine)
    rows = rows.assign(
        urgency=by_people.fillna(found["urgency"]),
        urgency_why=found["why"].where(by_people.isna(), "人工更正"),
    )
    rows = rows.assign(due_at=due(rows["created_at"], rows["urgency"], params.sla))
    other = (rows["primary_tag"] == OTHER).sum()
    log.info("打标 %d 条，其中 %d 条归入“其他”。", len(rows), other)
    return Labelled(schema.shape(rows, schema.TAGGED), tags)


def _said(
    rows: pd.DataFrame, read: Work, memory: Memory | None, engine: Engine
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `spoken.read` tells of the rows themselves, and the evidence of their tags."""
    given = list(spoken.GIVEN)
    said = recall(memory, "words", rows, given, lambda part: lines(engine, read, part[given]))
    return spoken.own(said), spoken.evidence(said, rows["feedback_id"])


def _problems(tags: pd.Series, taxonomy: Taxonomy) -> pd.Series:
    """The tags with those of one parent as one problem: 气味；尺寸与合身 are both 商品质量."""
    known = {name: taxonomy.tag_above(name) for name in taxonomy.names}

    def problem(joined: str) -> str:
        return schema.TAG_SEPARATOR.join(
            dict.fromkeys(known.get(name, name) for name in joined.split(schema.TAG_SEPARATOR))
        )

    return tags.map({joined: problem(joined) for joined in tags.dropna().unique()}).astype("str")


def _feelings(
    rows: pd.DataFrame,
    said: pd.DataFrame,
    corrected: pd.DataFrame | None = None,
    learned: feeling.Taught | None = None,
) -> pd.DataFrame:
    """The rows with `sentiment`, `mood`, `intent` and `vague`; `said` is spoken.OWN of each."""
    scores = from_scores(rows)
    unsaid = said["intent"] == "其他"
    intents = said["intent"].mask(unsaid & (scores > 0), "表扬").mask(unsaid & (scores < 0), "抱怨")
    intents = corrections.field(corrected, "intent", rows["feedback_id"]).fillna(intents)
    by_people = corrections.field(corrected, "mood", rows["feedback_id"])
    values = by_people.map(feeling.MOOD_VALUES).astype("float64").fillna(scores)
    words = feeling.completed(said["words"], rows["text"].where(values.isna()), learned)
    moods = feeling.moods(values.fillna(words))
    by_words = values.isna() & (words == said["words"])
    return rows.assign(
        sentiment=values.fillna(words),
        mood=by_people.fillna(moods.mask(by_words, feeling.meant(intents, words))),
        intent=intents,
        vague=vagueness.vague(said[spoken.LACKS], intents),
    )
