"""What of the period is unlike all before it: levels, volumes, days without a word, rows told twice."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import pandas as pd

from voc_lib import schema
from voc_lib.collect import drift
from voc_lib.collect.ledger import plain_ids
from voc_lib.period import Period

YEAR = pd.Timedelta(days=365)
LEAST = 20  # rows: fewer are no reason to doubt a file
FEW, SOME = 5, 0.05  # rows, and of those of the period, that a replaced file may lose
TOLD = 6  # signs; shorter words are said by many
GRAVE = "警告"
Row = tuple[str, str, str, str]


def table(history: pd.DataFrame, read: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.ODDITIES: what of the period of a source is unlike the rows before it, or too like them.

    `history` is all that is known up to the period's end, `read` the rows the files of today gave.
    """
    history = history.assign(created_at=history["created_at"].astype("datetime64[us]"))
    inside = history[period.mask(history["created_at"])]
    before = history[history["created_at"] < period.moments[0]]
    rows: list[Row] = list(_replaced(inside, read, period.label))
    if len(inside) and len(before):
        found = drift.report(inside, before, whole=_whole(period))
        rows += found[["source", "kind", "severity", "detail"]].itertuples(index=False, name=None)
    for source, own in history.groupby("source", sort=True, observed=True):
        rows += [*_silent(str(source), own, period), *_again(str(source), own, period)]
        rows += [
            *_twice(str(source), own),
            *_one(str(source), own, period),
            *_hours(str(source), own, period),
        ]
    frame = pd.DataFrame(rows, columns=list(schema.ODDITIES.names)).sort_values(
        ["severity", "source", "kind"], key=_gravest, kind="stable", ignore_index=True
    )
    return schema.shape(frame, schema.ODDITIES)


def _gravest(column: pd.Series) -> pd.Series:
    return column != GRAVE if column.name == "severity" else column


def _whole(period: Period) -> bool:
    """Whether a period is made of whole calendar months, whose rows can be counted against months."""
    return period.start.day == 1 and period.moments[1].day == 1


def told(found: pd.DataFrame) -> list[str]:
    """The grave ones as notes, one sentence each."""
    grave = found[found["severity"].astype("str") == GRAVE]
    return [f"{row.source} · {row.detail}" for row in grave.itertuples()]


def _silent(source: str, own: pd.DataFrame, period: Period) -> Iterator[Row]:
    """Days on end without a word, more than ever in a year, in which LEAST rows were usual."""
    start, end = period.moments
    days = own["created_at"].dt.normalize()
    usual = days[(days < start) & (days >= start - YEAR)]
    if len(usual) < drift.LEAST or not ((days >= start) & (days < end)).any():
        return
    edge = pd.Timedelta(days=1)
    spoken = days[(days >= start) & (days < end)].drop_duplicates()
    last = max(usual.max(), start - edge)
    marks = pd.Series(sorted({last, *spoken, end}))
    gaps = (marks.diff().dt.days - 1).fillna(0)
    longest, at = int(gaps.max()), int(gaps.argmax())
    known = pd.Series(sorted(usual.unique()))
    span = max((start - known.iloc[0]).days, 1)
    missed = longest * len(usual) / span
    if longest <= (known.diff().dt.days - 1).max() or missed < LEAST:
        return
    first, final = marks[at - 1] + edge, marks[at] - edge
    words = (
        f"{first:%Y-%m-%d} 至 {final:%Y-%m-%d} 一条反馈也没有，以往同样长的日子约有 {missed:.0f} 条；"
        "请核对文件是否只有一部分，或这一期还没有结束"
    )
    yield source, "缺少日子", GRAVE, words


def _again(source: str, own: pd.DataFrame, period: Period) -> Iterator[Row]:
    """Many more rows of the period than usual whose words stand already in a month before it."""
    start = period.moments[0]
    worded = own[own["text"].str.len() >= TOLD]
    month = worded["created_at"].dt.to_period("M")
    inside = period.mask(worded["created_at"])
    now = worded.loc[inside, "text"]
    if len(now) < LEAST or now.nunique() < len(now) / 2:
        return
    since = worded.groupby("text", sort=False)["created_at"].transform("min")
    share = (since[inside] < start).mean()
    known = sorted(month[worded["created_at"] < start].unique())[-3:]
    again = since.dt.to_period("M") < month
    usual = [again[month == m].mean() for m in known]
    if not usual or share - max(usual) < drift.SHIFT:
        return
    words = (
        f"本期 {share:.0%} 的反馈与此前各月的一字不差（以往至多 {max(usual):.0%}）；"
        "请核对是不是以前的文件改了名字或日期"
    )
    yield source, "内容重复", GRAVE, words


