"""What a notebook holds in its hands: params, period, the tables before it, and a place for its own."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from voc_lib import params as params_module
from voc_lib import schema, whole
from voc_lib.audience import Audience
from voc_lib.errors import DataError, did_you_mean
from voc_lib.knowledge import parts
from voc_lib.params import Params, Settings
from voc_lib.period import Period
from voc_lib.report import subject
from voc_lib.run import notebooks, steps, tables, vocabulary
from voc_lib.run.audience import place
from voc_lib.run.record import freshness, inputs, preceding, registered, runs
from voc_lib.run.steps import MAKER, StepSpec
from voc_lib.run.workflow import byhand

if TYPE_CHECKING:
    import sqlalchemy

    from voc_lib.engine import Engine
    from voc_lib.knowledge import Knowledge
    from voc_lib.stats.alerts import Alert
    from voc_lib.tag.memory import Memory
    from voc_lib.tag.taxonomy import Taxonomy
    from voc_lib.tag.versions import Change
    from voc_lib.text.segmentation import Segmenter
    from voc_lib.usage.log import Log

_log = logging.getLogger(__name__)


def open_step(step_name: str, params_file: str, *, period: str = "", folder: str = "") -> Step:
    """The step a notebook works on.

    Without `folder` (opened by hand) it works in `outputs/.work/<name>/<period>/`, makes what it misses and
    says an error of the house in its sentence alone.
    """
    if not folder:
        byhand.speak_plainly()
    spec = steps.find(step_name)
    settings = params_module.load(params_file, period=period or None, today=datetime.now(UTC))
    work = Path(folder) if folder else runs.work_folder(settings)
    (work / "tables").mkdir(parents=True, exist_ok=True)
    settings = registered.left(settings, work)
    subject.speak_of(settings.params.subject)
    audience = place.left(settings, work)
    own = notebooks.locate(step_name, settings.folder).parent != notebooks.home()  # may draw as it likes
    if folder and audience is None and not own:
        _keep_charts(settings)
    return Step(spec=spec, settings=settings, folder=work, interactive=not folder, audience=audience)


def _keep_charts(settings: Settings) -> None:
    """Let a run take charts it drew before, of the same values by the same program."""
    from voc_lib.report.plots import kept

    def program() -> str:
        return freshness.digest(inputs.code_hash(settings, ()), inputs.versions())

    kept.keep(kept.Shelf(settings.memory / "charts", program))


@dataclass(frozen=True)
class Step:
    """One step of one run: read the tables before it, save its own."""

    spec: StepSpec
    settings: Settings
    folder: Path
    interactive: bool = False
    audience: Audience | None = None  # for whom alone this is made
    used: dict[str, str] = field(default_factory=dict)  # what was read besides tables, by hash
    seen: dict[str, str] = field(default_factory=dict)  # tables read, by hash
    known: set[str] = field(default_factory=set)  # parts of the knowledge that were read
    stale: set[str] = field(default_factory=set)  # steps whose tables were said to be older
    written: dict[str, int] = field(default_factory=dict)  # tables `put` has written, by rows

    @property
    def params(self) -> Params:
        """The validated params; an audience's rows are not weighted to the base of all."""
        params = self.settings.params
        return params.model_copy(update={"weighting": []}) if self.audience else params

    @property
    def period(self) -> Period:
        """The period reported on."""
        return self.settings.period

    @property
    def total(self) -> int | None:
        """The problems of the whole report, where the audience this is made for may see it."""
        return place.total(self.folder)

    @property
    def archive(self) -> Path:
        """The folder that keeps the history of this report."""
        return self.settings.archive

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy the params name."""
        from voc_lib import tag

        self._uses("taxonomy")
        return tag.load(self.params.industry, folder=self.settings.folder)

    def change(self, tagged: pd.DataFrame) -> Change | None:
        """What the taxonomy changed since the report before; None when it is the same or there was none."""
        from voc_lib.run.record import taxonomies

        self._uses("earlier")
        return taxonomies.change(self.settings, self.taxonomy, tagged)

    @cached_property
    def former(self) -> Taxonomy | None:
        """The other taxonomy the report before was made by; None when it is the same or there was none."""
        from voc_lib.run.record import taxonomies

        self._uses("earlier")
        return taxonomies.former(self.settings, self.taxonomy)

    def preceding(self) -> tuple[Period, dict[str, pd.DataFrame]] | None:
        """The period of the report before this one and the tables it is compared with; None without one.

        Tags called otherwise since have their present names.
        """
        from voc_lib.tag import versions

        self._uses("preceding")
        found = preceding.tables(self.settings, place.record(self.audience.name) if self.audience else "")
        if found is None:
            return None
        names = versions.renamed(self.former, self.taxonomy) if self.former else {}
        period, frames = found
        shaped = {name: schema.shape(frame, schema.table(name)) for name, frame in frames.items()}
        return period, {name: preceding.called(frame, names) for name, frame in shaped.items()}

    def segmenter(self, products: pd.Series) -> Segmenter:
        """Cuts texts into words; those of the params' `userdict` and the names of the products stay whole."""
        self._uses("words")
        return vocabulary.segmenter(self.settings, products)

    @cached_property
    def engine(self) -> Engine:
        """Where words are masked and read, as the params say."""
        from voc_lib.engine import opened

        return opened(self.params.engine)

    def memory(self, products: pd.Series) -> Memory:
        """What runs of this report have read off texts while program, taxonomy and words were these."""
        from voc_lib.tag.memory import SHORT, Memory

        names = sorted(products.dropna().unique())
        mark = freshness.mark(self.settings, self.spec, ("code", "taxonomy", "words"), names)
        about = (self.taxonomy.digest[:SHORT], mark, self.params.segmentation)
        return Memory(self.settings.memory, "-".join(about))

    @cached_property
    def stopwords(self) -> frozenset[str]:
        """Words that are no keywords: the house's and those of the params' `stopwords`."""
        self._uses("words")
        return vocabulary.stopwords(self.settings)

    @cached_property
    def knowledge(self) -> Knowledge:
        """Causes, measures, promises and revisits people wrote down, personal data masked but for owners.

        Empty when the params name neither a file nor the register; `known` remembers what is read of it.
        """
        from voc_lib import knowledge
        from voc_lib.clean import written

        if self.params.knowledge is None:
            return knowledge.Knowledge()
        found = written.masked(self._entered)
        if self.audience is None:
            return parts.watched(found, self.known)
        ids = tables.read_table(self.folder / "tables" / "tagged.parquet", columns=["feedback_id"])
        own = place.own(self.settings, self.audience, found, self.taxonomy)
        return own.knowledge(ids["feedback_id"])

    @cached_property
    def _entered(self) -> Knowledge:
        from voc_lib.run.record import known

        return known.load(self.settings, problems=self.taxonomy.names)

    @cached_property
    def alerts(self) -> list[Alert]:
        """Every state of the report's alerts (`voc alerts`) up to its period's end; none for an audience."""
        if self.audience:
            return []
        self._uses("alerts")
        return registered.alerts(self.settings)

    @cached_property
    def key(self) -> bytes:
        """The key of the customer pseudonyms."""
        from voc_lib.clean import privacy

        self._uses("key")
        return privacy.load_key(self.settings.outputs / ".keys")

    @cached_property
    def log(self) -> Log:
        """The operation log the params name: events of people, who and what there is, the ledger."""
        from voc_lib.usage import log

        self._uses("inputs")
        return log.opened(self.settings, self.key)

    @cached_property
    def register(self) -> sqlalchemy.Engine:
        """The register of what people corrected, made when there is none."""
        return registered.opened(self.settings)

    def corrections(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What people set for some of these rows: `feedback_id, tags, urgency, intent`, for `tag.label`."""
        self._uses("register")
        return registered.of(rows, registered.corrections(self.settings))

    def lost(self, rows: pd.DataFrame) -> str:
        """A sentence about corrections whose feedback is neither archived nor among these rows, or ""."""
        self._uses("register")
        return registered.lost(self.settings, rows)

    def answers(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What people answered blind about some of these rows, for `tag.quality`."""
        self._uses("register")
        return registered.of(rows, registered.answers(self.settings))

    def judgements(self, problems: pd.Series) -> pd.DataFrame:
        """What judges scored these problems by six criteria, from the sheets the params name."""
        from voc_lib.rootcause import judges

        self._uses("scores")
        return judges.read(self.settings, problems)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """run.json of the last published run of this period, or {}."""
        try:
            return json.loads((runs.published_folder(self.settings) / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def read(self, name: str, columns: Sequence[str] = ()) -> pd.DataFrame:
        """A table an earlier step wrote; by hand, the newest there is, and it is made when there is none.

        With `columns` these alone are read.
        """
        spec = schema.table(name)
        before = steps.upstream(self.spec.name)
        if MAKER.get(name) not in [*before, self.spec.name]:
            allowed = [table for table, maker in MAKER.items() if maker in before]
            raise DataError(
                f"步骤 {self.spec.name} 不能读取表 {name}，它不在上游。{did_you_mean(name, allowed)}"
            )
        path = self._newest(name)
        if path is None and self.interactive:
            self._make(before)
            path = self._newest(name)
        if path is None:
            title = subject.said(spec.title)
            raise DataError(f"表《{title}》({name}) 还没有写出，它来自步骤 {MAKER[name]}。请先运行那一步。")
        self.seen[name] = inputs.sha256(path)
        self._warn_of_stale(name, path.parents[1])
        spec = spec.of(columns) if columns else spec
        return schema.shape(tables.read_table(path, spec.names), spec)

    def _uses(self, part: str) -> None:
        """Remember the hash of something that is about to be read."""
        self.used[part] = freshness.part(part, self.settings, self.spec)

    def _warn_of_stale(self, name: str, folder: Path) -> None:
        """By hand: one line for a step whose tables were made from what has changed since."""
        maker = MAKER[name]
        if not self.interactive or maker in self.stale:
            return
        record = runs.record(folder, maker)
        if record and (changed := freshness.changes(record, self.settings, maker, folder)):
            self.stale.add(maker)
            words = "注意：第 %s 步“%s”的结果（《%s》等表）算出以后改动过%s，请先重新运行这一步。"
            made, table = steps.find(maker), schema.table(name)
            told = [subject.said(part) for part in (made.title, table.title, "、".join(changed))]
            _log.warning(words, made.number, *told)

    def put(self, **frames: pd.DataFrame | Iterator[pd.DataFrame]) -> None:
        """Write some of the step's tables, each checked, once they are made: `save` asks for the others.

        A table of all months need not be held until then, nor be whole: its parts may be made one after the
        other. From here on the step counts as not done.
        """
        self._known(frames)
        self._sentinel.unlink(missing_ok=True)
        for name, frame in frames.items():
            if isinstance(frame, pd.DataFrame):
                self.written[name] = self._write(tables.checked(name, frame), name)
            else:
                self.written[name] = tables.write_parts(name, frame, self._path(name))

    def save(self, **frames: pd.DataFrame) -> None:
        """Write exactly the step's tables, each checked, then the sentinel that says the step is complete."""
        self._complete(frames)
        shaped = {name: tables.checked(name, frames[name]) for name in self.spec.tables if name in frames}
        rows = self.written | {name: self._write(frame, name) for name, frame in shaped.items()}
        rows = {name: rows[name] for name in self.spec.tables}
        if self.known:
            self.used[freshness.known(self.known)] = freshness.digest(parts.told(self._entered, self.known))
        said = freshness.told(self.seen, self.used)
        said = freshness.completed(said, self.settings, self.spec) if self.interactive else said
        words = json.dumps({"step": self.spec.name, "rows": rows, **said}, ensure_ascii=False, indent=1)
        whole.replace(self._sentinel, words.encode())

    @property
    def _sentinel(self) -> Path:
        return self.folder / "results" / f"{self.spec.name}.json"

    def _path(self, name: str) -> Path:
        return self.folder / "tables" / f"{name}.parquet"

    def _write(self, frame: pd.DataFrame, name: str) -> int:
        """How many rows the table, now on disk, has."""
        tables.write_table(frame, self._path(name))
        return len(frame)

    def _complete(self, frames: Mapping[str, Any]) -> None:
        missing = [name for name in self.spec.tables if name not in {**self.written, **frames}]
        if missing:
            raise DataError(f"步骤 {self.spec.name} 的 step.save 缺少表：{'、'.join(missing)}。")
        self._known(frames)

    def _known(self, frames: Mapping[str, Any]) -> None:
        extra = [name for name in frames if name not in self.spec.tables]
        if extra:
            hint = did_you_mean(extra[0], self.spec.tables) if self.spec.tables else "这一步不写表。"
            raise DataError(f"步骤 {self.spec.name} 的 step.save 多了表：{'、'.join(extra)}。{hint}")

    def _newest(self, name: str) -> Path | None:
        places = [self.folder]
        if self.interactive:
            places.append(runs.published_folder(self.settings))
        return runs.newest(places, name)

    def _make(self, before: list[str]) -> None:
        """Run the earlier steps whose tables are missing, each in a kernel of its own."""
        from voc_lib.run.workflow import engine, optional

        for name in before:
            spec = steps.find(name)
            if all(self._newest(table) for table in spec.tables):
                continue
            if why := optional.lacking(spec, self.folder):
                optional.leave_out(spec, self.folder, why)
                self._recorded(spec)
                continue
            _log.warning("先运行上游步骤 %s（%s）…", spec.name, subject.said(spec.title))
            with ThreadPoolExecutor(1) as thread:  # a kernel's own thread already runs an event loop
                thread.submit(
                    engine.execute, spec, self.settings, self.folder, limits=engine.Limits()
                ).result()
            self._recorded(spec)

    def _recorded(self, spec: StepSpec) -> None:
        """Keep what a step made here need not say that it read: else nobody sees when that changes."""
        said = runs.record(self.folder, spec.name)
        words = {**said, **freshness.completed(said, self.settings, spec)}
        path = self.folder / "results" / f"{spec.name}.json"
        whole.replace(path, json.dumps(words, ensure_ascii=False, indent=1).encode())
