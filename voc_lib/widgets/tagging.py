"""The review panel: one feedback at a time, its evidence marked, one key per tag."""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib import schema
from voc_lib.errors import VocError
from voc_lib.report.narrative import TextView, text
from voc_lib.run.workflow.step import Step
from voc_lib.schema import TAGGED
from voc_lib.tag import agreement as measures
from voc_lib.tag import quality
from voc_lib.tag.corrections import CHOICES
from voc_lib.widgets import keyline, keys, looks, review, session, workbook
from voc_lib.widgets.desk import Choice, Desk, Standing
from voc_lib.widgets.evidence import Span, marked, plain
from voc_lib.widgets.regrouping import Regroupings

_log = logging.getLogger(__name__)
MACHINE = "机器"
TEXT = "font-size:16px;line-height:1.7;white-space:pre-wrap;overflow-wrap:anywhere;max-width:60em"
MUTED = "color:var(--jp-ui-font-color2)"
BAD = "color:var(--jp-error-color1)"


def panel(step: Step, *, coder: str = "", blind: bool = False, size: int = 200) -> Panel:
    """The panel over the period's feedback that most needs a person; answers go into the step's register.

    `blind` is for an independent second coder: no tags, no evidence, no other answers are shown.
    """
    desk = session.desk(step, coder=coder, blind=blind)
    groups = None if blind else session.regroupings(step)
    return Panel(session.asked(step, desk, size=size), session.spans(step), desk, step, groups)


