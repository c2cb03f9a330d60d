"""What customers scored: satisfaction (1–5) and readiness to recommend (0–10), with intervals."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from voc_lib import intervals, schema
from voc_lib.period import Period
from voc_lib.stats import clusters, means
from voc_lib.stats import months as months_of
from voc_lib.stats.raised import counted
from voc_lib.stats.service import KEYS, WHOLE

MONTHS = 12
COLUMNS = ["created_at", "channel", "tags", "csat", "csat_scale", "nps", "customer_id"]
READ = [*COLUMNS, "counted"]  # of single feedbacks, for `scored`
PROMOTER, DETRACTOR, SATISFIED = 9, 6, 4
RANGE = (1, 5)


def scored(tagged: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """Every single feedback that may hold a score: schema.TAGGED, and schema.RATINGS, which have no words.

    Without copies the params leave out of statistics.
    """
    both = pd.concat([tagged, ratings], ignore_index=True) if len(ratings) else tagged.reset_index(drop=True)
    return counted(both)


def table(tagged: pd.DataFrame, period: Period) -> pd.DataFrame:
    """schema.SATISFACTION: mean score, share of 4–5, NPS; whole, per channel, per month of a year.

    Every single score counts once, praise and scores without words (`scored`) included. Mean with a score
    interval, share with Wilson's (both by customer), NPS (points, −100..100) with the adjusted Wald interval
    (Rocks 2016).
    Scores of two to four levels count in the share alone (`fine`).
    """
    tagged = tagged.reindex(columns=COLUMNS)
    now = _lines(tagged[period.mask(tagged["created_at"])])
    before = _lines(tagged[period.previous().mask(tagged["created_at"])])
    frame = pd.DataFrame([*now, *_by_month(tagged, period)])
    if not any(line["n"] for line in now):
        return schema.empty(schema.SATISFACTION)
    previous = pd.DataFrame(before)[[*KEYS, "value"]].rename(columns={"value": "previous"})
    return schema.shape(frame.merge(previous, on=KEYS, how="left"), schema.SATISFACTION)


def fine(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose score stands for a place on 1–5: those of five levels and more.

    >>> fine(pd.DataFrame({"csat": [5.0, 4.0], "csat_scale": ["2 档", None]}))["csat"].tolist()
    [4.0]
    """
    if "csat_scale" not in rows:
        return rows
    return rows[~rows["csat_scale"].isin(schema.COARSE_SCALES)]


def satisfied(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a score; `kept` says whether it is one of 4–5."""
    scored = rows[rows["csat"].notna()]
    return scored.assign(kept=(scored["csat"] >= SATISFIED).astype("float64"))


def graded(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose score counts in the mean; `kept` is the score."""
    scored = fine(rows[rows["csat"].notna()])
    return scored.assign(kept=scored["csat"].astype("float64"))


def pointed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that answer how ready they are to recommend; `kept` is 100, 0 or −100 points, NPS their mean.

    >>> pointed(pd.DataFrame({"nps": [10, 7, 6, None]}))["kept"].tolist()
    [100.0, 0.0, -100.0]
    """
    told = rows[rows["nps"].notna()]
    camp = (told["nps"] >= PROMOTER).astype("float64") - (told["nps"] <= DETRACTOR).astype("float64")
    return told.assign(kept=100 * camp)


def csat(scores: pd.Series, who: clusters.Codes | None = None) -> intervals.Interval:
    """Mean score with a score interval inside 1..5; fewer than six scores have none."""
    return means.scores(scores, *RANGE, who)


def nps(scores: pd.Series) -> intervals.Interval:
    """Net promoter score in points.

    >>> float(nps(pd.Series([10, 9, 8, 3])).value)
    25.0
    """
    return intervals.nps(*_camps(scores))


def nps_adjusted(scores: pd.Series) -> tuple[intervals.Floats, intervals.Floats]:
    """Centre and standard error of the adjusted Wald interval, in points."""
    return intervals.nps_adjusted(*_camps(scores))


def _camps(scores: pd.Series) -> tuple[int, int, int]:
    known = scores.dropna()
    return int((known >= PROMOTER).sum()), int((known <= DETRACTOR).sum()), len(known)


def _lines(rows: pd.DataFrame) -> list[dict]:
    lines = list(_figures(rows, WHOLE))
    sizes = rows["channel"].value_counts()
    for name in sorted(sizes.index, key=lambda g: (-sizes[g], g)):
        lines += [f for f in _figures(rows[rows["channel"] == name], f"渠道：{name}") if f["n"]]
    return lines


def _by_month(tagged: pd.DataFrame, period: Period) -> list[dict]:
    until = pd.Timestamp(period.end) + pd.Timedelta(days=1)
    months = [
        str(m) for m in pd.period_range(end=pd.Period(period.months[-1], freq="M"), periods=MONTHS, freq="M")
    ]
    rows = tagged[(tagged["created_at"] < until) & (tagged["created_at"] >= pd.Timestamp(f"{months[0]}-01"))]
    month = months_of.names(rows["created_at"])
    lines = [line for name in months for line in _figures(rows[month == name], f"月份：{name}")]
    return [line for line in lines if line["n"]]


def _figures(rows: pd.DataFrame, group: str) -> Iterator[dict]:
    scores, advice = rows["csat"].dropna(), rows["nps"].dropna()
    good = satisfied(rows)
    good_share = clusters.around(*clusters.kept(good))
    places = graded(rows)
    mean = csat(places["kept"], clusters.people(places))
    answered = f"{len(rows)} 条反馈中 {len(scores)} 条有评分{_wordless(rows, scores)}"
    coarse = len(scores) - len(places)
    if len(places) or not coarse:
        apart = f"，{coarse} 条 2–4 档的评分不计均分" if coarse else ""
        note = f"1–5 分的平均；{answered}{apart}"
        yield {**_line(group, "满意度均分", "分", mean), "n": len(places), "note": note}
    steps = f"，{coarse} 条是 2–4 档的评分，按前面的档计" if coarse else ""
    note = f"4–5 分的比例；{answered}{steps}"
    yield {**_line(group, "满意率", "比例", good_share), "n": len(scores), "note": note}
    note = f"9–10 分比例 − 0–6 分比例；{len(rows)} 条反馈中 {len(advice)} 条有回答{_wordless(rows, advice)}"
    yield {**_line(group, "NPS", "点", nps(advice)), "n": len(advice), "note": note}


def _wordless(rows: pd.DataFrame, scores: pd.Series) -> str:
    n = int(rows.loc[scores.index, "tags"].isna().sum())  # every feedback with words has tags
    return f"，其中 {n} 条没有文字" if n else ""


def _line(group: str, indicator: str, unit: str, estimate: intervals.Interval) -> dict:
    value, low, high = (float(x) for x in estimate)
    return {"indicator": indicator, "group": group, "value": value, "unit": unit, "low": low, "high": high}
