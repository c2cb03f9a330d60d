"""What causes stand on, and trees changed."""

import pytest

from voc_lib.errors import DataError, ParamsError
from voc_lib.knowledge import Cause
from voc_lib.rootcause import causes, standing, tree

WORDS, DATA = {"by": "原话", "found": "12 条"}, {"by": "数据", "found": "缺编 12 人"}


def delay(root, **middle):
    why = [{"cause": "分拣慢", **middle, "why": [{"cause": "缺人", "root": True, **root}]}]
    return {"problem": "物流延迟", "why": why}


@pytest.mark.parametrize(
    ("root", "middle", "names", "doubt"),
    [
        ({}, {}, [], "标为根因，但还是假设"),
        ({"status": "证据", "tested": [WORDS]}, {}, ["物流延迟：缺人（证据（弱））"], None),
        ({"status": "证据", "tested": [WORDS, DATA]}, {}, ["物流延迟：缺人（证据（强））"], None),
        ({"status": "已否定", "tested": [DATA]}, {}, [], "还没有到达根因"),
        ({"status": "证据", "tested": [DATA]}, {"status": "已否定", "tested": [WORDS]}, [], "还没有到达根因"),
    ],
)
def test_a_root_is_reached_only_when_it_is_evidenced_and_nothing_above_is_refuted(
    known, root, middle, names, doubt
):
    reached, doubts = standing.table(known(delay(root, **middle)))
    assert reached == names
    assert doubts == [] if doubt is None else doubt in doubts[0]


def test_a_status_needs_what_tested_it(known):
    with pytest.raises(ParamsError, match="却没有写由什么检验"):
        known(delay({"status": "证据"}))


def test_the_table_of_a_report_says_status_strength_and_test(known, issues):
    table = causes.table(known(delay({"status": "证据", "tested": [WORDS, DATA]})), issues())
    assert table["status"].tolist()[1:] == ["假设", "证据"] and table["strength"].tolist()[2] == "强"
    assert table["tested"].iloc[2] == "原话计数：12 条；运营数据：缺编 12 人"


def test_a_change_of_status_is_told(known):
    told = causes.changes(known(delay({})), known(delay({"status": "证据", "tested": [DATA]})))
    assert told == ["假设改为证据：物流延迟 → 分拣慢 → 缺人"]


def test_hypotheses_are_what_is_left_to_ask_about(known):
    found = standing.hypotheses(known(delay({}, status="证据", tested=[WORDS])).causes[0])
    assert [node.cause.cause for node in found] == ["缺人"]


@pytest.fixture
def grown(known):
    why = [{"cause": "a", "why": [{"cause": "b"}]}, {"cause": "c"}, {"cause": "d"}]
    return known({"problem": "物流延迟", "why": why}).causes[0]


def shape(analysis):
    return [(place, cause.cause) for place, cause in tree.places(analysis)]


def test_a_cause_moves_with_what_is_below_it_and_its_new_place_is_told(grown):
    moved, place = tree.moved(grown, (0,), (2,))
    assert shape(moved) == [((0,), "c"), ((1,), "d"), ((1, 0), "a"), ((1, 0, 0), "b")]
    assert place == (1, 0) and tree.at(moved, place).cause == "a"
    back, place = tree.moved(moved, (1, 0), ())
    assert place == (2,) and tree.path(back, (2, 0)) == ("物流延迟", "a", "b")
    with pytest.raises(DataError, match="不能移到它自己下面"):
        tree.moved(grown, (0,), (0, 0))


def test_a_cause_split_keeps_what_is_known_with_the_first(grown):
    parts = tree.split(grown, (0,), ["a1", "a2"])
    assert shape(parts)[:3] == [((0,), "a1"), ((0, 0), "b"), ((1,), "a2")]


def test_a_root_that_is_asked_further_is_none_any_more(grown):
    rooted = tree.changed(grown, (1,), root=True)
    further, place = tree.added(rooted, (1,), Cause(cause="e"))
    assert place == (1, 0) and not tree.at(further, (1,)).root
    assert shape(tree.withdrawn(further, (1,))) == [((0,), "a"), ((0, 0), "b"), ((1,), "d")]
