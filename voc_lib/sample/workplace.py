"""The sample of the second subject: a company's CRM, its log, employees and what they say, truths planted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from voc_lib.sample import talks
from voc_lib.sample.grammar import read

Rng = np.random.Generator
TIME = "%Y-%m-%d %H:%M:%S"


def write(folder: Path, *, seed: int = 20260901) -> dict[str, Any]:
    """The truth of the sample written to `folder`: `data/` for the pipeline, `truth.json` for tests."""
    plan, data = read("workplace.yaml"), Path(folder) / "data"
    data.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    staff = employees(plan, rng)
    events = log(plan, staff, rng)
    for month, rows in events.groupby(
        events["操作时间"].str[:7].where(events["操作时间"].str[:7].isin(plan["months"]), plan["months"][0])
    ):
        rows.to_csv(data / f"crm_log_{month}.csv", index=False)
    staff.drop(columns="uses").to_csv(data / "employees.csv", index=False)
    functions(plan).to_csv(data / "functions.csv", index=False)
    records(plan["records"], staff, np.random.default_rng([seed, 2])).to_csv(
        data / "客户档案.csv", index=False
    )
    said = voices(plan, staff, rng)
    said.to_csv(data / "员工反馈.csv", index=False)
    talks.write(data, plan["talks"])
    told = {**plan["truth"], "events": len(events), "employees": len(staff), "feedback": len(said)}
    (Path(folder) / "truth.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return told


def employees(plan: dict[str, Any], rng: Rng) -> pd.DataFrame:
    """The employee list, each with whether they use the system (`uses`)."""
    rows = []
    for department, about in plan["departments"].items():
        users = round(about["people"] * about["uses"])
        for n in range(about["people"]):
            role = about["head"] if n % 12 == 0 else about["staff"]
            rows.append(
                (department, role, f"20{rng.integers(18, 26)}-{rng.integers(1, 13):02}-01", n < users)
            )
    frame = pd.DataFrame(rows, columns=["部门", "岗位", "入职日期", "uses"])
    return frame.assign(工号=[f"E{n:04}" for n in range(1, len(frame) + 1)])[
        ["工号", "部门", "岗位", "入职日期", "uses"]
    ]


def functions(plan: dict[str, Any]) -> pd.DataFrame:
    """The list of functions."""
    rows = [(name, about["module"], about.get("former", "")) for name, about in plan["functions"].items()]
    return pd.DataFrame(rows, columns=["功能", "模块", "曾用名"])


def records(about: dict[str, Any], staff: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The customers on file, one department's field left empty, another field filled to get past the form."""
    n = about["rows"]
    owners = staff[staff["部门"].isin(about["departments"])].sample(n, replace=True, random_state=rng)
    made = rng.choice(pd.date_range(*about["created"]), n)
    columns = {
        "客户编号": [f"K{number:05}" for number in range(1, n + 1)],
        "负责人": owners["工号"].to_numpy(),
        "创建时间": pd.Series(np.sort(made)).dt.strftime("%Y-%m-%d").to_numpy(),
    }
    for name, field in about["fields"].items():
        behind = (owners["部门"] == field.get("department")).to_numpy()
        given = rng.random(n) < np.where(behind, field.get("share_there", 0), field["share"])
        words = np.where(given, rng.choice(field["values"], n), "")
        idle = rng.random(n) < field.get("idle", 0)
        columns[name] = np.where(idle, rng.choice(about["idle"], n), words)
    return pd.DataFrame(columns)


