import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import crosstabs

SEPTEMBER = Period.parse("2026-09")


def test_groups_are_whole_and_lift_is_against_all_problems(make):
    issues = make({"2026-09": 300})
    table = schema.check(crosstabs.table(issues, SEPTEMBER, dimensions=("region",)), schema.CROSSTAB)
    assert table.groupby("group")["share"].sum().tolist() == pytest.approx([1, 1])
    assert table.groupby("group")["n"].sum().sum() == 300
    line = table[(table["category"] == "物流延迟") & (table["group"] == "华东")].iloc[0]
    east = issues[issues["region"] == "华东"]
    assert line["n"] == (east["primary_tag"] == "物流延迟").sum() and line["base"] == len(east)
    assert line["lift"] == pytest.approx(line["share"] / (issues["primary_tag"] == "物流延迟").mean())


def test_small_groups_are_flagged_and_unknown_values_named(make):
    region = ["华东"] * 50 + ["华南"] * 10 + [None] * 5
    table = crosstabs.table(make({"2026-09": 65}, region=region), SEPTEMBER, dimensions=("region",))
    flags = table.groupby("group")["small"].first().to_dict()
    assert flags == {"华东": False, "华南": True, crosstabs.MISSING: True}


def test_many_groups_are_counted_together(make):
    product = [f"P{i % 40:02d}" for i in range(400)]
    table = crosstabs.table(make({"2026-09": 400}, product=product), SEPTEMBER, dimensions=("product",))
    assert table["group"].nunique() == crosstabs.GROUPS and table["n"].sum() == 400
    assert table.loc[table["group"] == crosstabs.REST, "base"].iloc[0] == 400 - 19 * 10


def test_a_dimension_nobody_filled_in_is_left_out(make):
    table = crosstabs.table(make({"2026-09": 40}), SEPTEMBER)
    assert table["dimension"].unique().tolist() == ["反馈渠道", "客户类型", "地区"]
    assert crosstabs.table(make({}), SEPTEMBER).empty
