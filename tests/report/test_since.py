"""What became of each thing since the report before."""

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import conclusions, since

AUGUST = Period.parse("2026-08")


def findings(*rows):
    """FINDINGS from (kind, subject, direction)."""
    records = [
        {
            "rank": n,
            "kind": k,
            "subject": s,
            "direction": d,
            "finding": f"{s}{d}",
            "certainty": 0.9,
            "weight": 1 / n,
        }
        for n, (k, s, d) in enumerate(rows, start=1)
    ]
    return schema.shape(pd.DataFrame(records, columns=schema.FINDINGS.names), schema.FINDINGS)


def effects(**verdicts):
    """EFFECTS of measures by verdict."""
    records = [
        {
            "measure_id": name,
            "metric": "满意率",
            "unit": "%",
            "before": 0.7,
            "after": 0.8,
            "target": 0.75,
            "verdict": v,
        }
        for name, v in verdicts.items()
    ]
    return schema.shape(pd.DataFrame(records, columns=schema.EFFECTS.names), schema.EFFECTS)


def states(now, then, *, met=None, had=None):
    before = (AUGUST, {"findings": findings(*then), "effects": effects(**(had or {}))})
    table = schema.check(since.table(findings(*now), effects(**(met or {})), before), schema.SINCE)
    return {(row["kind"], row["subject"]): row["state"] for _, row in table.iterrows()}


def test_new_open_and_gone():
    now = [("问题占比", "物流延迟", "变坏"), ("新问题", "积分清零", "变坏")]
    then = [("问题占比", "物流延迟", "变坏"), ("指标", "NPS", "变坏"), ("指标", "满意率", "变好")]
    assert states(now, then) == {
        ("新问题", "积分清零"): "新出现",
        ("问题占比", "物流延迟"): "仍未解决",
        ("指标", "NPS"): "不再出现",
    }


@pytest.mark.parametrize(
    ("now", "then", "met", "had", "state"),
    [
        ([], [("措施", "M01", "变坏")], {"M01": "达标"}, {"M01": "未达标"}, "好转"),
        ([], [], {"M01": "达标"}, {"M01": "证据不足"}, "好转"),
        ([("措施复发", "M01", "变坏")], [], {"M01": "未达标"}, {"M01": "达标"}, "复发"),
        ([("措施", "M01", "变坏")], [], {"M01": "未达标"}, {"M01": "达标"}, "复发"),
        ([("措施复发", "M01", "复发")], [("措施", "M01", "变坏")], {}, {}, "复发"),
        ([("措施", "M01", "未达标")], [("措施", "M01", "变坏")], {}, {}, "仍未解决"),  # as once called
        ([("措施", "M01", "变坏")], [("措施", "M01", "变坏")], {}, {}, "仍未解决"),
        ([("措施", "M01、M02", "变好")], [], {}, {}, None),  # told measure by measure, by their effects
        ([("措施", "M01", "变好")], [("措施", "M01", "变好")], {"M01": "达标"}, {"M01": "达标"}, None),
        ([("指标", "NPS", "待定")], [("指标", "NPS", "变坏")], {}, {}, "不再出现"),
    ],
)
def test_measures_and_their_relapses(now, then, met, had, state):
    assert list(states(now, then, met=met, had=had).values()) == ([state] if state else [])


def test_the_sentence_counts_what_the_table_lists():
    before = (AUGUST, {"findings": findings(("指标", "NPS", "变坏")), "effects": effects()})
    many = [("新问题", f"词{n}", "变坏") for n in range(6)]
    table = since.table(findings(*many), effects(M01="达标"), before)
    told = str(conclusions.since(table, AUGUST))
    assert told.startswith("与2026年8月的报告相比：新出现 6 件，好转 1 件，不再出现 1 件。")
    assert "新出现：“词0”、“词1”、“词2”、“词3”等 6 件。" in told and "好转：措施 M01。" in told


def test_without_a_report_before_nothing_is_said():
    table = since.table(findings(("指标", "NPS", "变坏")), effects(), None)
    assert table.empty and conclusions.since(table, None) is None


def test_nothing_new_and_nothing_gone_is_said():
    before = (AUGUST, {"findings": findings(), "effects": effects()})
    told = conclusions.since(since.table(findings(), effects(), before), AUGUST)
    assert "没有新的发现" in str(told)


def test_another_taxonomy_is_told_and_measures_are_called_by_what_they_do():
    row = findings(("措施", "M01", "变坏")).assign(finding="措施“增加人手”（M01）没有达到目标：30% → 29%")
    table = since.table(row, effects(), (AUGUST, {"findings": findings(), "effects": effects()}))
    told = str(conclusions.since(table, AUGUST, taxonomy="此间标签体系由版本 1 变为 2。"))
    assert "新出现：措施“增加人手”（M01）。" in told and told.endswith("此间标签体系由版本 1 变为 2。")
