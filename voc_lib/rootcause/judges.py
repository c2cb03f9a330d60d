"""Score sheets of several judges: read with every fault told, how far they agree, what they say together."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.appraised import CRITERIA, LABELS
from voc_lib.collect import readers
from voc_lib.collect.columns import series
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.intervals import Floats
from voc_lib.params import Settings

PROBLEM, JUDGE = "问题", "评委"
LOW, HIGH = 1, 5
STRONG, FAIR = 0.7, 0.5  # W from which agreement is called strong, fair (Schmidt 1997)
SURE = 0.05
MOST = 20  # faults told at once
SHEET = "评分"


def read(settings: Settings, problems: Collection[str]) -> pd.DataFrame:
    """schema.JUDGEMENTS of the sheets the params name; DataError with every fault, each with its place."""
    asked = settings.params.appraisal
    if asked is None or asked.scores is None:
        return schema.empty(schema.JUDGEMENTS)
    return sheets(settings.resolve(asked.scores), {str(name) for name in problems})


def sheets(location: Path, problems: Collection[str]) -> pd.DataFrame:
    """schema.JUDGEMENTS of the score sheets at a path or pattern."""
    parts, faults = [], []
    for file, label in readers.paths(location):
        tables = [t for t in readers.read(file, label=label) if {PROBLEM, JUDGE} <= {*t.columns}]
        if not tables:
            faults.append(f"{label}：没有“{PROBLEM}”“{JUDGE}”两列，不是评分表")
        for table in tables:
            parts.append(_long(table, problems, faults))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if len(found):
        faults += _twice(found)
    if faults:
        lines = "".join(f"\n  · {fault}" for fault in faults[:MOST])
        raise DataError(f"评分表有 {len(faults)} 处要改：{lines}")
    return schema.shape(found, schema.JUDGEMENTS) if len(found) else schema.empty(schema.JUDGEMENTS)


def _long(table: Table, problems: Collection[str], faults: list[str]) -> pd.DataFrame:
    """The scores of a sheet, a row for each; what is wrong goes to `faults`, a blank cell is no score."""
    cells = {name: series(table.cells[name]).tolist() for name in table.columns}
    rows = []
    for n, line in enumerate(table.lines.tolist()):
        problem, judge = cells[PROBLEM][n], cells[JUDGE][n]
        place = f"{table.file} 第 {line} 行"
        given = {key: cells[name][n] for key, name in LABELS.items() if name in cells}
        given = {key: value for key, value in given.items() if isinstance(value, str)}
        if not given:
            continue
        if not isinstance(judge, str):
            faults.append(f"{place}：没有写评委")
            continue
        if problem not in problems:
            faults.append(f"{place}：没有问题“{problem}”。{did_you_mean(str(problem), problems)}")
            continue
        for key, value in given.items():
            score = pd.to_numeric(unicodedata.normalize("NFKC", value), errors="coerce")  # ４
            if not LOW <= score <= HIGH:
                faults.append(f"{place}：{LABELS[key]}“{value}”应是 {LOW}–{HIGH} 的数")
                continue
            rows.append((judge, problem, LABELS[key], float(score), table.file, line))
    return pd.DataFrame(rows, columns=["judge", "problem", "criterion", "score", "file", "line"])


def _twice(found: pd.DataFrame) -> list[str]:
    told = "{file} 第 {line} 行：评委对“{problem}”已评过一次，只留一份"
    again = found[found.duplicated(["judge", "problem", "criterion"])].drop_duplicates(["file", "line"])
    return [told.format_map(row) for row in again.to_dict("records")]


def means(judgements: pd.DataFrame) -> pd.DataFrame:
    """Mean score by problem (index) and criterion (columns), 0 to 1."""
    if judgements.empty:
        return pd.DataFrame(columns=list(CRITERIA), dtype="float64")
    keys = {label: key for key, label in LABELS.items()}
    wide = judgements.pivot_table("score", "problem", "criterion", aggfunc="mean")
    return ((wide.rename(columns=keys) - LOW) / (HIGH - LOW)).astype("float64")


def agreement(judgements: pd.DataFrame) -> pd.DataFrame:
    """schema.AGREEMENT: Kendall's W of each criterion over the problems all its judges scored."""
    rows = []
    for label in LABELS.values():
        mine = judgements[judgements["criterion"] == label]
        wide = mine.pivot_table("score", "judge", "problem").dropna(axis=1)
        if wide.shape[0] < 2 or wide.shape[1] < 3:
            continue
        found = concordance(wide.to_numpy("float64"))
        rows.append((label, wide.shape[0], wide.shape[1], *found, _verdict(found[0], found[2])))
    columns = ["criterion", "judges", "problems", "w", "chi2", "p", "verdict"]
    return schema.shape(pd.DataFrame(rows, columns=columns), schema.AGREEMENT)


def _verdict(w: float, p: float) -> str:
    if not p < SURE:
        return "看不出一致"
    return "一致" if w >= STRONG else "大致一致" if w >= FAIR else "分歧较大"


def concordance(scores: Floats) -> tuple[float, float, float]:
    """Kendall's W of a table of judges by things, corrected for ties, its chi-squared and p.

    W = 12 S / (m² (n³ − n) − m ΣT), T = Σ(t³ − t) of each judge's ties; χ² = m (n − 1) W with n − 1
    degrees of freedom (Kendall & Gibbons 1990); NaN where every judge gives everything the same score.

    >>> [round(x, 3) for x in concordance(np.array([[1.0, 2, 3, 4], [1, 2, 3, 4], [1, 3, 2, 4]]))]
    [0.911, 8.2, 0.042]
    """
    from scipy.stats import chi2, rankdata

    judges, things = scores.shape
    ranks = rankdata(scores, axis=1)
    spread = ((ranks.sum(axis=0) - judges * (things + 1) / 2) ** 2).sum()
    counts = [np.unique(row, return_counts=True)[1].astype("float64") for row in ranks]
    ties = sum(float((count**3 - count).sum()) for count in counts)
    most = judges**2 * (things**3 - things) - judges * ties
    if most <= 0:
        return float("nan"), float("nan"), float("nan")
    w = 12 * spread / most
    statistic = judges * (things - 1) * w
    return float(w), float(statistic), float(chi2.sf(statistic, things - 1))
