"""Things in safe HTML that can be picked: months as columns, values as bars, feedback as a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import ipywidgets as w

from voc_lib.widgets.evidence import plain

BARS = 10  # values of a facet on the screen
COLUMNS = 24  # months on the screen
ROOMY = 12  # months up to which each has room for its number


def line(pick: Callable[[str], None]) -> w.Text:
    """The hidden line the script writes what was picked into."""
    made = w.Text()
    made.add_class("voc-picked")
    made.observe(lambda change: pick(change["new"].rpartition("#")[0]), "value")
    return made


def columns(counts: Mapping[str, int], chosen: Iterable[str]) -> str:
    """A column for each of the last months, those chosen marked.

    >>> columns({"2026-08": 1, "2026-09": 2}, ["2026-09"]).count("<button")
    2
    """
    held, shown = set(chosen), list(counts.items())[-COLUMNS:]
    most = max([n for _, n in shown], default=0) or 1
    made = "".join(_column(m, n, most, m in held) for m, n in shown)
    return f'<div class="voc-columns{" voc-many" if len(shown) > ROOMY else ""}">{made}</div>'


def _column(month: str, n: int, most: int, chosen: bool) -> str:
    about = f"{month}：{n:,} 条"
    year = f"<em>{plain(month[:4])}</em>" if month.endswith("-01") else ""
    return (
        f'<button {_picking("month", month, chosen)} title="{plain(about)}" aria-label="{plain(about)}">'
        f"<i>{n:,}</i>"
        f'<b style="height:{max(100 * n / most, 1):.0f}%"></b><span>{int(month[5:])}{year}</span></button>'
    )


def bars(facet: str, counts: Mapping[str, int], chosen: str) -> str:
    """A bar for each of the most frequent values, and for the one chosen.

    >>> made = bars("channel", {"<电话>": 3}, "")
    >>> "&lt;电话&gt;" in made, "<电话>" in made
    (True, False)
    """
    names = list(counts)[:BARS]
    names += [chosen] if chosen and chosen not in names else []
    most = max(counts.values(), default=0) or 1
    left = len(set(counts) - set(names))
    more = f'<p class="voc-hint">另有 {left} 项，在上面的下拉框里选。</p>' if left else ""
    made = "".join(_bar(facet, name, counts.get(name, 0), most, name == chosen) for name in names)
    return f'<div class="voc-bars">{made or _nothing()}</div>{more}'


def _bar(facet: str, name: str, n: int, most: int, chosen: bool) -> str:
    return (
        f'<button {_picking(facet, name, chosen)} title="{plain(name)}"><span>{plain(name)}</span>'
        f'<u><b style="width:{100 * n / most:.1f}%"></b></u><i>{n:,}</i></button>'
    )


def listed(items: Sequence[tuple[str, str, str]], chosen: str) -> str:
    """Feedback to be opened: key, a line about it (words), its text (safe HTML)."""
    made = "".join(
        f"<button {_picking('open', key, key == chosen)}><span>{plain(about)}</span><p>{text}</p></button>"
        for key, about, text in items
    )
    return f'<div class="voc-list">{made or _nothing()}</div>'


def _picking(kind: str, value: str, chosen: bool) -> str:
    held = ' class="voc-on" aria-pressed="true"' if chosen else ' aria-pressed="false"'
    return f'type="button" data-pick="{plain(f"{kind}:{value}")}"{held}'


def _nothing() -> str:
    return '<p class="voc-hint">没有符合条件的。</p>'