def log(plan: dict[str, Any], staff: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The log as the system writes it, with what is wrong in every log."""
    users = staff.loc[staff["uses"], "工号"].tolist()
    days = pd.bdate_range(f"{plan['months'][0]}-01", pd.Period(plan["months"][-1]).end_time)
    names = list(plan["functions"])
    weights = np.array([about["weight"] for about in plan["functions"].values()], "float64")
    cumulated = np.cumsum(weights / weights.sum())
    rows: list[tuple[str, int, str]] = []
    for day in days.astype("datetime64[s]").astype("int64"):
        for user in (user for user in users if rng.random() < plan["comes"]):
            way = _way(plan["flow"], rng) if rng.random() < plan["flow"]["share"] else None
            drawn = np.searchsorted(cumulated, rng.random(rng.integers(*plan["per_day"])))
            visited = way or [names[n] for n in drawn]
            pauses = rng.integers(8, 400, len(visited))
            times = day + 9 * 3_600 + rng.integers(0, 6 * 3_600) + np.cumsum(pauses)
            rows += zip([user] * len(visited), times.tolist(), visited, strict=True)
    events = pd.DataFrame(rows, columns=["user", "at", "function"])
    events = events.assign(at=pd.to_datetime(events["at"], unit="s"))
    return _spoilt(plan, _written(plan, events.sort_values("at", kind="stable", ignore_index=True), rng), rng)


def _way(flow: dict[str, Any], rng: Rng) -> list[str]:
    """One way through the flow, as far as it goes."""
    done = np.cumprod(rng.random(len(flow["go_on"])) < flow["go_on"]).sum()
    return flow["steps"][: 1 + int(done)]


def _written(plan: dict[str, Any], events: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The events with how long they took, whether they failed, and the name of the function at the time."""
    about = pd.DataFrame(plan["functions"]).T
    end = plan["month_end"]
    late = (events["at"].dt.days_in_month - events["at"].dt.day < end["days"]) & (
        events["function"] == end["function"]
    )
    usual: pd.Series = events["function"].map(about["ms"].astype("float64")) * np.where(
        late, end["times"], 1.0
    )
    failed = rng.random(len(events)) < events["function"].map(about["fail"].astype("float64"))
    word = np.where(
        events["function"] == "数据导入", plan["import_error"], rng.choice(plan["errors"], len(events))
    )
    old = events["function"].map(about["former"]).where(events["at"] < plan["renamed_on"])
    return pd.DataFrame(
        {
            "日志编号": [f"L{n:07}" for n in range(len(events))],
            "工号": events["user"],
            "操作时间": events["at"].dt.strftime(TIME),
            "功能": old.fillna(events["function"]),
            "动作": rng.choice(["查看", "保存", "提交"], len(events), p=[0.7, 0.2, 0.1]),
            "结果": np.where(failed, "失败", "成功"),
            "错误信息": np.where(failed, word, ""),
            "耗时(ms)": (usual * rng.lognormal(0, 0.45, len(events))).round().astype("int64"),
        }
    )


def _spoilt(plan: dict[str, Any], rows: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """The log with repeats, a clock that was off, unusable rows, a robot and a test account, out of order."""
    noise = plan["noise"]
    pick = [
        rows.iloc[rng.integers(0, len(rows), noise[kind])] for kind in ("duplicates", "clock", "unusable")
    ]
    robot = rows.iloc[:2_000].assign(
        工号=noise["robot"],
        操作时间=pd.date_range(f"{plan['months'][-1]}-01", periods=2_000, freq="300s").strftime(TIME),
    )
    parts = [
        rows,
        pick[0],
        pick[1].assign(操作时间="2000-01-01 00:00:00"),
        pick[2].assign(工号=""),
        robot,
        rows.iloc[5_000:5_150].assign(工号=noise["test"]),
    ]
    return pd.concat(parts, ignore_index=True)


def voices(plan: dict[str, Any], staff: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """What employees said in the months of the log; those who do not use the system say nothing."""
    users = staff.loc[staff["uses"], "工号"].to_numpy()
    speakers = np.sort(rng.choice(users, round(plan["speaks"] * len(users)), replace=False))
    weights = np.array([voice["weight"] for voice in plan["voices"]], "float64")
    days = pd.bdate_range(f"{plan['months'][0]}-01", pd.Period(plan["months"][-1]).end_time)
    rows = []
    for n, kind in enumerate(rng.choice(len(weights), 300, p=weights / weights.sum())):
        voice = plan["voices"][kind]
        who = speakers[0] if voice.get("only") else rng.choice(speakers)
        at = rng.choice(days) + pd.Timedelta(minutes=int(rng.integers(540, 1_080)))
        rows.append(
            (f"F{n:04}", who, at.strftime(TIME), rng.choice(plan["channels"]), rng.choice(voice["texts"]))
        )
    frame = pd.DataFrame(rows, columns=["反馈编号", "工号", "反馈时间", "反馈渠道", "反馈内容"])
    return frame.sort_values("反馈时间", kind="stable", ignore_index=True)
