"""Word documents and mails as files, made for the tests."""

import io
import zipfile
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
