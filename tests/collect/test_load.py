"""Whole small projects: what is kept, what is quarantined and why, and what is refused with a sentence."""

import os

import pandas as pd
import pytest
import xlsxwriter

from tests.collect.conftest import ROWS
from voc_lib import collect, tag
from voc_lib.errors import DataError, ParamsError
from voc_lib.tag import rules

HEAD = "工单号,客户编号,反馈内容,创建时间\n"


def test_two_rows_are_kept_and_every_column_told(load):
    collected = load()
    assert collected.feedback["feedback_id"].tolist() == ["1", "2"] and collected.quarantine.empty
    assert collected.headers["how"].eq("同义词").all() and collected.feedback["channel"].eq("电话").all()
    told = ["工单", "工单.csv", 2, 0, 2, 0, 2, 3, 1, "表头行 1"]
    assert collected.reads.drop(columns="sheet").iloc[0].tolist() == told


def test_each_unusable_row_has_its_reason_place_and_cells(load):
    bad = "3,c,,2026-09-01\n4,d,慢,昨天\n5,e,慢,09.01\n合计,,,\n,,,\n工单号,客户编号,反馈内容,创建时间\n6,f\n"
    collected = load({"工单.csv": ROWS + bad})
    reasons = collected.quarantine.set_index("line")["reason"].to_dict()
    assert {line: reason[:8] for line, reason in reasons.items()} == {
        4: "反馈内容为空",
        5: "反馈相对时间，请",
        6: "反馈时间缺年份",
        7: "合计行",
        8: "空行",
        9: "重复表头",
        10: "列数不符：应为 ",
    }
    assert '"创建时间": "昨天"' in collected.quarantine.set_index("line")["raw"][5]


def test_lines_that_are_no_rows_are_counted_by_kind(load):
    text = f'客服月报,2026年9月\n\n{ROWS}\n3,c,"分\n行",2026-09-03\n,,,\n合计,,,\n'
    collected = load({"工单.csv": text})
    line = collected.reads.iloc[0]
    assert line[["lines", "aside", "read", "kept"]].tolist() == [10, 5, 5, 3]
    assert line["aside_kinds"] == "标题行 1、格内换行 1、空行 2、表头行 1"
    assert collected.quarantine["line"].tolist() == [9, 10]
    assert "工单.csv：第 1 行在表头（第 3 行）之上，视为标题" in "".join(collected.notes)


def test_a_score_without_words_is_a_voice_and_no_problem(load):
    head = "答卷编号,客户编号,反馈内容,满意度,期望,提交时间\n"
    rows = "1,a,慢,2,,2026-09-01\n2,b,(跳过),5,,2026-09-01\n3,c,,1,退款,2026-09-01\n"
    rows += "4,d,系统默认好评,5,,2026-09-01\n5,e,,4,,不详\n6,f,,,,2026-09-01\n"
    collected = load({"工单.csv": head + rows})
    assert collected.feedback["feedback_id"].tolist() == ["1"]
    assert collected.ratings[["feedback_id", "customer_id", "csat"]].to_numpy().tolist() == [["2", "b", 5.0]]
    assert collected.ratings["text"].isna().all() and collected.quarantine["line"].tolist() == [4, 5, 6, 7]
    assert collected.reads.iloc[0][["kept", "rated", "in_period"]].tolist() == [2, 1, 1]


def test_a_source_named_like_a_side_table_is_refused(shop):
    with pytest.raises(ParamsError, match="附表的名称"):
        collect.load(shop(source={"name": "客户表"}))


def test_customers_words_na_and_null_are_words(load):
    collected = load(
        {
            "工单.csv": HEAD
            + "1,NA,NA,2026-09-01\n2,null,null,2026-09-01\n3,c,此用户没有填写评论!,2026-09-01\n"
        }
    )
    assert collected.feedback["text"].tolist() == ["NA", "null"]
    assert collected.feedback["customer_id"].isna().all() and len(collected.quarantine) == 1


