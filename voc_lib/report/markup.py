"""The only producer of HTML: Jinja2 templates with autoescape, so customer text can never become markup."""

from __future__ import annotations

import base64
from functools import cache
from pathlib import Path
from typing import Any

from voc_lib.report import webfont
from voc_lib.report.glyphs import INVISIBLE
from voc_lib.report.page import across, em, folded

FOLDER = Path(__file__).parent / "templates"
FONT = "/* font */"  # where the page's font goes, in the style sheet before any other word
SHORT, LONG = 14.0, 60.0  # ems: up to SHORT a cell keeps one line; from LONG on its column is given more room
SAMPLE = 500  # rows looked at
ROOM = 66.0  # ems of a table on a page of 1280 pixels
FEW = 3  # columns a telephone shows side by side; more stand below one another
KEPT = "\ufe0f\u200d"  # invisible, but emoji sequences need them
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def page(template: str, **values: Any) -> str:
    """A whole HTML page from a template: house style, content policy, a font with its characters."""
    made = _environment().get_template(template).render(policy=POLICY, style=_style("page.css"), **values)
    return made.replace(FONT, webfont.face(made), 1)


def fragment(block: dict[str, Any]) -> str:
    """One block as HTML for an output cell of JupyterLab."""
    return _environment().get_template("fragment.html.j2").render(block=block, style=_style("fragment.css"))


def trusted(cleaned: str) -> Any:
    """HTML that came out of `foreign.clean`, marked so that the templates do not escape it again."""
    from markupsafe import Markup

    return Markup(cleaned)  # noqa: S704 - cleaned by an allow-list


def visible(value: Any) -> Any:
    """The value; a text without control characters, direction overrides and zero-width marks.

    >>> visible("a\\u202eb\\x00")
    'ab'
    """
    if not isinstance(value, str) or hasattr(value, "__html__"):
        return value
    return INVISIBLE.sub(lambda match: match[0] if match[0] in KEPT else "", value)


@cache
def _environment() -> Any:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters["breaks"] = _breaks
    environment.filters["encoded"] = _encoded
    environment.filters["rooms"] = _rooms
    environment.filters["folded"] = lambda block: folded(block, ROOM)
    environment.globals.update(across=across, few=FEW)
    return environment


def _breaks(text: str) -> list[str]:
    return str(text).split("\n")


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _rooms(block: dict[str, Any]) -> list[str]:
    """The class of each column by its longest words: one line, wrapping, or wrapping with more room."""
    texts = [
        [cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in block["rows"][:SAMPLE]
    ]
    longest = [max((em(row[i]) for row in texts), default=0.0) for i in range(len(block["columns"]))]
    return ["voc-wider" if width > LONG else "voc-wide" if width > SHORT else "" for width in longest]


@cache
def _style(name: str) -> Any:
    from markupsafe import Markup

    return Markup((FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of the package
