"""Word documents and mails (Outlook's too) as files, made for the tests."""

import io
import struct
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def paragraph(words: str) -> str:
    """A paragraph of a Word document; XML of its own stands as it is."""
    return words if words.startswith("<w:") else f"<w:p><w:r><w:t>{escape(words)}</w:t></w:r></w:p>"


def rows(*cells: tuple[str, ...]) -> str:
    """A table of a Word document."""
    made = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) + "</w:tr>" for row in cells
    )
    return f"<w:tbl>{made}</w:tbl>"


def document(*paragraphs: str, head: str = "", repeat: int = 1, part: str = "word/document.xml") -> bytes:
    """A Word document."""
    body = "".join(map(paragraph, paragraphs))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        with archive.open(part, "w", force_zip64=True) as stream:
            stream.write(f'{head}<w:document xmlns:w="{W}"><w:body>'.encode())
            for _ in range(repeat):
                stream.write(body.encode())
            stream.write(b"</w:body></w:document>")
    return buffer.getvalue()


def mail(
    words: str, *, subject: str = "CRM 问题", sender: str = "李雪 <e0012@firm.com>", **heads: str
) -> bytes:
    """A mail as it is sent."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "crm@firm.com", subject
    message["Date"] = heads.pop("date", "Tue, 08 Sep 2026 09:30:00 +0800")
    message["Message-ID"] = heads.pop("id", f"<{abs(hash(words)) % 10**8}@firm.com>")
    for name, value in heads.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message.as_bytes()


CUTOFF, SECTOR, SMALL = 4096, 512, 64  # of a compound file: streams below the cutoff lie in small sectors
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def outlook(sent: datetime | None = None, **properties: str | bytes) -> bytes:
    """A mail as Outlook saves it: properties by type and number, `u0037`, `a1000` text, `b1013` bytes."""
    kinds = {"u": "001F", "a": "001E", "b": "0102"}
    streams = {
        f"__substg1.0_{name[1:].upper()}{kinds[name[0]]}": value
        if name[0] != "u"
        else value.encode("utf-16-le")
        for name, value in properties.items()
    }
    ticks = 0 if sent is None else (sent - EPOCH) // timedelta(microseconds=1) * 10
    times = struct.pack("<HHIQ", 0x40, 0x39, 6, ticks) if sent else b""
    return compound({"__properties_version1.0": bytes(32) + times, **streams})


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file [MS-CFB] of one folder; big streams in sectors, others in small ones of one stream."""
    big = {name: data for name, data in streams.items() if len(data) >= CUTOFF}
    little = {name: data for name, data in streams.items() if 0 < len(data) < CUTOFF}
    mini, minis, starts = b"", [], {}
    for name, data in little.items():
        starts[name] = len(minis)
        minis += _chain(len(minis), len(data), SMALL)
        mini += data.ljust(-(-len(data) // SMALL) * SMALL, b"\0")
    sectors, fat = b"", []

    def put(data: bytes) -> int:
        nonlocal sectors
        start = len(fat)
        fat.extend(_chain(start, len(data), SECTOR))
        sectors += data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\0")
        return start

    starts |= {name: put(data) for name, data in big.items()}
    root = (put(mini), len(mini)) if mini else (END, 0)
    small = put(_numbers(minis)) if minis else END
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    entries = [_entry("Root Entry", 5, *root, child=1 if names else FREE)]
    for n, name in enumerate(names, start=1):
        after = n + 1 if n < len(names) else FREE
        entries.append(_entry(name, 2, starts.get(name, END), len(streams[name]), right=after))
    folder = put(b"".join(entries))
    count = 1
    while len(fat) + count > count * SECTOR // 4:
        count += 1
    first = len(fat)
    table = [*fat, *[TABLE] * count]
    sectors += _numbers(table)
    listed = [*range(first, first + count)] + [FREE] * (109 - count)
    head = struct.pack(
        "<8s16x5H6x10I", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
        0, count, folder, 0, CUTOFF, small, -(-4 * len(minis) // SECTOR), END, 0, listed[0],
    )  # fmt: skip
    return head + struct.pack("<108I", *listed[1:]) + sectors


def _numbers(numbers: list[int]) -> bytes:
    data = struct.pack(f"<{len(numbers)}I", *numbers)
    return data.ljust(-(-len(data) // SECTOR) * SECTOR, b"\xff")


def _chain(start: int, size: int, sector: int) -> list[int]:
    n = max(-(-size // sector), 1)
    return [*range(start + 1, start + n), END]


def _entry(name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE) -> bytes:
    wide = name.encode("utf-16-le")
    return struct.pack("<64sHBB3I36xIQ", wide, len(wide) + 2, kind, 1, FREE, right, child, start, size)
