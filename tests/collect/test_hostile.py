"""Files made to break the reader: each is refused with a sentence, the process alive and its memory small."""

import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.collect.talks import document
from voc_lib.collect import readers
from voc_lib.errors import DataError

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
RELATION = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/%s" Target="%s"/></Relationships>'
)
SHEETS = '<sheets><sheet name="s" sheetId="1" r:id="r"/></sheets>'
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE.replace("relationships", "content-types")}"/>',
    "_rels/.rels": RELATION % ("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{SHEETS}</workbook>',
    "xl/_rels/workbook.xml.rels": RELATION % ("worksheet", "worksheets/sheet1.xml"),
}
ENTITY = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hosts">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "差差差"><!ENTITY b "&a;&a;&a;">]>'
OTHER = "<row><c r='A1'><v>1</v></c></row><row><c  r='XFD1048576'><v>1</v></c></row>"
CELLS = "<c><v>1</v></c>" * 70_000
SPARSE = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LIMIT_MB = 500


def workbook(file: Path, rows: str, *, head: str = "", repeat: int = 1) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{head}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for _ in range(repeat):
                sheet.write(rows.encode())
            sheet.write(b"</sheetData></worksheet>")
    return file


def text(file: Path, content: bytes, *, size: int = 0) -> Path:
    with file.open("wb") as stream:
        stream.write(content)
        if size:
            stream.truncate(size)
    return file


def spread(file: Path, texts: pa.Array, rows: int) -> Path:
    """A Parquet file of one value, repeated by run-length encoding."""
    words = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, "int32")), texts)
    pq.write_table(pa.table({"反馈内容": words}), file, compression="zstd")
    return file


BOMBS = {
    "runs of rows": lambda f: spread(f / "a.parquet", pa.array(["差"]), 61_000_000),
    "runs of long texts": lambda f: spread(f / "a.parquet", pa.array(["差" * 10_000]), 200_000),
    "one huge text": lambda f: spread(f / "a.parquet", pa.array(["差" * 20_000_000]), 1),
}
HOSTILE = {
    "sparse": lambda f: workbook(f / "a.xlsx", SPARSE),
    "sparse, other quotes": lambda f: workbook(f / "a.xlsx", OTHER),
    "zip bomb": lambda f: workbook(f / "a.xlsx", f'<row r="1">{CELLS}</row>', repeat=12),
    "external entity": lambda f: workbook(f / "a.xlsx", "", head=ENTITY),
    "other zip": lambda f: text(f / "a.xlsx", b"PK\x05\x06" + b"\0" * 18),
    "truncated": lambda f: text(f / "a.xlsx", workbook(f / "b.zip", SPARSE).read_bytes()[:300]),
    "broken BIFF": lambda f: text(f / "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20),
    "broken parquet": lambda f: text(f / "a.parquet", b"PAR1" + bytes(range(256)) * 4 + b"PAR1"),
    "endless line": lambda f: text(f / "a.csv", b"id,text\n1,", size=2 << 30),
    "only NULs": lambda f: text(f / "a.csv", b"", size=2 << 30),
    "noise": lambda f: text(f / "a.csv", bytes(range(128, 256)) * 1000),
    "deep json": lambda f: text(f / "a.json", b"[" * 1_000_000),
    "long number": lambda f: text(f / "a.json", b'[{"a":' + b"9" * 100_000 + b"}]"),
    "wide header": lambda f: text(f / "a.csv", b"c," * 100_000 + b"\n1\n"),
    "document: zip bomb": lambda f: text(f / "a.docx", document("差" * 1_000, repeat=20_000)),
    "document: entities": lambda f: text(f / "a.docx", document("差", head=LAUGHS)),
    "document: entities behind a comment": lambda f: text(
        f / "a.docx", document("差", head=f"<!--{' ' * 9_000}-->{LAUGHS}")
    ),
    "document: broken XML": lambda f: text(f / "a.docx", document("<w:p><w:r>")),
    "document: truncated": lambda f: text(f / "a.docx", document("差")[:120]),
    "document: no words": lambda f: text(f / "a.docx", document("差", part="word/styles.xml")),
    **BOMBS,
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_one_sentence(make, tmp_path):
    file = make(tmp_path)
    with pytest.raises(DataError, match=file.name):
        readers.read(file, talks=True)


# the peak of the process itself and of its child; what wait4 tells would count the test process before exec
MEASURED = """
import re, resource, sys
from pathlib import Path
from voc_lib.collect import readers
try:
    readers.read(Path(sys.argv[1]), talks=True)
finally:
    own = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
    print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize(
    "name", ["sparse", "sparse, other quotes", "zip bomb", "endless line", "document: zip bomb", *BOMBS]
)
def test_refusing_takes_little_memory(name, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, HOSTILE[name](tmp_path)],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 1 and "DataError" in done.stderr
    assert int(done.stdout) / 1024 < LIMIT_MB


def test_a_parquet_that_repeats_itself_without_being_huge_is_read(tmp_path):
    (table,) = readers.read(spread(tmp_path / "a.parquet", pa.array(["差" * 300]), 50_000))
    assert table.cells.num_rows == 50_000


def test_the_child_may_not_take_more_than_its_limit():
    from voc_lib.collect import child

    folder = str(Path(child.__file__).parent)
    code = (
        f"import sys; sys.path.insert(0, {folder!r}); import child; child.limit(); bytearray({child.MEMORY})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "MemoryError" in done.stderr
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
