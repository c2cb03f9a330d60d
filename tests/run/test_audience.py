"""What is an audience's own: its rows, what people wrote about them, and what it names that there is not."""

import pandas as pd
import pytest
import pyzipper

from voc_lib import params, schema, tag
from voc_lib.audience import Audience
from voc_lib.errors import ParamsError
from voc_lib.knowledge import read
from voc_lib.params import Goal
from voc_lib.period import Period
from voc_lib.report import conclusions
from voc_lib.run.audience import narrowed, reach, sealed, totals
from voc_lib.run.audience.belonging import Own
from voc_lib.run.workflow import versions

TAXONOMY = tag.load("ecommerce")
SEPTEMBER = Period.parse("2026-09")
LOGISTICS, SERVICE = (TAXONOMY.department_of(name) for name in ("物流延迟", "服务态度"))


def measure(ident, problem="物流延迟", owner="王敏", department="客服部", **more):
    """A measure as people write it."""
    about = {
        "id": ident,
        "problem": problem,
        "owner": owner,
        "department": department,
        "goal": "降",
        "action": "做",
    }
    return {**about, "start": "2026-08-01", "due": "2026-08-31", **more}


def judged(where, **more):
    """How a measure is judged by the share of late deliveries somewhere."""
    windows = {"before": "2026-07", "after": "2026-09", "target": 0.1}
    return {"metric": {"kind": "share", "category": "物流延迟", "where": where}, **windows, **more}


KNOWN = read(
    {
        "measures": [
            measure("M1", **judged({"region": "华东"}, comparison={"region": "华南"})),
            measure("M2", problem="服务态度", owner="李强", department=SERVICE),
            measure("M3", owner="赵六", **judged({})),
        ],
        "causes": [{"problem": name, "why": [{"cause": "人手"}]} for name in ("物流延迟", "服务态度")],
        "progress": [{"measure": f"M{n}", "at": "2026-08-02", "percent": 10} for n in (1, 2, 3)],
        "incidents": [
            {"incident": "爆仓", "at": "2026-09-02", "problem": "物流延迟"},
            {"incident": "停电", "at": "2026-09-03"},
        ],
        "decisions": [
            {"decision": "换承运商", "at": "2026-09-02", "owner": "王敏"},
            {"decision": "培训", "at": "2026-09-02", "owner": "孙七", "measure": "M2"},
        ],
    }
)
GOALS = (
    Goal.model_validate({"name": "快", "metric": {"kind": "csat", "where": {"region": "华东"}}, "target": 4}),
    Goal.model_validate({"name": "满意", "metric": {"kind": "csat"}, "target": 4, "owner": "李强"}),
)


def own(**audience):
    return Own(Audience(name="甲", **audience), TAXONOMY, KNOWN, GOALS)


def tagged(**columns):
    """Four rows: two problems in two regions; the first two are one customer's issue."""
    n = 4
    rows = {
        "feedback_id": [f"F{i}" for i in range(n)], "customer_id": ["U1", "U1", "U2", "U3"],
        "created_at": pd.to_datetime(["2026-09-01", "2026-09-02", "2026-09-03", "2026-08-04"]),
        "channel": "电话", "source": "工单", "text": "太慢", "region": ["华南", "华东", "华东", "华南"],
        "issue_id": ["I-F0", "I-F0", "I-F2", "I-F3"], "repeat_count": [2, 2, 1, 1], "counted": True,
        "duplicate_kind": ["唯一", "同客户同问题", "唯一", "唯一"], "problem": True,
        "copy_group": ["C-F0", None, "C-F0", None], "copy_size": pd.array([2, None, 2, None], dtype="Int64"),
        "copy_kind": ["相同文字", None, "相同文字", None],
        "copy_first_seen": pd.to_datetime(["2026-09-01", None, "2026-09-01", None]),
        "tags": ["物流延迟", "物流延迟", "物流延迟", "服务态度"], "attribute": "服务流程",
        "primary_tag": ["物流延迟", "物流延迟", "物流延迟", "服务态度"], "customer_type": "未知",
        "urgency": "P1", "due_at": pd.Timestamp("2026-09-09"), "intent": "抱怨", "vague": False, **columns,
    }  # fmt: skip
    return schema.shape(pd.DataFrame(rows), schema.TAGGED)


@pytest.mark.parametrize(
    ("audience", "rows"),
    [
        ({"where": {"region": "华东"}}, [1, 2]),
        ({"where": {"category": "物流延迟", "region": ["华东", "华南"]}}, [0, 1, 2]),
        ({"where": {"department": SERVICE}}, [3]),
        ({"leader": "王敏"}, [1, 2]),
        ({"leader": ["赵六", "李强"]}, [0, 1, 2, 3]),
        ({"where": {"product": "手机"}}, []),
    ],
)
def test_rows_are_those_that_answer_every_condition_or_what_the_leader_answers_for(audience, rows):
    mine = own(**audience).rows(tagged())
    assert mine[mine].index.tolist() == rows


