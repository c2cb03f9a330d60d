"""How a long run says that it is at work: a living line, or a line now and then; results are not touched."""

import io
import time
from types import SimpleNamespace

from rich.console import Console

from voc_lib.run.steps import find
from voc_lib.run.workflow.events import Event
from voc_lib.verbs import progress

STEP = find("02_collect")
REPORT = SimpleNamespace(params=SimpleNamespace(name="一号店"))


def test_a_step_says_how_long_it_is_at_it_and_what_is_left_by_the_last_run():
    now = [100.0]
    under_way = progress.UnderWay(progress.Last({STEP.name: 60.0}), lambda: now[0])
    assert under_way.line() == ""
    under_way.heard(Event("started", STEP, 0, 12))
    assert under_way.line() == "正在运行 02_collect 收集与标准化" and under_way.line(5.0) == ""
    now[0] = 120.0
    assert under_way.line(5.0) == "正在运行 02_collect 收集与标准化（已 20 秒，按上次约还要 40 秒）"
    now[0] = 170.0
    assert under_way.line().endswith("（已 70 秒）")
    under_way.heard(Event("done", STEP, 1, 12, 70.0))
    assert under_way.line() == ""


def test_where_rows_are_known_they_are_said_and_what_is_left_goes_by_them():
    now = [0.0]
    under_way = progress.UnderWay(progress.Last({STEP.name: 60.0}, rows=1_000), lambda: now[0])
    under_way.heard(Event("started", STEP, 0, 12, rows=2_000))
    now[0] = 20.0
    assert under_way.line().endswith("（2,000 行，已 20 秒，按上次约还要 100 秒）")
    assert progress.taken(70.0, 20_000) == "70.0 s，286 行/秒"


def test_without_a_terminal_a_line_comes_now_and_then(monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.01)
    monkeypatch.setattr(progress, "LONG", 0.0)
    monkeypatch.setattr(progress, "last", lambda settings: progress.Last())
    said = io.StringIO()
    with progress.shown(REPORT, Console(file=said, width=20)) as told:
        told(Event("started", STEP, 0, 12))
        end = time.monotonic() + 120
        while "正在运行" not in said.getvalue() and time.monotonic() < end:
            time.sleep(0.01)
        told(Event("done", STEP, 1, 12, 1.0))
    lines = said.getvalue().splitlines()
    assert lines[0].startswith("一号店 正在运行 02_collect 收集与标准化（已 ") and lines[-1].endswith(
        "… 1.0 s"
    )


def test_on_a_dumb_terminal_two_reports_at_a_time_tell_whose_line_it_is(monkeypatch):
    monkeypatch.setattr(progress, "last", lambda settings: progress.Last())
    said = io.StringIO()
    dumb = Console(file=said, force_terminal=True, width=80, _environ={"TERM": "dumb"})
    with progress.shown(REPORT, dumb) as told:
        told(Event("done", STEP, 1, 12, 1.0))
    assert said.getvalue() == "一号店 [1/12] 02_collect 收集与标准化 … 1.0 s\n"
