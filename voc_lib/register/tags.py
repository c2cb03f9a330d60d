"""Tags in the register: codes, so a renamed tag keeps its corrections; merged and split with a trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine

from voc_lib.errors import DataError, did_you_mean
from voc_lib.register import store
from voc_lib.register.store import SEPARATOR, Saved
from voc_lib.tag.taxonomy import Taxonomy


def encode(names: Sequence[str], taxonomy: Taxonomy) -> str:
    """Tag names, codes or aliases as codes joined by ；, in the order given; DataError on an unknown one."""
    codes = {tag.name: tag.code for tag in taxonomy.tags}
    for name in names:
        if name not in taxonomy.aliases:
            hint = did_you_mean(name, taxonomy.by_name)
            raise DataError(f"标签 “{name}” 不在标签体系 {taxonomy.name} 中。{hint}")
    return SEPARATOR.join(dict.fromkeys(codes[taxonomy.aliases[name]] for name in names))


def unknown(engine: Engine, taxonomy: Taxonomy) -> dict[str, int]:
    """Codes in force that the taxonomy does not know any more, with how many feedbacks carry each."""
    used = store.corrections(engine)["tags"].str.split(SEPARATOR).explode().value_counts()
    return {str(code): int(n) for code, n in sorted(used.items()) if code not in taxonomy.aliases}


def merge(engine: Engine, old: str, new: str, *, who: str, at: datetime, why: str = "") -> list[Saved]:
    """Every correction that carries code `old` carries `new` instead; one saved correction per feedback."""
    return _replace(engine, old, lambda _: [new], who=who, at=at, why=why or f"标签合并：{old} → {new}")


def split(
    engine: Engine, old: str, choose: Callable[[str], Sequence[str]], *, who: str, at: datetime, why: str = ""
) -> list[Saved]:
    """Every correction that carries `old` carries what `choose(feedback_id)` gives; nothing: `old` stays."""
    return _replace(engine, old, choose, who=who, at=at, why=why or f"标签拆分：{old}")


def _replace(
    engine: Engine, old: str, choose: Callable[[str], Sequence[str]], *, who: str, at: datetime, why: str
) -> list[Saved]:
    held = store.corrections(engine)
    saved = []
    for feedback_id in held["feedback_id"][_carries(held["tags"], old)]:
        version, value = store.current(engine, feedback_id)
        new = _swapped(value or "", old, choose(feedback_id) or [old])
        if new != value:
            saved.append(
                store.add_correction(engine, feedback_id, new, who=who, at=at, why=why, seen=version)
            )
    return saved


def _carries(tags: pd.Series, code: str) -> list[bool]:
    return [code in value.split(SEPARATOR) for value in tags]


def _swapped(value: str, old: str, new: Sequence[str]) -> str:
    """The codes with `old` replaced in place, none twice.

    >>> _swapped("slow；rude", "slow", ["late", "rude"])
    'late；rude'
    """
    codes = [code for held in value.split(SEPARATOR) for code in (new if held == old else [held])]
    return SEPARATOR.join(dict.fromkeys(codes))
