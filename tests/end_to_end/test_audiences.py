"""Two parts of a shop, each word of theirs marked: nothing of one is in any byte the other is given."""

import json
from urllib.parse import unquote

import pandas as pd
import pytest
import pyzipper
import yaml

from tests.end_to_end.project import called, once
from tests.end_to_end.test_canaries import words

PARTS = {"东": ("华东", "仓储部"), "南": ("华南", "售后部")}
PASSWORD = "correct horse"
FEEDBACK, SAME_PERSON = 40, "U0"


def marked(part: str, kind: str) -> str:
    """A word that says whose it is and where it was written: 金丝雀东甲乙."""
    return f"金丝雀{part}{kind}"


def tags() -> list[dict]:
    """A tag of each part, its department responsible."""
    return [
        {
            "name": marked(part, "标签"), "code": f"TAG-{n}", "parent": "服务流程", "definition": "演练。",
            "phrases": [marked(part, "短语")], "department": department, "urgency": "P0",
        }
        for n, (part, (_, department)) in enumerate(PARTS.items())
    ]  # fmt: skip


def lines(part: str) -> str:
    """An export of a part: two months, each row with its marks; one customer speaks in both parts."""
    region, department = PARTS[part]
    head = "工单号,客户编号,姓名,反馈内容,客户诉求,备注,反馈渠道,地区,产品,处理人,责任部门,创建时间,满意度"
    rows = [
        f"{marked(part, '号')}{n},{f'U{part}{n}' if n else SAME_PERSON},,"
        f"{marked(part, '短语')}又坏了，第{n}次太差，{marked(part, '原话')}一直没人处理,"
        f"{marked(part, '诉求')},{marked(part, '备注')},{marked(part, '渠道')},{region},"
        f"{marked(part, '产品')},"
        f"{marked(part, '经办')},{department},2026-{8 + n % 2:02d}-{1 + n % 27:02d} 10:00,2"
        for n in range(FEEDBACK)
    ]
    # the same customer about the same problem in both parts: one issue of the whole shop
    shared = f"{marked(part, '共')}1,{SAME_PERSON},,物流太慢了一直没到,,,{marked(part, '渠道')},{region},"
    rows.append(f"{shared}{marked(part, '产品')},{marked(part, '经办')},{department},2026-09-28 09:00,1")
    return "\n".join([head, *rows]) + "\n"


def knowledge() -> dict:
    """Causes, measures, promises and all that hangs on them, of each part and marked."""
    found: dict = {name: [] for name in ("causes", "measures", "promises", "progress", "decisions")}
    found |= {name: [] for name in ("revisits", "messages", "incidents")}
    for n, (part, (region, department)) in enumerate(PARTS.items()):
        other = next(each for each in PARTS if each != part)
        w = {
            kind: marked(part, kind)
            for kind in ("根", "目标", "做", "果", "阻", "责", "诺", "定", "事", "注")
        }
        problem, ident = marked(part, "标签"), f"M0{n + 1}"
        found["causes"].append(
            {"problem": problem, "why": [{"cause": w["根"], "root": True}], "fishbone": {"人": [w["根"]]}}
        )
        found["measures"].append(
            {
                "id": ident, "problem": problem, "cause": w["根"], "goal": w["目标"], "action": w["做"],
                "steps": [w["做"]], "owner": w["责"], "department": department, "start": "2026-08-25",
                "due": "2026-08-31", "done": "2026-08-31", "result": w["果"], "obstacles": w["阻"],
                "metric": {"kind": "share", "category": problem, "where": {"region": region}},
                "target": 0.1, "before": "2026-08-01..2026-08-24", "after": "2026-09",
                "comparison": {"region": PARTS[other][0]},
            }
        )  # fmt: skip
        found["promises"].append(
            {"name": w["诺"], "metric": {"kind": "sla", "where": {"region": region}}, "target": 0.9}
        )
        found["progress"].append({"measure": ident, "at": "2026-09-01", "percent": 50, "note": w["注"]})
        found["decisions"].append(
            {"decision": w["定"], "at": "2026-09-01", "owner": w["责"], "measure": ident}
        )
        found["incidents"].append({"incident": w["事"], "at": "2026-09-02", "problem": problem})
        call = {"measure": ident, "feedback_id": f"{marked(part, '号')}1", "note": w["注"]}
        found["revisits"].append({**call, "score": 4})
        found["messages"].append({**call, "phase": "改后"})
    return found


