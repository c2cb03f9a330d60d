"""Tables a service team works from: the summary, the request record, whom to ask what, whom to read again."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from voc_lib import schema
from voc_lib.tag import vagueness
from voc_lib.tag.taxonomy import Taxonomy
from voc_lib.tag.urgency import ROUTES, in_words, triage
from voc_lib.text import sentiment
from voc_lib.yamlfile import shipped

URGENT_FIRST = ["urgency", "created_at", "issue_id"]
BY_TIME = ("待处理", "已完成")  # without and with a closing time
KINDS = dict(zip(ROUTES, ("紧急", "复杂", "简单"), strict=True))


def summary(issues: pd.DataFrame) -> pd.DataFrame:
    """《客户反馈信息汇总表》: schema.SUMMARY, a row per merged issue, the most urgent and oldest first."""
    rows = issues.sort_values(URGENT_FIRST).reset_index(drop=True)
    return schema.shape(rows.assign(urgency_words=in_words(rows["urgency"])), schema.SUMMARY)


def requests(issues: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """《客户问题与服务需求记录表》: schema.REQUESTS; a missing department comes from the taxonomy."""
    rows = issues.sort_values(URGENT_FIRST).reset_index(drop=True)
    status = state(rows["status"], rows["closed_at"])
    return schema.shape(
        rows.assign(
            owner=_owner(rows, taxonomy),
            status=status,
            remark=_remark(rows, status),
            route=_route(rows),
        ),
        schema.REQUESTS,
    )


def questions(issues: pd.DataFrame) -> pd.DataFrame:
    """《待追问》: schema.QUESTIONS, what to ask customers whose complaint is too vague to act on."""
    asked = vagueness.questions(issues)
    return schema.shape(_located(asked, issues), schema.QUESTIONS)


def mismatches(tagged: pd.DataFrame) -> pd.DataFrame:
    """《评分与文字相反》: schema.MISMATCHES, the widest gap between score and words first."""
    return schema.shape(_located(sentiment.mismatches(tagged), tagged), schema.MISMATCHES)


def _located(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    places = rows[["feedback_id", "created_at", "channel"]].drop_duplicates("feedback_id")
    return table.merge(places, on="feedback_id", how="left")


def state(given: pd.Series, closed_at: pd.Series) -> pd.Series:
    """待处理, 处理中, 已完成 or 关闭: by the system's own word when it is known, else by the closing time."""
    number, words = pd.factorize(given)
    names = [_synonyms().get(word.strip(), "") for word in words]
    known = np.array([name != "" for name in names] + [False])[number]  # -1: nothing is given
    states = pd.array([*names, *BY_TIME], dtype="str").take(
        np.where(known, number, len(names) + closed_at.notna())
    )
    return pd.Series(states, index=given.index, name=given.name)


def department(rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    """Who is responsible: the source's own department, else that of the main tag."""
    tags = rows["primary_tag"]
    responsible = tags.map({tag: taxonomy.department_of(tag) for tag in tags.dropna().unique()})
    return rows["department"].where(rows["department"].notna(), responsible)


def _route(rows: pd.DataFrame) -> pd.Series:
    """How the owner handles each request: urgent at once, complex by an expert, simple by an answer."""
    route = triage(rows)
    return (route.map(KINDS) + "：" + route).astype("str")


def _owner(rows: pd.DataFrame, taxonomy: Taxonomy) -> pd.Series:
    named = department(rows, taxonomy)
    both = named.str.cat(rows["handler"], sep="/")
    return both.where(both.notna(), named.where(named.notna(), rows["handler"]))


def _remark(rows: pd.DataFrame, status: pd.Series) -> pd.Series:
    """The remark, with the system's own word for the state when it is not one of ours."""
    foreign = rows["status"].notna() & ~rows["status"].str.strip().isin(_synonyms())
    word = ("原状态：" + rows["status"]).where(foreign & status.notna())
    joined = rows["remark"].str.cat(word, sep="；")
    return joined.where(joined.notna(), rows["remark"].where(rows["remark"].notna(), word))


@cache
def _synonyms() -> dict[str, str]:
    states = shipped("voc_lib.tag", "states.yaml")
    return {word: state for state, words in states.items() for word in [state, *words]}
