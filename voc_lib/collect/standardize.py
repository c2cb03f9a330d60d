"""One raw table to rows of schema.FEEDBACK, and each row that cannot be used to its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from voc_lib import schema
from voc_lib.collect import (
    candidates,
    clocks,
    encoding,
    followups,
    grading,
    identity,
    kinds,
    parties,
    scores,
    times,
    words,
)
from voc_lib.collect import columns as columns_of
from voc_lib.collect.candidates import Settled
from voc_lib.collect.headers import Match
from voc_lib.collect.spelling import raw_bytes
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.params import IGNORE, Source
from voc_lib.period import Period

# Lone surrogates come from JSON as the escape that was written there.
UNSEEN = r"[\p{Cc}\p{Cf}\x{fe00}-\x{fe0f}\x{fffe}\x{ffff}]|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
# Bytes of UTF-8 that may begin such a character: none of ASCII's signs, and none of 、 to 鿿.
SUSPECT = np.array(
    [not (0x20 <= b < 0x7F or 0x80 <= b < 0xC0 or 0xE3 <= b <= 0xE9) or b == ord("\\") for b in range(256)]
)
WORDS = ("text", "request", "remark")
SCORES = ("csat", "nps")
IDS = ("feedback_id", "customer_id", "contact")
MOBILE = r"1[3-9]\d{9}"
# 7.30165E+18 out of a spreadsheet; not 5e0000000000000000000001, which has an e among its hex digits
SCIENTIFIC = r"^[-+]?\d(?:\.\d+[eE]\+?|[eE]\+)\d{1,3}$"
UNKNOWN_CHANNEL = "未注明"
NO_TEXT = "反馈内容为空"
TRIED = "测试数据"


@dataclass(frozen=True)
class Standard:
    """Usable rows (schema.FEEDBACK, ids not yet unique), the table with its rejects, matches, notes.

    `silent` are lines without words or a score as a whole, and their time: they may answer other questions.

    `kinds` says what the values of each column are, rejected rows included.
    """

    feedback: pd.DataFrame
    table: Table
    matches: tuple[Match, ...]
    notes: tuple[str, ...]
    kinds: Mapping[str, str] = field(default_factory=dict)
    silent: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["line", "created_at"]))


def standardize(
    table: Table,
    source: Source,
    *,
    zone: ZoneInfo,
    scale: str = "",
    period: Period | None = None,
    settled: Settled | None = None,
) -> Standard:
    """The table's rows as feedback; DataError when no column holds the text or no column a readable date.

    `scale` is that of the satisfaction where it is known; else the table's own scores tell it.
    `settled` says which column is what, of a table that is `repaired` already.
    """
    if settled is None:
        table = repaired(table)
        settled = settle(table, source, zone=zone)
    matches = settled.matches
    columns, notes = columns_of.by_field(table, matches, source.text)
    if "text" not in columns and any(name in columns for name in SCORES):
        columns["text"] = repeat(None, len(table.lines))  # scores without words
    _require(columns, table, settled, source)
    columns, titles = columns_of.titled(columns, matches, table)
    columns, unseen = _seen(columns, table)
    dated, time_notes = times.read(columns, source, zone, table, period)
    fields = {**_words(columns), **_categories(columns), **dated.fields}
    ids, id_notes = _ids(columns, table)
    marks = _scores(_by_customers(_dated(columns, dated)), matches, source, scale)
    score_notes = [f"{table.place}：{note}" for mark in marks.values() for note in mark.notes]
    fields |= ids | {name: mark.values for name, mark in marks.items()} | _constants(table, source, fields)
    fields |= _scale_of(marks)
    frame = schema.shape(pd.DataFrame(fields, index=range(len(table.lines))), schema.FEEDBACK)
    reasons = _reasons(frame, dated.reasons)
    keep = np.ones(len(frame), dtype=bool)
    keep[list(reasons)] = False
    told_kinds = kinds.by_column(table)
    table = table.reject(reasons)
    kept = identity.with_ids(frame[keep].reset_index(drop=True))
    spoken = parties.speakers(table, source)
    chat = [f"{table.place}：{spoken.note}"] if spoken and not spoken.sure else []
    told = (*table.notes, *chat, *notes, *titles, *unseen)
    told = (*told, *time_notes, *id_notes, *score_notes)
    silent = frame.loc[[row for row, reason in reasons.items() if reason == NO_TEXT], ["line", "created_at"]]
    return Standard(kept, table, tuple(matches), told, told_kinds, silent)


def settle(table: Table, source: Source, *, zone: ZoneInfo) -> Settled:
    """Which column of a (repaired) table is which field, with what is open."""
    given = source.columns | dict.fromkeys(source.text, "text") | followups.excluded(source)
    taken = {*given.values()} - {IGNORE}
    told = {name: field for name, field in table.told.items() if name in table.columns and field not in taken}
    given = told | given
    elsewhere = ("created_at",) if source.created_at else ()
    settled = candidates.settle(table, given, zone=zone, given=elsewhere)
    return replace(settled, matches=tuple(clocks.paired(table, settled.matches)))


def repaired(table: Table) -> Table:
    """The table with double-encoded UTF-8 undone in headers and cells, where it is certain."""
    if not any("双重编码" in note for note in table.notes):
        return table
    fixed, arrays = 0, []
    for column in table.cells.columns:
        known = {text: encoding.repair(text) for text in pc.unique(column).to_pylist()}
        changed = {before for before, after in known.items() if before != after}
        if changed:
            cells = column.to_pylist()
            fixed += sum(cell in changed for cell in cells)
            arrays.append(pa.chunked_array([pa.array([known[cell] for cell in cells], pa.large_string())]))
        else:
            arrays.append(column)
    names = tuple(encoding.repair(name) for name in table.columns)
    names = names if len(set(names)) == len(names) else table.columns
    cells = pa.Table.from_arrays(arrays, names=list(names))
    notes = tuple(n for n in table.notes if "双重编码" not in n)
    result = replace(table, columns=names, cells=cells, notes=notes)
    return result.note(f"{table.file}：{fixed} 个单元格的双重编码（乱码）已还原") if fixed else result


def visible(values: pd.Series) -> pd.Series:
    """Names and ids without characters nobody sees (control, zero width, U+FFFE, lone surrogates).

    >>> visible(pd.Series(["华东\u200b", "华东", "\ufeff"])).tolist()
    ['华东', '华东', nan]
    >>> visible(pd.concat([pd.Series(["华东"]), pd.Series(["华\u200b南"])])).tolist()  # read in pieces
    ['华东', '华南']
    """
    column = words.arrow(values)
    suspect = SUSPECT[raw_bytes(column.fill_null(""))].any()
    if not suspect or not pc.any(pc.match_substring_regex(column, UNSEEN)).as_py():
        return values
    bare = pc.utf8_trim_whitespace(pc.replace_substring_regex(column, UNSEEN, ""))
    return pd.Series(bare.to_pandas(), dtype="str").mask(lambda text: text == "").set_axis(values.index)


def _seen(columns: dict[str, pd.Series], table: Table) -> tuple[dict[str, pd.Series], list[str]]:
    """The columns with `visible` values, and how many changed; customers' words are left to the cleaning."""
    seen = {name: values if name in WORDS else visible(values) for name, values in columns.items()}
    return seen, unseen_notes(columns, seen, schema.FEEDBACK, table)


