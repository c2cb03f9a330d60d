"""Row numbers are no ids: lists numbered each from 1 are all kept, corrected exports still replace."""

import pandas as pd
import pytest
import xlsxwriter

from voc_lib import cli, collect
from voc_lib.collect import archive
from voc_lib.errors import DataError

HEAD = "编号,反馈内容,反馈时间\n"
WORDS = ("快递太慢", "软件闪退", "客服不理人", "价格太贵", "发票没开", "包装破了", "味道不对")


def numbered(month: int, n: int = 28, *, said: str = "") -> str:
    """A list of one month, numbered from 1."""
    rows = [f"{i},{month}月{WORDS[(i * month) % 7]}{said},2026-{month:02}-{i:02}\n" for i in range(1, n + 1)]
    return HEAD + "".join(rows)


@pytest.fixture
def months(shop):
    """Loads files as a run would and archives them; gives what is archived, and the notes."""

    def run(files: dict[str, str], path: str) -> tuple[pd.DataFrame, str]:
        settings = shop(files, source={"path": path})
        folder = settings.outputs / "archive" / settings.params.name
        collected = collect.load(settings)
        archive.write(collected.feedback, folder)
        held = archive.read(folder)
        merged = archive.merge(held, collected.feedback)
        assert merged["feedback_id"].tolist() == held["feedback_id"].tolist()
        return held, "".join(collected.notes)

    return run


def counts(held: pd.DataFrame) -> list[int]:
    return held.groupby(held["created_at"].dt.month).size().tolist()


def test_a_month_numbered_anew_does_not_wipe_the_one_before(months):
    months({"1.csv": numbered(1)}, "1.csv")
    held, notes = months({"2.csv": numbered(2)}, "2.csv")
    assert counts(held) == [28, 28] and "2.csv：反馈ID只是这份清单自己的序号" in notes
    held, _ = months({"3.csv": numbered(3)}, "3.csv")
    assert counts(held) == [28, 28, 28]


def test_months_sent_again_replace_themselves(months):
    months({"1.csv": numbered(1)}, "1.csv")
    first, _ = months({"2.csv": numbered(2)}, "2.csv")
    months({"1.csv": numbered(1, said="，已更正")}, "1.csv")
    held, _ = months({"2(1).csv": numbered(2)}, "2(1).csv")
    assert held["feedback_id"].tolist() == first["feedback_id"].tolist()
    assert held["text"].str.contains("已更正").sum() == 28
    together, _ = months({"1.csv": numbered(1), "2.csv": numbered(2)}, "?.csv")
    assert together["feedback_id"].tolist() == first["feedback_id"].tolist()


def test_an_export_of_one_name_each_month_keeps_its_history(months):
    for month in (1, 2, 3):
        held, _ = months({"导出.csv": numbered(month)}, "导出.csv")
    assert counts(held) == [28, 28, 28]


def test_sheets_numbered_each_from_one_are_all_kept(load, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "台账.xlsx") as book:
        for month in (1, 2, 3):
            rows = [line.split(",") for line in numbered(month, 3).splitlines()]
            sheet = book.add_worksheet(f"{month}月")
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    collected = load({"x": ""}, source={"path": "台账.xlsx"})
    assert len(collected.feedback) == 9 and collected.quarantine.empty
    assert sum("自己的序号" in note for note in collected.notes) == 3


def test_files_of_a_folder_numbered_each_from_one_are_all_kept_and_sent_again_once(load):
    files = {f"{name}.csv": numbered(month) for name, month in (("1月", 1), ("1月(1)", 1), ("2月", 2))}
    collected = load(files, source={"path": "*月*.csv"})
    assert counts(collected.feedback) == [28, 28] and len(collected.quarantine) == 28


def test_shops_numbered_alike_are_told_apart_by_their_customers(load):
    head = "编号,客户编号,反馈内容,反馈时间\n"
    rows = [f"{i},{{shop}}{i},{{shop}}{WORDS[i % 7]},2026-09-01\n" for i in range(1, 9)]
    files = {f"{s}店.csv": head + "".join(rows).format(shop=s * 6) for s in ("东", "西")}
    assert len(load(files, source={"path": "*店.csv"}).feedback) == 16


def test_a_corrected_export_still_replaces(months):
    months({"1.csv": numbered(1)}, "1.csv")
    corrected = numbered(1, said="，客户补充了说明与截图")
    held, notes = months({"1.csv": corrected}, "1.csv")
    assert counts(held) == [28] and held["text"].str.contains("补充").all() and "序号" not in notes
    later = corrected.replace("2026-01", "2026-02")  # the date was read wrongly
    held, notes = months({"1.csv": later}, "1.csv")
    assert held["created_at"].dt.month.eq(2).all() and "归档 2026-01 的 28 条里，有 28 条" in notes


def test_the_archive_never_gives_feedback_away_for_a_number(months, shop, tmp_path):
    held, _ = months({"1.csv": numbered(1)}, "1.csv")
    other = held.assign(text="另一件事", created_at=held["created_at"] + pd.Timedelta(days=40), file="2.csv")
    folder = next((tmp_path / "outputs" / "archive").iterdir())
    with pytest.raises(DataError, match="归档没有改动"):
        archive.write(other, folder)
    assert len(archive.read(folder)) == 28


def test_a_row_mended_later_takes_no_place_of_another_list(months):
    months({"1.csv": numbered(1)}, "1.csv")
    broken = numbered(2).replace("2026-02-03", "不详")
    months({"2.csv": broken}, "2.csv")
    held, _ = months({"2.csv": broken, "2改好.csv": HEAD + "3,2月另一件,2026-02-03\n"}, "2*.csv")
    assert counts(held) == [28, 28]


def test_check_tells_what_was_noticed(shop, capsys):
    settings = shop(
        {"1月.csv": numbered(1), "2月.csv": numbered(2)}, source={"path": "*月.csv"}, period="2026-02"
    )
    assert cli.call(["check", str(settings.file), "--data"]) == 0
    assert "2月.csv：反馈ID只是这份清单自己的序号" in capsys.readouterr().out


def test_rows_without_an_id_survive_what_is_done_about_them(months):
    head = "客户编号,反馈内容,创建时间,处理状态,完成时间\n"
    text = head + "a,慢,2026-09-01,{0}\na,慢,2026-09-01,{0}\nb,坏,2026-09-02,{0}\n"
    months({"工单.csv": text.format("处理中,")}, "工单.csv")
    held, _ = months({"工单.csv": text.format("已完成,2026-09-05")}, "工单.csv")
    assert held["status"].tolist() == ["已完成"] * 3


def test_ids_of_an_older_making_are_replaced_by_content(months, tmp_path):
    held, _ = months(
        {"评论.csv": "反馈内容,创建时间\n好,2026-09-01\n好,2026-09-01\n差,2026-09-02\n"}, "评论.csv"
    )
    old = held.assign(feedback_id=[f"H{i:016x}" for i in range(3)])
    assert archive.merge(old, held)["feedback_id"].tolist() == held["feedback_id"].tolist()
    assert len(archive.merge(old, held[:1])) == 3 and len(archive.merge(held, held[:1])) == 3
