import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.params import Sla
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.stats import changes, shares

SEPTEMBER = Period.parse("2026-09")
MONTHS = [f"2026-{month:02d}" for month in range(4, 10)]


def table(issues, **more):
    moved, mixed = changes.table(changes.Evidence(issues, **more), SEPTEMBER)
    return schema.check(moved, schema.CHANGES).set_index("indicator"), schema.check(mixed, schema.MIX)


def block(make, month, n, late, **columns):
    """`n` problems of a month, `late` of them 物流延迟, of customers of their own."""
    who = [f"{month}{columns}{i}" for i in range(n)]
    tags = ["物流延迟"] * late + ["其他"] * (n - late)
    return make({month: n}, primary_tag=tags, customer_id=who, issue_id=who, **columns)


def simpson(make):
    """The audit's A4: worse on both channels, better in all, because the mix moves to 微博."""
    before = [block(make, m, 800, 400, channel="电话") for m in MONTHS[:-1]]
    before += [block(make, m, 200, 20, channel="微博") for m in MONTHS[:-1]]
    now = [block(make, "2026-09", 200, 104, channel="电话"), block(make, "2026-09", 800, 96, channel="微博")]
    return pd.concat([*before, *now], ignore_index=True)


def test_a_change_its_channels_contradict_says_so_in_the_same_sentence(make):
    moved, mixed = table(simpson(make))
    line = mixed.set_index(["indicator", "dimension"]).loc[("物流延迟", "渠道")]
    assert line[["change", "within", "composition"]].tolist() == pytest.approx([-22, 2, -24])
    assert "方向相反" in moved.loc["物流延迟", "caution"]
    stats = shares.table(simpson(make), SEPTEMBER)
    said = [words for words in conclusions.categories(stats, SEPTEMBER).items if "物流延迟占比" in words]
    assert len(said) == 1 and "合计下降 22.0" in said[0] and "构成不变时的变化是 +2.0" in said[0]


def test_a_change_two_dimensions_or_the_staff_contradict_says_so(make):
    """As above, the slow part being two of four pairs of channel and region; then a department."""
    rows = simpson(make)
    slow, first = rows["channel"].eq("电话").to_numpy(), np.arange(len(rows)) % 2 == 0
    region = np.where(slow == first, "华东", "华南")
    moved, mixed = table(rows.assign(channel=np.where(first, "电话", "微博"), region=region))
    mine = mixed[mixed["indicator"] == "物流延迟"]
    assert mine.loc[mine["within"] > 0, "dimension"].tolist() == ["渠道与地区"]
    assert moved.loc["物流延迟", "caution"].startswith("分渠道与地区看，构成不变时的变化是 +2.0")
    moved, mixed = table(rows.assign(department=rows["channel"], channel="电话"))
    assert "部门" in set(mixed["dimension"]) and "分部门看" in moved.loc["物流延迟", "caution"]


