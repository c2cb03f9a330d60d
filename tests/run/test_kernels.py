"""Processes started ahead of need."""

from tests.run.test_engine import gone
from voc_lib.run.workflow.kernels import Kernels


def test_waiting_processes_are_used_first_and_discarded_at_the_end(tmp_path):
    kernels = Kernels()
    kernels.expected = 4
    first = kernels.take(cwd=tmp_path, env={})
    waiting = list(kernels._spares)
    assert len(waiting) == 2 and kernels.take(cwd=tmp_path, env={}) is waiting[0]
    assert kernels.expected == 0  # four were started, no more will be
    kernels.close()
    assert all(not spare.folder.exists() for spare in waiting[1:])
    for process in (first, waiting[0]):
        process.discard()
        assert gone(process.popen.pid) and not process.folder.exists()


def test_a_process_for_another_place_or_a_dead_one_is_not_used(tmp_path):
    kernels = Kernels()
    kernels.expected = 2
    first = kernels.take(cwd=tmp_path, env={})
    (spare,) = kernels._spares
    assert not spare.waits_for(tmp_path, {"TZ": "UTC"})
    spare.kill()
    spare.popen.wait()
    second = kernels.take(cwd=tmp_path, env={})
    assert second not in (first, spare)
    for process in (first, second, spare):
        process.discard()


def test_what_comes_after_the_end_dies_at_once(tmp_path):
    kernels = Kernels()
    kernels.kill()
    late = kernels.take(cwd=tmp_path, env={})
    assert late.popen.wait(10) != 0
    late.discard()
