"""Wide survey exports (问卷星, 腾讯问卷 and alike): questions, answers, how well they were collected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from voc_lib import intervals, schema
from voc_lib.collect import dates, ranges, scores
from voc_lib.collect.headers import cues, normal
from voc_lib.collect.table import Table
from voc_lib.errors import DataError, did_you_mean
from voc_lib.yamlfile import shipped

MULTI = "┋"
NUMBERED = re.compile(
    r"^\s*(?:第\s*)?[Qq]?(?P<number>\d+)\s*(?:题)?\s*(?:[、.．:：)）_|]|\(|（)\s*(?P<rest>.*)$", re.DOTALL
)
LEVELS = re.compile(r"\s*(?:—{1,2}|--|：|:|\||/|_)\s*")
SUB_NUMBER = re.compile(r"^\d+\s*[)）]\s*")
SPEEDER = 0.4  # of the median completion time
STRAIGHT = 4  # equal answers to at least so many rating items
OPEN_LENGTH = 6
SENTENCE = r"[，。！？!?]|[我你他她咱]|(?:了|吗|吧|呢|啊)$|(?:[一-鿿].*){16}"  # or 16 characters
PROSE = 0.5  # of the answers, from which they are sentences and no options


@dataclass(frozen=True)
class Survey:
    """One export: a row per answer sheet in `answers`, per column in `questions`, per choice in `long`.

    answers: answer_id, submitted_at, seconds, source, customer_id, then one column per question column.
    questions: column, number, question, item, kind (评分 推荐 单选 多选 开放 矩阵), scale, answered.
    long: answer_id, number, question, item, value; several rows for a multiple choice.
    """

    answers: pd.DataFrame
    questions: pd.DataFrame
    long: pd.DataFrame


@cache
def words() -> dict:
    return shipped("voc_lib.collect", "surveys.yaml")


def read(table: Table, *, zone: ZoneInfo) -> Survey:
    """The survey in a raw table; DataError when it has no question."""
    meta = roles(table.columns)
    asked = [name for name in table.columns if name not in meta.values()]
    cells = {name: _given(table, name) for name in asked}
    asked = [name for name in asked if cells[name].notna().any()]
    if not asked:
        raise DataError(
            f"{table.place} 没有一道有人作答的题目，不像问卷导出。表头：{'、'.join(table.columns[:20])}。"
        )
    questions = pd.DataFrame([_question(name, cells[name]) for name in asked])
    questions = questions.astype({"number": "str", "item": "str"})
    repeated = questions["number"].duplicated(keep=False) & questions["number"].notna()
    matrix = repeated & questions["kind"].isin(["评分", "单选"])
    questions["kind"] = questions["kind"].mask(matrix, "矩阵")
    answers = pd.concat([_about(table, meta, zone), pd.DataFrame({n: cells[n] for n in asked})], axis=1)
    return Survey(answers, questions, _long(answers, questions))


def roles(columns: Sequence[str]) -> dict[str, str]:
    """Role -> column for the columns that are no questions."""
    known = {normal(word): role for role, names in reversed(words()["meta"].items()) for word in names}
    found: dict[str, str] = {}
    for name in columns:
        role = known.get(normal(name))
        if role and not NUMBERED.match(name):
            found[role if role not in found else f"{role}.{name}"] = name
    return found


def _given(table: Table, name: str) -> pd.Series:
    """A column's answers; skipped ones are missing."""
    values = pd.Series(pc.utf8_trim_whitespace(table.cells[name]).to_pandas(), dtype="str")
    return values.mask(values.isin(words()["skipped"]))


def _about(table: Table, meta: dict[str, str], zone: ZoneInfo) -> pd.DataFrame:
    n = len(table.lines)
    text = {role: _given(table, name) for role, name in meta.items()}
    lines = pd.Series(table.lines).astype("str")
    times = {k: dates.parse(text[k], zone=zone).times for k in ("submitted_at", "started_at") if k in text}
    length = seconds(text["seconds"]) if "seconds" in text else pd.Series(np.nan, index=range(n))
    if len(times) == 2:
        length = length.fillna((times["submitted_at"] - times["started_at"]).dt.total_seconds())
    nothing = pd.Series([None] * n, dtype="str")
    return pd.DataFrame(
        {
            "answer_id": text.get("answer_id", lines).fillna(lines),
            "submitted_at": times.get(
                "submitted_at", pd.Series(pd.NaT, index=range(n), dtype="datetime64[us]")
            ),
            "seconds": length,
            "source": text.get("source", nothing),
            "customer_id": text.get("customer_id", nothing),
            "place": text.get("place", nothing),
        }
    )


def seconds(texts: pd.Series) -> pd.Series:
    """Completion times in seconds from “125秒”, “2分5秒”, “1小时2分”, “00:02:05” or plain numbers.

    >>> seconds(pd.Series(["125秒", "2分5秒", "00:02:05", "125", "很久"])).tolist()
    [125.0, 125.0, 125.0, 125.0, nan]
    """
    return texts.map({text: _seconds(text) for text in texts.dropna().unique()}).astype("float64")


