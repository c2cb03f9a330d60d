"""What stands in a column: counted on a bounded sample, and held against what a field may hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib.collect import ago, dates, reckoning, scores
from voc_lib.collect.years import Known

LOOK, SAMPLE, DATED = 20_000, 2_000, 200
GRADES = 20  # different values that may be words of a scale
FEW = 3  # different words that are hardly all there is to say
SAID = 0.8  # share of different words above which they are no scale's, though one is (满意)
TWICE = 0.5  # share of different values up to which each comes twice
CODES = (97, 98, 99)  # for no answer
COUNTED = (0.05, 0.5)  # share of numbers above 10 that tells counts from scores
LEVELS = 7  # of satisfaction in words, at most
ANSWERED = 0.5  # share of words of those who answer from which a column is theirs
BEGINNING = 200  # characters that tell a sentence; a cell of many without one would take their square
VARIED, SPOKEN, TOLD = 0.9, 0.6, 5  # different values, sentences and characters of what customers say
YEAR = 2024  # for dates without a year: whether a column holds times does not hang on it
AGAINST, SILENT, FOR = 0, 1, 2  # what the values say to a field
SCRIPTS = "Ͱ-ӿ֐-ۿऀ-႟ក-៿"  # Greek to Arabic, those of India to Burma, Khmer: other letters than Han and Latin
LETTERS = rf"[0-9A-Za-zÀ-ӿ㐀-鿿{SCRIPTS}]"
WORDS = rf"[{SCRIPTS}]{{3}}|[㐀-鿿]{{2}}|[㐀-鿿].*[㐀-鿿]|[A-Za-z]{{2,}}\s+[A-Za-z]{{2,}}"
CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
DATELIKE = (
    rf"\d\s*[-/.年月:：]\s*\d|\d{{5}}|[A-Za-z]{{3}}\w*[., ]+\d|\d[- ]?[A-Za-z]{{3}}|{reckoning.NUMERALS}"
)
ANY_YEARS = Known(buddhist=True)  # whether a column holds times does not hang on its calendar
LINK = r"(?:https?:)?//\S+|\S+\.(?:jpe?g|png|gif|mp4|webp)"
PHONE = r"(?:\+?\d{2,3}[- ]?)?1[3-9]\d[\d*]{8}|0?\d{2,3}-?\d{7,8}"
REACH = rf"{PHONE}|[\w.*+-]+@[\w.*-]+|[A-Za-z][\w-]{{5,19}}|\d{{5,11}}"
DIALLED = r"(?:[\d*xX][ -]?){7}|\d{5}|@|(?i:qq|vx|wx|微信)|^[A-Za-z][\w-]{5,19}$"
CODE = r"[A-Za-z_-]{0,8}\d[\w-]{2,}"  # an id: u000123, 8812345, o6_bmasdasdsad6
PLAIN_CODE = r"[A-Za-z_-]{1,8}[A-Za-z0-9_-]*\d[A-Za-z0-9_-]*"  # YJ-300, FB_0311
SPAN = r"(?:\d+(?:\.\d+)?\s*(?:天|小时|时|分钟|分|秒钟?|days?|hours?|h|min(?:utes)?|s(?:ec)?)\s*)+"
# What sentences have and names of things have not: 押金没退, 离地铁口近，; Der Aufzug war schon kaputt
SENTENCE = (
    r"[㐀-鿿].*[，。！？；…了没不很太都就还才被要只说让像是得着吗呢吧啊呀嘛]|[了没不很太都就还才被要只说让像是].*[㐀-鿿]|[ぁ-ゟ]{2}|[가-힣]{2}\s|"
    rf"[{SCRIPTS}]{{8}}|[{SCRIPTS}]{{2,}}\s[{SCRIPTS}]{{2,}}|"
    r"(?:[^\s\d]+\s+){2,}[a-zà-ÿ]{2,}|\s[a-zà-ÿ]{2,}\s+(?:[^\s\d]+\s+)+[^\s\d]+"
)
# How those speak who answer customers: 已为您登记处理, 感谢您的支持，欢迎再来
ANSWER = (
    r"为您|给您(?:带来|添)|感谢您|谢谢您的(?:支持|评价|反馈|光临)|您(?:反映|反馈|提出)的|亲[，,~～]|敬请|"
    r"请您(?:放心|谅解|留意|保持|耐心)|祝您|欢迎(?:您)?(?:再|下次|常来)|"
    r"(?i:apologi[sz]e|thank(?:s| you) for (?:your|sharing|the|choosing|reaching)|please contact us|our team|"
    r"(?:we are|we.re) (?:so |very )?sorry|sorry (?:for the|to hear))"
)
FLAGS = frozenset(("0", "1", "-1", "是", "否", "有", "√", "×", "y", "n", "yes", "no", "true", "false"))


@dataclass(frozen=True, eq=False)
class Profile:
    """A column in figures of the values looked at, each counted when it is asked for.

    `filled` is the share of cells with a value; what the values are, as shares of them.
    """

    values: pd.Series
    filled: float
    zone: ZoneInfo

    @property
    def given(self) -> int:
        """Values looked at."""
        return len(self.values)

    @cached_property
    def _unique(self) -> pd.Series:
        return self.values.drop_duplicates()

    @property
    def kinds(self) -> int:
        """Different values."""
        return len(self._unique)

    @cached_property
    def length(self) -> float:
        """Mean number of characters."""
        return float(self.values.str.len().mean()) if self.given else 0.0

    @cached_property
    def number(self) -> float:
        """Numbers."""
        return self._share(lambda v: pd.to_numeric(v.str.lstrip("'`="), errors="coerce").notna())

    @cached_property
    def words(self) -> float:
        """Words, Chinese or several others."""
        return self._share(lambda v: v.str.contains(WORDS, regex=True))

    @cached_property
    def time(self) -> float:
        """Times, among the first values."""
        return _share(self.values.head(DATED), lambda v: _times(v, self.zone))

    @cached_property
    def link(self) -> float:
        """Links."""
        return self._share(lambda v: v.str.fullmatch(LINK))

    @cached_property
    def reach(self) -> float:
        """Ways to reach somebody."""
        return self._share(lambda v: v.str.fullmatch(REACH))

    @cached_property
    def dialled(self) -> float:
        """Values with a number to call, an address to write to or a name to write under in them."""
        return self._share(lambda v: v.str.contains(DIALLED, regex=True))

    @cached_property
    def score(self) -> float:
        """Scores."""
        return self._share(_scored)

    @cached_property
    def coded(self) -> float:
        """Ids."""
        return self._share(lambda v: v.str.fullmatch(CODE))

    @property
    def running(self) -> bool:
        """Whether the values number the rows of the list: 1, 2, 3."""
        return self.given > 1 and self.values.tolist() == [*map(str, range(1, self.given + 1))]

    @cached_property
    def signs(self) -> float:
        """Scores in signs without a letter or a digit: ★★★☆☆, 😀."""
        return self._share(lambda v: _scored(v) & ~v.str.contains(LETTERS, regex=True))

    @cached_property
    def pleased(self) -> float:
        """Words that say whether somebody is satisfied: 满意, 不太满意."""
        return self._share(lambda v: v.str.contains("满意", regex=False))

    @cached_property
    def ciphers(self) -> float:
        """Ids without a word."""
        return self._share(lambda v: v.str.fullmatch(PLAIN_CODE))

    @cached_property
    def spans(self) -> bool:
        """Whether the values say how long something took: 5分11秒"""
        return self._share(lambda v: v.str.fullmatch(SPAN)) >= 0.5

    @cached_property
    def said(self) -> float:
        """Sentences, as their beginnings tell."""
        return self._share(lambda v: v.str.slice(0, BEGINNING).str.contains(SENTENCE, regex=True))

    @cached_property
    def answers(self) -> float:
        """Words of those who answer customers."""
        return self._share(lambda v: v.str.contains(ANSWER, regex=True))

    @property
    def answering(self) -> bool:
        """Whether mostly those speak who answer customers."""
        return self.given >= FEW and self.words >= 0.5 and self.answers >= ANSWERED

    @property
    def telling(self) -> bool:
        """Whether the values are sentences, nearly each another one, and nobody's answers."""
        varied = self.given >= FEW and self.distinct >= VARIED and self.length >= TOLD
        return varied and self.said >= SPOKEN and not self.answering

    @cached_property
    def flags(self) -> bool:
        """Whether all values are yes or no."""
        return self.kinds > 0 and set(self._unique.str.lower()) <= FLAGS

    @property
    def distinct(self) -> float:
        """Different values among those given."""
        return self.kinds / self.given if self.given else 0.0

    @property
    def constant(self) -> bool:
        """Whether one value stands everywhere."""
        return self.kinds == 1 and self.given >= 5

    @property
    def sorted_words(self) -> bool:
        """Whether the values are a few short words again and again, as of a category."""
        few = self.kinds <= max(2, 0.2 * self.given) and self.given >= 10
        return few and self.length <= 8

    @cached_property
    def ticked(self) -> bool:
        """Whether the values are options ticked, as Microsoft Forms writes them: 报销;请假;"""
        return self.given >= FEW and self._share(lambda v: v.str.fullmatch(r"(?:[^;]{1,60};)+")) == 1

    @property
    def graded(self) -> bool:
        """Whether the values are the words of one scale, each of them given several times."""
        few = FEW <= self.kinds <= LEVELS and self.distinct <= TWICE
        return few and self.scaled

    @property
    def scaled(self) -> bool:
        """Whether all values are words of one scale."""
        return self.number < 0.5 and self.score == 1

    @property
    def moments(self) -> bool:
        """Whether the values are times, and not numbers that could be."""
        return self.number < 0.5 and self.time >= 0.8

    def _share(self, told: Callable[[pd.Series], pd.Series]) -> float:
        return _share(self.values, told)


