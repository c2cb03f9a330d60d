"""All that can be known about a params file without running it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from voc_lib import schema
from voc_lib.engine import opened
from voc_lib.errors import EmptyPeriodError, ParamsError, VocError
from voc_lib.knowledge import unknown
from voc_lib.params import Settings, secret
from voc_lib.run import arrival, notebooks
from voc_lib.run.publish import folders
from voc_lib.run.record import archived, inputs, registered, runs
from voc_lib.run.steps import STEPS
from voc_lib.run.tables import read_table

if TYPE_CHECKING:
    from voc_lib.collect import Collected
    from voc_lib.tag.taxonomy import Taxonomy
    from voc_lib.usage.log import Log


_log = logging.getLogger(__name__)

LATER = "根因与措施改好后再看"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, what was seen, and the error when it is not right."""

    subject: str
    detail: str = ""
    error: VocError | None = None


def findings(settings: Settings, *, today: date) -> Iterator[Finding]:
    """Params, period, taxonomy, knowledge, input files, notebooks, fonts and disk, each looked at."""
    words = f"{settings.params.name} · {settings.period.title} · {len(settings.params.sources)} 个来源"
    yield Finding("参数", words)
    yield looked("报告期", lambda: begun(settings, today))
    yield looked("标签体系", lambda: _taxonomy(settings))
    yield looked("目标", lambda: _aims(settings))
    yield looked("根因与措施", lambda: _knowledge(settings))
    yield looked("措施阶段", lambda: _stages(settings))
    yield looked("登记库", lambda: _register(settings))
    yield from _files(settings)
    for spec in STEPS:
        fault = looked(f"步骤 {spec.name}", lambda spec=spec: _notebook(settings, spec))  # type: ignore[misc]
        if fault.error:
            yield fault
    yield looked("字体", _fonts)
    yield looked("输出文件夹", lambda: _disk(settings))
    yield looked("计算引擎", lambda: opened(settings.params.engine).said())


def begun(settings: Settings, today: date) -> str:
    """The days of the period; EmptyPeriodError when it lies ahead and the params do not `allow_empty`."""
    period = settings.period
    if period.start > today and not settings.params.allow_empty:
        raise EmptyPeriodError(
            f"报告期 {period.label} 要到 {period.start} 才开始，今天是 {today}，还没有什么可报告的。"
            "请核对报告期（period 或 --period）和这台机器的日期；"
            "若确要出空的报告，请在参数里写 allow_empty: true。"
        )
    return f"{period.start} 至 {period.end}"


def load(settings: Settings) -> tuple[Finding, Collected | None]:
    """The files loaded as step 2 would, and what came of it; with too few rows kept it is an error."""
    from voc_lib import collect
    from voc_lib.clean import privacy
    from voc_lib.collect import harvest

    try:
        collected = collect.gather(settings, mask=privacy.mask)
    except VocError as error:
        return Finding("数据", error=error), None
    try:
        harvest.require(collected.reads, collected.quarantine, settings.params.sources)
        if not settings.period.mask(collected.feedback["created_at"]).any():  # else the archive need not say
            harvest.require_period(*archived.spoken(settings, collected), settings)
    except VocError as error:
        return Finding("数据", error=error), collected
    reads = collected.reads[collected.reads["in_period"].notna()]
    total = {name: int(reads[name].sum()) for name in ("read", "kept", "quarantined", "in_period")}
    detail = "读入 {read} = 保留 {kept} + 隔离 {quarantined}；本期 {in_period}".format(**total)
    if not total["in_period"]:
        detail += f"。注意：这些文件里没有{settings.period.title}的反馈，请核对报告期（可用 --period 指定）"
    return Finding("数据", detail), collected


def log(settings: Settings) -> tuple[Finding, Log | None]:
    """The operation log opened as step 04u would, and what came of it."""
    from voc_lib.clean import privacy
    from voc_lib.collect.logs import SOURCE
    from voc_lib.usage import log as logs

    try:
        read = logs.opened(settings, privacy.load_key(settings.outputs / ".keys"))
    except VocError as error:
        return Finding(SOURCE, error=error), None
    rows = read.reads[read.reads["source"] == SOURCE]
    total = {name: int(rows[name].sum()) for name in ("read", "kept", "quarantined", "in_period")}
    detail = "读入 {read} = 保留 {kept} + 隔离 {quarantined}；本期 {in_period}".format(**total)
    return Finding(SOURCE, detail), read


def arrived(settings: Settings, today: date, collected: Collected) -> Iterator[Finding]:
    """Whether what has come of the sources is what their `expect` says, where one says anything."""

    def look() -> str:
        arrival.require(settings, today, collected)
        return "符合各来源的 expect"

    if any(source.expect for source in settings.params.sources):
        yield looked("数据到齐", look)


def outlook(settings: Settings, collected: Collected) -> list[str]:
    """What a run would come to, a line each."""
    from voc_lib.run import outlook as come
    from voc_lib.run.audience import reach

    taxonomy = _loaded(settings)
    sizes = reach.lines(collected.feedback, settings, taxonomy)
    return [*come.lines(collected, settings, taxonomy), *sizes]


def words(settings: Settings) -> None:
    """Nothing, or the error of a taxonomy, knowledge, register or cluster no kernel needs to start for."""
    from voc_lib.run.record import known

    taxonomy = _loaded(settings)
    _goals(settings, taxonomy)
    _codes(settings, taxonomy)
    if told := registered.lost(settings):
        _log.warning("%s", told)
    known.load(settings, problems=taxonomy.names)
    opened(settings.params.engine).said()


