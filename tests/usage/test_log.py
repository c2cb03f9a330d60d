"""What is read of a log: every row kept or set aside with its reason, columns told by name or by value."""

import json
import sqlite3

import pandas as pd
import pytest
import yaml

from tests.usage.conftest import KEY
from voc_lib.clean import privacy
from voc_lib.collect import logs
from voc_lib.errors import DataError, ParamsError
from voc_lib.usage import ids

HEAD = "工号,操作时间,功能,动作,结果,错误码,耗时(ms)\n"
STAFF = "工号,部门,岗位,入职日期,离职日期\nE1,销售部,销售,2024-01-01,\nE2,客服部,坐席,2024-01-01,2026-08-15\n"


def closed(log) -> bool:
    reads = log.reads
    away = log.quarantine.groupby(["source", "file"]).size()
    each = [away.get((s, f), 0) for s, f in zip(reads["source"], reads["file"], strict=True)]
    return (
        bool((reads["read"] == reads["kept"] + reads["quarantined"]).all())
        and reads["quarantined"].tolist() == each
    )


def test_unusable_and_repeated_rows_stand_in_the_quarantine_and_the_ledger_closes(opened):
    row = "E1,2026-09-01 10:00:00,客户,查看,成功,0,120\n"
    bad = ",2026-09-01 10:00:00,客户,查看,成功,0,1\nE1,昨日,客户,,成功,0,1\nE1,2026-09-01,,查看,成功,0,1\n"
    log = opened({"log.csv": HEAD + row + bad + row + row.replace("查看", "保存")})
    assert closed(log) and len(log.events) == 2
    assert log.reads[["read", "kept", "quarantined", "in_period"]].iloc[0].tolist() == [6, 2, 4, 2]
    told = dict(log.quarantine[["line", "reason"]].itertuples(index=False))
    assert told == {
        3: "缺少员工",
        4: "缺少时间或无法识别",
        5: "缺少功能",
        6: "与另一行完全相同（重复导出）",
    }


def test_what_was_wrong_with_a_row_can_be_seen_and_nobody_in_it(opened):
    head = "工号,姓名,操作时间,功能,备注\n"
    rows = "E1,王小明,昨日,客户,打 13800138000\nE1,王小明,2026-09-01 10:00,,\n"
    rows += "svc_sync01,,2026-09-01 10:00,客户,\n"
    log = opened({"log.csv": head + "E1,王小明,2026-09-01 10:00,客户,\n" * 2 + rows})
    away = log.quarantine.set_index("line")
    raws = {line: json.loads(raw) for line, raw in away["raw"].items()}
    person, name = privacy.pseudonyms(pd.Series(["E1", "王小明"]), KEY)
    assert raws[4] == {
        "工号": person,
        "姓名": name,
        "操作时间": "昨日",
        "功能": "客户",
        "备注": "打 [手机号]",
    }
    assert raws[5]["操作时间"] == "2026-09-01 10:00" and raws[5]["功能"] == ""
    assert raws[3] == {"员工ID": person, "账号名": name, "操作时间": "2026-09-01 10:00:00", "功能": "客户"}
    assert raws[6]["员工ID"] == "svc_sync01" and away.loc[6, "reason"] == "机器账号：账号名"
    assert "E1" not in "".join(away["raw"]) and "王小明" not in "".join(away["raw"])


def test_of_each_reason_some_rows_are_shown_and_all_are_counted(opened, monkeypatch):
    monkeypatch.setattr(logs, "SHOWN", 2)
    rows = "E1,2026-09-01 10:00:00,客户,查看,成功,0,1\n" * 6 + "E1,昨日,客户,,成功,0,1\n" * 5
    log = opened({"log.csv": HEAD + rows})
    shown = log.quarantine.groupby("reason")["raw"].agg(["size", "count"])
    assert shown.values.tolist() == [[5, 2], [5, 2]] and closed(log)


