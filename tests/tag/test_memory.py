"""What was read before is not read again, and nothing tells a label made so from one made afresh."""

import logging

import pandas as pd
import pytest
import yaml
from pandas.testing import assert_frame_equal

from tests.tag.test_labelling import FILE
from voc_lib.run.tables import write_table
from voc_lib.tag import spoken
from voc_lib.tag.memory import Memory

TEXTS = list(dict.fromkeys(case["text"] for case in yaml.safe_load(FILE.read_text(encoding="utf-8"))))
MONTHS = ("2026-07", "2026-08", "2026-09")


@pytest.fixture
def history(make):
    """Three months of the golden sentences, some of them said again later, some asking for something."""
    texts = [*TEXTS, *TEXTS[:20]]
    times = [pd.Timestamp(f"{MONTHS[i * 3 // len(texts)]}-11") for i in range(len(texts))]
    asked = [["马上退款，要投诉到媒体", None][i % 5 > 0] for i in range(len(texts))]
    return make(
        *texts, created_at=times, request=asked, customer_id=[f"C{i % 40}" for i in range(len(texts))]
    )


@pytest.fixture
def read(monkeypatch):
    """How many rows were read, each time."""
    counts = []

    def counted(rows, original=spoken.read, **others):
        counts.append(len(rows))
        return original(rows, **others)

    monkeypatch.setattr(spoken, "read", counted)
    return counts


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "memory", "tags of today")


def test_a_new_month_gives_the_same_tables_and_reads_only_what_is_new(history, label, memory, read, tmp_path):
    afresh = label(history)
    earlier = history[history["created_at"] < "2026-09"]
    label(earlier, memory=memory)
    later = label(history, memory=memory)
    again = label(history, memory=memory)
    new = history.loc[~history["text"].isin(earlier["text"]), "text"].nunique()
    assert read[:3] == [len(history), earlier["text"].nunique(), new] and read[3:] == []
    for made in (later, again):
        for name in ("tagged", "tags"):
            write_table(getattr(afresh, name), tmp_path / "afresh.parquet")
            write_table(getattr(made, name), tmp_path / "made.parquet")
            assert (tmp_path / "afresh.parquet").read_bytes() == (tmp_path / "made.parquet").read_bytes()


def test_what_people_correct_is_read_for_urgency_under_its_new_tag(make, label, memory):
    rows = make("账号被盗了，钱没了", "天气不错")
    corrected = pd.DataFrame({"feedback_id": ["F001"], "tags": ["物流延迟"]})
    label(rows, memory=memory)
    made = label(rows, corrected=corrected, memory=memory)
    assert_frame_equal(made.tagged, label(rows, corrected=corrected).tagged)
    assert made.tagged["primary_tag"].tolist()[1] == "物流延迟"


def test_another_taxonomy_or_program_reads_all_again(history, label, memory, read):
    label(history, memory=memory)
    label(history, memory=Memory(memory.folder, "tags of tomorrow"))
    label(history, memory=memory)  # the folder holds one mark, the last
    assert read == [len(TEXTS)] * 3


def test_a_damaged_file_is_read_again_and_said(history, label, memory, read, caplog):
    afresh = label(history, memory=memory)
    (memory.folder / "2026-08.words.parquet").write_bytes(b"PAR1")
    with caplog.at_level(logging.WARNING):
        made = label(history, memory=memory)
    assert "2026-08.words.parquet 读不出来" in caplog.text
    assert 0 < read[1] < len(TEXTS)
    assert_frame_equal(made.tags, afresh.tags)
    label(history, memory=memory)
    assert len(read) == 2


def test_words_two_months_hold_are_taken_once(make, label, memory):
    early, late = (
        make("物流太慢", "很好", created_at=pd.Timestamp(day)) for day in ("2026-07-02", "2026-09-02")
    )
    label(late, memory=memory)  # the later month is read first, and kept under both
    label(early, memory=memory)
    both = pd.concat([early, late.assign(feedback_id=["G1", "G2"])], ignore_index=True)
    assert_frame_equal(label(both, memory=memory).tags, label(both).tags)


def test_nothing_is_remembered_of_nothing(make, label, memory):
    nothing = make("好").iloc[:0]
    assert label(nothing, memory=memory).tagged.empty
    assert label(make("好"), memory=memory).tagged["text"].tolist() == ["好"]
    assert label(nothing, memory=memory).tags.empty
