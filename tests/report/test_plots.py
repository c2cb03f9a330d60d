from contextlib import nullcontext
from datetime import date
from io import StringIO

import pandas as pd
import pytest

from tests.report import samples
from voc_lib import schema
from voc_lib.report import plots, tables
from voc_lib.report.narrative import TextView
from voc_lib.report.plots import theme

END = date(2026, 9, 30)
CHARTS = {
    "pareto": (plots.pareto, samples.category_stats, schema.CATEGORY_STATS),
    "changes": (plots.changes, samples.category_stats, schema.CATEGORY_STATS),
    "intervals": (
        lambda f: plots.intervals(f, "category", "share", "low", "high"),
        samples.category_stats,
        schema.CATEGORY_STATS,
    ),
    "drivers": (plots.drivers, samples.drivers, schema.DRIVERS),
    "trend": (plots.trend, samples.trend, schema.TREND),
    "heatmap": (lambda f: plots.heatmap(f, "channel"), samples.crosstab, schema.CROSSTAB),
    "coverage": (plots.coverage, samples.coverage, schema.COVERAGE),
    "service": (plots.service, samples.service, schema.SERVICE),
    "quadrants": (plots.quadrants, samples.quadrants, schema.QUADRANTS),
    "fishbone": (lambda f: plots.fishbone(f, "物流延迟"), samples.fishbone, schema.FISHBONE),
    "why_tree": (lambda f: plots.why_tree(f, "物流延迟"), samples.why, schema.WHY),
    "gantt": (lambda f: plots.gantt(f, END), samples.tracking, schema.TRACKING),
    "commitments": (plots.commitments, samples.commitments, schema.COMMITMENTS),
}
HOSTILE = [
    "<script>alert(1)</script>",
    "$x^2$ $\\frac{",
    "好\x00\u202e的\n换行𠮷",
    "一个特别特别特别长的问题类型名称写了三十多个字也没有写完还要再写一些才行",
    "😀👨‍👩‍👧❤️",
    "https://example.com/" + "a" * 80,
    "_下划线开头 {x} %s",
]


def renamed(frame):
    """The frame with every word of every text column replaced by a hostile one."""
    words = frame.copy()
    for name in frame.columns:
        if pd.api.types.is_string_dtype(frame[name].dtype) and name not in ("month", "dimension"):
            fixed = {
                v: HOSTILE[i % len(HOSTILE)] + str(i) for i, v in enumerate(frame[name].dropna().unique())
            }
            words[name] = frame[name].map(fixed).astype("str")
    return words


@pytest.mark.parametrize("name", CHARTS)
def test_chart_of_real_looking_data_has_words_and_is_the_same_each_time(name):
    draw, make, _ = CHARTS[name]
    chart = draw(make())
    data, metadata = chart._repr_mimebundle_()
    assert data["image/svg+xml"].startswith("<svg") and "<text" not in chart.svg
    assert metadata["image/svg+xml"]["alt"] and metadata["image/svg+xml"]["caption"]
    assert chart == draw(make())


def _saved(save):
    """What is saved of a small figure, and how often it was drawn."""
    times = []
    with theme.canvas(2.0, columns=2) as (figure, panels):
        panels[0].plot([1, 2], [3, 1])
        panels[1].set_ylabel("占比")
        theme.heading(panels[1], "物流延迟")
        draw = figure.draw
        figure.draw = lambda renderer: (times.append(1), draw(renderer))
        return save(figure), len(times)


def test_a_chart_is_drawn_once_and_is_what_savefig_writes():
    written = StringIO()
    bare = {"Date": None, "Creator": None}
    ours, times = _saved(lambda figure: theme.chart(figure, alt="图").svg)
    _saved(lambda figure: figure.savefig(written, format="svg", metadata=bare))
    assert (ours, times) == (theme._bare(written.getvalue()), 1)


