"""Mails of Outlook (.msg) as the mails they were: their properties, read in the limited child process."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr
from pathlib import Path

from voc_lib.collect import encoding, workbook

# properties of a message by the numbers of [MS-OXPROPS]
SUBJECT, HEADERS, BODY, HTML, RTF = "0037", "007D", "1000", "1013", "1009"
NAME, ADDRESS, SMTP, IDENT, CLASS = "0C1A", "0C1F", "5D01", "1035", "001A"
FIXED = "__properties_version1.0"  # the stream of what has a fixed size: 16 bytes each below a head of 32
SENT, DELIVERED, TIME = 0x0039, 0x0E06, 0x0040
EPOCH, LAST = datetime(1601, 1, 1, tzinfo=UTC), 1 << 61  # ticks of 100 ns; the last is long after us
OUTSIDE = ("From", "Date", "Message-ID", "Auto-Submitted")  # of the head a mail had on its way
SEALED = "IPM.NOTE.SMIME"  # and IPM.Note.SMIME.MultipartSigned, which is only signed
AUTOMATIC = ("REPORT.", "IPM.NOTE.RULES.", "IPM.SCHEDULE.", "IPM.APPOINTMENT")


def raw(file: Path, label: str) -> bytes:
    """The mail of an .msg file as it would have been sent, without its attachments."""
    ((found, _),) = workbook.run_child("outlook", file, label)
    streams = dict(zip(found["name"].to_pylist(), found["data"].to_pylist(), strict=True))
    told = {number: _text(streams, number) for number in (SUBJECT, HEADERS, BODY, NAME, ADDRESS, SMTP, IDENT)}
    mail = EmailMessage()
    for name, value in (_outside(told[HEADERS]) | {"Subject": told[SUBJECT]}).items():
        mail[name] = " ".join(value.split())
    _inside(mail, told, _sent(streams.get(FIXED, b"")))
    _words(mail, told[BODY], streams)
    _kind(mail, _text(streams, CLASS).upper())
    return mail.as_bytes()


def _outside(headers: str) -> dict[str, str]:
    """Who sent a mail when, by the head it had on its way; drafts and mails inside a firm have none."""
    head = HeaderParser().parsestr(headers.lstrip())
    return {name: str(head[name]) for name in OUTSIDE if head[name]}


def _inside(mail: EmailMessage, told: dict[str, str], sent: datetime | None) -> None:
    """The same by Outlook's own properties where the head is silent; a name of a directory is no address."""
    address = next((told[n] for n in (SMTP, ADDRESS) if "@" in told[n]), "")
    if "From" not in mail and (address or told[NAME]):
        mail["From"] = formataddr((told[NAME], address))
    if "Date" not in mail and sent:
        mail["Date"] = format_datetime(sent)
    if "Message-ID" not in mail and told[IDENT]:
        mail["Message-ID"] = told[IDENT].strip()


def _words(mail: EmailMessage, body: str, streams: dict[str, bytes]) -> None:
    """The words of a mail; those that stand in Outlook's own rich text alone are told, not read."""
    if body.strip():
        mail.set_content(body)
    elif page := streams.get(f"__substg1.0_{HTML}0102"):
        mail.set_content(page, maintype="text", subtype="html")
    elif written := _text(streams, HTML):
        mail.set_content(written, subtype="html")
    elif f"__substg1.0_{RTF}0102" in streams:
        mail.set_content(b"", maintype="application", subtype="rtf")


def _kind(mail: EmailMessage, kind: str) -> None:
    """Marks a mail as the standards mark it: encrypted, or written by nobody."""
    if kind.startswith(SEALED) and not kind.endswith("SIGNED"):
        mail.set_content(b"", maintype="application", subtype="pkcs7-mime")
    if kind.startswith(AUTOMATIC) and "Auto-Submitted" not in mail:
        mail["Auto-Submitted"] = "auto-generated"


def _text(streams: dict[str, bytes], number: str) -> str:
    """A property that is text: in UTF-16, or in the letters of the machine that wrote it."""
    wide = streams.get(f"__substg1.0_{number}001F")
    if wide is not None:
        return wide.decode("utf-16-le", "replace").rstrip("\0")
    narrow = streams.get(f"__substg1.0_{number}001E", b"").rstrip(b"\0")
    return encoding.decode(narrow, where="邮件").data.decode("utf-8") if narrow else ""


def _sent(fixed: bytes) -> datetime | None:
    """When a mail was sent, else when it came."""
    times = {}
    for kind, number, ticks in struct.iter_unpack("<HH4xQ", fixed[32 : 32 + (len(fixed) - 32) // 16 * 16]):
        if kind == TIME and number in (SENT, DELIVERED) and 0 < ticks < LAST:
            times[number] = EPOCH + timedelta(microseconds=ticks // 10)
    return times.get(SENT, times.get(DELIVERED))
