"""What a run of the collected files would come to: said before it is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from voc_lib.collect import harvest, noticed
from voc_lib.params import Settings
from voc_lib.period import Period
from voc_lib.run.steps import STEPS
from voc_lib.schema import FEEDBACK

if TYPE_CHECKING:
    from voc_lib.collect import Collected
    from voc_lib.tag import Taxonomy

MANY_OTHER = 0.3  # 其他 above this share hides what customers speak of
SHOWN = 12  # columns named per source
GUESSED, UNUSED = ("推测",), ("未使用",)


def lines(collected: Collected, settings: Settings, taxonomy: Taxonomy) -> list[str]:
    """Sentences, the weightiest last: reports left out, unused and guessed columns, 其他, notes, rows."""
    sources = harvest.table(collected.reads, collected.quarantine)
    headers = collected.headers[collected.headers["source"].isin(sources["source"])]
    _, grave = noticed.parted(collected.notes)
    return [
        *_absent(collected),
        *_unused(headers),
        *_guessed(headers),
        *_other(collected.feedback, settings, taxonomy),
        *(f"注意：{note}" for note in grave),
        *(_source(row, collected.feedback, settings.period) for row in sources.itertuples()),
    ]


def _absent(collected: Collected) -> Iterator[str]:
    """The reports there will not be, for these files hold none of what they are about."""
    needed = [(spec.deliverable, spec.input) for spec in STEPS if spec.input]
    lacking = [
        f"{report}：{why}"
        for report, asked in needed
        if (why := asked.lacking(lambda table, names: _table(collected, table)[names]))
    ]
    yield from ["；".join(lacking)] if lacking else []


def _table(collected: Collected, name: str) -> pd.DataFrame:
    """A table of step 2; of the history only what these files hold."""
    return getattr(collected, "feedback" if name == "history" else name)


def _source(row, feedback: pd.DataFrame, period: Period) -> str:  # type: ignore[no-untyped-def]
    rated = f"（其中只有评分 {row.rated}）" if row.rated else ""
    lost = f"（{row.reasons}）" if row.quarantined else ""
    counts = f"读入 {row.read} = 保留 {row.kept}{rated} + 隔离 {row.quarantined}{lost}"
    times = feedback.loc[feedback["source"] == row.source, "created_at"]
    return f"来源 {row.source}：{counts}；本期 {row.in_period} 条{harvest.aside(times, period)}"


def _guessed(headers: pd.DataFrame) -> Iterator[str]:
    rows = headers[headers["how"].isin(GUESSED)].drop_duplicates(["source", "header"])
    for source, part in rows.groupby("source", sort=False):
        found = [
            f"“{r.header}”作{FEEDBACK.labels[str(r.field)]}（把握 {r.score:.0%}）" for r in part.itertuples()
        ]
        yield f"推测的列：来源 {source} 的{'、'.join(found)}；不对时在 columns 里写明"


def _unused(headers: pd.DataFrame) -> Iterator[str]:
    rows = headers[headers["how"].isin(UNUSED)].drop_duplicates(["source", "header"])
    for source, part in rows.groupby("source", sort=False):
        names = "、".join(part["header"].head(SHOWN))
        more = f"等 {len(part)} 列" if len(part) > SHOWN else ""
        yield f"没有用到的列：来源 {source} 的 {names}{more}"


def _other(feedback: pd.DataFrame, settings: Settings, taxonomy: Taxonomy) -> Iterator[str]:
    """The share of the period's feedback no rule of the taxonomy speaks of."""
    from voc_lib.tag import rules
    from voc_lib.tag.taxonomy import OTHER

    rows = feedback[settings.period.mask(feedback["created_at"])].reset_index(drop=True)
    if rows.empty:
        return
    decided, _ = rules.decide(rules.votes(rows, taxonomy), rows, taxonomy)
    other = int((decided["primary_tag"] == OTHER).sum())
    told = f"预计“{OTHER}”占 {other / len(rows):.0%}（{len(rows)} 条里 {other} 条没有规则认得出）"
    many = other > MANY_OTHER * len(rows)
    yield told + (
        "。偏多，标签体系可能不合这批数据：请核对参数 industry，或用 voc taxonomy suggest 把它归成几组标签"
        if many
        else ""
    )
