"""Problems sifted: the counts are those of the reports, whatever is asked first."""

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.knowledge import Query
from voc_lib.period import Period
from voc_lib.rootcause import preview, sieve

SEPTEMBER = Period.parse("2026-09")


def made(n=400, seed=3):
    """Problems of three months, some raised again, some copies that do not count, some praise."""
    rng = np.random.default_rng(seed)
    created = pd.Timestamp("2026-07-01") + pd.to_timedelta(rng.integers(0, 92 * 24, n), unit="h")
    again = pd.Series(created + pd.Timedelta(days=20)).dt.strftime("%Y-%m-%d %H:%M:%S")
    frame = {
        **{name: [f"{i}" for i in range(n)] for name in ("issue_id", "feedback_ids", "feedback_id")},
        "created_at": created,
        "again_at": again.where(rng.random(n) < 0.2),
        "channel": rng.choice(["电话", "微博"], n),
        "region": pd.Series(rng.choice(["华东", "华南", ""], n)).replace("", None),
        "product": rng.choice(["甲", "乙"], n),
        "customer_type": rng.choice(["新客", "老客"], n),
        "primary_tag": rng.choice(["物流延迟", "服务态度"], n),
        "tags": "物流延迟",
        "text": rng.choice(["分揀太慢了", "ＡＰＰ闪退", "客服不理人"], n),
        "intent": rng.choice(["抱怨", "抱怨", "表扬"], n),
        "counted": rng.random(n) < 0.9,
        "repeat_count": 1,
        "urgency": "P2",
        "vague": False,
    }
    return schema.shape(pd.DataFrame(frame), schema.ISSUES)


@pytest.mark.parametrize("contains", [[], ["分拣"], ["分拣", "app"]])
@pytest.mark.parametrize("where", [{}, {"channel": "电话"}, {"region": "华东", "customer_type": "新客"}])
def test_what_is_left_is_what_the_causes_workbench_counts(contains, where):
    query = Query(category="物流延迟", contains=contains, where=where)
    theirs = preview.look(query, preview.ground(made(), SEPTEMBER)).found
    ours = sieve.sift(query, SEPTEMBER, sieve.sieve(made()))
    assert ours.n == theirs.n > 0
    if contains:
        assert (ours.base, ours.low, ours.high) == (theirs.base, theirs.low, theirs.high)


def test_each_bar_is_what_picking_it_would_leave():
    on, query = sieve.sieve(made()), Query(category="物流延迟", contains=["分拣"])
    seen = sieve.sift(query, SEPTEMBER, on)
    for channel, n in seen.facets["channel"].items():
        assert n == sieve.sift(query.model_copy(update={"where": {"channel": channel}}), SEPTEMBER, on).n
    for tag, n in seen.facets["primary_tag"].items():
        assert n == sieve.sift(query.model_copy(update={"category": tag}), SEPTEMBER, on).n
    for month, n in seen.months.items():
        assert n == sieve.sift(query, Period.parse(month), on).n


def test_rows_stand_once_the_latest_first_with_the_moment_they_were_raised_in_the_period():
    on = sieve.sieve(made())
    seen = sieve.sift(Query(), SEPTEMBER, on)
    assert len(set(seen.places)) == seen.n == len(seen.times)
    assert (np.diff(seen.times.astype("int64")) <= 0).all()
    assert SEPTEMBER.mask(pd.Series(seen.times)).all()
    assert (on.rows["created_at"].to_numpy()[seen.places] < np.datetime64("2026-09-01")).any()


def test_what_nobody_has_leaves_nothing_and_no_share():
    seen = sieve.sift(Query(category="没有", contains=["分拣"]), None, sieve.sieve(made()))
    assert (seen.n, seen.base, seen.facets["channel"]) == (0, 0, {}) and np.isnan(seen.share)


def test_nothing_at_all_is_no_fault():
    seen = sieve.sift(Query(contains=["慢"]), SEPTEMBER, sieve.sieve(made().iloc[:0]))
    assert seen.n == 0 and seen.months == {}