def sample(column: pa.ChunkedArray) -> tuple[pd.Series, float]:
    """The first values of a column, and the share of cells that hold one; “N/A” and alike are none."""
    cells = pc.utf8_trim_whitespace(column.slice(0, LOOK))
    nothing = pa.array(["", *scores.values_file()["missing"]], cells.type)
    given = cells.filter(pc.invert(pc.is_in(cells, value_set=nothing)))
    return pd.Series(given.slice(0, SAMPLE).to_pandas(), dtype="str"), len(given) / max(1, len(cells))


def profile(column: pa.ChunkedArray, *, zone: ZoneInfo) -> Profile:
    """The figures of one column.

    >>> one = profile(pa.chunked_array([["太慢了", "坏了", "N/A", "太慢了"]]), zone=ZoneInfo("UTC"))
    >>> one.given, one.filled, one.kinds, one.words, one.flags
    (3, 0.75, 2, 1.0, False)
    """
    return Profile(*sample(column), zone)


def _share(values: pd.Series, told: Callable[[pd.Series], pd.Series]) -> float:
    return float(told(values).fillna(False).astype(bool).mean()) if len(values) else 0.0


def _scored(values: pd.Series) -> pd.Series:
    """Which values may be scores: 0 to 100 and no fractions below 1, or words of one scale."""
    numbers = scores.numbers(values)
    points = numbers.between(0, 100) & ((numbers >= 1) | (numbers == 0))
    if _counted(numbers.dropna()):
        return points & False
    if values.nunique() > GRADES:
        return points
    return points | (numbers.isna() & scores.csat(values).values.notna())


