import numpy as np
import pandas as pd
import pytest

from voc_lib.period import Period
from voc_lib.stats import changes, locus

CHANNEL = {"channel": "渠道", "region": "地区", "primary_tag": "问题类型"}


def rows(rng, n, kept, **columns):
    """`n` rows of a month; `kept` is the chance of 1 per row, each column drawn evenly unless given."""
    drawn = {
        "channel": rng.choice(["电话", "微博", "在线客服"], n, p=[0.2, 0.4, 0.4]),
        "region": rng.choice(["华东", "华南", "东北"], n),
        "primary_tag": rng.choice(["物流延迟", "功能异常", "服务态度", "退换货流程"], n),
    }
    frame = pd.DataFrame({**drawn, **columns})
    chance = kept(frame) if callable(kept) else np.full(n, kept)
    return frame.assign(kept=(rng.random(n) < chance).astype("float64"))


def test_a_fall_in_one_channel_alone_is_named_with_both_courses():
    rng = np.random.default_rng(0)
    fallen = rows(rng, 400, lambda frame: np.where(frame["channel"] == "电话", 0.3, 0.95))
    words = locus.told(rows(rng, 400, 0.95), fallen, CHANNEL, "比例")
    assert "来自渠道“电话”（" in words and "其余 9" in words


def test_a_fall_of_scores_because_one_theme_grew_is_named_though_its_own_level_stood():
    low = {"primary_tag": "物流延迟", "kept": 2.0}
    high = [{"primary_tag": tag, "kept": 4.0} for tag in ("功能异常", "服务态度", "退换货流程")]
    before, after = pd.DataFrame([low] * 40 + high * 80), pd.DataFrame([low] * 160 + high * 80)
    words = locus.told(before, after, {"primary_tag": "问题类型"}, "分")
    assert words.endswith("来自问题类型“物流延迟”（2.00 → 2.00），其余 4.00 → 4.00")


@pytest.mark.parametrize("fall", [0.0, 0.25])
def test_an_even_change_hardly_ever_sits_anywhere(fall):
    rng = np.random.default_rng(1)
    told = [locus.told(rows(rng, 300, 0.9), rows(rng, 300, 0.9 - fall), CHANNEL, "比例") for _ in range(200)]
    assert sum(words is not None for words in told) <= 2


def test_a_claimed_change_of_a_share_says_where_it_sits(make):
    """物流延迟 doubles in 东北 alone; in July to August all months are alike."""
    period = Period.parse("2026-09")
    months = [f"2026-{month:02d}" for month in range(4, 10)]

    def block(month, region, n, late):
        who = [f"{month}{region}{i}" for i in range(n)]
        tags = ["物流延迟"] * late + ["其他"] * (n - late)
        return make({month: n}, primary_tag=tags, customer_id=who, issue_id=who, region=region)

    calm = [block(month, name, 300, 60) for month in months[:-1] for name in ("华东", "东北")]
    risen = [block("2026-09", "华东", 300, 60), block("2026-09", "东北", 420, 240)]
    issues = pd.concat([*calm, *risen], ignore_index=True)
    moved = changes.table(changes.Evidence(issues), period)[0].set_index("indicator")
    assert moved.loc["物流延迟", "claim"] == "上升"
    assert "来自地区“东北”（20.0% → 57.1%），其余 20.0% → 20.0%" in moved.loc["物流延迟", "where"]