def test_the_same_export_twice_counts_once(opened):
    rows = "".join(f"E1,2026-09-{d:02} 10:00:00,客户,查看,成功,0,120\n" for d in range(1, 11))
    log = opened({"log_1.csv": HEAD + rows, "log_2.csv": HEAD + rows}, logs="log_*.csv")
    assert closed(log) and log.reads["kept"].sum() == 10 and log.reads["read"].tolist() == [10, 10]


def test_two_events_of_one_moment_with_ids_of_their_own_are_two(opened):
    head = "日志ID,工号,操作时间,功能\n"
    log = opened({"log.csv": head + "1,E1,2026-09-01 10:00:00,客户\n2,E1,2026-09-01 10:00:00,客户\n"})
    assert len(log.events) == 2


def test_an_id_written_again_at_another_time_is_a_repeat_and_one_used_for_two_events_is_said(opened):
    head = "日志ID,工号,操作时间,功能\n"
    rows = "1,E1,2026-09-01 10:00,客户\n1,E1,2026-09-01 10:05,客户\n2,E1,2026-09-02 10:00,客户\n"
    rows += "2,E2,2026-09-03 10:00,报表\n,E3,2026-09-04 10:00,客户\n,E3,2026-09-05 10:00,客户\n"
    log = opened({"log.csv": head + rows})
    assert closed(log) and len(log.events) == 5
    assert log.quarantine[["line", "reason"]].values.tolist() == [[3, ids.AGAIN]]
    assert any("1 个日志ID用在内容不同的 2 行上" in n and "都已计入" in n for n in log.notes)


def test_numbers_that_begin_again_in_every_file_make_no_repeats(opened):
    files = {
        f"log_{m}.csv": "序号,工号,操作时间,功能\n"
        + "".join(
            f"{n},E1,2026-0{m}-0{n} 10:00,{'客户' if n < 4 or m < 9 else '报表'}\n" for n in range(1, 8)
        )
        for m in (8, 9)
    }
    log = opened(files, logs="log_*.csv")
    assert log.quarantine.empty and len(log.events) == 14
    assert any("7 个日志ID各出现在多行上（3 个只有时间不同，4 个内容也不同）" in n for n in log.notes)


def test_order_and_clocks_are_said(opened):
    near = "".join(
        f"E1,2026-09-{d:02} 10:{m:02}:{(m * m * d) % 59:02},客户,查看,成功,0,1\n"
        for d in range(1, 31)
        for m in range(40)
    )
    log = opened(
        {
            "log.csv": HEAD
            + "E1,2001-01-01 08:00:00,客户,查看,成功,0,1\n"
            + near
            + "E1,2026-09-02 09:00:00,客户,查看,成功,0,1\n"
        }
    )
    notes = " ".join(log.notes)
    assert "1 行早于它的前一行" in notes and "疑为设备时钟错误" in notes
    assert closed(log) and log.events["at"].is_monotonic_increasing
    assert log.quarantine["line"].tolist() == [2]


def test_one_event_a_year_ahead_in_a_small_log_is_set_aside(opened):
    near = "".join(f"E{d % 3},2026-09-{d:02} 10:00:00,客户,查看,成功,0,1\n" for d in range(1, 31))
    log = opened({"log.csv": HEAD + near + "E1,2027-09-01 10:00:00,客户,查看,成功,0,1\n"})
    assert closed(log) and len(log.events) == 30 and log.quarantine["line"].tolist() == [32]
    assert any("1 行未计入——时间与其余日志相隔半年以上" in note for note in log.notes)


def test_days_far_apart_with_more_than_one_clock_behind_them_are_kept_and_said(opened):
    near = "".join(f"E{d % 3},2026-09-{d:02} 10:00:00,客户,查看,成功,0,1\n" for d in range(1, 31))
    far = "".join(f"E{d},2027-09-01 10:00:00,客户,查看,成功,0,1\n" for d in (1, 2))
    log = opened({"log.csv": HEAD + near + far})
    assert log.quarantine.empty and len(log.events) == 32
    said = "2026-09-01 至 2026-09-30 30 行；2027-09-01 至 2027-09-01 2 行"
    assert any(said in note and "都已计入" in note for note in log.notes)


