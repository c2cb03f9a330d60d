"""What encoding a text is in: a ladder of strict decoders, how plausible it reads, where bytes are bad."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa

from voc_lib.errors import DataError

CHUNK = 4 << 20
SAMPLE = 1 << 20
NUL_SHARE = 0.02  # UTF-16 of Chinese text still has NULs in its delimiters and line ends
FEWEST_NULS = 2
PLAUSIBLE = 0.6
BROKEN_SHARE = 0.05
HAN_PER_BROKEN = 4  # GB18030 read as UTF-8 has more broken bytes than Chinese characters
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# "ä½ å¥½" (UTF-8 read as Windows-1252) and "浣犲ソ锛" (UTF-8 read as GBK), as they stand in UTF-8 bytes
LATIN_MOJIBAKE = re.compile(
    rb"\xc3[\xa2-\xa9](?:\xc2[\x80-\xbf]|\xc5[\x92-\xbe]|\xe2\x80.|\xcb.|\xc6.|\xe2\x82\xac)"
)
GBK_MOJIBAKE = tuple(word.encode() for word in ("锛", "銆", "鐨勶", "鐨剕", "浣犲", "涓嶅", "鏈夐", "璐ㄩ"))
UTF8_RUN = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){4}")  # four Chinese characters: no chance in GB18030
CERTAIN = 0.8
HIGH = re.compile(rb"[\x80-\xff]")
ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")  # of Chinese nearly all stand in rows
KANA = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]")  # in Shift-JIS
CYRILLIC = re.compile(rb"(?<![\x80-\xff])[\xc0-\xdf\xa8]?[\xe0-\xff\xb8]+(?![\x80-\xff])")  # words in 1251
HALF, MOSTLY, SOME_KANA = 0.5, 0.8, 0.2
LOST = ("锟斤拷", "\ufffd")  # what stays of characters another program could not read
CP1252_GAPS = {code: chr(code) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


@dataclass(frozen=True)
class Decoded:
    """A text as UTF-8 bytes, the encoding it came in, and the places of bytes that fit no encoding."""

    data: bytes
    encoding: str
    bad: tuple[tuple[int, int], ...] = ()
    bad_count: int = 0
    score: float = 1.0
    mojibake: bool = False
    foreign: tuple[int, ...] = ()
    warning: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What an analyst must know about the decoding."""
        notes = [self.warning] if self.warning else []
        if self.foreign:
            n, shown = len(self.foreign), _ranges(self.foreign)
            notes.append(f"文件里混有两种编码：{n} 行按 GB18030 读取（{shown}），其余按 UTF-8")
        if self.bad_count:
            places = "、".join(f"第 {line} 行（第 {offset} 字节）" for line, offset in self.bad[:5])
            notes.append(f"有 {self.bad_count} 个坏字节按 \\xNN 原样保留，位于 {places}")
        lost = sum(self.data.count(sign.encode()) for sign in LOST)
        if lost:
            notes.append(f"有 {lost} 处“锟斤拷”或“�”，是导出前就已丢失的字，无法还原；请从系统重新导出")
        if self.score < PLAUSIBLE:
            notes.append(
                f"按 {self.encoding} 读出的文字不太像中文（把握 {self.score:.0%}），必要时请写 encoding"
            )
        return tuple(notes)


def decode(data: bytes, *, encoding: str | None = None, where: str = "文本") -> Decoded:
    """The text in UTF-8, whatever it was in; DataError when it is no text or the encoding is unknown.

    >>> decode("客户反馈".encode("gb18030")).encoding
    'gb18030'
    >>> decode("反馈".encode("utf-16")).data.decode()
    '反馈'
    """
    named = _named(encoding, where) if encoding else None
    mark = _bom(data)
    if mark not in (None, "utf-8"):
        return _finish(_strip(data, mark), mark, where)
    bare = _strip(data, "utf-8").replace(b"\n" + codecs.BOM_UTF8, b"\n")  # of files joined to one
    found = _told(bare, named or mark, where, marked=mark is not None)
    if (named or mark) in (None, found.encoding) or found.foreign:
        return found
    said = f"encoding 写的是 {named}" if named else "文件开头标明 utf-8"
    return replace(found, warning=f"{said}，内容却是 {found.encoding}，已按内容读取")


