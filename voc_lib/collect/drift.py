"""What changed against the usual: columns that came or went, levels that changed, volumes far off."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc_lib import schema

COLUMNS = ["source", "kind", "field", "detail", "severity"]
LEAST = 100  # earlier rows below which no usual values are known
LEVELS = 60  # a column with more different values is no classification
RARE = 0.01
MONTHS = 12
ENOUGH_MONTHS = 3
FAR = 3.5  # Iglewicz & Hoaglin's bound for the modified z-score
SHIFT = 0.3
UNUSED, EMPTY = "未使用", "空"
Row = tuple[str, str, str, str, str]
WATCHED = ("channel", "category_given", "urgency_given", "status", "department", "product", "region")


def report(feedback: pd.DataFrame, history: pd.DataFrame, *, whole: bool = True) -> pd.DataFrame:
    """Rows source, kind, field, detail, severity (提示 or 警告): the new rows against the archive.

    Rows of months that are not `whole` are not counted against months.
    """
    rows: list[Row] = []
    keys = pd.MultiIndex.from_frame(feedback[["source", "feedback_id"]])
    past = history[~pd.MultiIndex.from_frame(history[["source", "feedback_id"]]).isin(keys)]
    for source, new in feedback.groupby("source", sort=True):
        before = past[past["source"] == source]
        rows += _volume(str(source), new, before) if whole else []
        if len(before) >= LEAST:
            rows += _fields(str(source), new, before)
    rows += [
        (str(source), "来源", "", f"来源 “{source}” 以前有 {len(part)} 条反馈，这次没有", "警告")
        for source, part in past.groupby("source", sort=True)
        if source not in set(feedback["source"])
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def columns(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Rows as `report` of columns that are new or gone, read as another field, or of other values.

    `now`, `before`: schema.HEADERS of this run and of the last.
    """
    rows: list[Row] = []
    for source in sorted(set(now["source"]) & set(before["source"])):
        rows += _kinds(now, before, source)
        new, old = _fields_of(now, source), _fields_of(before, source)
        rows += [(source, "新列", h, f"新出现的列 “{h}”", "提示") for h in sorted(set(new) - set(old))]
        for header in sorted(set(old) - set(new)):
            used = old[header] != UNUSED
            detail = f"列 “{header}”{f'（{old[header]}）' if used else ''}不见了"
            rows.append((source, "缺列", header, detail, "警告" if used else "提示"))
        for header in sorted(set(old) & set(new)):
            if old[header] != new[header]:
                detail = f"列 “{header}” 以前作 {old[header]}，这次作 {new[header]}"
                rows.append((source, "映射变化", header, detail, "警告"))
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def _kinds(now: pd.DataFrame, before: pd.DataFrame, source: str) -> list[Row]:
    """Columns whose values are numbers, dates or words, and were something else."""
    new, old = ({} if "kind" not in f else _by_header(f, source, "kind") for f in (now, before))
    used = _fields_of(now, source)
    changed = [h for h in sorted(set(new) & set(old)) if EMPTY not in (new[h], old[h]) and new[h] != old[h]]
    return [
        (
            source, "类型变化", h, f"列 “{h}” 的值以前是{old[h]}，这次是{new[h]}",
            "提示" if used[h] == UNUSED else "警告",
        )
        for h in changed
    ]  # fmt: skip


def _by_header(headers: pd.DataFrame, source: str, column: str) -> dict[str, str]:
    """Header -> what `column` says of it, where it says something; of several files the first."""
    mine = headers[(headers["source"] == source) & headers[column].notna()].drop_duplicates("header")
    return dict(zip(mine["header"], mine[column], strict=True))


def _fields_of(headers: pd.DataFrame, source: str) -> dict[str, str]:
    """Header -> field of one source."""
    mine = headers[headers["source"] == source].drop_duplicates("header")
    return dict(zip(mine["header"], mine["field"].fillna(UNUSED), strict=True))