def test_duplicate_ids_inside_a_file_keep_the_first(load):
    rows = "1,a,慢,2026-09-01\n1,a,慢,2026-09-01\n1,a,换了说法,2026-09-01\n"
    collected = load({"工单.csv": HEAD + rows})
    assert collected.feedback["text"].tolist() == ["慢"]
    assert collected.quarantine["reason"].tolist() == [
        "反馈ID重复：与第 2 行完全相同",
        "反馈ID重复：与第 2 行内容不同，保留先出现的",
    ]


def test_a_later_file_of_the_source_replaces(load):
    files = {
        "工单_2.csv": HEAD + "1,a,旧,2026-09-01\n2,b,坏,2026-09-01\n",
        "工单_10.csv": HEAD + "1,a,新,2026-09-01\n",
    }
    collected = load(files, source={"path": "工单_*.csv"})
    assert sorted(collected.feedback["text"]) == ["坏", "新"]
    assert "工单_10.csv 取代" in collected.quarantine["reason"][0]


@pytest.mark.parametrize(
    "copy", ["工单(1).csv", "工单 (1).csv", "工单-修订.csv", "工单 - 副本.csv", "工单_2.csv"]
)
def test_a_copy_named_by_a_browser_or_a_person_replaces(load, copy):
    rows = "1,a,{0},2026-09-01\n2,b,坏,2026-09-01\n"
    files = {"工单.csv": HEAD + rows.format("旧"), copy: HEAD + rows.format("新")}
    collected = load(files, source={"path": "工单*.csv"})
    assert sorted(collected.feedback["text"]) == ["坏", "新"]
    assert collected.quarantine["reason"].eq(f"反馈ID重复：已由较新的文件 {copy} 取代").all()


@pytest.mark.parametrize(
    ("day", "clock"), [("日期", "时间"), ("反馈日期", "反馈时间"), ("创建日期", "时间"), ("创建时间", "日期")]
)
def test_a_day_and_its_clock_in_two_columns_are_one_time(load, day, clock):
    rows = f"工单号,{day},{clock},反馈内容\n1,2026-09-01,10:00,慢\n2,2026/9/2,9:05:30,坏\n3,2026-09-03,,差\n"
    collected = load({"工单.csv": rows})
    told = collected.feedback["created_at"].astype("str").tolist()
    assert told == ["2026-09-01 10:00:00", "2026-09-02 09:05:30", "2026-09-03 00:00:00"]
    assert collected.headers["field"].eq("created_at").sum() == 2


def test_times_no_one_can_have_are_told_with_their_lines(shop, tmp_path):
    rows = [
        "1,太慢了,2026-09-01 10:00,2026-08-30 09:00",
        "2,太贵了,2026-09-02 10:00,2029-12-01 09:00",
        "3,太差了,2031-02-03 10:00,",
        "4,太吵了,2026-09-04 10:00,2026-09-05 09:00",
    ]
    settings = shop({"工单.csv": "\n".join(["工单号,反馈内容,创建时间,关闭时间", *rows])})
    stamp = pd.Timestamp("2026-10-01", tz="Asia/Shanghai").timestamp()
    os.utime(tmp_path / "工单.csv", (stamp, stamp))
    found = collect.load(settings)
    told = "；".join(found.notes)
    assert "1 个反馈时间晚于文件的日期（2026-10-01），最晚 2031-02-03（第 4 行）" in told
    assert "1 个完成时间晚于文件的日期（2026-10-01），最晚 2029-12-01（第 3 行）" in told
    assert "完成时间有 1 个早于反馈时间（第 2 行）" in told
    assert "完成时间有 1 个比反馈时间晚三年以上（第 3 行）" in told
    assert not any("第 5 行" in note for note in found.notes)
    assert found.quarantine[["line", "reason"]].to_numpy().tolist() == [
        [4, "反馈时间晚于文件的日期（2026-10-01）"]
    ]


def test_a_time_after_the_file_but_in_the_period_is_kept_and_said(shop, tmp_path):
    settings = shop(
        {"工单.csv": "工单号,反馈内容,创建时间\n1,慢,2026-09-01\n2,贵,2026-09-03\n3,吵,2026-09-28\n"}
    )
    stamp = pd.Timestamp("2026-09-20", tz="Asia/Shanghai").timestamp()
    os.utime(tmp_path / "工单.csv", (stamp, stamp))
    found = collect.load(settings)
    assert len(found.feedback) == 3
    assert "这些行仍按所写的时间保留" in "；".join(found.notes)