def unseen_notes(
    before: dict[str, pd.Series], after: dict[str, pd.Series], spec: schema.Table, table: Table
) -> list[str]:
    """What to tell the analyst about characters nobody sees."""
    changed = {
        name: int((before[name].fillna("") != after[name].fillna("")).sum())
        for name in before
        if after[name] is not before[name]
    }
    return [
        f"{table.place}：{spec.labels[name]}有 {n} 个含不可见字符，已去掉" for name, n in changed.items() if n
    ]


def _require(columns: dict[str, pd.Series], table: Table, settled: Settled, source: Source) -> None:
    """Nothing; DataError for a table without a time, or without words and scores."""
    known = f"文件里的表头：{'、'.join(table.columns[:40])}。"
    if "created_at" not in columns and source.created_at is None:
        text = next((m.header for m in settled.matches if m.field == "text"), "")
        words = f"反馈内容是“{text}”，但" if text else ""
        raise DataError(
            f"{table.place}：{words}没有一列是反馈时间（created_at）。{known}若有这样的列，请写 columns: "
            f"{{原表头: created_at}}；若文件里没有时间，{times.STAMPS}。"
        )
    if "text" not in columns:
        raise DataError(
            f"{table.place} 没有一列是反馈内容（text）。{known}请在参数里写 columns: {{原表头: text}}。"
        )


