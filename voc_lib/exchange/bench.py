"""One person at what is known about one report: read it as it stands, save what has to change."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from voc_lib import params, tag
from voc_lib.errors import DataError, ParamsError
from voc_lib.exchange import calls
from voc_lib.knowledge import Knowledge, before_their_time, checked
from voc_lib.params import IN_REGISTER, Settings
from voc_lib.register import known, revisions
from voc_lib.register.entries import LABELS, Place
from voc_lib.register.known import Edit, Signature
from voc_lib.rootcause import causes
from voc_lib.run.record import registered
from voc_lib.run.record.known import REGISTER

if TYPE_CHECKING:
    from sqlalchemy import Engine

MOST = 20  # faults told at once


@dataclass(frozen=True)
class Bench:
    """A person (`who`) at the register of a report."""

    settings: Settings
    engine: Engine
    who: str
    clock: Callable[[], datetime]

    @property
    def report(self) -> str:
        """The name what is known is kept under."""
        return self.settings.params.name

    def state(self, revision: int | None = None) -> known.State:
        """What stands in the register, or stood at a revision."""
        marks = revisions.marks(self.engine, revision) if revision else revisions.NOW
        return known.state(self.engine, self.report, until=marks.knowledge)

    def revision(self) -> int:
        """The number of the state the register is in."""
        return revisions.take(self.engine, at=self.clock(), spent=partial(registered.spent, self.settings))

    @cached_property
    def problems(self) -> Collection[str]:
        """The problems there are by the taxonomy."""
        return tag.load(self.settings.params.industry, folder=self.settings.folder).names

    def check(self, raw: Any, where: str = REGISTER) -> Knowledge:
        """Knowledge a run could use; ParamsError with every fault, also of what comes before its time or of
        itself."""
        found = checked(self.settings, raw, where=where, problems=self.problems)
        if wrong := [*causes.circles(found), *before_their_time(found)]:
            lines = "".join(f"\n  · {told}" for told in wrong[:MOST])
            raise ParamsError(f"{where} 有 {len(wrong)} 处需要修改：{lines}")
        return found

    def save(self, wanted: Iterable[Edit], *, why: str = "", origin: str = "") -> int:
        """How many entries changed; DataError where somebody was faster, ParamsError where it is wrong."""
        wishes, signed = list(wanted), Signature(self.who, self.clock(), why, origin)
        self._callable(wishes)
        check, spent = partial(self.check, where=origin or REGISTER), registered.spent(self.settings)
        return known.save(self.engine, self.report, wishes, signed, check=check, spent=spent)

    def strangers(
        self, wishes: Iterable[Edit], customers: Mapping[Place, str] = MappingProxyType({})
    ) -> dict[Place, str]:
        """Why nobody can have been called about the feedback of a wish, by the place of each such wish.

        Also where it is not the feedback of the customer it is said to be of.
        """
        visits = [wish.row for wish in wishes if wish.row and wish.row.kind in ("revisit", "message")]
        about = {row.place: (row.content["feedback_id"], customers.get(row.place, "")) for row in visits}
        faults = calls.strangers(self.settings, set(about.values()))
        return {place: faults[said] for place, said in about.items() if said in faults}

    def _callable(self, wishes: list[Edit]) -> None:
        """Nothing; DataError where a call is about feedback nobody can have been called about."""
        found = self.strangers(wishes)
        named = [f"{LABELS[kind]} {key}：{told}" for (kind, key), told in found.items()]
        if named:
            lines = "".join(f"\n  · {words}" for words in named[:MOST])
            raise DataError(f"有 {len(named)} 次回访或沟通对不上反馈，一处也没有保存：{lines}")

    def unread(self) -> str:
        """A sentence where the reports do not read the register, or ""."""
        written = self.settings.params.knowledge
        if written == IN_REGISTER:
            return ""
        where = f"文件 {written} " if written else "（没有写 knowledge）"
        return f"注意：报告仍以{where}为准；要以登记库为准，请在参数文件里写 knowledge: register。"

    def require(self) -> None:
        """Nothing; ParamsError where the reports do not read the register."""
        if told := self.unread():
            raise ParamsError(f"{told}已有的内容用 voc knowledge import 写入登记库。")


def bench(params_file: str, *, period: str = "", who: str = "") -> Bench:
    """A bench at the register a params file names, by default of the user who is logged in."""
    settings = params.load(params_file, period=period or None, today=datetime.now(UTC))

    def clock() -> datetime:
        return datetime.now(settings.params.zone).replace(tzinfo=None)

    return Bench(settings, registered.opened(settings), who.strip() or user(), clock)


def user() -> str:
    """The name of the user who is logged in."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as in some containers
        return "未署名"
