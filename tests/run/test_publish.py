"""All or nothing: whatever write fails, the last published run stays as it was."""

import builtins
import errno
import io
import json
import os
import threading

import pytest

from tests.run.conftest import clock
from voc_lib import locks
from voc_lib.errors import PublishError
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


def test_of_two_runs_that_end_together_the_later_writes_the_index_of_both(tmp_path):
    (tmp_path / ".locks").mkdir()
    with locks.held(tmp_path / ".locks" / "index.html.lock", patience=0, busy=""):
        second = threading.Thread(target=pipeline.site, args=(tmp_path,))
        second.start()
        second.join(0.2)
        assert second.is_alive() and not (tmp_path / "index.html").exists()
    second.join(30)
    assert (tmp_path / "index.html").is_file()


def test_staging_is_private_and_the_published_run_is_not(quick):
    staging = folders.stage(quick.outputs, "a", "2026-09", "20260101T000000-abcdef")
    assert staging.stat().st_mode & 0o777 == 0o700
    folder = pipeline.run(quick, clock=clock).folder
    assert folder.stat().st_mode & 0o777 == 0o777 & ~folders._umask()
