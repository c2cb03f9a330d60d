"""Service quality: how fast, how often at the first contact, how often in time, what is still waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from voc_lib import intervals, schema
from voc_lib.intervals import Interval
from voc_lib.metric import LONGEST
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.stats import clusters, handling, means
from voc_lib.stats.raised import complaints, opened
from voc_lib.tag.problem import problems

WHOLE = "全部"
SPLITS = {"channel": "渠道", "department": "部门"}
LOWER_IS_BETTER = frozenset(("首次响应时间中位数", "办结时长中位数（含未完成）", "投诉重复率"))
LACKING = {"first_response_at": "没有记录", "closed_at": "没有有效的完成时间"}
KEYS = ["indicator", "group"]
OTHER_PARTS = ["source", "region", "product", "customer_type", "primary_tag"]
SINGLE = ["created_at", "intent", "problem", "counted", "customer_id", *SPLITS, *OTHER_PARTS]
SAID = ["customer_id", *SPLITS, *OTHER_PARTS, "handler", "urgency"]  # what a share's rows are parted by
MERGED = [
    "created_at",
    "intent",
    "problem",
    *OTHER_PARTS,
    "issue_id",
    "handler",
    "urgency",
    "status",
    "first_response_at",
    "closed_at",
    "due_at",
    "repeat_count",
    "customer_id",
    "counted",
]
READ = [*MERGED, *SPLITS]  # of issues, for `prepared`
SPOKEN = [*SINGLE, "issue_id"]  # of single feedbacks


class Figure(NamedTuple):
    """One indicator of one group."""

    indicator: str
    unit: str
    estimate: Interval
    n: int
    note: str
    rows: pd.DataFrame | None = None  # of a share: its rows with `kept`; of hours: with `hours`, `ended`


class Scope(NamedTuple):
    """What one period offers to the indicators."""

    rows: pd.DataFrame  # problems first raised in the period
    feedback: pd.DataFrame  # single feedbacks of the period, repeats included
    waiting: pd.DataFrame  # issues open at the end of the period
    end: pd.Timestamp
    handled: bool  # whether any source records handling


def table(issues: pd.DataFrame, tagged: pd.DataFrame, period: Period, *, sla: Sla) -> pd.DataFrame:
    """schema.SERVICE: each indicator for the whole, per channel and per department, with the period before.

    Each of the two periods is told with what was known at its own end: later handling counts as still open.
    Units: 小时 (natural hours), 天, 件 and 比例 (0..1); `note` says what is counted and what was left out.
    """
    issues, tagged = prepared(issues, tagged)
    now = pd.DataFrame(_all(scope(issues, tagged, period), sla))
    if now.empty:
        return schema.empty(schema.SERVICE)
    before = pd.DataFrame(_all(scope(issues, tagged, period.previous()), sla), columns=now.columns)
    previous = before[[*KEYS, "value"]].rename(columns={"value": "previous"})
    return schema.shape(now.merge(previous, on=KEYS, how="left"), schema.SERVICE)


def history(
    issues: pd.DataFrame, tagged: pd.DataFrame, periods: Sequence[Period], *, sla: Sla
) -> Iterator[list[Figure]]:
    """The indicators of the whole whose changes can be claimed, for each of the periods in turn."""
    issues, tagged = prepared(issues, tagged)
    for each in periods:
        yield [*_claimed(scope(*_within(issues, tagged, each), each), sla)]


def _within(issues: pd.DataFrame, tagged: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    return issues[period.mask(issues["created_at"])], tagged[period.mask(tagged["created_at"])]


def _claimed(scope: Scope, sla: Sla) -> Iterator[Figure]:
    for make in (_response, _until_solved, _first_contact, _in_time, _repeats):
        yield from make(scope, sla)


def prepared(issues: pd.DataFrame, tagged: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The columns that are needed, with when an issue was raised again and which feedbacks are repeats.

    `undone` is the closing time of an issue that is open again, which has none then.
    """
    again = handling.repeated_at(issues["issue_id"], tagged)
    issues = issues.reindex(columns=READ).assign(repeated_at=again)
    back = handling.reopened(issues)
    issues = issues.assign(undone=issues["closed_at"].where(back), closed_at=issues["closed_at"].mask(back))
    return issues, tagged.reindex(columns=SINGLE).assign(repeat=_repeat(tagged))


