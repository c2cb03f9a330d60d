"""Word documents to paragraphs: guarded first, parsed in the limited child process."""

from __future__ import annotations

from pathlib import Path

from voc_lib.collect import guard, workbook


def read(file: Path, name: str) -> tuple[list[str], list[str]]:
    """The paragraphs of a .docx (a table's row is one, its cells parted by tabs) and what to tell of it."""
    guard.check_size(file, guard.MAX_UNPACKED, "Word 文档")
    part = guard.inspect_document(file)
    ((cells, about),) = workbook.run_child("document", file, name, part)
    notes = []
    if about["deleted"] or about["inserted"]:
        notes.append(
            f"文档里有修订记录：新增的文字（{about['inserted']} 处）照收，删去的（{about['deleted']} 处）不读"
        )
    return cells["text"].to_pylist(), notes
