"""The month at a glance: what says something as cards with their course, goals and promises as a strip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.improve.watch import BACK
from voc_lib.period import Period
from voc_lib.report import cited, tables
from voc_lib.report.basis import Basis
from voc_lib.report.conclusions import aims, foremost, indicators, measures
from voc_lib.report.plots import spark
from voc_lib.report.tables import TONES, Card, CardsView, number
from voc_lib.schema import Table
from voc_lib.schema.words import DIRECTIONS, SIDES
from voc_lib.stats.changes import CATEGORY
from voc_lib.stats.mix import POINTS
from voc_lib.stats.rates import ALL
from voc_lib.stats.service import WHOLE

MOST = foremost.MOST
EVER = "此前一件也没有"
MONTHS = 13  # of a course: a year and the same month of the year before
WORSE, BETTER, OPEN = DIRECTIONS
TONED = {WORSE: "bad", BETTER: "good", OPEN: "warn"}
SHARE = partial(number, kind="share")
Read = Mapping[str, pd.DataFrame]


def cards(found: pd.DataFrame, read: Read) -> CardsView | None:
    """At most five findings that have a course, the worst first, the best news among them; None without any.

    schema.FINDINGS and, by name, the tables they were read from with `trend` and `effect_months` in.
    """
    told = [
        (SIDES[row["direction"]], card)
        for _, row in foremost.standing(found).iterrows()
        if (card := _card(row, read))
    ]
    good = [pair for pair in told if pair[0] == BETTER]
    shown = told[:MOST]
    if good and good[0] not in shown:
        shown = [*shown[: MOST - 1], good[0]]
    return tables.cards(card for _, card in shown) if shown else None


def strip(goals: pd.DataFrame, commitments: pd.DataFrame) -> CardsView | None:
    """Every goal and promise with what it is now and its verdict; None without any."""
    aimed = [_goal(row) for _, row in goals.iterrows()]
    now = commitments["month"].max()
    kept = [_promise(row, now) for _, row in aims.latest(commitments).iterrows()]
    return CardsView((*aimed, *kept), strip=True) if aimed or kept else None


def _goal(row: pd.Series) -> Card:
    now, target = (indicators.shown(row[name], row["unit"]) for name in ("current", "target"))
    return _aim(str(row["goal"]), now, target, row["verdict"], cited.row(schema.GOALS, row))


def _promise(row: pd.Series, month: str) -> Card:
    """A promise as it was kept in a month, or that nothing is known of it since an earlier one."""
    name, target = f"承诺：{row['promise']}", number(row["target"], "share")
    rest = cited.row(schema.COMMITMENTS, row)
    if row["month"] < month:
        return _aim(name, "—", f"{target}，{Period.parse(row['month']).title}以后没有数据", None, rest)
    return _aim(name, number(row["share"], "share"), target, row["verdict"], rest)


def _aim(name: str, now: str, target: str, verdict: Any, rest: Basis) -> Card:
    word = str(verdict) if pd.notna(verdict) else "没有数据"
    return Card(name, now, f"目标 {target}", TONES.get(word, "muted"), (rest,), direction=word)


def _card(row: pd.Series, read: Read) -> Card | None:
    """A finding as a card; None where its figure has no course or nothing to stand beside."""
    tone = TONED[SIDES[row["direction"]]]
    made = CARDS[row["kind"]](row, read, tone) if row["kind"] in CARDS else None
    return made and made.under(row["direction"], tone)


def _row(table: pd.DataFrame, column: str, value: object) -> pd.Series:
    return table[table[column] == value].iloc[0]


def _rate(row: pd.Series, read: Read, tone: str) -> Card:
    name = ALL if row["kind"] == "问题总量" else str(row["subject"])
    mine = _row(read["rates"], "category", name)
    note = (
        f"以往水平 {number(mine['level'], 'float')}，是它的 {mine['ratio']:.2f} 倍"
        if mine["level"] > 0
        else EVER
    )
    label = "每千单问题数" if name == ALL else f"{name}每千单件数"
    trend = read["trend"]
    rows = trend if name == ALL else trend[trend["category"] == name]
    course = rows.groupby("month", observed=True)["rate"].sum(min_count=1)
    rest = (cited.row(schema.RATES, mine),)
    card = Card(label, number(mine["rate"], "float"), note, basis=rest)
    return _along(card, course, tone, partial(number, kind="float"), schema.TREND)


def _earlier(when: str, times: float) -> str:
    return f"{when} {number(times, 'float')} 次" if times > 0 else "此前没有"


def _news(row: pd.Series, read: Read, tone: str) -> Card:
    mine = _row(read["emerging"], "term", row["subject"])
    before = _earlier("此前每期", mine["before"])
    note = before if mine["before"] > 0 else f"新出现，{before}"
    card = Card(f"“{mine['term']}”", f"{int(mine['n'])} 次", note, basis=(cited.row(schema.EMERGING, mine),))
    return card.drawn(spark.pair(mine["before"], mine["n"], tone=tone), f"{before}，本期 {int(mine['n'])} 次")


def _incident(row: pd.Series, read: Read, tone: str) -> Card:
    mine = _row(read["incidents"], "name", row["subject"])
    before = _earlier("开警前月均", mine["before"])
    note = f"{mine['category']}；{before}，{mine['opened']:%Y-%m-%d} 首次预警"
    card = Card(str(mine["name"]), f"{int(mine['n'])} 次", note, basis=(cited.row(schema.INCIDENTS, mine),))
    told = f"{before}，本期 {int(mine['n'])} 次"
    return card.drawn(spark.pair(mine["before"], mine["n"], tone=tone), told)


def _measure(row: pd.Series, read: Read, tone: str) -> Card:
    """The measure of the finding, the first where it is of several, with the metric by month."""
    ids = str(row["subject"]).split("、")
    mine = _row(read["effects"], "measure_id", ids[0])
    before, after, target = measures.figures(mine)
    more = f"；另有 {len(ids) - 1} 项" if len(ids) > 1 else ""
    note = f"{mine['metric']}，改进前 {before}，目标 {target}{_fell(mine)}{more}"
    rest = [cited.row(schema.EFFECTS, mine)]
    rest += [cited.made(schema.EFFECTS, {"另有的措施": f"{len(ids) - 1}"}, "verdict")] if more else []
    name = f"{measures.short(mine['action'])}（{ids[0]}）"
    card = Card(name, after, note, basis=tuple(rest))
    months = read["effect_months"]
    course = months[months["measure_id"] == ids[0]].set_index("month")["value"]
    shown = partial(indicators.shown, unit=mine["unit"])
    return _along(card, course, tone, shown, schema.EFFECT_MONTHS, target=mine["target"])


def _fell(mine: pd.Series) -> str:
    """The value a measure fell back to after its target was met, and when."""
    if mine["watch"] != BACK:
        return ""
    value = indicators.shown(mine["slipped_to"], mine["unit"])
    return f"，{Period.parse(mine['slipped']).title}又到 {value}"


def _broken(row: pd.Series, read: Read, tone: str) -> Card:
    mine = read["commitments"][read["commitments"]["promise"] == row["subject"]].sort_values("month")
    last = mine.dropna(subset=["share"]).iloc[-1]
    share, target = (number(last[name], "share") for name in ("share", "target"))
    note = f"目标 {target}，未兑现 {int(last['breaches']):,} 次"
    rest = (cited.row(schema.COMMITMENTS, last),)
    card = Card(f"承诺：{row['subject']}", share, note, basis=rest)
    course = mine.set_index("month")["share"]
    return _along(card, course, tone, SHARE, schema.COMMITMENTS, target=last["target"])


def _moved(row: pd.Series, read: Read, tone: str) -> Card:
    mine = _row(read["changes"], "indicator", row["subject"])
    shares = mine["kind"] == CATEGORY
    unit = "比例" if mine["unit"] == POINTS else mine["unit"]
    previous, value = (indicators.shown(mine[name], unit) for name in ("previous", "value"))
    label = f"{row['subject']}占比" if shares else str(row["subject"])
    card = Card(label, value, f"上期 {previous}", basis=(cited.row(schema.CHANGES, mine),))
    if not shares:
        drawn = spark.pair(mine["previous"], mine["value"], tone=tone)
        return card.drawn(drawn, f"上期 {previous}，本期 {value}")
    trend = read["trend"]
    course = trend[trend["category"] == row["subject"]].set_index("month")["share"]
    return _along(card, course, tone, SHARE, schema.TREND)


def _leaving(row: pd.Series, read: Read, tone: str) -> Card:
    group = str(row["subject"])
    mine = _row(read["afterwards"], "group", group)
    who = "反映过问题" if group == WHOLE else f"反映“{group}”"
    share, alike = (number(mine[name], "share") for name in ("share", "compared"))
    rest = (cited.row(schema.AFTERWARDS, mine),)
    card = Card(f"{who}的客户再次下单", share, f"90 天内；同类客户 {alike}", basis=rest)
    drawn = spark.pair(mine["compared"], mine["share"], tone=tone)
    return card.drawn(drawn, f"同类客户 {alike}，{who}的 {share}")


def _along(
    card: Card, course: pd.Series, tone: str, shown: Callable[[Any], str], spec: Table, *, target: Any = None
) -> Card:
    """The card with the course of its last months, drawn and in words, and what the words rest on."""
    known = course.astype("float64").dropna().sort_index().tail(MONTHS)
    if len(known) < 3:
        return card
    ends = {f"{month} {card.label}": shown(known[month]) for month in (known.index[0], known.index[-1])}
    alt = f"近 {len(known)} 个月：" + "，".join(f"{name.split()[0]} {text}" for name, text in ends.items())
    rest = cited.made(spec, {**ends, "画出的月数": f"{len(known)}"})
    drawn = spark.line(known.tolist(), tone=tone, target=float(target) if pd.notna(target) else None)
    return card.drawn(drawn, alt, rest)


CARDS: dict[str, Callable[[pd.Series, Read, str], Card]] = {
    "问题总量": _rate,
    "每千单件数": _rate,
    "新问题": _news,
    "预警": _incident,
    "措施": _measure,
    "措施复发": _measure,
    "承诺": _broken,
    "问题占比": _moved,
    "指标": _moved,
    "客户去留": _leaving,
}
