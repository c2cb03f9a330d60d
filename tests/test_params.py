from datetime import UTC, date, datetime

import pytest
import yaml

from voc_lib import params
from voc_lib.errors import ParamsError

GOOD = {"name": "示例", "period": "2026-09", "sources": [{"name": "工单", "path": "a.csv"}]}
CSAT = {"name": "满意", "metric": {"kind": "csat"}, "target": 4}


def write(tmp_path, content):
    file = tmp_path / "p.yaml"
    file.write_text(
        content if isinstance(content, str) else yaml.safe_dump(content, allow_unicode=True), encoding="utf-8"
    )
    return file


def test_smallest_file_loads_with_defaults(tmp_path):
    settings = params.load(write(tmp_path, GOOD))
    assert settings.period.label == "2026-09"
    assert settings.resolve("x/y.csv") == tmp_path.resolve() / "x" / "y.csv"
    assert settings.params.sla.P1 == "3d"


def test_problems_of_a_system_are_appraised_though_nothing_is_written_of_it(tmp_path):
    assert params.load(write(tmp_path, GOOD)).params.appraisal is None
    system = params.load(write(tmp_path, GOOD | {"subject": "crm"})).params
    assert system.appraisal is not None and system.appraisal.weights.importance == 0.25


def test_period_can_be_overridden_and_last_month_resolved(tmp_path):
    assert params.load(write(tmp_path, GOOD), period="2026-Q3").period.label == "2026-Q3"
    last = params.load(write(tmp_path, {**GOOD, "period": "last-month"}), today=date(2026, 10, 2))
    assert last.period.label == "2026-09"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"peroid": 1}, "peroid：不认识的键。是否想写 “period”"),
        ({"sources": []}, "sources：至少要有一项"),
        (
            {"sources": [{"name": "a", "path": "x", "chanel": "y"}]},
            "sources.0.chanel：不认识的键。是否想写 “channel”",
        ),
        ({"sources": [{"name": "a"}]}, "path 与 url 必须且只能写一个"),
        ({"sources": [{"name": "a", "url": "postgresql://u:pw@h/d", "query": "select 1"}]}, "url 只能写成"),
        (
            {"sources": [{"name": "a", "path": "x", "columns": {"内容": "txt"}}]},
            "未知字段 “txt”。是否想写 “text”",
        ),
        ({"sources": [{"name": "a", "path": "x"}, {"name": "a", "path": "y"}]}, "名称重复"),
        ({"sla": {"P0": "2w"}}, "sla.P0"),
        ({"weighting": ["region"]}, "weighting 需要客户表"),
        ({"weighting": ["city"], "customers": {"path": "c"}}, "weighting.0：“city” 不可用。可用：'age_of_"),
        ({"weighting": ["value"], "customers": {"path": "c"}}, "需要订单表"),
        ({"steps": {"04_analyze": {}}}, "是否想写 “04_analyse”"),
        ({"timezone": "Asia/Shanhai"}, "未知时区"),
        ({"name": "a/b"}, "文件夹名"),
        ({"name": "../x"}, "文件夹名"),
        ({"duplicates": {"window_days": "many"}}, "应是整数"),
        ({"goals": [{"name": "g", "metric": {"kind": "share"}, "target": 1}]}, "需要 category"),
        (
            {"goals": [{**CSAT, "owner": "甲、乙"}]},
            "goals.0.owner：写了 2 个人（甲、乙）；只能由一个人负责，请留一个",
        ),
        (
            {"goals": [{**CSAT, "owner": "运营部"}]},
            "“运营部” 不是一个具体的人；请写一个人的姓名，不写部门或小组",
        ),
        (
            {"milestones": [{"name": "评审", "due": "2026-10-10", "owner": "甲、乙"}]},
            "milestones.0.owner：写了 2 个人（甲、乙）；只能由一个人负责，请留一个",
        ),
        (
            {"milestones": [{"name": "评审", "due": "2026-10-10", "owner": "项目组"}]},
            "“项目组” 不是一个具体的人",
        ),
        ({"milestones": [{"name": "评审", "due": "2026-10-10", "owner": ""}]}, "“” 不是一个具体的人"),
        ({"team": [{"role": "主管", "name": "王"}]}, "恰好有一人 lead"),
        (
            {"audiences": [{"name": "东", "where": {"regin": "华东"}}]},
            "没有列 “regin”。是否想写 “region”",
        ),
        ({"audiences": [{"name": "东"}]}, "where 与 leader 至少写一个"),
        ({"audiences": [{"name": "东", "where": {"region": []}}]}, "region 没有写值"),
        ({"audiences": [{"name": "东/南", "leader": "王敏"}]}, "文件夹名"),
        (
            {"audiences": [{"name": "A", "leader": "王敏"}, {"name": "a", "leader": "李强"}]},
            "audiences 中的名称重复：a",
        ),
        (
            {
                "audiences": [{"name": "华东", "leader": "王敏"}],
                "notices": {"success": [{"to": "${A}", "audience": "华冬区"}]},
            },
            "notices 里没有受众 “华冬区”。可用：华东。",
        ),
        (
            {
                "audiences": [{"name": "华东", "leader": "王敏"}],
                "notices": {"success": [{"to": "${A}", "audience": "华东", "attach": ["zip"]}]},
            },
            "给这个受众写 password",
        ),
    ],
)
def test_every_fault_is_named_with_its_key(tmp_path, change, words):
    with pytest.raises(ParamsError) as caught:
        params.load(write(tmp_path, {**GOOD, **change}))
    assert words in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(ParamsError, match="有 2 处需要修改"):
        params.load(write(tmp_path, {**GOOD, "peroid": 1, "seed": "x"}))


