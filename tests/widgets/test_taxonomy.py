"""The taxonomy desk: what is written is tried at once, and saved as it was typed."""

import pytest

from voc_lib import params
from voc_lib.errors import ParamsError
from voc_lib.widgets import redraft, taxonomy

RULE = "tags:\n  - {name: 天气, code: T1, parent: 服务流程, phrases: [天气不错]}  # 试试\n"


@pytest.fixture
def desk(step):
    return taxonomy.panel(step)


def test_a_rule_is_counted_and_what_it_moves_is_shown_while_it_is_written(desk):
    assert "0 条换了标签" in desk.head.value and not desk.moved.value
    desk.text.value += RULE
    assert "新写的 1 条规则" in desk.rules.value and "天气不错" in desk.rules.value
    desk.text.value += "  - {name: 功能异常, drop: true}\n"
    moved = desk.before.tags.eq("功能异常").sum()
    assert moved and f" {moved} 条换了标签" in desk.head.value and "<b>功能异常 → " in desk.moved.value
    assert "<li>闪退，打不开" in desk.moved.value
    desk.tag.value = "物流延迟"
    assert "物流延迟 的" in desk.rules.value and "<img" not in desk.rules.value + desk.moved.value


def test_what_is_wrong_is_said_and_the_last_good_one_stays(desk, shop):
    desk.text.value += RULE
    shown = desk.moved.value
    desk.text.value += "  - {name: 天气2, code: T1"
    assert "voc-bad" in desk.head.value and ".part" not in desk.head.value and desk.moved.value == shown
    desk.save()
    assert "voc-bad" in desk.said.value and not list(shop.glob("*taxonomy_*"))
    desk.restore()
    assert "没有错误" in desk.head.value and not desk.moved.value


def test_a_taxonomy_of_ones_own_is_begun_and_written_again_with_its_comments(desk, shop):
    desk.text.value += RULE
    desk.save()
    assert "已写入 taxonomy_2026-09.yaml" in desk.said.value
    settings = params.load(shop / "params.yaml")
    assert settings.params.industry == "taxonomy_2026-09.yaml"
    again = redraft.opened(settings)
    assert again.text.endswith(RULE)
    redraft.saved(again, again.text.replace("天气不错", "今天天气"))
    words = (shop / "taxonomy_2026-09.yaml").read_text(encoding="utf-8")
    assert words.startswith("# 在 ecommerce 上改") and "[今天天气]}  # 试试" in words
    assert "# 认不出的" in (shop / "params.yaml").read_text(encoding="utf-8")


def test_line_ends_and_bom_stay_and_a_file_changed_meanwhile_is_left_alone(desk, shop):
    desk.text.value += RULE
    desk.save()
    file = shop / "taxonomy_2026-09.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    draft = redraft.opened(params.load(shop / "params.yaml"))
    before = file.read_bytes()
    assert redraft.saved(draft, draft.text) and file.read_bytes() == before
    file.write_bytes(before + b"# x\r\n")
    with pytest.raises(ParamsError, match="在打开之后被改过"):
        redraft.saved(draft, draft.text)
    assert file.read_bytes() == before + b"# x\r\n"