def _words(columns: dict[str, pd.Series]) -> dict[str, pd.Series]:
    return {name: words.clean(columns[name]) for name in WORDS if name in columns}


def _categories(columns: dict[str, pd.Series]) -> dict[str, pd.Series]:
    done = {*WORDS, *times.TIMES, *SCORES, *IDS}
    missing = scores.values_file()["missing"]
    return {name: values.mask(values.isin(missing)) for name, values in columns.items() if name not in done}


def _ids(columns: dict[str, pd.Series], table: Table) -> tuple[dict[str, pd.Series], list[str]]:
    """Ids as text; ones that Excel damaged are reported and not used as identity."""
    fields, notes = {}, []
    missing = scores.values_file()["missing"]
    for name in IDS:
        if name not in columns:
            continue
        values = _bare(columns[name]).mask(columns[name].isin(missing))
        label = schema.FEEDBACK.labels[name]
        broken = values.str.match(SCIENTIFIC).fillna(False).astype(bool)
        if broken.any():
            notes.append(
                f"{table.place}：{label}有 {int(broken.sum())} 个被 Excel 损坏（如 1.03531E+12），按空处理"
            )
        values = values.mask(broken)
        notes += [f"{table.place}：{label}{fault}" for fault in suspicious_ids(values)]
        fields[name] = values
    return fields, notes


def _bare(values: pd.Series) -> pd.Series:
    """Ids without the wrapping of exports: ="00123", '00123, 188006.0."""
    if values.str.startswith(("=", "'")).any():
        values = values.str.replace(r"^=\"(.*)\"$", r"\1", regex=True).str.replace(r"^'", "", regex=True)
    given = values.dropna()
    if len(given) and given.str.endswith(".0").all() and given.str.fullmatch(r"\d+\.0").all():
        values = values.str.slice(0, -2)
    return values


def suspicious_ids(values: pd.Series) -> list[str]:
    """Signs that a spreadsheet took numbers from ids: zeros lost in front, digits lost behind.

    >>> suspicious_ids(pd.Series(["6222021234567890000", "6222021234567800000"]))
    ['有 2 个超过 15 位且末尾全为 0，可能已被 Excel 截断精度']
    """
    head = values.dropna().head(100_000)
    digits = head[head.str.fullmatch(r"\d+")].drop_duplicates()
    if len(digits) < 2 or len(digits) < 0.9 * head.nunique():
        return []
    faults = _lost_zeros(digits)
    size = digits.str.len()
    cut = (
        (size > 15)
        & digits.str.endswith("00")
        & pd.Series([set(text[15:]) <= {"0"} for text in digits], index=digits.index)
    )
    if cut.sum() >= 0.5 * (size > 15).sum() and cut.any():
        faults.append(f"有 {int(cut.sum())} 个超过 15 位且末尾全为 0，可能已被 Excel 截断精度")
    usual = int(size.mode().iloc[0])
    short = digits[size < usual]
    if usual >= 5 and 0 < len(short) < 0.3 * len(digits) and not digits.str.startswith("0").any():
        gap = 10.0 ** (usual - 1) - float(short.astype("float64").min())  # running numbers would fill it
        if len(short) < 0.5 * gap and (size > usual).mean() < 0.05:
            faults.append(f"有 {len(short)} 个比通常的 {usual} 位短，可能丢了开头的 0，请核对")
    return faults


