"""What `voc check --data` says of a period beside the archive."""

import json
from datetime import date

import pytest

from voc_lib import params
from voc_lib.clean import privacy
from voc_lib.collect import archive
from voc_lib.run import check


@pytest.fixture
def shop(tmp_path):
    """Settings of a report on a file of as many months, whose ids and words hold numbers of phones."""

    def write(*months):
        row = "138{0:02}{1:06},c{1},第{1}次催 138{0:02}{1:06}，快递太慢,2026-{0:02}-{2:02} 10:00"
        lines = [row.format(month, n, 1 + n % 28) for month in months for n in range(120)]
        (tmp_path / "工单.csv").write_text(
            "\n".join(["工单号,客户编号,反馈内容,创建时间", *lines]), encoding="utf-8"
        )
        raw = {"name": "小店", "period": "2026-09", "sources": [{"name": "工单", "path": "工单.csv"}]}
        file = tmp_path / "params.yaml"
        file.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
        return params.load(file, today=date(2026, 10, 1))

    return write


def test_masked_words_are_held_against_the_masked_archive(shop):
    settings = shop(7, 8, 9)
    finding, collected = check.load(settings)
    assert finding.error is None
    known = privacy.protect(collected, privacy.load_key(settings.outputs / ".keys"))
    archive.write(known.feedback, settings.archive)
    assert check.drift(settings, collected) == []


def test_a_check_before_the_first_run_makes_no_key(shop):
    settings = shop(8, 9)
    assert check.drift(settings, check.load(settings)[1]) == []
    assert not settings.outputs.exists()