def test_the_fonts_of_a_text_are_looked_up_once_however_often_it_is_laid_out(monkeypatch):
    from matplotlib import font_manager

    _saved(lambda figure: theme.chart(figure, alt="图"))
    asked = []
    monkeypatch.setattr(font_manager.FontManager, "findfont", lambda *_, **__: asked.append(1))
    _saved(lambda figure: theme.chart(figure, alt="图"))
    assert not asked


def test_a_text_is_laid_out_once_however_often_it_is_asked_where_it_stands(monkeypatch):
    from matplotlib.text import Text

    anew, asked = Text._get_layout, []

    def counted(drawn, renderer):
        asked.append((drawn.get_text(), drawn.get_size(), drawn.get_rotation(), drawn.figure.dpi))
        return anew(drawn, renderer)

    monkeypatch.setattr(Text, "_get_layout", counted)
    _saved(lambda figure: theme.chart(figure, alt="图"))
    assert asked.count(("物流延迟", 9, 0, 72)) == asked.count(("占比", 8, 90, 72)) == 1
    assert Text._get_layout is counted


@pytest.mark.parametrize("name", ["changes", "trend", "heatmap", "service", "quadrants", "why_tree", "gantt"])
def test_texts_laid_out_once_stand_where_they_would(monkeypatch, name):
    draw, make, _ = CHARTS[name]
    ours = draw(make()).svg
    monkeypatch.setattr(theme, "_laid_out_once", nullcontext)
    assert ours == draw(make()).svg


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "intervals"])
def test_chart_brings_the_rows_it_draws(name):
    draw, make, spec = CHARTS[name]
    chart = draw(make())
    assert chart.numbers.source == chart.of == spec.name and set(chart.numbers.names) <= set(spec.names)
    assert {row[0] for row in chart.numbers.rows} == {
        row[0] for row in tables.table(make(), spec, columns=chart.numbers.names[:1]).rows
    }


@pytest.mark.parametrize("name", CHARTS)
def test_chart_without_data_is_a_sentence(name):
    draw, _, spec = CHARTS[name]
    shown = draw(schema.empty(spec))
    assert isinstance(shown, TextView) and ("无数据" in str(shown) or "还没有登记" in str(shown))


@pytest.mark.parametrize("name", [n for n in CHARTS if n not in ("fishbone", "why_tree")])
def test_hostile_words_are_drawn_as_words(name):
    draw, make, _ = CHARTS[name]
    frame = renamed(make())
    chart = draw(frame)
    assert "alert(1)" not in chart.svg and "\x00" not in chart.alt


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_causes_are_drawn_as_words(word):
    bones, tree = samples.fishbone(), samples.why()
    bones["cause"] = word + bones["cause"]
    tree["cause"] = (word + tree["cause"]).astype("str")
    assert isinstance(
        plots.fishbone(bones.assign(problem=word, bone=word + bones["bone"]), word), plots.Chart
    )
    assert isinstance(plots.why_tree(tree.assign(problem=word), word), plots.Chart)


def test_effect_shows_phases_and_target_and_an_empty_series_is_a_sentence():
    chart = plots.effect(samples.series(), "M01 物流延迟占比", target=0.12)
    assert "改进前均值 24.8%" in chart.alt and "目标 12.0%" in chart.alt
    hours = samples.series().assign(value=lambda f: f["value"] * 200)
    assert "小时" in plots.effect(hours, HOSTILE[0], target=24, unit="小时").alt
    assert isinstance(plots.effect(samples.series().head(0), "M01"), TextView)
    assert isinstance(plots.effect(samples.series().head(1), "M01"), plots.Chart)


def test_one_row_is_enough_for_every_chart():
    for name, (draw, make, _) in CHARTS.items():
        if name != "why_tree":
            assert isinstance(draw(make().head(1)), plots.Chart), name