def test_a_clock_ahead_of_the_server_is_put_back(opened):
    text = (
        "工号,操作时间,功能,服务器时间\nE1,2026-09-03 10:00:00,客户,2026-09-01 10:00:00\n"
        "E1,2026-09-01 08:00:00,客户,2026-09-01 19:00:00\n"
    )
    log = opened({"log.csv": text})
    assert log.events["at"].astype(str).tolist() == ["2026-09-01 08:00:00", "2026-09-01 10:00:00"]
    assert any("已改用服务器时间" in note for note in log.notes)


def test_robots_and_tests_are_set_aside_but_listed_people_are_not_told_by_their_name(opened):
    rows = "".join(
        f"{u},2026-09-01 10:00:00,客户,查看,成功,0,1\n" for u in ("E1", "svc_sync01", "uat-03", "test_wang")
    )
    regular = "".join(
        f"E9,{t:%Y-%m-%d %H:%M:%S},客户,查看,成功,0,1\n"
        for t in pd.date_range("2026-09-01", periods=300, freq="60s")
    )
    log = opened(
        {"log.csv": HEAD + rows + regular, "staff.csv": STAFF + "test_wang,销售部,销售,,\n"},
        employees={"path": "staff.csv"},
    )
    assert closed(log) and log.events["user_id"].nunique() == 2
    assert sorted(log.quarantine["reason"].unique()) == [
        "机器账号：操作间隔总是相同",
        "机器账号：账号名",
        "测试账号：账号名",
    ]


def test_somebody_busy_all_day_is_no_robot(opened):
    times = pd.date_range("2026-09-01 09:00", periods=600, freq="47s") + pd.to_timedelta(
        [(n * n) % 31 for n in range(600)], "s"
    )
    log = opened({"log.csv": HEAD + "".join(f"E9,{t},客户,查看,成功,0,1\n" for t in times)})
    assert log.quarantine.empty


def test_renamed_functions_are_one_and_unknown_ones_are_said(opened):
    files = {
        "log.csv": HEAD
        + "E1,2026-09-01 10:00:00,客户管理,查看,成功,0,1\nE1,2026-09-02 10:00:00,客户,查看,成功,0,1\n"
        "E1,2026-09-02 10:01:00,彩蛋,查看,成功,0,1\n"
    }
    files["functions.csv"] = "功能,模块,曾用名\n客户,销售,客户管理；客户列表\n报表,分析,\n"
    log = opened(files, functions={"path": "functions.csv"})
    assert log.events["function"].astype(str).tolist() == ["客户", "客户", "彩蛋"]
    assert any("客户管理 已按功能清单改记为 客户（1 行）" in n for n in log.notes)
    assert any("1 个功能不在功能清单里：彩蛋" in n for n in log.notes)


@pytest.mark.parametrize(
    ("head", "cells", "failed", "ms"),
    [
        ("uid,ts,page,status_code,latency_ms", "E1,1788228000000,/crm/customer/128?tab=1,504,80", 1, 80),
        ("用户,时间戳,页面,返回码,耗时（秒）", "E1,1788228000,客户,200,1.5", 0, 1500),
        ("login,timestamp,feature,success,elapsed", "E1,2026-09-01T10:00:00+08:00,客户,1,900ms", 0, 900),
        ("登录账号,访问时间,菜单,是否失败,响应时间", "E1,2026/9/1 10:00,客户,1,900毫秒", 1, 900),
        ("操作人,时间,模块,错误信息,响应时间(s)", "E1,2026年9月1日 10时00分,客户,服务器内部错误,2", 1, 2000),
        ("操作人,时间,模块,错误信息", "E1,2026-09-01 10:00:00,客户,无", 0, None),
        ("操作人,时间,模块", "E1,2026-09-01 10:00:00,客户", None, None),
    ],
)
def test_logs_as_systems_write_them(opened, head, cells, failed, ms):
    log = opened({"log.csv": f"{head}\n{cells}\n"})
    row = log.events.iloc[0]
    assert str(row["at"]) == "2026-09-01 10:00:00" and row["function"] in ("客户", "/crm/customer/*")
    for value, expected in ((row["failed"], failed), (row["duration_ms"], ms)):
        assert pd.isna(value) if expected is None else value == expected