class Panel:
    """The panel; `state` tells where it is, `press` is what a key does."""

    def __init__(
        self,
        items: pd.DataFrame,
        places: Mapping[str, Sequence[Span]],
        desk: Desk,
        step: Step | None = None,
        groups: Regroupings | None = None,
    ) -> None:
        self.items, self.places, self.desk, self.step, self.groups = items, places, desk, step, groups
        self.state = review.State(len(items))
        self.stands: dict[int, Standing] = {}
        self.before: dict[int, tuple[str, ...]] = {}
        self.keys = keys.assign(desk.taxonomy.names)
        self.chosen: dict[tuple[int, str], Choice] = {}
        self._showing = False
        self._make()
        self.box = w.VBox([*self._rows(), looks.loaded("keys.js")])
        self.box.add_class("voc-tagging")
        self._show()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def press(self, key: str) -> None:
        """Do what a key means."""
        self._act(*review.press(self.state, key, self.keys, given=self._given()))

    def pick(self, tag: str) -> None:
        """Do what the button of a tag means."""
        self._act(*review.pick(self.state, tag))

    def _act(self, state: review.State, answer: review.Answer | None) -> None:
        """Save first, move on only when that went well."""
        try:
            told = self._save(answer) if answer else ""
        except VocError as error:
            told = str(error)
        if not told:
            self.state = state
        self._show(told)

    def _save(self, answer: review.Answer) -> str:
        ident, seen = self._id(answer.at), self._standing(answer.at)
        if answer.tags:
            old = str(self.items["tags"].iloc[answer.at])
            told = self.desk.save(
                ident, answer.tags, seen=seen.version, old=old, note=self.note.value.strip()
            )
            self.before.setdefault(answer.at, seen.tags)
        else:
            told = self.desk.take_back(ident, seen=seen.version, before=self.before.pop(answer.at, ()))
        self.stands[answer.at] = self.desk.standing(ident)
        if not told:
            self.note.value = ""
        return told

    def _choose(self, field: str, value: str) -> None:
        """Set what the person chose of a field for the item shown; the answer by tags stays open."""
        if self._showing or self.state.over or not value:
            return
        at, label = self.state.at, TAGGED.labels[field]
        seen, old = self._choice(at, field), str(self.items[field].iloc[at])
        try:
            told = self.desk.choose(
                self._id(at), field, value, seen=seen.version, old=old, note=self.note.value.strip()
            )
        except VocError as error:
            told = str(error)
        self.chosen.pop((at, field))
        self._show(told)
        if not told:
            self.said.value = f"<div>{plain(label)}改为 {plain(value)}，已记入登记库。</div>"

    def _regroup(self, said: str) -> None:
        """Take a feedback out of its issue, or put two issues together, as the person chose or typed."""
        if self._showing or self.state.over or not said.strip() or self.groups is None:
            return
        try:
            ident, value = self.groups.meant(said, self._id(self.state.at))
            seen = self.desk.choice(ident, "issue_id").version
            told = self.desk.choose(ident, "issue_id", value, seen=seen, note=self.note.value.strip())
        except VocError as error:
            told = str(error)
        self._show(told)
        if not told:
            self.said.value = f"<div>{plain(said)}：已记入登记库，下次运行时生效。</div>"

    def _choice(self, at: int, field: str) -> Choice:
        """What people had set when the item was shown."""
        if (at, field) not in self.chosen:
            self.chosen[at, field] = self.desk.choice(self._id(at), field)
        return self.chosen[at, field]

    def _id(self, at: int) -> str:
        return str(self.items["feedback_id"].iloc[at])

    def _standing(self, at: int) -> Standing:
        """What stood when the item was shown: a later answer of someone else is a conflict, and is told."""
        if at not in self.stands:
            self.stands[at] = self.desk.standing(self._id(at))
        return self.stands[at]

    def _given(self) -> tuple[str, ...]:
        """Tags that stand for the item shown: a person's, else the rules'; only the own for a blind coder."""
        if self.state.over:
            return ()
        own = self._standing(self.state.at).tags
        shown = str(self.items["tags"].iloc[self.state.at])
        return own or tuple(tag for tag in shown.split(schema.TAG_SEPARATOR) if tag)

    def _make(self) -> None:
        wide = w.Layout(width="auto")
        self.bar = w.IntProgress(max=max(len(self.items), 1), layout=w.Layout(width="100%"))
        self.head, self.text, self.foot, self.said = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.typing = keyline.line(self.press, "点一下这里，然后按键打标")
        self.note = w.Text(description="备注", placeholder="可不写；随下一个回答保存", layout=wide)
        self.choices = {
            field: w.Dropdown(options=["", *allowed], description=TAGGED.labels[field])
            for field, allowed in CHOICES.items()
        }
        for field, box in self.choices.items():
            box.observe(lambda change, field=field: self._choose(field, change["new"]), "value")
        self.issue = w.Combobox(
            description="问题归并",
            placeholder="选一项，或写要并入的反馈ID",
            continuous_update=False,
            layout=wide,
        )
        self.issue.observe(lambda change: self._regroup(change["new"]), "value")
        by_tag = {tag: key for key, tag in self.keys.items()}
        self.buttons = [
            self._button(
                f"{by_tag.get(name, '')} {name}".strip(), lambda name=name: self.pick(name), "primary"
            )
            for name in self.desk.taxonomy.names
        ]
        commands = [
            (key, words) for key, words in keys.COMMANDS.items() if key != keys.ACCEPT or not self.desk.blind
        ]
        self.commands = [self._button(words, lambda key=key: self.press(key)) for key, words in commands]
        self.table = w.Button(description="导出 Excel", icon="download")
        self.table.on_click(lambda _: self._tell(self._export))
        self.upload = w.FileUpload(accept=".xlsx", description="导入 Excel")
        self.upload.observe(lambda _: self._tell(self._import), "value")

    def _rows(self) -> list[Any]:
        wrap = w.Layout(flex_flow="row wrap")
        rows = [self.bar, self.head, self.text, self.foot, self.typing]
        rows += [w.HBox(self.buttons, layout=wrap), w.HBox(self.commands, layout=wrap)]
        rows += [] if self.desk.blind else [w.HBox([*self.choices.values()], layout=wrap)]
        rows += [] if self.groups is None else [self.issue]
        rows += [self.note, self.said]
        return rows if self.step is None else [*rows, w.HBox([self.table, self.upload])]

    def _button(self, words: str, act: Any, style: str = "") -> w.Button:
        def clicked() -> None:
            act()
            self.typing.focus()

        return looks.button(words, clicked, style)

    def _show(self, told: str = "") -> None:
        state, done = self.state, len(self.state.answered)
        self.bar.value = min(state.at, state.size)
        place = "全部看完" if state.over else f"第 {state.at + 1} / {state.size} 条"
        mode = " · 独立标注" if self.desk.blind else ""
        self.head.value = f"<b>{place}</b> · 本次已标 {done} 条 · 标注人 {plain(self.desk.who)}{mode}"
        self.said.value = f'<div style="{BAD}" role="alert">{plain(told)}</div>' if told else ""
        if state.over:
            self.text.value = "<p>没有更多待复核的反馈。更正已在登记库中，下次运行时生效。</p>"
            self.foot.value = ""
            return
        self._show_item(self.items.iloc[state.at])

    def _show_item(self, item: pd.Series) -> None:
        about = [item["why"], f"{item['created_at']:%Y-%m-%d}", item["channel"], item["product"]]
        about = [*(str(part) for part in about if pd.notna(part)), f"反馈ID {item['feedback_id']}"]
        shown = () if self.desk.blind else self.places.get(str(item["feedback_id"]), ())
        words = marked(str(item["text"]), shown)
        self.text.value = (
            f'<div style="{MUTED}">{plain(" · ".join(about))}</div><div style="{TEXT}">{words}</div>'
        )
        if not self.desk.blind:
            self._show_choices(item)
        given = "、".join(self._given()) or "（未标）"
        picked = f" · 已选 {plain('、'.join(self.state.picked))}" if self.state.picked else ""
        more = " · 再按一个标签键" if self.state.more else ""
        self.foot.value = f"现有标签：<b>{plain(given)}</b>{picked}{more}"

    def _show_choices(self, item: pd.Series) -> None:
        self._showing = True
        for field, box in self.choices.items():
            held = self._choice(self.state.at, field).value or str(item[field])
            box.value = held if held in box.options else ""
        self.issue.value = ""
        if self.groups is not None:
            self.issue.options = self.groups.offered(str(item["feedback_id"]))
        self._showing = False

    def _tell(self, act: Any) -> None:
        try:
            self.said.value = f"<div>{plain(act())}</div>"
        except VocError as error:
            self.said.value = f'<div style="{BAD}" role="alert">{plain(str(error))}</div>'

    def _export(self) -> str:
        step = self._known_step()
        name = re.sub(r"[^\w-]", "_", f"{step.params.name}_{step.period.label}_{self.desk.who}")
        file = step.settings.outputs / "review" / f"{name}.xlsx"
        count = workbook.export(file, self.items, session.texts(step), self.desk)
        return f"{count} 条待复核的反馈写到 {file}；填好 “新标签” 后用 “导入 Excel” 读回。"

    def _import(self) -> str:
        if not self.upload.value:
            return ""
        content = bytes(self.upload.value[0]["content"])
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "更正.xlsx"
            file.write_bytes(content)
            result = workbook.read(file, self.desk, known=session.spellings(self._known_step()))
        self.stands.clear()
        self.chosen.clear()
        self._show()
        return result.said()

    def _known_step(self) -> Step:
        assert self.step is not None  # noqa: S101 - the buttons are there only with a step
        return self.step