def scoped(issues: pd.DataFrame, tagged: pd.DataFrame, period: Period) -> Scope:
    """What the period offers (`scope`), from the tables as they are: made once for all who look at it."""
    return scope(*prepared(issues, tagged), period)


def scope(issues: pd.DataFrame, tagged: pd.DataFrame, period: Period) -> Scope:
    """What a period offers, by what was known at its end; the frames are those of `prepared`."""
    end = handling.end_of(period)
    issues = handling.known_at(issues[issues["created_at"] < end], end)
    said = complaints(tagged[period.mask(tagged["created_at"])])
    asked = issues[problems(issues)]
    return Scope(
        opened(issues, period),
        said,
        asked[handling.open_at(asked, end)],
        end,
        bool(handling.tracked(asked).any()),
    )


def _repeat(tagged: pd.DataFrame) -> np.ndarray:
    """Which feedbacks are a known customer raising an issue again, all but the customer's first of it."""
    ordered = tagged[["created_at", "issue_id", "customer_id"]].sort_values("created_at", kind="stable")
    again = ordered.duplicated(["issue_id", "customer_id"]) & ordered["customer_id"].notna()
    return again.reindex(tagged.index).to_numpy(dtype=bool)


def _all(scope: Scope, sla: Sla) -> list[dict]:
    lines = list(_lines(scope, WHOLE, sla))
    for column, label in SPLITS.items():
        sizes = scope.rows[column].value_counts()
        for name in sorted(sizes.index, key=lambda g: (-sizes[g], g)):
            lines += _lines(_only(scope, column, name), f"{label}：{name}", sla)
    return lines


def _only(scope: Scope, column: str, name: str) -> Scope:
    rows, feedback, waiting = (f[f[column] == name] for f in (scope.rows, scope.feedback, scope.waiting))
    return Scope(rows, feedback, waiting, scope.end, scope.handled)


def _lines(scope: Scope, group: str, sla: Sla) -> Iterator[dict]:
    for make in INDICATORS:
        for figure in make(scope, sla):
            if figure.n or group == WHOLE:
                low, high = float(figure.estimate.low), float(figure.estimate.high)
                yield {
                    "indicator": figure.indicator,
                    "group": group,
                    "value": float(figure.estimate.value),
                    "unit": figure.unit,
                    "low": low,
                    "high": high,
                    "n": figure.n,
                    "note": figure.note,
                }


def _response(scope: Scope, sla: Sla) -> Iterator[Figure]:
    hours, note = _durations(scope.rows, "first_response_at", handling.response_hours)
    yield Figure(
        "首次响应时间中位数",
        "小时",
        intervals.median(hours),
        len(hours),
        f"反馈到首次响应的自然小时；{note}",
        scope.rows.assign(hours=handling.response_hours(scope.rows), ended=True).dropna(subset=["hours"]),
    )


def _handling(scope: Scope, sla: Sla) -> Iterator[Figure]:
    hours, note = _durations(scope.rows, "closed_at", handling.handling_hours)
    note = f"反馈到完成的自然小时，只含已完成的问题；{note}{_undone(scope.rows, scope.end)}"
    yield Figure("处理时长均值", "小时", means.hours(hours, LONGEST), len(hours), note)
    yield Figure("处理时长中位数", "小时", intervals.median(hours), len(hours), note)


def _until_solved(scope: Scope, sla: Sla) -> Iterator[Figure]:
    rows = handling.waiting_hours(scope.rows, scope.end)
    estimate = intervals.survival_median(rows["hours"], rows["ended"])
    still = int((~rows["ended"]).sum())
    note = f"Kaplan–Meier：到期末仍未完成的 {still} 件也计入（至少等了这么久），所以不会因只看已完成的而偏短"
    note += _undone(scope.rows, scope.end)
    told = scope.rows.loc[rows.index].assign(hours=rows["hours"], ended=rows["ended"])
    yield Figure("办结时长中位数（含未完成）", "小时", estimate, len(rows), note, told)


