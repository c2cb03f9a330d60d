"""Whose the rows of a table are: asked where steps or flags say that some are not customers'."""

import pytest

from voc_lib import collect, params
from voc_lib.errors import QuestionsError

STEPS = [
    ("W1", "客户来电", "2026-09-03 09:01", "燃气灶打不着火，刚换的电池"),
    ("W1", "派单", "2026-09-03 09:05", "请城东站今日上门"),
    ("W1", "处理完成", "2026-09-04 10:20", "点火针积碳，清理后正常"),
    ("W2", "客户来电", "2026-09-05 14:22", "燃气费这个月翻了一倍"),
    ("W2", "回访", "2026-09-06 11:00", "已告知可申请复检"),
]
COMMENTS = [
    ("c1", "否", "2026-09-21 20:11", "买了同款，第二天链子就断了"),
    ("c2", "是", "2026-09-21 20:30", "宝，私信我订单号，给你换新"),
    ("c3", "否", "2026-09-22 08:02", "耳针过敏了，标的925是真的吗"),
]


def loaded(folder, header, rows, **more):
    lines = [",".join(header), *(",".join(row) for row in rows)]
    (folder / "反馈.csv").write_text("\n".join(lines), encoding="utf-8")
    source = {"name": "来源", "path": "反馈.csv", "channel": "反馈", **more}
    raw = {"name": "试", "period": "2026-09", "sources": [source]}
    (folder / "params.yaml").write_text(str(raw).replace("'", '"'), encoding="utf-8")
    return collect.load(params.load(folder / "params.yaml"))


@pytest.mark.parametrize(
    ("number", "column", "rows", "theirs"),
    [("工单号", "节点", STEPS, "客户来电"), ("评论ID", "是否作者", COMMENTS, "否")],
)
def test_rows_that_are_not_customers_are_asked_about(tmp_path, number, column, rows, theirs):
    header = [number, column, "时间", "内容"]
    with pytest.raises(QuestionsError) as asked:
        loaded(tmp_path, header, rows)
    assert f"keep: {{{column}: [{theirs}]}}" in str(asked.value)
    taken = loaded(tmp_path, header, rows, keep={column: [theirs]})
    assert taken.feedback["text"].tolist() == [row[3] for row in rows if row[1] == theirs]


def test_where_each_ticket_stands_is_no_question(tmp_path):
    rows = [(f"W{n}", stage, f"2026-09-0{n} 09:01", f"第{n}次来了还是打不着火") for n, stage in enumerate(
        ("客户待确认", "派单", "处理完成", "客户来电"), start=1
    )]  # fmt: skip
    assert len(loaded(tmp_path, ["工单号", "当前环节", "时间", "内容"], rows).feedback) == 4


def test_comments_of_which_none_is_the_authors_are_no_question(tmp_path):
    rows = [(one, "否", when, words) for one, _, when, words in COMMENTS]
    assert len(loaded(tmp_path, ["评论ID", "是否作者", "时间", "内容"], rows).feedback) == 3
