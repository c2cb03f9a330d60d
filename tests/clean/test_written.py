from voc_lib import knowledge
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
