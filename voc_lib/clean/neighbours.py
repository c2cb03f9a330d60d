"""How likely a name is by its characters and its neighbours, weighed by what marked sentences taught.

`benchmarks/neighbours.py` makes the weights (`neighbours.json`) from sentences written for this project.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

from voc_lib.clean import naming, wordlike
from voc_lib.clean.codepoints import HAN
from voc_lib.clean.vicinity import BREAK
from voc_lib.clean.vocabulary import words

WEIGHTS = "neighbours.json"
BIAS = ""
_REACH = 6  # characters beside a name that are read
_NEAR, _GRAMS = 4, (1, 2, 3)
_MEMORY = 200_000
_LED = ("name_strong", "name_weak", "staff", "name_led", "titled_led", "call_led", "name_faint", "name_end")
_LEFT = (*_LED, "workplace", "place_ends", "public_before", "papers", "closings")
_DONE = ("name_followed", "nick_after", "after_name", "after_speaker", "call_after")
_THINGS = ("goods_after", "goods_named", "name_not_before", "public_next")
_RIGHT = (
    *_DONE,
    *_THINGS,
    "titles",
    "staff_titles",
    "kin_titles",
    "pair_titles",
    "name_ends",
    "opening_said",
)
_ENDS = re.compile(f"[\n{BREAK}]")
_HAN_LEFT, _HAN_RIGHT = re.compile(f"[{HAN}]{{0,{_NEAR}}}\\Z"), re.compile(f"[{HAN}]{{0,{_NEAR}}}")
_JOINED = ': "“是叫('  # what may stand between a word that leads to a name and the name
_STEPS = (-10, -8, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8, 10, 12)
_RANKS = (10, 20, 40, 80, 120, 200)
_CROSSED = (-12, -9, -7, -5, -3, -1, -0.001)


def weigh(text: str, start: int, end: int, odds: float) -> float:
    """The log odds that a name stands there; `odds`: how much likelier its characters are one (`naming`).

    >>> weigh("冯建华把押金扣了", 0, 3, 6.0) > weigh("冯建华凉粉真好吃", 0, 3, 6.0)
    True
    """
    return _weighed(*sides(text, start, end, odds))


def sides(text: str, start: int, end: int, odds: float) -> tuple[str, str, str, tuple[bool, bool, int]]:
    """What `features` reads of a name in its text: left side, name, right side, and what is told of them."""
    left = _ENDS.split(text[max(0, start - _REACH) : start])[-1]
    right = _ENDS.split(text[end : end + _REACH])[0]
    opens = len(left) == start or len(left) < min(start, _REACH)
    return left, text[start:end], right, (opens, len(right) < _REACH, _step(odds, _STEPS))


@lru_cache(maxsize=_MEMORY)
def _weighed(left: str, name: str, right: str, told: tuple[bool, bool, int]) -> float:
    known = _weights()
    return known[BIAS] + sum(known.get(feature, 0.0) for feature in features(left, name, right, told))


def features(left: str, name: str, right: str, told: tuple[bool, bool, int]) -> Iterator[str]:
    """What is told of a name that stands between two sides, each a short word.

    `told`: whether its line begins with the left side, and ends with the right one; the step of its odds.
    """
    kind, opens, closes = _kind(name), "^" * told[0], "$" * told[1]
    yield f"odds{told[2]}"
    yield from _own(name)
    yield from (f"<{size}{(opens + left)[-size:]}" for size in _GRAMS)
    yield from (f">{size}{(right + closes)[:size]}" for size in _GRAMS)
    near, beyond = _HAN_LEFT.search(left)[0], _HAN_RIGHT.match(right)[0]  # type: ignore[index]
    sides = (_sign((opens + left)[-1:]), _sign((right + closes)[:1]))
    parts = (_last_word(near), _first_word(beyond))
    yield f"sides{'|'.join(sides)}"
    yield from (f"{side}{what}{more}" for side, what in zip("lr", sides, strict=True) for more in ("", kind))
    yield from (f"{side}p{what}{more}" for side, what in zip("lr", parts, strict=True) for more in ("", kind))
    yield f"lc{_crossed(near, name)}"
    yield f"rc{_crossed(name, beyond)}"
    yield from _listed(left, name + right, len(name), kind)


def _own(name: str) -> Iterator[str]:
    """What the characters of a name tell by themselves."""
    double = name[:2] in words()["surnames_two"] and len(name) > 2
    given = name[1 + double :]
    yield f"size{len(name)}{double}"
    yield f"rank{'two' if double else _step(_ranks().get(name[0], 999), _RANKS)}"
    yield f"word{naming.part(name)[:2]}{naming.is_word(name)}"
    if len(given) == 2:
        yield from (f"tail{naming.part(given)[:2]}", f"usual{given in naming.usual()}{given[0] == given[1]}")
        yield f"head{naming.part(name[:2])[:1]}{naming.is_word(name[:2])}"


def _kind(name: str) -> str:
    """Whether a name is another word, begins or ends with one, or neither."""
    if naming.is_word(name):
        return "W"
    if len(name) > 2 and naming.is_word(name[:2]):
        return "H"
    return "T" if len(name) > 2 and naming.is_word(name[1:]) else "N"


def _listed(left: str, rest: str, end: int, kind: str) -> Iterator[str]:
    """The lists that have a word right before a name, or right behind it (`rest` begins with the name)."""
    led = _found(_lefts(), (left[-size:] for size in range(1, len(left) + 1)))
    joined = left[:-1] if left[-1:] in _JOINED else ""
    told = _found(_lefts(), (joined[-size:] for size in range(1, len(joined) + 1)))
    followed = _found(_rights(), (rest[end : end + size] for size in range(1, _REACH)))
    does = end < len(rest) and wordlike.does(rest, end)
    for mark, names in (("L", led), ("S", told), ("R", followed), ("D", ["does"] * does)):
        yield from (f"{mark}{name}{more}" for name, more in product(names, ("", kind)))
    hinted = f"{any(n in _LED for n in led):d}{any(n in _DONE for n in followed):d}{does:d}"
    yield from (f"hints{hinted}", f"hints{hinted}{kind}")


def _found(lists: dict[str, list[str]], said: Iterator[str]) -> list[str]:
    """The lists that have one of the words, each once."""
    return list(dict.fromkeys(name for word in said for name in lists.get(word, ())))


def _sign(char: str) -> str:
    """A sign as it is, what characters and digits have in common."""
    if "一" <= char <= "\u9fff":
        return "H"
    return "0" if char.isdigit() else "a" if char.isalpha() else char


def _last_word(said: str) -> str:
    """The part of speech of the longest word at the end."""
    return next((part for size in range(_NEAR, 0, -1) if (part := naming.part(said[-size:])[:2])), "")


def _first_word(said: str) -> str:
    """The same at the beginning."""
    return next((part for size in range(_NEAR, 0, -1) if (part := naming.part(said[:size])[:2])), "")


def _crossed(left: str, right: str) -> int:
    """How far from unlikely it is that no word crosses from one side to the other, as a step."""
    return _step(naming.reading(left) + naming.reading(right) - naming.reading(left + right), _CROSSED)


def _step(value: float, steps: tuple[float, ...]) -> int:
    return sum(value >= step for step in steps)


@cache
def _ranks() -> dict[str, int]:
    """How common each surname is, the commonest 0."""
    return {family: rank for rank, family in enumerate(dict.fromkeys(words()["surnames"]))}


@cache
def _lefts() -> dict[str, list[str]]:
    return _by_word(_LEFT)


@cache
def _rights() -> dict[str, list[str]]:
    return _by_word(_RIGHT)


def _by_word(names: tuple[str, ...]) -> dict[str, list[str]]:
    """The lists of each word."""
    found: dict[str, list[str]] = {}
    for name in names:
        for word in words()[name]:
            found.setdefault(word, []).append(name)
    return found


@cache
def _weights() -> dict[str, float]:
    """The weight of each feature, and under BIAS what is added always."""
    return dict(json.loads(files("voc_lib.clean").joinpath(WEIGHTS).read_text(encoding="utf-8")))
