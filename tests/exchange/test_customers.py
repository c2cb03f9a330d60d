"""Customers to call or to tell in Excel: who is listed, whose scores and words come back."""

import cProfile

import openpyxl
import pandas as pd
import pytest
import yaml

from tests.exchange.conftest import Books, listed, stands
from voc_lib import params, schema, workcal
from voc_lib.clean import privacy
from voc_lib.collect import archive
from voc_lib.exchange import calls
from voc_lib.knowledge import Revisit
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table

EFFECT = {"measure_id": "M01", "action": "增设晚班", "metric": "占比", "verdict": "未达标"}
EFFECT |= {"next_step": "回到根因分析", "watch": "复发", "slipped": "2026-10"}


@pytest.fixture
def archived(filled):
    """The archive holds F1 and F2, and F3 whom the customer took back; F2 waits for a call."""
    settings = params.load(filled)
    rows = {"feedback_id": ["F1", "F2", "F3"], "created_at": pd.Timestamp("2026-03-02"), "text": "慢"}
    about = {"channel": "电话", "source": "工单", "file": "a.csv", "line": 2}
    about["status"] = ["已办结", None, "已撤销"]
    frame = schema.shape(pd.DataFrame({**rows, **about}), schema.HISTORY)
    archive.write(frame, settings.outputs / "archive" / "小店")
    call = {"measure_id": "M01", "customer_id": "C2", "feedback_ids": "F0、F2", "text": "慢"}
    call["reason"] = "待回访"
    table = pd.DataFrame([call, {**call, "customer_id": "C1", "feedback_ids": "F1"}]).assign(
        created_at=pd.Timestamp("2026-03-02")
    )
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(table, schema.FOLLOWUPS), folder / "followups.parquet")
    return filled


