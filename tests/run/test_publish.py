"""All or nothing: whatever write fails, the last published run stays as it was."""

import builtins
import errno
import io
import json
import os
import shutil

import pytest

from tests.run.conftest import clock
from voc_lib.errors import LockedError, ParamsError, PublishError
from voc_lib.run.publish import folders
from voc_lib.run.record import manifest, runs
from voc_lib.run.workflow import engine, pipeline


@pytest.fixture
def quick(monkeypatch, settings):
    """The pipeline with steps that take no time: only its own writing is looked at."""

    def execute(spec, settings, folder, *, node, limits):
        engine.write(engine.clean(node, parameters={}), folder / "notebooks" / f"{spec.name}.ipynb")

    monkeypatch.setattr(engine, "execute", execute)
    return settings


class Disk:
    """Counts what is written below a folder and refuses the n-th write as a full disk does."""

    def __init__(self, monkeypatch, folder, fails_at):
        self.folder, self.fails_at, self.count = str(folder), fails_at, 0
        for module, names in (
            (os, ("mkdir", "rename", "replace", "fsync")),
            (io, ("open",)),
            (builtins, ("open",)),
        ):
            for name in names:
                monkeypatch.setattr(module, name, self.wrap(getattr(module, name), name))

    def wrap(self, real, name):
        def guarded(*args, **kwargs):
            mode = str(kwargs.get("mode", args[1] if len(args) > 1 else "r"))
            writes = name != "open" or set(mode) & set("wax+")
            if writes and (name == "fsync" or str(args[0]).startswith(self.folder)):
                self.count += 1
                if self.count == self.fails_at:
                    raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **kwargs)

        return guarded


LAST = 12  # writes of publishing, its manifest and the index


def force():
    return pipeline.Choice(force=True)


def test_any_write_may_fail_and_the_last_run_stays(quick, monkeypatch):
    """Each third write, and all of the last ones, with which a run is published."""
    first = pipeline.run(quick, clock=clock)
    with monkeypatch.context() as patch:
        disk = Disk(patch, quick.outputs, fails_at=0)
        before = json.dumps(pipeline.run(quick, clock=clock, choice=force()).manifest)
    writes = disk.count
    assert writes > 40
    for number in sorted({*range(1, writes + 1, 3), *range(writes - LAST, writes + 1)}):
        with monkeypatch.context() as patch:
            disk = Disk(patch, quick.outputs, number)
            try:
                pipeline.run(quick, clock=clock, choice=force())
            except PublishError as error:
                assert error.exit_code == 8
        assert disk.count >= number
        after = runs.read(first.folder)
        assert after is not None and not manifest.verify(first.folder), number
        if json.dumps(after) != before:  # published; only what comes after it failed
            before = json.dumps(after)
    assert not list((quick.outputs / ".staging").iterdir())


def test_a_second_publication_takes_the_place_of_the_first_whole(tmp_path):
    for number in ("1", "2"):
        staging = folders.stage(tmp_path, "a", "2026-09", f"20260101T00000{number}-abcdef")
        (staging / "run.json").write_text(number)
        (staging / f"only_{number}").write_text("")
        folders.publish(staging, tmp_path / "a" / "2026-09")
    target = tmp_path / "a" / "2026-09"
    assert (target / "run.json").read_text() == "2" and not (target / "only_1").exists()
    assert not list((tmp_path / ".staging").iterdir())


def test_without_an_exchange_the_old_run_comes_back_when_the_new_one_cannot(tmp_path, monkeypatch):
    target = tmp_path / "a" / "2026-09"
    shutil.copytree(folders.stage(tmp_path, "a", "2026-09", "20260101T000000-abcdef"), target)
    (target / "run.json").write_text("old")
    monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    staging = folders.stage(tmp_path, "a", "2026-09", "20260101T000001-abcdef")
    real, calls = os.rename, []

    def second_fails(*args, **kwargs):
        calls.append(args)
        if len(calls) == 2:
            raise OSError(errno.EIO, "I/O error")
        return real(*args, **kwargs)

    monkeypatch.setattr(os, "rename", second_fails)
    with pytest.raises(PublishError, match="上一次的结果没有改变"):
        folders.publish(staging, target)
    assert (target / "run.json").read_text() == "old"


def test_sweep_puts_back_what_was_swapped_away_and_touches_no_other_report(tmp_path):
    old = folders.stage(tmp_path, "a", "2026-09", "20260101T000000-abcdef.old")
    (old / "run.json").write_text("old")
    folders.stage(tmp_path, "a", "2026-09", "20260101T000001-abcdef")
    other = folders.stage(tmp_path, "a-2026", "2026-09", "20260101T000002-abcdef")
    (tmp_path / "a").mkdir()
    folders.sweep(tmp_path, "a")
    assert (tmp_path / "a" / "2026-09" / "run.json").read_text() == "old"
    assert list((tmp_path / ".staging").iterdir()) == [other]


def test_one_report_runs_once_at_a_time(tmp_path):
    refused = pytest.raises(LockedError, match="“a” 正在另一处运行")
    with folders.locked(tmp_path, "a"), folders.locked(tmp_path, "b"), refused, folders.locked(tmp_path, "a"):
        pass
    with folders.locked(tmp_path, "a"):
        pass


def test_a_report_cannot_take_a_reserved_name(tmp_path):
    with (
        pytest.raises(ParamsError, match="“archive” 是输出文件夹里的保留名"),
        folders.locked(tmp_path, "archive"),
    ):
        pass


def test_too_small_a_disk_is_said_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "LEAST_FREE", 2**60)
    with pytest.raises(PublishError, match=r"磁盘空间不足.*至少需要"):
        folders.require_space(tmp_path, tmp_path / "none")


def test_staging_is_private_and_the_published_run_is_not(quick):
    staging = folders.stage(quick.outputs, "a", "2026-09", "20260101T000000-abcdef")
    assert staging.stat().st_mode & 0o777 == 0o700
    folder = pipeline.run(quick, clock=clock).folder
    assert folder.stat().st_mode & 0o777 == 0o777 & ~folders._umask()


def test_only_the_last_failures_are_kept(tmp_path):
    staging = folders.stage(tmp_path, "a", "2026-09", "20260101T000000-abcdef")
    for number in range(8):
        folders.keep_failure(staging, tmp_path / "failed" / "a" / f"run{number}", {"message": "x"})
    assert [p.name for p in sorted((tmp_path / "failed" / "a").iterdir())] == [f"run{n}" for n in range(3, 8)]
