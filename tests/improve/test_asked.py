import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.improve import asked, commitments, effect, followup, programme, telling
from voc_lib.knowledge import Knowledge
from voc_lib.period import Period
from voc_lib.stats.basis import Evidence

SEPTEMBER = Period.parse("2026-09")
SPANS = {"before": "2025-11-01..2026-02-28", "after": "2026-05-01..2026-09-30"}
SHARE = {"kind": "share", "category": "物流延迟", "where": {"region": "华东"}}
PROMISE = {"name": "按时办结", "metric": {"kind": "sla", "where": {"urgency": "P1"}}, "target": 0.9}


@pytest.fixture
def told(known, measure):
    trial = {"metric": SHARE, "target": 0.2, "comparison": {"product": "电饭煲"}, **SPANS}
    score = {"metric": {"kind": "csat", "where": {"mood": "负面"}}, "target": 4.5, **SPANS}
    pilot = {"start": "2026-05-01", "end": "2026-06-30", "scope": {"attribute": "服务"}}
    tree = [{"cause": "招聘流程缓慢", "evidence": {"contains": ["慢"], "where": {"status": "已完成"}}}]
    return known(
        measure(id="M01", done="2026-04-20", **trial),
        measure(id="M02", done="2026-04-20", **score),
        measure(
            id="M03", review={"verdict": "通过", "by": "会", "at": "2026-03-01"}, stages={"pilot": pilot}
        ),
        causes=[{"problem": "物流延迟", "why": tree}],
        promises=[PROMISE],
        revisits=[{"measure": "M01", "feedback_id": "F00001", "score": 4, "at": "2026-05-02"}],
    )


def tables(told, evidence):
    """Everything step 07 counts."""
    issues, end = evidence.issues, SEPTEMBER.end
    effects = effect.table(told, evidence, as_of=end)
    calls = followup.table(told, issues, effects, as_of=end)
    return [
        effects,
        calls,
        effect.months(told, evidence, until=SEPTEMBER),
        telling.table(told, issues, effects, as_of=end),
        programme.table(told, issues, effects, calls, as_of=end),
        commitments.table(told, evidence, until=SEPTEMBER),
        commitments.breaches(told, evidence, period=SEPTEMBER),
    ]


def test_the_columns_asked_for_give_the_tables_of_all_columns(told, evidence):
    months = [str(m) for m in pd.period_range("2025-11", "2026-09", freq="M")]
    issues = evidence(
        issues=[(m, tag, 40, "华东") for m in months for tag in ("物流延迟", "服务态度")]
    ).issues
    issues = issues.assign(
        problem=True,
        mood="负面",
        attribute="服务",
        product="电饭煲",
        status="已完成",
        source="工单",
        csat=4.0,
    )
    closed = issues["created_at"] + pd.Timedelta(days=2)
    issues = schema.shape(issues.assign(closed_at=closed, due_at=closed.shift()), schema.ISSUES)
    single = schema.shape(issues, schema.TAGGED)
    sides = schema.empty(schema.EXPOSURE), schema.empty(schema.KPIS)
    whole = tables(told, Evidence(issues, *sides, single))
    few = Evidence(issues[asked.of_issues(told)], *sides, single[asked.of_feedback(told)])
    for one, other in zip(whole, tables(told, few), strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert len(whole[0]) == 3 and len(whole[1]) and len(whole[-1])


def test_where_people_wrote_nothing_no_words_and_no_scores_are_asked_for():
    read = {*asked.of_issues(Knowledge()), *asked.of_feedback(Knowledge())}
    assert read == {"issue_id", "created_at", "again_at", "problem", "intent", "counted", "primary_tag"}


def test_each_where_is_asked_for(told):
    places = {"region", "product", "urgency", "mood", "attribute", "status"}
    assert places <= set(asked.of_issues(told))
    assert {"request", "contact", "file", "urgency_why"}.isdisjoint(asked.of_issues(told))
