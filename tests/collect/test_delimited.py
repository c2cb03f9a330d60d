import pytest

from voc_lib.collect import delimited
from voc_lib.errors import DataError

HEADER = ["工单号", "反馈内容", "创建时间"]


def cells(table) -> list[list[str]]:
    return [list(row.values()) for row in table.cells.to_pylist()]


def parse(text: str):
    return delimited.parse(text.encode(), label="工单.csv")


@pytest.mark.parametrize("mark", [",", "\t", ";", "|", "，"])
def test_each_delimiter_is_found(mark):
    rows = [HEADER, ["1", "慢；坏 | 差", "2026-09-01"], ["2", "好", "2026-09-02"]]
    text = "\n".join(mark.join(f'"{c}"' if mark in c else c for c in row) for row in rows)
    assert cells(parse(text)) == rows[1:]


def test_one_column_of_text_stays_whole():
    assert cells(parse("反馈内容\n太慢了，等了三天,真的\n好，好,好\n")) == [
        ["太慢了，等了三天,真的"],
        ["好，好,好"],
    ]


def test_a_stray_pair_of_quotes_swallows_nothing():
    rows = [f"{i},第{i}件事,2026-09-01" for i in range(1000)]
    rows[100] = '100,"没有合上的引号,2026-09-01'
    rows[900] = '900,"又一个,2026-09-01'
    table = parse("\n".join([",".join(HEADER), *rows]))
    assert len(table.lines) == 1000 and table.lines[-1] == 1001


def test_a_long_quoted_text_is_one_cell():
    text = "\n".join(f"第{i}段，很长" for i in range(40))
    table = parse(f'{",".join(HEADER)}\n1,"{text}",2026-09-01\n2,好,2026-09-02\n')
    assert cells(table)[0][1] == text and table.lines.tolist() == [2, 42]


def test_ragged_rows_are_rejects_with_their_line():
    good = "\n".join(f"{i},好,2026-09-01" for i in range(20))
    table = parse(
        f'{",".join(HEADER)}\n{good}\n21,少\n22,多,2026-09-01,多,多\n"a\nb",换行,2026-09-01\n23,好,2026-09-01\n'
    )
    assert table.rejects["line"].tolist() == [22, 23] and "应为 3 列，实为 2 列" in table.rejects["reason"][0]
    assert table.lines[-2:].tolist() == [24, 26] and table.rejects["raw"][0] == '"21,少"'


def test_a_width_many_rows_share_belongs_to_the_table():
    rows = "\n".join(f"{i},好,2026-09-01" + (",回复" if i % 2 else "") for i in range(20))
    table = parse(f"{','.join(HEADER)}\n{rows}\n")
    assert len(table.lines) == 20 and table.columns[3] == "未命名列4"


def test_empty_lines_are_no_rows_but_count_as_lines():
    table = parse(f"{','.join(HEADER)}\n\n1,慢,2026-09-01\n\n\n2,坏,2026-09-02\n\n")
    assert table.read == 2 and table.lines.tolist() == [3, 6]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path, end):
    file = tmp_path / "a.csv"
    file.write_bytes(end.join([",".join(HEADER), "1,慢,2026-09-01", "2,坏,2026-09-02", ""]).encode())
    assert delimited.read(file).lines.tolist() == [2, 3]


