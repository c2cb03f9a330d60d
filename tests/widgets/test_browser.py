"""The notebooks in a real JupyterLab in a real browser."""

from voc_lib import params
from voc_lib.register import store
from voc_lib.run import registered


def open_and_run(page, lab, name):
    """Open a workbench notebook and run all its cells."""
    address, token = lab
    page.goto(f"{address}lab/tree/notebooks/workbench/{name}.ipynb?reset&token={token}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("| Idle").wait_for()
    page.locator(".lm-MenuBar-itemLabel", has_text="Run").click()
    page.locator(".lm-Menu-itemLabel", has_text="Run All Cells").first.click()


def in_force(shop):
    engine = registered.opened(params.load(shop / "params.yaml"))
    try:
        return store.corrections(engine)
    finally:
        engine.dispose()


def test_ten_items_tagged_by_keyboard_are_in_the_register_after_a_reload(lab, page, shop):
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 30 条").wait_for()
    page.locator(".voc-keys input").click()
    page.keyboard.type("1234567", delay=0)  # faster than anyone types
    page.keyboard.type("0/；123 ", delay=30)  # undone; two tags in one answer; one more; the tags as they are
    page.get_by_text("本次已标 10 条").wait_for()
    page.reload()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    held = in_force(shop)["tags"]
    assert len(held) == 10 and held.str.contains("；").sum() == 1
    assert {"EC-LOG；EC-PKG", "EC-LOG", "EC-ATT"} <= set(held)
    open_and_run(page, lab, "tagging")
    page.get_by_text("第 1 / 20 条").wait_for()


def test_a_header_corrected_by_dropdown_is_in_the_params_file(lab, page, shop):
    open_and_run(page, lab, "mapping")
    page.locator(".voc-mapping").get_by_text("心情", exact=True).wait_for()
    page.locator(".voc-mapping select").last.select_option(label="备注")
    page.locator("button.voc-save").click()
    page.locator(".voc-said").get_by_text("写入 params.yaml").wait_for()
    words = (shop / "params.yaml").read_text(encoding="utf-8")
    assert "心情: remark" in words and "# 认不出的" in words