def params() -> dict:
    """Of each part an audience by region, one by department and one by its leader; one nobody spoke in."""
    audiences = [
        {
            "name": f"{part}区",
            "where": {"region": region},
            "leader": marked(part, "责"),
            **({"password": "${VOC_TEST_ZIP}"} if part == "东" else {}),
        }
        for part, (region, _) in PARTS.items()
    ]
    audiences += [{"name": "南部", "where": {"department": PARTS["南"][1]}}]
    audiences += [{"name": "东责", "leader": marked("东", "责")}]
    audiences += [{"name": "旧渠道", "where": {"channel": "旧渠道"}}]
    return {
        "name": "小店", "period": "2026-09", "knowledge": "知识.yaml", "industry": "标签.yaml",
        "sources": [
            *({"name": marked(part, "来源"), "path": f"{marked(part, '文件')}.csv"} for part in PARTS),
            {"name": "旧", "path": "旧.csv"},
        ],
        "goals": [
            {
                "name": marked(part, "指望"), "owner": marked(part, "责"), "target": 3,
                "metric": {"kind": "csat", "where": {"region": region}},
            }
            for part, (region, _) in PARTS.items()
        ],
        "team": [
            {"role": "组长", "name": marked(part, "责"), "duty": marked(part, "职"), "lead": part == "东"}
            for part in PARTS
        ],
        "audiences": audiences,
    }  # fmt: skip


def project(folder):
    """The project on disk; its params file."""
    for part in PARTS:
        (folder / f"{marked(part, '文件')}.csv").write_text(lines(part), encoding="utf-8")
    old = "工单号,反馈内容,反馈渠道,创建时间\n旧1,物流太慢了,旧渠道,2026-08-02 10:00\n"
    (folder / "旧.csv").write_text(old, encoding="utf-8")
    taxonomy = {"extends": "ecommerce", "title": "演练", "tags": tags()}
    files = {"知识.yaml": knowledge(), "标签.yaml": taxonomy, "params.yaml": params()}
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder / "params.yaml"


@pytest.fixture(scope="module")
def run(shared, lending):
    """The run folder of the project after one `voc run`."""
    folder = shared / "audiences"

    def make() -> None:
        folder.mkdir()
        with pytest.MonkeyPatch.context() as patch, lending():
            patch.setenv("VOC_TEST_ZIP", PASSWORD)
            said = called("run", project(folder))
        (folder / "said").write_text(said, encoding="utf-8")

    once(folder, make)
    return folder / "outputs" / "小店" / "2026-09"


def given(run, name):
    """Every file of an audience by place: what it is given and what that is made of, as text."""
    places = [run / "audiences" / name, run / "versions" / name]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    files += [path for path in [run / "audiences" / f"{name}.zip"] if path.is_file()]
    return {path.relative_to(run).as_posix(): path.name + "\n" + words(path) for path in files}


@pytest.mark.parametrize("name", ["东区", "南区", "南部", "东责"])
def test_an_audience_is_given_its_own_and_nothing_of_the_others(run, name):
    own, other = ("东", "南") if name.startswith("东") else ("南", "东")
    texts = given(run, name)
    kinds = {place.rsplit(".", 1)[-1] for place in texts}
    assert {"html", "pdf", "xlsx", "parquet", "ipynb"} <= kinds
    said = "".join(texts.values())
    for kind in ("短语", "原话", "号", "标签", "做", "根", "目标", "责"):
        assert marked(own, kind) in said
    birds = [f"金丝雀{other}", PARTS[other][0], PARTS[other][1], json.dumps(f"金丝雀{other}")[1:-1]]
    assert [(place, bird) for place, text in texts.items() for bird in birds if bird in text] == []


