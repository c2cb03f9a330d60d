"""Mails to a table: one a row, the sender's own words without what they quote and how they sign."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterator, Sequence
from email import errors, policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from voc_lib.collect import encoding, guard, outlook
from voc_lib.collect.table import Table, from_rows, raw_json, rejects
from voc_lib.errors import DataError
from voc_lib.yamlfile import shipped

MAX_MAIL = 600 << 20
SHOWN = 200  # bytes of an unreadable mail that are kept
CHANNEL = "邮件"
COLUMNS = {
    "邮件编号": "feedback_id",
    "发件地址": "customer_id",
    "发件人": "customer_name",
    "发送时间": "created_at",
    "方式": "channel",
    "主题": "text",
    "正文": "text",
}
ENCRYPTED, UNREADABLE, AUTOMATIC = "邮件已加密，读不到正文", "邮件无法解析", "自动回复，不是发件人写的"
SEALED = (
    "multipart/encrypted",
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-encrypted",
)
# what the parser of the standard library lets through on broken heads and bodies
BROKEN = (errors.MessageError, LookupError, ValueError, TypeError, AttributeError, RecursionError)
BLOCKS = frozenset(("p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote"))
UNSHOWN = frozenset(("style", "script", "head", "title"))


class Mail(NamedTuple):
    """The cells of one mail and why it is no feedback ("" where it is)."""

    cells: list[str]
    fault: str = ""


def read(file: Path, kind: str, *, label: str | None = None) -> Table:
    """The mails of an .mbox (kind mailbox) or the one of an .eml (mail) or .msg (outlook)."""
    guard.check_size(file, MAX_MAIL, "邮件")
    name = label or file.name
    mails = [_mail(raw) for raw in _boxed(file)] if kind == "mailbox" else [_alone(file, kind, name)]
    if not mails:
        raise DataError(f"{name} 里没有邮件。请检查导出。")
    good = [(line, mail) for line, mail in enumerate(mails, start=1) if not mail.fault]
    gone = [
        (line, mail.fault, raw_json(dict(zip(COLUMNS, mail.cells, strict=True))))
        for line, mail in enumerate(mails, start=1)
        if mail.fault
    ]
    cells = from_rows([mail.cells for _, mail in good], list(COLUMNS))
    lines = np.array([line for line, _ in good], dtype="int64")
    return Table(name, None, tuple(COLUMNS), cells, lines, rejects(gone), told=dict(COLUMNS))


def _alone(file: Path, kind: str, name: str) -> Mail:
    """The one mail of a file."""
    if kind != "outlook":
        return _mail(file.read_bytes())
    try:
        return _mail(outlook.raw(file, name))
    except BROKEN:
        return Mail([""] * len(COLUMNS), UNREADABLE)


def _boxed(file: Path) -> Iterator[bytes]:
    box = mailbox.mbox(file, create=False)
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def _mail(raw: bytes) -> Mail:
    """One mail as cells; a broken one keeps what can be told of it."""
    blank = [""] * len(COLUMNS)
    try:
        message = BytesParser(policy=policy.default).parsebytes(raw)
        cells = _head(message)
        if _sealed(message):
            return Mail(cells, ENCRYPTED)
        if _matches(cells[5], "auto") or message.get("Auto-Submitted", "no").lower() not in ("no", ""):
            return Mail(cells, AUTOMATIC)
        body = own_words(_body(message))
    except BROKEN:
        return Mail([*blank[:-1], raw[:SHOWN].decode("utf-8", "replace")], UNREADABLE)
    if message.get_content_type() == "application/rtf":
        return Mail(cells, UNREADABLE)
    if "BEGIN PGP MESSAGE" in body:
        return Mail(cells, ENCRYPTED)
    subject = "" if _matches(cells[5], "reply") and body else cells[5]
    return Mail([_whole(cell) for cell in (*cells[:5], subject, body)])


def _whole(cell: str) -> str:
    """A cell without lone surrogates, which stand for bytes that should not be in a mail: read as text."""
    try:
        cell.encode()
    except UnicodeEncodeError:
        return _decoded(cell.encode("utf-8", "surrogateescape"), None)
    return cell


def _head(message: EmailMessage) -> list[str]:
    """The cells of a mail's head; the sender's address is who they are."""
    sender = message["From"].addresses[0] if message["From"] and message["From"].addresses else None
    sent = message["Date"].datetime if message["Date"] else None
    return [
        str(message["Message-ID"] or "").strip("<> \r\n"),
        sender.addr_spec.lower() if sender else "",
        sender.display_name if sender else "",
        sent.isoformat() if sent else "",
        CHANNEL,
        " ".join(str(message["Subject"] or "").split()),
        "",
    ]


def _sealed(message: EmailMessage) -> bool:
    """Whether the words of a mail are encrypted; a signature alone hides nothing."""
    signed = message.get_param("smime-type") == "signed-data"
    return message.get_content_type() in SEALED and not signed


def _body(message: EmailMessage) -> str:
    """The words of a mail: its plain part, else its HTML without marks."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    payload = part.get_payload(decode=True) or b""
    text = _decoded(payload if isinstance(payload, bytes) else b"", part.get_content_charset())
    return _shown(text) if part.get_content_type() == "text/html" else text


