"""What is known today, without a report: the files read, what is archived added, all of it tagged."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pandas as pd

from voc_lib.errors import EmptyPeriodError
from voc_lib.improve import signals
from voc_lib.params import Settings
from voc_lib.report import control
from voc_lib.run import vocabulary
from voc_lib.run.record import archived, registered
from voc_lib.stats import alerts, emerging, satisfaction
from voc_lib.stats.basis import Evidence


class Sight(NamedTuple):
    """The issues known up to `until`, the newest day anybody spoke, what cuts their texts into words.

    `evidence`: what indicators are measured by.
    """

    issues: pd.DataFrame
    until: date
    words: dict
    evidence: Evidence


def look(settings: Settings) -> Sight:
    """The issues of the files and of the archive up to the end of the period; nothing is written.

    EmptyPeriodError where nobody has spoken in it.
    """
    from voc_lib import collect, tag
    from voc_lib.clean import duplicates, privacy

    key = privacy.load_key(settings.outputs / ".keys")
    loaded = collect.load(settings, mask=privacy.mask)
    collected = privacy.protect(loaded, key, handlers=settings.params.handlers)
    history, rated = archived.spoken(settings, collected)
    times = history.loc[settings.period.mask(history["created_at"]), "created_at"]
    if times.empty:
        raise EmptyPeriodError(
            f"{settings.period.title}没有一条反馈，无从预警。请核对数据文件，或用 --until 写明看到哪一天。"
        )
    segmenter = vocabulary.segmenter(settings, history["product"])
    labelled = tag.label(
        history,
        tag.load(settings.params.industry, folder=settings.folder),
        settings.params,
        customers=collected.customers,
        orders=collected.orders,
        as_of=settings.period.end,
        corrected=registered.of(history, registered.corrections(settings)),
        segmenter=segmenter,
    )
    words = {"segmenter": segmenter, "stopwords": vocabulary.stopwords(settings)}
    issues, scored = duplicates.issues(labelled.tagged), satisfaction.scored(labelled.tagged, rated)
    evidence = Evidence(issues, collected.exposure, collected.kpis, scored)
    return Sight(issues, times.max().date(), words, evidence)


def rising(sight: Sight, days: int) -> pd.DataFrame:
    """schema.EMERGING of the last days."""
    return emerging.table(sight.issues, alerts.window(sight.until, days), **sight.words)


def broken(sight: Sight, month: str) -> pd.DataFrame:
    """`improve.signals.table` of a month, with the rule that fired in words as `rule`."""
    found = signals.table(sight.evidence, month)
    return found.assign(rule=[control.fired(row) for row in found.to_dict("records")])
