"""The chain feedback → issue → tag with evidence → cause → measure → effect, followed in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

import pandas as pd

from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.period import Period

MOST = 20  # feedback ids listed on the way back
WORDS = 60  # characters of a text shown


class Tables(NamedTuple):
    """The published tables a chain runs through, each as `schema` declares it."""

    tagged: pd.DataFrame
    tags: pd.DataFrame
    why: pd.DataFrame
    plan: pd.DataFrame
    tracking: pd.DataFrame
    effects: pd.DataFrame


NAMES = Tables._fields
LINKING = {"tagged": ["feedback_id", "issue_id", "created_at"]}  # all of a long table that links need


def read(table: Callable[..., pd.DataFrame]) -> Tables:
    """The tables, as far as links need them; `table` gives one by its name, with the columns named."""
    return Tables(*(table(name, columns=LINKING.get(name, ())) for name in NAMES))


def links(tables: Tables) -> pd.DataFrame:
    """feedback_id, issue_id, tag, primary, evidence, by, measure_id, cause, state, verdict.

    A row per feedback, tag and measure against that tag; a tag nobody works on has a row without measure.
    """
    words = tables.tags.assign(evidence=tables.tags["evidence"].fillna("")).drop_duplicates(
        ["feedback_id", "tag", "evidence"]
    )
    tags = words.groupby(["feedback_id", "tag"], sort=False, observed=True)
    said = tags.agg(primary=("primary", "max"), evidence=("evidence", _joined), by=("by", "first"))
    rows = tables.tagged[["feedback_id", "issue_id"]].merge(said.reset_index(), on="feedback_id", how="left")
    plan = _at_work(tables)[["problem", "cause", "measure_id"]].rename(columns={"problem": "tag"})
    rows = rows.merge(plan, on="tag", how="left")
    rows = rows.merge(tables.tracking[["measure_id", "state"]], on="measure_id", how="left")
    return rows.merge(tables.effects[["measure_id", "verdict"]], on="measure_id", how="left")


def of_period(tables: Tables, period: Period) -> pd.DataFrame:
    """schema.TRACES: the links of the feedback of a period, a row per feedback, tag and measure."""
    said = tables.tagged[period.mask(tables.tagged["created_at"])]
    tags = tables.tags[tables.tags["feedback_id"].isin(said["feedback_id"])]
    return schema.shape(links(tables._replace(tagged=said, tags=tags)), schema.TRACES)


def _at_work(tables: Tables) -> pd.DataFrame:
    """The plan with one round of each measure, the one whose state and effect are told."""
    rounds = dict(zip(tables.tracking["measure_id"], tables.tracking["round"], strict=True))
    plan = tables.plan
    return plan[plan["round"].fillna(1).eq(plan["measure_id"].map(rounds).fillna(1))]


def _joined(words: pd.Series) -> str:
    return "、".join(word for word in words if word)


def lines(tables: Tables, ident: str) -> list[str]:
    """What an id hangs together with, a line each: of a feedback, an issue, a measure or a problem.

    DataError where none has that id.
    """
    rows = links(tables)
    mine = rows[rows["feedback_id"].eq(ident) | rows["issue_id"].eq(ident)]
    if len(mine):
        return list(_forward(tables, mine))
    now = _at_work(tables)
    plan = now[now["measure_id"].eq(ident)]
    if len(plan):
        reported = rows.loc[rows["measure_id"].eq(ident), "feedback_id"]
        return [*_measure(tables, plan.to_dict("records")[0]), *_voices(tables, reported)]
    about = rows.loc[rows["tag"].eq(ident), "feedback_id"]
    if len(about):
        return [*_roots(tables, ident), *_against(tables, ident), *_voices(tables, about)]
    known = [*tables.plan["measure_id"], *rows["tag"].dropna().unique(), *rows["feedback_id"].unique()]
    close = get_close_matches(ident, known, n=3)
    hint = f"是不是：{'、'.join(close)}？" if close else "反馈ID 见第 3 步的工作簿。"
    raise DataError(f"没有编号为 “{ident}” 的反馈、问题、措施或问题类型。{hint}")


def _forward(tables: Tables, mine: pd.DataFrame) -> Iterator[str]:
    """From feedback to effect."""
    for row in _said(tables, mine["feedback_id"]).to_dict("records"):
        place = f"{row['created_at']:%Y-%m-%d}，{row['channel']}"
        yield f"反馈 {row['feedback_id']}（{place}）：{_short(row['text'])}"
    issue = mine["issue_id"].iloc[0]
    ids = tables.tagged.loc[tables.tagged["issue_id"] == issue, "feedback_id"]
    yield f"└ 问题 {issue}：共 {len(ids)} 条反馈（{'、'.join(ids.head(MOST))}）"
    ordered = mine.sort_values("primary", ascending=False, kind="stable")
    for tag, part in ordered.groupby("tag", sort=False):
        first = part.iloc[0]
        main = "（主标签）" if first["primary"] else ""
        yield f"  └ 标签 {tag}{main}：依据 {first['evidence'] or '没有规则命中'}（{first['by']}）"
        yield from (f"    {line}" for line in [*_roots(tables, str(tag)), *_against(tables, str(tag))])


def _roots(tables: Tables, problem: str) -> Iterator[str]:
    roots = tables.why[(tables.why["problem"] == problem) & (tables.why["kind"] == "根因")]
    for row in roots.to_dict("records"):
        told = [row[name] for name in ("evidence", "tested") if isinstance(row[name], str)]
        yield f"└ 根因 {row['cause']}（{row['status']}）：{'；'.join(told) or '还没有检验'}"
    if roots.empty:
        yield "└ 根因：还没有登记"


def _against(tables: Tables, problem: str) -> Iterator[str]:
    now = _at_work(tables)
    mine = now[now["problem"] == problem]
    for row in mine.to_dict("records"):
        yield from _measure(tables, row)
    if mine.empty:
        yield "└ 措施：还没有"


def _measure(tables: Tables, row: dict) -> Iterator[str]:
    state = tables.tracking.loc[tables.tracking["measure_id"] == row["measure_id"], "state"]
    said = [*state.head(1), row["owner"]]
    cause = f"，针对 {row['cause']}" if isinstance(row["cause"], str) else ""
    yield f"└ 措施 {row['measure_id']} {row['action']}（{'，'.join(said)}{cause}）"
    for effect in tables.effects[tables.effects["measure_id"] == row["measure_id"]].to_dict("records"):
        told = [effect["verdict"], *(effect[name] for name in ("watch", "reason"))]
        yield f"  └ 成效 {effect['metric']}：{'，'.join(word for word in told if isinstance(word, str))}"


def _voices(tables: Tables, ids: pd.Series) -> Iterator[str]:
    """The feedback of those ids, the latest first."""
    rows = _said(tables, ids)
    more = f"，列出最近 {MOST} 条" if len(rows) > MOST else ""
    yield f"└ 背后的反馈：{rows['issue_id'].nunique():,} 件问题、{len(rows):,} 条反馈{more}"
    for row in rows.head(MOST).to_dict("records"):
        yield f"  └ {row['feedback_id']}（{row['created_at']:%Y-%m-%d}）：{_short(row['text'])}"


def _said(tables: Tables, ids: pd.Series) -> pd.DataFrame:
    rows = tables.tagged[tables.tagged["feedback_id"].isin(ids)]
    return rows.sort_values(["created_at", "feedback_id"], ascending=[False, True])


def _short(text: str) -> str:
    return text if len(text) <= WORDS else f"{text[:WORDS]}…"
