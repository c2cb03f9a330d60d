"""Which column of a file is which field: explicit mapping, then synonyms, then a guess with its score."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from voc_lib import schema
from voc_lib.collect import kinds
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.params import IGNORE
from voc_lib.yamlfile import shipped

GUESS = 0.8
SURE = 0.9  # of Latin letters, of which any two words share many
SUGGEST = 0.6
BUILT = 900  # rank of a name put together of two parts: after all that are written out
LEAST = 4  # characters of a name that others may be near to
LONGEST = 60  # characters of a header; what is longer is a text
GUESSABLE = frozenset(
    ("feedback_id", "customer_id", "created_at", "text", "channel", "csat", "nps", "contact", "customer_name")
)
OPTIONS = frozenset(c.name for c in schema.FEEDBACK.columns if c.kind == "category")
JOINED = ("text", "request", "remark")  # several columns may feed these
BRACKETS = re.compile(r"[\[(（【〔].*?[\])）】〕]")
NOISE = re.compile(r"[\W_]+")
UNNAMED = re.compile(r"未命名列\d+|Unnamed(?:: |_)\d+(?:\S*)?")
ASKING = re.compile(r"^(?:第?\s*\d+\s*[题.、:：)）(（ ]|[Qq]\d+)|[?？]$")
CUSTOM = re.compile(r"(?:Custom field|自定义字段)\s*[(（](.+)[)）]", re.IGNORECASE)
HALVES = re.compile(r"(?P<han>[㐀-鿿、，]{2,})[\s/|·]+(?P<latin>[A-Za-z][A-Za-z .,'&-]*[A-Za-z.])")
HALVES_TURNED = re.compile(r"(?P<latin>[A-Za-z][A-Za-z .,'&-]*[A-Za-z.])[\s/|·]+(?P<han>[㐀-鿿、，]{2,})")
TYPED = re.compile(r"[._]?\$(?:date|oid|number\w+)$")  # createTime.$date
OF = re.compile(r"\s*(\w[\w ]*)[ _]of[ _](\w[\w ]*)", re.IGNORECASE)  # date of response
QUESTIONED = 5  # characters of a question, at least
QUESTION = re.compile(r"^(?:第?\s*\d+\s*[题.、:：)]|[Qq]\d+[.、:：_]?)\s*")


@dataclass(frozen=True)
class Match:
    """One column's fate: `field` is None when unused, `score` 0..1 tells how sure."""

    header: str
    field: str | None
    how: str
    score: float | None = None


def normal(header: str) -> str:
    """A header as it is compared: half width, simplified, lower case, no spaces or punctuation.

    >>> normal("　反馈_内容＊ "), normal("Created At"), normal("反饋內容")
    ('反馈内容', 'createdat', '反馈内容')
    """
    return NOISE.sub("", simplified(unicodedata.normalize("NFKC", header).casefold()))


def simplified(header: str) -> str:
    """The header in simplified characters; those of GB 2312 are."""
    if len(header) > LONGEST or header == header.encode("gb2312", "ignore").decode("gb2312"):
        return header
    from voc_lib.text.normalize import simplified  # loads OpenCC

    return simplified(header)


@cache
def synonyms(table: str = "feedback") -> dict[str, tuple[str, int]]:
    """Normalised synonym -> (field, rank); rank 0 is a field's best name."""
    raw = words_file()
    result: dict[str, tuple[str, int]] = {}
    for field, names in raw[table].items():
        for rank, name in enumerate([field, *map(str, names)]):
            result.setdefault(normal(name), (field, rank))
    for field, name in _built() if table == "feedback" else ():
        result.setdefault(normal(name), (field, BUILT))
    labels = schema.table(table).labels if table in schema.TABLES else {}
    for field, label in labels.items():
        if field in raw[table]:
            result.setdefault(normal(label), (field, 0))
    return result


def _built() -> Iterator[tuple[str, str]]:
    """Names put together of what stands in front and what it is (信访 + 渠道), with their field."""
    for field, parts in words_file()["built"].items():
        yield from ((field, name) for part in parts for name in built(part))


