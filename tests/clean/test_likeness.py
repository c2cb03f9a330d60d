from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from voc_lib.clean import copies, duplicates, likeness, minhash
from voc_lib.clean.groups import windowed

DATA = Path(__file__).parents[2] / "../shared/data/duplicate_pairs"
BASE = "买的净水器漏水，客服推三阻四说要等厂家，等了半个月没有人来处理"
CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/likeness.yaml").read_text(encoding="utf-8"))
PLACES = ["江宁", "绍兴", "扬州", "镇江", "宜昌", "柳州", "保定", "潍坊"]
CAUSES = ["下雨塌方", "停电检修", "货车抛锚", "系统升级", "人手不够"]
SIGNS = ["打电话没人接", "页面一片空白", "短信一条没收到", "柜台让再等等"]
LIKE = ["快递/物流", "清楚/清晰", "立刻/马上", "反映/投诉", "希望/盼望", "解决/处理"]
SLIPS = "呃嗯哦啦哟呗嘛哎唉喔噢咦"


@pytest.mark.parametrize(
    ("other", "copy"),
    [
        (BASE.replace("厂家", "厂嘉"), True),
        (BASE + "求平台给个说法", True),
        ("😡" + BASE.replace("，", "[怒]，"), True),
        (BASE.replace("推三阻四", "爱理不理"), False),
        (BASE.replace("没有人来", "又是空等").replace("买", "卖了"), False),
        (BASE.replace("净水器", "热水器"), False),
        (BASE.replace("半个月", "三个月"), False),
        (BASE.replace("漏水", "不漏水"), False),
        (BASE.replace("客服", "安装师傅"), False),
        (BASE.replace("来处理", "来处理99次"), False),
        (BASE.replace("客服", "而且屏幕一直黑着客服"), False),
    ],
)
def test_what_is_a_copy(other, copy):
    first, second = duplicates.keys(pd.Series([BASE, other])).tolist()
    assert likeness.alike([first], [second], similarity=0.8).tolist() == [copy]


@pytest.mark.parametrize("case", [c for kind in CASES.values() for c in kind], ids=lambda c: c["b"][:12])
def test_the_golden_pairs(case):
    first, second = duplicates.keys(pd.Series([case["a"], case["b"]])).tolist()
    assert likeness.alike([first], [second], similarity=0.8).tolist() == [case["same"]]
    assert likeness.alike([second], [first], similarity=0.8).tolist() == [case["same"]]


def told(rng, **said):
    """An invented complaint and the parts it is made of."""
    picked = {
        "here": PLACES[rng.integers(4)],
        "there": PLACES[4 + rng.integers(4)],
        "days": int(rng.integers(2, 30)),
        "calls": int(rng.integers(31, 60)),
        "cause": CAUSES[rng.integers(5)],
        "sign": SIGNS[rng.integers(4)],
    } | said
    words = (
        "从{here}发往{there}的快递停了{days}天，说是{cause}，{sign}，反映了{calls}次，希望立刻解决，说清楚"
    )
    return words.format(**picked), picked


def test_traps_are_not_joined_and_campaign_copies_are():
    rng = np.random.default_rng(5)
    traps, campaign = [], []
    for _ in range(400):
        text, said = told(rng)
        turned = [("here", "there"), ("days", "calls")][rng.integers(2)]
        traps.append((text, told(rng, **said | {turned[0]: said[turned[1]], turned[1]: said[turned[0]]})[0]))
        other = text
        for pair in rng.permutation(LIKE)[: rng.integers(1, 4)]:
            other = other.replace(*pair.split("/"))
        place = rng.integers(1, len(other))
        campaign.append((text, other[:place] + "呀" + other[place:]))
    joined, found = (
        likeness.alike(
            *(duplicates.keys(pd.Series(side)).tolist() for side in zip(*pairs, strict=True)), similarity=0.8
        )
        for pairs in (traps, campaign)
    )
    assert joined.mean() < 0.02 and found.mean() >= 0.95


