"""Folders of runs: made in private, on disk before they are shown, swapped whole, swept and kept."""

import ctypes
import errno
import os
import shutil
import stat
from collections import namedtuple
from contextlib import contextmanager

import pytest

from voc_lib.errors import LockedError, ParamsError, PublishError
from voc_lib.run.publish import folders

MB = 2**20
RUN = "20260101T000000-abcdef"


def staged(outputs, words="new", run_id=RUN):
    """A staged run of the report a, with a file in a folder of its own."""
    folder = folders.stage(outputs, "a", "2026-09", run_id)
    (folder / "run.json").write_text(words)
    (folder / "tables" / "x.parquet").write_text(words)
    return folder


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def target(tmp_path):
    """The published run of the report a, told “old”."""
    place = tmp_path / "a" / "2026-09"
    place.mkdir(parents=True)
    (place / "run.json").write_text("old")
    return place


@pytest.fixture
def stubborn(monkeypatch):
    """A disk on which no folder can be removed."""

    def refuse(*given, **named):
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setattr(os, "rmdir", refuse)
    monkeypatch.setattr(os, "unlink", refuse)


def test_the_first_run_makes_the_folders_it_is_published_in(tmp_path):
    staging = tmp_path / "staging"
    staging.mkdir()
    (staging / "run.json").write_text("new")
    folders.publish(staging, tmp_path / "outputs" / "小店" / "2026-09")
    assert (tmp_path / "outputs" / "小店" / "2026-09" / "run.json").read_text() == "new"


@pytest.mark.parametrize(
    "name", ["archive", "Archive", "failed", "index.html", "register.db", "REGISTER.db-wal"]
)
def test_a_report_cannot_take_a_reserved_name(tmp_path, name):
    with (
        pytest.raises(ParamsError, match=f"“{name}” 是输出文件夹里的保留名（archive、failed、"),
        folders.locked(tmp_path, name),
    ):
        pass
    assert not list(tmp_path.iterdir())


def test_outputs_that_are_not_there_are_made_and_another_run_is_told_at_once(tmp_path, monkeypatch):
    asked = []
    held = folders.locks.held
    monkeypatch.setattr(folders.locks, "held", lambda *g, **named: asked.append(named) or held(*g, **named))
    with folders.locked(tmp_path / "new" / "outputs", "示例"):
        assert (tmp_path / "new" / "outputs" / ".locks" / "示例.lock").exists()
    assert [call["patience"] for call in asked] == [0]


def test_a_lock_that_cannot_be_written_is_said_with_its_reason(tmp_path, monkeypatch):
    @contextmanager
    def refused(*given, **named):
        raise OSError(errno.EROFS, "read-only")
        yield

    monkeypatch.setattr(folders.locks, "held", refused)
    with (
        pytest.raises(PublishError, match=r"无法写入输出文件夹 .*：read-only。"),
        folders.locked(tmp_path, "a"),
    ):
        pass


@pytest.mark.parametrize(("last", "needed"), [(0, 200), (150, 300)])
def test_a_disk_needs_room_for_twice_the_last_run_and_200_mb(tmp_path, monkeypatch, last, needed):
    with (tmp_path / "big").open("wb") as file:
        file.truncate(last * MB)
    usage, free = namedtuple("usage", "free"), [needed * MB]
    monkeypatch.setattr(shutil, "disk_usage", lambda place: usage(free[0]))
    folders.require_space(tmp_path, tmp_path)
    free[0] -= MB
    with pytest.raises(PublishError, match=f"只剩 {needed - 1} MB，至少需要 {needed} MB"):
        folders.require_space(tmp_path, tmp_path)
    assert folders.size(tmp_path) == last * MB and folders.size(tmp_path / "none") == 0


def test_a_staged_folder_is_nobody_elses_and_holds_the_parts_of_a_run(tmp_path):
    folder = folders.stage(tmp_path / "new", "a", "2026-09", RUN)
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)
    assert sorted(path.name for path in folder.iterdir()) == ["notebooks", "results", "tables"]
    other = folders.stage(tmp_path / "new", "a", "2026-08", RUN)
    assert other.parent == folder.parent
    with pytest.raises(PublishError, match="创建暂存文件夹 失败"):
        folders.stage(tmp_path / "new", "a", "2026-08", RUN)


