"""Headers shown and corrected; the params file keeps its comments and is never left broken."""

import difflib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voc_lib import params
from voc_lib.collect import headers
from voc_lib.errors import ParamsError
from voc_lib.widgets import columns, mapping, rewrite

ROOT = Path(__file__).parents[2]
FILE = """# 我的参数
name: 小店            # 名称
period: '2026-09'

sources:
  # 工单
  - name: 工单
    path: data/a.csv   # 路径
    columns:
      单号: feedback_id    # 编号
      评: csat

# 目标在下面
goals: []
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "params.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path / "params.yaml"


def rewritten(file, changes):
    rewrite.columns(params.load(file), {"工单": changes}, seen=rewrite.stamp(file))
    before, after = FILE.splitlines(), file.read_text(encoding="utf-8").splitlines()
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


def test_a_new_column_is_one_new_line(file):
    assert rewritten(file, {"留言": "text"}) == ["+       留言: text"]


def test_a_changed_field_keeps_the_comment_behind_it(file):
    assert rewritten(file, {"单号": "customer_id"}) == [
        "-       单号: feedback_id    # 编号",
        "+       单号: customer_id    # 编号",
    ]


def test_removing_the_last_column_keeps_the_comment_of_the_next_section(file):
    assert rewritten(file, {"评": None}) == ["-       评: csat"]


def test_a_removed_column_takes_the_comment_beside_it_along(file):
    assert rewritten(file, {"单号": None}) == ["-       单号: feedback_id    # 编号"]


def test_both_removed_keep_the_next_section(file):
    after = rewritten(file, {"单号": None, "评": None})
    assert "# 目标在下面" in file.read_text(encoding="utf-8") and not any("目标" in line for line in after)


def test_a_removal_that_would_lose_a_comment_is_refused(file):
    written = FILE.replace("      评", "      # 分数\n      评")
    file.write_text(written, encoding="utf-8")
    with pytest.raises(ParamsError, match="会丢失注释 “# 分数”"):
        rewritten(file, {"单号": None})
    assert file.read_text(encoding="utf-8") == written


def test_a_file_changed_meanwhile_is_left_alone(file):
    settings, seen = params.load(file), rewrite.stamp(file)
    file.write_text(FILE + "seed: 1\n", encoding="utf-8")
    with pytest.raises(ParamsError, match="被改过"):
        rewrite.columns(settings, {"工单": {"x": "text"}}, seen=seen)
    assert file.read_text(encoding="utf-8") == FILE + "seed: 1\n"


def test_a_field_there_is_not_leaves_the_file_as_it_was(file):
    with pytest.raises(ParamsError, match="未知字段"):
        rewritten(file, {"留言": "txet"})
    assert file.read_text(encoding="utf-8") == FILE and len(list(file.parent.iterdir())) == 1


def test_line_ends_bom_and_mode_stay(file):
    file.write_bytes(rewrite.BOM + FILE.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    rewrite.columns(params.load(file), {"工单": {"留言": "text"}}, seen=rewrite.stamp(file))
    wanted = FILE.replace("评: csat", "留言: text\n      评: csat")
    assert file.read_bytes() == rewrite.BOM + wanted.replace("\n", "\r\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640


@given(st.text(min_size=1, max_size=20).filter(lambda name: name.strip() == name and name.isprintable()))
def test_any_header_can_be_written(tmp_path_factory, name):
    file = tmp_path_factory.mktemp("p") / "params.yaml"
    file.write_text(FILE, encoding="utf-8")
    made = rewrite.columns(params.load(file), {"工单": {name: "text"}}, seen=rewrite.stamp(file))
    assert made.params.sources[0].columns[name] == "text"


@pytest.mark.parametrize("path", sorted((ROOT / "params").rglob("*.yaml")), ids=lambda path: path.stem)
def test_the_params_of_the_project_are_written_back_byte_for_byte(path):
    content = path.read_bytes()
    if b"\nsources:" in content:
        assert rewrite.changed(content, {}) == (content, [])


def test_the_panel_shows_what_was_found_with_masked_examples(shop):
    panel = mapping.panel(str(shop / "params.yaml"))
    found = {header.header: header for header in panel.found[0].headers}
    assert (found["单号"].how, found["反馈内容"].how) == ("指定", "同义词")
    assert found["心情"].how == "未使用" and found["心情"].examples == ("一般",)
    assert "13800138000" not in str(found)


def test_a_choice_goes_into_the_file_and_into_what_is_shown(shop):
    panel = mapping.panel(str(shop / "params.yaml"))
    panel.choices["工单", "心情"].value = "remark"
    panel.choices["工单", "会员手机"].value = params.IGNORE
    panel.save()
    assert "2 处" in panel.said.value and not panel.changes()
    words = (shop / "params.yaml").read_text(encoding="utf-8")
    assert "# 认不出的" in words and "心情: remark" in words and "会员手机: ignore" in words
    assert {h.header: h.field for h in panel.found[0].headers}["会员手机"] is None
    panel.choices["工单", "心情"].value = mapping.AUTO
    panel.save()
    assert "心情" not in (shop / "params.yaml").read_text(encoding="utf-8")


def test_what_needs_a_look_stands_first_and_what_is_known_is_folded(shop):
    source = mapping.panel(str(shop / "params.yaml")).body.children[0]
    _, open_, folded = source.children
    shown = [cell.value for cell in open_.children[::4]]
    assert shown[0] == "<b>心情</b>" and folded.titles == ("认得的 4 列",) and folded.selected_index is None
    assert len(folded.children[0].children) == 16


def test_what_would_be_kept_is_shown_before_anything_is_saved(shop):
    (shop / "data" / "工单.csv").open("a", encoding="utf-8").write("F99,,2026-09-09 10:00,,\n")
    panel = mapping.panel(str(shop / "params.yaml"))
    before = (shop / "params.yaml").read_bytes()
    panel.choices["工单", "心情"].value = "remark"
    panel.preview()
    assert "<td>31</td><td>30</td><td>1</td>" in panel.sorted.value and " 1 行" in panel.sorted.value
    panel.choices["工单", "反馈内容"].value = params.IGNORE
    panel.preview()
    assert "voc-bad" in panel.sorted.value and (shop / "params.yaml").read_bytes() == before


def test_one_field_for_two_headers_is_not_saved(shop):
    panel = mapping.panel(str(shop / "params.yaml"))
    before = (shop / "params.yaml").read_bytes()
    panel.choices["工单", "心情"].value = "feedback_id"
    panel.save()
    assert "只能留一个" in panel.said.value and (shop / "params.yaml").read_bytes() == before


def test_a_source_without_text_is_shown_and_can_be_mended(shop):
    (shop / "data" / "工单.csv").write_text("编码,栏甲,何时\n1,慢,早上\n", encoding="utf-8")
    panel = mapping.panel(str(shop / "params.yaml"))
    assert panel.found[0].lacking == ("问题描述", "反馈时间") and panel.found[0].lost == ("单号",)
    panel.choices["工单", "栏甲"].value = "text"
    panel.choices["工单", "何时"].value = "created_at"
    panel.save()
    assert panel.found[0].lacking == ()


def test_a_source_that_cannot_be_read_says_why(shop):
    (shop / "data" / "工单.csv").unlink()
    panel = mapping.panel(str(shop / "params.yaml"))
    assert "找不到" in panel.found[0].trouble and panel.changes() == {}


def test_an_ignored_header_is_no_field():
    (match,) = headers.match(["工单号"], {"工单号": "ignore"})
    assert match.field is None and match.how == "指定"


def test_faults_name_both_headers():
    assert columns.faults({"a": "csat", "b": "csat"}) == ["“a” 与 “b” 都指定为 满意度评分，只能留一个"]
