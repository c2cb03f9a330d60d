"""A log of states: stays, hand-overs and reopening, counted again by plain loops."""

from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.params import load
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.stats import lifecycle, stages

SEPTEMBER = Period.parse("2026-09")
START, END = pd.Timestamp("2026-09-01"), pd.Timestamp("2026-10-01")
DONE = {"已完成", "关闭", "Closed", "Resolved"}
ROOT = Path(__file__).parents[2]
UCI = ROOT.parent / "shared/data/uci_incident_log/incident_event_log.csv"


def log(rows):
    names = ["ticket_id", "state", "at", "handler"]
    frame = pd.DataFrame(rows, columns=names).assign(at=lambda f: pd.to_datetime(f["at"]))
    return schema.shape(frame, schema.STATUS_EVENTS)


def counted(events, start, end):
    """Stays, hand-overs, those back, reopenings and hands by loops over each ticket's events."""
    tickets = defaultdict(list)
    for row in events.to_dict("records"):
        if row["at"] < end:
            tickets[row["ticket_id"]].append(row)
    spent, passed, back, again = Counter(), Counter(), set(), Counter()
    held, ended = set(), set()
    for ticket, rows in tickets.items():
        rows.sort(key=lambda row: row["at"])
        if rows[0]["at"] < start:
            continue
        came = 0
        for n, row in enumerate(rows[1:], start=1):
            if row["state"] != rows[n - 1]["state"]:
                if rows[came]["state"] not in DONE:
                    spent[rows[came]["state"]] += (row["at"] - rows[came]["at"]) / pd.Timedelta(hours=1)
                came = n
                again[ticket] += rows[n - 1]["state"] in DONE and row["state"] not in DONE
        if rows[came]["state"] not in DONE:
            spent[rows[came]["state"]] += (end - rows[came]["at"]) / pd.Timedelta(hours=1)
        if any(row["state"] in DONE for row in rows):
            ended.add(ticket)
        hands = [row["handler"] for row in rows if pd.notna(row["handler"])]
        held |= {ticket} if hands else set()
        hands = [hand for n, hand in enumerate(hands) if n == 0 or hand != hands[n - 1]]
        for giver, taker in pairwise(hands):
            passed[giver, taker, ticket] += 1
        back |= {ticket} if any(a == c for a, c in zip(hands, hands[2:], strict=False)) else set()
    return spent, passed, back, again, held, ended


def agree(events, period, start, end):
    spent, passed, back, again, held, ended = counted(events, start, end)
    found = lifecycle.table(events, period)
    whole = found[found["group"] == "全部"].set_index("stage")["total"]
    assert whole.to_dict() == pytest.approx({k: v for k, v in spent.items() if k in whole.index})
    assert set(spent) - set(whole.index) <= {k for k, v in spent.items() if v == 0}
    table = schema.check(lifecycle.handoffs(events, period), schema.HANDOFFS)
    table = table[table["hands"] == table["hands"].iloc[0]]
    total = table[table["giver"].isna()].set_index("kind")
    assert total.loc["转手", ["n", "tickets", "base"]].tolist() == [
        sum(passed.values()),
        len({ticket for _, _, ticket in passed}),
        len(held),
    ]
    assert total.loc["转回（甲→乙→甲）", "tickets"] == len(back)
    assert total.loc["办结后重开", ["n", "tickets", "base"]].tolist() == [
        sum(again.values()),
        sum(n > 0 for n in again.values()),
        len(ended),
    ]
    pairs = Counter()
    for (giver, taker, _), n in passed.items():
        pairs[giver, taker] += n
    shown = table[table["giver"].notna() & (table["kind"] == "转手")]
    assert dict(zip(zip(shown["giver"], shown["taker"], strict=True), shown["n"], strict=True)) == pairs