PEOPLE = (
    "工号,姓名,部门,岗位,入职日期\n10001,张伟,销售部,销售,2024-01-01\n10002,王芳,客服部,坐席,2024-01-01\n"
)
SYSTEMS = {  # header, a row: {who} is the number, {name} the name of an employee, {n} a minute
    "name and number in one cell": (
        "操作人,模块,动作,耗时(ms),结果,时间",
        "{name}({who}),{function},查看,120,成功,2026/9/1 10:{n:02}:00",
    ),
    "menu path, Unix milliseconds": (
        "操作账号,菜单路径,停留,时间戳",
        "{who},{function},12.5,1788228{n:03}000",
    ),
    "a controller's log": (
        "oper_id,title,business_type,method,oper_name,oper_url,status,error_msg,oper_time,cost_time",
        "{n},{function},1,a.b.list(),{who},/crm/x/{n},0,,2026-09-01 10:{n:02}:00,120",
    ),
    "two times, one unreadable": (
        "EVENT_TYPE,TIMESTAMP,REQUEST_ID,USER_ID,RUN_TIME,URI,REQUEST_STATUS,TIMESTAMP_DERIVED",
        "URI,20260901020000.{n:03},q{n},{who},120,{function},S,2026-09-01T02:{n:02}:00.000Z",
    ),
    "day and clock apart, a flag of faults": (
        "日期,时刻,人员,员工工号,页面标题,URL,加载时长(s),是否异常",
        "2026-09-01,10:{n:02}:00,{name},{who},{function},https://crm.example.com/{n},0.12,否",
    ),
}


@pytest.mark.parametrize("head, row", SYSTEMS.values(), ids=SYSTEMS)
def test_logs_of_other_systems_are_told_by_headers_and_values(opened, head, row):
    staff = [("10001", "张伟"), ("10002", "王芳")]
    rows = [
        row.format(who=staff[n % 2][0], name=staff[n % 2][1], n=n, function=("商机", "报表")[n % 3 > 0])
        for n in range(30)
    ]
    log = opened(
        {"log.csv": "\n".join([head, *rows]) + "\n", "staff.csv": PEOPLE}, employees={"path": "staff.csv"}
    )
    assert closed(log) and len(log.events) == 30
    assert set(log.events["user_id"]) == set(log.people["user_id"])
    assert log.events["function"].value_counts().to_dict() == {"报表": 20, "商机": 10}
    assert log.events["at"].dt.strftime("%m-%d %H").unique().tolist() == ["09-01 10"]


def test_an_outcome_of_two_numbers_is_told_by_the_errors_beside_it(opened):
    rows = "".join(
        f"E1,2026-09-01 10:{n:02}:00,客户,{int(n > 27)},{'空指针' if n > 27 else ''}\n" for n in range(30)
    )
    log = opened({"log.csv": "工号,时间,功能,status,error_msg\n" + rows})
    assert log.events["failed"].sum() == 2 and log.events["failed"].notna().all()
    assert any("0是成功、1是失败" in note for note in log.notes)


def test_what_nothing_tells_is_asked_for_in_one_go_with_masked_values(opened):
    rows = "".join(f'{{"w": "小王 1380013800{n % 2}", "event": "page_{n % 3}"}}\n' for n in range(30))
    with pytest.raises(DataError, match=r"认不出员工ID列.*认不出操作时间列.*event.*page_1.*at") as told:
        opened({"log.jsonl": rows}, logs="log.jsonl")
    assert "[手机号]" in str(told.value) and "13800" not in str(told.value)


