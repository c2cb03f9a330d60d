"""What a run promises, tried a few times; `benchmarks/promises.py` tries it thousands of times."""

import contextlib
import shutil

import numpy as np
import pytest

from benchmarks import promises
from voc_lib.run.publish import folders

SHARES = {
    "kills": 0.02,
    "faults": 0.1,
    "starts": 0.01,
    "tampering": 0.02,
    "archive kills": 0.01,
    "archives at once": 0.1,
    "compacting kills": 0.02,
    "upgrade kills": 0.04,
    "register kills": 0.01,
    "tables": 0.01,
    "mutations": 0.002,
    "cells": 0.02,
    "params": 0.02,
}


@pytest.mark.parametrize("name", promises.PROMISES)
def test_a_promise_is_kept(name):
    n, broken = promises.tried(name, SHARES[name])
    assert n and broken == 0


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