def built(part: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Each of what stands in front with each of what it is.

    >>> [*built({"fronts": ["意见或", "意见和"], "heads": ["要求"]})]
    ['意见或要求', '意见和要求']
    """
    return (f"{front}{head}" for front in part["fronts"] for head in part["heads"])


@cache
def words() -> frozenset[str]:
    """Every normalised header word of every table: what tells a header row from a title."""
    tables = ("feedback", "customers", "orders", "exposure", "kpis")
    return frozenset(word for table in tables for word, (_, rank) in synonyms(table).items() if rank < BUILT)


@cache
def spellings() -> frozenset[str]:
    """The words of `words` as headers.yaml and people spell them: in small letters and in capitals."""
    tables = ("feedback", "customers", "orders", "exposure", "kpis")
    lists = [[field, *names] for table in tables for field, names in words_file()[table].items()]
    known = {str(name) for names in lists for name in names}
    titles = {name.title() for name in known}
    return frozenset().union(
        known, titles, map(str.lower, known), map(str.upper, known), (t.replace("Id", "ID") for t in titles)
    )


def match(
    headers: Sequence[str],
    explicit: Mapping[str, str] | None = None,
    *,
    table: str = "feedback",
    where: str = "",
) -> list[Match]:
    """One Match per header, in order; DataError when an explicit mapping names a column that is not there.

    >>> [(m.field, m.how) for m in match(["工单号", "处理情况描述", "心情"])]
    [('feedback_id', '同义词'), (None, '未使用'), (None, '未使用')]
    """
    found = fixed(headers, explicit or {}, where)
    taken = {m.field for m in found.values() if m.field}
    found |= _by_synonym([h for h in headers if h not in found], table, taken)
    taken |= {m.field for m in found.values() if m.field}
    found |= _by_guess([h for h in headers if h not in found], table, taken)
    taken |= {m.field for m in found.values() if m.field}
    found |= _by_question([h for h in headers if h not in found], taken) if table == "feedback" else {}
    return [found.get(header, Match(header, None, "未使用")) for header in headers]


def fixed(headers: Sequence[str], explicit: Mapping[str, str], where: str = "") -> dict[str, Match]:
    """The headers whose field the params give; DataError when one of them is not there."""
    given = _explicit(headers, explicit, where)
    return {h: Match(h, None if field == IGNORE else field, "指定", 1.0) for h, field in given.items()}


def unnamed(header: str) -> bool:
    """Whether a column has no name of its own: an index, an empty header cell.

    >>> [unnamed(name) for name in ("未命名列1", "Unnamed: 0", "列2", "内容")]
    [True, True, False, False]
    """
    return UNNAMED.fullmatch(header) is not None


def named(header: str, table: str = "feedback") -> tuple[str, int, int] | None:
    """The field a header is a name of, its rank among the names, and how much had to be left out for it.

    >>> named("4、评论内容（必填）")[::2], named("心情")
    (('text', 2), None)
    """
    known = synonyms(table)
    return next(((*known[form], n) for n, form in enumerate(forms(header)) if form in known), None)


def question(header: str) -> bool:
    """Whether a header is a question of a survey: numbered (3、…, Q4…), or ending as questions do.

    >>> [question(h) for h in ("3、您的建议", "Q4请写下", "Which store did you visit?", "工单号")]
    [True, True, True, False]
    """
    return ASKING.search(header.strip()) is not None


def halves(header: str) -> tuple[str, ...]:
    """The two languages a header is in; () for one.

    >>> halves("评价内容 Feedback"), halves("Rating/评分"), halves("用户ID"), halves("1、评分 Score（必填）")
    (('评价内容', 'Feedback'), ('评分', 'Rating'), (), ('评分', 'Score'))
    """
    bare = BRACKETS.sub("", QUESTION.sub("", header)).strip()
    found = HALVES.fullmatch(bare) or HALVES_TURNED.fullmatch(bare)
    return (found["han"], found["latin"]) if found else ()


def near(header: str) -> tuple[str, float] | None:
    """The feedback field a header nearly is a name of, and how nearly (0..1)."""
    from rapidfuzz import fuzz, process

    known = _guessable()
    hits = [
        process.extractOne(
            f, known.keys(), scorer=fuzz.ratio, score_cutoff=(SURE if f.isascii() else GUESS) * 100
        )
        for f in forms(header)[:3]
    ]
    alike = [
        hit for form, hit in zip(forms(header)[:3], hits, strict=False) if hit and _one_kind(form, hit[0])
    ]
    best = max(alike, key=lambda hit: hit[1], default=None)
    return (known[best[0]], best[1] / 100) if best else None


def _one_kind(form: str, known: str) -> bool:
    """Whether two near spellings may be of one thing: Latin ones end alike (submission ip is no id).

    >>> _one_kind("submissionip", "submissionid"), _one_kind("feedbckid", "feedbackid")
    (False, True)
    """
    return not form.isascii() or form[-2:] == known[-2:]


@cache
def _guessable() -> dict[str, str]:
    """Names that others may be near to -> field."""
    written = [(word, field) for word, (field, rank) in synonyms().items() if rank < BUILT]
    return {word: field for word, field in written if len(word) >= LEAST and field in GUESSABLE}


def asked(header: str) -> list[str]:
    """The fields a survey question asks for by its words."""
    if len(normal(header)) < QUESTIONED:
        return []
    plain = simplified(header).casefold()
    return [field for field, signs in cues().items() if any(sign in plain for sign in signs)]


def _explicit(headers: Sequence[str], explicit: Mapping[str, str], where: str) -> dict[str, str]:
    by_normal = {normal(h): h for h in reversed(headers)} | {
        normal(h.rsplit("/", 1)[-1]): h for h in reversed(headers)
    }
    result: dict[str, str] = {}
    for name, field in explicit.items():
        header = name if name in headers else by_normal.get(normal(name))
        if header is None:
            raise DataError(
                f"{where} 没有参数里写的表头 “{name}”。{did_you_mean(name, headers)}"
                f"文件里的表头：{'、'.join(headers[:40])}。"
            )
        result[header] = field
    return result


def _by_synonym(headers: Sequence[str], table: str, taken: set[str]) -> dict[str, Match]:
    """The best-ranked header per field; the others of the same field stay unused."""
    ranked = []
    apart = options(headers)
    for order, header in enumerate(headers):
        found = named(header, table)
        if found and not (header in apart and found[0] in OPTIONS):
            field, rank, penalty = found
            ranked.append((penalty, rank, order, header, field))
    result: dict[str, Match] = {}
    used = set(taken)
    for penalty, _, _, header, field in sorted(ranked):
        if field not in used:
            used.add(field)
            result[header] = Match(header, field, "同义词", 1.0 - 0.05 * penalty)
    return result


def forms(header: str) -> list[str]:
    """Spellings of a header to compare: whole, without question number or brackets, its last level."""
    header = TYPED.sub("", header)
    bare = QUESTION.sub("", header)
    last = header.rsplit("/", 1)[-1]
    forms = [normal(h) for h in (header, bare, BRACKETS.sub("", bare), last, BRACKETS.sub("", last))]
    if custom := CUSTOM.fullmatch(header):
        forms.append(normal(custom[1]))
    if turned := OF.fullmatch(bare):
        forms.append(normal(f"{turned[2]} {turned[1]}"))
    return list(dict.fromkeys(form for form in forms if form))


def options(headers: Sequence[str]) -> set[str]:
    """The headers that are the options of one question, told apart by their brackets alone.

    >>> sorted(options(["1、渠道(淘宝)", "1、渠道(京东)", "内容(必填)"]))
    ['1、渠道(京东)', '1、渠道(淘宝)']
    """
    bare = {header: BRACKETS.sub("", header) for header in headers if BRACKETS.search(header)}
    counts = Counter(bare.values())
    return {header for header, question in bare.items() if counts[question] > 1}


def _by_guess(headers: Sequence[str], table: str, taken: set[str]) -> dict[str, Match]:
    """Near spellings of a synonym, for fields nothing else named; the nearest header wins."""
    from rapidfuzz import fuzz, process

    known = {word: field for word, (field, _) in synonyms(table).items() if len(word) >= LEAST}
    open_words = [
        w for w, field in known.items() if field not in taken and (table != "feedback" or field in GUESSABLE)
    ]
    near: list[tuple[float, str, str]] = []
    apart = options(headers)
    for header in headers:
        for form in forms(header)[:3]:
            hit = process.extractOne(form, open_words, scorer=fuzz.ratio, score_cutoff=SUGGEST * 100)
            if hit and not (header in apart and known[hit[0]] in OPTIONS):
                near.append((-hit[1] / 100, header, known[hit[0]]))
    result: dict[str, Match] = {}
    used = set(taken)
    for score, header, field in sorted(near):
        if header not in result and field not in used and -score >= GUESS:
            used.add(field)
            result[header] = Match(header, field, "推测", -score)
    return result


def _by_question(headers: Sequence[str], taken: set[str]) -> dict[str, Match]:
    """Survey questions told by the words in them; several open questions may feed the text."""
    result: dict[str, Match] = {}
    for field in cues():
        mine = [h for h in headers if h not in result and field in asked(h)]
        if field not in taken:
            result |= {h: Match(h, field, "推测", 0.7) for h in (mine if field in JOINED else mine[:1])}
    return result


@cache
def cues() -> dict[str, list[str]]:
    """Field -> words in a survey question that point to it."""
    return words_file()["questions"]


@cache
def words_file() -> dict[str, dict[str, Any]]:
    """headers.yaml, read once."""
    return shipped("voc_lib.collect", "headers.yaml")


def suggest(headers: Sequence[str], field: str, *, table: str = "feedback") -> tuple[str, float] | None:
    """The header that most resembles a field's names, and how much (0..1)."""
    from rapidfuzz import fuzz, process

    names = [word for word, (f, _) in synonyms(table).items() if f == field]
    best: tuple[float, str, float] | None = None
    for header in headers:
        part = process.extractOne(normal(header), names, scorer=fuzz.WRatio)
        whole = process.extractOne(normal(header), names, scorer=fuzz.ratio)  # “内容” alone says little
        if part and part[1] >= SUGGEST * 100 and (best is None or whole[1] > best[0]):
            best = (whole[1], header, part[1] / 100)
    return best[1:] if best else None


def frame(
    source: str, table: Table, matches: Sequence[Match], known: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """schema.HEADERS rows of one table; `known` kinds of values are told from all rows of the file."""
    told = known or kinds.by_column(table)
    rows = [(source, table.file, m.header, m.field, m.how, m.score, told[m.header]) for m in matches]
    return schema.shape(pd.DataFrame(rows, columns=schema.HEADERS.names, dtype=object), schema.HEADERS)
