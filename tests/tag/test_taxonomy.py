import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib.errors import ParamsError
from voc_lib.tag import Tag, Taxonomy, checks, corrections, library, rules, versions

SMALL = {
    "attributes": ["甲", "乙"],
    "tags": [
        {"name": "慢", "code": "S", "parent": "甲", "phrases": ["太慢"], "include": ["太慢了"]},
        {"name": "坏", "code": "B", "parent": "乙", "phrases": ["坏了"]},
        {"name": "真坏", "code": "BB", "parent": "坏", "phrases": ["烂透"]},
    ],
}


def write(folder, **changes):
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump({**SMALL, **changes}, allow_unicode=True), encoding="utf-8")
    return "mine.yaml"


def with_tag(**fields):
    return [*SMALL["tags"], {"name": "新", "code": "N", "parent": "甲", **fields}]


@pytest.mark.parametrize("name", library.packs())
def test_every_pack_loads_is_whole_and_has_examples(name):
    pack = library.load(name)
    assert checks.faults(pack) == []
    assert pack.version and pack.title and "其他" in pack.names
    for tag in pack.tags[:-1]:
        assert tag.definition and tag.include and tag.exclude and pack.department_of(tag.name), tag.name


def test_the_packs_that_are_promised_are_there():
    promised = "auto catering crm_usage ecommerce education finance government manufacturing"
    assert library.packs() == promised.split()
    assert len(library.load("government").names) == 8 and len(library.load("crm_usage").names) == 6


def test_three_levels_share_the_attribute_and_department(tmp_path):
    loaded = library.load(write(tmp_path), folder=tmp_path)
    assert loaded.attribute_of("真坏") == "乙" and loaded.attribute_of("其他") == "其他"
    assert loaded.department_of("真坏") == "客户服务部"


FAULTS = {
    "unknown parent": ({"parent": "丙"}, "上级 “丙” 不存在"),
    "near parent": ({"parent": "真壞"}, "不存在"),
    "code taken": ({"code": "S"}, "已被标签 “慢” 使用"),
    "colliding phrase": ({"phrases": ["太慢"]}, "同时属于标签 “慢” 和 “新”"),
    "colliding in other letters": ({"phrases": ["太慢", "ＡＢＣ", "abc"]}, "写了两次"),
    "shadowed phrase": ({"phrases": ["很差", "真的很差"]}, "永远不起作用"),
    "empty phrase": ({"phrases": ["  "]}, "短语是空的"),
    "broken regex": ({"patterns": ["(没"]}, "正则"),
    "look-around": ({"patterns": ["(?<=快递)慢"]}, "不支持的写法"),
    "empty regex": ({"patterns": ["x*"]}, "匹配空文本"),
    "example not tagged": ({"phrases": ["少了"], "include": ["多了"]}, "没有被它自己的规则命中"),
    "counter-example tagged": ({"phrases": ["少了"], "exclude": ["少了"]}, "exclude 例句"),
    "separator in name": ({"name": "新；旧"}, "不能有 “；”"),
    "empty word of a pair": ({"pairs": [["快递|", "慢"]]}, "空的词"),
    "text for a list": (
        {"phrases": "无人机没来"},
        r"标签 “新” 的 phrases 应是列表，例如 phrases: \[无人机没来\]",
    ),
    "key without a value": ({"phrases": None}, "phrases 是空的"),
    "text for channels": ({"when": {"channel": "电话"}}, "channel：应是列表"),
    "empty name": ({"name": " "}, "都要有 name"),
    "empty code": ({"code": ""}, "code：不能是空的"),
    "written twice": ({"name": "慢"}, "“慢” 写了两次"),
    "unknown key": ({"phrase": ["少了"]}, "phrases"),
}


@pytest.mark.parametrize(("fields", "sentence"), FAULTS.values(), ids=FAULTS)
def test_faults_are_said(tmp_path, fields, sentence):
    with pytest.raises(ParamsError, match=sentence):
        library.load(write(tmp_path, tags=with_tag(**fields)), folder=tmp_path)


def test_parents_in_a_loop_are_said(tmp_path):
    tags = [
        {"name": "一", "code": "1", "parent": "二"},
        {"name": "二", "code": "2", "parent": "一"},
    ]
    with pytest.raises(ParamsError, match="成环"):
        library.load(write(tmp_path, tags=tags), folder=tmp_path)


def test_extending_oneself_is_said(tmp_path):
    with pytest.raises(ParamsError, match="extends 成环"):
        library.load(write(tmp_path, extends="mine.yaml"), folder=tmp_path)


def test_unknown_name_gets_a_hint():
    with pytest.raises(ParamsError, match="ecommerce"):
        library.load("ecomerce")


def test_a_small_file_extends_overrides_and_drops(tmp_path):
    own = [
        {"name": "理财与保险", "drop": True},
        {
            "name": "费率与收费",
            "phrases": ["工本费"],
            "without": ["年费", "莫名其妙收了年费"],
            "department": "财务部",
        },
        {"name": "硬币", "code": "MY-1", "parent": "服务流程", "phrases": ["换硬币"]},
    ]
    file = tmp_path / "bank.yaml"
    file.write_text(yaml.safe_dump({"extends": "finance", "version": "2", "tags": own}, allow_unicode=True))
    bank = library.load("bank.yaml", folder=tmp_path)
    fees = bank.tag("费率与收费")
    assert "理财与保险" not in bank.names and "硬币" in bank.names
    assert "工本费" in fees.phrases and "年费" not in fees.phrases and fees.department == "财务部"