def slipped(rows, seed):
    """Random texts, and copies of the first of them with slips in one to three places."""
    rng = np.random.default_rng(seed)
    letters = [chr(c) for c in range(0x4E00, 0x4E00 + 3000) if chr(c) not in likeness.fact_characters()]
    texts = ["".join(rng.choice(letters, rng.integers(20, 60))) for _ in range(rows)]
    made = []
    for text in texts[: rows // 10]:
        chars = list(text)
        for _ in range(rng.integers(1, 4)):
            place = rng.integers(len(chars))
            chars[place] = ["", SLIPS[rng.integers(12)], chars[place] + SLIPS[rng.integers(12)]][
                rng.integers(3)
            ]
        made.append("".join(chars))
    return texts, made


def test_injected_copies_are_found_and_nothing_else():
    texts, made = slipped(3000, 1)
    frame = pd.DataFrame({"text": texts + made})
    size = len(frame)
    frame = frame.assign(
        feedback_id=[f"{i:05d}" for i in range(size)],
        customer_id=[f"u{i}" for i in range(size)],
        created_at=pd.Timestamp("2026-09-01") + pd.to_timedelta(range(size), unit="s"),
    )
    found = duplicates.find(frame, window_days=30, similarity=0.8)
    group = found["copy_group"].fillna("").tolist()
    caught = [group[i] == group[len(texts) + i] != "" for i in range(len(made))]
    assert np.mean(caught) >= 0.99
    assert found["copy_group"].notna().sum() == 2 * sum(caught)
    assert (found["duplicate_kind"] == "唯一").all()  # of different customers nothing merges


def test_high_overlap_pairs_of_other_meaning_are_not_merged():
    file = DATA / "lcqmc_dev.tsv"
    if not file.exists():
        pytest.skip("公开的句对数据不在旁边的 shared/data 目录中")
    pairs = pd.read_csv(file, sep="\t", names=["a", "b", "same"], quoting=3, dtype="str")
    different = pairs[pairs["same"] == "0"]
    first, second = (duplicates.keys(different[side]).tolist() for side in ("a", "b"))
    long = np.array([min(len(a), len(b)) >= copies.LONG for a, b in zip(first, second, strict=True)])
    merged = likeness.alike(first, second, similarity=0.8) & long
    assert long.sum() > 300
    assert merged.sum() <= 1  # one pair, of which the second only adds two characters at the end


@given(st.lists(st.text("物流太慢客服不好一二三四", min_size=15, max_size=30), max_size=6))
def test_candidates_are_pairs_in_order_and_their_facts_agree(texts):
    facts = likeness.fact_characters()
    for a, b in minhash.candidates(texts, similarity=0.8, facts=facts).tolist():
        assert a < b
        assert [c for c in texts[a] if c in facts] == [c for c in texts[b] if c in facts]


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 200)), max_size=30), st.integers(0, 60))
def test_every_row_lies_within_the_window_of_its_head(rows, window):
    time = np.array(sorted(t for _, t in rows), dtype=np.int64)
    link = np.array([k for k, _ in rows], dtype=np.int64)
    head = windowed(link, time, window)
    assert (head <= np.arange(len(head))).all() and (head[head] == head).all()
    assert (time - time[head] <= window).all() and (link[head] == link).all()


def test_what_a_text_is_filed_under_hangs_on_no_other_text():
    rng = np.random.default_rng(3)
    texts = ["".join(rng.choice(list(BASE), size)) for size in [*rng.integers(2, 60, 300), 40_000]]
    keys, profiles = minhash.signatures(texts)
    alone = [minhash.signatures([text]) for text in texts]
    assert (keys == np.hstack([key for key, _ in alone])).all()
    assert (profiles == np.hstack([profile for _, profile in alone])).all()


def test_pairs_of_places_are_told_as_their_texts_are():
    texts = np.array([BASE, BASE + "呀", BASE.replace("半", "一"), BASE.replace("漏", "不漏")], dtype=object)
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2]])
    told = likeness.paired(texts, likeness.plain(texts), pairs, similarity=0.8)
    assert told.tolist() == [True, False, False, False]
    assert (told == likeness.alike(texts[pairs[:, 0]], texts[pairs[:, 1]], similarity=0.8)).all()


def test_a_slip_inside_a_particle_that_holds_a_negation_is_still_proposed():
    texts = [
        "蓝牙耳机镜头昨天晚上充电特别费时间再不处理就投诉到平台",
        "蓝牙耳机镜头昨天晚上充电别费时间再不处理就投诉到平台",
    ]
    made = likeness.plain(texts)
    assert ["别" in text for text in made] == [False, True]
    found = minhash.candidates(made, similarity=0.8, facts=likeness.fact_characters())
    assert found.tolist() == [[0, 1]]