def test_hours_and_points_their_channels_contradict_say_so_too_and_the_parts_add_up(make):
    """48 hours by 电话, 6 by 微博 and each an hour slower in September, when most have moved to 微博."""

    def month(name, slow, step):
        for channel, n, hours, nps in zip(("电话", "微博"), slow, (48, 6), (5, 9), strict=True):
            rows = block(make, name, n, n // 3, channel=channel)
            spent = hours + step + np.arange(n) % 5 / 2
            ended = rows["created_at"] + pd.to_timedelta(spent, unit="h")
            points = nps - (np.arange(n) % 10 < step).astype("float64")
            yield rows.assign(status="已完成", closed_at=ended, first_response_at=ended, nps=points)

    months = [*((m, (80, 20), 0) for m in MONTHS[:-1]), (MONTHS[-1], (20, 80), 1)]
    issues = pd.concat([rows for each in months for rows in month(*each)], ignore_index=True)
    tagged = schema.shape(issues, schema.TAGGED)
    moved, mixed = table(issues, tagged=tagged, scored=tagged, sla=Sla())
    for indicator, unit in (("办结时长中位数（含未完成）", "%"), ("首次响应时间中位数", "%"), ("NPS", "点")):
        line = moved.loc[indicator]
        assert line["claim"] in ("上升", "下降") and "分渠道看" in line["caution"], indicator
        assert f"{unit}，方向相反" in line["caution"]
    assert (mixed["within"] + mixed["composition"]).tolist() == pytest.approx(mixed["change"].tolist())
    assert mixed["change"].tolist() == moved.loc[mixed["indicator"], "change"].tolist()


def test_a_real_change_is_claimed_plainly(make):
    parts = [block(make, m, 400, 40) for m in MONTHS[:-1]] + [block(make, "2026-09", 400, 100)]
    moved, mixed = table(pd.concat(parts, ignore_index=True))
    line = moved.loc["物流延迟"]
    assert line["claim"] == "上升" and line["low"] > 0 and pd.isna(line["caution"])
    assert set(mixed["reading"]) == {"主要是组内变化"}


def test_a_source_that_joins_is_held_out_of_the_change_and_said(make):
    parts = [block(make, m, 300, 60, source="工单") for m in MONTHS]
    parts.append(block(make, "2026-09", 300, 0, source="门店"))
    moved, _ = table(pd.concat(parts, ignore_index=True))
    assert moved.loc["物流延迟", "change"] == 0 and moved.loc["物流延迟", "claim"] == "在误差范围内"
    assert "来源“门店”本期才有" in str(conclusions.changes(moved.reset_index()))


@pytest.mark.parametrize(("before", "now", "said"), [(2, 300, "上期只有几条"), (300, 2, "本期只有几条")])
def test_a_source_with_a_few_rows_in_one_of_the_periods_is_held_out_too(make, before, now, said):
    parts = [block(make, m, 300, 60, source="工单") for m in MONTHS]
    counts = dict.fromkeys(MONTHS[:-1], before) | {MONTHS[-1]: now}
    parts += [block(make, month, n, n, source="门店") for month, n in counts.items()]
    moved, _ = table(pd.concat(parts, ignore_index=True))
    assert set(moved["claim"]) == {"在误差范围内"} and f"来源“门店”{said}" in moved["note"].iloc[0]


def test_an_interval_leaves_zero_out_where_and_only_where_the_words_claim_a_change(make):
    for seed in range(6):
        mix = np.random.default_rng(seed).dirichlet(np.full(5, 8.0), 6)
        parts = [make({m: 400}, shares=tuple(mix[i]), seed=10 * seed + i) for i, m in enumerate(MONTHS)]
        issues = pd.concat(parts, ignore_index=True).assign(csat=4.0)
        issues["issue_id"] = [f"I{i}" for i in range(len(issues))]
        tagged = schema.shape(issues, schema.TAGGED)
        moved, _ = table(issues, tagged=tagged, scored=tagged, sla=Sla())
        known = moved[moved["claim"] != "无法比较"]
        assert (((known["low"] > 0) | (known["high"] < 0)) == known["claim"].isin(["上升", "下降"])).all()
        stats = shares.table(issues, SEPTEMBER, moved=moved.reset_index()).set_index("category")
        assert stats["change_low"].tolist() == moved.loc[stats.index, "low"].tolist()


def test_without_a_period_before_nothing_is_claimed(make):
    moved, mixed = table(make({"2026-09": 50}))
    assert set(moved["claim"]) == {"无法比较"} and mixed.empty
    assert "上期没有可比数据" in str(conclusions.changes(moved.reset_index()))


@pytest.mark.parametrize("few", [1, 12])
def test_a_short_history_is_said_instead_of_no_change(few):
    row = {"kind": "问题占比", "indicator": "甲", "unit": "个百分点", "value": 0.17, "previous": 0.0}
    row |= {"n": 12, "previous_n": 0, "change": 17.4, "low": -42.1, "high": 62.9, "claim": "在误差范围内"}
    said = str(conclusions.changes(schema.shape(pd.DataFrame([row | {"periods": few}]), schema.CHANGES)))
    assert ("都还不能断定" in said and "历史只有 1 期" in said) is (few == 1)
    assert ("都在误差范围内" in said) is (few == 12)
