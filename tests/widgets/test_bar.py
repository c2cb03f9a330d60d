"""The bar: lamps say what has changed since a step ran, a step is run again from the notebook."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from voc_lib import params
from voc_lib.register import store
from voc_lib.run.record import lamps
from voc_lib.run.record.lamps import FRESH, MISSING, STALE
from voc_lib.run.steps import STEPS
from voc_lib.run.workflow.step import open_step
from voc_lib.widgets import above, bar
from voc_lib.widgets.running import Running

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def lit(shop):
    return {lamp.spec.number: lamp for lamp in lamps.lit(params.load(shop / "params.yaml"))}


def test_what_ran_is_fresh_and_what_did_not_is_missing(shop):
    states = {number: lamp.state for number, lamp in lit(shop).items()}
    assert (states["02"], states["03"]) == (FRESH, FRESH)
    assert set(states.values()) == {FRESH, MISSING} and states["04"] == states["08"] == MISSING


def test_a_step_opened_by_hand_has_the_bar_and_one_in_a_run_has_not(shop, step, tmp_path):
    mine = above.bar(step)
    assert mine.step == "04_analyse" and mine.settings.period == step.period
    assert above.bar(open_step("04_analyse", str(shop / "params.yaml"), folder=str(tmp_path))) is None


def test_a_workbench_speaks_plainly_once_it_has_its_bar(shop, monkeypatch):
    spoken = []
    monkeypatch.setattr(bar, "speak_plainly", lambda: spoken.append(True))
    bar.panel(str(shop / "params.yaml"), here="5")
    assert spoken == [True]


def test_every_numbered_notebook_ends_its_opening_with_the_bar():
    for spec in STEPS:
        cells = json.loads((NOTEBOOKS / f"{spec.name}.ipynb").read_text(encoding="utf-8"))["cells"]
        opening = [cell["source"] for cell in cells if "above.bar(step)" in "".join(cell["source"])]
        assert len(opening) == 1 and opening[0][-1] == "above.bar(step)", spec.name


def written(file, old, new):
    words = file.read_text(encoding="utf-8")
    assert old in words
    file.write_text(words.replace(old, new, 1), encoding="utf-8")


def data(shop, step):
    written(shop / "data" / "工单.csv", "今天天气不错", "今天天气很差")


def name(shop, step):
    written(shop / "params.yaml", "channel: 在线客服", "channel: 电话")


def taxonomy(shop, step):
    mine = "extends: ecommerce\ntags:\n  - {name: 新词, code: T1, parent: 服务流程, phrases: [新词]}\n"
    (shop / "mine.yaml").write_text(mine, encoding="utf-8")
    written(shop / "params.yaml", "industry: ecommerce", "industry: mine.yaml")


def correction(shop, step):
    store.add_correction(step.register, "工单:F000", "EC-PRI", who="王敏", at=datetime(2026, 10, 1, 9))


@pytest.mark.parametrize(
    ("change", "number", "words"),
    [
        (data, "02", "数据文件"),
        (name, "02", "参数"),
        (taxonomy, "03", "标签体系"),
        (correction, "03", "登记库里人工填写的内容"),
    ],
)
def test_what_was_changed_is_named_and_what_reads_it_is_stale_too(shop, step, change, number, words):
    change(shop, step)
    now = lit(shop)
    assert now[number].state == STALE and words in now[number].changed
    assert now["03"].state == STALE and (number == "03" or now["03"].before == ("02",))


def test_the_bar_says_report_period_and_why_a_step_is_stale(shop, step):
    correction(shop, step)
    made = bar.panel(str(shop / "params.yaml"), here="3")
    assert "<b>小店</b> · 2026年9月" in made.head.value and "1 步过期，10 步没有算过" in made.head.value
    assert "03 整理与打标：过期；改动了登记库里人工填写的内容" in made.about.value
    made.pick("step:02_collect")
    assert made.step == "02_collect" and "02 收集与标准化：最新" in made.about.value
    made.pick("step:<b>")
    assert made.step == "02_collect"


def test_a_run_that_fails_is_told_in_its_sentence(shop):
    made = bar.panel(str(shop / "params.yaml"), here="3")
    (shop / "data" / "工单.csv").unlink()
    made.run()
    made.run()  # a second click changes nothing
    made.running.thread.join(60)
    assert "找不到文件 data/工单.csv" in made.said.value and not made.again.disabled
    assert made.progress.layout.display == "none"


def test_a_call_is_heard_and_can_be_stopped():
    ended = []
    running = Running(lambda *_: None, lambda *told: ended.append(told))
    running.start(["--version"])
    running.thread.join(60)
    assert ended[0][0] == 0 and ended[0][1].startswith("voc ")
    running.start(["sample", "/dev/null/never"])
    running.stop()
    running.thread.join(60)
    assert ended[1][0] != 0
