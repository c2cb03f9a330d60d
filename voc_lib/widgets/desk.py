"""Where a person's answers go: corrections in force, or an independent coder's own record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Engine

from voc_lib.errors import DataError
from voc_lib.register import codings, store, tags
from voc_lib.register.store import SEPARATOR
from voc_lib.tag.taxonomy import Taxonomy

UNDONE = "撤销"


@dataclass(frozen=True)
class Standing:
    """What stands for a feedback: the version seen, the tags (none where nobody answered) and whose."""

    version: int = 0
    tags: tuple[str, ...] = ()
    who: str = ""


@dataclass(frozen=True)
class Choice:
    """What people have set of one field: the version, the value ("" for nothing) and whose it is."""

    version: int = 0
    value: str = ""
    who: str = ""


@dataclass(frozen=True)
class Desk:
    """One person (`who`) at the register; `blind` answers are kept apart and correct nothing."""

    engine: Engine
    taxonomy: Taxonomy
    who: str
    clock: Callable[[], datetime]
    blind: bool = False

    def standing(self, feedback_id: str) -> Standing:
        """What stands for a feedback now; a blind coder sees only the own answer."""
        if self.blind:
            own = self._own(feedback_id)
            return Standing(0, self.names(own["tags"].iloc[0]) if len(own) else ())
        version, value, who = store.current(self.engine, feedback_id)
        return Standing(version, self.names(value or ""), who)

    def names(self, codes: str) -> tuple[str, ...]:
        """The taxonomy's names of codes joined by ；; a code it does not know any more stays as it is."""
        known = self.taxonomy.aliases
        return tuple(known.get(code, code) for code in codes.split(SEPARATOR) if code)

    def words(self, codes: str) -> str:
        """The names of codes joined by ；, as people read them."""
        return "、".join(self.names(codes))

    def save(
        self, feedback_id: str, names: tuple[str, ...], *, seen: int = 0, old: str = "", note: str = ""
    ) -> str:
        """What has to be told: "" when the answer is kept, else who was faster."""
        at, codes = self.clock(), tags.encode(names, self.taxonomy)
        if not self.blind:
            saved = store.add_correction(
                self.engine, feedback_id, codes, who=self.who, at=at, why=note, seen=seen, old=old or None
            )
            if saved.version is None:
                return saved.conflict(self.words)
        codings.add(self.engine, feedback_id, codes, coder=self.who, at=at, note=note)
        return ""

    def choice(self, feedback_id: str, field: str) -> Choice:
        """What people have set of a field of `corrections.CHOICES`."""
        version, value, who = store.current(self.engine, feedback_id, field=field)
        return Choice(version, value or "", who)

    def choose(
        self, feedback_id: str, field: str, value: str, *, seen: int, old: str = "", note: str = ""
    ) -> str:
        """What has to be told: "" when the field is set, else who was faster."""
        saved = store.add_correction(
            self.engine,
            feedback_id,
            value,
            who=self.who,
            at=self.clock(),
            why=note,
            field=field,
            seen=seen,
            old=old or None,
        )
        return saved.conflict()

    def withdraw(self, feedback_id: str, field: str, *, why: str = "") -> str:
        """What has to be told: "" when the correction in force is taken back; DataError without one."""
        version, value, _ = store.current(self.engine, feedback_id, field=field)
        if value is None:
            raise DataError(f"反馈 {feedback_id} 没有生效的更正可撤回；请用 voc corrections list 查看。")
        why = why or "撤回"
        saved = store.withdraw(
            self.engine, feedback_id, who=self.who, at=self.clock(), seen=version, why=why, field=field
        )
        return saved.conflict(self.words)

    def take_back(self, feedback_id: str, *, seen: int, before: tuple[str, ...], field: str = "tags") -> str:
        """What has to be told: "" when `before` stands again (nothing, when it is empty)."""
        if before and field != "tags":
            return self.choose(feedback_id, field, before[0], seen=seen, note=UNDONE)
        if before:
            return self.save(feedback_id, before, seen=seen, note=UNDONE)
        at = self.clock()
        if not self.blind:
            saved = store.withdraw(
                self.engine, feedback_id, who=self.who, at=at, seen=seen, why=UNDONE, field=field
            )
            if saved.version is None:
                return saved.conflict(self.words)
        if field == "tags":
            codings.add(self.engine, feedback_id, store.WITHDRAWN, coder=self.who, at=at, note=UNDONE)
        return ""

    def corrected(self) -> pd.DataFrame:
        """Every correction in force: feedback_id, tags (codes)."""
        return store.corrections(self.engine)

    def answers(self) -> pd.DataFrame:
        """The last answer of every coder: feedback_id, coder, tags (codes), note, at."""
        return codings.answers(self.engine)

    def apart(self) -> list[str]:
        """Feedback that coders answered differently and nobody has corrected since."""
        given = self.answers()
        sets = given["tags"].str.split(SEPARATOR).map(lambda codes: SEPARATOR.join(sorted(codes)))
        kinds = sets.groupby(given["feedback_id"]).nunique()
        last = given.groupby("feedback_id")["at"].max()[kinds[kinds > 1].index]
        trail = store.trail(self.engine)
        settled = trail[trail["version"].notna()].groupby("feedback_id")["at"].max()
        return sorted(last.index[~(settled.reindex(last.index) >= last)])

    def _own(self, feedback_id: str) -> pd.DataFrame:
        given = codings.blind(self.engine)
        return given[(given["feedback_id"] == feedback_id) & (given["coder"] == self.who)]
