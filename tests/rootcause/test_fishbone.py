from voc_lib import schema
from voc_lib.knowledge import Analysis
from voc_lib.rootcause import fishbone

BONES = {"人": ["人员不足"], "机": ["分拣设备老旧"]}


def test_written_causes_are_counted_and_candidates_marked(known, issues):
    data = issues(
        {"primary_tag": "物流延迟", "text": "人员不足", "times": 3},
        {"primary_tag": "物流延迟", "text": "因为暴雨，停运了", "times": 2},
        {"primary_tag": "物流延迟", "text": "因为谁谁谁，没人管"},
    )
    table = fishbone.table(known({"problem": "物流延迟", "fishbone": BONES}), data)
    schema.check(table, schema.FISHBONE)
    assert table[["bone", "cause", "n"]].values.tolist() == [
        ["人", "人员不足", 3],
        ["机", "分拣设备老旧", 0],
        ["环", "暴雨", 2],
        ["未归类", "谁谁谁", 1],
    ]
    assert table["evidence"].iloc[2] == "文本候选：2 条原话提到，待核实；反馈 F0003、F0004"
    assert not table["evidence"].iloc[:2].str.contains("候选").any()


def test_candidates_can_be_left_out(known, issues):
    data = issues({"primary_tag": "物流延迟", "text": "因为暴雨，停运了"})
    assert len(fishbone.table(known({"problem": "物流延迟", "fishbone": BONES}), data, candidates=False)) == 2


def test_a_cause_with_evidence_in_the_tree_is_counted_by_it(known, issues):
    tree = [{"cause": "人员不足", "root": True, "evidence": {"contains": ["没人", "缺人"]}}]
    data = issues({"primary_tag": "物流延迟", "text": "站点缺人", "times": 4}, {"primary_tag": "物流延迟"})
    table = fishbone.table(
        known({"problem": "物流延迟", "why": tree, "fishbone": {"人": ["人员不足"]}}), data
    )
    assert table["n"].tolist() == [4]
    assert "提到 没人、缺人" in table["evidence"].iloc[0]


def test_the_variant_follows_the_written_bones():
    assert "测" in fishbone.bones(Analysis(problem="x"))
    assert "培训" in fishbone.bones(Analysis(problem="x", fishbone={"系统设计": ["a"], "培训": ["b"]}))
    assert (
        fishbone.bone_of("客服态度差", fishbone.bones(Analysis(problem="x", fishbone={"人员": ["a"]})))
        == "人员"
    )