def _twice(source: str, own: pd.DataFrame) -> Iterator[Row]:
    """Months of which most rows stand there twice, alike but for their id."""
    month = own["created_at"].dt.strftime("%Y-%m")
    twin = own.duplicated(["created_at", "text"], keep=False) & (own["text"].str.len() >= TOLD)
    share = twin.groupby(month).agg(["mean", "sum"])
    many = share[(share["mean"] - share["mean"].median() >= drift.SHIFT) & (share["sum"] >= LEAST)]
    for label, row in many.iterrows():
        words = (
            f"{label} 有 {int(row['sum'])} 条（{row['mean']:.0%}）与另一条的时间和内容完全相同，"
            "只有反馈ID不同；请核对是不是换了编号又导出了一遍"
        )
        yield source, "重复导出", GRAVE, words


def _one(source: str, own: pd.DataFrame, period: Period) -> Iterator[Row]:
    """One text that many more rows of the period consist of than rows before it of any one."""
    now, past = _parted(own, period)
    if len(now) < LEAST or len(past) < drift.LEAST:
        return
    counts = now["text"].value_counts(normalize=True)
    usual = past["text"].value_counts(normalize=True).iloc[0]
    if counts.iloc[0] - usual < drift.SHIFT:
        return
    words = (
        f"本期 {counts.iloc[0]:.0%} 的反馈是同一句话（以往至多 {usual:.0%}）；请核对反馈内容取的是不是这一列"
    )
    yield source, "内容相同", GRAVE, words


def _hours(source: str, own: pd.DataFrame, period: Period) -> Iterator[Row]:
    """Many rows of the period at hours at which hardly any was written before."""
    now, past = _parted(own, period)
    if len(now) < LEAST or len(past) < drift.LEAST:
        return
    usual = past["created_at"].dt.hour.value_counts(normalize=True).reindex(range(24), fill_value=0)
    odd = now["created_at"].dt.hour.isin(usual[usual < drift.RARE].index)
    if odd.mean() < drift.SHIFT:
        return
    words = f"本期 {odd.mean():.0%} 的反馈落在以往几乎没有反馈的钟点；请核对时区，或时间是否只剩下日期"
    yield source, "钟点不同", GRAVE, words


def _parted(own: pd.DataFrame, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    return own[period.mask(own["created_at"])], own[own["created_at"] < period.moments[0]]


def _replaced(inside: pd.DataFrame, read: pd.DataFrame, period: str) -> Iterator[Row]:
    """Rows of the period archived from a file that is there again without them, among times it still has."""
    key = ["source", "feedback_id"]
    inside, read = plain_ids(inside), plain_ids(read)
    held = pd.MultiIndex.from_frame(inside[key].astype("str"))
    gone = inside[~held.isin(pd.MultiIndex.from_frame(read[key].astype("str")))]
    span = read.groupby(["source", "file"], observed=True)["created_at"].agg(["min", "max"]).reset_index()
    named = {"source": "str", "file": "str"}
    gone = gone.astype(named).merge(span.astype(named), on=["source", "file"])
    gone = gone[(gone["created_at"] >= gone["min"]) & (gone["created_at"] <= gone["max"])]
    sizes = inside["source"].astype("str").value_counts()
    counts = gone.groupby(["source", "file"]).size()
    for (source, file), n in zip(counts.index.tolist(), counts.tolist(), strict=True):
        words = (
            f"本期有 {n} 条以前读自 {file}，这个文件里现在没有了，仍按归档计入；"
            f"若它们不该算，请撤下后重新运行：voc withdraw 参数文件 {period} "
            f"--file {shlex.quote(str(file))} --why 原因"
        )
        many = n >= max(FEW, SOME * sizes[source])
        yield source, "文件换过", GRAVE if many else "提示", words