def _seconds(text: str) -> float:
    if match := re.fullmatch(r"(?:(\d+):)?(\d{1,2}):(\d{1,2})", text):
        hours, minutes, rest = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + rest
    if match := re.fullmatch(
        r"(?:(\d+)\s*小时)?\s*(?:(\d+)\s*分钟?)?\s*(?:(\d+(?:\.\d+)?)\s*(?:秒|s)?)?", text
    ):
        hours, minutes, rest = (float(part or 0) for part in match.groups())
        return hours * 3600 + minutes * 60 + rest if text else np.nan
    return np.nan


def _question(name: str, answers: pd.Series) -> dict[str, object]:
    number, question, item = parts(name)
    kind, scale = _kind(name, answers.dropna())
    return {
        "column": name, "number": number, "question": question, "item": item,
        "kind": kind, "scale": scale, "answered": int(answers.notna().sum()),
    }  # fmt: skip


def parts(header: str) -> tuple[str | None, str, str | None]:
    """Number, question and item of a column header.

    >>> parts("3、请评价以下方面—物流速度"), parts("3(物流速度)"), parts("您的建议")
    (('3', '请评价以下方面', '物流速度'), ('3', '物流速度', None), (None, '您的建议', None))
    """
    found = NUMBERED.match(header)
    number, rest = (found["number"], found["rest"]) if found else (None, header)
    rest = SUB_NUMBER.sub("", rest).strip()
    if rest.endswith((")", "）")) and rest.count("(") + rest.count("（") == 0:
        rest = rest[:-1]
    levels = [part for part in LEVELS.split(rest, maxsplit=1) if part]
    item = levels[1].strip("()（） ") if number and len(levels) > 1 else None
    return number, (levels[0] if item else rest).strip() or header, item or None


def _kind(header: str, answers: pd.Series) -> tuple[str, str]:
    """Kind of question and, for ratings, its scale."""
    if answers.str.contains(MULTI, regex=False).any():
        return "多选", ""
    numbers = scores.numbers(answers)
    if len(answers) and numbers.notna().mean() >= 0.9:
        scale = ranges.scale_of(numbers.mask(ranges.coded(numbers)), header)
        recommends = "推荐" in header and scale in ("0–10", "1–10")
        return ("推荐", "0–10") if recommends else ("评分", scale)
    if any(sign in header for sign in cues()["text"]):
        return "开放", ""
    if prose(answers):
        return "开放", ""
    distinct = answers.nunique() / max(1, len(answers))
    long = answers.str.len().mean() if len(answers) else 0
    return ("开放", "") if long >= OPEN_LENGTH and distinct > 0.3 else ("单选", "")


def prose(answers: pd.Series) -> bool:
    """Whether answers are sentences people wrote, however few different ones there are.

    >>> prose(pd.Series(["报表月底打不开，转圈十分钟"] * 9)), prose(pd.Series(["系统响应慢", "功能找不到"]))
    (True, False)
    """
    return bool(len(answers)) and bool(answers.str.contains(SENTENCE).mean() >= PROSE)


def _long(answers: pd.DataFrame, questions: pd.DataFrame) -> pd.DataFrame:
    """One row per answer and choice."""
    pieces = []
    for q in questions.itertuples():
        given = answers[q.column].dropna()
        if q.kind == "多选":
            given = given.str.split(MULTI).explode().str.strip()
            given = given[given != ""]
        about = {
            "answer_id": answers.loc[given.index, "answer_id"],
            "number": q.number,
            "question": q.question,
        }
        pieces.append(pd.DataFrame({**about, "item": q.item, "value": given}))
    return pd.concat(pieces, ignore_index=True)


def flags(survey: Survey) -> pd.DataFrame:
    """Per answer sheet: speeder, straight, duplicate, valid (none of the three, and something answered)."""
    answers, questions = survey.answers, survey.questions
    median = answers["seconds"].median()
    speeder = (
        (answers["seconds"] < SPEEDER * median).fillna(False) if pd.notna(median) else answers["seconds"] < 0
    )
    straight = _straight(survey)
    columns = questions["column"].tolist()
    words = questions.loc[questions["kind"] == "开放", "column"].tolist()
    said = answers[words].notna().any(axis=1) if words else pd.Series(False, index=answers.index)
    who = answers["customer_id"].notna() | answers["place"].notna() | said
    same = answers.duplicated([*columns, "customer_id", "place"], keep="first") & who
    known = answers["customer_id"].notna() & answers["customer_id"].duplicated(keep="first")
    frame = pd.DataFrame({"speeder": speeder, "straight": straight, "duplicate": same, "again": known})
    answered = answers[columns].notna().any(axis=1)
    return frame.assign(valid=answered & ~(speeder | straight | same)).astype(bool)


