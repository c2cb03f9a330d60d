import json
import shutil
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from voc_lib.errors import PublishError
from voc_lib.report import site

FILES = [
    ("reports/04_诊断 报告.html", "04_analyse", "客户服务问题诊断报告"),
    ("reports/08_总结.html", "08_report", "客户反馈分析月度总结"),
    ("reports/08_总结.pdf", "08_report", "客户反馈分析月度总结"),
    ("excel/统计表.xlsx", "04_analyse", "统计表"),
]
LEDGER = [
    {"read": 1000, "kept": 990, "quarantined": 10, "in_period": 900},
    {"read": 200, "kept": 200, "in_period": 150},
]


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.hrefs = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.hrefs += [value for key, value in attrs if key == "href"]


def run(outputs, name="示例电商", period="2026-09", *, finished="2026-10-01T08:30:00+08:00", **more):
    folder = outputs / name / period
    for path, _, _ in FILES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x", encoding="utf-8")
    files = [{"path": p, "step": s, "title": t} for p, s, t in FILES]
    content = {"status": "published", "name": name, "period_title": "2026年9月", "finished_at": finished}
    words = json.dumps({**content, "ledger": LEDGER, "files": files, **more})
    (folder / "run.json").write_text(words, encoding="utf-8")


def read(path):
    words = path.read_text(encoding="utf-8")
    links = Links()
    links.feed(words)
    return words, links


def test_every_deliverable_is_linked_and_every_link_leads_to_a_file(tmp_path):
    run(tmp_path)
    words, links = read(site.write(tmp_path))
    assert len(links.hrefs) == 4
    assert all((tmp_path / unquote(href)).is_file() for href in links.hrefs)
    assert all(part in words for part in ("1,200", "1,190", "1,050", "2026-10-01 08:30", "已发布"))


def test_newest_run_comes_first(tmp_path):
    run(tmp_path, period="2026-08", finished="2026-09-01T08:00:00", period_title="2026年8月")
    run(tmp_path)
    words = site.page(tmp_path)
    assert words.index("2026年9月") < words.index("2026年8月")


def test_broken_run_is_said_and_the_others_stay(tmp_path):
    run(tmp_path)
    for name, content in {"坏": "{", "表": "[]", "怪": '{"files": 3, "ledger": "x", "name": null}'}.items():
        (tmp_path / name / "2026-09").mkdir(parents=True)
        (tmp_path / name / "2026-09" / "run.json").write_text(content, encoding="utf-8")
    words = site.page(tmp_path)
    assert words.count("run.json 无法读取") == 2 and "状态不明" in words and "月度总结" in words


def test_failed_runs_are_listed_with_their_sentence(tmp_path):
    place = tmp_path / "failed" / "示例电商" / "2026-09" / "20261001T083012-abc"
    place.mkdir(parents=True)
    (place / "error.json").write_text(json.dumps({"message": "文件 a.csv 不存在。"}), encoding="utf-8")
    words = site.page(tmp_path)
    assert "文件 a.csv 不存在。" in words and "2026-10-01 08:30" in words and "还没有发布过的报告" in words


def test_hostile_names_and_paths_stay_words(tmp_path):
    hostile = "<script>alert(1)</script>\"onload='x'"
    run(tmp_path, name="a", period_title=hostile, finished=hostile)
    files = [
        {"path": p} for p in ("../../x.html", "/etc/x.html", "javascript:alert(1).html", "reports/none.html")
    ]
    run(tmp_path, name="b", files=files, status=hostile, ledger=[{"read": hostile}])
    words, links = read(site.write(tmp_path))
    assert "script" not in links.tags and len(links.hrefs) == 4
    assert "default-src &#39;none&#39;" in words


def test_index_is_replaced_whole_and_the_same_each_time(tmp_path):
    run(tmp_path)
    first = site.write(tmp_path).read_bytes()
    assert site.write(tmp_path).read_bytes() == first
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["index.html"]


def test_unwritable_outputs_is_a_clear_error(tmp_path):
    with pytest.raises(PublishError, match="无法写入"):
        site.write(tmp_path / "gone")


def failed(outputs, name="示例电商", period="2026-09", run_id="20261001T083012-abc", **content):
    place = outputs / "failed" / name / period / run_id
    place.mkdir(parents=True)
    (place / "error.json").write_text(json.dumps(content), encoding="utf-8")


