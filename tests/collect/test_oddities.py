"""Wrong files that look like right ones: each is told with what is unlike the months before."""

import numpy as np
import pandas as pd
import pytest

from voc_lib import schema
from voc_lib.collect import archive, oddities
from voc_lib.period import Period
from voc_lib.report import conclusions

SEPTEMBER = Period.parse("2026-09")
SAID = ["发货太慢了", "客服不理人", "闪退打不开", "想退货没人处理", "包装破损", "退款没到账"]


def month(label, seed, *, n=100, mark="GD"):
    """A month of a source: office hours, every day, its own words."""
    rng = np.random.default_rng([seed, int(label[-2:])])
    day, hour = rng.integers(1, 29, n), rng.integers(8, 20, n)
    texts = [f"{SAID[i]}，{SAID[j]}，单号{k}" for i, j, k in rng.integers(0, [6, 6, 10**6], (n, 3))]
    frame = pd.DataFrame({"feedback_id": [f"{mark}{label}-{i}" for i in range(n)], "text": texts})
    frame["created_at"] = pd.to_datetime(
        [f"{label}-{d:02d} {h:02d}:00" for d, h in zip(day, hour, strict=True)]
    )
    frame["csat"], frame["channel"] = rng.choice([1.0, 3, 4, 5, 5, 5], n), rng.choice(["电话", "微信"], n)
    told = {"source": "工单", "file": f"工单{label}.csv", "line": range(2, n + 2)}
    return schema.shape(frame.assign(**told), schema.HISTORY)


def past(seed=1):
    return pd.concat([month(f"2026-0{m}", seed) for m in range(1, 9)], ignore_index=True)


def found(now, *, held=None, seed=1):
    """What is told of the files of September after eight months, and how grave."""
    history = archive.merge(past(seed) if held is None else held, now)
    table = oddities.table(history, now, SEPTEMBER)
    return set(zip(table["kind"].astype("str"), table["severity"].astype("str"), strict=True))


def moved(frame, **by):
    return frame.assign(created_at=frame["created_at"] + pd.DateOffset(**by))


def ten_days(frame):
    return frame.assign(created_at=frame["created_at"].map(lambda at: at.replace(day=1 + at.day % 10)))


def renumbered(frame):
    return frame.assign(feedback_id=[f"X{i}" for i in range(len(frame))])


@pytest.mark.parametrize("seed", range(20))
def test_an_ordinary_month_is_silent(seed):
    assert found(month("2026-09", seed), seed=seed) == set()


WRONG = {
    "内容重复": lambda: month("2026-09", 1).assign(text=past().tail(100)["text"].to_numpy()),
    "缺少日子": lambda: ten_days(month("2026-09", 1)),
    "内容相同": lambda: month("2026-09", 1).assign(text="您好，已为您登记"),
    "钟点不同": lambda: moved(month("2026-09", 1), hours=-9),
    "数值变化": lambda: month("2026-09", 1).assign(csat=lambda f: 6 - f["csat"]),
    "新取值": lambda: month("2026-09", 1).assign(channel="App"),
    "数量异常": lambda: month("2026-09", 1, n=20),
    "重复导出": lambda: pd.concat([month("2026-09", 1), renumbered(past().tail(100))], ignore_index=True),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file_that_looks_like_a_right_one_is_a_warning(kind):
    assert (kind, "警告") in found(WRONG[kind]())


def test_rows_of_a_file_that_was_replaced_still_count_and_are_told():
    wrong = month("2026-09", 7, mark="Z")
    held = pd.concat([past(), wrong], ignore_index=True)
    assert ("文件换过", "警告") in found(month("2026-09", 1), held=held)
    elsewhere = held.assign(file=held["file"].astype("str").replace("工单2026-09.csv", "上半月.csv"))
    assert ("文件换过", "警告") not in found(month("2026-09", 1), held=elsewhere)


def test_a_file_that_is_written_over_each_week_may_lose_what_is_older():
    whole = month("2026-09", 1)
    early = whole["created_at"].dt.day <= 14
    held = pd.concat([past(), whole[early]], ignore_index=True)
    assert found(whole[~early].reset_index(drop=True), held=held) == set()


def test_half_a_month_is_not_counted_against_months():
    half = Period.parse("2026-09-01..2026-09-15")
    now = month("2026-09", 1)
    now = now[half.mask(now["created_at"])].reset_index(drop=True)
    assert oddities.table(archive.merge(past(), now), now, half).empty


def test_nothing_is_unlike_nothing():
    now = month("2026-09", 1)
    assert oddities.table(now, now, SEPTEMBER).empty and oddities.table(now[:0], now[:0], SEPTEMBER).empty


def test_a_report_begins_with_what_to_look_at_and_the_notes_hold_it():
    now = WRONG["数值变化"]().assign(channel="App")
    table = oddities.table(archive.merge(past(), now), now, SEPTEMBER)
    said = conclusions.oddities(table)
    assert said.tone == "warn" and len(said.items) == len(oddities.told(table)) == 2
    assert "请确认评分制没有变" in str(said) and oddities.told(table)[0].startswith("工单 · ")
    assert conclusions.oddities(table[table["severity"] == "提示"]) is None
