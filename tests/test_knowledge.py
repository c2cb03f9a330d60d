from pathlib import Path

import pytest
import yaml

from voc_lib import knowledge, params, yamlfile
from voc_lib.errors import ParamsError
from voc_lib.knowledge import people

ARCHITECTURE = Path(__file__).parents[1] / "docs/architecture.md"
CASES = yaml.safe_load((Path(__file__).parent / "cases/knowledge.yaml").read_text(encoding="utf-8"))
MEASURE = CASES["measure"]


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_a_bad_measure_is_refused_with_its_place_and_what_to_do(case):
    raw = {key: value for key, value in {**MEASURE, **case["changes"]}.items() if value != "ABSENT"}
    with pytest.raises(ParamsError) as error:
        knowledge.read({"measures": [raw]}, where="knowledge.yaml", problems=["物流延迟", "功能异常"])
    place = case["place"] if case["place"].startswith(" ") else f".{case['place']}"
    assert f"measures.M02{place}：" in str(error.value)
    assert case["says"] in str(error.value)


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case["name"])
def test_a_good_measure_is_taken(case):
    (measure,) = knowledge.read({"measures": [{**MEASURE, **case["changes"]}]}).measures
    assert measure.id == "M02"


def test_all_faults_come_at_once():
    measures = [{**MEASURE, "owner": "王敏、李强", "due": "2026-02-01"}, {**MEASURE, "department": ""}]
    raw = {
        "measures": measures,
        "revisits": [{"measure": "M20", "feedback_id": "1", "score": 6}],
        "cuases": [],
    }
    with pytest.raises(ParamsError) as error:
        knowledge.read(raw, where="knowledge.yaml")
    told = str(error.value)
    assert told.startswith("knowledge.yaml 有 7 处需要修改")
    for part in (
        "写了 2 个人",
        "早于开始日期",
        "缺少责任部门",
        "写了 2 次",
        "没有措施 “M20”",
        "≤ 5",
        "“causes”",
    ):
        assert part in told


def test_the_example_of_the_docs_is_valid():
    block = ARCHITECTURE.read_text(encoding="utf-8").split("```yaml\n")[-1].split("```")[0]
    raw = yaml.safe_load(block.replace("…", "示例"))
    found = knowledge.read(raw, problems=["物流延迟"])
    assert found.measures[0].trial.after.start.isoformat() == "2026-05-01"
    assert found.causes[0].why[0].why[0].why[0].root


def test_a_revisit_must_point_at_a_measure_and_a_cause_at_its_tree():
    causes = [{"problem": "物流延迟", "why": [{"cause": "人员不足", "root": True}]}]
    with pytest.raises(ParamsError, match="5Why 中没有 “人手不足”。是否想写 “人员不足”"):
        knowledge.read({"causes": causes, "measures": [{**MEASURE, "cause": "人手不足"}]})


def test_a_problem_written_twice_or_unknown_is_refused():
    twice = {"causes": [{"problem": "物流延迟"}, {"problem": "物流延迟"}, {"problem": "物流廷迟"}]}
    with pytest.raises(ParamsError) as error:
        knowledge.read(twice, problems=["物流延迟"])
    assert "写了 2 次" in str(error.value) and "是否想写 “物流延迟”" in str(error.value)


@pytest.mark.parametrize("section", ["goals", "promises"])
def test_a_goal_or_promise_of_an_unknown_problem_is_refused(section):
    """None of it is ever seen, so that every goal of less would be met."""
    one = {"name": "少", "metric": {"kind": "sla", "category": "物流廷迟"}, "target": 0.9}
    with pytest.raises(ParamsError, match=rf"{section}\.少\.metric\.category：标签体系中没有 “物流廷迟”"):
        knowledge.read({section: [one]}, problems=["物流延迟"])


@pytest.mark.parametrize(
    "raw", [[], "x", {"measures": "x"}, {"measures": [1]}, {"causes": [{"problem": None}]}, {3: 4}]
)
def test_any_other_shape_is_a_sentence_not_a_crash(raw):
    with pytest.raises(ParamsError):
        knowledge.read(raw, problems=["物流延迟"])


def test_yaml_that_refers_to_itself_is_refused(tmp_path):
    file = tmp_path / "knowledge.yaml"
    file.write_text("causes: &a\n  - {problem: x, why: *a}\n", encoding="utf-8")
    with pytest.raises(ParamsError):
        knowledge.read(yamlfile.read_yaml(file))


def test_no_file_named_and_an_empty_file_are_empty_knowledge(tmp_path):
    (tmp_path / "k.yaml").write_text("# 还没有写\n", encoding="utf-8")
    for line in ("", "knowledge: k.yaml\n"):
        file = tmp_path / "p.yaml"
        text = "name: x\nperiod: 2026-09\nsources: [{name: a, path: a.csv}]\n" + line
        file.write_text(text, encoding="utf-8")
        assert knowledge.load(params.load(file)) == knowledge.Knowledge()


@pytest.mark.parametrize("owner", ["王敏", "欧阳和平", "王与之", "Anna Li", "买买提·吐尔逊", "王登科"])
def test_one_person_is_one_person(owner):
    assert people(owner) == [owner]


@pytest.mark.parametrize(
    "owner",
    ["王敏、李强", "王敏/李强", "王敏，李强", "王敏 李强", "王敏和李强", ["王敏", "李强"], "王敏&李强"],
)
def test_two_people_are_two(owner):
    assert people(owner) == ["王敏", "李强"]


def test_what_is_dumped_is_read_back_unchanged():
    block = ARCHITECTURE.read_text(encoding="utf-8").split("```yaml\n")[-1].split("```")[0]
    found = knowledge.read(yaml.safe_load(block.replace("…", "示例")))
    text = knowledge.dump(found)
    assert knowledge.read(yaml.safe_load(text)) == found and "物流延迟" in text
    assert knowledge.read(yaml.safe_load(knowledge.dump(knowledge.Knowledge()))) == knowledge.Knowledge()
