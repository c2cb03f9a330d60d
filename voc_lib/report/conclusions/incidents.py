"""What alerts say, a line each, how they stand in a period, and what a rehearsal of them comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import cited
from voc_lib.report.narrative import TextView, text
from voc_lib.report.tables import number
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
        said = f"{period.title} {alert.n} 次，{_before(alert)}" if alert.before or not alert.rule else ""
        told = "；".join(part for part in (said, _chart(alert)) if part)
        since = "" if alert.opened == alert.day else f"，{alert.opened:%Y-%m-%d} 首次预警"
        yield f"{alert.state} {alert.key} {name}：{told}{since}"


def _before(alert: Alert) -> str:
    return f"此前月均 {alert.before:.1f} 次" if alert.before else "此前没有"


def _chart(alert: Alert) -> str:
    return f"控制图 {alert.rule}" if alert.rule else ""


def warned(table: pd.DataFrame, period: Period) -> TextView | None:
    """How many alerts are open at the end of a period, and which; None without any. schema.INCIDENTS in."""
    if table.empty:
        return None
    held = table[table["state"] != alerts.CLOSED]
    over = len(table) - len(held)
    lead = f"{period.title}末有 {len(held)} 件预警没有关闭" if len(held) else "没有未关闭的预警"
    lead += f"，本期关闭 {over} 件。" if over else "。"
    figures = {"没有关闭的行数": f"{len(held):,}", "状态为“关闭”的行数": f"{over:,}"}
    said = cited.said(lead, cited.made(schema.INCIDENTS, figures, "state"))
    items = [cited.said(f"{still(row)}。", cited.row(schema.INCIDENTS, row)) for _, row in held.iterrows()]
    return text([said], items=items, tone="warn" if items else "good")


def still(row: pd.Series) -> str:
    """An alert that is open, in words: “积分…清零（Y001）”仍未平息：本期 9 次，开警前月均 0.5 次，…"""
    counted = row["before"] > 0 or row["n"] > 0
    before = f"开警前月均 {number(row['before'], 'float')} 次" if row["before"] > 0 else "此前没有"
    told = [f"本期 {int(row['n'])} 次，{before}"] if counted else []
    told += [f"控制图 {row['rule']}"] if pd.notna(row["rule"]) else []
    return f"“{row['name']}”仍未平息：{'；'.join(told)}；{row['opened']:%Y-%m-%d} 首次预警"


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
