"""Surveys among the sources are known by their headers, and judged by all their sheets."""

import pytest

from tests.collect.conftest import ROWS
from tests.collect.test_surveys import EXPORT
from voc_lib import schema
from voc_lib.collect import response
from voc_lib.errors import DataError

COLUMNS = {"5、您的意见和建议": "text", "提交答卷时间": "created_at"}
FILES = {"问卷.csv": EXPORT, "工单.csv": ROWS}


def values(collected, group="全部"):
    rows = schema.check(collected.surveys, schema.SURVEY_QUALITY)
    return rows[rows["group"] == group].set_index("indicator")["value"]


def test_a_survey_among_the_sources_is_judged(load):
    collected = load(FILES, source={"columns": COLUMNS, "invited": 8, "name": "问卷"})
    found = values(collected)
    assert found["响应率"] == 0.5 and found["有效答卷率"] == 0.5 and found["答卷数"] == 4
    assert (
        collected.surveys["source"].unique().tolist() == ["问卷"] and len(collected.ratings) == 3
    )  # “无” is no answer


def test_work_orders_are_no_survey(load):
    assert load({"工单.csv": ROWS}).surveys.empty


def test_exports_of_several_months_are_one_survey(load):
    files = {"问/9月.csv": EXPORT, "问/10月.csv": EXPORT.replace("2026/9", "2026/10")}
    found = values(load(files, source={"path": "问", "columns": COLUMNS, "invited": 10}))
    assert found["响应率"] == 0.8 and found["重复答卷率"] == 0.625


def test_mended_rows_of_a_survey_are_no_survey_of_their_own(load):
    lines = EXPORT.splitlines()
    some = "\n".join(f"{'隔离原因,行号' if n == 0 else '反馈内容为空,3'},{lines[n]}" for n in (0, 1))
    collected = load(
        {"问/9月.csv": EXPORT, "问/改.csv": some}, source={"path": "问", "columns": COLUMNS, "name": "问卷"}
    )
    assert values(collected)["答卷数"] == 4 and any("隔离区改好的行" in note for note in collected.notes)


def test_groups_of_few_are_joined(load):
    rows = "".join(f"{i},2026/9/1 10:00,{60 + i}秒,{'微信' if i < 9 else '链接' if i < 15 else f'张{i}'},"
                   f"{i % 5 + 1},太慢了希望快一点{i}\n" for i in range(17))  # fmt: skip
    text = "序号,提交答卷时间,所用时间,来源,1、满意程度,2、您的意见和建议\n" + rows
    collected = load({"问卷.csv": text}, source={"columns": {"2、您的意见和建议": "text"}})
    assert values(collected, "微信")["参与构成"] == pytest.approx(9 / 17)
    assert set(collected.surveys["group"]) == {"全部", "微信", "链接", response.REST}


def test_fewer_invited_than_answered_names_the_source(load):
    with pytest.raises(DataError, match="来源 “工单”：邀请人数 3 少于答卷数 4"):
        load(FILES, source={"columns": COLUMNS, "invited": 3})
