"""Personal data out of sight: masked words, keyed pseudonyms for customers, half-shown names and contacts.

Texts are masked before anything else reads them, so that neither analysis nor cache, log or error message
can show them.
A pseudonym is still personal information under PIPL (去标识化): keep access control and retention.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl

from voc_lib.clean import detectors, mentions, rawrows, staff
from voc_lib.clean.vicinity import BREAK
from voc_lib.clean.vocabulary import words
from voc_lib.engine import LOCAL, Engine
from voc_lib.engine import rows as mapped
from voc_lib.errors import DataError, ParamsError
from voc_lib.params import Handlers
from voc_lib.text import matching

if TYPE_CHECKING:
    from voc_lib.collect import Collected

TOKENS = detectors.TOKENS
VARIABLE = "VOC_CUSTOMER_KEY"
KEY_FILE = "customer.key"
PURPOSE = b"voc:customer:v1\0"
_SHORTEST = 16
SHORTEST_NAME = 2
WORDS = ("text", "request", "remark")
PLACES = ("source", "file", "sheet", "reason")
LABELS = (
    *PLACES,
    *("channel", "category_given", "urgency_given", "department", "status"),
    *("product", "region", "level", "gender"),
)
JOINS = r"[\s\-–—.·/_()+]+"  # signs that group the digits of a number
TELLING = r"@|1[3-9]\d{9}|\d{17}[\dXx]"  # what an id must hold to be looked at
PSEUDONYM = re.compile(r"C[0-9a-f]{16}")
HALF_CONTACT = re.compile(r"\d{3}\*{4}(?:\d{4})?")
_ENCLOSED = (0x3220, 0x32A0)
# letters that look like Latin ones or digits: 1З8О…
_ALIKE = dict(
    zip(
        "оοӏіιѕјаеєсрρкκтτхχуνωнмзбчвОΟІΙЅЈАΑЕΕСРΡКΚТΤХΧУНΗМΜЗБЧВΒΝΖ",
        "ooliisjaeecppkkttxxyvwhm364booiisjaaeecppkkttxxyhhmm364bbnz",
        strict=True,
    )
)
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\x00-\x08\x0e-\x1f\x7f]"
)


def load_key(folder: str | Path) -> bytes:
    """The key of the pseudonyms: VOC_CUSTOMER_KEY, else a file only its owner can read, made when absent.

    Another key gives other pseudonyms: keep it, or customers of earlier months are not recognised.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return _checked(given.encode(), f"环境变量 {VARIABLE}")
    file = Path(folder) / KEY_FILE
    try:
        return _read(file) if file.exists() else _create(file)
    except OSError as error:
        raise DataError(
            f"客户密钥文件 {file.name} 读写失败（{error.strerror}）。"
            f"请检查文件夹权限，或设置环境变量 {VARIABLE}。"
        ) from None


