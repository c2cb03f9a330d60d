"""01/02/2026: whether the day or the month comes first, decided for the column on its evidence."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from voc_lib.collect.moments import assemble
from voc_lib.collect.work import AMBIGUOUS, Work


def swapped(work: Work, found: pd.DataFrame, name: str) -> None:
    """Days and months put back that a spreadsheet took for each other.

    It made dates of 09/03/2026, the wrong way round, and left 09/13/2026 as text: then no date has a day
    after the 12th, no text one before, and only with both changed over do the months agree.
    """
    done = np.flatnonzero(~np.isnat(work.times))
    if not len(done) or not ((found["a"] > 12) | (found["b"] > 12)).all():
        return
    times = pd.Series(work.times[done])
    if (times.dt.day > 12).any():
        return
    months = set(found[["a", "b"]].min(axis=1))
    changed = times.dt.day.isin(months).all() and not times.dt.month.isin(months).all()
    if changed and min(len(done), len(found)) > 1:
        days = times.dt.year * 10_000 + times.dt.day * 100 + times.dt.month
        put = pd.to_datetime(days.astype("str"), format="%Y%m%d") + (times - times.dt.normalize())
        work.times[done] = put.to_numpy().astype("datetime64[us]")
        work.notes.append(
            f"{name}：{len(done)} 个日期的日和月曾被表格软件对调（大于 12 日的仍是文字），已换回"
        )
    elif changed or min(len(done), len(found)) > 1:
        work.notes.append(f"{name}：12 日以前的全是日期、以后的全是文字，日和月可能被表格软件对调，请核对")


def day_or_month(work: Work, found: pd.DataFrame, zone: ZoneInfo, day_first: bool | None, name: str) -> None:
    """01/02/2026: the column's unambiguous dates say whether the day or the month comes first."""
    a, b = found["a"], found["b"]
    day, month = int((a > 12).sum()), int((b > 12).sum())
    if day_first is None and day and month:
        clear = (a > 12) | (b > 12) | (a == b)
        swapped = found.rename(columns={"a": "d", "b": "m"}).where(
            a > 12, found.rename(columns={"a": "m", "b": "d"})
        )
        work.give(found.index[clear].to_numpy(), assemble(swapped[clear], zone))
        work.refuse(found.index[~clear].to_numpy(), AMBIGUOUS)
        work.notes.append(
            f"{name}：{day} 个日期先写日、{month} 个先写月，互相矛盾；"
            f"两可的 {int((~clear).sum())} 个未读入，请写 day_first"
        )
        return
    decided = day_first if day_first is not None else day > 0 or (month == 0 and _steadier(found, zone))
    names = {"a": "d", "b": "m"} if decided else {"a": "m", "b": "d"}
    work.give(found.index.to_numpy(), assemble(found.rename(columns=names), zone))
    if day_first is None and not day and not month and (a != b).any():
        order = "日/月/年" if decided else "月/日/年"
        work.notes.append(f"{name}：没有大于 12 的数可以判断日月先后，按 {order} 读取；如不对请写 day_first")


def _steadier(found: pd.DataFrame, zone: ZoneInfo) -> bool:
    """Whether day-first gives the calmer sequence: exports come in order of time."""
    calm = []
    for names in ({"a": "d", "b": "m"}, {"a": "m", "b": "d"}):
        times = assemble(found.rename(columns=names), zone)
        times = times[~np.isnat(times)].astype("int64")
        calm.append(np.abs(np.diff(times)).sum() if len(times) == len(found) else np.inf)
    return bool(calm[0] < calm[1])
