"""Published figures counted again from the published rows, by code that shares nothing with the product."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pandas as pd
import pytest

MONTH, BEFORE, END = "2026-09", "2026-08", pd.Timestamp("2026-10-01")
LEAST = 1000

Check = tuple[str, object, object]  # where, as published, as counted here


@pytest.fixture(scope="module")
def raised(project) -> dict[str, list[dict]]:
    """The problems by the months they were raised in, first or again."""
    found = defaultdict(list)
    for issue in project.table("issues").to_dict("records"):
        if issue["problem"] is not True:
            continue
        again = issue["again_at"].split("、") if isinstance(issue["again_at"], str) else []
        for month in {str(issue["created_at"])[:7], *(moment[:7] for moment in again)}:
            found[month].append(issue)
    return found


@pytest.fixture(scope="module")
def orders(project) -> dict[str, float]:
    """Orders by month: the whole's row where there is one, else the sum of the parts."""
    rows = project.table("exposure")
    whole = rows[rows["region"].isna()]
    return (whole if len(whole) else rows).groupby("month")["orders"].sum().to_dict()


def people(issues: list[dict]) -> set[str]:
    named = [i["customer_ids"] if isinstance(i["customer_ids"], str) else i["customer_id"] for i in issues]
    return {one for ids in named if isinstance(ids, str) for one in ids.split("、")}


def tags(issues: list[dict]) -> Counter:
    return Counter(issue["primary_tag"] for issue in issues)


def categories(project, raised, orders) -> Iterator[Check]:
    now, before = tags(raised[MONTH]), tags(raised[BEFORE])
    running = 0
    for row in project.table("category_stats").to_dict("records"):
        name = row["category"]
        running += now[name]
        mine = [issue for issue in raised[MONTH] if issue["primary_tag"] == name]
        told = {"n": now[name], "share": now[name] / now.total(), "previous_n": before[name]}
        told |= {"customers": len(people(mine)), "cumulative": running / now.total()}
        yield from ((f"category_stats {name} {column}", row[column], value) for column, value in told.items())


def pains(project, raised, orders) -> Iterator[Check]:
    for row in project.table("diagnosis").to_dict("records"):
        mine = [issue for issue in raised[MONTH] if issue["primary_tag"] == row["category"]]
        grades = Counter(issue["urgency"] for issue in mine)
        urgent = grades["P0"] + grades["P1"]
        told = {"n": len(mine), "p0": grades["P0"], "urgent": urgent, "urgent_share": urgent / len(mine)}
        yield from ((f"diagnosis {row['category']} {c}", row[c], value) for c, value in told.items())


def months(project, raised, orders) -> Iterator[Check]:
    for row in project.table("trend").to_dict("records"):
        counts = tags(raised[row["month"]])
        told = {"n": counts[row["category"]], "total": counts.total()}
        if counts.total():
            told["share"] = counts[row["category"]] / counts.total()
        if row["rate"] == row["rate"]:
            told["rate"] = 1000 * counts[row["category"]] / orders[row["month"]]
        yield from ((f"trend {row['month']} {row['category']} {c}", row[c], v) for c, v in told.items())


def per_order(project, raised, orders) -> Iterator[Check]:
    past = sorted(month for month in raised if month < MONTH and month in orders)[-23:]
    for row in project.table("rates").to_dict("records"):

        def count(month, name=row["category"]):
            return len(raised[month]) if name == "全部" else tags(raised[month])[name]

        level = 1000 * sum(map(count, past)) / sum(orders[month] for month in past)
        told = {"n": count(MONTH), "orders": orders[MONTH], "rate": 1000 * count(MONTH) / orders[MONTH]}
        told |= {"level": level, "previous": 1000 * count(BEFORE) / orders[BEFORE]}
        yield from ((f"rates {row['category']} {c}", row[c], value) for c, value in told.items())


def groups(project, raised, orders) -> Iterator[Check]:
    columns = {"反馈渠道": "channel", "地区": "region", "产品": "product", "客户类型": "customer_type"}
    overall = tags(raised[MONTH])
    for row in project.table("crosstab").to_dict("records"):
        column = columns[row["dimension"]]
        if row["group"] == "（其余分组）":
            continue
        wanted = None if row["group"] == "（未填写）" else row["group"]
        mine = [i for i in raised[MONTH] if (i[column] if isinstance(i[column], str) else None) == wanted]
        n = tags(mine)[row["category"]]
        told = {"n": n, "base": len(mine), "share": n / len(mine)}
        told["lift"] = n / len(mine) / (overall[row["category"]] / overall.total())
        place = f"crosstab {row['category']} {row['group']}"
        yield from ((f"{place} {c}", row[c], value) for c, value in told.items())


def promises(project, raised, orders) -> Iterator[Check]:
    kpis = project.table("kpis").groupby(["kpi", "month"])[["kept", "total"]].sum()
    names = {"24 小时内发货": "24小时发货率", "3 天内发货": "3天发货率", "支付成功": "支付成功率"}
    for row in project.table("commitments").to_dict("records"):
        if row["promise"] in names:
            kept, total = kpis.loc[(names[row["promise"]], row["month"])]
            told = {"kept": kept, "n": total, "share": kept / total, "breaches": total - kept}
            place = f"commitments {row['promise']} {row['month']}"
            yield from ((f"{place} {c}", row[c], value) for c, value in told.items())


def segments(project, raised, orders) -> Iterator[Check]:
    bought = project.table("orders")
    bought = bought[bought["ordered_at"] < END]
    spent, times = bought.groupby("customer_id")["amount"].sum(), bought.groupby("customer_id").size()
    members = project.table("rfm")
    speaking = {i["customer_id"] for i in raised[MONTH] if isinstance(i["customer_id"], str)}
    for row in project.table("segments").to_dict("records"):
        mine = members[(members["value"] == row["value"]) & (members["state"] == row["state"])]["customer_id"]
        told = {"customers": len(mine), "share": len(mine) / spent.size, "amount": spent[mine].sum()}
        told |= {"amount_share": spent[mine].sum() / spent.sum(), "monetary": spent[mine].mean()}
        told |= {"frequency": times[mine].mean(), "speakers": len(speaking & set(mine))}
        place = f"segments {row['value']} {row['state']}"
        yield from ((f"{place} {c}", row[c], value) for c, value in told.items())


def scores(project, raised, orders) -> Iterator[Check]:
    rows = pd.concat([project.table("tagged"), project.table("ratings")], ignore_index=True)
    rows = rows[rows["created_at"].between("2026-09-01", END, inclusive="left")]
    graded, points = rows["csat"].dropna(), rows["nps"].dropna()
    nps = 100 * ((points >= 9).mean() - (points <= 6).mean())
    told = {"满意度均分": (graded.mean(), len(graded)), "满意率": ((graded >= 4).mean(), len(graded))}
    told["NPS"] = (nps, len(points))
    whole = project.table("satisfaction").query("group == '全部'").set_index("indicator")
    for name, (value, n) in told.items():
        yield f"satisfaction {name} value", whole.loc[name, "value"], value
        yield f"satisfaction {name} n", whole.loc[name, "n"], n


def test_published_figures_are_counted_again_from_the_rows(project, raised, orders):
    parts = (categories, pains, months, per_order, groups, promises, segments, scores)
    checks = [check for part in parts for check in part(project, raised, orders)]
    wrong = [(place, a, b) for place, a, b in checks if a != pytest.approx(b, rel=1e-9, abs=1e-9)]
    assert wrong == []
    assert len(checks) >= LEAST
