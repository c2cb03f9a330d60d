import pandas as pd
import pytest

from voc_lib import cli, collect, schema
from voc_lib.collect import archive, drift
from voc_lib.run.record import manifest
from voc_lib.run.tables import write_table


def month(label: str, n: int, *, start: int = 0, channel: str = "电话", **fields) -> pd.DataFrame:
    frame = pd.DataFrame({"feedback_id": [f"GD{start + i}" for i in range(n)], "created_at": f"{label}-05"})
    constant = {
        "text": "慢",
        "source": "工单",
        "channel": channel,
        "file": "a",
        "line": 1,
        "region": "华东",
        "csat": 4.0,
    }
    return schema.shape(frame.assign(**(constant | fields)), schema.HISTORY)


HISTORY = pd.concat([month(f"2026-0{m}", 100, start=m * 1000) for m in range(3, 9)], ignore_index=True)


def told(found) -> set[tuple[str, str]]:
    return set(found[["kind", "field"]].itertuples(index=False, name=None))


def kinds(new) -> set[tuple[str, str]]:
    return told(drift.report(new, HISTORY))


def test_an_ordinary_month_is_silent():
    assert kinds(month("2026-09", 104, start=9000)) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"n": 300}, ("数量异常", "created_at")),
        ({"n": 20}, ("数量异常", "created_at")),
        ({"channel": "微博"}, ("新取值", "channel")),
        ({"region": None}, ("填写率", "region")),
        ({"csat": 1.5}, ("数值变化", "csat")),
    ],
)
def test_a_change_is_found(change, expected):
    assert expected in kinds(month("2026-09", change.pop("n", 100), start=9000, **change))


def test_new_and_vanished_columns_and_changed_mappings():
    columns = ["source", "header", "field"]
    before = pd.DataFrame(
        [("工单", "内容", "text"), ("工单", "地区", "region"), ("工单", "分", None)], columns=columns
    )
    now = pd.DataFrame(
        [("工单", "内容", "text"), ("工单", "分", "csat"), ("工单", "新", None)], columns=columns
    )
    assert told(drift.columns(now, before)) == {("缺列", "地区"), ("映射变化", "分"), ("新列", "新")}


def test_a_column_of_another_kind_is_told():
    columns = ["source", "header", "field", "kind"]
    rows = [("工单", "评分", "csat"), ("工单", "备用", None), ("工单", "空列", None)]
    before, now = (
        pd.DataFrame([(*row, kind) for row, kind in zip(rows, values, strict=True)], columns=columns)
        for values in (["数字", "日期", "文字"], ["文字", "文字", "空"])
    )
    found = drift.columns(now, before)
    said = found.loc[found["kind"] == "类型变化", ["detail", "severity"]].to_numpy().tolist()
    assert said == [
        ["列 “备用” 的值以前是日期，这次是文字", "提示"],
        ["列 “评分” 的值以前是数字，这次是文字", "警告"],
    ]


def test_a_source_that_fell_silent_and_ids_of_another_shape():
    other = month("2026-09", 100, start=9000, source="问卷")
    assert ("来源", "") in kinds(other)
    renamed = month("2026-09", 100, start=9000).assign(feedback_id=[f"2026/{i}" for i in range(100)])
    assert ("编号样式", "feedback_id") in kinds(renamed)


def test_check_tells_what_changed_since_the_last_report(shop, capsys):
    head = "工单号,地区,评分,反馈内容,创建时间\n"
    settings = shop({"工单.csv": head + "1,华东,5,慢,2026-09-01\n2,华东,4,坏,2026-09-02\n"})
    collected = collect.load(settings)
    archive.write(collected.feedback, settings.outputs / "archive" / "小店")
    folder = settings.outputs / "小店" / "2026-09"
    write_table(collected.headers, folder / "tables" / "headers.parquet")
    manifest.write(folder, {"run_id": "x", "name": "小店", "period": "2026-09", "finished_at": "2026-10-01"})
    shop({"工单.csv": head + "3,1,满意,慢,2026-09-03\n4,2,一般,坏,2026-09-04\n"})
    assert cli.call(["check", str(settings.file), "--data"]) == 0
    out = capsys.readouterr().out
    assert "警告：工单 · 列 “评分” 的值以前是数字，这次是文字" in out and "列 “地区” 的值以前是文字" in out