def _counted(numbers: pd.Series) -> bool:
    """Whether numbers are counts (likes, votes) rather than scores: most small, and some far above 10.

    >>> _counted(pd.Series([0.0, 0, 1, 3, 12, 57])), _counted(pd.Series([5.0, 4, 98, 1, 5]))
    (True, False)
    """
    high = numbers[(numbers > 10) & ~numbers.isin(CODES)]
    return len(set(high)) > 1 and COUNTED[0] <= len(high) / len(numbers) <= COUNTED[1]


def _times(values: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Which values are times; only those that may be are parsed, and nothing where few may."""
    relative = pd.Series(ago.read(values, None)[0], index=values.index)
    may = values.str.contains(DATELIKE, regex=True) & (values.str.len() <= ago.LONGEST)
    if (may | relative).mean() < 0.5:
        return relative
    return relative | dates.parse(values.where(may, ""), zone=zone, year=YEAR, known=ANY_YEARS).times.notna()


def told(seen: Profile) -> str:
    """What stands in a column, as an analyst reads it.

    >>> told(profile(pa.chunked_array([["太慢了", "坏了", ""]]), zone=ZoneInfo("UTC")))
    '2 个值，2 种，文字 100%，平均 2 字'
    """
    if not seen.given:
        return "没有值"
    kinds = {
        "时间": seen.time * (seen.number < 0.5),
        "数字": seen.number,
        "文字": seen.words,
        "链接": seen.link,
    }
    kind, share = max(kinds.items(), key=lambda item: item[1])
    most = f"，{kind} {share:.0%}" if share >= 0.5 else ""
    return f"{seen.given} 个值，{seen.kinds} 种{most}，平均 {seen.length:.0f} 字"


def fit(field: str, seen: Profile) -> int:
    """What the values say to a field: FOR, AGAINST or SILENT (too few, too plain).

    >>> zone = ZoneInfo("UTC")
    >>> flags, words = (profile(pa.chunked_array([v]), zone=zone) for v in (["1", "0"], ["太慢了", "坏了"]))
    >>> [(fit(f, flags), fit(f, words)) for f in ("text", "contact", "created_at", "csat")]
    [(0, 2), (0, 1), (0, 0), (1, 1)]
    """
    if not seen.given:
        return SILENT
    return _FITS.get(field, _category)(seen)


def _text(seen: Profile) -> int:
    if seen.flags or seen.number >= 0.5 or seen.link >= 0.5 or seen.moments or seen.ticked:
        return AGAINST
    if seen.words < 0.5:
        return AGAINST if seen.given >= FEW and seen.ciphers >= 0.9 else SILENT
    rated = seen.scaled and seen.kinds >= FEW
    return SILENT if seen.sorted_words or seen.constant or rated else FOR


def _words(seen: Profile) -> int:
    return AGAINST if seen.flags or seen.number >= 0.8 or seen.moments or seen.link >= 0.5 else SILENT


def _title(seen: Profile) -> int:
    """As words; but a title that comes again and again is that of the thing spoken of, or a sort."""
    again = seen.given >= 5 and seen.distinct <= 0.3 and seen.length >= 6
    sort = seen.given >= 8 and seen.distinct <= 0.5 and seen.length <= 12
    return AGAINST if again or sort else _words(seen)


def _time(seen: Profile) -> int:
    return FOR if seen.time >= 0.5 else AGAINST


def _feedback_id(seen: Profile) -> int:
    if seen.moments or seen.length > 64 or (seen.words >= 0.5 and seen.length > 12) or seen.constant:
        return AGAINST
    if seen.given >= 8 and seen.distinct < 0.5:
        return AGAINST
    return FOR if seen.distinct >= 0.9 else SILENT


def _customer_id(seen: Profile) -> int:
    sentences = seen.words >= 0.5 and seen.length > 12
    if seen.moments or seen.flags or seen.link >= 0.5 or sentences or seen.length > 64:
        return AGAINST
    return FOR if seen.words < 0.5 and not seen.constant else SILENT


def _name(seen: Profile) -> int:
    long = seen.length > 20 and seen.words >= 0.5
    if seen.flags or seen.moments or seen.link >= 0.5 or long or (seen.number >= 0.8 and seen.length < 5):
        return AGAINST
    return FOR if seen.words >= 0.5 else SILENT


def _contact(seen: Profile) -> int:
    short = seen.number >= 0.5 and seen.length < 5
    if seen.flags or short or seen.moments or seen.length > 40 or seen.constant:
        return AGAINST
    return FOR if seen.reach >= 0.5 else SILENT


def _score(seen: Profile) -> int:
    many = (seen.kinds > FEW and seen.distinct > 0.5) or (seen.length > 12 and seen.kinds > LEVELS)
    said = seen.words >= 0.5 and seen.score < 0.5 and seen.kinds >= FEW and seen.distinct > SAID
    if seen.moments or said or (seen.words >= 0.5 and not seen.score and many):
        return AGAINST
    if seen.number >= 0.5 and seen.score < 0.8:
        return AGAINST
    return FOR if seen.score >= 0.5 and not seen.flags else SILENT


def _category(seen: Profile) -> int:
    return AGAINST if seen.flags or seen.moments or seen.length > 60 or seen.link >= 0.5 else SILENT


_FITS: dict[str, Callable[[Profile], int]] = {
    "text": _text,
    "request": _title,
    "remark": _words,
    "created_at": _time,
    "first_response_at": _time,
    "closed_at": _time,
    "feedback_id": _feedback_id,
    "customer_id": _customer_id,
    "customer_name": _name,
    "contact": _contact,
    "csat": _score,
    "nps": _score,
    "region": lambda seen: AGAINST if seen.number >= 0.8 else _category(seen),
    "status": lambda seen: AGAINST if seen.moments or seen.length > 60 or seen.number >= 0.8 else SILENT,
}
