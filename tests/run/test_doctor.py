"""Each look of the doctor finds the fault it is there for."""

import json
import os
import shutil
import sys
from datetime import datetime

import pytest

from tests.run.conftest import clock
from voc_lib import cli
from voc_lib.errors import DataError, KernelDiedError, ParamsError, PublishError
from voc_lib.report import glyphs
from voc_lib.run import doctor


def faults(findings):
    return {finding.subject: type(finding.error) for finding in findings if finding.error}


def test_a_sound_machine_is_said_to_be_sound_with_a_real_kernel(settings, capsys):
    assert cli.call(["doctor", str(settings.file)]) == 0
    seen = capsys.readouterr()
    lines = [line.split("：")[0].split()[-1] for line in seen.out.splitlines() if line.startswith("正常")]
    assert lines == ["版本", "字体", "内核", "时区与时钟", "登记库", "磁盘", "写入", "计算引擎", "git"]
    assert not seen.err
    assert not settings.outputs.exists()  # it looked, and left nothing behind
    assert not list(settings.folder.glob(".voc-doctor*"))


def test_a_kernel_that_does_not_start_is_found(monkeypatch, capsys):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    assert cli.call(["doctor"]) == KernelDiedError.exit_code
    seen = capsys.readouterr()
    assert "有问题  内核：" in seen.err and "有 1 处问题" in seen.err and "正常    字体" in seen.out


def test_a_missing_font_and_a_missing_package_are_found(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_kernel", lambda: "")
    monkeypatch.setattr(glyphs, "FONT_FOLDER", tmp_path)
    monkeypatch.setattr(
        doctor, "requires", lambda name: ["pandas>=3", "nosuchthing>=1", "pytest ; extra == 'dev'"]
    )
    glyphs.covered.cache_clear()
    try:
        found = list(doctor.machine())
    finally:
        glyphs.covered.cache_clear()
    assert set(faults(found)) == {"版本", "字体"}
    assert "缺少 nosuchthing。" in str(found[0].error)


def test_a_clock_that_runs_behind_is_found(settings):
    folder = settings.outputs / "小店" / "2026-09"
    folder.mkdir(parents=True)
    about = {"run_id": "r", "name": "小店", "finished_at": "2026-10-03T09:00:00"}
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    assert faults(doctor.project(settings, clock())) == {"时区与时钟": DataError}
    assert faults(doctor.project(settings, datetime(2026, 10, 4))) == {}


def test_a_register_nobody_can_reach_is_found(settings, monkeypatch):
    monkeypatch.delenv("VOC_NO_DB", raising=False)
    away = settings.params.model_copy(update={"register_at": "${VOC_NO_DB}"})
    found = faults(doctor.project(settings.model_copy(update={"params": away}), clock()))
    assert found == {"登记库": ParamsError}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_nobody_may_write_is_found(settings):
    settings.outputs.mkdir()
    settings.outputs.chmod(0o500)
    assert faults(doctor.project(settings, clock()))["写入"] is PublishError


def test_a_disk_that_does_not_take_the_file_is_found(settings, monkeypatch):
    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert faults(doctor.project(settings, clock())) == {"写入": PublishError}
    assert not list(settings.folder.glob(".voc-doctor*"))
