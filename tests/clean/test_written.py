from voc_lib import knowledge, params
from voc_lib.clean import written

SAID = {
    "causes": [
        {
            "problem": "物流延迟",
            "why": [{"cause": "快递员王强不接 13800138000", "root": True}],
            "five_w1h": {"who": "客户张建国反映", "where": "橘园小区6座402"},
        }
    ],
    "measures": [
        {
            "id": "M01",
            "problem": "物流延迟",
            "cause": "快递员王强不接 13800138000",
            "goal": "13900139000 的客户不再投诉",
            "action": "回访客户李小红",
            "owner": "王敏",
            "department": "物流部",
            "start": "2026-03-01",
            "due": "2026-04-30",
            "steps": ["发邮件到 a_lin@example.com"],
            "obstacles": "身份证 11010119900307109X 有误",
        }
    ],
}
SECRETS = ["13800138000", "13900139000", "王强", "张建国", "李小红", "a_lin", "11010119900307109X", "6座402"]


def test_what_people_wrote_shows_nobody_but_the_owner():
    before = knowledge.read(SAID)
    shown = knowledge.dump(written.masked(before))
    assert not [secret for secret in SECRETS if secret in shown]
    assert "王敏" in shown and "物流延迟" in shown and "2026-04-30" in shown
    assert all(secret in knowledge.dump(before) for secret in SECRETS)


def test_a_measure_still_names_its_cause():
    after = written.masked(knowledge.read(SAID))
    assert after.measures[0].cause == after.causes[0].why[0].cause


def test_the_plan_names_its_team_and_no_customer():
    goal = {"name": "少让 13800138000 等", "metric": {"kind": "csat"}, "target": 4.5}
    plan = params.Params.model_validate(
        {
            "name": "小店", "period": "2026-09", "goals": [goal],
            "sources": [{"name": "工单", "path": "a.csv"}],
            "team": [{"role": "组长", "name": "王敏", "duty": "回访 13800138000", "lead": True}],
            "milestones": [{"name": "访 13800138000", "due": "2026-09-30", "owner": "王敏"}],
            "metrics": [{"name": "发货率", "better": "higher", "definition": "问 13800138000"}],
        }
    )  # fmt: skip
    shown = str(written.planned(plan).model_dump())
    assert "13800138000" not in shown and "王敏" in shown and "发货率" in shown
