"""The review as a machine, key by key."""

from hypothesis import given
from hypothesis import strategies as st

from voc_lib.widgets import keys, review
from voc_lib.widgets.review import Answer

TAGS = {"1": "物流延迟", "2": "服务态度", "0": "其他"}


def typed(line, size=5, given=("其他",), shown=None):
    """The state after a line of keys, and the answers it made."""
    state, answers = review.queue(size), []
    state = state if shown is None else review.narrowed(state, shown)
    for key in line:
        state, answer = review.press(state, key, TAGS, given=lambda place: given)
        answers += [answer] if answer else []
    return state, answers


def test_one_key_answers_and_moves_on():
    state, answers = typed("12")
    assert answers == [Answer({0: ("物流延迟",)}), Answer({1: ("服务态度",)})] and state.at == 2


def test_semicolon_collects_several_tags_in_order():
    assert typed(";21")[1] == [Answer({0: ("服务态度", "物流延迟")})]
    assert typed(";1;2 ")[1] == [Answer({0: ("物流延迟", "服务态度")})]


def test_space_says_that_what_stands_is_right_and_nothing_where_nothing_stands():
    assert typed(" ")[1] == [Answer({0: ("其他",)})]
    assert typed(" ", given=())[0].at == 0


def test_undo_asks_for_the_last_answer_back_but_first_drops_what_was_begun():
    assert typed("1/")[1][1:] == [Answer()]
    for begun in (";2/", "[/", "]/"):
        state, answers = typed(f"1{begun}")
        assert len(answers) == 1 and state == typed("1")[0]


def test_brackets_and_a_number_set_intent_and_urgency_and_the_item_stays():
    state, answers = typed("[3]0")
    assert answers == [Answer({0: ("咨询",)}, "intent"), Answer({0: ("P0",)}, "urgency")] and state.at == 0
    assert typed("[x1")[1] == [Answer({0: ("物流延迟",)})]  # no number of the field: nothing is set


def test_what_is_ticked_gets_the_next_answer_together():
    state, answers = typed("--.-]1,;12")
    assert answers[0] == Answer(dict.fromkeys((0, 1, 3), ("P1",)), "urgency")
    assert answers[1] == Answer(dict.fromkeys((0, 1, 3), ("物流延迟", "服务态度")))
    assert not state.ticked and state.at == 4
    assert typed("-,-")[0].ticked == ()  # ticked and not


def test_only_what_is_shown_is_gone_through_and_ticked():
    state, answers = typed("1.,2", shown=(1, 3))
    assert [list(answer.values) for answer in answers] == [[1], [3]] and state.over
    ticked = review.tick(review.queue(5), 0, 3)
    assert review.narrowed(ticked, (3, 4)).ticked == (3,)
    assert review.narrowed(ticked, ()).over
    back = review.moved(review.narrowed(ticked, (3, 4)), 0)  # where an undo led
    assert review.turned(back, 1).at == 3


@given(st.text("120 ;.,/x-[]", max_size=60), st.integers(0, 4))
def test_no_line_of_keys_leaves_the_queue(line, size):
    state, answers = typed(line, size=size)
    assert 0 <= state.at <= size and set(state.ticked) <= set(range(size))
    assert all(set(answer.values) <= set(range(size)) for answer in answers)


def test_more_tags_than_keys_have_buttons_only():
    names = [f"标签{i}" for i in range(50)]
    assigned = keys.assign([*names, "其他"])
    assert len(assigned) == len(keys.TAG_KEYS) + 1 and assigned["0"] == "其他"
    assert not set(assigned) & {*keys.COMMANDS, *keys.FIELDS}