def test_the_line_to_write_can_be_pasted_and_names_no_header_twice(opened):
    rows = "".join(f"{'张三' if n % 2 else '李四'},页{n % 3},2026-09-01 10:{n:02}:00\n" for n in range(30))
    head = "甲: x,乙,时间\n"
    with pytest.raises(DataError) as told:
        opened({"log.csv": head + rows})
    line = str(told.value).partition("例如 columns: ")[2].removesuffix("。")
    columns = yaml.safe_load(line)
    assert columns == {"甲: x": "user_id", "乙": "function"}
    assert len(opened({"log.csv": head + rows}, logs={"path": "log.csv", "columns": columns}).events) == 30


def test_a_log_in_which_nobody_of_the_list_stands_is_refused(opened):
    with pytest.raises(DataError, match=r"2 个员工.*一个也不在员工名单里.*姓名: user_id"):
        opened(
            {
                "log.csv": "操作人,时间,功能\n张伟,2026-09-01 10:00,客户\n王芳,2026-09-01 11:00,客户\n",
                "staff.csv": PEOPLE,
            },
            employees={"path": "staff.csv"},
        )


def test_columns_without_a_known_name_are_told_by_what_stands_in_them(opened):
    files = {
        "log.csv": "who_x,opts,时间,where_x\n"
        + "".join(
            f"x,E{n % 2 + 1},2026-09-01 10:{n:02}:00,{'客户' if n % 3 else '报表'}\n" for n in range(30)
        ),
        "staff.csv": STAFF,
        "functions.csv": "功能\n客户\n报表\n",
    }
    log = opened(files, employees={"path": "staff.csv"}, functions={"path": "functions.csv"})
    assert log.events["function"].value_counts().to_dict() == {"客户": 20, "报表": 10}


def test_a_needed_column_that_nothing_tells_is_asked_for_with_the_line_to_write(opened):
    with pytest.raises(DataError, match=r"认不出员工ID列.*columns"):
        opened({"log.csv": "甲,时间,功能\nx,2026-09-01 10:00:00,客户\n"})
    log = opened(
        {"log.csv": "甲,时间,功能\nx,2026-09-01 10:00:00,客户\n"},
        logs={"path": "log.csv", "columns": {"甲": "user_id"}},
    )
    assert len(log.events) == 1


def test_json_lines_parquet_and_a_database_say_the_same(opened, tmp_path, monkeypatch):
    frame = pd.DataFrame(
        {
            "user": ["E1", "E2"],
            "time": pd.to_datetime(["2026-09-01 10:00:00", "2026-09-01 11:00:00"]),
            "page": ["客户", "报表"],
            "duration_ms": [5.0, 7.0],
        }
    )
    lines = frame.assign(time=frame["time"].astype(str)).to_json(
        orient="records", lines=True, force_ascii=False
    )
    with sqlite3.connect(tmp_path / "log.db") as connection:
        frame.assign(time=frame["time"].astype(str)).to_sql("log", connection, index=False)
    monkeypatch.setenv("LOG_DB", f"sqlite:///{tmp_path / 'log.db'}")
    ways = [
        opened({"log.jsonl": lines}, logs="log.jsonl"),
        opened({"log.parquet": frame}, logs="log.parquet"),
        opened({}, logs={"url": "${LOG_DB}", "query": "select * from log"}),
    ]
    for log in ways[1:]:
        assert log.events.astype(str).equals(ways[0].events.astype(str))
        assert closed(log)


def test_ids_are_pseudonyms_the_same_in_log_and_list(opened):
    log = opened(
        {"log.csv": HEAD + "e1,2026-09-01 10:00:00,客户,查看,成功,0,1\n", "staff.csv": STAFF},
        employees={"path": "staff.csv"},
    )
    assert log.events["user_id"].iloc[0] == log.people["user_id"].iloc[0]
    assert "E1" not in log.events["user_id"].tolist() and log.events["user_id"].iloc[0].startswith("C")


def test_flows_without_a_log_are_a_mistake_in_the_params(opened):
    with pytest.raises(ParamsError, match="请同时写 logs"):
        opened({"staff.csv": STAFF}, logs=None, employees={"path": "staff.csv"})
