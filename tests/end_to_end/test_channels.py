"""Channels whose names differ in case or width are one: from the file and the archive to the reports."""

import pandas as pd
import pytest

from voc_lib import collect, params, schema
from voc_lib.collect import archive
from voc_lib.knowledge import Query
from voc_lib.metric import Metric
from voc_lib.period import Period
from voc_lib.report import tables
from voc_lib.rootcause import evidence, preview, sieve
from voc_lib.run.workflow.step import open_step
from voc_lib.stats import basis, crosstabs, satisfaction

PARAMS = """name: 小店
industry: ecommerce
period: "2026-09"
sources:
  - {name: 评价, path: 评价.csv}
customers: {path: 客户.xlsx}
"""
SPELT = ["App", "ＡＰＰ", "app ", "APP", "APP", "小程序"]
SEPTEMBER = Period.parse("2026-09")


def written(file, month, spelt):
    """A file with a feedback per channel of `spelt`."""
    said = ["客服第 {} 次不理人，态度很差", "等了 {} 天，发货太慢了"]
    rows = [
        (f"{month}-{n}", channel, said[n % 2].format(n), f"{month}-{1 + n % 28:02} 10:00", 1 + n % 5)
        for n, channel in enumerate(spelt)
    ]
    columns = ["反馈ID", "反馈渠道", "反馈内容", "反馈时间", "满意度评分"]
    pd.DataFrame(rows, columns=columns).to_csv(file, index=False)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop whose August stands in the archive as “App”, whose September is spelt every way."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "params.yaml").write_text(PARAMS, encoding="utf-8")
    base = {"客户ID": ["1", "2", "3"], "主要渠道": ["app", "ＡＰＰ", "小程序"]}
    pd.DataFrame(base).to_excel(folder / "客户.xlsx", index=False)
    settings = params.load(folder / "params.yaml")
    written(folder / "评价.csv", "2026-08", ["App"] * 40 + ["门店 A"] * 2)
    archive.write(collect.load(settings).feedback, settings.archive)
    written(folder / "评价.csv", "2026-09", SPELT * 6)
    return folder / "params.yaml"


@pytest.fixture(scope="module")
def step(shop):
    opened = open_step("04_analyse", str(shop))
    yield opened
    opened.register.dispose()


@pytest.fixture(scope="module")
def issues(step, lending):
    with lending():
        return step.read("issues")


def test_every_table_knows_one_spelling_of_all_months(step, issues):
    assert {*step.read("history")["channel"]} == {"APP", "小程序", "门店 A"}
    assert {*issues["channel"]} == {"APP", "小程序", "门店 A"}
    cover = step.read("coverage").set_index("dimension")
    assert [*cover.loc["主要渠道", "group"]] == ["APP", "小程序"]


def test_a_report_has_one_row_of_it(step, issues):
    crossed = crosstabs.table(issues, SEPTEMBER, dimensions=["channel"])
    assert crossed.drop_duplicates("group").set_index("group")["base"].to_dict() == {"APP": 30, "小程序": 6}
    scores = satisfaction.table(step.read("tagged"), SEPTEMBER)
    assert {*scores["group"]} >= {"渠道：APP", "渠道：小程序"}
    html = tables.table(scores, schema.SATISFACTION)._repr_mimebundle_()["text/html"]
    assert "APP" in html and not any(spelt in html for spelt in ("App", "ＡＰＰ", "app "))


@pytest.mark.parametrize("asked", ["App", "ＡＰＰ", " app"])
def test_a_filter_takes_it_in_any_spelling(issues, asked):
    metric = Metric(kind="csat", where={"channel": asked})
    assert len(basis.where(issues, metric.where)) == 70
    query = Query(category="物流延迟", where={"channel": asked})
    n = evidence.find(query, evidence.problems(issues, SEPTEMBER)).base
    assert n == preview.look(query, preview.ground(issues, SEPTEMBER)).found.base > 0
    assert sieve.sift(query, SEPTEMBER, sieve.sieve(issues)).n == n


def test_the_spelling_of_the_params_is_shown(shop):
    told = PARAMS + "  - {name: 商店, path: 商店.csv, channel: ａｐｐ}\n"
    told = told.replace("customers: {path: 客户.xlsx}\n", "")
    (shop.parent / "told.yaml").write_text(told, encoding="utf-8")
    written(shop.parent / "商店.csv", "2026-09", ["电话"])
    collected = collect.load(params.load(shop.parent / "told.yaml"))
    assert {*collected.feedback["channel"]} == {"ａｐｐ", "小程序"}
