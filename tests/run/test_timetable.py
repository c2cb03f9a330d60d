"""Schedules as the programs that read them see them."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from tests.run.conftest import FAST, write_project
from voc_lib import cli, params
from voc_lib.errors import ParamsError
from voc_lib.run import timetable

NAMESPACE = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
ODD = "报表 100% 'a' \"b\" $c & <d>"


@pytest.fixture
def settings(tmp_path):
    """A project in a folder whose name no program can misread without being noticed."""
    folder = tmp_path / ODD
    folder.mkdir()
    write_project(folder, FAST)
    return params.load(folder / "params.yaml")


def made(settings, moment, python="/usr/bin/python3"):
    return timetable.job(settings, moment, python)


@pytest.mark.parametrize("words", ["day 0, 06:00", "day 29, 06:00", "day 2, 24:00", "2", "", "day 2, 6:00"])
def test_a_day_that_some_month_lacks_or_no_time_is_refused(words):
    with pytest.raises(ParamsError, match="应写成"):
        timetable.monthly(words)


@pytest.mark.parametrize("words", ["someday, 06:00", "mon", "mon 25:00", "周八 06:00"])
def test_a_day_no_week_has_is_refused(words):
    with pytest.raises(ParamsError, match="应写成"):
        timetable.weekly(words)


def fields(text):
    (line,) = [line for line in text.splitlines() if re.match(r"[\d*]", line)]
    *when, command = line.split(" ", 5)
    return when, command


def test_the_cron_line_has_five_fields_and_a_command_the_shell_can_run(settings, tmp_path):
    (settings.folder / "voc.env").write_text("SAID='a&b $c'\n")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$SAID" "$PWD" "$@"\n')
    python.chmod(0o755)
    text = timetable.cron(made(settings, timetable.monthly("day 2, 06:05"), str(python)))
    when, command = fields(text)
    assert when == ["5", "6", "2", "*", "*"] and "CRON_TZ=Asia/Shanghai" in text.splitlines()
    assert re.findall(r"(?<!\\)%", command) == []  # cron would end the command there
    shell = command.replace("\\%", "%")
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "a&b $c",
        str(settings.folder),
        "-m",
        "voc_lib.cli",
        "run",
        str(settings.file),
    ]
    assert fields(timetable.cron(made(settings, timetable.weekly("sun, 23:30"))))[0] == [
        "30",
        "23",
        "*",
        "*",
        "0",
    ]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize(
    "moment",
    [timetable.monthly("day 28, 06:05"), timetable.weekly("周五 00:00"), timetable.daily("07:30")],
)
def test_systemd_takes_timer_and_service(settings, tmp_path, moment):
    job = made(settings, moment, "/bin/echo")
    for name in (f"{job.unit}.service", f"{job.unit}.timer"):
        (tmp_path / name).write_text(timetable.files(job)[name], encoding="utf-8")
    paths = [str(tmp_path / f"{job.unit}.{kind}") for kind in ("service", "timer")]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    mine = [line for line in done.stderr.splitlines() if job.unit in line]
    assert done.returncode == 0 and mine == [], done.stderr
    rule = re.search(r"OnCalendar=(.*)", timetable.timer(job))[1]
    shown = subprocess.run(["systemd-analyze", "calendar", rule], capture_output=True, text=True, check=True)
    assert "Asia/Shanghai" in shown.stdout and "Next elapse" in shown.stdout


def test_the_windows_task_is_well_formed_and_says_when_and_what(settings):
    job = made(settings, timetable.monthly("day 2, 06:00"), "C:\\Py & Co\\python.exe")
    root = ET.fromstring(timetable.task(job).encode("utf-16"))
    assert root.find(".//t:StartBoundary", NAMESPACE).text == "2026-01-01T06:00:00+08:00"
    assert root.find(".//t:DaysOfMonth/t:Day", NAMESPACE).text == "2"
    assert len(root.find(".//t:Months", NAMESPACE)) == 12
    assert root.find(".//t:Command", NAMESPACE).text == "C:\\Py & Co\\python.exe"
    assert root.find(".//t:WorkingDirectory", NAMESPACE).text == str(settings.folder)
    week = ET.fromstring(timetable.task(made(settings, timetable.weekly("mon, 06:00"))).encode("utf-16"))
    assert [day.tag.split("}")[1] for day in week.find(".//t:DaysOfWeek", NAMESPACE)] == ["Monday"]


def test_alerts_are_looked_at_every_day_beside_the_monthly_report(settings, tmp_path, capsys):
    there = tmp_path / "到"
    for asked in (["--monthly", "day 2, 06:00"], ["--daily", "07:30", "--alerts"]):
        assert cli.call(["schedule", str(settings.file), *asked, "--to", str(there)]) == 0
    assert "每天 07:30" in capsys.readouterr().out
    assert len({path.name for path in there.iterdir()}) == 8  # neither overwrites the other
    when, command = fields((there / "voc-params-alerts.cron").read_text(encoding="utf-8"))
    assert when == ["30", "7", "*", "*", "*"] and "voc_lib.cli alerts " in command
    task = ET.fromstring((there / "voc-params-alerts.xml").read_text(encoding="utf-16").partition("?>")[2])
    assert task.find(".//t:ScheduleByDay/t:DaysInterval", NAMESPACE).text == "1"
    assert cli.call(["schedule", str(settings.file), "--daily", "7点"]) == 2
    assert cli.call(["schedule", str(settings.file), "--daily", "07:30", "--weekly", "mon, 06:00"]) == 2


def test_the_verb_writes_four_files_and_warns_of_a_fixed_period(settings, tmp_path, capsys):
    there = tmp_path / "到"
    assert cli.call(["schedule", str(settings.file), "--monthly", "day 2, 06:00", "--to", str(there)]) == 0
    seen = capsys.readouterr()
    assert sorted(path.suffix for path in there.iterdir()) == [".cron", ".service", ".timer", ".xml"]
    assert (there / "voc-params.xml").read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert "每月 2 日 06:00，时区 Asia/Shanghai" in seen.out and "period 是 2026-09" in seen.err
    assert cli.call(["schedule", str(settings.file), "--weekly", "mon, 06:00"]) == 0
    assert "OnCalendar=Mon *-*-* 06:00:00 Asia/Shanghai" in capsys.readouterr().out
    assert cli.call(["schedule", str(settings.file)]) == 2
