from datetime import date

import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.collect import archive
from voc_lib.errors import DataError, PublishError


def rows(*given) -> pd.DataFrame:
    """HISTORY rows from (id, time, text) or (id, time, text, source)."""
    records = [
        {
            "feedback_id": i,
            "created_at": pd.Timestamp(t),
            "text": x,
            "source": s[0] if s else "工单",
            "channel": "电话",
            "file": "a.csv",
            "line": 2,
        }
        for i, t, x, *s in given
    ]
    return schema.shape(pd.DataFrame(records), schema.HISTORY)


FIRST = rows(("1", "2026-08-31 23:59", "慢"), ("2", "2026-09-01", "坏"))


def test_writing_twice_changes_nothing(tmp_path):
    archive.write(FIRST, tmp_path)
    before = {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in tmp_path.iterdir()}
    archive.write(FIRST, tmp_path)
    assert before == {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in tmp_path.iterdir()}
    assert sorted(before) == ["2026-08.parquet", "2026-09.parquet"]


def test_writing_again_does_not_walk_all_rows_for_each_archived_month(tmp_path, monkeypatch):
    walked = []

    def counted(values, original=pd.arrays.ArrowStringArray.__iter__):
        walked.append(len(values))
        return original(values)

    months = pd.date_range("2024-10-01", periods=24, freq="MS").astype("str")
    every = rows(*((f"{n}{month}", month, "慢") for month in months for n in range(10)))
    archive.write(every, tmp_path)
    monkeypatch.setattr(pd.arrays.ArrowStringArray, "__iter__", counted)
    archive.write(every, tmp_path)
    assert sum(walked) < 4 * len(every)


def test_a_corrected_row_replaces_even_in_another_month(tmp_path):
    archive.write(FIRST, tmp_path)
    archive.write(rows(("1", "2026-09-03", "更正")), tmp_path)
    history = schema.check(archive.read(tmp_path), schema.HISTORY)
    assert history["text"].tolist() == ["坏", "更正"] and [f.name for f in tmp_path.iterdir()] == [
        "2026-09.parquet"
    ]


def test_reading_until_a_day_includes_it(tmp_path):
    archive.write(FIRST, tmp_path)
    assert archive.read(tmp_path, until=date(2026, 8, 31))["feedback_id"].tolist() == ["1"]
    assert archive.read(tmp_path / "没有").empty


def test_merge_prefers_the_new_rows_and_tells_sources_apart():
    merged = archive.merge(FIRST, rows(("2", "2026-09-01", "新"), ("1", "2026-09-05", "别处", "问卷")))
    assert merged.set_index("feedback_id")["text"].to_dict() == {"1": "慢", "2": "新", "问卷:1": "别处"}
    pd.testing.assert_frame_equal(archive.merge(merged, merged), merged)


def test_qualified_ids_go_back_to_the_source_on_writing(tmp_path):
    merged = archive.merge(FIRST, rows(("1", "2026-09-05", "别处", "问卷")))
    archive.write(merged, tmp_path)
    archive.write(rows(("1", "2026-09-05", "更正", "问卷")), tmp_path)
    assert archive.read(tmp_path).set_index("feedback_id")["text"]["问卷:1"] == "更正"


def test_a_killed_write_leaves_the_month_as_it_was(tmp_path, monkeypatch):
    archive.write(FIRST, tmp_path)
    monkeypatch.setattr(archive.pq, "write_table", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        archive.write(rows(("2", "2026-09-01", "新")), tmp_path)
    assert archive.read(tmp_path)["text"].tolist() == ["慢", "坏"]


def test_broken_and_newer_files_are_sentences(tmp_path, monkeypatch):
    archive.write(FIRST, tmp_path)
    monkeypatch.setattr(archive, "VERSION", 0)
    with pytest.raises(DataError, match="更新的版本"):
        archive.read(tmp_path)
    (tmp_path / "2026-08.parquet").write_bytes(b"PAR1 broken PAR1")
    with pytest.raises(DataError, match=r"2026-08\.parquet 已损坏"):
        archive.read(tmp_path)


def stopped(*args, **kwargs):
    raise OSError(28, "No space left on device")


def test_compacting_keeps_every_row_once_in_order(tmp_path):
    archive.write(FIRST, tmp_path)
    halfway = rows(("1", "2026-09-03", "更正"), ("2", "2026-09-01", "坏"))  # a kill between two months
    archive._replace(tmp_path / "2026-09.parquet", halfway)
    archive._replace(tmp_path / "2026-07.parquet", FIRST.iloc[:0])
    before = archive.read(tmp_path)
    archive.compact(tmp_path)
    pd.testing.assert_frame_equal(archive.read(tmp_path), before)
    assert [f.name for f in tmp_path.iterdir()] == ["2026-09.parquet"]
    assert pd.read_parquet(tmp_path / "2026-09.parquet")["text"].tolist() == ["坏", "更正"]


def test_what_is_compact_stays_so_when_the_same_rows_come_again(tmp_path):
    many = rows(*((str(n), f"2026-09-{1 + n % 30:02d}", f"很慢很慢 {n}") for n in range(2_000)))
    archive.write(many, tmp_path)
    file = tmp_path / "2026-09.parquet"
    wide = file.stat().st_size
    archive.compact(tmp_path)
    small = (file.stat().st_size, file.stat().st_mtime_ns)
    archive.write(many, tmp_path)
    archive.compact(tmp_path)
    assert (file.stat().st_size, file.stat().st_mtime_ns) == small and small[0] < wide


def test_a_full_disk_loses_nothing(tmp_path, monkeypatch):
    archive.write(FIRST, tmp_path)
    before = {f.name: f.read_bytes() for f in tmp_path.iterdir()}
    monkeypatch.setattr(archive.pq, "write_table", stopped)
    with pytest.raises(PublishError, match=r"2026-08\.parquet 写入失败.*原来的文件没有改动"):
        archive.compact(tmp_path)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before


def test_a_broken_month_stops_compacting_with_a_sentence(tmp_path):
    archive.write(FIRST, tmp_path)
    (tmp_path / "2026-08.parquet").write_bytes(b"PAR1 broken PAR1")
    whole = (tmp_path / "2026-09.parquet").read_bytes()
    with pytest.raises(DataError, match=r"2026-08\.parquet 已损坏"):
        archive.compact(tmp_path)
    assert (tmp_path / "2026-09.parquet").read_bytes() == whole
