"""Chains through the published tables of the sample, both ways."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from voc_lib.cli import app
from voc_lib.improve import chain

CHAINS = 1500


@pytest.fixture(scope="module")
def tables(project):
    return chain.Tables(*(project.table(name) for name in chain.NAMES))


@pytest.fixture(scope="module")
def drawn(tables):
    rows = chain.links(tables)
    chosen = np.random.default_rng(7).choice(rows["feedback_id"].unique(), CHAINS, replace=False)
    return rows[rows["feedback_id"].isin(chosen)]


def test_chains_run_from_feedback_to_effect(tables, drawn):
    """Each link is checked against the published table it stands in, not against the code that joins them."""
    tagged = tables.tagged.set_index("feedback_id")
    assert drawn["feedback_id"].nunique() == CHAINS and drawn["tag"].notna().all()
    assert (tagged["issue_id"].reindex(drawn["feedback_id"]).to_numpy() == drawn["issue_id"]).all()
    mains = drawn[drawn["primary"]].drop_duplicates("feedback_id").set_index("feedback_id")["tag"]
    assert len(mains) == CHAINS and (mains == tagged["primary_tag"].reindex(mains.index)).all()
    held = drawn[drawn["measure_id"].notna()]
    plan = tables.plan.sort_values("round").groupby("measure_id").last()
    assert (
        len(held) > CHAINS / 2
        and (plan["problem"].reindex(held["measure_id"]).to_numpy() == held["tag"]).all()
    )
    verdicts = tables.effects.set_index("measure_id")["verdict"].reindex(held["measure_id"]).to_numpy()
    pd.testing.assert_series_equal(
        held["verdict"], pd.Series(verdicts, held.index, dtype="str"), check_names=False
    )


def test_chains_run_back_from_measures_to_all_their_feedback(tables, drawn):
    issues = tables.tagged.groupby("issue_id")["feedback_id"].agg(set)
    assert all(
        ident in issues[issue] for ident, issue in zip(drawn["feedback_id"], drawn["issue_id"], strict=True)
    )
    problem = tables.plan.set_index("measure_id")["problem"]
    tags = tables.tags.groupby("tag")["feedback_id"].agg(set)
    rows = chain.links(tables)
    for measure, tag in problem.items():
        back = set(rows.loc[rows["measure_id"] == measure, "feedback_id"])
        assert back == tags.get(tag, set()), measure
        assert set(drawn.loc[drawn["tag"] == tag, "feedback_id"]) <= back


def test_the_evidence_of_a_tag_is_in_the_words_of_its_feedback(tables):
    rules = tables.tags[tables.tags["start"].notna()].merge(
        tables.tagged[["feedback_id", "text"]], on="feedback_id"
    )
    some = rules.sample(CHAINS, random_state=3)
    close = [e.strip()[:1] in text for e, text in zip(some["evidence"], some["text"], strict=True)]
    assert np.mean(close) > 0.95


def test_voc_trace_prints_both_ways_and_nobody_personal(project, tables):
    run = str(project.run)
    mine = tables.tagged[tables.tagged["primary_tag"] == "物流延迟"]["feedback_id"].iloc[0]
    forward = CliRunner().invoke(app, ["trace", run, mine])
    assert forward.exit_code == 0, forward.output
    for word in (
        f"反馈 {mine}",
        "└ 问题 ",
        "标签 物流延迟（主标签）：依据",
        "└ 根因 招聘流程缓慢",
        "└ 措施 M01",
        "└ 成效",
    ):
        assert word in forward.output
    back = CliRunner().invoke(app, ["trace", run, "M04"])
    assert back.exit_code == 0 and "└ 成效 3天发货率：达标" in back.output and "背后的反馈" in back.output
    assert not [
        item["value"] for item in project.truth["personal"] if item["value"] in forward.output + back.output
    ]


def test_a_params_file_is_followed_in_the_run_published_last(project):
    by_run, by_params = (
        CliRunner().invoke(app, ["trace", str(p), "M04"]) for p in (project.run, project.params)
    )
    assert by_params.exit_code == 0, by_params.output
    first, rest = by_params.output.split("\n", 1)
    assert first.endswith(f"最近发布的是 {project.run.name}：") and rest == by_run.output


def test_the_workbook_traces_every_feedback_of_the_period(project, tables):
    traces, said = project.table("traces"), tables.tagged
    month = said[said["created_at"].between("2026-09-01", "2026-10-01", inclusive="left")]
    assert set(traces["feedback_id"]) == set(month["feedback_id"])
    mains = traces[traces["primary"].fillna(False)].drop_duplicates("feedback_id").set_index("feedback_id")
    assert (mains["tag"] == month.set_index("feedback_id")["primary_tag"].reindex(mains.index)).all()
    sheets = openpyxl.load_workbook(project.run / "excel" / "全部发现与追溯.xlsx", read_only=True)
    assert len(list(sheets["追溯"].iter_rows(min_row=2, max_col=1))) == len(traces)


def test_an_id_nobody_has_is_answered_with_the_nearest(project):
    result = CliRunner().invoke(app, ["trace", str(project.run), "M99"])
    assert result.exit_code != 0 and "没有编号为 “M99”" in str(result.exception or result.output)