def agreement(step: Step) -> TextView:
    """How far people agree with each other, and with the machine, in what they answered blind."""
    tagged = step.read("tagged")
    answers = step.answers(tagged)
    rated = quality.ratings(answers, step.taxonomy)
    machine = quality.machine(tagged[tagged["feedback_id"].isin(rated.index)], step.taxonomy)
    beside = rated.assign(**{MACHINE: machine.reindex(rated.index)})
    items = [words for pair in combinations(beside, 2) if (words := _pair(*(beside[who] for who in pair)))]
    if not items:
        return text("还没有独立标注（blind = True）的反馈，无法计算一致性。", tone="info")
    if rated.shape[1] > 1 and (rated.notna().sum(axis=1) > 1).any():
        items.append(f"全体标注人 Krippendorff α = {measures.alpha(rated):.2f}")
    apart = len(session.desk(step).apart())
    return text(f"只算各自独立标注的回答。意见不一致、尚待定夺的反馈有 {apart} 条。", items=items)


def _pair(one: pd.Series, other: pd.Series) -> str:
    """How far two coders agree on the first tag of what both answered; "" without any."""
    shared = int((one.notna() & other.notna()).sum())
    if not shared:
        return ""
    value, low, high = measures.kappa(one, other)
    words = f"{one.name} 与 {other.name}：共同标注 {shared} 条，Cohen κ = {value:.2f}"
    return f"{words}（95% 区间 {low:.2f} 至 {high:.2f}）"
