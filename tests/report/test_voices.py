import pandas as pd

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.report import voices

SEPTEMBER = Period.parse("2026-09")


def issues(**columns):
    rows = pd.DataFrame(
        {
            "issue_id": ["I-1", "I-2", "I-3", "I-4"],
            "feedback_id": ["1", "2", "3", "4"],
            "created_at": pd.to_datetime(["2026-08-30", "2026-09-02", "2026-09-03", "2026-08-01"]),
            "again_at": ["2026-09-05 10:00:00", None, None, None],
            "customer_id": ["u1", "u2", None, "u4"],
            "intent": "抱怨",
            "text": "来电人称新买的取暖器两天就不通电，希望尽快换货",
            "copy_group": ["C-1", "C-1", None, "C-1"],
            "copy_size": [3, 3, None, 3],
            "copy_first_seen": pd.Timestamp("2026-08-01"),
            "copy_kind": ["坐席模板", "坐席模板", None, "坐席模板"],
            **columns,
        }
    )
    return schema.shape(rows, schema.ISSUES)


def test_issues_customers_and_nobody_are_told_beside_each_other():
    words = str(voices.said(issues(), SEPTEMBER))
    assert "合并后 3 件问题，来自 2 位客户，另有 1 件没有客户编号" in words
    assert "1 件是往期问题再次反映" in words
    assert "坐席模板：本期 2 件、2 位客户（历来 3 件，2026-08-01 起）" in words and "照常计数" in words


def test_what_the_params_leave_out_is_said():
    words = str(voices.said(issues(counted=[False, True, True, True]), SEPTEMBER))
    assert "合并后 2 件问题，来自 1 位客户" in words and "1 件不计入统计" in words


def test_nothing_raised_is_a_sentence():
    assert "没有问题反馈" in str(voices.said(issues(), Period.parse("2020-01")))
