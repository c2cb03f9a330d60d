"""What a run promises, tried a few times; `benchmarks/promises.py` tries it thousands of times."""

import contextlib
import os
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest

from benchmarks import promises
from voc_lib.run.publish import folders

SHARES = {
    "kills": 0.02,
    "faults": 0.1,
    "starts": 0.01,
    "tampering": 0.02,
    "archive kills": 0.01,
    "old archive kills": 0.015,
    "archives at once": 0.1,
    "compacting kills": 0.02,
    "upgrade kills": 0.02,
    "register kills": 0.01,
    "tables": 0.01,
    "mutations": 0.002,
    "cells": 0.02,
    "params": 0.02,
}


@pytest.mark.parametrize("name", SHARES)
def test_a_promise_is_kept(name):
    n, broken = promises.tried(name, SHARES[name])
    assert n and broken == 0


def test_only_the_runs_that_are_killed_are_too_slow_to_be_tried_here():
    assert set(promises.PROMISES) - set(SHARES) == {"a run killed"}


def test_a_month_of_two_runs_or_with_rows_missing_is_found_out():
    texts = [f"第{number}回了，第{row}件还是物流太慢" for number in (1, 2) for row in range(promises.VOICES)]
    rows = pd.Series(texts, dtype="str")
    assert promises.said(rows[: promises.VOICES]) == 1
    assert promises.said(rows[1 : promises.VOICES]) == promises.said(rows[1 : promises.VOICES + 1]) == -1


def test_a_process_that_outlives_its_run_is_found_out(tmp_path):
    mark = f"{tmp_path}:1"
    with subprocess.Popen(["sleep", "60"], env={**os.environ, "VOC_TRIED": mark}) as child:
        assert promises.running(mark)
        child.kill()
    assert not promises.running(mark)


def test_a_publisher_that_copies_file_by_file_is_found_out(tmp_path, monkeypatch):
    def copied(staging, target):
        shutil.copytree(staging, target, dirs_exist_ok=True)
        shutil.rmtree(staging)

    monkeypatch.setattr(folders, "_swap", copied)
    assert promises.publisher_kills(60, tmp_path, np.random.default_rng(1)) > 0


def test_a_publisher_that_does_not_say_what_failed_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "_disk", lambda doing: contextlib.nullcontext())
    with pytest.raises(OSError):
        promises.faults(20, tmp_path, np.random.default_rng(1))


def test_a_check_that_looks_at_sizes_alone_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr(promises.inputs, "sha256", lambda path: str(path.stat().st_size))
    assert promises.tampering(5, tmp_path, np.random.default_rng(1)) == 5
