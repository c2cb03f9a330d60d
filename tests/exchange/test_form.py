"""What people know between a YAML file and the register, through the command line."""

import pytest
import yaml

from tests.exchange.conftest import KNOWN, reading, stands
from voc_lib import knowledge, params
from voc_lib.run.record import known
from voc_lib.yamlfile import read_yaml


def written(file):
    return knowledge.read(read_yaml(file))


def test_a_file_goes_in_and_comes_out_the_same(shop, call, tmp_path):
    code, words = call("knowledge", "import", shop, tmp_path / "knowledge.yaml", "--by", "王敏")
    assert code == 0 and words.startswith("12 处写入登记库（第 1 次修订）。注意：报告仍以文件 knowledge.yaml")
    assert call("knowledge", "export", shop, tmp_path / "out.yaml")[0] == 0
    assert written(tmp_path / "out.yaml") == written(tmp_path / "knowledge.yaml") == stands(shop)
    assert call("knowledge", "import", shop, tmp_path / "out.yaml")[1].startswith("没有改动。")
    assert call("knowledge", "diff", shop, tmp_path / "out.yaml") == (0, "没有不同。\n")


def test_a_file_that_says_the_same_keeps_its_comments_and_gets_its_revision(shop, call, tmp_path):
    file = tmp_path / "knowledge.yaml"
    call("knowledge", "import", shop, file)
    assert file.read_text("utf-8") == KNOWN
    assert call("knowledge", "export", shop, file)[0] == 0
    first, _, rest = file.read_text("utf-8").partition("\n")
    assert first.startswith("# 小店：登记库第 1 次修订。") and rest == KNOWN


def test_an_edit_taken_back_in_the_same_file_is_taken_back(filled, call, tmp_path):
    file, marked = tmp_path / "mine.yaml", "owner: 王敏  # 换人前"
    call("knowledge", "export", filled, file)
    text = file.read_text("utf-8").replace("owner: 王敏", marked)
    file.write_bytes(text.replace("王敏  #", "赵六  #").replace("\n", "\r\n").encode())
    assert call("knowledge", "import", filled, file)[1].startswith("1 处写入登记库（第 2 次修订）")
    held = file.read_bytes().decode()
    assert "登记库第 2 次修订" in held and "赵六  # 换人前\r\n" in held and "\n\n" not in held
    file.write_bytes(held.replace("赵六", "王敏").encode())
    assert call("knowledge", "import", filled, file)[1].startswith("1 处写入登记库（第 3 次修订）")
    assert stands(filled).measures[0].owner == "王敏"


def test_a_file_behind_the_register_is_said_to_be(filled, rewritten, call):
    m1, m2 = yaml.safe_load(KNOWN)["measures"]
    late = rewritten("late.yaml", measures=[m1, {**m2, "due": "2026-12-31"}])
    call("knowledge", "import", filled, rewritten("first.yaml", measures=[{**m1, "result": "好"}, m2]))
    words = call("knowledge", "import", filled, late)[1]
    assert "登记库另有 1 处改动不在这个文件里；接着改之前请重新导出" in words
    assert "登记库第 1 次修订" in late.read_text("utf-8")


def test_a_file_of_another_report_withdraws_nothing(filled, rewritten, call):
    file = rewritten("other.yaml", measures=[], revisits=[], progress=[])
    file.write_text(file.read_text("utf-8").replace("# 小店：", "# 大店："), encoding="utf-8")
    code, words = call("knowledge", "import", filled, file)
    assert code == 3 and "出自报告 “大店” 的登记库，不是 “小店” 的，没有导入" in words
    assert len(stands(filled).measures) == 2


PILOT = {"scope": {"region": "华东"}, "start": "2026-03-05", "end": "2026-03-31"}
NO = {"verdict": "不通过", "at": "2026-04-01", "why": "没有变化"}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"measures": {"stages": {"pilot": PILOT, "rollout": "2026-04-10"}}}, "试点却没有判定"),
        ({"measures": {"stages": {"pilot": PILOT, "verdict": NO, "rollout": "2026-04-10"}}}, "已判定不通过"),
        ({"revisits": {"at": "2026-01-05"}}, "回访 M01/F1：2026-01-05 早于措施开始 2026-03-01"),
        ({"progress": {"at": "2025-04-01"}}, "进展 M01/2025-04-01：2025-04-01 早于措施开始 2026-03-01"),
    ],
)
def test_what_comes_before_its_time_is_not_saved(filled, rewritten, call, changed, says):
    known_ = yaml.safe_load(KNOWN)
    sections = {name: [{**known_[name][0], **more}, *known_[name][1:]] for name, more in changed.items()}
    code, words = call("knowledge", "import", filled, rewritten(**sections))
    assert code == 2 and says in words and stands(filled) == knowledge.read(known_)


def test_a_circle_of_causes_is_not_saved(filled, rewritten, call):
    known_ = yaml.safe_load(KNOWN)
    known_["causes"][0]["why"][0]["why"] = [{"cause": "人员不足", "why": [{"cause": "分拣效率低"}]}]
    code, words = call("knowledge", "import", filled, rewritten(causes=known_["causes"]))
    assert code == 2 and "人员不足 → 分拣效率低：绕回了 “分拣效率低”，因果成了循环" in words
    assert stands(filled) == knowledge.read(yaml.safe_load(KNOWN))


