import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.errors import DataError

SPEC_COLUMNS = {
    "summary": "反馈ID 客户ID 反馈时间 反馈渠道 问题类型（标签） 问题描述 客户诉求 紧急程度 处理人",
    "requests": "客户编号 客户名称 联系人 问题描述 反馈渠道 紧急程度 责任部门/责任人 接单时间 处理状态 完成时间 客户满意度评分 备注",
    "category_stats": "问题类型 出现频次 占比(%) 主要问题描述关键词 涉及客户数",
    "plan": "高频问题 根因分析(5Why) 改进目标 具体措施 责任人 完成时间 所需资源",
    "tracking": "方案编号 优化目标 具体措施 责任部门 责任人 计划开始时间 计划完成时间 实际完成时间 完成状态 实施效果 遇到的问题及解决措施",
    "effects": "改进措施 目标指标 改进前数值 改进后数值 达成情况 客户回访满意度(1–5分) 备注",
}


@pytest.mark.parametrize("name", SPEC_COLUMNS)
def test_deliverable_has_every_column_that_was_promised(name):
    labels = list(schema.table(name).labels.values())
    assert [label for label in SPEC_COLUMNS[name].split(" ") if label not in labels] == []


@pytest.mark.parametrize("name", schema.TABLES)
def test_empty_table_keeps_its_own_contract(name):
    spec = schema.table(name)
    assert list(schema.check(schema.empty(spec), spec).columns) == spec.names


def test_all_failures_are_told_at_once():
    frame = schema.shape(
        pd.DataFrame({"source": ["a", "a"], "file": ["x", "x"], "read": [1, -2]}), schema.LEDGER
    )
    with pytest.raises(DataError) as caught:
        schema.check(frame.drop(columns="kept"), schema.LEDGER)
    for part in (
        "缺少列 kept（保留）",
        "键 source、file 有重复",
        "列 read（读入）有 1 个值",
        "列 issues（独立问题）有 2 个空值",
    ):
        assert part in str(caught.value)


def test_unknown_table_is_answered_with_the_nearest():
    with pytest.raises(DataError, match="ledger"):
        schema.table("leger")
