"""Small projects as people bring them, down to the figures a report says of them (cases/figures.yaml)."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml

from voc_lib import collect, params, schema, tag
from voc_lib.clean import duplicates, privacy
from voc_lib.params import Settings
from voc_lib.stats import satisfaction, service, shares
from voc_lib.text.segmentation import Segmenter

CASES = Path(__file__).parents[1] / "cases"
FIGURES = yaml.safe_load((CASES / "figures.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 28)


@dataclass(frozen=True)
class Reported:
    """What steps 2 to 4 make of a project."""

    settings: Settings
    tagged: pd.DataFrame
    ratings: pd.DataFrame
    categories: pd.DataFrame

    def whole(self, table: pd.DataFrame) -> pd.DataFrame:
        """The figures of all feedback, by indicator."""
        return table[table["group"] == "全部"].set_index("indicator")

    @property
    def scores(self) -> pd.DataFrame:
        scored = satisfaction.scored(self.tagged, self.ratings)
        return self.whole(satisfaction.table(scored, self.settings.period))

    @property
    def keywords(self) -> set[str]:
        return {word for words in self.categories["keywords"].dropna() for word in words.split("、")}


@cache
def reported(name: str) -> Reported:
    settings = params.load(CASES / "projects" / name / "params.yaml", today=TODAY)
    collected = privacy.protect(collect.load(settings), b"k" * 32)
    nobody = {"customers": schema.empty(schema.CUSTOMERS), "orders": schema.empty(schema.ORDERS)}
    taxonomy = tag.load(settings.params.industry)
    tagged = tag.label(collected.feedback, taxonomy, settings.params, as_of=TODAY, **nobody).tagged
    words = settings.params.userdict
    segmenter = Segmenter(settings.resolve(words) if words else None)
    table = shares.table(duplicates.issues(tagged), settings.period, segmenter=segmenter)
    return Reported(settings, tagged, collected.ratings, table)


def having(key: str) -> list[str]:
    return [name for name, wanted in FIGURES.items() if key in wanted]


@pytest.mark.parametrize("name", having("satisfaction"))
def test_scores_come_to_the_figures_by_hand(name):
    scores, wanted = reported(name).scores, FIGURES[name]
    for indicator, (value, n) in wanted["satisfaction"].items():
        assert (scores.loc[indicator, "value"], scores.loc[indicator, "n"]) == (pytest.approx(value), n)
    assert not {*wanted.get("unsaid", [])} & {*scores.index}


@pytest.mark.parametrize("name", having("categories"))
def test_problems_are_ranked_by_who_has_them(name):
    found = reported(name)
    lines = found.categories[["category", "n", "customers"]].to_numpy().tolist()
    assert lines == FIGURES[name]["categories"]
    issues = duplicates.issues(found.tagged)
    table = service.table(issues, found.tagged, found.settings.period, sla=found.settings.params.sla)
    assert found.whole(table).loc["投诉重复率", "value"] == FIGURES[name]["repeats"]


@pytest.mark.parametrize("name", having("tags"))
def test_texts_get_the_tags_of_their_words(name):
    tags = reported(name).tagged.set_index("feedback_id")["primary_tag"]
    assert {key: tags[key] for key in FIGURES[name]["tags"]} == FIGURES[name]["tags"]


@pytest.mark.parametrize("name", having("no_keywords"))
def test_keywords_are_words_of_customers(name):
    found, wanted = reported(name).keywords, FIGURES[name]
    assert found >= {*wanted.get("keywords", [])}
    assert not found & {*wanted["no_keywords"]}
