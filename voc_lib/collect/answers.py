"""Every answer on a scale and every choice of several options, one line each (schema.ANSWERS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from voc_lib import schema
from voc_lib.collect import choices, facets, response, scores, surveys
from voc_lib.collect.choices import Choice
from voc_lib.collect.columns import series
from voc_lib.collect.facets import Facet
from voc_lib.collect.standardize import Standard
from voc_lib.collect.table import Table
from voc_lib.params import Source

PLACE = ["file", "sheet", "line"]
SCORED = ("csat", "nps")


def of(source: Source, tables: Sequence[Table], standards: Sequence[Standard]) -> pd.DataFrame:
    """schema.ANSWERS of the tables of one source; empty when they ask nothing.

    Without ids, and with times of those alone who said nothing else.
    """
    fields = {
        (s.table.file, s.table.sheet): {m.header: m.field for m in s.matches if m.field} for s in standards
    }
    parts = [_of_table(table, fields.get((table.file, table.sheet), {}), source) for table in tables]
    found = [part for part in parts if len(part)]
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=schema.ANSWERS.names)
    times = [s.silent.assign(file=s.table.file, sheet=s.table.sheet) for s in standards]
    every = every.drop(columns="created_at", errors="ignore").merge(pd.concat(times), on=PLACE, how="left")
    return schema.shape(every.assign(source=source.name), schema.ANSWERS)


def kept(answers: pd.DataFrame, voices: pd.DataFrame) -> pd.DataFrame:
    """The answers of the rows that were kept, with their feedback's id and time, and of those silent else."""
    told = voices[["source", *PLACE, "feedback_id", "created_at"]].drop_duplicates(["source", *PLACE])
    named = answers.drop(columns="feedback_id").merge(
        told, on=["source", *PLACE], how="left", suffixes=("", "_kept")
    )
    every = named.assign(created_at=named["created_at_kept"].fillna(named["created_at"]))
    return schema.shape(every[every["created_at"].notna()].reset_index(drop=True), schema.ANSWERS)


def _of_table(table: Table, fields: Mapping[str, str], source: Source) -> pd.DataFrame:
    survey = response.is_survey(table)
    cells = _cells(table, fields, survey)
    several = choices.questions(cells)
    taken = {column for one in several for column in one.columns.values()}
    alone = {header: given for header, given in cells.items() if header not in taken}
    asked = facets.questions(alone, fields, source, survey=survey or bool(several))
    lines = [*map(_rated, asked), *(_chosen(one, cells) for one in several)]
    if not lines:
        return pd.DataFrame()
    every = pd.concat(lines, ignore_index=True)
    return every.assign(file=table.file, sheet=table.sheet, line=table.lines[every["row"]])


def _cells(table: Table, fields: Mapping[str, str], survey: bool) -> dict[str, pd.Series]:
    """The columns that may hold answers, missing where nothing stands for an answer."""
    meta = {*surveys.roles(table.columns).values()} if survey else set()
    nothing = [*scores.values_file()["missing"], *surveys.words()["skipped"]]
    nothing = [value for value in nothing if value != "-1"]  # not chosen, in a column of its own
    asked = [h for h in table.columns if fields.get(h, "csat") in SCORED and h not in meta]
    cells = {header: series(table.cells[header]) for header in asked}
    return {header: given.mask(given.isin(nothing)) for header, given in cells.items()}


def _rated(facet: Facet) -> pd.DataFrame:
    scored = facet.scored
    given = (scored.values if scored.scale in schema.COARSE_SCALES else scored.given).dropna()
    about = {"number": facet.number, "question": facet.question, "item": facet.item, "kind": facet.kind}
    return pd.DataFrame({"row": given.index, "score": given.to_numpy(), "scale": scored.scale, **about})


def _chosen(choice: Choice, cells: Mapping[str, pd.Series]) -> pd.DataFrame:
    picked = choices.chosen(choice, cells).astype("float64").rename_axis("row").reset_index()
    lines = picked.melt(id_vars="row", var_name="option", value_name="score")
    return lines.assign(number=choice.number, question=choice.question, kind="多选")