def _create(file: Path) -> bytes:
    """A new random key, written whole or not at all; when another run was faster, its key."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(secrets.token_hex(32).encode())
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _read(file)


def _read(file: Path) -> bytes:
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise DataError(f"客户密钥文件 {file.name} 其他用户也能读取。请先执行 chmod 600，再重新运行。")
    return _checked(file.read_bytes().strip(), f"客户密钥文件 {file.name} ")


def _checked(key: bytes, where: str) -> bytes:
    if len(key) < _SHORTEST:
        raise ParamsError(f"{where}太短（{len(key)} 字节）。至少需要 {_SHORTEST} 字节的随机内容。")
    return key


def fingerprint(key: bytes) -> str:
    """Twelve hex digits that tell keys apart and give nothing away, for run.json.

    >>> fingerprint(b"0123456789abcdef")
    'f789b8c830d1'
    """
    return hmac.new(key, b"voc:fingerprint:v1", hashlib.sha256).hexdigest()[:12]


def pseudonyms(ids: pd.Series, key: bytes) -> pd.Series:
    """“C” + 16 hex digits per customer id, the same for the same id and key; missing stays missing.

    >>> pseudonyms(pd.Series(["u1", "Ｕ1 "]), b"0123456789abcdef").nunique()
    1
    """
    known = {raw: _pseudonym(raw, key) for raw in ids.dropna().unique()}
    return ids.map(known).astype("str")


def _pseudonym(raw: str, key: bytes) -> str:
    if PSEUDONYM.fullmatch(raw):  # a mended row of the quarantine brings its own
        return raw
    return "C" + hmac.digest(key, PURPOSE + _plain(raw).encode(), "sha256").hex()[:16]


def _plain(raw: object) -> str:
    """The spelling in which two ids are compared."""
    return unicodedata.normalize("NFKC", str(raw)).strip().casefold()


def named(ids: pd.Series) -> pd.Series:
    """The ids, missing where the word names nobody: 匿名, anonymous, 0 …

    >>> named(pd.Series(["u1", "匿名用户", "N/A"])).isna().tolist()
    [False, True, True]
    """
    nobody = {"", *(_plain(word) for word in words()["anonymous"])}
    plain = pl.from_pandas(ids.astype("str")).str.normalize("NFKC").str.strip_chars()
    empty = plain.str.to_lowercase().is_in(nobody).fill_null(False)
    return ids.astype("str").mask(empty.to_numpy())


def protect(
    collected: Collected, key: bytes, *, handlers: Handlers = "name", engine: Engine = LOCAL
) -> Collected:
    """The same tables with texts masked, customer ids as pseudonyms, names and contacts half shown.

    `handlers` says how those who handled the feedback are shown (params). `engine` masks the words of the
    feedback where nobody else can read what it is sent; the key never leaves this process.
    """
    return replace(
        collected,
        feedback=_shown(collected.feedback, key, handlers, engine.private),
        ratings=_shown(collected.ratings, key, handlers),
        quarantine=masked_labels(collected.quarantine.assign(raw=_raws(collected, key)), PLACES),
        reads=masked_labels(collected.reads, PLACES),
        headers=masked_labels(collected.headers, (*PLACES, "header")),
        customers=masked_labels(_with_ids(collected.customers, key), LABELS),
        orders=masked_labels(_with_ids(collected.orders, key), LABELS),
        status_events=_events(collected.status_events, key, handlers),
        notes=tuple(map(mask_text, collected.notes)),
        surveys=collected.surveys.assign(group=mask(collected.surveys["group"])),
        traits=masked_labels(collected.traits, ("source", "file", "sheet", "trait", "value")),
        log_files=masked_labels(collected.log_files, PLACES),
        answers=masked_labels(_answers(collected.answers, key), (*PLACES, "question", "item", "option")),
    )


def _shown(frame: pd.DataFrame, key: bytes, handlers: Handlers, engine: Engine = LOCAL) -> pd.DataFrame:
    """Feedback with nobody recognisable, those who handled it as the params want."""
    masked = masked_labels(_feedback(frame, key, engine), LABELS)
    masked = masked_labels(masked, ("handler",), kept=("姓名",))  # how they are shown is what `handlers` says
    if handlers != "name":
        masked = masked.assign(**{c: without_names(masked[c], frame["handler"]) for c in WORDS})
    return staff.shown(masked, handlers, key)


def _answers(answers: pd.DataFrame, key: bytes) -> pd.DataFrame:
    return answers.assign(feedback_id=masked_ids(answers["feedback_id"], key))


def _events(events: pd.DataFrame, key: bytes, handlers: Handlers) -> pd.DataFrame:
    """The log of states with the ids its feedback has, and those who handled it as the params want."""
    masked = masked_labels(events, ("state", "department"))
    masked = masked_labels(masked, ("handler",), kept=("姓名",))
    masked = masked.assign(ticket_id=masked_ids(masked["ticket_id"], key))
    return staff.shown(masked, handlers, key)


def masked_labels(frame: pd.DataFrame, columns: Iterable[str], *, kept: tuple[str, ...] = ()) -> pd.DataFrame:
    """The frame with personal data masked in columns of few different values, but for kinds `kept`.

    >>> masked_labels(pd.DataFrame({"region": ["华东", "13800138000"]}), ["region"])["region"].tolist()
    ['华东', '[手机号]']
    """
    changed = {}
    for column in set(columns) & set(frame.columns):
        values = frame[column].dropna().astype("str").drop_duplicates()
        masked = mask(values, kept=kept)
        told = masked != values
        if told.any():
            changed[column] = frame[column].replace(dict(zip(values[told], masked[told], strict=True)))
    return frame.assign(**changed)


def masked_ids(ids: pd.Series, key: bytes) -> pd.Series:
    """Ids, a keyed pseudonym in place of one that is a telephone, a mail or an identity number however spelt.

    >>> masked_ids(pd.Series(["GD20260901", "138-0013-8000"]), b"0123456789abcdef").str[:1].tolist()
    ['G', 'F']
    """
    plain = pl.from_pandas(ids.astype("str")).str.normalize("NFKC").str.replace_all(JOINS, "")
    suspects = ids[plain.str.contains(TELLING).fill_null(False).to_numpy()].drop_duplicates()
    told = suspects[mask(suspects.astype("str")) != suspects]
    known = {raw: "F" + _pseudonym(raw, key)[1:] for raw in told}
    return ids.replace(known) if known else ids


def _raws(collected: Collected, key: bytes) -> pd.Series:
    told = (collected.feedback, collected.ratings, collected.customers, collected.orders)
    known = [frame["customer_id"].dropna() for frame in told]
    return raw_rows(collected.quarantine, collected.headers, pd.concat(known), key)


def raw_rows(
    quarantine: pd.DataFrame, headers: pd.DataFrame, ids: pd.Series, key: bytes, **more: rawrows.Mask
) -> pd.Series:
    """The raw cells of quarantined rows with nobody recognisable; `more` masks fields of other tables.

    `ids` are made unreadable in rows that have no columns.
    """
    masks = {
        "customer_id": lambda values: pseudonyms(named(values), key),
        "customer_name": half_names,
        "contact": half_contacts,
        "handler": lambda names: staff.pseudonyms(names, key),
        rawrows.UNUSED: lambda cells: rawrows.nameless(mask(cells)),
        rawrows.WHOLE: lambda lines: rawrows.shapeless(mask(lines), ids.unique().tolist()),
        **more,
    }
    return rawrows.protect(quarantine, headers, masks, mask)


def _feedback(frame: pd.DataFrame, key: bytes, engine: Engine) -> pd.DataFrame:
    said = mapped(engine, _words, frame[[*WORDS, "customer_name"]])
    return frame.assign(
        feedback_id=masked_ids(frame["feedback_id"], key),
        customer_id=pseudonyms(named(frame["customer_id"]), key),
        **{c: said[c] for c in WORDS},
        customer_name=half_names(frame["customer_name"]),
        contact=half_contacts(frame["contact"]),
    )


def _words(frame: pd.DataFrame) -> pd.DataFrame:
    """What people said, in each of WORDS, with nobody recognisable."""
    names = frame["customer_name"]
    return pd.DataFrame({c: without_names(mentions.masked(mask(frame[c])), names) for c in WORDS})


def without_names(texts: pd.Series, names: pd.Series) -> pd.Series:
    """Each text with the name of its own customer, if it says it, as [姓名].

    >>> without_names(pd.Series(["我是王小明，快点"]), pd.Series(["王小明"])).tolist()
    ['我是[姓名]，快点']
    """
    known = (names.str.strip().str.len() >= SHORTEST_NAME).fillna(False) & texts.notna()
    pairs = zip(texts[known], names[known].str.strip(), strict=True)
    hidden = [text.replace(name, TOKENS["姓名"]) if name in text else text for text, name in pairs]
    result = texts.copy()
    result[known] = hidden
    return result


def _with_ids(frame: pd.DataFrame, key: bytes) -> pd.DataFrame:
    orders = {name: masked_ids(frame[name], key) for name in ("order_id",) if name in frame}
    return frame.assign(customer_id=pseudonyms(frame["customer_id"], key), **orders)


def half_names(names: pd.Series) -> pd.Series:
    """“王小明” -> “王**”: the first character only.

    >>> half_names(pd.Series(["王小明", "Li Lei"])).tolist()
    ['王**', 'L**']
    """
    stripped = names.str.strip()
    return (stripped.str[:1] + "**").where(stripped != "").astype("str")


def half_contacts(contacts: pd.Series) -> pd.Series:
    """“13800138000” -> “138****8000”, “abc@example.com” -> “a***@example.com”, a name -> “王**”.

    >>> half_contacts(pd.Series(["138 0013 8000", "abc@example.com", "王敏", "010-88886666"])).tolist()
    ['138****8000', 'a***@example.com', '王**', '010****6666']
    """
    shown = {raw: _half(unicodedata.normalize("NFKC", raw).strip()) for raw in contacts.dropna().unique()}
    return contacts.map(shown).astype("str")


def _half(contact: str) -> str | None:
    """A contact half shown; of two in one cell nothing but the first is shown."""
    if HALF_CONTACT.fullmatch(contact):
        return contact
    digits = re.sub(r"\D", "", contact)
    if "@" in contact:
        local, domain = contact.split("@", 1)
        return (
            f"{local[:1]}***@{mask_text(domain)}" if re.fullmatch(r"[\w.-]+", domain) else f"{local[:1]}***"
        )
    if len(digits) >= 10:
        digits = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
        return f"{digits[:3]}****{digits[-4:]}" if len(digits) <= 12 else f"{digits[:3]}****"
    return f"{contact[:1]}**" if contact else None


def mask(texts: pd.Series, *, kept: tuple[str, ...] = ()) -> pd.Series:
    """Each text with personal data replaced by tokens such as [手机号], but for kinds `kept`; missing stays.

    >>> mask(pd.Series(["请打１３８-００１３-８０００找我"])).tolist()
    ['请打[手机号]找我']
    """
    masked = texts.astype("str")
    found = _found(masked, kept)
    if not found:
        return masked
    rows = sorted(found)
    values = masked.iloc[rows].tolist()
    found = {place: found[row] for place, row in enumerate(rows)}
    while found:  # a token may set free what was glued to the number before it
        places = sorted(found)
        for place in places:
            values[place] = _replaced(values[place], found[place])
        again = _found(pd.Series([values[place] for place in places], dtype="str"), kept)
        found = {places[number]: spans for number, spans in again.items()}
    result = masked.copy()
    result.iloc[rows] = pd.Index(values, dtype="str")
    return result


def _found(texts: pd.Series, kept: tuple[str, ...]) -> dict[int, list[tuple[int, int, str]]]:
    """The hits of `find` by row, without those of the kinds that are kept."""
    told = ((row, [hit for hit in hits if hit[2] not in kept]) for row, hits in find(texts))
    return {row: hits for row, hits in told if hits}


def mask_text(text: str) -> str:
    """One text with personal data replaced by tokens; for log and error messages too.

    >>> mask_text("订单 2026091234567890 的收货人 李雷 没收到货")
    '订单 2026091234567890 的收货人 [姓名] 没收到货'
    """
    return str(mask(pd.Series([text], dtype="str")).iloc[0])


def count(texts: pd.Series) -> pd.Series:
    """How many hits of each kind the texts hold, by kind."""
    kinds = [kind for _, hits in find(texts) for _, _, kind in hits]
    return pd.Series(kinds, dtype="str").value_counts().reindex(sorted(TOKENS), fill_value=0)


def _replaced(text: str, hits: list[tuple[int, int, str]]) -> str:
    parts, last = [], 0
    for start, end, kind in hits:
        parts += [text[last:start], TOKENS[kind]]
        last = end
    return "".join([*parts, text[last:]])


def find(texts: pd.Series) -> Iterator[tuple[int, list[tuple[int, int, str]]]]:
    """Row number and hits (start, end, kind) of every text that holds personal data."""
    for corpus in matching.corpora(texts, clauses=False):
        yield from _hits(corpus)


def _hits(corpus: matching.Corpus) -> Iterator[tuple[int, list[tuple[int, int, str]]]]:
    codes = _seen()[np.frombuffer(corpus.folded.encode("utf-32-le"), dtype=np.uint32)]
    codes[corpus.starts[1:-1] - 1] = ord(BREAK)
    seen = codes if codes.all() else codes[codes > 0]  # what nobody sees is left out
    hits = detectors.find(seen.tobytes().decode("utf-32-le"))
    starts, ends = (np.array([hit[side] for hit in hits], dtype=np.int64) for side in (0, 1))
    if len(seen) < len(codes):
        places = np.append(np.flatnonzero(codes), len(codes))
        starts, ends = places[starts], places[ends]
    rows = corpus.rows(starts)
    starts, ends = starts - corpus.starts[rows], ends - corpus.starts[rows]
    found: dict[int, list[tuple[int, int, str]]] = {}
    for row, start, end, (_, _, kind) in zip(
        rows.tolist(), starts.tolist(), ends.tolist(), hits, strict=True
    ):
        found.setdefault(corpus.first + row, []).append((start, end, kind))
    yield from found.items()


@cache
def _seen() -> np.ndarray:
    """Code point to code point: any digit as 0-9, a letter by its looks, what nobody sees as 0."""
    table = np.arange(0x110000, dtype=np.uint32)
    for code in (*range(0x80, 0x3400), *range(0xA000, 0xD800), *range(0x10000, 0x20000)):
        digit: float | None = unicodedata.digit(chr(code), None)
        if digit is None and _ENCLOSED[0] <= code < _ENCLOSED[1]:  # ㈡, ㊁
            digit = unicodedata.numeric(chr(code), None)
        if digit is not None and digit < 10:
            table[code] = ord("0") + int(digit)
    table[list(map(ord, _ALIKE))] = list(map(ord, _ALIKE.values()))
    table[[code for code in range(0x10000) if INVISIBLE.match(chr(code))]] = 0
    return table