def test_diff_says_row_by_row_what_an_import_would_change(filled, rewritten, call):
    m1, _ = yaml.safe_load(KNOWN)["measures"]
    file = rewritten(measures=[{**m1, "due": "2026-05-31", "owner": "赵六"}], revisits=[])
    code, words = call("knowledge", "diff", filled, file)
    assert code == 0 and words.splitlines() == [
        "修改\t措施\tM01\towner：“王敏” → “赵六”",
        "修改\t措施\tM01\tdue：“2026-04-30” → “2026-05-31”",
        "撤回\t措施\tM02",
        "撤回\t回访\tM01/F1",
        "共 4 处不同，在 3 条里。",
    ]
    assert [m.id for m in stands(filled).measures] == ["M01", "M02"]


def test_a_file_changes_only_what_was_changed_in_it(filled, rewritten, call):
    m1, m2 = yaml.safe_load(KNOWN)["measures"]
    late = rewritten("late.yaml", measures=[m1, {**m2, "due": "2026-12-31"}])
    call("knowledge", "import", filled, rewritten("first.yaml", measures=[{**m1, "result": "好"}, m2]))
    assert call("knowledge", "import", filled, late, "--why", "延期")[0] == 0
    assert [(m.result, str(m.due)) for m in stands(filled).measures] == [
        ("好", "2026-04-30"),
        ("", "2026-12-31"),
    ]
    words = call("knowledge", "log", filled)[1]
    assert "修改\t措施\tM02\tdue：“2026-10-31” → “2026-12-31”\t延期\tlate.yaml" in words


def test_a_change_somebody_else_was_faster_with_is_shown_and_nothing_is_written(filled, rewritten, call):
    m1, m2 = yaml.safe_load(KNOWN)["measures"]
    late = rewritten("late.yaml", measures=[{**m1, "due": "2026-06-30"}, {**m2, "owner": "钱七"}])
    first = rewritten("first.yaml", measures=[{**m1, "due": "2026-05-31"}, m2])
    call("knowledge", "import", filled, first, "--by", "李强")
    assert "冲突\t措施 M01：李强" in call("knowledge", "diff", filled, late)[1]
    code, words = call("knowledge", "import", filled, late)
    assert code == 3 and "due 现在是 “2026-05-31”，您的是 “2026-06-30”" in words
    assert [m.owner for m in stands(filled).measures] == ["王敏", "李强"]


def test_a_file_of_unknown_age_does_not_undo_others_unless_told_to(filled, call, tmp_path):
    file = tmp_path / "old.yaml"
    file.write_text(KNOWN.split("revisits:")[0], encoding="utf-8")
    code, words = call("knowledge", "import", filled, file)
    assert code == 3 and "没有写明出自登记库的第几次修订" in words
    assert call("knowledge", "import", filled, file, "--replace")[0] == 0
    assert stands(filled).revisits == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"promises": [{"name": "x", "metric": {"kind": "kpi", "name": "没有"}, "target": 1}]}, "没有"),
        ({"causes": [{"problem": "物流廷迟"}]}, "是否想写 “物流延迟”"),
        ({"measures": []}, "没有措施 “M01”"),
        ({"progress": [{"measure": "M01", "at": "2026-04-01", "percent": 120}]}, "≤ 100"),
    ],
)
def test_a_file_no_run_could_use_is_refused(filled, rewritten, call, changes, says):
    before = stands(filled)
    code, words = call("knowledge", "import", filled, rewritten(**changes))
    assert code == 2 and says in words and "mine.yaml" in words
    assert stands(filled) == before


def test_an_export_does_not_overwrite_what_was_not_imported(filled, rewritten, call):
    file = rewritten(revisits=[])
    code, words = call("knowledge", "export", filled, file)
    assert code == 2 and "已存在，内容与登记库不同" in words
    call("knowledge", "import", filled, file)
    assert call("knowledge", "export", filled, file)[0] == 0


def test_a_run_reads_the_file_or_the_register_and_check_says_which(shop, call, tmp_path):
    call("knowledge", "import", shop, tmp_path / "knowledge.yaml")
    (tmp_path / "knowledge.yaml").write_text("causes: []\n", encoding="utf-8")
    assert known.load(params.load(shop)) == knowledge.Knowledge()
    words = call("check", shop)[1]
    assert "以文件 knowledge.yaml 为准：0 个问题" in words and "登记库里也有，没有用到" in words
    reading(tmp_path, "register")
    assert len(known.load(params.load(shop)).measures) == 2
    assert "✓ 根因与措施：以登记库为准：1 个问题的根因、2 条措施、1 项承诺" in call("check", shop)[1]
    assert known.load(params.load(shop)).measures[0].metric.better == "higher"


def test_personal_data_is_masked_where_changes_are_printed(filled, rewritten, call):
    m1, m2 = yaml.safe_load(KNOWN)["measures"]
    file = rewritten(measures=[{**m1, "result": "电话13800138000已回"}, m2])
    assert "13800138000" not in call("knowledge", "diff", filled, file)[1]
    call("knowledge", "import", filled, file)
    assert "13800138000" not in call("knowledge", "log", filled)[1]


def test_the_published_schema_is_the_one_of_the_code(call):
    from tests.test_docs import ROOT

    text = (ROOT / "params" / "knowledge.schema.json").read_text(encoding="utf-8")
    assert call("knowledge", "schema") == (0, text)


def test_who_was_faster_is_named_on_the_command_line(filled, rewritten, call):
    changed = stands(filled).model_dump(mode="json", exclude_defaults=True)["measures"]
    mine = rewritten(measures=[{**changed[0], "due": "2026-05-31"}, *changed[1:]])
    theirs = rewritten("theirs.yaml", measures=[{**changed[0], "due": "2026-06-30"}, *changed[1:]])
    assert call("knowledge", "import", filled, theirs, "--by", "李强")[0] == 0
    code, words = call("knowledge", "import", filled, mine, "--by", "赵六")
    assert code == 3 and "措施 M01：李强 已于" in words and "due 现在是 “2026-06-30”" in words
