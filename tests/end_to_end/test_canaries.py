"""Personal data of every kind, planted wherever a person or a system writes: none of it is published.

Planted once in a small project; one run that is published and one that fails, then every byte is read.
"""

import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import yaml
from pypdf import PdfReader

from tests.end_to_end.project import called, once, told
from tests.run.conftest import write_notebook

# kind -> what must not be read anywhere; each value is its own, so a hit names its kind
IDS = {
    "id: telephone": "13911110001",
    "id: telephone, dashed": "139-1111-0002",
    "id: telephone, full width": "１３９１１１１０００３",
    "id: telephone, spaced": "139 1111 0004",
    "id: telephone, country code": "+8613911110005",
    "id: mail": "canary06@example.com",
    "id: identity card": "110101199003077811",
}
TEXTS = {
    "text: telephone": "打我电话13922220001",
    "text: telephone, dashed": "打我电话139-2222-0002",
    "text: telephone, spaced": "打我电话139 2222 0003",
    "text: telephone, full width": "打我电话１３９２２２２０００４",
    "text: telephone in words": "打我电话一三九二二二二零零零五",
    "text: telephone, circled": "打我电话①③⑨②②②②⓪⓪⓪⑥",
    "text: telephone, dotted": "打我电话139.2222.0007",
    "text: telephone of a workbook": "打我电话13922220008.0",
    "text: landline": "打我家里0571-86620009",
    "text: mail": "邮箱canary10@example.com",
    "text: mail, spaced": "邮箱canary11 @ example . com",
    "text: WeChat": "加我微信canary_wx12",
    "text: QQ": "QQ号910000013",
    "text: identity card": "身份证110101199003077715",
    "text: bank card": "卡号6222020200112230015",
    "text: passport": "护照号E12345616",
    "text: plate": "车牌浙A7Z17Q",
    "text: address": "地址是杭州市西湖区文三路478号华星大厦18楼1818室",
    "text: name after a word": "我叫欧阳建华",
    "text: name before 女士": "我是诸葛晓燕女士",
    "text: staff": "快递员司马志强",
    "text: nickname": "@花花世界金丝雀 ",
}
CELLS = {
    "customer id": "canary-customer-31",
    "customer name": "夏侯文博",
    "contact: telephone": "13933330001",
    "contact: mail": "canary34@example.com",
    "request": "13933330003",
    "remark: telephone": "13933330004",
    "remark: name": "端木春梅",
    "channel": "13933330005",
    "region": "13933330006",
    "product": "13933330007",
    "handler": "公孙丽娜",
    "handler: telephone": "13933330009",
    "unused column": "13933330010",
    "unused header": "13933330011",
    "file name": "13933330012",
    "quarantined row: text": "13933330013",
    "quarantined row: name": "尉迟国强",
    "quarantined row: handler": "慕容雪梅",
    "quarantined row: id": "139-3333-0014",
    "side table: name": "令狐小川",
    "side table: id": "canary-customer-51",
    "order id": "139-3333-0016",
}
WRITTEN = {
    "cause": "13944440001",
    "evidence note": "13944440002",
    "five whys": "13944440003",
    "fishbone": "13944440004",
    "goal of a measure": "139-4444-0005",
    "action": "13944440006",
    "step": "13944440007",
    "result": "13944440008",
    "obstacle": "13944440009",
    "review": "13944440010",
    "note of a revisit": "13944440011",
    "note of a message": "13944440017",
    "name of a goal": "13944440012",
    "duty of a member": "13944440013",
    "name of a milestone": "13944440014",
    "definition of a metric": "13944440015",
    "failing cell": "13944440016",
}
PLANTED = {**IDS, **TEXTS, **CELLS, **WRITTEN}
BARE = re.compile(
    r"电话|邮箱|微信|号|身份证|打我|家里|加我|卡|护照|车牌|地址是|我叫|我是|女士|快递员|^@|QQ|\s+$"
)
HEADER = "工单号,客户编号,姓名,联系方式,反馈内容,客户诉求,备注,反馈渠道,地区,产品,处理人,责任部门,创建时间"


def rows() -> list[str]:
    """Lines of the export: one canary each, and one with all kinds of cells."""
    c = CELLS
    plain = "{id},U{n},,,{text}，物流太慢了,,,电话,华东,手机,王芳,客服部,2026-09-{day:02d} 10:00"
    words = [
        *((key, "送货一直没到") for key in IDS.values()),
        *((f"T{n}", t) for n, t in enumerate(TEXTS.values())),
    ]
    lines = [plain.format(id=i, n=n, text=text, day=1 + n % 28) for n, (i, text) in enumerate(words)]
    full = [
        "F1", c["customer id"], c["customer name"], c["contact: telephone"], f"{c['customer name']}说太慢了",
        f"请打{c['request']}", f"已联系客户{c['remark: name']}，{c['remark: telephone']}",
        c["channel"], c["region"], c["product"], c["handler"], "客服部", "2026-09-03",
    ]  # fmt: skip
    more = [
        "F2",
        "U90",
        "",
        c["contact: mail"],
        "退款太慢",
        "",
        "",
        "电话",
        "华东",
        "手机",
        c["handler: telephone"],
        "客服部",
        "2026-09-04",
    ]
    bad = [
        c["quarantined row: id"], "U91", c["quarantined row: name"], "", f"打{c['quarantined row: text']}",
        "", "", "电话", "华东", "手机", c["quarantined row: handler"], "客服部", "不知道",
    ]  # fmt: skip
    extra = c["unused column"]
    head = f"{HEADER},内部编码,{c['unused header']}"
    return [head, *(f"{line},{extra},x" for line in [*lines, ",".join(full), ",".join(more), ",".join(bad)])]