def _told(data: bytes, said: str | None, where: str, *, marked: bool) -> Decoded:
    """The text by its bytes: these are evidence, what was `said` is a wish, a mark may stand by mistake."""
    sixteen = _utf16(data) if said is None else None
    if sixteen:
        return _finish(data, sixteen, where)
    if _valid_utf8(data) and (marked or said in (None, "utf-8") or _worse(data, said)):
        return Decoded(data, "utf-8", mojibake=_looks_mojibake(data))
    if said in (None, "utf-8", "gb18030") and (mixed := _mixed(data)):
        return mixed
    if said not in (None, "utf-8"):
        return _finish(data, said, where)
    if _mostly_utf8(data[:SAMPLE]):
        return _finish(data, "utf-8", where)
    return _legacy(data, where)


def _worse(data: bytes, encoding: str) -> bool:
    """Whether valid UTF-8 reads less like Chinese in another encoding."""
    head = data[:SAMPLE]
    other = plausibility(head.decode(encoding, "replace"), encoding)
    return other < plausibility(head.decode("utf-8", "ignore"))


def _named(encoding: str, where: str) -> str:
    try:
        return codecs.lookup(encoding).name.removesuffix("-sig")
    except LookupError:
        allowed = "utf-8、gb18030、big5、utf-16"
        raise DataError(f"{where}：encoding 写的 “{encoding}” 不是已知编码。可用：{allowed}。") from None


def _bom(data: bytes) -> str | None:
    return next((name for mark, name in BOMS if data.startswith(mark)), None)


def _strip(data: bytes, encoding: str) -> bytes:
    """The data without byte order marks, however often they stand there."""
    mark = "\ufeff".encode(encoding) if encoding.startswith("utf") else b""
    while mark and data.startswith(mark):
        data = data[len(mark) :]
    return data


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: many NUL bytes, and the text reads as Chinese or ASCII in one byte order."""
    head = data[:SAMPLE] if len(data) > SAMPLE else data[: len(data) // 2 * 2]
    if head.count(0) < FEWEST_NULS:
        return None
    least = PLAUSIBLE if head.count(0) >= NUL_SHARE * len(head) else CERTAIN  # long texts have few line ends
    scores = {}
    for name in ("utf-16-le", "utf-16-be"):
        try:
            scores[name] = plausibility(codecs.getincrementaldecoder(name)().decode(head))
        except UnicodeDecodeError:
            continue
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best and scores[best] >= least else None


def _valid_utf8(data: bytes) -> bool:
    ends = pa.py_buffer(np.array([0, len(data)], dtype=np.int64))
    try:
        pa.LargeStringArray.from_buffers(1, ends, pa.py_buffer(data)).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _mostly_utf8(head: bytes) -> bool:
    """Bytes that are UTF-8 but for a few: chance hardly makes three valid bytes of other encodings."""
    text = head.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for char in text if ord(char) > 127) - broken
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return foreign > 0 and (broken <= BROKEN_SHARE * foreign or HAN_PER_BROKEN * broken <= han)


def _mixed(data: bytes) -> Decoded | None:
    """The text of files in UTF-8 and GB18030 joined to one, line by line; None when it is not certain.

    Bytes of lines that are neither stay visible as \\xNN and are located.
    """
    if not UTF8_RUN.search(data):
        return None
    lines = data.split(b"\n")
    gb = {n: text for n, line in enumerate(lines) if (text := _gb_line(line)) is not None}
    if not gb or not any(UTF8_RUN.search(line) and n not in gb for n, line in enumerate(lines)):
        return None
    parts, bad, start = [], [], 0
    for n, line in enumerate(lines):
        text, places = (gb[n], []) if n in gb else _decode_all(line, "utf-8")
        parts.append(text.encode("utf-8", "backslashreplace"))
        bad += [(n + 1, start + place) for place in places]
        start += len(line) + 1
    whole = b"\n".join(parts)
    if len(bad) > BROKEN_SHARE * len(whole):
        return None
    foreign = tuple(n + 1 for n in gb)
    return Decoded(whole, "utf-8", tuple(bad[:20]), len(bad), 1.0, _looks_mojibake(whole), foreign)


def _gb_line(line: bytes) -> str | None:
    """A line that is no UTF-8, not even damaged, and reads as Chinese in GB18030; else None.

    >>> _gb_line("客服态度很差".encode("gb18030")), _gb_line("客服态度很差".encode()[:-1])
    ('客服态度很差', None)
    """
    if line.isascii() or _valid_utf8(line):
        return None
    damaged = line.decode("utf-8", "replace")
    if sum("\u4e00" <= char <= "\u9fff" for char in damaged) >= damaged.count("\ufffd"):
        return None
    try:
        text = line.decode("gb18030", "voc-euro")
    except UnicodeDecodeError:
        return None
    return text if plausibility(text) >= CERTAIN else None


def _ranges(numbers: Sequence[int], *, most: int = 5) -> str:
    """Line numbers in short.

    >>> _ranges([3, 4, 5, 9])
    '第 3–5、9 行'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = "、".join(f"{a}–{b}" if b > a else f"{a}" for a, b in runs[:most])
    return f"第 {shown} 行{'等' if len(runs) > most else ''}"


