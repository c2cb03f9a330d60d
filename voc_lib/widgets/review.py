"""The review as a machine: where the person is, what a key does. It touches no screen and no register."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from voc_lib.widgets import keys

STEPS = {keys.BACK: -1, keys.NEXT: 1}
TAGS = "tags"
Given = Callable[[int], tuple[str, ...]]


@dataclass(frozen=True)
class State:
    """Place in a queue of `size` items of which some are `shown`; those `ticked` are answered together.

    `picked` are tags collected so far, `field` is what the next key sets.
    """

    size: int
    shown: tuple[int, ...] = ()
    at: int = 0
    ticked: tuple[int, ...] = ()
    picked: tuple[str, ...] = ()
    more: bool = False
    field: str = ""

    @property
    def over(self) -> bool:
        """Whether every item shown was passed."""
        return self.at >= self.size

    @property
    def meant(self) -> tuple[int, ...]:
        """The places the next answer is for."""
        return self.ticked or (() if self.over else (self.at,))


@dataclass(frozen=True)
class Answer:
    """What a field gets at each place; no place at all takes the last answer back."""

    values: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    field: str = TAGS


def queue(size: int) -> State:
    """The state before the first of so many items.

    >>> queue(2)
    State(size=2, shown=(0, 1), at=0, ticked=(), picked=(), more=False, field='')
    """
    return State(size, tuple(range(size)))


def press(state: State, key: str, tags: Mapping[str, str], *, given: Given) -> tuple[State, Answer | None]:
    """The state after a key, and the answer it made. `tags` says which key is which tag, `given` what stands.

    >>> state, answer = press(queue(3), "1", {"1": "物流延迟"}, given=lambda place: ())
    >>> state.at, answer
    (1, Answer(values={0: ('物流延迟',)}, field='tags'))
    """
    if key in STEPS:
        return turned(state, STEPS[key]), None
    if key == keys.UNDO:
        begun = state.picked or state.more or state.field
        return _begun(state), None if begun else Answer()
    return _pressed(state, key, tags, given) if state.meant else (state, None)


def _pressed(state: State, key: str, tags: Mapping[str, str], given: Given) -> tuple[State, Answer | None]:
    """The same of a key that is for some place."""
    if state.field:
        value = keys.OPTIONS[state.field].get(key)
        return choose(state, state.field, value) if value else (replace(state, field=""), None)
    if key == keys.ACCEPT:
        return _answered(state, {place: state.picked or given(place) for place in state.meant})
    if key in tags:
        return pick(state, tags[key])
    if key == keys.TICK and not state.over:
        state = turned(tick(state, state.at), 1)
    elif key == keys.MORE or key in keys.FIELDS:
        state = replace(state, more=key == keys.MORE, field=keys.FIELDS.get(key, ""))
    return state, None


def pick(state: State, tag: str) -> tuple[State, Answer | None]:
    """One more tag: after `;` it is collected, else it completes the answer."""
    picked = tuple(dict.fromkeys((*state.picked, tag)))
    if state.more:
        return replace(state, picked=picked, more=False), None
    return _answered(state, dict.fromkeys(state.meant, picked))


def choose(state: State, field: str, value: str) -> tuple[State, Answer | None]:
    """A value of another field; the answer by tags stays open, so the place stays."""
    answer = Answer(dict.fromkeys(state.meant, (value,)), field)
    return replace(state, field=""), answer if answer.values else None


def tick(state: State, *places: int) -> State:
    """Each place ticked, or no more."""
    kept = tuple(place for place in state.ticked if place not in places)
    return replace(state, ticked=tuple(sorted({*kept, *(set(places) - set(state.ticked))})))


def narrowed(state: State, places: Sequence[int]) -> State:
    """The state when only some places are shown: what is not seen is not ticked."""
    shown = replace(_begun(state), shown=tuple(places))
    ticked = tuple(place for place in state.ticked if place in set(places))
    first = state.at if state.at in shown.shown else next(iter(shown.shown), state.size)
    return replace(shown, ticked=ticked, at=first)


def moved(state: State, at: int) -> State:
    """The state at a place, with nothing begun."""
    return replace(_begun(state), at=at)


def left(state: State, places: tuple[int, ...]) -> State:
    """The state when some of many are still to be answered: they alone are ticked."""
    return replace(moved(state, places[0]), ticked=places)


def turned(state: State, steps: int) -> State:
    """The state some shown places on or back; behind the last one it is over."""
    before = sum(place < state.at for place in state.shown)
    between = steps > 0 and state.at not in state.shown and not state.over  # brought here by an undo
    to = max(before + steps - between, 0)
    return moved(state, state.shown[to] if to < len(state.shown) else state.size)


def _begun(state: State) -> State:
    return replace(state, picked=(), more=False, field="")


def _answered(state: State, values: Mapping[int, tuple[str, ...]]) -> tuple[State, Answer | None]:
    named = {place: tags for place, tags in values.items() if tags}
    if not named:
        return state, None
    left = replace(state, ticked=())
    if not state.ticked:
        return turned(left, 1), Answer(named)
    ahead = (place for place in state.shown if place >= state.at and place not in named)
    return moved(left, next(ahead, state.size)), Answer(named)
