"""Every figure of the published pages leads to its basis, and the basis to what it was read from.

A figure is a number in a box of sentences, a card, a table, a chart's caption or its alternative text. None
are: numbers in quotes (customers' words, names), dates, months, times, ids (M01, P0), the version of a
taxonomy and the name 5 Why; headings and the notebooks' own paragraphs, the same in every report.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from tests.end_to_end.project import Project
from voc_lib import schema

REPORTS = ("01", "02", "04", "04b", "04c", "04d", "05", "06", "07", "08")
NO_FIGURE = re.compile(
    r"“[^”]*”|\d{4}-\d\d(-\d\d)?|\d{4}-[QW]\d+|\d{4}年(?:\d+月|第\d季度)|\d+:\d\d|5 ?W(hy|1H)|版本 [\d.]+"
    r"|[A-Za-z]+[\w-]*\d[\w-]*"
)
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
SAMPLE = 1000


class Part(NamedTuple):
    """Something with figures on a page: its words, and what its marks lead to."""

    words: str
    basis: list[Tag]
    element: Tag


def spoken(element: Tag) -> str:
    """The words without the marks."""
    return "".join(s for s in element.find_all(string=True) if not s.find_parent(class_="voc-ref"))


def figures(words: str) -> list[str]:
    return NUMBER.findall(NO_FIGURE.sub(" ", words))


def parts(main: Tag) -> Iterator[Part]:
    anchors = {element["id"]: element for element in main.select(".voc-basis [id]")}
    for element in main.select(".voc-text p, .voc-text li, .voc-card, .voc-chart"):
        told = " ".join(image["alt"] for image in element.select("img"))
        marks = [anchors[mark["href"][1:]] for mark in element.select(".voc-ref")]
        yield Part(f"{spoken(element)} {told}", marks, element)
    for element in main.select(".voc-table"):
        words, marks = [spoken(cell) for cell in element.select("td")], []
        for note in element.find_next_siblings():
            if "voc-note" not in note.get("class", ()):
                break
            words.append(spoken(note))
            marks += [anchors[mark["href"][1:]] for mark in note.select(".voc-ref")]
        yield Part("\n".join(words), marks, element)


def page(project: Project, number: str) -> list[Part]:
    (path,) = (project.run / "reports").glob(f"{number}_*.html")
    main = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").main
    assert main.select(".voc-basis"), number
    return list(parts(main))


@pytest.fixture(scope="module")
def pages(project) -> dict[str, list[Part]]:
    """The parts of each report."""
    return {number: page(project, number) for number in REPORTS}


@pytest.fixture(scope="module")
def used(crm) -> list[Part]:
    """The parts of the report on the use of a system."""
    return page(crm, "04u")


def test_every_figure_leads_to_a_basis(pages):
    counted = [(bool(part.basis), len(figures(part.words))) for page in pages.values() for part in page]
    assert sum(n for _, n in counted) > 3000
    assert [word for page in pages.values() for word in astray(page)] == []


def astray(page: list[Part]) -> list[str]:
    """Parts with figures that lead nowhere."""
    return [part.words[:80] for part in page if figures(part.words) and not part.basis]


def test_every_figure_on_the_use_of_a_system_leads_to_a_basis_that_holds_it(used):
    assert sum(len(figures(part.words)) for part in used) > 500 and astray(used) == []
    said, found = held(used)
    assert said > 40 and found / said > 0.97


def close(shown: str, exact: float) -> bool:
    """Whether a number on paper is this value, rounded; percent is told by trying both."""
    value, digits = float(shown.replace(",", "")), len(shown.partition(".")[2])
    return any(abs(value - abs(exact) * scale) <= 0.501 * 10**-digits for scale in (1, 100))


def test_figures_of_sentences_and_cards_stand_in_their_basis(pages):
    """What is left: thresholds, and numbers in what people wrote into the register (a resource, an event)."""
    counts = [held(page) for page in pages.values()]
    said, found = (sum(each) for each in zip(*counts, strict=True))
    assert said > 450 and found / said > 0.97


def held(page: list[Part]) -> tuple[int, int]:
    """Figures of sentences and cards, and how many of them stand in the basis they lead to."""
    said = found = 0
    for part in page:
        if part.basis and not {"voc-table", "voc-chart"} & set(part.element.get("class", ())):
            words = " ".join(spoken(row.find_parent("details")) for row in part.basis)
            numbers = {float(n.replace(",", "")) for n in NUMBER.findall(words)}
            mine = figures(part.words)
            said += len(mine)
            found += sum(any(close(n, each) for each in numbers) for n in mine)
    return said, found


def test_every_workbook_says_how_its_columns_are_made(project):
    for path in sorted((project.run / "excel").glob("*.xlsx")):
        book = openpyxl.load_workbook(path, read_only=True)
        assert book.sheetnames[:2] == ["目录", "口径"], path.name
        told = list(book["口径"].iter_rows(min_row=2, values_only=True))
        assert len(told) > 3 and all(all(line) for line in told), path.name
        assert {line[0] for line in told} <= {name for name, rows in contents(book).items() if rows}, (
            path.name
        )


def contents(book: openpyxl.Workbook) -> dict[str, int]:
    """Sheet -> its rows, as the first sheet lists them; 0 for one left out."""
    return {name: rows for name, rows, _ in book["目录"].iter_rows(min_row=4, values_only=True)}


def cells(table: Tag) -> Iterator[dict[str, str]]:
    """The rows of a table on a page by label, what is folded below a row with it."""
    labels = [spoken(head) for head in table.select("thead th")]
    row: dict[str, str] = {}
    for line in table.select("tbody tr"):
        if "voc-more" in line.get("class", ()):
            for part in line.select(".voc-part"):
                label, _, words = spoken(part).partition("：")
                row[label] = words
            continue
        if row:
            yield row
        row = dict(zip(labels, (spoken(cell) for cell in line.select("td")), strict=False))
    if row:
        yield row


def agrees(shown: str, exact: object) -> bool:
    """Whether a cell shows a value of a published table."""
    if exact is None or pd.isna(exact):
        return shown == "—"
    if isinstance(exact, pd.Timestamp):
        return shown.startswith(str(exact.date()))
    if isinstance(exact, str | bool | np.bool_):
        return isinstance(exact, bool | np.bool_) or "".join(shown.split()) == "".join(exact.split())
    number = NUMBER.search(shown)
    exact = float(exact) * (60 if "分钟" in shown else 1)
    return number is not None and (close(number[0], exact) or shown.startswith("<"))


def test_a_thousand_cells_are_those_of_the_published_tables(pages, project):
    titles = {table.title: name for name, table in schema.TABLES.items()}
    drawn = [
        (titles[part.basis[-1].find_parent("details").summary.get_text().split("] ")[1]], row)
        for page in pages.values()
        for part in page
        if "voc-table" in part.element.get("class", ()) and part.basis
        for row in cells(part.element)
    ]
    chosen = np.random.default_rng(20260930).permutation(len(drawn))
    checked = 0
    for place in chosen:
        name, row = drawn[place]
        if "本期无数据" in row.values() or not (project.run / "tables" / f"{name}.parquet").is_file():
            continue
        labels = {label: column for column, label in schema.table(name).labels.items()}
        left = project.table(name)
        for label, shown in row.items():
            left = left[[agrees(shown, value) for value in left[labels[label]]]] if len(left) else left
        assert len(left), (name, row)
        checked += sum(bool(figures(shown)) for shown in row.values())
    assert checked >= SAMPLE, checked
