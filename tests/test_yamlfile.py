"""A YAML file typed on a Chinese keyboard: each slip is named in Chinese at its own line."""

import pytest

from voc_lib import params, yamlfile
from voc_lib.errors import ParamsError

RIGHT = """\
name: 示例
industry: ecommerce
period: "2026-09"
sources:
  - name: 来源
    path: a.csv
    channel: 评论
"""


@pytest.mark.parametrize(
    ("right", "typed", "line", "words"),
    [
        ("industry: ", "industry：", 2, "全角冒号"),
        ("sources:", "sources：", 4, "全角冒号"),
        ("- name: 来", "- name：来", 5, "全角冒号"),
        ("name: 示", "name:示", 1, "冒号后要有一个空格"),
        ("channel: 评", "channel:评", 7, "冒号后要有一个空格"),
        ("    path", "\tpath", 6, "制表符"),
        ("    path", "  \tpath", 6, "制表符"),
        ("    path", "　　path", 6, "全角空格"),
        ('"2026-09"', "“2026-09”", 3, "全角引号"),
        ("  - name", "  － name", 5, "半角 “- ”"),
        ("channel: 评论", "columns: {评论：text}", 7, "半角逗号和冒号"),
        ("channel: 评论", "columns: {评论: text，时间: created_at}", 7, "半角逗号和冒号"),
        ("path: a.csv", "mended: 【b.csv】", 6, "全角括号"),
        ('"2026-09"', '"2026-09', 3, "引号没有成对"),
    ],
)
def test_a_slip_is_named_at_its_line(tmp_path, right, typed, line, words):
    file = tmp_path / "params.yaml"
    file.write_text(RIGHT.replace(right, typed, 1), encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        params.load(file)
    said = str(caught.value)
    assert words in said
    assert f"第 {line} 行" in said
    assert "found" not in said
    assert "expected" not in said


def test_what_is_right_is_no_slip():
    texts = [
        "path: C:\\data",
        "url: ${X}",
        "note: 说明：好",
        "at: 10:30",
        "- 甲：乙 说",
        "  # 注：释",
        'a: "b：c"',
    ]
    assert yamlfile.slips("\n".join([RIGHT, *texts[:4], *texts[5:]])) == []


def test_a_fault_that_is_no_slip_names_none(tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text(RIGHT.replace("industry", "industri"), encoding="utf-8")
    with pytest.raises(ParamsError, match="是否想写 “industry”") as caught:
        params.load(file)
    assert "全角" not in str(caught.value)