def test_periods_are_sorted_by_their_end_whenever_they_were_made(tmp_path):
    run(tmp_path, period="2026-08", finished="2026-10-05T08:00:00", period_title="2026年8月")
    run(tmp_path, period="2026-Q3", finished="2026-10-02T08:00:00", period_title="2026年第3季度")
    run(tmp_path, period="2026-07", finished="2026-10-06T08:00:00", period_title="2026年7月")
    table = site.page(tmp_path).split("<tbody>")[1]
    places = [table.index(title) for title in ("2026年第3季度", "2026年8月", "2026年7月")]
    assert places == sorted(places)


def test_a_choice_hides_the_rows_of_all_others_without_scripts(tmp_path):
    run(tmp_path)
    run(tmp_path, name="乙", period="2026-08", period_title="2026年8月")
    failed(tmp_path, message="坏了。", exit_code=4)
    failed(tmp_path, name="乙", message="没有文件。", exit_code=11, run_id="20261002T083012-abc")
    words, links = read(site.write(tmp_path))
    assert "script" not in links.tags and links.tags.count("fieldset") == 3
    assert ">数据未到</td>" in words and ">没有成功</td>" in words
    browser = pytest.importorskip("playwright.sync_api")
    there = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if there is None:
        pytest.skip("no browser here")
    with browser.sync_playwright() as tool:
        page = tool.chromium.launch(executable_path=there, args=["--no-sandbox"]).new_page()
        page.goto((tmp_path / "index.html").as_uri())
        page.click("summary >> text=筛选")
        rows = page.locator("tbody tr:visible")
        assert rows.count() == 4
        page.check("label:has-text('乙') input")
        assert rows.count() == 2 and all("乙" in words for words in rows.all_inner_texts())
        page.check("label:has-text('数据未到') input")
        assert rows.count() == 1
        page.check("fieldset:has-text('状态') label:has-text('全部') input")
        assert rows.count() == 2


def test_one_report_of_one_period_needs_no_filter(tmp_path):
    run(tmp_path)
    assert "筛选" not in site.page(tmp_path)


def test_failures_come_newest_first_with_their_own_state_period_and_time(tmp_path):
    failed(tmp_path, message="较早。", exit_code=4)
    failed(tmp_path, message="较晚。", exit_code=11, run_id="20261002T091500-abc")
    failed(tmp_path, period="旧期", message="怪。", run_id="2026100XT083012-abc")
    rows = {row["message"]: row for row in site.failures(tmp_path)}
    assert {words: row["state"] for words, row in rows.items()} == {
        "较早。": "没有成功",
        "较晚。": "数据未到",
        "怪。": "没有成功",
    }
    assert (rows["较晚。"]["at"], rows["较晚。"]["period"]) == ("2026-10-02 09:15", "2026年9月")
    assert (rows["怪。"]["at"], rows["怪。"]["period"]) == ("2026100XT083012-abc", "旧期")
    words = site.page(tmp_path)
    assert words.index("较晚。") < words.index("较早。")


@pytest.mark.parametrize(("status", "state"), [("published", "已发布"), ("draft", "有问题")])
def test_a_run_that_was_not_published_is_in_trouble(tmp_path, status, state):
    run(tmp_path, status=status)
    (found,) = site._runs(tmp_path)
    assert (found["state"], found["tone"] == "good") == (state, status == "published")


def test_counts_that_are_no_numbers_count_nothing(tmp_path):
    run(tmp_path, ledger=[{"read": "x", "kept": 3}, {"read": 2, "kept": None}, "words"])
    (found,) = site._runs(tmp_path)
    assert found["rows"] == ["2", "0", "3", "0"]


def test_the_version_of_an_audience_is_linked_sealed_or_open_and_none_that_is_empty(tmp_path):
    run(tmp_path, audiences=[{"name": "财务部"}, {"name": "仓储部"}, {"name": "空"}, {}, {"x": 1}, "坏"])
    handed = tmp_path / "示例电商" / "2026-09" / "audiences"
    (handed / "财务部" / "reports").mkdir(parents=True)
    (handed / "财务部" / "reports" / "08_总结.html").write_text("x")
    (handed / "财务部" / "reports" / "log.txt").write_text("x")
    (handed / "空" / "reports").mkdir(parents=True)
    (handed / "仓储部.zip").write_text("x")
    (found,) = site._runs(tmp_path)
    told = {each["title"]: [link["form"] for link in each["links"]] for each in found["versions"]}
    assert told == {"财务部": ["HTML", "全部文件"], "仓储部": ["ZIP", "全部文件"]}
