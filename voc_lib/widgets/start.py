"""The start page of a project: how each step stands, where to work, what was last published."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from voc_lib import params
from voc_lib.params import Settings
from voc_lib.run import notebooks, project
from voc_lib.run.record import lamps, runs
from voc_lib.run.record.lamps import Lamp
from voc_lib.run.steps import find, published_report
from voc_lib.widgets import bar, looks
from voc_lib.widgets.evidence import plain

DESKS = {
    "mapping": ("列映射", "表头认错、没认出的在这里改"),
    "tagging": ("标签复核", "逐条核对标签，一个按键一个"),
    "taxonomy": ("标签体系", "改规则，当场看命中和换了标签的反馈"),
    "explore": ("浏览", "从图到原话，改标签，存证据"),
    "causes": ("根因分析", "5 Why，一边写一边数"),
    "scores": ("优先级评分", "六项评估，几位评委各评各的，看一致程度"),
    "plan": ("改进计划", "措施、进展、回访"),
}


def page(params_file: str, *, period: str = "", here: Path | None = None) -> Page:
    """The start page of a report; its links are relative to `here`, by default the notebook's folder."""
    settings = params.load(params_file, period=period or None, today=datetime.now(UTC))
    return Page(settings, lamps.lit(settings), (here or Path.cwd()).resolve())


@dataclass(frozen=True)
class Page:
    """A report (`settings`), its lamps, and the folder links are relative to."""

    settings: Settings
    lamps: list[Lamp]
    here: Path

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": "\n".join(lamp.said for lamp in self.lamps)}

    def html(self) -> str:
        """The page as safe HTML."""
        asked = self.settings
        head = f"{plain(asked.params.name)} · {plain(asked.period.title)}"
        style = looks.sheet("bar.css") + looks.sheet("start.css")
        root = project.root(asked.folder)
        again = f"voc run {plain(Path(os.path.relpath(asked.file, root)).as_posix())}"
        return (
            f'{style}<div class="voc-start voc-lamps"><h2>{head}</h2>'
            f'<p class="voc-hint">{plain(bar.summary(self.lamps))}。{plain(self._last())}</p>'
            f"{self._reports()}"
            f"<h3>去哪里做</h3><ul class='voc-desks'>{''.join(map(self._desk, DESKS))}</ul>"
            f"<h3>各步</h3><table>{''.join(map(self._step, self.lamps))}</table>"
            f'<p class="voc-hint">重跑：打开任何一个工作台，用最上面的“重跑到这里”；或在终端里运行 {again}。'
            "改过东西以后重新运行本页，灯就是最新的。</p>"
            f"<h3>文件</h3><p>{'　'.join(self._files())}</p></div>"
        )

    def _last(self) -> str:
        last = runs.read(runs.published_folder(self.settings))
        return (
            f"上次发布于 {str(last.get('finished_at', ''))[:16].replace('T', ' ')}。"
            if last
            else "还没有发布过报告。"
        )

    def _reports(self) -> str:
        """Links to the last summary and to all reports."""
        folder = runs.published_folder(self.settings)
        places = {
            "打开上次的总结报告": published_report(folder, find("08_report"), "html"),
            "全部报告": self.settings.outputs / "index.html",
        }
        links = [self._link(path, words) for words, path in places.items() if path and path.is_file()]
        return f'<p class="voc-go">{"".join(links)}</p>' if links else ""

    def _desk(self, name: str) -> str:
        title, what = DESKS[name]
        return f"<li>{self._notebook(f'{notebooks.WORKBENCH}/{name}', title)}<span>{plain(what)}</span></li>"

    def _step(self, lamp: Lamp) -> str:
        spec, (sign, tone) = lamp.spec, bar.SIGNS[lamp.state]
        made = published_report(runs.published_folder(self.settings), spec, "html")
        report = self._link(made, spec.deliverable) if made else ""
        why = lamp.said.partition("；")[2]
        name = self._notebook(spec.name, f"{spec.number} {spec.title}")
        state = f'<span class="voc-chip voc-{tone}"><b>{sign}</b>{plain(lamp.state)}</span>'
        return f"<tr><th>{name}</th><td>{state}</td><td>{plain(why)}</td><td>{report}</td></tr>"

    def _files(self) -> list[str]:
        settings = self.settings
        named = [settings.params.knowledge_file, settings.params.industry]
        paths = [settings.file, *(settings.resolve(name) for name in named if name)]
        return [self._link(path, path.name) for path in paths if path.is_file()]

    def _notebook(self, name: str, words: str) -> str:
        """A link to a notebook of the project; the words alone where it has none of its own."""
        path = project.root(self.settings.folder) / "notebooks" / f"{name}.ipynb"
        return self._link(path, words) if path.is_file() else plain(words)

    def _link(self, path: Path, words: str) -> str:
        return f'<a href="{escape(quote(self._near(path)))}">{plain(words)}</a>'

    def _near(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.here)).as_posix()
