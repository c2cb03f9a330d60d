"""One source's files to one set of rows with unique ids: read = kept + quarantined, file by file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.collect.standardize import Standard
from voc_lib.collect.table import Table
from voc_lib.period import Period

SAME = "反馈ID重复：与第 {line} 行完全相同"
CONFLICT = "反馈ID重复：与第 {line} 行内容不同，保留先出现的"
REPLACED = "反馈ID重复：已由较新的文件 {file} 取代"
CONTENT = [c for c in schema.FEEDBACK.names if c not in ("source", "file", "sheet", "line")]
QUALIFIER = ":"
PLACE = ["source", "file", "sheet"]


@dataclass(frozen=True)
class Closed:
    """The rows of one source: kept and quarantined."""

    feedback: pd.DataFrame
    quarantine: pd.DataFrame


def close(standards: Sequence[Standard], source: str) -> Closed:
    """Kept and quarantined rows of a source: of one id the first row of the last file stays."""
    if not standards:
        return Closed(schema.empty(schema.FEEDBACK), schema.empty(schema.QUARANTINE))
    frame = pd.concat([s.feedback for s in standards], ignore_index=True)
    rejected = [_quarantine(s.table, source) for s in standards]
    if frame["feedback_id"].is_unique:
        return Closed(frame, _joined(rejected))
    reasons = _repeated(frame)
    gone = frame.loc[list(reasons)]
    raws = _raws(gone, {(s.table.file, s.table.sheet): s.table for s in standards})
    extra = gone[["source", "file", "sheet", "line"]].assign(reason=list(reasons.values()), raw=raws)
    return Closed(frame.drop(index=list(reasons)).reset_index(drop=True), _joined([*rejected, extra]))


def _repeated(frame: pd.DataFrame) -> dict[int, str]:
    """Row -> reason for the rows whose id another row keeps."""
    twins = frame[frame["feedback_id"].duplicated(keep=False)]
    files = {file: order for order, file in enumerate(dict.fromkeys(frame["file"]))}
    order = twins.assign(_file=-twins["file"].map(files), _row=twins.index)
    winner = order.sort_values(["_file", "_row"], kind="stable").drop_duplicates("feedback_id")
    place = winner.set_index("feedback_id")["_row"]
    keeper = twins["feedback_id"].map(place).astype("int64")
    losers = twins.index[keeper.to_numpy() != twins.index.to_numpy()]
    keep = frame.loc[keeper[losers]]
    lost = frame.loc[losers]
    same = _equal(lost[CONTENT], keep[CONTENT])
    other_file = lost["file"].to_numpy() != keep["file"].to_numpy()
    reasons = {}
    for row, is_same, moved, line, file in zip(
        losers, same, other_file, keep["line"], keep["file"], strict=True
    ):
        pattern = REPLACED if moved else SAME if is_same else CONFLICT
        reasons[int(row)] = pattern.format(line=line, file=file)
    return reasons


def _equal(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
    """Which rows of two frames agree in every column (missing equals missing)."""
    same = np.ones(len(left), dtype=bool)
    for name in left.columns:
        a, b = left[name].reset_index(drop=True), right[name].reset_index(drop=True)
        same &= ((a == b).fillna(False).astype(bool) | (a.isna() & b.isna())).to_numpy()
    return same


def _raws(rows: pd.DataFrame, tables: dict[tuple[str, str | None], Table]) -> list[str]:
    """The original cells of rows that come from several tables."""
    raws: dict[int, str] = {}
    for (file, sheet), table in tables.items():
        mine = rows[
            (rows["file"] == file) & (rows["sheet"].isna() if sheet is None else rows["sheet"] == sheet)
        ]
        if len(mine):
            positions = np.searchsorted(table.lines, mine["line"].astype("int64").to_numpy())
            raws |= dict(zip(mine.index.tolist(), table.raw(positions), strict=True))
    return [raws[row] for row in rows.index.tolist()]


def _quarantine(table: Table, source: str) -> pd.DataFrame:
    return table.rejects.assign(source=source, file=table.file, sheet=table.sheet)


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """schema.QUARANTINE rows in the order of the files and lines."""
    shaped = [schema.shape(part, schema.QUARANTINE) for part in parts if len(part)]
    if not shaped:
        return schema.empty(schema.QUARANTINE)
    joined = pd.concat(shaped, ignore_index=True)
    files = {file: order for order, file in enumerate(dict.fromkeys(joined["file"]))}
    key = joined.assign(file=joined["file"].map(files), sheet=joined["sheet"].fillna(""))
    return joined.loc[key.sort_values(["file", "sheet", "line"], kind="stable").index].reset_index(drop=True)


def quarantine(tables: Sequence[Table], source: str) -> pd.DataFrame:
    """schema.QUARANTINE of all rejects, in the order of the files and lines."""
    return _joined([_quarantine(table, source) for table in tables])


def reads(
    feedback: pd.DataFrame, rejected: pd.DataFrame, tables: Sequence[tuple[str, Table]], period: Period
) -> pd.DataFrame:
    """schema.READS: per source, file and sheet of a workbook, also for those that gave nothing.

    `rated` are the kept rows with a score and no words; `in_period` counts those with words.
    """
    lines = _lines(tables)
    worded = feedback["text"].notna()
    kept, gone = _counts(feedback, lines.index), _counts(rejected, lines.index)
    inside = _counts(feedback[worded & period.mask(feedback["created_at"])], lines.index)
    rated = _counts(feedback[~worded], lines.index)
    return _reads(lines.assign(read=kept + gone, quarantined=gone, kept=kept, rated=rated, in_period=inside))


def side_reads(tables: Sequence[Table], title: str) -> pd.DataFrame:
    """schema.READS of a side table; its rows belong to no period."""
    lines = _lines([(title, table) for table in tables])
    counts = [(table.read, len(table.rejects), len(table.lines)) for table in tables]
    columns = dict(zip(("read", "quarantined", "kept"), zip(*counts, strict=True), strict=True))
    return _reads(lines.assign(**columns))


def _lines(tables: Sequence[tuple[str, Table]]) -> pd.DataFrame:
    """Lines of each place, and those of them that are no rows; no sheet is ""."""
    rows = {(source, t.file, t.sheet or ""): (t.total, t.total - t.read, _kinds(t)) for source, t in tables}
    index = pd.MultiIndex.from_tuples(list(rows), names=PLACE)
    return pd.DataFrame(list(rows.values()), index=index, columns=["lines", "aside", "aside_kinds"])


def _kinds(table: Table) -> str:
    return "、".join(f"{kind} {n}" for kind, n in sorted(table.aside.items()) if n)


def _reads(counted: pd.DataFrame) -> pd.DataFrame:
    frame = counted.reset_index()
    return schema.shape(frame.assign(sheet=frame["sheet"].mask(frame["sheet"] == "")), schema.READS)


def _counts(rows: pd.DataFrame, index: pd.Index) -> pd.Series:
    """How many rows stand in each place; no sheet is ""."""
    where = rows[PLACE].assign(sheet=rows["sheet"].fillna(""))
    return where.groupby(PLACE).size().reindex(index, fill_value=0)


def distinct_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ids that tell all rows apart: an id of several sources stays with its earliest row.

    In the other sources it reads “source:id”.
    """
    frame = plain_ids(frame)
    shared = frame["feedback_id"].duplicated(keep=False)
    if not shared.any():
        return frame
    some = frame[shared].sort_values(["created_at", "source"], kind="stable")
    owner = some.drop_duplicates("feedback_id").set_index("feedback_id")["source"]
    foreign = shared & (frame["source"] != frame["feedback_id"].map(owner)).fillna(False)
    qualified = frame["source"] + QUALIFIER + frame["feedback_id"]
    return frame.assign(feedback_id=frame["feedback_id"].mask(foreign, qualified))


def keys(frame: pd.DataFrame) -> pd.Series:
    """“source:id” of every row, the id as the source gave it: stays the same whatever other sources hold."""
    return (frame["source"] + QUALIFIER + plain_ids(frame)["feedback_id"]).astype("str")


def plain_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ids as the sources gave them."""
    if not frame["feedback_id"].str.contains(QUALIFIER, regex=False).any():
        return frame
    ids = [
        i.removeprefix(f"{s}{QUALIFIER}") for i, s in zip(frame["feedback_id"], frame["source"], strict=True)
    ]
    return frame.assign(feedback_id=pd.Series(ids, index=frame.index, dtype="str"))
