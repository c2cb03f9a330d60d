"""5 Why trees: walked, checked for chains that stop early or circle, told as a table with evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from voc_lib import schema
from voc_lib.errors import did_you_mean
from voc_lib.knowledge import Analysis, Cause, Knowledge, Query
from voc_lib.rootcause import evidence
from voc_lib.yamlfile import shipped

DEEPEST = 7
# of issues, for the figures of causes, what customers name as causes, what is urgent and whom to ask
READ = ["issue_id", "feedback_id", "feedback_ids", "created_at", "again_at", "channel", "customer_id", "text"]
READ += ["customer_type", "region", "intent", "problem", "counted", "primary_tag", "urgency", "repeat_count"]
MEANS = {"原话": "原话计数", "数据": "运营数据"}


@dataclass(frozen=True)
class Node:
    """One cause in its tree; `path` runs from the problem down to the cause itself."""

    cause: Cause
    path: tuple[str, ...]

    @property
    def level(self) -> int:
        """Which “why” this answers; 1 is the first."""
        return len(self.path) - 1


def walk(analysis: Analysis) -> Iterator[Node]:
    """Every cause of a problem, depth first, in the order written."""
    yield from _below(analysis.why, (analysis.problem,))


def _below(why: list[Cause], path: tuple[str, ...]) -> Iterator[Node]:
    for cause in why:
        node = Node(cause, (*path, cause.cause))
        yield node
        yield from _below(cause.why, node.path)


def chain(knowledge: Knowledge, problem: str, cause: str) -> tuple[str, ...]:
    """The path from the problem to the cause; just the two where no tree holds it.

    >>> from voc_lib.knowledge import read
    >>> tree = [{"cause": "分拣效率低", "why": [{"cause": "人员不足", "root": True}]}]
    >>> chain(read({"causes": [{"problem": "物流延迟", "why": tree}]}), "物流延迟", "人员不足")
    ('物流延迟', '分拣效率低', '人员不足')
    """
    analysis = knowledge.analysis(problem)
    paths = [node.path for node in walk(analysis) if node.cause.cause == cause] if analysis else []
    return paths[0] if paths else tuple(filter(None, (problem, cause)))


def spoken(knowledge: Knowledge, problem: str, cause: str) -> Query | None:
    """What customers say who speak of a cause: its evidence in words, else that of the nearest above it.

    >>> from voc_lib.knowledge import read
    >>> tree = [{"cause": "支付失败", "evidence": {"contains": ["付款"]}, "why": [{"cause": "只有一家通道"}]}]
    >>> spoken(read({"causes": [{"problem": "功能异常", "why": tree}]}), "功能异常", "只有一家通道").contains
    ['付款']
    """
    analysis, path = knowledge.analysis(problem), chain(knowledge, problem, cause)
    if analysis is None or not cause:
        return None
    above = [node.cause.evidence for node in walk(analysis) if node.path == path[: node.level + 1]]
    return next((query for query in reversed(above) if query and query.contains), None)


def read(knowledge: Knowledge) -> list[str]:
    """The columns of issues that causes are told from: READ, and where the evidence of a cause is looked for.

    >>> from voc_lib.knowledge import read as knowledge
    >>> tree = [{"cause": "人员不足", "evidence": {"where": {"product": "电饭煲"}}}]
    >>> set(read(knowledge({"causes": [{"problem": "物流延迟", "why": tree}]}))) - set(READ)
    {'product'}
    """
    queries = [node.cause.evidence for analysis in knowledge.causes for node in walk(analysis)]
    places = {column for query in queries if query for column in query.where}
    return [name for name in schema.ISSUES.names if name in {*READ, *places}]


def roots(analysis: Analysis) -> list[str]:
    """The causes marked as roots, in the order written."""
    return list(dict.fromkeys(node.cause.cause for node in walk(analysis) if node.cause.root))


def table(knowledge: Knowledge, issues: pd.DataFrame) -> pd.DataFrame:
    """5Why分析: schema.WHY, level 0 the problem itself, then its causes depth first, with evidence."""
    rows = [row for analysis in knowledge.causes for row in _rows(analysis, issues)]
    return schema.shape(pd.DataFrame(rows, columns=schema.WHY.names), schema.WHY)


def _rows(analysis: Analysis, issues: pd.DataFrame) -> Iterator[dict]:
    problem = Query(category=analysis.problem)
    found = evidence.find(problem, issues)
    whole = evidence.proportion(found.n, len(evidence.problems(issues)))[0]
    told = f"{found.n} 条（占全部问题 {whole:.1%}）" if found.n else f"数据中没有{analysis.problem}"
    yield _row(analysis.problem, 0, analysis.problem, None, "现象", told, found.shown_ids, None, None, None)
    for node in walk(analysis):
        query, text, ids = node.cause.evidence, None, None
        if query is not None:
            query = query.model_copy(update={"category": query.category or analysis.problem})
            finding = evidence.find(query, issues)
            text, ids = evidence.sentence(query, finding), finding.shown_ids
        kind = "根因" if node.cause.root else "中间原因"
        stands = node.cause.status, node.cause.strength or None, tried(node.cause) or None
        yield _row(analysis.problem, node.level, node.cause.cause, node.path[-2], kind, text, ids, *stands)


def tried(cause: Cause) -> str:
    """What tested a cause and what came out; "" where nothing did."""
    return "；".join(f"{MEANS[test.by]}：{test.found}" for test in cause.tested)


def _row(*values: object) -> dict:
    return dict(zip(schema.WHY.names, values, strict=True))


def changes(before: Knowledge, after: Knowledge) -> list[str]:
    """What was added to the trees, taken away, marked as a root or no longer, or judged otherwise."""
    old, new = _nodes(before), _nodes(after)
    told = [f"删去：{' → '.join(path)}" for path in old if path not in new]
    told += [f"新增：{' → '.join(path)}" for path in new if path not in old]
    marked = {True: "标为根因", False: "不再是根因"}
    both = [(" → ".join(path), old[path], cause) for path, cause in new.items() if path in old]
    told += [f"{marked[is_.root]}：{path}" for path, was, is_ in both if was.root != is_.root]
    return told + [
        f"{was.status}改为{is_.status}：{path}" for path, was, is_ in both if was.status != is_.status
    ]


def _nodes(knowledge: Knowledge) -> dict[tuple[str, ...], Cause]:
    return {node.path: node.cause for analysis in knowledge.causes for node in walk(analysis)}


def faults(knowledge: Knowledge, taxonomy_names: Collection[str] = ()) -> list[str]:
    """What is weak in the trees, a sentence each: symptom ends, circles, depth, empty answers."""
    found = circles(knowledge)
    found += [fault for analysis in knowledge.causes for fault in _tree_faults(analysis)]
    unknown = [a.problem for a in knowledge.causes if taxonomy_names and a.problem not in taxonomy_names]
    found += [f"{name}：标签体系中没有这个问题。{did_you_mean(name, taxonomy_names)}" for name in unknown]
    return list(dict.fromkeys(found))


def circles(knowledge: Knowledge) -> list[str]:
    """A sentence for each cause that is said to come of itself, however far down."""
    nodes = [node for analysis in knowledge.causes for node in walk(analysis)]
    return [
        f"{' → '.join(node.path)}：绕回了 “{node.cause.cause}”，因果成了循环；请改写最后一层。"
        for node in nodes
        if node.cause.cause in node.path[:-1]
    ]


def _tree_faults(analysis: Analysis) -> Iterator[str]:
    if not analysis.why:
        yield f"{analysis.problem}：还没有写 5Why；请从 “为什么会有{analysis.problem}” 问起。"
    for node in walk(analysis):
        yield from _node_faults(node)


def _node_faults(node: Node) -> Iterator[str]:
    told, cause = " → ".join(node.path), node.cause
    if not cause.why and not cause.root and cause.cause not in node.path[:-1]:
        yield f"{told}：停在现象或中间原因上；请继续问为什么，或在根因处写 root: true。"
    if cause.why and cause.root:
        yield f"{told}：标了 root: true，下面却还有原因；请把标记移到最底层。"
    if node.level == DEEPEST + 1:
        yield f"{told}：已超过 {DEEPEST} 层；请检查是否跑题，或合并几层。"
    if cause.cause in _empty_answers():
        yield f"{told}：“{cause.cause}” 不是回答；请补充调查后再写。"
    names = [child.cause for child in cause.why]
    for twice in sorted({name for name in names if names.count(name) > 1}):
        yield f"{told}：“{twice}” 在同一层写了两次；请合并。"


@cache
def _empty_answers() -> frozenset[str]:
    return frozenset(shipped("voc_lib.rootcause", "causes.yaml")["empty_answers"])
