"""The verb that says what is archived, and makes it small."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voc_lib.errors import DataError, ParamsError

if TYPE_CHECKING:
    import pandas as pd

    from voc_lib.params import Settings

Where = Annotated[Path, typer.Argument(metavar="PARAMS", help="参数文件；或输出文件夹，列出其中各份报告")]
Compact = Annotated[bool, typer.Option("--compact", help="内容不变，文件压到最小；删除不再使用的打标记忆")]
MB = 2**20


def archive(params: Where, *, compact: Compact = False) -> None:
    """列出归档的月份、条数、大小和文件，以及打标记忆；--compact 压缩。"""
    if params.is_dir():
        if compact:
            raise ParamsError("--compact 一次压缩一份报告的归档，请写参数文件，不写输出文件夹。")
        _reports(params)
        return
    from voc_lib import params as params_file
    from voc_lib.run import upkeep

    settings = params_file.load(params, today=datetime.now(UTC))
    before = upkeep.kept(settings)
    if compact:
        upkeep.compact(settings)
    held = upkeep.kept(settings)
    _told(settings, held)
    if compact:
        typer.echo(_saved(before, held))
    _faults(held)


def _reports(outputs: Path) -> None:
    from voc_lib.run.record import archived

    held = archived.held(outputs)
    for report, months in held.groupby("report", sort=False):
        total, size = months["rows"].sum(), months["bytes"].sum() / MB
        typer.echo(f"{report}：{len(months)} 个月，共 {total} 条，{size:.1f} MB")
        for month, rows in zip(months["month"], months["rows"], strict=True):
            typer.echo(f"  {month}  {rows} 条")
    if held.empty:
        typer.echo(f"{outputs} 的归档是空的。")


def _told(settings: Settings, held: pd.DataFrame) -> None:
    from voc_lib.run import upkeep

    typer.echo(f"{settings.params.name}：归档在 {settings.archive}")
    for part in (upkeep.WORDED, upkeep.RATED):
        rows = held[held["part"] == part]
        typer.echo(f"{part}：{_sum(rows)}，共 {rows['rows'].sum()} 条")
        counts = (rows["rows"].astype("str") + " 条").fillna("已损坏")
        for line in rows.assign(rows=counts).to_dict("records"):
            typer.echo(f"  {line['month']}  {line['rows']}  {_size(line['bytes'])}")
    read = held[held["part"] == upkeep.READ]
    idle = read[read["idle"]]
    more = f"；其中 {_sum(idle)} 已不再使用，--compact 会删除" if len(idle) else ""
    typer.echo(f"{upkeep.READ}（可重新生成）：{_sum(read)}{more}")


def _sum(rows: pd.DataFrame) -> str:
    return f"{rows['month'].nunique()} 个月、{len(rows)} 个文件、{_size(rows['bytes'].sum())}"


def _size(count: float) -> str:
    return f"{count / MB:.2f} MB"


def _saved(before: pd.DataFrame, after: pd.DataFrame) -> str:
    saved = before["bytes"].sum() - after["bytes"].sum()
    if not saved:
        return "已经是最小，没有改动。"
    gone = int(before["idle"].sum() - after["idle"].sum())
    pruned = f"，删除打标记忆 {gone} 个文件" if gone else ""
    return f"腾出 {_size(saved)}{pruned}；反馈一条不少。"


def _faults(held: pd.DataFrame) -> None:
    """Say what is strange; DataError where a month cannot be read."""
    from voc_lib.run import upkeep

    worded = held[held["part"] == upkeep.WORDED]
    empty = sorted({*worded.loc[worded["rows"] == 0, "month"], *upkeep.gaps(worded["month"])})
    if empty:
        typer.echo(f"注意：{'、'.join(empty)} 没有一条反馈；若不是真的没有，请补上这几个月的数据。")
    broken = held[held["rows"].isna() & (held["part"] != upkeep.READ)]
    if len(broken):
        names = "、".join(broken["part"] + " " + broken["month"])
        raise DataError(f"归档已损坏：{names}。请从备份恢复，或移走后重新导入该月。")
