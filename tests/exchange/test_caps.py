"""Who is called and told, tried on many random lists: caps, rests, each once, nobody who withdrew."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.exchange.conftest import Books, stands
from voc_lib import params, schema, workcal
from voc_lib.collect import archive
from voc_lib.exchange import handout
from voc_lib.exchange.bench import bench
from voc_lib.knowledge import Message, Revisit
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table

TODAY = date(2026, 9, 30)
OWNERS = {"M01": "王敏", "M02": "李强"}


class Lists:
    """Random call and telling lists of a project, and the archive they came from."""

    def __init__(self, file, seed):
        self.settings, rng = params.load(file), np.random.default_rng(seed)
        self.people = [f"C{n}" for n in range(40)]
        self.ids = {f"F{n}": self.people[n % 40] for n in range(120)}
        self.gone = set(map(str, rng.choice(list(self.ids), 30, replace=False))) | {
            "F7",
            "F47",
            "F87",
        }  # all of C7's
        rows = pd.DataFrame([self._row(rng, n) for n in range(90)])
        self.rows = rows.drop_duplicates(["measure_id", "customer_id"])
        self._archive()
        folder = runs.published_folder(self.settings) / "tables"
        folder.mkdir(parents=True, exist_ok=True)
        told = self.rows.assign(phase="改后", message="好了", state="待告知").dropna(subset="customer_id")
        write_table(schema.shape(self.rows, schema.FOLLOWUPS), folder / "followups.parquet")
        write_table(schema.shape(told, schema.TELLING), folder / "telling.parquet")

    def _row(self, rng, n):
        person = str(rng.choice(self.people))
        mine = [ident for ident, whose in self.ids.items() if whose == person]
        about = {"measure_id": str(rng.choice(list(OWNERS))), "feedback_ids": "、".join(mine), "text": "慢"}
        when = pd.Timestamp("2026-03-02") + pd.Timedelta(hours=n)
        return {
            **about,
            "customer_id": person if rng.random() > 0.1 else None,
            "created_at": when,
            "reason": "待回访",
        }

    def _archive(self):
        rows = {
            "feedback_id": list(self.ids),
            "customer_id": list(self.ids.values()),
            "text": "慢",
            "file": "a.csv",
        }
        about = {
            "channel": "电话",
            "source": "工单",
            "line": range(2, 122),
            "created_at": pd.Timestamp("2026-03-02"),
        }
        state = ["已撤销" if ident in self.gone else "处理中" for ident in self.ids]
        archive.write(
            schema.shape(pd.DataFrame({**rows, **about, "status": state}), schema.HISTORY),
            self.settings.archive,
        )


def visited(lists, seed):
    """Calls made: some lately, some this week, some long ago, some nobody answered."""
    rng, found = np.random.default_rng(seed), {}
    for ident in rng.choice(sorted(set(lists.ids) - lists.gone), 12, replace=False):
        measure, back = str(rng.choice(list(OWNERS))), int(rng.choice([0, 1, 30, 89, 91, 200]))
        state = {"state": "联系不上"} if rng.random() < 0.2 else {"score": 4}
        found[measure, ident] = Revisit(
            measure=measure, feedback_id=str(ident), at=TODAY - timedelta(days=back), **state
        )
    return list(found.values())


@pytest.mark.parametrize("seed", range(12))
def test_whatever_the_lists_nobody_is_called_too_often_and_nobody_who_withdrew(filled, seed):
    lists = Lists(filled, seed)
    visits, cap = visited(lists, seed), 3 + seed
    found = stands(filled).model_copy(update={"revisits": visits})
    at = bench(str(filled))
    object.__setattr__(at, "clock", lambda: pd.Timestamp(TODAY).to_pydatetime())
    due = handout.due(at, found, a_week=cap)
    week = due.calls
    assert len(week) and week["customer_id"].notna().all() and week["customer_id"].is_unique
    assert not set(week["feedback_ids"]) & lists.gone and "C7" not in set(week["customer_id"])
    assert all(
        lists.ids[ident] == whose
        for ident, whose in zip(week["feedback_ids"], week["customer_id"], strict=True)
    )
    reached = [visit for visit in visits if visit.state != "联系不上"]
    rested = {lists.ids[v.feedback_id] for v in reached if (TODAY - v.at).days <= 90}
    assert not rested & set(week["customer_id"])
    again = {(v.measure, lists.ids[v.feedback_id]) for v in reached}
    assert not again & set(zip(week["measure_id"], week["customer_id"], strict=True))
    monday = TODAY - timedelta(days=TODAY.weekday())
    for measure, owner in OWNERS.items():
        days = week.loc[week["measure_id"] == measure, "day"]
        made = sum(OWNERS[v.measure] == owner and v.at >= monday for v in visits)
        assert len(days) + made <= max(cap, made)
        assert all(workcal.working(date.fromisoformat(day)) and day >= str(TODAY) for day in days)
        counts = days.value_counts()
        assert counts.empty or counts.max() <= -(-len(days) // 5)


def test_no_more_than_twenty_are_told_of_a_measure_and_who_was_told_is_not_again(filled):
    lists = Lists(filled, 3)
    at, found = bench(str(filled)), stands(filled)
    first = handout.due(at, found).messages
    assert first["measure_id"].value_counts().max() <= 20 and not set(first["feedback_ids"]) & lists.gone
    said = [
        Message(measure=r.measure_id, feedback_id=r.feedback_ids, phase=r.phase) for r in first.itertuples()
    ]
    then = handout.due(at, found.model_copy(update={"messages": said})).messages
    pairs = [set(zip(frame["measure_id"], frame["customer_id"], strict=True)) for frame in (first, then)]
    assert not pairs[0] & pairs[1]


def test_a_score_of_withdrawn_or_unknown_feedback_is_refused_wherever_it_is_entered(
    filled, call, tmp_path, rewritten
):
    lists = Lists(filled, 5)
    gone, before = sorted(lists.gone)[0], stands(filled)
    for ident, says in ((gone, "这条反馈已由客户撤回"), ("F999", "没有这条反馈")):
        visits = [*(v.model_dump(mode="json", exclude_defaults=True) for v in before.revisits)]
        file = rewritten(revisits=[*visits, {"measure": "M01", "feedback_id": ident, "score": 5}])
        code, words = call("knowledge", "import", filled, file, "--by", "甲")
        assert code == 3 and says in words and ident in words
        folder = tmp_path / ident
        assert call("plan", "export", filled, folder)[0] == 0
        books = Books(filled, folder, call)
        heads = {"方案编号": "M02", "反馈ID": ident, "回访评分": 5}
        books.fill("李强", heads, row=40, sheet="回访")
        code, words = books.take("李强")
        assert code == 3 and f"回访 第 40 行：回访 M02/{ident}：{says[:6]}" in words
    assert stands(filled) == before