def test_a_file_older_than_most_of_what_it_says_is_not_believed(shop, tmp_path):
    settings = shop({"工单.csv": "工单号,反馈内容,创建时间\n1,慢,2026-09-01\n2,贵,2026-10-03\n"})
    os.utime(tmp_path / "工单.csv", (0, 0))
    found = collect.load(settings)
    assert len(found.feedback) == 2 and "2 个反馈时间晚于文件的日期（1970-01-01）" in "；".join(found.notes)


def test_words_arrive_as_written_and_match_as_meant(load):
    """A mark inside a word is the customer's; rules read past it."""
    rows = "1,快\ufeff递一直没到货,2026-09-01\n2,\ufeff快递一直没到货,2026-09-02\n"
    found = load({"工单.csv": "工单号,反馈内容,创建时间\n" + rows}).feedback
    assert found["text"].tolist() == ["快\ufeff递一直没到货", "\ufeff快递一直没到货"]
    taxonomy = tag.load("ecommerce")
    decided, _ = rules.decide(rules.votes(found, taxonomy), found, taxonomy)
    assert decided["primary_tag"].tolist() == ["物流延迟"] * 2


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", "\t", "|"])
@pytest.mark.parametrize(("length", "rows"), [(1, 3), (40, 1), (400, 30)])
def test_utf16_without_a_mark_is_read(load, code, mark, length, rows):
    """Long texts without a character that ends in a NUL byte (一, 退, 最 …) are the hard ones."""
    texts = [f"{n}号" + "物流太慢，客服不理人。" * length for n in range(rows)]
    lines = [mark.join(["工单号", "反馈内容", "创建时间"])]
    lines += [mark.join([str(n), text, "2026-09-01"]) for n, text in enumerate(texts)]
    found = load({"工单.csv": "\r\n".join(lines).encode(code)})
    assert found.feedback["text"].tolist() == texts


QUOTED = ['他说"不行', "太慢了", '"很差', '坏了"', '坏"了"', '""', '"全"对"']


@pytest.mark.parametrize("mark", ["，", ","])
def test_unpaired_quotes_keep_rows_whole(load, mark):
    rows = [mark.join([f"T{n}", f"{text}真的", "电话", f"2026-09-0{n + 1}"]) for n, text in enumerate(QUOTED)]
    head = mark.join(["工单号", "反馈内容", "渠道", "创建时间"])
    found = load({"工单.csv": "\n".join([head, *rows]) + "\n"})
    assert found.feedback["feedback_id"].tolist() == [f"T{n}" for n in range(len(QUOTED))]
    bare = [text.replace('"', "") for text in found.feedback["text"]]
    assert bare == [text.replace('"', "") + "真的" for text in QUOTED]


def rated(name: str, given: list[int], header: str = "评分") -> str:
    rows = [f"{name}{i},{i % 7}慢,2026-09-01,{score}\n" for i, score in enumerate(given)]
    return f"工单号,反馈内容,创建时间,{header}\n" + "".join(rows)


def test_a_question_is_on_one_scale_in_all_files_of_a_source(load):
    files = {"8月.csv": rated("a", [1, 5, 8, 10]), "9月.csv": rated("b", [5, 1], "评分（分）")}
    collected = load(files, source={"path": "*月.csv"})
    assert collected.feedback["csat"].tolist()[4:] == pytest.approx([1 + 4 * 4 / 9, 1])
    assert "9月.csv：“评分（分）” 只出现 1–5 分，按同一来源其他文件的 1–10" in "".join(collected.notes)


def test_a_scale_that_was_changed_is_told(load):
    files = {"8月.csv": rated("a", [3, 5, 8, 10] * 10), "9月.csv": rated("b", [5, 4] * 30)}
    collected = load(files, source={"path": "*月.csv"})
    assert collected.feedback["csat"].tail(60).mean() == 4.5 and "各按各的换算" in "".join(collected.notes)
    files["9月.csv"] = rated("b", [5, 4], "评分（1-5分）")
    assert load(files, source={"path": "*月.csv"}).feedback["csat"].tail(2).mean() == 4.5