def _legacy(data: bytes, where: str) -> Decoded:
    """GB18030 or Big5, whichever decodes strictly and reads better; else the one with fewest bad bytes.

    Letters of Western Europe, Cyrillic ones and Japanese are told by what only they look like in bytes.
    """
    if (name := _abroad(data[:SAMPLE])) is not None:
        return replace(_finish(data, name, where), score=1.0)
    strict = {}
    for name in ("gb18030", "big5hkscs"):
        try:
            strict[name] = _transcode(data, name)
        except UnicodeDecodeError:
            continue
    if not strict:
        return min((_finish(data, n, where) for n in ("gb18030", "big5hkscs")), key=lambda d: d.bad_count)
    scores = {
        name: plausibility(text[:SAMPLE].decode("utf-8", "ignore"), name) for name, text in strict.items()
    }
    best = max(scores, key=lambda name: scores[name] + (0.15 if name == "gb18030" else 0))
    return Decoded(strict[best], "big5" if best != "gb18030" else best, score=scores[best])


def _abroad(head: bytes) -> str | None:
    """The encoding of text that is not Chinese: accents that stand alone, kana, Cyrillic words; else None.

    >>> _abroad("Größe für Käfer".encode("cp1252")), _abroad("とても満足です".encode("cp932"))
    ('cp1252', 'cp932')
    >>> _abroad("Очень долго ждали".encode("cp1251")), _abroad("客服态度很差".encode("gb18030"))
    ('cp1251', None)
    """
    high = len(HIGH.findall(head))
    if not high:
        return None
    if len(ALONE.findall(head)) >= HALF * high:
        return "cp1252"
    ours = plausibility(head.decode("gb18030", "ignore"))
    if 2 * len(KANA.findall(head)) >= SOME_KANA * high and ours < PLAUSIBLE and _strictly(head, "cp932"):
        return "cp932"
    words = sum(len(word) for word in CYRILLIC.findall(head))
    return "cp1251" if words >= MOSTLY * high and ours < PLAUSIBLE else None


