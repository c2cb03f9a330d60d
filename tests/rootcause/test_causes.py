import pytest

from voc_lib import schema
from voc_lib.rootcause import causes

STAFF = {"cause": "人员不足", "why": [{"cause": "招聘流程缓慢", "root": True}]}
SORTING = {"cause": "分拣效率低", "evidence": {"contains": ["分拣", "分拨"]}, "why": [STAFF]}
DELAY = {"problem": "物流延迟", "why": [SORTING, {"cause": "地址库过旧", "root": True}]}


def chain_of(*names, root=True):
    node = {"cause": names[-1], "root": root}
    for name in reversed(names[:-1]):
        node = {"cause": name, "why": [node]}
    return {"problem": "物流延迟", "why": [node]}


def test_table_walks_depth_first_with_kinds(known, issues):
    table = schema.check(causes.table(known(DELAY), issues()), schema.WHY)
    assert table["cause"].tolist() == ["物流延迟", "分拣效率低", "人员不足", "招聘流程缓慢", "地址库过旧"]
    assert table["level"].tolist() == [0, 1, 2, 3, 1]
    assert table["kind"].tolist() == ["现象", "中间原因", "中间原因", "根因", "根因"]
    assert table["parent"].tolist()[1:] == ["物流延迟", "分拣效率低", "人员不足", "物流延迟"]


def test_evidence_counts_the_words_among_the_problem(known, issues):
    data = issues(
        {"primary_tag": "物流延迟", "text": "分拣太慢", "times": 5},
        {"primary_tag": "物流延迟", "text": "卡在分撥中心", "times": 7},
        {"primary_tag": "物流延迟", "times": 108},
        {"primary_tag": "服务态度", "text": "说分拣是别人的事", "times": 280},
        {"primary_tag": "物流延迟", "text": "分拣很快", "intent": "表扬", "times": 9},
    )
    table = causes.table(known(DELAY), data)
    assert table["evidence"].iloc[0] == "120 条（占全部问题 30.0%）"
    assert table["evidence"].iloc[1] == "12 条（占物流延迟 10.0%）提到 分拣、分拨；95% 区间 5.8%–16.7%"
    assert table["feedback_ids"].iloc[1] == "、".join(f"F{i:04d}" for i in range(12))
    assert table["feedback_ids"].iloc[0].count("、") == 19


def test_evidence_can_look_at_a_part_and_says_when_there_is_no_data(known, issues):
    query = {"contains": ["分拣"], "where": {"region": "华东"}, "note": "仓库日报"}
    tree = {"problem": "物流延迟", "why": [{"cause": "分拣慢", "root": True, "evidence": query}]}
    data = issues(
        *({"primary_tag": "物流延迟", "text": "分拣慢", "region": r} for r in ("华东", "华东", "华南"))
    )
    assert causes.table(known(tree), data)["evidence"].iloc[1].startswith("2 条（占华东物流延迟 100.0%）")
    assert causes.table(known(tree), issues())["evidence"].iloc[1] == "数据中没有华东物流延迟；仓库日报"


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        (chain_of("分拣效率低", "人员不足", root=False), "停在现象或中间原因上"),
        (chain_of("分拣效率低", "人员不足", "分拣效率低"), "因果成了循环"),
        (chain_of("人员不足", "物流延迟"), "因果成了循环"),
        (chain_of(*(f"原因{i}" for i in range(8))), "已超过 7 层"),
        (chain_of("分拣效率低", "不清楚"), "不是回答"),
        ({"problem": "物流延迟"}, "还没有写 5Why"),
        (
            {"problem": "物流延迟", "why": [{"cause": "a", "root": True, "why": [STAFF]}]},
            "请把标记移到最底层",
        ),
        (
            {
                "problem": "物流延迟",
                "why": [{"cause": "a", "root": True}] * 0 + [{"cause": "b", "why": [STAFF, STAFF]}],
            },
            "写了两次",
        ),
    ],
)
def test_weak_chains_are_told(known, tree, says):
    (fault,) = causes.faults(known(tree))
    assert says in fault and fault.startswith("物流延迟")


def test_a_sound_tree_has_no_faults_and_seven_levels_are_allowed(known):
    assert causes.faults(known(DELAY), ["物流延迟"]) == []
    assert causes.faults(known(chain_of(*(f"原因{i}" for i in range(7))))) == []


def test_an_unknown_problem_is_told_with_the_nearest_tag(known):
    assert (
        "是否想写 “物流延迟”"
        in causes.faults(known({**DELAY, "problem": "物流延时"}), ["物流延迟", "服务态度"])[0]
    )


def test_a_tree_branches_and_a_chain_to_each_root_is_found(known):
    knowledge = known(DELAY)
    assert causes.roots(knowledge.causes[0]) == ["招聘流程缓慢", "地址库过旧"]
    assert causes.chain(knowledge, "物流延迟", "地址库过旧") == ("物流延迟", "地址库过旧")
    assert causes.chain(knowledge, "功能异常", "") == ("功能异常",)


def test_what_changed_between_two_versions_is_told(known):
    old, new = (
        known(chain_of("分拣慢", "缺人", root=False)),
        known(chain_of("分拣慢", "缺人"), {"problem": "功能异常"}),
    )
    assert causes.changes(old, new) == ["标为根因：物流延迟 → 分拣慢 → 缺人"]
    assert causes.changes(new, known(chain_of("分拣慢", "缺车"))) == [
        "删去：物流延迟 → 分拣慢 → 缺人",
        "新增：物流延迟 → 分拣慢 → 缺车",
    ]
    assert causes.changes(new, new) == []
