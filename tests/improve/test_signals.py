"""Run charts of a month: what is worse than its limits is found, what is better or within them is not."""

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.improve import signals
from voc_lib.stats.basis import Evidence

MONTHS = [str(month) for month in pd.period_range("2025-07", "2026-09", freq="M")]


def rows(tag, counts, **columns):
    """Problems of a tag, so many in each month up to 2026-09."""
    created = [pd.Timestamp(f"{m}-15") for m, n in zip(MONTHS, counts, strict=True) for _ in range(n)]
    frame = pd.DataFrame({"created_at": created}).assign(tags=tag, primary_tag=tag, intent="抱怨", **columns)
    ids = [f"{tag}{i}" for i in range(len(frame))]
    return frame.assign(issue_id=ids, feedback_id=ids, feedback_ids=ids, customer_id=ids)


def broken(*parts, exposure=(), month="2026-09"):
    issues = schema.shape(
        pd.concat(parts, ignore_index=True).reindex(columns=schema.ISSUES.names), schema.ISSUES
    )
    orders = pd.DataFrame(exposure, columns=["month", "orders"]).reindex(columns=schema.EXPOSURE.names)
    evidence = Evidence(issues, schema.shape(orders, schema.EXPOSURE), schema.empty(schema.KPIS), issues)
    return signals.table(evidence, month)


@pytest.mark.parametrize(("last", "found"), [(90, ["物流延迟"]), (22, []), (2, [])])
def test_a_share_above_its_limits_is_found_and_one_within_or_below_is_not(last, found):
    table = broken(rows("物流延迟", [20] * 14 + [last]), rows("服务态度", [80] * 15), rows("其他", [10] * 15))
    assert table["category"].tolist() == found
    for row in table.to_dict("records"):
        assert (row["signal"], row["month"], row["term"]) == ("越界", "2026-09", "物流延迟")
        assert row["before"] == pytest.approx(20 / 110 * 180, rel=0.05) and row["value"] == 0.5


def test_all_problems_are_judged_by_the_orders_of_the_month():
    orders = [(month, 10_000.0) for month in MONTHS]
    even = [rows("物流延迟", [50] * 14 + [90]), rows("服务态度", [50] * 14 + [90])]
    assert broken(*even, exposure=orders)["category"].tolist() == ["每千单问题数"]
    assert broken(*even, exposure=[*orders[:-1], (MONTHS[-1], 18_000.0)]).empty


def test_scores_below_their_limits_are_found_and_better_ones_are_not():
    def scored(last):
        scores = [4.0, 5.0, 3.0, 4.0] * 150
        return rows("物流延迟", [40] * 15).assign(csat=[*scores[:560], *[last] * 40], csat_scale="1–5")

    assert broken(scored(2.0))[["category", "before"]].values.tolist() == [["满意度均分", 0.0]]
    assert broken(scored(5.0)).empty


def test_eleven_months_make_no_chart():
    assert broken(rows("物流延迟", [0] * 4 + [20] * 10 + [90]), rows("服务态度", [0] * 4 + [80] * 11)).empty
