"""The score sheet of a judge as a grid: six criteria of each problem; how far several judges agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib import params, schema
from voc_lib.appraised import NAMES
from voc_lib.errors import VocError
from voc_lib.exchange import scores
from voc_lib.exchange.bench import user
from voc_lib.params import Settings
from voc_lib.report import tables
from voc_lib.rootcause import judges
from voc_lib.widgets import looks
from voc_lib.widgets.evidence import plain

BLIND = "各评各的：自己的评分保存以后，这里才显示几位评委的意见有多一致。"
FEW = "还算不出一致程度：同一项至少要有 2 位评委都评了的 3 个问题。"
WAYS = (
    "1–5 分：紧急性、重要性、影响范围、预期回报越高越该先做；实施难度、所需资源 5 是最难、最费。"
    "拿不准的留空。"
)


def panel(params_file: str, *, period: str = "", who: str = "") -> Scores:
    """The grid of a report's problems for a judge, by default the user who is logged in."""
    settings = params.load(params_file, period=period or None, today=datetime.now(UTC))
    return Scores(settings, who.strip() or user())


class Scores:
    """The view; `cells` are its inputs by problem and criterion, `save` is what its button does."""

    def __init__(self, settings: Settings, who: str) -> None:
        self.settings = settings
        self.judge = w.Text(value=who, description="评委", continuous_update=False)
        self.said, self.agreed, self.grid = w.HTML(), w.HTML(), w.VBox()
        self.said.add_class("voc-said")
        self.button = looks.button("保存评分", self.save, "primary", "check")
        self.button.add_class("voc-save")
        first = w.HBox([self.judge, self.button])
        ways = w.HTML(f'<div class="voc-hint">{WAYS}</div>')
        self.box = w.VBox([first, self.said, ways, self.grid, self.agreed])
        self.box.add_class("voc-scores")
        self.cells: dict[str, dict[str, w.Dropdown]] = {}
        self._guarded(self._show)
        self.judge.observe(lambda _: self._guarded(self._show), names="value")

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def save(self) -> None:
        """Keep what was chosen as this judge's sheet, in place of the last one."""
        self._guarded(self._keep)

    def _keep(self) -> None:
        marks = {
            problem: {label: cell.value for label, cell in row.items() if cell.value}
            for problem, row in self.cells.items()
        }
        file = scores.keep(self.settings, self.judge.value.strip(), marks)
        self._agree(scores.read(self.settings))
        asked = self.settings.params.appraisal
        wanted = "" if asked and asked.scores else f"请在参数文件里写 appraisal: {{scores: {scores.PLACE}}}，"
        n = sum(map(len, marks.values()))
        self.said.value = looks.told(f"已保存 {n} 格：{file.name}。{wanted}重跑第 5 步，排名就按评分算。")

    def _show(self) -> None:
        """The grid with what this judge has scored so far."""
        self.said.value = ""
        known = scores.read(self.settings)
        mine = known[known["judge"] == self.judge.value.strip()]
        held = {(row["problem"], row["criterion"]): f"{row['score']:g}" for row in mine.to_dict("records")}
        names = scores.problems(self.settings)
        self.cells = {
            problem: {label: _choice(held.get((problem, label), "")) for label in NAMES} for problem in names
        }
        self.grid.children = [_grid(self.cells)]
        self._agree(known)

    def _agree(self, known: pd.DataFrame) -> None:
        """How many have scored what and how far they agree, once the judge has."""
        counts = known["judge"].value_counts().sort_index()
        if self.judge.value.strip() not in counts.index:
            self.agreed.value = looks.told(BLIND)
            return
        whole = len(self.cells) * len(NAMES)
        who = "、".join(f"{name} {n}/{whole} 格" for name, n in counts.items())
        found = judges.agreement(known)
        shown = tables.table(found, schema.AGREEMENT)._repr_mimebundle_()["text/html"] if len(found) else ""
        self.agreed.value = looks.told(f"已评：{who}。{'' if shown else FEW}") + shown

    def _guarded(self, act: Any) -> None:
        """Do it, or say what is wrong; what was chosen stays."""
        try:
            act()
        except VocError as error:
            self.said.value = looks.told(str(error), bad=True)


def _choice(mark: str) -> w.Dropdown:
    options = ["", *scores.MARKS] if mark in ("", *scores.MARKS) else ["", *scores.MARKS, mark]
    return w.Dropdown(options=options, value=mark, layout=w.Layout(width="5.5em"))


def _grid(cells: dict[str, dict[str, w.Dropdown]]) -> w.GridBox:
    heads = [w.HTML(f"<b>{plain(label)}</b>") for label in (judges.PROBLEM, *NAMES)]
    rows = [part for name, row in cells.items() for part in (w.HTML(plain(name)), *row.values())]
    columns = f"minmax(8em, max-content) repeat({len(NAMES)}, max-content)"
    return w.GridBox([*heads, *rows], layout=w.Layout(grid_template_columns=columns, grid_gap="2px 8px"))
