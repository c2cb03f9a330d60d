"""Verbs about what people know: between a YAML file and the register."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from voc_lib.verbs.words import By, ParamsFile, Why

knowledge = typer.Typer(help="根因、措施、承诺、回访：在 YAML 文件与登记库之间来回。", no_args_is_help=True)
Form = Annotated[Path, typer.Argument(metavar="FILE", help="YAML 文件")]
Replace = Annotated[
    bool, typer.Option("--replace", help="一切以文件为准：登记库里有、文件里没有的撤回，别人后来的改动不算")
]


@knowledge.command("import")
def read(params: ParamsFile, file: Form, *, replace: Replace = False, by: By = "", why: Why = "") -> None:
    """把文件里的改动写入登记库；与别人改的不同的栏合在一起；同一栏两人都改过时一处也不写，并列出两边。"""
    from voc_lib.exchange import form
    from voc_lib.exchange.bench import bench
    from voc_lib.register import known

    at = bench(str(params), who=by)
    wanted = form.edits(at, file, replace=replace)
    joined = known.joined(wanted, at.state())
    count = at.save(wanted, why=why, origin=file.name)
    done = f"{count} 处写入登记库（第 {at.revision()} 次修订）。" if count else "没有改动。"
    for told in joined:
        typer.echo(f"{told}。")
    typer.echo(f"{done}{form.settled(at, file)}{at.unread()}")


@knowledge.command("export")
def export(params: ParamsFile, file: Form) -> None:
    """把登记库里的根因、措施、承诺、回访写成 YAML 文件，改好后可再导入。"""
    from voc_lib.exchange import form
    from voc_lib.exchange.bench import bench

    at = bench(str(params))
    typer.echo(f"登记库第 {form.export(at, file)} 次修订写到 {file}。{at.unread()}")


@knowledge.command("diff")
def diff(params: ParamsFile, file: Form, *, replace: Replace = False) -> None:
    """导入这个文件会改动登记库的哪些地方，逐条列出；不改动任何内容。"""
    from voc_lib.exchange import form
    from voc_lib.exchange.bench import bench
    from voc_lib.register import known

    at = bench(str(params))
    wanted = form.edits(at, file, replace=replace)
    held = at.state()
    conflicts, joined = known.conflicts(wanted, held), known.joined(wanted, held)
    changes = [line for wish in wanted for line in wish.told]
    told = [*(f"合并\t{each}" for each in joined), *(f"冲突\t{each}" for each in conflicts)]
    for line in [*changes, *told]:
        typer.echo(line)
    of = f"，在 {len(wanted)} 条里" if len(changes) != len(wanted) else ""
    clash = f"，{len(conflicts)} 处与别人的改动冲突，不能导入" if conflicts else ""
    typer.echo(f"共 {len(changes)} 处不同{of}{clash}。" if wanted else "没有不同。")


@knowledge.command("log")
def log(params: ParamsFile) -> None:
    """列出谁在何时改了什么、为什么、来自哪个文件。"""
    from voc_lib.exchange.bench import bench
    from voc_lib.register import known

    at = bench(str(params))
    changes = known.told(known.history(at.engine, at.report))
    for line in changes:
        typer.echo(line)
    typer.echo(f"共 {len(changes)} 条记录。")


@knowledge.command("schema")
def schema() -> None:
    """输出根因与措施文件的 JSON Schema，供编辑器提示。"""
    from voc_lib.knowledge import schema_text

    typer.echo(schema_text(), nl=False)
