"""What only a person can decide about columns: asked in one go, each with the line to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
import yaml

from voc_lib.collect import parties, senses
from voc_lib.collect.candidates import GRADES, Open, Settled
from voc_lib.collect.columns import series
from voc_lib.collect.headers import JOINED
from voc_lib.collect.table import Table
from voc_lib.errors import QuestionsError
from voc_lib.params import IGNORE, Source
from voc_lib.schema import FEEDBACK

Mask = Callable[[pd.Series], pd.Series]
EXAMPLES, LENGTH, LOOKED_AT = 3, 24, 500
UNUSED = "{place}：没有用到有文字的列“{header}”；若也是客户的话，请在来源下写 {line}"
UNNAMED = "{place}：表头“{header}”看不出是什么，按列里的值当作{label}；不对请在来源下写 {line}"
SPEAKER = "speaker"
ASKED = {
    "text": "哪一列是客户说的话",
    "created_at": "哪一列是客户反馈的时间",
    "csat": "哪一列是满意度评分",
    "nps": "哪一列是推荐意愿",
}


@dataclass(frozen=True)
class Question:
    """A field several columns may be, or none surely is; `columns` are those of the params."""

    source: str
    place: str
    field: str
    headers: tuple[str, ...]
    examples: tuple[pd.Series, ...]
    columns: Mapping[str, str]
    rivals: bool
    told: str = ""
    answers: tuple[tuple[str, str], ...] = ()


def chat(source: Source, table: Table, settled: Settled) -> list[Question]:
    """The question whose rows to take, of a table of messages in which staff or a machine speaks too."""
    spoken = parties.speakers(table, source)
    if not spoken or not spoken.sure or not any(m.field == "text" for m in settled.matches):
        return []
    return [
        Question(
            source.name, table.place, SPEAKER, (spoken.header,), (), source.columns, rivals=True,
            told=f"哪些行是客户说的？{spoken.told}", answers=spoken.answers,
        )
    ]  # fmt: skip


def ask(source: Source, table: Table, open_: Open) -> Question:
    """The question to an open field of a table."""
    cells = [series(table.cells[h].slice(0, LOOKED_AT)).dropna().drop_duplicates() for h in open_.headers]
    examples = tuple(values.head(EXAMPLES).reset_index(drop=True) for values in cells)
    return Question(
        source.name, table.place, open_.field, open_.headers, examples, source.columns, open_.rivals
    )


def error(questions: Iterable[Question], mask: Mask | None = None) -> QuestionsError:
    """The error that asks all questions, each once a source; examples are shown when they can be masked."""
    first = {(q.source, q.field, q.headers): q for q in reversed([*questions])}
    asked = sorted(first.values(), key=lambda q: (q.source, q.place, q.field))
    numbered = [_told(n, q, mask) for n, q in enumerate(asked, start=1)]
    told = "\n".join([*numbered, *_together(asked)])
    head = f"有 {len(asked)} 处要由您来定，请把选中的一行写到参数文件里该来源的下面："
    return QuestionsError(f"{head}\n{told}", asked, rivals=any(q.rivals for q in asked))


def _told(number: int, question: Question, mask: Mask | None) -> str:
    if question.answers:
        head = f"{number}. 来源“{question.source}”（{question.place}）{question.told}"
        return "\n".join([head, *(f"   · {what}\n     {line}" for what, line in question.answers)])
    label = FEEDBACK.labels[question.field]
    lines = [f"{number}. 来源“{question.source}”（{question.place}）{ASKED[question.field]}（{label}）？"]
    for header, examples in zip(question.headers, question.examples, strict=True):
        lines.append(f"   · “{header}”{_shown(examples, mask)}")
        lines.append(f"     {_line(question.columns, {header: question.field})}")
    if question.field in JOINED and len(question.headers) > 1:
        lines += ["   · 都是客户的话", f"     {as_line({'text': [*question.headers]})}"]
    elif len(question.headers) > 1 or question.field in GRADES:
        none = "都不是" if len(question.headers) > 1 else "不是"
        lines += [f"   · {none}", f"     {_line(question.columns, dict.fromkeys(question.headers, IGNORE))}"]
    return "\n".join(lines)


def _shown(examples: pd.Series, mask: Mask | None) -> str:
    return "" if mask is None or examples.empty else f"，例如 {excerpts(examples, mask)}"


def excerpts(examples: pd.Series, mask: Mask) -> str:
    """Some values on a line, masked before they are cut, so that no half of a number slips through."""
    short = [f"{v[:LENGTH]}…" if len(v) > LENGTH else v for v in mask(examples).astype("str").tolist()]
    return " ｜ ".join(value.replace("\n", " ") for value in short)


def _together(questions: Sequence[Question]) -> list[str]:
    """For a source with several questions, one line that answers them all with the likelier columns."""
    lines = []
    of_columns = [q for q in questions if not q.answers]
    for source, group in groupby(of_columns, key=lambda q: q.source):
        asked = list(group)
        if len(asked) > 1:
            likely = {q.headers[0]: q.field for q in asked}
            lines.append(f"来源“{source}”的几处合成一行（各取第一个，可改）：")
            lines.append(f"     {_line(asked[0].columns, likely)}")
    return lines


def _line(held: Mapping[str, str], answer: Mapping[str, str]) -> str:
    """The line to write; columns the params have already stay in it.

    >>> _line({"消息时间": "created_at"}, {"3、(质量)": "text"})
    'columns: {消息时间: created_at, 3、(质量): text}（替换原来的 columns）'
    """
    return as_line({"columns": {**held, **answer}}) + ("（替换原来的 columns）" if held else "")


def as_line(value: dict) -> str:
    """One line of YAML.

    >>> as_line({"text": ["标题", "内容: 原文"]})
    "text: [标题, '内容: 原文']"
    """
    (key,) = value
    text = yaml.safe_dump(
        value[key], allow_unicode=True, default_flow_style=True, width=10**6, sort_keys=False
    )
    return f"{key}: {text.strip()}"


def unused(table: Table, settled: Settled) -> list[str]:
    """A sentence for every column of words that is not used, with the line that would use it."""
    used = {m.header for m in settled.matches if m.field}
    text = [m.header for m in settled.matches if m.field == "text"]
    return [
        UNUSED.format(place=table.place, header=h, line=_use(h, text))
        for h in settled.unused
        if h not in used
    ]


def unnamed(table: Table, settled: Settled) -> list[str]:
    """A sentence for every column taken by its values alone, with the line that undoes it."""
    labels = {m.header: FEEDBACK.labels[m.field] for m in settled.matches if m.field}
    return [
        UNNAMED.format(place=table.place, header=h, label=labels[h], line=as_line({"columns": {h: IGNORE}}))
        for h in settled.unnamed
        if h in labels
    ]


def _use(header: str, text: Sequence[str]) -> str:
    later = senses.later(header) == "text"
    return as_line({"follow_up": {"text": header}} if later else {"text": [*text, header]})
