from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
import yaml

from voc_lib import schema
from voc_lib.collect import evidence, headers
from voc_lib.errors import DataError

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "headers.yaml").read_text(encoding="utf-8"))


MADE = ("csat_scale", "source", "file", "sheet", "line")  # of the reading, in no file


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_headers_map_as_people_mean_them(case):
    assert [match.field for match in headers.match(case["headers"])] == case["fields"]


def test_the_explicit_mapping_wins_over_a_synonym():
    first, second = headers.match(["内容", "反馈内容"], {"内容": "text"})
    assert (first.field, first.how) == ("text", "指定") and second.field is None


def test_a_header_that_is_not_there_lists_what_there_is():
    with pytest.raises(DataError, match=r"反馈内溶.*是否想写 “反馈内容”.*创建时间"):
        headers.match(["反馈内容", "创建时间"], {"反馈内溶": "text"}, where="工单.csv")


def test_a_guess_says_so_with_its_score():
    (match,) = headers.match(["客户编码号"])
    assert match.how == "推测" and headers.GUESS <= match.score < 1


@pytest.mark.parametrize("table", ["feedback", "customers", "orders", "exposure", "kpis"])
def test_every_synonym_belongs_to_a_field_of_its_table(table):
    fields = {field for field, _ in headers.synonyms(table).values()}
    assert fields <= set(schema.table(table).names)
    assert {c.name for c in schema.table(table).columns if c.required} - {"source", "file", "line"} <= fields


def test_chinese_labels_of_the_schema_are_synonyms():
    labels = [c.label for c in schema.FEEDBACK.columns if c.name not in MADE]
    assert all(match.how == "同义词" for match in headers.match(labels))


def test_the_suggestion_is_the_header_nearest_as_a_whole():
    near = headers.suggest(["客服回复内容", "客户反馈的内容", "备注"], "text")
    assert near[0] == "客户反馈的内容"


def test_only_the_beginning_of_a_long_cell_is_looked_at_for_a_sentence():
    """A cell of 100,000 characters without one took minutes: the pattern tries each place with each other."""
    cells = pa.chunked_array([["电梯坏" * 5 + "了，没人修", "电梯坏" * 1_000 + "了，没人修"]])
    assert evidence.profile(cells, zone=ZoneInfo("Asia/Shanghai")).said == 0.5