def _fields(source: str, new: pd.DataFrame, before: pd.DataFrame) -> list[Row]:
    rows = []
    for column in schema.FEEDBACK.columns:
        a, b = before[column.name], new[column.name]
        if column.name in ("source", "file", "sheet", "line", "feedback_id"):
            continue
        rows += _filling(source, column, a, b)
        if column.name in WATCHED:
            rows += _levels(source, column, a.dropna(), b.dropna())
        elif column.kind == "float":
            rows += _numbers(source, column, a.dropna(), b.dropna())
    rows += _id_shape(source, before["feedback_id"], new["feedback_id"])
    return rows


def _filling(source: str, column: schema.Column, a: pd.Series, b: pd.Series) -> list[Row]:
    """A field that was filled and is empty now, or the other way round."""
    was, now = a.notna().mean(), b.notna().mean()
    if abs(was - now) < SHIFT or len(b) < 20:
        return []
    detail = f"{column.label}的填写率由 {was:.0%} 变为 {now:.0%}"
    return [(source, "填写率", column.name, detail, "警告" if now < was else "提示")]


def _levels(source: str, column: schema.Column, a: pd.Series, b: pd.Series) -> list[Row]:
    """New levels of a classification, and usual ones that are gone."""
    usual = a.value_counts(normalize=True)
    if usual.empty or len(usual) > LEVELS or b.empty:
        return []
    rows = []
    fresh = b[~b.isin(usual.index)].value_counts()
    if len(fresh):
        shown = "、".join(
            f"{level}（{n}）" for level, n in sorted(fresh.items(), key=lambda i: (-i[1], str(i[0])))[:8]
        )
        severity = "警告" if fresh.sum() > SHIFT * len(b) else "提示"
        rows.append((source, "新取值", column.name, f"{column.label}出现新的取值：{shown}", severity))
    gone = usual[(usual * len(b) > 5) & ~usual.index.isin(b)]
    if len(gone):
        detail = f"{column.label}不再出现：{'、'.join(map(str, sorted(gone.index)))}"
        rows.append((source, "取值消失", column.name, detail, "提示"))
    return rows


def _numbers(source: str, column: schema.Column, a: pd.Series, b: pd.Series) -> list[Row]:
    """A score whose middle moved by more than a quarter of its range."""
    if len(a) < 20 or len(b) < 20:
        return []
    span = (column.high or a.max()) - (column.low or 0)
    if abs(a.mean() - b.mean()) <= 0.25 * span:
        return []
    detail = f"{column.label}的均值由 {a.mean():.2f} 变为 {b.mean():.2f}，请确认评分制没有变"
    return [(source, "数值变化", column.name, detail, "警告")]


def _id_shape(source: str, a: pd.Series, b: pd.Series) -> list[Row]:
    """Ids that look unlike the old ones (digits as 9, letters as A)."""
    was, now = _shape(a), _shape(b)
    if not was or not now or was == now:
        return []
    return [
        (source, "编号样式", "feedback_id", f"反馈ID的样式由 {was} 变为 {now}，旧记录可能无法被更正", "警告")
    ]


def _shape(ids: pd.Series) -> str:
    shapes = (
        ids.dropna()
        .head(5000)
        .str.replace(r"\d+", "9", regex=True)
        .str.replace(r"[A-Za-z]+", "A", regex=True)
    )
    top = shapes.value_counts(normalize=True)
    return str(top.index[0]) if len(top) and top.iloc[0] >= 0.9 else ""


def _volume(source: str, new: pd.DataFrame, before: pd.DataFrame) -> list[Row]:
    """A month of the new rows whose number is far off the months before (median and MAD)."""
    month = new["created_at"].max().strftime("%Y-%m")
    counts = pd.concat([before, new])["created_at"].dt.strftime("%Y-%m").value_counts().sort_index()
    usual = counts[counts.index < month].tail(MONTHS)
    if len(usual) < ENOUGH_MONTHS:
        return []
    middle, n = usual.median(), int(counts[month])
    spread = max(1.4826 * (usual - middle).abs().median(), np.sqrt(max(middle, 1)))
    if abs(n - middle) / spread <= FAR:
        return []
    word = "远多于" if n > middle else "远少于"
    detail = f"{month} 有 {n} 条，{word}此前 {len(usual)} 个月的中位数 {middle:.0f} 条"
    return [(source, "数量异常", "created_at", detail, "警告" if n < middle else "提示")]  # a rise may be one
