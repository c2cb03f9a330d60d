"""The review as a machine: where the person is, what a key does. It touches no screen and no register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from voc_lib.widgets import keys

STEPS = {keys.BACK: -1, keys.NEXT: 1}


@dataclass(frozen=True)
class State:
    """Place in a queue of `size` items, tags picked so far for this one, places answered in order."""

    size: int
    at: int = 0
    picked: tuple[str, ...] = ()
    more: bool = False
    answered: tuple[int, ...] = ()

    @property
    def over(self) -> bool:
        """Whether every item was passed."""
        return self.at >= self.size


@dataclass(frozen=True)
class Answer:
    """The item at a place gets these tags; none at all takes the last answer back."""

    at: int
    tags: tuple[str, ...]


def press(
    state: State, key: str, tags: Mapping[str, str], *, given: tuple[str, ...] = ()
) -> tuple[State, Answer | None]:
    """The state after a key, and the answer it made. `tags` says which key is which tag, `given` what stands.

    >>> state, answer = press(State(3), "1", {"1": "物流延迟"})
    >>> state.at, answer
    (1, Answer(at=0, tags=('物流延迟',)))
    """
    if key in STEPS:
        return _moved(state, state.at + STEPS[key]), None
    if key == keys.UNDO:
        return _undo(state)
    if state.over:
        return state, None
    if key == keys.ACCEPT:
        return _answered(state, state.picked or given)
    if key == keys.MORE:
        return replace(state, more=True), None
    return pick(state, tags[key]) if key in tags else (state, None)


def pick(state: State, tag: str) -> tuple[State, Answer | None]:
    """One more tag: after `;` it is collected, else it completes the answer."""
    if state.over:
        return state, None
    picked = tuple(dict.fromkeys((*state.picked, tag)))
    if state.more:
        return replace(state, picked=picked, more=False), None
    return _answered(state, picked)


def _answered(state: State, tags: tuple[str, ...]) -> tuple[State, Answer | None]:
    if not tags:
        return state, None
    done = (*(at for at in state.answered if at != state.at), state.at)
    return _moved(replace(state, answered=done), state.at + 1), Answer(state.at, tags)


def _undo(state: State) -> tuple[State, Answer | None]:
    """First what was picked but not yet answered; then the last answer, and back to it."""
    if state.picked or state.more:
        return replace(state, picked=(), more=False), None
    if not state.answered:
        return state, None
    last = state.answered[-1]
    return _moved(replace(state, answered=state.answered[:-1]), last), Answer(last, ())


def _moved(state: State, at: int) -> State:
    return replace(state, at=min(max(at, 0), state.size), picked=(), more=False)
