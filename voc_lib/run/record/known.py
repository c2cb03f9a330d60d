"""What people know about a report: in the file the params name, or in the register; never in both."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from voc_lib import knowledge
from voc_lib.knowledge import Knowledge
from voc_lib.params import IN_REGISTER, Settings
from voc_lib.run.record import registered

REGISTER = "登记库"


def load(settings: Settings, *, problems: Collection[str] | None = None) -> Knowledge:
    """What stands in the file or the register; ParamsError with every fault found, as `knowledge.load`."""
    if settings.params.knowledge != IN_REGISTER:
        return knowledge.load(settings, problems=problems)
    return knowledge.checked(settings, held(settings), where=REGISTER, problems=problems)


def held(settings: Settings) -> dict[str, Any]:
    """What the register holds of this report, as `knowledge.read` takes it."""
    from voc_lib.register import known

    return known.raw(registered.entries(settings))


def place(settings: Settings) -> str:
    """Where it is read, in words."""
    if settings.params.knowledge == IN_REGISTER:
        return f"以登记库为准{f'（第 {settings.revision} 次修订）' if settings.revision else ''}"
    return f"以文件 {settings.params.knowledge} 为准" if settings.params.knowledge else "没有写"


def unread(settings: Settings) -> str:
    """A sentence where the register holds what is not read because the params name something else, or ""."""
    if settings.params.knowledge == IN_REGISTER or not held(settings):
        return ""
    return "。注意：登记库里也有，没有用到；要以登记库为准，请写 knowledge: register"
