"""How completely fields of business records are filled: placeholders, departments, new ones, bad input."""

import numpy as np
import pandas as pd
import pytest

from voc_lib.errors import DataError, ParamsError
from voc_lib.period import Period
from voc_lib.usage import completeness

HEAD = "工号,操作时间,功能\n"
LOG = HEAD + "E1,2026-09-01 10:00:00,客户\nE3,2026-09-02 10:00:00,客户\n"
STAFF = "工号,部门\nE1,一部\nE2,二部\nE3,二部\n"
PERIOD = Period.parse("2026-09")
RECORDS = [{"name": "档案", "path": "records.csv", "created": "建档日"}]


@pytest.fixture
def fields(opened):
    """A function from a file of records and what the params say of it to schema.USAGE_FIELDS and the log."""

    def made(text, least=30, **said):
        files = {"log.csv": LOG, "staff.csv": STAFF, "records.csv": text}
        log = opened(files, employees={"path": "staff.csv"}, records=[RECORDS[0] | said])
        return completeness.table(log.entered, PERIOD, least=least), log

    return made


def test_blank_and_placeholder_are_not_filled_and_counted_apart(fields):
    rows = "\n".join(
        f"E1,2026-08-0{day},{word}" for day, word in enumerate(["零售", "", "无", "xx", "111111"], 1)
    )
    table, _ = fields("负责人,建档日,行业\n" + rows + "\n")
    whole = table[table["dimension"] == "全体"].set_index("field")
    assert whole.index.tolist() == ["行业"]  # neither the owner nor the time
    assert whole.loc["行业", ["n", "filled", "placeholders"]].tolist() == [5, 1, 3]


@pytest.mark.parametrize("word", ["0", "13911112222", "88", "谢谢", "1200.00", "A1", "是"])
def test_what_may_be_meant_is_filled(fields, word):
    table, _ = fields(f"负责人,建档日,金额\nE1,2026-08-01,{word}\n")
    assert table["filled"].iloc[0] == 1


def test_the_owner_is_found_by_value_and_stands_for_the_department(fields):
    table, log = fields(
        "谁,建档日,行业\nE1,2026-08-01,零售\nE2,2026-09-01,\nE3,2026-09-05,零售\nE9,2026-09-05,零售\n",
        owner="谁",
    )
    homes = table[table["dimension"] == "部门"].set_index("group")
    assert homes["n"].to_dict() == {"一部": 1, "二部": 2} and homes["filled"].to_dict() == {
        "一部": 1,
        "二部": 1,
    }
    new = table[table["dimension"] == "本期新建"]
    assert new[["n", "filled"]].values.tolist() == [[3, 2]]
    assert any("1 条认不出归属部门" in note for note in log.notes)
    found, _ = fields("谁,建档日,行业\nE1,2026-08-01,零售\nE2,2026-09-01,\n")
    assert set(found["field"]) == {"行业"} and "部门" in set(found["dimension"])


def test_a_department_that_leaves_a_field_empty_is_named_and_chance_is_not():
    rng = np.random.default_rng(1)
    assert all(("二部", "行业") in _behind(rng, 0.4).tolist() for _ in range(20))
    claimed = [len(_behind(rng, 0.8)) > 0 for _ in range(200)]
    assert np.mean(claimed) <= 0.05


def _behind(rng, share):
    """What is named where the second department fills 行业 in `share` of its records, all else in 80 %."""
    from voc_lib.usage.entered import BLANK, FILLED, Entered

    home = np.repeat(["一部", "二部", "三部"], 150)
    filled = rng.random((450, 4)) < 0.8
    filled[home == "二部", 0] = rng.random(150) < share
    states = pd.DataFrame(np.where(filled, FILLED, BLANK), columns=["行业", "电话", "来源", "阶段"])
    rows = pd.DataFrame({"department": home, "created": pd.NaT})
    entered = Entered("档案", rows, states, dict.fromkeys(states, ""), pd.DataFrame(), pd.DataFrame())
    table = completeness.table([entered], PERIOD, least=30)
    return table.loc[table["behind"], ["group", "field"]].apply(tuple, axis=1)


def test_records_after_the_period_do_not_count_and_it_is_said(fields):
    table, log = fields("负责人,建档日,行业\nE1,2026-08-01,零售\nE1,2026-10-02,\n")
    assert table["n"].tolist()[0] == 1
    assert any("1 条创建于报告期之后" in note for note in log.notes)
    line = log.reads[log.reads["source"] == "档案"].iloc[0]
    assert line[["read", "kept", "quarantined"]].tolist() == [2, 2, 0]


def test_a_column_that_is_not_there_is_named_with_the_nearest(fields):
    with pytest.raises(DataError, match=r"业务数据“档案”records.csv 里没有列 “建当日”。是否想写 “建档日”？"):
        fields("负责人,建档日,行业\nE1,2026-08-01,零售\n", fields=["建当日"])


def test_two_of_one_name_and_records_without_a_log_are_refused(opened):
    files = {"log.csv": LOG, "records.csv": "负责人,建档日,行业\nE1,2026-08-01,零售\n"}
    with pytest.raises(ParamsError, match="records 中的名称重复：档案"):
        opened(files, records=RECORDS * 2)
    with pytest.raises(ParamsError, match="records 说的是系统的使用：请同时写 logs"):
        opened(files, logs=None, records=RECORDS)
