"""The register made what reports read: the file's words taken into it, the params file says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import ipywidgets as w

from voc_lib import knowledge
from voc_lib.errors import VocError
from voc_lib.exchange import form
from voc_lib.exchange.bench import Bench
from voc_lib.widgets import looks, rewrite

SWITCH = "改以登记库为准"


def switched(at: Bench) -> Bench:
    """The bench of a project whose reports read the register from now on.

    What its file holds is imported first; errors, and the params file as it was, where that cannot be.
    """
    seen = rewrite.stamp(at.settings.file)
    written = at.settings.params.knowledge_file
    if written and knowledge.load(at.settings) != knowledge.Knowledge():
        file = at.settings.resolve(written)
        at.save(form.edits(at, file), why=SWITCH, origin=file.name)
    return replace(at, settings=rewrite.knowledge(at.settings, seen=seen))


def told(at: Bench) -> str:
    """What a desk says where the reports read a file and not the register it writes to, or ""."""
    if not at.unread():
        return ""
    written = at.settings.params.knowledge_file
    where, taken = (f"文件 {written} ", "，文件里已有的一并写入登记库") if written else ("参数文件", "")
    return f"注意：报告还以{where}为准，这里改的不会进报告；按“{SWITCH}”就改过来{taken}。"


def button(at: Bench, done: Callable[[Bench], None], tell: Callable[[str], None]) -> w.Button:
    """A button that switches and is gone then; what stands in the way is told."""

    def act() -> None:
        try:
            after = switched(at)
        except VocError as error:
            tell(str(error))
            return
        made.layout.display = "none"
        done(after)

    made = looks.button(SWITCH, act, "warning")
    made.tooltip = "文件里已有的先写入登记库，再在参数文件里写 knowledge: register；注释都留着"
    made.layout.display = "" if at.unread() else "none"
    made.add_class("voc-handover")
    return made
