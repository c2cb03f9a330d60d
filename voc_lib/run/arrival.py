"""Whether the data of a period has come: what sources with an `expect` hold of it, before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from voc_lib.errors import ArrivalError
from voc_lib.params import Settings, Source
from voc_lib.run.record import archived, inputs

if TYPE_CHECKING:
    from voc_lib.collect import Collected

TODO = "请补齐数据后再运行；若这一期本来就少，请改参数里的 expect"


def present(settings: Settings) -> None:
    """Nothing; ArrivalError naming every expected source of files that has none."""
    gone = [source for source in _expected(settings) if source.path and not _there(settings, source)]
    _refuse(settings, [f"来源 {source.name}：应有文件 {source.path}，还没有文件" for source in gone])


def require(settings: Settings, today: date, found: Collected | None = None) -> None:
    """Nothing; ArrivalError naming every expected source with too few or too old rows, archived or new.

    Whoever has read the files already hands over what was `found`.
    """
    expected = _expected(settings)
    if not expected:
        return
    present(settings)
    times = _times(settings, found or _read(settings, expected))
    _refuse(settings, [fault for source in expected for fault in _faults(source, times, settings, today)])


def _expected(settings: Settings) -> list[Source]:
    return [source for source in settings.params.sources if source.expect]


def _there(settings: Settings, source: Source) -> bool:
    return any(inputs.matches(settings, path) for path in source.paths)


def _refuse(settings: Settings, faults: list[str]) -> None:
    if faults:
        lines = "".join(f"\n  · {fault}。" for fault in faults)
        raise ArrivalError(f"{settings.period.title}的数据未到：{lines}\n{TODO}。")


def _read(settings: Settings, expected: list[Source]) -> Collected:
    """The expected sources alone, as step 2 would read them."""
    from voc_lib import collect
    from voc_lib.clean import privacy

    sides = ("customers", "orders", "exposure", "kpis", "status_events")
    bare = dict.fromkeys((*sides, "logs", "employees", "functions"))
    part = settings.params.model_copy(update={"sources": expected, "records": [], **bare})
    return collect.gather(settings.model_copy(update={"params": part}), mask=privacy.mask)


def _times(settings: Settings, found: Collected) -> pd.DataFrame:
    """`source, created_at` of all that is known: of the files, and of the archive."""
    columns = ["source", "created_at"]
    return pd.concat([rows[columns] for rows in archived.spoken(settings, found)], ignore_index=True)


def _faults(source: Source, times: pd.DataFrame, settings: Settings, today: date) -> Iterator[str]:
    """What of a source is not as expected, a sentence each."""
    expect, period = source.expect, settings.period
    mine = times.loc[times["source"] == source.name, "created_at"]
    n = int(period.mask(mine).sum())
    if expect and expect.rows and n < expect.rows:
        yield f"来源 {source.name}：{period.label} 应有 {expect.rows} 条以上，只有 {n} 条"
    if expect and expect.within_days is not None:
        last = min(period.end, today)
        newest = mine[mine < pd.Timestamp(last) + pd.Timedelta(days=1)].max()
        if pd.isna(newest) or (last - newest.date()).days > expect.within_days:
            came = "没有一条" if pd.isna(newest) else f"最新一条是 {newest:%Y-%m-%d}"
            yield f"来源 {source.name}：应有 {last} 之前 {expect.within_days} 天内的反馈，{came}"
