"""The reports of the sample CRM against the truths planted in its log, list of employees and feedback."""

import re

import openpyxl
from pypdf import PdfReader

from voc_lib.run.steps import STEPS, find, published_report


def test_the_function_nobody_uses_is_named_and_no_other(crm):
    functions = crm.table("usage_functions")
    assert functions.loc[functions["state"] == "从未使用", "function"].tolist() == [
        crm.truth["unused_function"]
    ]
    assert "客户管理" not in set(functions["function"])


def test_the_flow_is_left_at_the_planted_step(crm):
    flows = crm.table("usage_flows")
    worst = flows[flows["worst"].fillna(False)]
    assert worst[["flow", "number"]].values.tolist() == [
        [crm.truth["abandoned_flow"], crm.truth["abandoned_step"]]
    ]


def test_the_function_slow_at_month_end_is_the_only_one_told_so(crm):
    speed = crm.table("usage_speed")
    assert speed.loc[speed["slow_at_end"].fillna(False), "function"].tolist() == [crm.truth["slow_function"]]


def test_the_department_that_never_adopted_stands_with_nobody(crm):
    adoption = crm.table("usage_adoption")
    last = adoption[(adoption["month"] == "2026-09") & (adoption["dimension"] == "部门")]
    assert last.loc[last["ever"] == 0, "group"].tolist() == [crm.truth["no_adoption"]]


def test_what_is_said_widely_and_shown_by_the_log_is_told_from_one_persons_habit(crm):
    said = crm.table("usage_said").set_index("function")
    for name in (crm.truth["slow_function"], "数据导入", "报价单"):
        assert said.loc[name, ["scope", "verdict"]].tolist() == ["普遍", "日志印证"]
    assert said.loc["日报", ["scope", "verdict"]].tolist() == ["个别人", "日志未见异常"]
    assert said.loc["日报", "advice"] == "个别习惯" and not said.loc["日报", "critical"]
    assert said.loc[crm.truth["slow_function"], "advice"] == "先改" and said.loc["报价单", "critical"]


def test_the_path_taken_most_beyond_chance_is_part_of_the_planted_flow(crm):
    paths = crm.table("usage_paths")
    assert paths["path"].iloc[0] in "商机 → 线索 → 报价单 → 合同 → 审批" and paths["ratio"].iloc[0] > 5


def test_those_who_neither_speak_nor_use_are_counted(crm):
    silence = crm.table("usage_silence")
    row = silence[silence["group"] == crm.truth["no_adoption"]].iloc[0]
    assert row["neither"] == row["employees"] == 36


def test_the_department_and_the_field_left_empty_are_named_and_no_other(crm):
    fields = crm.table("usage_fields")
    behind = fields[fields["behind"].fillna(False)]
    planted = [crm.truth["behind_department"], crm.truth["behind_field"]]
    assert behind[["group", "field"]].values.tolist() == [planted]
    whole = fields[fields["dimension"] == "全体"].set_index("field")
    assert set(whole["n"]) == {crm.truth["records"]}
    assert whole["placeholders"].idxmax() == crm.truth["idle_field"]


def test_the_ledger_of_the_log_closes_to_the_row(crm):
    reads, away = crm.table("usage_reads"), crm.table("usage_quarantine")
    log = reads[reads["in_period"].notna()]
    assert (reads["read"] == reads["kept"] + reads["quarantined"]).all()
    raws = "".join(away["raw"].dropna())
    assert away.groupby("reason")["raw"].count().gt(0).all() and "E0001" not in raws and "svc" in raws
    assert log["read"].sum() == crm.truth["events"] and log["quarantined"].sum() == len(away)


def test_the_report_says_the_four_truths_first_and_names_no_employee(crm):
    (page,) = crm.run.glob("reports/04u_*.html")
    html = page.read_text(encoding="utf-8")
    told = html[html.index("结论") : html.index("使用率</h2>")] if "使用率</h2>" in html else html
    for word in ("unused_function", "abandoned_flow", "slow_function", "no_adoption"):
        assert crm.truth[word] in told
    assert "E0001" not in html and "E0161" not in html
    (page,) = crm.run.glob("reports/08_*.html")
    summary = page.read_text(encoding="utf-8")
    told = summary[summary.index("系统使用</h3>") : summary.index("首要问题的下一步</h2>")]
    for word in ("unused_function", "abandoned_flow", "slow_function", "no_adoption"):
        assert crm.truth[word] in told


def test_the_rates_of_use_shown_are_those_of_the_last_month(crm):
    (page,) = crm.run.glob("reports/04u_*.html")
    html = page.read_text(encoding="utf-8")
    shown = html[html.index("使用率</h2>") : html.index("功能</h2>")]
    assert re.findall(r"<td[^>]*>(2026-\d\d)</td>", shown)[0] == "2026-09"


def test_no_heading_stands_above_a_table_of_nothing(crm):
    pages = [path.read_text(encoding="utf-8") for path in crm.run.glob("reports/0*.html")]
    assert not [page for page in pages if "每千单问题数" in page or "5 Why 链条都追问到" in page]
    assert not [page for page in pages if ">本期无数据<" in page or "待处理量 0 件" in page]
    assert not [page for page in pages if "— → —" in page or "老客" in page]
    assert {f"{table}.parquet" for spec in STEPS for table in spec.tables} <= {
        path.name for path in (crm.run / "tables").iterdir()
    }