@pytest.mark.parametrize(
    ("audience", "measures", "causes", "goals", "decisions", "incidents"),
    [
        ({"where": {"region": "华东"}}, ["M1"], [], ["快"], [], []),
        ({"where": {"department": SERVICE}}, ["M2"], ["服务态度"], [], ["培训"], []),
        ({"where": {"category": "物流延迟"}}, ["M1", "M3"], ["物流延迟"], [], [], ["爆仓"]),
        (
            {"where": {"region": "华东"}, "leader": "李强"},
            ["M1", "M2"],
            ["服务态度"],
            ["快", "满意"],
            ["培训"],
            [],
        ),
        ({"leader": "王敏"}, ["M1"], ["物流延迟"], [], ["换承运商"], ["爆仓"]),
    ],
)
def test_what_people_wrote_belongs_where_it_says_so(audience, measures, causes, goals, decisions, incidents):
    mine = own(**audience)
    found = mine.knowledge([])
    assert [m.id for m in found.measures] == measures
    assert {step.measure for step in found.progress} == set(measures)
    assert [cause.problem for cause in found.causes] == causes
    assert [goal.name for goal in GOALS if mine.goal(goal)] == goals
    assert [d.decision for d in found.decisions] == decisions
    assert [i.incident for i in found.incidents] == incidents


def test_the_group_of_others_a_measure_is_compared_with_is_left_out():
    mine, both = own(where={"region": "华东"}), own(where={"region": ["华东", "华南"]})
    assert mine.knowledge([]).measure("M1").comparison == {} and mine.compared == {"M1"}
    assert both.knowledge([]).measure("M1").comparison == {"region": "华南"} and not both.compared


@pytest.mark.parametrize(
    ("audience", "said"),
    [
        ({"where": {"region": "华冬"}}, "audiences.甲.where：没有一条反馈的地区是“华冬”。可用：华东、华南。"),
        ({"where": {"product": "手机"}}, "产品是“手机”。这一列是空的，请换一列。"),
        ({"leader": "王名"}, "audiences.甲.leader：“王名” 名下没有措施，也没有目标。"),
    ],
)
def test_what_there_is_not_is_named_with_what_there_is(audience, said):
    with pytest.raises(ParamsError) as error:
        own(**audience).require(tagged())
    assert said in str(error.value)


def test_tables_hold_the_audiences_rows_merged_and_copied_among_themselves_alone():
    given = {name: schema.empty(schema.table(name)) for name in narrowed.READ} | {"tagged": tagged()}
    found = narrowed.tables(own(where={"region": "华东"}), given.__getitem__, SEPTEMBER)
    rows = found["tagged"]
    assert rows["feedback_id"].tolist() == ["F1", "F2"] and rows["issue_id"].tolist() == ["I-F1", "I-F2"]
    assert rows["repeat_count"].tolist() == [1, 1] and rows["duplicate_kind"].tolist() == ["唯一", "唯一"]
    assert rows[["copy_group", "copy_size", "copy_first_seen", "copy_kind"]].isna().all(axis=None)
    assert (
        found["issues"]["feedback_ids"].tolist() == found["tickets"]["feedback_id"].tolist() == ["F1", "F2"]
    )
    assert found["ticket_cross"].set_index("category").loc["物流延迟", "n"] == 2
    assert found["ledger"].empty and found["quarantine"].empty


def test_denominators_are_kept_only_where_they_are_told_apart_alike():
    months = pd.DataFrame({"month": "2026-09", "orders": [10, 20], "region": ["华东", "华南"]})
    given = {name: schema.empty(schema.table(name)) for name in narrowed.READ} | {"tagged": tagged()}
    given["exposure"] = schema.shape(months, schema.table("exposure"))
    east = narrowed.tables(own(where={"region": "华东"}), given.__getitem__, SEPTEMBER)["exposure"]
    assert east["orders"].tolist() == [10]
    assert narrowed.tables(own(leader="王敏"), given.__getitem__, SEPTEMBER)["exposure"].empty


def test_what_is_told_beside_the_group_of_others_is_left_to_the_report_for_all():
    row = {
        "action": "做",
        "metric": "占比",
        "verdict": "达标",
        "before": 0.3,
        "after": 0.1,
        "difference": -0.2,
    }
    words = {"reason": "达到目标", "caution": "同期对照组（华南）变化 +1", "note": pd.NA}
    rows = [{"measure_id": ident, **row, **words} for ident in ("M1", "M2", "M3")]
    given = {name: schema.empty(schema.table(name)) for name in narrowed.READ} | {"tagged": tagged()}
    given["effects"] = schema.shape(pd.DataFrame(rows), schema.EFFECTS)
    east = narrowed.tables(own(where={"region": "华东"}), given.__getitem__, SEPTEMBER)["effects"]
    assert east["measure_id"].tolist() == ["M1"] and east["after"].tolist() == [0.1]
    (told,) = east[["reason", "caution", "note", "difference"]].to_dict("records")
    assert told["reason"] == "与对照组相比得出，见总报告" and told["caution"] == "见总报告"
    assert pd.isna(told["note"]) and pd.isna(told["difference"])
    late = narrowed.tables(own(where={"category": "物流延迟"}), given.__getitem__, SEPTEMBER)["effects"]
    assert late.set_index("measure_id").loc["M3", ["reason", "difference"]].tolist() == ["达到目标", -0.2]