def test_the_same_id_in_two_sources_is_told_apart(shop, tmp_path):
    sources = [{"name": n, "path": "工单.csv", "channel": n} for n in ("甲", "乙")]
    collected = collect.load(shop(sources=sources))
    assert sorted(collected.feedback["feedback_id"]) == ["1", "2", "甲:1", "甲:2"]
    assert collected.reads["kept"].tolist() == [2, 2]


def test_rows_without_an_id_get_one_of_their_content(load):
    text = "反馈内容,创建时间\n好评,2026-09-01\n好评,2026-09-01\n差,2026-09-02\n"
    first, again = (load({"评论.csv": text}).feedback["feedback_id"].tolist() for _ in range(2))
    assert first == again and len(set(first)) == 3 and all(len(i) == 17 and i[0] == "H" for i in first)


def test_damaged_ids_are_reported_and_never_used(load):
    collected = load({"工单.csv": HEAD + "1,1.03531E+12,慢,2026-09-01\n2,1.03531E+12,坏,2026-09-01\n"})
    assert collected.feedback["customer_id"].isna().all()
    assert any("客户ID有 2 个被 Excel 损坏" in note for note in collected.notes)


def test_lost_zeros_are_suspected_and_left_alone(load):
    ids = [f"{20_000_000 + i * 791}" for i in range(50)] + ["1234567"]
    collected = load({"工单.csv": HEAD + "".join(f"{i},a,慢,2026-09-01\n" for i in ids)})
    assert collected.feedback["feedback_id"].tolist() == ids
    assert any("丢了开头的 0" in note for note in collected.notes)
    running = load({"工单.csv": HEAD + "".join(f"{i},a,慢,2026-09-01\n" for i in range(9_000, 60_000))})
    assert running.notes == ()


def test_zeros_lost_in_half_of_the_ids_or_in_one_of_two_tables_are_told(load):
    rows = "".join(
        f"{i},{c},慢{i},2026-09-01\n" for i, c in enumerate(["00012", "00113", "04711", "815", "7"])
    )
    files = {"工单.csv": HEAD + rows, "客户.csv": "客户编号,地区\n00815,华东\n00007,华北\n00012,华南\n"}
    notes = "".join(load(files, customers={"path": "客户.csv"}).notes)
    assert "客户ID有 2 个不足 5 位" in notes and "2 个客户ID与客户表只差开头的 0（如 815 与 00815）" in notes


def test_several_encodings_sheets_and_kinds_in_one_folder(load):
    files = {
        "数据/a.csv": (HEAD + "1,a,慢,2026-09-01\n").encode("gb18030"),
        "数据/b.txt": (HEAD + "2,b,坏,2026-09-01\n").encode("utf-16"),
        "数据/子/c.jsonl": '{"工单号": 3, "反馈内容": "差", "创建时间": 1788200000}',
        "数据/说明.pptx": b"PK",
    }
    collected = load(files, source={"path": "数据"})
    assert sorted(collected.feedback["feedback_id"]) == ["1", "2", "3"]
    assert collected.reads["file"].tolist() == ["a.csv", "b.txt", "子/c.jsonl"]


def test_channel_comes_from_the_source_or_its_column(load):
    text = "工单号,渠道,反馈内容,创建时间\n1,微博,慢,2026-09-01\n2,,坏,2026-09-01\n"
    assert load({"工单.csv": text}, source={"channel": None}).feedback["channel"].tolist() == [
        "微博",
        "未注明",
    ]
    assert load({"工单.csv": text}).feedback["channel"].tolist() == ["电话", "电话"]


def test_several_columns_can_feed_the_text(load):
    text = "工单号,标题一,正文一,创建时间\n1,慢,等了三天,2026-09-01\n2,坏,,2026-09-01\n"
    columns = {"标题一": "text", "正文一": "text"}
    assert load({"工单.csv": text}, source={"columns": columns}).feedback["text"].tolist() == [
        "慢\n等了三天",
        "坏",
    ]


