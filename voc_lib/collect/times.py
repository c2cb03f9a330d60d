"""The times of a table's rows: read from its columns, or given to the whole file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib import schema
from voc_lib.collect import ago, dates, ditto, reckoning, scores, stamps
from voc_lib.collect.columns import series
from voc_lib.collect.table import DATABASE, Table
from voc_lib.errors import DataError
from voc_lib.metric import LONGEST
from voc_lib.params import Source
from voc_lib.period import Period

TIMES = ("created_at", "first_response_at", "closed_at")
SHOWN = 5  # lines named in a note
STAMPS = (
    "请写 created_at: 2026-09-30（整份文件的日期）、created_at: 评论_%Y%m%d（取文件名里的日期）"
    "或 created_at: file（取文件的修改日期）"
)


@dataclass(frozen=True)
class Times:
    fields: dict[str, pd.Series]
    reasons: pd.Series


def _known(table: Table, source: Source, zone: ZoneInfo, period: Period | None) -> dates.Known:
    """What a table says of its times beside their texts."""
    taken = None
    if name := stamps.captured(table):
        taken = dates.parse(series(table.cells[name]), zone=zone, day_first=source.day_first).times
    if (taken is None or taken.isna().all()) and source.captured_at:
        time, _ = stamps.given(source.captured_at, "captured_at", table)
        taken = pd.Series([time] * len(table.lines), dtype="datetime64[us]")
    return dates.Known(taken, table.written, stamps.until(table.file), period, table.epoch)


def read(
    columns: dict[str, pd.Series], source: Source, zone: ZoneInfo, table: Table, period: Period | None
) -> tuple[Times, list[str]]:
    fields, notes = {}, []
    reasons = pd.Series("", index=range(len(table.lines)), dtype="str")
    known = _known(table, source, zone, period)
    if "created_at" not in columns and source.created_at:
        fields["created_at"], note = stamps.whole(source.created_at, "created_at", table)
        notes.append(note)
    for name in TIMES:
        if name not in columns:
            continue
        label = schema.FEEDBACK.labels[name]
        texts = columns[name].mask(columns[name].isin(scores.values_file()["missing"]))
        told = replace(known, buddhist=reckoning.said(str(texts.name)))
        parsed = dates.parse(
            texts, zone=zone, year=source.year, day_first=source.day_first, name=label, known=told
        )
        fields[name] = parsed.times
        notes += [f"{table.place}：{note}" for note in parsed.notes]
        if name == "created_at":
            _readable(texts, parsed, table)
            fields[name], filled = ditto.filled(texts, parsed.times, columns, table)
            reasons = parsed.reasons.mask(fields[name].notna(), "") if filled else parsed.reasons
            notes += filled
        elif lost := int((texts.notna() & parsed.times.isna()).sum()):
            notes.append(f"{table.place}：{label}有 {lost} 个无法识别，按空处理")
        aside = _ahead(fields[name], table, period if name == "created_at" else None)
        notes += late(label, fields[name], table, ahead=int(aside.sum()))
        if name == "created_at":
            fields[name] = fields[name].mask(aside)
            reasons = reasons.mask(aside, f"时间晚于{_written(table)}")
        if name != "created_at" and "created_at" in fields:
            notes += _impossible(name, fields, table)
    return Times(fields, reasons), notes


def late(label: str, times: pd.Series, table: Table, *, ahead: int = 0) -> list[str]:
    """What to tell the analyst about times after the file was written; `ahead` of them are set aside."""
    if not (past := _after(times, table)).any():
        return []
    apart = f"在报告期之后的 {ahead} 行进入隔离区，" if ahead else ""
    rest = "其余" if ahead else "这些行仍"
    kept = f"{rest}按所写的时间保留，" if ahead < past.sum() else ""
    return [
        f"{table.place}：{past.sum()} 个{label}晚于{_written(table)}，"
        f"最晚 {times.max():%Y-%m-%d}（{_lines(past, table)}）；{apart}{kept}请核对日月先后与年份"
    ]


def changed(file: Path, zone: ZoneInfo) -> pd.Timestamp:
    """When a file was last changed, in local time."""
    return pd.Timestamp(file.stat().st_mtime, unit="s", tz=zone).tz_localize(None)


def _after(times: pd.Series, table: Table) -> pd.Series:
    """The rows later than a day after the file was written or the database read."""
    if table.written is None:
        return pd.Series(False, index=times.index)
    return times > table.written + pd.Timedelta(days=1)


def _ahead(times: pd.Series, table: Table, period: Period | None) -> pd.Series:
    """The rows that cannot be and would count in a later period: after the file and after this period.

    None where half the times are after the file: its date is then not to be believed.
    """
    late = _after(times, table)
    if period is None or late.sum() > 0.5 * times.notna().sum():
        return late & False
    return late & (times >= pd.Timestamp(period.end) + pd.Timedelta(days=1))


def _written(table: Table) -> str:
    """The day a file was written or a database read, as a reader says it."""
    what = "读取数据库的日期" if table.file.startswith(DATABASE) else "文件的日期"
    return f"{what}（{table.written:%Y-%m-%d}）" if table.written is not None else what


def _impossible(name: str, fields: dict[str, pd.Series], table: Table) -> list[str]:
    """What to tell the analyst about times before the feedback, or years after it."""
    spans = fields[name] - fields["created_at"]
    early, long = spans < pd.Timedelta(0), spans > pd.Timedelta(hours=LONGEST)
    kinds = {"早于反馈时间": early, "比反馈时间晚三年以上": long}
    label = schema.FEEDBACK.labels[name]
    return [
        f"{table.place}：{label}有 {rows.sum()} 个{kind}（{_lines(rows, table)}），不计入时长，请核对这两列"
        for kind, rows in kinds.items()
        if rows.any()
    ]


def _lines(rows: pd.Series, table: Table) -> str:
    """The lines of the first of some rows, as a reader says them."""
    lines = table.lines[rows.to_numpy(dtype=bool)]
    more = f"等 {len(lines)} 行" if len(lines) > SHOWN else "行"
    return f"第 {'、'.join(map(str, lines[:SHOWN]))} {more}"


def _readable(texts: pd.Series, parsed: dates.Parsed, table: Table) -> None:
    given = int(texts.notna().sum())
    told = parsed.reasons.isin([dates.NO_YEAR, ago.UNANCHORED]).any()
    if not given or parsed.times.notna().any() or told:
        return
    first = texts.dropna().iloc[0][:20]
    if why := reckoning.suspected(texts):
        raise DataError(f"{table.place} 的反馈时间列“{texts.name}”{why}")
    raise DataError(
        f"{table.place} 没有可读的日期列：反馈时间列“{texts.name}”的 {given} 个值都不像日期（如 {first}）。"
        "可用 2026-09-01、2026/9/1 10:00、2026年9月1日、Excel 日期、时间戳；请在 columns 里指定 created_at。"
        f"若文件里没有可读的时间，请在 columns 里把这一列写成 ignore，并{STAMPS}。"
    )