def test_a_sealed_folder_opens_with_its_password_alone(tmp_path):
    place = tmp_path / "华东" / "reports"
    place.mkdir(parents=True)
    (place / "08_总结.html").write_text("只给华东", encoding="utf-8")
    file = sealed.seal(tmp_path / "华东", "correct horse")
    assert file == tmp_path / "华东.zip" and "只给华东".encode() not in file.read_bytes()
    with pyzipper.AESZipFile(file) as archive:
        (info,) = archive.infolist()
        assert (info.filename, info.date_time[0]) == ("华东/reports/08_总结.html", 1980)
        with pytest.raises(RuntimeError, match="password"):
            archive.read(info)
        archive.setpassword(b"correct horsf")
        with pytest.raises(RuntimeError, match=r"[Bb]ad password"):
            archive.read(info)
        archive.setpassword(b"correct horse")
        assert archive.read(info).decode() == "只给华东"


def test_a_password_stands_in_the_environment_and_is_not_short(tmp_path, monkeypatch):
    file = tmp_path / "p.yaml"
    asked = "{name: 东, where: {region: 华东}, password: '${EAST}'}"
    sources = "sources: [{name: 工单, path: a.csv}]"
    file.write_text(f"name: 店\nperiod: '2026-09'\n{sources}\naudiences: [{asked}]\n", encoding="utf-8")
    settings = params.load(file)
    monkeypatch.delenv("EAST", raising=False)
    with pytest.raises(ParamsError, match="环境变量 EAST 没有设置"):
        versions.require(settings)
    monkeypatch.setenv("EAST", "1234567")
    with pytest.raises(ParamsError, match="不足 8 个字符"):
        versions.require(settings)
    monkeypatch.setenv("EAST", "12345678")
    versions.require(settings)
    file.write_text(file.read_text(encoding="utf-8").replace("${EAST}", "geheim123"), encoding="utf-8")
    with pytest.raises(ParamsError, match="password 只能写成") as error:
        params.load(file)
    assert "geheim123" not in str(error.value)


def shares(sizes, *, totals_of="甲", audiences=None):
    """Whether an audience may see the total, of regions with so many rows and an audience each."""
    regions = [name for name, n in sizes.items() for _ in range(n)]
    rows = pd.DataFrame({"region": pd.Series(regions, dtype="str"), "primary_tag": "物流延迟"})
    owns = {
        name: Own(Audience(name=name, where={"region": where}, totals=name == totals_of), TAXONOMY, KNOWN, ())
        for name, where in (audiences or {name: [name] for name in sizes}).items()
    }
    return totals.shown("甲", owns, rows)


def test_the_total_is_told_only_where_no_other_audience_is_what_is_left():
    assert shares({"甲": 9, "乙": 9, "丙": 9})
    assert not shares({"甲": 9, "乙": 9, "丙": 9}, totals_of="")  # nobody asked for it
    assert not shares({"甲": 9, "乙": 9})
    assert not shares({"甲": 9, "乙": 9, "丙": 4})  # the rest is 乙 but for four
    both = {"甲": ["甲"], "乙": ["乙"], "其余": ["乙", "丙"]}
    assert not shares({"甲": 9, "乙": 9, "丙": 9}, audiences=both)  # the rest is one audience alone


def test_the_total_stands_beside_the_own_figure():
    stats = pd.DataFrame({"n": [30, 10]})
    one = Audience(name="甲", where={"region": "华东"})
    assert "总报告共 160 个问题，这里占 25.0%。" in str(conclusions.version(one, stats, SEPTEMBER, total=160))
    assert "总报告" not in conclusions.version(one, stats, SEPTEMBER).paragraphs[0]


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ({"region": "华东"}, "受众“甲”（地区为“华东”）：本期 2 条"),
        ({"region": "华东区"}, "没有地区是“华东区”的。是否想写 “华东”？"),
        ({"region": "华南", "channel": "微博"}, "没有反馈渠道是“微博”的。可用：电话。"),
        ({"region": "华南", "product": "杯"}, "没有产品是“杯”的。这一列是空的。"),
        ({"category": "物流延迟", "region": "华南"}, "本期 1 条"),
        ({"category": "服务态度", "region": "华南"}, "没有问题类型是“服务态度”的"),
        ({"customer_type": "新客"}, "运行时才定"),
    ],
)
def test_the_rows_of_each_audience_are_counted_before_a_run(where, line, tmp_path):
    content = "name: 店\nperiod: '2026-09'\nindustry: ecommerce\nsources: [{name: a, path: a.csv}]\n"
    content += f"audiences: [{{name: 甲, where: {where}}}]\n"
    (tmp_path / "p.yaml").write_text(content, encoding="utf-8")
    feedback = schema.shape(
        tagged(text="物流太慢了，快递三天没到").reindex(columns=schema.FEEDBACK.names), schema.FEEDBACK
    )
    (told,) = reach.lines(feedback, params.load(tmp_path / "p.yaml"), TAXONOMY)
    assert line in told
