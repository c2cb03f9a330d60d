"""What stands in the register, to be read and taken back: corrections in force, and conflicts to settle."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib.errors import VocError
from voc_lib.register import store
from voc_lib.report import tables
from voc_lib.run.workflow.step import Step
from voc_lib.schema import TAGGED, Column, Table
from voc_lib.widgets import looks, session
from voc_lib.widgets.desk import Desk
from voc_lib.widgets.evidence import plain
from voc_lib.widgets.tagging import Panel

IN_FORCE, CONFLICT = "生效", "冲突，未生效"
NOTHING = "还没有更正：在上面打标或改一项，就登记在这里，也在这里撤回。"
TABLE = Table(
    "journal",
    "登记记录",
    (
        Column("state", "category", "状态"),
        Column("feedback_id", "text", "反馈ID"),
        Column("label", "text", "更正的是"),
        Column("old", "text", "原来"),
        Column("new", "text", "改为"),
        Column("who", "text", "更正人"),
        Column("at", "time", "更正时间"),
        Column("why", "text", "原因"),
    ),
)


def entries(desk: Desk) -> pd.DataFrame:
    """Conflicts nobody has settled, then the corrections in force: columns of `TABLE`, and `field`."""
    parts = {CONFLICT: store.conflicts(desk.engine), IN_FORCE: store.in_force(desk.engine)}
    rows = pd.concat([part.assign(state=state) for state, part in parts.items()], ignore_index=True)
    named = {name: [desk.words(value) for value in rows[name].fillna("")] for name in ("old", "new")}
    return rows.assign(label=rows["field"].map(TAGGED.labels), **named)[[*TABLE.names, "field"]]


def panel(step: Step, *, coder: str = "", beside: Panel | None = None) -> Journal:
    """The register's entries, with a button that takes one back; kept up with a review `beside` it."""
    made = Journal(session.desk(step, coder=coder))
    if beside:
        beside.heard.append(made.refresh)
    return made


class Journal:
    """The view; `withdraw` takes the entry chosen back."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        wide = w.Layout(width="auto")
        self.table, self.said = w.HTML(), w.HTML()
        self.choice = w.Dropdown(description="撤回哪条", layout=wide)
        self.why = w.Text(description="原因", placeholder="可不写", layout=wide, continuous_update=False)
        self.button = w.Button(description="撤回", button_style="warning")
        self.button.on_click(lambda _: self.withdraw())
        self.taking = w.VBox([self.choice, self.why, self.button])
        self.box = w.VBox([self.table, self.taking, self.said])
        self.box.add_class("voc-journal")
        self.refresh()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def withdraw(self) -> None:
        """Take back the correction chosen; its trail stays."""
        if self.choice.value is None:
            return
        feedback_id, field = self.choice.value
        try:
            told = self.desk.withdraw(feedback_id, field, why=self.why.value.strip())
        except VocError as error:
            told = str(error)
        self.refresh()
        self.said.value = f"<div>{plain(told or f'{feedback_id} 的更正已撤回，下次运行时生效。')}</div>"

    def refresh(self) -> None:
        """Show what the register holds now."""
        rows = entries(self.desk)
        shown = tables.table(rows, TABLE)._repr_mimebundle_()["text/html"]
        self.table.value = looks.told(NOTHING) if rows.empty else shown
        held = rows[rows["state"] == IN_FORCE]
        self.choice.options = [
            (f"{row.feedback_id} · {row.label}：{row.old} → {row.new}", (row.feedback_id, row.field))
            for row in held.itertuples()
        ]
        self.taking.layout.display = "none" if held.empty else ""
