"""What people know taken apart into rows and put together again: nothing changed, nothing lost."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voc_lib import knowledge
from voc_lib.register import entries

SAMPLE = Path(__file__).parents[2] / "params" / "sample_knowledge.yaml"
WORDS = st.text(alphabet="甲乙→ /#1…", min_size=1, max_size=4).map(str.strip).filter(bool)


def together(known, seen=None):
    seen = seen or {}
    return knowledge.read(entries.raw(entries.rows(known, seen), seen))


def read(causes, measures=()):
    return knowledge.read({"causes": causes, "measures": list(measures)})


def test_the_sample_comes_back_as_it_was():
    known = knowledge.read(yaml.safe_load(SAMPLE.read_text(encoding="utf-8")))
    rows = entries.rows(known)
    assert together(known) == known
    kinds = [row.kind for row in rows.values()]
    assert {kind: kinds.count(kind) for kind in ("problem", "measure", "promise", "revisit")} == {
        "problem": 4,
        "measure": 11,
        "promise": 4,
        "revisit": 14,
    }
    assert entries.orphans(rows) == []


def trees(depth=3):
    below = trees(depth - 1) if depth else st.just([])
    node = st.fixed_dictionaries({"cause": WORDS, "root": st.booleans(), "why": below})
    return st.lists(node, max_size=3)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"problem": WORDS, "why": trees(), "fishbone": st.dictionaries(WORDS, st.lists(WORDS))}
        ),
        max_size=3,
        unique_by=lambda analysis: analysis["problem"],
    ),
    st.randoms(use_true_random=False),
)
def test_any_tree_comes_back_whatever_order_it_was_first_seen_in(causes, random):
    known = read(causes)
    places = list(entries.rows(known))
    random.shuffle(places)
    seen = {place: number for number, place in enumerate(places[: len(places) // 2])}
    back = together(known, seen)
    assert back == known
    assert [list(a.fishbone) for a in back.causes] == [list(a.fishbone) for a in known.causes]


def test_keys_can_be_read_and_stay_short():
    tree = [{"cause": "分拣效率低", "why": [{"cause": "人员不足", "root": True}]}]
    long = [{"cause": "长" * 900, "why": [{"cause": "短", "root": True}]}]
    rows = entries.rows(read([{"problem": "物流延迟", "why": tree}, {"problem": "其他", "why": long}]))
    assert ("cause", "物流延迟 → 分拣效率低 → 人员不足") in rows
    assert max(len(key) for _, key in rows) < 300


@pytest.mark.parametrize("twice", [[{"cause": "甲"}, {"cause": "甲", "root": True}]])
def test_the_same_cause_twice_is_two_rows(twice):
    known = read([{"problem": "物流延迟", "why": twice}])
    assert [key for kind, key in entries.rows(known) if kind == "cause"] == [
        "物流延迟 → 甲",
        "物流延迟 → 甲#2",
    ]
    assert together(known) == known


def test_a_row_whose_upper_cause_is_gone_is_named():
    tree = [{"cause": "甲", "why": [{"cause": "乙", "root": True}]}]
    rows = entries.rows(read([{"problem": "物流延迟", "why": tree}]))
    del rows["cause", "物流延迟 → 甲"]
    assert entries.orphans(rows) == ["物流延迟 → 甲 → 乙"]
