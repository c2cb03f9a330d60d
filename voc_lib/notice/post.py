"""One message to one receiver by apprise; what went wrong is said without the address or any part of it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from voc_lib.notice.message import Message
from voc_lib.unattended import Receiver

CODE = re.compile(r"error=(\d{3})\b")
UNREACHABLE = re.compile(r"onnection|Socket|timed? ?out", re.IGNORECASE)


def fault(receiver: Receiver) -> str:
    """Why a receiver cannot be written to, as far as that is known without writing; "" if it can."""
    address = os.environ.get(receiver.variable)
    if not address:
        return f"环境变量 {receiver.variable} 没有设置"
    from apprise import Apprise

    with _overheard():
        known = Apprise().add(address)
    return "" if known else f"环境变量 {receiver.variable} 里不是 apprise 认得的地址"


def send(receiver: Receiver, message: Message, files: Sequence[Path] = ()) -> str:
    """Why the message did not arrive, "" if it did; errors of the library are told by their kind alone."""
    try:
        return fault(receiver) or _sent(os.environ[receiver.variable], message, files)
    except Exception as error:  # whatever happens, the run has succeeded or failed by itself
        return f"没有送达（{type(error).__name__}）"


def _sent(address: str, message: Message, files: Sequence[Path]) -> str:
    from apprise import Apprise, NotifyFormat

    with _overheard() as said:
        post = Apprise(services=address)
        attached = [str(path) for path in files] or None
        done = post.notify(message.body, title=message.title, body_format=NotifyFormat.TEXT, attach=attached)
    return "" if done else f"没有送达（{_reason(said)}）"


def _reason(said: Sequence[str]) -> str:
    """What the library's warnings come to, without their words.

    >>> _reason(["Failed to send DingTalk notification: Not Found, error=404."])
    '对方答复 HTTP 404'
    """
    words = "\n".join(said)
    if code := CODE.search(words):
        return f"对方答复 HTTP {code[1]}"
    return "连不上或没有答复" if UNREACHABLE.search(words) else "对方没有收下，请核对地址和密码"


class _Ear(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """The library's warnings, kept from every log: they may name addresses."""
    said: list[str] = []
    log, ear = logging.getLogger("apprise"), _Ear(said)
    before = (log.propagate, log.level)
    log.addHandler(ear)
    log.propagate = False
    log.setLevel(logging.WARNING)
    try:
        yield said
    finally:
        log.removeHandler(ear)
        log.propagate = before[0]
        log.setLevel(before[1])