def test_missing_figures_do_not_stop_a_chart():
    stats = samples.category_stats()
    stats[["low", "high", "change_low", "change_high", "p_adjusted", "previous_n"]] = None
    stats = schema.shape(stats, schema.CATEGORY_STATS)
    assert isinstance(plots.changes(stats), plots.Chart)
    service = samples.service().assign(previous=None, low=None, high=None, n=None)
    assert isinstance(plots.service(schema.shape(service, schema.SERVICE)), plots.Chart)


def test_many_categories_and_deep_trees_fit():
    names = [f"问题类型名称第{i}类" for i in range(40)]
    stats = schema.shape(pd.DataFrame({"category": names, "n": range(40, 0, -1)}), schema.CATEGORY_STATS)
    assert "其余29类" in plots.pareto(stats).alt
    rows = [(level, f"第{level}层的原因写得比较长一些", "中间原因") for level in range(8)]
    deep = pd.DataFrame(rows, columns=["level", "cause", "kind"]).assign(problem="甲")
    assert "第7层" in plots.why_tree(schema.shape(deep, schema.WHY), "甲").alt


def test_small_groups_of_a_heatmap_are_told_apart():
    assert "少于 30" in plots.heatmap(samples.crosstab(), "channel").caption
    assert isinstance(plots.heatmap(samples.crosstab(), "region"), TextView)


def test_a_heatmap_shows_no_rows_of_zeros_and_no_groups_of_a_few_alone():
    cross = samples.crosstab()
    rare = cross["category"].eq(samples.NAMES[-1])
    drawn = plots.heatmap(cross.assign(n=cross["n"].where(~rare, 0)), "channel").numbers
    assert samples.NAMES[-1] not in {row[0] for row in drawn.rows}
    few = cross.assign(base=12)
    assert plots.heatmap(few, "channel") is None and "不宜比较" in str(plots.incomparable(few))
    assert plots.incomparable(cross) is None


def test_a_replaced_character_is_said_below_the_chart():
    shown = samples.category_stats()
    rare = shown.assign(category=shown["category"].str.replace("^.", "\U00020002", regex=True))
    assert "〓” 代替没有可用字形的字" in plots.pareto(rare).caption
    assert "〓" not in plots.pareto(shown).caption
    names = shown.assign(category=shown["category"].str.replace("^.", "𬍛", regex=True))
    assert "〓" not in plots.pareto(names).caption and "𬍛" in plots.pareto(names).alt


def test_character_no_font_has_fails_the_chart():
    from voc_lib.errors import RenderError

    with pytest.raises(RenderError, match="缺少字形"), theme.canvas(1) as (figure, axes):
        axes.set_xlabel("\U00020002")
        theme.chart(figure, alt="x")


def test_labels_wrap_and_end_visibly():
    assert theme.label("短", 5) == "短"
    assert theme.label("物流" * 20, 6, lines=2).endswith("…")


def test_quadrants_without_a_difference_in_value_are_a_sentence():
    flat = samples.quadrants().assign(value=0.0)
    assert isinstance(plots.quadrants(flat), TextView) and isinstance(
        plots.quadrants(flat.head(1)), plots.Chart
    )


@pytest.mark.parametrize(
    ("claim", "drawn", "other"), [("更快", theme.DOWN, theme.UP), ("更慢", theme.UP, theme.DOWN)]
)
def test_only_a_slower_group_has_the_colour_of_alarm(claim, drawn, other):
    names = ["客服部", "仓储部", "运营部"]
    curves = pd.DataFrame(
        [
            {"group": name, "n": 20, "hours": 24.0 * day, "open": 1 - day / 9}
            for name in names
            for day in range(9)
        ]
    )
    claims = pd.DataFrame({"group": names, "claim": ["相当", "相当", claim]})
    desks = schema.shape(claims.assign(dimension="部门", n=20, hours=30.0), schema.DESKS)
    svg = plots.still_open(curves, desks).svg
    assert drawn in svg and other not in svg
