import json
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from voc_lib import knowledge, params
from voc_lib.improve import rounds
from voc_lib.period import Period
from voc_lib.sample import Truth, write
from voc_lib.sample.cast import APART
from voc_lib.sample.wording import comparable

ROOT = Path(__file__).parents[2]
SHARES = {
    "物流延迟": (120, 98),
    "功能异常": (90, 75),
    "服务态度": (80, 65),
    "退换货流程": (60, 50),
    "其他": (50, 40),
}


def everything(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_same_seed_same_bytes(shop, tmp_path):
    write(tmp_path)
    assert everything(tmp_path) == everything(shop[0])


def test_another_seed_says_something_else_with_the_same_figures(shop, tmp_path):
    other = write(tmp_path, seed=7)
    assert set(other.feedback) != set(shop[1].feedback)
    assert other.problems["2026-09"] == shop[1].problems["2026-09"]


def test_truth_reads_back(shop):
    assert Truth.read(shop[0] / "truth.json") == shop[1]


def test_sample_month_has_exactly_the_figures_of_the_seed_text(shop):
    month = shop[1].problems["2026-09"]
    assert {name: (v["n"], v["customers"]) for name, v in month.items()} == SHARES


def test_two_years_and_enough_rows(shop):
    months = Counter(item["month"] for item in shop[1].feedback.values())
    assert len(months) == 24 and min(months.values()) > 200 and sum(months.values()) >= 6000


def test_rows_in_files_are_the_rows_told(shop):
    folder, truth = shop
    data = folder / "data"
    lines = {
        file: len((data / file).read_bytes().splitlines()) for file in truth.rows if file.endswith("jsonl")
    }
    assert lines == {file: truth.rows[file] for file in lines}
    tickets = pd.read_csv(data / "客服工单.csv", encoding="gb18030", dtype=str)
    assert len(tickets) == truth.rows["客服工单.csv"]
    sheet = pd.read_excel(data / "电话投诉登记表.xlsx", header=3, engine="calamine", dtype=str)
    assert len(sheet) == truth.rows["电话投诉登记表.xlsx"]
    assert len(truth.feedback) == sum(truth.rows.values()) - sum(truth.quarantined.values()) - sum(
        truth.rated.values()
    )


def test_every_month_sums_in_files(shop):
    truth = shop[1]
    in_month = sum(item["month"] == truth.period for item in truth.feedback.values())
    assert sum(truth.in_period.values()) == in_month


def test_texts_are_distinct_and_of_all_lengths(said):
    voices, groups = said
    planted = {member for group in groups for member in group.members}
    plain = [voice.text for index, voice in enumerate(voices) if index not in planted]
    assert len({comparable(text) for text in plain}) >= 0.99 * len(plain)
    lengths = sorted(map(len, plain))
    assert lengths[0] >= 4 and lengths[0] <= 6 and 150 < lengths[-1] <= 300


def test_unplanted_texts_are_not_near_each_other(said):
    from rapidfuzz import fuzz, process

    voices, groups = said
    planted = {member for group in groups for member in group.members[1:]}
    plain = [comparable(v.text) for i, v in enumerate(voices) if i not in planted and v.month >= "2026-08"]
    scores = process.cdist(plain, plain, scorer=fuzz.ratio, score_cutoff=80)
    assert (scores > 0).sum() <= len(plain) * 1.01


def test_nobody_repeats_a_problem_unless_planted(said):
    voices, groups = said
    copies = {member for group in groups for member in group.members[1:]}
    spoke: dict[str, list] = {}
    for index, voice in enumerate(voices):
        if voice.customer and index not in copies:
            spoke.setdefault(voice.customer.id, []).append(voice.at)
    for times in spoke.values():
        times.sort()
        assert all(b - a > APART for a, b in pairwise(times))


def test_burst_is_new_in_the_sample_month(said, shop):
    voices, _ = said
    assert len(shop[1].burst["feedback_ids"]) == 20
    assert all(v.month == "2026-09" and "清零" in v.text for v in voices if v.burst)
    assert not [v for v in voices if "清零" in v.text and not v.burst]


@pytest.mark.parametrize(
    "category, where, window, low, high",
    [
        ("物流延迟", "华东", "2025-11-01..2026-02-28", 0.245, 0.255),
        ("物流延迟", "华东", "2026-05-01..2026-09-30", 0.055, 0.065),
        ("服务态度", None, "2026-01-01..2026-03-31", 0.195, 0.205),
        ("服务态度", None, "2026-05-01..2026-09-30", 0.195, 0.205),
    ],
)
def test_measures_have_the_planted_shares(said, category, where, window, low, high):
    voices, groups = said
    copies = {member for group in groups if group.merges for member in group.members[1:]}
    period = Period.parse(window)
    inside = [
        v
        for i, v in enumerate(voices)
        if i not in copies and v.category and period.start <= v.at.date() <= period.end
        and where in (None, v.region)
    ]  # fmt: skip
    share = sum(v.category == category for v in inside) / len(inside)
    assert low <= share <= high and len(inside) > 290


@pytest.mark.parametrize("name", ["sample", "monthly"])
def test_params_load_and_their_files_are_written(shop, name):
    settings = params.load(ROOT / "params" / f"{name}.yaml", today=date(2026, 10, 3))
    assert settings.period.label == "2026-09"
    written = {path.name for path in (shop[0] / "data").iterdir()}
    for source in settings.params.sources:
        assert [file for file in written if Path(file).match(Path(source.path).name)]
    for table in ("customers", "orders", "exposure", "kpis"):
        assert Path(getattr(settings.params, table).path).name in written


def test_knowledge_names_real_feedback_of_its_problem(shop):
    known = knowledge.load(params.load(ROOT / "params/sample.yaml"))
    assert len(known.revisits) >= 8
    for revisit in known.revisits:
        assert shop[1].feedback[revisit.feedback_id]["category"] == known.measure(revisit.measure).problem


def test_verdicts_told_are_of_judged_measures(shop):
    known = knowledge.load(params.load(ROOT / "params/sample.yaml"))
    at_work = rounds.current(known, date(2026, 9, 30)).measures
    assert {m.id for m in at_work if m.metric} == set(shop[1].measures)
    assert {v.name: v.target for v in known.promises} and json.dumps(shop[1].measures, ensure_ascii=False)