def _straight(survey: Survey) -> pd.Series:
    """Sheets that give all items of one matrix, or all single ratings, the same answer."""
    rated = survey.questions[survey.questions["kind"].isin(["评分", "矩阵"])]
    block = rated["number"].where(rated["kind"] == "矩阵", "单独评分")
    result = pd.Series(False, index=survey.answers.index)
    for _, columns in rated["column"].groupby(block):
        given = survey.answers[columns.tolist()]
        result |= given.nunique(axis=1).eq(1) & (given.notna().sum(axis=1) >= STRAIGHT)
    return result


def useful(texts: pd.Series) -> pd.Series:
    """Which open answers say something: four characters or more, no filler, not one sign repeated.

    >>> useful(pd.Series(["物流太慢了", "无", "。。。。。。", "好好好好"])).tolist()
    [True, False, False, False]
    """
    plain = texts.fillna("").str.replace(r"[\W_]", "", regex=True)
    empty = {normal(word) for word in words()["empty_answers"]}
    varied = plain.map(lambda text: len(set(text)) >= 3).astype(bool)
    return (plain.str.len() >= 4) & ~plain.str.lower().isin(empty) & varied


def quality(survey: Survey, *, invited: int | None = None, by: str | None = None) -> pd.DataFrame:
    """schema.SERVICE rows on how the survey was collected, overall and per group of `by` (a question)."""
    marks = flags(survey)
    rows = _overall(survey, marks, "全部", invited)
    if by is not None:
        allowed = ["source", *survey.questions["column"]]
        if by not in allowed:
            raise DataError(f"问卷里没有可作分组的列 “{by}”。{did_you_mean(by, allowed)}")
        groups = survey.answers[by].fillna("未填")
        for group, part in survey.answers.groupby(groups, sort=True):
            rows += _overall(
                Survey(part, survey.questions, survey.long), marks.loc[part.index], str(group), None
            )
            rows.append(_share("参与构成", str(group), len(part), len(survey.answers), "该组答卷占全部答卷"))
    return schema.shape(pd.DataFrame(rows), schema.SERVICE)


def _overall(survey: Survey, marks: pd.DataFrame, group: str, invited: int | None) -> list[dict[str, object]]:
    n = len(survey.answers)
    time = survey.answers["seconds"].dropna()
    rows: list[dict[str, object]] = [
        {"indicator": "答卷数", "group": group, "value": n, "unit": "份", "n": n, "note": ""}
    ]
    if invited is not None:
        if invited < n:
            raise DataError(f"邀请人数 {invited} 少于答卷数 {n}，无法计算响应率。请核对 invited。")
        rows.append(_share("响应率", group, n, invited, "答卷数 ÷ 邀请人数"))
    if len(time):
        about = {"low": time.quantile(0.25), "high": time.quantile(0.75), "note": "中位数；上下限为四分位"}
        rows.append(
            {
                "indicator": "完成时间",
                "group": group,
                "value": time.median(),
                "unit": "秒",
                "n": len(time),
                **about,
            }
        )
        rows.append(
            _share("过快答卷率", group, marks["speeder"].sum(), len(time), f"用时不到中位数的 {SPEEDER:.0%}")
        )
    rows.append(
        _share("直线作答率", group, marks["straight"].sum(), n, f"{STRAIGHT} 个及以上评分项全选同一档")
    )
    rows.append(
        _share("重复答卷率", group, marks["duplicate"].sum(), n, "同一人或同一来源、各题答案完全相同")
    )
    rows += _open_answers(survey, group)
    rows.append(_share("有效答卷率", group, marks["valid"].sum(), n, "有作答，且不过快、不直线、不重复"))
    return rows


def _open_answers(survey: Survey, group: str) -> list[dict[str, object]]:
    columns = survey.questions.loc[survey.questions["kind"] == "开放", "column"]
    rows = []
    for column in columns:
        given = survey.answers[column].dropna()
        rows.append(_share("开放题作答率", group, len(given), len(survey.answers), column))
        rows.append(
            _share(
                "开放题有内容率",
                group,
                useful(given).sum(),
                len(given),
                f"{column}：不少于 4 字且不是“无”之类",
            )
        )
        if len(given):
            note = f"{column}：作答者的字数中位数"
            rows.append(
                _rate("开放题字数", group, given.str.len().median(), len(given), note) | {"unit": "字"}
            )
    return rows


def _share(indicator: str, group: str, k: float, n: int, note: str) -> dict[str, object]:
    share, low, high = (float(x) for x in intervals.wilson(k, n))
    return _rate(indicator, group, share, n, note) | {"low": low, "high": high}


def _rate(indicator: str, group: str, value: float, n: int, note: str) -> dict[str, object]:
    return {"indicator": indicator, "group": group, "value": value, "unit": "比例", "n": n, "note": note}
