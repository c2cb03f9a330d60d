"""One feedback as it is read: its words marked, what is known of it, what stands around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from voc_lib.improve import plan
from voc_lib.knowledge import Analysis, Knowledge
from voc_lib.rootcause import causes
from voc_lib.schema import TAGGED
from voc_lib.widgets.evidence import Span, marked, plain

TOLD = (
    *("category_given", "csat", "nps", "customer_type", "urgency", "intent", "attribute", "product"),
    *("region", "status", "department", "handler", "request", "remark"),
)
MOST = 8  # other feedback of an issue or a customer
SHORT = 46  # characters of its text


@dataclass(frozen=True)
class Reading:
    """The feedback of all months (`rows`, with the register's `key`), places of evidence, what is known."""

    rows: pd.DataFrame
    places: Mapping[str, Sequence[Span]]
    known: Knowledge
    today: date

    def row(self, ident: str) -> dict[str, Any] | None:
        """The feedback of that id; None where there is none."""
        found = self.rows[self.rows["feedback_id"] == ident]
        return {str(k): v for k, v in found.to_dict("records")[0].items()} if len(found) else None

    def html(self, row: Mapping[str, Any], spans: Sequence[Span]) -> str:
        """The feedback with all around it as safe HTML; `spans` are marked besides the evidence."""
        evidence = self.places.get(row["key"], ())
        about = f"{row['created_at']:%Y-%m-%d %H:%M} · {row['channel']} · 反馈ID {row['feedback_id']}"
        return "".join(
            (
                f'<div class="voc-hint">{plain(about)}</div>',
                f'<div class="voc-text">{marked(str(row["text"]), [*evidence, *spans])}</div>',
                _facts(row),
                self._chain(row),
                self._others(row, "issue_id", "同一问题的其他反馈"),
                self._others(row, "customer_id", "这位客户的其他反馈"),
            )
        )

    def _chain(self, row: Mapping[str, Any]) -> str:
        """The tag of the issue, its causes, its measures."""
        tag = str(row["primary_tag"])
        lines = [f"<li>问题类型 <b>{plain(tag)}</b>（全部标签：{plain(row['tags'])}）</li>"]
        lines += [f"<li>{plain(line)}</li>" for line in (*self._causes(tag), *self._measures(tag))]
        return f'<h5>标签 → 根因 → 措施</h5><ul class="voc-chain">{"".join(lines)}</ul>'

    def _causes(self, tag: str) -> Iterator[str]:
        roots = causes.roots(self.known.analysis(tag) or Analysis(problem=tag))
        yield from (f"根因：{' → '.join(causes.chain(self.known, tag, root)[1:])}" for root in roots)
        if not roots:
            yield "根因：还没有登记（workbench/causes.ipynb）"

    def _measures(self, tag: str) -> Iterator[str]:
        mine = [measure for measure in self.known.measures if measure.problem == tag]
        for held in mine:
            state = plan.state(held, self.today)
            yield f"措施 {held.key}：{held.action}（{held.owner}，{held.due} 前，{state}）"
        if not mine:
            yield "措施：还没有（workbench/plan.ipynb）"

    def _others(self, row: Mapping[str, Any], column: str, title: str) -> str:
        """The other feedback that shares a value, the latest first, to be opened."""
        if pd.isna(row[column]):
            return f'<h5>{title}</h5><p class="voc-hint">没有客户编号，无从知道。</p>'
        mine = self.rows[self.rows[column].eq(row[column]).fillna(False).astype(bool)]
        mine = mine[mine["feedback_id"] != row["feedback_id"]].sort_values(
            ["created_at", "feedback_id"], ascending=[False, True]
        )
        lines = "".join(_line(other) for other in mine.head(MOST).to_dict("records"))
        more = f'<p class="voc-hint">另有 {len(mine) - MOST} 条。</p>' if len(mine) > MOST else ""
        return f"<h5>{title}（{len(mine)}）</h5><div class='voc-others'>{lines}</div>{more}"


def _line(row: Mapping[Any, Any]) -> str:
    text = str(row["text"])
    short = text if len(text) <= SHORT else f"{text[:SHORT]}…"
    about = f"{row['created_at']:%Y-%m-%d} {row['primary_tag']}"
    pick = plain(f"open:{row['feedback_id']}")
    return f'<button type="button" data-pick="{pick}"><span>{plain(about)}</span> {plain(short)}</button>'


def _facts(row: Mapping[str, Any]) -> str:
    """What the tables hold of it, label by label; what is missing is left out."""
    told = {TAGGED.labels[name]: _said(row[name]) for name in TOLD if pd.notna(row.get(name))}
    cells = "".join(
        f"<div><dt>{plain(label)}</dt><dd>{plain(value)}</dd></div>" for label, value in told.items()
    )
    return f'<dl class="voc-facts">{cells}</dl>'


def _said(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
