"""What has no tag, taken over group by group: files written, undone, refused."""

import shutil

import pytest

from tests.widgets.gym import PARAMS
from voc_lib import cli, params
from voc_lib.run.workflow.step import open_step
from voc_lib.widgets import rewrite, suggestions


@pytest.fixture
def gym(opened_gym, tmp_path):
    return shutil.copytree(opened_gym, tmp_path / "gym")


@pytest.fixture
def panel(gym):
    made = suggestions.panel(open_step("04_analyse", str(gym / "params.yaml")))
    made.look()
    return made


def files(gym):
    return sorted(file.name for file in gym.glob("taxonomy_*.yaml"))


def test_one_key_makes_a_group_a_tag_and_the_params_name_it(panel, gym, forked):
    named = panel.name.value
    panel.press(" ")
    settings = params.load(gym / "params.yaml")
    assert settings.params.industry == "taxonomy_2026-09.yaml"
    assert "industry: taxonomy_2026-09.yaml   # 先用电商的" in settings.file.read_text(encoding="utf-8")
    assert (
        f"“{named}” 已写入 taxonomy_2026-09.yaml" in panel.said.value and "由 60.0% 变为" in panel.said.value
    )
    shutil.rmtree(settings.outputs)
    again = open_step("04_analyse", str(gym / "params.yaml")).read("tagged")
    assert (again["primary_tag"] == named).sum() == panel.found[0].n


def test_a_second_group_goes_into_the_same_file_under_the_name_given(panel, gym):
    panel.press(" ")
    of, more = (
        ("泳池", "泳池水质 泳池救生员") if "泳池" in panel.name.value else ("年卡", "年卡转让 年卡冻结")
    )
    panel.name.value, panel.phrases.value = of, f"{of}，{more}"
    panel.press(" ")
    assert files(gym) == ["taxonomy_2026-09.yaml"] and not panel.said.value.count("error")
    taxonomy = open_step("04_analyse", str(gym / "params.yaml")).taxonomy
    assert of in taxonomy.tag(of).phrases and "已写入" in panel.said.value


def test_undo_leaves_every_file_as_it_was(panel, gym):
    before = (gym / "params.yaml").read_bytes()
    panel.press(" ")
    panel.press("/")
    assert (gym / "params.yaml").read_bytes() == before and files(gym) == []
    assert panel.at == 0 and not panel.name.disabled
    panel.press(".")
    panel.press(" ")
    assert files(gym) == ["taxonomy_2026-09.yaml"]


def test_a_name_that_is_taken_is_refused_and_nothing_written(panel, gym):
    panel.name.value = "物流慢"  # another name of 物流延迟
    panel.press(" ")
    assert "物流慢" in panel.said.value and files(gym) == [] and panel.at == 0


def test_the_name_of_a_tag_there_is_gets_the_words(panel, gym):
    panel.name.value = "服务态度"
    panel.press(" ")
    taxonomy = open_step("04_analyse", str(gym / "params.yaml")).taxonomy
    assert set(panel.found[0].phrases) <= set(taxonomy.tag("服务态度").phrases)


def test_params_changed_meanwhile_are_left_alone(panel, gym):
    (gym / "params.yaml").write_text(PARAMS + "seed: 7\n", encoding="utf-8")
    panel.press(" ")
    assert "被改过" in panel.said.value and files(gym) == []


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ('industry: "ecommerce"', "industry: 自己的.yaml"),
        ("industry:    'ecommerce' # 行业", "industry:    自己的.yaml # 行业"),
    ],
)
def test_however_industry_is_written(gym, line, written):
    file = gym / "params.yaml"
    file.write_text(PARAMS.replace("industry: ecommerce   # 先用电商的", line), encoding="utf-8")
    (gym / "自己的.yaml").write_text("extends: ecommerce\ntags: []\n", encoding="utf-8")
    made = rewrite.industry(params.load(file), "自己的.yaml", seen=rewrite.stamp(file))
    assert made.params.industry == "自己的.yaml" and written in file.read_text(encoding="utf-8")


def test_the_command_takes_all_over(gym, capsys):
    assert cli.call(["taxonomy", "suggest", str(gym / "params.yaml"), "--accept"]) == 0
    assert "industry 是 taxonomy_2026-09.yaml" in capsys.readouterr().out
    assert params.load(gym / "params.yaml").params.industry == "taxonomy_2026-09.yaml"
