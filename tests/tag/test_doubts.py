"""What a taxonomy says that its author hardly meant."""

from pathlib import Path

import pytest
import yaml

from voc_lib.tag import library
from voc_lib.tag.doubts import doubts


def found(folder, *tags, **keys):
    written = {"attributes": ["甲"], "tags": [{"parent": "甲", **tag} for tag in tags], **keys}
    (folder / "mine.yaml").write_text(yaml.safe_dump(written, allow_unicode=True), encoding="utf-8")
    return doubts(library.load("mine.yaml", folder=folder), library.chain("mine.yaml", folder))


SLOW = {"name": "慢", "code": "S", "phrases": ["退款慢"]}
CASES = {
    "no rule": ([SLOW, {"name": "空", "code": "E"}], "“空”：没有任何规则"),
    "cancelled": (
        [{**SLOW, "phrases": ["慢吞吞"], "exclusions": ["慢吞"]}],
        "“慢吞吞” 含有它自己的排除词 “慢吞”",
    ),
    "pair twice": ([{**SLOW, "pairs": [["快递", "慢"], ["慢", "快递", 3]]}], "词对 “慢…快递” 写了两次"),
    "pattern of two": (
        [{**SLOW, "patterns": ["慢了.天"]}, {"name": "晚", "code": "L", "patterns": ["慢了.天"]}],
        "正则 “慢了.天” 同时属于标签 “慢” 和 “晚”",
    ),
    "hidden": (
        [SLOW, {"name": "晚", "code": "L", "phrases": ["退款慢死了"]}],
        "“退款慢” 在 “晚” 的 “退款慢死了” 里不算",
    ),
}


@pytest.mark.parametrize(("tags", "words"), CASES.values(), ids=CASES)
def test_each_doubt_is_one_sentence(tmp_path, tags, words):
    (said,) = found(tmp_path, *tags)
    assert words in said


def test_an_example_says_that_a_longer_phrase_is_meant(tmp_path):
    meant = {"name": "晚", "code": "L", "phrases": ["退款慢死了"], "include": ["退款慢死了"]}
    assert found(tmp_path, SLOW, meant) == []


def test_words_taken_away_that_were_never_there_get_a_hint(tmp_path):
    file = tmp_path / "bank.yaml"
    file.write_text(
        "extends: finance\ntags: [{name: 费率与收费, without: [手续费太高高]}]\n", encoding="utf-8"
    )
    bank = library.load("bank.yaml", folder=tmp_path)
    (said,) = [w for w in doubts(bank, library.chain("bank.yaml", tmp_path)) if "without" in w]
    assert "without 里的 “手续费太高高” 本来就没有。是否想写" in said


@pytest.mark.parametrize("name", library.packs())
def test_packs_raise_no_doubt(name):
    assert doubts(library.load(name), library.chain(name, Path())) == []
