import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voc_lib import schema
from voc_lib.period import Period
from voc_lib.stats import satisfaction

SEPTEMBER = Period.parse("2026-09")
answer = st.tuples(
    st.sampled_from(["电话", "微博"]),
    st.sampled_from(["2026-08-15 08:00", "2026-09-01 00:00", "2026-09-30 23:59", "2026-10-01 00:00"]),
    st.one_of(st.none(), st.integers(1, 5)),
    st.one_of(st.none(), st.integers(0, 10)),
)


def frame(rows):
    channel, times, csat, nps = zip(*rows, strict=True) if rows else ([], [], [], [])
    raw = {"channel": channel, "created_at": pd.to_datetime(list(times)), "csat": csat, "nps": nps}
    return schema.shape(pd.DataFrame(raw), schema.TAGGED)


def oracle(rows):
    """Mean score, share of 4–5 and NPS in plain Python; None where nobody answered."""
    csat, nps = [c for *_, c, _ in rows if c is not None], [n for *_, n in rows if n is not None]
    mean = sum(csat) / len(csat) if csat else None
    satisfied = sum(c >= 4 for c in csat) / len(csat) if csat else None
    score = 100 * (sum(n >= 9 for n in nps) - sum(n <= 6 for n in nps)) / len(nps) if nps else None
    return {"满意度均分": mean, "满意率": satisfied, "NPS": score}


@settings(max_examples=100, deadline=None)
@given(st.lists(answer, max_size=25))
def test_table_is_the_plain_python_count(rows):
    table = schema.check(satisfaction.table(frame(rows), SEPTEMBER), schema.SATISFACTION)
    now = [r for r in rows if r[1].startswith("2026-09")]
    groups = {
        "全部": now,
        "月份：2026-09": now,
        "月份：2026-08": [r for r in rows if r[1].startswith("2026-08")],
    }
    groups |= {f"渠道：{c}": [r for r in now if r[0] == c] for c in ("电话", "微博")}
    found = table.set_index(["group", "indicator"])["value"].dropna().to_dict()
    expected = {(g, i): v for g, part in groups.items() for i, v in oracle(part).items() if v is not None}
    answered = any(c is not None or n is not None for *_, c, n in now)
    assert found == (pytest.approx(expected) if answered else {})
    known = table.dropna(subset=["low", "high"])
    assert ((known["low"] <= known["value"] + 1e-9) & (known["value"] <= known["high"] + 1e-9)).all()


def test_period_before_stands_beside():
    rows = [("电话", "2026-08-15 08:00", 2, None), ("电话", "2026-09-01 00:00", 5, None)]
    line = (
        satisfaction.table(frame(rows), SEPTEMBER)
        .set_index(["group", "indicator"])
        .loc[("渠道：电话", "满意度均分")]
    )
    assert (line["value"], line["previous"]) == (5, 2)


def test_scores_without_words_count_and_are_told():
    worded = frame([("电话", "2026-09-01", 1, None)]).assign(tags="其他")
    silent = frame([("电话", "2026-09-02", 5, 10), ("问卷", "2026-09-03", 3, None)])
    table = satisfaction.table(satisfaction.scored(worded, silent), SEPTEMBER).set_index(
        ["indicator", "group"]
    )
    mean = table.loc[("满意度均分", "全部")]
    assert mean["value"] == 3 and mean["n"] == 3
    assert mean["note"].endswith("3 条反馈中 3 条有评分，其中 2 条没有文字")


def test_scores_of_two_levels_give_a_share_and_no_mean():
    rows = frame([("电话", "2026-09-01", 5, None)] * 6 + [("电话", "2026-09-02", 1, None)] * 4)
    table = satisfaction.table(rows.assign(csat_scale="2 档"), SEPTEMBER).set_index(["group", "indicator"])
    assert table.loc[("全部", "满意率"), "value"] == 0.6
    assert "满意度均分" not in table.index.get_level_values("indicator")


def test_a_mean_beside_scores_of_two_levels_is_of_the_others():
    rows = frame([("电话", "2026-09-01", 5, None)] * 3 + [("电话", "2026-09-02", 2, None)])
    both = rows.assign(csat_scale=["2 档", "2 档", "1–5", "1–5"])
    table = satisfaction.table(both, SEPTEMBER).set_index(["group", "indicator"])
    mean, share = table.loc[("全部", "满意度均分")], table.loc[("全部", "满意率")]
    assert (mean["value"], mean["n"], share["value"], share["n"]) == (3.5, 2, 0.75, 4)
    assert "2 条 2–4 档的评分不计均分" in mean["note"]
