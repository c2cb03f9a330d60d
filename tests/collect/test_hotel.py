"""Hotel reviews by their example params: rows and scores are those pandas counts."""

from pathlib import Path

import pandas as pd
import pytest

from voc_lib import collect, params
from voc_lib.clean import privacy
from voc_lib.stats import satisfaction

ROOT = Path(__file__).parents[2]
HOTEL = ROOT.parent / "shared/data/hotel_ctrip_ayala/comments.csv"


@pytest.mark.skipif(not HOTEL.is_file(), reason="公开数据不在这台机器上")
def test_hotel_reviews_come_out_as_pandas_counts_them():
    settings = params.load(ROOT / "params/examples/hotel_reviews.yaml")
    found = collect.load(settings, mask=privacy.mask)
    raw = pd.read_csv(HOTEL)
    raw = raw[raw["评论"].fillna("").str.strip() != ""]
    day = pd.to_datetime(raw["日期"], format="%Y年%m月%d日", errors="coerce")
    score = pd.to_numeric(raw["评分"], errors="coerce")
    month = score[day.dt.strftime("%Y-%m") == "2023-07"].dropna()
    rows = found.feedback[settings.period.mask(found.feedback["created_at"])]
    assert len(month) > 100
    table = satisfaction.table(rows, settings.period)
    line = table[(table["indicator"] == "满意度均分") & (table["group"] == "全部")].iloc[0]
    assert (line["n"], line["value"]) == (len(month), pytest.approx(month.mean()))
    reads = found.reads.iloc[0]
    assert reads["read"] == reads["kept"] + reads["quarantined"]