def _strictly(head: bytes, encoding: str) -> bool:
    """Whether bytes are a text of an encoding, but for a character cut off at the end."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _transcode(data: bytes, encoding: str) -> bytes:
    decoder = codecs.getincrementaldecoder(encoding)("voc-euro")
    parts = [decoder.decode(data[i : i + CHUNK]).encode("utf-8") for i in range(0, len(data), CHUNK)]
    return b"".join([*parts, decoder.decode(b"", final=True).encode("utf-8")])


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Windows code page 936 has the euro sign at 0x80, which Python's decoders refuse."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


codecs.register_error("voc-euro", _euro)


def _finish(data: bytes, encoding: str, where: str) -> Decoded:
    """The text in one given encoding; bad bytes stay visible as \\xNN and are located."""
    text, places = _decode_all(data, encoding, most=BROKEN_SHARE * len(data) + 20)
    if len(places) > BROKEN_SHARE * max(len(text), 20):
        raise DataError(
            f"{where} 不像文本文件：有 {len(places)} 个字节不合 {encoding}。请确认文件类型，或写 encoding。"
        )
    located = tuple((data.count(b"\n", 0, offset) + 1, offset) for offset in places[:20])
    utf8 = text.encode("utf-8", "backslashreplace")
    score = plausibility(text[:SAMPLE], encoding)
    return Decoded(utf8, encoding, located, len(places), score, _looks_mojibake(utf8))


def _decode_all(data: bytes, encoding: str, *, most: float = math.inf) -> tuple[str, list[int]]:
    """The text with bad bytes as \\xNN, and where they are; no text once they are more than `most`."""
    places: list[int] = []
    token = _BAD.set((places, most))
    try:
        return data.decode(encoding, "voc-visible"), places
    except UnicodeDecodeError:
        return "", places
    finally:
        _BAD.reset(token)


def _visible(error: UnicodeError) -> tuple[str, int]:
    """A bad byte, or a bad unit of UTF-16 and UTF-32, as \\xNN."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding.startswith("gb") and error.object[error.start] == 0x80:
        return "€", error.start + 1
    places, most = _BAD.get()
    places.append(error.start)
    if len(places) > most:
        raise error
    end = error.end if error.encoding.startswith(("utf-16", "utf-32")) else error.start + 1
    return "".join(f"\\x{byte:02x}" for byte in error.object[error.start : end]), end


_BAD: ContextVar[tuple[list[int], float]] = ContextVar("bad")
codecs.register_error("voc-visible", _visible)


def plausibility(text: str, encoding: str = "gb18030") -> float:
    """Share of the non-ASCII characters that are everyday Chinese or punctuation (1 when there are none).

    >>> plausibility("物流太慢了，等了三天")
    1.0
    """
    counts = Counter(char for char in text if ord(char) > 127)
    total = sum(counts.values())
    return sum(n for char, n in counts.items() if _everyday(char, encoding)) / total if total else 1.0


@cache
def _everyday(char: str, encoding: str) -> bool:
    if "\uff01" <= char <= "\uff5e" or "\u2010" <= char <= "\u2026" or char in "、。〈〉《》「」『』【】·€￥":
        return True
    if encoding.startswith("big5"):
        code = char.encode("big5", "ignore")
        return len(code) == 2 and b"\xa4\x40" <= code <= b"\xc6\x7e"
    code = char.encode("gb2312", "ignore")
    if len(code) == 2 and 0xB0 <= code[0] <= 0xD7:
        return True
    return encoding.startswith("utf") and "\u4e00" <= char <= "\u9fff"


def _looks_mojibake(data: bytes) -> bool:
    """Whether the typical sequences of double encoding occur at the head or in windows over the rest."""
    windows = [data[:CHUNK], *(data[i : i + CHUNK // 16] for i in range(CHUNK, len(data), CHUNK))]
    return any(LATIN_MOJIBAKE.search(w) or any(said in w for said in GBK_MOJIBAKE) for w in windows)


def repair(text: str) -> str:
    """The text with double-encoded UTF-8 undone where that is certain, else the text as it is.

    >>> repair("ä½\\xa0å¥½"), repair("浣犲ソ锛岃川閲忓緢宸"), repair("联通"), repair("café")
    ('你好', '浣犲ソ锛岃川閲忓緢宸', '联通', 'café')
    """
    return _undo(text, _to_latin, minimum=1) or _undo(text, _to_gbk, minimum=4) or text


def _undo(text: str, to_bytes: Callable[[str], bytes | None], minimum: int) -> str | None:
    data = to_bytes(text)
    if data is None:
        return None
    try:
        repaired = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    hanzi = sum("\u4e00" <= char <= "\u9fff" for char in repaired)
    better = plausibility(repaired) > max(PLAUSIBLE, plausibility(text))
    return repaired if hanzi >= minimum and len(repaired) < len(text) and better else None


def _to_latin(text: str) -> bytes | None:
    """The bytes behind text read as Windows-1252 (with its five gaps filled as browsers do)."""
    try:
        return b"".join(
            bytes([ord(char)])
            if char in CP1252_GAPS.values() or 0x7F < ord(char) < 0x100
            else char.encode("cp1252")
            for char in text
        )
    except UnicodeEncodeError:
        return None


def _to_gbk(text: str) -> bytes | None:
    try:
        return text.encode("gb18030")
    except UnicodeEncodeError:
        return None
