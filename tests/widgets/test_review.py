"""The review as a machine, key by key."""

from hypothesis import given
from hypothesis import strategies as st

from voc_lib.widgets import keys, review
from voc_lib.widgets.review import Answer, State

TAGS = {"1": "物流延迟", "2": "服务态度", "0": "其他"}


def typed(line, size=5, given=("其他",)):
    """The state after a line of keys, and the answers it made."""
    state, answers = State(size), []
    for key in line:
        state, answer = review.press(state, key, TAGS, given=given)
        answers += [answer] if answer else []
    return state, answers


def test_one_key_answers_and_moves_on():
    state, answers = typed("12")
    assert answers == [Answer(0, ("物流延迟",)), Answer(1, ("服务态度",))] and state.at == 2


def test_semicolon_collects_several_tags_in_order():
    assert typed(";21")[1] == [Answer(0, ("服务态度", "物流延迟"))]
    assert typed(";1;2 ")[1] == [Answer(0, ("物流延迟", "服务态度"))]


def test_space_says_that_what_stands_is_right_and_nothing_where_nothing_stands():
    assert typed(" ")[1] == [Answer(0, ("其他",))]
    assert typed(" ", given=())[0].at == 0


def test_undo_takes_back_the_last_answer_and_returns_to_it():
    state, answers = typed("12..//")
    assert answers[2:] == [Answer(1, ()), Answer(0, ())] and state.at == 0 and not state.answered


def test_undo_first_drops_what_was_picked():
    state, answers = typed("1;2/")
    assert answers == [Answer(0, ("物流延迟",))] and state.at == 1 and not state.picked


def test_an_item_answered_again_counts_once():
    assert typed("1,2")[0].answered == (0,)


@given(st.text("120 ;.,/x", max_size=60), st.integers(0, 4))
def test_no_line_of_keys_leaves_the_queue_and_undo_balances(line, size):
    state, answers = typed(line, size=size)
    assert 0 <= state.at <= size
    standing = {}
    for answer in answers:
        standing = {**standing, answer.at: answer.tags}
    assert {at for at, tags in standing.items() if tags} == set(state.answered)


def test_more_tags_than_keys_have_buttons_only():
    names = [f"标签{i}" for i in range(50)]
    assigned = keys.assign([*names, "其他"])
    assert len(assigned) == len(keys.TAG_KEYS) + 1 and assigned["0"] == "其他"
    assert not set(assigned) & set(keys.COMMANDS)
