import pytest

from voc_lib.collect import delimited, encoding, messy

NAMES = ("工单号", "反馈内容", "创建时间")
FIRST = ["1", "慢", "2026-09-01"]


@pytest.mark.parametrize(
    ("rows", "first", "names"),
    [
        ([["客服月报", "", ""], ["2026年9月", "", ""], NAMES, FIRST], 2, NAMES),
        ([["", "", ""], NAMES, FIRST], 1, NAMES),
        ([["信息", "反馈", ""], NAMES, FIRST], 0, ("信息/工单号", "反馈/反馈内容", "反馈/创建时间")),
        ([["编号", "反馈", ""], ["", "内容", "时间"], FIRST], 0, ("编号", "反馈/内容", "反馈/时间")),
        ([["甲", "乙", "丙"], FIRST], 0, ("甲", "乙", "丙")),
        ([["1", "慢", "2026-09-01"], ["2", "坏", "2026-09-02"]], 0, ("列1", "列2", "列3")),
        ([["太慢了，等了三天"], ["很好"]], 0, ("内容",)),
    ],
    ids=["titles", "blank row", "groups", "two rows", "unknown words", "no header", "one column"],
)  # fmt: skip
def test_the_header_is_found(rows, first, names):
    header = messy.find_header(rows)
    assert (header.first, header.names) == (first, names)


def test_three_levels_of_merged_cells():
    rows = [
        ["客服部", "", "", ""],
        ["编号", "反馈", "", ""],
        ["", "内容", "时间", ""],
        ["", "", "创建时间", "完成时间"],
        ["1", "慢", "2026-09-01", "2026-09-02"],
    ]
    merges = [(0, 0, 0, 3), (1, 0, 3, 0), (1, 1, 1, 3), (2, 1, 3, 1), (2, 2, 2, 3)]
    header = messy.find_header(rows, merges=merges)
    assert (
        header.names == ("编号", "反馈/内容", "反馈/时间/创建时间", "反馈/时间/完成时间") and header.body == 4
    )


def test_repeated_headers_are_found_beside_phantom_columns():
    text = "工单号,,反馈内容,创建时间\n1,,慢,2026-09-01\n工单号,,反馈内容,创建时间\n2,,坏,2026-09-02\n"
    table = delimited.parse(text.encode(), label="a")
    assert table.columns == NAMES and table.rejects["reason"].tolist() == ["重复表头"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("合计,,12", "合计行"),
        ("小 计：,3,", "合计行"),
        ("Total,12,30", "合计行"),
        (" , ,\t", "空行"),
        ("合计,太慢了,2026-09-01", None),
    ],
)
def test_rows_that_are_no_data(row, reason):
    table = delimited.parse(f"工单号,反馈内容,创建时间\n1,慢,2026-09-01\n{row}\n".encode(), label="a")
    assert table.rejects["reason"].tolist() == ([reason] if reason else [])


@pytest.mark.parametrize("row", ["小计（9月）,,,4.5", "平均,,,4.2", "9月合计：,,,9", "Average,,,4.5"])
def test_totals_of_any_wording_are_totals(row):
    text = f"工单号,反馈内容,创建时间,评分\n1,慢,2026-09-01,5\n{row}\n2,坏,2026-09-02,4\n"
    table = delimited.parse(text.encode(), label="a")
    assert table.rejects["reason"].tolist() == ["合计行"] and len(table.lines) == 2


def test_headers_again_in_parts_in_english_and_after_a_mark():
    text = (
        "工单号,反馈信息,,处理情况\n,反馈内容,创建时间,处理人\n1,慢,2026-09-01,王\nTicket_ID,content,created_at,handler\n"
        "工单号,反馈信息,,处理情况\n,反馈内容,创建时间,处理人\n\ufeff工单号,反馈信息,,处理情况\n2,内容,2026-09-02,李\n"
    )
    table = delimited.parse(encoding.decode(text.encode()).data, label="a")
    assert table.rejects["reason"].tolist() == ["重复表头"] * 4 and table.lines.tolist() == [3, 8]
