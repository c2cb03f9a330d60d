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


def test_diff_says_row_by_row_what_an_import_would_change(filled, rewritten, call):
    m1, _ = yaml.safe_load(KNOWN)["measures"]
    file = rewritten(measures=[{**m1, "due": "2026-05-31", "owner": "赵六"}], revisits=[])
    code, words = call("knowledge", "diff", filled, file)
    assert code == 0 and words.splitlines() == [
        "修改\t措施\tM01\towner：“王敏” → “赵六”",
        "修改\t措施\tM01\tdue：“2026-04-30” → “2026-05-31”",
        "撤回\t措施\tM02",
        "撤回\t回访\tM01/F1",
        "共 3 处不同。",
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
