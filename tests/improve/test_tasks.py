from voc_lib import schema
from voc_lib.improve import tasks


def test_sheet_has_a_row_per_measure_and_per_step(known, measure):
    table = tasks.sheet(known(measure(steps=["招聘 12 人", "上线分拣线"]), measure(id="M02", cancelled=True)))
    assert table["task"].tolist() == ["M01 华东仓增设晚班分拣", "招聘 12 人", "上线分拣线"]
    assert table["parent"].tolist()[1:] == ["M01 华东仓增设晚班分拣"] * 2
    assert table.loc[0, ["owner", "state"]].tolist() == ["王敏", "未完成"]
    assert table["due"].dt.strftime("%Y-%m-%d").tolist() == ["2026-04-30"] * 3
    schema.check(table, schema.TASKS)
