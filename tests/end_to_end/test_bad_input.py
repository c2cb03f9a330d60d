"""Whatever is wrong: one clear sentence, a distinct exit code, and nothing lost."""

import pytest
import yaml

from voc_lib import cli

HEADER = "工单号,客户编号,反馈内容,创建时间\n"
ROWS = "1,a,快递太慢了,2026-09-01\n2,b,软件总是闪退,2026-09-02\n"


@pytest.fixture
def voc(capsys, forked):
    """Calls `voc` in this process: exit code, and what is said on stdout and on stderr."""

    def called(*words):
        code = cli.call([str(word) for word in words])
        return code, *capsys.readouterr()

    return called


@pytest.fixture
def shop(tmp_path):
    """Writes a small project; keyword `data` is the file's content, the rest goes over the params."""

    def write(data: str | bytes | None = HEADER + ROWS, name: str = "工单.csv", **change):
        if data is not None:
            content = data if isinstance(data, bytes) else data.encode("utf-8")
            (tmp_path / name).write_bytes(content)
        source = {"name": "工单", "path": name, "channel": "电话", **change.pop("source", {})}
        params = {"name": "小店", "period": "2026-09", "sources": [source], "outputs": "outputs", **change}
        file = tmp_path / "params.yaml"
        file.write_text(yaml.safe_dump(params, allow_unicode=True), encoding="utf-8")
        return file

    return write


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"data": None}, 3, ["工单.csv"]),
        ({"data": ""}, 3, ["工单.csv", "空"]),
        ({"peroid": "2026-09"}, 2, ["peroid", "period"]),
        ({"seed": "x"}, 2, ["seed", "整数"]),
        ({"period": "九月"}, 2, ["九月", "2026-09"]),
        ({"industry": "ecomerce"}, 2, ["ecomerce", "ecommerce"]),
        ({"source": {"columns": {"正文": "text"}}}, 3, ["正文", "工单.csv"]),
        ({"data": "工单号,反馈内容,创建时间\n1,慢,不知道\n"}, 3, ["工单.csv"]),
        ({"data": b"\x89PNG\r\n\x1a\n" + b"\x00" * 200, "name": "工单.xlsx"}, 3, ["工单.xlsx"]),
    ],
    ids=["missing", "empty", "misspelt", "type", "period", "taxonomy", "mapping", "dates", "not-excel"],
)  # fmt: skip
def test_a_wrong_input_is_one_sentence_with_its_exit_code(shop, voc, given, code, words):
    ended, _, said = voc("run", shop(**given))
    assert ended == code and all(word in said for word in words), said
    assert "Traceback" not in said


def test_check_finds_the_same_without_running(shop, voc):
    code, *said = voc("check", shop(data="工单号,反馈内容,创建时间\n1,慢,不知道\n"), "--data")
    assert code == 3 and "工单.csv" in "".join(said)


def test_a_folder_with_nothing_in_it_is_said(shop, voc, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, said = voc("run", shop(source={"path": "empty"}))
    assert code == 3 and "empty" in said


def test_an_empty_month_is_no_report_unless_the_params_allow_it(shop, voc, tmp_path):
    code, _, said = voc("run", shop(), "--period", "2026-05")
    assert code == 10 and "2026-05（2026-05-01 至 2026-05-31）没有一条反馈" in said
    (error,) = (tmp_path / "outputs" / "failed" / "小店" / "2026-05").glob("*/error.json")
    assert yaml.safe_load(error.read_text(encoding="utf-8"))["kind"] == "EmptyPeriodError"
    assert not (tmp_path / "outputs" / "小店").exists()
    assert voc("run", shop(allow_empty=True), "--period", "2026-05", "--no-pdf")[0] == 0
    (report,) = (tmp_path / "outputs" / "小店" / "2026-05" / "reports").glob("04_*.html")
    assert "没有" in report.read_text(encoding="utf-8")


def test_duplicate_ids_are_counted_and_a_month_of_two_rows_still_publishes(shop, voc, tmp_path):
    assert voc("run", shop(HEADER + ROWS + "2,b,另一件事：客服不理人,2026-09-03\n"))[0] == 0
    manifest = (tmp_path / "outputs" / "小店" / "2026-09" / "run.json").read_text(encoding="utf-8")
    (row,) = yaml.safe_load(manifest)["ledger"]
    assert row["read"] == 3 == row["kept"] + row["quarantined"]
    assert row["kept"] == row["merged"] + row["issues"]


def test_a_report_whose_data_is_unlike_the_months_before_says_so_first(shop, voc, tmp_path):
    """A score turned round and a file that ends in the middle of a row: published, and not in silence."""
    row = "T{0}{1:03},c{1},{2}{1}回,{3},2026-{0:02}-{4:02} 10:00"
    lines = [
        row.format(
            month, n, "快递太慢了，等了" if n % 2 else "软件总是闪退，第", 1 if month == 9 else 5, 1 + n % 28
        )
        for month in (6, 7, 8, 9)
        for n in range(40)
    ]
    data = HEADER.replace("反馈内容,", "反馈内容,评分,") + "\n".join([*lines, "T9041,c41,快递太"])
    code, said, _ = voc("run", shop(data), "--no-pdf")
    cut, turned = "工单.csv：最后一行没有写完", "满意度评分的均值由 5.00 变为 1.00"
    assert code == 0 and cut in said and turned in said
    reports = tmp_path / "outputs" / "小店" / "2026-09" / "reports"
    for name in ("02", "08"):
        (page,) = reports.glob(f"{name}_*.html")
        said = page.read_text(encoding="utf-8")
        assert turned in said and "请先核对，再按下面的数字作决定" in said