def test_nul_bytes_are_taken_out_and_counted(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("工单号,反馈内容\n1,慢\0了\n2,坏\n".encode())
    table = delimited.read(file)
    assert cells(table)[0] == ["1", "慢了"] and "1 个 NUL" in table.notes[0]


def test_a_file_of_blanks_is_empty(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("\n \n")
    with pytest.raises(DataError, match="空文件"):
        delimited.read(file)


def test_text_without_a_header_keeps_its_first_row():
    table = parse("他怎么这样？\t你说呢\t1\n快点发货\t什么时候发货\t0\n")
    assert table.columns == ("列1", "列2", "列3") and table.read == 2


WIDE = "工单号,客户编号,反馈内容,创建时间,评分"


def test_two_stray_quotes_keep_both_rows_and_say_so():
    table = parse(f'{WIDE}\nT1,C1,"慢,2026-09-01,1\nT2,C2,坏",2026-09-02,2\nT3,C3,好,2026-09-03,3\n')
    assert [row[:2] + row[3:] for row in cells(table)][:2] == [
        ["T1", "C1", "2026-09-01", "1"],
        ["T2", "C2", "2026-09-02", "2"],
    ]
    assert table.read == 3 and any("第 2 行有不成对的引号" in note for note in table.notes)


def test_a_quoted_text_of_several_lines_with_commas_stays_one_row():
    table = parse(f'{WIDE}\nT1,C1,"慢,坏,差,贵\n又,没,人,理",2026-09-01,1\nT2,C2,好,2026-09-02,2\n')
    assert cells(table)[0][2] == "慢,坏,差,贵\n又,没,人,理" and table.read == 2 and not table.notes


def test_a_row_inside_a_text_is_told():
    table = parse(f'{WIDE}\nT1,C1,"见\nT9,C9,慢,2026-09-01,1\n",2026-09-01,1\nT2,C2,好,2026-09-02,2\n')
    assert table.read == 2 and any("第 2 行起的引号跨行" in note for note in table.notes)


@pytest.mark.parametrize("row", ['T{},"开头,2026-09-01', 'T{},x","y{}', 'T{},C1,"{}慢,2026-09-01,'])
def test_quotes_that_never_close_are_plain_characters_in_any_number(row):
    table = parse(f"{WIDE}\n" + "".join(row.format(i, i) + "\n" for i in range(20_000)))
    assert table.read == 20_000 and "等 20000 处" in table.notes[0]


@pytest.mark.parametrize("title", ["", "客服月报\n"])
def test_a_line_break_in_a_header_cell(title):
    table = parse(f'{title}"工单号\n(必填)",反馈内容,"创建\r\n时间"\nT1,慢,2026-09-01\nT2,坏,2026-09-02\n')
    assert cells(table)[0] == ["T1", "慢", "2026-09-01"] and table.columns == (
        "工单号(必填)",
        "反馈内容",
        "创建时间",
    )
    assert table.lines.tolist() == [4 + bool(title), 5 + bool(title)] and table.aside["格内换行"] == 2


def test_quotes_escaped_by_a_backslash():
    table = parse(f'{WIDE}\nT1,C1,"他说\\"不行\\"，很慢",2026-09-01,1\nT2,C2,"C:\\盘\\",2026-09-02,2\n')
    assert [row[2] for row in cells(table)] == ['他说"不行"，很慢', "C:\\盘\\"]
    assert any('写作 \\"' in note for note in table.notes)


def test_a_backslash_before_a_doubled_quote_is_a_backslash():
    table = parse(f'{WIDE}\nT1,C1,"路径\\""甲""",2026-09-01,1\nT2,C2,5\\"屏,2026-09-02,2\n')
    assert [row[2] for row in cells(table)] == ['路径\\"甲"', '5\\"屏'] and not table.notes


def test_open_quotes_in_a_very_wide_table_are_bounded():
    head = ",".join([*HEADER, *(f"列{i}" for i in range(1997))])
    rows = [",".join("1" * 2000)] * 100 + [f'x","y{i}' for i in range(8000)]
    assert parse("\n".join([head, *rows]) + "\n").read == 8100


@pytest.mark.parametrize(
    ("last", "told"), [("GD019,发货", True), ("GD019,", True), ("GD0", False), ("合计,19", False)]
)
def test_a_file_that_ends_in_the_middle_of_a_row_is_told(last, told):
    whole = f"{','.join(HEADER)}\n" + "".join(f"GD{i:03},发货太慢了,2026-09-01\n" for i in range(19))
    assert any("最后一行没有写完" in note for note in parse(whole + last).notes) is told
    assert not parse(whole).notes and not parse(whole[:-1]).notes
