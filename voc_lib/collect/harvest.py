"""What came of every source: rows kept and lost, with reasons; and whether that is too little to publish."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from voc_lib.collect.work import NO_YEAR
from voc_lib.errors import DataError, EmptyPeriodError
from voc_lib.params import Settings, Source
from voc_lib.period import Period

COLUMNS = ["read", "kept", "rated", "quarantined", "in_period"]
MOST_REASONS = 5
FEW = 0.05  # of the rows read; losing more is said


def table(reads: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    """Per source of feedback: source, read, kept, rated, quarantined, in_period, reasons (with counts)."""
    return _counted(reads[reads["in_period"].notna()], quarantine)  # side tables belong to no period


def _counted(reads: pd.DataFrame, quarantine: pd.DataFrame) -> pd.DataFrame:
    counts = reads.groupby("source", sort=False)[COLUMNS].sum().astype("int64").reset_index()
    lost = quarantine.groupby("source")["reason"].agg(reasons)
    return counts.assign(reasons=[lost.get(source, "") for source in counts["source"]])


def reasons(found: pd.Series) -> str:
    """Why rows were lost, the most frequent first; numbers in which reasons differ are left out.

    >>> reasons(pd.Series(["时间缺年份", "与第 3 行重复", "与第 8 行重复"]))
    '与第 N 行重复 2、时间缺年份 1'
    """
    rows = found.value_counts()
    short = pd.Series(rows.index, dtype="str").str.split("（").str[0]
    kinds = short.str.replace(r"\d+", "N", regex=True)
    kinds = short.where(short.groupby(kinds).transform("nunique") == 1, kinds)
    counts = pd.Series(rows.to_numpy()).groupby(kinds).sum().sort_values(ascending=False, kind="stable")
    told = [f"{reason} {n}" for reason, n in counts.head(MOST_REASONS).items()]
    rest = int(counts.iloc[MOST_REASONS:].sum())
    return "、".join(told + ([f"其他原因 {rest}"] if rest else []))


def notes(reads: pd.DataFrame, quarantine: pd.DataFrame) -> list[str]:
    """A sentence for every source or side table that lost more than a few rows, with the reasons."""
    rows = _counted(reads, quarantine)
    much = rows[(rows["kept"] > 0) & (rows["quarantined"] > FEW * rows["read"])]
    told = "来源 {source}：读入的 {read} 行里有 {quarantined} 行（{share:.0%}）进入隔离区：{reasons}"
    shares = much["quarantined"] / much["read"]
    return [told.format_map(row) for row in much.assign(share=shares).to_dict("records")]


def aside(times: pd.Series, period: Period) -> str:
    """Where times lie, if none is in the period; else how many are later than it.

    >>> aside(pd.Series(pd.to_datetime(["2026-09-02", "2026-12-01"])), Period.parse("2026-09"))
    '，另有 1 条晚于报告期（最晚 2026-12-01）'
    """
    if len(times) and not period.mask(times).any():
        return f"（读到的在 {times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d}）"
    late = int((times >= pd.Timestamp(period.end) + pd.Timedelta(days=1)).sum())
    return f"，另有 {late} 条晚于报告期（最晚 {times.max():%Y-%m-%d}）" if late else ""


def silent(feedback: pd.DataFrame, period: Period) -> list[str]:
    """A sentence for every source without one feedback of the period, where another source has some."""
    inside = period.mask(feedback["created_at"])
    spoke = set(feedback.loc[inside, "source"])
    rest = feedback[~feedback["source"].isin(spoke)] if spoke else feedback.iloc[:0]
    told = "来源 {}：{}的反馈一条也没有{}；请核对是否少了这一期的文件"
    return [
        told.format(name, period.title, aside(times, period))
        for name, times in rest.groupby("source", sort=False)["created_at"]
    ]


def require(reads: pd.DataFrame, quarantine: pd.DataFrame, sources: Sequence[Source]) -> None:
    """Nothing; DataError naming every source of which nothing, or less than `least_kept`, could be used."""
    least = {source.name: source.least_kept for source in sources}
    rows = table(reads, quarantine)
    poor = rows[(rows["read"] > 0) & _short(rows, least)]
    if poor.empty:
        return
    lines = "".join(f"\n  · {_fault(row, least[str(row.source)], quarantine)}" for row in poor.itertuples())
    raise DataError(f"有 {len(poor)} 个来源保留的行太少，不能出报告：{lines}")


def require_period(history: pd.DataFrame, rated: pd.DataFrame, settings: Settings) -> None:
    """Nothing; EmptyPeriodError where nobody spoke in the period, unless the params allow it (`allow_empty`).

    History and ratings with `created_at`, of this run's files and the archive.
    """
    times = pd.concat([history["created_at"], rated["created_at"]])
    period = settings.period
    if settings.params.allow_empty or period.mask(times).any():
        return
    span = (
        f"读到的 {len(times)} 条在 {times.min():%Y-%m-%d} 至 {times.max():%Y-%m-%d} 之间"
        if len(times)
        else ""
    )
    raise EmptyPeriodError(
        f"报告期 {period.label}（{period.start} 至 {period.end}）没有一条反馈，不能当作“没有问题”出报告。"
        f"{span or '能用的反馈一条也没有'}。请核对报告期（period 或 --period）和数据文件；"
        "若这一期确实没有反馈，请在参数里写 allow_empty: true。"
    )


def _short(rows: pd.DataFrame, least: dict[str, float]) -> pd.Series:
    share = rows["kept"] / rows["read"].clip(lower=1)
    return (rows["kept"] == 0) | (share < rows["source"].map(least).astype("float64").fillna(0))


def _fault(row, least: float, quarantine: pd.DataFrame) -> str:  # type: ignore[no-untyped-def]
    asked = f"，少于参数 least_kept 要求的 {least:.0%}" if row.kept else ""
    told = f"来源 {row.source}：读入 {row.read} 行，只保留 {row.kept} 行{asked}。" if row.kept else ""
    told = told or f"来源 {row.source}：读入的 {row.read} 行一行也没有保留。"
    first = quarantine[quarantine["source"] == row.source].iloc[0]
    place = f"{first['file']} 第 {first['line']} 行"
    year = "；日期没有年份，请在来源下写年份，如 year: 2026" if NO_YEAR in row.reasons else ""
    return f"{told}隔离原因：{row.reasons}。例如 {place}：{first['reason']}。请按原因修改文件或参数{year}"