def test_a_sheet_without_feedback_is_counted(load, tmp_path):
    rows = {"工单号": ["1"], "反馈内容": ["慢"], "创建时间": ["2026-09-01"]}
    with pd.ExcelWriter(tmp_path / "工单.xlsx") as writer:
        pd.DataFrame(rows).to_excel(writer, sheet_name="明细", index=False)
        pd.DataFrame({"店铺": ["一店"], "店长": ["某某"]}).to_excel(
            writer, sheet_name="字段说明", index=False
        )
    collected = load({"x": ""}, source={"path": "工单.xlsx"})
    by_sheet = collected.reads.set_index("sheet")[["read", "kept", "quarantined"]]
    assert by_sheet.loc[["明细", "字段说明"]].to_numpy().tolist() == [[1, 1, 0], [1, 0, 1]]
    assert "工作表没有反馈内容列" in collected.quarantine["reason"][0]


def test_control_characters_go_and_double_encoding_is_undone(load):
    broken = "快递太慢了，客服也不理人".encode().decode("latin-1")
    collected = load({"工单.csv": HEAD + f"1,a,{broken},2026-09-01\n2,b,坏\x0b了\x01,2026-09-01\n"})
    assert collected.feedback["text"].tolist() == ["快递太慢了，客服也不理人", "坏了"]
    assert any("双重编码" in note for note in collected.notes)


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\ufffe", "\x01", "\u202e", "\x7f", "\ufe0f"])
def test_names_differ_by_nothing_unseen(load, mark):
    head = "工单号,客户编号,地区,反馈内容,创建时间\n"
    rows = (
        f"1,a{mark},华东{mark},慢,2026-09-01{mark}\n2,a,{mark}华东,坏,2026-09-01\n3,a,{mark},差,2026-09-01\n"
    )
    files = {"工单.csv": head + rows, "客户.csv": f"客户编号,地区\na{mark},华{mark}东\n"}
    collected = load(files, customers={"path": "客户.csv"})
    assert collected.feedback["region"].fillna("").tolist() == ["华东", "华东", ""]
    assert collected.feedback["customer_id"].eq("a").all() and len(collected.feedback) == 3
    assert collected.customers[["customer_id", "region"]].iloc[0].tolist() == ["a", "华东"]
    assert "地区有 3 个含不可见字符，已去掉" in "".join(collected.notes)


def test_lone_surrogates_of_json_are_no_part_of_a_name(load):
    line = '{"工单号": 1, "地区": "华东\\ud83d", "反馈内容": "慢", "创建时间": "2026-09-01"}'
    assert load({"工单.json": f"[{line}]"}).feedback["region"].tolist() == ["华东"]


