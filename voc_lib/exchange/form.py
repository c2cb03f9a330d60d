"""What people know as the YAML file it can be written in: out of the register, and back into it."""

from __future__ import annotations

import re
from pathlib import Path

from voc_lib import knowledge
from voc_lib.errors import DataError, ParamsError, PublishError
from voc_lib.exchange.bench import Bench
from voc_lib.register import known
from voc_lib.register.known import Edit
from voc_lib.yamlfile import explained, read_yaml

HEAD = "# {report}：登记库第 {revision} 次修订。改好后用 voc knowledge import 写回；请保留这一行。\n"
MARK = re.compile(r"^# .*登记库第 (\d+) 次修订", re.M)


def export(bench: Bench, file: Path) -> int:
    """The revision written to a file of what is known; a file that says something else is left alone."""
    revision = bench.revision()
    held = knowledge.read(known.raw(bench.state(revision)))
    if file.exists() and _known(bench, file) != held:
        raise ParamsError(
            f"{file} 已存在，内容与登记库不同。为了不覆盖改动，请换一个文件名；"
            "两者的差别可用 voc knowledge diff 查看。"
        )
    text = HEAD.format(report=bench.report, revision=revision) + knowledge.dump(held)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PublishError(f"无法写入 {file}：{error.strerror or error}。请检查文件夹和权限。") from None
    return revision


def edits(bench: Bench, file: Path, *, replace: bool = False) -> list[Edit]:
    """What a file changes of the revision it was written from; of what stands now, to `replace` that.

    DataError where the file does not say its revision and the register is not empty.
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
    return known.edits(bench.state(int(found[1])), wanted)


def _known(bench: Bench, file: Path) -> knowledge.Knowledge:
    """The knowledge of a file as written, after it was checked as a run would."""
    raw = read_yaml(file)
    with explained(file):
        bench.check(raw, where=file.name)
    return knowledge.read(raw, where=file.name)
