"""One incident, one alert: opened when a problem rises, kept while it stays high, closed, opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from voc_lib.period import Period
from voc_lib.stats import emerging, windows
from voc_lib.stats.raised import problems
from voc_lib.text.segmentation import Segmenter

OPENED, GROWN, CLOSED, REOPENED = "新开", "更新", "关闭", "重开"
NEWS = (OPENED, REOPENED, CLOSED)  # what people are told of; the rest is kept in the book
DAYS = 7  # a window, unless another is asked for
STILL = 1.8  # an alert stays open at so many times the level before it
QUIET = 14  # days below that before it is closed
MEMORY = 180  # days after which what comes again is another incident
AFTER = 28  # days after an alert that show whether the rise was one
MONTH = 30.4375
MONTHLY = len("2026-09")  # what a rule begins with
OUTCOMES = FOLLOWED, PASSED, PENDING = "随后确有上升", "随后没有上升", "还看不出"


@dataclass(frozen=True)
class Alert:
    """What is known of an incident: its state since `day`, when it was opened and last seen high.

    `n` problems in the window that ends on `day`; `before`: the monthly mean of the months before it opened.
    `rule`: the month whose control chart broke a rule, with its figures; "" where none did.
    """

    key: str
    state: str
    day: date
    opened: date
    seen: date
    category: str
    term: str
    n: int
    before: float
    rule: str = ""


class Trial(NamedTuple):
    """An alert that would have been sent, and whether the weeks after it bore it out."""

    alert: Alert
    after: str


def window(until: date, days: int = DAYS) -> Period:
    """The days up to one.

    >>> window(date(2026, 9, 7)).label
    '2026-09-01..2026-09-07'
    """
    return Period.parse(f"{until - timedelta(days=days - 1)}..{until}")


def charted(until: date) -> str:
    """The last whole month up to a day, whose control charts are known then.

    >>> charted(date(2026, 9, 29)), charted(date(2026, 9, 30))
    ('2026-08', '2026-09')
    """
    return str(pd.Period(until + timedelta(days=1), freq="M") - 1)


def advance(
    book: Sequence[Alert],
    issues: pd.DataFrame,
    rising: pd.DataFrame,
    period: Period,
    *,
    broken: pd.DataFrame | None = None,
) -> list[Alert]:
    """The alerts a window changes, as they are then; those of `book` it leaves as they are not among them.

    `rising`: schema.EMERGING of the window. What rises is the incident of a known alert when at least half of
    its problems are that alert's too; it opens an alert otherwise. An open alert stays open while its words
    are said at least 1.8 times as often as before it opened; 14 days below that close it.
    `broken`: what broke a rule on the charts of the last whole month (category, term, before, rule); it opens
    an alert too, or is told of the one it is the same as, once for each month, and is not closed before the
    charts of the next month are known.
    """
    rows = problems(issues, period)
    held = {alert.key: alert for alert in book}
    known = [alert for alert in book if (period.end - alert.seen).days <= MEMORY]
    changed: dict[str, Alert] = {}
    for line in rising.to_dict("records"):
        alert = _known(known, rows, line["category"], line["term"])
        if alert is None:
            alert = _opened(len(held) + 1, line, period.end)
            held[alert.key] = alert
            known.append(alert)
        else:
            alert = _risen(alert, line["n"], period.end)
        changed.setdefault(alert.key, alert)
    for line in [] if broken is None else broken.to_dict("records"):
        line |= {"n": len(of(rows, line["category"], line["term"]))}
        alert = _known(known, rows, line["category"], line["term"])
        if alert is None:
            alert = replace(_opened(len(held) + 1, line, period.end), rule=line["rule"])
            held[alert.key] = alert
        else:
            alert = _ruled(changed.get(alert.key, alert), line, period.end)
        changed[alert.key] = alert
    for alert in book:
        if alert.key not in changed and alert.state != CLOSED:
            changed[alert.key] = _kept(alert, rows, period)
    return [alert for key, alert in changed.items() if alert not in book]


def of(rows: pd.DataFrame, category: str, term: str) -> pd.Index:
    """The problems an alert speaks of: of its category, or with its words (“积分…清零”: both)."""
    if term == category:
        return rows.index[rows["primary_tag"] == category]
    low, found = rows["text"].str.lower(), pd.Series(True, index=rows.index)
    for word in term.split("…"):
        found &= low.str.contains(word, regex=False).fillna(False).astype(bool)
    return rows.index[found]


def rehearse(
    issues: pd.DataFrame,
    until: date,
    *,
    days: int = DAYS,
    weeks: int = 52,
    segmenter: Segmenter | None = None,
    stopwords: Iterable[str] | None = None,
    charts: Callable[[str], pd.DataFrame] | None = None,
) -> list[Trial]:
    """What would have been sent as opened or reopened, had every week up to `until` been looked at.

    `charts` gives what broke a rule in a month (`broken` of `advance`).
    """
    book: dict[str, Alert] = {}
    sent, month = [], ""
    for back in range(weeks - 1, -1, -1):
        period = window(until - timedelta(weeks=back), days)
        known = issues[issues["created_at"] < pd.Timestamp(period.end) + pd.Timedelta(days=1)]
        rising = emerging.table(known, period, segmenter=segmenter, stopwords=stopwords)
        before, month = month, charted(period.end)
        broken = charts(month) if charts and month != before else None
        changed = advance(list(book.values()), known, rising, period, broken=broken)
        book |= {alert.key: alert for alert in changed}
        sent += [alert for alert in changed if alert.state in (OPENED, REOPENED)]
    return [Trial(alert, followed(alert, issues, until)) for alert in sent]


def followed(alert: Alert, issues: pd.DataFrame, until: date) -> str:
    """Whether the 28 days after the alert held 1.8 times what the months before it did, beyond chance.

    The days that raised the alert do not count. One-sided exact Poisson test against the mean before, 5 %.
    Of a chart: whether they held more beyond chance; of an indicator that counts no problems it stays open.
    """
    from scipy.stats import poisson

    if alert.day + timedelta(days=AFTER) > until or (alert.rule and not alert.before):
        return PENDING
    period = Period.parse(f"{alert.day + timedelta(days=1)}..{alert.day + timedelta(days=AFTER)}")
    n = len(of(problems(issues, period), alert.category, alert.term))
    level = max(alert.before, 1.0) * AFTER / MONTH
    least = 1.0 if alert.rule else STILL
    return FOLLOWED if n >= least * level and poisson.sf(n - 1, level) < windows.LEVEL else PASSED


def _known(known: Iterable[Alert], rows: pd.DataFrame, category: str, term: str) -> Alert | None:
    """The alert that is of the same incident: the same words, or at least half of the problems."""
    mine = of(rows, category, term)
    return next((a for a in known if a.term == term or _same(a, rows, mine, term == category)), None)


def _same(alert: Alert, rows: pd.DataFrame, mine: pd.Index, whole: bool) -> bool:
    theirs = of(rows, alert.category, alert.term)
    of_all = max if whole or alert.term == alert.category else min
    return len(theirs) > 0 and 2 * len(mine.intersection(theirs)) >= of_all(len(mine), len(theirs))


def _opened(number: int, line: Mapping[Any, Any], day: date) -> Alert:
    about = {name: line[name] for name in ("category", "term", "n", "before")}
    return Alert(f"Y{number:03d}", OPENED, day, day, day, **about)


def _risen(alert: Alert, n: int, day: date) -> Alert:
    """A known alert that is high on a day; as it is where the day was looked at before."""
    if alert.state != CLOSED and (alert.day, alert.n) == (day, n):
        return alert
    state = REOPENED if alert.state == CLOSED else GROWN
    return replace(alert, state=state, day=day, seen=day, n=n)


def _ruled(alert: Alert, line: Mapping[Any, Any], day: date) -> Alert:
    """A known alert whose chart broke a rule; as it is where that month was told before."""
    if alert.rule[:MONTHLY] == line["rule"][:MONTHLY]:
        return alert
    if alert.state == CLOSED:
        return replace(alert, state=REOPENED, day=day, seen=day, n=line["n"], rule=line["rule"])
    state = alert.state if alert.day == day else GROWN
    return replace(alert, state=state, day=day, seen=day, rule=line["rule"])


def _kept(alert: Alert, rows: pd.DataFrame, period: Period) -> Alert:
    """An open alert nothing rises for: still as high, or closed when it has been quiet for long enough."""
    n = len(of(rows, alert.category, alert.term))
    if n >= windows.MINIMUM and n >= STILL * alert.before * period.days / MONTH:
        return _risen(alert, n, period.end)
    if (period.end - alert.seen).days < QUIET or alert.rule[:MONTHLY] >= charted(period.end):
        return alert
    return replace(alert, state=CLOSED, day=period.end, n=n)
