"""What each step read, by hash, and what of it has changed since: no report is made of mixed versions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from voc_lib import schema
from voc_lib.errors import VocError
from voc_lib.knowledge import parts
from voc_lib.params import IN_REGISTER, Settings
from voc_lib.run.record import inputs, preceding, registered, taxonomies
from voc_lib.run.record.known import load
from voc_lib.run.steps import StepSpec, find

ALWAYS = ("params", "knobs", "code")  # what every step reads, whatever it looks at
FIRST = ("inputs", "history")  # what the step that reads the files reads besides
MADE = ("render", "audiences")  # params no step reads: what is made of what the steps wrote
OF = " "  # between a thing and the parts of it that are read
LABELS = {
    "params": "参数",
    "knobs": "这一步的参数（steps）",
    "code": "程序、依赖包或 notebook",
    "inputs": "数据文件",
    "history": "历史归档",
    "key": "客户密钥",
    "taxonomy": "标签体系",
    "knowledge": "根因与措施",
    "register": "登记库里人工填写的内容",
    "alerts": "登记库里的预警",
    "words": "用户词典或停用词",
    "scores": "评委的评分表",
    "earlier": "上一期的报告",
    "preceding": "上一份报告的结论",
}


def part(name: str, settings: Settings, spec: StepSpec) -> str:
    """The hash of one thing a step reads, as it stands now; "" for a database, which has none."""
    kind, _, of = name.partition(OF)
    return _known(settings, of.split(OF)) if of else PARTS[kind](settings, spec)


def known(parts: Iterable[str]) -> str:
    """The name of these parts of what people know among the things a step reads.

    >>> known({"goals", "decisions.owner"})
    'knowledge decisions.owner goals'
    """
    return OF.join(["knowledge", *sorted(parts)])


def told(read: Mapping[str, str], used: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a step says of itself: `read` (table -> hash) and `used` (thing -> hash), in order."""
    return {"read": dict(sorted(read.items())), "used": dict(sorted(used.items()))}


def mark(settings: Settings, spec: StepSpec, names: Iterable[str], *more: Any) -> str:
    """One hash of several things a step reads, as they stand now, and of what else is told."""
    return digest([part(name, settings, spec) for name in names], *more)


def unsaid(settings: Settings, spec: StepSpec) -> bool:
    """Whether nothing tells if what a step reads has changed: it reads a database."""
    return not spec.needs and not part("inputs", settings, spec)


def completed(said: dict[str, Any], settings: Settings, spec: StepSpec) -> dict[str, dict[str, str]]:
    """What a step said of itself with what it need not say: params, code, of the first step the files."""
    names = (*ALWAYS, *FIRST) if not spec.needs else ALWAYS
    return told(
        said.get("read", {}), {**said.get("used", {}), **{name: part(name, settings, spec) for name in names}}
    )


def changes(
    record: Mapping[str, Mapping[str, str]], settings: Settings, step: str, folder: Path
) -> list[str]:
    """What has changed since the step read it, in Chinese; the tables are those of a run folder."""
    spec = find(step)
    return compared(record, lambda name: part(name, settings, spec), lambda name: table(folder, name))


def compared(
    record: Mapping[str, Mapping[str, str]], part: Callable[[str], str], table: Callable[[str], str]
) -> list[str]:
    """What a step read that is no longer as it was, in Chinese; `part` and `table` give the hashes of now."""
    used, read = record.get("used", {}), record.get("read", {})
    things = [LABELS[name.partition(OF)[0]] for name, was in used.items() if part(name) != was]
    return things + [f"表《{schema.table(name).title}》" for name, was in read.items() if table(name) != was]


def table(folder: Path, name: str) -> str:
    """The hash of a table of a run folder; "" where there is none."""
    path = folder / "tables" / f"{name}.parquet"
    return inputs.sha256(path) if path.is_file() else ""


def digest(*things: Any) -> str:
    """One hash of values of JSON."""
    words = json.dumps(things, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _files(settings: Settings, names: Iterable[str | None]) -> str:
    paths = [settings.resolve(name) for name in names if name]
    return digest([inputs.sha256(path) if path.is_file() else "" for path in paths])


def _params(settings: Settings, spec: StepSpec) -> str:
    beside = ("steps", *MADE)  # each step reads its own part of “steps”
    kept = {key: value for key, value in settings.params.outcome().items() if key not in beside}
    return digest(kept, settings.period.label)


def _inputs(settings: Settings, spec: StepSpec) -> str:
    logs = settings.params.logs
    if any(source.url for source in settings.params.sources) or (logs and logs.url):
        return ""
    return _contents(inputs.data(settings))


def _contents(files: Iterable[inputs.Input]) -> str:
    return digest([(item.role, item.short, inputs.sha256(item.path)) for item in files])


def _knowledge(settings: Settings) -> str:
    if settings.params.knowledge == IN_REGISTER:
        return digest(_registered(settings, registered.KNOWN))
    return _files(settings, [settings.params.knowledge_file])


def _known(settings: Settings, of: list[str]) -> str:
    """The hash of parts of what people know; of all of it where it cannot be read."""
    try:
        return digest(parts.told(load(settings), of))
    except VocError:
        return _knowledge(settings)


def _registered(settings: Settings, *roles: str) -> list[dict[str, Any]]:
    return registered.state(settings, roles).own(settings).described(settings)


def _taxonomy(settings: Settings, spec: StepSpec) -> str:
    return taxonomies.current(settings).digest


PARTS: dict[str, Callable[[Settings, StepSpec], str]] = {
    "params": _params,
    "knobs": lambda settings, spec: digest(settings.params.steps.get(spec.name, {})),
    "code": lambda settings, spec: digest(inputs.code_hash(settings, (spec,)), inputs.versions()),
    "inputs": _inputs,
    "history": lambda settings, spec: digest(inputs.history(settings)),
    "key": lambda settings, spec: inputs.key_fingerprint(settings),
    "taxonomy": _taxonomy,
    "knowledge": lambda settings, spec: _knowledge(settings),
    "register": lambda settings, spec: digest(_registered(settings, registered.SET, registered.ANSWERED)),
    "alerts": lambda settings, spec: digest(_registered(settings, registered.ALERTED)),
    "words": lambda settings, spec: _files(settings, [settings.params.userdict, settings.params.stopwords]),
    "scores": lambda settings, spec: _contents(inputs.scores(settings)),
    "preceding": lambda settings, spec: digest(preceding.mark(settings)),
    "earlier": lambda settings, spec: digest(taxonomies.mark(settings, _taxonomy(settings, spec))),
}
