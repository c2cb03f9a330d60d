import pytest

from tests.collect.conftest import ROWS
from voc_lib.errors import DataError
from voc_lib.stats import exposure as denominators

FILES = {
    "工单.csv": ROWS,
    "客户.csv": "客户编号,注册日期,会员等级,所在地区,渠道,性别,年龄\n"
    "a,2026/1/5,金卡,华东,APP,女,31\nb,,普卡,华南,门店,男,abc\na,2026/1/6,钻石,华东,APP,女,32\n",
    "订单.csv": '订单编号,会员号,下单时间,实付金额\nD1,a,2026-09-01 08:00,"￥1,280.50"\nD2,,2026-09-01,3\n',
    "业务量.csv": "月份,订单数,区域\n2026年9月,1000,华东\n202609,800,华南\n合计,1800,\n",
    "指标.csv": "统计月份,指标名称,达标数,总数\n2026-09,24小时发货率,95,100\n",
}
REFS = {
    name: {"path": f"{file}.csv"}
    for name, file in (("customers", "客户"), ("orders", "订单"), ("exposure", "业务量"), ("kpis", "指标"))
}


def test_side_tables_with_chinese_headers(load):
    collected = load(FILES, **REFS)
    assert collected.customers["level"].tolist() == ["普卡", "钻石"]
    assert collected.orders["amount"].tolist() == [1280.5] and collected.orders["customer_id"].tolist() == [
        "a"
    ]
    assert collected.exposure["month"].tolist() == ["2026-09", "2026-09"]
    assert collected.kpis.iloc[0][["kpi", "kept", "total"]].tolist() == ["24小时发货率", 95, 100]


def test_every_row_stands_in_the_ledger_or_the_quarantine(load):
    collected = load(FILES, **REFS)
    reads = collected.reads.set_index("source")[["lines", "read", "quarantined", "kept"]]
    assert reads.loc[["客户表", "订单表", "业务量（分母）", "业务指标"]].to_numpy().tolist() == [
        [4, 3, 1, 2],
        [3, 2, 1, 1],
        [4, 3, 1, 2],
        [2, 1, 0, 1],
    ]
    reasons = dict(collected.quarantine[["source", "reason"]].itertuples(index=False))
    assert reasons == {
        "客户表": "客户ID重复：以第 4 行为准",
        "订单表": "缺少必需的值或无法识别：客户ID",
        "业务量（分母）": "合计行",
    }
    assert "年龄有 1 个无法识别" in "".join(collected.notes)
    assert "客户表" in set(collected.headers["source"])


def test_a_row_in_a_later_file_wins_and_the_earlier_says_so(load):
    more = "客户编号,地区\nb,西南\n"
    collected = load(FILES | {"改/客户.csv": more}, customers=REFS["customers"] | {"mended": ["改/客户.csv"]})
    assert collected.customers.set_index("customer_id")["region"]["b"] == "西南"
    assert "客户ID重复：以 改/客户.csv 第 2 行为准" in collected.quarantine["reason"].tolist()


def test_a_missing_column_names_it_and_lists_the_headers(load):
    files = FILES | {"订单.csv": "订单编号,会员号\nD1,a\n"}
    with pytest.raises(DataError, match=r"订单表.*下单时间（ordered_at）.*订单编号、会员号"):
        load(files, **REFS)


def test_a_mapping_to_no_field_of_the_table_is_refused(load):
    with pytest.raises(DataError, match=r"不是它的字段.*customer_id"):
        load(FILES, customers={"path": "客户.csv", "columns": {"会员等级": "text"}})


@pytest.mark.parametrize(
    ("kept", "total", "reason"),
    [
        ("九成", "100", "缺少必需的值或无法识别：达成数"),
        ("95%", "100%", "缺少必需的值或无法识别：达成数、总数"),
        ("0.95", "1", "缺少必需的值或无法识别：达成数"),
        ("120", "100", "达成数 120 大于总数 100"),
        ("5", "0", "达成数 5 大于总数 0"),
        ("-5", "100", "缺少必需的值或无法识别：达成数"),
    ],
    ids=["words", "percent", "share", "more than all", "of none", "negative"],
)  # fmt: skip
def test_a_kpi_that_counts_nothing_is_quarantined_and_said(load, kept, total, reason):
    row = f"2026-08,发货率,{kept},{total}\n2026-09,发货率,95,100\n"
    found = load(
        {"工单.csv": ROWS, "指标.csv": "月份,指标名称,达标数,总数\n" + row}, kpis={"path": "指标.csv"}
    )
    assert found.kpis["month"].tolist() == ["2026-09"]
    assert found.quarantine["reason"].tolist() == [reason]
    assert any("来源 业务指标：读入的 2 行里有 1 行（50%）进入隔离区" in note for note in found.notes)


def test_a_kpi_without_any_number_is_refused(load):
    words = "月份,指标名称,达标数,总数\n2026-08,发货率,很好,不错\n"
    with pytest.raises(DataError, match="业务指标没有一行可用：达成数、总数 没有一个可读的值。请检查"):
        load({"工单.csv": ROWS, "指标.csv": words}, kpis={"path": "指标.csv"})
    yearless = "月份,指标名称,达标数,总数\n8月,发货率,95,100\n"
    with pytest.raises(DataError, match="月份 没有一个可读的值（月份要写明年份，例如 2026-09）"):
        load({"工单.csv": ROWS, "指标.csv": yearless}, kpis={"path": "指标.csv"})


def test_a_log_of_states_keeps_its_order_and_quarantines_what_says_no_state_or_time(load):
    words = "工单号,变更后状态,变更时间,处理人\nG1,新建,2026-09-01 08:00,\nG1,,2026-09-01 09:00,甲\n"
    words += "G1,处理中,不知道,甲\nG1,处理中,2026-09-01 08:00,甲\n"
    found = load({"工单.csv": ROWS, "流水.csv": words}, status_events={"path": "流水.csv"})
    assert found.status_events["state"].tolist() == ["新建", "处理中"]
    assert found.quarantine.loc[found.quarantine["source"] == "状态流水", "reason"].tolist() == [
        "缺少必需的值或无法识别：状态",
        "缺少必需的值或无法识别：时间",
    ]


@pytest.mark.parametrize("whole", ["全国", "全部", "Total", ""])
def test_a_row_of_the_whole_country_is_no_region_beside_the_others(load, whole):
    regions = [
        f"2026-0{month},{whole},100\n2026-0{month},华东,60\n2026-0{month},华南,40\n" for month in (8, 9)
    ]
    files = {"工单.csv": ROWS, "订单.csv": "月份,地区,订单量\n" + "".join(regions)}
    found = load(files, exposure={"path": "订单.csv"}).exposure
    assert denominators.orders(found).to_dict() == {"2026-08": 100, "2026-09": 100}
    assert denominators.orders(found, {"region": "华东"}).to_dict() == {"2026-08": 60, "2026-09": 60}
    assert {*found["region"].dropna()} == {"华东", "华南"}