def knowledge() -> dict:
    """What people write, a telephone in each place."""
    w = {name: f"打{value}" for name, value in WRITTEN.items()}
    why = {"cause": w["cause"], "evidence": {"category": "物流延迟", "note": w["evidence note"]}}
    five = dict.fromkeys(("what", "why", "who", "when", "where", "how"), w["five whys"])
    return {
        "causes": [
            {"problem": "物流延迟", "why": [why], "fishbone": {"人": [w["fishbone"]]}, "five_w1h": five}
        ],
        "measures": [
            {
                "id": "M01", "problem": "物流延迟", "cause": w["cause"], "goal": w["goal of a measure"],
                "action": w["action"], "steps": [w["step"]], "owner": "王敏", "department": "仓储部",
                "start": "2026-08-01", "due": "2026-08-31", "result": w["result"], "obstacles": w["obstacle"],
                "review": {"resources": w["review"], "risks": w["review"], "expected": w["review"]},
            }
        ],
        "revisits": [{"measure": "M01", "feedback_id": "F1", "score": 4, "note": w["note of a revisit"]}],
        "messages": [
            {"measure": "M01", "feedback_id": "F1", "phase": "改后", "note": w["note of a message"]}
        ],
    }  # fmt: skip


def project(folder: Path) -> Path:
    """The project on disk; its params file."""
    data = folder / f"工单{CELLS['file name']}.csv"
    data.write_text("\n".join(rows()) + "\n", encoding="utf-8")
    side = f"客户编号,姓名,地区\n{CELLS['side table: id']},{CELLS['side table: name']},华东\nU1,王小明,华东\n"
    (folder / "客户.csv").write_text(side, encoding="utf-8")
    orders = f"订单编号,客户编号,下单时间,实付金额\n{CELLS['order id']},U1,2026-09-01,9\n"
    (folder / "订单.csv").write_text(orders, encoding="utf-8")
    (folder / "知识.yaml").write_text(yaml.safe_dump(knowledge(), allow_unicode=True), encoding="utf-8")
    w = {name: f"打{value}" for name, value in WRITTEN.items()}
    raw = {
        "name": "小店", "period": "2026-09", "outputs": "outputs", "knowledge": "知识.yaml",
        "handlers": "pseudonym", "sources": [{"name": "工单", "path": "工单*.csv"}],
        "customers": {"path": "客户.csv"}, "orders": {"path": "订单.csv"},
        "metrics": [{"name": "发货率", "better": "higher", "definition": w["definition of a metric"]}],
        "goals": [{"name": w["name of a goal"], "metric": {"kind": "csat"}, "target": 4.5}],
        "team": [{"role": "组长", "name": "王敏", "duty": w["duty of a member"], "lead": True}],
        "milestones": [{"name": w["name of a milestone"], "due": "2026-09-30", "owner": "王敏"}],
    }  # fmt: skip
    (folder / "params.yaml").write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return folder / "params.yaml"


FAILING = "words = '打' + '1394444' + '0016'\nprint(words)\nraise ValueError(words)"


@pytest.fixture(scope="module")
def texts(shared, lending) -> dict[str, str]:
    """Everything a run and a failed run leave or say, as text by place."""
    folder = shared / "canaries"

    def make() -> None:
        folder.mkdir()
        params = project(folder)
        with lending():
            said = [called("run", params, "-v")]
            write_notebook(folder, "08_report", FAILING)
            said += [words for _, words in (told("run", params, "-v"), told("check", params, "--data"))]
        (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")

    once(folder, make)
    outputs = folder / "outputs"
    found = {f"said {n}": words for n, words in enumerate(json.loads((folder / "said.json").read_text()))}
    for path in sorted(p for p in outputs.rglob("*") if p.is_file() and ".keys" not in p.parts):
        found[path.relative_to(outputs).as_posix()] = path.name + "\n" + words(path)
    return found


def words(path: Path) -> str:
    """All text of a file: cells of tables and workbooks, words of a PDF, else its bytes."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        return pd.read_parquet(io.BytesIO(data)).to_csv()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    return data.decode("utf-8", "replace")


def needle(value: str) -> str:
    """What of a planted text gives the person away."""
    return BARE.sub("", value) if value in TEXTS.values() else value


def test_the_runs_left_what_they_should(texts):
    kinds = {place.rsplit(".", 1)[-1] for place in texts}
    assert {"html", "pdf", "xlsx", "parquet", "ipynb", "json"} <= kinds
    assert any(place.startswith("failed/") for place in texts)
    assert any(place.startswith("archive/") for place in texts)
    assert "物流太慢了" in "".join(texts.values()) and re.search("员工[0-9a-f]{6}", "".join(texts.values()))


@pytest.mark.parametrize("kind", PLANTED)
def test_a_canary_is_nowhere(texts, kind):
    bird = needle(PLANTED[kind])
    forms = {bird, json.dumps(bird)[1:-1]} if len(bird) > 3 else {bird}
    if re.fullmatch(r"\+?[\d\s-]+", bird):
        forms.add(re.sub(r"\D", "", bird).removeprefix("86"))
    assert [place for place, text in texts.items() if any(form in text for form in forms)] == []