def _durations(
    rows: pd.DataFrame, until: str, hours: Callable[[pd.DataFrame], pd.Series]
) -> tuple[np.ndarray, str]:
    """The usable durations, and the words about the others."""
    usable = hours(rows).dropna().to_numpy()
    recorded = int(rows[until].notna().sum())
    note = f"{len(rows) - recorded} 件到期末{LACKING[until]}"
    wrong = recorded - len(usable)
    return usable, note + (f"，{wrong} 件时间不合理（早于反馈或超过三年）未计入" if wrong else "")


def _first_contact(scope: Scope, sla: Sla) -> Iterator[Figure]:
    days = handling.FOLLOW_UP_DAYS
    note = f"已完成且 {days} 天内没有再次反馈的问题 ÷（已完成或 {days} 天内再次反馈的问题）；都看满 {days} 天"
    kept = handling.solved_within(scope.rows, scope.end)
    yield _share("一次解决率", scope.rows, kept, note, f"尚未完成或未满 {days} 天")


def _in_time(scope: Scope, sla: Sla) -> Iterator[Figure]:
    spans = "，".join(f"{level} {span}" for level, span in sla.model_dump().items())
    note = f"在应完成时间前完成的比例（{spans}；h 为自然小时，d 为工作日）；期末逾期未完成算未达成"
    note += _undone(scope.rows, scope.end)
    kept = handling.sla_kept(scope.rows, scope.end)
    yield _share("SLA达成率", scope.rows, kept, note, "未到期或没有完成时间")


def _repeats(scope: Scope, sla: Sla) -> Iterator[Figure]:
    note = "同一客户对同一问题的再次反馈 ÷ 本期全部反馈（不含表扬）"
    nobody = int(scope.feedback["customer_id"].isna().sum())
    note += f"；{nobody} 条没有客户编号，看不出是否再次反馈" if nobody else ""
    yield _share("投诉重复率", scope.feedback, scope.feedback["repeat"].astype("boolean"), note, "")


def _undone(rows: pd.DataFrame, end: pd.Timestamp) -> str:
    """The rule for issues opened again, where there are any."""
    n = int((rows["undone"] < end).sum())
    return f"；{n} 件有完成时间而状态仍未办结，是又打开了，按未完成计" if n else ""


def _share(name: str, rows: pd.DataFrame, kept: pd.Series, note: str, missing: str) -> Figure:
    """A share at what its rows are worth: customers who speak often are customers, not rows."""
    known = kept.dropna()
    left_out = len(kept) - len(known)
    note += f"；{left_out} 件{missing}，未计入" if left_out else ""
    parts = rows[[name for name in SAID if name in rows]]
    told = parts.loc[known.index].assign(kept=known.astype("float64"))
    found = clusters.around(*clusters.kept(told))
    return Figure(name, "比例", found, len(known), note, told)


def _backlog(scope: Scope, sla: Sla) -> Iterator[Figure]:
    waiting = scope.waiting
    age = (scope.end - waiting["created_at"]).dt.total_seconds().to_numpy() / 86_400
    late = int((waiting["due_at"] < scope.end).sum())
    note = f"期末仍未完成的问题，含往期；只计有处理记录的来源{_undone(waiting, scope.end)}"
    count = len(waiting)
    known = [_counted(n if scope.handled else np.nan) for n in (count, late)]
    yield Figure("待处理量", "件", known[0], count, note)
    yield Figure("超期待处理量", "件", known[1], count, "期末已过应完成时间的待处理问题")
    yield Figure("待处理时长中位数", "天", intervals.median(age), count, "从反馈到期末的天数")


def _counted(number: float) -> Interval:
    """A full count has no interval; NaN where nothing is counted."""
    return Interval(np.asarray(float(number)), np.asarray(np.nan), np.asarray(np.nan))


INDICATORS = (_response, _handling, _until_solved, _first_contact, _in_time, _repeats, _backlog)
