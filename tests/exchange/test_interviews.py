"""Whom to interview in a workbook, and its notes read back as feedback of the channel 访谈."""

import openpyxl
import pandas as pd
import pytest
import yaml

from voc_lib import collect, params, schema
from voc_lib.clean import privacy
from voc_lib.exchange import interviews as listed
from voc_lib.knowledge import Knowledge
from voc_lib.rootcause import interviews
from voc_lib.run.record import runs
from voc_lib.run.tables import write_table


@pytest.fixture
def asked(tmp_path):
    """The params file of a project whose step 5 has listed four customers to interview."""
    (tmp_path / "data").mkdir()
    names = {"工单号": [f"GD{i}" for i in range(4)], "客户编号": [f"K{i}" for i in range(4)]}
    rows = pd.DataFrame({**names, "反馈内容": "发货太慢了，一直没收到", "创建时间": "2026-09-03 10:00"})
    rows.to_csv(tmp_path / "data" / "工单.csv", index=False)
    source = {"name": "工单", "path": "data/工单.csv", "channel": "在线客服"}
    file = tmp_path / "params.yaml"
    write(file, {"name": "小店", "industry": "ecommerce", "period": "2026-09", "sources": [source]})
    settings = params.load(file)
    about = {"primary_tag": "物流延迟", "intent": "抱怨", "urgency": "P1", "customer_type": "老客"}
    made = read(settings).assign(
        **about, issue_id=lambda f: "I" + f["feedback_id"], feedback_ids=lambda f: f["feedback_id"]
    )
    found = interviews.table(Knowledge(), schema.shape(made, schema.ISSUES), settings.period, ["物流延迟"])
    folder = runs.work_folder(settings) / "tables"
    folder.mkdir(parents=True)
    write_table(found, folder / "interviews.parquet")
    write_table(interviews.outline(Knowledge(), ["物流延迟"]), folder / "interview_outline.parquet")
    return file


def write(file, content):
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def read(settings):
    """The feedback as step 3 keeps it: personal data masked, customers as pseudonyms."""
    collected = collect.load(settings, mask=privacy.mask)
    return privacy.protect(collected, privacy.load_key(settings.outputs / ".keys")).feedback


def filled(file, note):
    book = openpyxl.load_workbook(file)
    sheet = book["访谈名单"]
    heads = [cell.value for cell in sheet[1]]
    told = {"访谈情况": "已访谈", "访谈日期": "2026-09-20", "访谈人": "李娜", "访谈记录": note}
    for label, words in told.items():
        sheet.cell(3, heads.index(label) + 1).value = words
    book.save(file)
    return sheet.cell(3, heads.index("客户编号") + 1).value


def test_notes_come_back_as_feedback_of_their_customer_in_the_channel_of_interviews(asked, call):
    code, words = call("plan", "interviews", asked, asked.parent / "访谈")
    file = asked.parent / "访谈" / "访谈名单_2026-09.xlsx"
    assert code == 0 and str(file) in words
    customer = filled(file, "仓库说爆仓了，电话 13800138000 一直打不通")
    content = yaml.safe_load(asked.read_text(encoding="utf-8"))
    pasted = yaml.safe_load(words.split("加上：\n")[1])
    write(asked, {**content, "sources": content["sources"] + pasted})
    assert call("check", asked, "--data")[0] == 0
    told = read(params.load(asked))
    noted = told[told["channel"] == "访谈"]
    assert noted["customer_id"].tolist() == [customer] and customer in set(told["customer_id"].iloc[:4])
    assert noted["feedback_id"].tolist() == ["访谈-2026-09-GD1"]
    assert "爆仓" in noted["text"].iloc[0] and "13800138000" not in noted["text"].iloc[0]
    assert str(noted["created_at"].iloc[0])[:10] == "2026-09-20" and noted["handler"].iloc[0] == "李娜"


def test_the_workbook_says_the_rules_and_what_to_ask(asked, call):
    call("plan", "interviews", asked, asked.parent / "访谈")
    book = openpyxl.load_workbook(asked.parent / "访谈" / "访谈名单_2026-09.xlsx")
    assert book.sheetnames == ["填写说明", "访谈名单", "访谈提纲"]
    guide = "\n".join(str(cell.value) for cell in book["填写说明"]["A"])
    assert "最多 20 位：先取高价值客户（最多 10 位）" in guide and "近 90 天" in guide
    assert len([row for row in book["访谈提纲"].values if row[0]]) == 1 + 2
    again = call("plan", "interviews", asked, asked.parent / "访谈")
    assert again[0] == 2 and "为了不覆盖填好的内容" in again[1]


def test_a_period_without_a_list_is_told(shop, call, tmp_path):
    code, words = call("plan", "interviews", shop, tmp_path / "out")
    assert code == 3 and "还没有访谈名单，它由第 5 步选出" in words


def test_every_column_of_the_sheet_is_read_as_something(asked):
    labels = [label for label in listed._people(schema.empty(schema.INTERVIEWS)).labels]
    assert sorted(labels) == sorted(listed.READ_AS)


def test_in_a_report_of_employees_the_sheet_asks_employees_and_is_read_back(asked, call):
    content = yaml.safe_load(asked.read_text(encoding="utf-8"))
    write(asked, {**content, "subject": "crm"})
    words = call("plan", "interviews", asked, asked.parent / "访谈")[1]
    heads = next(openpyxl.load_workbook(asked.parent / "访谈" / "访谈名单_2026-09.xlsx")["访谈名单"].values)
    read_as = yaml.safe_load(words.split("加上：\n")[1])[0]["columns"]
    assert "员工编号" in heads and not [head for head in heads if "客户" in head]
    assert read_as["员工编号"] == "customer_id" and sorted(read_as) == sorted(heads)
