"""The review panel: a queue narrowed and listed, one feedback or many at a time, one key per tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as w
import pandas as pd

from voc_lib import schema
from voc_lib.errors import VocError
from voc_lib.run.workflow.step import Step
from voc_lib.schema import TAGGED
from voc_lib.tag.corrections import CHOICES
from voc_lib.widgets import colours, effect, keyline, keys, listing, looks, picks, review, session
from voc_lib.widgets.carried import Carried
from voc_lib.widgets.coders import MODEL, Opinion, Opinions
from voc_lib.widgets.desk import Desk
from voc_lib.widgets.evidence import Span, marked, plain
from voc_lib.widgets.narrowing import Narrowing
from voc_lib.widgets.sitting import Sitting
from voc_lib.widgets.trying import PAUSE, Timer

WIDE = w.Layout(width="auto")
LISTED = ("intent", "urgency", "channel", "why")  # columns of the list besides text and tags


def panel(step: Step, *, coder: str = "", blind: bool = False, size: int = 200) -> Panel:
    """The panel over the period's feedback that most needs a person; answers go into the step's register.

    `blind` is for an independent second coder: no tags, no evidence, no other answers are shown.
    """
    desk = session.desk(step, coder=coder, blind=blind)
    return Panel(session.asked(step, desk, size=size), session.spans(step), desk, step)


class Panel:
    """The panel; `state` tells where it is, `press` is what a key does, `heard` are told of each answer."""

    def __init__(
        self, items: pd.DataFrame, places: Mapping[str, Sequence[Span]], desk: Desk, step: Step | None = None
    ) -> None:
        self.items, self.places, self.desk = items, places, desk
        self.state, self.sitting = review.queue(len(items)), Sitting(desk)
        self.heard: list[Callable[[], None]] = []
        self.hues = colours.hues(desk.taxonomy.names)
        self.keys = keys.assign(desk.taxonomy.names)
        known = None if desk.blind else step
        self.groups = session.regroupings(known) if known else None
        self.opinions = Opinions(session.reviewed(known), desk) if known else None
        self.counted = effect.counted(known) if known else None
        self._showing, self._timer = False, Timer(PAUSE)
        self._make()
        excel = [Carried(step, desk, items, self._forget).box] if step else []
        styles = [looks.loaded("tagging.css", "keys.js", "picks.js"), w.HTML(colours.sheet(self.hues))]
        self.box = w.VBox([*styles, *self._rows(), *excel])
        for name in ("voc-tagging", "voc-picking"):
            self.box.add_class(name)
        self._show()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return self.box._repr_mimebundle_(**options)

    def press(self, key: str) -> None:
        """Do what a key means."""
        self._act(*review.press(self.state, key, self.keys, given=self._given))

    def pick(self, tag: str) -> None:
        """Do what the button of a tag means."""
        self._act(*review.pick(self.state, tag))

    def click(self, picked: str) -> None:
        """Do what a click in the list means."""
        kind, _, place = picked.partition(":")
        if kind == "tick":
            self._act(review.tick(self.state, int(place)), None)
        elif kind == "go":
            self._act(review.moved(self.state, int(place)), None)

    def narrow(self) -> None:
        """Show what meets the fields above the queue."""
        self._act(review.narrowed(self.state, self.narrowing.places), None)

    def _act(self, state: review.State, answer: review.Answer | None) -> None:
        """Save first, move on only when that went well."""
        told = ""
        try:
            if answer is None:
                self.state = state
            elif answer.values:
                told = self._save(state, answer)
            elif self.sitting.done:
                told = self._take_back(state)
        except VocError as error:
            told = str(error)
        self._show(told)

    def _save(self, state: review.State, answer: review.Answer) -> str:
        """What has to be told; where one of many is not kept, it stays ticked."""
        field, note = answer.field, self.note.value.strip()
        place = {self._id(at): at for at in answer.values}
        old = {ident: str(self.items[field].iloc[at]) for ident, at in place.items()}
        values = {ident: answer.values[at] for ident, at in place.items()}
        told = self.sitting.save(field, values, old=old, note=note)
        left = tuple(sorted(place[ident] for ident in told))
        if len(left) < len(place):
            self.state = review.left(state, left) if left else state
            self.note.value = ""
            self._timer.start(self._news)
        return "\n".join(told.values())

    def _take_back(self, state: review.State) -> str:
        last, told = self.sitting.take_back()
        at = self.items.index[self.items["feedback_id"] == next(iter(last.before))][0]
        self.state = review.moved(state, int(at))
        self._timer.start(self._news)
        return "\n".join(told.values())

    def _choose(self, field: str, value: str) -> None:
        """Set what the person chose of a field for the item shown; the answer by tags stays open."""
        if not self._showing and value:
            self._act(*review.choose(self.state, field, value))

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
            self.said.value = looks.told(f"{said}：已记入登记库，下次运行时生效。")
            self._timer.start(self._news)

    def _forget(self) -> None:
        """Read anew what stands, after answers came from elsewhere."""
        self.sitting.seen.clear()
        self._show()
        self._news()

    def _news(self) -> None:
        """Show what the answers do to the shares, and tell who listens."""
        if self.counted is not None:
            rows = self.desk.corrected()
            first = {ident: names[0] for ident, codes in rows.values if (names := self.desk.names(codes))}
            self.shares.value = looks.told(effect.told(self.counted, first))
        for hear in self.heard:
            hear()

    def _id(self, at: int) -> str:
        return str(self.items["feedback_id"].iloc[at])

    def _given(self, at: int) -> tuple[str, ...]:
        """Tags that stand for an item: a person's, else the rules'; only the own for a blind coder."""
        own = self.sitting.stands(self._id(at)).tags
        return own or tuple(
            tag for tag in str(self.items["tags"].iloc[at]).split(schema.TAG_SEPARATOR) if tag
        )

    def _value(self, at: int, field: str) -> str:
        """What stands of another field for an item."""
        return next(iter(self.sitting.stands(self._id(at), field).tags), str(self.items[field].iloc[at]))

    def _make(self) -> None:
        blind = self.desk.blind
        self.bar = w.IntProgress(max=max(len(self.items), 1), layout=w.Layout(width="100%"))
        self.head, self.list, self.text, self.foot, self.said, self.shares = (w.HTML() for _ in range(6))
        self.narrowing = Narrowing(self.items, self.narrow, blind=blind)
        self.listed = w.ToggleButton(description="列表", icon="list", layout=WIDE)
        self.listed.observe(lambda _: self._show(), "value")
        self.all = looks.button("全部勾选", lambda: self._tick(self.state.shown))
        self.none = looks.button("全不勾选", lambda: self._tick(()))
        self.picked = picks.line(self.click)
        self.typing = keyline.line(self.press, "点一下这里，然后按键打标")
        self.note = w.Text(
            description="备注", placeholder="可不写；随下一个回答保存", layout=WIDE, continuous_update=False
        )
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
            layout=WIDE,
        )
        self.issue.observe(lambda change: self._regroup(change["new"]), "value")
        by_tag = {tag: key for key, tag in self.keys.items()}
        self.buttons = [self._tag(name, by_tag.get(name, "")) for name in self.desk.taxonomy.names]
        commands = [(key, words) for key, words in keys.COMMANDS.items() if key != keys.ACCEPT or not blind]
        self.commands = [self._button(words, lambda key=key: self.press(key)) for key, words in commands]

    def _rows(self) -> list[Any]:
        wrap = w.Layout(flex_flow="row wrap")
        view = w.HBox([self.listed, self.all, self.none], layout=wrap)
        rows = [self.bar, self.narrowing.box, self.head, view, self.list, self.text, self.foot, self.typing]
        rows += [w.HBox(self.buttons, layout=wrap), w.HBox(self.commands, layout=wrap)]
        if not self.desk.blind:
            told = plain("　　".join(keys.told(begin) for begin in keys.FIELDS))
            rows += [
                w.HTML(f'<div class="voc-hint">{told}</div>'),
                w.HBox([*self.choices.values()], layout=wrap),
            ]
        rows += [self.issue] if self.groups else []
        return [*rows, self.note, self.said, self.shares, self.picked]

    def _tag(self, name: str, key: str) -> w.Button:
        made = self._button(f"{key} {name}".strip(), lambda: self.pick(name))
        for kind in ("voc-tag", colours.named(name, self.hues)):
            made.add_class(kind)
        return made

    def _button(self, words: str, act: Any) -> w.Button:
        def clicked() -> None:
            act()
            self.typing.focus()

        return looks.button(words, clicked)

    def _tick(self, places: Sequence[int]) -> None:
        self._act(review.tick(self.state, *set(places) ^ set(self.state.ticked)), None)

    def _show(self, told: str = "") -> None:
        state = self.state
        before = sum(place < state.at for place in state.shown)
        self.bar.max, self.bar.value = max(len(state.shown), 1), before
        of = f" / {len(state.shown)} 条" + (
            "" if len(state.shown) == state.size else f"（共 {state.size} 条）"
        )
        place = "全部看完" if state.over else f"第 {before + 1}{of}"
        mode = " · 独立标注" if self.desk.blind else ""
        done = f"本次已标 {len(self.sitting.tagged)} 条"
        self.head.value = f"<b>{place}</b> · {done} · 标注人 {plain(self.desk.who)}{mode}"
        self.said.value = looks.told(told, bad=True)
        self._show_list()
        self.foot.value = self._foot()
        if state.over:
            self.text.value = f"<p>{_OVER if len(state.shown) == state.size else _NARROW}</p>"
        else:
            self._show_item(self.items.iloc[state.at])

    def _show_list(self) -> None:
        on = self.listed.value
        for button in (self.all, self.none):
            button.layout.display = "" if on else "none"
        lines = map(self._line, listing.page(self.state)) if on else ()
        self.list.value = listing.table(lines, self.state, self.hues) if on else ""

    def _line(self, at: int) -> listing.Line:
        item, blind = self.items.iloc[at], self.desk.blind
        cells = tuple(
            self._value(at, name) if name in CHOICES and not blind else str(item[name]) for name in LISTED
        )
        done = self._id(at) in self.sitting.tagged
        return listing.Line(at, str(item["text"]), self._given(at), cells, done)

    def _show_item(self, item: pd.Series) -> None:
        about = [item["why"], f"{item['created_at']:%Y-%m-%d}", item["channel"], item["product"]]
        about = [*(str(part) for part in about if pd.notna(part)), f"反馈ID {item['feedback_id']}"]
        shown = () if self.desk.blind else self.places.get(str(item["feedback_id"]), ())
        words = marked(str(item["text"]), shown, self.hues)
        self.text.value = (
            f'<div class="voc-hint">{plain(" · ".join(about))}</div><div class="voc-text">{words}</div>'
            f"{self._opinions(item)}"
        )
        if not self.desk.blind:
            self._show_choices(item)

    def _opinions(self, item: pd.Series) -> str:
        """What coders, the rules and a model say of the item, where they do."""
        held = self.opinions.of(str(item["feedback_id"])) if self.opinions else []
        said = [f"<dt>{plain(one.who)}</dt><dd>{self._opinion(one)}</dd>" for one in held]
        said += [f"<dt>{MODEL}</dt><dd>{plain(item['model'])}</dd>"] if item["model"] else []
        return f'<dl class="voc-said-by">{"".join(said)}</dl>' if said else ""

    def _opinion(self, one: Opinion) -> str:
        return f"{colours.chips(one.tags, self.hues)} <span>{plain(one.about)}</span>"

    def _foot(self) -> str:
        state = self.state
        here = () if state.over else self._given(state.at)
        given = colours.chips(here, self.hues) or "（未标）"
        picked = f" · 已选 {plain('、'.join(state.picked))}" if state.picked else ""
        many = f" · <b>已勾选 {len(state.ticked)} 条，下一个回答给它们全部</b>" if state.ticked else ""
        more = " · 再按一个标签键" if state.more else ""
        field = f" · 再按数字选{TAGGED.labels[state.field]}" if state.field else ""
        return f"现有标签：{given}{picked}{more}{field}{many}"

    def _show_choices(self, item: pd.Series) -> None:
        self._showing = True
        for field, box in self.choices.items():
            held = self._value(self.state.at, field)
            box.value = held if held in box.options else ""
        self.issue.value = ""
        if self.groups is not None:
            self.issue.options = self.groups.offered(str(item["feedback_id"]))
        self._showing = False


_OVER = "没有更多待复核的反馈。更正已在登记库中，下次运行时生效。"
_NARROW = "符合条件的看完了。清空条件，或换一个。"
