"""The documents of the second subject's sample: an interview in Word, minutes, the mailbox for feedback."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARTS = {
    "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>',
    "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
}
MADE = (2026, 9, 30, 0, 0, 0)  # in every entry, so that the same sample is the same bytes


def write(folder: Path, plan: dict[str, Any]) -> None:
    """Nothing; the documents are written below a folder."""
    (folder / "访谈").mkdir(parents=True, exist_ok=True)
    _document(folder / "访谈" / "华东销售部访谈.docx", plan["interview"])
    (folder / "访谈" / "九月例会纪要.md").write_text("\n".join(plan["minutes"]) + "\n", encoding="utf-8")
    (folder / "反馈信箱.mbox").write_bytes(b"".join(_mail(n, one) for n, one in enumerate(plan["mails"], 1)))


def _document(file: Path, lines: list[str]) -> None:
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    document = f'{HEAD}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**PARTS, "word/document.xml": document}.items():
            archive.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED)


def _mail(number: int, plan: dict[str, str]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = plan["from"], "crm@example.com"
    message["Subject"], message["Date"] = plan["subject"], plan["date"]
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(plan["text"], cte="8bit")
    return b"From crm@example.com Wed Sep 30 00:00:00 2026\n" + message.as_bytes() + b"\n"
