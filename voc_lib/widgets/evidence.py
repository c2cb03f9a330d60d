"""Customer text with the words that led to its tags marked; escaped, so that it can never become markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise
from types import MappingProxyType

from voc_lib.report.markup import visible

Span = tuple[int, int, str]
NO_HUES: Mapping[str, int] = MappingProxyType({})


def marked(text: str, spans: Iterable[Span] = (), hues: Mapping[str, int] = NO_HUES) -> str:
    """The text as safe HTML with `<mark>` around each span (start, end, tag); overlapping ones are cut.

    A tag with a hue is marked in its colour (`colours`), the first of several.

    >>> marked("<b>发货慢", [(3, 6, "物流延迟")])
    '&lt;b&gt;<mark title="物流延迟">发货慢</mark>'
    """
    held = [(start, end, tag) for start, end, tag in spans if 0 <= start < end <= len(text)]
    edges = sorted({0, len(text), *(edge for start, end, _ in held for edge in (start, end))})
    parts = []
    for start, end in pairwise(edges):
        names = dict.fromkeys(tag for first, last, tag in held if first <= start and end <= last)
        words = plain(text[start:end])
        hue = next((f' style="--hue:{hues[name]}"' for name in names if name in hues), "")
        parts.append(f'<mark title="{plain("、".join(names))}"{hue}>{words}</mark>' if names else words)
    return "".join(parts)


def plain(text: str) -> str:
    """The text as safe HTML, without invisible characters.

    >>> plain('<img onerror="x">')
    '&lt;img onerror=&quot;x&quot;&gt;'
    """
    return escape(str(visible(text)))
