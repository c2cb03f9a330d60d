"""A correction wins over the rules in the next run, again after that, and after its tag got another name."""

from datetime import datetime

import pytest

from voc_lib import cli, schema
from voc_lib.register import store
from voc_lib.run import steps
from voc_lib.run.workflow import engine
from voc_lib.run.workflow.step import open_step

pytestmark = pytest.mark.usefixtures("forked")
AT = datetime(2026, 10, 1, 9, 0)
RENAMED = """extends: ecommerce
tags:
  - {name: 价格与优惠, drop: true}
  - {name: 价格争议, code: EC-PRI, parent: 服务流程, phrases: [太贵]}
"""


def tagged_again(shop):
    """What step 3 makes of the project now."""
    step = open_step("03_clean_and_tag", str(shop / "params.yaml"))
    engine.execute(steps.find(step.spec.name), step.settings, step.folder, limits=engine.Limits())
    after = open_step("04_analyse", str(shop / "params.yaml"))
    return after.read("tagged").set_index("feedback_id"), after.read("tags")


def test_a_correction_survives_another_run_and_another_name(shop, step):
    store.add_correction(step.register, "工单:F000", "EC-PRI", who="王敏", at=AT)
    store.add_correction(step.register, "of-another-report", "XX-GONE", who="王敏", at=AT)
    params = shop / "params.yaml"
    (shop / "mine.yaml").write_text(RENAMED, encoding="utf-8")
    params.write_text(params.read_text(encoding="utf-8").replace("ecommerce", "mine.yaml"), encoding="utf-8")
    tagged, tags = tagged_again(shop)
    assert tagged.loc["F000", ["tags", "primary_tag", "attribute"]].tolist() == [
        "价格争议",
        "价格争议",
        "服务流程",
    ]
    line = tags[(tags["feedback_id"] == "F000") & tags["primary"]]
    assert line["by"].tolist() == ["人工"]
    assert tagged.loc["F005", "primary_tag"] == "物流延迟"  # the same words, not corrected


def test_issues_people_put_together_and_took_apart_stay_so_in_the_next_run(shop, step):
    for ident, value in {
        "工单:F001": "工单:F000",
        "工单:F006": schema.ALONE,
        "工单:F002": "工单:gone",
    }.items():
        store.add_correction(step.register, ident, value, who="王敏", at=AT, field="issue_id")
    tagged, _ = tagged_again(shop)
    assert tagged.loc["F001", "issue_id"] == tagged.loc["F000", "issue_id"]
    assert tagged.loc["F001", "duplicate_kind"] == "人工归并"
    alone = tagged[tagged["issue_id"] == tagged.loc["F006", "issue_id"]]
    assert alone.index.tolist() == ["F006"]


@pytest.mark.parametrize(
    ("codes", "code", "words"),
    [("EC-LOG", 0, "✓ 登记库：1 条人工更正"), ("XX-GONE", 2, "标签代码：XX-GONE（1 条）")],
)
def test_check_counts_corrections_and_names_lost_codes(shop, step, capsys, codes, code, words):
    store.add_correction(step.register, "工单:F000", codes, who="王敏", at=AT)
    assert cli.call(["check", str(shop / "params.yaml")]) == code
    seen = capsys.readouterr()
    assert words in seen.out + seen.err
