"""What alerts say, a line each, and what a rehearsal of them comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voc_lib.period import Period
from voc_lib.stats import alerts
from voc_lib.stats.alerts import Alert, Trial


def lines(changed: Iterable[Alert], period: Period) -> Iterator[str]:
    """What became of each alert: how often it was said, against what, and since when.

    >>> from datetime import date
    >>> day = date(2026, 9, 27)
    >>> alert = Alert("Y001", alerts.OPENED, day, day, day, "其他", "积分…清零", 9, 0.0)
    >>> next(lines([alert], alerts.window(day)))
    '新开 Y001 其他“积分…清零”：2026-09-21 至 2026-09-27 9 次，此前没有'
    """
    for alert in changed:
        name = alert.term if alert.term == alert.category else f"{alert.category}“{alert.term}”"
        was = f"此前月均 {alert.before:.1f} 次" if alert.before else "此前没有"
        since = "" if alert.opened == alert.day else f"，{alert.opened:%Y-%m-%d} 首次预警"
        yield f"{alert.state} {alert.key} {name}：{period.title} {alert.n} 次，{was}{since}"


def rehearsed(trials: Sequence[Trial], weeks: int, days: int = alerts.DAYS) -> Iterator[str]:
    """Each alert that would have been sent with what followed, then how many, by what rule."""
    for alert, after in trials:
        yield f"{next(lines([alert], alerts.window(alert.day, days)))}；{after}"
    counts = {after: sum(trial.after == after for trial in trials) for after in alerts.OUTCOMES}
    told = "，".join(f"{after} {count} 次" for after, count in counts.items() if count)
    yield f"{weeks} 周逐周演练，会发出 {len(trials)} 次预警{f'：{told}' if told else ''}。"
    yield (
        f"判定：预警之后 {alerts.AFTER} 天（不含引发预警的那几天）的件数至少是开警前同样天数的"
        f" {alerts.STILL:g} 倍，且超出偶然（单侧 5%），算随后确有上升；一周就过去的事件算随后没有上升。"
    )
