"""Haier's appliances on JD by their example params: scores without words, as pandas counts them."""

from pathlib import Path

import pandas as pd
import pytest

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.stats import satisfaction

ROOT = Path(__file__).parents[2]
HAIER = ROOT.parent / "shared/data/jd_haier_satisfaction/combine_result.csv"
pytestmark = pytest.mark.skipif(not HAIER.is_file(), reason="公开数据不在这台机器上")


@pytest.fixture(scope="module")
def raw():
    table = pd.read_csv(HAIER, dtype=str, keep_default_na=False)
    return table.assign(
        score=pd.to_numeric(table["Customer satisfaction"]), time=pd.to_datetime(table["Comment_time"])
    )


@pytest.fixture(scope="module")
def settings():
    return params.load(ROOT / "params/examples/haier_reviews.yaml")


@pytest.fixture(scope="module")
def found(settings):
    return collect.load(settings, mask=privacy.mask)


def test_every_row_is_a_score_without_words(raw, found):
    reads = found.reads.iloc[0]
    assert reads["read"] == reads["kept"] == reads["rated"] == len(raw) == 35_675
    assert len(found.feedback) == 0 and len(found.ratings) == len(raw)
    assert found.ratings["csat"].value_counts().to_dict() == raw["score"].value_counts().to_dict()
    assert found.ratings["region"].isna().sum() == (raw["User_region"] == "/").sum()


def test_satisfaction_of_the_month_is_what_pandas_counts(raw, settings, found):
    month = raw[raw["time"].dt.strftime("%Y-%m") == settings.period.label]
    assert len(month) > 2_000
    table = satisfaction.table(found.ratings, settings.period).set_index(["indicator", "group"])
    for group, rows in [
        ("全部", month),
        *(("渠道：" + name, part) for name, part in month.groupby("Order_from")),
    ]:
        if len(rows) >= 100:
            assert table.loc[("满意度均分", group), "n"] == len(rows)
            assert table.loc[("满意度均分", group), "value"] == pytest.approx(rows["score"].mean())
            assert table.loc[("满意率", group), "value"] == pytest.approx((rows["score"] >= 4).mean())