def _lost_zeros(digits: pd.Series) -> list[str]:
    """Whether ids of one width that begin with 0 stand beside shorter ones that do not."""
    padded = digits[digits.str.startswith("0")]
    width = len(padded.iloc[0]) if len(padded) >= 3 else 0
    if not width or (padded.str.len() != width).any():
        return []
    short = digits[(digits.str.len() < width) & ~digits.str.fullmatch(MOBILE)]
    return (
        [f"有 {len(short)} 个不足 {width} 位，别的以 0 补足，可能丢了开头的 0，请核对"] if len(short) else []
    )


def _scores(
    columns: dict[str, pd.Series], matches: Sequence[Match], source: Source, scale: str
) -> dict[str, scores.Scored]:
    """Satisfaction and recommendation, where there are columns for them."""
    found: dict[str, scores.Scored] = {}
    missing = scores.values_file()["missing"]
    readers = (("csat", partial(scores.csat, scale=scale)), ("nps", scores.nps))
    for name, reader in ((name, reader) for name, reader in readers if name in columns):
        match = next(m for m in matches if m.field == name)
        texts = columns[name].mask(columns[name].isin(missing))
        said = grading.values(source, match.header, alone=name == "csat")
        found[name] = reader(texts, header=match.header, told=said)
        if name == "nps" and not found[name].scale and match.how == "指定":
            raise DataError(f"{found[name].notes[0]}。")
    return found


def _scale_of(marks: dict[str, scores.Scored]) -> dict[str, pd.Series]:
    """The scale each satisfaction came in."""
    if not marks.get("csat"):
        return {}
    values = marks["csat"].values
    return {"csat_scale": repeat(marks["csat"].scale or None, len(values)).where(values.notna())}


def _dated(columns: dict[str, pd.Series], dated: times.Times) -> dict[str, pd.Series]:
    """The columns without the scores of rows that have no time: of totals and signatures below a table."""
    no_time = dated.fields["created_at"].isna()
    return {name: texts.mask(no_time) if name in SCORES else texts for name, texts in columns.items()}


def _by_customers(columns: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """The columns without the scores a platform gave for customers who said nothing (系统默认好评)."""
    by_platform = words.by_platform(columns["text"])
    return {name: texts.mask(by_platform) if name in SCORES else texts for name, texts in columns.items()}


def score(table: Table, source: Source, settled: Settled) -> scores.Scored | None:
    """The table's satisfaction by itself; None when it has none."""
    table = repaired(table)
    matches = [match for match in settled.matches if match.field == "csat"]
    columns, _ = columns_of.by_field(table, matches)
    return _scores(columns, matches, source, "").get("csat")


def _constants(table: Table, source: Source, fields: dict[str, pd.Series]) -> dict[str, pd.Series]:
    n = len(table.lines)
    channel = fields.get("channel")
    if source.channel or channel is None:
        channel = repeat(source.channel or source.name, n)
    return {
        "channel": channel.fillna(UNKNOWN_CHANNEL),
        "source": repeat(source.name, n),
        "file": repeat(table.file, n),
        "sheet": repeat(table.sheet, n),
        "line": pd.Series(table.lines),
    }


def repeat(value: str | None, n: int) -> pd.Series:
    """A text column of one value."""
    return pd.Series(pa.repeat(pa.scalar(value, pa.large_string()), n).to_pandas(), dtype="str")


def _reasons(frame: pd.DataFrame, times: pd.Series) -> dict[int, str]:
    """Row -> why it cannot be used; a score without any words is a voice of its own."""
    no_text = frame["text"].isna().to_numpy()
    no_time = frame["created_at"].isna().to_numpy()
    rated = frame[list(SCORES)].notna().any(axis=1).to_numpy() & frame["request"].isna().to_numpy()
    reasons = {int(row): f"反馈{times.iloc[row]}" for row in np.flatnonzero(no_time)}
    reasons |= dict.fromkeys(np.flatnonzero(words.matches(frame["text"], "tried")).tolist(), TRIED)
    return reasons | dict.fromkeys(np.flatnonzero(no_text & ~rated).tolist(), NO_TEXT)
