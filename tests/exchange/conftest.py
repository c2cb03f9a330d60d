"""A project without data whose knowledge is in a file, and calls of the command line."""

from pathlib import Path

import openpyxl
import pytest
import yaml

from voc_lib import cli, knowledge
from voc_lib.exchange.bench import bench

PARAMS = """name: 小店
industry: ecommerce
period: "2026-09"
knowledge: {knowledge}
metrics:
  - {{name: 发货率, better: higher}}
sources:
  - {{name: 工单, path: data/工单.csv, channel: 在线客服}}
"""
KNOWN = """# 王敏维护
causes:
  - problem: 物流延迟
    why:
      - cause: 分拣效率低
        evidence: {category: 物流延迟, contains: [分拣]}
        why:
          - {cause: 人员不足, root: true}
    fishbone: {人: [人员不足], 机: [分拣线老旧]}
    five_w1h: {what: 迟迟不发货, who: 仓储部}
measures:
  - {id: M01, problem: 物流延迟, cause: 人员不足, goal: 降到 12%, action: 增设晚班, owner: 王敏,
     department: 仓储部, start: "2026-03-01", due: "2026-04-30", metric: {kind: kpi, name: 发货率},
     target: 0.95, before: 2026-01, after: 2026-05}
  - {id: M02, problem: 物流延迟, goal: 降到 10%, action: 换快递, owner: 李强,
     department: 运营部, start: "2026-03-01", due: "2026-10-31"}
promises:
  - {name: 按时发货, metric: {kind: kpi, name: 发货率}, target: 0.9}
revisits:
  - {measure: M01, feedback_id: F1, score: 4}
progress:
  - {measure: M01, at: 2026-04-01, percent: 50, note: 设备到货}
"""


@pytest.fixture
def shop(tmp_path):
    """The params file; what is known stands in knowledge.yaml, the register is empty."""
    (tmp_path / "knowledge.yaml").write_text(KNOWN, encoding="utf-8")
    return reading(tmp_path, "knowledge.yaml")


def reading(folder: Path, known: str) -> Path:
    """The params file, what is known being read from there."""
    file = folder / "params.yaml"
    file.write_text(PARAMS.format(knowledge=known), encoding="utf-8")
    return file


@pytest.fixture
def filled(shop, call):
    """The params file of a project whose knowledge is in the register."""
    assert call("knowledge", "import", shop, shop.with_name("knowledge.yaml"), "--by", "王敏")[0] == 0
    return reading(shop.parent, "register")


@pytest.fixture
def call(capsys):
    """What a call of the command line comes to: exit code and words."""

    def called(*arguments):
        code = cli.call([str(argument) for argument in arguments])
        seen = capsys.readouterr()
        return code, seen.out + seen.err

    return called


@pytest.fixture
def books(filled, call, tmp_path):
    """Workbooks handed out to two owners."""
    assert call("plan", "export", filled, tmp_path / "out")[0] == 0
    return Books(filled, tmp_path / "out", call)


class Books:
    def __init__(self, params, folder, call):
        self.params, self.folder, self.call = params, folder, call

    def path(self, who):
        return self.folder / f"改进计划_{who}.xlsx"

    def edit(self, who, change):
        book = openpyxl.load_workbook(self.path(who))
        change(book)
        book.save(self.path(who))

    def fill(self, who, cells, *, row=2, sheet="措施"):
        def change(book):
            heads = [cell.value for cell in book[sheet][1]]
            for label, value in cells.items():
                book[sheet].cell(row, heads.index(label) + 1).value = value

        self.edit(who, change)

    def take(self, *people, by="王敏"):
        return self.call("plan", "import", self.params, *map(self.path, people), "--by", by)

    def measure(self, number="M01"):
        return stands(self.params).measure(number)


def listed(books, who, sheet="回访"):
    """The rows of a sheet that are about a customer, by header."""
    heads, *rows = openpyxl.load_workbook(books.path(who))[sheet].values
    found = [dict(zip(heads, row, strict=True)) for row in rows]
    return [row for row in found if row["客户编号"]]


@pytest.fixture
def rewritten(filled):
    """A file with changes to what the register holds, as an export that was edited: its path."""

    def write(name="mine.yaml", **changes):
        at = bench(str(filled))
        revision, held = at.revision(), stands(filled).model_dump(mode="json", exclude_defaults=True)
        file = filled.with_name(name)
        text = yaml.safe_dump({**held, **changes}, allow_unicode=True, sort_keys=False)
        file.write_text(f"# 小店：登记库第 {revision} 次修订。\n{text}", encoding="utf-8")
        at.engine.dispose()
        return file

    return write


def stands(params):
    """What the register holds."""
    from voc_lib.register import known

    at = bench(str(params))
    found = knowledge.read(known.raw(at.state()))
    at.engine.dispose()
    return found
