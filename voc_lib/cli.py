"""`voc`: the command line. The only place that prints, configures logging and knows what time it is."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from voc_lib import __version__, verbs
from voc_lib.errors import OWN_WORDS, OvertakenError, ParamsError, VocError
from voc_lib.run.workflow import processes
from voc_lib.verbs import batch, history, mistakes, progress, published
from voc_lib.verbs.alerts import alerts
from voc_lib.verbs.archive import archive
from voc_lib.verbs.doctor import doctor
from voc_lib.verbs.frame import chinese
from voc_lib.verbs.knowledge import knowledge
from voc_lib.verbs.lab import lab
from voc_lib.verbs.plan import plan
from voc_lib.verbs.register import register
from voc_lib.verbs.running import accompanied, awaited, notify
from voc_lib.verbs.schedule import schedule
from voc_lib.verbs.trace import trace
from voc_lib.verbs.withdraw import withdraw
from voc_lib.verbs.words import ParamsFile, Period, Several, now

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Settings
    from voc_lib.run.check import Finding
    from voc_lib.run.workflow.choice import Choice
    from voc_lib.run.workflow.processes import Nest

Subject = Literal["customers", "crm"]
ABOUT = "对象：customers 客户的反馈，crm 员工对 CRM 系统的反馈与操作日志"
app = typer.Typer(
    help="客户之声：从零散的客户反馈，到措施，再到措施是否有效的证据。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="显示日志与错误的技术细节")]
Revision = Annotated[
    int, typer.Option("--register-revision", metavar="N", help="按登记库的第几次修订；不写则为最新")
]
INTERRUPTED = 130
STOPPED = "已停止，上一次的结果没有改变。"
TERMINATED = 143


@app.command()
def run(
    params: Several,
    *,
    period: Period = "",
    every: Annotated[bool, typer.Option("--all", help="PARAMS 是文件夹：其中的报告逐份运行")] = False,
    only: Annotated[
        str, typer.Option(metavar="STEP", help="只运行这一步（4 或 04_analyse），其余取自已发布的结果")
    ] = "",
    start: Annotated[str, typer.Option("--from", metavar="STEP", help="从这一步起运行到最后")] = "",
    force: Annotated[bool, typer.Option("--force", help="没有变化也重新运行")] = False,
    register_revision: Revision = 0,
    no_pdf: Annotated[bool, typer.Option("--no-pdf", help="不生成 PDF")] = False,
    no_notice: Annotated[bool, typer.Option("--no-notice", help="不通知 notices 里的人")] = False,
    verbose: Verbose = False,
) -> None:
    """运行全流程并发布报告；没有变化时什么也不做。"""
    _logging(verbose)
    quiet = no_notice or bool(only or start)

    def one(file: Path, shared: Nest | None = None) -> bool:
        settings = _settings(file, period, register_revision)
        wanted = shared is None and _sure(settings, asked=force or bool(only or start))
        with processes.ahead(wanted=wanted) as own:  # before all imports here
            from voc_lib.run.workflow.choice import Choice

            choice = Choice(only=only, start=start, force=force)
            return _report(settings, choice, shared or own, pdf=not no_pdf, quiet=quiet)

    if every:
        raise typer.Exit(batch.every(_folder(params), one, _sentence))
    if len(params) > 1:
        os.environ.update(processes.threads())  # a library with threads at work could not be forked
        shared = not (only or start) and any(_due(file, period, register_revision, force) for file in params)
        raise typer.Exit(_together(params, one, shared=shared))
    one(params[0])


def _folder(params: Sequence[Path]) -> Path:
    if len(params) > 1:
        raise ParamsError("--all 后请只写一个存放参数文件的文件夹。")
    return params[0]


def _due(file: Path, period: str, revision: int, force: bool) -> bool:
    """Whether a report will surely be run; what is wrong with it is said when its turn comes."""
    try:
        return _sure(_settings(file, period, revision), asked=force)
    except VocError:
        return False


def _together(files: Sequence[Path], one: Callable[..., bool], *, shared: bool) -> int:
    """Run reports two at a time; `shared`: from one nest, and what all import is imported before."""
    with processes.ahead(wanted=shared) as nest:
        from voc_lib.run.workflow import pipeline

        if shared:
            pipeline.prepare()
        return batch.together(files, partial(one, shared=nest), _sentence)


def _sure(settings: Settings, *, asked: bool) -> bool:
    """Whether a run will surely run steps, and soon."""
    from voc_lib.run.record import runs

    return (asked or runs.outdated(settings)) and not settings.params.wait  # that may take hours


def _report(settings: Settings, choice: Choice, nest: Nest | None, *, pdf: bool, quiet: bool) -> bool:
    """Run a report, say how it went, tell people unless `quiet`; whether anything had to be done."""
    from voc_lib.run.workflow import pipeline

    outputs = settings.params.render
    outputs = outputs.model_copy(update={"pdf": outputs.pdf and pdf})
    typer.echo(f"{settings.params.name} · {settings.period.title}")
    with progress.shown(settings) as told:
        clock = partial(now, settings.params.zone)
        runner = partial(pipeline.run, settings, clock=clock, choice=choice, outputs=outputs, nest=nest)
        work = partial(awaited, settings, partial(runner, progress=told))
        result = work() if quiet else accompanied(settings, work, clock)
    if result.unchanged:
        typer.echo("没有变化，未重新运行（需要时加 --force）。")
    _ledger(result.manifest)
    _noticed(result.manifest)
    _where(settings.outputs, result.folder, result.manifest)
    return not result.unchanged


@app.command()
def check(
    params: ParamsFile,
    period: Period = "",
    data: Annotated[bool, typer.Option("--data", help="同时读取数据文件，列出行数与表头映射")] = False,
    verbose: Verbose = False,
) -> None:
    """不运行，检查参数、标签体系、知识文件、数据文件、notebook 参数、字体和磁盘。"""
    _logging(verbose)
    settings = _settings(params, period)
    from voc_lib.notice import told
    from voc_lib.run import check as checks

    today = now(settings.params.zone).date()
    looked = chain(checks.findings(settings, today=today), told.findings(settings))
    found = [_shown(finding) for finding in looked]
    if data and not any(finding.error for finding in found):
        found += _data(settings)
        found += _log(settings) if settings.params.logs else []
    wrong = [finding.error for finding in found if finding.error]
    if wrong:
        typer.echo(f"有 {len(wrong)} 处需要修改。", err=True)
        raise typer.Exit(wrong[0].exit_code)
    typer.echo("可以运行。")


def _data(settings: Settings) -> list[Finding]:
    """The files read and said: rows, columns, notes, what changed, what a run would come to."""
    from voc_lib.collect import noticed
    from voc_lib.report.subject import said
    from voc_lib.run import check as checks

    finding, collected = checks.load(settings)
    if collected is None:
        return [_shown(finding)]
    _reads(collected.reads, collected.headers)
    done, _ = noticed.parted(collected.notes)
    told = [f"说明：{note}" for note in done] + checks.drift(settings, collected)
    told += ["", f"{settings.period.title}的报告将是这样：", *checks.outlook(settings, collected), ""]
    for line in told:
        typer.echo(_masked(said(line, settings.params.subject)))
    today = now(settings.params.zone).date()
    return [_shown(each) for each in (finding, *checks.arrived(settings, today, collected))]


def _log(settings: Settings) -> list[Finding]:
    """The operation log opened and said: rows, columns, notes."""
    from voc_lib.run import check as checks

    finding, log = checks.log(settings)
    if log is not None:
        _reads(log.reads, log.headers)
        for note in log.notes:
            typer.echo(f"说明：{note}")
    return [_shown(finding)]


@app.command()
def render(
    run: published.Run,
    history: Annotated[bool, typer.Option("--history", help="工作簿列出各期的反馈，不只列本期的")] = False,
    verbose: Verbose = False,
) -> None:
    """用已发布的结果重新生成 HTML、PDF、Excel，不重新计算。"""
    _logging(verbose)
    from voc_lib.run.workflow import afresh

    result = afresh.render_again(published.folder(run), history=history)
    _where(result.folder.parents[1], result.folder, result.manifest)


@app.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹")],
    subject: Annotated[Subject, typer.Option(help=ABOUT)] = "customers",
) -> None:
    """生成示例数据：客户反馈，或 CRM 的操作日志、员工名单与员工反馈；内含已知答案。"""
    from voc_lib.sample import shop, workplace

    (workplace if subject == "crm" else shop).write(folder)
    typer.echo(f"示例数据在 {folder}")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="新项目的文件夹，须为空")],
    subject: Annotated[Subject, typer.Option(help=ABOUT)] = "customers",
) -> None:
    """新建自己的项目：带注释的参数、标签体系、知识文件、notebook。"""
    from voc_lib.run import project

    project.create(folder, subject=subject)
    typer.echo(f"新项目在 {folder}。接下来：")
    typer.echo(f"  1. 把导出的文件放进 {folder / 'data'}")
    typer.echo(f"  2. 在 {folder / 'params.yaml'} 的 sources 里写上文件名")
    typer.echo(f"  3. voc check {folder / 'params.yaml'} --data")
    typer.echo(f"  4. voc run {folder / 'params.yaml'} --period 2026-09")
    typer.echo(f"  5. voc lab {folder}：在 JupyterLab 里看各步是否最新、打标、找根因、管措施")


@app.command()
def schema() -> None:
    """输出参数文件的 JSON Schema，供编辑器提示。"""
    from voc_lib import params

    typer.echo(params.schema_text(), nl=False)


def _quiet() -> None:
    _logging(verbose=False)


app.command()(archive)
app.command()(withdraw)
app.command()(verbs.quarantine)
app.command()(verbs.verify)
app.command("list")(history.list_runs)
app.command()(history.log)
app.command()(history.prune)
app.command()(trace)
app.command()(notify)
app.command()(alerts)
app.command()(doctor)
app.command()(schedule)
app.command()(lab)
app.add_typer(verbs.taxonomies, name="taxonomy", callback=_quiet)
app.add_typer(verbs.corrections, name="corrections", callback=_quiet)
app.add_typer(knowledge, name="knowledge", callback=_quiet)
app.add_typer(plan, name="plan", callback=_quiet)
app.add_typer(register, name="register", callback=_quiet)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="显示版本")] = False) -> None:
    if version:
        typer.echo(f"voc {__version__}")
        raise typer.Exit


chinese(app)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code of what happened."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        code = call(arguments)
    finally:
        signal.signal(signal.SIGTERM, before)
    sys.stdout.flush()
    sys.exit(code)


def call(arguments: Sequence[str]) -> int:
    """The exit code of one call; every error is said in one sentence on stderr."""
    try:
        code = int(app(list(arguments), standalone_mode=False) or 0)
        if code == INTERRUPTED:  # typer has caught it
            typer.echo(STOPPED, err=True)
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Exception, KeyboardInterrupt, _Terminated) as error:
        sentence, code = _sentence(error)
        if code == 1 and {"--verbose", "-v"} & set(arguments):
            typer.echo(_masked(traceback.format_exc()), err=True)
        typer.echo(sentence, err=True)
        return code


def _sentence(error: BaseException) -> tuple[str, int]:
    """What to say about an error, and the exit code."""
    if isinstance(error, OvertakenError):
        return str(error), error.exit_code
    if isinstance(error, VocError):
        return _masked(str(error)), error.exit_code
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return STOPPED, INTERRUPTED
    if isinstance(error, _Terminated):
        return "收到停止信号，上一次的结果没有改变。", TERMINATED
    if hasattr(error, "format_message"):
        return mistakes.sentence(error), ParamsError.exit_code
    what = f"{type(error).__name__}：{_masked(str(error))[:300]}"
    return f"程序内部出错（{what}）。加 --verbose 可看技术细节。", 1


class _Terminated(BaseException):
    """SIGTERM came."""


def _terminated(*_: Any) -> None:
    raise _Terminated


def _settings(file: Path, period: str, revision: int = 0) -> Settings:
    from voc_lib.params import load

    return load(file, period=period or None, today=datetime.now(UTC), revision=revision or None)


def _masked(words: str) -> str:
    from voc_lib.clean.privacy import mask_text

    return mask_text(words)


class _Masked(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        words = super().format(record)
        return words if OWN_WORDS.items() <= vars(record).items() else _masked(words)


def _logging(verbose: bool) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_Masked("%(levelname)s %(name)s: %(message)s" if verbose else "%(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True)
    if not verbose:
        for name in ("papermill", "nbclient", "traitlets", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _shown(finding: Finding) -> Finding:
    if finding.error is None:
        typer.echo(f"✓ {finding.subject}：{finding.detail}")
    else:
        typer.echo(f"✗ {finding.subject}：{_masked(str(finding.error))}", err=True)
    return finding


def _ledger(content: dict[str, Any]) -> None:
    lines = content.get("ledger", [])
    if not lines:
        return
    n = {key: sum(line[key] for line in lines) for key in lines[0] if isinstance(lines[0][key], int)}
    rated = f" + 只有评分 {n['rated']}" if n.get("rated") else ""
    typer.echo(
        f"读入 {n['read']} = 保留 {n['kept']} + 隔离 {n['quarantined']}；"
        f"保留 {n['kept']} = 并入 {n['merged']} + 独立问题 {n['issues']}{rated}；本期 {n['in_period']}"
    )
    if not n["in_period"]:
        typer.echo(f"注意：{content['period_title']}没有一条反馈，报告是空的。请核对报告期与文件里的日期。")


def _noticed(content: dict[str, Any], most: int = 8) -> None:
    """Say what was noticed while reading the files, the weightiest notes in full."""
    from voc_lib.collect import noticed
    from voc_lib.report.subject import said

    notes, subject = noticed.ordered(content.get("notes", [])), content["params"].get("subject")
    for note in notes[:most]:
        typer.echo(f"注意：{_masked(said(note, subject))}")
    if len(notes) > most:
        typer.echo(f"另有 {len(notes) - most} 处提示，见工作簿“读取提示”。")


def _where(outputs: Path, folder: Path, content: dict[str, Any]) -> None:
    """Say where to look: the index page, then every report and workbook."""
    typer.echo(f"首页：{outputs / 'index.html'}")
    for item in content["files"]:
        if item["path"].startswith(("reports/", "excel/")):
            typer.echo(f"  {folder / item['path']}")
    for line in content.get("audiences", []):
        typer.echo(f"  {line['name']}：{line['absent'] or folder / 'audiences' / line['name']}")


def _reads(reads: pd.DataFrame, headers: pd.DataFrame) -> None:
    """Say a ledger and which column is which field."""
    from voc_lib import schema as declared

    for frame, spec in ((reads, declared.READS), (headers, declared.HEADERS)):
        typer.echo(f"\n{spec.title}")
        named = frame[[name for name in spec.names if name in frame]].rename(columns=spec.labels)
        typer.echo("\t".join(named.columns))
        for row in named.astype("string").fillna("").itertuples(index=False):
            typer.echo(_masked("\t".join(row)))


if __name__ == "__main__":
    main()
