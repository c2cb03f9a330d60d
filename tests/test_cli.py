"""The command line: one sentence and one exit code for everything that can go wrong."""

import json
import re
import shutil
import signal
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from voc_lib import cli, errors, knowledge, params, tag
from voc_lib.errors import VocError
from voc_lib.run import project
from voc_lib.run.record import manifest

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
MINIMAL = {
    "name": "小店",
    "period": "2026-09",
    "sources": [{"name": "工单", "path": "data/工单.csv", "channel": "在线客服"}],
}


@pytest.fixture
def shop(tmp_path):
    """Write a params file with changes; its path."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "工单.csv").write_text(
        "工单号,反馈内容,创建时间\n1,慢,2026-09-01\n", encoding="utf-8"
    )

    def write(**changes):
        file = tmp_path / "params.yaml"
        file.write_text(yaml.safe_dump({**MINIMAL, **changes}, allow_unicode=True), encoding="utf-8")
        return str(file)

    return write


def called(capsys, *arguments):
    code = cli.call(arguments)
    seen = capsys.readouterr()
    return code, seen.out, seen.err


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_verb_stands_in_the_readme(readme):
    words = readme.read_text(encoding="utf-8")
    assert [verb for verb in get_command(cli.app).commands if f"`voc {verb}" not in words] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_exit_codes_in_the_readme_are_those_of_the_errors(readme):
    line = re.search(r"(?:Exit codes: |退出码：)([^。]+?)[.。]\n", readme.read_text(encoding="utf-8"))[1]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, VocError)]
    codes = {kind.exit_code for kind in kinds if kind is not VocError}
    assert {int(code) for code in re.findall(r"\b\d+\b", re.sub(r"\(.*?\)", "", line))} == {0, *codes}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek", "x"], "没有这个命令。是否想写 “check”"),
        (["check"], "缺少参数 PARAMS"),
        (["check", "--daat", "x"], "没有选项 --daat。是否想写 “--data”"),
        (["run", "x", "--period"], "--period 后面缺少要写的值。用法见 voc"),
        (["run", "x", "--force=3"], "--force 后面不要写值"),
        (["taxonomy", "diff", "a", "b", "c"], "多写了 c。用法见 voc taxonomy diff --help"),
        (["taxonomy", "diff", "a"], "缺少参数 NEW。用法见 voc taxonomy diff --help"),
        (["log", "--most", "many"], "--most 应是整数"),
        (["prune", "x", "--keep", "0"], "--keep 应 ≥ 1"),
        (["plan", "export", "x", "d", "--per", "team"], "--per 不能是 team。可用：owner, department"),
        (["check", "nowhere.yaml"], "找不到文件"),
        (["check", "."], "是文件夹，这里需要一个 YAML 文件"),
        (["list", "nowhere"], "找不到文件夹 nowhere"),
        (["render", "nowhere"], "不是已发布的运行"),
        (["trace", "nowhere", "M01"], "不是已发布的运行"),
        (["trace", "nowhere.yaml", "M01"], "找不到文件"),
    ],
)
def test_a_call_typed_wrong_is_said_in_one_sentence(capsys, arguments, words):
    code, _, err = called(capsys, *arguments)
    assert code == 2 and words in err and "Traceback" not in err


@pytest.mark.parametrize(
    "verb", [["trace", "", "M01"], ["verify", ""], ["render", ""], ["quarantine", "", "改"]]
)
def test_a_report_never_published_has_no_run_to_look_at(shop, capsys, verb):
    code, _, err = called(capsys, *(word or shop() for word in verb))
    assert code == 2 and "“小店” 还没有发布过报告" in err and "voc run params.yaml" in err


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"piriod": "2026-09"}, 2, "piriod：不认识的键。是否想写 “period”"),
        ({"seed": "许多"}, 2, "seed：应是整数"),
        ({"period": "九月"}, 2, "period “九月” 无法识别"),
        ({"industry": "ecomerce"}, 2, "是否想写 “ecommerce”"),
        ({"knowledge": "没有.yaml"}, 2, "没有.yaml"),
        ({"userdict": "没有.txt"}, 2, "userdict：找不到文件 没有.txt"),
        ({"steps": {"04_analyse": {"topn": 3}}}, 2, "topn：04_analyse 没有这个参数。是否想写 “top_n”"),
        ({"steps": {"04_analyze": {}}}, 2, "没有步骤 “04_analyze”。是否想写 “04_analyse”"),
        ({"customers": {"path": "data/客户.csv"}}, 3, "customers：找不到文件 data/客户.csv"),
        ({"sources": [{"name": "a", "path": "data/*.xlsx"}]}, 3, "a：没有文件符合 data/*.xlsx"),
        ({"sources": [{"name": "a", "path": "data/工.csv"}]}, 3, "同一文件夹里有：工单.csv"),
        ({"sources": [{"name": "a", "url": "${VOC_NO}", "query": "q"}]}, 2, "环境变量 VOC_NO 没有设置"),
    ],
)
def test_check_says_what_is_wrong_and_where(capsys, shop, changes, code, words):
    seen, _, err = called(capsys, "check", shop(**changes))
    assert seen == code and words in err


def test_check_of_a_good_file_says_it_can_be_run(capsys, shop):
    code, out, err = called(capsys, "check", shop())
    assert code == 0 and "可以运行" in out and "✓ 标签体系：电商" in out and not err


@pytest.mark.parametrize(
    ("known", "says"),
    [
        ("goals: [{name: 少延迟, metric: {kind: share, category: 物流延迟}, target: 0.1}]", "✓ 目标：1 个"),
        ("measures: []", "✓ 目标：没有写"),
        ("gaols: []", "✓ 目标：根因与措施改好后再看"),
    ],
)
def test_check_counts_the_goals_of_what_people_know(capsys, shop, tmp_path, known, says):
    (tmp_path / "known.yaml").write_text(known, encoding="utf-8")
    assert says in called(capsys, "check", shop(knowledge=str(tmp_path / "known.yaml")))[1]


def test_check_data_prints_reads_and_header_mapping(capsys, shop):
    code, out, _ = called(capsys, "check", shop(), "--data")
    assert code == 0 and "读入 1 = 保留 1 + 隔离 0" in out
    assert re.search(r"工单\t.*工单号\tfeedback_id", out)


def test_check_data_opens_the_operation_log_too(capsys, shop, tmp_path):
    (tmp_path / "log.csv").write_text("工号,时间,菜单路径\nE1,2026-09-01 10:00,客户\nE1,昨日,报表\n", "utf-8")
    code, out, _ = called(capsys, "check", shop(logs={"path": str(tmp_path / "log.csv")}), "--data")
    assert code == 0 and "操作日志：读入 2 = 保留 1 + 隔离 1" in out
    assert "菜单路径\tfunction\t推测" in out and "菜单路径 → 功能" in out


def test_init_makes_a_project_that_passes_its_own_checks(capsys, tmp_path):
    code, out, _ = called(capsys, "init", str(tmp_path / "店"))
    assert code == 0 and "voc check" in out
    (tmp_path / "店" / "data" / "工单9月.xlsx").write_bytes(b"")
    settings = params.load(tmp_path / "店" / "params.yaml", period="2026-09")
    assert tag.load(settings.params.industry, folder=settings.folder).tag("客服排队").parent == "服务流程"
    assert knowledge.load(settings) == knowledge.Knowledge()
    assert called(capsys, "check", str(settings.file))[0] == 0
    notebook = (tmp_path / "店" / "notebooks" / "04_analyse.ipynb").read_text(encoding="utf-8")
    assert "../params.yaml" in notebook and "sample.yaml" not in notebook


def test_init_for_a_crm_names_its_log_and_employees(capsys, tmp_path):
    assert called(capsys, "init", str(tmp_path / "crm"), "--subject", "crm")[0] == 0
    for name in ("员工反馈9月.csv", "操作日志9月.csv", "员工名单.csv"):
        (tmp_path / "crm" / "data" / name).write_bytes(b"")
    settings = params.load(tmp_path / "crm" / "params.yaml", period="2026-09")
    assert settings.params.subject == "crm" and settings.params.logs and settings.params.employees
    assert called(capsys, "check", str(settings.file))[0] == 0
    notebook = (tmp_path / "crm" / "notebooks" / "04u_crm_usage.ipynb").read_text(encoding="utf-8")
    assert "../params.yaml" in notebook and "sample_crm" not in notebook


def test_init_overwrites_nothing(capsys, tmp_path):
    (tmp_path / "mine.txt").write_text("")
    code, _, err = called(capsys, "init", str(tmp_path))
    assert code == 2 and "不是空文件夹" in err
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_every_commented_example_of_the_template_is_valid():
    for name in sorted({name for files in project.FILES.values() for name in files.values()}):
        text = (project.TEMPLATE / name).read_text(encoding="utf-8")
        assert yaml.safe_load(text), name
    raw = yaml.safe_load(_uncommented((project.TEMPLATE / "knowledge.yaml").read_text(encoding="utf-8")))
    assert knowledge.read(raw).measures[0].owner == "王敏"


def _uncommented(text):
    """The knowledge template with its examples in place of the empty lists."""
    lines = [line.replace(": []", ":") for line in text.splitlines()]
    return "\n".join(re.sub(r"^  # ", "  ", line) for line in lines)


def test_schema_is_json_for_editors(capsys):
    code, out, _ = called(capsys, "schema")
    assert code == 0 and "period" in json.loads(out)["properties"]


def test_list_shows_published_runs_newest_first(capsys, tmp_path):
    for month in ("2026-08", "2026-09"):
        folder = tmp_path / "小店" / month
        folder.mkdir(parents=True)
        about = {"run_id": "x", "name": "小店", "period_title": month, "finished_at": f"{month}-28T00:00:00"}
        manifest.write(folder, {**about, "ledger": [{"in_period": 7}]})
    code, out, _ = called(capsys, "list", str(tmp_path))
    assert code == 0 and out.index("2026-09") < out.index("2026-08") and "本期 7 条" in out


@pytest.mark.parametrize("words", [["check", "--data"], ["run"]])
def test_a_source_of_which_nothing_is_kept_is_no_report(words, tmp_path, capsys):
    shutil.copytree(ROOT / "tests" / "cases" / "projects" / "nothing-kept", tmp_path / "p")
    verb, *options = words
    assert cli.call([verb, str(tmp_path / "p" / "params.yaml"), *options]) == 3
    said = capsys.readouterr()
    assert "读入的 12 行一行也没有保留" in said.out + said.err and "缺年份 12" in said.out + said.err
    assert not [*(tmp_path / "p").glob("outputs/**/run.json")]


def test_help_and_version_exit_zero(capsys):
    assert called(capsys, "--help")[0] == 0
    assert called(capsys, "--version")[1].startswith("voc 0.")


def test_an_unexpected_error_is_one_masked_sentence(capsys, monkeypatch):
    def broken():
        raise ZeroDivisionError("客户 13812345678")

    monkeypatch.setattr(params, "schema_text", broken)
    code, _, err = called(capsys, "schema")
    assert code == 1 and "程序内部出错（ZeroDivisionError" in err
    assert "13812345678" not in err and "Traceback" not in err


def test_interrupt_exits_130(capsys, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(params, "schema_text", interrupted)
    code, _, told = called(capsys, "schema")
    assert code == 130 and told.strip() == cli.STOPPED


def test_check_ends_with_what_a_run_would_come_to(capsys, shop, tmp_path):
    (tmp_path / "data" / "工单.csv").write_text(
        "工单号,反馈内容,创建的时间,心情\n1,快递太慢,2026-09-01,好\n2,哦,2026-09-02,好\n3,快递太慢,日期,好\n",
        encoding="utf-8",
    )
    seen, out, _ = called(capsys, "check", shop(), "--data")
    assert seen == 0
    told = out.splitlines()
    assert "来源 工单：读入 3 = 保留 2 + 隔离 1（反馈时间无法识别 1）；本期 2 条" in told
    assert "推测的列：来源 工单 的“创建的时间”作反馈时间（把握 89%）；不对时在 columns 里写明" in told
    assert "没有用到的列：来源 工单 的 心情" in told
    assert any(line.startswith("预计“其他”占 50%（2 条里 1 条没有规则认得出）") for line in told)
    assert told[-1] == "可以运行。"
    places = [next(n for n, line in enumerate(told) if line.startswith(said)) for said in WEIGHTIER]
    assert places == sorted(places)  # the weightiest last


WEIGHTIER = ("2026年9月的报告", "没有用到的列", "推测的列", "预计“其他”", "注意：来源 工单：", "来源 工单：")


def test_a_source_of_which_nothing_is_kept_is_an_error(capsys, shop, tmp_path):
    (tmp_path / "data" / "工单.csv").write_text("工单号,反馈内容,创建时间\n1,慢,9月1日\n", encoding="utf-8")
    seen, out, err = called(capsys, "check", shop(), "--data")
    assert seen == 3
    assert "读入 1 = 保留 0 + 隔离 1（反馈时间缺年份 1）" in out
    assert "读入的 1 行一行也没有保留" in err
    assert "可以运行" not in out


def test_a_goal_about_a_problem_nobody_tags_is_asked_about(shop, capsys):
    goal = {"name": "少延迟", "metric": {"kind": "share", "category": "物流延时"}, "target": 0.1}
    code, out, told = called(capsys, "check", shop(goals=[goal]))
    assert code == 2
    assert "goals.少延迟.metric.category：标签体系中没有 “物流延时”。是否想写 “物流延迟”" in out + told


def test_no_english_frames_any_help(capsys):
    def verbs(command, words=()):
        yield words
        for name, below in getattr(command, "commands", {}).items():
            yield from verbs(below, (*words, name))

    english = ("Usage", "OPTIONS", "COMMAND", "Arguments", "Options", "Commands", "Show this", "required")
    english += ("default:", "<path>", "<list", "<str>", "<bool>", "<int")
    for words in verbs(get_command(cli.app)):
        code, out, _ = called(capsys, *words, "--help")
        assert code == 0 and "用法：" in out and "显示这段说明" in out
        assert not [word for word in english if word in out], words


def test_a_step_is_named_by_its_number_too():
    from voc_lib.run.workflow.pipeline import Choice

    assert [spec.name for spec in Choice(only="4").steps()] == ["04_analyse"]
    assert Choice(start="05").steps() == Choice(start="05_root_cause").steps()
    with pytest.raises(errors.ParamsError, match="没有步骤 “9”"):
        Choice(only="9").steps()


def test_a_call_leaves_what_a_signal_to_stop_does_as_it_was(capsys):
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert signal.getsignal(signal.SIGTERM) is before