def drift(settings: Settings, collected: Collected) -> list[str]:
    """What is unusual about the period against the archive and the last published headers, a line each."""
    from voc_lib.clean import privacy
    from voc_lib.collect import drift as drifts
    from voc_lib.collect import oddities
    from voc_lib.text import channels

    name = settings.params.name
    if settings.archive.is_dir():  # which holds masked words and pseudonyms
        key = privacy.load_key(settings.outputs / ".keys")
        collected = privacy.protect(collected, key, handlers=settings.params.handlers)
    (history,) = channels.alike(archived.spoken(settings, collected)[0], told=collected.channels)
    places = [folder for folder, content in runs.published(settings.outputs) if content["name"] == name]
    tables = [folder / "tables" / "headers.parquet" for folder in places]
    known = next((read_table(table) for table in tables if table.is_file()), None)
    found = [oddities.table(history, collected.feedback, settings.period)]
    found += [drifts.columns(collected.headers, known)] if known is not None else []
    return [f"{row.severity}：{row.source} · {row.detail}" for part in found for row in part.itertuples()]


def looked(subject: str, look: Callable[[], str]) -> Finding:
    """What a look at something came to."""
    try:
        return Finding(subject, look())
    except VocError as error:
        return Finding(subject, error=error)


def _loaded(settings: Settings) -> Taxonomy:
    from voc_lib import tag

    return tag.load(settings.params.industry, folder=settings.folder)


def _taxonomy(settings: Settings) -> str:
    taxonomy = _loaded(settings)
    return f"{taxonomy.title or taxonomy.name}，{len(taxonomy.names)} 个标签"


def _aims(settings: Settings) -> str:
    """How many goals there are, in the params or among what people know; ParamsError as `_goals`."""
    from voc_lib.knowledge import aimed
    from voc_lib.run.record import known

    _goals(settings, _loaded(settings))
    try:
        goals = settings.params.goals or aimed(settings.params, known.load(settings)).goals
    except VocError:
        return LATER
    return f"{len(goals)} 个" if goals else "没有写；请在 goals 中写上指标和目标值"


def _goals(settings: Settings, taxonomy: Taxonomy) -> None:
    """Nothing; ParamsError naming each goal of the params that is about a problem the taxonomy lacks."""
    faults = [
        fault
        for goal in settings.params.goals
        for fault in unknown(f"goals.{goal.name}.metric.category", goal.metric.category, taxonomy.names)
    ]
    if faults:
        raise ParamsError("\n".join(faults))


def _knowledge(settings: Settings) -> str:
    from voc_lib.run.record import known

    try:
        problems = _loaded(settings).names
    except VocError:
        problems = None
    found = known.load(settings, problems=problems)
    counted = f"{len(found.causes)} 个问题的根因、{len(found.measures)} 条措施、{len(found.promises)} 项承诺"
    read = counted if settings.params.knowledge else "这些部分会留空"
    return f"{known.place(settings)}：{read}{known.unread(settings)}"


def _stages(settings: Settings) -> str:
    """What is out of order about the stages of the measures at the end of the period, or that nothing is."""
    from voc_lib.improve import stages
    from voc_lib.run.record import known

    try:
        found = stages.faults(known.load(settings), as_of=settings.period.end)
    except VocError:
        return LATER
    return f"注意：{'；'.join(found)}" if found else "次序和日期都对得上"


def _register(settings: Settings) -> str:
    """How many corrections of this report there are, and what is to be told of those without feedback."""
    _codes(settings, _loaded(settings))
    held = registered.corrections(settings)
    if held.empty:
        return "还没有人工更正"
    gone = registered.lost(settings)
    words = f"{len(registered.own(settings, held))} 条人工更正"
    return f"{words}。注意：{gone}" if gone else words


def _codes(settings: Settings, taxonomy: Taxonomy) -> None:
    """Nothing; ParamsError naming all codes that corrections of this report carry and its taxonomy lacks."""
    held = registered.corrections(settings)
    codes = held.assign(code=held["tags"].str.split(schema.TAG_SEPARATOR)).explode("code")
    codes = codes.dropna(subset=["code"])
    strange = codes[~codes["code"].isin(taxonomy.aliases)]
    if strange.empty:
        return
    counts = registered.own(settings, strange)["code"].value_counts().sort_index()
    if len(counts):
        named = "、".join(f"{code}（{n} 条）" for code, n in counts.items())
        raise ParamsError(
            f"有 {counts.sum()} 条更正用了标签体系里没有的标签代码：{named}。标签改名请保留代码；"
            "并入别的标签请用 voc corrections merge，或把旧代码写进新标签的 aliases。"
        )


def _files(settings: Settings) -> Iterator[Finding]:
    found, faults = inputs.survey(settings)
    size = sum(item.path.stat().st_size for item in found)
    if found:
        yield Finding("文件", f"{len(found)} 个，共 {size / 2**20:.1f} MB")
    for fault in faults:
        yield Finding("文件", error=fault)
    for source in settings.params.sources:
        if source.url:
            yield looked(f"来源 {source.name}", lambda url=source.url: secret(url) and "环境变量已设置")  # type: ignore[misc]


def _notebook(settings: Settings, spec) -> str:  # type: ignore[no-untyped-def]
    notebooks.checked(settings, (spec,))
    return ""


def _fonts() -> str:
    from voc_lib.report import glyphs

    return f"{len(glyphs.covered())} 个字符有字形"


def _disk(settings: Settings) -> str:
    outputs = settings.outputs
    there = next(place for place in (outputs, *outputs.parents) if place.exists())
    if not there.is_dir():
        raise ParamsError(f"outputs：{there} 是文件，不能作输出文件夹。请改参数文件里的 outputs。")
    folders.require_space(there, outputs / settings.params.name / settings.period.label)
    return f"{outputs}（可用 {shutil.disk_usage(there).free / 2**30:.1f} GB）"
