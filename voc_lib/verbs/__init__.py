"""Verbs about taxonomies, corrections and what a run left: what they take, and what they print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voc_lib.errors import DataError
from voc_lib.verbs import published
from voc_lib.verbs.published import Run
from voc_lib.verbs.words import Folder, ParamsFile, Period, Why

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.tag.taxonomy import Taxonomy

taxonomies = typer.Typer(help="标签体系：检查、比较、看命中多少反馈。", no_args_is_help=True)
corrections = typer.Typer(help="人工更正：用 Excel 复核，查看与撤回，合并与拆分标签。", no_args_is_help=True)
Older = Annotated[str, typer.Argument(metavar="OLD", help="旧版：内置名称、YAML 文件，或已发布的运行")]
Newer = Annotated[str, typer.Argument(metavar="NEW", help="新版：内置名称、YAML 文件，或已发布的运行")]
Checked = Annotated[str, typer.Argument(metavar="TAXONOMY", help="内置名称，或自己的 YAML 文件")]
Workbook = Annotated[Path, typer.Argument(metavar="FILE", help="Excel 文件（.xlsx）")]
Coder = Annotated[str, typer.Option("--coder", metavar="NAME", help="标注人；不写则为当前登录的用户")]
Blind = Annotated[bool, typer.Option("--blind", help="独立标注：看不到他人的答案，也不改动标签")]
Held = Annotated[str, typer.Argument(metavar="OLD", help="更正里的旧标签：名称或代码")]
Feedback = Annotated[str, typer.Argument(metavar="ID", help="反馈ID，写法同 list，例如 工单:10086")]
Field = Annotated[
    str,
    typer.Option(
        metavar="FIELD", help="更正的是哪一项：tags、intent、urgency、customer_type、mood、issue_id"
    ),
]
Into = Annotated[str, typer.Argument(metavar="NEW", help="改成哪个标签：名称或代码")]
OneTag = Annotated[str, typer.Option("--tag", metavar="TAG", help="只看一个标签，列出它的每条规则")]
Accept = Annotated[bool, typer.Option("--accept", help="写进自己的标签体系，并改参数文件的 industry")]
MOST, WIDE = 15, 40  # rules listed, characters of each
Size = Annotated[int, typer.Option(min=1, help="最多导出多少条待复核的反馈")]


def quarantine(run: Run, folder: Folder) -> None:
    """把隔离区写成 CSV，每个来源文件一份：改好后再导入同一来源。"""
    from voc_lib.run import quarantined

    written = quarantined.write(published.folder(run), folder)
    if not written:
        typer.echo("没有被隔离的行。")
        return
    for item in written:
        typer.echo(f"{item.path}\t{item.rows} 行")
    for said, side in (("sources 中给同名来源加上 mended", False), ("附表下加上 mended", True)):
        entries = quarantined.entries([item for item in written if bool(item.side) == side])
        if entries:
            typer.echo(f"按“隔离原因”改好后，在参数文件的 {said}：")
        for entry in entries:
            typer.echo(f"  {entry}")


def verify(run: Run) -> None:
    """核对已发布的报告：每个文件与发布时是否一字不差。"""
    from voc_lib.errors import DataError
    from voc_lib.run.record import manifest

    folder = published.folder(run)
    if faults := manifest.verify(folder):
        lines = "".join(f"\n  · {fault}" for fault in faults)
        raise DataError(f"{folder.name} 有 {len(faults)} 处与发布时不同：{lines}\n请用 --force 重新运行。")
    typer.echo("每个文件都与发布时一字不差。")


@taxonomies.command("check")
def check(taxonomy: Checked) -> None:
    """检查标签体系：上级、重名、短语冲突、例句是否命中；能用但多半不是本意的写法列为提醒。"""
    from voc_lib import tag
    from voc_lib.tag.doubts import doubts
    from voc_lib.tag.library import chain

    found = tag.load(taxonomy)
    noticed = doubts(found, chain(taxonomy, Path()))
    rules = sum(len(x.phrases) + len(x.weak) + len(x.patterns) + len(x.pairs) for x in found.tags)
    about = f"{found.title or found.name}（版本 {found.version}）"
    typer.echo(f"{about}：{len(found.tags)} 个标签、{rules} 条规则，没有问题。")
    if noticed:
        typer.echo("".join([f"{len(noticed)} 处提醒：", *(f"\n  · {words}" for words in noticed)]))


@taxonomies.command("diff")
def diff(old: Older, new: Newer) -> None:
    """比较两个版本的标签体系：标签按代码对应，逐条列出增删改；运行的文件夹代表当时用的版本。"""
    from voc_lib.tag import versions

    changes = versions.diff(_taxonomy(old), _taxonomy(new))
    for row in changes.to_dict("records"):
        what = " → ".join(word for word in (row["old"], row["new"]) if word)
        typer.echo(f"{row['tag']}\t{row['field']}\t{row['change']}\t{what}")
    typer.echo(f"共 {len(changes)} 处不同。" if len(changes) else "没有不同。")


def _taxonomy(named: str) -> Taxonomy:
    """The taxonomy of a name or file, or the one a published run was tagged with."""
    from voc_lib import tag
    from voc_lib.run.record import taxonomies

    place = Path(named).expanduser()
    return taxonomies.of_run(place.resolve()) if place.is_dir() else tag.load(named)


@taxonomies.command("coverage")
def coverage(params: ParamsFile, period: Period = "", tag: OneTag = "") -> None:
    """本期各标签命中多少反馈、哪些规则与别的标签相撞；还没有结果时先运行前两步。"""
    from voc_lib.tag import versions
    from voc_lib.widgets import session

    step = session.step_of(str(params), period=period)
    tagged = step.read("tagged")
    rows = tagged[step.period.mask(tagged["created_at"])].reset_index(drop=True)
    by_rule, by_tag = versions.coverage(rows, step.taxonomy)
    typer.echo(f"{step.period.title}，{len(rows)} 条反馈：")
    if tag:
        _rules(by_rule[by_rule["tag"] == step.taxonomy.tag(tag).name])
        return
    rules, silent = by_rule["tag"].value_counts(), by_rule.loc[by_rule["hits"] == 0, "tag"].value_counts()
    for name, n, share in zip(by_tag["tag"], by_tag["n"], by_tag["share"], strict=True):
        unheard = f"{rules[name]} 条规则中 {silent.get(name, 0)} 条没有命中" if name in rules else ""
        typer.echo(f"  {name}\t{n} 条\t{share:.1%}\t{unheard}".rstrip())
    clashing = by_rule[by_rule["conflict"] > 0].sort_values("conflict", ascending=False, kind="stable")
    if len(clashing):
        typer.echo(f"{len(clashing)} 条规则命中的反馈同时命中别的标签，最多的：")
        _rules(clashing.head(MOST).assign(rule=clashing["rule"].str.slice(0, WIDE)))
    typer.echo("一个标签的全部规则：加 --tag 标签名；完整的表见工作簿 “规则体检”。")


@taxonomies.command("suggest")
def suggest(params: ParamsFile, *, period: Period = "", accept: Accept = False) -> None:
    """把本期 “其他” 归成几组标签；--accept 写进自己的标签体系，并让参数文件用它。"""
    from voc_lib.tag import suggest as cold
    from voc_lib.widgets import adoption, rewrite, session

    step = session.step_of(str(params), period=period)
    found = session.suggested(step, *session.problems(step))
    for group in found:
        typer.echo("\n  ".join(cold.said(group)))
    if not found:
        typer.echo(f"{step.period.title}的 “其他” 里没有能归成一组的说法。")
        return
    if not accept:
        typer.echo(f"\n{cold.as_yaml(found, step.taxonomy, extends=step.params.industry)}")
        typer.echo("合用时加 --accept；要逐组改名、取舍，用 notebooks/workbench/tagging.ipynb。")
        return
    made = adoption.adopt(step.settings, found, seen=rewrite.stamp(step.settings.file))
    industry = made.settings.params.industry
    typer.echo(f"{len(found)} 组写到 {made.file}，参数文件的 industry 是 {industry}。再运行一次即生效。")


def _rules(table: pd.DataFrame) -> None:
    """Print what each rule hits, one to a line."""
    typer.echo("  命中\t独占\t重叠\t冲突\t被否定\t标签：规则")
    for row in table.to_dict("records"):
        counts = [str(row[name]) for name in ("hits", "unique", "overlap", "conflict", "negated")]
        typer.echo("  " + "\t".join([*counts, f"{row['tag']}：{row['rule']}"]))


@corrections.command("export")
def export(
    params: ParamsFile,
    file: Workbook,
    *,
    period: Period = "",
    coder: Coder = "",
    blind: Blind = False,
    size: Size = 200,
) -> None:
    """把待复核的反馈与已有更正写成 Excel，供没有 Jupyter 的同事填写 “新标签”。"""
    from voc_lib.widgets import session, workbook

    step = session.step_of(str(params), period=period)
    desk = session.desk(step, coder=coder, blind=blind)
    count = workbook.export(file, session.asked(step, desk, size=size), session.texts(step), desk)
    if blind and not count:
        typer.echo(f"本期的独立标注样本您已全部标完；要标更多，请把 --size 调到 {size} 以上。")
        return
    back = f"voc corrections import {params} {file}{' --blind' if blind else ''}"
    typer.echo(f"{count} 条待复核的反馈写到 {file}。填好 “新标签” 后：{back}")


@corrections.command("import")
def read(
    params: ParamsFile, file: Workbook, *, period: Period = "", coder: Coder = "", blind: Blind = False
) -> None:
    """读回填好的 Excel，写入登记库；有一行不对就一条也不导入。"""
    from voc_lib.widgets import session, workbook

    step = session.step_of(str(params), period=period)
    desk = session.desk(step, coder=coder, blind=blind)
    result = workbook.read(file, desk, known=session.spellings(step))
    typer.echo(result.said())
    if result.conflicts:
        raise typer.Exit(DataError.exit_code)


@corrections.command("list")
def listed(params: ParamsFile) -> None:
    """列出登记库里生效的更正（原来 → 改为、谁、何时、为何）、还没有解决的冲突和找不到的反馈。"""
    from voc_lib.run.record import registered
    from voc_lib.widgets import journal, session

    step = session.step_of(str(params))
    rows = journal.entries(session.desk(step))
    for row in rows.to_dict("records"):
        change = f"{row['label']}：{row['old'] or '（无）'} → {row['new'] or '（撤回）'}"
        when = f"{row['who']}\t{row['at']:%Y-%m-%d %H:%M}\t{row['why']}"
        typer.echo(f"{row['state']}\t{row['feedback_id']}\t{change}\t{when}")
    held = int((rows["state"] == journal.IN_FORCE).sum())
    typer.echo(f"{held} 条更正生效，{len(rows) - held} 条冲突待解决。{registered.lost(step.settings)}")


@corrections.command("withdraw")
def withdraw(
    params: ParamsFile, feedback: Feedback, *, field: Field = "tags", why: Why = "", coder: Coder = ""
) -> None:
    """撤回一条生效的更正：反馈恢复为规则的结果，经过仍留档。"""
    from voc_lib.widgets import session

    desk = session.desk(session.step_of(str(params)), coder=coder)
    if told := desk.withdraw(feedback, field, why=why):
        raise DataError(told)
    typer.echo(f"{feedback} 的更正已撤回，下次运行时生效。")


@corrections.command("merge")
def merge(params: ParamsFile, old: Held, new: Into, *, coder: Coder = "") -> None:
    """把登记库里旧标签的更正全部改成新标签；要么全部改好，要么一条不改。"""
    from voc_lib.register import tags
    from voc_lib.widgets import session

    desk = session.desk(session.step_of(str(params)), coder=coder)
    code = tags.code(desk.engine, old, desk.taxonomy)
    count = tags.merge(desk.engine, code, tags.encode([new], desk.taxonomy), who=desk.who, at=desk.clock())
    typer.echo(f"{count} 条更正由 “{old}” 改为 “{new}”。" if count else f"没有更正用到 “{old}”。")


@corrections.command("split")
def split(params: ParamsFile, old: Held, file: Workbook, *, coder: Coder = "") -> None:
    """按 Excel 的 “新标签” 逐条拆开旧标签；没有填的仍是旧标签，其他标签不动。"""
    from voc_lib.register import tags
    from voc_lib.widgets import session, workbook

    desk = session.desk(session.step_of(str(params)), coder=coder)
    code = tags.code(desk.engine, old, desk.taxonomy)
    chosen = {
        ident: tags.encode(names, desk.taxonomy).split(tags.SEPARATOR)
        for ident, names in workbook.choices(file, desk).items()
    }
    count = tags.split(desk.engine, code, lambda ident: chosen.get(ident, []), who=desk.who, at=desk.clock())
    left, idle = tags.used(desk.engine).get(code, 0), len(chosen) - count
    typer.echo(f"{count} 条更正的 “{old}” 已拆开，{left} 条仍是 “{old}”；表里 {idle} 行没有改动任何更正。")
