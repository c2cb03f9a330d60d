"""A report is made of data that has come: what is missing is said by source, waited for, told."""

import json
from threading import Timer

import pytest

from tests.run.conftest import FAST, clock, write_project
from voc_lib import cli, params
from voc_lib.errors import ArrivalError, ParamsError
from voc_lib.run import arrival
from voc_lib.run.record import runs
from voc_lib.run.workflow import pipeline
from voc_lib.verbs import running

HEAD = "工单号,反馈内容,创建时间\n"


def rows(*days, start=1):
    lines = (f"T{n},第 {n} 个包裹一直没有送到,{day}\n" for n, day in enumerate(days, start))
    return HEAD + "".join(lines)


@pytest.fixture
def shop(tmp_path, two_steps):
    """Write a project with `expect` of its source (and more params); its settings."""
    write_project(tmp_path, FAST)
    (tmp_path / "data" / "工单.csv").unlink()
    file = tmp_path / "params.yaml"
    words = file.read_text(encoding="utf-8")

    def write(expect, more=""):
        file.write_text(words.replace("channel:", f"expect: {expect}, channel:") + more, encoding="utf-8")
        return params.load(file)

    return write


def put(settings, *days, name="a.csv", start=1):
    (settings.folder / "data" / name).write_text(rows(*days, start=start), encoding="utf-8")


def trace(settings):
    return [
        json.loads(p.read_text(encoding="utf-8")) for p in settings.outputs.glob("failed/*/*/*/error.json")
    ]


def test_a_source_without_a_file_publishes_nothing_and_leaves_a_trace(shop):
    settings = shop("{rows: 1}")
    with pytest.raises(ArrivalError, match=r"来源 工单：应有文件 data/\*\.csv，还没有文件(.|\n)*现场保存在"):
        pipeline.run(settings, clock=clock)
    (about,) = trace(settings)
    assert about["exit_code"] == 11 and about["kind"] == "ArrivalError"
    assert "数据未到" in (settings.outputs / "index.html").read_text(encoding="utf-8")
    assert not runs.published_folder(settings).exists()


@pytest.mark.parametrize(
    ("expect", "days", "words"),
    [
        ("{rows: 3}", ["2026-09-01", "2026-09-02", "2026-08-30"], "2026-09 应有 3 条以上，只有 2 条"),
        ("{within_days: 3}", ["2026-09-26"], "2026-09-30 之前 3 天内的反馈，最新一条是 2026-09-26"),
        ("{within_days: 3}", ["2026-10-02", "2026-09-01"], "最新一条是 2026-09-01"),
        ("{within_days: 0}", ["2026-10-01"], "没有一条"),
    ],
)
def test_too_few_or_too_old_rows_are_said_with_what_was_expected(shop, expect, days, words):
    settings = shop(expect)
    put(settings, *days)
    with pytest.raises(ArrivalError, match="来源 工单：") as error:
        pipeline.run(settings, clock=clock)
    assert words in str(error.value) and "请补齐数据后再运行" in str(error.value)
    assert len(trace(settings)) == 1 and not list((settings.outputs / ".staging").iterdir())


def test_what_has_come_is_reported_on(shop):
    settings = shop("{rows: 2, within_days: 3}")
    put(settings, "2026-09-01", "2026-09-27")
    assert not pipeline.run(settings, clock=clock).unchanged


def test_an_unfinished_period_is_measured_from_today(shop):
    settings = shop("{within_days: 2}")
    put(settings, "2026-09-08")
    arrival.require(settings, clock().date().replace(month=9, day=10))
    with pytest.raises(ArrivalError, match="2026-09-11 之前 2 天内"):
        arrival.require(settings, clock().date().replace(month=9, day=11))


def test_archived_rows_count(shop):
    from voc_lib.collect import archive, gather

    settings = shop("{rows: 3}")
    put(settings, "2026-09-01", "2026-09-02")
    archive.write(gather(settings).feedback, settings.archive)
    (settings.folder / "data" / "a.csv").unlink()
    put(settings, "2026-09-03", name="b.csv", start=3)
    arrival.require(settings, clock().date())


def test_nothing_is_checked_where_nothing_changed_or_only_a_part_is_run(shop):
    settings = shop("{rows: 1}")
    put(settings, "2026-09-01")
    pipeline.run(settings, clock=clock)
    stricter = shop("{rows: 9}")
    assert pipeline.run(stricter, clock=clock).unchanged


def test_a_run_waits_for_the_data_and_then_reports(shop, monkeypatch, capsys):
    monkeypatch.setattr(running, "seconds", lambda span: {"1m": 0.2, "9m": 60}[span])
    settings = shop("{rows: 1}", "wait: {every: 1m, at_most: 9m}\n")
    Timer(0.7, put, [settings, "2026-09-01"]).start()
    assert cli.call(["run", str(settings.file), "--no-notice"]) == 0
    assert "数据未到，1m 后再看，最多等 9m。" in capsys.readouterr().out
    assert trace(settings) == [] and runs.published_folder(settings).exists()


def test_a_run_waits_no_longer_than_told_and_leaves_one_trace(shop, monkeypatch, capsys):
    monkeypatch.setattr(running, "seconds", lambda span: {"1m": 0.5, "2m": 3}[span])
    settings = shop("{rows: 1}", "wait: {every: 1m, at_most: 2m}\n")
    assert cli.call(["run", str(settings.file)]) == 11
    seen = capsys.readouterr()
    assert 1 <= seen.out.count("后再看") <= 6 and "数据未到" in seen.err and len(trace(settings)) == 1


def test_check_says_whether_the_data_has_come(shop, capsys):
    settings = shop("{rows: 2}")
    put(settings, "2026-09-01")
    assert cli.call(["check", str(settings.file), "--data"]) == 11
    assert "✗ 数据到齐：2026年9月的数据未到" in capsys.readouterr().err
    put(settings, "2026-09-02", name="b.csv", start=2)
    assert cli.call(["check", str(settings.file), "--data"]) == 0
    assert "✓ 数据到齐" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("expect", "more", "words"),
    [
        ("{}", "", "rows 与 within_days 至少写一个"),
        ("{rows: 0}", "", "应 ≥ 1"),
        ("{row: 5}", "", "是否想写 “rows”"),
        ("{rows: 5}", "wait: {every: 5s, at_most: 2h}\n", "“5s” 应写成 30m"),
    ],
)
def test_expectations_are_checked_before_anything(shop, expect, more, words):
    with pytest.raises(ParamsError, match=words):
        shop(expect, more)
