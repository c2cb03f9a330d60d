"""Charts kept from run to run: shown again only where all they are made of is the same."""

import json
from time import sleep

import matplotlib as mpl
import pandas as pd
import pytest

from voc_lib.report import plots, subject
from voc_lib.report.plots import kept, theme
from voc_lib.report.plots.theme import Chart


def noted(chart):
    """What a notebook writes down of it."""
    return json.dumps(chart._repr_mimebundle_(), ensure_ascii=False)


FRAME = pd.DataFrame({"category": ["物流延迟", "服务态度"], "n": [3, 2], "share": [0.6, 0.4]})


@pytest.fixture
def drawn(tmp_path):
    """A chart that counts how often it is drawn, kept in a folder."""
    times = []

    @kept.kept
    def bars(frame, *, top=5):
        times.append(top)
        return Chart(f"<svg>{len(times)}</svg>", "条形图", of="category_stats")

    kept.keep(kept.Shelf(tmp_path / "charts", lambda: "program"))
    yield bars, times
    kept.keep(None)
    subject.speak_of(subject.CUSTOMERS)


def test_the_same_values_are_drawn_once(drawn):
    bars, times = drawn
    first, again = bars(FRAME, top=3), bars(FRAME.copy(), top=3)
    assert len(times) == 1 and noted(again) == noted(first)


OTHERS = {
    "a value": FRAME.assign(share=[0.6, 0.5]),
    "a type": FRAME.astype({"n": "Int64"}),
    "a name": FRAME.rename(columns={"n": "m"}),
    "the order": FRAME[::-1],
    "an index": FRAME.set_axis([1, 2]),
    "a row": FRAME.head(1),
    "nothing": FRAME.assign(share=[0.6, None]),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_of_other_values_it_is_drawn_again(drawn, other):
    bars, times = drawn
    bars(FRAME), bars(other), bars(FRAME, top=4)
    assert len(times) == 3


def test_by_another_program_or_of_another_subject_it_is_drawn_again(drawn, tmp_path):
    bars, times = drawn
    bars(FRAME)
    kept.keep(kept.Shelf(tmp_path / "charts", lambda: "another"))
    bars(FRAME)
    subject.speak_of("crm")
    kept.keep(kept.Shelf(tmp_path / "charts", lambda: "another"))
    bars(FRAME)
    assert len(times) == 3


def test_what_is_damaged_or_cannot_be_told_apart_is_drawn_again(drawn, tmp_path):
    bars, times = drawn
    bars(FRAME)
    (file,) = (tmp_path / "charts").iterdir()
    file.write_bytes(file.read_bytes()[:20])
    bars(FRAME)
    odd = FRAME.assign(n=pd.Series([3, "2"], dtype=object))
    bars(odd), bars(odd)
    assert len(times) == 4


def test_the_longest_unused_go_first(drawn, tmp_path, monkeypatch):
    bars, times = drawn
    monkeypatch.setattr(kept, "MOST", 2)
    for top in (1, 2, 1, 3, 1):
        bars(FRAME, top=top)
        sleep(0.05)  # files of one tick of the clock are of one age
    assert times == [1, 2, 3] and len([*(tmp_path / "charts").iterdir()]) == 2


def test_a_chart_of_the_house_is_the_same_taken_as_drawn(tmp_path):
    stats = FRAME.assign(low=0.1, high=0.9, customers=2, previous_n=1, cumulative=[0.6, 1.0])
    plain = noted(plots.pareto(stats))
    kept.keep(kept.Shelf(tmp_path, lambda: "program"))
    try:
        shown = [noted(plots.pareto(stats)) for _ in range(2)]
    finally:
        kept.keep(None)
    assert shown == [plain, plain] and len([*tmp_path.iterdir()]) == 1


def test_of_another_look_it_is_drawn_again(drawn, monkeypatch):
    bars, times = drawn
    bars(FRAME)
    monkeypatch.setattr(theme, "ACCENT", "#ff0000")
    bars(FRAME)
    monkeypatch.setitem(mpl.rcParams, "font.weight", "bold")
    bars(FRAME)
    assert len(times) == 3