def test_everything_is_on_disk_before_it_is_shown(tmp_path, target, monkeypatch):
    """A power cut after the rename must find every file and folder of the run."""
    staging = staged(tmp_path)
    wanted = {path.stat().st_ino for path in (staging, *staging.rglob("*"))}
    synced, shown = [], []
    fsync, swap = os.fsync, folders._swap
    monkeypatch.setattr(os, "fsync", lambda number: synced.append(os.fstat(number).st_ino) or fsync(number))
    monkeypatch.setattr(folders, "_swap", lambda *two: shown.append(list(synced)) or swap(*two))
    folders.publish(staging, target)
    assert wanted == set(shown[0]) and synced[-1] == target.parent.stat().st_ino
    assert mode(target) == 0o777 & ~folders._umask()


def test_an_error_after_the_rename_does_not_say_that_nothing_was_published(tmp_path, target, monkeypatch):
    real = folders._sync_folder

    def faulty(folder):
        if folder == target.parent:
            raise OSError(errno.EIO, "I/O error")
        real(folder)

    monkeypatch.setattr(folders, "_sync_folder", faulty)
    folders.publish(staged(tmp_path), target)
    assert (target / "run.json").read_text() == "new"


def test_two_folders_change_places_in_one_step(tmp_path):
    if not hasattr(ctypes.CDLL(None), "renameat2"):
        pytest.skip("no exchange here")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text(name)
    assert folders._exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "x").read_text() == "other"
    assert not folders._exchange(tmp_path / "one", tmp_path / "gone")


@pytest.mark.parametrize("fault", [OSError, TypeError, AttributeError])
def test_without_an_exchange_the_new_run_is_published_all_the_same(tmp_path, target, monkeypatch, fault):
    def none(*given, **named):
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", none)
    folders.publish(staged(tmp_path), target)
    assert (target / "run.json").read_text() == "new"
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.parametrize("exchange", [True, False])
def test_an_old_run_that_cannot_be_removed_is_no_reason_to_fail(
    tmp_path, target, monkeypatch, stubborn, exchange
):
    if not exchange:
        monkeypatch.setattr(folders, "_exchange", lambda one, other: False)
    folders.publish(staged(tmp_path), target)
    assert (target / "run.json").read_text() == "new"


def test_sweep_leaves_what_it_cannot_remove_and_remove_too(tmp_path, stubborn):
    folder = staged(tmp_path)
    assert folders.sweep(tmp_path, "a") == [folder]
    folders.remove(folder)


def test_sweep_removes_what_was_never_published_and_what_has_been_replaced(tmp_path, target):
    """A staged run is never put in place; a swapped-away one only where none is and it is whole."""
    assert folders.sweep(tmp_path / "none", "a") == []
    fresh = folders.stage(tmp_path, "a", "2026-08", RUN)
    (fresh / "run.json").write_text("half")
    replaced = folders.stage(tmp_path, "a", "2026-09", f"{RUN}.old")
    (replaced / "run.json").write_text("older")
    empty = folders.stage(tmp_path, "a", "2026-07", f"{RUN}.old")
    assert set(folders.sweep(tmp_path, "a")) == {fresh, replaced, empty}
    assert (target / "run.json").read_text() == "old"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["2026-09"]
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(errno.ENOSPC, "No space left"), "磁盘已满。"),
        (OSError(errno.EIO, "I/O error"), "I/O error。"),
        (OSError("odd"), "odd。"),
    ],
)
def test_what_the_disk_refuses_is_said_in_words(fault, said):
    with (
        pytest.raises(PublishError, match=f"^发布 失败：{said}上一次的结果没有改变。"),
        folders._disk("发布"),
    ):
        raise fault


def test_what_a_failed_run_left_is_kept_in_private_and_readable(tmp_path):
    staging, place = staged(tmp_path), tmp_path / "failed" / "a" / "2026-09" / RUN
    (staging / "notebooks" / "02.ipynb").write_text("{}")
    assert folders.keep_failure(staging, place, {"message": "文件不存在。"}) == place
    assert sorted(path.name for path in place.iterdir()) == ["02.ipynb", "error.json"]
    assert mode(place) == 0o700 and "文件不存在。" in (place / "error.json").read_text(encoding="utf-8")
    assert folders.keep_failure(staging, place, {}) is None


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


def test_only_the_last_failures_are_kept(tmp_path):
    staging = folders.stage(tmp_path, "a", "2026-09", "20260101T000000-abcdef")
    for number in range(8):
        folders.keep_failure(staging, tmp_path / "failed" / "a" / f"run{number}", {"message": "x"})
    assert [p.name for p in sorted((tmp_path / "failed" / "a").iterdir())] == [f"run{n}" for n in range(3, 8)]
