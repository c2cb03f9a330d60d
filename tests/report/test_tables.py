import pandas as pd
import pytest

from tests.report import samples
from voc_lib import schema
from voc_lib.errors import DataError
from voc_lib.report import narrative, tables
from voc_lib.report.tables import Card, number


def shown(view):
    return [[cell["text"] if isinstance(cell, dict) else cell for cell in row] for row in view.rows]


@pytest.mark.parametrize(
    ("value", "kind", "unit", "words"),
    [
        (0.3, "share", "", "30.0%"),
        (0.86, "float", "比例", "86.0%"),
        (1234567, "int", "", "1,234,567"),
        (2.345678901234, "float", "小时", "2.3 小时"),
        (0.0123456, "float", "", "0.01"),
        (0.0006, "float", "", "<0.01"),
        (40600.0, "float", "", "40,600"),
        (43.0, "float", "件", "43 件"),
        (0.064, "float", "小时", "4 分钟"),
        (-0.04, "points", "", "0.0"),
        (6.25, "points", "", "+6.2"),
        (-1.2, "points", "", "−1.2"),
        (0.0002, "p", "", "<0.001"),
        (1.84, "times", "", "1.8 倍"),
        (True, "bool", "", "是"),
        (pd.Timestamp("2026-09-03 08:12"), "date", "", "2026-09-03"),
        (pd.Timestamp("2026-09-03 08:12"), "time", "", "2026-09-03 08:12"),
        (pd.NA, "int", "", "—"),
        (None, "share", "", "—"),
        (float("nan"), "float", "小时", "—"),
        (pd.NaT, "date", "", "—"),
    ],
)
def test_figures_read_as_on_paper(value, kind, unit, words):
    assert number(value, kind, unit) == words


def test_table_has_chinese_heads_and_rounded_figures():
    view = tables.table(
        samples.category_stats(), schema.CATEGORY_STATS, columns=["category", "n", "share", "change"]
    )
    assert [column["label"] for column in view.columns] == [
        "问题类型",
        "出现频次",
        "占比(%)",
        "占比变化（百分点）",
    ]
    assert [column["align"] for column in view.columns] == ["left", "right", "right", "right"]
    assert shown(view)[0] == ["物流延迟", "120", "30.0%", "+6.2"]


def test_rows_carry_their_own_unit():
    view = tables.table(
        samples.service(groups=("全部",)), schema.SERVICE, columns=["value", "low", "previous", "n"]
    )
    assert shown(view)[0] == ["2.4 小时", "2.3 小时", "2.6 小时", "400"]
    assert shown(view)[2] == ["86.0%", "81.7%", "94.6%", "400"]


def test_missing_is_a_dash_and_a_verdict_has_a_tone():
    view = tables.table(samples.tracking(), schema.TRACKING, columns=["measure_id", "done", "state"])
    assert view.rows[2] == ("M03", {"text": "—", "tone": "muted"}, {"text": "已逾期", "tone": "bad"})


def test_top_says_what_it_leaves_out():
    view = tables.table(samples.category_stats(), schema.CATEGORY_STATS, top=3, notes=["注"])
    assert len(view.rows) == 3 and view.notes == ("注", "共 7 行，此处列出前 3 行；全部见 Excel。")


def test_unknown_column_is_named_with_a_hint():
    with pytest.raises(DataError, match=r"categroy.*category"):
        tables.table(samples.category_stats(), schema.CATEGORY_STATS, columns=["categroy"])


def test_every_table_of_the_house_can_be_shown_empty():
    for spec in schema.TABLES.values():
        bundle = tables.table(schema.empty(spec), spec)._repr_mimebundle_()
        assert "本期无数据" in bundle["text/html"] and "本期无数据" in bundle["text/plain"]
        assert "<th" not in bundle["text/html"]


def test_bundles_have_html_json_and_plain_text():
    views = {
        "table": tables.table(samples.trend(), schema.TREND),
        "cards": tables.cards([Card("反馈", "412", "上期 380", "good")]),
        "text": narrative.text(["甲", "乙"], items=["丙"], tone="warn"),
        "quotes": tables.quotes(pd.DataFrame({"text": ["太慢"], "channel": ["微博"], "feedback_id": ["F1"]})),
    }
    for kind, view in views.items():
        bundle = view._repr_mimebundle_()
        assert set(bundle) == {f"application/vnd.voc.{kind}+json", "text/html", "text/plain"}
        assert bundle[f"application/vnd.voc.{kind}+json"]["version"] == 1
        assert len(str(view).splitlines()) < 30


def test_quotes_say_when_where_and_which():
    frame = pd.DataFrame(
        {
            "text": ["太慢"],
            "category": ["物流延迟"],
            "created_at": pd.to_datetime(["2026-09-03 08:00"]),
            "channel": ["微博"],
            "feedback_id": ["F1"],
        }
    )
    assert tables.quotes(frame).quotes == (("太慢", "物流延迟 · 2026-09-03 · 微博 · 反馈ID F1"),)
    assert str(tables.quotes(frame.head(0))) == "本期无客户原声"


def test_a_frame_is_not_changed():
    frame = samples.category_stats()
    before = frame.copy()
    tables.table(frame, schema.CATEGORY_STATS)
    pd.testing.assert_frame_equal(frame, before)


def test_levels_of_shares_read_as_percent_and_only_their_change_as_points():
    row = {"kind": "满意度", "indicator": "满意率", "unit": "个百分点", "value": 0.244, "previous": 0.276}
    row |= {"n": 100, "previous_n": 100, "change": -3.2, "low": -18.7, "high": 11.9, "claim": "在误差范围内"}
    columns = ["previous", "value", "low", "high"]
    shown = tables.table(pd.DataFrame([row]), schema.CHANGES, columns=columns)
    assert shown.rows[0] == ("27.6%", "24.4%", "−18.7 个百分点", "11.9 个百分点")
