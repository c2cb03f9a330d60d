"""What people know as the YAML file it can be written in: out of the register, and back into it."""

from __future__ import annotations

import re
from pathlib import Path

from voc_lib import knowledge, whole
from voc_lib.errors import DataError, ParamsError, PublishError
from voc_lib.exchange.bench import Bench
from voc_lib.register import known
from voc_lib.register.known import Edit
from voc_lib.yamlfile import explained, read_yaml

HEAD = "# {report}：登记库第 {revision} 次修订。改好后用 voc knowledge import 写回；请保留这一行。"
MARK = re.compile(r"^# (.*)：登记库第 (\d+) 次修订[^\r\n]*", re.M)


def export(bench: Bench, file: Path) -> int:
    """The revision written to a file of what is known; a file that says something else is left alone.

    One that says the same keeps its words, comments too, and gets the revision.
    """
    revision = bench.revision()
    held = knowledge.read(known.raw(bench.state(revision)))
    if file.exists():
        if _known(bench, file) == held:
            _mark(bench, file, revision)
            return revision
        raise ParamsError(
            f"{file} 已存在，内容与登记库不同。为了不覆盖改动，请换一个文件名；"
            "两者的差别可用 voc knowledge diff 查看。"
        )
    text = f"{HEAD.format(report=bench.report, revision=revision)}\n{knowledge.dump(held)}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PublishError(f"无法写入 {file}：{error.strerror or error}。请检查文件夹和权限。") from None
    return revision


def edits(bench: Bench, file: Path, *, replace: bool = False) -> list[Edit]:
    """What a file changes of the revision it was written from; of what stands now, to `replace` that.

    DataError where the file does not say its revision, or that of another report, and the register is not
    empty.
    """
    wanted, now = _known(bench, file), bench.state()
    if replace or not known.rows(now):
        return known.edits(now, wanted)
    found = MARK.search(file.read_text(encoding="utf-8-sig"))
    if found is None:
        raise DataError(
            f"{file.name} 没有写明出自登记库的第几次修订，而登记库里已有内容。"
            "请先用 voc knowledge export 导出再改；"
            "要一切以文件为准（登记库里有、文件里没有的会撤回），请加 --replace。"
        )
    if found[1] != bench.report:
        raise DataError(
            f"{file.name} 出自报告 “{found[1]}” 的登记库，不是 “{bench.report}” 的，没有导入。"
            "请核对文件；确实要一切以它为准，请加 --replace（登记库里有、文件里没有的会撤回）。"
        )
    return known.edits(bench.state(int(found[2])), wanted)


def settled(bench: Bench, file: Path) -> str:
    """What is to be told of a file after its import: that it lags behind the register, or "".

    One that names its revision and says all the register does is of the revision that stands from now on, so
    that it can be edited on.
    """
    if MARK.search(file.read_text(encoding="utf-8-sig")) is None:
        return ""
    left = known.edits(bench.state(), _known(bench, file))
    if left:
        return f"登记库另有 {len(left)} 处改动不在这个文件里；接着改之前请重新导出。"
    try:
        _mark(bench, file, bench.revision())
    except PublishError:
        return f"{file.name} 不能写，没有记下修订号；接着改之前请重新导出。"
    return ""


def _mark(bench: Bench, file: Path, revision: int) -> None:
    """Nothing; the file says the revision it is of, all else as it was."""
    text = file.read_bytes().decode("utf-8")
    line = HEAD.format(report=bench.report, revision=revision)
    begun = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if "\r\n" in text else "\n"
    known_to = MARK.sub(lambda _: line, text, count=1)
    marked = known_to if MARK.search(text) else f"{begun}{line}{newline}{text.removeprefix(begun)}"
    if marked != text:
        whole.replace(file, marked.encode())


def _known(bench: Bench, file: Path) -> knowledge.Knowledge:
    """The knowledge of a file as written, after it was checked as a run would."""
    raw = read_yaml(file)
    with explained(file):
        bench.check(raw, where=file.name)
    return knowledge.read(raw, where=file.name)
