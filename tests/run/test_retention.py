"""Old reports go, and nothing else does."""

import json

import pytest

from voc_lib import cli
from voc_lib.run import retention
from voc_lib.run.publish import folders

MONTHS = [f"2026-{month:02}" for month in range(1, 11)]


@pytest.fixture
def outputs(tmp_path):
    """Ten months and two quarters of a report, a second report, archive, register, keys and a failed run."""
    for name, periods in (("店", [*MONTHS, "2026-Q1", "2026-Q2"]), ("乙", ["2026-01"])):
        for period in periods:
            folder = tmp_path / name / period
            (folder / "reports").mkdir(parents=True)
            (folder / "reports" / "08.html").write_text("x", encoding="utf-8")
            about = {"run_id": "r", "name": name, "period": period, "files": [{"path": "reports/08.html"}]}
            (folder / "run.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
    for path in ("archive/店/2026-01.parquet", "register.db", ".keys/key", "failed/店/2026-01/r/error.json"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("{}", encoding="utf-8")
    return tmp_path


def left(outputs):
    return sorted(p.name for p in (outputs / "店").iterdir())


def everything(outputs):
    return sorted(str(p.relative_to(outputs)) for p in outputs.rglob("*") if p.is_file())


def test_the_last_ones_and_each_quarters_last_stay(outputs, capsys):
    before = everything(outputs)
    assert cli.call(["prune", str(outputs), "--keep", "2"]) == 0
    seen = capsys.readouterr().out
    assert everything(outputs) == before and seen.count("会删除") == 6 and "要删请加 --delete" in seen
    assert cli.call(["prune", str(outputs), "--keep", "2", "--delete"]) == 0
    assert left(outputs) == ["2026-03", "2026-06", "2026-09", "2026-10", "2026-Q1", "2026-Q2"]
    gone = {f"店/2026-{m:02}/{file}" for m in (1, 2, 4, 5, 7, 8) for file in ("run.json", "reports/08.html")}
    now = set(everything(outputs))
    assert set(before) - now == gone and all(".lock" in path or "index" in path for path in now - set(before))
    assert cli.call(["prune", str(outputs), "--keep", "2", "--delete"]) == 0
    assert "没有可以删除的报告" in capsys.readouterr().out


def test_a_quarter_without_its_last_month_keeps_the_last_it_has(outputs):
    reports = [r for r in retention.published(outputs) if r.name == "店" and r.period.label != "2026-03"]
    going = {report.period.label for report in retention.dispensable(reports, 1)}
    assert "2026-01" in going and "2026-02" not in going


def test_a_folder_with_files_of_peoples_own_stays_and_is_said(outputs, capsys):
    own = outputs / "店" / "2026-04" / "批注.docx"
    own.write_text("x", encoding="utf-8")
    assert cli.call(["prune", str(outputs), "--keep", "2", "--delete"]) == 2
    assert own.is_file() and (own.parent / "run.json").is_file()
    assert "批注.docx" in capsys.readouterr().err and "2026-05" not in left(outputs)


def test_a_report_under_way_is_left_alone(outputs, capsys):
    with folders.locked(outputs, "店"):
        assert cli.call(["prune", str(outputs), "--keep", "2", "--delete"]) == 75
    assert "正在另一处运行" in capsys.readouterr().err and len(left(outputs)) == 12


def test_a_link_is_never_followed(outputs, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (outputs / "店" / "2026-01").rename(elsewhere / "2026-01")
    (outputs / "店" / "2026-01").symlink_to(elsewhere / "2026-01")
    assert cli.call(["prune", str(outputs), "--keep", "1", "--delete"]) == 2
    assert (elsewhere / "2026-01" / "run.json").is_file()
