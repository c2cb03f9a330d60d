"""How well the surveys among the sources were collected: response, care, who took part."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pandas as pd

from voc_lib import schema
from voc_lib.collect import mended, standardize, surveys
from voc_lib.collect.surveys import Survey
from voc_lib.collect.table import Table
from voc_lib.errors import DataError
from voc_lib.params import Source

QUESTIONS = 2  # numbered questions a survey export has at least
FEW = 5  # a group of fewer answer sheets is not shown alone
MANY = 20  # more different answers are no groups
REST = f"其他（不足 {FEW} 份的合并）"


def quality(source: Source, tables: Sequence[Table], *, zone: ZoneInfo) -> pd.DataFrame:
    """schema.SURVEY_QUALITY of all sheets of one source, whole and by group; empty when it is no survey."""
    told = source.invited is not None
    read = [_read(table, zone, told) for table in tables if told or is_survey(table)]
    found = [survey for survey in read if survey is not None]
    if not found:
        return schema.empty(schema.SURVEY_QUALITY)
    survey, by = grouped(_joined(found))
    try:
        rows = surveys.quality(survey, invited=source.invited, by=by)
    except DataError as error:
        raise DataError(f"来源 “{source.name}”：{error}") from None
    return schema.shape(rows.assign(source=source.name), schema.SURVEY_QUALITY)


def is_survey(table: Table) -> bool:
    """Whether a table is the export of a survey platform: a time of handing in, and numbered questions."""
    if any(mended.NOTE in note for note in table.notes):  # a part of a survey, already counted there
        return False
    numbered = [name for name in table.columns if surveys.NUMBERED.match(name)]
    return len(numbered) >= QUESTIONS and "submitted_at" in surveys.roles(table.columns)


def _read(table: Table, zone: ZoneInfo, told: bool) -> Survey | None:
    try:
        return surveys.read(standardize.repaired(table), zone=zone)
    except DataError:
        if told:
            raise
        return None


def _joined(parts: Sequence[Survey]) -> Survey:
    """Several exports of one survey as one."""
    if len(parts) == 1:
        return parts[0]
    questions = pd.concat([part.questions for part in parts]).drop_duplicates("column", ignore_index=True)
    return Survey(
        pd.concat([part.answers for part in parts], ignore_index=True),
        questions,
        pd.concat([part.long for part in parts], ignore_index=True),
    )


def grouped(survey: Survey) -> tuple[Survey, str | None]:
    """The survey and the column that groups it: where sheets came from, else the first question of choice.

    Groups of few sheets are joined, so that nobody is told by an answer.
    """
    single = survey.questions.loc[survey.questions["kind"] == "单选", "column"]
    for name in ["source", *single]:
        counts = survey.answers[name].value_counts()
        if not len(counts) or len(counts) > MANY:
            continue
        large = counts.index[counts >= FEW]
        if len(large) >= 2:
            values = survey.answers[name]
            folded = values.where(values.isin(large) | values.isna(), REST)
            return Survey(survey.answers.assign(**{name: folded}), survey.questions, survey.long), name
    return survey, None
