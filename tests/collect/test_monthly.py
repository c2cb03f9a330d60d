"""Numbers by month that stand twice: counted once, added up as parts, or refused, never summed in silence."""

import pytest

from tests.collect.conftest import ROWS
from voc_lib.errors import DataError

TWO = "2026-09,华东,100\n2026-09,华南,80\n"
ORDERS, KPIS = "月份,地区,订单数\n", "月份,指标名称,达标数,总数\n"


@pytest.fixture
def side(load):
    """One side table of a text, or of several files, loaded."""

    def read(name, *texts):
        files = {f"{name}{n}.csv": text for n, text in enumerate(texts)}
        return load({"工单.csv": ROWS, **files}, **{name: {"path": f"{name}*.csv"}})

    return read


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ([ORDERS + TWO + "2026年9月,华东,100\n"], "与第 2 行相同"),
        (["序号," + ORDERS + "1,2026-09,华东,100\n2,2026-09,华东,100\n3,2026-08,华南,80\n"], "与第 2 行相同"),
        ([ORDERS + TWO, ORDERS + "2026-09,华东,100\n"], "与 exposure0.csv 第 2 行相同"),
    ],
    ids=["spelt another way", "numbered rows", "another file"],
)  # fmt: skip
def test_an_identical_repeat_counts_once_and_is_said(side, texts, reason):
    found = side("exposure", *texts)
    assert found.exposure["orders"].sum() == 180
    assert found.quarantine["reason"].str.contains(reason).tolist() == [True]
    assert "业务量（分母） · 有 1 行与别的行同月同值，是重复的，只算一次" in found.notes


def test_two_numbers_for_one_month_are_an_error_that_names_both(side):
    with pytest.raises(DataError, match=r"2026-09、华东（第 2 行 100，第 4 行 120）.*同地区.*只留一行"):
        side("exposure", ORDERS + "2026-09,华东,100\n2026-09,华南,80\n2026-09,华东,120\n")
    with pytest.raises(
        DataError, match=r"2026-09、发货率（kpis0.csv 第 2 行 95/100，kpis1.csv 第 2 行 96/100）"
    ):
        side("kpis", KPIS + "2026-09,发货率,95,100\n", KPIS + "2026-09,发货率,96,100\n")


def test_a_corrected_row_marked_in_the_remarks_is_no_part(side):
    text = "月份,订单数,备注\n2026-09,100,初报\n2026-09,120,更正\n2026-08,90,初报\n"
    with pytest.raises(DataError, match="写了不同的数"):
        side("exposure", text)


def test_parts_named_by_a_column_are_added_up_and_said(side):
    text = "月份,门店,订单数\n2026-09,人民路店,100\n2026-09,解放路店,120\n2026-08,人民路店,90\n"
    found = side("exposure", text)
    assert found.exposure.groupby("month")["orders"].sum().to_dict() == {"2026-08": 90, "2026-09": 220}
    assert any("同一月份有 2 行按“门店”分列，已相加" in note for note in found.notes)


def test_a_total_beside_its_regions_stays(side):
    found = side("exposure", ORDERS + "2026-09,,180\n2026-09,华东,100\n2026-09,华南,80\n")
    assert len(found.exposure) == 3


@pytest.mark.parametrize("number", ['"12,34"', '"12345,678"', '"2,5000"', '"1，23"', "inf"])
def test_a_number_that_may_be_read_two_ways_is_set_aside_not_guessed(side, number):
    found = side("exposure", ORDERS + f"2026-08,华东,1000\n2026-09,华东,{number}\n")
    assert found.exposure["orders"].tolist() == [1000]
    assert found.quarantine["reason"].tolist() == ["缺少必需的值或无法识别：订单量"]


def test_commas_between_thousands_are_read(side):
    found = side(
        "exposure", ORDERS + '2026-08,华东,"1,234,567"\n2026-09,华东,"1，234.5"\n2026-07,华东,"￥1,000元"\n'
    )
    assert found.exposure["orders"].tolist() == [1234567, 1234.5, 1000]


def test_months_and_orders_after_the_file_was_written_are_kept_and_said(side):
    kpis = side("kpis", KPIS + "2026-09,发货率,95,100\n2099-09,发货率,95,100\n")
    assert any(
        "1 个月份晚于文件的日期" in note and "最晚 2099-09-01（第 3 行）" in note for note in kpis.notes
    )
    orders = side("orders", "订单号,客户编号,下单时间\n1,a,2026-05-01\n2,a,2099-05-01\n")
    assert any("1 个下单时间晚于文件的日期" in note for note in orders.notes)