@pytest.mark.parametrize(
    ("files", "source", "words"),
    [
        ({"x": ""}, {"path": "没有.csv"}, ["找不到文件", "没有.csv"]),
        ({"工单.csv": ""}, {}, ["工单.csv", "空文件"]),
        ({"空/.keep": ""}, {"path": "空"}, ["空", "没有可读的文件"]),
        ({"x": ""}, {"path": "工单_*.csv"}, ["没有文件符合", "工单_*.csv"]),
        ({"工单.csv": b"%PDF-1.7"}, {}, ["PDF", "CSV"]),
        ({"工单.docx": b"PK\x03\x04"}, {}, ["工单.docx"]),
        ({"工单.csv": "工单号,反馈内容,创建时间\n1,慢,不知道\n"}, {}, ["没有可读的日期列", "created_at"]),
        ({"工单.csv": "工单号,反馈内容\n1,慢\n"}, {}, ["反馈时间（created_at）", "工单号、反馈内容"]),
        ({"工单.csv": "工单号,心得体会,创建时间\n1,慢,2026-09-01\n"}, {}, ["反馈内容（text）", "心得体会"]),
        ({"工单.csv": ROWS}, {"columns": {"反馈内溶": "text"}}, ["反馈内溶", "“反馈内容”", "创建时间"]),
        ({"工单.csv": ROWS}, {"encoding": "gb99999"}, ["gb99999", "gb18030"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(shop, files, source, words):
    with pytest.raises(DataError) as error:
        collect.load(shop(files, source=source))
    assert all(word in str(error.value) for word in words), str(error.value)


def test_buddhist_years_are_read_where_the_header_says_so_and_named_where_it_does_not(load):
    rows = "工单号,反馈内容,{}\n1,发货太慢了,2569-09-03\n2,菜是凉的,2569-09-04\n"
    read = load({"工单.csv": rows.format("创建时间（佛历）")})
    assert read.feedback["created_at"].dt.strftime("%Y-%m-%d").tolist() == ["2026-09-03", "2026-09-04"]
    with pytest.raises(DataError, match="像佛历（如 2569，公元 2026）"):
        load({"工单.csv": rows.format("创建时间")})


def test_same_input_same_output(load):
    first, again = load(), load()
    pd.testing.assert_frame_equal(first.feedback, again.feedback)


def test_the_ledger_has_a_line_for_each_sheet(load, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        for sheet, rows in {"8月": 1, "9月": 2}.items():
            page = book.add_worksheet(sheet)
            page.write_row(0, 0, ["工单号", "反馈内容", "创建时间"])
            for n in range(rows):
                page.write_row(
                    n + 1, 0, [f"{sheet}{n}", "太慢", f"2026-0{sheet[0]}-01" if n == 0 else "不详"]
                )
    files = {"工单.csv": ROWS, "book.xlsx": (tmp_path / "book.xlsx").read_bytes()}
    reads = load(files, source={"path": "*.*[vx]"}).reads
    assert reads["sheet"].fillna("").tolist() == ["8月", "9月", ""]
    assert reads[["read", "quarantined", "in_period"]].to_numpy().tolist() == [
        [1, 0, 0],
        [2, 1, 1],
        [2, 0, 2],
    ]


def words(name: str, given: list[str], header: str = "满意度") -> str:
    rows = [f"{name}{i},{i % 7}慢,2026-09-01,{score}\n" for i, score in enumerate(given)]
    return f"工单号,反馈内容,创建时间,{header}\n" + "".join(rows)


def test_scales_of_the_params_reach_the_scores(load):
    files = {"工单.csv": words("a", ["顶呱呱", "凑合", "顶呱呱"])}
    assert "scales: {满意度: {顶呱呱: 几分, 凑合: 几分}}" in "".join(load(files).notes)
    told = load(files, source={"scales": {"满意度": {"顶呱呱": 5, "凑合": 3}}}).feedback
    assert told["csat"].tolist() == [5, 3, 5] and told["csat_scale"].unique().tolist() == ["2 档"]


def test_what_a_scale_of_five_begins_with_is_told_from_all_files(load):
    scores = {"a.csv": ["1", "3", "5"], "b.csv": ["0", "3", "5"]}
    files = {name: words(name, given, "满意度（5分制）") for name, given in scores.items()}
    told = load(files, source={"path": "*.csv"})
    assert told.feedback["csat_scale"].unique().tolist() == ["0–5"]
    assert "a.csv：“满意度（5分制）” 只出现 1–5 分，按同一来源其他文件的 0–5 分制读取" in "".join(told.notes)
    alone = load({"c.csv": files["a.csv"]}, source={"path": "c.csv"}).feedback
    assert alone["csat"].tolist() == [1, 3, 5]


def test_a_column_of_scales_that_no_file_has_is_named(shop):
    with pytest.raises(DataError, match="没有参数 scales 里写的列 “满意读”"):
        collect.load(shop({"工单.csv": words("a", ["5"])}, source={"scales": {"满意读": "1-10"}}))


def test_words_are_on_one_scale_in_all_files_of_a_source(load):
    files = {"8月.csv": words("a", ["非常满意", "满意", "不满意"]), "9月.csv": words("b", ["满意", "不满意"])}
    collected = load(files, source={"path": "*月.csv"})
    assert collected.feedback["csat"].tolist() == [5, 4, 2, 4, 2]
    assert set(collected.feedback["csat_scale"]) == {"1–5"}
    assert "9月.csv：“满意度” 只出现2 档的说法，按同一来源其他文件的 1–5 读取" in "".join(collected.notes)
