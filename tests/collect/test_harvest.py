"""A source that gives nothing, or too little, must not become a report."""

import pandas as pd
import pytest

from voc_lib import collect, params
from voc_lib.collect import harvest
from voc_lib.errors import DataError, EmptyPeriodError

BAD, GOOD = "0{n},9月{n}日,送货太慢", "{n},2026-09-0{n},送货太慢"


@pytest.fixture
def project(tmp_path):
    """Settings over one source with so many usable and unusable rows."""

    def make(good: int, bad: int, **source):
        rows = [GOOD.format(n=n + 1) for n in range(good)] + [BAD.format(n=n + 1) for n in range(bad)]
        (tmp_path / "a.csv").write_text("编号,日期,评论内容\n" + "\n".join(rows) + "\n", encoding="utf-8")
        raw = {
            "name": "示例", "industry": "ecommerce", "period": "2026-09",
            "sources": [{"name": "评论", "path": "a.csv", "channel": "评论", **source}],
        }  # fmt: skip
        file = tmp_path / "params.yaml"
        import yaml

        file.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
        return params.load(file)

    return make


def test_nothing_kept_is_an_error_with_counts_and_reasons(project):
    with pytest.raises(DataError, match=r"来源 评论：读入的 5 行一行也没有保留.*缺年份 5.*a\.csv 第 2 行"):
        collect.load(project(0, 5))


def test_half_lost_is_told_and_by_params_an_error(project):
    assert "读入的 6 行里有 4 行（67%）进入隔离区：反馈时间缺年份 4" in collect.load(project(2, 4)).notes[0]
    with pytest.raises(DataError, match="只保留 2 行，少于参数 least_kept 要求的 50%"):
        collect.load(project(2, 4, least_kept=0.5))


def test_a_whole_source_is_told_of_by_nobody(project):
    settings = project(4, 0, least_kept=1)
    found = collect.load(settings)
    assert harvest.notes(found.reads, found.quarantine) == []
    assert list(found.told["note"]) == list(found.notes)


def test_kinds_of_values_are_told_from_the_file_not_from_the_rows_kept(project):
    headers = collect.gather(project(0, 5)).headers
    assert dict(zip(headers["header"], headers["kind"], strict=True)) == {
        "编号": "数字", "日期": "文字", "评论内容": "文字",
    }  # fmt: skip


def test_reasons_are_counted_by_kind():
    found = pd.Series([f"与第 {n} 行重复" for n in range(3)] + list("甲乙丙丁戊"))
    assert harvest.reasons(found) == "与第 N 行重复 3、丁 1、丙 1、乙 1、戊 1、其他原因 1"
    assert harvest.reasons(pd.Series(["超出 1990–2100 年"] * 2)) == "超出 1990–2100 年 2"


def spoken(*days: str) -> pd.DataFrame:
    return pd.DataFrame({"created_at": pd.to_datetime(list(days)).astype("datetime64[us]")})


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2026-08-31", "2026-10-01"], r"2026-09（2026-09-01 至 2026-09-30）没有.*2 条在 2026-08-31 至"),
        ([], "能用的反馈一条也没有"),
    ],
    ids=["elsewhere", "nothing"],
)  # fmt: skip
def test_a_period_of_which_nothing_arrived_is_no_report(project, days, words):
    settings = project(1, 0)
    with pytest.raises(EmptyPeriodError, match=words):
        harvest.require_period(spoken(*days), spoken(), settings)


def test_who_spoke_by_a_score_alone_or_was_archived_spoke(project):
    harvest.require_period(spoken("2026-08-01"), spoken("2026-09-30 23:59"), project(1, 0))
    harvest.require_period(spoken("2026-09-01"), spoken(), project(1, 0))


def test_an_empty_period_can_be_allowed(project):
    settings = project(1, 0)
    allowed = settings.params.model_copy(update={"allow_empty": True})
    harvest.require_period(spoken(), spoken(), settings.model_copy(update={"params": allowed}))


def test_a_source_with_nothing_of_the_period_is_named_beside_one_that_has(tmp_path):
    import yaml

    head = "编号,日期,评论内容\n"
    (tmp_path / "a.csv").write_text(head + "1,2026-09-01,慢\n2,2026-10-02,坏\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text(head + "1,2026-07-01,慢\n2,2026-08-31,坏\n", encoding="utf-8")
    sources = [{"name": n, "path": f"{n}.csv", "channel": n} for n in "ab"]
    raw = {"name": "示例", "industry": "ecommerce", "period": "2026-09", "sources": sources}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    notes = collect.load(params.load(tmp_path / "params.yaml")).notes
    assert [note for note in notes if "一条也没有" in note] == [
        "来源 b：2026年9月的反馈一条也没有（读到的在 2026-07-01 至 2026-08-31）；请核对是否少了这一期的文件"
    ]


def test_what_was_lost_is_said_last_before_the_rows_and_first_after_a_run(project):
    from voc_lib.collect import noticed

    notes = ["满意度是 1–10 分制，已线性换算为 1–5 分", *collect.load(project(2, 4)).notes]
    done, grave = noticed.parted(notes)
    assert done == notes[:1] and "4 行（67%）进入隔离区" in "".join(grave)
    assert "4 行（67%）进入隔离区" in noticed.ordered(notes)[0]
