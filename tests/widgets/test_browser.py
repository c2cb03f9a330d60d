"""The notebooks in a real JupyterLab in a real browser."""

import shutil

from tests.widgets.conftest import recorded
from tests.widgets.test_causes import KNOWN as TREE
from tests.widgets.test_plan import KNOWN
from voc_lib import knowledge, params
from voc_lib.exchange.bench import bench
from voc_lib.register import known, store
from voc_lib.run.record import registered


def open_and_run(page, lab, name):
    """Open a workbench notebook and run all its cells."""
    address, token = lab
    page.goto(f"{address}notebooks/workbench/{name}.ipynb?reset&token={token}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()


def in_force(shop, field="tags"):
    engine = registered.opened(params.load(shop / "params.yaml"))
    try:
        return store.corrections(engine, field=field)
    finally:
        engine.dispose()


def written(shop):
    engine = registered.opened(params.load(shop / "params.yaml"))
    try:
        return set(store.trail(engine)["why"])
    finally:
        engine.dispose()


def held_back(chrome, code):
    """A key as Chromium hands it on while a Chinese input method is on: named Process, numbered 229."""
    about = {"key": "Process", "code": code, "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    chrome.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **about})
    chrome.send("Input.dispatchKeyEvent", {"type": "keyUp", **about})


def test_ten_items_tagged_by_keyboard_are_in_the_register_after_a_reload(lab, page, shop):
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 30 条").wait_for()
    page.locator(".voc-tagging .voc-keys input").click()
    for _ in range(4):
        page.keyboard.down("1")  # held down: one answer
    page.keyboard.up("1")
    page.keyboard.type("234567", delay=0)  # faster than anyone types
    page.keyboard.type("0/;123 ", delay=30)  # undone; two tags in one answer; one more; the tags as they are
    page.get_by_text("本次已标 10 条").wait_for()
    page.reload()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    held = in_force(shop)["tags"]
    assert len(held) == 10 and held.str.contains("；").sum() == 1
    assert {"EC-LOG；EC-PKG", "EC-LOG", "EC-QUA-PER"} <= set(held)
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 20 条").wait_for()


def test_keys_an_input_method_holds_back_count_once_and_the_note_is_still_written_with_it(lab, page, shop):
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 30 条").wait_for()
    chrome = page.context.new_cdp_session(page)
    page.locator(".voc-tagging .voc-keys input").click()
    assert page.locator(".voc-tagging .voc-keys input").evaluate("line => line.readOnly")
    for code in ("Digit1", "Digit2", "Semicolon", "Digit1", "Digit3"):  # 1, 2, then 1 and 3 in one answer
        held_back(chrome, code)
        chrome.send("Input.imeSetComposition", {"text": "a", "selectionStart": 1, "selectionEnd": 1})
    page.get_by_text("本次已标 3 条").wait_for()
    page.get_by_label("备注").click()
    held_back(chrome, "KeyN")
    chrome.send("Input.insertText", {"text": "你好"})
    page.locator(".voc-tagging .voc-keys input").click()
    held_back(chrome, "Digit4")
    page.get_by_text("本次已标 4 条").wait_for()
    trail = in_force(shop)["tags"]
    assert sorted(trail) == sorted(["EC-LOG", "EC-PKG", "EC-LOG；EC-RET", "EC-PRI"])
    assert "你好" in written(shop)


def test_the_queue_is_narrowed_and_several_are_tagged_at_once_and_taken_back(lab, page, shop):
    open_and_run(page, lab, "tagging")
    panel = page.locator(".voc-tagging")
    panel.get_by_placeholder("几个说法用、隔开").fill("退货")
    panel.get_by_text("第 1 / 6 条（共 30 条）").wait_for()
    panel.get_by_role("button", name="列表").click()
    for row in (0, 2, 3):
        panel.get_by_role("checkbox", name="勾选第").nth(row).click()
        panel.locator(".voc-queue tr.voc-ticked").nth([0, 0, 1, 2][row]).wait_for()
    panel.get_by_text("已勾选 3 条").wait_for()
    panel.locator(".voc-keys input").click()
    page.keyboard.type("]01")  # urgency P0 and a tag, for all three
    panel.get_by_text("本次已标 3 条").wait_for()
    panel.get_by_text("占比变为").wait_for()
    page.locator(".voc-journal td", has_text="物流延迟").nth(2).wait_for()
    assert in_force(shop)["tags"].tolist() == ["EC-LOG"] * 3
    page.keyboard.type("/")
    panel.get_by_text("本次已标 0 条").wait_for()
    assert in_force(shop).empty and in_force(shop, "urgency")["urgency"].tolist() == ["P0"] * 3


def test_letters_an_input_method_holds_back_are_tags_too(lab, page, shop):
    many = [f"  - {{name: 标签{n}, code: T{n}, parent: 服务流程, phrases: [说法{n}]}}" for n in range(4)]
    (shop / "mine.yaml").write_text("extends: ecommerce\ntags:\n" + "\n".join(many), encoding="utf-8")
    words = (shop / "params.yaml").read_text(encoding="utf-8")
    (shop / "params.yaml").write_text(
        words.replace("industry: ecommerce", "industry: mine.yaml"), encoding="utf-8"
    )
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 30 条").wait_for()
    page.locator(".voc-tagging .voc-keys input").click()
    held_back(page.context.new_cdp_session(page), "KeyB")
    page.get_by_text("本次已标 1 条").wait_for()
    assert in_force(shop)["tags"].tolist() == ["EC-QUA-MAT"]


def test_a_header_corrected_by_dropdown_is_in_the_params_file(lab, page, shop):
    open_and_run(page, lab, "mapping")
    page.locator(".voc-mapping").get_by_text("心情", exact=True).wait_for()
    page.locator(".voc-mapping select").first.select_option(label="备注")
    page.locator("button.voc-save").click()
    page.locator(".voc-said").get_by_text("写入 params.yaml").wait_for()
    words = (shop / "params.yaml").read_text(encoding="utf-8")
    assert "心情: remark" in words and "# 认不出的" in words


def test_a_measure_changed_in_the_grid_is_in_the_register(lab, page, shop):
    file = recorded(shop, KNOWN)
    open_and_run(page, lab, "plan")
    page.locator(".voc-plan").get_by_role("button", name="进行与效果").click()
    page.locator(".voc-plan").get_by_placeholder("实施效果").first.fill("积压减半")
    page.locator(".voc-plan .voc-grid select:visible").first.select_option(label="取消")
    page.locator(".voc-plan").get_by_placeholder("所需资源").first.focus()
    page.keyboard.press("Control+s")
    page.locator(".voc-said").get_by_text("保存 1 处").wait_for()
    page.wait_for_function("document.activeElement.placeholder == '所需资源'")  # one goes on where one was
    at = bench(str(file))
    measure = knowledge.read(registered_raw(at)).measure("M01")
    assert measure.result == "积压减半" and measure.cancelled
    page.locator(".voc-plan").get_by_placeholder("计划完成").first.fill("月底")
    page.locator("button.voc-save").click()
    page.locator(".voc-said").get_by_text("“计划完成” 应是日期").wait_for()
    assert knowledge.read(registered_raw(at)).measure("M01") == measure


def registered_raw(at):
    return known.raw(at.state())


def test_a_group_of_what_had_no_tag_is_a_tag_by_one_key(lab, page, shop, opened_gym):
    shutil.rmtree(shop)
    shutil.copytree(opened_gym, shop)
    open_and_run(page, lab, "tagging")
    page.locator("button.voc-suggest").click()
    page.locator(".voc-suggestions").get_by_text("占 50.0%").wait_for()
    page.locator(".voc-suggestions .voc-keys input").click()
    page.keyboard.type(" ")
    page.locator(".voc-said").get_by_text("已写入 taxonomy_2026-09.yaml").wait_for()
    assert params.load(shop / "params.yaml").params.industry == "taxonomy_2026-09.yaml"


def test_somebody_new_enters_a_tree_with_evidence_by_keyboard_and_mouse(lab, page, shop):
    file = shop / "params.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "knowledge: register\n", encoding="utf-8")
    open_and_run(page, lab, "causes")
    panel = page.locator(".voc-causes")
    panel.locator(".voc-problem select").select_option(label="物流延迟（7 条）")
    why = panel.locator(".voc-why input")
    why.click()
    page.keyboard.type("分拣慢")
    page.keyboard.press("Enter")
    panel.locator(".voc-chosen", has_text="分拣慢").wait_for()
    page.keyboard.type("分拣岗缺人")
    page.keyboard.press("Enter")
    panel.locator(".voc-chosen", has_text="分拣岗缺人").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    panel.locator(".voc-top.voc-chosen").wait_for()
    page.keyboard.type("路上堵")
    page.keyboard.press("Enter")
    panel.locator(".voc-chosen", has_text="路上堵").wait_for()
    panel.locator("button.voc-line", has_text="分拣慢").click()
    panel.locator(".voc-right h4", has_text="分拣慢").wait_for()
    panel.get_by_placeholder("几个说法用、隔开").fill("太慢、好多天")
    panel.locator(".voc-result b", has_text="7 条").wait_for()
    panel.locator("blockquote mark").first.wait_for()
    panel.get_by_role("button", name="证据", exact=True).click()
    panel.locator(".voc-chosen .voc-good", has_text="证据（弱）").wait_for()
    panel.locator("button.voc-line", has_text="分拣岗缺人").click()
    panel.locator(".voc-right h4", has_text="分拣岗缺人").wait_for()
    panel.locator("select", has_text="其他运营数据").select_option(label="其他运营数据，写在说明里（强）")
    panel.get_by_placeholder("仓库日报").fill("排班表：缺编 12 人")
    panel.get_by_role("button", name="证据", exact=True).click()
    panel.locator(".voc-chosen .voc-good", has_text="证据（强）").wait_for()
    panel.locator(".voc-card button", has_text="根因").click()
    panel.locator(".voc-head.voc-good", has_text="到达根因：分拣岗缺人（证据（强））").wait_for()
    panel.locator("button.voc-save").click()
    panel.locator(".voc-said", has_text="已保存 4 处").wait_for()
    tree = knowledge.read(registered_raw(bench(str(file)))).analysis("物流延迟").why
    assert [cause.cause for cause in tree] == ["分拣慢", "路上堵"] and tree[0].why[0].root
    assert tree[0].strength == "弱" and tree[0].why[0].strength == "强" and tree[1].status == "假设"


def test_the_explore_desk_from_a_bar_to_a_feedback_to_a_tag_to_evidence_to_another_run(lab, page, shop):
    file = recorded(shop, TREE)
    open_and_run(page, lab, "explore")
    panel = page.locator(".voc-explore")
    panel.locator(".voc-bars button", has_text="物流延迟").click()
    panel.locator(".voc-head b", has_text="7 条").wait_for()
    assert panel.locator(".voc-fields select").nth(1).input_value() == "物流延迟"
    panel.get_by_placeholder("几个说法用、隔开").fill("好多天")
    panel.locator(".voc-head b", has_text="6 条").wait_for()
    panel.locator(".voc-list mark", has_text="好多天").first.wait_for()
    panel.locator(".voc-list button").first.focus()
    page.keyboard.press("Enter")
    panel.locator(".voc-text mark", has_text="好多天").wait_for()
    panel.locator(".voc-retag button", has_text="物流延迟").click()
    panel.locator(".voc-retag button", has_text="服务态度").click()
    panel.get_by_role("button", name="改成选中的标签").click()
    panel.locator(".voc-retag", has_text="已记入登记库").wait_for()
    assert len(in_force(shop)) == 1
    panel.locator(".voc-filing select").select_option(label="分拣慢 → 缺人")
    panel.get_by_role("button", name="存为这个原因的证据").click()
    panel.locator(".voc-said", has_text="已存为 物流延迟 → 分拣慢 → 缺人").wait_for()
    why = knowledge.read(registered_raw(bench(str(file)))).analysis("物流延迟").why
    assert why[0].why[0].evidence.contains == ["好多天"]
    assert page.title() != "hacked"
    bar = page.locator(".voc-lamps")
    bar.get_by_role("button", name="刷新").click()
    bar.locator(".voc-chip.voc-open", has_text="整理与打标").click()
    bar.locator(".voc-hint", has_text="登记库里人工填写的内容").wait_for()
    (shop / "data" / "工单.csv").unlink()
    bar.get_by_role("button", name="重跑到这里").click()
    bar.locator(".voc-bad", has_text="找不到文件 data/工单.csv").wait_for()