def test_a_password_in_the_url_is_not_repeated_in_the_message(tmp_path):
    source = {"name": "a", "url": "postgresql://u:hunter2@h/d", "query": "select 1"}
    with pytest.raises(ParamsError) as caught:
        params.load(write(tmp_path, {**GOOD, "sources": [source]}))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a: [", "YAML 语法错误"),
        ("a: 1\na: 2", "写了两次"),
        ("- 1", "键: 值"),
        ("!!python/object/apply:os.system [ls]", "YAML 语法错误"),
    ],
)
def test_broken_yaml_names_the_file(tmp_path, content, words):
    with pytest.raises(ParamsError) as caught:
        params.load(write(tmp_path, content))
    assert words in str(caught.value) and "p.yaml" in str(caught.value)


def test_missing_file_folder_and_wrong_encoding_are_sentences(tmp_path):
    with pytest.raises(ParamsError, match="找不到文件"):
        params.load(tmp_path / "gone.yaml")
    with pytest.raises(ParamsError, match="文件夹"):
        params.load(tmp_path)
    (tmp_path / "g.yaml").write_bytes("name: 示例".encode("gb18030"))
    with pytest.raises(ParamsError, match="UTF-8"):
        params.load(tmp_path / "g.yaml")


def test_secret_comes_from_the_environment_only(monkeypatch):
    monkeypatch.setenv("VOC_TEST_URL", "sqlite://")
    assert params.secret("${VOC_TEST_URL}") == "sqlite://"
    monkeypatch.delenv("VOC_TEST_URL")
    with pytest.raises(ParamsError, match="VOC_TEST_URL"):
        params.secret("${VOC_TEST_URL}")


def test_fingerprint_follows_content_not_layout(tmp_path):
    first = params.load(write(tmp_path, GOOD)).fingerprint
    assert params.load(write(tmp_path, dict(reversed(GOOD.items())))).fingerprint == first
    assert params.load(write(tmp_path, {**GOOD, "seed": 1})).fingerprint != first


def test_json_schema_describes_every_key():
    keys = {field.alias or name for name, field in params.Params.model_fields.items()}
    assert set(params.json_schema()["properties"]) == keys


@pytest.mark.parametrize(
    ("scales", "words"),
    [
        ({"好评": 9}, "1–5"),
        ({"推荐": {"好": 11}}, "0–10"),
        ({"满意度": "1-6"}, "不是评分制"),
        ({True: 5}, "请加引号"),
    ],
)
def test_scores_off_their_scale_are_named(scales, words):
    source = {"name": "a", "path": "x", "scales": scales}
    with pytest.raises(ParamsError, match=words):
        params.parse(params.Source, source, where="p")


def test_scores_are_told_by_value_by_column_or_by_scale():
    scales = {"好评": 5, 2: 1, "空白": None, "满意度": "1-10", "评分": {"差": 1.5}}
    source = params.parse(params.Source, {"name": "a", "path": "x", "scales": scales}, where="p")
    assert source.scales == {"好评": 5, "2": 1, "空白": None, "满意度": "1-10", "评分": {"差": 1.5}}


def test_last_month_is_that_of_the_params_zone_wherever_the_machine_stands(tmp_path):
    moment = datetime(2026, 9, 30, 16, 30, tzinfo=UTC)  # 1 October in Shanghai
    there = params.load(write(tmp_path, {**GOOD, "period": "last-month"}), today=moment)
    here = params.load(write(tmp_path, {**GOOD, "period": "last-month", "timezone": "UTC"}), today=moment)
    assert (there.period.label, here.period.label) == ("2026-09", "2026-08")


@pytest.mark.parametrize("rule", ["九月", "评论_%m%d", "2026-02-30", "%Y%Y"])
def test_a_rule_for_the_time_of_a_file_is_checked(tmp_path, rule):
    source = {**GOOD["sources"][0], "created_at": rule}
    with pytest.raises(ParamsError, match="created_at"):
        params.load(write(tmp_path, {**GOOD, "sources": [source]}))
