"""What stands beside a 5 Why tree: a fishbone, the six questions, what is still to be found out."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from voc_lib.knowledge import Analysis, FiveW1H, Question
from voc_lib.rootcause import fishbone, tree
from voc_lib.widgets.listed import SEMICOLONS, split

WIDE = w.Layout(width="auto")
ASKED = {"what": "何事", "why": "何因", "who": "何人", "when": "何时", "where": "何地", "how": "如何"}
BLANK = 2  # free lines for questions


class Besides:
    """The views; `filled` gives an analysis with what is written in them."""

    def __init__(self) -> None:
        self.bones: dict[str, Any] = {}
        self.answers = {
            name: w.Text(description=label, layout=WIDE, continuous_update=False)
            for name, label in ASKED.items()
        }
        self.asked: list[dict[str, Any]] = []
        self.bone_box, self.asked_box = w.VBox(), w.VBox()
        self.answer_box = w.VBox([*self.answers.values()])

    def show(self, analysis: Analysis) -> None:
        """Fill in what is written of a problem."""
        names = list(dict.fromkeys([*analysis.fishbone, *fishbone.bones(analysis)]))
        self.bones = {name: _bone(name, analysis.fishbone.get(name, [])) for name in names}
        self.bone_box.children = [*self.bones.values()]
        for name, box in self.answers.items():
            box.value, box.placeholder = getattr(analysis.five_w1h, name), "不写则由数据填"
        causes = ["", *(cause.cause for _, cause in tree.places(analysis))]
        blank = [Question.model_construct(question="", owner="", cause="", answer="", due=None)] * BLANK
        self.asked = [_asked(question, causes) for question in [*analysis.questions, *blank]]
        head = w.HTML(
            '<div class="voc-hint">写下还要查清的事和由谁去查；查到了写答案。空行可以添新的。</div>'
        )
        self.asked_box.children = [head, *(w.HBox([*line.values()]) for line in self.asked)]

    def filled(self, analysis: Analysis) -> Analysis:
        """The analysis with what is written here; a line without a question is left out."""
        bones = {name: found for name, box in self.bones.items() if (found := split(box.value, SEMICOLONS))}
        answers = {name: box.value.strip() for name, box in self.answers.items()}
        lines = [{name: box.value.strip() for name, box in line.items()} for line in self.asked]
        due = {question.question: question.due for question in analysis.questions}
        questions = [
            Question.model_construct(**line, due=due.get(line["question"]))
            for line in lines
            if line["question"]
        ]
        return analysis.model_copy(
            update={"fishbone": bones, "five_w1h": FiveW1H(**answers), "questions": questions}
        )


def _share(parts: int) -> w.Layout:
    """A box that takes its parts of the line, however long the words in it are."""
    return w.Layout(flex=f"{parts} 1 0", width="auto", min_width="0")


def _line(words: str, asked: str, parts: int) -> w.Text:
    return w.Text(words, placeholder=asked, layout=_share(parts), continuous_update=False)


def _bone(name: str, causes: list[str]) -> w.Text:
    return w.Text(
        "；".join(causes), description=name, placeholder="几条用；隔开", layout=WIDE, continuous_update=False
    )


def _asked(question: Question, causes: list[str]) -> dict[str, Any]:
    known = list(dict.fromkeys([*causes, question.cause]))
    return {
        "question": _line(question.question, "要查清什么", 3),
        "cause": w.Dropdown(options=known, value=question.cause, layout=_share(2)),
        "owner": _line(question.owner, "谁去查", 1),
        "answer": _line(question.answer, "答案（查到了再写）", 3),
    }
