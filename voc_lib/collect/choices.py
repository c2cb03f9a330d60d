"""Questions with several answers: a column per option (0/1, −1/code, the option), or all in one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from voc_lib.collect import surveys
from voc_lib.collect.headers import normal
from voc_lib.collect.surveys import NUMBERED

ABSENT = {"0", "-1", "否", "×", "✗", "false", "no", "n", "未选", "未选中", "unchecked", "not selected"}
PRESENT = {"1", "是", "√", "✓", "✔", "v", "x", "true", "yes", "y", "选中", "已选", "checked", "selected"}
MARKED = re.compile(r"多选|可多选|不定项|select all|choose all|all that apply|multiple", re.IGNORECASE)
REMARK = re.compile(r"[\[(（【]\s*(?:多选题?|可多选|最多选[^)）\]】]*|不定项|必答|必填)\s*[\])）】]")
BRACKETED = re.compile(r"^(.*?)\s*[\[(（【]([^\[\]()（）【】]+)[\])）】]\s*$", re.DOTALL)
PARTED = re.compile(r"^(.+?)\s*(?:—{1,2}|--|：|:|\||/|_|\.|-)\s*(.+)$", re.DOTALL)
ASKING = re.compile(r"^\s*(?:是否|有无|有没有|if\b|whether\b|is\b|has\b)", re.IGNORECASE)
OPEN = re.compile(r"〖.*?〗|﹎.*$")  # the words beside “其他”
SIGNS = "┋;；|,，、→"
SURE = "┋"
LONGEST, MOST = 30, 40  # characters of an option, options of a question


@dataclass(frozen=True)
class Choice:
    """One question: its number, its words, option -> column (or the column of joined options)."""

    number: str | None
    question: str
    columns: Mapping[str, str]
    sign: str = ""


def questions(cells: Mapping[str, pd.Series]) -> list[Choice]:
    """The questions with several answers among columns of cells (missing where blank)."""
    flagged = {header: given for header, given in cells.items() if _flags(header, given)}
    found = [_choice(group) for group in _groups([*cells], flagged)]
    taken = {column for choice in found for column in choice.columns.values()}
    rest = {header: given for header, given in cells.items() if header not in taken}
    return found + [one for header, given in rest.items() if (one := _joined(header, given))]


def _flags(header: str, given: pd.Series) -> bool:
    """Whether a column says of each row if an option was chosen."""
    values = {value.casefold() for value in given.dropna().unique()[: MOST + 1]}
    chosen = values - ABSENT
    if not values or len(chosen) > 1 or ASKING.search(split(header)[2]):
        return False
    mark = next(iter(chosen), "1")
    option = normal(split(header)[2])
    return mark in PRESENT or (bool(option) and normal(mark) == option) or _code(values)


def _code(values: set[str]) -> bool:
    """−1 for not chosen, the number of the option for chosen.

    >>> _code({"-1", "4"}), _code({"0", "4"})
    (True, False)
    """
    return "-1" in values and all(value.lstrip("-").isdigit() for value in values)


def split(header: str) -> tuple[str | None, str, str]:
    """Number, question and option of the header of an option; “” where it does not say one.

    >>> split("3、您不满意的原因（多选题）(配送)"), split("3、(质量)"), split("Q3_1"), split("3.选项A")
    (('3', '您不满意的原因', '配送'), ('3', '', '质量'), ('3', '', '1'), ('3', '', '选项A'))
    >>> split("渠道_微信"), split("抖音")
    ((None, '渠道', '微信'), (None, '', '抖音'))
    """
    numbered = NUMBERED.match(REMARK.sub("", header))
    number, rest = (numbered["number"], numbered["rest"]) if numbered else (None, REMARK.sub("", header))
    rest = f"({rest}" if rest.endswith((")", "）")) and not re.search(r"[(（]", rest) else rest
    parted = BRACKETED.match(rest) or PARTED.match(rest)
    question, option = (parted[1], parted[2]) if parted else ("", rest)
    return number, question.strip(), option.strip()


def _groups(headers: Sequence[str], flagged: Mapping[str, pd.Series]) -> list[list[str]]:
    """Flagged columns by question: of one number, of one beginning, or side by side with codes."""
    named: dict[tuple[str | None, str], list[str]] = {}
    for header in flagged:
        number, question, _ = split(header)
        if number or question:
            named.setdefault((number, "" if number else question), []).append(header)
    groups = [group for group in named.values() if len(group) > 1]
    taken = {header for group in groups for header in group}
    coded = [h for h, given in flagged.items() if h not in taken and not split(h)[0] and _coded(given)]
    return groups + [run for run in _runs(headers, coded) if _several([flagged[h] for h in run])]


def _coded(given: pd.Series) -> bool:
    return set(given.dropna().unique()) <= {"-1", *map(str, range(1, 100))}


def _several(columns: Sequence[pd.Series]) -> bool:
    """Whether columns side by side are options: more than one, and −1 somewhere for not chosen."""
    return len(columns) > 1 and any((given == "-1").any() for given in columns)


def _runs(headers: Sequence[str], some: Sequence[str]) -> list[list[str]]:
    """Neighbours among `headers`, in runs."""
    at = {header: position for position, header in enumerate(headers)}
    runs = [[header] for header in some[:1]]
    for left, right in pairwise(some):
        if at[right] == at[left] + 1:
            runs[-1].append(right)
        else:
            runs.append([right])
    return runs


def _choice(group: Sequence[str]) -> Choice:
    parts = [split(header) for header in group]
    number = parts[0][0]
    said = next((question for _, question, _ in parts if question), "")
    unsaid = f"第 {number} 题" if number else f"{parts[0][2]}等 {len(group)} 项"
    options = {option or header: header for header, (_, _, option) in zip(group, parts, strict=True)}
    return Choice(number, said or unsaid, options)


def _joined(header: str, given: pd.Series) -> Choice | None:
    """A column whose cells hold several options at once; None for another."""
    cells = given.dropna()
    sure = [sign for sign in SIGNS if (sign == SURE or MARKED.search(header)) and _holds(cells, sign)]
    likely = [sign for sign in ";；|" if _holds(cells, sign) and _repeated(picks(cells, sign))]
    if not (sure or likely):
        return None
    sign = (sure or likely)[0]
    chosen = picks(cells, sign)
    if chosen.nunique() > MOST or chosen.str.len().max() > LONGEST:
        return None
    number, question, item = surveys.parts(REMARK.sub("", header))
    return Choice(number, "—".join(filter(None, (question, item))), {"": header}, sign)


def _holds(cells: pd.Series, sign: str) -> bool:
    return bool(cells.str.contains(sign, regex=False).any())


def _repeated(chosen: pd.Series) -> bool:
    """Whether a few short options come again and again."""
    few = chosen.nunique() <= max(4, 0.5 * len(chosen)) and not surveys.prose(chosen)
    return bool(len(chosen)) and few and bool(chosen.str.len().max() <= LONGEST)


def picks(cells: pd.Series, sign: str) -> pd.Series:
    """The single options of joined cells, at the row of their cell; words beside “其他” are left out.

    >>> picks(pd.Series(["物流┋其他〖态度〗", "物流"]), "┋").tolist()
    ['物流', '其他', '物流']
    """
    bare = cells.str.replace(OPEN, "", regex=True)
    chosen = bare.str.split(sign, regex=False).explode().str.strip()
    return chosen[(chosen != "").fillna(False)]


def chosen(choice: Choice, cells: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Row × option, whether it was chosen, of every row that answered: with any cell of the question filled.

    >>> cells = {"3、原因(配送)": pd.Series(["1", "0", None]), "3、(质量)": pd.Series(["0", "0", None])}
    >>> chosen(questions(cells)[0], cells).to_numpy().tolist()
    [[True, False], [False, False]]
    """
    if choice.sign:
        cells = _spread(cells[choice.columns[""]], choice.sign)
    headers = choice.columns if not choice.sign else {item: item for item in cells}
    given = pd.DataFrame({item: cells[header] for item, header in headers.items()})
    given = given[given.notna().any(axis=1)]
    return given.notna() & ~given.apply(lambda column: column.str.casefold()).isin(ABSENT)


def _spread(cells: pd.Series, sign: str) -> dict[str, pd.Series]:
    """A column per option of joined cells: “1” or “0”, missing where nothing was answered."""
    given = picks(cells.dropna(), sign)
    options = given.value_counts().index
    return {
        option: pd.Series("0", index=cells.index, dtype="str")
        .mask(cells.isna())
        .mask(cells.index.isin(given.index[given == option]), "1")
        for option in options
    }