def test_customers_to_call_are_listed_and_their_scores_come_back(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    rows = list(openpyxl.load_workbook(books.path("王敏"))["回访"].values)
    assert [row[2] for row in rows[1:]] == ["F1", "F2"]
    assert rows[2][4:8] == ("C2", "2026-03-02 00:00", "慢", "待回访")
    books.fill("王敏", {"回访评分": 3, "备注": "还行"}, row=3, sheet="回访")
    assert books.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F2", 3)]


def test_a_call_nobody_answered_does_not_count_and_is_listed_again(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    books.fill("王敏", {"备注": "没人接"}, row=3, sheet="回访")
    code, words = books.take("王敏")
    assert code == 3 and "回访 第 3 行：没有写 “回访评分”；没有评分时请选 “回访情况”" in words
    books.fill("王敏", {"回访情况": "联系不上"}, row=3, sheet="回访")
    assert books.take("王敏")[0] == 0
    call("plan", "export", archived, tmp_path / "again")
    again = Books(archived, tmp_path / "again", call)
    rows = listed(again, "王敏")
    assert [(row["反馈ID"], row["客户编号"], row["回访情况"]) for row in rows] == [("F2", "C2", "联系不上")]
    again.fill("王敏", {"回访评分": 4, "回访情况": "已回访"}, row=3, sheet="回访")
    assert again.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F2", 4)]


def test_after_a_relapse_who_was_called_before_is_called_once_more(archived, call, tmp_path):
    """A new row: the score of the call before stays what it was."""
    effects = schema.shape(pd.DataFrame([EFFECT]), schema.EFFECTS)
    write_table(effects, runs.published_folder(params.load(archived)) / "tables" / "effects.parquet")
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    rows = listed(books, "王敏")
    assert [(row["记录"], row["反馈ID"], row["回访评分"]) for row in rows] == [
        ("M01/F2", "F2", None),
        ("M01/F1#2", "F1", None),
    ]
    books.fill("王敏", {"回访评分": 2, "回访日期": "2026-11-03"}, row=4, sheet="回访")
    assert books.take("王敏")[0] == 0
    assert [(v.feedback_id, v.score) for v in stands(archived).revisits] == [("F1", 4), ("F1", 2)]
    call("plan", "export", archived, tmp_path / "later")
    assert [row["反馈ID"] for row in listed(Books(archived, tmp_path / "later", call), "王敏")] == ["F2"]


def test_a_customer_listed_twice_is_told(archived, call, tmp_path):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    for row in (3, 4):
        books.fill("王敏", {"方案编号": "M01", "反馈ID": "F2", "回访评分": 3}, row=row, sheet="回访")
    assert "回访 第 4 行：“M01/F2” 在 回访 第 3 行 已经有了" in books.take("王敏")[1]


@pytest.fixture
def waiting(filled):
    """Three customers wait for a call or word of M01; the archive knows whose words are whose."""
    settings = params.load(filled)
    rows = {
        "feedback_id": ["F3", "F2", "F1"],
        "customer_id": ["C1", "C2", "C3"],
        "text": "慢",
        "file": "a.csv",
    }
    about = {"channel": "电话", "source": "工单", "line": 2, "created_at": pd.Timestamp("2026-03-02")}
    archive.write(schema.shape(pd.DataFrame({**rows, **about}), schema.HISTORY), settings.archive)
    table = pd.DataFrame({**rows, "measure_id": "M01"}).rename(columns={"feedback_id": "feedback_ids"})
    table = table.assign(
        created_at=about["created_at"], reason="待回访", phase="改后", message="好了", state="待告知"
    )
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(table[:2], schema.FOLLOWUPS), folder / "followups.parquet")
    write_table(schema.shape(table, schema.TELLING), folder / "telling.parquet")
    return filled


def turned(sheet, label):
    """Nothing; one column of the sheet is sorted the other way, all others stay where they were."""
    column = [cell.value for cell in sheet[1]].index(label) + 1
    cells = [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]
    filled = [cell for cell in cells if cell.value is not None]
    for cell, value in zip(filled, [cell.value for cell in filled][::-1], strict=True):
        cell.value = value


@pytest.mark.parametrize("sheet", ["回访", "沟通"])
@pytest.mark.parametrize("label", ["反馈ID", "客户编号", "记录"])
def test_a_column_sorted_alone_is_told_with_its_rows(waiting, call, tmp_path, sheet, label):
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    before = stands(waiting)
    for row in (3, 4):
        said = {"回访评分": 3} if sheet == "回访" else {"沟通情况": "已告知", "沟通日期": "2026-05-08"}
        books.fill("王敏", said, row=row, sheet=sheet)
    books.edit("王敏", lambda book: turned(book[sheet], label))
    code, words = books.take("王敏")
    assert code == 3 and f"{sheet} 第 4 行：" in words and f"“{label}”" in words
    assert "对不上" in words or "不是这一行" in words or "导出时是" in words
    assert stands(waiting) == before


def test_half_a_sheet_of_customers_to_call_sorted_without_the_other_is_told(waiting, call, tmp_path):
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    books.fill("王敏", {"回访评分": 2}, row=3, sheet="回访")

    def half(book):
        for label in ("记录", "反馈ID", "客户编号", "反馈时间", "问题描述"):
            turned(book["回访"], label)

    before = stands(waiting)
    books.edit("王敏", half)
    code, words = books.take("王敏")
    assert (
        code == 3 and "回访 第 2 行：“记录” 不是这一行的，是 回访 第 4 行 导出时的；可能只排了一列" in words
    )
    assert stands(waiting) == before


def test_a_workbook_without_keys_is_held_against_whose_feedback_it_is(waiting, call, tmp_path):
    """As they were handed out before."""
    call("plan", "export", waiting, tmp_path / "out")
    books = Books(waiting, tmp_path / "out", call)
    for row in (2, 3, 4):
        said = {"记录": None, "沟通情况": "已告知", "沟通日期": "2026-05-08"}
        books.fill("王敏", said, row=row, sheet="沟通")
    books.edit("王敏", lambda book: turned(book["沟通"], "反馈ID"))
    code, words = books.take("王敏")
    told = "“反馈ID” 不是这一行 “客户编号” 的反馈；可能只排了一列"
    assert code == 3 and "有 2 处不能保存" in words
    assert f"沟通 第 2 行：沟通 M01/F1/改后：{told}" in words and "沟通 第 4 行：沟通 M01/F3/改后" in words


@pytest.mark.parametrize(("ident", "says"), [("F9", "没有这条反馈"), ("F3", "已由客户撤回，不能计入回访")])
def test_a_call_about_unknown_or_withdrawn_feedback_is_refused(archived, call, tmp_path, ident, says):
    call("plan", "export", archived, tmp_path / "out")
    books = Books(archived, tmp_path / "out", call)
    books.fill("王敏", {"方案编号": "M01", "反馈ID": ident, "回访评分": 3}, row=5, sheet="回访")
    code, words = books.take("王敏")
    assert code == 3 and f"回访 第 5 行：回访 M01/{ident}：" in words and says in words
    assert len(stands(archived).revisits) == 1


def many(measure, measures):
    """So many measures like one, and 25 times as many calls, as a file holds them."""
    rows = [{**measure, "id": f"P{n:03d}"} for n in range(measures)]
    visits = [
        {"measure": f"P{n % measures:03d}", "feedback_id": f"F{n}", "score": 1 + n % 5}
        for n in range(25 * measures)
    ]
    return yaml.dump({"measures": rows, "revisits": visits}, Dumper=yaml.CSafeDumper, allow_unicode=True)


def counted(work):
    """What some work comes to, and how many functions it calls."""
    profile = cProfile.Profile()
    came = profile.runcall(work)
    return came, sum(entry.callcount for entry in profile.getstats())


def test_ten_times_the_plan_is_ten_times_the_work_and_5000_calls_come_back(filled, call, tmp_path):
    measure = stands(filled).measure("M02").model_dump(mode="json", exclude_defaults=True)
    out, back = [], []
    for measures in (20, 200):
        folder, file = tmp_path / f"{measures}", tmp_path / "many.yaml"
        file.write_text(many(measure, measures), encoding="utf-8")
        assert call("knowledge", "import", filled, file, "--replace")[0] == 0
        (code, _), calls_out = counted(lambda to=folder: call("plan", "export", filled, to))
        books = Books(filled, folder, call)
        books.fill("李强", {"回访评分": 5}, sheet="回访")
        (taken, words), calls_back = counted(lambda handed=books: handed.take("李强"))
        assert code == 0 and taken == 0 and f"导入 1 处，{26 * measures - 1} 行没有改动" in words
        out.append(calls_out)
        back.append(calls_back)
    assert out[1] < 11 * out[0] and back[1] < 11 * back[0], (out, back)


@pytest.fixture
def untold(archived):
    """F2's customer is to be told of M01 before the change."""
    row = {"measure_id": "M01", "phase": "改前", "customer_id": "C2", "feedback_ids": "F0、F2", "text": "慢"}
    table = pd.DataFrame([{**row, "message": "您反映的物流延迟正在改进", "state": "待告知"}])
    folder = runs.published_folder(params.load(archived)) / "tables"
    write_table(schema.shape(table, schema.TELLING), folder / "telling.parquet")
    return archived


def test_a_plan_is_handed_out_while_nobody_is_to_be_called_or_told(untold, call, tmp_path):
    folder = runs.published_folder(params.load(untold)) / "tables"
    for name, spec in (("followups", schema.FOLLOWUPS), ("telling", schema.TELLING)):
        write_table(schema.shape(pd.DataFrame(), spec), folder / f"{name}.parquet")
    assert call("plan", "export", untold, tmp_path / "out")[0] == 0
    assert openpyxl.load_workbook(tmp_path / "out" / "改进计划_王敏.xlsx")["措施"]["A2"].value == "M01"


def test_customers_to_tell_are_listed_and_what_came_of_it_is_kept(untold, call, tmp_path):
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    listed = list(openpyxl.load_workbook(books.path("王敏"))["沟通"].values)
    assert listed[1][:8] == ("M01/F2/改前", "M01", "F2", "改前", "C2", None, "慢", "您反映的物流延迟正在改进")
    assert "导入 0 处" in books.take("王敏")[1]
    books.fill("王敏", {"沟通情况": "已告知", "沟通日期": "2026-05-08"}, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1]
    (kept,) = stands(untold).messages
    assert (kept.measure, kept.feedback_id, kept.phase, kept.state) == ("M01", "F2", "改前", "已告知")
    again = tmp_path / "again"
    call("plan", "export", untold, again)
    books.folder = again
    books.fill("王敏", {"沟通情况": "已回复", "客户的回复": "谢谢"}, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1]
    assert (stands(untold).messages[0].state, stands(untold).messages[0].note) == ("已回复", "谢谢")
    books.fill("王敏", {"沟通情况": "不想说"}, sheet="沟通")
    assert "沟通 第 2 行：“沟通情况” 应是待告知、已告知、已回复" in books.take("王敏")[1]


def test_a_plan_about_a_system_speaks_of_employees_and_is_taken_in_either_words(untold, call, tmp_path):
    untold.write_text(f"subject: crm\n{untold.read_text(encoding='utf-8')}", encoding="utf-8")
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    heads = [cell.value for cell in openpyxl.load_workbook(books.path("王敏"))["沟通"][1]]
    assert "员工编号" in heads and "员工的回复" in heads and not [head for head in heads if "客户" in head]
    filled = {"沟通情况": "已回复", "沟通日期": "2026-05-08", "员工的回复": "谢谢"}
    books.fill("王敏", filled, sheet="沟通")
    assert "导入 1 处" in books.take("王敏")[1] and stands(untold).messages[0].note == "谢谢"
    again = Books(untold, tmp_path / "again", call)
    call("plan", "export", untold, again.folder)
    again.edit("王敏", lambda book: renamed(book["沟通"], "员工的回复", "客户的回复"))
    again.fill("王敏", {"客户的回复": "多谢"}, sheet="沟通")
    assert "导入 1 处" in again.take("王敏")[1] and stands(untold).messages[0].note == "多谢"


def renamed(sheet, old, new):
    (cell,) = (cell for cell in sheet[1] if cell.value == old)
    cell.value = new


def test_a_message_to_unknown_feedback_is_refused(untold, call, tmp_path):
    call("plan", "export", untold, tmp_path / "out")
    books = Books(untold, tmp_path / "out", call)
    new = {"方案编号": "M01", "反馈ID": "F9", "阶段": "改后", "沟通情况": "已告知"}
    books.fill("王敏", new, row=5, sheet="沟通")
    code, words = books.take("王敏")
    assert code == 3 and "沟通 M01/F9/改后：没有这条反馈" in words and not stands(untold).messages


PHONES = {"K1": "13955550001", "K2": "13955550002"}


@pytest.fixture
def called(filled):
    """A call list of 30 customers of M01 and M02, of whom K1 waits for both; a file says who they are."""
    settings = params.load(filled)
    key = privacy.load_key(settings.outputs / ".keys")
    ids = [f"K{n}" for n in range(1, 31)]
    rows = pd.DataFrame({"measure_id": "M01", "customer_id": ids, "feedback_ids": [f"A{i}" for i in ids]})
    other = rows.head(1).assign(measure_id="M02", feedback_ids="B1")
    unknown = rows.head(1).assign(customer_id=None, feedback_ids="A0")
    rows = pd.concat([rows, other, unknown], ignore_index=True)
    rows = rows.assign(customer_id=privacy.pseudonyms(rows["customer_id"], key), text="慢", reason="待回访")
    folder = runs.published_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(schema.shape(rows, schema.FOLLOWUPS), folder / "followups.parquet")
    lines = "".join(f"{ident},张三,{phone}\n" for ident, phone in PHONES.items())
    secret = filled.with_name("联系方式.csv")
    secret.write_text(f"客户编号,姓名,电话\n{lines}", encoding="utf-8")
    secret.chmod(0o600)
    with filled.open("a", encoding="utf-8") as file:
        file.write("contacts: {path: 联系方式.csv}\n")
    return filled


def test_an_owner_has_no_more_calls_a_week_than_the_cap_spread_over_working_days(called, call, tmp_path):
    assert call("plan", "export", called, tmp_path / "out", "--a-week", 10)[0] == 0
    rows = listed(Books(called, tmp_path / "out", call), "王敏")
    days = [row["回访安排"] for row in rows]
    assert len(rows) == 10 and days == sorted(days)
    assert sorted(pd.Series(days).value_counts()) == [2, 2, 2, 2, 2]
    assert all(workcal.working(pd.Timestamp(day).date()) for day in days)
    held = (tmp_path / "out" / "改进计划_王敏.ics").read_text(encoding="utf-8")
    for day in set(days):
        assert f"DTSTART;VALUE=DATE:{day.replace('-', '')}\n" in held
    assert held.count("SUMMARY:回访 2 位客户（王敏）") == 5


def test_a_customer_is_called_about_one_measure_and_nobody_without_an_id(called, call, tmp_path):
    call("plan", "export", called, tmp_path / "out", "--a-week", 99)
    books = Books(called, tmp_path / "out", call)
    ids = [row["客户编号"] for who in ("王敏", "李强") for row in listed(books, who)]
    assert len(ids) == len(set(ids)) == 30 and not listed(books, "李强")


def test_calls_made_this_week_count_and_who_was_called_lately_rests(called):
    today, owners = pd.Timestamp("2026-09-30").date(), {"M01": "王敏", "M02": "李强"}
    visits = [Revisit(measure="M01", feedback_id="AK1", at="2026-09-29")]
    found = stands(called).model_copy(update={"revisits": visits})
    rows = calls.waiting(params.load(called), found, today=today)
    assert len(rows) == 29 and set(rows["measure_id"]) == {"M01"}
    made = calls.made(visits, owners, today=today)
    assert len(calls.spread(rows, owners, today=today, a_week=10, made=made)) == 9
    later = calls.waiting(params.load(called), found, today=pd.Timestamp("2027-03-01").date())
    assert later["measure_id"].tolist().count("M02") == 1


def test_contacts_are_joined_only_when_asked_for_and_reach_no_output(called, call, tmp_path):
    call("plan", "export", called, tmp_path / "plain")
    assert "联系方式" not in listed(Books(called, tmp_path / "plain", call), "王敏")[0]
    assert call("plan", "export", called, tmp_path / "out", "--contacts")[0] == 0
    books = Books(called, tmp_path / "out", call)
    assert [row["联系方式"] for row in listed(books, "王敏")][:3] == [*PHONES.values(), None]
    assert books.path("王敏").stat().st_mode & 0o077 == 0
    books.fill("王敏", {"回访评分": 5, "回访日期": "2026-05-08"}, row=3, sheet="回访")
    assert "导入 1 处" in books.take("王敏")[1]
    left = b"".join(p.read_bytes() for p in (called.parent / "outputs").rglob("*") if p.is_file())
    assert len(left) > 10_000 and not [phone for phone in PHONES.values() if phone.encode() in left]
    log = call("knowledge", "log", called)[1]
    assert not [phone for phone in PHONES.values() if phone in log]


def test_contacts_others_can_read_or_within_outputs_are_refused(called, call, tmp_path):
    inside = called.parent / "outputs" / "小店"
    code, words = call("plan", "export", called, inside, "--contacts")
    assert code == 2 and "在输出文件夹里" in words and not list(inside.glob("*.xlsx"))
    called.with_name("联系方式.csv").chmod(0o644)
    code, words = call("plan", "export", called, tmp_path / "out", "--contacts")
    assert code == 3 and "联系方式.csv 其他用户也能读取" in words and not (tmp_path / "out").exists()


def test_contacts_nobody_named_are_asked_for(filled, call, tmp_path):
    code, words = call("plan", "export", filled, tmp_path / "out", "--contacts")
    assert code == 2 and "没有写 contacts" in words