def test_the_zip_holds_what_is_handed_over_and_opens_with_the_password(run):
    place = run / "audiences" / "东区"
    with pyzipper.AESZipFile(place.with_name("东区.zip")) as archive:
        archive.setpassword(PASSWORD.encode())
        held = {name: archive.read(name) for name in archive.namelist()}
    files = {path for path in place.rglob("*") if path.is_file()}
    assert held == {path.relative_to(place.parent).as_posix(): path.read_bytes() for path in files}
    assert not (run / "audiences" / "南区.zip").exists() and PASSWORD not in json.dumps(manifest(run))


def test_who_spoke_not_is_said_and_given_nothing(run):
    (line,) = [each for each in manifest(run)["audiences"] if each["name"] == "旧渠道"]
    assert line["absent"] == "2026年9月没有反馈渠道为“旧渠道”的反馈，没有出这一版"
    assert not (run / "audiences" / "旧渠道").exists() and not (run / "versions" / "旧渠道").exists()
    assert line["absent"] in (run.parents[2] / "said").read_text(encoding="utf-8")


def test_the_index_links_every_version_and_is_in_none(run):
    page = (run.parents[1] / "index.html").read_text(encoding="utf-8")
    assert "各受众的版本（4）" in page and "小店/2026-09/audiences/东区/" in unquote(page)
    assert not [path for path in (run / "audiences").rglob("*") if path.stem == "index"]


def test_rows_of_two_parts_are_one_issue_for_all_and_apart_in_each_version(run):
    whole = pd.read_parquet(run / "tables" / "issues.parquet")
    assert whole["feedback_ids"].str.contains("共").sum() == 1
    for name in ("东区", "南区"):
        mine = pd.read_parquet(run / "versions" / name / "tables" / "tickets.parquet")
        (own,) = mine.loc[mine["feedback_id"].str.contains("共"), "again"]
        assert own == 0


def test_a_measure_is_judged_as_in_the_report_for_all(run):
    whole = pd.read_parquet(run / "tables" / "effects.parquet").set_index("measure_id").loc["M01"]
    mine = pd.read_parquet(run / "versions" / "东区" / "tables" / "effects.parquet").iloc[0]
    assert (mine["verdict"], mine["before"], mine["after"]) == (
        whole["verdict"], whole["before"], whole["after"]
    )  # fmt: skip
    assert marked("东", "事") in whole["caution"] and mine["caution"] == "见总报告"


def test_versions_are_verified_taken_over_and_rendered_again(run, forked, monkeypatch):
    """One file after the other changed; what nothing was changed of keeps its bytes."""
    folder = run.parents[2]
    monkeypatch.setenv("VOC_TEST_ZIP", PASSWORD)
    assert "一字不差" in called("verify", run)
    before = {path: path.read_bytes() for path in (run / "audiences").rglob("*.html")}
    called("render", run)
    assert {path: path.read_bytes() for path in before} == before
    raw = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    raw["audiences"] = [{"name": "新", "where": {"region": "华南"}}, *raw["audiences"][:1]]
    (folder / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    assert called("run", folder / "params.yaml").count("沿用已发布的结果") >= 8
    assert sorted(path.name for path in (run / "audiences").iterdir()) == ["东区", "东区.zip", "新"]
    kept = run / "audiences" / "东区" / "reports" / "08_客户反馈分析月度总结.html"
    assert kept.read_bytes() == before[kept] and "一字不差" in called("verify", run)


def manifest(run):
    return json.loads((run / "run.json").read_text(encoding="utf-8"))
