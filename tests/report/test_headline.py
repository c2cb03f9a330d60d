import base64

from bs4 import BeautifulSoup
from nbformat import v4

from tests.report.test_findings import NOTHING, SEPTEMBER, effect, rate, shaped
from voc_lib import schema
from voc_lib.report import conclusions, findings, html, pdf, tables

MONTHS = [f"2026-{month:02d}" for month in range(1, 10)]


def trend():
    rows = [
        {"month": m, "category": "物流延迟", "n": 70 + i, "exposure": 10_000.0, "rate": 7 + i / 10}
        for i, m in enumerate(MONTHS)
    ]
    return shaped(schema.TREND, *rows)


def months(measure_id, values):
    some = {"measure_id": measure_id, "metric": "服务态度占比", "unit": "比例", "phase": "改进后", "n": 300}
    return [{**some, "month": m, "value": value} for m, value in zip(MONTHS, values, strict=True)]


def news(*terms):
    some = {"kind": "突增", "n": 8, "before": 0.3, "p_adjusted": 0.01}
    return shaped(schema.EMERGING, *({**some, "term": term} for term in terms))


def cards(read, *measured):
    table = findings.table(read, SEPTEMBER)
    courses = {"trend": trend(), "effect_months": shaped(schema.EFFECT_MONTHS, *measured)}
    return conclusions.cards(table, read._asdict() | courses)


def test_a_month_in_which_nothing_moved_has_no_cards():
    assert cards(NOTHING) is None


def test_what_rose_stands_beside_its_course_in_words_and_colour():
    (card,) = cards(NOTHING._replace(rates=shaped(schema.RATES, rate("全部", 1.3)))).cards
    assert (card.label, card.direction, card.tone) == ("每千单问题数", "变坏", "bad")
    assert "polyline" in card.spark and card.alt == "近 9 个月：2026-01 7.0，2026-09 7.8"
    assert ("2026-01 每千单问题数", "7.0") in card.basis[1].figures


def test_what_was_never_seen_before_is_no_multiple_of_nothing():
    first = rate("物流延迟", 1.0) | {"level": 0.0, "ratio": float("nan")}
    (card,) = cards(NOTHING._replace(rates=shaped(schema.RATES, rate("全部", 1.0, "相当"), first))).cards
    assert card.note == "此前一件也没有"


def test_a_measure_shows_its_metric_by_month_with_the_target():
    read = NOTHING._replace(effects=shaped(schema.EFFECTS, effect("M2", "未达标")))
    (card,) = cards(read, *months("M2", [0.2] * 9)).cards
    assert (card.direction, card.tone) == ("未达标", "bad")  # it did not get worse
    assert card.value == "19.6%" and "改进前 19.5%，目标 12.0%" in card.note
    assert card.spark.count("<line") == 1  # the target


def test_no_more_than_five_and_the_best_news_is_among_them():
    read = NOTHING._replace(
        emerging=news(*"甲乙丙丁戊己"),
        effects=shaped(schema.EFFECTS, effect("M1", "达标"), effect("M3", "达标")),
    )
    shown = cards(read, *months("M1", [0.2] * 9)).cards
    assert [card.direction for card in shown] == ["变坏"] * 4 + ["达标"] and "另有 1 项" in shown[-1].note


def test_what_has_no_course_is_no_card():
    late = {
        "measure_id": "M6",
        "goal": "g",
        "action": "退款",
        "owner": "安",
        "due": "2026-09-15",
        "state": "已逾期",
    }
    assert cards(NOTHING._replace(tracking=shaped(schema.TRACKING, late))) is None


def test_the_course_reaches_the_page_and_the_pdf_as_a_drawing_and_nothing_unreadable_does():
    made = cards(NOTHING._replace(rates=shaped(schema.RATES, rate("全部", 1.3))))
    odd = tables.cards([tables.Card("坏图", "1", spark="<svg", alt="没有")])
    shown = [v4.new_output("display_data", data=view._repr_mimebundle_()) for view in (made, odd)]
    book = v4.new_notebook(cells=[v4.new_code_cell("", outputs=[one]) for one in shown])
    image = BeautifulSoup(html.render(book), "html.parser").select_one(".voc-spark")
    assert base64.b64decode(image["src"].partition(",")[2]).decode() == made.cards[0].spark and image["alt"]
    drawn = [block["cards"][0]["spark"] for block in pdf.model(book)["blocks"] if block["type"] == "cards"]
    assert drawn == [made.cards[0].spark, ""]
    assert pdf.compile_report(pdf.model(book)).startswith(b"%PDF")