def _decoded(data: bytes, charset: str | None) -> str:
    """The text of a body: by its charset (GB2312 means GB18030), else by what it looks like."""
    named = "gb18030" if (charset or "").startswith("gb") else charset
    try:
        return data.decode(named or "utf-8").replace("\r\n", "\n")
    except (LookupError, UnicodeDecodeError):
        return encoding.decode(data, where="邮件").data.decode("utf-8").replace("\r\n", "\n") if data else ""


class _Words(HTMLParser):
    """The words of a page, a line for each block; what a blockquote holds is another's."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in UNSHOWN
        self.words += ["\n> "] if tag == "blockquote" else ["\n"] if tag in BLOCKS else []

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in UNSHOWN and self.hidden > 0
        self.words += ["\n"] if tag in BLOCKS else []

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(" ".join(data.split()) if data.strip() else " ")


def _shown(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    return "".join(reader.words)


def own_words(body: str) -> str:
    """A body without what it quotes and how it is signed.

    >>> own_words("报表打不开\\n> 上次的问题\\n\\n王小明\\n电话：13800138000")
    '报表打不开'
    >>> own_words("还是不行\\n\\n发件人: 服务台\\n发送时间: 2026-09-01\\n您好")
    '还是不行'
    """
    lines = [line.strip() for line in body.replace("\xa0", " ").split("\n")]
    end = next(
        (n for n in range(len(lines)) if _quotes(lines, n) or _matches(lines[n], "signed")), len(lines)
    )
    own = [line for line in lines[:end] if not line.startswith(">")]
    return "\n".join(line for line in _unsigned(own) if line)


def _quotes(lines: Sequence[str], n: int) -> bool:
    """Whether a quoted mail begins at a line: 发件人 counts only with 发送时间 or the like below."""
    if not _matches(lines[n], "quoted"):
        return False
    if not re.match(r"(?i)发件人|from", lines[n]):
        return True
    below = [line.casefold() for line in lines[n + 1 : n + 4]]
    return any(line.startswith(tuple(_words()["headed"])) for line in below)


def _unsigned(lines: Sequence[str]) -> list[str]:
    """The lines without the card below them: the last block, where it tells a telephone or an address."""
    kept = list(lines)
    while kept and not kept[-1]:
        kept.pop()
    start = len(kept)
    while start and kept[start - 1] and len(kept[start - 1]) <= 40:
        start -= 1
    card = [n for n in range(start, len(kept)) if _matches(kept[n], "card", whole=False)]
    return kept[:start] if card and start else kept


def _matches(line: str, kind: str, *, whole: bool = True) -> bool:
    look = re.fullmatch if whole and kind in ("quoted", "signed") else re.search
    return any(look(pattern, line, re.IGNORECASE) for pattern in _words()[kind])


@cache
def _words() -> dict[str, Any]:
    return shipped("voc_lib.collect", "mails.yaml")
