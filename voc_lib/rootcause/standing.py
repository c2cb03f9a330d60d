"""How far the asking has come: what each cause stands on, and whether a root is reached."""

from __future__ import annotations

from collections.abc import Iterator

from voc_lib.knowledge import Analysis, Cause, Knowledge
from voc_lib.rootcause.causes import Node, walk
from voc_lib.schema.words import DENIED, EVIDENCED


def told(cause: Cause) -> str:
    """The status of a cause as stated, with how strong what tested it is.

    >>> from voc_lib.knowledge import Test
    >>> told(Cause(cause="缺人", status="证据", tested=[Test(by="数据", found="缺编 12 人")]))
    '证据（强）'
    """
    return f"{cause.status}（{cause.strength}）" if cause.strength else cause.status


def reached(analysis: Analysis) -> list[Node]:
    """The roots that are evidenced and stand below nothing that was refuted."""
    return [node for node in roots(analysis) if node.cause.status == EVIDENCED]


def roots(analysis: Analysis) -> list[Node]:
    """The causes marked as roots that are not refuted, nor stand below anything that is."""
    return [node for node in _standing(analysis) if node.cause.root]


def doubts(analysis: Analysis) -> list[str]:
    """A sentence for each root that is not evidenced, or one where no root is marked."""
    marked = roots(analysis)
    if not marked:
        return [f"{analysis.problem}：还没有到达根因"]
    left = [node for node in marked if node.cause.status != EVIDENCED]
    return [
        f"{' → '.join(node.path)}：标为根因，但还是{node.cause.status}；请用原话计数或运营数据检验后再下结论"
        for node in left
    ]


def table(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """The evidenced roots with their problem and strength, and a sentence for each that is not."""
    found = [(analysis, node) for analysis in knowledge.causes for node in reached(analysis)]
    names = [f"{a.problem}：{node.cause.cause}（{told(node.cause)}）" for a, node in found]
    return names, [doubt for analysis in knowledge.causes for doubt in doubts(analysis)]


def hypotheses(analysis: Analysis) -> list[Node]:
    """The causes nobody has tested, standing below nothing refuted, in the order written."""
    return [node for node in _standing(analysis) if node.cause.status not in (EVIDENCED, DENIED)]


def unfinished(analysis: Analysis) -> list[Node]:
    """The evidenced causes that are no root and below which nobody asked why again, in the order written."""
    found = [node for node in _standing(analysis) if node.cause.status == EVIDENCED]
    return [node for node in found if not node.cause.root and not node.cause.why]


def _standing(analysis: Analysis) -> Iterator[Node]:
    gone: set[tuple[str, ...]] = set()
    for node in walk(analysis):
        if node.cause.status == DENIED or node.path[:-1] in gone:
            gone.add(node.path)
        else:
            yield node
