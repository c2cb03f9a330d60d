"""The mapping panel: every header of every source, what it became, and a choice to correct it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import ipywidgets as w

from voc_lib import params
from voc_lib.errors import VocError
from voc_lib.params import IGNORE, Settings
from voc_lib.schema import FEEDBACK
from voc_lib.widgets import columns, looks, rewrite, sorting
from voc_lib.widgets.columns import Columns, Header
from voc_lib.widgets.evidence import plain

AUTO = ""
PROVENANCE = ("csat_scale", "source", "file", "sheet", "line")
TONES = {"指定": "sure", "同义词": "sure", "推测": "guess", "未使用": "mute"}
SURE = ("指定", "同义词")
GRID = "minmax(8em,2fr) 8em 14em minmax(10em,3fr)"


def panel(params_file: str, *, period: str = "") -> Panel:
    """The panel over the sources of a params file; saving writes into that file."""
    return Panel(params.load(params_file, period=period or None, today=datetime.now(UTC)))


class Panel:
    """The panel; `choices` are its dropdowns by source and header, `save` is what its button does."""

    def __init__(self, settings: Settings) -> None:
        self.said, self.sorted = w.HTML(), w.HTML()
        self.said.add_class("voc-said")
        self.body = w.VBox(layout=w.Layout(overflow="visible"))
        self.button = looks.button("保存到参数文件", self.save, "primary", "check")
        self.button.add_class("voc-save")
        preview = looks.button("试读：收下多少、隔离多少", self.preview, icon="eye")
        acts = w.HBox([self.button, preview], layout=w.Layout(overflow="visible"))
        acts.add_class("voc-act")
        self.box = w.VBox([looks.loaded("mapping.css"), acts, self.said, self.sorted, self.body])
        self.box.add_class("voc-mapping")
        self._read(settings)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def _read(self, settings: Settings) -> None:
        self.settings, self.seen = settings, rewrite.stamp(settings.file)
        self.found = columns.look(settings)
        self.choices = {
            (source.source, header.header): _choice(header, self._written(source.source, header.header))
            for source in self.found
            for header in source.headers
        }
        self.body.children = [self._source(source) for source in self.found]

    def _written(self, source: str, header: str) -> str | None:
        """The name under which the params speak of a header, if they do."""
        held = next(s.columns for s in self.settings.params.sources if s.name == source)
        return next((name for name in held if columns.key_of(name, [header])), None)

    def _source(self, source: Columns) -> w.VBox:
        counts = {how: sum(header.how == how for header in source.headers) for how in TONES}
        told = "、".join(f"{how} {count}" for how, count in counts.items() if count)
        title = w.HTML(f"<h3>{plain(source.source)}（{len(source.headers)} 列：{told or '没有读到'}）</h3>")
        known = [header for header in source.headers if header.how in SURE]
        rest = [header for header in source.headers if header.how not in SURE]
        rest.sort(key=lambda header: list(TONES).index(header.how))
        folded = w.Accordion([self._grid(source.source, known)], titles=[f"认得的 {len(known)} 列"])
        parts = [*([self._grid(source.source, rest)] if rest else []), *([folded] if known else [])]
        return w.VBox([title, *_warnings(source), *parts], layout=w.Layout(overflow="visible"))

    def _grid(self, source: str, headers: Sequence[Header]) -> w.GridBox:
        rows = [cell for header in headers for cell in self._row(source, header)]
        return w.GridBox(rows, layout=w.Layout(grid_template_columns=GRID, grid_gap="0 12px"))

    def _row(self, source: str, header: Header) -> list[Any]:
        sure = f" {header.score:.0%}" if header.how == "推测" and header.score else ""
        how = f'<span class="voc-{TONES[header.how]}">{header.how}{sure}</span>'
        examples = plain(" ｜ ".join(header.examples)) + f"<br>{plain(header.seen)}"
        cells = [w.HTML(f"<b>{plain(header.header)}</b>"), w.HTML(how), self.choices[source, header.header]]
        return [*cells, w.HTML(f'<span class="voc-mute">{examples}</span>')]

    def changes(self) -> dict[str, dict[str, str | None]]:
        """Source -> name in the params -> field chosen, None where the choice is to leave it to the house."""
        found: dict[str, dict[str, str | None]] = {}
        for (source, header), choice in self.choices.items():
            name = self._written(source, header)
            held = next(s.columns for s in self.settings.params.sources if s.name == source)
            if choice.value != (held[name] if name else AUTO):
                found.setdefault(source, {})[name or header] = choice.value or None
        return found

    def save(self) -> None:
        """Write what was chosen into the params file and show what it leads to."""
        changes = self.changes()
        if faults := self._faults(changes):
            self._say("；".join(faults), bad=True)
            return
        if not changes:
            self._say("没有改动。")
            return
        try:
            settings = rewrite.columns(self.settings, changes, seen=self.seen)
            self._read(settings)
        except VocError as error:
            self._say(str(error), bad=True)
            return
        count = sum(map(len, changes.values()))
        self._say(f"已把 {count} 处列映射写入 {settings.file.name}，并通过检查。")

    def preview(self) -> None:
        """Show what a run would keep and set aside with what is chosen now, saved or not."""
        changes = self.changes()
        if faults := self._faults(changes):
            self._say("；".join(faults), bad=True)
            return
        try:
            self.sorted.value = sorting.html(rewrite.chosen(self.settings, changes))
        except VocError as error:
            self.sorted.value = looks.told(str(error), bad=True)

    def _faults(self, changes: Mapping[str, Mapping[str, str | None]]) -> list[str]:
        found = []
        for source in self.settings.params.sources:
            after = rewrite.applied(source.columns, changes.get(source.name, {}))
            found += [f"{source.name}：{fault}" for fault in columns.faults(after)]
        return found

    def _say(self, words: str, *, bad: bool = False) -> None:
        self.said.value = looks.told(words, bad=bad)


def _warnings(source: Columns) -> list[w.HTML]:
    words = [source.trouble] if source.trouble else []
    if source.headers and source.lacking:
        words.append(f"还没有列作为 {'、'.join(source.lacking)}，请在下面选一列。")
    words += source.asked.splitlines()
    words += [f"参数里写的表头 “{name}” 在文件里没有，请在参数文件中删去。" for name in source.lost]
    return [w.HTML(looks.told(word, bad=True)) for word in words]


def _choice(header: Header, written: str | None) -> w.Dropdown:
    """The dropdown of one header: leave it to the house, a field, or not to be used."""
    found = FEEDBACK.labels.get(header.field or "", "不使用")
    auto = "自动识别" if header.how == "指定" else f"自动：{found}"
    fields = [(label, name) for name, label in FEEDBACK.labels.items() if name not in PROVENANCE]
    value = (header.field or IGNORE) if written else AUTO
    return w.Dropdown(
        options=[(auto, AUTO), *fields, ("不使用", IGNORE)], value=value, layout=w.Layout(width="auto")
    )
