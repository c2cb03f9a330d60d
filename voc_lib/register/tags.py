"""Tags in the register: codes, so a renamed tag keeps its corrections; merged and split with a trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine

from voc_lib.errors import DataError, did_you_mean
from voc_lib.register import store
from voc_lib.register.store import SEPARATOR
from voc_lib.tag.taxonomy import Taxonomy


def encode(names: Sequence[str], taxonomy: Taxonomy) -> str:
    """Tag names, codes or aliases as codes joined by ；, in the order given; DataError on an unknown one."""
    codes = {tag.name: tag.code for tag in taxonomy.tags}
    for name in names:
        if name not in taxonomy.aliases:
            hint = did_you_mean(name, taxonomy.by_name)
            raise DataError(f"标签 “{name}” 不在标签体系 {taxonomy.name} 中。{hint}")
    return SEPARATOR.join(dict.fromkeys(codes[taxonomy.aliases[name]] for name in names))


def used(engine: Engine) -> dict[str, int]:
    """Codes in force, with how many feedbacks carry each."""
    found = store.corrections(engine)["tags"].str.split(SEPARATOR).explode().value_counts()
    return {str(code): int(n) for code, n in sorted(found.items())}


def unknown(engine: Engine, taxonomy: Taxonomy) -> dict[str, int]:
    """`used` of the codes the taxonomy does not know any more."""
    return {code: n for code, n in used(engine).items() if code not in taxonomy.aliases}


def code(engine: Engine, word: str, taxonomy: Taxonomy) -> str:
    """The code corrections carry for a tag of the taxonomy, or one that only they still know."""
    return word if word in unknown(engine, taxonomy) else encode([word], taxonomy)


def merge(engine: Engine, old: str, new: str, *, who: str, at: datetime, why: str = "") -> int:
    """How many corrections carried code `old` and carry `new` instead: all of them, or none (DataError)."""
    return _replace(engine, old, lambda _: [new], who=who, at=at, why=why or f"标签合并：{old} → {new}")


def split(
    engine: Engine, old: str, choose: Callable[[str], Sequence[str]], *, who: str, at: datetime, why: str = ""
) -> int:
    """How many corrections carried `old` and carry what `choose(feedback_id)` gives: all of them, or none.

    Where it gives nothing, `old` stays. It is asked again when somebody corrects meanwhile.
    """
    return _replace(engine, old, choose, who=who, at=at, why=why or f"标签拆分：{old}")


def _replace(
    engine: Engine, old: str, choose: Callable[[str], Sequence[str]], *, who: str, at: datetime, why: str
) -> int:
    def change(feedback_id: str, value: str) -> str:
        if old not in value.split(SEPARATOR):
            return value
        return _swapped(value, old, choose(feedback_id) or [old])

    return store.rewrite(engine, change, who=who, at=at, why=why)


def _swapped(value: str, old: str, new: Sequence[str]) -> str:
    """The codes with `old` replaced in place, none twice.

    >>> _swapped("slow；rude", "slow", ["late", "rude"])
    'late；rude'
    """
    codes = [code for held in value.split(SEPARATOR) for code in (new if held == old else [held])]
    return SEPARATOR.join(dict.fromkeys(codes))
