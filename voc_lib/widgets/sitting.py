"""What one person answers in one sitting: kept, remembered with what stood before, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from voc_lib.widgets.desk import Desk, Standing
from voc_lib.widgets.review import TAGS

Values = dict[str, tuple[str, ...]]  # by feedback id


@dataclass(frozen=True)
class Done:
    """One answer to some feedback: the field, and what stood before it."""

    field: str
    before: Values


@dataclass
class Sitting:
    """The answers of a desk; `done` are those that can be taken back, `seen` what stood when it was shown."""

    desk: Desk
    done: list[Done] = field(default_factory=list)
    seen: dict[tuple[str, str], Standing] = field(default_factory=dict)

    @property
    def tagged(self) -> set[str]:
        """The feedback that got tags."""
        return {ident for done in self.done if done.field == TAGS for ident in done.before}

    def stands(self, ident: str, field: str = TAGS) -> Standing:
        """What stood when it was first asked for; a later answer of someone else is a conflict."""
        if (ident, field) not in self.seen:
            self.seen[ident, field] = self._standing(ident, field)
        return self.seen[ident, field]

    def save(self, field: str, values: Values, *, old: Mapping[str, str], note: str) -> dict[str, str]:
        """What has to be told of the feedback whose answer is not kept; one undo takes the others back."""
        before: Values = {}
        told: dict[str, str] = {}
        try:
            for ident, value in values.items():
                seen = self.stands(ident, field)
                words = self._keep(ident, field, value, seen=seen.version, old=old[ident], note=note)
                del self.seen[ident, field]
                told |= {ident: words} if words else {}
                before |= {} if words else {ident: seen.tags}
        finally:
            self.done += [Done(field, before)] if before else []
        return told

    def take_back(self) -> tuple[Done, dict[str, str]]:
        """The last answer, which stands no more, and what has to be told of feedback where it still does."""
        last = self.done[-1]
        told: dict[str, str] = {}
        for ident, before in last.before.items():
            seen = self.stands(ident, last.field).version
            words = self.desk.take_back(ident, seen=seen, before=before, field=last.field)
            del self.seen[ident, last.field]
            told |= {ident: words} if words else {}
        left = {ident: last.before[ident] for ident in told}
        self.done[-1:] = [Done(last.field, left)] if left else []
        return last, told

    def _standing(self, ident: str, field: str) -> Standing:
        if field == TAGS:
            return self.desk.standing(ident)
        held = self.desk.choice(ident, field)
        return Standing(held.version, (held.value,) if held.value else (), held.who)

    def _keep(self, ident: str, field: str, value: tuple[str, ...], *, seen: int, old: str, note: str) -> str:
        if field == TAGS:
            return self.desk.save(ident, value, seen=seen, old=old, note=note)
        return self.desk.choose(ident, field, value[0], seen=seen, old=old, note=note)