@pytest.mark.parametrize("seed", range(20))
def test_random_logs_come_to_what_plain_loops_count(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 120))
    events = log(
        {
            "ticket_id": [f"T{i}" for i in rng.integers(0, 15, n)],
            "state": rng.choice(["新建", "处理中", "等待客户", "已完成", "关闭"], n),
            "at": pd.Timestamp("2026-08-20") + pd.to_timedelta(rng.integers(0, 50 * 24, n), unit="h"),
            "handler": rng.choice(["甲", "乙", "丙", None], n),
        }
    )
    agree(events, SEPTEMBER, START, END)


def test_what_goes_back_and_forth_between_departments_is_counted_beside_the_people():
    steps = [("信贷部", "甲"), ("风控部", "丙"), ("信贷部", "乙"), ("风控部", "丁")]
    rows = [
        (f"T{t}", "处理中", pd.Timestamp("2026-09-02") + pd.Timedelta(hours=9 * t + n), who, team)
        for t in range(4)
        for n, (team, who) in enumerate(steps if t else steps[:2])
    ]
    names = ["ticket_id", "state", "at", "handler", "department"]
    events = schema.shape(pd.DataFrame(rows, columns=names), schema.STATUS_EVENTS)
    found = schema.check(lifecycle.handoffs(events, SEPTEMBER), schema.HANDOFFS).fillna({"giver": ""})
    lines = found.set_index(["hands", "kind", "giver"])["tickets"]
    assert lines["处理人", "转回（甲→乙→甲）", ""] == 0 and lines["部门", "转回（甲→乙→甲）", ""] == 3
    assert lines["部门", "转回（甲→乙→甲）", "信贷部"] == 3
    nothing = [schema.empty(spec) for spec in (schema.SERVICE, schema.DESKS)]
    lasting = lifecycle.table(events, SEPTEMBER)
    events_told = lifecycle.handoffs(events, SEPTEMBER)
    told = str(conclusions.service_quality(*nothing, lasting, schema.empty(schema.BACKLOG), events_told))
    assert "部门之间" in told and "转回最多的是 信贷部 → 风控部 → 信贷部，3 次" in told


def test_a_ticket_that_goes_back_and_is_opened_again_is_seen_as_such():
    events = log(
        [
            ("T1", "新建", "2026-09-01 08:00", "甲"),
            ("T1", "处理中", "2026-09-01 10:00", "乙"),
            ("T1", "处理中", "2026-09-01 12:00", "甲"),
            ("T1", "已完成", "2026-09-02 10:00", "甲"),
            ("T1", "处理中", "2026-09-30 00:00", None),
        ]
    )
    found = lifecycle.stays(events, SEPTEMBER).set_index("stage")
    assert found["hours"].tolist() == [2, 24, 24]
    assert found["ended"].tolist() == [True, True, False]
    table = lifecycle.handoffs(events, SEPTEMBER)
    assert table["tickets"].tolist() == [1, 1, 1, 1, 1, 1] and table["n"].tolist() == [2, 1, 1, 1, 1, 1]


def test_no_log_is_no_table():
    nothing = schema.empty(schema.STATUS_EVENTS)
    assert lifecycle.handoffs(nothing, SEPTEMBER).empty
    assert stages.both(lifecycle.table(nothing, SEPTEMBER)).empty


@pytest.mark.skipif(not UCI.exists(), reason="公开数据不在这台机器上")
def test_the_incidents_of_a_real_log_come_to_what_plain_loops_count():
    from voc_lib.collect import sides

    settings = load(ROOT / "params/examples/uci_incidents.yaml")
    side = sides.load(settings.params.status_events, schema.STATUS_EVENTS, settings)
    assert len(side.rows) == 5998 and side.quarantine.empty
    agree(side.rows, settings.period, pd.Timestamp("2016-03-01"), pd.Timestamp("2016-04-01"))
    raw = pd.read_csv(UCI, usecols=["number", "sys_updated_at"])
    first = pd.to_datetime(raw["sys_updated_at"], format="%d-%m-%Y %H:%M").groupby(raw["number"]).min()
    assert lifecycle.opened(side.rows, settings.period)["ticket_id"].nunique() == int(
        (first >= "2016-03-01").sum()
    )