def test_reports_speak_of_employees_and_departments(crm):
    pages = {
        path.name[:2]: path.read_text(encoding="utf-8") for path in crm.run.glob("reports/0[2348]_*.html")
    }
    assert "位员工中有" in pages["02"] and "位客户" not in "".join(pages.values())
    assert "系统问题诊断报告" in pages["04"] and "客户服务问题诊断报告" not in pages["04"]
    assert "岗位的件数太少" in pages["04"] and "各产品" not in pages["04"]
    assert "员工反馈" in pages["08"] and "同样的员工再调查一次" in pages["08"]
    assert not [name for name, page in pages.items() if "客户等级" in page or "客户姓名" in page]


def test_department_and_role_are_dimensions_of_what_is_said(crm):
    table = crm.table("crosstab")
    places = set(table.loc[table["dimension"] == "地区", "group"])
    assert {"华东销售部", "客服部"} <= places and crm.truth["no_adoption"] not in places
    silent = crm.table("coverage").set_index("group").loc[crm.truth["no_adoption"]]
    assert silent["customers"] == 36 and silent["speakers"] == 0


def test_interviews_minutes_and_mails_are_heard_with_role_and_never_by_name(crm):
    issues, reads = crm.table("history"), crm.table("reads")
    talks = issues[issues["source"] == "访谈与纪要"]
    assert len(talks) == crm.truth["utterances"]
    assert crm.truth["interviewee"] in set(talks["product"])
    kinds = "；".join(reads.loc[reads["source"] == "访谈与纪要", "aside_kinds"].fillna(""))
    assert f"提问者的话 {crm.truth['questions']}" in kinds and "决议与待办 1" in kinds
    assert (issues["source"] == "反馈信箱").sum() == crm.truth["mails"]
    pages = "".join(path.read_text(encoding="utf-8") for path in crm.run.glob("reports/*.html"))
    assert crm.truth["speaker"] not in pages and "薛明" not in pages


def test_the_class_of_cause_and_what_to_do_first_are_those_planted(crm):
    classes = crm.table("cause_classes").set_index(["problem", "cause_class"])
    appraisal = crm.table("appraisal")
    first = appraisal["problem"].iloc[0]
    assert first == crm.truth["first"] and appraisal["first_share"].iloc[0] > 0.9
    assert classes.loc[(first, crm.truth["cause_class"]), "share"] > 0.5
    assert not appraisal["basis"].str.contains("未估").any()


def test_classes_of_cause_stand_in_the_diagnosis_with_their_words_conclusion_first(crm):
    shares, tags = crm.table("cause_shares"), crm.table("cause_tags")
    whole = shares[shares["dimension"] == "全部"]
    assert whole["n"].sum() == len(tags) == whole["base"].iloc[0]
    by_class = tags["cause_class"].astype("str").where(tags["evidence"].notna(), "未判明").value_counts()
    assert whole.set_index("cause_class")["n"].to_dict() == {
        **dict.fromkeys(whole["cause_class"], 0),
        **by_class,
    }
    assert {"问题类型", "地区", "产品"} < set(shares["dimension"])
    (page,) = crm.run.glob("reports/04_*.html")
    html = page.read_text(encoding="utf-8")
    section = html[html.index("原因类别</h2>") :]
    assert section.index("说得最多") < section.index("<table")


def test_the_weekly_sheet_names_uncovered_problems_by_their_rank(crm):
    ranked = crm.table("quadrants").sort_values("rank")["problem"].tolist()
    named = crm.table("weekly")["subject"].tolist()
    assert named and named == ranked[: len(named)]


def test_a_crash_at_month_end_is_urgent(crm):
    issues = crm.table("issues")
    crash = issues[issues["text"].str.contains("月底卡死")]
    assert len(crash) and set(crash["urgency"]) == {"P0"}


def test_workbooks_have_the_heads_of_the_subject(crm):
    book = openpyxl.load_workbook(crm.run / "excel" / "员工反馈问题分类统计表.xlsx", read_only=True)
    heads = {str(cell.value) for sheet in book for cell in next(sheet.iter_rows(max_row=1))}
    assert "涉及员工数" in heads and not [head for head in heads if "客户" in head]


def test_no_name_of_what_is_published_and_no_title_speaks_of_customers(crm):
    names = [path.relative_to(crm.run).as_posix() for path in crm.run.rglob("*")]
    titles = [*(file["title"] for file in crm.manifest["files"]), *crm.manifest["absent"]]
    for path in crm.run.glob("reports/*.html"):
        words = path.read_text(encoding="utf-8")
        titles += re.findall(r"(?s)<title>.*?</title>|<h1.*?</h1>|《[^》]*》|工作簿“[^”]*”", words)
    for path in crm.run.glob("reports/*.pdf"):
        titles.append(PdfReader(path).metadata.title)
    for path in crm.run.glob("excel/*.xlsx"):
        book = openpyxl.load_workbook(path, read_only=True)
        titles += [*book.sheetnames, str(book.properties.title), str(next(iter(book)).cell(1, 1).value)]
    index = (crm.outputs / "index.html").read_text(encoding="utf-8")
    titles += re.findall(r"aria-label=\"[^\"]*\"|报告：没有[^<]*", index)
    assert len(names) > 100 and len(titles) > 300
    assert not [told for told in (*names, *titles) if "客户" in told]
    assert "reports/08_员工反馈分析月度总结.html" in names


def test_a_run_published_under_its_former_names_is_still_found(crm, tmp_path):
    former = tmp_path / "reports" / "08_客户反馈分析月度总结.html"
    former.parent.mkdir()
    former.touch()
    assert published_report(tmp_path, find("8"), "html") == former
    assert published_report(tmp_path, find("8"), "pdf") is None
    assert published_report(crm.run, find("8"), "html").name == "08_员工反馈分析月度总结.html"