def extended(folder, *tags, **keys):
    """The finance pack with a small file's tags over it."""
    file = folder / "bank.yaml"
    file.write_text(yaml.safe_dump({"extends": "finance", "tags": [*tags], **keys}, allow_unicode=True))
    return library.load("bank.yaml", folder=folder)


@pytest.mark.parametrize(
    ("tag", "keys", "sentence"),
    [
        ({"name": "费率与收费", "without": "年费"}, {}, "“费率与收费” 的 without 应是列表"),
        ({"name": "费率与收费"}, {"attributes": "物流专项"}, "attributes 应是列表"),
        ({"name": "费率于收费", "phrases": ["工本费"]}, {}, "没有标签 “费率于收费”。是否想写 “费率与收费”"),
        ({"name": "没有", "drop": True}, {}, "drop 的标签 “没有” 不存在"),
    ],
)
def test_faults_of_a_small_file_are_said(tmp_path, tag, keys, sentence):
    with pytest.raises(ParamsError, match=sentence):
        extended(tmp_path, tag, **keys)


def test_a_small_file_renames_a_tag_that_keeps_rules_corrections_and_place(tmp_path):
    before = library.load("finance")
    old = before.tag("费率与收费")
    bank = extended(tmp_path, {"name": "收费争议", "code": old.code, "phrases": ["工本费"]})
    new = bank.tag("收费争议")
    assert set(new.phrases) == {*old.phrases, "工本费"} and new.parent == old.parent
    assert bank.names.index("收费争议") == before.names.index("费率与收费")
    held = pd.DataFrame({"feedback_id": ["1", "2"], "tags": [old.code, "费率与收费"]})
    assert corrections.read(held, bank)["tags"].tolist() == ["收费争议", "收费争议"]


def test_what_stood_below_a_renamed_tag_stays_there(tmp_path):
    write(tmp_path)
    file = tmp_path / "own.yaml"
    file.write_text("extends: mine.yaml\ntags:\n  - {name: 破, code: B}\n", encoding="utf-8")
    assert library.load("own.yaml", folder=tmp_path).tag("真坏").parent == "破"


def test_diff_names_every_change_word_by_word(tmp_path):
    old = library.load(write(tmp_path), folder=tmp_path)
    tags = [{**SMALL["tags"][0], "phrases": ["太慢", "好慢"], "name": "迟"}, SMALL["tags"][1]]
    new = library.load(write(tmp_path, tags=tags, version="2"), folder=tmp_path)
    changes = versions.diff(old, new)[["field", "change", "old", "new"]].to_numpy().tolist()
    assert ["version", "修改", "1", "2"] in changes and ["name", "修改", "慢", "迟"] in changes
    assert ["phrases", "新增", "", "好慢"] in changes and ["tag", "删除", "真坏", ""] in changes
    assert versions.diff(old, old).empty


def test_coverage_counts_rules_that_never_spoke_and_other(tmp_path, make):
    loaded = library.load(write(tmp_path), folder=tmp_path)
    by_rule, by_tag = versions.coverage(make("太慢", "太慢，坏了", "没有坏了", "嗯"), loaded)
    lines = by_rule.set_index("rule")
    assert lines.loc["太慢", ["hits", "unique", "conflict"]].tolist() == [2, 1, 1]
    assert lines.loc["坏了", "negated"] == 1 and lines.loc["烂透", "hits"] == 0
    assert by_tag.iloc[-1].tolist() == ["其他", 2, 0.5]


def test_twenty_thousand_phrases_work(make):
    words = tuple(f"词{chr(0x4E00 + i // 200)}{chr(0x5E00 + i % 200)}" for i in range(20_000))
    big = Taxonomy(
        name="big",
        attributes=("甲", "其他"),
        tags=(
            Tag(name="多", code="M", parent="甲", phrases=words),
            Tag(name="其他", code="O", parent="其他"),
        ),
    )
    frame = make(f"他说{words[0]}和{words[-1]}")
    assert rules.votes(frame, big)["evidence"].tolist() == [words[0], words[-1]]


GUIDE = Path(__file__).parents[2] / "docs" / "tagging.md"
WRITTEN = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
BLOCKS = [block for block in WRITTEN if "tags:" in block]


@pytest.mark.parametrize("block", BLOCKS, ids=["extended", "from scratch"])
def test_the_examples_of_the_guide_load(block, tmp_path):
    file = tmp_path / "guide.yaml"
    file.write_text(block, encoding="utf-8")
    assert library.load("guide.yaml", folder=tmp_path).names


def test_the_guide_lists_every_pack_with_its_tags():
    text = GUIDE.read_text(encoding="utf-8")
    for name in library.packs():
        assert f"| {name} | {library.load(name).title} | {'、'.join(library.load(name).names[:-1])} |" in text


def test_a_copy_makes_its_look_ups_anew():
    before = library.load("ecommerce")
    used = (before.by_name, before.aliases, before.attributes_by_tag, hash(before))
    renamed = before.tags[0].model_copy(update={"name": "配送太慢"})
    after = before.model_copy(update={"tags": (renamed, *before.tags[1:])})
    assert "配送太慢" in after.by_name and "物流延迟" not in after.by_name
    assert after.aliases["EC-LOG"] == "配送太慢" and after.attributes_by_tag["配送太慢"] == "服务流程"
    assert hash(after) != hash(before) and after != before
    assert used == (before.by_name, before.aliases, before.attributes_by_tag, hash(before))
