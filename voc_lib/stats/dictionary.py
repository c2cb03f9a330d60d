"""The metric dictionary: what each metric that anything is judged by means, and which way is good."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pandas as pd

from voc_lib import schema
from voc_lib.knowledge import Knowledge
from voc_lib.metric import BUILT_IN, SAID, Definition, Metric, resolved
from voc_lib.params import Params
from voc_lib.stats import metrics
from voc_lib.yamlfile import shipped

GOAL, MEASURE, PROMISE = "目标", "措施", "承诺"


def table(params: Params, knowledge: Knowledge) -> pd.DataFrame:
    """schema.METRICS: every metric of goals, measures and promises, then the declared ones nobody uses."""
    used: dict[str, tuple[Metric, list[str]]] = {}
    for metric, user in _users(params, knowledge):
        used.setdefault(metrics.describe(metric), (metric, []))[1].append(user)
    lines = [_line(name, metric, users, params.metrics) for name, (metric, users) in sorted(used.items())]
    unused = [entry for entry in params.metrics if entry.name not in {m.name for m, _ in used.values()}]
    lines += [{"metric": entry.name, **_written(entry), "used_by": "没有使用"} for entry in unused]
    return schema.shape(pd.DataFrame(lines, columns=schema.METRICS.names), schema.METRICS)


def _users(params: Params, knowledge: Knowledge) -> Iterator[tuple[Metric, str]]:
    yield from ((goal.metric, f"{GOAL}：{goal.name}") for goal in params.goals)
    yield from ((m.metric, f"{MEASURE} {m.key}") for m in knowledge.measures if m.metric)
    yield from ((promise.metric, f"{PROMISE}：{promise.name}") for promise in knowledge.promises)


def _line(name: str, metric: Metric, users: list[str], definitions: list[Definition]) -> dict[str, str]:
    metric = resolved(metric, definitions)
    better = BUILT_IN.get(metric.kind) or metric.better
    built_in = {"unit": metrics.unit(metric), **_words()[metric.kind], "better": SAID.get(better or "", "")}
    entry = next((d for d in definitions if metric.kind == "kpi" and d.name == metric.name), None)
    written = {key: said for key, said in (_written(entry) if entry else {}).items() if said}
    return {**built_in, **written, "metric": name, "used_by": "；".join(dict.fromkeys(users))}


def _written(entry: Definition) -> dict[str, str]:
    return {**entry.model_dump(exclude={"name", "better"}), "better": SAID[entry.better]}


@cache
def _words() -> dict[str, dict[str, str]]:
    return shipped("voc_lib.stats", "dictionary.yaml")
